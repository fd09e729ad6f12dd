"""From a model's name to a Model that paints."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoints.bundle import check_files, read_bundle
from .presets import folder_of, spec_of

if TYPE_CHECKING:
    from .generate import Model


def load(name_or_path: str | Path = "storybook", *, device: str = "auto", dtype: str = "auto") -> Model:
    """A model by shipped name or by folder, ready to paint.

    ``device`` is ``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``; ``dtype`` the precision of the networks: ``auto``,
    ``float32``, ``bfloat16`` or ``float16``. Raises Refusal (a ValueError) in one line when there is no such model or
    device, or when a file of the model is damaged.
    """
    folder = folder_of(name_or_path)
    spec = spec_of(folder)
    with ThreadPoolExecutor(1) as aside:  # the files are hashed while torch is being imported
        hash = aside.submit(check_files, folder, spec)
        from .generate import Model
        from .memory import place
        from .presets import mathematics

        at = place(device, dtype)
        bundle = read_bundle(folder, spec, device=at.device, dtype=at.dtype)
        return Model(bundle, hash.result(), at, mathematics(spec))
