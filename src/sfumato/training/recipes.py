"""Recipes: each function returns one whole training run, with its command, its cost and what came of it.

The order from nothing: ``codec``, then ``painter`` (or ``painter_unet``), which reads what ``codec`` left in
``runs/codec/weights``. Every command may be stopped and given again with ``--resume``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import nn

from .. import storybook
from ..checkpoints.bundle import Defaults, Part, Parts, Sizes, Spec, write_bundle
from ..core.config import to_json
from ..data.latents import Latents
from ..data.pairs import Pairs
from ..models.autoencoder import Autoencoder, AutoencoderConfig
from ..models.dit import DiT, DiTConfig
from ..models.text import TextConfig, TextTransformer
from ..models.tokenizer import Tokenizer, train_tokenizer
from ..models.unet import UNet, UNetConfig
from .codec import CodecLoss, CodecTask, load_codec
from .painter import PainterTask
from .task import Cadence, Run

RUNS = Path("runs")
CODEC = AutoencoderConfig()
TEXT = TextConfig(vocabulary=768, length=36)
SCENES = 24_000  # distinct pictures; each is told anew every time it is seen


def codec() -> Run:
    """The autoencoder from nothing: ``sfumato train codec``."""
    return Run(
        name="codec",
        task=lambda: CodecTask(CODEC, CodecLoss(), crop=128),
        batch=8,
        steps=2000,
        learning_rate=1.5e-3,
        warmup=100,
        cooldown=0.3,
        weight_decay=1e-3,
        ema=0.995,
        every=Cadence(log=20, preview=250, save=250),
    )


def codec_decoder() -> Run:
    """A better decoder for the same latents, from ``runs/codec``: ``sfumato train codec_decoder``."""
    return Run(
        name="codec_decoder",
        task=lambda: CodecTask(CODEC, CodecLoss(), crop=128, start=RUNS / "codec/weights/codec.safetensors",
                               frozen_encoder=True),
        batch=8,
        steps=3000,
        learning_rate=1e-3,
        warmup=50,
        cooldown=0.5,
        weight_decay=1e-3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )  # fmt: skip


def painter() -> Run:
    """The shipped denoiser, a DiT with its text encoder: ``sfumato train painter``."""
    return Run(
        name="painter",
        task=lambda: _painter("storybook", DiT(DIT), Part("dit", to_json(DIT))),
        batch=32,
        steps=6500,
        learning_rate=1e-3,
        warmup=200,
        cooldown=0.25,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
        compile=True,
    )


def painter_unet() -> Run:
    """The same lesson for a U-Net with cross-attention: ``sfumato train painter_unet``."""
    return Run(
        name="painter_unet",
        task=lambda: _painter("storybook-unet", UNet(UNET), Part("unet", to_json(UNET))),
        batch=32,
        steps=6500,
        learning_rate=5e-4,
        warmup=200,
        cooldown=0.25,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


DIT = DiTConfig(text=TEXT.width)
UNET = UNetConfig(text=TEXT.width)
RECIPES: dict[str, Callable[[], Run]] = {
    "codec": codec,
    "codec_decoder": codec_decoder,
    "painter": painter,
    "painter_unet": painter_unet,
}


def _painter(name: str, denoiser: nn.Module, part: Part) -> PainterTask:
    """Everything around a denoiser: tokenizer and latents are made here the first time, then read from ``runs/``."""
    pairs, eyes = Pairs(), load_codec(RUNS / "codec/weights/codec.safetensors", CODEC)
    words = RUNS / "tokenizer.json"
    if not words.exists():
        train_tokenizer((pairs.caption(i, i) for i in range(20_000)), words, size=TEXT.vocabulary)
    latents = Latents(RUNS / "latents", eyes, pairs, count=SCENES, size=(256, 256), name=f"v{storybook.VERSION}")

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        spec = Spec(
            name=name,
            parts=Parts(Part("text_transformer", to_json(TEXT)), Part("autoencoder", to_json(CODEC)), part),
            process="flow",
            prediction="velocity",
            defaults=Defaults(size=(256, 256), steps=24, guidance=3.0, sampler="dpmpp_2m", schedule="uniform"),
            sizes=Sizes(least=128, most=512, multiple=32),
            words=tuple(sorted(storybook.WORDS())),
        )
        write_bundle(folder, spec, {**dict(modules.items()), "codec": _shipped_codec(eyes)}, words)

    return PainterTask(
        denoiser=denoiser,
        text=TextTransformer(TEXT),
        tokenizer=Tokenizer(words),
        codec=eyes,
        latents=[(1.0, latents)],
        ship=ship,
    )


def _shipped_codec(trained_with: Autoencoder) -> Autoencoder:
    """The codec with the better decoder, if one was trained since for the same encoder."""
    better = RUNS / "codec_decoder/weights/codec.safetensors"
    return load_codec(better, CODEC) if better.exists() else trained_with
