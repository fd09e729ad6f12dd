"""The residual block with group norms that the public U-Nets and autoencoders are made of."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .norm import GroupNorm


class Resnet(nn.Module):
    """Two normed 3x3 convolutions beside a straight line; where there is a clock, it is added between them."""

    def __init__(self, inside: int, out: int, *, groups: int, eps: float, clock: int = 0) -> None:
        super().__init__()
        self.norm1, self.norm2 = GroupNorm(groups, inside, eps), GroupNorm(groups, out, eps)
        self.conv1, self.conv2 = nn.Conv2d(inside, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.clock = nn.Linear(clock, out) if clock else None
        self.straight = nn.Conv2d(inside, out, 1) if inside != out else None

    def forward(self, x: Tensor, clock: Tensor | None = None) -> Tensor:
        """``x`` (B C H W); ``clock`` (B D), its activation already applied."""
        # in place: fresh memory for a large map costs a CPU as much as the sum itself
        h = self.conv1(F.silu(self.norm1(x), inplace=True))
        if self.clock is not None:
            h += self.clock(clock)[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h), inplace=True))
        h += x if self.straight is None else self.straight(x)
        return h
