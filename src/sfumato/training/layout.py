"""The task of a painter that is told layouts: latents and who stands where in, a network that paints it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor, nn

from ..core.layout import standing, stands
from ..core.level import Codec, Condition
from ..core.picture import sheet, to_image
from ..core.seeds import Noise
from ..data.latents import Latents
from ..data.layouts import Layouts
from ..data.pairs import Pairs
from ..engine import guidance, loss, schedule
from ..engine.denoiser import PREDICTIONS, told
from ..engine.loop import sample
from ..engine.process import Flow
from ..engine.sampler import SAMPLERS
from ..models.layout import LayoutDiT, silenced
from .painter import thirds

SHOWN: Final = Pairs(first=0, style="flat")  # scenes nobody trains on, whose layouts are painted for previews
EMPHASIS: Final = 8.0  # how much errors count where figures are: a sixth of a page, and nearly all that words ask for
USUAL: Final = 0.5  # of a page's side: a unit that counts so. A smaller figure's places count more, they are fewer
ALIKE: Final = (0.5, 4.0)  # the least and the most of that

# latents (B C H W) and their layouts (B N F)
Told = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Lesson:
    """Pictures of one size and world, a ``share`` of the steps."""

    share: float
    latents: Latents
    layouts: Layouts


class LayoutTask:
    """Flow matching on latents (arXiv 2210.02747): the network says the velocity from picture to noise.

    Each step sees pictures of one lesson. A layout is emptied with chance ``drop``, so that the network also knows what
    it would paint unasked: guidance needs both. What is drafted of a layout must come near the picture by itself
    (``drafting``): no noise stands between a figure's canvas and how it looks, so it is learned soonest there.
    """

    def __init__(
        self,
        *,
        denoiser: LayoutDiT,
        codec: Codec,
        lessons: Sequence[Lesson],
        ship: Callable[[nn.ModuleDict, Path], None],
        drop: float = 0.1,
        drafting: float = 1.0,
        mean: float = 0.2,
    ) -> None:
        self.modules = nn.ModuleDict({"denoiser": denoiser})
        self.codec, self.drop, self.drafting, self.ship = codec, drop, drafting, ship
        self.lessons, self.shares = lessons, torch.tensor([lesson.share for lesson in lessons], dtype=torch.float64)
        self.process, self.prediction, self.times = Flow(), PREDICTIONS["velocity"], loss.logit_normal(mean, 1.1)
        self.shown = Layouts(lessons[0].latents.folder, SHOWN, count=12, size=(256, 256))

    def batch(self, step: int, size: int) -> Told:
        generator = torch.Generator().manual_seed(step)
        lesson = self.lessons[int(torch.multinomial(self.shares, 1, generator=generator))]
        chosen = torch.randint(lesson.latents.count, (size,), generator=generator).tolist()
        kept = torch.rand(size, generator=generator) >= self.drop
        return lesson.latents[chosen], lesson.layouts[chosen] * kept[:, None, None]

    def loss(self, batch: Told, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        x0, layout = batch
        noise = torch.randn(x0.shape, generator=generator)
        time = self.times(self.process, loss.chances(len(x0), generator, even=True))
        network: Any = self.modules["denoiser"]
        condition = network.told(Condition(layout=layout), *x0.shape[2:])
        counts = bodies(layout, *x0.shape[2:])
        errors = loss.loss(network.painter, self.process, self.prediction, x0, condition, noise, time, counts=counts)
        drafted = ((network.drafted(condition) - x0).square() * counts).mean()
        return errors.mean() + self.drafting * drafted, thirds(errors, time) | {"drafted": drafted.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """Pictures of twelve layouts that nobody trains on, and after each the draft it was made of."""
        network: Any = modules["denoiser"]
        pictures = []
        with torch.inference_mode():
            for i in range(self.shown.count):
                asked = Condition(layout=self.shown[[i]])
                yes, no = (
                    told(network, c, process=self.process, prediction=self.prediction) for c in (asked, silenced(asked))
                )
                denoise, noise = guidance.guided(yes, no, guidance.plain(2.0)), Noise([i])
                x = noise.draw(1, self.codec.channels, 16, 16)
                x = sample(denoise, x, schedule.uniform(self.process, 16), SAMPLERS["euler"].step, noise)
                draft = network.drafted(network.told(asked, 16, 16))
                pictures += [to_image(self.codec.decode(latent)[0]) for latent in (x, draft)]
        return sheet(pictures)

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        self.ship(modules, folder)


def bodies(layout: Tensor, height: int, width: int) -> Tensor:
    """How much the errors at each place count, (B 1 H W), 1 in the mean: where bodies are ``EMPHASIS`` times as much,
    more in those smaller than ``USUAL`` and less in larger ones."""
    frames, figure = stands(layout, height, width), standing(layout)
    y, x = (torch.arange(n, device=layout.device) + 0.5 for n in (height, width))
    unit = frames[..., 2, None]
    beside = ((x - frames[..., 0, None]) / unit).abs() < 0.6  # B N W
    v = (y - frames[..., 1, None]) / unit
    there = beside[:, :, None] & ((v > -1.25) & (v < 0.1))[..., None] & figure[..., None, None]
    alike = (USUAL * min(height, width) / frames[..., 2]).square().clamp(*ALIKE)
    counts = 1 + (EMPHASIS - 1) * (there * alike[..., None, None]).amax(1)
    return (counts / counts.mean((1, 2), keepdim=True))[:, None]
