"""A slow copy of the weights, the one that is shown and shipped."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn


def decay_at(decay: float, step: int) -> float:
    """Decay of the update after step ``step`` (0-based): short memory first, so the random start is forgotten."""
    return min(decay, (1 + step) / (10 + step))


class Ema:
    """``average <- decay * average + (1 - decay) * weights`` in float32; buffers are copied as they are."""

    def __init__(self, modules: nn.ModuleDict, decay: float) -> None:
        self.modules = deepcopy(modules).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, modules: nn.ModuleDict, step: int) -> None:
        """Takes in the weights as they are after step ``step``."""
        pairs = [
            (slow, fast)
            for slow, fast in zip(self.modules.parameters(), modules.parameters(), strict=True)
            if fast.requires_grad
        ]
        torch._foreach_lerp_([slow for slow, _ in pairs], [fast for _, fast in pairs], 1 - decay_at(self.decay, step))
        for slow, fast in zip(self.modules.buffers(), modules.buffers(), strict=True):
            slow.copy_(fast)
