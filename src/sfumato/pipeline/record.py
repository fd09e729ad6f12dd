"""What a picture says about itself: everything needed to paint it again, sealed against editing; and the Picture."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import __version__
from ..core import picture
from ..core.refusal import Refusal
from .request import Settled

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor


class Painter(BaseModel):
    """Which weights painted: ``hash`` is over all files that shape a picture."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    hash: str


class Machine(BaseModel):
    """What the sums were done on; the order of sums, and so the last bits, may hang on each of these."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    torch: str
    device: str
    threads: Annotated[int, Field(ge=1, le=1024)]
    precision: Literal["float32", "bfloat16", "float16"]
    compiled: bool = False


class Record(BaseModel):
    """The full record of a picture, or of a contact sheet (then ``request.count`` is more than one).

    ``pixels`` is the SHA-256 of the 8-bit pixels before any lossy compression. ``noise`` is the SHA-256 of starting
    noise that was handed in, which the seed alone cannot bring back. ``schedule`` names the model's own list of levels.
    ``notes`` says what a person should know, such as words the model was never taught.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = 1
    sfumato: str = __version__
    source: Literal["trainedAlgorithmicMedia"] = "trainedAlgorithmicMedia"
    created: str
    request: Settled
    model: Painter
    machine: Machine
    schedule: str
    pixels: str
    noise: str | None = None
    notes: list[str] = []

    def sealed(self) -> str:
        """The record as ASCII JSON, with a hash over itself."""
        values = self.model_dump(mode="json")
        return json.dumps({**values, "digest": _digest(values)}, ensure_ascii=True, allow_nan=False)

    def description(self) -> str:
        """One sentence for people and for tools that do not read records."""
        words = "".join(letter if letter.isprintable() else " " for letter in self.request.prompt)
        return f"{words[:500]} (made by an AI: {self.model.name}, sfumato {self.sfumato}, seed {self.request.seed})"

    @staticmethod
    def of(text: str, where: Path) -> Record:
        """The record in a sealed text; raises Refusal when it is damaged, edited, or of a later format."""
        try:
            values: Any = json.loads(text)
            if not isinstance(values, dict):
                raise ValueError("no JSON object")
            digest = values.pop("digest", None)
            if values.get("format") != 1:
                raise Refusal(f"the record of {where} is of format {values.get('format')!r}; this sfumato reads 1")
            if digest != _digest(values):
                raise Refusal(f"the record of {where} was edited after painting")
            return Record.model_validate(values)
        except (ValidationError, RecursionError, ValueError) as error:
            raise error if isinstance(error, Refusal) else Refusal(f"the record of {where} is damaged") from error


@dataclass(frozen=True, eq=False)
class Picture:
    """A painted picture: 8-bit ``image``, ``pixels`` (3 H W) in [-1, 1], ``latent`` (C H W) as the codec sees it."""

    image: Image
    pixels: Tensor
    latent: Tensor
    record: Record

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the picture with its record as ``.png``, ``.webp`` or ``.jpg``; raises Refusal, leaves no half file."""
        return save(self.image, Path(path), self.record, force=force)


def save(image: Image, path: Path, record: Record, *, force: bool) -> Path:
    """Write an image with the record that belongs to it, whole or not at all."""
    picture.save(
        image,
        path,
        record=record.sealed(),
        description=record.description(),
        software=f"sfumato {record.sfumato}",
        force=force,
    )
    return path


def read(path: Path) -> tuple[Record, picture.Opened]:
    """The record of a picture file and the file opened; raises Refusal for a picture that carries none."""
    opened = picture.load(path)
    if opened.record is None:
        raise Refusal(f"{path} carries no record of sfumato")
    return Record.of(opened.record, path), opened


def sheet(pictures: list[Picture], request: Settled) -> tuple[Image, Record]:
    """The contact sheet of several pictures and its record, which is that of the request as a whole."""
    image = picture.sheet([painted.image for painted in pictures])
    update = {"request": request, "pixels": picture.pixel_hash(image)}
    return image, pictures[0].record.model_copy(update=update)


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
