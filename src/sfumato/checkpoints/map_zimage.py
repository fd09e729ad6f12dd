"""Z-Image in files: diffusers names, the first names, and real size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.refusal import Refusal
from ..models.zimage import ZImageConfig
from .keymap import Map, Rule, Spare, joined
from .map_mmdit import fused, inner_first, same

CONFIGS: Mapping[str, ZImageConfig] = {"z-image": ZImageConfig()}

_STACKS = {"noise_refiner": "patch_blocks", "context_refiner": "word_blocks", "layers": "blocks"}


def diffusers_zimage(config: ZImageConfig) -> Map:
    """Names in a diffusers folder."""
    rules = [*_ends(config, f"all_x_embedder.{config.patch}-1", f"all_final_layer.{config.patch}-1")]
    for there, name in _STACKS.items():
        attention, ours = f"{there}.{{i}}.attention", f"{name}.{{i}}.attention"
        rules += [
            *_block(f"{there}.{{i}}", f"{name}.{{i}}"),
            fused(f"{attention}.to_{{}}", f"{ours}.heads.qkv", "weight"),
            Rule(f"{attention}.to_out.0.weight", f"{ours}.out.weight"),
            *(Rule(f"{attention}.norm_{x}.weight", f"{ours}.heads.{x}_norm.gain") for x in "qk"),
        ]
    return tuple(rules)


def first_zimage(config: ZImageConfig) -> Map:
    """Names in single files, without the prefix ``model.diffusion_model.``."""
    rules: list[Rule | Spare] = [*_ends(config, "x_embedder", "final_layer")]
    for there, name in _STACKS.items():
        attention, ours = f"{there}.{{i}}.attention", f"{name}.{{i}}.attention"
        rules += [
            *_block(f"{there}.{{i}}", f"{name}.{{i}}"),
            Rule(f"{attention}.qkv.weight", f"{ours}.heads.qkv.weight"),
            Rule(f"{attention}.out.weight", f"{ours}.out.weight"),
            *(Rule(f"{attention}.{x}_norm.weight", f"{ours}.heads.{x}_norm.gain") for x in "qk"),
        ]
    return (*rules, Spare("norm_final.weight", "a norm that the network was built with and never used"))


def zimage_config(values: Mapping[str, Any]) -> ZImageConfig:
    """The configuration in a diffusers folder as ours; raises Refusal naming what this network does not do."""
    usual = {"all_f_patch_size": [1], "n_kv_heads": values["n_heads"], "qk_norm": True, "t_scale": 1000.0}
    for name, value in (usual | {"siglip_feat_dim": None}).items():
        found = values.get(name, value)
        if (list(found) if isinstance(found, tuple) else found) != value:
            raise Refusal(f"a Z-Image network with {name} {found!r} is of no known kind")
    if len(values["all_patch_size"]) != 1:
        raise Refusal("a Z-Image network with several patch sizes is of no known kind")
    return ZImageConfig(
        channels=values["in_channels"],
        patch=values["all_patch_size"][0],
        width=values["dim"],
        depth=values["n_layers"],
        refiners=values["n_refiner_layers"],
        heads=values["n_heads"],
        text=values["cap_feat_dim"],
        theta=values["rope_theta"],
        shares=tuple(values["axes_dims"]),
        eps=values["norm_eps"],
    )


def _ends(config: ZImageConfig, enter: str, leave: str) -> Iterator[Rule]:
    yield Rule(f"{enter}.weight", "enter.weight", inner_first(config.patch, axis=1))
    yield Rule(f"{enter}.bias", "enter.bias")
    yield from same("t_embedder.mlp.0", "time.enter")
    yield from same("t_embedder.mlp.2", "time.leave")
    yield Rule("cap_embedder.0.weight", "text_norm.gain")
    yield from same("cap_embedder.1", "words")
    yield Rule("cap_pad_token", "fill_words")
    yield Rule("x_pad_token", "fill_patches")
    yield from same(f"{leave}.adaLN_modulation.1", "modulation")
    yield from same(f"{leave}.linear", "leave", op=inner_first(config.patch))


def _block(there: str, ours: str) -> Iterator[Rule]:
    for theirs, name in (("attention_norm", ""), ("ffn_norm", "_mlp")):
        yield Rule(f"{there}.{theirs}1.weight", f"{ours}.before{name}.gain")
        yield Rule(f"{there}.{theirs}2.weight", f"{ours}.after{name}.gain")
    gate, value = (f"{there}.feed_forward.{x}.weight" for x in ("w1", "w3"))
    yield Rule((gate, value), f"{ours}.mlp.inner.weight", joined())
    yield Rule(f"{there}.feed_forward.w2.weight", f"{ours}.mlp.outer.weight")
    yield from same(f"{there}.adaLN_modulation.0", f"{ours}.modulation")
