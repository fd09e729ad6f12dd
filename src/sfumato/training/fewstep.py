"""The task of haste: a student learns to paint in four steps, told once, what its teacher paints in many, guided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from ..core.level import Condition, Denoiser, Level, Network, spread
from ..core.picture import to_image
from ..core.seeds import Noise
from ..data.pairs import Pairs
from ..engine import guidance, schedule
from ..engine.denoiser import PREDICTIONS, Told, told
from ..engine.loop import sample, watch
from ..engine.process import Flow
from ..engine.sampler import SAMPLERS
from ..pipeline.generate import Model
from ..pipeline.memory import decoded
from .painter import PROMPTS
from .task import TrainingError

HELD_OUT = Pairs(first=0)
Shares = Mapping[tuple[int, int], float]  # (width, height) in pixels -> share of the steps


@dataclass(frozen=True)
class Leap:
    """How the student paints, and how its teacher goes the same way.

    The student takes ``steps`` steps, equal in a flow time that ``shift`` bends towards the noise, where it is decided
    what a picture shows. For each of them the teacher takes ``strides``, guided by ``scale``.
    """

    steps: int
    shift: float
    strides: int
    scale: float


@dataclass(frozen=True)
class Order:
    """What a few pictures are to show, and the shape (C H W) of their latents."""

    words: Condition
    shape: tuple[int, int, int]


class FewStepTask:
    """Progressive distillation (arXiv 2202.00512) of a guided flow (arXiv 2210.03142), in one round and on-policy.

    The student begins as a copy of the teacher and paints from pure noise. At each of its few levels the teacher says
    where it would go from there in small guided strides, and the student learns the straight line to that place. Since
    it is asked where the student itself has come to, later steps learn to mend what earlier ones did; and no pictures
    are needed, only what to paint: ``orders`` makes that of numbers below 2^31. The teacher's text encoder stays as it
    is, so that both can share it, and so do those weights of the student that ask for no gradient.
    """

    def __init__(
        self,
        *,
        teacher: Model,
        student: nn.Module,
        orders: Callable[[Sequence[int]], Condition],
        sizes: Shares,
        leap: Leap,
        ship: Callable[[nn.Module, Path, Mapping[str, float]], None],
    ) -> None:
        manner, bundle = teacher.manner, teacher.bundle
        if manner.prediction != "velocity" or not isinstance(manner.process, Flow):
            raise TrainingError(f"{teacher.spec.name} does not say the velocity of a flow: no leaps can be learned")
        self.modules = nn.ModuleDict({"denoiser": student})
        self.teacher, self.orders, self.leap, self.ship = teacher, orders, leap, ship
        self.codec, self.read = bundle.codec, bundle.text
        self.sizes, self.shares = list(sizes), torch.tensor(list(sizes.values()), dtype=torch.float64)
        with torch.no_grad():
            self.silence = self.read([""])
        self.process = Flow(shift=leap.shift)
        self.levels = schedule.uniform(self.process, leap.steps)
        here, there = _stacked(self.levels[:-1]), _stacked(self.levels[1:])
        self.strides = [
            Level(here.alpha.lerp(there.alpha, share), here.sigma.lerp(there.sigma, share))
            for share in torch.linspace(0, 1, leap.strides + 1).tolist()
        ]

    def batch(self, step: int, size: int) -> Order:
        """One picture for every ``steps`` of ``size``, since each counts at all steps of the student."""
        generator = torch.Generator().manual_seed(step)
        size_of = self.sizes[int(torch.multinomial(self.shares, 1, generator=generator))]
        drawn = torch.randint(2**31, (size // self.leap.steps,), generator=generator).tolist()
        return Order(self.orders(drawn), self._shape(size_of))

    def loss(self, batch: Order, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        """Mean squared error of the velocity; rows go by step of the student, then by picture."""
        count, student = len(batch.words), self.modules["denoiser"]
        noise = torch.randn(count, *batch.shape, generator=generator)
        words = Condition.concat([batch.words] * self.leap.steps)
        strides = [_each(level, count) for level in self.strides]
        here, there = strides[0], strides[-1]
        with torch.no_grad():
            x = torch.cat(self.leapt(student, batch.words, noise)[:-1])
            goal = sample(self._guided(words), x, strides, SAMPLERS["dpmpp_2m"].step, _UNUSED)
        line = (goal - x) / spread(there.sigma - here.sigma, x)
        said = Told(student, self.process, PREDICTIONS["velocity"], words).say(x, here)
        missed = (said - line).square().mean(dim=(1, 2, 3)).view(self.leap.steps, count).mean(1)
        return missed.mean(), {f"missed_{k}": value for k, value in enumerate(missed.detach(), start=1)}

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """The eight prompts as the teacher paints them and, below, as the student does, from the same noise."""
        with torch.inference_mode():
            words, noise = self.read(PROMPTS), self._noise(len(PROMPTS))
            painted = self.painted(words, noise), self.leapt(modules["denoiser"], words, noise)[-1]
            rows = [torch.cat([*decoded(self.codec, x, self.teacher.at, thrifty=False)], dim=2) for x in painted]
        return to_image(torch.cat(rows, dim=1))

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        self.ship(modules["denoiser"], folder, self.distances(modules["denoiser"]))

    def distances(self, student: Network, count: int = 32) -> dict[str, float]:
        """How far latents are from what the teacher paints in its own number of steps, as root mean squares.

        Of the ``student``, and of the ``teacher`` in as many steps as the student has; from the same noise, for
        captions that nobody trained on.
        """
        with torch.inference_mode():
            words, noise = self.read([HELD_OUT.caption(i, i) for i in range(count)]), self._noise(count)
            goal = self.painted(words, noise)
            found = {
                "student": self.leapt(student, words, noise)[-1],
                "teacher": self.painted(words, noise, self.leap.steps),
            }
        return {name: float((latents - goal).square().mean().sqrt()) for name, latents in found.items()}

    def painted(self, words: Condition, noise: Tensor, steps: int | None = None) -> Tensor:
        """What the teacher makes of ``noise`` in its own manner."""
        manner, defaults = self.teacher.manner, self.teacher.spec.defaults
        levels = manner.levels(manner.sampler, steps or defaults.steps, tokens=0)
        return sample(self._guided(words), noise, levels, SAMPLERS[manner.sampler].step, _UNUSED)

    def leapt(self, student: Network, words: Condition, noise: Tensor) -> list[Tensor]:
        """Where the student comes to from ``noise``: after each of its steps, the noise itself first."""
        denoise = told(student, words, process=self.process, prediction=PREDICTIONS["velocity"])
        steps = watch(denoise, noise, self.levels, SAMPLERS["euler"].step, _UNUSED)
        return [noise, *(x for x, _, _ in steps)]

    def _guided(self, words: Condition) -> Denoiser:
        manner = self.teacher.manner
        yes, no = (
            told(self.teacher.bundle.denoiser, c, process=manner.process, prediction=manner.says())
            for c in (words, self.silence)
        )
        return guidance.guided(yes, no, guidance.plain(self.leap.scale))

    def _shape(self, size: tuple[int, int]) -> tuple[int, int, int]:
        width, height = size
        return self.codec.channels, height // self.codec.factor, width // self.codec.factor

    def _noise(self, count: int) -> Tensor:
        return Noise(range(count)).draw(count, *self._shape((256, 256)))


_UNUSED = Noise(())  # neither sampler here draws any


def _stacked(levels: Sequence[Level]) -> Level:
    return Level(torch.cat([level.alpha for level in levels]), torch.cat([level.sigma for level in levels]))


def _each(level: Level, count: int) -> Level:
    """Every row of a level ``count`` times."""
    return Level(level.alpha.repeat_interleave(count), level.sigma.repeat_interleave(count))
