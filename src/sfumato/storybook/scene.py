"""The scene graph: what is in a picture, the single source of its pixels, its captions and every truth about them."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final, Literal, TypeVar

from .kind import GENDERS, PATTERNS, SKINS
from .kinds import ACCESSORIES, KINDS

VERSION: Final[int] = 3

T = TypeVar("T")

PLACES: Final = (
    "meadow", "beach", "forest", "city", "room", "mountains", "lake", "desert", "farm", "kitchen", "park", "space",
)  # fmt: skip
SHELTERED: Final = ("room", "kitchen", "space")  # places without weather: it is sunny there
WEATHERS: Final = ("sunny", "cloudy", "rainy", "snowy", "foggy", "stormy")
TIMES: Final = ("morning", "day", "sunset", "night")
STYLES: Final = ("flat", "outline", "watercolour", "pixel art", "pencil", "crayon", "paper cut", "neon")
SIZES: Final = {"tiny": 0.42, "small": 0.66, "medium": 1.0, "big": 1.35, "huge": 1.75}  # medium is not said
ACTIONS: Final = (
    "standing", "sitting", "sleeping", "waving", "reading", "holding", "running", "jumping", "dancing", "eating",
)  # fmt: skip
HANDS: Final = {"holding": "hold", "reading": "read", "eating": "eat"}  # what a hand is for in an action
EXPRESSIONS: Final = ("happy", "laughing", "calm", "sad", "angry", "surprised")
RELATIONS: Final = (
    "left of", "right of", "above", "below", "on", "under", "in front of", "behind", "between", "inside",
)  # fmt: skip
CROWD: Final = 9  # the most a picture holds, counting every copy
COPIES: Final = 7


@dataclass(frozen=True)
class Worn:
    """Something worn."""

    kind: str
    color: str
    pattern: str = "plain"

    def __post_init__(self) -> None:
        _one_of(self.kind, ACCESSORIES, "accessory")
        row = ACCESSORIES[self.kind]
        _one_of(self.color, row.colors, f"colour of {self.kind}")
        _one_of(self.pattern, PATTERNS if row.patterns else PATTERNS[:1], f"pattern of {self.kind}")


@dataclass(frozen=True)
class Figure:
    """Characters or things of one description: ``count`` of them, all alike but for their drawing variant.

    Characters alone have an action, an expression, clothes, a hand to hold with; unless told otherwise they stand and
    are calm. People also have skin and gender. ``letters``: on a sign, up to six. ``variant`` seeds the drawing:
    proportions, tilt, look, line. ``flip`` mirrors.
    """

    kind: str
    color: str
    pattern: str = "plain"
    size: str = "medium"
    count: int = 1
    action: str = ""
    expression: str = ""
    worn: tuple[Worn, ...] = ()
    held: Figure | None = None
    letters: str = ""
    skin: str = ""
    gender: str = ""
    variant: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        _one_of(self.kind, KINDS, "kind")
        row = KINDS[self.kind]
        _one_of(self.color, row.colors, f"colour of {self.kind}")
        _one_of(self.pattern, PATTERNS if row.patterns else PATTERNS[:1], f"pattern of {self.kind}")
        _one_of(self.size, SIZES, "size")
        if not 1 <= self.count <= COPIES:
            raise ValueError(f"{self.count} {row.many} are not 1 to {COPIES}")
        if not row.alive:
            if self.action or self.expression or self.worn or self.held:
                raise ValueError(f"{_a(self.kind)} is a thing: it neither acts nor feels, wears nor holds")
        else:
            _default(self, "action", self.action or "standing")
            _default(self, "expression", self.expression or "calm")
            _one_of(self.action, ACTIONS, "action")
            _one_of(self.expression, EXPRESSIONS, "expression")
            self._check_hands()
            slots = [ACCESSORIES[worn.kind].slot for worn in self.worn]
            if len(slots) != len(set(slots)):
                raise ValueError(f"{_a(self.kind)} wears one thing in a place, not two on the {_twice(slots)}")
            for worn, slot in zip(self.worn, slots, strict=True):
                if slot not in row.slots:
                    raise ValueError(f"{_a(self.kind)} wears no {worn.kind}: nothing on the {slot}")
        if row.group == "person":
            _default(self, "skin", self.skin or SKINS[self.variant % len(SKINS)])
            genders = row.genders or GENDERS
            _default(self, "gender", self.gender or genders[self.variant // len(SKINS) % len(genders)])
            _one_of(self.skin, SKINS, "skin")
            _one_of(self.gender, genders, f"gender of {self.kind}")
        elif self.skin or self.gender:
            raise ValueError(f"{_a(self.kind)} is no person: it has no skin or gender to choose")
        if self.letters and not row.letters:
            able = (k for k in KINDS if KINDS[k].letters)
            raise ValueError(f"{_a(self.kind)} bears no letters; what does: {_listed(able)}")
        if row.letters and not (1 <= len(self.letters) <= 6 and set(self.letters) <= set(ascii_uppercase)):
            raise ValueError(f"letters {self.letters!r} are not one to six of A to Z")
        if row.letters and self.flip:
            raise ValueError(f"{_a(self.kind)} is not flipped: its letters would read backwards")

    def _check_hands(self) -> None:
        if self.action not in HANDS:
            if self.held is not None:
                raise ValueError(f"who is {self.action} holds nothing; who does: {_listed(HANDS)}")
            return
        use = HANDS[self.action]
        if self.held is None:
            raise ValueError(f"{self.action} needs something to {use} in `held`")
        row = KINDS[self.held.kind]
        if row.grip is None:
            raise ValueError(f"{_a(row.name)} cannot be held; what can: {_listed(k for k in KINDS if KINDS[k].grip)}")
        if use != "hold" and row.use != use:
            able = (k for k in KINDS if KINDS[k].use == use)
            raise ValueError(f"{_a(row.name)} is not there to {use}; what is: {_listed(able)}")
        if self.held.count != 1 or self.held.size != "medium":
            raise ValueError("a hand holds one thing of its usual size")

    @property
    def unit(self) -> float:
        """The unit of its frame, in dogs."""
        return KINDS[self.kind].tall * SIZES[self.size]

    @property
    def high(self) -> float:
        """Its height in dogs."""
        return -KINDS[self.kind].extent.top * self.unit

    @property
    def wide(self) -> float:
        """What it needs of a floor, in dogs: a tail or a wing may reach over the edge."""
        row = KINDS[self.kind]
        return (row.extent.right - row.extent.left) * self.unit * (0.6 if row.alive else 0.85)


@dataclass(frozen=True)
class Relation:
    """``subject`` and ``object`` are indices into the figures of a scene; "between" also has ``second``."""

    subject: int
    name: str
    object: int
    second: int | None = None

    def __post_init__(self) -> None:
        _one_of(self.name, RELATIONS, "relation")
        if (self.second is not None) != (self.name == "between"):
            raise ValueError("between needs two others, every other relation one")


@dataclass(frozen=True)
class Scene:
    """A whole picture: who and what, how they stand to each other, where and when, in which style.

    ``light`` -1 to 1 is where the one light comes from (left to right); ``horizon`` 0 to 1 how high the ground reaches;
    ``detail`` seeds the clutter nobody names. A scene that cannot be drawn is refused when it is made.
    """

    place: str
    weather: str
    time: str
    style: str
    figures: tuple[Figure, ...]
    relations: tuple[Relation, ...] = ()
    light: float = -0.6
    horizon: float = 0.5
    detail: int = 0

    def __post_init__(self) -> None:
        _one_of(self.place, PLACES, "place")
        _one_of(self.weather, WEATHERS, "weather")
        _one_of(self.time, TIMES, "time")
        _one_of(self.style, STYLES, "style")
        _within(self.light, -1, 1, "light")
        _within(self.horizon, 0, 1, "horizon")
        if self.place in SHELTERED and self.weather != "sunny":
            raise ValueError(f"weather {self.weather!r} does not happen in a {self.place}; nearest: sunny")
        if not self.figures:
            raise ValueError("a scene shows somebody or something")
        total = sum(figure.count for figure in self.figures)
        if total > CROWD:
            raise ValueError(f"{total} figures do not fit on a page; at most {CROWD}")
        names = [(f.kind, f.color, f.pattern, f.size, f.letters) for f in self.figures]
        if len(names) != len(set(names)):
            raise ValueError(f"two figures are both a {_twice(names)[1]} {_twice(names)[0]}; give one a count of 2")
        for figure in self.figures:
            where = KINDS[figure.kind].places
            if where and self.place not in where:
                raise ValueError(f"there is no {figure.kind} in a {self.place}; it is found in: {_listed(where)}")
        self._check_relations()

    def _check_relations(self) -> None:
        for relation in self.relations:
            ends = (relation.subject, relation.object, *(() if relation.second is None else (relation.second,)))
            if any(not 0 <= end < len(self.figures) for end in ends):
                raise ValueError(f"relation {relation.name!r} names a figure outside 0 to {len(self.figures) - 1}")
            if len(set(ends)) != len(ends):
                raise ValueError(f"nothing is {relation.name} itself")
            _possible(relation.name, *(self.figures[end] for end in ends))
        subjects = [relation.subject for relation in self.relations]
        if len(subjects) != len(set(subjects)):
            row = self.figures[_twice(subjects)]
            raise ValueError(f"the {row.kind} has one place: it is the subject of at most one relation")
        placed: set[int] = set(range(len(self.figures))) - set(subjects)
        waiting = list(self.relations)
        while waiting:
            ready = [r for r in waiting if r.object in placed and (r.second is None or r.second in placed)]
            if not ready:
                raise ValueError("relations go round in a circle: " + ", ".join(r.name for r in waiting))
            placed |= {relation.subject for relation in ready}
            waiting = [relation for relation in waiting if relation not in ready]

    def to_json(self) -> str:
        """One line of JSON, keys in the order of the fields."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Scene:
        """The scene that `to_json` wrote. Raises ValueError if a field is unknown or a value is bad."""
        row = json.loads(text)
        figures = tuple(_figure(dict(entry)) for entry in row.pop("figures", ()))
        relations = tuple(_record(Relation, dict(entry)) for entry in row.pop("relations", ()))
        return _record(Scene, {**row, "figures": figures, "relations": relations})


