"""What a painter is worth on pictures nobody trained on, in pixels, so that all kinds of painters compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..core.level import Condition
from ..core.seeds import Noise
from ..data.pairs import Pairs, floats
from ..engine import guidance
from ..engine.denoiser import Told, told
from ..engine.loop import sample
from ..engine.process import Flow
from ..engine.sampler import SAMPLERS
from ..evaluation.exam import Plan, calibrate, look, paint, painter_of, scores
from ..evaluation.suite import GENEVAL, SPLITS
from ..evaluation.witness import read_judge
from ..pipeline.generate import Model
from ..pipeline.load import load
from ..pipeline.memory import decoded

HELD_OUT: Final = Pairs(first=0)
TIMES: Final = (1.0, 0.9, 0.7, 0.4)  # of a flow: from words alone to little noise
_THUMBNAIL: Final = 32  # pixels: what is where and of what colour, no more
_TOGETHER: Final = 16


@dataclass(frozen=True)
class Measure:
    """``guesses``: flow time -> PSNR (dB) of the picture that is guessed at that noise. ``nearer``: the share of other
    drawings that look more like the painted picture than the drawing its words were told of does; 0.5 is chance.

    Guesses at time 1 come from words alone and compare between all painters; at other times only between those that
    share a codec, since the same noise hides less of pixels than of latents. ``judged``: what the judge says of
    pictures for GenEval's six tasks, by name; empty where it was not asked.
    """

    guesses: Mapping[float, float]
    nearer: float
    judged: Mapping[str, float] = field(default_factory=dict)

    def row(self) -> dict[str, float]:
        """Everything by name, for tables and files."""
        return {f"guess at {time:g}, dB": value for time, value in self.guesses.items()} | {
            "nearer, %": 100 * self.nearer,
            **self.judged,
        }


def measure(folder: Path, *, count: int = 64, scale: float | None = None, prompts: int = 0) -> Measure:
    """Measure the model in a folder, painting at its own guidance or at ``scale``; the judge asks ``prompts`` each."""
    model = load(folder, device="cpu")
    said = judged(model, prompts=prompts) if prompts else {}
    return Measure(guesses(model, count=count), nearer(model, count=count, scale=scale), said)


def judged(model: Model, *, prompts: int) -> dict[str, float]:
    """The means over GenEval's six tasks of prompts that are seen and held out, one picture each, in percent: as the
    judge that comes with sfumato says, and without its own mistakes where these can be told apart."""
    witness, plan = read_judge(), Plan(model.spec.name, prompts, 1, GENEVAL, model.hash)
    with TemporaryDirectory() as folder:
        for _ in paint(plan, Path(folder), painter_of(model)):
            pass
        painted = [picture for picture, _ in look(plan, Path(folder), witness)]
    said = [row for row, *_ in calibrate(plan, witness)]
    means = {split: scores(painted, said, split)["mean"] for split in SPLITS}
    return {
        f"{split.replace('_', ' ')}, {key}, %": 100 * mean[key]
        for key in ("raw", "corrected") for split, mean in means.items() if mean[key] is not None
    }  # fmt: skip


def guesses(model: Model, *, count: int = 64) -> dict[float, float]:
    """PSNR of the guessed picture by flow time, the mean over held-out pairs; no painting, so it is soon done."""
    errors = {time: list[Tensor]() for time in TIMES}
    with torch.inference_mode():
        for rows in _rows(count):
            pixels, words, noise = _drawn(model, rows)
            denoise, latent = _told(model, words), model.bundle.codec.encode(pixels.to(model.at.dtype)).float()
            for time, found in errors.items():
                level = Flow().level(torch.tensor([time]))
                guess = _decoded(model, denoise(level.mix(latent, noise), level))
                found.append((guess - pixels).square().mean(dim=(1, 2, 3)))
    return {time: float((10 * torch.log10(4 / torch.cat(found))).mean()) for time, found in errors.items()}


def nearer(model: Model, *, count: int = 64, scale: float | None = None) -> float:
    """The share of other drawings that a painted picture resembles more than the one it was asked for."""
    drawn, painted = list[Tensor](), list[Tensor]()
    manner, defaults = model.manner, model.spec.defaults
    scale = defaults.guidance if scale is None else scale
    with torch.inference_mode():
        for rows in _rows(count):
            pixels, words, noise = _drawn(model, rows)
            denoise = guidance.guided(_told(model, words), _told(model, model.bundle.text([""])), guidance.plain(scale))
            levels = manner.levels(manner.sampler, defaults.steps, tokens=0)
            latent = sample(denoise, noise, levels, SAMPLERS[manner.sampler].step, Noise(rows))
            drawn.append(_small(pixels))
            painted.append(_small(_decoded(model, latent)))
    distance = torch.cdist(torch.cat(painted), torch.cat(drawn))
    return float((distance < distance.diag()[:, None]).float().sum(1).mean() / (count - 1))


def _rows(count: int) -> list[range]:
    return [range(first, min(first + _TOGETHER, count)) for first in range(0, count, _TOGETHER)]


def _drawn(model: Model, rows: range) -> tuple[Tensor, Condition, Tensor]:
    """Pixels, what the model reads of their captions, and the noise for them."""
    pixels = floats(torch.stack([HELD_OUT.picture(i, (256, 256)) for i in rows]))
    words = model.bundle.text([HELD_OUT.caption(i, i) for i in rows])
    codec = model.bundle.codec
    return pixels, words, Noise(rows).draw(len(rows), codec.channels, 256 // codec.factor, 256 // codec.factor)


def _told(model: Model, words: Condition) -> Told:
    return told(model.bundle.denoiser, words, process=model.manner.process, prediction=model.manner.says())


def _decoded(model: Model, latent: Tensor) -> Tensor:
    return decoded(model.bundle.codec, latent, model.at, thrifty=False).clamp(-1, 1)


def _small(pixels: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(pixels, _THUMBNAIL).flatten(1)
