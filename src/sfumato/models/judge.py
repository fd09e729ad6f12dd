"""The judges' first look: a picture becomes its setting, the boxes of its figures, and how they stand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..layers.conv import ResBlock, down, up

SIDE: Final = 256  # pixels; pictures of other sizes are scaled
CELL: Final = 8  # pixels a side of the grid on which centres are found
GRID: Final = SIDE // CELL
GEOMETRY: Final = 10  # numbers that say how two boxes lie to each other


@dataclass(frozen=True)
class JudgeConfig:
    """``whole``: choices for the picture as a whole; ``each``: choices for each figure; name -> how many there are."""

    whole: dict[str, int]
    each: dict[str, int]
    relations: int
    trunk: Literal["convolutions", "transformer"] = "convolutions"
    width: int = 192
    depth: int = 5  # of the transformer
    feature: int = 128  # length of the vector that distances between pictures are taken in


@dataclass(frozen=True)
class Look:
    """What the trunk made of a batch: ``heat`` (B 32 32), maps from fine to coarse, one vector for each picture."""

    heat: Tensor  # logits: how likely the centre of a figure is in this cell
    maps: tuple[Tensor, ...]
    feature: Tensor  # B D

    def at(self, rows: Tensor, cells: Tensor) -> Tensor:
        """The vectors (N D) of some cells, numbered row by row, of the pictures ``rows``: of all maps together."""
        y, x = cells // GRID, cells % GRID
        steps = [GRID // found.shape[-1] for found in self.maps]
        return torch.cat([found[rows, :, y // s, x // s] for found, s in zip(self.maps, steps, strict=True)], dim=-1)


class Judge(nn.Module):
    """Pictures (B 3 256 256) in [-1, 1] -> a `Look`, in which ``find``, ``setting`` and ``relate`` read.

    Centres on a grid as in CenterNet (arXiv 1904.07850), with boxes and relations read at the centre. What a figure is,
    wears and does, a `Looker` says, who looks closer.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        convolutions = config.trunk == "convolutions"
        self.trunk: Convolutions | Transformer
        self.trunk = Convolutions(config.width) if convolutions else Transformer(config.width, config.depth)
        together = sum(self.trunk.widths)
        self.heat = nn.Conv2d(self.trunk.widths[0], 1, 1)
        assert self.heat.bias is not None
        nn.init.constant_(self.heat.bias, -4.0)  # cells are empty until shown otherwise
        self.feature = nn.Sequential(nn.LayerNorm(2 * together), nn.Linear(2 * together, 2 * config.feature), nn.SiLU(),
                                     nn.Linear(2 * config.feature, config.feature))  # fmt: skip
        self.whole = choices(config.feature, config.whole)
        self.figure = nn.Sequential(nn.LayerNorm(together), nn.Linear(together, 384), nn.SiLU())
        self.box = nn.Linear(384, 4)
        self.pair = nn.Sequential(nn.Linear(2 * 384 + GEOMETRY, 128), nn.SiLU(), nn.Linear(128, config.relations))

    def forward(self, pixels: Tensor) -> Look:
        maps = self.trunk(pixels)
        pooled = [part for found in maps for part in (found.mean((2, 3)), found.amax((2, 3)))]
        return Look(self.heat(maps[0]).squeeze(1), maps, self.feature(torch.cat(pooled, dim=1)))

    def setting(self, look: Look) -> dict[str, Tensor]:
        """Logits (B choices) for the whole picture."""
        return {name: head(F.silu(look.feature)) for name, head in self.whole.items()}

    def find(self, look: Look, rows: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
        """Of N figures: what ``relate`` reads (N D), and boxes (N 4: left, top, right, bottom in pixels)."""
        told = self.figure(look.at(rows, cells))
        dx, dy, wide, high = self.box(told).float().unbind(-1)
        x, y = (cells % GRID + 0.5 + dx) * CELL, (cells // GRID + 0.5 + dy) * CELL
        wide, high = ((3 + side).clamp(-3, 6).exp() for side in (wide, high))
        return told, torch.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], dim=-1)

    def relate(self, told: Tensor, boxes: Tensor, subject: Tensor, other: Tensor) -> Tensor:
        """Logits (N relations) for pairs of figures, given as indices into what ``find`` told."""
        return self.pair(torch.cat([told[subject], told[other], geometry(boxes[subject], boxes[other])], dim=-1))


