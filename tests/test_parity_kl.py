"""Autoencoders against diffusers: both ways, names in all kinds of file, real sizes; and large pictures in tiles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_kl import (
    CONFIGS,
    DIFFUSERS_TINY,
    TINY_CONFIGS,
    diffusers_kl,
    first_kl,
    first_tiny,
    kl_config,
    tiny_config,
)
from sfumato.core.refusal import Refusal
from sfumato.models import tiles
from sfumato.models.kl import KLAutoencoder, KLConfig
from sfumato.models.taesd import TinyAutoencoder, TinyConfig

diffusers = pytest.importorskip("diffusers")

UNMIXED = {"use_quant_conv": False, "use_post_quant_conv": False}
TINY: dict[str, dict[str, Any]] = {
    "sd": {"block_out_channels": (8, 16, 16), "layers_per_block": 2, "norm_num_groups": 4},
    "flux": {"block_out_channels": (8, 16), "norm_num_groups": 8, "latent_channels": 16, "scaling_factor": 0.3611}
    | {"shift_factor": 0.1159}
    | UNMIXED,
}
REAL: dict[str, dict[str, Any]] = {
    "sd": {},
    "sdxl": {"scaling_factor": 0.13025},
    "sd3": {"latent_channels": 16, "scaling_factor": 1.5305, "shift_factor": 0.0609} | UNMIXED,
    "flux": {"latent_channels": 16, "scaling_factor": 0.3611, "shift_factor": 0.1159} | UNMIXED,
}


def full(values: dict[str, Any]) -> dict[str, Any]:
    levels = len(values["block_out_channels"])
    kinds = {"down_block_types": ["DownEncoderBlock2D"] * levels, "up_block_types": ["UpDecoderBlock2D"] * levels}
    return {**values, **kinds}


def real(family: str) -> dict[str, Any]:
    return full({"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, **REAL[family]})


def pixels(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(2)) * 2 - 1


@pytest.mark.parametrize("family", TINY)
def test_says_what_the_reference_says(family: str) -> None:
    theirs = alive(diffusers.AutoencoderKL(**full(TINY[family])))
    config = kl_config(theirs.config)  # type: ignore[arg-type]
    ours = twin(theirs, KLAutoencoder(config), diffusers_kl(config))
    assert isinstance(ours, KLAutoencoder)
    picture = pixels(2, 3, 32, 48)
    with torch.no_grad():
        wanted = theirs.encode(picture).latent_dist  # type: ignore[union-attr, operator]
        for found, like in zip(ours.moments(picture), (wanted.mean, wanted.logvar), strict=True):
            close(found, like)
        latent = (wanted.mean - config.shift) * config.scale
        close(ours.encode(picture), latent)
        close(ours.decode(latent), theirs.decode(latent / config.scale + config.shift).sample)  # type: ignore[union-attr, operator]


@pytest.mark.parametrize("family", TINY)
def test_first_and_old_names_are_read_as_the_reference_reads_them(family: str) -> None:
    from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint

    values = full(TINY[family])
    theirs = alive(diffusers.AutoencoderKL(**values))
    config = kl_config(values)
    ours = dict(to_ours(theirs.state_dict(), diffusers_kl(config), where="the reference"))
    first = dict(to_theirs(ours, first_kl(config), where="ours"))
    same(dict(to_ours(first, first_kl(config), where="the file")), ours)
    read = convert_ldm_vae_checkpoint({f"first_stage_model.{name}": v for name, v in first.items()}, values)
    same(read, theirs.state_dict())
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    renamed = {}
    for name, value in theirs.state_dict().items():
        for new, was in old.items():
            name = name.replace(f"attentions.0.{new}.", f"attentions.0.{was}.")
        renamed[name] = value
    same(dict(to_ours(renamed, diffusers_kl(config), where="an old file")), ours)


@pytest.mark.parametrize("family", REAL)
def test_real_sizes(family: str) -> None:
    values = real(family)
    assert kl_config(values) == CONFIGS[family]
    with torch.device("meta"):
        theirs, ours = diffusers.AutoencoderKL(**values), KLAutoencoder(CONFIGS[family])
    same(dict(to_theirs(ours.state_dict(), diffusers_kl(CONFIGS[family]), where="ours")), theirs.state_dict())
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())


@pytest.mark.parametrize("name", TINY_CONFIGS)
def test_tiny_says_what_the_reference_says(name: str) -> None:
    config = TINY_CONFIGS[name]
    theirs = alive(diffusers.AutoencoderTiny(latent_channels=config.channels))
    assert tiny_config(theirs.config) == config  # type: ignore[arg-type]
    ours = twin(theirs, TinyAutoencoder(config), DIFFUSERS_TINY)
    assert isinstance(ours, TinyAutoencoder)
    picture = pixels(2, 3, 32, 48)
    with torch.no_grad():
        latent = theirs.encode(picture).latents  # type: ignore[union-attr, operator]
        close(ours.encode(picture), latent)
        close(ours.decode(latent / 3), theirs.decode(latent / 3).sample)  # type: ignore[union-attr, operator]


def test_a_tiny_decoder_comes_alone() -> None:
    config = TinyConfig(width=8, encoder=())
    network = alive(TinyAutoencoder(config))
    named = dict(to_theirs(network.state_dict(), first_tiny(config), where="ours"))
    # As the published decoder is written: Clamp, conv, ReLU, three blocks, growth and convolution, and so on.
    heads = {name.split(".")[0] for name in named}
    assert heads == {str(n) for n in (1, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19)}
    same(dict(to_ours(named, first_tiny(config), where="the file")), network.state_dict())
    with pytest.raises(ValueError, match="without its encoder"):
        network.encode(pixels(1, 3, 32, 32))  # type: ignore[operator]


LARGE = torch.randn(2, 4, 50, 34, generator=torch.Generator().manual_seed(4))


def test_tiny_tiles_are_the_whole_picture() -> None:
    network = alive(TinyAutoencoder(TinyConfig(width=8)))
    assert isinstance(network, TinyAutoencoder)
    with torch.no_grad():
        close(network.decode(LARGE, tile=16), network.decode(LARGE))


def test_tiles_have_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the grid, the picture is the same: where a seam could be is nothing to see."""
    network = alive(KLAutoencoder(KLConfig(widths=(8, 8, 8), blocks=1, groups=2)))
    assert isinstance(network, KLAutoencoder)
    with torch.no_grad():
        whole = network.decode(LARGE)
        close(network.decode(LARGE, tile=50), whole)  # one tile
        close(network.decode(LARGE, tile=20), whole)  # several, normed as the whole is
        monkeypatch.setattr(tiles, "EXAMPLE", 17)
        thinned = network.decode(LARGE, tile=20)
        close(thinned, network.decode(LARGE, tile=29))
        assert 0 < (thinned - whole).abs().mean() < 0.1 * whole.std()
        assert torch.equal(network.decode(LARGE), whole)  # what was held is released


def test_what_it_cannot_do_is_refused() -> None:
    values = full(TINY["sd"])
    with pytest.raises(Refusal, match="latents_mean"):
        kl_config(values | {"latents_mean": [0.0]})
    with pytest.raises(Refusal, match="AttnDownEncoderBlock2D"):
        kl_config(values | {"down_block_types": ["AttnDownEncoderBlock2D"]})
    with pytest.raises(Refusal, match="widths"):
        tiny_config({"encoder_block_out_channels": (32, 64), "decoder_block_out_channels": (64,)})
    assert kl_config(values) == replace(KLConfig(), widths=(8, 16, 16), groups=4)
