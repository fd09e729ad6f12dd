"""The reference's own pipelines in miniature: real networks with random weights, and tokenizers made on the spot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from parity import alive

diffusers: Any = __import__("pytest").importorskip("diffusers")
transformers: Any = __import__("pytest").importorskip("transformers")

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SD_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def clip_tokenizer(folder: Path, *, pad: str = "<|endoftext|>") -> Any:
    """CLIP's tokenizer with a vocabulary of bytes and a few pairs."""
    from tokenizers.pre_tokenizers import ByteLevel

    letters = sorted(ByteLevel.alphabet())
    merges = [("c", "a"), ("ca", "t</w>"), ("a", "n"), ("t", "h"), ("th", "e</w>"), ("o", "n</w>")]
    tokens = [*letters, *(f"{x}</w>" for x in letters), *("".join(pair) for pair in merges)]
    vocabulary = {token: i for i, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    folder.mkdir(parents=True, exist_ok=True)
    return transformers.CLIPTokenizer(
        vocab=vocabulary, merges=merges, model_max_length=77, pad_token=pad, unk_token="<|endoftext|>"
    )


def clip(words: int, *, width: int = 32, projection: int = 0, quick: bool = True) -> nn.Module:
    """CLIP's text half; with ``projection`` the one that has a pooled vector."""
    config = transformers.CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=3,
        projection_dim=projection or 512,
        hidden_act="quick_gelu" if quick else "gelu",
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )
    kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
    return alive(kind(config), 1)


def t5_tokenizer() -> Any:
    """T5's tokenizer with a vocabulary of letters."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((x, -3.0) for x in LETTERS)]
    pieces += [("▁a", -2.5), ("▁the", -4.0), ("cat", -4.5), ("▁on", -4.0)]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0)


def t5(width: int = 32) -> nn.Module:
    config = transformers.T5Config(
        vocab_size=64, d_model=width, d_ff=37, d_kv=8, num_heads=4, num_layers=2, feed_forward_proj="gated-gelu"
    )
    return alive(transformers.T5EncoderModel(config), 2)


def kl(channels: int = 4, *, mixed: bool = True, **values: Any) -> nn.Module:
    return alive(
        diffusers.AutoencoderKL(
            block_out_channels=(8, 8, 16, 16),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            latent_channels=channels,
            norm_num_groups=4,
            use_quant_conv=mixed,
            use_post_quant_conv=mixed,
            **values,
        ),
        3,
    )


def dit() -> Any:
    network = diffusers.DiTTransformer2DModel(
        sample_size=16, num_layers=2, patch_size=2, attention_head_dim=8, num_attention_heads=2, in_channels=4,
        out_channels=8, num_embeds_ada_norm=1000, norm_type="ada_norm_zero", norm_elementwise_affine=False,
        activation_fn="gelu-approximate", attention_bias=True,
    )  # fmt: skip
    scheduler = diffusers.DDIMScheduler(clip_sample=False, prediction_type="epsilon")
    names = {"0": "tench, Tinca tinca", "207": "golden retriever"}
    return diffusers.DiTPipeline(transformer=alive(network), vae=kl(), scheduler=scheduler, id2label=names)
