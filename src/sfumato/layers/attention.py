"""Attention: one function for all networks, and the rotary positions that some of them turn their queries with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

# Below this many keys, on a CPU, plain products beat the fused kernel: its backward alone took a third of a training
# step at 80 tokens. Above it the matrix of all scores no longer fits the cache.
SHORT = 256
# So many scores of one head at a time do fit.
SCORES = 2**22


def attend(q: Tensor, k: Tensor, v: Tensor, *, mask: Tensor | None = None) -> Tensor:
    """Softmax(q k^T / sqrt(d)) v for q (B h N d), k and v (B h M d); ``mask`` broadcasts to (B h N M), true = look."""
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    if k.shape[2] > SHORT:
        # Without AMX the fused kernel multiplies bfloat16 no faster than float32, the plain product three times faster.
        if q.dtype == torch.bfloat16 and mask is None and not torch.is_grad_enabled():
            return _attend_by_head(q, k, v)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q * (1 / math.sqrt(q.shape[-1]))) @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ v


@torch.library.custom_op("sfumato::attend_by_head", mutates_args=())
def _attend_by_head(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by plain products, the scores of one head (or some of its rows) at a time, so that they stay in the
    cache between the products; a single operator for the compiler, which would unroll the loops."""
    batch, count, n, width = q.shape
    q, k, v = (part.contiguous() for part in (q, k, v))
    found = q.new_empty(batch, n, count, width).transpose(1, 2)
    rows = min(max(SCORES // k.shape[2], 1), n)
    scores = q.new_empty(rows, k.shape[2])  # once: fresh memory costs more than a product
    for i in range(batch):
        for head in range(count):
            keys, values = k[i, head].T, v[i, head]
            for asked, out in zip(q[i, head].split(rows), found[i, head].split(rows), strict=True):
                part = scores[: len(asked)]
                torch.addmm(part, asked, keys, beta=0, alpha=1 / math.sqrt(width), out=part)
                torch.mm(torch.softmax(part, dim=-1, out=part), values, out=out)
    return found


@_attend_by_head.register_fake
def _(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    batch, count, n, width = q.shape
    return q.new_empty(batch, n, count, width).transpose(1, 2)


def heads(x: Tensor, count: int) -> Tensor:
    """(B N D) -> (B h N d)."""
    b, n, width = x.shape
    return x.view(b, n, count, width // count).transpose(1, 2)


def merge(x: Tensor) -> Tensor:
    """(B h N d) -> (B N D)."""
    return x.transpose(1, 2).flatten(2)


def rotation(places: Tensor, width: int, *, longest: float = 64.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines (N, width / 2) that turn a head of ``width`` by its place along several axes.

    ``places`` (N, axes) in tokens. Each axis owns an equal share of the head; wavelengths run from 2 pi to
    2 pi * ``longest`` tokens (RoPE, arXiv 2104.09864, on two axes).
    """
    axes = places.shape[1]
    share = width // (2 * axes)
    rate = longest ** -(torch.arange(share, dtype=torch.float32, device=places.device) / max(share - 1, 1))
    angle = (places[:, :, None] * rate).flatten(1)  # N, axes * share
    angle = F.pad(angle, (0, width // 2 - angle.shape[1]))
    return angle.cos(), angle.sin()


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """``x`` (B h N d) with the pair (i, i + d/2) of every head turned by its angle."""
    cos, sin = (part.to(x.dtype) for part in turn)
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


def angles(places: Tensor, shares: Sequence[int], *, theta: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines (..., sum(shares) / 2) for ``places`` (..., axes), each axis turning its share of a head.

    The usual language-model rates, ``theta ** (-2 i / share)`` (arXiv 2104.09864), once for every axis.
    """
    kind = torch.float32 if places.device.type == "mps" else torch.float64  # far places lose digits in float32
    parts = []
    for axis, share in enumerate(shares):
        rate = theta ** -(torch.arange(0, share, 2, dtype=kind, device=places.device) / share)
        parts.append(places[..., axis, None].to(kind) * rate)
    angle = torch.cat(parts, dim=-1)
    return angle.cos().float(), angle.sin().float()


def turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """``x`` (B h N d) with the neighbours (2i, 2i + 1) of every head turned by their angle, in float32.

    A pair is a complex number and a turn a product of two: one pass, six times faster on a CPU than its four products.
    """
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * torch.complex(*turn)).flatten(-2).to(x.dtype)
