"""CLIP's text half against transformers: states, pooled vectors, names in three kinds of file, and the real sizes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import Map, to_ours, to_theirs
from sfumato.checkpoints.map_clip import CONFIGS, TRANSFORMERS, clip_config, open_clip
from sfumato.core.refusal import Refusal
from sfumato.models.clip import ClipText

transformers = pytest.importorskip("transformers")

TINY = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 37, "num_attention_heads": 4, "num_hidden_layers": 3}
VARIANTS: dict[str, dict[str, Any]] = {
    "clip-l": TINY | {"hidden_act": "quick_gelu", "eos_token_id": 2},
    "openclip-h": TINY | {"hidden_act": "gelu", "eos_token_id": 98},
    "openclip-bigg": TINY | {"hidden_act": "gelu", "eos_token_id": 98, "projection_dim": 24, "projected": True},
}
REAL: dict[str, dict[str, Any]] = {
    "clip-l": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12},
    "clip-l-projected": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
    | {"projection_dim": 768, "projected": True},
    "openclip-h": {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16}
    | {"num_hidden_layers": 23, "hidden_act": "gelu"},
    "openclip-bigg": {"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20}
    | {"num_hidden_layers": 32, "hidden_act": "gelu", "projection_dim": 1280, "projected": True},
}


def reference(values: dict[str, Any]) -> torch.nn.Module:
    projected = values.get("projected", False)
    kind = transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel
    config = transformers.CLIPTextConfig(**{key: value for key, value in values.items() if key != "projected"})
    config.architectures = [kind.__name__]
    return kind(config)


def old(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The names that transformers wrote before its fifth version."""
    bare = {name.removeprefix("text_model."): value for name, value in tensors.items()}
    return {name if name.startswith("text_projection") else f"text_model.{name}": v for name, v in bare.items()}


class OldNames(torch.nn.Module):
    """A reference that saves itself as it used to."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.module = module

    def state_dict(self, *args: Any, **named: Any) -> dict[str, Tensor]:
        return old(self.module.state_dict())


@pytest.mark.parametrize("variant", VARIANTS)
def test_says_what_the_reference_says(variant: str) -> None:
    theirs = alive(reference(VARIANTS[variant]))
    config = clip_config(theirs.config.to_dict())  # type: ignore[union-attr, operator]
    ours = twin(OldNames(theirs), ClipText(config), TRANSFORMERS)
    for length in (7, 77):
        ids = torch.randint(0, 98, (3, length), generator=torch.Generator().manual_seed(3))
        ids[0, 4:], ids[1, 6:], ids[2, -1] = 98, 98, 98
        with torch.no_grad():
            wanted, found = theirs(ids, output_hidden_states=True), ours(ids)
        for layer, like in zip(found.layers, wanted.hidden_states, strict=True):
            close(layer, like, atol=2e-5)
        close(found.last, wanted.last_hidden_state, atol=2e-5)
        close(found.pooled, wanted.text_embeds if config.projection else wanted.pooler_output)


def test_new_names_are_read() -> None:
    tensors = alive(reference(VARIANTS["openclip-bigg"])).state_dict()
    bare = {name.removeprefix("text_model."): value for name, value in tensors.items()}
    ours = [dict(to_ours(names, TRANSFORMERS, where="the file")) for names in (bare, old(tensors))]
    same(*ours)


@pytest.mark.parametrize("variant", ["openclip-h", "openclip-bigg"])
def test_first_names_are_read_as_the_reference_reads_them(variant: str) -> None:
    from diffusers.loaders.single_file_utils import convert_open_clip_checkpoint

    theirs = alive(reference(VARIANTS[variant]))
    config = clip_config(theirs.config.to_dict())  # type: ignore[union-attr, operator]
    ours = dict(to_ours(theirs.state_dict(), TRANSFORMERS, where="the reference"))
    first = dict(to_theirs(ours, open_clip(config), where="ours"))
    vain = {"transformer.resblocks.3.ln_1.weight": torch.ones(32), "logit_scale": torch.ones(())}
    if not config.projection:
        vain["text_projection"] = torch.ones(32, 32)
    same(dict(to_ours(first | vain, open_clip(config), where="the file")), ours)
    read = convert_open_clip_checkpoint(theirs, {f"p.{name}": value for name, value in first.items()}, prefix="p.")
    same(old(read), old(theirs.state_dict()))


@pytest.mark.parametrize("variant", REAL)
def test_real_sizes(variant: str) -> None:
    config = CONFIGS[variant]
    with torch.device("meta"):
        theirs, ours = reference(REAL[variant]), ClipText(config)
    assert clip_config(theirs.config.to_dict() | {"eos_token_id": 2}) == config  # type: ignore[union-attr, operator]
    same(dict(to_theirs(ours.state_dict(), TRANSFORMERS, where="ours")), old(theirs.state_dict()))
    maps: tuple[Map, ...] = (TRANSFORMERS, open_clip(config))
    for map in maps:
        named = dict(to_theirs(ours.state_dict(), map, where="ours"))
        same(dict(to_ours(named, map, where="the file")), ours.state_dict())
    count = sum(p.numel() for p in theirs.parameters())
    assert sum(p.numel() for p in ours.parameters()) == count


def test_what_it_cannot_do_is_refused() -> None:
    with pytest.raises(Refusal, match="swish"):
        clip_config({"hidden_act": "swish"})
