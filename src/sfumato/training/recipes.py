"""Recipes: each function returns one whole training run, with its command, its cost and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..models.autoencoder import AutoencoderConfig
from .codec import CodecLoss, CodecTask
from .task import Cadence, Run


def codec() -> Run:
    """The autoencoder from nothing: ``sfumato train codec --out runs/codec``."""
    return Run(
        name="codec",
        task=lambda: CodecTask(AutoencoderConfig(), CodecLoss(), crop=128),
        batch=8,
        steps=2200,
        learning_rate=1.5e-3,
        warmup=100,
        cooldown=0.3,
        weight_decay=1e-3,
        ema=0.995,
        every=Cadence(log=20, preview=250, save=250),
    )


RECIPES: dict[str, Callable[[], Run]] = {"codec": codec}
