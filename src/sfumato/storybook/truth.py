"""What is true of a picture, from the same drawing functions that made it: masks, boxes, edges, depth, poses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import skia

from .draw import Part, Picture, arranged, number, parts
from .layout import Copy
from .scene import Scene

CHANNELS: Final = ("mask", "edge", "depth", "pose")
BONES: Final = (
    ("head", "neck", 0xF2C14E),
    ("neck", "left shoulder", 0xE4572E), ("left shoulder", "left elbow", 0xE4572E),
    ("left elbow", "left hand", 0xF08A5D),
    ("neck", "right shoulder", 0x2E86AB), ("right shoulder", "right elbow", 0x2E86AB),
    ("right elbow", "right hand", 0x6CB7D8),
    ("neck", "left hip", 0x9B5DE5), ("left hip", "left knee", 0x9B5DE5), ("left knee", "left foot", 0xC79BF2),
    ("neck", "right hip", 0x3BB273), ("right hip", "right knee", 0x3BB273), ("right knee", "right foot", 0x8BD9AE),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """How one part of a scene shows on the page."""

    part: Part
    box: tuple[int, int, int, int] | None  # left, top, right, bottom in pixels of what is visible; None: nothing is
    visible: float  # share of its pixels that nobody else hides


@dataclass(frozen=True)
class Skeleton:
    """The joints of one character in pixels: where they are, also where something hides them."""

    figure: int
    copy: int
    joints: dict[str, tuple[float, float]]


def instances(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """What each pixel of `draw(scene, size)` shows, uint8 `H W`: a number of `parts(scene)`, 0 for the background."""
    return number(scene, size)


def alone(scene: Scene, size: tuple[int, int], copy: Copy) -> Picture:
    """The instance map as if only one copy of one figure were there, where it always stands."""
    return number(scene, size, cast=frozenset({copy}))


def seen(scene: Scene, size: tuple[int, int] = (256, 256)) -> tuple[Seen, ...]:
    """Box and visible share of every part, in the order of `parts(scene)`."""
    together = instances(scene, size)
    found = []
    whole: dict[Copy, Picture] = {}
    for part in parts(scene):
        copy = part.figure, part.copy
        if copy not in whole:
            whole[copy] = alone(scene, size, copy)
        mask = together == part.number
        total = int((whole[copy] == part.number).sum())
        found.append(Seen(part, _box(mask), float(mask.sum()) / total if total else 0.0))
    return tuple(found)


def edges(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """255 on both sides of every border between two parts, or a part and the background; uint8 `H W`."""
    return outlines(instances(scene, size))


def outlines(numbers: Picture) -> Picture:
    """The borders in an instance map."""
    edge = np.zeros(numbers.shape, bool)
    beside, below = numbers[:, 1:] != numbers[:, :-1], numbers[1:] != numbers[:-1]
    edge[:, 1:] |= beside
    edge[:, :-1] |= beside
    edge[1:] |= below
    edge[:-1] |= below
    return edge.astype(np.uint8) * 255


def depth(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """The order in depth, uint8 `H W`: 0 the background, 1 who is farthest, and so on to who is in front of all."""
    return _ranks(scene, size)[instances(scene, size)]


def skeletons(scene: Scene, size: tuple[int, int] = (256, 256)) -> tuple[Skeleton, ...]:
    """The pose of every character, those behind first."""
    figures, spots = arranged(scene, size)
    found = []
    for spot in spots:
        joints = {
            joint.name: (spot.x + joint.x * spot.unit, spot.y + joint.y * spot.unit)
            for joint in figures[spot.figure, spot.copy].joints
        }
        if joints:
            found.append(Skeleton(spot.figure, spot.copy, joints))
    return tuple(found)


def pose(scene: Scene, size: tuple[int, int] = (256, 256)) -> Picture:
    """The skeletons as coloured bones on black, uint8 `H W 3`: left and right, arms and legs each in their colour."""
    width, height = size
    pixels = np.zeros((height, width, 4), np.uint8)
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, width * 4)
    canvas = surface.getCanvas()
    canvas.clear(0xFF000000)
    wide = max(2.0, min(size) * 0.014)
    for skeleton in skeletons(scene, size):
        for start, end, color in BONES:
            if start in skeleton.joints and end in skeleton.joints:
                paint = skia.Paint(Color=0xFF000000 | color, AntiAlias=True, StrokeWidth=wide,
                                   StrokeCap=skia.Paint.kRound_Cap)  # fmt: skip
                canvas.drawLine(*skeleton.joints[start], *skeleton.joints[end], paint)
    del surface
    return np.ascontiguousarray(pixels[:, :, :3])


def _ranks(scene: Scene, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    _, spots = arranged(scene, size)
    order = {(spot.figure, spot.copy): rank for rank, spot in enumerate(spots, 1)}
    return np.array([0, *(order[part.figure, part.copy] for part in parts(scene))], np.uint8)


def _box(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
