"""Linear layers that keep their weights in eight bits and unpack them when they multiply: half of bfloat16's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class EightBits:
    """A number format of eight bits and the largest number it holds."""

    kind: torch.dtype
    most: float


FORMATS: Mapping[str, EightBits] = {
    "int8": EightBits(torch.int8, 127.0),
    "fp8": EightBits(torch.float8_e4m3fn, 448.0),
}


class QuantizedLinear(nn.Module):
    """``x @ (packed * scale).T + bias``, one scale for every row of the weight; products in the precision of ``x``."""

    packed: Tensor
    scale: Tensor

    def __init__(self, layer: nn.Linear, format: EightBits) -> None:
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        weight = layer.weight.detach().float()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / format.most
        packed = weight / scale
        self.register_buffer("packed", (packed.round() if format.kind == torch.int8 else packed).to(format.kind))
        self.register_buffer("scale", scale)
        self.bias = layer.bias

    def forward(self, x: Tensor) -> Tensor:
        # The scale is multiplied in after the product: the packed numbers themselves are exact in every float format.
        y = F.linear(x, self.packed.to(x.dtype)) * self.scale.to(x.dtype)[:, 0]
        return y if self.bias is None else y + self.bias.to(x.dtype)

    def _apply(self, move, recurse: bool = True) -> QuantizedLinear:  # type: ignore[no-untyped-def]
        """Move to another device, but never to another number format: casting packed numbers would unpack nothing."""
        kind, scale = self.packed.dtype, self.scale.dtype
        super()._apply(move, recurse)
        self.packed, self.scale = self.packed.to(kind), self.scale.to(scale)
        return self


def quantize(network: nn.Module, format: EightBits) -> None:
    """Replace the linear layers inside the blocks of a network; those at its ends stay, for they are few and matter."""
    for rows in [module for module in network.modules() if isinstance(module, nn.ModuleList)]:
        for name in [name for name, layer in rows.named_modules() if isinstance(layer, nn.Linear)]:
            layer = rows.get_submodule(name)  # held by nobody else, so that its weight goes before the next is packed
            if isinstance(layer, nn.Linear):
                rows.set_submodule(name, QuantizedLinear(layer, format))
