"""Qwen3 in files: the names everybody uses, those of GGUF files, and the size that Z-Image reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.qwen import QwenConfig
from .keymap import Map, Rule, Spare, joined

CONFIGS: Mapping[str, QwenConfig] = {"qwen3-4b": QwenConfig()}


def qwen(config: QwenConfig) -> Map:
    """Names in folders and in single files, with or without ``model.`` before them."""
    return (*_named(config, ""), *_named(config, "model."), Spare("lm_head.weight", "the layer that writes text"))


def gguf_qwen(config: QwenConfig) -> Map:
    """Names in GGUF files."""
    block = "blk.{i}"
    return (
        Rule("token_embd.weight", "words.weight"),
        *_block(config, f"{block}.attn_{{}}.weight", f"{block}.ffn_{{}}.weight", "output"),
        Rule(f"{block}.attn_norm.weight", "blocks.{i}.before.gain"),
        Rule(f"{block}.ffn_norm.weight", "blocks.{i}.before_mlp.gain"),
        Rule("output_norm.weight", "norm.gain"),
        Spare("output.weight", "the layer that writes text"),
    )


def qwen_config(values: Mapping[str, Any]) -> QwenConfig:
    """The configuration in a folder as ours; raises Refusal naming what this network does not do."""
    turns = values.get("rope_parameters") or values.get("rope_scaling") or {}
    kind = turns.get("rope_type", "default")
    plain = {"hidden_act": "silu", "attention_bias": False, "use_sliding_window": False}
    for name, value in plain.items():
        if values.get(name, value) != value:
            raise Refusal(f"a Qwen3 with {name} {values[name]!r} is of no known kind")
    if kind != "default":
        raise Refusal(f"a Qwen3 with {kind} positions is of no known kind")
    return QwenConfig(
        vocabulary=values["vocab_size"],
        width=values["hidden_size"],
        depth=values["num_hidden_layers"],
        heads=values["num_attention_heads"],
        shared=values["num_key_value_heads"],
        head=values["head_dim"],
        inner=values["intermediate_size"],
        theta=turns.get("rope_theta", values.get("rope_theta", 1e6)),
        eps=values.get("rms_norm_eps", 1e-6),
    )


def _named(config: QwenConfig, start: str) -> Iterator[Rule]:
    block = f"{start}layers.{{i}}"
    yield Rule(f"{start}embed_tokens.weight", "words.weight")
    yield from _block(config, f"{block}.self_attn.{{}}_proj.weight", f"{block}.mlp.{{}}_proj.weight", "o")
    yield Rule(f"{block}.input_layernorm.weight", "blocks.{i}.before.gain")
    yield Rule(f"{block}.post_attention_layernorm.weight", "blocks.{i}.before_mlp.gain")
    yield Rule(f"{start}norm.weight", "norm.gain")


def _block(config: QwenConfig, attention: str, mlp: str, out: str) -> Iterator[Rule]:
    shared = config.shared * config.head
    gate, value, leave = (mlp.replace("{}", name) for name in ("gate", "up", "down"))
    sizes = (config.heads * config.head, shared, shared)
    yield Rule(tuple(attention.replace("{}", x) for x in "qkv"), "blocks.{i}.qkv.weight", joined(*sizes))
    for x in "qk":
        norm = attention.replace("{}_proj", f"{x}_norm").replace("{}", f"{x}_norm")
        yield Rule(norm, f"blocks.{{i}}.{x}_norm.gain")
    yield Rule(attention.replace("{}", out), "blocks.{i}.out.weight")
    yield Rule((gate, value), "blocks.{i}.mlp.inner.weight", joined())
    yield Rule(leave, "blocks.{i}.mlp.outer.weight")
