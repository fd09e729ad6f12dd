"""A scene becomes pixels: place, shadows, reflections and figures on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import skia

from .brush import Brush, Grip, Joint, oval
from .kind import Extent
from .kinds import KINDS
from .layout import Copy, Ground, Spot, layout
from .page import Page
from .palette import INK, Color
from .places import Stage, draw_place, draw_weather
from .scene import SHELTERED, Scene

Picture = npt.NDArray[np.uint8]
LINE: Final = 0.0058  # an outline, of the smaller side
PROBE: Final = 40  # pixels a side to measure a figure with
REACH: Final = skia.Rect.MakeLTRB(-6, -6, 6, 6)  # beyond anything a figure draws in its own frame


@dataclass(frozen=True)
class Part:
    """What one number of an instance map means: which figure, which copy of it, and whether itself or what it bears."""

    number: int
    figure: int
    copy: int
    what: str = "self"  # or "held", "worn"
    which: int = 0  # of the things worn


@dataclass(frozen=True)
class Drawn:
    """A figure drawn once in its own frame: played back as itself, as its shadow, as its mirror image."""

    picture: Any  # skia.Picture
    box: Extent
    joints: tuple[Joint, ...]
    held: Grip | None = None


def draw(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """The picture of `scene` as uint8 `H W 3`; `size` is (width, height) in pixels.

    Raises ValueError if a side is outside 64 to 1024 or the aspect ratio outside 1:2 to 2:1.
    """
    return paint(scene, size)


def paint(
    scene: Scene, size: tuple[int, int], *, cast: frozenset[Copy] | None = None, paper: Color | None = None
) -> Picture:
    """The picture with only the `cast` given in it, each where it always stands; on `paper` of a colour: no scenery."""
    width, height = size
    figures, spots = arranged(scene, size)
    page = Page(width, height, style=scene.style, index=False, variant=scene.detail)
    brush = page.brush
    _prepare(brush, scene)
    shown = [spot for spot in spots if cast is None or (spot.figure, spot.copy) in cast]
    if paper is None:
        ground = Ground.of(scene, width, height)
        stage = Stage(width, height, ground.far, float(min(width, height)), scene, Random(scene.detail))
        draw_place(brush, stage)
        draw_weather(brush, stage)
        _shadows(brush, scene, ground, shown, figures, width, height)
        if scene.place == "lake":
            _mirror(brush, ground, shown, figures, width, height)
    else:
        brush.canvas.clear(0xFF000000 | paper)
    for spot in shown:
        drawn = figures[spot.figure, spot.copy]
        if paper is None:
            _contact(brush, scene, spot, drawn.box)
        place(brush, spot, drawn)
    return page.picture()


def number(scene: Scene, size: tuple[int, int], *, cast: frozenset[Copy] | None = None) -> Picture:
    """The index map `H W` of the `cast` given: the number in `parts` of what each pixel shows, 0 where nobody is."""
    width, height = size
    _, spots = arranged(scene, size)
    figures = _numbered(scene, size)
    page = Page(width, height, style=scene.style, index=True, variant=scene.detail)
    for spot in spots:
        if cast is None or (spot.figure, spot.copy) in cast:
            place(page.brush, spot, figures[spot.figure, spot.copy])
    return page.picture()


def place(brush: Brush, spot: Spot, drawn: Drawn) -> None:
    """Plays a figure back where it stands; the nearer rim of a container hides what is inside."""
    canvas = brush.canvas
    canvas.save()
    if spot.opening is not None:
        left, top, right, bottom = spot.opening
        free = skia.Path()
        free.addRect(skia.Rect.MakeLTRB(left - 4000, top - 4000, right + 4000, (top + bottom) / 2))
        hole = skia.Path()
        hole.addOval(skia.Rect.MakeLTRB(left, top, right, bottom))
        canvas.clipPath(skia.Op(free, hole, skia.PathOp.kUnion_PathOp), brush.style.smooth and not brush.index)
    canvas.translate(spot.x, spot.y)
    canvas.scale(spot.unit, spot.unit)
    canvas.drawPicture(drawn.picture)
    canvas.restore()


def parts(scene: Scene) -> tuple[Part, ...]:
    """What the numbers of an instance map of this scene mean, 1 first; 0 is what has no name."""
    found: list[tuple[int, int, str, int]] = []
    for i, figure in enumerate(scene.figures):
        for copy in range(figure.count):
            found.append((i, copy, "self", 0))
            if figure.held is not None:
                found.append((i, copy, "held", 0))
            found += [(i, copy, "worn", k) for k in range(len(figure.worn))]
    return tuple(Part(number, *entry) for number, entry in enumerate(found, 1))


@lru_cache(maxsize=4)
def arranged(scene: Scene, size: tuple[int, int]) -> tuple[Mapping[Copy, Drawn], tuple[Spot, ...]]:
    """Every copy drawn in its own frame, and where each stands, those behind first."""
    width, height = size
    if not (64 <= width <= 1024 and 64 <= height <= 1024):
        raise ValueError(f"size {width}x{height} is outside 64 to 1024 pixels a side")
    if not 0.5 <= width / height <= 2:
        raise ValueError(f"size {width}x{height} is outside the aspect ratios 1:2 to 2:1")
    lines = _lines(scene, width, height)
    figures = {key: record(scene, *key, line=line, index=False) for key, line in lines.items()}
    return figures, tuple(layout(scene, width, height, {key: drawn.box for key, drawn in figures.items()}))


@lru_cache(maxsize=4)
def _numbered(scene: Scene, size: tuple[int, int]) -> Mapping[Copy, Drawn]:
    """Every copy drawn in its own frame in the numbers of its parts."""
    return {key: record(scene, *key, line=line, index=True) for key, line in _lines(scene, *size).items()}


@lru_cache(maxsize=4)
def _lines(scene: Scene, width: int, height: int) -> Mapping[Copy, float]:
    """The width of an outline in each one's frame: on the page all are nearly as wide, as of one pen."""
    rough = {(i, k): KINDS[f.kind].extent for i, f in enumerate(scene.figures) for k in range(f.count)}
    unit = min(width, height)
    return {
        (spot.figure, spot.copy): LINE * unit / spot.unit * (2 * spot.unit / unit) ** 0.4
        for spot in layout(scene, width, height, rough)
    }


