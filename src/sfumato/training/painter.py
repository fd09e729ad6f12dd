"""The task of a denoiser: latents and captions in, a network that follows words out; text encoder trained with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Codec, Network
from ..core.picture import sheet, to_image
from ..core.seeds import Noise
from ..data.latents import Latents
from ..data.plans import COLORS, NAMES, Plans
from ..engine import guidance, loss, schedule
from ..engine.denoiser import PREDICTIONS, told
from ..engine.loop import sample
from ..engine.process import Flow
from ..engine.sampler import SAMPLERS
from ..layers.norm import rms
from ..models.dit import DiT
from ..models.text import TextTransformer
from ..models.tokenizer import Tokenizer

PROMPTS = (
    "a dog with a blue beret",
    "a fox reading a newspaper in the rain",
    "a green frog holding a red umbrella",
    "a white rabbit wearing a crown in the snow",
    "a pink pig and a gray mouse on the beach",
    "a purple bear with glasses in a forest",
    "a cat holding a yellow balloon in the city at night",
    "an orange balloon in a meadow at sunset",
)


@dataclass(frozen=True)
class Lesson:
    """Pictures of one size, a ``share`` of the steps; with ``plans`` the denoiser must also say what is where."""

    share: float
    latents: Latents
    plans: Plans | None = None


@dataclass(frozen=True)
class Words:
    """Token ids (B N) and their mask (B N): one batch of captions, some of them emptied for guidance."""

    ids: Tensor
    mask: Tensor


# latents, captions, kinds and colours of every patch
Told = tuple[Tensor, Words, tuple[Tensor, Tensor] | None]


class PainterTask:
    """Flow matching on latents (arXiv 2210.02747): the network says the velocity from picture to noise, or, where
    ``prediction`` is "x0", the picture, which is then judged as the velocity it amounts to.

    Each step sees pictures of one size, the lessons in turn by their shares. A caption is emptied with chance ``drop``,
    so that the network also knows what it would paint unasked: guidance needs both. The text encoder learns along.

    Lessons with plans ask more: from what the middle block has made of a patch, a linear layer must say which kinds and
    colours are there. To know it, the network has to have understood the words by then (LOG.md, 2026-11-21; the idea of
    holding hidden states to what is known of the picture is REPA's, arXiv 2410.06940). The layer is not shipped.
    """

    def __init__(
        self,
        *,
        denoiser: nn.Module,
        text: TextTransformer,
        tokenizer: Tokenizer,
        codec: Codec,
        lessons: Sequence[Lesson],
        ship: Callable[[nn.ModuleDict, Path], None],
        drop: float = 0.1,
        planning: float = 0.5,
        prediction: str = "velocity",
        mean: float = 0.9,
    ) -> None:
        self.modules = nn.ModuleDict({"text": text, "denoiser": denoiser})
        self.planning, self._middle = planning, list[Tensor]()
        if any(lesson.plans for lesson in lessons):
            if not isinstance(denoiser, DiT):
                raise ValueError("only a DiT has patches that can be asked for plans")
            self.modules["plan"] = nn.Linear(denoiser.config.width, len(NAMES) + len(COLORS))
            middle = denoiser.blocks[denoiser.config.depth // 2 - 1]
            middle.register_forward_hook(lambda block, told, said: self._middle.append(said))
        self.tokenizer, self.codec, self.length, self.drop, self.ship = tokenizer, codec, text.config.length, drop, ship
        self.lessons, self.shares = lessons, torch.tensor([lesson.share for lesson in lessons], dtype=torch.float64)
        # What a body is and its colour are decided above t = 0.85, which a logit-normal around 0.5 visits in 4 % of the
        # pictures; around 0.71 (``mean`` 0.9) it is 22 % (LOG.md, 2026-11-21).
        self.process, self.prediction, self.times = Flow(), PREDICTIONS[prediction], loss.logit_normal(mean, 1.1)
        self.weight = loss.plain if prediction == "velocity" else loss.as_velocity

    def batch(self, step: int, size: int) -> Told:
        generator = torch.Generator().manual_seed(step)
        lesson = self.lessons[int(torch.multinomial(self.shares, 1, generator=generator))]
        store = lesson.latents
        chosen = torch.randint(store.count, (size,), generator=generator).tolist()
        tellings = torch.randint(2**31, (size,), generator=generator).tolist()
        dropped = (torch.rand(size, generator=generator) < self.drop).tolist()
        captions = [
            "" if drop else store.pairs.caption(index, telling)
            for index, telling, drop in zip(chosen, tellings, dropped, strict=True)
        ]
        words = Words(*self.tokenizer.encode(captions, self.length))
        return store[chosen], words, None if lesson.plans is None else lesson.plans[chosen]

    def loss(self, batch: Told, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        x0, words, plan = batch
        self._middle.clear()
        noise = torch.randn(x0.shape, generator=generator)
        time = self.times(self.process, loss.chances(len(x0), generator, even=True))
        condition = self.modules["text"](words.ids, words.mask)
        network: Any = self.modules["denoiser"]
        counts = None if plan is None else places(plan[0], x0)
        errors = loss.loss(
            network, self.process, self.prediction, x0, condition, noise, time, weight=self.weight, counts=counts
        )
        metrics = thirds(errors, time)
        total = errors.mean()
        if plan is None:
            return total, metrics
        said = self.modules["plan"](rms(self._middle.pop())).float().split([len(NAMES), len(COLORS)], dim=-1)
        missed = torch.stack([_missed(guess, truth) for guess, truth in zip(said, plan, strict=True)]).sum()
        return total + self.planning * missed, metrics | {"plan": missed.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """The eight prompts, painted with the averaged weights, always from the same noise."""
        network: Network = modules["denoiser"]
        pictures = []
        with torch.inference_mode():
            for seed, prompt in enumerate(PROMPTS):
                texts = (modules["text"](*self.tokenizer.encode([t], self.length)) for t in (prompt, ""))
                yes, no = (told(network, c, process=self.process, prediction=self.prediction) for c in texts)
                denoise = guidance.guided(yes, no, guidance.plain(3.0))
                noise = Noise([seed])
                x = noise.draw(1, self.codec.channels, 256 // self.codec.factor, 256 // self.codec.factor)
                x = sample(denoise, x, schedule.uniform(self.process, 20), SAMPLERS["euler"].step, noise)
                pictures.append(to_image(self.codec.decode(x)[0]))
        return sheet(pictures)

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        self.ship(nn.ModuleDict({name: module for name, module in modules.items() if name != "plan"}), folder)


def thirds(errors: Tensor, time: Tensor) -> dict[str, Tensor | float]:
    """The mean error (B,) at little, middling and much noise, by flow time (B,); without those that no picture had."""
    names = (("fine", 0.0), ("middle", 1 / 3), ("coarse", 2 / 3))
    means = {f"loss_{n}": errors.detach()[(time >= low) & (time < low + 1 / 3)].mean() for n, low in names}
    return {name: mean for name, mean in means.items() if not mean.isnan()}


def places(kinds: Tensor, x0: Tensor) -> Tensor:
    """How much the errors at each place of ``x0`` (B C H W) count, (B 1 H W), from the kinds (B N K) of its patches.

    Figures are a sixth of a page and nearly all that words ask for: where one is, errors count four times.
    """
    side = math.isqrt(x0.shape[2] * x0.shape[3] // kinds.shape[1])
    empty = kinds[..., 0].unflatten(1, (x0.shape[2] // side, x0.shape[3] // side))
    return ((4 - 3 * empty) / 1.5).repeat_interleave(side, 1).repeat_interleave(side, 2)[:, None]


def _missed(said: Tensor, shares: Tensor) -> Tensor:
    """How many nats the logits ``said`` miss the true ``shares`` by: 0 when they are the same."""
    return F.kl_div(said.log_softmax(-1), shares, reduction="sum") / shares[..., 0].numel()
