"""The measured order of every sampler against the declared one, in float64, on data with a closed form."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from oracle import Basis, Gaussian, Still, doubles
from sfumato.core.level import Level
from sfumato.engine import loop, sampler
from sfumato.engine.process import VE, VP, ContinuousVP, Flow, Process
from sfumato.engine.sampler import SAMPLERS

MEAN, STD = 0.3, 0.5
GAUSSIAN = Gaussian(
    torch.tensor(MEAN, dtype=torch.float64), torch.tensor([0.3, 0.5, 2.0], dtype=torch.float64).view(1, 3, 1, 1)
)

# Smooth lists of float64 levels between two levels that all samplers can start and end at.
SPANS: dict[str, tuple[Process, float, float]] = {
    "flow": (Flow(), 0.95, 0.05),
    "flow shifted": (Flow(shift=3.0), 0.85, 0.05),
    "vp linear": (ContinuousVP(), 0.6, 0.05),
    "vp cosine": (ContinuousVP(betas="cosine"), 0.95, 0.05),
    "ve": (VE(), math.log(20.0), math.log(0.05)),
}
# Orders are read off between these step counts: fine enough for the slope to settle, above the floor of float64.
COUNTS = (40, 80)
FINE = (100, 200)  # third order shows late


def levels(name: str, steps: int) -> list[Level]:
    process, start, end = SPANS[name]
    times = torch.linspace(start, end, steps + 1, dtype=torch.float64)
    return doubles(process, times.exp() if name == "ve" else times)


def slope(errors: list[float]) -> float:
    return math.log2(errors[-2] / errors[-1])


def flow_error(name: str, step: loop.Step, steps: int) -> float:
    """Distance from the exact end of the probability flow."""
    path = levels(name, steps)
    x = torch.linspace(-2, 2, 12, dtype=torch.float64).view(1, 3, 2, 2)
    return float((loop.sample(GAUSSIAN, x, path, step, Still()) - GAUSSIAN.at(x, path[0], path[-1])).abs().max())


def law_errors(name: str, step: loop.Step, steps: int) -> tuple[float, float]:
    """Errors of the mean and of the variance of what a stochastic sampler makes, both exact (no sampling)."""
    path = levels(name, steps)
    alpha, sigma, alpha_end, sigma_end = (float(v) for level in (path[0], path[-1]) for v in (level.alpha, level.sigma))
    centred = Gaussian(torch.tensor(0.0, dtype=torch.float64), torch.tensor(STD, dtype=torch.float64))
    x = torch.zeros(1, 1, 1, steps + 1, dtype=torch.float64)
    x[..., 0] = math.sqrt(alpha**2 * STD**2 + sigma**2)
    variance = float((loop.sample(centred, x, path, step, Basis()) ** 2).sum())
    shifted = Gaussian(torch.tensor(MEAN, dtype=torch.float64), torch.tensor(STD, dtype=torch.float64))
    # started off the mean: on it, every sampler stays on it
    start = torch.full((1, 1, 1, 1), alpha * MEAN + 1.0, dtype=torch.float64)
    mean = float(loop.sample(shifted, start, path, step, Still()))
    exact = alpha_end * MEAN + reversed_mean(alpha, sigma, alpha_end, sigma_end)
    return abs(mean - exact), abs(variance - alpha_end**2 * STD**2 - sigma_end**2)


def reversed_mean(alpha: float, sigma: float, alpha_end: float, sigma_end: float) -> float:
    """E[x' - alpha' mean | x - alpha mean = 1] of Gaussian data: the covariance over the variance.

    The true reversal is Markov, and x = (alpha / alpha') x' + noise, so the covariance is alpha / alpha' var(x').
    """
    var, var_end = alpha**2 * STD**2 + sigma**2, alpha_end**2 * STD**2 + sigma_end**2
    return alpha / alpha_end * var_end / var


DETERMINISTIC = [s for s in SAMPLERS.values() if not s.stochastic]
STOCHASTIC = [s for s in SAMPLERS.values() if s.stochastic and s.order]


@pytest.mark.parametrize("name", SPANS)
@pytest.mark.parametrize("entry", DETERMINISTIC, ids=lambda s: s.name)
def test_deterministic_samplers_have_their_declared_order(entry: sampler.Sampler, name: str) -> None:
    errors = [flow_error(name, entry.step, steps) for steps in (FINE if entry.order > 2 else COUNTS)]
    assert errors[-1] > 1e-13, "the floor of float64: no slope to read"
    assert slope(errors) == pytest.approx(entry.order, abs=0.3)


@pytest.mark.parametrize("name", SPANS)
@pytest.mark.parametrize("entry", STOCHASTIC, ids=lambda s: s.name)
def test_stochastic_samplers_have_their_declared_weak_order(entry: sampler.Sampler, name: str) -> None:
    errors = [law_errors(name, entry.step, steps) for steps in COUNTS]
    # Without its noise a stochastic sampler follows the conditional mean, which for Gaussian data has no error at all.
    assert max(mean for mean, _ in errors) < 1e-13
    assert slope([variance for _, variance in errors]) == pytest.approx(entry.order, abs=0.3)


def test_lcm_does_not_get_better_with_more_steps_and_says_so() -> None:
    assert SAMPLERS["lcm"].order == 0
    variances = [law_errors("flow", sampler.lcm, steps)[1] for steps in COUNTS]
    assert abs(slope(variances)) < 0.2


def test_more_steps_help_from_pure_noise_to_a_clean_picture() -> None:
    # The ends are where orders break (alpha 0, sigma 0); what is asked there is that errors vanish, not how fast.
    x = torch.linspace(-2, 2, 12, dtype=torch.float64).view(1, 3, 2, 2)
    for process in (Flow(), ContinuousVP(betas="cosine")):
        for entry in DETERMINISTIC:
            errors = []
            for steps in (16, 64):
                path = doubles(process, torch.linspace(1, 0, steps + 1, dtype=torch.float64))
                made = loop.sample(GAUSSIAN, x, path, entry.step, Still())
                errors.append(float((made - GAUSSIAN.at(x, path[0], path[-1])).abs().max()))
            assert errors[1] < errors[0] / 2.5 and errors[1] < 0.1, (process, entry.name, errors)


def test_the_measurement_can_fail() -> None:
    # Heun with the wrong weight on its second slope is of first order, and the ruler must see it.
    def crooked(*args: Tensor) -> tuple[Tensor, None]:
        first, second = sampler.euler(*args)[0], sampler.heun(*args)[0]  # type: ignore[arg-type]
        return first + 0.7 * (second - first), None

    assert slope([flow_error("flow", crooked, steps) for steps in COUNTS]) < 1.3  # type: ignore[arg-type]


@pytest.mark.parametrize("process", [VP(), VP(zero_terminal=True)], ids=["vp", "zero terminal"])
def test_a_thousand_table_steps_are_close_to_the_exact_flow(process: VP) -> None:
    x = torch.linspace(-2, 2, 12, dtype=torch.float64).view(1, 3, 2, 2)
    path = doubles(process, torch.arange(999.0, -1, -1))
    made = loop.sample(GAUSSIAN, x, path, sampler.dpmpp_2m, Still())
    assert float((made - GAUSSIAN.at(x, path[0], path[-1])).abs().max()) < 2e-3
