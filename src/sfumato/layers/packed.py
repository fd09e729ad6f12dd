"""Layers whose weights lie in memory as a CPU multiplies them: laid out once, not again at every call."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .conv import Grow


class PackedLinear(nn.Module):
    """A linear layer; products in another precision than its own unpack it."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features, self.bias = layer.in_features, layer.out_features, layer.bias
        self._weight: Tensor = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype != self._weight.dtype:
            return F.linear(x, self._weight.to_dense().to(x.dtype), self.bias)
        return torch.ops.mkldnn._linear_pointwise(x, self._weight, self.bias, "none", [], "")


class PackedGrow(nn.Module):
    """``Grow`` at 4/9 of its products: in a doubled map a window of 3x3 sees 2x2 different values, so that the pixels
    of each of the four parities are a convolution of the map itself, with sums of the weights. Sums are rounded to
    bfloat16 as the weights were, and stay so in another precision."""

    def __init__(self, layer: Grow) -> None:
        super().__init__()
        self.bias = layer.bias
        weight = layer.weight.detach().float()
        self._kernels = [
            [kernel.to(torch.bfloat16, memory_format=torch.channels_last) for kernel in _halved(rows, 3)]
            for rows in _halved(weight, 2)
        ]

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        found = torch.empty(
            (batch, channels, 2 * height, 2 * width),
            dtype=x.dtype,
            device=x.device,
            memory_format=torch.channels_last,
        )
        for below, row in enumerate(self._kernels):
            for right, kernel in enumerate(row):
                all = F.conv2d(x, kernel.to(x.dtype), self.bias, padding=1)
                found[:, :, below::2, right::2] = all[:, :, below : below + height, right : right + width]
        return found


def _halved(weight: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """What the even and the odd places along an axis of a doubled map multiply two neighbours of the map with: the
    first and the sum of the others, the sum of the first two and the last."""
    first, second, third = weight.unbind(axis)
    return torch.stack((first, second + third), axis), torch.stack((first + second, third), axis)


def pack(
    network: nn.Module, *, kind: torch.dtype = torch.bfloat16, forget: Callable[[], None] = lambda: None
) -> None:
    """Replace the linear layers in the blocks of a network of this ``kind``, and bfloat16 ones that grow, by packed
    ones; a picture stays the same but for rounding. ``forget`` is told after each that its former weight is of no more
    use. In float32 packed weights take a third of the time where few rows are multiplied, none less where many are.

    Other convolutions gain nothing: the best layout of their weights depends on the map, which is not known yet.
    """
    for rows in [module for module in network.modules() if isinstance(module, nn.ModuleList)]:
        for name in [name for name, layer in rows.named_modules() if isinstance(layer, nn.Linear)]:
            layer = rows.get_submodule(name)  # held by nobody else, so that its weight goes before the next is packed
            if isinstance(layer, nn.Linear) and layer.weight.dtype == kind:
                rows.set_submodule(name, PackedLinear(layer))
                forget()
    for name in [name for name, layer in network.named_modules() if isinstance(layer, Grow)]:
        grow = network.get_submodule(name)
        if isinstance(grow, Grow) and grow.weight.dtype == torch.bfloat16:
            network.set_submodule(name, PackedGrow(grow))
            forget()
