"""Linear layers whose weights lie in memory as a CPU multiplies them: laid out once, not again at every call."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PackedLinear(nn.Module):
    """A linear layer in bfloat16; products in another precision unpack it."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features, self.bias = layer.in_features, layer.out_features, layer.bias
        self._weight: Tensor = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype != torch.bfloat16:
            return F.linear(x, self._weight.to_dense().to(x.dtype), self.bias)
        return torch.ops.mkldnn._linear_pointwise(x, self._weight, self.bias, "none", [], "")


def pack(network: nn.Module, *, forget: Callable[[], None] = lambda: None) -> None:
    """Replace the linear layers in the blocks of a bfloat16 network by packed ones; a picture stays the same.
    ``forget`` is told after each that its former weight is of no more use.

    Convolutions gain nothing: the best layout of their weights depends on the map, which is not known yet.
    """
    for rows in [module for module in network.modules() if isinstance(module, nn.ModuleList)]:
        for name in [name for name, layer in rows.named_modules() if isinstance(layer, nn.Linear)]:
            layer = rows.get_submodule(name)  # held by nobody else, so that its weight goes before the next is packed
            if isinstance(layer, nn.Linear) and layer.weight.dtype == torch.bfloat16:
                rows.set_submodule(name, PackedLinear(layer))
                forget()
