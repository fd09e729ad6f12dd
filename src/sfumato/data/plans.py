"""What stands where, patch by patch: a drawn world knows, and a denoiser that must say it too learns words sooner."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import storybook
from ..storybook.kind import COLOR_NAMES
from .mapped import mapped
from .pairs import Pairs

NAMES: Final = ("nothing", *storybook.KINDS, *storybook.ACCESSORIES)
COLORS: Final = ("none", *COLOR_NAMES)


class Plans:
    """Shares of every kind and every colour in each patch of the first ``count`` pairs at one size, in a mapped file.

    ``side`` is that of a patch in pixels. The pictures' own instance maps are the source, at half the size.
    """

    def __init__(self, folder: Path, pairs: Pairs, *, count: int, size: tuple[int, int], side: int) -> None:
        width, height = size
        shape = (count, (height // side) * (width // side), len(NAMES) + len(COLORS))
        path = folder / f"plans-{pairs.world}-{width}x{height}-{count}.u8"

        def shares(rows: range) -> Tensor:
            some = [_shares(pairs.scene(i), (width // 2, height // 2), side // 2) for i in rows]
            return (torch.stack(some) * 255).round().byte()

        self._values = mapped(path, shape, np.uint8, shares)

    def __getitem__(self, indices: list[int]) -> tuple[Tensor, Tensor]:
        """Kinds (B N K) and colours (B N C) of every patch, float32; each sums to one."""
        rows = torch.from_numpy(np.stack([self._values[i] for i in indices])).float()
        kinds, colors = rows.split([len(NAMES), len(COLORS)], dim=-1)
        return F.normalize(kinds, p=1, dim=-1), F.normalize(colors, p=1, dim=-1)


def _shares(scene: storybook.Scene, size: tuple[int, int], side: int) -> Tensor:
    """(N, kinds + colours) of one scene."""
    kinds, colors = [0], [0]
    for part in storybook.parts(scene):
        figure = scene.figures[part.figure]
        one = figure.held if part.what == "held" else figure.worn[part.which] if part.what == "worn" else figure
        assert one is not None
        kinds.append(NAMES.index(one.kind))
        colors.append(COLORS.index(one.color))
    numbers = torch.from_numpy(storybook.instances(scene, size).astype(np.int64))
    named, colored = (torch.tensor(table)[numbers] for table in (kinds, colors))
    both = torch.cat((F.one_hot(named, len(NAMES)), F.one_hot(colored, len(COLORS))), dim=-1)
    return F.avg_pool2d(both.permute(2, 0, 1).float(), side).flatten(1).T
