"""How shapes are joined and how the one light falls on them: what all drawing functions of things share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import skia

from .brush import Brush, Point, Shape
from .palette import COLORS, INK, Color, darker, lighter, luma

if TYPE_CHECKING:
    from .scene import Figure

WOOD = 0x9A6A42
STEEL = 0xB9BEC6
CREAM = 0xFBF3DC
TIRE = 0x3B3840
GLASS = 0xBFE0EC
GLOW = 0xFFDF7A


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
    if brush.index:
        return
    with brush.inside(shape), lit(brush, figure):
        brush.fill(over, INK, alpha)


def gleam(brush: Brush, figure: Figure, shape: Shape, alpha: float = 0.5) -> None:
    """A highlight, thought under a light from the left."""
    if brush.index:
        return
    with lit(brush, figure):
        brush.fill(shape, 0xFFFFFF, alpha)
