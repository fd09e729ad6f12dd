"""A writer: a small causal transformer that reads the states of a text and writes the tokens of a layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.layout import VOCABULARY
from ..core.level import Condition
from ..layers.attention import attend, heads, merge, rotated, rotation
from ..layers.norm import RMSNorm, rms

# Keys, then values, of the heads of every block, (B 2h M+N d) each: of the words, then of all tokens so far.
Memory = list[Tensor]


@dataclass(frozen=True)
class WriterConfig:
    """``text``: width of the text states."""

    text: int = 256
    width: int = 256
    depth: int = 4
    heads: int = 4


class WriterBlock(nn.Module):
    """Attention of tokens over the words and the tokens before them, then a gated MLP."""

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        width, self.count = config.width, config.heads
        inner = -(-width * 8 // 3 // 32) * 32
        self.before_attention, self.before_mlp = RMSNorm(width), RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.words = nn.Linear(config.text, 2 * width, bias=False)
        self.q_norm, self.k_norm = RMSNorm(width // config.heads), RMSNorm(width // config.heads)
        self.out = nn.Linear(width, width, bias=False)
        self.inner, self.outer = nn.Linear(width, 2 * inner, bias=False), nn.Linear(inner, width, bias=False)

    def hear(self, words: Tensor) -> Tensor:
        """Words (B M T) -> their keys and values (B 2h M d)."""
        k, v = heads(self.words(words), 2 * self.count).chunk(2, dim=1)
        return torch.cat((self.k_norm(k), v), dim=1)

    def forward(self, x: Tensor, before: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Tokens (B N D), what is known before them (B 2h M d), ``mask`` (B 1 N M+N) -> the same, one block further."""
        q, k, v = heads(self.qkv(self.before_attention(x)), 3 * self.count).chunk(3, dim=1)
        q, k = rotated(torch.cat((self.q_norm(q), self.k_norm(k)), dim=1), turn).chunk(2, dim=1)
        known = torch.cat((before, torch.cat((k, v), dim=1)), dim=2)
        k, v = known.chunk(2, dim=1)
        x = x + self.out(merge(attend(q, k, v, mask=mask)))
        a, b = self.inner(self.before_mlp(x)).chunk(2, dim=-1)
        return x + self.outer(a * F.silu(b)), known


class Writer(nn.Module):
    """Tokens so far (B N) and words -> logits of the next token (B V); ``memory`` holds what need not be read again."""

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        self.config, width = config, config.width
        self.tokens = nn.Embedding.from_pretrained(
            torch.empty(VOCABULARY, width).uniform_(-0.9, 0.9), freeze=False
        )
        self.text_norm = RMSNorm(config.text)
        self.blocks = nn.ModuleList(WriterBlock(config) for _ in range(config.depth))
        self.leave = nn.Linear(width, VOCABULARY)

    def forward(self, tokens: Tensor, condition: Condition, memory: Memory | None) -> tuple[Tensor, Memory]:
        logits, memory = self.read(tokens, condition, memory)
        return logits[:, -1].float(), memory

    def read(self, tokens: Tensor, condition: Condition, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """Logits after each of the tokens that ``memory`` has not seen, (B N V), and the memory with them."""
        if condition.tokens is None or condition.mask is None:
            raise ValueError("a writer must be told words: tokens and their mask")
        if memory is None:
            words = self.text_norm(condition.tokens)
            memory = [cast(WriterBlock, block).hear(words) for block in self.blocks]
        heard = condition.mask.shape[1]
        past, count = memory[0].shape[2] - heard, tokens.shape[1]
        order = torch.arange(count, device=tokens.device)
        turn = rotation(order[past:, None].float(), self.config.width // self.config.heads, longest=1000.0)
        seen = order[past:, None] >= order[None]
        mask = torch.cat((condition.mask[:, None].expand(-1, len(seen), -1), seen.expand(len(tokens), -1, -1)), dim=2)
        x, known = self.tokens(tokens[:, past:]), []
        for block, before in zip(self.blocks, memory, strict=True):
            x, both = block(x, before, mask[:, None], turn)
            known.append(both)
        return self.leave(rms(x)), known
