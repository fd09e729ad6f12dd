"""The sampling loop: five lines that every picture goes through, and a twin that can be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor

from sfumato.core.level import Denoiser, Level, Stream

# One move from a level to the next: (denoise, x, here, there, memory, rng) -> (x, memory); memory starts as None.
Step = Callable[[Denoiser, Tensor, Level, Level, Any, Stream], tuple[Tensor, Any]]


def sample(denoise: Denoiser, x: Tensor, levels: Sequence[Level], step: Step, rng: Stream) -> Tensor:
    """From ``x`` (B C H W) at the first level to the picture at the last; gradients and devices are the caller's."""
    memory = None
    for here, there in pairwise(levels):
        x, memory = step(denoise, x, here, there, memory, rng)
    return x


def watch(
    denoise: Denoiser, x: Tensor, levels: Sequence[Level], step: Step, rng: Stream
) -> Iterator[tuple[Tensor, Tensor, Level]]:
    """The same loop, giving (x, last estimate of x0, level) after each step; stop asking and the work stops."""
    memory, seen = None, [x]

    def noting(x: Tensor, level: Level, /) -> Tensor:
        seen[0] = denoise(x, level)
        return seen[0]

    for here, there in pairwise(levels):
        x, memory = step(noting, x, here, there, memory, rng)
        yield x, seen[0], there
