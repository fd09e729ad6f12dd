"""The scene graph: what is in a picture, the single source of its pixels and its captions."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

VERSION: Final[int] = 2

T = TypeVar("T")

ANIMALS: Final = ("dog", "cat", "fox", "bear", "rabbit", "mouse", "pig", "frog")
THINGS: Final = ("newspaper", "balloon", "umbrella", "tree")
KINDS: Final = ANIMALS + THINGS
ACCESSORIES: Final = ("beret", "top hat", "crown", "scarf", "glasses", "bow tie")
HATS: Final = ("beret", "top hat", "crown")
PLACES: Final = ("meadow", "beach", "forest", "city", "room", "mountains")
WEATHERS: Final = ("sunny", "cloudy", "rainy", "snowy")
TIMES: Final = ("day", "sunset", "night")
POSES: Final = ("standing", "sitting", "waving", "sleeping")
EXPRESSIONS: Final = ("smile", "laugh", "calm")
HELD: Final = ("newspaper", "balloon", "umbrella")
COLOR_NAMES: Final = (
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
)  # fmt: skip

# The colour an animal or a thing has when nobody says otherwise.
NATURAL: Final[dict[str, str]] = {
    "dog": "brown",
    "cat": "gray",
    "fox": "orange",
    "bear": "brown",
    "rabbit": "white",
    "mouse": "gray",
    "pig": "pink",
    "frog": "green",
    "newspaper": "white",
    "tree": "green",
    "crown": "yellow",
    "glasses": "black",
}

# What each number in an instance map means.
INSTANCES: Final = ("background", *KINDS, *ACCESSORIES)


def _one_of(value: str, allowed: Iterable[str], what: str) -> None:
    names = tuple(allowed)
    if value not in names:
        near = difflib.get_close_matches(str(value), names, n=3, cutoff=0.3) or list(names)
        raise ValueError(f"{what} {value!r} is not known; nearest: {', '.join(near)}")


def _within(value: float, low: float, high: float, what: str) -> None:
    if not low <= value <= high:
        raise ValueError(f"{what} {value!r} is outside {low} to {high}")


@dataclass(frozen=True)
class Accessory:
    """Something worn."""

    kind: str
    color: str

    def __post_init__(self) -> None:
        _one_of(self.kind, ACCESSORIES, "accessory")
        _one_of(self.color, COLOR_NAMES, "colour")


@dataclass(frozen=True)
class Thing:
    """A thing, held by an animal or alone. `turn` in degrees; `scale` 1 is the usual size."""

    kind: str
    color: str
    scale: float = 1.0
    turn: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        _one_of(self.kind, THINGS, "thing")
        _one_of(self.color, COLOR_NAMES, "colour")
        _within(self.scale, 0.5, 1.5, "scale")
        _within(self.turn, -45, 45, "turn")


@dataclass(frozen=True)
class Animal:
    """One character. `height` is its share of the picture; `look` (-1 left to 1 right) turns the face."""

    kind: str
    color: str
    pose: str = "standing"
    expression: str = "smile"
    worn: tuple[Accessory, ...] = ()
    held: Thing | None = None
    height: float = 0.55
    width: float = 1.0
    head: float = 1.0
    tilt: float = 0.0
    look: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        _one_of(self.kind, ANIMALS, "animal")
        _one_of(self.color, COLOR_NAMES, "colour")
        _one_of(self.pose, POSES, "pose")
        _one_of(self.expression, EXPRESSIONS, "expression")
        _within(self.height, 0.3, 0.8, "height")
        _within(self.width, 0.8, 1.2, "width")
        _within(self.head, 0.8, 1.2, "head")
        _within(self.tilt, -20, 20, "tilt")
        _within(self.look, -1, 1, "look")
        if self.held is not None:
            _one_of(self.held.kind, HELD, "held thing")
            if self.pose in ("waving", "sleeping"):
                raise ValueError(f"a {self.pose} animal cannot hold anything; poses that can: standing, sitting")


@dataclass(frozen=True)
class Scene:
    """A whole picture: its animals and its things from left to right, and where and when they are.

    `x` and `horizon` in [0, 1] place the group and the ground; `detail` seeds the small things nobody names.
    With animals, `things` holds at most one tree, which stands beside or behind the only animal.
    """

    place: str
    weather: str
    time: str
    animals: tuple[Animal, ...] = ()
    things: tuple[Thing, ...] = ()
    x: float = 0.5
    horizon: float = 0.5
    detail: int = 0

    def __post_init__(self) -> None:
        _one_of(self.place, PLACES, "place")
        _one_of(self.weather, WEATHERS, "weather")
        _one_of(self.time, TIMES, "time")
        _within(self.x, 0, 1, "x")
        _within(self.horizon, 0, 1, "horizon")
        if not 1 <= len(self.animals) + len(self.things) <= 2:
            raise ValueError("a scene holds one or two animals and things in all")
        if self.place == "room" and self.weather != "sunny":
            raise ValueError(f"weather {self.weather!r} does not happen in a room; nearest: sunny")
        if self.animals and any(thing.kind != "tree" for thing in self.things):
            raise ValueError("beside an animal only a tree can stand; other things are held")

    def to_json(self) -> str:
        """One line of JSON, keys in the order of the fields."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Scene:
        """The scene that `to_json` wrote. Raises ValueError if a field is unknown or a value is bad."""
        row = json.loads(text)
        animals = tuple(_animal(dict(entry)) for entry in row.pop("animals", ()))
        things = tuple(_record(Thing, dict(entry)) for entry in row.pop("things", ()))
        return _record(Scene, {**row, "animals": animals, "things": things})


def _animal(row: dict[str, Any]) -> Animal:
    worn = tuple(_record(Accessory, dict(entry)) for entry in row.pop("worn", ()))
    held = row.pop("held", None)
    return _record(Animal, {**row, "worn": worn, "held": None if held is None else _record(Thing, dict(held))})


def _record(kind: type[T], row: dict[str, Any]) -> T:
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for name in row:
        _one_of(name, fields, f"{kind.__name__.lower()} field")
    try:
        return kind(**row)
    except TypeError as error:
        raise ValueError(f"{kind.__name__.lower()}: {error}") from error
