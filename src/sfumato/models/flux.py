"""FLUX.1: words and patches first as two streams that attend as one, then as a single stream; flow, 12 billion."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import angles
from ..layers.embed import TimeEmbedding, patches, picture
from ..layers.stream import Ending, JointBlock, ParallelBlock


@dataclass(frozen=True)
class FluxConfig:
    """``shares``: how much of a head turns with the row of the sequence, the row and the column of the picture.

    ``guided``: the network was taught to feign a guidance strength, which it must be told.
    """

    channels: int = 16
    patch: int = 2
    width: int = 3072
    joint: int = 19
    single: int = 38
    heads: int = 24
    text: int = 4096
    pooled: int = 768
    shares: tuple[int, ...] = (16, 56, 56)
    guided: bool = True


class Flux(nn.Module):
    """Noisy latent (B C H W), 1000 times the flow's time (B,), words -> velocity (B C H W)."""

    def __init__(self, config: FluxConfig) -> None:
        super().__init__()
        self.config, width, inside = config, config.width, config.channels * config.patch**2
        self.enter = nn.Linear(inside, width)
        self.time = TimeEmbedding(width)
        if config.guided:
            self.guidance = TimeEmbedding(width)
        self.pooled = nn.Sequential(nn.Linear(config.pooled, width), nn.SiLU(), nn.Linear(width, width))
        self.words = nn.Linear(config.text, width)
        self.blocks = nn.ModuleList(JointBlock(width, config.heads, norm=1e-6) for _ in range(config.joint))
        self.singles = nn.ModuleList(ParallelBlock(width, config.heads, norm=1e-6) for _ in range(config.single))
        self.ending = Ending(width, inside)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.tokens is None or condition.pooled is None or condition.mask is not None:
            raise ValueError("this network must be told words and a pooled vector, all words counting")
        patch, (_, _, height, width), kind = self.config.patch, x.shape, self.enter.weight.dtype
        said = F.silu(self._vector(time, condition.pooled.to(kind), condition.guidance))
        words = self.words(condition.tokens.to(kind))
        turn = self._turn(words.shape[1], height // patch, width // patch, x.device)
        x = self.enter(patches(x.to(kind), patch))
        for block in self.blocks:
            words, x = block(words, x, said, turn)
        n, x = words.shape[1], torch.cat((words, x), dim=1)
        for single in self.singles:
            x = single(x, said, turn)
        return picture(self.ending(x[:, n:], said), patch, height=height, width=width).float()

    def _vector(self, time: Tensor, pooled: Tensor, guidance: Tensor | None) -> Tensor:
        if (guidance is not None) != self.config.guided:
            raise ValueError(f"this network {'must' if self.config.guided else 'cannot'} be told a guidance strength")
        vector = self.time(time) + self.pooled(pooled)
        return vector if guidance is None else vector + self.guidance(1000 * guidance)

    def _turn(self, words: int, height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Words all stand at the origin; patches at (0, row, column)."""
        grid = torch.cartesian_prod(*(torch.arange(n, device=device) for n in (1, height, width)))
        return angles(F.pad(grid, (0, 0, words, 0)), self.config.shares, theta=10_000.0)
