"""The sampling loop: five lines that every picture goes through, and a twin that can be watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from sfumato.core.level import Denoiser, Level, Stream


class Step(Protocol):
    """One move from a level to the next; ``memory`` is the step's own business and starts as None."""

    def __call__(
        self, denoise: Denoiser, x: Tensor, here: Level, there: Level, memory: Any, rng: Stream, /
    ) -> tuple[Tensor, Any]: ...


class Glimpse(NamedTuple):
    """What a watcher sees after a step: the picture ``x`` now at ``level``, and the last estimate of the clean one."""

    x: Tensor
    x0: Tensor
    level: Level


def sample(denoise: Denoiser, x: Tensor, levels: Sequence[Level], step: Step, rng: Stream) -> Tensor:
    """From ``x`` (B C H W) at the first level to the picture at the last; gradients and devices are the caller's."""
    memory = None
    for here, there in pairwise(levels):
        x, memory = step(denoise, x, here, there, memory, rng)
    return x


def watch(denoise: Denoiser, x: Tensor, levels: Sequence[Level], step: Step, rng: Stream) -> Iterator[Glimpse]:
    """The same loop, one glimpse per step, for previews and progress; stop asking and the work stops."""
    memory, seen = None, x

    def noting(x: Tensor, level: Level, /) -> Tensor:
        nonlocal seen
        seen = denoise(x, level)
        return seen

    for here, there in pairwise(levels):
        x, memory = step(noting, x, here, there, memory, rng)
        yield Glimpse(x, seen, there)
