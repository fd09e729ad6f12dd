"""Latents made once and read many times: a denoiser that trains on them never pays for the encoder again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor

from ..core.level import Codec
from .pairs import Pairs, floats


class Latents:
    """The latents of the first ``count`` pairs at one size, float16 in a memory-mapped file of ``folder``.

    The file grows in chunks and remembers how far it came, so an interrupted encoding goes on where it stopped.
    """

    def __init__(
        self, folder: Path, codec: Codec, pairs: Pairs, *, count: int, size: tuple[int, int], name: str
    ) -> None:
        self.pairs, self.count = pairs, count
        width, height = size
        shape = (count, codec.channels, height // codec.factor, width // codec.factor)
        self.path = folder / f"latents-{name}-{width}x{height}-{count}.f16"
        if not self.path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._encode(codec, shape, size)
        self._values = np.memmap(self.path, dtype=np.float16, mode="r", shape=shape)

    def _encode(self, codec: Codec, shape: tuple[int, ...], size: tuple[int, int], chunk: int = 32) -> None:
        growing = self.path.with_suffix(".part")
        row = int(np.prod(shape[1:])) * 2
        done = growing.stat().st_size // row // chunk * chunk if growing.exists() else 0
        with growing.open("r+b" if done else "wb") as file, torch.inference_mode():
            file.truncate(done * row)
            file.seek(done * row)
            for start in track(range(done, self.count, chunk), description=f"latents {size[0]}x{size[1]}"):
                rows = range(start, min(start + chunk, self.count))
                pixels = floats(torch.stack([self.pairs.picture(i, size) for i in rows]))
                file.write(codec.encode(pixels).half().numpy().tobytes())
        growing.rename(self.path)

    def __getitem__(self, indices: list[int]) -> Tensor:
        """Latents (B C H W) float32 of the given pairs."""
        return torch.from_numpy(np.stack([self._values[i] for i in indices])).float()
