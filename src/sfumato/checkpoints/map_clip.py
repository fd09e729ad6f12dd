"""CLIP's text half in files: names of transformers, old and new, those of OpenCLIP, and real sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.clip import ClipConfig
from .keymap import TRANSPOSED, Map, Rule, Spare, joined

CONFIGS: Mapping[str, ClipConfig] = {
    "clip-l": ClipConfig(),
    "clip-l-projected": ClipConfig(projection=768),  # beside SD 3
    # SD 2 reads the last layer but one, and its files leave the last out or hold it in vain.
    "openclip-h": ClipConfig(width=1024, inner=4096, depth=23, heads=16, activation="gelu"),
    "openclip-bigg": ClipConfig(width=1280, inner=5120, depth=32, heads=20, activation="gelu", projection=1280),
}


def _transformers(prefix: str) -> Map:
    block, q, k, v = (f"{prefix}encoder.layers.{{i}}{rest}" for rest in ("", *(f".self_attn.{x}_proj" for x in "qkv")))
    return (
        Rule(f"{prefix}embeddings.token_embedding.weight", "words.weight"),
        Rule(f"{prefix}embeddings.position_embedding.weight", "order.weight"),
        Spare(f"{prefix}embeddings.position_ids", "the numbers from 0 to 76"),
        Rule((f"{q}.{{kind}}", f"{k}.{{kind}}", f"{v}.{{kind}}"), "blocks.{i}.qkv.{kind}", joined()),
        Rule(f"{block}.self_attn.out_proj.{{kind}}", "blocks.{i}.out.{kind}"),
        Rule(f"{block}.layer_norm{{n}}.{{kind}}", "blocks.{i}.norm{n}.{kind}"),
        Rule(f"{block}.mlp.fc1.{{kind}}", "blocks.{i}.inner.{kind}"),
        Rule(f"{block}.mlp.fc2.{{kind}}", "blocks.{i}.outer.{kind}"),
        Rule(f"{prefix}final_layer_norm.{{kind}}", "norm.{kind}"),
    )


# Files of transformers before its fifth version have the prefix; both are read, the old names are written.
TRANSFORMERS: Map = (
    *_transformers("text_model."),
    *_transformers(""),
    Rule("text_projection.weight", "project.weight"),
)


def open_clip(config: ClipConfig) -> Map:
    """Names in single files; layers beyond those of ``config`` and a projection it does not have are left out."""
    block = "transformer.resblocks.{i}"
    return (
        Spare(f"transformer.resblocks.{config.depth}.{{rest*}}", "a last layer that nobody reads"),
        Rule("token_embedding.weight", "words.weight"),
        Rule("positional_embedding", "order.weight"),
        Rule(f"{block}.attn.in_proj_{{kind}}", "blocks.{i}.qkv.{kind}"),
        Rule(f"{block}.attn.out_proj.{{kind}}", "blocks.{i}.out.{kind}"),
        Rule(f"{block}.ln_{{n}}.{{kind}}", "blocks.{i}.norm{n}.{kind}"),
        Rule(f"{block}.mlp.c_fc.{{kind}}", "blocks.{i}.inner.{kind}"),
        Rule(f"{block}.mlp.c_proj.{{kind}}", "blocks.{i}.outer.{kind}"),
        Rule("ln_final.{kind}", "norm.{kind}"),
        Rule("text_projection", "project.weight", TRANSPOSED)
        if config.projection
        else Spare("text_projection", "the pooled vector is not asked for"),
        Spare("logit_scale", "the temperature of contrastive training"),
        Spare("attn_mask", "the causal mask"),
    )


def clip_config(values: Mapping[str, Any]) -> ClipConfig:
    """A ``config.json`` of transformers as ours; raises Refusal naming what this network does not do."""
    activation = values.get("hidden_act", "quick_gelu")
    if activation not in ("quick_gelu", "gelu"):
        raise Refusal(f"a text encoder with the activation {activation!r} is of no known kind")
    projected = "CLIPTextModelWithProjection" in values.get("architectures", ())
    vocabulary, end = values.get("vocab_size", 49408), values.get("eos_token_id", 49407)
    return ClipConfig(
        vocabulary=vocabulary,
        length=values.get("max_position_embeddings", 77),
        width=values.get("hidden_size", 512),
        inner=values.get("intermediate_size", 2048),
        depth=values.get("num_hidden_layers", 12),
        heads=values.get("num_attention_heads", 8),
        activation=activation,
        projection=values.get("projection_dim", 512) if projected else 0,
        end=vocabulary - 1 if end == 2 else end,  # old files say 2 and mean the highest
    )
