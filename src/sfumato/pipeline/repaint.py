"""A picture painted again from its record alone, and how near the second comes to the first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..core.picture import LOSSLESS, Opened, likeness, pixel_hash
from ..core.refusal import Refusal
from . import record as records
from .load import load
from .presets import place_of, shipped
from .record import Record

if TYPE_CHECKING:
    from PIL.Image import Image

    from .generate import Model

SAME = 25.0  # decibels: lossy files of an untouched picture stay well above


@dataclass(frozen=True)
class Verdict:
    """``exact``: every 8-bit pixel as it was painted. ``close``: not so, ``psnr`` decibels from the file's pixels."""

    word: Literal["exact", "close", "impossible"]
    why: str = ""
    psnr: float | None = None
    image: Image | None = None

    def __str__(self) -> str:
        near = f" ({self.psnr:.1f} dB)" if self.psnr is not None and math.isfinite(self.psnr) else ""
        return f"{self.word}{near}{f': {self.why}' if self.why else ''}"


class Repainter:
    """Paints pictures again; a model stays loaded from one picture to the next of the same kind."""

    def __init__(self, model: str | Path | None) -> None:
        """``model``: where to look for the weights instead of among the shipped models; must have the same hash."""
        self._where, self._key = model, ("", "", "", False)
        self._model: Model | None = None

    def __call__(self, path: Path) -> Verdict:
        """Paint the picture in a file again, in the same precision and number of threads, and compare.

        Raises Refusal for a file that is no picture, has no record, or whose record was edited.
        """
        record, opened = records.read(path)
        if record.noise is not None:
            return Verdict("impossible", "it began with noise that was handed in, which no seed brings back")
        try:
            model = self._find(record)
            with _threads(record.machine.threads):
                image = _painted(model, record)
        except Refusal as error:
            return Verdict("impossible", str(error))
        return _compared(image, record, opened)

    def _find(self, record: Record) -> Model:
        # Only a name among the shipped ones is looked up: a record from a stranger must not choose what is read.
        if self._where is None and record.model.name not in shipped():
            raise Refusal(f"the model {record.model.name!r} is not among the shipped ones; --model says where it is")
        where, kind = str(place_of(self._where or record.model.name)), record.machine.device.split()[0]
        key = (where, kind, record.machine.precision, record.machine.compiled)
        if self._model is None or self._key != key:
            try:
                self._model = load(where, device=kind, dtype=record.machine.precision, compile=record.machine.compiled)
            except Refusal:
                self._model = load(where, dtype=record.machine.precision)  # the device may not be here
            self._key = key
        if self._model.hash != record.model.hash:
            ours, theirs = self._model.hash[:12], record.model.hash[:12]
            raise Refusal(f"it was painted by other weights: {record.model.name} {theirs}, here is {ours}")
        return self._model


def _painted(model: Model, record: Record) -> Image:
    from .generate import Picture

    pictures = [event for event in model.pictures(record.request) if isinstance(event, Picture)]
    return pictures[0].image if record.request.count == 1 else records.sheet(pictures, record.request)[0]


def _compared(image: Image, record: Record, opened: Opened) -> Verdict:
    if opened.image.size != image.size:
        return Verdict("impossible", "the file was cropped or resized after painting; its record holds", image=image)
    again, psnr = pixel_hash(image) == record.pixels, likeness(image, opened.image)
    touched = pixel_hash(opened.image) != record.pixels if opened.format in LOSSLESS else psnr < SAME
    if again and not touched:
        return Verdict("exact", image=image)
    if again:
        return Verdict("close", "the file's pixels were changed after painting; its record holds", psnr, image)
    return Verdict("close", f"painted on {record.machine.device}, torch {record.machine.torch}", psnr, image)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """As many threads as then, because the order of sums hangs on it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
