"""Scores and distances: what is left of a raw score, how sure it is, and how far two sets of features lie apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
RESAMPLES = 2000


def corrected(raw: float, found: float, fooled: float) -> float | None:
    """The share of pictures that are right, of the share that a judge calls right.

    The judge says yes to ``found`` of the right ones and to ``fooled`` of the wrong ones, so raw = p found + (1 - p)
    fooled; solved for p, between 0 and 1. None when the judge cannot tell right from wrong.
    """
    if found - fooled < 0.05:
        return None
    return min(1.0, max(0.0, (raw - fooled) / (found - fooled)))


def interval(prompts: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over prompts: the four pictures of one prompt are not independent."""
    values = np.asarray(prompts, dtype=np.float64)
    rows = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(values[rows].mean(1), (0.025, 0.975))
    return float(low), float(high)


def mean_interval(groups: Sequence[Sequence[float]], *, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over tasks of their means over prompts."""
    chance = np.random.default_rng(seed)
    tasks = [np.asarray(group, dtype=np.float64) for group in groups]
    means = [t[chance.integers(len(t), size=(RESAMPLES, len(t)))].mean(1) for t in tasks]
    low, high = np.quantile(np.mean(means, axis=0), (0.025, 0.975))
    return float(low), float(high)


def frechet(one: Array, other: Array) -> float:
    """Squared Frechet distance of the normal distributions fitted to two sets (N D) (arXiv 1706.08500, equation 6)."""
    difference = one.mean(0) - other.mean(0)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    # tr sqrt(AB) = tr sqrt(sqrt(A) B sqrt(A)), which is symmetric
    shared = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return float(difference @ difference + np.trace(first) + np.trace(second) - 2 * shared)


def kernel(one: Array, other: Array) -> float:
    """Kernel distance: unbiased squared maximum mean discrepancy, kernel (x y / D + 1)^3 (arXiv 1801.01401, 4)."""
    within = [_kernel(x, x) for x in (one, other)]
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in within]
    return float(means[0] + means[1] - 2 * _kernel(one, other).mean())


def nearest(one: Array, other: Array) -> tuple[npt.NDArray[np.intp], Array]:
    """For every row of ``one`` which row of ``other`` is nearest, and how far that is."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    found = squares.argmin(1)
    return found, np.sqrt(squares[np.arange(len(one)), found].clip(0))


def average_precision(scores: Sequence[float], right: Sequence[bool], there: int) -> float:
    """Area under precision over recall of detections, ``there`` of which could have been found (VOC, all points)."""
    if not there or not len(scores):
        return 0.0
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(right, dtype=np.float64)[order])
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(np.sum(precision * np.asarray(right)[order]) / there)


def _kernel(one: Array, other: Array) -> Array:
    return (one @ other.T / one.shape[1] + 1) ** 3
