"""The MMDiT of Stable Diffusion 3 and 3.5 in files, and what FLUX shares with it: diffusers names, the first names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.mmdit import MMDiTConfig
from .keymap import SWAPPED, Map, Op, Rule, each, joined, reshaped

CONFIGS: Mapping[str, MMDiTConfig] = {
    "sd3-medium": MMDiTConfig(),
    "sd3.5-medium": MMDiTConfig(side=384, normed=True, twice=tuple(range(13))),
    "sd3.5-large": MMDiTConfig(width=2432, depth=38, heads=38, normed=True),
}


def diffusers_mmdit(config: MMDiTConfig) -> Map:
    """Names in a diffusers folder."""
    last = f"blocks.{config.depth - 1}"
    return (
        *convolved("pos_embed.proj", config.channels, config.patch),
        Rule("pos_embed.pos_embed", "places"),
        # Half of the modulations are laid out (scale, shift) there, (shift, scale) everywhere else.
        Rule(f"transformer_{last}.norm1_context.linear.{{kind}}", f"{last}.text.modulation.{{kind}}", SWAPPED),
        *diffusers_joint("transformer_blocks"),
        *diffusers_ends(inner_first(config.patch)),
    )


def first_mmdit(config: MMDiTConfig) -> Map:
    """Names in single files, without the prefix ``model.diffusion_model.``."""
    there, ours = "joint_blocks.{i}", "blocks.{i}"
    rules = [
        *convolved("x_embedder.proj", config.channels, config.patch),
        Rule("pos_embed", "places"),
        *same("t_embedder.mlp.0", "time.enter"),
        *same("t_embedder.mlp.2", "time.leave"),
        *same("y_embedder.mlp", "pooled", "{n}."),
        *same("context_embedder", "words"),
        *same("final_layer.adaLN_modulation.1", "ending.modulation"),
        *same("final_layer.linear", "ending.leave", op=inner_first(config.patch)),
    ]
    for theirs, stream in (("x_block", "image"), ("context_block", "text")):
        block, name = f"{there}.{theirs}", f"{ours}.{stream}"
        rules += [
            *same(f"{block}.adaLN_modulation.1", f"{name}.modulation"),
            *same(f"{block}.mlp.fc1", f"{name}.mlp.inner"),
            *same(f"{block}.mlp.fc2", f"{name}.mlp.outer"),
        ]
        for attention, heads, out in (("attn", "heads", "out"), ("attn2", "second.heads", "second.out")):
            rules += [
                *same(f"{block}.{attention}.qkv", f"{name}.{heads}.qkv"),
                *same(f"{block}.{attention}.proj", f"{name}.{out}"),
                *(Rule(f"{block}.{attention}.ln_{x}.weight", f"{name}.{heads}.{x}_norm.gain") for x in "qk"),
            ]
    return tuple(rules)


def mmdit_config(values: Mapping[str, Any]) -> MMDiTConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    width, channels = values["attention_head_dim"] * values["num_attention_heads"], values["in_channels"]
    if values.get("caption_projection_dim", width) != width or values.get("out_channels") not in (None, channels):
        raise Refusal("an MMDiT whose words or output have a width of their own is of no known kind")
    if (norm := values.get("qk_norm")) not in (None, "rms_norm"):
        raise Refusal(f"an MMDiT with qk_norm {norm!r} is of no known kind")
    return MMDiTConfig(
        channels=channels,
        patch=values["patch_size"],
        width=width,
        depth=values["num_layers"],
        heads=values["num_attention_heads"],
        text=values["joint_attention_dim"],
        pooled=values["pooled_projection_dim"],
        side=values["pos_embed_max_size"],
        base=values["sample_size"] // values["patch_size"],
        normed=norm is not None,
        twice=tuple(values.get("dual_attention_layers") or ()),
    )


def same(theirs: str, ours: str, between: str = "", op: Op | None = None) -> Iterator[Rule]:
    """A layer, its weight and its bias; ``between`` stands before those two names."""
    names = f"{theirs}.{between}{{kind}}", f"{ours}.{between}{{kind}}"
    yield Rule(*names) if op is None else Rule(*names, op)


def diffusers_joint(there: str) -> Iterator[Rule]:
    """The blocks of two streams."""
    block, ours = f"{there}.{{i}}", "blocks.{i}"
    for suffix, stream in (("", "image"), ("_context", "text")):
        yield from same(f"{block}.norm1{suffix}.linear", f"{ours}.{stream}.modulation")
        yield from same(f"{block}.ff{suffix}.net.0.proj", f"{ours}.{stream}.mlp.inner")
        yield from same(f"{block}.ff{suffix}.net.2", f"{ours}.{stream}.mlp.outer")
    for attention, heads, out in (
        ("attn", "image.heads", "image.out"),
        ("attn2", "image.second.heads", "image.second.out"),
    ):
        yield fused(f"{block}.{attention}.to_{{}}", f"{ours}.{heads}.qkv")
        yield from same(f"{block}.{attention}.to_out.0", f"{ours}.{out}")
        yield from (Rule(f"{block}.{attention}.norm_{x}.weight", f"{ours}.{heads}.{x}_norm.gain") for x in "qk")
    yield fused(f"{block}.attn.add_{{}}_proj", f"{ours}.text.heads.qkv")
    yield from same(f"{block}.attn.to_add_out", f"{ours}.text.out")
    yield from (Rule(f"{block}.attn.norm_added_{x}.weight", f"{ours}.text.heads.{x}_norm.gain") for x in "qk")


def diffusers_ends(op: Op | None = None) -> Iterator[Rule]:
    """What comes before the blocks and after them; ``op`` on the last layer."""
    for theirs, ours in (("timestep", "time"), ("guidance", "guidance")):
        yield from same(f"time_text_embed.{theirs}_embedder.linear_1", f"{ours}.enter")
        yield from same(f"time_text_embed.{theirs}_embedder.linear_2", f"{ours}.leave")
    yield from same("time_text_embed.text_embedder.linear_1", "pooled.0")
    yield from same("time_text_embed.text_embedder.linear_2", "pooled.2")
    yield from same("context_embedder", "words")
    yield from same("norm_out.linear", "ending.modulation", op=SWAPPED)
    yield from same("proj_out", "ending.leave", op=op)


def fused(theirs: str, ours: str, kind: str = "{kind}") -> Rule:
    """Queries, keys and values, apart in the file, as one layer; ``theirs`` has a gap for q, k and v."""
    names = tuple(f"{theirs.replace('{}', x)}.{kind}" for x in "qkv")
    return Rule(names, f"{ours}.{kind}", joined())


def convolved(theirs: str, channels: int, patch: int) -> Iterator[Rule]:
    """A convolution that cuts the picture into patches, as the product it is."""
    yield Rule(f"{theirs}.weight", "enter.weight", reshaped((-1, channels, patch, patch), (-1, channels * patch**2)))
    yield Rule(f"{theirs}.bias", "enter.bias")


def inner_first(patch: int, axis: int = 0) -> Op:
    """Entries (place in patch, channel) become (channel, place in patch), the order in which we cut a picture."""
    area = patch**2
    return each(
        lambda tensor: tensor.unflatten(axis, (area, -1)).transpose(axis, axis + 1).flatten(axis, axis + 1),
        lambda tensor: tensor.unflatten(axis, (-1, area)).transpose(axis, axis + 1).flatten(axis, axis + 1),
    )
