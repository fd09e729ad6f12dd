"""Norms and their modulation: statistics in float32, whatever the network runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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


class GroupNorm(nn.GroupNorm):
    """Group norm (arXiv 1803.08494) whose statistics can be taken from one map and held for others, see ``holding``."""

    def __init__(self, groups: int, width: int, eps: float) -> None:
        super().__init__(groups, width, eps)
        self._held: tuple[Tensor, Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self._held is None:
            return super().forward(x)
        gain, shift = self._held
        return torch.addcmul(shift, x, gain)

    def hold(self, x: Tensor) -> None:
        """Norm every map as ``x`` (1 C H W) is normed."""
        spread, mean = torch.var_mean(x.float().reshape(self.num_groups, -1), dim=1, correction=0)
        rate = (spread + self.eps).rsqrt().repeat_interleave(self.num_channels // self.num_groups)
        gain = self.weight.float() * rate
        shift = self.bias.float() - gain * mean.repeat_interleave(self.num_channels // self.num_groups)
        self._held = gain.to(x.dtype).view(1, -1, 1, 1), shift.to(x.dtype).view(1, -1, 1, 1)

    def release(self) -> None:
        """Norm every map by itself again."""
        self._held = None


@contextmanager
def holding(network: nn.Module, example: Tensor) -> Iterator[None]:
    """Within, the group norms of ``network`` take their statistics from ``example``: then the pieces of a map come out
    as they would among their neighbours, and fit together without a seam."""
    norms = [module for module in network.modules() if isinstance(module, GroupNorm)]
    with ExitStack() as after:
        for norm in norms:
            after.callback(norm.release)
        with ExitStack() as hooks:
            for norm in norms:
                hooks.callback(norm.register_forward_pre_hook(_hold).remove)
            network(example)
        yield


def _hold(norm: nn.Module, inputs: tuple[Tensor]) -> None:
    assert isinstance(norm, GroupNorm)
    norm.hold(inputs[0])
