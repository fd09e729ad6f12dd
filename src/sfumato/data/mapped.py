"""Rows made once and read many times, from a memory-mapped file that remembers how far it came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track
from torch import Tensor

CHUNK = 32  # rows


def mapped(path: Path, shape: tuple[int, ...], kind: npt.DTypeLike, make: Callable[[range], Tensor]) -> np.memmap:
    """The rows of ``path``, of ``shape`` (rows, ...) together; ``make`` makes some of them where there is no such file.

    It grows in chunks beside its place and takes it when it is whole: interrupted, it goes on where it stopped.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_suffix(".part")
        row = int(np.prod(shape[1:])) * np.dtype(kind).itemsize
        done = growing.stat().st_size // row // CHUNK * CHUNK if growing.exists() else 0
        with growing.open("r+b" if done else "wb") as file:
            file.truncate(done * row)
            file.seek(done * row)
            for start in track(range(done, shape[0], CHUNK), description=path.stem):
                rows = make(range(start, min(start + CHUNK, shape[0])))
                file.write(rows.numpy().astype(kind, casting="safe").tobytes())
        growing.rename(path)
    return np.memmap(path, dtype=kind, mode="r", shape=shape)
