"""The U-Net of Stable Diffusion 1, 2 and XL: one network at several sizes (arXiv 2112.10752, 2307.01952)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import attend, heads, merge
from ..layers.embed import waves
from ..layers.resnet import Resnet


@dataclass(frozen=True)
class SDUNetConfig:
    """``widths``, ``depths`` and ``heads`` are one per resolution, halving the side between; a depth of 0 looks at no
    words. ``extra`` is the width of what SDXL is told beside words: a pooled vector, and numbers about the size, each
    as waves of ``size_width``. ``guidance`` is the width of the waves that tell a distilled network its guidance scale.
    """

    channels: int = 4
    out: int = 4
    widths: tuple[int, ...] = (320, 640, 1280, 1280)
    depths: tuple[int, ...] = (1, 1, 1, 0)
    heads: tuple[int, ...] = (8, 8, 8, 8)
    blocks: int = 2
    middle: int = 1
    text: int = 768
    extra: int = 0
    size_width: int = 256
    guidance: int = 0
    groups: int = 32


class Block(nn.Module):
    """A transformer block: every place looks at every other, then at the words, then thinks."""

    def __init__(self, width: int, count: int, text: int) -> None:
        super().__init__()
        self.count = count
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.qkv, self.out1 = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width)
        self.query, self.out2 = nn.Linear(width, width, bias=False), nn.Linear(width, width)
        self.words = nn.Linear(text, 2 * width, bias=False)
        self.inner, self.gate = (nn.Linear(width, 4 * width) for _ in range(2))
        self.outer = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, keys: Tensor) -> Tensor:
        """``x`` (B N D); ``keys`` (B M 2D), the keys and values of the words."""
        q, k, v = (heads(part, self.count) for part in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        x = x + self.out1(merge(attend(q, k, v)))
        k, v = (heads(part, self.count) for part in keys.chunk(2, dim=-1))
        x = x + self.out2(merge(attend(heads(self.query(self.norm2(x)), self.count), k, v)))
        h = self.norm3(x)
        return x + self.outer(self.inner(h) * F.gelu(self.gate(h)))  # GEGLU, arXiv 2002.05202


class Look(nn.Module):
    """Transformer blocks on a map (B C H W); in channels-last memory its tokens are a view."""

    def __init__(self, width: int, depth: int, count: int, config: SDUNetConfig) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(config.groups, width, eps=1e-6)
        self.enter, self.leave = nn.Linear(width, width), nn.Linear(width, width)
        self.blocks = nn.ModuleList(Block(width, count, config.text) for _ in range(depth))

    def forward(self, x: Tensor, keys: Iterator[Tensor]) -> Tensor:
        tokens = self.enter(self.norm(x).permute(0, 2, 3, 1).flatten(1, 2))
        for block in self.blocks:
            tokens = block(tokens, next(keys))
        return x + self.leave(tokens).transpose(1, 2).unflatten(2, x.shape[2:])


class Step(nn.Module):
    """A residual block and a look at the words where there is one; ``grow`` follows at the end of a resolution."""

    def __init__(
        self, inside: int, out: int, config: SDUNetConfig, *, depth: int = 0, count: int = 1, grows: bool = False
    ) -> None:
        super().__init__()
        self.resnet = Resnet(inside, out, groups=config.groups, eps=1e-5, clock=4 * config.widths[0])
        self.look = Look(out, depth, count, config) if depth else None
        self.grow = nn.Conv2d(out, out, 3, padding=1) if grows else None

    def forward(self, x: Tensor, clock: Tensor, keys: Iterator[Tensor]) -> Tensor:
        x = self.resnet(x, clock)
        return x if self.look is None else self.look(x, keys)


class SDUNet(nn.Module):
    """Noisy latent (B C H W), timestep (B,), words -> what the prediction asks for (B C H W).

    Its layers stand in one row down and one row up, as in the first files of this family.
    """

    def __init__(self, config: SDUNetConfig) -> None:
        super().__init__()
        self.config, widths = config, config.widths
        first, last, clock = widths[0], widths[-1], 4 * widths[0]
        self.time = _perceptron(first, clock)
        self.guidance = nn.Linear(config.guidance, first, bias=False) if config.guidance else None
        self.extra = _perceptron(config.extra, clock) if config.extra else None
        downs: list[nn.Module] = [nn.Conv2d(config.channels, first, 3, padding=1)]
        ups: list[nn.Module] = []
        kept, inside = [first], first
        levels = list(zip(widths, config.depths, config.heads, strict=True))
        for level, (width, depth, count) in enumerate(levels):
            for _ in range(config.blocks):
                downs.append(Step(inside, width, config, depth=depth, count=count))
                inside = width
                kept.append(width)
            if level < len(levels) - 1:
                downs.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                kept.append(width)
        for level, (width, depth, count) in reversed(list(enumerate(levels))):
            for i in range(config.blocks + 1):
                grows = i == config.blocks and level > 0
                ups.append(Step(inside + kept.pop(), width, config, depth=depth, count=count, grows=grows))
                inside = width
        self.downs, self.ups = nn.ModuleList(downs), nn.ModuleList(ups)
        self.middle = Step(last, last, config, depth=config.middle, count=config.heads[-1])
        self.after = Step(last, last, config)
        self.norm = nn.GroupNorm(config.groups, first)
        self.leave = nn.Conv2d(first, config.out, 3, padding=1)

    def remember(self, condition: Condition) -> Condition:
        """The same condition with the keys and values of every cross-attention in place of its tokens: words do not
        change from step to step, so these need to be computed once."""
        if condition.tokens is None:
            raise ValueError("this network must be told words: their tokens")
        words = condition.tokens.to(self.leave.weight.dtype)
        keys = torch.cat([block.words(words) for block in self._blocks()], dim=-1)
        return replace(condition, tokens=None, keys=keys)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.mask is not None or condition.label is not None:
            raise ValueError("this network reads every token of its words, and knows no classes")
        told = condition if condition.keys is not None else self.remember(condition)
        assert told.keys is not None
        kind = self.leave.weight.dtype
        keys = iter(told.keys.split([block.words.out_features for block in self._blocks()], dim=-1))
        clock = F.silu(self._clock(time, told))
        # channels last: the fastest layout for convolutions, and the one in which tokens are a view
        x, kept = x.to(kind, memory_format=torch.channels_last), []
        for step in self.downs:
            x = step(x, clock, keys) if isinstance(step, Step) else step(x)
            kept.append(x)
        x = self.after(self.middle(x, clock, keys), clock, keys)
        for step in self.ups:
            assert isinstance(step, Step)
            x = step(torch.cat((x, kept.pop()), dim=1), clock, keys)
            if step.grow is not None:  # to the side of the map that waits there: a latent of odd sides shrank unevenly
                x = step.grow(F.interpolate(x, kept[-1].shape[2:], mode="nearest"))
        return self.leave(F.silu(self.norm(x))).float()

    def _clock(self, time: Tensor, condition: Condition) -> Tensor:
        """The vector (B D) that tells every residual block the time, and what else is known of the whole picture."""
        kind, config = self.leave.weight.dtype, self.config
        features = waves(time, config.widths[0]).to(kind)
        if (self.guidance is None) != (condition.guidance is None):
            raise ValueError("a guidance scale is told to networks that were distilled with it, and to all of those")
        if self.guidance is not None and condition.guidance is not None:
            features = features + self.guidance(_scale_waves(condition.guidance, config.guidance).to(kind))
        clock = self.time(features)
        if self.extra is None:
            return clock
        if condition.pooled is None or condition.size is None:
            raise ValueError("this network must be told a pooled vector and numbers about the size")
        sizes = waves(condition.size, config.size_width).flatten(1)
        return clock + self.extra(torch.cat((condition.pooled.to(kind), sizes.to(kind)), dim=1))

    def _blocks(self) -> Iterator[Block]:
        """Every block that looks at words, in the order of their work."""
        for part in (self.downs, self.middle, self.ups):
            yield from (module for module in part.modules() if isinstance(module, Block))


def _perceptron(inside: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inside, out), nn.SiLU(), nn.Linear(out, out))


def _scale_waves(guidance: Tensor, width: int) -> Tensor:
    """Guidance scales (B,) as consistency distillation knows them (arXiv 2310.04378): unlike ``waves``, counted from 1
    in thousandths, sines first, the slowest wave exactly 10,000 times the fastest."""
    half = width // 2
    # In this order: an angle is thousands of radians, so that the last bit of a rate shows.
    rate = torch.exp(torch.arange(half, dtype=torch.float32, device=guidance.device) * -(math.log(10_000) / (half - 1)))
    angle = 1000 * (guidance.float()[:, None] - 1) * rate
    return torch.cat((angle.sin(), angle.cos()), dim=-1)
