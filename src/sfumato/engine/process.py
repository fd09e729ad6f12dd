"""How noise is added: variance exploding, variance preserving and flow, each with its own time <-> Level."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import torch
from torch import Tensor

from sfumato.core.level import Level


class Process(Protocol):
    """A way from picture to noise, walked by a time that grows with the noise.

    ``time`` is what schedules count in: an index, a sigma, a flow time. ``clock`` is what the network is fed. ``time``
    looks only at sigma / alpha, so a level of another process is understood: it is how one family's schedule or draw
    serves another. Arithmetic is float64 inside, because sqrt(1 - alpha^2) loses its digits in float32 near alpha 1;
    the answer has the dtype of the question.
    """

    @property
    def clean(self) -> float:
        """The time of the clean picture, where sigma is 0."""

    @property
    def first(self) -> float:
        """The least noisy time the network knows."""

    @property
    def last(self) -> float:
        """The noisiest time, where sampling starts."""

    @property
    def whole(self) -> bool:
        """True if the network was taught whole times only (a table of timesteps)."""

    def level(self, time: Tensor, /) -> Level: ...

    def time(self, level: Level, /) -> Tensor: ...

    def clock(self, level: Level, /) -> Tensor: ...

    def scale(self, level: Level, /) -> Tensor:
        """The factor (B,) on the noisy picture before the network sees it."""


def noise_ratio(level: Level) -> Tensor:
    """sigma / alpha in float64, infinite for pure noise: the one number on which all processes agree."""
    return level.sigma.double() / level.alpha.double()


def noise_share(level: Level) -> Tensor:
    """sigma / (alpha + sigma) in float64: from 0 for a clean picture to 1 for pure noise; a flow's own time."""
    return level.sigma.double() / (level.alpha.double() + level.sigma.double())


def shifted(time: Tensor, shift: float) -> Tensor:
    """Flow time pushed towards the noise: sigma / alpha times ``shift`` (SD3, arXiv 2403.03206, eq. 23)."""
    return shift * time / (1 + (shift - 1) * time)


def _as(values: Tensor, like: Tensor) -> Tensor:
    return values.to(like.dtype if like.is_floating_point() else torch.float32)


@dataclass(frozen=True)
class Flow:
    """The straight path ``x = (1 - t) x0 + t noise`` (arXiv 2210.02747, 2209.03003).

    ``shift`` bends the schedule, never the path: the network is fed ``units`` times the sigma of the level, shifted or
    not. ``first`` is counted before the shift.
    """

    shift: float = 1.0
    units: float = 1000.0
    first: float = 1e-3
    last: float = 1.0
    clean: float = 0.0
    whole: bool = False

    def level(self, time: Tensor) -> Level:
        sigma = shifted(time.double(), self.shift)
        return Level(_as(1 - sigma, time), _as(sigma, time))

    def time(self, level: Level) -> Tensor:
        return _as(shifted(noise_share(level), 1 / self.shift), level.sigma)

    def clock(self, level: Level) -> Tensor:
        return _as(self.units * noise_share(level), level.sigma)

    def scale(self, level: Level) -> Tensor:
        return torch.ones_like(level.sigma)


Betas = Literal["linear", "scaled_linear", "cosine"]

# Pure noise has an infinite ratio, which cannot be interpolated; beyond this one (2^24, the end of float32) alpha is 0.
_ENDLESS = 24 * math.log(2)


@lru_cache(maxsize=32)
def _table(betas: Betas, low: float, high: float, steps: int, zero_terminal: bool) -> Tensor:
    """log(sigma / alpha) of every timestep, float64 ``(steps,)``."""
    if betas == "linear":  # DDPM, arXiv 2006.11239, section 4
        beta = torch.linspace(low, high, steps, dtype=torch.float64)
    elif betas == "scaled_linear":  # latent diffusion, arXiv 2112.10752
        beta = torch.linspace(low**0.5, high**0.5, steps, dtype=torch.float64) ** 2
    else:  # arXiv 2102.09672, eq. 17; no beta above 0.999
        kept = torch.cos((torch.arange(steps + 1, dtype=torch.float64) / steps + 0.008) / 1.008 * math.pi / 2) ** 2
        beta = (1 - kept[1:] / kept[:-1]).clamp(max=0.999)
    alpha = (1 - beta).cumprod(0).sqrt()
    if zero_terminal:  # arXiv 2305.08891, algorithm 1: the last step holds no picture, the first stays as it is
        alpha = (alpha - alpha[-1]) * alpha[0] / (alpha[0] - alpha[-1])
    return ((1 - alpha**2).sqrt() / alpha).log().clamp(max=_ENDLESS)


def _preserving(log_ratio: Tensor, like: Tensor) -> Level:
    """The level with alpha^2 + sigma^2 = 1 and this log(sigma / alpha)."""
    alpha = torch.sigmoid(-2 * log_ratio).sqrt().where(log_ratio < _ENDLESS, 0.0)
    return Level(_as(alpha, like), _as(torch.sigmoid(2 * log_ratio).sqrt(), like))


