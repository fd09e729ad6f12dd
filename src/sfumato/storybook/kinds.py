"""Every kind and every accessory of the world, by name."""

from __future__ import annotations

from typing import Final

from . import accessories, animals, buildings, containers, fantasy, food, furniture, nature, people, things, vehicles
from .kind import Accessory, Kind

ROWS: Final = (
    animals.KINDS, people.KINDS, fantasy.KINDS, things.KINDS, food.KINDS, containers.KINDS, furniture.KINDS,
    nature.KINDS, buildings.KINDS, vehicles.KINDS,
)  # fmt: skip
KINDS: Final[dict[str, Kind]] = {kind.name: kind for rows in ROWS for kind in rows}
ACCESSORIES: Final[dict[str, Accessory]] = {accessory.name: accessory for accessory in accessories.ACCESSORIES}
CHARACTERS: Final = tuple(kind.name for kind in KINDS.values() if kind.alive)
THINGS: Final = tuple(kind.name for kind in KINDS.values() if not kind.alive)
