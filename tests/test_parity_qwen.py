"""Qwen3: our encoder's states are transformers', from folders and GGUF names, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_qwen import CONFIGS, gguf_qwen, qwen, qwen_config
from sfumato.core.refusal import Refusal
from sfumato.models.qwen import Qwen

transformers = pytest.importorskip("transformers")

TINY: dict[str, Any] = {
    "vocab_size": 99,
    "hidden_size": 24,
    "intermediate_size": 37,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 10,
}
REAL = {
    "vocab_size": 151_936,
    "hidden_size": 2560,
    "intermediate_size": 9728,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
}


def reference(values: dict[str, Any]) -> Any:
    return transformers.Qwen3Model(transformers.Qwen3Config(**values))


@pytest.mark.parametrize("tokens", [1, 12, 300])
@pytest.mark.parametrize("side", ["right", "left"])
def test_says_what_transformers_says(tokens: int, side: str) -> None:
    them = alive(reference(TINY | {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4}}))
    config = qwen_config(them.config.to_dict())
    assert config.theta == 1e4
    us = twin(them, Qwen(config), qwen(config))
    ids = torch.randint(0, 99, (3, tokens), generator=torch.Generator().manual_seed(2))
    mask = torch.arange(tokens) < torch.tensor([[tokens], [max(tokens - 5, 1)], [1]])
    mask = mask if side == "right" else mask.flip(1)
    with torch.no_grad():
        wanted = them(ids, mask, output_hidden_states=True)
        said = us(ids, mask)
    close(said.last[mask], wanted.last_hidden_state[mask])
    assert len(said.layers) == len(wanted.hidden_states)
    for ours, theirs in zip(said.layers[:-1], wanted.hidden_states[:-1], strict=True):
        torch.testing.assert_close(ours[mask], theirs[mask], rtol=1e-5, atol=1e-5)


def test_every_naming_is_one_network() -> None:
    them = alive(reference(TINY))
    config = qwen_config(them.config.to_dict())
    ours = dict(to_ours(them.state_dict(), qwen(config), where="folder"))
    gguf = dict(to_theirs(ours, gguf_qwen(config), where="network"))
    same(dict(to_ours(gguf, gguf_qwen(config), where="file")), ours)
    names = ("attn_q", "attn_output", "attn_k_norm", "attn_norm", "ffn_up", "ffn_gate", "ffn_norm")
    assert {f"blk.2.{name}.weight" for name in names} | {"token_embd.weight", "output_norm.weight"} < gguf.keys()
    whole = transformers.Qwen3ForCausalLM(transformers.Qwen3Config(**TINY))
    whole.model.load_state_dict(them.state_dict())
    same(dict(to_ours(whole.state_dict(), qwen(config), where="whole")), ours)


@pytest.mark.parametrize("name", CONFIGS)
def test_real_size(name: str) -> None:
    config = CONFIGS[name]
    with torch.device("meta"):
        them = reference(REAL)
        us = twin(them, Qwen(config), qwen(config))
    assert qwen_config(them.config.to_dict()) == config
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    assert round(count / 1e6) == 4022


def test_refusals() -> None:
    with pytest.raises(Refusal, match="yarn"):
        qwen_config(TINY | {"rope_scaling": {"rope_type": "yarn", "factor": 4.0}})
