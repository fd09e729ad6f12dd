"""Samplers: plain functions that carry a picture from one noise level to the next, for every kind of process.

A sampler sees alpha and sigma, never a family, a timestep or a prompt. Its signature is
``(denoise, x, here, there, memory, rng) -> (x, memory)``. Coefficients are float64: they are small differences of
numbers near 1 (sigma'^2 - keep^2, 1 - exp(-h)), one number per picture, so they cost nothing; pictures stay float32.
Rows may be at different levels. Pure noise (alpha 0) may start, sigma 0 may end, and a row that has ended stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from sfumato.core.level import Denoiser, Level, Stream, spread
from sfumato.engine.loop import Step

# ---- the one move that every sampler is made of ---------------------------------------------------------------------


def move(
    x: Tensor, x0: Tensor, here: Level, there: Level, fresh: Tensor | None = None, noise: Tensor | None = None
) -> Tensor:
    """``alpha' x0 + keep n + fresh noise``, where n is the noise in ``x`` and keep^2 + fresh^2 = sigma'^2.

    Without ``fresh`` (B,) it is DDIM with eta 0, which is also Euler's step for flow and for VE.
    """
    alpha, sigma, alpha_next, sigma_next = _doubles(here, there)
    keep = sigma_next if fresh is None else (sigma_next**2 - fresh**2).clamp(min=0).sqrt()
    moved = _rows(keep / sigma, x) * x + _rows(alpha_next - alpha * keep / sigma, x) * x0
    if fresh is not None and noise is not None:
        moved = moved + _rows(fresh, x) * noise
    return torch.where(_rows(sigma > 0, x), moved, x)


def _doubles(here: Level, there: Level) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return here.alpha.double(), here.sigma.double(), there.alpha.double(), there.sigma.double()


def _rows(values: Tensor, x: Tensor) -> Tensor:
    """One float64 number per picture, ready to multiply pictures without making them float64."""
    return spread(values if values.dtype == torch.bool else values.to(x.dtype), x)


def _log_snr(level: Level) -> Tensor:
    """lambda = log(alpha / sigma), the time in which the higher orders think; infinite at both ends."""
    return level.alpha.double().log() - level.sigma.double().log()


# ---- first order ----------------------------------------------------------------------------------------------------


def euler(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
    """The noise in ``x`` is kept and made smaller (DDIM, arXiv 2010.02502, eq. 12 with sigma 0)."""
    return move(x, denoise(x, here), here, there), None


# ---- second order ---------------------------------------------------------------------------------------------------


def heun(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
    """Euler, then the mean of both ends' slopes (EDM, arXiv 2206.00364, algorithm 1); two evaluations.

    The slope is that of x / (alpha + sigma) over sigma / (alpha + sigma), the straight path of flow models: the only
    usual choice that is finite in pure noise too. At sigma' = 0 there is no second slope and Euler's step stays.
    """
    x0 = denoise(x, here)
    guess = move(x, x0, here, there)
    if not (there.sigma > 0).any():
        return guess, None
    alpha, sigma, alpha_next, sigma_next = _doubles(here, there)
    lean = (alpha_next + sigma_next) * (sigma * alpha_next - sigma_next * alpha) / (2 * sigma_next * (alpha + sigma))
    better = guess + _rows(lean, x) * (denoise(guess, there) - x0)
    return torch.where(_rows(sigma_next > 0, x), better, guess), None


class Past(NamedTuple):
    """An earlier estimate and its level. A row at alpha 0 counts as no past: nothing was known there."""

    x0: Tensor
    level: Level


def extrapolated(x0: Tensor, past: Past | None, here: Level, there: Level) -> Tensor:
    """x0 at the middle of the coming step, on the line through the last two (DPM-Solver++, arXiv 2211.01095, alg. 2).

    First order where there is no past, where the past is pure noise, and on the last step to sigma 0.
    """
    if past is None:
        return x0
    step, last_step = _log_snr(there) - _log_snr(here), _log_snr(here) - _log_snr(past.level)
    lean = torch.nan_to_num(step / (2 * last_step), nan=0.0, posinf=0.0, neginf=0.0)
    return x0 + _rows(lean, x0) * (x0 - past.x0)


def dpmpp_2m(
    denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Past | None, rng: Stream
) -> tuple[Tensor, Past]:
    """Euler's step towards an extrapolated picture; one evaluation (DPM-Solver++(2M), arXiv 2211.01095)."""
    x0 = denoise(x, here)
    return move(x, extrapolated(x0, memory, here, there), here, there), Past(x0, here)


# ---- the table ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sampler:
    """A step with what is known of it. ``order`` is measured in the tests; 0 means that more steps do not help."""

    name: str
    step: Step
    order: int
    stochastic: bool


SAMPLERS: dict[str, Sampler] = {
    sampler.name: sampler
    for sampler in (
        Sampler("euler", euler, 1, False),
        Sampler("heun", heun, 2, False),
        Sampler("dpmpp_2m", dpmpp_2m, 2, False),
    )
}
