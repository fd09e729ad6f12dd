"""A small version of everything, from nothing, in the minutes there are: codec, writer, painter, scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from ..models.autoencoder import AutoencoderConfig
from ..models.dit import DiTConfig
from ..models.layout import LayoutDiTConfig
from ..models.text import TextConfig
from ..models.writer import WriterConfig
from .codec import CodecLoss, CodecTask
from .measure import measure
from .recipes import LAID_OUT, Pages, Setting, layout_task, writer_task
from .task import Cadence, Run
from .timed import train_for

# Of the minutes; the rest is for measuring. Tokenizer, layouts and latents come first in the time of who needs them.
CODEC_SHARE, WRITER_SHARE, PAINTER_SHARE = 0.2, 0.2, 0.53


@dataclass(frozen=True)
class Size:
    """How small: the networks, and how many distinct scenes and captions they learn from."""

    codec: AutoencoderConfig
    text: TextConfig
    writer: WriterConfig
    painter: LayoutDiTConfig
    pages: Pages
    layouts: int
    tellings: int
    measured: int
    prompts: int


SMALL: Final = Size(
    codec=AutoencoderConfig(channels=16),
    text=TextConfig(vocabulary=1536, length=56, width=192, depth=2, rotary=True),
    writer=WriterConfig(text=192, width=192, depth=3),
    painter=LayoutDiTConfig(DiTConfig(channels=16, width=192, depth=4, text=192, rim=96, beside=96), inner=192),
    pages={"flat": (1.0, 4000)},
    layouts=8000,
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


def writer(size: Size, root: Path) -> Run:
    """The writer of the small version, which makes layouts of prompts."""
    return Run(
        name="writer",
        task=partial(writer_task, size.writer, count=size.layouts, setting=_setting(size, root)),
        batch=32,
        steps=0,
        learning_rate=1.5e-3,
        warmup=50,
        ema=0.995,
        every=Cadence(log=20, preview=0, save=60, unit="seconds"),
    )


def painter(size: Size, root: Path) -> Run:
    """The painter of the small version, on what ``codec`` and ``writer`` left under ``root``."""
    usual = replace(LAID_OUT, size=(256, 256), steps=20)  # as its scores were measured
    told = partial(layout_task, "small", size.painter, pages=size.pages, writer=size.writer, usual=usual)
    return Run(
        name="painter",
        task=partial(told, setting=_setting(size, root)),
        batch=16,
        steps=0,
        learning_rate=1.2e-3,
        warmup=100,
        ema=0.995,
        every=Cadence(log=20, preview=120, save=60, unit="seconds"),
    )


def _setting(size: Size, root: Path) -> Setting:
    return Setting(runs=root, codec=size.codec, text=size.text, tellings=size.tellings)


def train_small(
    root: Path, *, minutes: float, resume: bool, size: Size = SMALL, console: Console | None = None
) -> tuple[Path, Mapping[str, float]] | None:
    """Train the small version under ``root`` for ``minutes`` in all; its folder and scores, None if interrupted.

    Given again with ``resume`` it goes on where it stopped, in whichever stage that was.
    """
    stages = (
        ("codec", CODEC_SHARE, codec(size)),
        ("writer", WRITER_SHARE, writer(size, root)),
        ("painter", PAINTER_SHARE, painter(size, root)),
    )
    for name, share, run in stages:
        begun = resume or name != "codec"
        *_, report = train_for(run, root / name, minutes=share * minutes, resume=begun, console=console)
        if report.ended == "interrupted":
            return None
    return report.weights, measure(report.weights, count=size.measured, prompts=size.prompts).row()
