"""The training loss: draw levels, add noise, compare what the network says with what it should say, weigh."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sfumato.core.level import Condition, Level, Network
from sfumato.engine.denoiser import Prediction, Told
from sfumato.engine.process import Process, noise_share

Draw = Callable[[Process, Tensor], Tensor]
Weight = Callable[[Prediction, Level], Tensor]


def chances(batch: int, generator: torch.Generator, *, even: bool = False) -> Tensor:
    """Numbers (B,) in (0, 1) to draw times from, on the CPU.

    ``even`` spreads them over the batch, one in each B-th, which makes the loss less noisy (arXiv 2107.00630, I.1).
    """
    if even:
        drawn = (torch.randperm(batch, generator=generator) + torch.rand(batch, generator=generator)) / batch
    else:
        drawn = torch.rand(batch, generator=generator)
    return drawn.clamp(1e-6, 1 - 1e-6)


def uniform(process: Process, chance: Tensor) -> Tensor:
    """Times (B,) all equally likely; whole ones where the network knows no others."""
    if process.whole:
        return (process.first + chance * (process.last - process.first + 1)).floor().clamp(max=process.last)
    return process.first + chance * (process.last - process.first)


def logit_normal(mean: float, std: float) -> Draw:
    """Mostly middle times (SD3, arXiv 2403.03206, eq. 19), before the process's shift."""

    def draw(process: Process, chance: Tensor) -> Tensor:
        share = torch.sigmoid(mean + std * torch.special.ndtri(chance))
        return process.clean + (process.last - process.clean) * share

    return draw


def lognormal(mean: float, std: float) -> Draw:
    """sigma / alpha with a normal logarithm (EDM, arXiv 2206.00364, table 1: -1.2 and 1.2), for any process.

    For an unshifted flow this is exactly ``logit_normal``, because there sigma / alpha = t / (1 - t).
    """

    def draw(process: Process, chance: Tensor) -> Tensor:
        ratio = torch.exp(mean + std * torch.special.ndtri(chance))
        return process.time(Level(torch.ones_like(ratio), ratio))

    return draw


def plain(prediction: Prediction, level: Level) -> Tensor:
    """Every level counts the same, in the network's own words."""
    return torch.ones_like(level.sigma)


def min_snr(gamma: float) -> Weight:
    """Min-SNR-gamma (arXiv 2303.09556, section 3.4): min(SNR, gamma) on x0, whatever the network says."""

    def weigh(prediction: Prediction, level: Level) -> Tensor:
        # written so that neither end divides by zero: min(SNR, gamma) * sigma^2 = min(alpha^2, gamma sigma^2)
        capped = torch.minimum(level.alpha**2, gamma * level.sigma**2)
        return capped * (prediction.gain(level) / level.sigma.clamp(min=1e-12)) ** 2

    return weigh


def cosmap(prediction: Prediction, level: Level) -> Tensor:
    """SD3's cosmap density as a weight (arXiv 2403.03206, eq. 21): 2 / (pi (1 - 2 t + 2 t^2)) at flow time t."""
    t = noise_share(level).to(level.sigma.dtype)
    return 2 / (torch.pi * (1 - 2 * t + 2 * t**2))


def as_velocity(prediction: Prediction, level: Level) -> Tensor:
    """Whatever the network says, its error counts as that of the velocity it amounts to (JiT, arXiv 2511.13720).

    For flows, where the velocity is (x - x0) / sigma; sigma counts as 0.05 at least, or little noise would be all.
    """
    return (prediction.gain(level) / level.sigma.clamp(min=0.05)) ** 2


def loss(
    network: Network,
    process: Process,
    prediction: Prediction,
    x0: Tensor,
    condition: Condition,
    noise: Tensor,
    time: Tensor,
    *,
    weight: Weight = plain,
    counts: Tensor | None = None,
) -> Tensor:
    """Weighted mean squared error per picture, float32 ``(B,)``; ``x0`` and ``noise`` (B C H W), ``time`` (B,).

    ``counts``, which spreads over (B C H W), says how much errors count by channel and place, if not all the same.
    """
    level = process.level(time)
    said = Told(network, process, prediction, condition).say(level.mix(x0, noise), level)
    error = (said.float() - prediction.target(x0, noise, level).float()) ** 2
    if counts is not None:
        error = error * counts.to(error.device)
    return weight(prediction, level).to(error.device) * error.flatten(1).mean(1)
