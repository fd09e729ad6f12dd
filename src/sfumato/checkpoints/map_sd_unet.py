"""The U-Net of Stable Diffusion 1, 2 and XL in files: diffusers names, the first files' names, and real sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.sd_unet import SDUNetConfig
from .keymap import COPY, POINTWISE, Map, Rule, joined, split

CONFIGS: Mapping[str, SDUNetConfig] = {
    "sd1": SDUNetConfig(),
    "sd2": SDUNetConfig(heads=(5, 10, 20, 20), text=1024),
    "sdxl": SDUNetConfig(
        widths=(320, 640, 1280), depths=(0, 2, 10), heads=(5, 10, 20), middle=10, text=2048, extra=2816
    ),
    "sdxl-refiner": SDUNetConfig(
        widths=(384, 768, 1536, 1536), depths=(0, 4, 4, 0), heads=(6, 12, 24, 24), middle=4, text=1280, extra=2560
    ),
}

# Inside a block, theirs and ours; the first files and diffusers disagree about residual blocks only.
_RESNET = {"norm1": "norm1", "conv1": "conv1", "norm2": "norm2", "conv2": "conv2"} | {
    "time_emb_proj": "clock",
    "conv_shortcut": "straight",
}
_FIRST_RESNET = {"in_layers.0": "norm1", "in_layers.2": "conv1", "out_layers.0": "norm2", "out_layers.3": "conv2"} | {
    "emb_layers.1": "clock",
    "skip_connection": "straight",
}
_BLOCK = {"attn1.to_out.0": "out1", "attn2.to_q": "query", "attn2.to_out.0": "out2", "ff.net.2": "outer"}


def diffusers_unet(config: SDUNetConfig, *, pointwise: bool) -> Map:
    """Names in a diffusers folder; ``pointwise`` if the file has 1x1 convolutions around its transformers (SD 1)."""
    rules = [
        *_same("conv_in", "downs.0"),
        *_same("time_embedding.linear_1", "time.0"),
        *_same("time_embedding.linear_2", "time.2"),
        *_same("time_embedding.cond_proj", "guidance"),
        *_same("add_embedding.linear_1", "extra.0"),
        *_same("add_embedding.linear_2", "extra.2"),
        *_step("mid_block.resnets.0", "mid_block.attentions.0", "middle", _RESNET, pointwise),
        *_step("mid_block.resnets.1", "", "after", _RESNET, pointwise),
        *_same("conv_norm_out", "norm"),
        *_same("conv_out", "leave"),
    ]
    levels, down, up = len(config.widths), 1, 0
    for level in range(levels):
        for name, first, blocks in (("down", down, config.blocks), ("up", up, config.blocks + 1)):
            for i in range(blocks):
                place, ours = f"{name}_blocks.{level}", f"{name}s.{first + i}"
                rules += _step(f"{place}.resnets.{i}", f"{place}.attentions.{i}", ours, _RESNET, pointwise)
        down, up = down + config.blocks + 1, up + config.blocks + 1
        if level < levels - 1:
            rules += _same(f"down_blocks.{level}.downsamplers.0.conv", f"downs.{down - 1}")
            rules += _same(f"up_blocks.{level}.upsamplers.0.conv", f"ups.{up - 1}.grow")
    return tuple(rules)


def first_unet(config: SDUNetConfig, *, pointwise: bool) -> Map:
    """Names in single files, without the prefix ``model.diffusion_model.``; ``pointwise`` as in ``diffusers_unet``."""
    rules = [
        *_same("input_blocks.0.0", "downs.0"),
        *_same("input_blocks.{n}.0.op", "downs.{n}"),
        *_same("time_embed.0", "time.0"),
        *_same("time_embed.2", "time.2"),
        *_same("time_embed.cond_proj", "guidance"),
        *_same("label_emb.0.0", "extra.0"),
        *_same("label_emb.0.2", "extra.2"),
        *_step("middle_block.0", "middle_block.1", "middle", _FIRST_RESNET, pointwise),
        *_step("middle_block.2", "", "after", _FIRST_RESNET, pointwise),
        *_same("out.0", "norm"),
        *_same("out.2", "leave"),
    ]
    for level, depth in enumerate(reversed(config.depths[1:]), start=1):  # after the look, where there is one
        n = level * (config.blocks + 1) - 1
        rules += _same(f"output_blocks.{n}.{2 if depth else 1}.conv", f"ups.{n}.grow")
    for theirs, ours in (("input_blocks", "downs"), ("output_blocks", "ups")):
        rules += _step(f"{theirs}.{{n}}.0", f"{theirs}.{{n}}.1", f"{ours}.{{n}}", _FIRST_RESNET, pointwise)
    return tuple(rules)


def unet_config(values: Mapping[str, Any]) -> SDUNetConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    kinds = [kind.removesuffix("Block2D") for kind in values["down_block_types"]]
    looks = [{"CrossAttnDown": True, "Down": False}.get(kind) for kind in kinds]
    mirrored = [kind.replace("Down", "Up") + "Block2D" for kind in reversed(kinds)]
    if None in looks or list(values["up_block_types"]) != mirrored:
        raise Refusal(f"a U-Net of {', '.join(kinds)} blocks is of no known kind")
    for name, usual in _USUAL.items():
        if values.get(name, usual) != usual:
            raise Refusal(f"a U-Net with {name} {values[name]!r} is of no known kind")
    levels = len(kinds)
    depths = _each(values.get("transformer_layers_per_block", 1), levels)
    # Named the width of a head, it has always been the number of them.
    count = values.get("num_attention_heads") or values.get("attention_head_dim", 8)
    return SDUNetConfig(
        channels=values.get("in_channels", 4),
        out=values.get("out_channels", 4),
        widths=tuple(values["block_out_channels"]),
        depths=tuple(depth if look else 0 for depth, look in zip(depths, looks, strict=True)),
        heads=_each(count, levels),
        blocks=values.get("layers_per_block", 2),
        middle=depths[-1],
        text=values.get("cross_attention_dim", 1280),
        extra=values.get("projection_class_embeddings_input_dim") or 0,
        size_width=values.get("addition_time_embed_dim") or 256,
        guidance=values.get("time_cond_proj_dim") or 0,
        groups=values.get("norm_num_groups", 32),
    )


_USUAL: Mapping[str, Any] = {
    "mid_block_type": "UNetMidBlock2DCrossAttn",
    "act_fn": "silu",
    "class_embed_type": None,
    "num_class_embeds": None,
    "encoder_hid_dim": None,
    "dual_cross_attention": False,
    "only_cross_attention": False,
    "resnet_time_scale_shift": "default",
    "conv_in_kernel": 3,
    "conv_out_kernel": 3,
    "norm_eps": 1e-5,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
}


def _each(value: Any, levels: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,) * levels


def _same(theirs: str, ours: str) -> Iterator[Rule]:
    yield Rule(f"{theirs}.{{kind}}", f"{ours}.{{kind}}")


def _step(resnet: str, look: str, ours: str, names: Mapping[str, str], pointwise: bool) -> Iterator[Rule]:
    for theirs, name in names.items():
        yield from _same(f"{resnet}.{theirs}", f"{ours}.resnet.{name}")
    if not look:
        return
    yield from _same(f"{look}.norm", f"{ours}.look.norm")
    for theirs, name in (("proj_in", "enter"), ("proj_out", "leave")):
        yield Rule(f"{look}.{theirs}.{{kind}}", f"{ours}.look.{name}.{{kind}}", POINTWISE if pointwise else COPY)
    block, our_block = f"{look}.transformer_blocks.{{d}}", f"{ours}.look.blocks.{{d}}"
    yield Rule(tuple(f"{block}.attn1.to_{part}.weight" for part in "qkv"), f"{our_block}.qkv.weight", joined())
    yield Rule(tuple(f"{block}.attn2.to_{part}.weight" for part in "kv"), f"{our_block}.words.weight", joined())
    halves = (f"{our_block}.inner.{{kind}}", f"{our_block}.gate.{{kind}}")
    yield Rule(f"{block}.ff.net.0.proj.{{kind}}", halves, split())
    for theirs, name in _BLOCK.items():
        yield from _same(f"{block}.{theirs}", f"{our_block}.{name}")
    yield Rule(f"{block}.{{norm}}.{{kind}}", f"{our_block}.{{norm}}.{{kind}}")
