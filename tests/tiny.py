"""A complete model in miniature: real networks with random weights, written as a bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from sfumato.checkpoints.bundle import Defaults, Part, Parts, Sizes, Spec, write_bundle
from sfumato.core.config import to_json
from sfumato.models.autoencoder import Autoencoder, AutoencoderConfig
from sfumato.models.dit import DiT, DiTConfig
from sfumato.models.text import TextConfig, TextTransformer
from sfumato.models.tokenizer import train_tokenizer

TEXT = TextConfig(vocabulary=300, length=16, width=32, depth=1, heads=2)
CODEC = AutoencoderConfig(
    channels=4, encoder=(16, 16), encoder_blocks=(1, 1), decoder=(16, 16, 16, 16), decoder_blocks=(1, 1, 1, 1)
)
DENOISER = DiTConfig(channels=4, patch=2, width=32, depth=1, heads=2, text=32, extent=2)
WORDS = ("a", "red", "circle", "above", "blue", "square")
SPEC = Spec(
    name="tiny",
    parts=Parts(
        Part("text_transformer", to_json(TEXT)), Part("autoencoder", to_json(CODEC)), Part("dit", to_json(DENOISER))
    ),
    process="flow",
    prediction="velocity",
    defaults=Defaults(size=(64, 64), steps=3, guidance=3.0, sampler="dpmpp_2m", schedule="uniform"),
    sizes=Sizes(least=32, most=128, multiple=32),
    words=WORDS,
)


def modules() -> dict[str, nn.Module]:
    """The networks, no layer at zero: what starts at zero would hide what is behind it."""
    torch.manual_seed(0)
    parts: dict[str, nn.Module] = {
        "text": TextTransformer(TEXT),
        "codec": Autoencoder(CODEC),
        "denoiser": DiT(DENOISER),
    }
    for parameter in parts["denoiser"].parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=0.1)
    with torch.no_grad():  # pictures with contrast
        last = parts["codec"].get_submodule("decoder")[-2]  # type: ignore[index]
        last.weight.mul_(8)
    return parts


def make(folder: Path, parts: dict[str, nn.Module] | None = None, **changes: object) -> Path:
    """Write the bundle, with other networks or another spec if wanted; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    words = folder.parent / f"{folder.name}.tokenizer.json"
    train_tokenizer(["a red circle above a blue square"] * 20, words, size=TEXT.vocabulary)
    spec = replace(SPEC, **changes)  # type: ignore[arg-type]
    write_bundle(folder, spec, parts or modules(), words, card="# Tiny\n\nRandom weights, for tests.\n")
    return folder
