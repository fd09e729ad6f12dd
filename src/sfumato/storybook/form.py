"""How shapes are joined and how the one light falls on them: what all drawing functions of things share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import atan2, degrees, dist
from random import Random
from typing import TYPE_CHECKING, Final

import skia

from .brush import Brush, Point, Shape, box
from .kind import Draw
from .palette import COLORS, INK, Color, darker, lighter, luma

if TYPE_CHECKING:
    from .scene import Figure

WOOD: Final = 0x9A6A42
STEEL: Final = 0xB9BEC6
CREAM: Final = 0xFBF3DC
TIRE: Final = 0x3B3840
GLASS: Final = 0xBFE0EC
GLOW: Final = 0xFFDF7A
SNOW: Final = 0xFDFEFF

# where buildings stand and vehicles go
OUTDOORS: Final = ("meadow", "beach", "forest", "city", "mountains", "lake", "desert", "farm", "park")


def polyline(*points: Point) -> Shape:
    """Straight lines from point to point, open."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


def joined(*shapes: Shape) -> Shape:
    """One shape of several: drawn with a single outline around all of them."""
    path = skia.Path()
    for shape in shapes:
        path.addPath(shape)
    return path


def tube(start: Point, end: Point, width: float) -> Shape:
    """A straight rod with round ends."""
    half, long = width / 2, dist(start, end)
    turn = degrees(atan2(end[1] - start[1], end[0] - start[0]))
    return placed(box(-half, -half, long + half, half, half), *start, turn)


def pierced(outer: Shape, *holes: Shape) -> Shape:
    """A shape with holes."""
    path = joined(outer, *holes)
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def placed(shape: Shape, x: float, y: float, turn: float = 0.0) -> Shape:
    """A shape turned about its origin by `turn` degrees, then moved to (x, y)."""
    path = skia.Path(shape)
    matrix = skia.Matrix.Translate(x, y)
    matrix.preRotate(turn)
    path.transform(matrix)
    return path


def tilted(draw: Draw, most: float) -> Draw:
    """The same drawing, leaning to either side by up to `most` degrees about where it stands."""

    def lean(brush: Brush, figure: Figure, chance: Random) -> None:
        with brush.frame(turn=chance.uniform(-most, most)):
            draw(brush, figure, chance)

    return lean


def tone(figure: Figure, natural: str, own: Color) -> Color:
    """The named colour of a figure, or the kind's `own` shade where it has its `natural` colour."""
    return own if figure.color == natural else COLORS[figure.color]


def second(color: Color, amount: float = 0.32) -> Color:
    """A paler companion of a colour; of a pale colour a darker one."""
    return lighter(color, amount) if luma(color) < 0.8 else darker(color, amount * 0.4)


def pane(brush: Brush) -> Color:
    """Window glass: alight at night."""
    return GLOW if brush.night else GLASS


def mirrored(brush: Brush, figure: Figure) -> bool:
    """Whether the light falls from the right of a figure's own frame."""
    return (brush.light > 0) != figure.flip


@contextmanager
def lit(brush: Brush, figure: Figure) -> Iterator[None]:
    """A frame, mirrored where needed, in which the light comes from the left."""
    with brush.frame(flip=mirrored(brush, figure)):
        yield


def shadow(brush: Brush, figure: Figure, shape: Shape, over: Shape, alpha: float = 0.12) -> None:
    """Darkens what `over` covers of `shape`; `over` is thought under a light from the left."""
    if brush.index or not brush.style.shade:
        return
    with brush.inside(shape), lit(brush, figure):
        brush.fill(over, INK, alpha)


def gleam(brush: Brush, figure: Figure, shape: Shape, alpha: float = 0.5) -> None:
    """A highlight, thought under a light from the left."""
    if brush.index or not brush.style.shade:
        return
    with lit(brush, figure):
        brush.fill(shape, 0xFFFFFF, alpha)
