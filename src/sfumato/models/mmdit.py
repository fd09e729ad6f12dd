"""MMDiT: the network of Stable Diffusion 3 and 3.5, where words and patches are two streams that attend as one."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.embed import TimeEmbedding, patches, picture, sincos
from ..layers.stream import Ending, JointBlock


@dataclass(frozen=True)
class MMDiTConfig:
    """``side``: patches along the side of the table of positions, ``base`` of them one side of a training picture.

    ``twice``: the blocks in which patches attend among themselves a second time; ``text`` and ``pooled``: widths.
    """

    channels: int = 16
    patch: int = 2
    width: int = 1536
    depth: int = 24
    heads: int = 24
    text: int = 4096
    pooled: int = 2048
    side: int = 192
    base: int = 64
    normed: bool = False
    twice: tuple[int, ...] = ()


class MMDiT(nn.Module):
    """Noisy latent (B C H W), 1000 times the flow's time (B,), words -> velocity (B C H W). (arXiv 2403.03206)"""

    def __init__(self, config: MMDiTConfig) -> None:
        super().__init__()
        self.config, width, inside = config, config.width, config.channels * config.patch**2
        self.enter = nn.Linear(inside, width)
        self.places = nn.Buffer(sincos(config.side, config.side, width, base=config.base)[None])
        self.time = TimeEmbedding(width)
        self.pooled = nn.Sequential(nn.Linear(config.pooled, width), nn.SiLU(), nn.Linear(width, width))
        self.words = nn.Linear(config.text, width)
        norm = 1e-6 if config.normed else None
        self.blocks = nn.ModuleList(
            JointBlock(width, config.heads, norm=norm, twice=i in config.twice, last=i == config.depth - 1)
            for i in range(config.depth)
        )
        self.ending = Ending(width, inside)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.tokens is None or condition.pooled is None or condition.mask is not None:
            raise ValueError("this network must be told words and a pooled vector, all words counting")
        patch, (_, _, height, width), kind = self.config.patch, x.shape, self.enter.weight.dtype
        said = F.silu(self.time(time) + self.pooled(condition.pooled.to(kind)))
        words = self.words(condition.tokens.to(kind))
        x = self.enter(patches(x.to(kind), patch)) + self._where(height // patch, width // patch).to(kind)
        for block in self.blocks:
            words, x = block(words, x, said)
        return picture(self.ending(x, said), patch, height=height, width=width).float()

    def _where(self, height: int, width: int) -> Tensor:
        """The middle of the table: a smaller picture is the centre of a larger one."""
        side = self.config.side
        if max(height, width) > side:
            raise ValueError(f"a latent of {height} x {width} patches exceeds the {side} that this network knows")
        top, left = (side - height) // 2, (side - width) // 2
        table = self.places.view(1, side, side, -1)[:, top : top + height, left : left + width]
        return table.flatten(1, 2)
