"""Norms and their modulation: statistics in float32, whatever the network runs in."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last axis with a learned gain (arXiv 1910.07467)."""

    def __init__(self, width: int, *, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return rms(x, eps=self.eps) * self.gain.to(x.dtype)


def rms(x: Tensor, *, eps: float = 1e-6) -> Tensor:
    """``x`` with unit root mean square over the last axis; no parameters."""
    return F.rms_norm(x.float(), (x.shape[-1],), eps=eps).to(x.dtype)


def standard(x: Tensor, *, eps: float = 1e-6) -> Tensor:
    """``x`` with mean 0 and variance 1 over the last axis; no parameters. The kernel sums in float32 by itself."""
    return F.layer_norm(x, (x.shape[-1],), eps=eps)


def moved(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """``x * (1 + scale) + shift`` in one pass."""
    return torch.addcmul(shift, x, 1 + scale)


def modulated(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Normed ``x`` (B N D), moved and stretched by what the condition says, (B 1 D) each (adaLN, arXiv 2212.09748)."""
    return rms(x) * (1 + scale) + shift
