"""Our text encoder: a small bidirectional transformer over word pieces."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import attend, heads, merge, rotated, rotation
from ..layers.norm import RMSNorm


@dataclass(frozen=True)
class TextConfig:
    """``length`` tokens are read, the end token among them. ``rotary``: attention knows how far apart words are, so it
    is soon learned which colour belongs to which noun."""

    vocabulary: int = 1024
    length: int = 48
    width: int = 256
    depth: int = 3
    heads: int = 4
    rotary: bool = False


class TextBlock(nn.Module):
    """Pre-norm attention and MLP."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.before_attention, self.before_mlp = RMSNorm(width), RMSNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor] | None) -> Tensor:
        q, k, v = (heads(part, self.count) for part in self.qkv(self.before_attention(x)).chunk(3, dim=-1))
        if turn is not None:
            q, k = rotated(q, turn), rotated(k, turn)
        x = x + self.out(merge(attend(q, k, v, mask=mask[:, None, None, :])))
        return x + self.outer(F.gelu(self.inner(self.before_mlp(x)), approximate="tanh"))


class TextTransformer(nn.Module):
    """Token ids (B N) -> states of every token (B N D) and one vector for the whole text (B D)."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        # Drawn uniformly: normal draws on the meta device cost a second of imports before any weight is read.
        self.words = nn.Embedding.from_pretrained(
            torch.empty(config.vocabulary, config.width).uniform_(-0.9, 0.9), freeze=False
        )
        self.order = nn.Parameter(torch.empty(config.length, config.width).uniform_(-0.03, 0.03))
        self.blocks = nn.ModuleList(TextBlock(config.width, config.heads) for _ in range(config.depth))
        self.norm = RMSNorm(config.width)

    def forward(self, ids: Tensor, mask: Tensor) -> Condition:
        x, turn = self.words(ids) + self.order[: ids.shape[1]], None
        if self.config.rotary:
            order = torch.arange(ids.shape[1], device=ids.device)[:, None].float()
            turn = rotation(order, self.config.width // self.config.heads)
        for block in self.blocks:
            x = block(x, mask, turn)
        x = self.norm(x)
        counts = mask[..., None].to(x.dtype)
        return Condition(tokens=x, mask=mask, pooled=(x * counts).sum(1) / counts.sum(1))
