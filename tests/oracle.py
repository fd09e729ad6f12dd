"""Exact denoisers: data whose posterior mean is known in closed form, so that every answer can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sfumato.core.level import Condition, Denoiser, Level, spread
from sfumato.engine.denoiser import Prediction
from sfumato.engine.process import VE, VP, ContinuousVP, Flow, Process


@dataclass(frozen=True)
class Gaussian:
    """Data N(mean, std^2), every number on its own; ``mean`` and ``std`` broadcast over a picture."""

    mean: Tensor
    std: Tensor

    def __call__(self, x: Tensor, level: Level, /) -> Tensor:
        alpha, sigma = _like(level, x)
        return self.mean + alpha * self.std**2 / self._variance(alpha, sigma) * (x - alpha * self.mean)

    def at(self, x: Tensor, here: Level, there: Level) -> Tensor:
        """Where the probability flow carries ``x``: the standardised picture never changes."""
        alpha, sigma = _like(here, x)
        alpha_next, sigma_next = _like(there, x)
        score = (x - alpha * self.mean) / self._variance(alpha, sigma).sqrt()
        return alpha_next * self.mean + self._variance(alpha_next, sigma_next).sqrt() * score

    def jump(self, x: Tensor, level: Level, /) -> Tensor:
        """The flow's end, as a perfect consistency model knows it."""
        return self.at(x, level, Level(torch.ones_like(level.alpha), torch.zeros_like(level.sigma)))

    def _variance(self, alpha: Tensor, sigma: Tensor) -> Tensor:
        return alpha**2 * self.std**2 + sigma**2


@dataclass(frozen=True)
class Points:
    """Data that is one of a few pictures (K C H W), equally likely; written so that no row feels its neighbours."""

    pictures: Tensor

    def __call__(self, x: Tensor, level: Level, /) -> Tensor:
        alpha, sigma = _like(level, x)
        distance = torch.stack([((x - alpha * p) ** 2).flatten(1).sum(1) for p in self.pictures.to(x.dtype)])
        weight = torch.softmax(-distance / (2 * sigma.flatten() ** 2).clamp(min=1e-12), dim=0)
        return torch.stack([spread(w, x) * p for w, p in zip(weight, self.pictures.to(x.dtype), strict=True)]).sum(0)

    def nearest(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """For each picture: the index of the closest point, and how far it is in the worst number."""
        gap = (x[:, None] - self.pictures.to(x.dtype)).abs().flatten(2).amax(2)
        return gap.argmin(1), gap.amin(1)


def _like(level: Level, x: Tensor) -> tuple[Tensor, Tensor]:
    return spread(level.alpha, x).to(x.dtype), spread(level.sigma, x).to(x.dtype)


@dataclass
class Oracle:
    """A network that says the exact thing in a given language; it gets only what a network gets, and keeps a count.

    The word of the condition (``pooled``) is added to the picture it sees in its mind, which makes words matter.
    """

    denoise: Denoiser
    process: Process
    prediction: Prediction
    calls: int = 0

    def __call__(self, x: Tensor, time: Tensor, condition: Condition, /) -> Tensor:
        self.calls += 1
        assert time.shape == (len(x),)
        level = unclock(self.process, time)
        x = x / spread(self.process.scale(level), x)
        x0 = self.denoise(x, level)
        if condition.pooled is not None:
            x0 = x0 + spread(condition.pooled[:, 0], x)
        noise = torch.where(spread(level.sigma > 0, x), level.noise(x, x0), 0)
        return self.prediction.target(x0, noise, level)


def unclock(process: Process, clock: Tensor) -> Level:
    """The level behind what a network was fed, by the definition of each family (an independent way back)."""
    if isinstance(process, VE):
        return process.level((4 * clock).exp())
    if isinstance(process, Flow):
        sigma = clock / process.units
        return Level(1 - sigma, sigma)
    if isinstance(process, ContinuousVP):
        return process.level(clock / process.units)
    assert isinstance(process, VP)
    return process.level(clock)


class Still:
    """A stream that gives no noise at all: what a stochastic sampler does on average."""

    def __call__(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


class Basis:
    """The k-th draw is the k-th basis vector along the last axis of ``x``.

    A sampler of a linear denoiser is linear in its draws. Fed with this stream it computes its own coefficients, so
    the variance of the result is the sum of their squares: exact, with no sampling at all.
    """

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, x: Tensor) -> Tensor:
        self.drawn += 1
        noise = torch.zeros_like(x)
        noise[..., self.drawn] = 1
        return noise


def doubles(process: Process, times: Sequence[float] | Tensor) -> list[Level]:
    """Float64 levels of one row at these times, for measurements finer than float32."""
    level = process.level(torch.as_tensor(times, dtype=torch.float64))
    return [Level(a[None], s[None]) for a, s in zip(level.alpha, level.sigma, strict=True)]


def points(count: int = 4, *, shape: tuple[int, ...] = (3, 4, 4), seed: int = 0) -> Points:
    return Points(torch.randn(count, *shape, generator=torch.Generator().manual_seed(seed)).sign() * 0.8)
