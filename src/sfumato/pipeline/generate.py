"""The meeting place: a Request goes in, pictures come out, and everything that has a say enters here, in one order."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..checkpoints.bundle import Asked, Bundle
from ..conditioning import prompt as words
from ..conditioning.layout import heard
from ..conditioning.start import from_noise
from ..conditioning.words import beside, silent, suited
from ..core.level import Condition, Denoiser
from ..core.picture import pixel_hash, spoiled, to_image
from ..core.refusal import Refusal
from ..core.seeds import Noise
from ..engine.denoiser import told
from ..engine.guidance import guided, plain
from ..engine.loop import watch
from ..engine.sampler import SAMPLERS
from .lodging import Lodging, out_of_memory
from .manner import Manner
from .memory import Place, decoded
from .record import Machine, Painter, Picture as Picture, Record
from .request import Request, Settled

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Progress:
    """One step is done: ``step`` of ``steps`` of picture ``k`` of ``count``. ``preview`` decodes the guess so far."""

    k: int
    count: int
    step: int
    steps: int
    preview: Callable[[], Image]


class Model:
    """A loaded model: ``paint`` for people, ``pictures`` for whoever wants to watch or to stop it."""

    def __init__(self, bundle: Bundle, hash: str, at: Place, manner: Manner, lodging: Lodging) -> None:
        self.bundle, self.hash, self.at, self.manner, self.lodging = bundle, hash, at, manner, lodging
        if bundle.spec.sizes.multiple % bundle.codec.factor:
            raise Refusal(f"{bundle.spec.name} is damaged: its sizes do not go together with its codec")

    @property
    def spec(self) -> Asked:
        """What the model is and what it likes to be asked."""
        return self.bundle.spec

    def paint(
        self,
        prompt: str,
        *,
        negative: str | None = None,
        size: tuple[int, int] | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        sampler: str | None = None,
        seed: int | None = None,
        count: int = 1,
        long: str = "cut",
        noise: Tensor | None = None,
    ) -> list[Picture]:
        """Paint ``count`` pictures; what is not said is the model's own default, the seed is then drawn.

        ``size`` is (width, height) in pixels; picture ``k`` has seed ``seed + k``. ``noise`` (B C H W) replaces the
        unit-variance noise that the seed would start from. ``long``: texts that cannot be read at once are ``cut``, or
        read in ``chunks``. Raises Refusal (a ValueError) for what cannot be granted, or fails even in float32.
        """
        request = Request.of(
            {
                "prompt": prompt,
                "negative": negative,
                "model": self.spec.name,
                "seed": seed,
                "steps": steps,
                "guidance": guidance,
                "sampler": sampler,
                "size": size,
                "count": count,
                "long": long,
            }
        )
        return [event for event in self.pictures(request, noise=noise) if isinstance(event, Picture)]

    def pictures(self, request: Request, *, noise: Tensor | None = None) -> Iterator[Progress | Picture]:
        """Paint a request, telling of every step; stop asking and the work stops.

        One by one, whatever ``count`` is: in another batch kernels sum in another order, and pictures would differ.
        """
        request = self.settled(request)
        self.lodging.fit(request.size)
        if noise is not None:
            self._check_noise(request, noise)
        for k in range(request.count):
            start = noise[k : k + 1].detach().float().cpu() if noise is not None else None
            yield from self._thriftily(request, k, start)

    def settled(self, request: Request) -> Settled:
        """The request with the model's own values where none were named, and a drawn seed if there was none."""
        if request.model != self.spec.name:
            raise Refusal(f"the request is for the model {request.model!r}; this is {self.spec.name!r}")
        if request.negative and self.manner.told == "guidance":
            raise Refusal(f"{self.spec.name} is told how much guidance to feign and hears no negative prompt; drop it")
        suited(self.bundle.text, (request.prompt, request.negative or ""), long=request.long, name=self.spec.name)
        return request.settled(self.spec, seed=secrets.randbelow(2**32))

    def notes(self, request: Request) -> list[str]:
        """What a person should know about a request, its words above all, before they wait for a picture."""
        texts = {"prompt": request.prompt, "negative prompt": request.negative or ""}
        reader = suited(self.bundle.text, texts.values(), long=request.long, name=self.spec.name)
        readings = {where: words.read(text, reader, taught=self.spec.words) for where, text in texts.items()}
        notes = [note for where, reading in readings.items() for note in reading.notes(where)]
        own = request.sampler in (None, self.manner.sampler)
        return [self.manner.note, *notes] if self.manner.note and own else notes

    def _thriftily(self, whole: Settled, k: int, noise: Tensor | None) -> Iterator[Progress | Picture]:
        """Picture ``k``, begun again with more thrift when memory runs out; raises Refusal when thrift is exhausted."""
        while True:
            try:
                yield from self._picture(whole, k, noise)
                return
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
            # only here, where the error and all that its frames held is gone
            self.lodging.save(whole.size)

    def _picture(self, whole: Settled, k: int, noise: Tensor | None) -> Iterator[Progress | Picture]:
        """Picture ``k`` of a request. One that comes out spoiled is painted again in float32 before it is given up."""
        request, fault = whole.single(k), None
        for at in dict.fromkeys((self.at, replace(self.at, precision="float32"))):
            with self.lodging.open(at):
                latent = yield from self._steps(request, at, noise, k=k, count=whole.count)
                pixels = self._decoded(latent, at)
            if (fault := spoiled(latent, pixels)) is None:
                image = to_image(pixels)
                record = self._record(request, at, image, noise)
                yield Picture(image, pixels.clamp(-1, 1), latent[0].cpu(), record)
                return
        raise Refusal(f"the picture of seed {request.seed} came out {fault}, in float32 too; it is not kept")

    def _steps(
        self, request: Settled, at: Place, noise: Tensor | None, *, k: int, count: int
    ) -> Generator[Progress, None, Tensor]:
        """From noise to the latent of one picture (1 C H W), one step at a time."""
        levels = self.manner.levels(request.sampler, request.steps, self._tokens(request))
        stream = Noise([request.seed])
        drawn = stream.draw(1, *self._shape(request))  # drawn even if not used, so that later draws stay the same
        noise = (drawn if noise is None else noise).to(at.device)
        x = from_noise(noise, levels[0], whole=self.manner.whole(request.sampler))
        told = self._told(request)
        with self.lodging.painting(at):
            moments = watch(self._denoiser(request, told), x, levels, SAMPLERS[request.sampler].step, stream)
            for i, (latent, x0, _) in enumerate(moments, start=1):
                x = latent
                yield Progress(k, count, i, len(levels) - 1, partial(self._preview, x0, at))
        return x

    def _told(self, request: Settled) -> list[Condition]:
        """What the network is told about the prompt and, where guidance asks for it, about what to keep away from."""
        # without guidance nobody asks what the network would paint unprompted, and some are told how much to feign
        texts = [request.prompt]
        if request.guidance != 1 and self.manner.told != "guidance":
            texts.append(request.negative or "")
        found, reader = [], suited(self.bundle.text, texts, long=request.long, name=self.spec.name)
        for i, text in enumerate(texts):
            said = heard(reader, text, seed=request.seed)
            if i and request.negative is None and self.manner.silent:
                said = silent(said)
            found.append(beside(said, self.manner.told, size=request.size, guidance=request.guidance, wanted=not i))
        return found

    def _denoiser(self, request: Settled, words: Sequence[Condition]) -> Denoiser:
        """The network as the loop sees it. The one order of doors, of which those below exist:

        weights -> data -> control -> guidance -> regions -> known -> clip.
        """
        process, says = self.manner.process_for(self._tokens(request)), self.manner.says()
        # data
        denoise, *unwanted = [told(self.bundle.denoiser, c, process=process, prediction=says) for c in words]
        # guidance
        return guided(denoise, unwanted[0], plain(request.guidance)) if unwanted else denoise

    def _tokens(self, request: Settled) -> int:
        """How many places of the picture the network looks from."""
        width, height = (side // self.spec.sizes.multiple for side in request.size)
        return width * height

    def _preview(self, x0: Tensor, at: Place) -> Image:
        return to_image(self._decoded(x0, at))

    def _decoded(self, latent: Tensor, at: Place) -> Tensor:
        with self.lodging.decoding(at):
            return decoded(self.bundle.codec, latent, at, thrifty=self.lodging.plan.stay != "whole")[0]

    def _shape(self, request: Settled) -> tuple[int, int, int]:
        width, height = request.size
        return self.bundle.codec.channels, height // self.bundle.codec.factor, width // self.bundle.codec.factor

    def _check_noise(self, request: Settled, noise: Tensor) -> None:
        wanted = (request.count, *self._shape(request))
        if tuple(noise.shape) != wanted:
            raise Refusal(f"noise of shape {tuple(noise.shape)} does not fit; {wanted} (B C H W) is needed")
        if not noise.is_floating_point() or not noise.isfinite().all():
            raise Refusal("noise must be finite floats")

    def _record(self, request: Settled, at: Place, image: Image, noise: Tensor | None) -> Record:
        return Record(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            request=request,
            model=Painter(name=self.spec.name, hash=self.hash),
            machine=Machine(
                torch=torch.__version__,
                device=at.name(),
                threads=torch.get_num_threads(),
                precision=at.precision,
                compiled=at.compiled,
            ),
            schedule=self.spec.defaults.schedule,
            pixels=pixel_hash(image),
            noise=None if noise is None else hashlib.sha256(noise.numpy().tobytes()).hexdigest(),
            notes=self.notes(request),
        )
