"""A seed becomes a scene: this module proposes, the scene refuses what cannot be, the split what must not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from string import ascii_uppercase
from typing import Final

from .kind import GENDERS, PATTERNS, SKINS, Kind
from .kinds import ACCESSORIES, CHARACTERS, KINDS, THINGS
from .scene import (
    ACTIONS,
    EXPRESSIONS,
    HANDS,
    PLACES,
    RELATIONS,
    SHELTERED,
    SIZES,
    STYLES,
    TIMES,
    WEATHERS,
    Figure,
    Relation,
    Scene,
    Worn,
)  # fmt: skip
from .splits import SPLITS, belongs

WEATHER_SHARES: Final = {
    "morning": (60, 12, 8, 8, 12, 0), "day": (52, 10, 12, 12, 6, 8), "sunset": (82, 12, 0, 0, 6, 0),
    "night": (66, 6, 9, 11, 2, 6),
}  # fmt: skip
ACTION_SHARES: Final = (24, 12, 8, 9, 9, 14, 8, 6, 6, 8)  # in the order of ACTIONS
FORMS: Final = {"one": 24, "thing": 8, "group": 12, "pair": 42, "trio": 24}  # many of the last are refused
WORDS_ON_SIGNS: Final = ("OPEN", "CAFE", "ZOO", "HELLO", "STOP", "HOTEL", "BOOKS", "MILK", "PARK", "TAXI", "BAKERY")
STILL: Final = ("standing", "sitting", "waving", "reading", "holding", "eating", "sleeping")  # for a place on something


@dataclass(frozen=True)
class Population:
    """Shares of skin tones (in the order of SKINS) and genders (of GENDERS), and of single kinds where they differ.

    The default is even; another one makes a world whose bias is known, to see what a model makes of it.
    """

    skins: tuple[float, ...] = (1,) * len(SKINS)
    genders: tuple[float, ...] = (1,) * len(GENDERS)
    kinds: Mapping[str, Population] = field(default_factory=dict)

    def draw(self, kind: str, chance: Random) -> tuple[str, str]:
        """Skin and gender of a person of this kind."""
        own, able = self.kinds.get(kind, self), KINDS[kind].genders or GENDERS
        skin, gender = chance.choices(SKINS, own.skins)[0], chance.choices(GENDERS, own.genders)[0]
        return skin, gender if gender in able else able[0]


EVEN: Final = Population()


def sample(seed: int, *, split: str = "train", population: Population = EVEN) -> Scene:
    """The scene of `seed` in a split, the same on every machine.

    30 % one character, 10 % one thing, 14 % two to five alike, 33 % two with a relation, 13 % three.
    Raises ValueError if there is no such split.
    """
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is not known; there is {', '.join(SPLITS)}")
    chance = Random(seed * 2654435761 + 97)
    while True:
        scene = _propose(chance, split, population)
        if scene is not None and belongs(scene, split):
            return scene


def _propose(chance: Random, split: str, population: Population) -> Scene | None:
    place, weather, time = _setting(chance)
    form = "group" if split == "count" else chance.choices(tuple(FORMS), tuple(FORMS.values()))[0]
    if split == "long" and form in ("thing", "group"):
        form = "pair"
    relations: tuple[Relation, ...] = ()
    caster = _Caster(chance, place, split, population)
    if form == "one":
        figures = [caster.character()]
    elif form == "thing":
        figures = [caster.thing()]
    elif form == "group":
        figures, relations = caster.group()
    else:
        figures, relations = caster.related(3 if form == "trio" else 2)
    values = chance.uniform(-1, 1), chance.random(), chance.randrange(1 << 24)
    try:
        return Scene(place, weather, time, chance.choice(STYLES), tuple(figures), relations, round(values[0], 3),
                     round(values[1], 3), values[2])  # fmt: skip
    except ValueError:
        return None


def _setting(chance: Random) -> tuple[str, str, str]:
    place = chance.choice(PLACES)
    time = chance.choices(TIMES, (14, 54, 14, 18))[0]
    weather = chance.choices(WEATHERS, WEATHER_SHARES[time])[0]
    if place == "desert" and weather in ("snowy", "rainy"):
        weather = "sunny"
    return place, "sunny" if place in SHELTERED else weather, time


@dataclass(frozen=True)
class _Caster:
    """Chooses who plays, in one place."""

    chance: Random
    place: str
    split: str
    population: Population

    def _kind(self, names: Sequence[str]) -> str:
        fitting = [name for name in names if not KINDS[name].places or self.place in KINDS[name].places]
        return self.chance.choice(fitting or names)  # what does not fit here is refused by the scene

    def character(self, *, still: bool = False, crowd: bool = False) -> Figure:
        """A character with all it does, feels, wears and holds; `crowd`: only what a group has in common."""
        chance, kind = self.chance, self._kind(CHARACTERS)
        row = KINDS[kind]
        color = self._color(row, 0.55)
        action = chance.choices(ACTIONS, ACTION_SHARES)[0]
        if (still and action not in STILL) or (crowd and action in HANDS):
            action = "standing"
        skin, gender = self.population.draw(kind, chance) if row.group == "person" else ("", "")
        most = (0, 0, 1, 1, 2, 3) if self.split == "long" else (0, 0, 0, 1, 1, 2)
        return Figure(
            kind, color, self._pattern(row), self._size(), 1, action,
            chance.choices(EXPRESSIONS, (34, 20, 22, 8, 8, 8))[0] if action != "sleeping" else "calm",
            () if crowd else self._worn(chance.choice(most), row, color, action),
            self._held(HANDS[action], color) if action in HANDS else None,
            skin=skin, gender=gender, variant=chance.randrange(1 << 20), flip=chance.random() < 0.5)  # fmt: skip

    def thing(self, names: Sequence[str] = THINGS) -> Figure:
        """A thing by itself."""
        chance, row = self.chance, KINDS[self._kind(names)]
        return Figure(row.name, self._color(row, 0.35), self._pattern(row), self._size(), letters=self._letters(row),
                      variant=chance.randrange(1 << 20), flip=not row.letters and chance.random() < 0.5)  # fmt: skip

    def group(self) -> tuple[list[Figure], tuple[Relation, ...]]:
        """Several alike, now and then beside one of something else."""
        chance = self.chance
        alike = self.character(crowd=True) if chance.random() < 0.55 else self.thing()
        count = chance.choice((6, 7)) if self.split == "count" else chance.choices((2, 3, 4, 5), (3, 3, 2, 2))[0]
        figures = [replace(alike, count=count, size="medium")]
        if chance.random() < 0.25 and count < 5:
            figures.append(self.thing())
            return figures, (Relation(1, chance.choice(("left of", "right of")), 0),)
        return figures, ()

    def related(self, count: int) -> tuple[list[Figure], tuple[Relation, ...]]:
        """Two or three, standing to each other in some way; now and then simply together."""
        chance = self.chance
        name = chance.choice(RELATIONS)
        if count == 3 and chance.random() < 0.5:
            name = "between"
        if name == "between":
            return [self._any() for _ in range(3)], (Relation(2, name, 0, 1),)
        facts = {"on": [k for k in THINGS if KINDS[k].top], "inside": [k for k in THINGS if KINDS[k].inside],
                 "under": [k for k in THINGS if KINDS[k].under],
                 "below": [k for k in KINDS if KINDS[k].floats]}  # fmt: skip
        if name in ("on", "inside", "under"):
            subject = self.character(still=True) if chance.random() < 0.5 else self.thing()
            figures = [subject, self.thing(facts[name])]
            if name != "under" and chance.random() < 0.5:
                figures[0] = replace(figures[0], size="medium" if chance.random() < 0.7 else "small")
                figures[1] = replace(figures[1], size="medium" if chance.random() < 0.7 else "big")
        elif name == "above":
            figures = [self.thing(facts["below"]), self._any()]
        elif name == "below":
            figures = [self._any(), self.thing(facts["below"])]
        else:
            figures = [self._any(), self._any()]
        relations: tuple[Relation, ...] = (Relation(0, name, 1),)
        if chance.random() < 0.12:
            relations = ()
        if count == 3:
            figures.append(self._any())
            other = chance.choice(("left of", "right of"))
            relations = (*relations, Relation(2, other, 1)) if relations else ()
        return figures, relations

    def _any(self) -> Figure:
        return self.character() if self.chance.random() < 0.62 else self.thing()

    def _color(self, row: Kind, natural: float) -> str:
        return row.natural if self.chance.random() < natural else self.chance.choice(row.colors)

    def _pattern(self, row: Kind) -> str:
        pattern, plain = self.chance.choice(PATTERNS[1:]), self.chance.random() < 0.72
        return PATTERNS[0] if plain or not row.patterns else pattern

    def _size(self) -> str:
        other, usual = self.chance.choice([size for size in SIZES if size != "medium"]), self.chance.random() < 0.78
        return "medium" if usual else other

    def _letters(self, row: Kind) -> str:
        chance = self.chance
        known, word = chance.random() < 0.5, chance.choice(WORDS_ON_SIGNS)
        made = "".join(chance.choices(ascii_uppercase, k=chance.randint(1, 6)))
        return (word if known else made) if row.letters else ""

    def _worn(self, count: int, who: Kind, near: str, action: str) -> tuple[Worn, ...]:
        chance = self.chance
        found: list[Worn] = []
        slots: set[str] = set()
        for name in chance.sample(list(ACCESSORIES), len(ACCESSORIES)):
            row = ACCESSORIES[name]
            if len(found) == count:
                break
            if row.slot in slots or row.slot not in who.slots or (action == "sleeping" and row.slot != "head"):
                continue
            natural, colors = chance.random() < 0.3, [color for color in row.colors if color != near]
            pattern, plain = chance.choice(PATTERNS[1:]), chance.random() < 0.75 or not row.patterns
            slots.add(row.slot)
            color = row.natural if natural and row.natural != near else chance.choice(colors or row.colors)
            found.append(Worn(name, color, "plain" if plain else pattern))
        return tuple(found)

    def _held(self, use: str, near: str) -> Figure:
        chance = self.chance
        names = [k for k, row in KINDS.items() if row.grip is not None and (use == "hold" or row.use == use)]
        row = KINDS[chance.choice(names)]
        natural, colors = chance.random() < 0.4, [color for color in row.colors if color != near]
        color = row.natural if natural else chance.choice(colors or row.colors)
        pattern, letters = self._pattern(row), self._letters(row)
        return Figure(row.name, color, pattern, letters=letters, variant=chance.randrange(1 << 20))

