"""Guidance: functions from Denoiser to Denoiser. They look at the level, never count steps, and may be nested."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from sfumato.core.level import Denoiser, Level
from sfumato.engine.denoiser import together


class Rule(Protocol):
    """How two estimates become one: (wanted, unwanted, x, level) -> x0."""

    def __call__(self, wanted: Tensor, unwanted: Tensor, x: Tensor, level: Level, /) -> Tensor: ...


def guided(wanted: Denoiser, unwanted: Denoiser, rule: Rule) -> Denoiser:
    """Away from ``unwanted`` (no words, a negative prompt) to ``wanted``; one batch where both are one network."""

    def denoise(x: Tensor, level: Level, /) -> Tensor:
        yes, no = together([wanted, unwanted], x, level)
        return rule(yes, no, x, level)

    return denoise


def plain(scale: float) -> Rule:
    """Classifier-free guidance (arXiv 2207.12598, eq. 6, in its ``scale = 1 + w`` form): 1 is the wanted one alone."""
    return lambda wanted, unwanted, x, level: unwanted + scale * (wanted - unwanted)
