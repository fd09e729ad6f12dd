"""Our text encoder: a small bidirectional transformer over word pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import attend, heads, merge
from ..layers.norm import RMSNorm
from .tokenizer import Tokenizer


@dataclass(frozen=True)
class TextConfig:
    """``length`` tokens are read, the end token among them."""

    vocabulary: int = 1024
    length: int = 48
    width: int = 256
    depth: int = 3
    heads: int = 4


class TextBlock(nn.Module):
    """Pre-norm attention and MLP."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.before_attention, self.before_mlp = RMSNorm(width), RMSNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (heads(part, self.count) for part in self.qkv(self.before_attention(x)).chunk(3, dim=-1))
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
        x = self.words(ids) + self.order[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x)
        counts = mask[..., None].to(x.dtype)
        return Condition(tokens=x, mask=mask, pooled=(x * counts).sum(1) / counts.sum(1))


@torch.no_grad()
def respelled(text: TextTransformer, was: Tokenizer, now: Tokenizer, length: int) -> TextTransformer:
    """The same encoder for another vocabulary and at least as long texts: a piece that is new begins as the mean of the
    old ones that spell it, a place that is new as the last one."""
    found = TextTransformer(replace(text.config, vocabulary=now.size, length=length))
    for part in ("blocks", "norm"):
        found.get_submodule(part).load_state_dict(text.get_submodule(part).state_dict())
    for i, ids in enumerate(was.spelled(now)):
        if ids:
            found.words.weight[i] = text.words.weight[ids].mean(0)
    found.order.copy_(text.order[-1])
    found.order[: text.config.length] = text.order
    return found