# Checks ---------------------------------------------------------------------------------------------------------------


def _possible(name: str, subject: Figure, other: Figure, *_: Figure) -> None:
    """Raises ValueError, with the reason, if the subject cannot be in that relation to the other."""
    row, base = KINDS[subject.kind], KINDS[other.kind]
    scale = other.unit
    if name in ("above", "below"):
        high = row if name == "above" else base
        if not high.floats:
            raise ValueError(f"{_a(high.name)} does not hang in the air; what does: {_listed(_floating())}")
    elif (row.floats or base.floats) and name in ("on", "inside", "under", "in front of", "behind"):
        raise ValueError(f"{_a((row if row.floats else base).name)} hangs in the air: {name} is for what stands")
    if name in ("on", "inside", "under") and other.count != 1:
        raise ValueError(f"{name} needs one {other.kind}, not {other.count}")
    if name == "on":
        if base.top is None:
            raise ValueError(f"nothing stands on {_a(base.name)}; what bears something: {_listed(_having('top'))}")
        _room(name, subject, other, (base.top[1] - base.top[0]) * scale, None)
    elif name == "inside":
        if base.inside is None:
            raise ValueError(f"nothing is inside {_a(base.name)}; what holds something: {_listed(_having('inside'))}")
        _room(name, subject, other, (base.inside[2] - base.inside[0]) * scale, None)
    elif name == "under":
        if base.under is None:
            raise ValueError(f"nothing is under {_a(base.name)}; what shelters: {_listed(_having('under'))}")
        left, right, y = base.under
        _room(name, subject, other, (right - left) * scale, -y * scale)


