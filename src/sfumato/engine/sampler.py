"""Samplers: plain functions that carry a picture from one noise level to the next, for every kind of process.

A sampler sees alpha and sigma, never a family, a timestep or a prompt. Its signature is
``(denoise, x, here, there, memory, rng) -> (x, memory)``. Coefficients are float64: they are small differences of
numbers near 1 (sigma'^2 - keep^2, 1 - exp(-h)), one number per picture, so they cost nothing; pictures stay float32.
Rows may be at different levels. Pure noise (alpha 0) may start, sigma 0 may end, and a row that has ended stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from sfumato.core.level import Denoiser, Level, Stream, spread
from sfumato.engine.loop import Step


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


def _weight(values: Tensor, x: Tensor) -> Tensor:
    """A correction's weight; none where it is undefined: next to pure noise, at sigma 0, between two equal levels."""
    return _rows(torch.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), x)


def euler(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
    """The noise in ``x`` is kept and made smaller (DDIM, arXiv 2010.02502, eq. 12 with sigma 0)."""
    return move(x, denoise(x, here), here, there), None


def posterior_std(here: Level, there: Level) -> Tensor:
    """Standard deviation of x' once x and x0 are known, float64 (B,) (DDPM, arXiv 2006.11239, eq. 7)."""
    alpha, sigma, alpha_next, sigma_next = _doubles(here, there)
    kept = (alpha * sigma_next) / (alpha_next * sigma)
    return sigma_next * (1 - kept**2).clamp(min=0).sqrt()


def ancestral(
    denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream
) -> tuple[Tensor, None]:
    """As much fresh noise as the true reversal has: DDPM, and the Euler ancestral sampler of VE models, in one."""
    return move(x, denoise(x, here), here, there, posterior_std(here, there), rng(x)), None


def ddim(*, eta: float) -> Step:
    """Between Euler (eta 0) and ancestral (eta 1) (DDIM, arXiv 2010.02502, eq. 16)."""

    def step(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
        return move(x, denoise(x, here), here, there, eta * posterior_std(here, there), rng(x)), None

    return step


def ddpm(*, wide: bool) -> Step:
    """The posterior of DDPM (arXiv 2006.11239, eq. 6 and 7); ``wide`` takes the forward step's variance instead.

    Wide is right for white data and narrow for a single picture (section 3.2); sigma' = 0 gets no noise in either case.
    """

    def step(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
        alpha, sigma, alpha_next, sigma_next = _doubles(here, there)
        on_x = alpha / alpha_next * (sigma_next / sigma) ** 2
        forward_std = (sigma**2 - (alpha / alpha_next * sigma_next) ** 2).clamp(min=0).sqrt()
        std = forward_std.where(sigma_next > 0, 0.0) if wide else posterior_std(here, there)
        mean = _rows(on_x, x) * x + _rows(alpha_next - alpha * on_x, x) * denoise(x, here)
        return torch.where(_rows(sigma > 0, x), mean + _rows(std, x) * rng(x), x), None

    return step


def lcm(denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: None, rng: Stream) -> tuple[Tensor, None]:
    """All noise fresh, for networks distilled to jump to the end (consistency models, arXiv 2303.01469, alg. 1)."""
    return move(x, denoise(x, here), here, there, there.sigma.double(), rng(x)), None


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
    return x0 + _weight(step / (2 * last_step), x0) * (x0 - past.x0)


def dpmpp_2m(
    denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Past | None, rng: Stream
) -> tuple[Tensor, Past]:
    """Euler's step towards an extrapolated picture; one evaluation (DPM-Solver++(2M), arXiv 2211.01095)."""
    x0 = denoise(x, here)
    return move(x, extrapolated(x0, memory, here, there), here, there), Past(x0, here)


def dpmpp_sde(
    denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Past | None, rng: Stream
) -> tuple[Tensor, Past]:
    """The ancestral step towards an extrapolated picture (SDE-DPM-Solver++(2M), arXiv 2211.01095, eq. 19)."""
    x0 = denoise(x, here)
    best = extrapolated(x0, memory, here, there)
    return move(x, best, here, there, posterior_std(here, there), rng(x)), Past(x0, here)


class Trace(NamedTuple):
    """The last step's start: its picture, estimate and level, and the estimate before it."""

    x: Tensor
    x0: Tensor
    level: Level
    past: Past | None


def unipc(
    denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Trace | None, rng: Stream
) -> tuple[Tensor, Trace]:
    """The 2M step, taken again once its end has been looked at (UniPC-2 with B(h) = e^h - 1, arXiv 2302.04867)."""
    x0 = denoise(x, here)
    x = x if memory is None else corrected(memory, x, x0, here)
    past = None if memory is None else Past(memory.x0, memory.level)
    return move(x, extrapolated(x0, past, here, there), here, there), Trace(x, x0, here, past)


def corrected(trace: Trace, x: Tensor, x0: Tensor, here: Level) -> Tensor:
    """The step from ``trace`` to ``here`` with ``x0``, seen at its end, in the weights (UniC, eq. 3 and appendix E).

    Weights fit a parabola through the three estimates; the first step has two and takes their mean.
    """
    if trace.past is None:
        best = (trace.x0 + x0) / 2
    else:
        step, last_step = _log_snr(here) - _log_snr(trace.level), _log_snr(trace.level) - _log_snr(trace.past.level)
        phi_1 = torch.expm1(-step)
        phi_2 = -phi_1 / step - 1
        phi_3 = -phi_2 / step - 0.5
        bend = (phi_2 - 2 * phi_3) / (phi_1 * (1 + last_step / step))
        best = trace.x0 + _weight(phi_2 / phi_1 - bend, x) * (x0 - trace.x0)
        best = best + _weight(bend * step / last_step, x) * (trace.x0 - trace.past.x0)
    return torch.where(_rows(here.sigma > 0, x), move(trace.x, best, trace.level, here), x)


def renoising(step: Step) -> Step:
    """``step`` for a list of levels that also climbs: upwards, noise is added and the memory is forgotten.

    RePaint (arXiv 2201.09865, eq. 1): the forward process, so no network is asked. Raises ValueError if only some rows
    climb: their noise would no longer be that of a picture made alone.
    """

    def either(
        denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Any, rng: Stream, /
    ) -> tuple[Tensor, Any]:
        alpha, sigma, alpha_next, sigma_next = _doubles(here, there)
        climbs = sigma_next * alpha > sigma * alpha_next
        if not climbs.any():
            return step(denoise, x, here, there, memory, rng)
        if not climbs.all():
            raise ValueError("some rows climb and others do not")
        scale = alpha_next / alpha
        return _rows(scale, x) * x + _rows((sigma_next**2 - (scale * sigma) ** 2).sqrt(), x) * rng(x), None

    return either


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
        Sampler("ancestral", ancestral, 1, True),
        Sampler("ddim", ddim(eta=0.0), 1, False),
        Sampler("ddpm", ddpm(wide=False), 1, True),
        Sampler("lcm", lcm, 0, True),
        Sampler("heun", heun, 2, False),
        Sampler("dpmpp_2m", dpmpp_2m, 2, False),
        Sampler("dpmpp_sde", dpmpp_sde, 2, True),
        Sampler("unipc", unipc, 3, False),
    )
}
