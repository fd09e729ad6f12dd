"""What stands in a room: chair, table, bench, bed, sofa, bookshelf, lamp, clock."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, blob, box, curve, oval, polygon
from .form import CREAM, GLOW, STEEL, WOOD, second, shadow, tone
from .kind import Extent, Kind
from .palette import COLORS, INK, darker, lighter, line_of

if TYPE_CHECKING:
    from .scene import Figure


def chair(brush: Brush, figure: Figure, chance: Random) -> None:
    back, slats, bow = chance.uniform(0.9, 1.0), chance.choice((0, 2, 3)), chance.uniform(0.0, 0.05)
    color = tone(figure, "brown", WOOD)
    leg = darker(color, 0.2)
    for x in (-0.22, 0.22):
        brush.limb(curve((x, -0.44), (x, -0.06)), leg, 0.06)
    rest = blob((-0.27, -back + 0.05), (-0.22, -back), (0, -back - bow), (0.22, -back), (0.27, -back + 0.05),
                (0.26, -0.45), (-0.26, -0.45), tension=0.5)  # fmt: skip
    if slats:
        for i in range(slats):
            x = (i - (slats - 1) / 2) * 0.14
            brush.limb(curve((x, -0.45), (x, -back + 0.07)), color, 0.055)
        for x in (-0.25, 0.25):
            brush.limb(curve((x, -0.45), (x, -back + 0.05)), color, 0.07)
        brush.patterned(box(-0.3, -back - bow, 0.3, -back + 0.15, 0.05), color, figure.pattern)
    else:
        brush.patterned(rest, color, figure.pattern)
        brush.fill(box(-0.19, -back + 0.07, 0.19, -0.55, 0.05), second(color), 0.5)
    seat = polygon((-0.27, -0.5), (0.27, -0.5), (0.35, -0.36), (-0.35, -0.36))
    brush.patterned(seat, lighter(color, 0.12), figure.pattern)
    shadow(brush, figure, seat, polygon((0.1, -0.5), (0.4, -0.5), (0.4, -0.3), (0.2, -0.3)), 0.08)
    brush.draw(box(-0.35, -0.37, 0.35, -0.3, 0.02), color)
    for x in (-0.3, 0.3):
        brush.limb(curve((x, -0.28), (x, -0.03)), color, 0.065)


def table(brush: Brush, figure: Figure, chance: Random) -> None:
    drawer, inlay, stout = chance.random() < 0.3, chance.random() < 0.5, chance.uniform(0.055, 0.085)
    color = tone(figure, "brown", WOOD)
    for x in (-0.38, 0.38):
        brush.limb(curve((x, -0.5), (x, -0.1)), darker(color, 0.28), stout)
    board = polygon((-0.44, -0.62), (0.44, -0.62), (0.54, -0.5), (-0.54, -0.5))
    brush.draw(board, lighter(color, 0.14))
    brush.draw(box(-0.54, -0.51, 0.54, -0.44, 0.015), color)
    if drawer:
        brush.draw(box(-0.14, -0.44, 0.14, -0.34, 0.01), color)
        brush.fill(oval(0, -0.39, 0.022), line_of(color))
    for x in (-0.47, 0.47):
        leg = box(x - stout * 0.6, -0.44, x + stout * 0.6, 0, 0.02)
        brush.draw(leg, color)
        shadow(brush, figure, leg, box(x, -0.5, x + 0.2, 0), 0.1)
    if figure.pattern != "plain":
        cloth = polygon((-0.36, -0.625), (0.36, -0.625), (0.43, -0.51), (0.43, -0.4), (-0.43, -0.4), (-0.43, -0.51))
        brush.patterned(cloth, color, figure.pattern, 0.09)
        brush.shade(cloth, box(-0.6, -0.51, 0.6, 0), 0.1)
    elif inlay:
        brush.stroke(curve((-0.4, -0.585), (0.4, -0.585)), second(color, 0.5), 0.014)
        brush.stroke(curve((-0.47, -0.54), (0.47, -0.54)), second(color, 0.5), 0.014)


def bench(brush: Brush, figure: Figure, chance: Random) -> None:
    back, slats, iron = chance.uniform(0.52, 0.6), chance.choice((2, 3)), chance.choice((0x4A4652, 0x6B5A4A))
    color = tone(figure, "brown", WOOD)
    for x in (-0.4, 0.4):
        brush.limb(curve((x, -0.3), (x * 1.02, -back)), iron, 0.035)
        brush.limb(curve((x * 0.97, -0.26), (x * 0.97, -0.05)), iron, 0.04)
    step = (back - 0.36) / slats
    for i in range(slats):
        y = -back + 0.01 + i * step
        brush.patterned(box(-0.5, y, 0.5, y + step * 0.66, 0.02), color, figure.pattern, 0.1)
    seat = polygon((-0.47, -0.34), (0.47, -0.34), (0.53, -0.25), (-0.53, -0.25))
    brush.patterned(seat, lighter(color, 0.14), figure.pattern, 0.1)
    brush.draw(box(-0.53, -0.26, 0.53, -0.21, 0.015), color)
    for x in (-0.45, 0.45):
        brush.limb(curve((x, -0.19), (x * 1.02, -0.03)), iron, 0.05)


def bed(brush: Brush, figure: Figure, chance: Random) -> None:
    head, foot, knob = chance.uniform(0.52, 0.6), chance.uniform(0.3, 0.36), chance.random() < 0.5
    color = tone(figure, "blue", COLORS["blue"])
    wood = WOOD if figure.color != "brown" else 0xD9B98A
    brush.draw(box(-0.52, -head, -0.44, 0, 0.03), wood)
    if knob:
        brush.draw(oval(-0.48, -head - 0.03, 0.05), wood)
    brush.draw(box(-0.46, -0.17, 0.46, -0.08, 0.01), wood)
    brush.draw(box(-0.45, -0.3, 0.45, -0.15, 0.05), CREAM)
    brush.draw(blob((-0.43, -0.32), (-0.4, -0.42), (-0.2, -0.42), (-0.16, -0.32), (-0.2, -0.27), (-0.4, -0.27)),
               0xFFFDF8)  # fmt: skip
    quilt = blob((-0.2, -0.35), (0, -0.38), (0.36, -0.36), (0.46, -0.32), (0.46, -0.12), (0.2, -0.1), (-0.2, -0.12),
                 (-0.23, -0.25), tension=0.6)  # fmt: skip
    brush.patterned(quilt, color, figure.pattern)
    shadow(brush, figure, quilt, box(-0.6, -0.19, 0.6, 0), 0.1)
    fold = blob((-0.24, -0.35), (-0.13, -0.38), (-0.1, -0.25), (-0.13, -0.12), (-0.24, -0.12), (-0.27, -0.25),
                tension=0.6)  # fmt: skip
    brush.draw(fold, second(color, 0.5))
    brush.draw(box(0.44, -foot, 0.52, 0, 0.03), wood)
    if knob:
        brush.draw(oval(0.48, -foot - 0.03, 0.05), wood)


def sofa(brush: Brush, figure: Figure, chance: Random) -> None:
    back, cushions, arm = chance.uniform(0.5, 0.56), chance.choice((2, 3)), chance.uniform(0.34, 0.4)
    color = COLORS[figure.color]
    for x in (-0.42, 0.42):
        brush.draw(polygon((x - 0.04, -0.1), (x + 0.04, -0.1), (x + 0.025, 0), (x - 0.025, 0)), 0x6E4A30)
    brush.patterned(box(-0.47, -back, 0.47, -0.1, 0.1), color, figure.pattern)
    wide = 0.8 / cushions
    for i in range(cushions):
        x = -0.4 + i * wide
        brush.draw(box(x + 0.01, -back + 0.07, x + wide - 0.01, -0.24, 0.05), lighter(color, 0.08))
        seat = box(x + 0.004, -0.29, x + wide - 0.004, -0.16, 0.04)
        brush.draw(seat, second(color, 0.16))
    brush.draw(box(-0.44, -0.17, 0.44, -0.06, 0.02), darker(color, 0.1))
    for side in (-1, 1):
        roll = box(min(side * 0.53, side * 0.38), -arm, max(side * 0.53, side * 0.38), -0.06, 0.06)
        brush.patterned(roll, color, figure.pattern)
        shadow(brush, figure, roll, box(0.46, -1, 0.6, 0), 0.1)


def bookshelf(brush: Brush, figure: Figure, chance: Random) -> None:
    spines = [[(chance.uniform(0.05, 0.085), chance.uniform(0.62, 0.92), chance.choice((0, 0, 0, -9)))
               for _ in range(8)]
              for _ in range(3)]  # fmt: skip
    tints = [chance.sample((0xC8574E, 0x5F8FC0, 0x7DAA6A, 0xE0B34F, 0x8D77B0, 0xD9D0BD, 0x5B6475), 7) for _ in range(3)]
    color = tone(figure, "brown", WOOD)
    brush.draw(box(-0.4, -1, 0.4, 0, 0.02), color)
    for row in range(3):
        low = -0.68 + row * 0.3
        brush.fill(box(-0.34, low - 0.26, 0.34, low), darker(color, 0.5))
        x = -0.32
        for i, (wide, tall, turn) in enumerate(spines[row]):
            if x + wide > 0.3:
                break
            with brush.frame(x, low, turn=turn if i else 0):
                back = box(0, -0.25 * tall, wide, 0)
                brush.fill(back, tints[row][i % 7])
                brush.fill(box(wide * 0.2, -0.2 * tall, wide * 0.8, -0.16 * tall), 0xFFFFFF, 0.55)
            x += wide + 0.008
    brush.draw(box(-0.43, -1.02, 0.43, -0.95, 0.02), color)


def lamp(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, narrow = chance.uniform(0.32, 0.37), chance.uniform(0.16, 0.22)
    foot, beads = chance.uniform(0.17, 0.21), chance.randint(0, 2)
    color = tone(figure, "yellow", COLORS["yellow"])
    metal = 0x8A6B4A
    if brush.night:
        for r, alpha in ((0.5, 0.12), (0.38, 0.16)):
            brush.veil(oval(0, -0.66, r), GLOW, alpha)
    brush.draw(blob((-foot, 0), (-foot * 0.8, -0.07), (0, -0.1), (foot * 0.8, -0.07), (foot, 0), tension=0.6), metal)
    brush.limb(curve((0, -0.09), (0, -0.55)), metal, 0.045)
    for i in range(beads):
        brush.draw(oval(0, -0.2 - i * 0.14, 0.065, 0.055), metal)
    shade = blob((-wide, -0.5), (-narrow, -0.96), (0, -0.98), (narrow, -0.96), (wide, -0.5), (0, -0.47), tension=0.25)
    brush.patterned(shade, lighter(color, 0.25) if brush.night else color, figure.pattern)
    if brush.night:
        with brush.inside(shade):
            brush.veil(oval(0, -0.55, 0.2, 0.24), 0xFFF6D0, 0.6)
    shadow(brush, figure, shade, polygon((narrow * 0.4, -1), (0.5, -1), (0.5, -0.4), (wide * 0.5, -0.4)), 0.1)


def clock(brush: Brush, figure: Figure, chance: Random) -> None:
    hour, minute, bells = chance.randrange(12), chance.randrange(12), chance.random() < 0.6
    color = COLORS[figure.color]
    for side in (-1, 1):
        brush.limb(curve((side * 0.24, -0.14), (side * 0.3, -0.02)), darker(color, 0.25), 0.07)
        if bells:
            with brush.frame(side * 0.22, -0.82, turn=side * 33):
                brush.draw(blob((-0.16, 0.02), (-0.12, -0.11), (0, -0.15), (0.12, -0.11), (0.16, 0.02), tension=0.7),
                           STEEL)  # fmt: skip
    brush.limb(curve((-0.06, -0.85), (-0.05, -0.94), (0.05, -0.94), (0.06, -0.85)), STEEL, 0.03)
    rim = oval(0, -0.45, 0.42)
    brush.patterned(rim, color, figure.pattern)
    shadow(brush, figure, rim, blob((0.5, -0.8), (0.5, 0.1), (-0.3, 0.05), (0.12, -0.1), (0.3, -0.45)))
    brush.draw(oval(0, -0.45, 0.31), CREAM, line_of(color))
    with brush.frame(0, -0.45):
        for i in range(12):
            a = i * pi / 6
            long = 0.06 if i % 3 == 0 else 0.025
            brush.stroke(curve((sin(a) * 0.27, -cos(a) * 0.27), (sin(a) * (0.27 - long), -cos(a) * (0.27 - long))),
                         INK, 0.025)  # fmt: skip
        for turn, far, width in ((hour * 30 + minute * 2.5, 0.14, 0.05), (minute * 30, 0.22, 0.032)):
            with brush.frame(turn=turn):
                brush.stroke(curve((0, 0), (0, -far)), INK, width)
        brush.fill(oval(0, 0, 0.035), INK)


INDOORS: Final = ("room", "kitchen")

KINDS: Final = (
    Kind("chair", chair, Extent(-0.37, -1.06, 0.37, 0.01), "brown", tall=0.9, patterns=True, top=(-0.28, 0.28, -0.41)),
    Kind("table", table, Extent(-0.56, -0.64, 0.56, 0.01), "brown", tall=1.05, patterns=True, top=(-0.44, 0.44, -0.55),
         under=(-0.4, 0.4, -0.42)),
    Kind("bench", bench, Extent(-0.55, -0.63, 0.55, 0.01), "brown", plural="benches", tall=1.1, patterns=True,
         top=(-0.42, 0.42, -0.28)),
    Kind("bed", bed, Extent(-0.55, -0.69, 0.55, 0.01), "blue", tall=1.4, patterns=True, top=(-0.15, 0.4, -0.33),
         places=INDOORS),
    Kind("sofa", sofa, Extent(-0.55, -0.58, 0.55, 0.01), "red", words=("couch",), tall=1.3, patterns=True,
         top=(-0.36, 0.36, -0.25)),
    Kind("bookshelf", bookshelf, Extent(-0.45, -1.04, 0.45, 0.01), "brown", words=("bookcase",), plural="bookshelves",
         tall=1.15, top=(-0.36, 0.36, -1.0), places=INDOORS),
    Kind("lamp", lamp, Extent(-0.39, -1, 0.39, 0.01), "yellow", tall=0.6, patterns=True, grip=(0, -0.3), grasp=0.45),
    Kind("clock", clock, Extent(-0.44, -1, 0.44, 0.03), "red", words=("alarm clock",), tall=0.45, patterns=True,
         grip=(0, -0.1), grasp=0.34),
)  # fmt: skip
