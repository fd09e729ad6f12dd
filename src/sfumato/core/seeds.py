"""One noise stream per picture, drawn on the CPU: the same noise in any batch and on any device."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Noise:
    """A stream of unit-variance noise, one generator per picture of the batch.

    Row ``i`` depends on ``seeds[i]`` and on how often it was drawn, never on its neighbours, so a picture made alone
    equals the same picture made in a batch. Drawn as float32 on the CPU, then moved: a GPU has another generator.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def draw(self, batch: int, *shape: int) -> Tensor:
        """Fresh noise ``(batch, *shape)`` on the CPU; raises ValueError if there is not one seed per picture."""
        if batch != len(self._generators):
            raise ValueError(f"{batch} pictures but {len(self._generators)} seeds")
        return torch.stack([torch.randn(shape, generator=g) for g in self._generators])

    def __call__(self, x: Tensor) -> Tensor:
        return self.draw(*x.shape).to(x.device)
