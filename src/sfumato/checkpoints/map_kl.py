"""Autoencoders in files: the KL one by diffusers' names, old and new, and the first ones; the tiny one; real sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..core.refusal import Refusal
from ..models.kl import KLConfig
from ..models.taesd import TinyConfig
from .keymap import COPY, POINTWISE, Map, Op, Rule, chained, joined

CONFIGS: Mapping[str, KLConfig] = {
    "sd": KLConfig(),
    "sdxl": KLConfig(scale=0.13025),
    "sd3": KLConfig(channels=16, mixed=False, scale=1.5305, shift=0.0609),
    "flux": KLConfig(channels=16, mixed=False, scale=0.3611, shift=0.1159),
}
TINY_CONFIGS: Mapping[str, TinyConfig] = {"taesd": TinyConfig(), "taef1": TinyConfig(channels=16)}


def diffusers_kl(config: KLConfig) -> Map:
    """Names in a diffusers folder. The attention had others before its linear layers got those of today; both are read,
    today's are written."""
    rules = list(_outside())
    levels = len(config.widths)
    for side, level, i, ours in _resnets(config):
        place = "encoder.down_blocks" if side == "encoder" else "decoder.up_blocks"
        rules += _resnet(f"{place}.{level}.resnets.{i}", ours, "conv_shortcut")
    for side, ours in (("encoder", f"encoder.{_middle(config)}"), ("decoder", "head.1")):
        middle, (before, look, behind) = f"{side}.mid_block", _three(ours)
        rules += _resnet(f"{middle}.resnets.0", before, "conv_shortcut")
        rules += _resnet(f"{middle}.resnets.1", behind, "conv_shortcut")
        place = f"{middle}.attentions.0"
        rules += _look(place, look, ("group_norm", "to_q", "to_k", "to_v", "to_out.0"), COPY)
        rules += _look(place, look, ("group_norm", "query", "key", "value", "proj_attn"), POINTWISE)
    for level in range(1, levels):
        rules += _same(f"encoder.down_blocks.{level - 1}.downsamplers.0.conv", f"encoder.{_shrink(level, config)}")
        rules += _same(f"decoder.up_blocks.{level - 1}.upsamplers.0.conv", f"tail.{_grow(level, config)}")
    rules += _ends("conv_norm_out", config)
    return tuple(rules)


def first_kl(config: KLConfig) -> Map:
    """Names in single files, without the prefix ``first_stage_model.``, and in files of the autoencoder alone."""
    rules = list(_outside())
    levels = len(config.widths)
    for side, level, i, ours in _resnets(config):  # both sides are counted from the pixels
        place = f"encoder.down.{level}" if side == "encoder" else f"decoder.up.{levels - 1 - level}"
        rules += _resnet(f"{place}.block.{i}", ours, "nin_shortcut")
    for side, ours in (("encoder", f"encoder.{_middle(config)}"), ("decoder", "head.1")):
        before, look, behind = _three(ours)
        rules += _resnet(f"{side}.mid.block_1", before, "nin_shortcut")
        rules += _resnet(f"{side}.mid.block_2", behind, "nin_shortcut")
        rules += _look(f"{side}.mid.attn_1", look, ("norm", "q", "k", "v", "proj_out"), POINTWISE)
    for level in range(1, levels):
        rules += _same(f"encoder.down.{level - 1}.downsample.conv", f"encoder.{_shrink(level, config)}")
        rules += _same(f"decoder.up.{levels - level}.upsample.conv", f"tail.{_grow(level, config)}")
    rules += _ends("norm_out", config)
    return tuple(rules)


def kl_config(values: Mapping[str, Any]) -> KLConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    kinds = {*values.get("down_block_types", ()), *values.get("up_block_types", ())}
    if strange := kinds - {"DownEncoderBlock2D", "UpDecoderBlock2D"}:
        raise Refusal(f"an autoencoder of {min(strange)} is of no known kind")
    _check(values, {"act_fn": "silu", "latents_mean": None, "latents_std": None, "mid_block_add_attention": True})
    _check(values, {"in_channels": 3, "out_channels": 3})
    mixed = values.get("use_quant_conv", True)
    _check(values, {"use_post_quant_conv": mixed})
    return KLConfig(
        channels=values.get("latent_channels", 4),
        widths=tuple(values["block_out_channels"]),
        blocks=values.get("layers_per_block", 1),
        groups=values.get("norm_num_groups", 32),
        mixed=mixed,
        scale=values.get("scaling_factor", 0.18215),
        shift=values.get("shift_factor") or 0.0,
    )


