"""The things: newspaper, balloon, umbrella, tree; one drawing function each.

Frames: a newspaper's origin is its middle, a balloon's the end of its string, an umbrella's the hand on its
handle, a tree's its foot. Sizes are those of an animal one unit tall.
"""

from __future__ import annotations

from .brush import Brush, Shape, blob, curve, oval, polygon
from .palette import COLORS, INK, Color, darker, lighter, line_of, luma
from .scene import Thing


def draw_held(brush: Brush, thing: Thing, x: float, y: float) -> None:
    """A thing in an animal's hand at (x, y)."""
    with brush.frame(x, y, scale=thing.scale, turn=thing.turn):
        draw_thing(brush, thing)


def draw_thing(brush: Brush, thing: Thing, *, snow: bool = False) -> None:
    color = COLORS[thing.color]
    if thing.kind == "newspaper":
        _newspaper(brush)
    elif thing.kind == "balloon":
        _balloon(brush, color)
    elif thing.kind == "umbrella":
        _umbrella(brush, color)
    else:
        _tree(brush, color, snow)


def _newspaper(brush: Brush) -> None:
    page = 0xF7F3E6
    line = 0x4D4650
    for side in (-1, 1):
        sheet = polygon((0, -0.155), (side * 0.27, -0.195), (side * 0.27, 0.145), (0, 0.185))
        brush.draw(sheet, page, line)
        if side == 1:
            brush.fill(sheet, 0xDEDACF)
    brush.stroke(curve((0, -0.155), (0, 0.185)), 0x6E6870, 0.012)
    ink = 0x4B4852
    brush.fill(polygon((-0.245, -0.155), (-0.03, -0.122), (-0.03, -0.072), (-0.245, -0.105)), ink)
    brush.fill(polygon((-0.245, -0.075), (-0.145, -0.06), (-0.145, 0.05), (-0.245, 0.035)), 0x8E8C96)
    for i in range(3):
        y = -0.035 + i * 0.04
        brush.stroke(curve((-0.115, y), (-0.035, y + 0.012)), 0x85828C, 0.016)
    for i in range(2):
        y = 0.075 + i * 0.04
        brush.stroke(curve((-0.24, y - 0.005), (-0.035, y + 0.025)), 0x85828C, 0.016)
    for i in range(6):
        y = -0.115 + i * 0.045
        tint, width = (ink, 0.03) if i == 0 else (0x85828C, 0.016)
        brush.stroke(curve((0.035, y + 0.018), (0.235, y - 0.012)), tint, width)


def _balloon(brush: Brush, color: Color) -> None:
    brush.stroke(curve((0, 0), (0.035, -0.13), (0.01, -0.26), (0.04, -0.36)), 0x5B5360, 0.013)
    with brush.frame(0.045, -0.56):
        brush.draw(polygon((-0.032, 0.235), (0.032, 0.235), (0, 0.19)), darker(color, 0.12))
        body = blob((0, -0.22), (0.135, -0.165), (0.18, -0.02), (0.11, 0.135), (0, 0.205), (-0.11, 0.135),
                    (-0.18, -0.02), (-0.135, -0.165))  # fmt: skip
        brush.draw(body, color)
        brush.shade(body, blob((0.2, -0.2), (0.22, 0.22), (-0.08, 0.25), (0.05, 0.11), (0.12, -0.02)), 0.13)
        with brush.frame(-0.078, -0.095, turn=30):
            brush.fill(oval(0, 0, 0.03, 0.056), 0xFFFFFF, 0.75)


def _umbrella(brush: Brush, color: Color) -> None:
    brush.limb(curve((0, -0.52), (0, 0.1)), 0x7A5236, 0.02)
    brush.limb(curve((0, 0.08), (0.01, 0.15), (0.06, 0.15), (0.07, 0.1)), 0x7A5236, 0.026)
    with brush.frame(0, -0.5):
        brush.limb(curve((0, -0.32), (0, -0.24)), 0x7A5236, 0.02)
        canopy = _dome(0.4, 0.28)
        brush.draw(canopy, color)
        pale = lighter(color, 0.32) if luma(color) < 0.8 else darker(color, 0.12)
        with brush.inside(canopy):
            for side in (-1, 1):
                panel = blob((side * 0.02, -0.3), (side * 0.2, -0.2), (side * 0.29, 0.06), (side * 0.12, 0.06),
                             (side * 0.11, -0.15), tension=0.8)  # fmt: skip
                brush.fill(panel, pale)
        brush.shade(canopy, blob((0.45, -0.3), (0.5, 0.1), (0.1, 0.1), (0.3, -0.02), (0.3, -0.15)), 0.1)


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


def _tree(brush: Brush, color: Color, snow: bool) -> None:
    bark = 0x8A5A3A
    brush.draw(
        blob((-0.1, 0.0), (-0.062, -0.2), (-0.06, -0.6), (0.06, -0.6), (0.065, -0.2), (0.11, 0.0), tension=0.8), bark
    )
    brush.limb(curve((0.03, -0.42), (0.16, -0.58)), bark, 0.045)
    leaf = 0x5FA548 if color == COLORS["green"] else color
    lumps = ((-0.27, -0.66, 0.2), (0.27, -0.66, 0.2), (-0.17, -0.9, 0.21), (0.17, -0.9, 0.21), (0, -1.03, 0.2),
             (0, -0.72, 0.26))  # fmt: skip
    for x, y, r in lumps:
        brush.stroke(oval(x, y, r), line_of(leaf), 2 * brush.line)
    for x, y, r in lumps:
        brush.fill(oval(x, y, r), leaf)
    for x, y, r in ((-0.24, -0.58, 0.1), (0.12, -0.56, 0.12), (0.3, -0.62, 0.11)):
        brush.fill(oval(x, y, r), INK, 0.09)
    for x, y, r in ((-0.17, -0.95, 0.12), (0.05, -1.08, 0.1), (-0.3, -0.7, 0.08)):
        brush.fill(oval(x, y, r), 0xFFFFFF, 0.16)
    if snow:
        for x, y, r in ((-0.17, -1.0, 0.13), (0.02, -1.12, 0.13), (0.19, -0.99, 0.12), (-0.33, -0.77, 0.09),
                        (0.34, -0.76, 0.09)):  # fmt: skip
            brush.fill(oval(x, y, r, r * 0.55), 0xFFFFFF)


def reach(thing: Thing) -> tuple[float, float, float]:
    """Half the width, and how far a thing alone reaches above and below its origin, in its own frame."""
    return {
        "newspaper": (0.31, 0.23, 0.21),
        "balloon": (0.21, 0.8, 0.02),
        "umbrella": (0.45, 0.86, 0.18),
        "tree": (0.5, 1.26, 0.0),
    }[thing.kind]
