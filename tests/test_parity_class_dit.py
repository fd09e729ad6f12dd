"""The class-conditional DiT: our network says what diffusers' says, from files in either naming, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_class_dit import CONFIGS, class_dit_config, diffusers_class_dit, first_class_dit
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.layers.embed import patches, picture
from sfumato.models.class_dit import ClassDiT

diffusers = pytest.importorskip("diffusers")

TINY: dict[str, Any] = {
    "sample_size": 16,
    "patch_size": 2,
    "in_channels": 4,
    "out_channels": 8,
    "num_layers": 3,
    "num_attention_heads": 2,
    "attention_head_dim": 16,
    "num_embeds_ada_norm": 10,
}


def reference(values: dict[str, Any]) -> Any:
    return diffusers.DiTTransformer2DModel(**values)


@pytest.mark.parametrize("side", [16, 8, 20, 40])
def test_says_what_diffusers_says(side: int) -> None:
    them = alive(reference(TINY))
    config = class_dit_config(them.config)
    us = twin(them, ClassDiT(config), diffusers_class_dit(config))
    x = torch.randn(2, 4, side, side, generator=torch.Generator().manual_seed(2))
    time, label = torch.tensor([999.0, 12.0]), torch.tensor([3, 10])
    with torch.no_grad():
        wanted = them(x, time, label).sample
        said = us(x, time, Condition(label=label))
    assert wanted.shape[1] == 8
    close(said, wanted[:, :4])


def test_a_picture_need_not_be_square() -> None:
    """The reference puts its patches together as a square whatever they were cut from: its tokens are taken apart."""
    them = alive(reference(TINY))
    config = class_dit_config(them.config)
    us = twin(them, ClassDiT(config), diffusers_class_dit(config))
    x = torch.randn(2, 4, 8, 32, generator=torch.Generator().manual_seed(2))
    time, label = torch.tensor([999.0, 12.0]), torch.tensor([3, 10])
    with torch.no_grad():
        wanted = picture(patches(them(x, time, label).sample[:, :4], 2), 2, height=8, width=32)
        close(us(x, time, Condition(label=label)), wanted)


def test_both_namings_are_one_network() -> None:
    them = alive(reference(TINY))
    config = class_dit_config(them.config)
    ours = dict(to_ours(them.state_dict(), diffusers_class_dit(config), where="folder"))
    shared = {name: ours[f"blocks.0.{name.split('.', 2)[2]}"] if _shared(name) else ours[name] for name in ours}
    first = dict(to_theirs(shared, first_class_dit(config), where="network"))
    assert {"t_embedder.mlp.0.weight", "y_embedder.embedding_table.weight", "blocks.2.mlp.fc1.bias"} < first.keys()
    same(dict(to_ours(first | {"pos_embed": torch.ones(1)}, first_class_dit(config), where="file")), shared)


def _shared(name: str) -> bool:
    return name.startswith("blocks.") and name.split(".")[2] in ("time", "label")


@pytest.mark.parametrize("name", CONFIGS)
def test_real_size(name: str) -> None:
    config = CONFIGS[name]
    with torch.device("meta"):
        them = reference({"in_channels": 4, "out_channels": 8, "sample_size": 32 if name == "dit-xl-256" else 64})
        assert class_dit_config(them.config) == config
        us = twin(them, ClassDiT(config), diffusers_class_dit(config))
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    assert round(count / 1e6) == 750


def test_refusals() -> None:
    with pytest.raises(ValueError, match="class"):
        ClassDiT(class_dit_config(TINY))(torch.zeros(1, 4, 8, 8), torch.zeros(1), Condition())
    with pytest.raises(Refusal, match="geglu"):
        class_dit_config(TINY | {"activation_fn": "geglu"})
