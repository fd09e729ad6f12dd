"""The text half of CLIP and OpenCLIP: a causal transformer whose end token has seen the whole text (2103.00020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import States
from ..layers.attention import attend, heads, merge


@dataclass(frozen=True)
class ClipConfig:
    """``inner`` is the width inside the MLPs; ``projection`` the width of the pooled vector, 0 if it is left as it is;
    ``end`` the id of the end token, whose state is the pooled one."""

    vocabulary: int = 49408
    length: int = 77
    width: int = 768
    inner: int = 3072
    depth: int = 12
    heads: int = 12
    activation: Literal["quick_gelu", "gelu"] = "quick_gelu"
    projection: int = 0
    end: int = 49407


class ClipBlock(nn.Module):
    """Pre-norm causal attention and MLP."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        width, self.count, self.quick = config.width, config.heads, config.activation == "quick_gelu"
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, config.inner), nn.Linear(config.inner, width)

    def forward(self, x: Tensor, causal: Tensor) -> Tensor:
        q, k, v = (heads(part, self.count) for part in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        x = x + self.out(merge(attend(q, k, v, mask=causal)))
        h = self.inner(self.norm2(x))
        return x + self.outer(h * torch.sigmoid(1.702 * h) if self.quick else F.gelu(h))


class ClipText(nn.Module):
    """Token ids (B N) -> States. No token sees those behind it, so the mask of the padding changes nothing before it;
    the states of the padding are used as well, for so the painters were taught."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.order = nn.Embedding(config.length, config.width)
        self.blocks = nn.ModuleList(ClipBlock(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.project = nn.Linear(config.width, config.projection, bias=False) if config.projection else None

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> States:
        count = ids.shape[1]
        causal = torch.ones(count, count, dtype=torch.bool, device=ids.device).tril()
        layers = [self.words(ids) + self.order(torch.arange(count, device=ids.device))]
        for block in self.blocks:
            layers.append(block(layers[-1], causal))
        last = self.norm(layers[-1])
        pooled = last[torch.arange(len(ids)), ids.eq(self.config.end).int().argmax(dim=1)]
        return States(tuple(layers), last, pooled if self.project is None else self.project(pooled))