class Convolutions(nn.Module):
    """Down to 8 x 8, where everything sees everything, and up again to 32 x 32 with what was seen on the way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.widths = (width // 2, width, width)
        fine, middle, coarse = self.widths
        self.stem = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, width // 4, 3, padding=1), grouped(width // 4),
                                  nn.SiLU(), down(width // 4, fine), grouped(fine), ResBlock(fine),
                                  ResBlock(fine))  # fmt: skip
        self.halved = nn.Sequential(down(fine, middle), grouped(middle), ResBlock(middle), ResBlock(middle))
        self.quartered = nn.Sequential(down(middle, coarse), grouped(coarse), ResBlock(coarse), grouped(coarse))
        self.rise = nn.Sequential(up(coarse, middle), grouped(middle))
        self.middle = nn.Sequential(ResBlock(middle), grouped(middle))
        self.again = nn.Sequential(up(middle, fine), grouped(fine))
        self.fine = nn.Sequential(nn.Conv2d(fine, fine, 3, padding=1), grouped(fine))

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        fine = self.stem(pixels)
        middle = self.halved(fine)
        coarse = self.quartered(middle)
        middle = self.middle(middle + self.rise(coarse))
        return F.silu(self.fine(F.silu(fine + self.again(middle)))), F.silu(middle), F.silu(coarse)


def grouped(width: int) -> nn.GroupNorm:
    """Without it what the layers say fades to nothing before anything is learned."""
    return nn.GroupNorm(8, width)


class Transformer(nn.Module):
    """A plain vision transformer (arXiv 2010.11929) over patches of 16 x 16 pixels, its tokens put back on the grid."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.widths = (width // 2, width)
        self.patches = nn.Sequential(nn.Conv2d(3, width, 16, stride=16))
        self.places = nn.Parameter(0.02 * torch.randn(1, width, SIDE // 16, SIDE // 16))
        self.blocks = nn.ModuleList(Block(width, heads=width // 64) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.fine = up(width, width // 2)

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        x = self.patches(pixels) + self.places
        grid = x.shape[2:]
        tokens = x.flatten(2).transpose(1, 2)
        for block in self.blocks:
            tokens = block(tokens)
        middle = self.norm(tokens).transpose(1, 2).unflatten(2, grid)
        return F.silu(self.fine(middle)), middle


class Block(nn.Module):
    """Attention and a feed-forward network, each beside a straight line."""

    def __init__(self, width: int, *, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.forth = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU("tanh"), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.asked(self.before(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.forth(self.between(x))


def geometry(one: Tensor, other: Tensor) -> Tensor:
    """How two boxes (N 4) lie to each other (N 10): between their edges and middles, in their own sizes."""
    wide, high = (one[:, 2] - one[:, 0]).clamp_min(1), (one[:, 3] - one[:, 1]).clamp_min(1)
    wide2, high2 = (other[:, 2] - other[:, 0]).clamp_min(1), (other[:, 3] - other[:, 1]).clamp_min(1)
    across, along = (wide + wide2) / 2, (high + high2) / 2
    return torch.stack([
        (one[:, 0] - other[:, 0]) / across, (one[:, 2] - other[:, 2]) / across,
        (one[:, 1] - other[:, 1]) / along, (one[:, 3] - other[:, 3]) / along,
        (one[:, 2] - other[:, 0]) / across, (other[:, 2] - one[:, 0]) / across,
        (one[:, 3] - other[:, 1]) / along, (other[:, 3] - one[:, 1]) / along,
        (wide / wide2).log(), (high / high2).log(),
    ], dim=-1).clamp(-4, 4)  # fmt: skip


def choices(width: int, counts: Mapping[str, int]) -> nn.ModuleDict:
    """One linear layer for each question."""
    return nn.ModuleDict({name: nn.Linear(width, count) for name, count in counts.items()})