def record(scene: Scene, i: int, copy: int, *, line: float, index: bool) -> Drawn:
    """Draws one copy in its own frame; `index` with the numbers of `parts` in place of colours."""
    figure = scene.figures[i]
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(REACH, skia.RTreeFactory()())
    brush = Page(1, 1, style=scene.style, index=index, variant=0).brush
    brush.canvas, brush.line = canvas, line
    _prepare(brush, scene)
    brush.labels = {(p.what, p.which): p.number for p in parts(scene) if (p.figure, p.copy) == (i, copy)}
    with brush.labelled("self"), brush.frame(flip=figure.flip):
        KINDS[figure.kind].draw(brush, figure, Random(figure.variant * 1000003 + copy))
    picture = recorder.finishRecordingAsPicture()
    box = _bounds(picture) if KINDS[figure.kind].alive else _clipped(picture, KINDS[figure.kind].extent, figure.flip)
    return Drawn(picture, box, tuple(brush.joints), brush.held)


def _clipped(picture: Any, extent: Extent, flip: bool) -> Extent:
    """The box of a thing: skia's own bounds count clipped patterns in full, but nothing leaves its extent."""
    loose = picture.cullRect()
    left, right = (-extent.right, -extent.left) if flip else (extent.left, extent.right)
    return Extent(max(loose.left(), left), max(loose.top(), extent.top), min(loose.right(), right),
                  min(loose.bottom(), extent.bottom))  # fmt: skip


def _bounds(picture: Any) -> Extent:
    """The box of a character, to a fortieth, with all it holds and wears, in whatever pose."""
    loose = picture.cullRect()
    step = max(loose.width(), loose.height(), 0.1) / PROBE
    pixels = np.zeros((PROBE, PROBE), np.uint8)
    surface = skia.Surface.MakeRasterDirect(skia.ImageInfo.MakeA8(PROBE, PROBE), pixels, PROBE)
    canvas = surface.getCanvas()
    canvas.scale(1 / step, 1 / step)
    canvas.translate(-loose.left(), -loose.top())
    canvas.drawPicture(picture)
    del surface
    solid = pixels > 60
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows):
        return Extent(loose.left(), loose.top(), loose.right(), loose.bottom())
    return Extent(loose.left() + step * float(columns[0]), loose.top() + step * float(rows[0]),
                  loose.left() + step * float(columns[-1] + 1), loose.top() + step * float(rows[-1] + 1))  # fmt: skip


