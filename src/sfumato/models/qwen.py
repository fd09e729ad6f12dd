"""Qwen3: a decoder language model, read as a text encoder by taking its states."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..core.level import States
from ..layers.attention import angles, attend, heads, merge, rotated
from ..layers.norm import RMSNorm
from ..layers.stream import GatedMlp, Turn


@dataclass(frozen=True)
class QwenConfig:
    """``shared``: how many heads have keys and values of their own, which the others of their group look at too."""

    vocabulary: int = 151_936
    width: int = 2560
    depth: int = 36
    heads: int = 32
    shared: int = 8
    head: int = 128
    inner: int = 9728
    theta: float = 1e6
    eps: float = 1e-6


class QwenBlock(nn.Module):
    """Pre-norm grouped attention (arXiv 2305.13245) with normed queries and keys, then a gated MLP; no biases."""

    def __init__(self, config: QwenConfig) -> None:
        super().__init__()
        width, eps = config.width, config.eps
        self.sizes = (config.heads * config.head, config.shared * config.head, config.shared * config.head)
        self.counts = (config.heads, config.shared, config.shared)
        self.before, self.before_mlp = RMSNorm(width, eps=eps), RMSNorm(width, eps=eps)
        self.qkv = nn.Linear(width, sum(self.sizes), bias=False)
        self.q_norm, self.k_norm = RMSNorm(config.head, eps=eps), RMSNorm(config.head, eps=eps)
        self.out = nn.Linear(self.sizes[0], width, bias=False)
        self.mlp = GatedMlp(width, config.inner)

    def forward(self, x: Tensor, turn: Turn, mask: Tensor) -> Tensor:
        parts = self.qkv(self.before(x)).split(self.sizes, dim=-1)
        q, k, v = (heads(part, count) for part, count in zip(parts, self.counts, strict=True))
        q, k = rotated(self.q_norm(q), turn), rotated(self.k_norm(k), turn)
        k, v = (part.repeat_interleave(self.counts[0] // self.counts[1], dim=1) for part in (k, v))
        x = x + self.out(merge(attend(q, k, v, mask=mask)))
        return x + self.mlp(self.before_mlp(x))


class Qwen(nn.Module):
    """Token ids (B N) -> States; ``mask`` (B N) is true where a token counts, and no token sees a later one."""

    def __init__(self, config: QwenConfig) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(QwenBlock(config) for _ in range(config.depth))
        self.norm = RMSNorm(config.width, eps=config.eps)

    def forward(self, ids: Tensor, mask: Tensor) -> States:
        place = torch.arange(ids.shape[1], device=ids.device)
        turn = angles(place[:, None], (self.config.head,), theta=self.config.theta)
        # A row of fillers alone would have nothing to look at, so that every token may look at itself.
        seen = (place <= place[:, None]) & (mask[:, None, None, :] | (place == place[:, None]))
        layers = [self.words(ids)]
        for block in self.blocks:
            layers.append(block(layers[-1], turn, seen))
        return States(tuple(layers), self.norm(layers[-1]))
