"""A scene becomes pixels: layout for any size, then background, shadows and characters on one skia canvas."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
import skia

from .animals import draw_animal, extent
from .brush import Brush, oval
from .palette import INK
from .places import Stage, draw_place, draw_weather
from .scene import INSTANCES, Animal, Scene, Thing
from .things import draw_thing, reach

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Spot:
    """Where one figure stands: the origin of its frame and its unit, in pixels."""

    figure: Animal | Thing
    x: float
    y: float
    unit: float


def draw(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """The picture of `scene` as uint8 `H W 3`; `size` is (width, height) in pixels.

    Raises ValueError if a side is outside 64 to 1024 or the aspect ratio outside 1:2 to 2:1.
    """
    return _render(scene, size, index=False)


def instances(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """The index into INSTANCES of what each pixel of `draw(scene, size)` shows, as uint8 `H W`; 0 is background."""
    return np.ascontiguousarray(_render(scene, size, index=True)[:, :, 0])


def _render(scene: Scene, size: tuple[int, int], *, index: bool) -> Picture:
    width, height = size
    if not (64 <= width <= 1024 and 64 <= height <= 1024):
        raise ValueError(f"size {width}x{height} is outside 64 to 1024 pixels a side")
    if not 0.5 <= width / height <= 2:
        raise ValueError(f"size {width}x{height} is outside the aspect ratios 1:2 to 2:1")
    pixels = np.zeros((height, width, 4), np.uint8)
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, width * 4)
    brush = Brush(surface.getCanvas(), index=index, line=0.0115)
    feet, spots = layout(scene, width, height)
    unit = float(min(width, height))
    ground = feet - unit * (0.07 + 0.09 * scene.horizon)
    stage = Stage(width, height, ground, unit, scene, Random(scene.detail))
    if not index:
        draw_place(brush, stage)
        draw_weather(brush, stage)
        for spot in spots:
            _shadow(brush, spot, feet)
    for spot in spots:
        figure = spot.figure
        if isinstance(figure, Animal):
            with brush.frame(spot.x, spot.y, scale=spot.unit, flip=figure.flip, stretch=figure.width):
                draw_animal(brush, figure)
        else:
            brush.line = 0.0115
            with (
                brush.labelled(INSTANCES.index(figure.kind)),
                brush.frame(spot.x, spot.y, scale=spot.unit, turn=figure.turn, flip=figure.flip),
            ):
                draw_thing(brush, figure, snow=scene.weather == "snowy")
    del surface
    picture = np.empty((height, width, 3), np.uint8)
    for channel in range(3):  # three strided copies: four times faster than one of a sliced array
        picture[:, :, channel] = pixels[:, :, channel]
    return picture


def layout(scene: Scene, width: float, height: float) -> tuple[float, list[Spot]]:
    """The line the feet stand on, and a spot for every figure, those behind first; all inside the picture."""
    unit = min(width, height)
    feet = height - unit * 0.085 - max(0.0, height - width) * 0.08
    room = feet - unit * 0.035
    margin = unit * 0.03
    if not scene.animals:
        return feet, _things_alone(scene, width, feet, room, margin)
    reaches = []
    for animal in scene.animals:
        left, right, up = extent(animal)
        reaches.append((right, left, up) if animal.flip else (left, right, up))
    sizes = []
    for animal, (_, _, up) in zip(scene.animals, reaches, strict=True):
        tall = animal.height * min(height, width * 1.2) * (1.25 if animal.pose == "sleeping" else 1.0)
        sizes.append(min(tall, room / up))
    tree = scene.things[0] if scene.things else None
    beside = 0.0
    if tree is not None:
        beside = 0.5 * min(0.95 * room / 1.24, 1.5 * sizes[0]) * tree.scale
    total = sum(size * (left + right) for size, (left, right, _) in zip(sizes, reaches, strict=True)) + 1.2 * beside
    shrink = min(1.0, (width - 2 * margin) / total)
    sizes = [size * shrink for size in sizes]
    spare = width - 2 * margin - total * shrink
    gap = spare * 0.2 if len(sizes) == 2 else 0.0
    x = margin + (spare - gap) * scene.x
    spots = []
    if tree is not None and not tree.flip:
        x += 1.2 * beside * shrink
    for animal, size, (left, right, _) in zip(scene.animals, sizes, reaches, strict=True):
        spots.append(Spot(animal, x + left * size, feet, size))
        x += (left + right) * size + gap
    if tree is not None:
        tall = min(0.95 * room / 1.24, 1.5 * sizes[0]) * tree.scale
        tall = min(tall, 0.97 * room / 1.24)
        shift = sizes[0] * 0.2 + tall * 0.24
        at = spots[0].x + (shift if tree.flip else -shift)
        at = min(max(at, tall * 0.42), width - tall * 0.42)
        spots.insert(0, Spot(tree, at, feet - unit * 0.03, tall))
    return feet, spots


def _things_alone(scene: Scene, width: float, feet: float, room: float, margin: float) -> list[Spot]:
    spots = []
    count = len(scene.things)
    sizes, reaches = [], []
    for thing in scene.things:
        half, up, down = reach(thing)
        scale = min(0.92 * room / (up + down), (width - 2 * margin) / count / (2 * half)) * min(thing.scale, 1.0)
        sizes.append(scale)
        reaches.append((half, up, down))
    total = sum(2 * size * half for size, (half, _, _) in zip(sizes, reaches, strict=True))
    spare = width - 2 * margin - total
    gap = spare * 0.25 if count == 2 else 0.0
    x = margin + (spare - gap) * scene.x
    for thing, size, (half, up, down) in zip(scene.things, sizes, reaches, strict=True):
        y = feet - down * size
        if thing.kind == "balloon":
            y = room * 0.08 + up * size + (feet - room * 0.08 - (up + down) * size) * 0.45
        spots.append(Spot(thing, x + half * size, y, size))
        x += 2 * half * size + gap
    return spots


def _shadow(brush: Brush, spot: Spot, feet: float) -> None:
    figure = spot.figure
    if isinstance(figure, Thing) and figure.kind == "balloon":
        return
    wide = 0.27
    if isinstance(figure, Animal):
        wide = {"sleeping": 0.45, "sitting": 0.3}.get(figure.pose, 0.25) * figure.width
    elif figure.kind == "umbrella":
        wide = 0.3
    y = (feet if isinstance(figure, Thing) and figure.kind != "tree" else spot.y) + spot.unit * 0.005
    brush.fill(oval(spot.x, y, spot.unit * wide * 1.15, spot.unit * 0.05), INK, 0.1)
    brush.fill(oval(spot.x, y, spot.unit * wide, spot.unit * 0.036), INK, 0.14)


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
