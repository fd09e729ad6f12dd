"""DiT: a transformer over patches that is told a class, such as one of ImageNet's thousand, instead of words."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.embed import TimeEmbedding, patches, picture, sincos
from ..layers.stream import Ending, Stream


@dataclass(frozen=True)
class ClassDiTConfig:
    """``base``: patches along the side of a training picture; ``out``: channels that the file's network says."""

    channels: int = 4
    out: int = 8
    patch: int = 2
    width: int = 1152
    depth: int = 28
    heads: int = 16
    classes: int = 1000
    base: int = 16
    eps: float = 1e-5


class ClassDiTBlock(nn.Module):
    """A stream of patches, with its own reading of time and class: so the files have it, block by block."""

    def __init__(self, config: ClassDiTConfig) -> None:
        super().__init__()
        self.time = TimeEmbedding(config.width, reached=True)
        self.label = nn.Embedding(config.classes + 1, config.width)
        self.stream = Stream(config.width, config.heads, norm=None, eps=config.eps)

    def told(self, time: Tensor, label: Tensor) -> Tensor:
        """Time (B,) and class (B,) as one vector (B D)."""
        return F.silu(self.time(time) + self.label(label))

    def forward(self, x: Tensor, time: Tensor, label: Tensor) -> Tensor:
        return self.stream(x, self.told(time, label))


class ClassDiT(nn.Module):
    """Noisy latent (B C H W), timestep (B,), class -> noise (B C H W). (arXiv 2212.09748)

    The class after the last one means none. The variance that these networks also say, ``out`` beyond ``channels``,
    is for ancestral sampling with learned variances alone, and left out.
    """

    def __init__(self, config: ClassDiTConfig) -> None:
        super().__init__()
        self.config, width, area = config, config.width, config.patch**2
        self.enter = nn.Linear(config.channels * area, width)
        self.blocks = nn.ModuleList(ClassDiTBlock(config) for _ in range(config.depth))
        self.ending = Ending(width, config.out * area)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.label is None:
            raise ValueError("this network must be told a class")
        label, patch, (_, channels, height, width) = condition.label, self.config.patch, x.shape
        kind = self.enter.weight.dtype
        where = sincos(height // patch, width // patch, self.config.width, base=self.config.base)
        x = self.enter(patches(x.to(kind), patch)) + where.to(x.device, kind)
        for block in self.blocks:
            x = block(x, time, label)
        first = self.blocks[0]
        assert isinstance(first, ClassDiTBlock)
        said = self.ending(x, first.told(time, label))
        return picture(said, patch, height=height, width=width)[:, :channels].float()