def _room(name: str, subject: Figure, other: Figure, width: float, height: float | None) -> None:
    many = subject.kind if subject.count == 1 else KINDS[subject.kind].many
    if subject.wide * subject.count > width:
        fits = int(width / subject.wide)
        size = "" if subject.size == "medium" else f"{subject.size} "
        raise ValueError(f"{subject.count} {size}{many} do not fit {name} one {other.kind}: there is room for {fits}")
    if height is not None and subject.high > height:
        raise ValueError(f"a {subject.size} {subject.kind} is too tall to be {name} a {other.size} {other.kind}")


def _floating() -> Iterable[str]:
    return (name for name, kind in KINDS.items() if kind.floats)


def _having(what: Literal["top", "inside", "under"]) -> Iterable[str]:
    facts = {"top": lambda k: k.top, "inside": lambda k: k.inside, "under": lambda k: k.under}
    return (name for name, kind in KINDS.items() if facts[what](kind) is not None)


def _one_of(value: str, allowed: Iterable[str], what: str) -> None:
    names = tuple(allowed)
    if value not in names:
        near = difflib.get_close_matches(str(value), names, n=3, cutoff=0.5) or names
        raise ValueError(f"{what} {value!r} is not known; nearest: {', '.join(near)}")


def _within(value: float, low: float, high: float, what: str) -> None:
    if not low <= value <= high:
        raise ValueError(f"{what} {value!r} is outside {low} to {high}")


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _twice(values: Sequence[T]) -> T:
    """The first value that is there twice."""
    return next(value for i, value in enumerate(values) if value in values[:i])


def _default(record: object, name: str, value: str) -> None:
    """Fills in a field of a frozen record while it is being made."""
    object.__setattr__(record, name, value)


def _figure(row: dict[str, Any]) -> Figure:
    worn = tuple(_record(Worn, dict(entry)) for entry in row.pop("worn", ()))
    held = row.pop("held", None)
    return _record(Figure, {**row, "worn": worn, "held": None if held is None else _figure(dict(held))})


def _record(kind: type[T], row: dict[str, Any]) -> T:
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for name in row:
        _one_of(name, fields, f"{kind.__name__.lower()} field")
    try:
        return kind(**row)
    except TypeError as error:
        raise ValueError(f"{kind.__name__.lower()}: {error}") from error
