"""Key maps: what goes in comes back bit for bit, and nothing is left over or made up."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from sfumato.checkpoints.keymap import (
    POINTWISE,
    SWAPPED,
    TRANSPOSED,
    Map,
    Rule,
    Spare,
    chained,
    joined,
    reshaped,
    split,
    to_ours,
    to_theirs,
)
from sfumato.core.refusal import Refusal

MAP: Map = (
    Rule("blocks.{i}.norm.{kind}", "blocks.{i}.before.{kind}"),
    Rule(("blocks.{i}.q.{kind}", "blocks.{i}.k.{kind}", "blocks.{i}.v.{kind}"), "blocks.{i}.qkv.{kind}", joined()),
    Rule("blocks.{i}.fused", ("blocks.{i}.a", "blocks.{i}.b"), split(1, 3)),
    Rule(("blocks.{i}.mlp", "blocks.{i}.gate"), "blocks.{i}.wide", chained(joined(2, 4), SWAPPED)),
    Rule("projection", op=TRANSPOSED),
    Rule("patch.{kind}", "patch.{kind}", POINTWISE),
    Rule("table", "positions", reshaped((1, 6, 2), (6, 2))),
    Rule("head.{rest*}", "tail.{rest*}"),
    Spare("ema.{rest*}", "training's running mean"),
)


def foreign() -> dict[str, Tensor]:
    draw = torch.Generator().manual_seed(0)
    sizes: dict[str, tuple[int, ...]] = {
        "projection": (3, 5),
        "patch.weight": (4, 2, 1, 1),
        "patch.bias": (4,),
        "table": (1, 6, 2),
        "head.0.deep.weight": (2,),
    }
    for i in range(12):  # two digits: 1 must not swallow 11
        sizes |= {f"blocks.{i}.norm.weight": (4,), f"blocks.{i}.fused": (4, 2)}
        sizes |= {
            f"blocks.{i}.{part}.{kind}": (2, 3)[: 2 - (kind == "bias")] for part in "qkv" for kind in ("weight", "bias")
        }
        sizes |= {f"blocks.{i}.mlp": (2, 3), f"blocks.{i}.gate": (4, 3)}
    return {name: torch.randn(size, generator=draw) for name, size in sizes.items()}


def test_there_and_back_is_bit_for_bit_the_same() -> None:
    theirs = foreign()
    ours = dict(to_ours(theirs | {"ema.x.y": torch.ones(1)}, MAP, where="file"))
    again = dict(to_theirs(ours, MAP, where="network"))
    assert set(again) == set(theirs)
    assert all(torch.equal(again[name], tensor) for name, tensor in theirs.items())


def test_the_ops_do_what_they_are_called() -> None:
    theirs = foreign()
    ours = dict(to_ours(theirs, MAP, where="file"))
    q, k, v = (theirs[f"blocks.11.{part}.weight"] for part in "qkv")
    assert torch.equal(ours["blocks.11.qkv.weight"], torch.cat([q, k, v]))
    assert torch.equal(ours["blocks.3.a"], theirs["blocks.3.fused"][:1])
    assert torch.equal(ours["blocks.3.b"], theirs["blocks.3.fused"][1:])
    both = torch.cat([theirs["blocks.3.mlp"], theirs["blocks.3.gate"]])
    assert torch.equal(ours["blocks.3.wide"], torch.cat([both[3:], both[:3]]))
    assert torch.equal(ours["projection"], theirs["projection"].T)
    assert ours["patch.weight"].shape == (4, 2)
    assert ours["patch.bias"].shape == (4,)
    assert ours["positions"].shape == (6, 2)
    assert torch.equal(ours["tail.0.deep.weight"], theirs["head.0.deep.weight"])


def test_the_first_rule_that_fits_counts() -> None:
    map: Map = (Rule("a.special.{kind}", "b.{kind}"), Rule("a.{rest*}", "c.{rest*}"))
    tensor = torch.ones(1)
    found = dict(to_ours({"a.special.weight": tensor, "a.plain.weight": tensor}, map, where="file"))
    assert set(found) == {"b.weight", "c.plain.weight"}


def test_a_key_nobody_knows_is_refused_before_anything_is_read() -> None:
    tensors = {"projection": torch.ones(3, 5), **{f"stranger.{i}": torch.ones(1) for i in range(5)}}
    with pytest.raises(Refusal, match=r"file has stranger\.0, stranger\.1, stranger\.2 \(and 2 more\)"):
        next(to_ours(tensors, MAP, where="file"))
    with pytest.raises(Refusal, match=r"network has ema\.x"):  # a spare key has no way back
        next(to_theirs({"ema.x": torch.ones(1)}, MAP, where="network"))


def test_a_missing_companion_is_named() -> None:
    tensors = foreign()
    del tensors["blocks.7.k.weight"]
    with pytest.raises(Refusal, match=r"file has blocks\.7\.q\.weight but lacks blocks\.7\.k\.weight"):
        dict(to_ours(tensors, MAP, where="file"))


def test_a_shape_that_an_op_cannot_take_is_refused() -> None:
    with pytest.raises(Refusal, match=r"file has blocks\.0\.fused in a shape that does not fit"):
        dict(to_ours({"blocks.0.fused": torch.ones(5)}, MAP, where="file"))


def test_a_field_that_comes_twice_has_one_value() -> None:
    map: Map = (Rule("a.{i}.b.{i}", "c.{i}"),)
    assert [name for name, _ in to_ours({"a.1.b.1": torch.ones(1)}, map, where="file")] == ["c.1"]
    with pytest.raises(Refusal, match=r"a\.1\.b\.2"):
        dict(to_ours({"a.1.b.2": torch.ones(1)}, map, where="file"))