def _prepare(brush: Brush, scene: Scene) -> None:
    brush.light = scene.light
    brush.snow = scene.weather == "snowy"
    brush.night = scene.time == "night"


@contextmanager
def _layer(brush: Brush, rect: Any, alpha: float, color: Color | None = None) -> Iterator[None]:
    """What is drawn inside becomes one translucent layer, in one colour if it is a shadow."""
    paint = skia.Paint(Alphaf=alpha)
    if color is not None:
        paint.setColorFilter(skia.ColorFilters.Blend(0xFF000000 | color, skia.BlendMode.kSrcIn))
    brush.canvas.saveLayer(rect, paint)
    yield
    brush.canvas.restore()


def _shadows(
    brush: Brush, scene: Scene, ground: Ground, spots: list[Spot], figures: Mapping[Copy, Drawn], width: float,
    height: float,
) -> None:
    """The silhouettes of all, thrown on the ground away from the one light; without a sun there are none."""
    bright = scene.weather in ("sunny", "snowy") and scene.place not in SHELTERED
    if not bright:
        return
    long = {"morning": 0.75, "day": 0.4, "sunset": 0.95, "night": 0.5}[scene.time]
    canvas = brush.canvas
    canvas.save()
    floor = skia.Rect.MakeLTRB(0, ground.far, width, height)
    canvas.clipRect(floor)
    with _layer(brush, floor, 0.1 if scene.time == "night" else 0.17, INK):
        for spot in spots:
            if spot.opening is not None:
                continue
            canvas.save()
            y = spot.y + spot.lift  # of the floor below
            skew, flat = -scene.light * long, 0.16
            canvas.concat(skia.Matrix.MakeAll(1, -skew, skew * y, 0, -flat, y * (1 + flat), 0, 0, 1))
            place(brush, spot, figures[spot.figure, spot.copy])
            canvas.restore()
    canvas.restore()


def _mirror(
    brush: Brush, ground: Ground, spots: list[Spot], figures: Mapping[Copy, Drawn], width: float, height: float
) -> None:
    """The lake before the feet shows everybody upside down."""
    canvas = brush.canvas
    canvas.save()
    water = skia.Rect.MakeLTRB(0, ground.near_feet + 0.02 * min(width, height), width, height)
    canvas.clipRect(water)
    with _layer(brush, water, 0.42):
        for spot in spots:
            y = spot.y + spot.lift
            canvas.save()
            canvas.concat(skia.Matrix.MakeAll(1, 0, 0, 0, -1, 2 * y + 0.012 * min(width, height), 0, 0, 1))
            place(brush, spot, figures[spot.figure, spot.copy])
            canvas.restore()
    canvas.restore()


def _contact(brush: Brush, scene: Scene, spot: Spot, box: Extent) -> None:
    """The dark line where something touches what bears it."""
    if spot.opening is not None or spot.floats:
        return
    half = (box.right - box.left) / 2 * spot.unit * 0.62
    x = spot.x + (box.left + box.right) / 2 * spot.unit - scene.light * half * 0.12
    thick = min(half * 0.2, spot.unit * 0.05)
    if spot.lift > 1:
        half, thick = half * 0.8, thick * 0.5
    brush.fill(oval(x, spot.y, half * 1.15, thick * 1.3), INK, 0.1)
    brush.fill(oval(x, spot.y, half, thick), INK, 0.13)


def sheet(pictures: list[Picture], columns: int) -> Picture:
    """A contact sheet, `columns` pictures wide, with a thin pale gap; all pictures have the same size."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    gap = 4
    board = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), 245, np.uint8)
    for i, picture in enumerate(pictures):
        y, x = gap + i // columns * (height + gap), gap + i % columns * (width + gap)
        board[y : y + height, x : x + width] = picture
    return board
