"""What is eaten: cake, fruit, ice cream, pizza and more."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Shape, blob, box, curve, oval, polygon
from .form import CREAM, gleam, joined, mirrored, pierced, placed, polyline, second, shadow, tilted, tone
from .kind import Extent, Kind
from .palette import COLORS, INK, darker, lighter, line_of, luma

if TYPE_CHECKING:
    from .scene import Figure

STALK: Final = 0x6E4A30
LEAF: Final = 0x5E9E48
CRUST: Final = 0xD89A54
WAFER: Final = 0xE3AE66


def apple(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, lean, turn = chance.uniform(0.42, 0.47), chance.uniform(-0.05, 0.05), chance.uniform(-8, 8)
    leaf = chance.choice((-1, 1))
    color = COLORS[figure.color]
    brush.limb(curve((0, -0.72), (lean, -0.84), (lean * 2.5, -0.93)), STALK, 0.04)
    with brush.frame(lean, -0.85, turn=turn, flip=leaf < 0):
        brush.draw(blob((0.0, 0.03), (0.1, -0.09), (0.28, -0.1), (0.2, 0.02), (0.09, 0.06)), LEAF)
    body = blob((0, -0.71), (wide * 0.5, -0.77), (wide * 0.98, -0.5), (wide * 0.78, -0.16), (wide * 0.4, -0.01),
                (0, -0.04), (-wide * 0.4, -0.01), (-wide * 0.78, -0.16), (-wide * 0.98, -0.5),
                (-wide * 0.5, -0.77))  # fmt: skip
    brush.draw(body, color)
    shadow(brush, figure, body, blob((0.5, -0.8), (0.5, 0.1), (-0.25, 0.05), (0.16, -0.13), (0.3, -0.42)))
    brush.stroke(curve((-0.1, -0.7), (0, -0.665), (0.1, -0.7)), line_of(color), 0.03)
    gleam(brush, figure, blob((-0.33, -0.42), (-0.29, -0.58), (-0.17, -0.65), (-0.21, -0.52)), 0.65)


def banana(brush: Brush, figure: Figure, chance: Random) -> None:
    bend, fat, spots = chance.uniform(-0.03, 0.05), chance.uniform(0.15, 0.19), chance.randint(0, 3)
    color = tone(figure, "yellow", 0xF8CE3E)
    with brush.frame(0, -0.3):
        body = blob((-0.44, -0.25), (-0.38, -0.3), (-0.2, 0.02 - bend - fat * 0.3), (0.06, 0.06 - bend - fat * 0.3),
                    (0.33, -0.1), (0.42, -0.08), (0.4, 0.04), (0.2, 0.1 + bend + fat), (-0.1, 0.05 + bend + fat),
                    (-0.34, -0.04 + fat * 0.4))  # fmt: skip
        brush.draw(body, color)
        brush.shade(body, blob((0.5, 0.0), (0.3, 0.14), (0.0, 0.12 + bend), (-0.3, -0.02), (-0.5, -0.2), (-0.5, 0.4),
                               (0.5, 0.4)), 0.1)  # fmt: skip
        brush.stroke(curve((-0.34, -0.16), (-0.14, 0.06 + bend * 0.5), (0.12, 0.1 + bend * 0.5), (0.36, -0.02)),
                     darker(color, 0.25), 0.02)  # fmt: skip
        brush.draw(blob((-0.46, -0.38), (-0.38, -0.39), (-0.37, -0.29), (-0.44, -0.25)), STALK)
        brush.draw(blob((0.39, -0.1), (0.46, -0.08), (0.46, 0.0), (0.39, 0.05)), STALK)
        for x, y in ((-0.2, 0.1), (0.02, 0.17), (0.2, 0.09))[:spots]:
            brush.fill(oval(x, y, 0.03, 0.015), STALK)


def cake(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, floors = chance.uniform(0.4, 0.46), chance.choice((1, 2))
    candles, drip = chance.randint(1, 3), chance.random()
    color = tone(figure, "pink", 0xF49BB4)
    icing = CREAM if luma(color) < 0.85 else 0xD98CA0
    brush.draw(oval(0, -0.045, 0.5, 0.045), 0xE4E2E6)
    tiers = [(wide, -0.05, -0.42)] if floors == 1 else [(wide, -0.05, -0.33), (wide * 0.66, -0.33, -0.56)]
    for half, low, high in tiers:
        body = joined(box(-half, high, half, low, 0.04), oval(0, high, half, 0.05), oval(0, low, half, 0.03))
        brush.patterned(body, color, figure.pattern)
        shadow(brush, figure, body, box(half * 0.45, high - 0.1, half + 0.1, low + 0.1), 0.1)
        steps = 6 if half > 0.35 else 4
        width = 2 * half / steps
        lobes = [box(-half + i * width, high, -half + (i + 1) * width,
                     high + 0.09 + 0.05 * ((i + round(drip * 3)) % 2), width / 2) for i in range(steps)]  # fmt: skip
        brush.draw(joined(oval(0, high, half, 0.055), box(-half, high, half, high + 0.05), *lobes), icing)
    top = tiers[-1][2]
    for i in range(candles):
        x = (i - (candles - 1) / 2) * 0.19
        brush.draw(box(x - 0.03, top - 0.24, x + 0.03, top, 0.01), (0x7CB6DE, 0xF4D06A, 0x9CCB8B)[i])
        brush.draw(blob((x, top - 0.38), (x + 0.045, top - 0.29), (x, top - 0.245), (x - 0.045, top - 0.29)), 0xFBC23E,
                   0xD9772F)  # fmt: skip


@cache
def _lattice() -> Shape:
    """The crossed lines of a wafer."""
    feet = [i * 0.11 for i in range(-3, 5)]
    return joined(*(polyline((x - side * 0.2, -0.5), (x + side * 0.12, 0)) for x in feet for side in (-1, 1)))


def ice_cream(brush: Brush, figure: Figure, chance: Random) -> None:
    scoops, wide, lean = chance.randint(1, 3), chance.uniform(0.22, 0.25), chance.uniform(-0.03, 0.03)
    color = COLORS[figure.color]
    cone = polygon((-wide + 0.03, -0.47), (wide - 0.03, -0.47), (0.02, 0), (-0.02, 0))
    brush.draw(cone, WAFER)
    with brush.inside(cone):
        brush.stroke(_lattice(), 0xB87F3F, 0.018)
    shadow(brush, figure, cone, polygon((0.06, -0.5), (0.3, -0.5), (0.02, 0)))
    with brush.frame(0, -0.52):
        places = {1: ((0, -0.1, 1.0),), 2: ((0, -0.1, 1.0), (lean, -0.32, 0.84)),
                  3: ((-0.14, -0.1, 0.86), (0.14, -0.1, 0.86), (lean, -0.32, 0.86))}[scoops]  # fmt: skip
        for i, (x, y, size) in enumerate(places):
            r = wide * size
            skirt = [oval(x + side * r * 0.72, y + r * 0.62, r * 0.36, r * 0.3) for side in (-1, 0, 1)]
            scoop = joined(oval(x, y, r), *skirt)
            brush.patterned(scoop, color if i != 1 or scoops < 3 else second(color, 0.15), figure.pattern)
            shadow(brush, figure, scoop, placed(oval(0.13, 0.1, r * 0.9, r), x, y), 0.08)
            gleam(brush, figure, placed(oval(0, 0, 0.03, 0.055), -r * 0.45 + (-x if mirrored(brush, figure) else x),
                                        y - r * 0.4, 30), 0.55)  # fmt: skip
        x, y, size = places[-1]
        if scoops < 3:
            brush.draw(oval(x, y - wide * size - 0.03, 0.055), 0xC9344A)


def pizza(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, turn = chance.uniform(0.4, 0.46), chance.uniform(-6, 6)
    spread = [(-0.17, -0.62), (0.16, -0.6), (0.0, -0.36), (0.03, -0.72)]
    jitter = [(chance.uniform(-0.03, 0.03), chance.uniform(-0.03, 0.03)) for _ in spread]
    color = tone(figure, "yellow", 0xF6C653)
    with brush.frame(0, 0, turn=turn):
        drips = [box(x - 0.05, -0.4, x + 0.05, y, 0.05) for x, y in ((-0.16, -0.24), (0.1, -0.12))]
        slice_ = joined(blob((-wide, -0.83), (0, -0.9), (wide, -0.83), (wide * 0.5, -0.4), (0.02, -0.01),
                             (-0.02, -0.01), (-wide * 0.5, -0.4), tension=0.35), *drips)  # fmt: skip
        brush.draw(slice_, color)
        for (x, y), (dx, dy) in zip(spread[:3], jitter, strict=False):
            brush.draw(oval(x + dx, y + dy, 0.095), 0xC9483A)
            brush.fill(oval(x + dx - 0.025, y + dy - 0.025, 0.022), 0xE27A63)
        for x, y in ((0.03, -0.55), (-0.06, -0.22), (0.2, -0.44)):
            brush.fill(oval(x, y, 0.03, 0.018), 0x4F8A45)
        rim = blob((-wide - 0.04, -0.83), (-wide * 0.9, -0.93), (0, -1.0), (wide * 0.9, -0.93), (wide + 0.04, -0.83),
                   (wide * 0.9, -0.77), (0, -0.83), (-wide * 0.9, -0.77))  # fmt: skip
        brush.draw(rim, CRUST)
        gleam(brush, figure, placed(oval(0, 0, 0.12, 0.02), -0.2, -0.92, -10), 0.4)


def donut(brush: Brush, figure: Figure, chance: Random) -> None:
    squash, hole = chance.uniform(0.92, 1.0), chance.uniform(0.13, 0.17)
    sprinkles = [(i * 30 + chance.uniform(-9, 9), chance.uniform(0.2, 0.34), chance.uniform(0, 180)) for i in range(12)]
    color = tone(figure, "pink", 0xF48FAE)
    with brush.frame(0, -0.47 * squash):
        brush.draw(pierced(oval(0, 0, 0.47, 0.47 * squash), oval(0, 0.01, hole * 0.9)), CRUST)
        icing = pierced(blob((0.41, 0), (0.33, 0.24), (0.16, 0.33), (0.0, 0.38), (-0.17, 0.33), (-0.3, 0.27),
                             (-0.41, 0.02), (-0.32, -0.26), (0, -0.41), (0.31, -0.27)), oval(0, 0, hole))  # fmt: skip
        brush.draw(icing, color)
        shadow(brush, figure, icing, blob((0.5, -0.2), (0.5, 0.5), (-0.3, 0.5), (0.1, 0.27), (0.3, 0.05)), 0.1)
        inks = [tint for tint in (0xF8CB3C, 0x7CC0E8, 0xFFFFFF, 0x8ACB74) if tint != color]
        for i, (angle, far, turn) in enumerate(sprinkles):
            with brush.frame(turn=angle), brush.frame(far if far > hole + 0.05 else hole + 0.06, 0, turn=turn):
                brush.fill(box(-0.035, -0.014, 0.035, 0.014, 0.014), inks[i % len(inks)])


def strawberry(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, leaves = chance.uniform(0.36, 0.42), chance.uniform(0.74, 0.8), chance.choice((3, 5))
    color = COLORS[figure.color]
    body = blob((0, -high), (wide * 0.8, -high + 0.02), (wide, -high * 0.72), (wide * 0.62, -high * 0.28),
                (0.07, -0.01), (-0.07, -0.01), (-wide * 0.62, -high * 0.28), (-wide, -high * 0.72),
                (-wide * 0.8, -high + 0.02))  # fmt: skip
    brush.draw(body, color)
    shadow(brush, figure, body, blob((0.5, -0.9), (0.5, 0.1), (-0.1, 0.05), (0.16, -0.3), (0.26, -0.6)))
    seed = 0xFBE7A0 if luma(color) < 0.7 else 0xC98E3A
    for y, xs in ((0.74, (-0.2, 0.0, 0.2)), (0.55, (-0.27, -0.1, 0.1, 0.27)), (0.36, (-0.17, 0, 0.17)),
                  (0.18, (-0.06, 0.08))):  # fmt: skip
        for x in xs:
            brush.fill(oval(x * wide / 0.4, -high * y, 0.02, 0.032), seed)
    crown = [placed(polygon((-0.07, 0.0), (0.07, 0.0), (0.06, 0.14), (0, 0.24), (-0.06, 0.14)), 0, -high + 0.01,
                    (i - (leaves - 1) / 2) * 170 / leaves) for i in range(leaves)]  # fmt: skip
    brush.limb(curve((0, -high), (0.03, -0.97)), LEAF, 0.05)
    brush.draw(joined(*crown), LEAF)


def watermelon(brush: Brush, figure: Figure, chance: Random) -> None:
    turn, deep, seeds = chance.uniform(-8, 8), chance.uniform(0.46, 0.52), chance.choice((4, 5))
    flesh = tone(figure, "red", 0xE8574F)
    with brush.frame(0, -deep, turn=turn):
        for size, color in ((1.0, 0x4E9A4A), (0.9, 0xDCEBB4), (0.83, flesh)):
            rx, ry = 0.5 * size, deep * size
            half = curve((-rx, 0), (-rx * 0.9, ry * 0.42), (-rx * 0.55, ry * 0.82), (0, ry), (rx * 0.55, ry * 0.82),
                         (rx * 0.9, ry * 0.42), (rx, 0))  # fmt: skip
            half.close()
            if size == 1.0:
                brush.draw(half, color)
            else:
                brush.fill(half, color)
        for i in range(seeds):
            x = (i - (seeds - 1) / 2) * 0.15
            brush.fill(oval(x, deep * (0.22 + 0.22 * (i % 2)), 0.018, 0.032), INK)


def carrot(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, lean, tuft = chance.uniform(0.15, 0.19), chance.uniform(-0.05, 0.05), chance.uniform(0.85, 1.0)
    color = tone(figure, "orange", 0xF28A2E)
    for x, turn in ((-0.05, -24), (0.05, 24), (0, 0)):
        with brush.frame(x, -0.68, turn=turn, scale=tuft):
            brush.draw(blob((0, 0), (0.06, -0.14), (0.05, -0.3), (0, -0.33), (-0.05, -0.3), (-0.06, -0.14)), LEAF)
    body = blob((0, -0.72), (wide, -0.68), (wide * 0.86, -0.45), (0.07 + lean / 2, -0.16), (lean, 0),
                (-0.07 + lean / 2, -0.16), (-wide * 0.86, -0.45), (-wide, -0.68))  # fmt: skip
    brush.draw(body, color)
    shadow(brush, figure, body, blob((0.3, -0.8), (0.3, 0), (0.02, 0), (0.05, -0.5)), 0.1)
    for side, y, long in ((-1, -0.56, 0.1), (1, -0.45, 0.09), (-1, -0.33, 0.07), (1, -0.22, 0.05)):
        edge = side * wide * (0.35 - y)
        brush.stroke(curve((edge, y), (edge - side * long, y + 0.012)), line_of(color), 0.02)


def cheese(brush: Brush, figure: Figure, chance: Random) -> None:
    high, tip = chance.uniform(0.28, 0.38), chance.uniform(-0.15, 0.1)
    holes = [(chance.uniform(-0.05, 0.05), chance.uniform(-0.03, 0.03), chance.uniform(0.7, 1.2)) for _ in range(5)]
    color = tone(figure, "yellow", 0xF9CE46)
    top = polygon((-0.48, -high), (tip + 0.1, -0.66), (0.48, -high - 0.06))
    face = polygon((-0.48, -high), (0.48, -high - 0.06), (0.48, -0.02), (-0.48, 0))
    brush.draw(joined(top), lighter(color, 0.35))
    brush.draw(face, color)
    with brush.inside(face):
        spots = ((-0.28, -0.14, 0.075), (0.02, -0.22, 0.06), (0.25, -0.1, 0.09), (-0.08, -0.02, 0.06),
                 (0.46, -0.3, 0.07))  # fmt: skip
        for (x, y, r), (right, down, size) in zip(spots, holes, strict=True):
            brush.fill(oval(x + right, y + down, r * size), darker(color, 0.2))
            brush.fill(oval(x + right + 0.012, y + down + 0.014, r * size * 0.82), darker(color, 0.1))
    with brush.inside(top):
        for x, y, r in ((tip + 0.06, -0.5, 0.06), (tip - 0.16, -0.41, 0.045)):
            brush.fill(oval(x, y, r, r * 0.6), darker(color, 0.12))


KINDS: Final = (
    Kind("apple", tilted(apple, 7), Extent(-0.53, -1.04, 0.53, 0.03), "red", tall=0.38, grip=(0, -0.3),
         grasp=0.26, use="eat"),
    Kind("banana", tilted(banana, 6), Extent(-0.55, -0.76, 0.52, 0.08), "yellow", tall=0.42, grip=(-0.25, -0.25),
         grasp=0.36, use="eat", colors=("yellow", "green", "brown", "red", "pink", "orange", "purple", "blue")),
    Kind("cake", cake, Extent(-0.52, -0.96, 0.52, 0.01), "pink", tall=0.6, patterns=True, grip=(0, -0.05), grasp=0.42,
         use="eat"),
    Kind("ice cream", tilted(ice_cream, 7), Extent(-0.44, -1.15, 0.43, 0.01), "pink",
         words=("ice cream cone",), tall=0.42, patterns=True, grip=(0, -0.2), grasp=0.4, use="eat"),
    Kind("pizza", pizza, Extent(-0.6, -1.02, 0.59, 0.01), "yellow", words=("slice of pizza",),
         tall=0.42, colors=("yellow", "green", "pink", "blue", "purple", "orange", "white"), grip=(0, -0.5), grasp=0.34,
         use="eat"),
    Kind("donut", donut, Extent(-0.49, -0.96, 0.49, 0.01), "pink", words=("doughnut",), tall=0.4, grip=(0, -0.25),
         grasp=0.28, use="eat"),
    Kind("strawberry", tilted(strawberry, 9), Extent(-0.51, -1.01, 0.52, 0.03), "red", plural="strawberries", tall=0.38,
         grip=(0, -0.4), grasp=0.24, use="eat"),
    Kind("watermelon", watermelon, Extent(-0.52, -0.6, 0.52, 0.01), "red", words=("slice of watermelon",), tall=0.5,
         colors=("red", "pink", "yellow", "orange", "purple", "blue", "white"), grip=(0, -0.1), grasp=0.36, use="eat"),
    Kind("carrot", tilted(carrot, 12), Extent(-0.41, -1.02, 0.41, 0.03), "orange", tall=0.45, grip=(0, -0.4),
         grasp=0.36, use="eat"),
    Kind("cheese", cheese, Extent(-0.5, -0.68, 0.5, 0.01), "yellow", words=("piece of cheese",),
         tall=0.46, colors=("yellow", "orange", "white", "red", "green", "blue", "pink"), grip=(0, -0.2), grasp=0.3,
         use="eat"),
)  # fmt: skip
