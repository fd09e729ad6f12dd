"""FLUX.1 in files: diffusers names, the first names, and real sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.flux import FluxConfig
from .keymap import Map, Rule, joined
from .map_mmdit import diffusers_ends, diffusers_joint, same

CONFIGS: Mapping[str, FluxConfig] = {"flux-dev": FluxConfig(), "flux-schnell": FluxConfig(guided=False)}


def diffusers_flux(config: FluxConfig) -> Map:
    """Names in a diffusers folder."""
    width, there, ours = config.width, "single_transformer_blocks.{i}", "singles.{i}"
    parts = (*(f"{there}.attn.to_{x}.{{kind}}" for x in "qkv"), f"{there}.proj_mlp.{{kind}}")
    return (
        *same("x_embedder", "enter"),
        *diffusers_joint("transformer_blocks"),
        *same(f"{there}.norm.linear", f"{ours}.modulation"),
        Rule(parts, f"{ours}.enter.{{kind}}", joined(width, width, width, 4 * width)),
        *(Rule(f"{there}.attn.norm_{x}.weight", f"{ours}.{x}_norm.gain") for x in "qk"),
        *same(f"{there}.proj_out", f"{ours}.leave"),
        *diffusers_ends(),
    )


def first_flux() -> Map:
    """Names in single files, without the prefix ``model.diffusion_model.``."""
    rules = [*same("img_in", "enter"), *same("txt_in", "words")]
    for theirs, ours in (("time_in", "time"), ("guidance_in", "guidance")):
        rules += [*same(f"{theirs}.in_layer", f"{ours}.enter"), *same(f"{theirs}.out_layer", f"{ours}.leave")]
    rules += [*same("vector_in.in_layer", "pooled.0"), *same("vector_in.out_layer", "pooled.2")]
    for theirs, stream in (("img", "image"), ("txt", "text")):
        block, name = f"double_blocks.{{i}}.{theirs}", f"blocks.{{i}}.{stream}"
        rules += [
            *same(f"{block}_mod.lin", f"{name}.modulation"),
            *same(f"{block}_attn.qkv", f"{name}.heads.qkv"),
            *same(f"{block}_attn.proj", f"{name}.out"),
            *same(f"{block}_mlp.0", f"{name}.mlp.inner"),
            *same(f"{block}_mlp.2", f"{name}.mlp.outer"),
            *_norms(f"{block}_attn.norm", f"{name}.heads"),
        ]
    block, name = "single_blocks.{i}", "singles.{i}"
    rules += [
        *same(f"{block}.modulation.lin", f"{name}.modulation"),
        *same(f"{block}.linear1", f"{name}.enter"),
        *same(f"{block}.linear2", f"{name}.leave"),
        *_norms(f"{block}.norm", name),
        *same("final_layer.adaLN_modulation.1", "ending.modulation"),
        *same("final_layer.linear", "ending.leave"),
    ]
    return tuple(rules)


def flux_config(values: Mapping[str, Any]) -> FluxConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    packed, count = values["in_channels"], values["num_attention_heads"]
    if values.get("patch_size", 1) != 1 or values.get("out_channels") not in (None, packed) or packed % 4:
        raise Refusal(f"a FLUX network of {packed} channels in that are not those out is of no known kind")
    return FluxConfig(
        channels=packed // 4,
        width=values["attention_head_dim"] * count,
        joint=values["num_layers"],
        single=values["num_single_layers"],
        heads=count,
        text=values["joint_attention_dim"],
        pooled=values["pooled_projection_dim"],
        shares=tuple(values.get("axes_dims_rope", (16, 56, 56))),
        guided=values.get("guidance_embeds", False),
    )


def _norms(theirs: str, ours: str) -> list[Rule]:
    """The last part of the name is ``scale`` in the first files, ``weight`` in newer ones."""
    pairs = (("query", "q"), ("key", "k"))
    return [Rule(f"{theirs}.{x}_norm.{n}", f"{ours}.{y}_norm.gain") for n in ("scale", "weight") for x, y in pairs]
