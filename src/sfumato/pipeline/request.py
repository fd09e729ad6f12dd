"""The one Request that the command line, Python, the server and the record of a picture share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..core.refusal import Refusal, unknown

if TYPE_CHECKING:
    from ..checkpoints.bundle import Asked

MOST_STEPS = 200
MOST_COUNT = 64
MOST_SEED = 2**53 - 1  # what JSON carries without loss into every language


Text = Annotated[str, Field(max_length=10_000)]
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]
Steps = Annotated[int, Field(ge=1, le=MOST_STEPS)]
Guidance = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Size = Annotated[tuple[int, int], Field(strict=False)]  # a JSON list will do


class Request(BaseModel):
    """What somebody wants painted. ``None`` means "as the model likes it"; ``settled`` fills it in.

    Picture ``k`` of ``count`` is painted with seed ``seed + k``. ``size`` is (width, height) in pixels. ``guidance``
    is how many times stronger the prompt speaks than the negative prompt; at 1 the negative prompt is not heard.
    ``long`` says what becomes of texts longer than a text encoder can read at once: ``cut``, or read in ``chunks``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    prompt: Text
    negative: Text | None = None
    model: str = "storybook"
    seed: Seed | None = None
    steps: Steps | None = None
    guidance: Guidance | None = None
    sampler: str | None = None
    size: Size | None = None
    count: Annotated[int, Field(ge=1, le=MOST_COUNT)] = 1
    long: Literal["cut", "chunks"] = "cut"

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("is empty; say what to paint")
        return text

    @model_validator(mode="after")
    def _agree(self) -> Request:
        if self.negative and self.guidance == 1:
            raise ValueError("a negative prompt is not heard at guidance 1; ask for more guidance or drop it")
        if self.seed is not None and self.seed + self.count - 1 > MOST_SEED:
            raise ValueError(f"seed {self.seed} leaves no room for {self.count} pictures below {MOST_SEED}")
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A request from named values, as options, JSON or a record give them; raises Refusal in one line."""
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise Refusal("; ".join(_said(dict(found)) for found in error.errors())) from None

    def settled(self, spec: Asked, *, seed: int) -> Settled:
        """The same wish with nothing left open: the model's own values, and ``seed``, where none were named.

        Raises Refusal where the model cannot: a size it was not made for, a sampler nobody knows.
        """
        check_size(size := self.size or spec.defaults.size, spec)
        if self.sampler is not None:
            check_sampler(self.sampler)
        return Settled.of(
            {
                "prompt": self.prompt,
                "negative": self.negative,
                "model": spec.name,
                "seed": self.seed if self.seed is not None else seed,
                "steps": self.steps or spec.defaults.steps,
                "guidance": self.guidance if self.guidance is not None else spec.defaults.guidance,
                "sampler": self.sampler or spec.defaults.sampler,
                "size": size,
                "count": self.count,
                "long": self.long,
            }
        )


class Settled(Request):
    """A request with nothing left open: what a record holds."""

    seed: Seed
    steps: Steps
    guidance: Guidance
    sampler: str
    size: Size

    def single(self, k: int) -> Settled:
        """The request of picture ``k`` alone, which paints the same picture."""
        return self.model_copy(update={"seed": self.seed + k, "count": 1})


def check_size(size: tuple[int, int], spec: Asked) -> None:
    """Raise Refusal unless the model paints (width, height); names the nearest size that it does paint."""
    least, most, multiple = spec.sizes.least, spec.sizes.most, spec.sizes.multiple
    near = tuple(min(max(round(side / multiple) * multiple, least), most) for side in size)
    if size != near:
        said, nearest = (f"{width}x{height}" for width, height in (size, near))
        raise Refusal(
            f"{spec.name} cannot paint {said}: each side is {least} to {most} pixels and a multiple of {multiple}; "
            f"the nearest is {nearest}"
        )


def check_sampler(name: str) -> None:
    """Raise Refusal unless a sampler has this name."""
    from ..engine.sampler import SAMPLERS

    if name not in SAMPLERS:
        raise unknown("sampler", name, SAMPLERS)


def _said(found: dict[str, Any]) -> str:
    """One of pydantic's findings as a person would say it."""
    where, context = ".".join(map(str, found["loc"])), found.get("ctx", {})
    given = repr(found["input"]) if len(repr(found["input"])) < 60 else "this"
    match found["type"]:
        case "greater_than_equal":
            return f"{where} {given} is too small; the least is {context['ge']}"
        case "less_than_equal":
            return f"{where} {given} is too large; the most is {context['le']}"
        case "value_error":
            return f"{where} {context['error']}" if where else str(context["error"])
        case "extra_forbidden":
            return f"{where} is nothing a request can say"
        case "missing":
            return f"{where} is missing"
        case "string_unicode":
            return f"{where} is not valid UTF-8 text"
        case "literal_error":
            return f"{where} {given} must be {context['expected']}"
        case "string_too_long":
            return f"{where} is longer than {context['max_length']} characters"
        case _:
            return f"{where} {given}: {found['msg'][0].lower()}{found['msg'][1:]}"
