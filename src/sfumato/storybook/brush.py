"""The one pen of the book: filled and outlined shapes on a skia canvas, in colour or as an index map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import skia

from .palette import INK, Color, darker, lighter, luma, mix
from .styles import Style

Point = tuple[float, float]
Shape = Any  # skia.Path: skia carries no types


def oval(x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse about (x, y); a circle when one radius is given."""
    path = skia.Path()
    ry = rx if ry is None else ry
    path.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    return path


def box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Shape:
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(left, top, right, bottom), radius, radius)
    return path


def polygon(*points: Point) -> Shape:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def blob(*points: Point, tension: float = 1.0) -> Shape:
    """A smooth closed curve through `points` (Catmull-Rom as cubic Beziers)."""
    return _spline(points, True, tension)


def curve(*points: Point) -> Shape:
    """A smooth open curve through `points`."""
    return _spline(points, False, 1.0)


def dots(points: Iterable[Point], radius: float, flat: float = 1.0) -> Shape:
    """Many circles as one shape, so that they cost one stroke of the pen; `flat` < 1 makes them lie down."""
    path = skia.Path()
    for x, y in points:
        path.addOval(skia.Rect.MakeLTRB(x - radius, y - radius * flat, x + radius, y + radius * flat))
    return path


def dashes(points: Iterable[Point], dx: float, dy: float) -> Shape:
    """Many short lines as one shape, each from its point to one (dx, dy) away."""
    path = skia.Path()
    for x, y in points:
        path.moveTo(x, y)
        path.lineTo(x + dx, y + dy)
    return path


def together(shapes: Iterable[Shape]) -> Shape:
    """Several shapes as one; where they overlap, an outline runs about each."""
    path = skia.Path()
    for shape in shapes:
        path.addPath(shape)
    return path


def union(*shapes: Shape) -> Shape:
    """The one outline about several shapes: dear to find, so keep it, but then it costs half of what they do."""
    return skia.Simplify(together(shapes))


def moved(shape: Shape, x: float, y: float, scale: float) -> Shape:
    """A shape enlarged about its origin, then brought to (x, y)."""
    path = skia.Path(shape)
    matrix = skia.Matrix.Translate(x, y)
    matrix.preScale(scale, scale)
    path.transform(matrix)
    return path


def _spline(points: Sequence[Point], closed: bool, tension: float) -> Shape:
    path = skia.Path()
    path.moveTo(*points[0])
    ring = (points[-1], *points, points[0], points[1]) if closed else (points[0], *points, points[-1])
    k = tension / 6
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        path.cubicTo(bx + (cx - ax) * k, by + (cy - ay) * k, cx - (dx - bx) * k, cy - (dy - by) * k, cx, cy)
    if closed:
        path.close()
    return path


@cache
def _motif(pattern: str, period: float, columns: int, rows: int) -> Shape:
    """The second colour of a pattern over `columns` x `rows` periods, from the origin to the right and down."""
    path = skia.Path()
    half = period / 2
    if pattern == "striped":
        for i in range(rows):
            path.addRect(skia.Rect.MakeLTRB(0, i * period, columns * period, i * period + half))
        return path
    for i in range(2 * rows):
        for j in range(columns):
            x, y = (j + 0.5 * (i % 2)) * period, i * half
            if pattern == "dotted":
                path.addCircle(x + half / 2, y + half / 2, period * 0.21)
            else:
                path.addRect(skia.Rect.MakeLTRB(x, y, x + half, y + half))
    return path


@cache
def _bands(top: Color, bottom: Color, count: int) -> tuple[Color, ...]:
    if count == 1:
        return (mix(top, bottom, 0.5),)
    return tuple(mix(top, bottom, i / (count - 1)) for i in range(count))


@dataclass(frozen=True)
class Joint:
    """A point of a pose, in pixels, and the number of the figure it belongs to."""

    label: int
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Grip:
    """The frame of what a figure holds, in the figure's own: its origin, the length of its unit, whether mirrored."""

    x: float
    y: float
    unit: float
    flip: bool


