"""Streams of modulated tokens: what the transformers of patches and words are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import attend, heads, merge, turned
from .norm import RMSNorm, moved, standard

Turn = tuple[Tensor, Tensor]  # cosines and sines of the rotary positions


class Heads(nn.Module):
    """Tokens (B N D) -> queries, keys, values (B h N d) by one product; ``norm`` is the epsilon of their RMS norm."""

    def __init__(self, width: int, count: int, *, norm: float | None, bias: bool = True) -> None:
        super().__init__()
        self.count = count
        self.qkv = nn.Linear(width, 3 * width, bias=bias)
        self.q_norm, self.k_norm = (
            nn.Identity() if norm is None else RMSNorm(width // count, eps=norm) for _ in range(2)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        q, k, v = (heads(part, self.count) for part in self.qkv(x).chunk(3, dim=-1))
        return self.q_norm(q), self.k_norm(k), v


class SelfAttention(nn.Module):
    """Tokens look at one another."""

    def __init__(self, width: int, count: int, *, norm: float | None, bias: bool = True) -> None:
        super().__init__()
        self.heads = Heads(width, count, norm=norm, bias=bias)
        self.out = nn.Linear(width, width, bias=bias)

    def forward(self, x: Tensor, *, turn: Turn | None = None, mask: Tensor | None = None) -> Tensor:
        q, k, v = self.heads(x)
        if turn is not None:
            q, k = turned(q, turn), turned(k, turn)
        return self.out(merge(attend(q, k, v, mask=mask)))


class Mlp(nn.Module):
    """Four times as wide inside, GELU (its tanh form)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(F.gelu(self.inner(x), approximate="tanh"))


class GatedMlp(nn.Module):
    """One half of the inner product opens the other: SiLU (arXiv 2002.05202), or GELU's tanh form."""

    def __init__(self, width: int, inner: int, *, gelu: bool = False) -> None:
        super().__init__()
        self.gelu = gelu
        self.inner, self.outer = nn.Linear(width, 2 * inner, bias=False), nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.inner(x).chunk(2, dim=-1)
        return self.outer((F.gelu(gate, approximate="tanh") if self.gelu else F.silu(gate)) * value)


class Stream(nn.Module):
    """One kind of token's way through a block: own modulation, projections and MLP (adaLN-zero, arXiv 2212.09748).

    ``parts`` vectors modulate it: 6; 9 with a second attention among itself (SD3.5); 2 if it is only looked at.
    """

    def __init__(self, width: int, count: int, *, norm: float | None, parts: int = 6, eps: float = 1e-6) -> None:
        super().__init__()
        self.parts, self.eps = parts, eps
        self.modulation = nn.Linear(width, parts * width)
        self.heads = Heads(width, count, norm=norm)
        if parts > 2:
            self.out, self.mlp = nn.Linear(width, width), Mlp(width)
        if parts > 6:
            self.second = SelfAttention(width, count, norm=norm)

    def told(self, said: Tensor) -> tuple[Tensor, ...]:
        """What the condition (B D) says to this stream: ``parts`` times (B 1 D)."""
        return self.modulation(said)[:, None].chunk(self.parts, dim=-1)

    def finish(self, x: Tensor, normed: Tensor, looked: Tensor, told: tuple[Tensor, ...]) -> Tensor:
        """The rest of the block, once attention has ``looked`` (B N D)."""
        if self.parts == 2:
            return x
        _, _, gate, shift, scale, gate_mlp, *more = told
        x = torch.addcmul(x, gate, self.out(looked))
        if more:
            x = torch.addcmul(x, more[2], self.second(moved(normed, more[0], more[1])))
        return torch.addcmul(x, gate_mlp, self.mlp(moved(standard(x, eps=self.eps), shift, scale)))

    def forward(self, x: Tensor, said: Tensor) -> Tensor:
        """The block on its own, with nobody else to look at."""
        normed, told = standard(x), self.told(said)
        return self.finish(x, normed, merge(attend(*self.heads(moved(normed, told[0], told[1])))), told)


class JointBlock(nn.Module):
    """Words and patches, each with weights of its own, look at one another as one sequence (MMDiT, 2403.03206)."""

    def __init__(self, width: int, count: int, *, norm: float | None, twice: bool = False, last: bool = False) -> None:
        super().__init__()
        self.text = Stream(width, count, norm=norm, parts=2 if last else 6)
        self.image = Stream(width, count, norm=norm, parts=9 if twice else 6)

    def forward(self, words: Tensor, x: Tensor, said: Tensor, turn: Turn | None = None) -> tuple[Tensor, Tensor]:
        told_words, told = self.text.told(said), self.image.told(said)
        normed_words, normed = standard(words), standard(x)
        text = self.text.heads(moved(normed_words, told_words[0], told_words[1]))
        image = self.image.heads(moved(normed, told[0], told[1]))
        q, k, v = (torch.cat(pair, dim=2) for pair in zip(text, image, strict=True))
        if turn is not None:
            q, k = turned(q, turn), turned(k, turn)
        looked, n = merge(attend(q, k, v)), words.shape[1]
        words = self.text.finish(words, normed_words, looked[:, :n], told_words)
        return words, self.image.finish(x, normed, looked[:, n:], told)


class ParallelBlock(nn.Module):
    """Words and patches as one stream whose attention and MLP stand side by side (arXiv 2302.05442)."""

    def __init__(self, width: int, count: int, *, norm: float) -> None:
        super().__init__()
        self.width, self.count = width, count
        self.modulation = nn.Linear(width, 3 * width)
        self.enter, self.leave = nn.Linear(width, 7 * width), nn.Linear(5 * width, width)
        self.q_norm, self.k_norm = RMSNorm(width // count, eps=norm), RMSNorm(width // count, eps=norm)

    def forward(self, x: Tensor, said: Tensor, turn: Turn) -> Tensor:
        shift, scale, gate = self.modulation(said)[:, None].chunk(3, dim=-1)
        qkv, inner = self.enter(moved(standard(x), shift, scale)).split((3 * self.width, 4 * self.width), dim=-1)
        q, k, v = (heads(part, self.count) for part in qkv.chunk(3, dim=-1))
        looked = merge(attend(turned(self.q_norm(q), turn), turned(self.k_norm(k), turn), v))
        return torch.addcmul(x, gate, self.leave(torch.cat((looked, F.gelu(inner, approximate="tanh")), dim=-1)))


class Ending(nn.Module):
    """Tokens (B N D) -> what stands in their patches, after a last modulation."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.modulation, self.leave = nn.Linear(width, 2 * width), nn.Linear(width, out)

    def forward(self, x: Tensor, said: Tensor) -> Tensor:
        shift, scale = self.modulation(said)[:, None].chunk(2, dim=-1)
        return self.leave(moved(standard(x), shift, scale))
