"""The start's door: which x sampling begins with."""

from __future__ import annotations

from torch import Tensor

from ..core.level import Level, spread


def from_noise(noise: Tensor, level: Level) -> Tensor:
    """Nothing but unit-variance ``noise`` (B C H W), as strong as the first level asks."""
    return spread(level.sigma, noise) * noise