class Brush:
    """Draws in the current frame of a canvas.

    With `index` true every opaque shape is drawn flat, without anti-aliasing, in the number given by the
    enclosing `labelled` block, so that pictures and instance maps come from the same drawing functions.

    A figure names its parts ("self", "held", "worn" with a number, "nothing" for a drawn sigh or a Z); `labels` says
    which number each has in this picture, and a part without a number belongs to what encloses it.
    `snow` and `night` say what lies on things and whether lamps burn, `light` (-1 to 1) where the light comes from.
    """

    def __init__(self, canvas: Any, *, index: bool, line: float, style: Style) -> None:
        self.canvas = canvas
        self.index = index
        self.line = line
        self.style = style
        self.labels: dict[tuple[str, int], int] = {}
        self.joints: list[Joint] = []
        self.held: Grip | None = None
        self.snow = False
        self.night = False
        self.light = -0.6
        self._label = 0
        self._far = False
        smooth = style.smooth and not index
        self._fill = skia.Paint(AntiAlias=smooth)
        self._stroke = skia.Paint(
            AntiAlias=smooth,
            Style=skia.Paint.kStroke_Style,
            StrokeCap=skia.Paint.kRound_Cap,
            StrokeJoin=skia.Paint.kRound_Join,
        )

    @contextmanager
    def labelled(self, part: str | int, which: int = 0) -> Iterator[None]:
        """What is drawn inside belongs to the named part of the figure (or bears the number given)."""
        before = self._label
        self._label = part if isinstance(part, int) else self.labels.get((part, which), before)
        yield
        self._label = before

    def joint(self, name: str, x: float, y: float) -> None:
        """Records a point of the pose, given in the current frame."""
        at = self.canvas.getTotalMatrix().mapXY(x, y)
        self.joints.append(Joint(self._label, name, at.fX, at.fY))

    def grip(self) -> None:
        """Records the current frame as that of what the figure holds."""
        matrix = self.canvas.getTotalMatrix()
        at, up = matrix.mapXY(0, 0), matrix.mapXY(0, -1)
        mirrored = matrix.getScaleX() * matrix.getScaleY() < matrix.getSkewX() * matrix.getSkewY()
        self.held = Grip(at.fX, at.fY, math.hypot(up.fX - at.fX, up.fY - at.fY), mirrored)

    @contextmanager
    def scenery(self, line: float) -> Iterator[None]:
        """What is drawn inside is far away and has no name: paler, hardly outlined; `line` in the frame outside."""
        before, self._far = (self._far, self.line), True
        self.line = line
        yield
        self._far, self.line = before

    @contextmanager
    def frame(
        self, x: float = 0.0, y: float = 0.0, *, scale: float = 1.0, turn: float = 0.0, flip: bool = False,
        stretch: float = 1.0,
    ) -> Iterator[None]:
        """Moves the origin to (x, y), turns by `turn` degrees, scales, and mirrors left to right if `flip`."""
        self.canvas.save()
        self.canvas.translate(x, y)
        if turn:
            self.canvas.rotate(turn)
        self.canvas.scale((-scale if flip else scale) * stretch, scale)
        yield
        self.canvas.restore()

    @contextmanager
    def inside(self, shape: Shape) -> Iterator[None]:
        self.canvas.save()
        self.canvas.clipPath(shape, self.style.smooth and not self.index)
        yield
        self.canvas.restore()

    def _put(self, shape: Shape, color: Color, alpha: float) -> None:
        self._fill.setColor(round(alpha * 255) << 24 | color)
        self.canvas.drawPath(shape, self._fill)

    def _trace(self, shape: Shape, color: Color, width: float, alpha: float) -> None:
        self._stroke.setColor(round(alpha * 255) << 24 | color)
        self._stroke.setStrokeWidth(width)
        self.canvas.drawPath(shape, self._stroke)

    @property
    def _number(self) -> Color:
        return self._label * 0x010101

    def fill(self, shape: Shape, color: Color, alpha: float = 1.0) -> None:
        if self.index:
            if alpha == 1:
                self._put(shape, self._number, 1)
        elif alpha == 1 or self.style.shade:
            paint = self.style.scenery if self._far else self.style.dab
            self._put(shape, paint(color), 1 if alpha == 1 else alpha * self.style.shade)

    def veil(self, shape: Shape, color: Color, alpha: float) -> None:
        """A translucent layer that no style leaves out: fog, a beam of light."""
        if not self.index:
            self._put(shape, mix(self.style.scenery(color), self.style.dab(color), 0.3), alpha)

    def stroke(self, shape: Shape, color: Color, width: float, alpha: float = 1.0) -> None:
        if self.index:
            if alpha == 1:
                self._trace(shape, self._number, width, 1)
        else:
            self._trace(shape, self.style.scenery(color) if self._far else self.style.mark(color), width, alpha)

    def draw(self, shape: Shape, color: Color, line: Color | None = None, width: float | None = None) -> None:
        """Fills and outlines; the outline lies under the fill, so that only its outer half shows."""
        style = self.style
        weight = width or self.line
        if self.index:
            self._trace(shape, self._number, 2 * weight * style.weight, 1)
            self._put(shape, self._number, 1)
            return
        if style.lift:
            self._lifted(shape, None)
        edge = style.outline(color if line is None else line)
        if self._far:  # a hair's breadth, on top: half the width, and skia draws it three times faster
            self._put(shape, style.scenery(color), 1)
            if style.far_weight:
                self._trace(shape, edge, weight * style.far_weight, 1)
            return
        if style.weight:
            self._trace(shape, edge, 2 * weight * style.weight, 1)
        self._put(shape, style.paint(color), 1)

    def shine(self, shape: Shape, color: Color) -> None:
        """A light far away, which no style dims: the sun, a star, a flake of snow, a window at night."""
        if self.index:
            return
        self._put(shape, self.style.dab(color), 1)
        if self.style.far_weight:
            self._trace(shape, self.style.outline(color), self.line * self.style.far_weight, 1)

    def streak(self, shape: Shape, color: Color, width: float) -> None:
        """A bright stroke that no style dims: rain."""
        if not self.index:
            self._trace(shape, self.style.dab(color), width, 1)

    def _lifted(self, shape: Shape, width: float | None) -> None:
        """The shadow of a shape that lies above the paper, falling away from the light."""
        reach = self.line * self.style.lift
        if self._far:
            layers: tuple[tuple[float, float], ...] = ((1.6, 0.2),)
        else:
            layers = (1.0, 0.13), (0.55, 0.17)
        for share, alpha in layers:
            with self.frame(-self.light * reach * share, reach * share):
                if width is None:
                    self._put(shape, INK, alpha)
                else:
                    self._trace(shape, INK, width, alpha)

    def patterned(self, shape: Shape, color: Color, pattern: str, period: float = 0.14) -> None:
        """Fills and outlines in a pattern of `color` and near-white (white: and gray)."""
        self.draw(shape, color)
        if pattern == "plain" or self.index:
            return
        other = lighter(color, 0.8) if luma(color) < 0.88 else darker(color, 0.45)
        bounds = shape.getBounds()
        motif = _motif(pattern, period, math.ceil(bounds.width() / period) + 1, math.ceil(bounds.height() / period) + 1)
        with self.inside(shape), self.frame(bounds.left() - period / 4, bounds.top() - period / 4):
            self._put(motif, self.style.paint(other), 1)

    def limb(self, shape: Shape, color: Color, width: float, line: Color | None = None) -> None:
        """A thick rounded stroke with an outline: an arm, a leg, a tail."""
        style = self.style
        if self.index:
            self._trace(shape, self._number, width + 2 * self.line * style.weight, 1)
            return
        weight = self.line * (style.far_weight if self._far else style.weight)
        if style.lift:
            self._lifted(shape, width)
        if weight:
            self._trace(shape, style.outline(color if line is None else line), width + 2 * weight, 1)
        self._trace(shape, style.scenery(color) if self._far else style.paint(color), width, 1)

    def shade(self, shape: Shape, over: Shape, alpha: float = 0.13, color: Color = INK) -> None:
        """Darkens the part of `shape` that `over` covers."""
        if self.index or not self.style.shade:
            return
        with self.inside(shape):
            self._put(over, color, alpha * self.style.shade)

    def wash(self, shape: Shape, top: Color, bottom: Color, y0: float, y1: float) -> None:
        """Fills with a vertical gradient from `top` at y0 to `bottom` at y1, in bands: faster here than a shader."""
        if self.index:
            self.fill(shape, top)
            return
        paint = self.style.scenery if self._far else self.style.paint
        bounds = shape.getBounds()
        colors = _bands(paint(top), paint(bottom), self.style.bands)
        step = (y1 - y0) / len(colors)
        if shape.isRect(bounds):
            self._striped(bounds, colors, y0, step)
        else:
            with self.inside(shape):
                self._striped(bounds, colors, y0, step)

    def _striped(self, bounds: Any, colors: tuple[Color, ...], y0: float, step: float) -> None:
        for i, color in enumerate(colors):
            self._fill.setColor(0xFF000000 | color)
            high = bounds.top() if i == 0 else y0 + i * step
            rect = skia.Rect.MakeLTRB(bounds.left(), high, bounds.right(), bounds.bottom())
            self.canvas.drawRect(rect, self._fill)
