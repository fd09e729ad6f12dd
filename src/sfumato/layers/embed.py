"""Numbers as vectors: noise times, places in a picture, and pictures cut into patches."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def waves(values: Tensor, width: int, *, longest: float = 10_000.0, reached: bool = False) -> Tensor:
    """``values`` (...,) -> cosines and sines (..., width), wavelengths from 2 pi to 2 pi * ``longest``.

    The last of them is one step short of the longest, unless it is to be ``reached``.
    """
    half = width // 2
    rate = -math.log(longest) * torch.arange(half, dtype=torch.float32, device=values.device)
    rate = torch.exp(rate / (half - reached))
    angle = values.float()[..., None] * rate
    return torch.cat((angle.cos(), angle.sin()), dim=-1)


class TimeEmbedding(nn.Module):
    """A network's clock (B,), counted from 0 to about 1000, -> (B D); ``out`` is D if it is not the inner width."""

    def __init__(self, width: int, *, channels: int = 256, out: int | None = None, reached: bool = False) -> None:
        super().__init__()
        self.channels, self.reached = channels, reached
        self.enter, self.leave = nn.Linear(channels, width), nn.Linear(width, out or width)

    def forward(self, time: Tensor) -> Tensor:
        features = waves(time, self.channels, reached=self.reached).to(self.enter.weight.dtype)
        return self.leave(F.silu(self.enter(features)))


def places(height: int, width: int, *, extent: float, device: torch.device) -> Tensor:
    """Centres of a grid of patches, (N, 2) as (row, column) around the middle of the picture.

    The grid is measured so that its area is ``extent`` squared whatever its number of patches: a larger or wider
    picture is the same scene seen more finely, not a piece of a larger world.
    """
    step = extent / math.sqrt(height * width)
    rows = (torch.arange(height, dtype=torch.float32, device=device) - (height - 1) / 2) * step
    columns = (torch.arange(width, dtype=torch.float32, device=device) - (width - 1) / 2) * step
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).flatten(0, 1)


def sincos(height: int, width: int, channels: int, *, base: int) -> Tensor:
    """Fixed positions of a grid of patches, (height width, channels): column first, sines before cosines.

    Places are counted so that a side has ``base`` of them whatever its number of patches (arXiv 2212.09748; SD3).
    """
    half = channels // 2
    rate = 10_000.0 ** -(torch.arange(half // 2, dtype=torch.float64) / (half // 2))
    rows, columns = (torch.arange(side, dtype=torch.float32).div(side / base).double() for side in (height, width))
    down, along = (
        torch.cat((angle.sin(), angle.cos()), 1) for angle in (rows[:, None] * rate, columns[:, None] * rate)
    )
    grid = torch.cat((along.expand(height, -1, -1), down[:, None].expand(-1, width, -1)), dim=-1)
    return grid.flatten(0, 1).float()


def patches(x: Tensor, size: int) -> Tensor:
    """(B C H W) -> (B N D): square patches of ``size``, row by row, D = C size size."""
    b, c, h, w = x.shape
    x = x.view(b, c, h // size, size, w // size, size).permute(0, 2, 4, 1, 3, 5)
    return x.reshape(b, (h // size) * (w // size), c * size * size)


def picture(tokens: Tensor, size: int, *, height: int, width: int) -> Tensor:
    """(B N D) -> (B C height width): patches back where they came from."""
    b, _, d = tokens.shape
    x = tokens.view(b, height // size, width // size, d // size**2, size, size).permute(0, 3, 1, 4, 2, 5)
    return x.reshape(b, d // size**2, height, width)
