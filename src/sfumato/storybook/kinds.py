"""Every kind and every accessory of the world, by name."""

from __future__ import annotations

from typing import Final

from . import containers, food, furniture, nature, things
from .kind import Accessory, Kind

# animals.KINDS, people.KINDS, accessories.ACCESSORIES (rows of kind.Accessory) and all further modules join here
KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (*things.KINDS, *nature.KINDS, *food.KINDS, *containers.KINDS, *furniture.KINDS)}
ACCESSORIES: Final[dict[str, Accessory]] = {}
CHARACTERS: Final = tuple(kind.name for kind in KINDS.values() if kind.alive)
THINGS: Final = tuple(kind.name for kind in KINDS.values() if not kind.alive)
