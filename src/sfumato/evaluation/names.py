"""What a judge may say: the choices of each head in order, taken from the storybook."""

from __future__ import annotations

from typing import Final, Literal

from ..models.judge import JudgeConfig
from ..storybook.kind import COLOR_NAMES, GENDERS, PATTERNS, SKINS
from ..storybook.kinds import ACCESSORIES, KINDS
from ..storybook.scene import ACTIONS, EXPRESSIONS, PLACES, RELATIONS, SIZES, STYLES, TIMES, WEATHERS

NOBODY: Final = "none"  # nothing is worn, held, or there at all
UNKNOWN: Final = "unknown"  # half-formed: something stands there, and nobody can say what
SLOTS: Final = ("head", "eyes", "neck", "body", "back", "feet")
HELD: Final = tuple(name for name, kind in KINDS.items() if kind.grip is not None)
NEAR: Final = tuple(name for name in RELATIONS if name != "between")  # relations of two
WHOLE: Final = {"style": STYLES, "place": PLACES, "weather": WEATHERS, "time": TIMES}
EACH: Final[dict[str, tuple[str, ...]]] = {
    "kind": (*KINDS, UNKNOWN, NOBODY),
    "color": COLOR_NAMES,
    "pattern": PATTERNS,
    "size": tuple(SIZES),
    "action": ACTIONS,
    "expression": EXPRESSIONS,
    "skin": SKINS,
    "gender": GENDERS,
    "fingers": ("5", "4", "3"),  # of a hand
    "held": (NOBODY, *HELD),
    "held color": COLOR_NAMES,
    "held pattern": PATTERNS,
} | {
    f"{slot}{what}": names
    for slot in SLOTS
    for what, names in (
        ("", (NOBODY, *(name for name, worn in ACCESSORIES.items() if worn.slot == slot))),
        (" color", COLOR_NAMES),
        (" pattern", PATTERNS),
    )
}
LIKE: Final = {"tiny": "small", "huge": "big"}  # nobody can tell a tiny one from a small one


def config(trunk: Literal["convolutions", "transformer"] = "convolutions") -> JudgeConfig:
    """The configuration of a judge of this world."""
    whole, each = ({name: len(values) for name, values in table.items()} for table in (WHOLE, EACH))
    return JudgeConfig(whole, each, len(NEAR), trunk)
