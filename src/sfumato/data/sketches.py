"""A sketch of a picture beside its latent, in channels that are painted along: what stands where, thumbnail, outlines.

They are stronger than the noise when the rest still drowns in it, so a denoiser settles first what stands where, then
colours, shapes and texture, in one and the same run of the loop (ReDi, arXiv 2504.16064, with truth in place of
features; the order is that of cascades from small to large pictures, arXiv 2106.15282).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..layers.embed import picture
from .mapped import mapped
from .pairs import Pairs, floats
from .plans import COLORS, NAMES, Plans

SIDE: Final = 4  # pixels of the picture for each of the small one that is kept
PATCH: Final = 2  # places of the latent along a side of a plan's patch
PLAN, THUMBNAIL, OUTLINES = 8, 12, 12  # channels
CHANNELS: Final = PLAN + THUMBNAIL + OUTLINES
# How loud each is, and so how early: by their variance a plan's patch should show through noise from about t = 0.9 on,
# the edges of a thumbnail from 0.6, where half of the latent is still open. Not tuned.
LOUD_PLAN, LOUD_THUMBNAIL, LOUD_OUTLINES = 1.5, 2.5, 6.0
LIGHT: Final = (0.299, 0.587, 0.114)  # of red, green and blue (BT.601)
# What four pixels of the small picture are beside their mean (Haar 1910): across, down, on the diagonal.
HAAR: Final = ((0.5, -0.5, 0.5, -0.5), (0.5, 0.5, -0.5, -0.5), (0.5, -0.5, -0.5, 0.5))
MEAN: Final = (0.288, 0.264, 0.227)  # of the storybook's red, green and blue
# How much the errors of each count beside those of the latent: few numbers that decide much.
EMPHASIS: Final = (4.0, 3.0, 2.0)


class Sketches:
    """Sketches (32 H/16 W/16) of the first ``count`` pairs at one size; small pictures lie in a mapped file."""

    def __init__(self, folder: Path, pairs: Pairs, plans: Plans, *, count: int, size: tuple[int, int]) -> None:
        width, height = size
        self.plans, self.grid = plans, (height // (2 * SIDE * PATCH), width // (2 * SIDE * PATCH))
        shape = (count, 3, height // SIDE, width // SIDE)
        path = folder / f"small-{pairs.world}-{width}x{height}-{count}.u8"

        def small(rows: range) -> Tensor:
            pages = torch.stack([pairs.picture(i, size) for i in rows])
            return F.avg_pool2d(pages.float(), SIDE).round().byte()

        self._values = mapped(path, shape, np.uint8, small)

    def __getitem__(self, indices: list[int]) -> Tensor:
        """Sketches (B 32 H/16 W/16) float32."""
        height, width = self.grid
        plan = picture(coded(*self.plans[indices]), PATCH, height=height, width=width)
        thumbnail, outlines = drafted(floats(torch.from_numpy(np.stack([self._values[i] for i in indices]))))
        return torch.cat((LOUD_PLAN * plan, LOUD_THUMBNAIL * thumbnail, LOUD_OUTLINES * outlines), dim=1)


def drafted(small: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures of a quarter of the side (B 3 H W) -> thumbnails of half of theirs (B 12 H/4 W/4), and what these lack
    in light (B 12 H/4 W/4): the edges of things."""
    thumbnail = F.avg_pool2d(small, 2) - torch.tensor(MEAN)[:, None, None]
    light = (small * torch.tensor(LIGHT)[:, None, None]).sum(1, keepdim=True)
    outlines = torch.einsum("oi,bihw->bohw", torch.tensor(HAAR), F.pixel_unshuffle(light, 2))
    return F.pixel_unshuffle(thumbnail, 2), F.pixel_unshuffle(outlines, 2)


def coded(kinds: Tensor, colors: Tensor) -> Tensor:
    """Shares of kinds (B N K) and colors (B N C) in every patch -> numbers (B N 32): 21 for kinds, 11 for colors.

    Every kind has a random code of its own, so that few numbers tell many apart; nothing and no color are zeros.
    """
    codes = torch.randn(len(NAMES), 21, generator=torch.Generator().manual_seed(3))
    codes[0] = 0
    return torch.cat((kinds @ codes, 4 * colors[..., 1 : len(COLORS)]), dim=-1)


def weights(channels: int) -> Tensor:
    """How much the errors of each channel count (C 1 1), of a latent of so many channels with its sketch."""
    parts = [1.0] * channels
    for count, emphasis in zip((PLAN, THUMBNAIL, OUTLINES), EMPHASIS, strict=True):
        parts += [emphasis] * count
    return torch.tensor(parts)[:, None, None]
