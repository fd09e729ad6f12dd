"""T5 v1.1: our encoder's states are transformers', from folders and GGUF names, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same
from sfumato.checkpoints.file import fill
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_t5 import CONFIGS, gguf_t5, t5, t5_config
from sfumato.core.refusal import Refusal
from sfumato.models.t5 import T5

transformers = pytest.importorskip("transformers")

TINY: dict[str, Any] = {
    "vocab_size": 99,
    "d_model": 24,
    "d_kv": 7,
    "d_ff": 37,
    "num_layers": 3,
    "num_heads": 4,
    "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": False,
}
BUCKETS = {"relative_attention_num_buckets": 8, "relative_attention_max_distance": 20}


def reference(values: dict[str, Any]) -> Any:
    return transformers.T5EncoderModel(transformers.T5Config(**values))


def twin(them: Any) -> T5:
    """Our encoder with their weights; their table of words goes by two names, of which files hold one."""
    theirs = {name: value for name, value in them.state_dict().items() if name != "encoder.embed_tokens.weight"}
    us, ours = T5(t5_config(them.config.to_dict())), dict(to_ours(theirs, t5(), where="reference"))
    fill(us, ours, where="reference")
    same(dict(to_theirs(ours, t5(), where="ours")), theirs)
    return us.eval()


@pytest.mark.parametrize("buckets", [{}, BUCKETS], ids=["usual", "few"])
@pytest.mark.parametrize("tokens", [1, 12, 300])
def test_says_what_transformers_says(buckets: dict[str, int], tokens: int) -> None:
    them = alive(reference(TINY | buckets))
    us = twin(them)
    rng = torch.Generator().manual_seed(2)
    ids = torch.randint(0, 99, (3, tokens), generator=rng)
    mask = torch.arange(tokens) < torch.tensor([[tokens], [max(tokens - 5, 1)], [1]])
    with torch.no_grad():
        wanted = them(ids, mask, output_hidden_states=True)
        said = us(ids, mask)
    close(said.last, wanted.last_hidden_state)
    assert len(said.layers) == len(wanted.hidden_states)
    for ours, theirs in zip(said.layers[:-1], wanted.hidden_states[:-1], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_every_naming_is_one_network() -> None:
    them = alive(reference(TINY))
    ours = dict(to_ours(them.state_dict(), t5(), where="folder"))
    gguf = dict(to_theirs(ours, gguf_t5(), where="network"))
    same(dict(to_ours(gguf, gguf_t5(), where="file")), ours)
    named = {f"enc.blk.2.{name}.weight" for name in ("attn_q", "attn_o", "attn_norm", "ffn_up", "ffn_gate", "ffn_norm")}
    assert named | {"token_embd.weight", "enc.blk.0.attn_rel_b.weight", "enc.output_norm.weight"} < gguf.keys()
    whole = transformers.T5ForConditionalGeneration(transformers.T5Config(**TINY)).state_dict()
    assert dict(to_ours(whole, t5(), where="whole")).keys() == ours.keys()


@pytest.mark.parametrize("name", CONFIGS)
def test_real_size(name: str) -> None:
    config = CONFIGS[name]
    values = {
        "vocab_size": config.vocabulary,
        "d_model": config.width,
        "d_kv": 64,
        "d_ff": config.inner,
        "num_layers": config.depth,
        "num_heads": config.heads,
    }
    with torch.device("meta"):
        them = reference(TINY | values)
        us = twin(them)
    assert us.config == config
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    wanted = {"t5-xxl": 4762, "t5-xl": 1224, "t5-large": 341, "t5-base": 110, "t5-small": 35}
    assert round(count / 1e6) == wanted[name]


def test_refusals() -> None:
    with pytest.raises(Refusal, match="relu in its MLPs"):
        t5_config(TINY | {"feed_forward_proj": "relu"})
