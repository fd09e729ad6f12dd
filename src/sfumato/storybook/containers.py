"""What holds other things: cup, box, basket, bucket, teapot, vase, and a gift."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Shape, blob, box, curve, oval, polygon
from .form import STEEL, gleam, joined, second, shadow, tone
from .kind import Extent, Kind
from .palette import COLORS, Color, darker, lighter, luma

if TYPE_CHECKING:
    from .scene import Figure

STRAW: Final = 0xC8924F


def _vessel(top: float, bottom: float, height: float, mouth: float, foot: float) -> Shape:
    """A round vessel seen a little from above: half widths at the top and bottom, half heights of mouth and foot."""
    return joined(
        polygon((-top, -height), (top, -height), (bottom, -foot), (-bottom, -foot)),
        oval(0, -height, top, mouth), oval(0, -foot, bottom, foot),
    )


def _mouth(brush: Brush, color: Color, half: float, height: float, mouth: float, rim: float) -> None:
    """The opening: a rim of `color` about a dark inside."""
    brush.draw(oval(0, -height, half, mouth), lighter(color, 0.25))
    brush.fill(oval(0, -height, half - rim, mouth - rim * 0.45), darker(color, 0.55))


def cup(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tall, drop, hand = 0.36, 0.8, chance.uniform(0.72, 1.02), chance.choice((-1, 1))
    color = COLORS[figure.color]
    with brush.frame(hand * wide * 0.95, -tall * 0.52, flip=hand < 0):
        loop = curve((-0.04, -0.2), (0.15, -0.2), (0.19, 0.0), (0.1, 0.15), (-0.06, 0.17))
        brush.limb(loop, color, 0.075)
    body = _vessel(wide, wide * drop, tall, 0.08, 0.05)
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, box(wide * 0.35, -1.1, 0.6, 0.1), 0.11)
    gleam(brush, figure, box(-wide * 0.78, -tall * 0.78, -wide * 0.6, -tall * 0.3, 0.04), 0.45)
    _mouth(brush, color, wide, tall, 0.08, 0.045)


def bucket(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tall, drop, shoulder = 0.43, 0.67, chance.uniform(0.62, 0.84), chance.uniform(0.62, 0.84)
    hoop = chance.random() < 0.4
    color = COLORS[figure.color]
    bow = -tall - 0.3
    brush.stroke(curve((-wide, -tall), (-wide * shoulder, bow + 0.08), (0, bow), (wide * shoulder, bow + 0.08),
                       (wide, -tall)), 0x6E6F7A, 0.035)  # fmt: skip
    body = _vessel(wide, wide * drop, tall, 0.1, 0.06)
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, polygon((wide * 0.35, -1), (0.6, -1), (0.6, 0.1), (wide * 0.25, 0.1)), 0.11)
    gleam(brush, figure, polygon((-wide * 0.75, -tall * 0.8), (-wide * 0.6, -tall * 0.78), (-wide * 0.5, -tall * 0.25),
                                 (-wide * 0.6, -tall * 0.27)), 0.4)  # fmt: skip
    _mouth(brush, color, wide, tall, 0.1, 0.05)
    if hoop and figure.pattern == "plain":
        with brush.inside(body):
            brush.stroke(curve((-wide * 0.96, -tall * 0.72), (0, -tall * 0.72 + 0.1), (wide * 0.96, -tall * 0.72)),
                         darker(color, 0.25), 0.03)  # fmt: skip
    for side in (-1, 1):
        brush.draw(oval(side * wide * 0.99, -tall + 0.015, 0.045), STEEL)


@cache
def _weave() -> Shape:
    """The wickerwork of a basket: bent rows, and short strokes between them."""
    rows = [-0.35 + row * 0.1 for row in range(4)]
    bends = [curve((-0.5, y), (0, y + 0.05), (0.5, y)) for y in rows]
    ribs = [curve((x, y + 0.05 - 0.2 * x * x), (x, y + 0.14 - 0.2 * x * x)) for row, y in enumerate((-0.45, *rows))
            for x in ((i + 0.5 * (row % 2)) * 0.115 for i in range(-4, 5))]  # fmt: skip
    return joined(*bends, *ribs)


def basket(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tall, drop, bow = 0.48, 0.45, chance.uniform(0.7, 0.92), 0.93
    color = tone(figure, "brown", STRAW)
    weave = darker(color, 0.28) if luma(color) > 0.3 else second(color, 0.25)
    brush.limb(curve((-wide * 0.93, -tall), (-wide * 0.8, -bow + 0.14), (0, -bow), (wide * 0.8, -bow + 0.14),
                     (wide * 0.93, -tall)), color, 0.055)  # fmt: skip
    body = _vessel(wide, wide * drop, tall, 0.09, 0.06)
    brush.draw(body, color)
    with brush.inside(body):
        brush.stroke(_weave(), weave, 0.018)
    shadow(brush, figure, body, polygon((wide * 0.4, -1), (0.6, -1), (0.6, 0.1), (wide * 0.3, 0.1)), 0.11)
    _mouth(brush, color, wide, tall, 0.09, 0.05)


def carton(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tall, splay, tape = 0.39, 0.56, chance.uniform(0.03, 0.1), chance.random() < 0.6
    color = tone(figure, "brown", 0xC99A63)
    back = -tall - 0.1
    for side in (-1, 1):
        flap = polygon((side * wide, -tall), (side * wide * 0.9, back),
                       (side * (wide * 0.9 + splay + 0.02), back + 0.07),
                       (side * (wide + splay), -tall + 0.13))  # fmt: skip
        brush.draw(flap, lighter(color, 0.14))
    mouth = polygon((-wide, -tall), (-wide * 0.9, back), (wide * 0.9, back), (wide, -tall))
    brush.draw(mouth, darker(color, 0.5))
    face = polygon((-wide, -tall), (wide, -tall), (wide * 0.97, 0), (-wide * 0.97, 0))
    brush.patterned(face, color, figure.pattern)
    shadow(brush, figure, face, box(wide * 0.5, -1, 0.6, 0.1), 0.1)
    flap = polygon((-wide, -tall), (wide, -tall), (wide * 1.08, -tall + 0.14), (-wide * 1.08, -tall + 0.14))
    brush.draw(flap, lighter(color, 0.12))
    if tape:
        brush.fill(box(-0.05, -tall + 0.145, 0.05, -tall + 0.3), lighter(color, 0.45))


def gift(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tall, loops = chance.uniform(0.38, 0.44), chance.uniform(0.58, 0.68), chance.uniform(0.9, 1.1)
    color = COLORS[figure.color]
    ribbon = 0xF7C948 if figure.color not in ("yellow", "orange", "white") else 0xFFFDF6
    if figure.color == "white":
        ribbon = 0xB9B2C6
    body = box(-wide * 0.94, -tall, wide * 0.94, 0, 0.02)
    brush.patterned(body, color, figure.pattern)
    brush.fill(box(-0.07, -tall, 0.07, 0), ribbon)
    lid = box(-wide, -tall - 0.06, wide, -tall + 0.1, 0.025)
    shadow(brush, figure, body, box(wide * 0.45, -1, 0.6, 0.1), 0.11)
    brush.shade(body, box(-0.6, -tall, 0.6, -tall + 0.14), 0.1)
    brush.draw(lid, color)
    brush.fill(box(-0.075, -tall - 0.06, 0.075, -tall + 0.1), ribbon)
    with brush.frame(0, -tall - 0.06, scale=loops):
        for side in (-1, 1):
            brush.draw(blob((0, 0.0), (side * 0.12, -0.2), (side * 0.27, -0.21), (side * 0.25, -0.04)), ribbon)
            brush.fill(blob((side * 0.06, -0.05), (side * 0.15, -0.13), (side * 0.21, -0.13), (side * 0.18, -0.06)),
                       darker(ribbon, 0.3))  # fmt: skip
        brush.draw(oval(0, -0.04, 0.06, 0.055), ribbon)


def teapot(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, knob = chance.uniform(0.29, 0.33), chance.uniform(0.29, 0.33), chance.uniform(0.045, 0.06)
    color = COLORS[figure.color]
    brush.limb(curve((wide * 0.8, -high * 1.7), (wide + 0.16, -high * 1.75), (wide + 0.15, -high * 0.85),
                     (wide * 0.85, -high * 0.55)), color, 0.065)  # fmt: skip
    spout = blob((-wide * 0.75, -high * 1.1), (-wide - 0.08, -high * 1.35), (-wide - 0.2, -high * 2.0),
                 (-wide - 0.12, -high * 2.05), (-wide * 0.9, -high * 1.6), (-wide * 0.6, -high * 0.4),
                 tension=0.8)  # fmt: skip
    brush.draw(spout, color)
    brush.draw(box(-wide * 0.6, -0.05, wide * 0.6, 0, 0.02), darker(color, 0.15))
    body = oval(0, -high - 0.02, wide, high)
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, blob((0.5, -0.8), (0.5, 0.1), (-0.2, 0.05), (0.12, -0.1), (0.2, -0.35)))
    gleam(brush, figure, blob((-wide * 0.7, -high * 1.05), (-wide * 0.62, -high * 1.45), (-wide * 0.4, -high * 1.65),
                              (-wide * 0.5, -high * 1.3)), 0.6)  # fmt: skip
    brush.draw(oval(0, -high * 2 + 0.05, knob), darker(color, 0.15))
    lid = blob((-wide * 0.62, -high * 1.72), (-wide * 0.4, -high * 1.98), (0, -high * 2.04), (wide * 0.4, -high * 1.98),
               (wide * 0.62, -high * 1.72), (0, -high * 1.64))  # fmt: skip
    brush.draw(oval(0, -high * 2 - 0.06, knob), darker(color, 0.15))
    brush.draw(lid, lighter(color, 0.2))


def vase(brush: Brush, figure: Figure, chance: Random) -> None:
    belly, neck, tall = chance.uniform(0.3, 0.36), chance.uniform(0.13, 0.17), chance.uniform(0.9, 1.0)
    color = COLORS[figure.color]
    body = blob((-0.16, 0), (-belly, -tall * 0.38), (-neck, -tall * 0.8), (-neck - 0.06, -tall), (neck + 0.06, -tall),
                (neck, -tall * 0.8), (belly, -tall * 0.38), (0.16, 0), tension=0.8)  # fmt: skip
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, blob((0.5, -1.1), (0.5, 0.1), (-0.1, 0.05), (0.13, -0.2), (0.1, -0.7)))
    if figure.pattern == "plain":
        with brush.inside(body):
            for y in (-tall * 0.52, -tall * 0.26):
                brush.stroke(curve((-0.5, y - 0.05), (0, y + 0.03), (0.5, y - 0.05)), second(color), 0.04)
    gleam(brush, figure, oval(-belly * 0.62, -tall * 0.42, 0.03, 0.09), 0.55)
    _mouth(brush, color, neck + 0.065, tall, 0.05, 0.035)


KINDS: Final = (
    Kind("cup", cup, Extent(-0.59, -0.9, 0.59, 0.01), "white", words=("mug",), tall=0.42, patterns=True,
         grip=(0, -0.35),
         grasp=0.28, inside=(-0.32, -0.86, 0.32, -0.74)),
    Kind("bucket", bucket, Extent(-0.49, -1, 0.49, 0.01), "blue", words=("pail",), tall=0.5, patterns=True,
         grip=(0, -0.95), grasp=0.4, inside=(-0.38, -0.75, 0.38, -0.59)),
    Kind("basket", basket, Extent(-0.5, -0.98, 0.5, 0.01), "brown", tall=0.6, grip=(0, -0.9), grasp=0.42,
         inside=(-0.43, -0.52, 0.43, -0.38)),
    Kind("box", carton, Extent(-0.51, -0.68, 0.51, 0.01), "brown", words=("cardboard box",), plural="boxes", tall=0.8,
         patterns=True, grip=(0, -0.1), grasp=0.42, inside=(-0.42, -0.66, 0.42, -0.555)),
    Kind("gift", gift, Extent(-0.46, -1.01, 0.46, 0.01), "red", words=("present",), tall=0.48, patterns=True,
         grip=(0, -0.1), grasp=0.36),
    Kind("teapot", teapot, Extent(-0.55, -0.8, 0.56, 0.01), "blue", tall=0.46, patterns=True, grip=(0.45, -0.4),
         grasp=0.38),
    Kind("vase", vase, Extent(-0.38, -1.06, 0.38, 0.06), "purple", tall=0.5, patterns=True, grip=(0, -0.4), grasp=0.36),
)  # fmt: skip
