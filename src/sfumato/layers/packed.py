"""Layers whose weights lie in memory as a CPU multiplies them: laid out once, not again at every call."""

from __future__ import annotations

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


class PackedConv(nn.Module):
    """A convolution in bfloat16; products in another precision unpack it."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        assert isinstance(layer.padding, tuple)
        self._how = layer.padding, layer.stride, layer.dilation, layer.groups
        self.bias, weight = layer.bias, layer.weight.detach().to_mkldnn()
        self._weight: Tensor = torch._C._nn.mkldnn_reorder_conv2d_weight(weight, *self._how)

    def forward(self, x: Tensor) -> Tensor:
        padding, stride, dilation, groups = self._how
        if x.dtype != torch.bfloat16:
            return F.conv2d(x, self._weight.to_dense().to(x.dtype), self.bias, stride, padding, dilation, groups)
        return torch.ops.mkldnn._convolution_pointwise(
            x, self._weight, self.bias, padding, stride, dilation, groups, "none", [], None
        )


def pack(network: nn.Module) -> None:
    """Replace the bfloat16 layers in the rows of a network by packed ones; a picture stays the same."""
    for rows in [module for module in network.modules() if isinstance(module, nn.ModuleList | nn.Sequential)]:
        for name, layer in list(rows.named_modules()):
            if isinstance(layer, nn.Linear | nn.Conv2d) and layer.weight.dtype == torch.bfloat16:
                parent, _, last = name.rpartition(".")
                packed = PackedLinear(layer) if isinstance(layer, nn.Linear) else PackedConv(layer)
                setattr(rows.get_submodule(parent), last, packed)
