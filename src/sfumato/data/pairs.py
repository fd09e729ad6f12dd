"""Pictures with captions, drawn from the storybook when they are asked for: nothing is written to disk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .. import storybook

# Seeds below are kept for people and tests; training draws from above, so a picture shown was never a picture taught.
FIRST_TRAINING_SEED = 1_000_000


@dataclass(frozen=True)
class Pairs:
    """Scene ``i`` of a training set without end: the same scene for the same number, always."""

    first: int = FIRST_TRAINING_SEED

    def picture(self, index: int, size: tuple[int, int]) -> Tensor:
        """Pixels (3 H W) uint8 of scene ``index``, ``size`` = (width, height)."""
        drawn = storybook.draw(storybook.sample(self.first + index), size)
        return torch.from_numpy(np.ascontiguousarray(drawn)).permute(2, 0, 1)

    def caption(self, index: int, telling: int) -> str:
        """One of the ways to tell scene ``index``; ``telling`` chooses which."""
        return storybook.caption(storybook.sample(self.first + index), telling)


def floats(pixels: Tensor) -> Tensor:
    """uint8 pixels -> float32 in [-1, 1]."""
    return pixels.float() / 127.5 - 1
