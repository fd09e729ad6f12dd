"""Recipes: each function returns one whole training run, with its command, its cost and what came of it.

The order from nothing: ``codec``, then ``painter`` (or ``painter_unet``), which reads what ``codec`` left in
``runs/codec/weights``. Every command may be stopped and given again with ``--resume``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from .. import storybook
from ..checkpoints.bundle import WEIGHTS, Defaults, Part, Parts, Sizes, Spec, write_bundle
from ..checkpoints.file import read_tensors
from ..core.config import to_json
from ..core.disk import sha256
from ..data.latents import Latents
from ..data.pairs import Pairs
from ..data.plans import Plans
from ..evaluation.names import config
from ..models.autoencoder import Autoencoder, AutoencoderConfig
from ..models.dit import DiT, DiTConfig
from ..models.text import TextConfig, TextTransformer
from ..models.tokenizer import Tokenizer, train_tokenizer
from ..models.tower import PictureTower, TowerConfig
from ..models.unet import UNet, UNetConfig
from ..pipeline.load import load
from .codec import CodecLoss, CodecTask, load_codec
from .contrast import ContrastTask
from .judge import JudgeTask
from .painter import Lesson, PainterTask
from .task import Cadence, Run, TrainingError

RUNS = Path("runs")
EYES = RUNS / "codec/weights/codec.safetensors"
CODEC = AutoencoderConfig(channels=32)
TEXT = TextConfig(vocabulary=1536, length=56)  # some 750 words; the longest captions have 40 of them
SCENES = 30_000  # distinct pictures; each is told anew every time it is seen
Sizing = Mapping[tuple[int, int], tuple[float, int]]  # (width, height) -> share of the steps, distinct pictures
ONE_SIZE: Sizing = {(256, 256): (1.0, SCENES)}
SIZES: Sizing = {
    (256, 256): (0.60, SCENES),
    (128, 128): (0.10, 1000),
    (320, 192): (0.10, 1000),
    (192, 320): (0.10, 1000),
    (384, 384): (0.06, 600),
    (512, 512): (0.04, 300),
}


def codec() -> Run:
    """The autoencoder from nothing: ``sfumato train codec``.

    20 minutes on two CPU cores without AMX (2026-11-21): 25.6 dB on held-out pictures.
    """
    return Run(
        name="codec",
        task=partial(CodecTask, CODEC, CodecLoss(), crop=128),
        batch=16,
        steps=9000,
        learning_rate=1.2e-3,
        warmup=200,
        cooldown=0.6,
        weight_decay=1e-3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def codec_decoder() -> Run:
    """A better decoder for the same latents, from ``runs/codec``: ``sfumato train codec_decoder``."""
    return Run(
        name="codec_decoder",
        task=partial(CodecTask, CODEC, CodecLoss(), crop=128, start=EYES, frozen_encoder=True),
        batch=8,
        steps=3000,
        learning_rate=1e-3,
        warmup=50,
        cooldown=0.5,
        weight_decay=1e-3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def painter() -> Run:
    """The shipped denoiser, a DiT with its text encoder: ``sfumato train painter``.

    The shipped weights learned the storybook's version 2 in several runs that LOG.md tells of: 382k pictures at this
    size, of which the last 144k with plans (two CPU cores, 2026-11-21). No score yet, there is no judge.
    """
    return Run(
        name="painter",
        task=partial(_painter, "storybook", DIT),
        batch=32,
        steps=12_000,
        learning_rate=7e-4,
        warmup=200,
        cooldown=0.6,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
        compile=True,
    )


def painter_sizes() -> Run:
    """The shipped denoiser learns other sizes and shapes, from ``runs/painter``: ``sfumato train painter_sizes``.

    It is also the end of its cooldown: 15 minutes on two CPU cores (2026-11-21), 26k pictures.
    """
    return Run(
        name="painter_sizes",
        task=partial(_painter, "storybook", DIT, sizes=SIZES, start=RUNS / "painter"),
        batch=32,
        steps=800,
        learning_rate=2.4e-4,
        warmup=10,
        cooldown=0.98,
        ema=0.99,
        every=Cadence(log=10, preview=150, save=150),
    )


def painter_unet() -> Run:
    """The same lesson for a U-Net with cross-attention: ``sfumato train painter_unet``. Not run to its end yet."""
    return Run(
        name="painter_unet",
        task=partial(_painter, "storybook-unet", UNET),
        batch=32,
        steps=6500,
        learning_rate=5e-4,
        warmup=200,
        cooldown=0.25,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def text() -> Run:
    """The text encoder alone, by contrast with pictures: ``sfumato train text``. Not run to its end yet."""
    return Run(
        name="text",
        task=_contrast,
        batch=64,
        steps=3000,
        learning_rate=5e-4,
        warmup=200,
        cooldown=0.3,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=500),
    )


def judge() -> Run:
    """The judge of `sfumato evaluate storybook`, a convolutional detector: ``sfumato train judge``.

    Some 33 pictures/s on two CPU cores with nothing beside (2026-11-21): half an hour. Not run to its end yet.
    """
    return Run(
        name="judge",
        task=partial(_judge, "convolutions", seed=0),
        batch=16,
        steps=4000,
        learning_rate=1.2e-3,
        warmup=100,
        cooldown=0.6,
        weight_decay=0.02,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=200),
    )


def judge_second() -> Run:
    """Another judge, a vision transformer that sees other scenes: ``sfumato train judge_second``. Not run yet."""
    return Run(
        name="judge_second",
        task=partial(_judge, "transformer", seed=1),
        batch=16,
        steps=4000,
        learning_rate=1e-3,
        warmup=200,
        cooldown=0.5,
        weight_decay=0.05,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=200),
    )


DIT = DiTConfig(text=TEXT.width)
UNET = UNetConfig(text=TEXT.width)
RECIPES: dict[str, Callable[[], Run]] = {
    "codec": codec,
    "codec_decoder": codec_decoder,
    "painter": painter,
    "painter_sizes": painter_sizes,
    "painter_unet": painter_unet,
    "text": text,
    "judge": judge,
    "judge_second": judge_second,
}


def _painter(
    name: str, network: DiTConfig | UNetConfig, *, sizes: Sizing = ONE_SIZE, start: Path | None = None
) -> PainterTask:
    """Everything around a denoiser: tokenizer and latents are made here the first time, then read from ``runs/``."""
    eyes, words, text = load_codec(EYES, CODEC), _words(), TextTransformer(TEXT)
    denoiser: nn.Module = DiT(network) if isinstance(network, DiTConfig) else UNet(network)
    kind = "dit" if isinstance(network, DiTConfig) else "unet"
    if start is not None:
        for part, module in (("text", text), ("denoiser", denoiser)):
            module.load_state_dict(_shipped(start / "weights", part))
    made_by = f"v{storybook.VERSION}-{sha256(EYES)[:8]}"  # latents of another world or codec are not these
    side = Autoencoder.factor * network.patch if isinstance(network, DiTConfig) else None  # of a patch, in pixels
    lessons = [
        Lesson(
            share,
            Latents(RUNS / "latents", eyes, Pairs(), count=count, size=size, name=made_by),
            Plans(RUNS / "latents", Pairs(), count=count, size=size, side=side) if side else None,
        )
        for size, (share, count) in sizes.items()
    ]

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        spec = Spec(
            name=name,
            parts=Parts(
                Part("text_transformer", to_json(TEXT)),
                Part("autoencoder", to_json(CODEC)),
                Part(kind, to_json(network)),
            ),
            process="flow",
            prediction="velocity",
            defaults=Defaults(size=(256, 256), steps=20, guidance=4.0, sampler="dpmpp_2m", schedule="uniform"),
            sizes=Sizes(least=128, most=512, multiple=32),
            words=tuple(sorted(storybook.WORDS())),
        )
        write_bundle(folder, spec, {**dict(modules.items()), "codec": _shipped_codec(eyes)}, words)

    return PainterTask(
        denoiser=denoiser,
        text=text,
        tokenizer=Tokenizer(words),
        codec=eyes,
        lessons=lessons,
        ship=ship,
    )


def _contrast() -> ContrastTask:
    text = TextTransformer(TEXT)
    return ContrastTask(text=text, tower=PictureTower(TowerConfig()), width=256, tokenizer=Tokenizer(_words()))


def _judge(trunk: Literal["convolutions", "transformer"], *, seed: int) -> JudgeTask:
    """A judge sees what the codec in ``runs/`` makes of pictures; before there is one, what the shipped one does."""
    codec = load_codec(EYES, CODEC) if EYES.is_file() else load("storybook", dtype="float32").bundle.codec
    return JudgeTask(config(trunk), codec=codec, seed=seed)


def _words() -> Path:
    """The tokenizer of our captions, learned the first time it is needed."""
    path, pairs = RUNS / "tokenizer.json", Pairs()
    if not path.exists():
        train_tokenizer((pairs.caption(i, i) for i in range(20_000)), path, size=TEXT.vocabulary)
    return path


def _shipped(folder: Path, part: str) -> dict[str, Tensor]:
    """One part of the weights that an earlier run shipped, as float32."""
    tensors = read_tensors(folder / WEIGHTS)
    return {k.removeprefix(f"{part}."): v.float() for k, v in tensors.items() if k.startswith(f"{part}.")}


def _shipped_codec(trained_with: Autoencoder) -> Autoencoder:
    """The codec with the better decoder, if one was trained since for the same encoder."""
    better = RUNS / "codec_decoder/weights/codec.safetensors"
    if not better.exists():
        return trained_with
    codec = load_codec(better, CODEC)
    known = trained_with.encoder.state_dict()
    if not all(torch.equal(value, known[name]) for name, value in codec.encoder.state_dict().items()):
        raise TrainingError(f"{better} belongs to another encoder: train codec_decoder again, or remove it")
    return codec
