"""What a kind is: one row of facts beside one drawing function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from .accessories import Fit
    from .brush import Brush
    from .scene import Figure, Worn

COLOR_NAMES: Final = (
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
)  # fmt: skip
PATTERNS: Final = ("plain", "striped", "dotted", "checkered")
SKINS: Final = ("pale", "light", "tan", "brown", "dark")
GENDERS: Final = ("female", "male")

# Draws one figure in its own frame; all chance comes from the given generator, all numbers drawn before any branch.
Draw = Callable[["Brush", "Figure", Random], None]
DrawWorn = Callable[["Brush", "Worn", "Fit"], None]
Group = Literal["animal", "fantasy", "person", "thing"]
Slot = Literal["head", "eyes", "neck", "body", "back", "feet"]
Use = Literal["hold", "read", "eat"]


@dataclass(frozen=True)
class Extent:
    """The box that holds every variant of a kind in its own frame: x to the right, y down, feet at y = 0."""

    left: float
    top: float
    right: float
    bottom: float = 0.0


@dataclass(frozen=True)
class Kind:
    """One thing or character.

    Frame of ``draw``: it stands on y = 0 with its middle at x = 0, up is negative, and it is about one unit tall (a
    wide thing: about one unit wide); ``tall`` is that unit in dogs for a medium one, softened so that all fit a page.
    The colour of a person is the colour of the clothes. A hanging thing (a kite, a balloon) has its frame's origin at
    its lowest point too.
    """

    name: str
    draw: Draw
    extent: Extent
    natural: str  # the colour it has when nobody says otherwise
    group: Group = "thing"
    words: tuple[str, ...] = ()  # other words for it that are always true: ("paper",)
    plural: str = ""  # when not name + "s"
    tall: float = 0.6
    colors: tuple[str, ...] = COLOR_NAMES  # colours it may have
    patterns: bool = False  # may be striped, dotted or checkered
    floats: bool = False  # hangs in the air (balloon, kite, rocket) instead of standing on the ground
    places: tuple[str, ...] = ()  # where it may be; none listed: everywhere
    grip: tuple[float, float] | None = None  # where a hand holds it, in its own frame; None: nobody can
    grasp: float = 0.5  # its size in a hand, of a character one unit tall
    use: Use = "hold"  # what a hand does with it: who reads or eats holds something to read or to eat
    top: tuple[float, float, float] | None = None  # left, right, y of a surface something can stand on
    # left, top, right, bottom of an elliptic opening: what is inside stands at its bottom edge and is hidden below the
    # nearer, lower half of the ellipse
    inside: tuple[float, float, float, float] | None = None
    under: tuple[float, float, float] | None = None  # left, right, y of the shelter below it: a table, a tree
    letters: bool = False  # bears the letters of its figure: a sign

    slots: tuple[Slot, ...] = ()  # where a character can wear something: a wizard keeps the own hat on
    genders: tuple[str, ...] = ()  # a person's: a king is male

    @property
    def many(self) -> str:
        """Its plural."""
        return self.plural or f"{self.name}s"

    @property
    def alive(self) -> bool:
        """Whether it acts, feels, wears and holds."""
        return self.group != "thing"


@dataclass(frozen=True)
class Accessory:
    """Something worn: one to a slot. How it is drawn depends on who wears it; see ``accessories``."""

    name: str
    slot: Slot
    natural: str
    draw: DrawWorn
    behind: DrawWorn | None = None  # the part that lies behind the wearer: a cape, the band of headphones
    colors: tuple[str, ...] = COLOR_NAMES
    words: tuple[str, ...] = ()
    pair: bool = False  # glasses, boots: said without "a"
    patterns: bool = False
