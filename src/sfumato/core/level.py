"""The words of the engine: noise levels, what a denoiser is, and what a network may be told.

Shape legend, used everywhere: ``B`` pictures in a batch, ``C H W`` channels, height and width of a picture or latent,
``N`` tokens, ``D`` width of a token. Pictures are float32 in [-1, 1]; latents have about unit variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor


@dataclass(frozen=True)
class Level:
    """How much picture and how much noise: ``x = alpha * x0 + sigma * noise``.

    Both are float32 of shape ``(B,)``. In sampling all entries are usually equal; in training they differ; on a server
    each row may be another person's picture at another step. One definition serves all three.
    """

    alpha: Tensor
    sigma: Tensor

    def mix(self, x0: Tensor, noise: Tensor) -> Tensor:
        """The noisy picture at this level, shape of ``x0``."""
        return spread(self.alpha, x0) * x0 + spread(self.sigma, x0) * noise

    def noise(self, x: Tensor, x0: Tensor) -> Tensor:
        """The noise that ``x`` must hold if ``x0`` is the clean picture; undefined at sigma 0."""
        return (x - spread(self.alpha, x) * x0) / spread(self.sigma, x)


def spread(values: Tensor, like: Tensor) -> Tensor:
    """``(B,)`` -> ``(B, 1, 1, ...)`` so that one value per picture multiplies a whole picture."""
    return values.to(like.device).view(-1, *[1] * (like.ndim - 1))


class Denoiser(Protocol):
    """The one thing a sampler may call: ``x`` (B C H W) at a level -> estimate of the clean picture, float32."""

    def __call__(self, x: Tensor, level: Level, /) -> Tensor: ...


class Stream(Protocol):
    """A source of fresh noise: unit-variance float32, shaped like ``x``, on its device."""

    def __call__(self, x: Tensor, /) -> Tensor: ...


@dataclass(frozen=True)
class Condition:
    """What a network is told beside the noisy picture. Every field is optional; a network refuses what it cannot use.

    ``tokens`` (B N D) text states, ``mask`` (B N) true where a token counts, ``pooled`` (B D) one vector per text,
    ``keys`` (B N K) the keys and values that a network has made of the tokens, ``size`` (B S) heights and widths in
    pixels, as SDXL counts them, ``guidance`` (B,) the scale a distilled network paints with, ``label`` (B,) int64, a
    class, ``layout`` (B N F) int64 who stands where (``core/layout.py``), ``beside`` (B S H W) a map under the picture.
    """

    tokens: Tensor | None = None
    mask: Tensor | None = None
    pooled: Tensor | None = None
    keys: Tensor | None = None
    size: Tensor | None = None
    guidance: Tensor | None = None
    label: Tensor | None = None
    layout: Tensor | None = None
    beside: Tensor | None = None

    def __len__(self) -> int:
        return next((len(value) for value in self._present().values()), 0)

    def _present(self) -> dict[str, Tensor]:
        return {f.name: value for f in fields(self) if (value := self.__dict__[f.name]) is not None}

    def expand(self, batch: int) -> Condition:
        """The same words for every picture of a batch; a condition that already has ``batch`` rows is returned."""
        if len(self) == batch:
            return self
        return Condition(**{k: v.expand(batch, *v.shape[1:]) for k, v in self._present().items()})

    @staticmethod
    def concat(conditions: Sequence[Condition]) -> Condition:
        """Rows of several conditions under one another; raises ValueError if they say different kinds of thing."""
        if len({tuple(c._present()) for c in conditions}) > 1:
            raise ValueError("conditions with different fields cannot share a batch")
        return Condition(**{k: torch.cat([c._present()[k] for c in conditions]) for k in conditions[0]._present()})


class Network(Protocol):
    """A network as the engine sees it: noisy picture (B C H W), its own clock (B,), condition -> (B C H W)."""

    def __call__(self, x: Tensor, time: Tensor, condition: Condition, /) -> Tensor: ...


@runtime_checkable
class Remembers(Protocol):
    """A network that can make its keys and values of the words once for all steps, since words do not change."""

    def remember(self, condition: Condition, /) -> Condition: ...


@dataclass(frozen=True)
class States:
    """What a text network makes of token ids: ``layers`` (B N D) after the embedding and after each block, as they are;
    ``last`` the final one normed; ``pooled`` (B D) one vector per text where the network has one."""

    layers: tuple[Tensor, ...]
    last: Tensor
    pooled: Tensor | None = None


class TextNetwork(Protocol):
    """Token ids (B N) int64 and a mask (B N), true where a token counts, -> States."""

    def __call__(self, ids: Tensor, mask: Tensor, /) -> States: ...


class TextEncoder(Protocol):
    """Words -> Condition, one row per text."""

    def __call__(self, texts: Sequence[str], /) -> Condition: ...


class Reader(TextEncoder, Protocol):
    """A text encoder that can say how much of a text it reads."""

    def kept(self, text: str, /) -> int:
        """How many characters of ``text`` are read."""


class Codec(Protocol):
    """Pictures in [-1, 1] <-> latents of unit variance; owns its scale, so nobody else multiplies by a constant."""

    factor: int  # pixels per latent position, along each side
    channels: int

    def encode(self, pixels: Tensor, /) -> Tensor: ...

    def decode(self, latent: Tensor, /) -> Tensor: ...
