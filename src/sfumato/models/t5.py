"""T5 v1.1: the encoder of the text-to-text transformer, whose positions are a learned bias on how tokens look."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import States
from ..layers.attention import heads, merge
from ..layers.norm import RMSNorm
from ..layers.stream import GatedMlp


@dataclass(frozen=True)
class T5Config:
    """``inner``: width inside the MLPs; ``buckets`` of distances up to ``farthest`` tokens have a bias each."""

    vocabulary: int = 32128
    width: int = 4096
    depth: int = 24
    heads: int = 64
    head: int = 64
    inner: int = 10240
    buckets: int = 32
    farthest: int = 128


class T5Block(nn.Module):
    """Pre-norm attention and gated MLP, no biases; scores are not scaled down (arXiv 1910.10683)."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        inside = config.heads * config.head
        self.count = config.heads
        self.before, self.before_mlp = RMSNorm(config.width), RMSNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * inside, bias=False)
        self.out = nn.Linear(inside, config.width, bias=False)
        self.mlp = GatedMlp(config.width, config.inner, gelu=True)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (heads(part, self.count) for part in self.qkv(self.before(x)).chunk(3, dim=-1))
        x = x + self.out(merge(F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)))
        return x + self.mlp(self.before_mlp(x))


class T5(nn.Module):
    """Token ids (B N) -> States; ``mask`` (B N) is true where a token counts."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.distances = nn.Embedding(config.buckets, config.heads)
        self.blocks = nn.ModuleList(T5Block(config) for _ in range(config.depth))
        self.norm = RMSNorm(config.width)

    def forward(self, ids: Tensor, mask: Tensor) -> States:
        x = self.words(ids)
        bias = self.distances(self._buckets(ids.shape[1], ids.device)).permute(2, 0, 1)
        bias = bias.masked_fill(~mask[:, None, None, :], torch.finfo(bias.dtype).min)  # (B h N N)
        layers = [x]
        for block in self.blocks:
            layers.append(block(layers[-1], bias))
        return States(tuple(layers), self.norm(layers[-1]))

    def _buckets(self, tokens: int, device: torch.device) -> Tensor:
        """Which bias (N N) a token at a row has for one at a column: half of them for each direction, near ones apart,
        far ones together by the logarithm of their distance."""
        place = torch.arange(tokens, device=device)
        apart = place - place[:, None]
        side = self.config.buckets // 2
        near = side // 2
        distance = apart.abs()
        octave = (distance.float() / near).log() / math.log(self.config.farthest / near)
        far = (near + (octave.clamp(min=0) * (side - near)).long()).clamp(max=side - 1)
        return torch.where(distance < near, distance, far) + side * (apart > 0)
