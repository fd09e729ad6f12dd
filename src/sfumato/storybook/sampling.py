"""A seed becomes a scene."""

from __future__ import annotations

from random import Random
from typing import Final

from .scene import ACCESSORIES, ANIMALS, COLOR_NAMES, HATS, NATURAL, Accessory, Animal, Scene, Thing

WORN_COLORS: Final = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "black", "white")
CLASH: Final[dict[str, tuple[str, ...]]] = {
    "brown": ("orange",),
    "orange": ("brown",),
    "gray": ("white",),
    "white": ("gray",),
}


def sample(seed: int) -> Scene:
    """The scene of `seed`: 60 % one animal, 25 % two, 15 % things alone; the same on every machine."""
    chance = Random(seed * 2654435761 + 97)
    place, weather, time = _setting(chance)
    kind = chance.random()
    detail = chance.randrange(1 << 24)
    if kind < 0.60:
        animal = _animal(chance, place, alone=True)
        things: tuple[Thing, ...] = ()
        if animal.held is None and place in ("meadow", "mountains", "beach", "city") and chance.random() < 0.22:
            things = (_thing(chance, "tree"),)
        return Scene(place, weather, time, (animal,), things, chance.uniform(0.2, 0.8), chance.random(), detail)
    if kind < 0.85:
        first = _animal(chance, place, alone=False)
        second = _animal(chance, place, alone=False, other=first)
        return Scene(place, weather, time, (first, second), (), chance.uniform(0.3, 0.7), chance.random(), detail)
    names = ["newspaper", "balloon", "umbrella", "tree"]
    if place in ("room", "forest"):
        names.remove("tree")
    picked = chance.choices(names, [0.8, 1.2, 1.1, 0.9][: len(names)])
    if chance.random() < 0.25:
        picked.append(chance.choice([name for name in names if name != picked[0]]))
        chance.shuffle(picked)
    things = tuple(_thing(chance, name, alone=True) for name in picked)
    return Scene(place, weather, time, (), things, chance.uniform(0.15, 0.85), chance.random(), detail)


def _setting(chance: Random) -> tuple[str, str, str]:
    place = chance.choices(("meadow", "beach", "forest", "city", "room", "mountains"), (24, 15, 15, 18, 14, 14))[0]
    if place == "room":
        return place, "sunny", chance.choices(("day", "night"), (75, 25))[0]
    time = chance.choices(("day", "sunset", "night"), (70, 12, 18))[0]
    weights = {"day": (56, 8, 18, 18), "sunset": (85, 15, 0, 0), "night": (70, 4, 13, 13)}[time]
    return place, chance.choices(("sunny", "cloudy", "rainy", "snowy"), weights)[0], time


def _color(chance: Random, kind: str, avoid: tuple[str, ...] = ()) -> str:
    if chance.random() < 0.55:
        return NATURAL[kind]
    return chance.choice([name for name in COLOR_NAMES if name not in avoid])


def _animal(chance: Random, place: str, *, alone: bool, other: Animal | None = None) -> Animal:
    kind = chance.choice([name for name in ANIMALS if other is None or name != other.kind])
    color = _color(chance, kind)
    act = chance.random()
    pose, held = "standing", None
    share = 1.0 if alone else 0.55
    taken = other is not None and other.held is not None
    if act < 0.48 * share and not taken:
        name = chance.choice(("newspaper", "balloon", "umbrella"))
        if name == "umbrella" and place == "room":
            name = "newspaper"
        held = _thing(chance, name, near=color)
        pose = "sitting" if chance.random() < 0.28 else "standing"
    elif act > 0.92 and alone:
        pose = "sleeping"
    else:
        pose = chance.choices(("standing", "sitting", "waving"), (50, 28, 22))[0]
    count = chance.choices((0, 1, 2), (48, 42, 10) if alone else (66, 34, 0))[0]
    worn: list[Accessory] = []
    for name in chance.sample(ACCESSORIES, len(ACCESSORIES)):
        if len(worn) == count:
            break
        hatted = any(item.kind in HATS for item in worn)
        necked = any(item.kind in ("scarf", "bow tie") for item in worn)
        blocked = (
            (name in HATS and (hatted or (held is not None and held.kind == "umbrella" and chance.random() < 0.6)))
            or (name in ("scarf", "bow tie") and (necked or pose == "sleeping"))
            or (name == "bow tie" and held is not None and held.kind == "newspaper")
            or (name == "glasses" and pose == "sleeping")
        )
        if not blocked:
            worn.append(_accessory(chance, name, color))
    return Animal(
        kind,
        color,
        pose,
        chance.choices(("smile", "laugh", "calm"), (50, 36, 14))[0],
        tuple(worn),
        held,
        round(chance.uniform(0.56, 0.68), 3),
        round(chance.uniform(0.94, 1.08), 3),
        round(chance.uniform(0.97, 1.08), 3),
        round(chance.uniform(-7, 7), 2),
        round(chance.uniform(-1, 1), 3),
        chance.random() < 0.5,
    )


def _accessory(chance: Random, name: str, near: str) -> Accessory:
    if name == "crown":
        return Accessory(name, "yellow")
    if name == "glasses":
        names = ["black", "red", "blue"] if near != "black" else ["white", "red", "yellow"]
        return Accessory(name, chance.choice([color for color in names if color != near]))
    avoid = (near, *CLASH.get(near, ()))
    if name == "top hat" and near != "black" and chance.random() < 0.4:
        return Accessory(name, "black")
    return Accessory(name, chance.choice([color for color in WORN_COLORS if color not in avoid]))


def _thing(chance: Random, name: str, near: str = "", *, alone: bool = False) -> Thing:
    if name in NATURAL:
        color = NATURAL[name]
    else:
        names = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black")
        color = chance.choice([other for other in names if other != near])
    turn = {"newspaper": 5.0, "balloon": 6.0, "umbrella": 7.0, "tree": 0.0}[name]
    scale = chance.uniform(0.82, 1.0) if alone else chance.uniform(0.95, 1.08)
    return Thing(name, color, round(scale, 3), round(chance.uniform(-turn, turn), 2), chance.random() < 0.5)
