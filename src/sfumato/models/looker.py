"""The judges' second look, closer: what one figure is, wears and does, and the letters on a sign."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..layers.conv import ResBlock, down
from .judge import SIDE, Block, JudgeConfig, choices, grouped

MEASURES: Final = 7  # numbers that say where a figure was cut out, which its crop cannot show


class Looker(nn.Module):
    """Crops (N 3 96 96) about figures and their ``measures`` (N 7) -> logits (N choices) for every question of each,
    and how far each edge of the figure lies from where its box has it (N 4), in longer sides of that box.

    A figure that stands upright in the middle, always as large, is learned many times sooner than one anywhere in a
    picture; so whoever looks, straightens the box and looks again (as in Cascade R-CNN, arXiv 1712.00726). Every
    question looks at its own places: a query of attention that is learned, not made.
    """

    side: Final = 96
    width: Final = 128
    heads: Final = 4

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        convolutions = config.trunk == "convolutions"
        self.trunk: Narrowing | Patched = Narrowing(self.width) if convolutions else Patched(self.width)
        self.measured = nn.Sequential(nn.Linear(MEASURES, 32), nn.SiLU(), nn.Linear(32, self.width))
        self.places = nn.Parameter(0.02 * torch.randn(self.trunk.places, self.width))
        self.asked = nn.Parameter(torch.randn(len(config.each), self.width))
        self.seen = nn.Sequential(nn.LayerNorm(self.width), nn.Linear(self.width, 2 * self.width))
        self.norm = nn.LayerNorm(self.width)
        self.each = choices(self.width, config.each)
        self.edge, self.edges = nn.Linear(self.width, 16), nn.Linear(16 * self.trunk.places, 4)

    def forward(self, crops: Tensor, measures: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        crops = crops.contiguous(memory_format=torch.channels_last)
        tokens = self.trunk(crops, self.measured(measures)) + self.places
        k, v = self.seen(tokens).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q = self.asked.to(k.dtype).unflatten(-1, (self.heads, -1)).transpose(0, 1).expand(len(crops), -1, -1, -1)
        told = F.silu(self.norm(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)))
        said = {name: head(told[:, i]) for i, (name, head) in enumerate(self.each.items())}
        return said, self.edges(F.silu(self.edge(tokens)).flatten(1)).float() / 10


class Narrowing(nn.Module):
    """Convolutions down to 6 x 6; the measures join before the last of them."""

    places: Final = (Looker.side // 16) ** 2

    def __init__(self, width: int) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, 48, 3, padding=1), grouped(48), ResBlock(48),
                                  down(48, 80), grouped(80), ResBlock(80), grouped(80), ResBlock(80),
                                  down(80, width), grouped(width))  # fmt: skip
        self.last = ResBlock(width)

    def forward(self, crops: Tensor, measured: Tensor) -> Tensor:
        return self.last(self.down(crops) + measured[:, :, None, None]).flatten(2).transpose(1, 2)


class Patched(nn.Module):
    """A small transformer over patches of 12 x 12 pixels, to each of which the measures are added."""

    places: Final = (Looker.side // 12) ** 2

    def __init__(self, width: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 12, stride=12)
        self.where = nn.Parameter(0.02 * torch.randn(self.places, width))
        self.blocks = nn.Sequential(*(Block(width, heads=4) for _ in range(3)))

    def forward(self, crops: Tensor, measured: Tensor) -> Tensor:
        tokens = self.patches(crops).flatten(2).transpose(1, 2) + self.where
        return self.blocks(tokens + measured[:, None])


class Reader(nn.Module):
    """Crops (K 3 48 96) of signs -> for each of 24 columns from left to right a letter or none (K 24 27).

    Learned with CTC (Graves 2006): a letter is the same letter wherever it stands.
    """

    high, wide, columns = 48, 96, 24

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        broad = width * 3 // 2
        self.layers = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, width, 3, padding=1), grouped(width),
                                    ResBlock(width), down(width, broad), grouped(broad), ResBlock(broad),
                                    grouped(broad), nn.SiLU())  # fmt: skip
        self.column = nn.Conv2d(broad, 64, (self.high // 4, 1))
        self.letter = nn.Sequential(nn.SiLU(), nn.Conv1d(64, 64, 3, padding=1), nn.SiLU(), nn.Conv1d(64, 27, 1))

    def forward(self, crops: Tensor) -> Tensor:
        seen = self.layers(crops.contiguous(memory_format=torch.channels_last))
        return self.letter(self.column(seen).squeeze(2)).transpose(1, 2)


def measured(boxes: Tensor, rows: Tensor) -> Tensor:
    """Of N boxes (N 4, pixels) in pictures ``rows``: their sides, places and company, in numbers near 1 (N 7)."""
    boxes = boxes.float()
    wide, high = ((boxes[:, k + 2] - boxes[:, k]).clamp_min(4).div(SIDE / 4).log() for k in (0, 1))
    x, y = ((boxes[:, k] + boxes[:, k + 2]).div(SIDE) - 1 for k in (0, 1))
    company = torch.stack([(rows == row).sum() for row in rows]) if len(rows) else rows
    tallest = torch.stack([high[rows == row].amax() for row in rows]) if len(rows) else high
    return torch.stack([wide, high, x, y, company.to(high).log(), (company == 1).to(high), tallest - high], dim=-1)


def word(columns: Tensor) -> str:
    """The letters that columns (24 27) spell: none is 0, and a letter over several columns is one."""
    best = columns.argmax(-1).tolist()
    return "".join(chr(ord("A") + k - 1) for k, before in zip(best, [0, *best], strict=False) if k and k != before)
