"""A writer: a small causal transformer that reads the states of a text and writes the tokens of a layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.layout import VOCABULARY
from ..core.level import Condition
from ..layers.attention import attend, heads, merge, rotated, rotation
from ..layers.norm import RMSNorm, rms

# Keys, then values, of the heads of every block, (B 2h M+R d) each: of the words, then of all tokens so far, and room
# for more. They are written where they lie: to copy them for every token took a third of the time.
Memory = list[Tensor]
ROOM: Final = 64  # tokens


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

    def forward(self, x: Tensor, known: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Tokens (B N D), what is ``known`` (B 2h R d), to which theirs is added, ``mask`` (B 1 N M) of what they may
        look at, themselves last -> the same, one block further."""
        q, k, v = heads(self.qkv(self.before_attention(x)), 3 * self.count).chunk(3, dim=1)
        q, k = rotated(torch.cat((self.q_norm(q), self.k_norm(k)), dim=1), turn).chunk(2, dim=1)
        end = mask.shape[-1]
        known[:, :, end - x.shape[1] : end] = torch.cat((k, v), dim=1)
        k, v = known[:, :, :end].chunk(2, dim=1)
        x = x + self.out(merge(attend(q, k, v, mask=mask)))
        a, b = self.inner(self.before_mlp(x)).chunk(2, dim=-1)
        return x + self.outer(a * F.silu(b))


class Writer(nn.Module):
    """Tokens so far (B N) and words -> logits (B N-past V) of the next after each but the first ``past``, which
    ``memory`` has read, and the memory of all; what else it had read is forgotten."""

    def __init__(self, config: WriterConfig) -> None:
        super().__init__()
        self.config, width = config, config.width
        self.tokens = nn.Embedding.from_pretrained(
            torch.empty(VOCABULARY, width).uniform_(-0.9, 0.9), freeze=False
        )
        self.text_norm = RMSNorm(config.text)
        self.blocks = nn.ModuleList(WriterBlock(config) for _ in range(config.depth))
        self.leave = nn.Linear(width, VOCABULARY)

    def forward(
        self, tokens: Tensor, condition: Condition, memory: Memory | None = None, past: int = 0
    ) -> tuple[Tensor, Memory]:
        if condition.tokens is None or condition.mask is None:
            raise ValueError("a writer must be told words: tokens and their mask")
        count, heard = tokens.shape[1], condition.mask.shape[1]
        if memory is None:
            words = self.text_norm(condition.tokens)
            memory = [cast(WriterBlock, block).hear(words) for block in self.blocks]
        if memory[0].shape[2] < heard + count:
            memory = [F.pad(known, (0, 0, 0, max(ROOM, count))) for known in memory]
        order = torch.arange(count, device=tokens.device)
        turn = rotation(order[past:, None].float(), self.config.width // self.config.heads, longest=1000.0)
        seen = order[past:, None] >= order[None]
        mask = torch.cat((condition.mask[:, None].expand(-1, len(seen), -1), seen.expand(len(tokens), -1, -1)), dim=2)
        x = self.tokens(tokens[:, past:])
        for block, known in zip(self.blocks, memory, strict=True):
            x = block(x, known, mask[:, None], turn)
        return self.leave(rms(x)).float(), memory