DIFFUSERS_TINY: Map = (
    *(
        Rule(f"{{side}}.layers.{{n}}.conv.{at}.{{kind}}", f"{{side}}.{{n}}.{ours}.{{kind}}")
        for at, ours in ((0, "first"), (2, "second"), (4, "third"))
    ),
    Rule("{side}.layers.{n}.{kind}", "{side}.{n}.{kind}"),
)


def first_tiny(config: TinyConfig) -> Map:
    """Names in the files of a decoder alone, where a clamp without tensors is counted as layer 0."""
    rules: list[Rule] = []
    for n in range(2 + sum(config.decoder) + 2 * (len(config.decoder) - 1) + 1):
        for at, ours in ((0, "first"), (2, "second"), (4, "third")):
            rules.append(Rule(f"{n + 1}.conv.{at}.{{kind}}", f"decoder.{n}.{ours}.{{kind}}"))
        rules.append(Rule(f"{n + 1}.{{kind}}", f"decoder.{n}.{{kind}}"))
    return tuple(rules)


def tiny_config(values: Mapping[str, Any]) -> TinyConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    widths = {*values.get("encoder_block_out_channels", (64,)), *values.get("decoder_block_out_channels", (64,))}
    if len(widths) > 1:
        raise Refusal(f"a tiny autoencoder of the widths {sorted(widths)} is of no known kind")
    _check(values, {"act_fn": "relu", "upsample_fn": "nearest", "upsampling_scaling_factor": 2})
    _check(values, {"in_channels": 3, "out_channels": 3})
    usual = TinyConfig()
    return replace(
        usual,
        channels=values.get("latent_channels", usual.channels),
        width=widths.pop(),
        encoder=tuple(values.get("num_encoder_blocks", usual.encoder)),
        decoder=tuple(values.get("num_decoder_blocks", usual.decoder)),
        scale=values.get("scaling_factor", usual.scale),
        shift=values.get("shift_factor") or 0.0,
    )


def _check(values: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
    for name, value in usual.items():
        if values.get(name, value) != value:
            raise Refusal(f"an autoencoder with {name} {values[name]!r} is of no known kind")


# Where things stand in our rows: a first convolution, then resolutions of ``blocks``; before all but one of them stand
# two layers on the way down, one on the way up.
def _resnets(config: KLConfig) -> Iterator[tuple[str, int, int, str]]:
    """Side, level, number and our name of every residual block outside the middles, in the order of their work."""
    for level in range(len(config.widths)):
        for i in range(config.blocks):
            yield "encoder", level, i, f"encoder.{1 + level * (config.blocks + 2) + i}"
        for i in range(config.blocks + 1):
            yield "decoder", level, i, f"tail.{level * (config.blocks + 2) + i}"


def _shrink(level: int, config: KLConfig) -> int:
    return level * (config.blocks + 2)


def _grow(level: int, config: KLConfig) -> int:
    return level * (config.blocks + 2) - 1


def _middle(config: KLConfig) -> int:
    return len(config.widths) * (config.blocks + 2) - 1


def _three(first: str) -> tuple[str, str, str]:
    """A layer of a row and the two behind it."""
    row, _, n = first.rpartition(".")
    return first, f"{row}.{int(n) + 1}", f"{row}.{int(n) + 2}"


def _outside() -> Iterator[Rule]:
    yield from _same("quant_conv", "mix")
    yield from _same("post_quant_conv", "unmix")
    yield from _same("encoder.conv_in", "encoder.0")
    yield from _same("decoder.conv_in", "head.0")


def _ends(norm: str, config: KLConfig) -> Iterator[Rule]:
    last = _middle(config) + 3, len(config.widths) * (config.blocks + 2) - 1
    for side, ours, n in (("encoder", "encoder", last[0]), ("decoder", "tail", last[1])):
        yield from _same(f"{side}.{norm}", f"{ours}.{n}")
        yield from _same(f"{side}.conv_out", f"{ours}.{n + 2}")


def _resnet(theirs: str, ours: str, shortcut: str) -> Iterator[Rule]:
    yield from _same(f"{theirs}.{shortcut}", f"{ours}.straight")
    yield Rule(f"{theirs}.{{layer}}.{{kind}}", f"{ours}.{{layer}}.{{kind}}")


def _look(theirs: str, ours: str, names: tuple[str, str, str, str, str], op: Op) -> Iterator[Rule]:
    norm, *qkv, out = names
    yield from _same(f"{theirs}.{norm}", f"{ours}.norm")
    yield Rule(tuple(f"{theirs}.{part}.{{kind}}" for part in qkv), f"{ours}.qkv.{{kind}}", chained(joined(), op))
    yield Rule(f"{theirs}.{out}.{{kind}}", f"{ours}.out.{{kind}}", op)


def _same(theirs: str, ours: str) -> Iterator[Rule]:
    yield Rule(f"{theirs}.{{kind}}", f"{ours}.{{kind}}")
