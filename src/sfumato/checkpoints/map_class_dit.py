"""The class-conditional DiT in files: diffusers names, the first names, and real sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.class_dit import ClassDiTConfig
from .keymap import Map, Op, Rule, Spare
from .map_mmdit import convolved, fused, inner_first, same

CONFIGS: Mapping[str, ClassDiTConfig] = {"dit-xl-256": ClassDiTConfig(), "dit-xl-512": ClassDiTConfig(base=32)}

# One of theirs serves every block of ours.
_SPREAD = Op(lambda parts, count: list(parts) * count, lambda parts, _: parts[:1])


def diffusers_class_dit(config: ClassDiTConfig) -> Map:
    """Names in a diffusers folder."""
    there, ours = "transformer_blocks.{i}", "blocks.{i}"
    return (
        *convolved("pos_embed.proj", config.channels, config.patch),
        *same(f"{there}.norm1.emb.timestep_embedder.linear_1", f"{ours}.time.enter"),
        *same(f"{there}.norm1.emb.timestep_embedder.linear_2", f"{ours}.time.leave"),
        Rule(f"{there}.norm1.emb.class_embedder.embedding_table.weight", f"{ours}.label.weight"),
        *same(f"{there}.norm1.linear", f"{ours}.stream.modulation"),
        fused(f"{there}.attn1.to_{{}}", f"{ours}.stream.heads.qkv"),
        *same(f"{there}.attn1.to_out.0", f"{ours}.stream.out"),
        *same(f"{there}.ff.net.0.proj", f"{ours}.stream.mlp.inner"),
        *same(f"{there}.ff.net.2", f"{ours}.stream.mlp.outer"),
        *same("proj_out_1", "ending.modulation"),
        *same("proj_out_2", "ending.leave", op=inner_first(config.patch)),
    )


def first_class_dit(config: ClassDiTConfig) -> Map:
    """Names in the first files, where one reading of time and class serves every block."""
    there, ours = "blocks.{i}", "blocks.{i}.stream"
    once = {"t_embedder.mlp.0.{kind}": "time.enter.{kind}", "t_embedder.mlp.2.{kind}": "time.leave.{kind}"}
    once |= {"y_embedder.embedding_table.weight": "label.weight"}
    return (
        *convolved("x_embedder.proj", config.channels, config.patch),
        Spare("pos_embed", "the fixed table of positions, which is computed"),
        *(
            Rule(theirs, tuple(f"blocks.{i}.{name}" for i in range(config.depth)), _SPREAD)
            for theirs, name in once.items()
        ),
        *same(f"{there}.adaLN_modulation.1", f"{ours}.modulation"),
        *same(f"{there}.attn.qkv", f"{ours}.heads.qkv"),
        *same(f"{there}.attn.proj", f"{ours}.out"),
        *same(f"{there}.mlp.fc1", f"{ours}.mlp.inner"),
        *same(f"{there}.mlp.fc2", f"{ours}.mlp.outer"),
        *same("final_layer.adaLN_modulation.1", "ending.modulation"),
        *same("final_layer.linear", "ending.leave", op=inner_first(config.patch)),
    )


def class_dit_config(values: Mapping[str, Any]) -> ClassDiTConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    usual = {"norm_type": "ada_norm_zero", "activation_fn": "gelu-approximate", "attention_bias": True}
    for name, value in (usual | {"norm_elementwise_affine": False}).items():
        if values.get(name, value) != value:
            raise Refusal(f"a DiT with {name} {values[name]!r} is of no known kind")
    return ClassDiTConfig(
        channels=values["in_channels"],
        out=values.get("out_channels") or values["in_channels"],
        patch=values["patch_size"],
        width=values["num_attention_heads"] * values["attention_head_dim"],
        depth=values["num_layers"],
        heads=values["num_attention_heads"],
        classes=values["num_embeds_ada_norm"],
        base=values["sample_size"] // values["patch_size"],
        eps=values.get("norm_eps", 1e-5),
    )
