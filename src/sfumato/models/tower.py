"""A small picture tower: pictures -> one vector each, the partner of the text encoder in contrastive training."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from ..layers.conv import ResBlock, down


@dataclass(frozen=True)
class TowerConfig:
    """``widths``: channels at 1/4, 1/8 and 1/16 of the side; ``width`` of the vector."""

    widths: tuple[int, int, int] = (64, 128, 256)
    width: int = 256


class PictureTower(nn.Module):
    """Pictures (B 3 H W) in [-1, 1] -> unit vectors (B D)."""

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        first, second, third = config.widths
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(48, first, 3, padding=1),
            ResBlock(first),
            down(first, second),
            ResBlock(second),
            down(second, third),
            ResBlock(third),
            nn.SiLU(),
        )
        # The whole map, not its mean: "left of" and "above" live in places.
        self.out = nn.Linear(third * 16, config.width)

    def forward(self, pixels: Tensor) -> Tensor:
        spots = F.adaptive_avg_pool2d(self.layers(pixels), 4)
        return F.normalize(self.out(spots.flatten(1)), dim=-1)
