"""The start's door: which x sampling begins with."""

from __future__ import annotations

from torch import Tensor

from ..core.level import Level, spread


def from_noise(noise: Tensor, level: Level, *, whole: bool) -> Tensor:
    """Nothing but unit-variance ``noise`` (B C H W), as strong as it is at the first level.

    ``whole``: as strong as noise and picture are there together, which differs where a schedule begins in mid-air.
    """
    strength = (level.alpha**2 + level.sigma**2).sqrt() if whole else level.sigma
    return spread(strength, noise) * noise
