"""Things for a hand: newspaper, book, umbrella, balloon and more; one drawing function and one row each."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Point, Shape, blob, box, curve, oval, polygon
from .form import gleam, pierced, second, shadow, tone
from .kind import Extent, Kind
from .palette import COLORS, darker, lighter

if TYPE_CHECKING:
    from .scene import Figure

HANDLE: Final = 0x7A5236


def newspaper(brush: Brush, figure: Figure, chance: Random) -> None:
    rise, picture, headline = chance.uniform(0.05, 0.09), chance.choice((-1, 1)), chance.uniform(0.14, 0.2)
    paper = tone(figure, "white", 0xF7F3E6)
    dark, gray = 0x4B4852, darker(paper, 0.42)

    def at(u: float, v: float) -> Point:
        return u * 0.5, v * 0.64 - 0.64 - abs(u) * rise

    def bar(left: float, right: float, above: float, below: float) -> Shape:
        return polygon(at(left, above), at(right, above), at(right, below), at(left, below))

    for side in (-1, 1):
        page = bar(0, side, 0, 1)
        brush.draw(page, paper, 0x4D4650)
        shadow(brush, figure, page, box(0, -1, 0.6, 0), 0.1)
    brush.stroke(curve(at(0, 0), at(0, 1)), 0x6E6870, 0.022)
    brush.fill(bar(picture * 0.1, picture * 0.9, 0.1, 0.1 + headline), dark)
    brush.fill(bar(picture * 0.5, picture * 0.9, 0.34, 0.68), gray)
    for i in range(3):
        v = 0.36 + i * 0.13
        brush.fill(bar(picture * 0.1, picture * 0.42, v, v + 0.06), gray)
    for i in range(2):
        v = 0.76 + i * 0.11
        brush.fill(bar(picture * 0.1, picture * 0.9, v, v + 0.05), gray)
    brush.fill(bar(-picture * 0.1, -picture * 0.9, 0.1, 0.17), dark)
    for i in range(6):
        v = 0.25 + i * 0.11
        brush.fill(bar(-picture * 0.1, -picture * 0.9, v, v + 0.05), gray)


def umbrella(brush: Brush, figure: Figure, chance: Random) -> None:
    half, high, hook = chance.uniform(0.37, 0.44), chance.uniform(0.25, 0.31), chance.choice((-1, 1))
    color = COLORS[figure.color]
    brush.limb(curve((0, -0.69), (0, -0.07)), HANDLE, 0.022)
    brush.limb(curve((0, -0.1), (hook * 0.01, -0.025), (hook * 0.06, -0.025), (hook * 0.07, -0.07)), HANDLE, 0.03)
    with brush.frame(0, -0.66):
        brush.limb(curve((0, -high - 0.05), (0, -high)), HANDLE, 0.022)
        canopy = _dome(half, high)
        brush.patterned(canopy, color, figure.pattern)
        if figure.pattern == "plain":
            with brush.inside(canopy):
                for side in (-1, 1):
                    panel = blob((side * 0.02, -high - 0.02), (side * half / 2, -0.2), (side * 0.29, 0.06),
                                 (side * 0.12, 0.06), (side * 0.11, -0.15), tension=0.8)  # fmt: skip
                    brush.fill(panel, second(color))
        shadow(brush, figure, canopy, blob((0.5, -0.3), (0.5, 0.1), (0.1, 0.1), (0.3, -0.02), (0.3, -0.15)))


def _dome(half: float, height: float) -> Shape:
    """A dome whose lower rim is four scallops."""
    path = curve((-half, 0), (-half * 0.86, -height * 0.56), (-half * 0.42, -height * 0.93), (0, -height),
                 (half * 0.42, -height * 0.93), (half * 0.86, -height * 0.56), (half, 0))  # fmt: skip
    step = half / 2
    for i in range(4):
        x = half - i * step
        path.quadTo(x - step / 2, -height * 0.26, x - step, 0)
    path.close()
    return path


def balloon(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, sway = chance.uniform(0.21, 0.25), chance.uniform(0.25, 0.29), chance.uniform(-0.05, 0.05)
    color = COLORS[figure.color]
    brush.stroke(curve((0, 0), (0.04 + sway, -0.15), (sway - 0.03, -0.28), (sway, -0.44)), 0x5B5360, 0.018)
    with brush.frame(sway, -0.43 - high, turn=sway * 90):
        brush.draw(polygon((-0.04, high + 0.04), (0.04, high + 0.04), (0, high - 0.03)), darker(color, 0.12))
        body = blob((0, -high), (wide * 0.75, -high * 0.75), (wide, -0.03), (wide * 0.62, high * 0.64), (0, high),
                    (-wide * 0.62, high * 0.64), (-wide, -0.03), (-wide * 0.75, -high * 0.75))  # fmt: skip
        brush.patterned(body, color, figure.pattern)
        shadow(brush, figure, body, blob((0.25, -0.25), (0.28, 0.28), (-0.1, 0.31), (0.07, 0.14), (0.15, -0.02)))
        gleam(brush, figure, blob((-0.14, -0.06), (-0.12, -0.16), (-0.05, -0.2), (-0.07, -0.12)), 0.75)


KINDS: Final = (
    Kind("newspaper", newspaper, Extent(-0.52, -0.76, 0.52, 0.02), "white", words=("paper",), tall=0.4,
         colors=("white", "yellow", "pink", "gray", "orange"), grip=(0, -0.3), grasp=0.54, use="read"),
    Kind("umbrella", umbrella, Extent(-0.46, -1.04, 0.46, 0.02), "red", words=("parasol",), tall=0.9, patterns=True,
         grip=(0, -0.14), grasp=1.0, under=(-0.3, 0.3, -0.66)),
    Kind("balloon", balloon, Extent(-0.32, -1.03, 0.32, 0.02), "red", tall=0.8, patterns=True, floats=True, grip=(0, 0),
         grasp=0.8),
)  # fmt: skip
