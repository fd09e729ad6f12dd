"""From what a network says to the clean picture, and back to what a network should have said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sfumato.core.level import Condition, Denoiser, Level, Network, Remembers, spread
from sfumato.engine.process import Process


@dataclass(frozen=True)
class Prediction:
    """What a network says, as a mixture ``p * x0 + q * noise`` whose parts depend on (alpha, sigma) alone.

    Together with ``x = alpha * x0 + sigma * noise`` that is two equations for two unknowns, so the same line serves
    sampling (what was said -> x0) and training (x0, noise -> what should be said), at any alpha and sigma. ``noise``
    has no answer at alpha 0: there the picture cannot be told from the noise.
    """

    name: str
    parts: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]

    def target(self, x0: Tensor, noise: Tensor, level: Level) -> Tensor:
        """What the network should say; training's target, shape of ``x0``."""
        p, q = self.parts(level.alpha, level.sigma)
        return spread(p, x0) * x0 + spread(q, x0) * noise

    def x0(self, said: Tensor, x: Tensor, level: Level) -> Tensor:
        """The clean picture that explains both ``x`` and what was said (Cramer's rule)."""
        alpha, sigma = level.alpha.double(), level.sigma.double()
        p, q = self.parts(alpha, sigma)
        determinant = alpha * q - sigma * p
        known = (q / determinant).where(determinant != 0, 1 / alpha)  # at sigma 0 the picture itself is the answer
        return spread(known.to(x.dtype), x) * x - spread(self._gain(level).to(x.dtype), x) * said

    def gain(self, level: Level) -> Tensor:
        """How far x0 moves when the network's word moves by one, ``(B,)``: turns one loss weight into another."""
        return self._gain(level).abs().to(level.alpha.dtype)

    def _gain(self, level: Level) -> Tensor:
        alpha, sigma = level.alpha.double(), level.sigma.double()
        p, q = self.parts(alpha, sigma)
        determinant = alpha * q - sigma * p
        return (sigma / determinant).where(determinant != 0, 0.0)


def _v(alpha: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    length = (alpha**2 + sigma**2).sqrt()
    return -sigma / length, alpha / length


def edm(data_std: float) -> Prediction:
    """EDM's preconditioning (arXiv 2206.00364, table 1) for any alpha; with data_std 1 it is -v."""

    def parts(alpha: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        length = ((alpha * data_std) ** 2 + sigma**2).sqrt()
        return sigma / (data_std * length), -alpha * data_std / length

    return Prediction("edm", parts)


PREDICTIONS = {
    prediction.name: prediction
    for prediction in (
        Prediction("noise", lambda alpha, sigma: (torch.zeros_like(alpha), torch.ones_like(alpha))),
        Prediction("x0", lambda alpha, sigma: (torch.ones_like(alpha), torch.zeros_like(alpha))),
        Prediction("v", _v),  # arXiv 2202.00512, section 4
        Prediction("velocity", lambda alpha, sigma: (-torch.ones_like(alpha), torch.ones_like(alpha))),
    )
}


@dataclass(frozen=True)
class Told:
    """A network that has been told something: a Denoiser whose parts can be seen, so that two can share a batch."""

    network: Network
    process: Process
    prediction: Prediction
    condition: Condition

    def __call__(self, x: Tensor, level: Level, /) -> Tensor:
        return self.prediction.x0(self.say(x, level).to(x.dtype), x, level)

    def say(self, x: Tensor, level: Level) -> Tensor:
        """The network's own words about ``x`` (B C H W); its clock is made here."""
        clock = self.process.clock(level).to(x.device).expand(len(x))
        return self.network(spread(self.process.scale(level), x) * x, clock, self.condition.expand(len(x)))

    def sees_like(self, other: Denoiser) -> bool:
        """True if the other is the same network, told something else."""
        if not isinstance(other, Told) or other.network is not self.network:
            return False
        return (other.process, other.prediction) == (self.process, self.prediction)


def told(network: Network, condition: Condition, *, process: Process, prediction: Prediction) -> Told:
    """The network as a Denoiser that knows ``condition``, with all that can be made of it once made now."""
    if isinstance(network, Remembers):
        condition = network.remember(condition)
    return Told(network, process, prediction, condition)


def together(denoisers: Sequence[Denoiser], x: Tensor, level: Level) -> Sequence[Tensor]:
    """Every denoiser's estimate for the same ``x``, in one batch where they are one network told different things."""
    leader = denoisers[0]
    if isinstance(leader, Told) and all(leader.sees_like(other) for other in denoisers[1:]):
        try:
            words = Condition.concat([d.condition.expand(len(x)) for d in denoisers if isinstance(d, Told)])
        except (ValueError, RuntimeError):  # different kinds of words, or texts of different lengths: one at a time
            return [denoise(x, level) for denoise in denoisers]
        rows = Level(*(v.expand(len(x)).repeat(len(denoisers)) for v in (level.alpha, level.sigma)))
        every = Told(leader.network, leader.process, leader.prediction, words)
        return every(x.repeat(len(denoisers), *[1] * (x.ndim - 1)), rows).chunk(len(denoisers))
    return [denoise(x, level) for denoise in denoisers]
