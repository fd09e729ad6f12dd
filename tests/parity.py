"""Parity with the reference: its networks in miniature, every parameter random, the same tensors in ours."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from sfumato.checkpoints.file import fill
from sfumato.checkpoints.keymap import Map, to_ours, to_theirs


def alive(network: nn.Module, seed: int = 0) -> nn.Module:
    """Every parameter random, so that each has a say: what starts at zero or one would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.named_parameters():
            fresh = torch.randn(value.shape, generator=generator)
            if value.ndim > 1:
                value.copy_(fresh / value[0].numel() ** 0.5)
            else:
                value.copy_(fresh * 0.3 + (1.0 if name.endswith("weight") else 0.0))
    return network.eval()


def twin(reference: nn.Module, network: nn.Module, map: Map) -> nn.Module:
    """Our network with the reference's tensors, every key used; and the map gives the same tensors back."""
    theirs = dict(reference.state_dict())
    ours = dict(to_ours(theirs, map, where="the reference"))
    fill(network, ours, where="the reference")
    same(dict(to_theirs(ours, map, where="ours")), theirs)
    return network.eval()


def same(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """The same names with the same values, or on the meta device the same shapes."""
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert found[name].shape == value.shape, name
        assert value.is_meta or torch.equal(found[name], value), name


def close(found: Tensor, wanted: Tensor, *, atol: float = 1e-5) -> None:
    """Alike to ``atol`` where the values themselves are of the order of one."""
    assert found.shape == wanted.shape
    assert 0.05 < wanted.std() < 20, f"values of {wanted.std():.3g} say nothing about a tolerance of {atol}"
    assert (found - wanted).abs().max() <= atol