@dataclass(frozen=True)
class VP:
    """A table of ``steps`` timesteps with alpha^2 + sigma^2 = 1; the network is fed the index, fractions allowed.

    Between two entries log(sigma / alpha) is interpolated, as is usual for fractional timesteps.
    """

    betas: Betas = "scaled_linear"
    low: float = 0.00085
    high: float = 0.012
    steps: int = 1000
    zero_terminal: bool = False
    first: float = 0.0
    clean: float = -1.0
    whole: bool = True

    @property
    def last(self) -> float:
        return self.steps - 1.0

    def level(self, time: Tensor) -> Level:
        table = self._ratios(time)
        index = time.double().clamp(0, self.last)
        below = index.floor().long().clamp(max=self.steps - 2)
        return _preserving(torch.lerp(table[below], table[below + 1], index - below), time)

    def time(self, level: Level) -> Tensor:
        table = self._ratios(level.sigma)
        wanted = noise_ratio(level).log().clamp(table[0], table[-1])
        above = torch.searchsorted(table, wanted).clamp(1, self.steps - 1)
        left, right = table[above - 1], table[above]
        return _as(above - 1 + (wanted - left) / (right - left), level.sigma)

    def clock(self, level: Level) -> Tensor:
        return self.time(level)

    def scale(self, level: Level) -> Tensor:
        return torch.ones_like(level.sigma)

    def _ratios(self, like: Tensor) -> Tensor:
        return _table(self.betas, self.low, self.high, self.steps, self.zero_terminal).to(like.device)


@dataclass(frozen=True)
class ContinuousVP:
    """alpha^2 + sigma^2 = 1 with a time in [0, 1]; ``low`` and ``high`` are the ends of beta(t) (arXiv 2011.13456).

    ``cosine`` is the plain one, alpha = cos(pi t / 2), and ends in pure noise. The network is fed ``units`` times t.
    """

    betas: Betas = "linear"
    low: float = 0.1
    high: float = 20.0
    units: float = 1000.0
    first: float = 1e-3
    last: float = 1.0
    clean: float = 0.0
    whole: bool = False

    def level(self, time: Tensor) -> Level:
        t = time.double()
        if self.betas == "cosine":
            angle = t * math.pi / 2
            return Level(_as(angle.cos().where(t < 1, 0.0), time), _as(angle.sin(), time))
        spent = self._spent(t)  # the integral of beta up to t; alpha^2 = exp(-spent)
        return Level(_as((-spent / 2).exp(), time), _as((-torch.expm1(-spent)).sqrt(), time))

    def time(self, level: Level) -> Tensor:
        ratio = noise_ratio(level)
        if self.betas == "cosine":
            return _as(torch.atan(ratio) * 2 / math.pi, level.sigma)
        spent = torch.log1p(ratio**2).clamp(max=float(self._spent(torch.tensor(1.0).double())))
        if self.betas == "linear":
            rise = self.high - self.low
            return _as(2 * spent / (self.low + (self.low**2 + 2 * rise * spent).sqrt()), level.sigma)
        a, rise = math.sqrt(self.low), math.sqrt(self.high) - math.sqrt(self.low)
        return _as(((3 * rise * spent + a**3) ** (1 / 3) - a) / rise, level.sigma)

    def clock(self, level: Level) -> Tensor:
        return self.units * self.time(level)

    def scale(self, level: Level) -> Tensor:
        return torch.ones_like(level.sigma)

    def _spent(self, t: Tensor) -> Tensor:
        if self.betas == "linear":
            return self.low * t + (self.high - self.low) * t**2 / 2
        a, rise = math.sqrt(self.low), math.sqrt(self.high) - math.sqrt(self.low)
        return ((a + rise * t) ** 3 - a**3) / (3 * rise)


@dataclass(frozen=True)
class VE:
    """``x = x0 + sigma noise`` (EDM, arXiv 2206.00364): time is sigma, the network is fed log(sigma) / 4.

    ``spread`` is the standard deviation of the data; the input is divided by sqrt(sigma^2 + spread^2), so that the
    network always sees unit variance.
    """

    spread: float = 1.0
    first: float = 0.002
    last: float = 80.0
    clean: float = 0.0
    whole: bool = False

    def level(self, time: Tensor) -> Level:
        return Level(_as(torch.ones_like(time), time), _as(time, time))

    def time(self, level: Level) -> Tensor:
        return _as(noise_ratio(level), level.sigma)

    def clock(self, level: Level) -> Tensor:
        return _as(noise_ratio(level).log() / 4, level.sigma)

    def scale(self, level: Level) -> Tensor:
        return (level.sigma**2 + (self.spread * level.alpha) ** 2).rsqrt()
