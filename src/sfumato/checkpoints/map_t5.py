"""The T5 v1.1 encoder in files: the names everybody uses, those of GGUF files, and real sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.t5 import T5Config
from .keymap import Map, Rule, Spare, joined

CONFIGS: Mapping[str, T5Config] = {
    "t5-xxl": T5Config(),
    "t5-xl": T5Config(width=2048, heads=32, inner=5120),
    "t5-large": T5Config(width=1024, heads=16, inner=2816),
    "t5-base": T5Config(width=768, depth=12, heads=12, inner=2048),
    "t5-small": T5Config(width=512, depth=8, heads=6, inner=1024),
}


def t5() -> Map:
    """Names in folders and in single files, without the prefix ``text_encoders.t5xxl.transformer.``."""
    block = "encoder.block.{i}.layer"
    attention, mlp = f"{block}.0.SelfAttention.{{}}.weight", f"{block}.1.DenseReluDense.{{}}.weight"
    return (
        Rule("shared.weight", "words.weight"),
        Rule("encoder.embed_tokens.weight", "words.weight"),  # the same table by its other name
        Rule("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "distances.weight"),
        *_block(attention, mlp, "o", ("wi_0", "wi_1", "wo")),
        Rule(f"{block}.0.layer_norm.weight", "blocks.{i}.before.gain"),
        Rule(f"{block}.1.layer_norm.weight", "blocks.{i}.before_mlp.gain"),
        Rule("encoder.final_layer_norm.weight", "norm.gain"),
        Spare("decoder.{rest*}", "the decoder, which writes text"),
        Spare("lm_head.weight", "the decoder's last layer"),
    )


def gguf_t5() -> Map:
    """Names in GGUF files."""
    block = "enc.blk.{i}"
    return (
        Rule("token_embd.weight", "words.weight"),
        Rule("enc.blk.0.attn_rel_b.weight", "distances.weight"),
        *_block(f"{block}.attn_{{}}.weight", f"{block}.ffn_{{}}.weight", "o", ("gate", "up", "down")),
        Rule(f"{block}.attn_norm.weight", "blocks.{i}.before.gain"),
        Rule(f"{block}.ffn_norm.weight", "blocks.{i}.before_mlp.gain"),
        Rule("enc.output_norm.weight", "norm.gain"),
    )


def t5_config(values: Mapping[str, Any]) -> T5Config:
    """The configuration in a folder as ours; raises Refusal naming what this network does not do."""
    if (kind := values.get("feed_forward_proj", "relu")) != "gated-gelu":
        raise Refusal(f"a T5 with {kind} in its MLPs is not of version 1.1")
    if (eps := values.get("layer_norm_epsilon", 1e-6)) != 1e-6:
        raise Refusal(f"a T5 with layer_norm_epsilon {eps} is of no known kind")
    return T5Config(
        vocabulary=values["vocab_size"],
        width=values["d_model"],
        depth=values["num_layers"],
        heads=values["num_heads"],
        head=values["d_kv"],
        inner=values["d_ff"],
        buckets=values.get("relative_attention_num_buckets", 32),
        farthest=values.get("relative_attention_max_distance", 128),
    )


def _block(attention: str, mlp: str, out: str, inside: tuple[str, str, str]) -> Iterator[Rule]:
    gate, value, leave = (mlp.replace("{}", name) for name in inside)
    yield Rule(tuple(attention.replace("{}", x) for x in "qkv"), "blocks.{i}.qkv.weight", joined())
    yield Rule(attention.replace("{}", out), "blocks.{i}.out.weight")
    yield Rule((gate, value), "blocks.{i}.mlp.inner.weight", joined())
    yield Rule(leave, "blocks.{i}.mlp.outer.weight")
