"""Latents made once and read many times: a denoiser that trains on them never pays for the encoder again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..core.level import Codec
from .mapped import mapped
from .pairs import Pairs, floats


class Latents:
    """The latents of the first ``count`` pairs at one size, float16 in a memory-mapped file of ``folder``."""

    def __init__(
        self, folder: Path, codec: Codec, pairs: Pairs, *, count: int, size: tuple[int, int], name: str
    ) -> None:
        self.folder, self.pairs, self.count = folder, pairs, count
        width, height = size
        shape = (count, codec.channels, height // codec.factor, width // codec.factor)
        path = folder / f"latents-{name}-{width}x{height}-{count}.f16"

        def encoded(rows: range) -> Tensor:
            with torch.inference_mode():
                return codec.encode(floats(torch.stack([pairs.picture(i, size) for i in rows]))).half()

        self._values = mapped(path, shape, np.float16, encoded)

    def __getitem__(self, indices: list[int]) -> Tensor:
        """Latents (B C H W) float32 of the given pairs."""
        return torch.from_numpy(np.stack([self._values[i] for i in indices])).float()
