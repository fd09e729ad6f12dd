"""A small version of everything, from nothing, in the minutes there are: codec, latents, painter, scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from ..models.autoencoder import AutoencoderConfig
from ..models.dit import DiTConfig
from ..models.text import TextConfig
from .codec import CodecLoss, CodecTask
from .measure import measure
from .recipes import Setting, painter_task
from .task import Cadence, Run
from .timed import train_for

# Of the minutes; the rest is for tokenizer and latents, which come first in the painter's own time, and for measuring.
CODEC_SHARE, PAINTER_SHARE = 0.27, 0.68


@dataclass(frozen=True)
class Size:
    """How small: the networks, and how many distinct scenes and captions they learn from."""

    codec: AutoencoderConfig
    text: TextConfig
    painter: DiTConfig
    scenes: int
    tellings: int
    measured: int
    prompts: int


# Less width gains little: at 192 and six blocks a step of 32 takes 0.46 s, at 256 and eight 0.54 (2026-11-21).
SMALL: Final = Size(
    codec=AutoencoderConfig(channels=16),
    text=TextConfig(vocabulary=1536, length=56, depth=2),
    painter=DiTConfig(channels=16),
    scenes=4000,
    tellings=4000,
    measured=64,
    prompts=10,
)


def codec(size: Size) -> Run:
    """The autoencoder of the small version."""
    return Run(
        name="codec",
        task=partial(CodecTask, size.codec, CodecLoss(), crop=128),
        batch=16,
        steps=0,
        learning_rate=1.5e-3,
        warmup=50,
        weight_decay=1e-3,
        ema=0.995,
        every=Cadence(log=20, preview=120, save=60, unit="seconds"),
    )


def painter(size: Size, root: Path) -> Run:
    """The painter of the small version, on what ``codec`` left under ``root``."""
    setting = Setting(runs=root, codec=size.codec, text=size.text, tellings=size.tellings)
    return Run(
        name="painter",
        task=partial(painter_task, "small", size.painter, sizes={(256, 256): (1.0, size.scenes)}, setting=setting),
        batch=32,
        steps=0,
        learning_rate=1e-3,
        warmup=100,
        ema=0.995,
        every=Cadence(log=20, preview=120, save=60, unit="seconds"),
    )


def train_small(
    root: Path, *, minutes: float, resume: bool, size: Size = SMALL, console: Console | None = None
) -> tuple[Path, Mapping[str, float]] | None:
    """Train the small version under ``root`` for ``minutes`` in all; its folder and scores, None if interrupted.

    Given again with ``resume`` it goes on where it stopped, in whichever stage that was.
    """
    stages = (("codec", CODEC_SHARE, codec(size)), ("painter", PAINTER_SHARE, painter(size, root)))
    for name, share, run in stages:
        begun = resume or name != "codec"
        *_, report = train_for(run, root / name, minutes=share * minutes, resume=begun, console=console)
        if report.ended == "interrupted":
            return None
    return report.weights, measure(report.weights, count=size.measured, prompts=size.prompts).row()
