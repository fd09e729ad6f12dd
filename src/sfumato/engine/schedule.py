"""Which levels to visit: lists from the noisiest level down to sigma 0, one per published spacing.

Levels have one row, which serves every picture of a batch by broadcasting; ``rows`` repeats them where a server mixes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from sfumato.core.level import Level
from sfumato.engine.process import Process, noise_ratio

Levels = list[Level]
Schedule = Callable[[Process, int], Levels]

# Where a process starts in pure noise its ratio is infinite and cannot be spaced; spacing starts from EDM's sigma.
_HIGHEST = 80.0


def _at(process: Process, times: Tensor) -> Levels:
    """Levels at these times (float64, falling), then the clean picture; float32."""
    levels = process.level(times)
    alpha = torch.cat([levels.alpha, torch.ones(1)]).float()
    sigma = torch.cat([levels.sigma, torch.zeros(1)]).float()
    return [Level(a[None], s[None]) for a, s in zip(alpha, sigma, strict=True)]


def _line(start: float, end: float, count: int) -> Tensor:
    return torch.linspace(start, end, count, dtype=torch.float64)


def uniform(process: Process, steps: int) -> Levels:
    """Equal steps of the process's own time, from its last to clean; what flow models use (their shift included)."""
    return _at(process, _line(process.last, process.clean, steps + 1)[:-1])


def trailing(process: Process, steps: int) -> Levels:
    """Uniform, on whole timesteps where the network knows no others; starts at the very last (arXiv 2305.08891)."""
    times = _line(process.last, process.clean, steps + 1)[:-1]
    # halves are rounded as counted from the clean picture, as everybody does
    return _at(process, (times - process.clean).round() + process.clean if process.whole else times)


def linspace(process: Process, steps: int, *, spare: int = 0) -> Levels:
    """Equal steps from the last time to the first, both visited, then clean; of ``spare`` steps more the end is cut."""
    times = _line(process.last, process.first, steps + spare)[:steps]
    return _at(process, times.round() if process.whole else times)


def leading(process: Process, steps: int, *, offset: float = 0.0, spare: int = 0) -> Levels:
    """Equal steps counted up from the first time, so the last is never visited; Stable Diffusion has offset 1.

    Of ``spare`` steps more those at the clean end are left out.
    """
    stride = (process.last - process.clean) / (steps + spare)
    stride = math.floor(stride) if process.whole else stride
    numbers = torch.arange(steps + spare - 1, spare - 1, -1, dtype=torch.float64)
    return _at(process, process.first + offset + stride * numbers)


def distilled(process: Process, steps: int, *, taught: int = 50) -> Levels:
    """Some of the ``taught`` times at which a consistency model learned to jump to the end (arXiv 2310.04378)."""
    known = _line(process.last, process.clean, max(taught, steps) + 1)[:-1]
    return _at(process, known[torch.arange(steps) * len(known) // steps])


def karras(process: Process, steps: int, *, rho: float = 7.0) -> Levels:
    """Equal steps of (sigma / alpha)^(1 / rho) (EDM, arXiv 2206.00364, eq. 5)."""
    low, high = _ends(process)
    return _ratios(process, _line(high ** (1 / rho), low ** (1 / rho), steps) ** rho)


def exponential(process: Process, steps: int) -> Levels:
    """Equal steps of log(sigma / alpha)."""
    low, high = _ends(process)
    return _ratios(process, _line(math.log(high), math.log(low), steps).exp())


def beta(process: Process, steps: int, *, a: float = 0.6, b: float = 0.6) -> Levels:
    """Times at equal quantiles of a Beta(a, b): more of them at both ends (arXiv 2407.12173).

    With ``u = sin(angle)^2`` the density has no pole, so a plain sum inverts it well enough.
    """
    angle = _line(0, math.pi / 2, 8193)
    middle = (angle[1:] + angle[:-1]) / 2
    mass = (middle.sin() ** (2 * a - 1) * middle.cos() ** (2 * b - 1)).cumsum(0)
    wanted = _line(1, 0, steps + 1)[:-1] * mass[-1]
    quantile = angle[1:][torch.searchsorted(mass, wanted).clamp(max=len(mass) - 1)].sin() ** 2
    times = process.clean + (process.last - process.clean) * quantile
    return _at(process, times.round() if process.whole else times)


def _ends(process: Process) -> tuple[float, float]:
    low, high = noise_ratio(process.level(torch.tensor([process.first, process.last], dtype=torch.float64)))
    return float(low), min(float(high), _HIGHEST)


def _ratios(process: Process, ratios: Tensor) -> Levels:
    """Levels with these sigma / alpha, float64, but always starting where the process starts."""
    times = process.time(Level(torch.ones_like(ratios), ratios))
    times[0] = process.last
    return _at(process, times)


SCHEDULES: dict[str, Schedule] = {
    "uniform": uniform,
    "trailing": trailing,
    "linspace": linspace,
    "leading": leading,
    "distilled": distilled,
    "karras": karras,
    "exponential": exponential,
    "beta": beta,
}


def cut(levels: Sequence[Level], strength: float) -> Levels:
    """The last part of a schedule, for a start from a picture (SDEdit, arXiv 2108.01073); 1 keeps all, 0 no step."""
    if not 0 <= strength <= 1:
        raise ValueError(f"strength {strength} is not in [0, 1]")
    steps = len(levels) - 1
    return list(levels[steps - round(steps * strength) :])


def climbing(levels: Sequence[Level], *, jump: int, repeats: int) -> Levels:
    """RePaint (arXiv 2201.09865, algorithm 1): after ``jump`` steps down climb back, ``repeats`` times.

    The climb is one leap, which adds the same noise as single steps. The first stretch is walked once: climbing back to
    pure noise would forget everything. Needs ``sampler.renoising`` around the step.
    """
    path = list(levels[: jump + 1])
    for start in range(jump, len(levels) - 1, jump):
        stretch = list(levels[start : start + jump + 1])
        path += stretch[1:] + stretch * repeats
    return path


def stretched(levels: Sequence[Level], *, terminal: float) -> Levels:
    """A flow schedule pulled so that its last noisy sigma is ``terminal`` (``shift_terminal`` of some flow models)."""
    factor = (1 - terminal) / (1 - levels[-2].sigma)
    noisy = [1 - (1 - level.sigma) * factor for level in levels[:-1]]
    return [*(Level(1 - sigma, sigma) for sigma in noisy), levels[-1]]


def resolution_shift(
    tokens: int, *, low: tuple[int, float] = (256, 0.5), high: tuple[int, float] = (4096, 1.15)
) -> float:
    """The flow shift for a picture of so many tokens: its logarithm is linear between two (tokens, mu) points."""
    slope = (high[1] - low[1]) / (high[0] - low[0])
    return math.exp(low[1] + slope * (tokens - low[0]))


def rows(levels: Sequence[Level], batch: int) -> Levels:
    """The same levels with ``batch`` rows each."""
    return [Level(level.alpha.expand(batch), level.sigma.expand(batch)) for level in levels]
