"""The words of public models: which states of which text networks a painter is told, and what it hears beside words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from ..core.level import Condition, Reader, States
from ..core.refusal import Refusal, unknown
from .emphasis import weighed

Beside = Literal["nothing", "sizes", "aesthetics", "guidance"]


@dataclass(frozen=True)
class Heard:
    """What a text network made of some texts; ``mask`` (B N) is true where a token counts."""

    states: States
    mask: Tensor


class Speaker(Protocol):
    """A tokenizer and the text network that reads its tokens."""

    def __call__(self, texts: Sequence[str], /) -> Heard: ...

    def kept(self, text: str, /) -> int:
        """How many characters of ``text`` are read."""

    def reading_whole(self) -> Speaker:
        """The same speaker, which reads long texts further if it can."""


# What the speakers of a family say, by their slots, as the condition its painter was taught with.
Wiring = Callable[[Mapping[str, Heard]], Condition]


def _last(heard: Mapping[str, Heard]) -> Condition:
    return Condition(tokens=heard["text_encoder"].states.last)


def _two_clips(heard: Mapping[str, Heard]) -> Condition:
    """SDXL (arXiv 2307.01952): the last layer but one of each, side by side; the pooled vector of the larger."""
    small, large = heard["text_encoder"].states, heard["text_encoder_2"].states
    return Condition(tokens=torch.cat([small.layers[-2], large.layers[-2]], dim=-1), pooled=large.pooled)


def _large_clip(heard: Mapping[str, Heard]) -> Condition:
    states = heard["text_encoder_2"].states
    return Condition(tokens=states.layers[-2], pooled=states.pooled)


def _clips_and_t5(heard: Mapping[str, Heard]) -> Condition:
    """SD 3 (arXiv 2403.03206): both CLIPs side by side, widened with zeros, before T5."""
    small, large, t5 = (heard[slot].states for slot in ("text_encoder", "text_encoder_2", "text_encoder_3"))
    clips = torch.cat([small.layers[-2], large.layers[-2]], dim=-1)
    clips = F.pad(clips, (0, t5.last.shape[-1] - clips.shape[-1]))
    return Condition(tokens=torch.cat([clips, t5.last], dim=1), pooled=_pooled(small, large))


def _t5_and_pooled(heard: Mapping[str, Heard]) -> Condition:
    return Condition(tokens=heard["text_encoder_2"].states.last, pooled=heard["text_encoder"].states.pooled)


def _last_but_one(heard: Mapping[str, Heard]) -> Condition:
    found = heard["text_encoder"]
    return Condition(tokens=found.states.layers[-2], mask=found.mask)


def _pooled(*states: States) -> Tensor:
    return torch.cat([found.pooled for found in states if found.pooled is not None], dim=-1)


WIRINGS: Mapping[str, Wiring] = {
    "sd1": _last,
    "sd2": _last,
    "sdxl": _two_clips,
    "sdxl-refiner": _large_clip,
    "sd3": _clips_and_t5,
    "flux": _t5_and_pooled,
    "flux-schnell": _t5_and_pooled,
    "z-image": _last_but_one,
}


class Silence:
    """The speaker in the place of one that is not there: zeros, ``length`` tokens of them (SD 3 without T5)."""

    def __init__(self, length: int, width: int) -> None:
        self._shape = length, width

    def __call__(self, texts: Sequence[str]) -> Heard:
        zeros = torch.zeros(len(texts), *self._shape)
        return Heard(States((zeros,), zeros), torch.ones(zeros.shape[:2], dtype=torch.bool))

    def kept(self, text: str) -> int:
        return len(text)

    def reading_whole(self) -> Silence:
        return self


class Words:
    """All speakers of a model as one text encoder; the conditions of the last texts are kept for the next picture."""

    KEPT = 8

    def __init__(self, speakers: Mapping[str, Speaker], wiring: Wiring) -> None:
        self._speakers, self._wiring = speakers, wiring
        self._known: dict[tuple[str, ...], Condition] = {}
        self._whole: Words | None = None

    def __call__(self, texts: Sequence[str]) -> Condition:
        key = tuple(texts)
        if key not in self._known:
            found = self._wiring({slot: speaker(texts) for slot, speaker in self._speakers.items()})
            self._known[key] = found
            for old in list(self._known)[: -self.KEPT]:
                del self._known[old]
        return self._known[key]

    def kept(self, text: str) -> int:
        """How many characters of ``text`` every speaker reads."""
        return min(speaker.kept(text) for speaker in self._speakers.values())

    def reading_whole(self) -> Words:
        """The same speakers, which read long texts further: those that can, in rows of as many tokens as they know."""
        if self._whole is None:
            speakers = {slot: speaker.reading_whole() for slot, speaker in self._speakers.items()}
            self._whole = Words(speakers, self._wiring)
        return self._whole

    def forget(self) -> None:
        """Give the memory of the kept conditions back."""
        self._known.clear()
        self._whole = None


def suited(reader: Reader, texts: Iterable[str], *, long: Literal["cut", "chunks"], name: str) -> Reader:
    """The reader for texts that shall be ``cut`` where they are too long, or read in ``chunks``; raises Refusal where
    the model called ``name`` cannot do that, or cannot weigh the words that are weighed."""
    if isinstance(reader, Words):
        return reader.reading_whole() if long == "chunks" else reader
    if not all(weighed(text).even for text in texts):
        raise Refusal(f"{name} cannot weigh words; drop the numbers, as in (red:1.3)")
    if long == "chunks":
        raise Refusal(f"{name} cannot read a text in chunks; what is too long for it is cut")
    return reader


class Labels:
    """The text encoder of a class-conditional model: a prompt is the name of a class or its number."""

    def __init__(self, names: Mapping[str, int], classes: int) -> None:
        self._names, self._classes = {name.casefold(): label for name, label in names.items()}, classes

    def __call__(self, texts: Sequence[str]) -> Condition:
        return Condition(label=torch.tensor([self._label(text.strip()) for text in texts]))

    def kept(self, text: str) -> int:
        return len(text)

    def _label(self, text: str) -> int:
        """The class of a text; none for an empty one, which is the class after the last."""
        if not text:
            return self._classes
        if text.isascii() and text.isdigit():
            if int(text) >= self._classes:
                raise Refusal(f"there is no class {text}; they are numbered 0 to {self._classes - 1}")
            return int(text)
        if text.casefold() not in self._names:
            near = unknown("class", text, self._names)
            raise near if len(self._names) < 30 else Refusal(f"{str(near).partition(';')[0]}; a number will do too")
        return self._names[text.casefold()]


def beside(condition: Condition, kind: Beside, *, size: tuple[int, int], guidance: float, wanted: bool) -> Condition:
    """``condition`` with what a painter is told beside words.

    ``size`` is (width, height), ``wanted`` is true for the prompt and false for the negative one. SDXL counts heights
    before widths: the size of the original, its cut from the top left, the size to be painted; its refiner ends with a
    mark out of ten instead, 6 for what is wanted and 2.5 for what is not.
    """
    device = next(value.device for value in condition.__dict__.values() if value is not None)
    width, height = size
    if kind == "guidance":
        return replace(condition, guidance=torch.tensor([guidance], device=device).float())
    if kind == "nothing":
        return condition
    last = (float(height), float(width)) if kind == "sizes" else (6.0 if wanted else 2.5,)
    return replace(condition, size=torch.tensor([[float(height), float(width), 0.0, 0.0, *last]], device=device))


def silent(condition: Condition) -> Condition:
    """Nothing said at all, as SDXL was taught: zeros in place of an empty prompt."""
    zeros = {name: torch.zeros_like(value) for name, value in condition.__dict__.items() if value is not None}
    return replace(condition, **zeros)
