"""The U-Net of Stable Diffusion against diffusers: values, names in both kinds of file, and the real sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_sd_unet import CONFIGS, diffusers_unet, first_unet, unet_config
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.models.sd_unet import SDUNet

diffusers = pytest.importorskip("diffusers")

TWO = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
}
TINY: dict[str, dict[str, Any]] = {
    "sd1": {
        "block_out_channels": (8, 16, 16),
        "layers_per_block": 2,
        "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        "attention_head_dim": 2,
        "cross_attention_dim": 12,
        "norm_num_groups": 4,
    },
    "sd2": TWO
    | {
        "block_out_channels": (16, 32),
        "layers_per_block": 1,
        "attention_head_dim": (2, 4),
        "cross_attention_dim": 12,
        "use_linear_projection": True,
        "norm_num_groups": 8,
    },
    "sdxl": TWO
    | {
        "block_out_channels": (8, 16),
        "attention_head_dim": (2, 4),
        "transformer_layers_per_block": (1, 2),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 80,
        "cross_attention_dim": 20,
        "norm_num_groups": 4,
    },
    "lcm": TWO
    | {"block_out_channels": (8, 16), "cross_attention_dim": 12, "attention_head_dim": 2, "norm_num_groups": 4}
    | {"time_cond_proj_dim": 32},
}
SD1 = {
    "block_out_channels": [320, 640, 1280, 1280],
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
}
REAL: dict[str, dict[str, Any]] = {
    "sd1": SD1 | {"cross_attention_dim": 768},
    "sd2": SD1 | {"cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20], "use_linear_projection": True},
    "sdxl": {
        "block_out_channels": [320, 640, 1280],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "transformer_layers_per_block": [1, 2, 10],
        "attention_head_dim": [5, 10, 20],
        "cross_attention_dim": 2048,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
    "sdxl-refiner": {
        "block_out_channels": [384, 768, 1536, 1536],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "transformer_layers_per_block": 4,
        "attention_head_dim": [6, 12, 24, 24],
        "cross_attention_dim": 1280,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2560,
    },
}


def reference(values: dict[str, Any]) -> torch.nn.Module:
    return diffusers.UNet2DConditionModel(sample_size=16, **values)


def pointwise(values: dict[str, Any]) -> bool:
    return not values.get("use_linear_projection")


def words(values: dict[str, Any], *, batch: int = 2) -> Condition:
    generator = torch.Generator().manual_seed(5)
    condition = Condition(tokens=torch.randn(batch, 9, values["cross_attention_dim"], generator=generator))
    if "addition_embed_type" in values:
        size = torch.tensor([[512.0, 768.0, 0.0, 64.0, 1024.0, 640.0]]).expand(batch, 6)
        condition = replace(condition, pooled=torch.randn(batch, 32, generator=generator), size=size)
    if "time_cond_proj_dim" in values:
        condition = replace(condition, guidance=torch.tensor([7.5, 1.5]))
    return condition


@pytest.mark.parametrize("family", TINY)
@pytest.mark.parametrize("side", [(16, 16), (8, 24), (9, 14)], ids=str)
def test_says_what_the_reference_says(family: str, side: tuple[int, int]) -> None:
    values = TINY[family]
    theirs = alive(reference(values))
    config = unet_config(theirs.config)  # type: ignore[arg-type]
    ours = twin(theirs, SDUNet(config), diffusers_unet(config, pointwise=pointwise(values)))
    x, time, told = torch.randn(2, 4, *side), torch.tensor([3.0, 981.0]), words(values)
    extra = {"text_embeds": told.pooled, "time_ids": told.size}
    scale = None
    if told.guidance is not None:
        pipe = diffusers.LatentConsistencyModelPipeline
        scale = pipe.get_guidance_scale_embedding(None, told.guidance - 1, values["time_cond_proj_dim"])
    with torch.no_grad():
        wanted = theirs(x, time, told.tokens, timestep_cond=scale, added_cond_kwargs=extra).sample
        close(ours(x, time, told), wanted)
        assert torch.equal(ours(x, time, ours.remember(told)), ours(x, time, told))


@pytest.mark.parametrize("family", [name for name in TINY if name != "lcm"])
def test_first_names_are_read_as_the_reference_reads_them(family: str) -> None:
    from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

    theirs, config = alive(reference(TINY[family])), unet_config(TINY[family])
    flag = pointwise(TINY[family])
    ours = dict(to_ours(theirs.state_dict(), diffusers_unet(config, pointwise=flag), where="the reference"))
    first = dict(to_theirs(ours, first_unet(config, pointwise=flag), where="ours"))
    same(dict(to_ours(first, first_unet(config, pointwise=flag), where="the file")), ours)
    prefixed = {f"model.diffusion_model.{name}": value for name, value in first.items()}
    settings = dict(theirs.config) | {"class_embed_type": None}  # type: ignore[call-overload]
    same(convert_ldm_unet_checkpoint(prefixed, settings), theirs.state_dict())


@pytest.mark.parametrize("family", REAL)
def test_real_sizes(family: str) -> None:
    values, config = REAL[family], CONFIGS[family]
    assert unet_config(values) == config
    with torch.device("meta"):
        theirs, ours = reference(values), SDUNet(config)
    for map in (diffusers_unet, first_unet):
        rules = map(config, pointwise=pointwise(values))
        named = dict(to_theirs(ours.state_dict(), rules, where="ours"))
        if map is diffusers_unet:
            same(named, theirs.state_dict())
        same(dict(to_ours(named, rules, where="the reference")), ours.state_dict())
    count = sum(p.numel() for p in theirs.parameters())
    assert sum(p.numel() for p in ours.parameters()) == count


def test_what_it_cannot_do_is_refused() -> None:
    values = TINY["sd2"]
    with pytest.raises(Refusal, match="class_embed_type"):
        unet_config(values | {"class_embed_type": "timestep"})
    with pytest.raises(Refusal, match="SimpleCrossAttnDown"):
        unet_config(values | {"down_block_types": ("SimpleCrossAttnDownBlock2D", "DownBlock2D")})
    network, told = SDUNet(unet_config(values)), words(values)
    x, time = torch.randn(2, 4, 8, 8), torch.tensor([5.0, 5.0])
    for wrong in (
        replace(told, tokens=None),
        replace(told, guidance=torch.ones(2)),
        replace(told, label=torch.ones(2)),
        replace(told, mask=torch.ones(2, 9, dtype=torch.bool)),
    ):
        with pytest.raises(ValueError, match="network"):
            network(x, time, wrong)
    with pytest.raises(ValueError, match="pooled"):
        SDUNet(unet_config(TINY["sdxl"]))(x, time, replace(words(TINY["sdxl"]), size=None))
