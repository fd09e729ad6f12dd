"""A U-Net with cross-attention: convolutions at falling and rising resolution, the words looked up on the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import attend, heads, merge
from ..layers.conv import TimedBlock, down, up
from ..layers.embed import TimeEmbedding
from ..layers.norm import RMSNorm, rms


@dataclass(frozen=True)
class UNetConfig:
    """``widths``: channels at each resolution, halving the side between; ``attention``: which of them look at words."""

    channels: int = 16
    widths: tuple[int, ...] = (128, 256)
    blocks: tuple[int, ...] = (2, 2)
    attention: tuple[bool, ...] = (False, True)
    heads: int = 4
    text: int = 256
    groups: int = 16


class LookBlock(nn.Module):
    """Every place looks at every other, then at the words, then thinks: a transformer block on a map (B C H W)."""

    def __init__(self, width: int, text: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.qkv, self.self_out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width)
        self.query, self.words = nn.Linear(width, width, bias=False), nn.Linear(text, 2 * width, bias=False)
        self.cross_out = nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norms = nn.ModuleList(RMSNorm(width) for _ in range(3))
        for layer in (self.self_out, self.cross_out, self.outer):
            nn.init.zeros_(layer.weight)

    def forward(self, x: Tensor, words: Tensor, mask: Tensor) -> Tensor:
        side, tokens = x.shape[-2:], x.flatten(2).transpose(1, 2)
        q, k, v = (heads(part, self.count) for part in self.qkv(self.norms[0](tokens)).chunk(3, dim=-1))
        tokens = tokens + self.self_out(merge(attend(rms(q), rms(k), v)))
        k, v = (heads(part, self.count) for part in self.words(words).chunk(2, dim=-1))
        q = heads(self.query(self.norms[1](tokens)), self.count)
        tokens = tokens + self.cross_out(merge(attend(rms(q), rms(k), v, mask=mask[:, None, None, :])))
        tokens = tokens + self.outer(F.gelu(self.inner(self.norms[2](tokens)), approximate="tanh"))
        return tokens.transpose(1, 2).unflatten(2, side)


class Stage(nn.Module):
    """One resolution: residual blocks, each followed by a look at the words where the configuration says so."""

    def __init__(self, inside: list[int], width: int, config: UNetConfig, said: int, look: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(TimedBlock(i, width, said, groups=config.groups) for i in inside)
        self.looks = nn.ModuleList(
            LookBlock(width, config.text, config.heads) if look else nn.Identity() for _ in inside
        )

    def step(self, i: int, x: Tensor, said: Tensor, words: Tensor, mask: Tensor) -> Tensor:
        x = self.blocks[i](x, said)
        look = self.looks[i]
        return look(x, words, mask) if isinstance(look, LookBlock) else x


class UNet(nn.Module):
    """Noisy latent (B C H W), clock (B,), words -> what the prediction asks for, (B C H W). (arXiv 2112.10752)"""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config, widths, said = config, config.widths, config.widths[-1] * 2
        self.time = TimeEmbedding(said)
        self.pooled = nn.Linear(config.text, said)
        self.text_norm = RMSNorm(config.text)
        self.enter = nn.Conv2d(config.channels, widths[0], 3, padding=1)
        stages = list(zip(widths, config.blocks, config.attention, strict=True))
        self.downs = nn.ModuleList(Stage([w] * n, w, config, said, look) for w, n, look in stages)
        self.shrinks = nn.ModuleList(down(a, b) for a, b in pairwise(widths))
        self.middle = Stage([widths[-1]], widths[-1], config, said, True)
        self.ups = nn.ModuleList(Stage([2 * w] * n, w, config, said, look) for w, n, look in reversed(stages))
        self.grows = nn.ModuleList(up(b, a) for a, b in reversed(list(pairwise(widths))))
        self.norm = nn.GroupNorm(config.groups, widths[0])
        self.leave = nn.Conv2d(widths[0], config.channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(cast(Tensor, self.leave.bias))

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.tokens is None or condition.mask is None or condition.pooled is None:
            raise ValueError("this network must be told words: tokens, their mask and a pooled vector")
        shrink = 2 ** (len(self.config.widths) - 1)
        if x.shape[-2] % shrink or x.shape[-1] % shrink:
            raise ValueError(f"a latent of {x.shape[-2]} x {x.shape[-1]} cannot be halved {len(self.shrinks)} times")
        kind = self.enter.weight.dtype
        said = F.silu(self.time(time) + self.pooled(condition.pooled.to(kind)))
        words, mask = self.text_norm(condition.tokens.to(kind)), condition.mask
        x, kept = self.enter(x.to(kind)), []
        for level, stage in enumerate(self.downs):
            assert isinstance(stage, Stage)
            for i in range(len(stage.blocks)):
                x = stage.step(i, x, said, words, mask)
                kept.append(x)
            if level < len(self.shrinks):
                x = self.shrinks[level](x)
        x = self.middle.step(0, x, said, words, mask)
        for level, stage in enumerate(self.ups):
            assert isinstance(stage, Stage)
            for i in range(len(stage.blocks)):
                x = stage.step(i, torch.cat((x, kept.pop()), dim=1), said, words, mask)
            if level < len(self.grows):
                x = self.grows[level](x)
        return self.leave(F.silu(self.norm(x))).float()
