"""FLUX.1: our network says what diffusers' says, from files in either naming, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_flux import CONFIGS, diffusers_flux, first_flux, flux_config
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.models.flux import Flux, FluxConfig

diffusers = pytest.importorskip("diffusers")

TINY: dict[str, Any] = {
    "patch_size": 1,
    "in_channels": 16,
    "num_layers": 2,
    "num_single_layers": 3,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": 24,
    "pooled_projection_dim": 20,
    "axes_dims_rope": (4, 4, 8),
}


def reference(values: dict[str, Any]) -> Any:
    return diffusers.FluxTransformer2DModel(**values)


@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize(("height", "width", "tokens"), [(8, 8, 5), (6, 10, 1), (12, 40, 300)])
def test_says_what_diffusers_says(guided: bool, height: int, width: int, tokens: int) -> None:
    them = alive(reference(TINY | {"guidance_embeds": guided}))
    config = flux_config(them.config)
    us = twin(them, Flux(config), diffusers_flux(config))
    rng = torch.Generator().manual_seed(2)
    x, words, pooled = (torch.randn(2, *shape, generator=rng) for shape in ((4, height, width), (tokens, 24), (20,)))
    time, guidance = torch.tensor([0.75, 0.0125]), torch.tensor([3.5, 1.0]) if guided else None
    pack, unpack = diffusers.FluxPipeline._pack_latents, diffusers.FluxPipeline._unpack_latents
    place = diffusers.FluxPipeline._prepare_latent_image_ids(2, height // 2, width // 2, "cpu", torch.float32)
    with torch.no_grad():
        packed = pack(x, 2, 4, height, width)
        wanted = them(packed, words, pooled, time, place, torch.zeros(tokens, 3), guidance).sample
        wanted = unpack(wanted, height * 8, width * 8, 8)
        said = us(x, 1000 * time, Condition(tokens=words, pooled=pooled, guidance=guidance))
    close(said, wanted)


def test_both_namings_are_one_network() -> None:
    """Our first names go through diffusers' own converter and come out as diffusers' names, bit for bit.

    That converter knows one width only, so the layers have it in their rows and are one column wide.
    """
    from diffusers.loaders.single_file_utils import convert_flux_transformer_checkpoint_to_diffusers as convert

    config, rng = FluxConfig(joint=2, single=2), torch.Generator().manual_seed(3)
    with torch.device("meta"):
        shapes = {
            k: v.shape
            for k, v in reference({"num_layers": 2, "num_single_layers": 2, "guidance_embeds": True})
            .state_dict()
            .items()
        }
    theirs = {name: torch.randn(shape[:1] + (1,) * (len(shape) - 1), generator=rng) for name, shape in shapes.items()}
    ours = dict(to_ours(theirs, diffusers_flux(config), where="folder"))
    first = dict(to_theirs(ours, first_flux(), where="network"))
    same(dict(to_ours(first, first_flux(), where="file")), ours)
    newer = {name.replace("_norm.scale", "_norm.weight"): value for name, value in first.items()}
    same(dict(to_ours(newer, first_flux(), where="newer file")), ours)
    back = convert(dict(first))
    same(back, theirs)


@pytest.mark.parametrize("name", CONFIGS)
def test_real_size(name: str) -> None:
    config, values = CONFIGS[name], {"guidance_embeds": name == "flux-dev"}
    with torch.device("meta"):
        them = reference(values)
        us = twin(them, Flux(config), diffusers_flux(config))
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    assert round(count / 1e6) == {"flux-dev": 11901, "flux-schnell": 11891}[name]


def test_refusals() -> None:
    config = flux_config(TINY)
    assert not config.guided
    words, pooled, guidance = torch.zeros(1, 5, 24), torch.zeros(1, 20), torch.ones(1)
    with pytest.raises(ValueError, match="cannot be told a guidance"):
        Flux(config)(torch.zeros(1, 4, 8, 8), torch.zeros(1), Condition(tokens=words, pooled=pooled, guidance=guidance))
    with pytest.raises(Refusal, match="384 channels"):
        flux_config(TINY | {"in_channels": 384, "out_channels": 64})
