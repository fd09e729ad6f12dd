"""A scene becomes a sentence: templates and synonyms that may leave things out and never say a false one."""

from __future__ import annotations

from random import Random
from typing import Final

from .scene import ACCESSORIES, COLOR_NAMES, KINDS, NATURAL, POSES, Accessory, Animal, Scene, Thing

PLACE_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "meadow": ("in a meadow", "on a meadow", "on the grass", "in a field"),
    "beach": ("on the beach", "at the beach", "by the sea"),
    "forest": ("in the forest", "in a forest", "in the woods"),
    "city": ("on a city street", "in the city", "in a town street"),
    "room": ("in a room", "in a cozy room", "indoors"),
    "mountains": ("in the mountains", "in front of the mountains", "by the mountains"),
}
WEATHER_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "sunny": ("in the sun", "on a sunny day"),
    "cloudy": ("under a cloudy sky", "under gray clouds"),
    "rainy": ("in the rain", "while it rains"),
    "snowy": ("in the snow", "while it snows"),
}
TIME_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "day": ("during the day",),
    "sunset": ("at sunset", "in the evening light"),
    "night": ("at night", "in the dark night"),
}
STARRY: Final = "under a starry sky"
WEAR: Final = ("with", "wearing", "in")
OPENINGS: Final = ("a picture of", "an illustration of", "a drawing of")
BESIDE: Final = ("next to", "beside")
LEFT, RIGHT = "to the left of", "to the right of"
HOLDING: Final = ("holding", "with")
EXTRA_WORDS: Final = "a an the and is of reading under next to beside"


def WORDS() -> set[str]:
    """Every word a caption can hold, in lower case."""
    text = [*COLOR_NAMES, *KINDS, *ACCESSORIES, *WEAR, *OPENINGS, *BESIDE, *HOLDING, *POSES]
    for table in (PLACE_PHRASES, WEATHER_PHRASES, TIME_PHRASES):
        text += [phrase for phrases in table.values() for phrase in phrases]
    text += [STARRY, LEFT, RIGHT, EXTRA_WORDS, "golden"]
    return set(" ".join(text).replace(",", "").split())


def caption(scene: Scene, seed: int) -> str:
    """A caption of `scene`; another seed words it otherwise. Four in ten are short."""
    chance = Random(seed * 40503 + 11)
    short = chance.random() < 0.4
    if scene.animals:
        subject = _animals(scene, chance, short)
    else:
        subject = _joined([_thing(thing, chance) for thing in scene.things], chance)
    where = _setting(scene, chance, short)
    if scene.animals and not short and where and chance.random() < 0.12:
        return f"{where}, {subject}"
    text = f"{subject} {where}".strip()
    if " is " not in text and chance.random() < 0.08:
        return f"{chance.choice(OPENINGS)} {text}"
    return text


def _article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def _joined(parts: list[str], chance: Random) -> str:
    return (" and " if chance.random() < 0.7 else f" {chance.choice(BESIDE)} ").join(parts)


def _named(kind: str, color: str, chance: Random) -> str:
    if color != NATURAL[kind] or chance.random() < 0.2:
        return _article(f"{color} {kind}")
    return _article(kind)


def _worn(item: Accessory, chance: Random) -> str:
    if item.kind == "glasses":
        return "glasses" if chance.random() < (0.75 if item.color == "black" else 0.3) else f"{item.color} glasses"
    if item.kind == "crown" and item.color == "yellow":
        return "a crown" if chance.random() < 0.75 else "a golden crown"
    if chance.random() < 0.12:
        return _article(item.kind)
    return _article(f"{item.color} {item.kind}")


def _thing(thing: Thing, chance: Random) -> str:
    if thing.kind in ("newspaper", "tree"):
        return _article(thing.kind)
    return _article(thing.kind if chance.random() < 0.06 else f"{thing.color} {thing.kind}")


def _deed(animal: Animal, chance: Random, short: bool) -> str:
    """What the animal does, or nothing if that is left out."""
    if animal.held is not None:
        if chance.random() < (0.1 if short else 0.03):
            return ""
        sits = "sitting and " if animal.pose == "sitting" and chance.random() < 0.5 else ""
        what = _thing(animal.held, chance)
        if animal.held.kind == "newspaper":
            return f"{sits}reading {what}"
        return f"{sits}holding {what}" if sits or chance.random() < 0.8 else f"with {what}"
    if animal.pose == "standing":
        return "standing" if chance.random() < (0.0 if short else 0.15) else ""
    return animal.pose if chance.random() < (0.85 if animal.pose == "sleeping" or not short else 0.6) else ""


def _one(animal: Animal, chance: Random, short: bool) -> tuple[str, str]:
    """A noun phrase with what it wears, and what it does."""
    name = _named(animal.kind, animal.color, chance)
    kept = [item for item in animal.worn if chance.random() < (0.82 if short else 0.95)]
    if kept:
        # "in" suits clothes, not glasses
        way = chance.choices(WEAR, (60, 30, 10 if all(item.kind != "glasses" for item in kept) else 0))[0]
        name = f"{name} {way} {' and '.join(_worn(item, chance) for item in kept)}"
    return name, _deed(animal, chance, short)


def _animals(scene: Scene, chance: Random, short: bool) -> str:
    if len(scene.animals) == 1:
        name, deed = _one(scene.animals[0], chance, short)
        if scene.things and chance.random() < 0.94:
            way = chance.choice(("standing next to a tree", "under a tree", "next to a tree", "beside a tree"))
            if way.startswith("standing") and scene.animals[0].pose != "standing":
                way = "next to a tree"
            return f"{name} {deed} {way}".replace("  ", " ").replace("standing standing", "standing")
        if not deed:
            return name
        if not short and chance.random() < 0.25 and not deed.startswith("with"):
            return f"{name} is {deed}"
        return f"{name} {deed}"
    first, second = scene.animals
    (a, do_a), (b, do_b) = _one(first, chance, short), _one(second, chance, short)
    a, b = f"{a} {do_a}".strip(), f"{b} {do_b}".strip()
    form = chance.random()
    if form < 0.5:
        return f"{a} and {b}" if form < 0.38 else f"{b} and {a}"
    if form < 0.66:
        return f"{a} {chance.choice(BESIDE)} {b}"
    return f"{a} {LEFT} {b}" if form < 0.83 else f"{b} {RIGHT} {a}"


def _setting(scene: Scene, chance: Random, short: bool) -> str:
    parts = []
    benign = scene.weather == "sunny" and scene.time == "day"
    if chance.random() < ((0.3 if not benign else 0.42) if short else 0.9):
        phrases = PLACE_PHRASES[scene.place]
        # under snow nobody stands on grass
        parts.append(chance.choice(phrases[:2] if scene.weather == "snowy" else phrases))
    if scene.place != "room":
        if scene.weather == "sunny":
            if scene.time == "day" and chance.random() < (0.04 if short else 0.12):
                parts.append(chance.choice(WEATHER_PHRASES["sunny"]))
        elif chance.random() < (0.85 if short else 0.96):
            parts.append(chance.choice(WEATHER_PHRASES[scene.weather]))
    if scene.time != "day" and chance.random() < (0.85 if short else 0.96):
        if scene.time == "night" and scene.weather == "sunny" and scene.place != "room" and chance.random() < 0.15:
            parts.append(STARRY)
        else:
            parts.append(chance.choices(TIME_PHRASES[scene.time], (80, 20))[0])
    return " ".join(parts)
