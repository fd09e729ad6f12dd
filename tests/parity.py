"""What every comparison with a reference network does: fill it, carry its weights over, and count at real size."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from sfumato.checkpoints.keymap import Map, to_ours, to_theirs


def redrawn(module: nn.Module, *, gain: float = 1.0) -> nn.Module:
    """Every parameter drawn anew, about variance-keeping: zero gates and unit norms would hide mistakes."""
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in module.named_parameters():
            wide = value.ndim > 1 and "embed_tokens" not in name and "shared" not in name
            value.normal_(0, gain / value[0].numel() ** 0.5 if wide else 0.3, generator=rng)
    return module.eval()


def carried(reference: nn.Module, ours: nn.Module, map: Map) -> nn.Module:
    """Our network with the reference's weights, strictly all of them."""
    ours.load_state_dict(dict(to_ours(reference.state_dict(), map, where="reference")), strict=True)
    return ours.eval()


def assert_reversible(theirs: dict[str, Tensor], map: Map) -> None:
    """There and back again, bit for bit."""
    back = dict(to_theirs(dict(to_ours(theirs, map, where="file")), map, where="network"))
    assert back.keys() == theirs.keys()
    for name, value in theirs.items():
        assert torch.equal(back[name], value), name


def assert_real_size(reference: Callable[[], nn.Module], ours: Callable[[], nn.Module], map: Map) -> int:
    """On the meta device: the same number of parameters, and every key of theirs makes one of ours in its shape."""
    with torch.device("meta"):
        them, us = reference(), ours()
    made = {name: value.shape for name, value in to_ours(them.state_dict(), map, where="reference")}
    assert made == {name: value.shape for name, value in us.state_dict().items()}
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    return count
