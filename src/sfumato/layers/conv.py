"""Convolutions: residual blocks, and the changes of resolution by moving pixels into channels."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class ResBlock(nn.Module):
    """Two 3x3 convolutions beside a straight line; starts as the identity. No norm: flat colours keep their level."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(F.silu(x))))


class TimedBlock(nn.Module):
    """Two normed 3x3 convolutions; the second is shifted and stretched by time and text (FiLM, arXiv 1709.07871)."""

    def __init__(self, inside: int, out: int, said: int, *, groups: int) -> None:
        super().__init__()
        self.before, self.between = nn.GroupNorm(groups, inside), nn.GroupNorm(groups, out)
        self.first, self.second = nn.Conv2d(inside, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.film = nn.Linear(said, 2 * out)
        self.straight = nn.Conv2d(inside, out, 1) if inside != out else nn.Identity()
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor, said: Tensor) -> Tensor:
        scale, shift = self.film(said)[:, :, None, None].chunk(2, dim=1)
        h = self.first(F.silu(self.before(x)))
        h = self.second(F.silu(self.between(h) * (1 + scale) + shift))
        return self.straight(x) + h


class Grow(nn.Conv2d):
    """A 3x3 convolution of a map made twice as large, every value four times."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.interpolate(x, scale_factor=2.0, mode="nearest"))


def down(channels: int, out: int) -> nn.Sequential:
    """Half the side: each 2x2 block of pixels becomes channels, then a 1x1 mix. Nothing is thrown away unseen."""
    return nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(channels * 4, out, 1))


def up(channels: int, out: int) -> nn.Sequential:
    """Twice the side: a 1x1 mix, then channels become 2x2 blocks of pixels."""
    return nn.Sequential(nn.Conv2d(channels, out * 4, 1), nn.PixelShuffle(2))
