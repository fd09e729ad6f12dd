"""What a recipe hands to the training loop: a Task (what is learned) inside a Run (how it is learned)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import torch
from PIL import Image
from torch import Tensor, nn

from ..core.refusal import Refusal

Precision = Literal["auto", "float32", "bfloat16"]


class Task(Protocol):
    """What is trained. The loop optimises, averages (EMA) and checkpoints all of ``modules`` and knows nothing else."""

    modules: nn.ModuleDict

    def batch(self, step: int, size: int) -> Any:
        """Data of step ``step`` (0-based), ``size`` pictures: a pure function of both, so that order survives a resume.

        It is called ahead of time in a background thread, without gradients: it must not touch the weights that are
        trained, nor torch's global random state (``stream(seed, step)`` gives it a generator of its own).
        """
        ...

    def loss(self, batch: Any, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        """Scalar loss and metrics worth a curve. ``generator`` (CPU) belongs to this step; noise is drawn from it."""
        ...

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        """A sample grid made with ``modules``, the averaged weights in evaluation mode; None if there is none."""
        ...

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        """Writes what is shipped, from ``modules`` (the averaged weights), into ``folder``, which exists."""
        ...


class TrainingError(Refusal):
    """A run cannot start or go on."""


@runtime_checkable
class NamesHidden(Protocol):
    """A Task that says itself which of its matrices Muon may take; otherwise see ``run.hidden_matrices``."""

    def hidden(self, name: str, parameter: nn.Parameter) -> bool: ...


@dataclass(frozen=True)
class Cadence:
    """How often to log, to draw a preview and to save, all in ``unit``; 0 is never (the end always saves)."""

    log: float = 50
    preview: float = 1000
    save: float = 500
    unit: Literal["steps", "seconds"] = "steps"


@dataclass(frozen=True)
class Run:
    """A whole training configuration; a recipe is a function that returns one.

    ``learning_rate`` follows warm-up, plateau, cooldown (WSD): it climbs over ``warmup`` steps, stays, and falls
    linearly to zero over the last ``cooldown`` (a fraction) of ``steps``. Before the cooldown begins ``steps`` may be
    changed on resume: a run with no known end trains on the plateau, and ``replace(run, steps=...)`` then brings it in.

    ``weight_decay`` touches matrices and kernels alone, never biases, norms or embeddings. ``clip`` is the greatest
    gradient norm, 0 for none. ``ema`` is the decay per step, reached through min(ema, (1 + step) / (10 + step)).
    ``precision`` "auto" is bfloat16 autocast where the hardware multiplies it faster than float32; the weights
    themselves stay float32 in any case. ``compile`` sends the loss through torch.compile.
    """

    name: str
    task: Callable[[], Task]
    batch: int
    steps: int
    learning_rate: float
    warmup: int = 200
    cooldown: float = 0.2
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.01
    clip: float = 1.0
    optimizer: Literal["adamw", "muon"] = "adamw"
    ema: float = 0.999
    seed: int = 0
    every: Cadence = Cadence()
    compile: bool = False
    precision: Precision = "auto"

    def rate(self, step: int) -> float:
        """Learning rate of step ``step`` (0-based): a pure function, so chunks of a run join without a seam."""
        falling = round(self.cooldown * self.steps)
        rise = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        fall = min(1.0, max(0.0, (self.steps - step) / falling)) if falling else 1.0
        return self.learning_rate * min(rise, fall)


def mixed(seed: int, step: int) -> int:
    """One number out of two; hashed, because neighbouring seeds of one generator need not be independent."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{step}".encode(), digest_size=8).digest(), "big") >> 1


def stream(seed: int, step: int) -> torch.Generator:
    """The CPU generator of one step. Nothing random outlives a step, so a checkpoint holds no random state."""
    return torch.Generator().manual_seed(mixed(seed, step))
