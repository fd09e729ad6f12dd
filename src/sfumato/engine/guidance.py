"""Guidance: functions from Denoiser to Denoiser. They look at the level, never count steps, and may be nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from sfumato.core.level import Denoiser, Level, spread
from sfumato.engine.denoiser import together
from sfumato.engine.process import noise_share


class Rule(Protocol):
    """How two estimates become one: (wanted, unwanted, x, level) -> x0."""

    def __call__(self, wanted: Tensor, unwanted: Tensor, x: Tensor, level: Level, /) -> Tensor: ...


def guided(wanted: Denoiser, unwanted: Denoiser, rule: Rule) -> Denoiser:
    """Away from ``unwanted``, towards ``wanted``; in one batch where both are one network told different things.

    Unwanted is what the network says to no words, to a negative prompt, or what a worse network says
    (autoguidance, arXiv 2406.02507, eq. 3).
    """

    def denoise(x: Tensor, level: Level, /) -> Tensor:
        yes, no = together([wanted, unwanted], x, level)
        return rule(yes, no, x, level)

    return denoise


def within(inside: Denoiser, outside: Denoiser, *, low: float, high: float) -> Denoiser:
    """``inside`` while the share of noise sigma / (alpha + sigma) is in [low, high] (arXiv 2404.07724, section 3).

    For flow models the share is the time; for a VE sigma it is sigma / (1 + sigma). Outside, nobody asks ``inside``.
    """

    def denoise(x: Tensor, level: Level, /) -> Tensor:
        share = noise_share(level)
        inner = (low <= share) & (share <= high)
        if inner.all():
            return inside(x, level)
        if not inner.any():
            return outside(x, level)
        return torch.where(spread(inner, x), inside(x, level), outside(x, level))

    return denoise


def plain(scale: float) -> Rule:
    """Classifier-free guidance (arXiv 2207.12598, eq. 6, with scale = 1 + w): at 1 the wanted one alone."""
    return lambda wanted, unwanted, x, level: unwanted + scale * (wanted - unwanted)


def rescaled(rule: Rule, *, amount: float) -> Rule:
    """The rule's result with the wanted one's contrast, by ``amount`` in [0, 1] (arXiv 2305.08891, eq. 15 and 16)."""

    def apply(wanted: Tensor, unwanted: Tensor, x: Tensor, level: Level, /) -> Tensor:
        result = rule(wanted, unwanted, x, level)
        factor = wanted.flatten(1).std(1) / result.flatten(1).std(1)
        return result * spread(1 + amount * (factor - 1), x)

    return apply


def projected(scale: float, *, radius: float, parallel: float) -> Rule:
    """APG (arXiv 2410.02416, section 4): a push no longer than ``radius``, its part along the picture damped.

    ``parallel`` 1 and an infinite radius are plain guidance. The paper's momentum is left out: it needs a memory.
    """

    def apply(wanted: Tensor, unwanted: Tensor, x: Tensor, level: Level, /) -> Tensor:
        push = wanted - unwanted
        push = push * spread((radius / push.flatten(1).norm(dim=1)).clamp(max=1), x)
        along = wanted * spread(_dot(push, wanted) / _dot(wanted, wanted), x)
        return wanted + (scale - 1) * (push + (parallel - 1) * along)

    return apply


def zero_star(scale: float, *, zero_above: float) -> Rule:
    """CFG-Zero* (arXiv 2503.18886, algorithm 1): the unwanted velocity scaled to fit the wanted one, then guidance.

    Where the share of noise is over ``zero_above`` the velocity is 0 (the paper's first steps); 1 never does this.
    """

    def apply(wanted: Tensor, unwanted: Tensor, x: Tensor, level: Level, /) -> Tensor:
        total, sigma = spread(level.alpha + level.sigma, x), spread(level.sigma, x)
        yes, no = (x - total * wanted) / sigma, (x - total * unwanted) / sigma
        no = no * spread(_dot(yes, no) / (_dot(no, no) + 1e-8), x)
        velocity = (no + scale * (yes - no)).where(spread(noise_share(level) <= zero_above, x), 0.0)
        return (x - sigma * velocity) / total

    return apply


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).flatten(1).sum(1)


def regional(regions: Sequence[tuple[Tensor, Denoiser]]) -> Denoiser:
    """Each region asks its own denoiser, soft masks (B 1 H W) mix them (MultiDiffusion, arXiv 2302.08113, eq. 5).

    Raises ValueError if a place belongs to no region.
    """
    masks, denoisers = [mask for mask, _ in regions], [denoise for _, denoise in regions]
    total = torch.stack(masks).sum(0)
    if (total <= 0).any():
        raise ValueError("the regions leave a part of the picture to nobody")

    def denoise(x: Tensor, level: Level, /) -> Tensor:
        estimates = torch.stack(list(together(denoisers, x, level)))
        return (torch.stack([mask / total for mask in masks]) * estimates).sum(0)

    return denoise


def known(denoise: Denoiser, picture: Tensor, mask: Tensor) -> Denoiser:
    """The picture is known where ``mask`` is 0; the step puts the right noise on it by itself, so the end is exact."""
    return lambda x, level: mask * denoise(x, level) + (1 - mask) * picture


def clipped(denoise: Denoiser, *, low: float = -1.0, high: float = 1.0) -> Denoiser:
    """Static thresholding, for pixels: no estimate leaves [low, high]."""
    return lambda x, level: denoise(x, level).clamp(low, high)


def thresholded(denoise: Denoiser, *, quantile: float, ceiling: float) -> Denoiser:
    """Dynamic thresholding (Imagen, arXiv 2205.11487, section 2.3): too bright a picture is compressed, not cut.

    The bound is the quantile of its absolute values, between 1 and ``ceiling``; beyond it is cut, then divided.
    """

    def bounded(x: Tensor, level: Level, /) -> Tensor:
        x0 = denoise(x, level)
        bound = spread(x0.abs().flatten(1).quantile(quantile, dim=1).clamp(1, ceiling), x0)
        return torch.maximum(torch.minimum(x0, bound), -bound) / bound

    return bounded
