"""SD3 and SD3.5: our MMDiT says what diffusers' says, from files in either naming, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_mmdit import CONFIGS, diffusers_mmdit, first_mmdit, mmdit_config
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.models.mmdit import MMDiT

diffusers = pytest.importorskip("diffusers")

TINY: dict[str, Any] = {
    "sample_size": 32,
    "patch_size": 2,
    "in_channels": 4,
    "num_layers": 3,
    "attention_head_dim": 8,
    "num_attention_heads": 4,
    "joint_attention_dim": 24,
    "caption_projection_dim": 32,
    "pooled_projection_dim": 20,
    "out_channels": 4,
    "pos_embed_max_size": 12,
}
KINDS: dict[str, dict[str, Any]] = {
    "sd3": TINY,
    "sd3.5": TINY | {"qk_norm": "rms_norm", "dual_attention_layers": (0, 2), "patch_size": 1, "sample_size": 16},
}
REAL: dict[str, dict[str, Any]] = {
    "sd3-medium": {"num_layers": 24, "num_attention_heads": 24, "caption_projection_dim": 1536},
    "sd3.5-medium": {"num_layers": 24, "num_attention_heads": 24, "caption_projection_dim": 1536, "qk_norm": "rms_norm"}
    | {"pos_embed_max_size": 384, "dual_attention_layers": tuple(range(13))},
    "sd3.5-large": {"num_layers": 38, "num_attention_heads": 38, "caption_projection_dim": 2432, "qk_norm": "rms_norm"},
}


def reference(values: dict[str, Any]) -> Any:
    return diffusers.SD3Transformer2DModel(**values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("height", "width", "tokens"), [(8, 8, 5), (6, 10, 1), (12, 4, 300)])
def test_says_what_diffusers_says(kind: str, height: int, width: int, tokens: int) -> None:
    them = alive(reference(KINDS[kind]))
    config = mmdit_config(them.config)
    us = twin(them, MMDiT(config), diffusers_mmdit(config))
    rng = torch.Generator().manual_seed(2)
    x, words, pooled = (torch.randn(2, *shape, generator=rng) for shape in ((4, height, width), (tokens, 24), (20,)))
    time = torch.tensor([999.0, 12.25])
    with torch.no_grad():
        wanted = them(x, words, pooled, time).sample
        said = us(x, time, Condition(tokens=words, pooled=pooled))
    close(said, wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_both_namings_are_one_network(kind: str) -> None:
    """Our first names go through diffusers' own converter and come out as diffusers' names, bit for bit."""
    from diffusers.loaders.single_file_utils import convert_sd3_transformer_checkpoint_to_diffusers as convert

    them = alive(reference(KINDS[kind]))
    theirs, config = them.state_dict(), mmdit_config(them.config)
    ours = dict(to_ours(theirs, diffusers_mmdit(config), where="folder"))
    first = dict(to_theirs(ours, first_mmdit(config), where="network"))
    same(dict(to_ours(first, first_mmdit(config), where="file")), ours)
    back = convert({f"model.diffusion_model.{name}": value for name, value in first.items()})
    same(back, theirs)


@pytest.mark.parametrize("name", CONFIGS)
def test_real_size(name: str) -> None:
    config, values = CONFIGS[name], {"pos_embed_max_size": 192, **REAL[name]}
    assert mmdit_config(dict(reference_values(values))) == config
    with torch.device("meta"):
        them = reference(values)
        us = twin(them, MMDiT(config), diffusers_mmdit(config))
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    assert round(count / 1e6) == {"sd3-medium": 2028, "sd3.5-medium": 2243, "sd3.5-large": 8057}[name]


def reference_values(values: dict[str, Any]) -> Any:
    with torch.device("meta"):
        return reference(values | {"num_layers": 1, "dual_attention_layers": ()}).config | values


def test_refusals() -> None:
    us = MMDiT(mmdit_config(TINY))
    x, words, pooled = torch.zeros(1, 4, 8, 8), torch.zeros(1, 5, 24), torch.zeros(1, 20)
    with pytest.raises(ValueError, match="pooled"):
        us(x, torch.zeros(1), Condition(tokens=words))
    with pytest.raises(ValueError, match="exceeds the 12"):
        us(torch.zeros(1, 4, 26, 8), torch.zeros(1), Condition(tokens=words, pooled=pooled))
    with pytest.raises(Refusal, match="layer_norm"):
        mmdit_config(TINY | {"qk_norm": "layer_norm"})
