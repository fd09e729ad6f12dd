"""What grows: trees, cactus, flower, mushroom, and a snowman."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Shape, blob, box, curve, oval, polygon
from .form import CREAM, SNOW, joined, lit, placed, shadow, tone, tube
from .kind import Extent, Kind
from .palette import COLORS, INK, darker, line_of, luma

if TYPE_CHECKING:
    from .scene import Figure

BARK: Final = 0x8A5A3A
# The puffs of a tree's crown, in three shapes: a cloud, a cloud of more and smaller puffs, an egg.
CROWNS: Final = (
    ((-0.22, -0.53, 0.16), (0.22, -0.53, 0.16), (-0.14, -0.72, 0.17), (0.14, -0.72, 0.17), (0, -0.83, 0.16),
     (0, -0.58, 0.21)),
    ((-0.28, -0.52, 0.13), (-0.1, -0.47, 0.13), (0.1, -0.47, 0.13), (0.28, -0.52, 0.13), (-0.26, -0.7, 0.13),
     (0.26, -0.7, 0.13), (-0.12, -0.85, 0.14), (0.12, -0.85, 0.14), (0, -0.66, 0.22)),
    ((-0.13, -0.54, 0.17), (0.13, -0.54, 0.17), (-0.12, -0.68, 0.19), (0.12, -0.68, 0.19), (0, -0.8, 0.18),
     (0, -0.6, 0.2)),
)  # fmt: skip


def tree(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, puff, lean = chance.uniform(0.92, 1.1), chance.uniform(0.94, 1.06), chance.uniform(-0.04, 0.04)
    branch, lumps = chance.choice((-1, 1)), chance.choice(CROWNS)
    leaf = tone(figure, "green", 0x5FA548)
    brush.draw(blob((-0.085, 0), (-0.052, -0.16), (lean - 0.05, -0.48), (lean + 0.05, -0.48), (0.054, -0.16),
                    (0.09, 0), tension=0.8), BARK)  # fmt: skip
    brush.limb(curve((lean * 0.5 + branch * 0.02, -0.34), (lean + branch * 0.13, -0.48)), BARK, 0.04)
    with brush.frame(lean, 0, stretch=wide):
        crown = joined(*(oval(x, y, r * puff) for x, y, r in lumps))
        brush.draw(crown, leaf)
        shadow(brush, figure, crown, blob((0.5, -0.9), (0.5, -0.3), (-0.4, -0.3), (0.05, -0.48), (0.24, -0.66)), 0.1)
        with brush.inside(crown), lit(brush, figure):
            for x, y, r in ((-0.19, -0.46, 0.08), (0.1, -0.45, 0.1), (0.24, -0.5, 0.08)):
                brush.fill(oval(x, y, r), INK, 0.07)
            for x, y, r in ((-0.14, -0.76, 0.1), (0.04, -0.87, 0.08), (-0.22, -0.56, 0.065)):
                brush.fill(oval(x, y, r), 0xFFFFFF, 0.16)
        if brush.snow:
            for x, y, r in ((-0.14, -0.82, 0.12), (0.02, -0.93, 0.12), (0.17, -0.81, 0.11), (-0.27, -0.64, 0.08),
                            (0.28, -0.63, 0.08)):  # fmt: skip
                brush.fill(oval(x, y, r, r * 0.55), SNOW)


def pine(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, tiers, droop = chance.uniform(0.34, 0.4), chance.choice((3, 4)), chance.uniform(0.02, 0.05)
    leaf = tone(figure, "green", 0x3F8A57)
    brush.draw(polygon((-0.06, -0.25), (0.06, -0.25), (0.075, 0), (-0.075, 0)), BARK)
    for i in range(tiers):
        low = -0.14 - i * 0.62 / tiers
        half = wide * (1 - i * 0.72 / tiers)
        top = min(low - 0.36, -1.0 if i == tiers - 1 else 0)
        tier = curve((-half, low), (-half * 0.45, low - 0.14), (0, top), (half * 0.45, low - 0.14), (half, low),
                     (half * 0.5, low + droop), (0, low), (-half * 0.5, low + droop), (-half, low))  # fmt: skip
        brush.draw(tier, leaf)
        shadow(brush, figure, tier, blob((0.05, top), (0.5, low), (0.4, low + 0.1), (-0.2, low + 0.08),
                                         (0.1, low - 0.05)), 0.1)  # fmt: skip
        if brush.snow:
            with brush.inside(tier):
                brush.fill(blob((-half * 0.7, low - 0.03), (0, top - 0.1), (half * 0.7, low - 0.03),
                                (half * 0.25, low - 0.16), (0, low - 0.1), (-half * 0.25, low - 0.15)),
                           SNOW)  # fmt: skip


@cache
def _frond() -> tuple[Shape, Shape]:
    """A leaf of a palm tree, bent to the right, and the line along it."""
    leaf = blob((0, 0.02), (0.14, -0.13), (0.3, -0.12), (0.42, 0.08), (0.3, 0.0), (0.2, 0.0), (0.12, 0.04), tension=0.8)
    return leaf, curve((0.02, 0), (0.17, -0.075), (0.3, -0.07), (0.39, 0.04))


def palm(brush: Brush, figure: Figure, chance: Random) -> None:
    lean, nuts, spread = chance.uniform(0.06, 0.13), chance.choice((0, 2, 3)), chance.uniform(-6, 6)
    side = chance.choice((-1, 1))
    leaf = tone(figure, "green", 0x4FA354)
    head = (side * lean, -0.76)
    trunk = blob((-0.07, 0), (side * lean * 0.2 - 0.05, -0.35), (head[0] - 0.035, -0.76), (head[0] + 0.035, -0.76),
                 (side * lean * 0.2 + 0.045, -0.35), (0.075, 0), tension=0.7)  # fmt: skip
    brush.draw(trunk, 0xA8794C)
    with brush.inside(trunk):
        for i in range(7):
            y = -0.05 - i * 0.1
            brush.stroke(curve((-0.2, y - 0.02), (side * lean * 0.5, y + 0.025), (0.3, y - 0.02)), 0x7E5633, 0.014)
    frond, vein = _frond()
    with brush.frame(*head):
        for turn, flip, size in ((38, False, 0.92), (-38, True, 0.92), (8, False, 1.0), (-8, True, 1.0),
                                 (-32, False, 0.86), (32, True, 0.86)):  # fmt: skip
            with brush.frame(turn=turn + spread, flip=flip, scale=size):
                brush.draw(frond, leaf)
                brush.stroke(vein, line_of(leaf), 0.012, 0.6)
                if brush.snow:
                    brush.stroke(curve((0.06, -0.06), (0.17, -0.13), (0.3, -0.11)), 0xFFFFFF, 0.035)
        for i in range(nuts):
            brush.draw(oval((i - (nuts - 1) / 2) * 0.09, 0.06, 0.05), 0x6E4A30)


def cactus(brush: Brush, figure: Figure, chance: Random) -> None:
    left, right = chance.uniform(0.3, 0.45), chance.uniform(0.38, 0.55)
    tall, bloom = chance.uniform(0.88, 1.0), chance.random()
    side = chance.choice((-1, 1))
    color = tone(figure, "green", 0x5BA85A)
    with brush.frame(flip=side < 0):
        arms = ((-1, left, 0.24), (1, right, 0.2))
        limbs = [tube(start, end, 0.13) for way, y, high in arms
                 for start, end in (((0, -y), (way * 0.27, -y)),
                                    ((way * 0.27, -y), (way * 0.27, -y - high)))]  # fmt: skip
        stem = joined(box(-0.125, -tall, 0.125, 0.0, 0.12), box(-0.125, -0.2, 0.125, 0), *limbs)
        brush.patterned(stem, color, figure.pattern)
        rib = darker(color, 0.22)
        for x in (-0.05, 0.05):
            brush.stroke(curve((x, -tall + 0.1), (x, -0.04)), rib, 0.014)
        for way, y, high in arms:
            for i in range(3):
                brush.stroke(curve((way * 0.27 - 0.02, -y - high + i * 0.08),
                                   (way * 0.27 + 0.02, -y - high + i * 0.08 - 0.02)),
                             CREAM, 0.014)  # fmt: skip
        for i in range(5):
            x = -0.09 + 0.09 * (i % 3)
            brush.stroke(curve((x - 0.02, -0.14 - i * 0.15), (x + 0.02, -0.16 - i * 0.15)), CREAM, 0.014)
        if bloom < 0.6:
            for turn in (-50, 0, 50):
                with brush.frame(0, -tall, turn=turn):
                    brush.draw(oval(0, -0.05, 0.04, 0.06), 0xEE7C9C)
        if brush.snow:
            brush.fill(oval(0, -tall + 0.02, 0.115, 0.055), SNOW)


def flower(brush: Brush, figure: Figure, chance: Random) -> None:
    petals, r, sway = chance.choice((5, 6, 8)), chance.uniform(0.2, 0.23), chance.uniform(-0.05, 0.05)
    low, turn = chance.uniform(0.2, 0.3), chance.uniform(0, 60)
    color = COLORS[figure.color]
    green = 0x5E9E48
    brush.limb(curve((0, 0), (sway * 0.6, -0.3), (sway, -0.62)), green, 0.04)
    for side, y in ((-1, low), (1, low + 0.08)):
        brush.draw(blob((0, -y + 0.08), (side * 0.1, -y - 0.06), (side * 0.27, -y - 0.1), (side * 0.2, -y + 0.04)),
                   green)  # fmt: skip
    with brush.frame(sway, -0.69, turn=turn):
        wide = 0.62 * r * 5 / petals + 0.02
        crown = joined(*(placed(oval(r * 0.72, 0, r * 0.58, wide), 0, 0, i * 360 / petals) for i in range(petals)))
        brush.draw(crown, color)
        for i in range(petals):
            with brush.frame(turn=(i + 0.5) * 360 / petals):
                brush.stroke(curve((r * 0.4, 0), (r * 0.95, 0)), line_of(color), 0.014, 0.45)
        heart = 0xF6C445 if figure.color not in ("yellow", "orange") else 0x8A5A36
        brush.draw(oval(0, 0, r * 0.45), heart)
        brush.fill(oval(-r * 0.12, -r * 0.12, r * 0.14), 0xFFFFFF, 0.4)


def mushroom(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, stout = chance.uniform(0.42, 0.48), 0.5, chance.uniform(0.14, 0.19)
    spots = [(chance.uniform(-0.03, 0.03), chance.uniform(0.85, 1.2)) for _ in range(5)]
    color = COLORS[figure.color]
    stem = blob((-stout, 0), (-stout - 0.03, -0.1), (-stout * 0.75, -0.5), (stout * 0.75, -0.5), (stout + 0.03, -0.1),
                (stout, 0), tension=0.8)  # fmt: skip
    pale = CREAM if figure.color != "white" else 0xDCC8A4
    brush.draw(stem, pale)
    shadow(brush, figure, stem, box(stout * 0.25, -1, 1, 0), 0.1)
    cap = blob((-wide, -0.44), (-wide * 0.8, -0.44 - high * 0.66), (0, -0.44 - high), (wide * 0.8, -0.44 - high * 0.66),
               (wide, -0.44), (wide * 0.5, -0.37), (0, -0.35), (-wide * 0.5, -0.37))  # fmt: skip
    brush.draw(cap, color)
    shadow(brush, figure, cap, blob((0.6, -1.0), (0.6, -0.2), (-0.5, -0.3), (0.1, -0.48), (0.3, -0.66)), 0.11)
    dot = 0xFFFAF0 if figure.color != "white" else 0xC0848A
    with brush.inside(cap):
        for (x, y, r), (shift, size) in zip(((-0.22, 0.42, 0.085), (0.05, 0.68, 0.1), (0.27, 0.38, 0.075),
                                             (-0.36, 0.08, 0.07), (0.03, 0.22, 0.07)), spots, strict=True):  # fmt: skip
            brush.fill(oval(x + shift, -0.44 - high * y, r * size, r * size * 0.9), dot)
    if brush.snow:
        brush.fill(blob((-wide * 0.6, -0.44 - high * 0.82), (0, -0.46 - high * 1.02), (wide * 0.6, -0.44 - high * 0.82),
                        (0.1, -0.44 - high * 0.8), (-0.1, -0.44 - high * 0.86)), SNOW)  # fmt: skip


def snowman(brush: Brush, figure: Figure, chance: Random) -> None:
    belly, head = chance.uniform(0.26, 0.3), chance.uniform(0.17, 0.2)
    twigs, wave = chance.randint(0, 3), chance.uniform(-14, 14)
    color = tone(figure, "white", 0xF7F8FA)
    dark = INK if luma(color) > 0.3 else 0xEDE6DC
    chest = 0.3 * 2 - 0.09
    for side in (-1, 1):
        with brush.frame(side * 0.17, -chest - 0.1, flip=side < 0, turn=wave * side):
            brush.limb(curve((0, 0), (0.13, -0.05), (0.23, -0.14)), 0x7A5236, 0.022)
            brush.limb(curve((0.17, -0.08), (0.25, -0.06)), 0x7A5236, 0.018)
    top = -chest - 0.18 - head
    for x, y, r in ((0, -belly + 0.02, belly), (0, -chest - 0.02, 0.2), (0, top, head)):
        ball = oval(x, y, r, r * 0.96)
        brush.draw(ball, color, darker(color, 0.4))
        dark_side = blob((0.5, -0.3), (0.5, 0.5), (-0.2, 0.5), (0.09, 0.12), (0.16, -0.05))
        shadow(brush, figure, ball, placed(dark_side, x, y), 0.1)
    for i in range(3):
        brush.fill(oval(0, -chest - 0.09 + i * 0.1, 0.022), dark)
    brush.fill(oval(-0.065, top - 0.04, 0.024), dark)
    brush.fill(oval(0.065, top - 0.04, 0.024), dark)
    brush.stroke(curve((-0.075, top + 0.06), (0, top + 0.09), (0.075, top + 0.06)), dark, 0.018)
    nose = polygon((-0.005, top - 0.015), (-0.005, top + 0.04), (0.15, top + 0.03))
    brush.draw(nose, 0xF08A35 if figure.color != "orange" else 0xC4523A)
    for lean in (-0.05, 0.0, 0.05)[:twigs]:
        brush.limb(curve((lean * 0.4, top - head + 0.01), (lean * 1.4, top - head - 0.09)), 0x7A5236, 0.012)


GREEN: Final = ("meadow", "beach", "forest", "city", "mountains", "lake", "farm", "park")

KINDS: Final = (
    Kind("tree", tree, Extent(-0.51, -1.02, 0.49, 0.03), "green", tall=1.5,
         colors=("green", "red", "orange", "yellow", "pink", "purple", "blue", "white", "brown"),
         places=GREEN, under=(-0.28, 0.28, -0.37)),
    Kind("pine tree", pine, Extent(-0.42, -1.02, 0.42, 0.01), "green", words=("fir tree",), tall=1.5,
         colors=("green", "blue", "purple", "pink", "red", "orange", "yellow", "white"),
         places=("meadow", "forest", "city", "mountains", "lake", "farm", "park")),
    Kind("palm tree", palm, Extent(-0.56, -1.02, 0.56, 0.04), "green", words=("palm",), tall=1.5,
         colors=("green", "blue", "purple", "pink", "red", "orange", "yellow"),
         places=("beach", "desert", "city", "lake", "park"), under=(-0.3, 0.3, -0.58)),
    Kind("cactus", cactus, Extent(-0.35, -1.12, 0.35, 0.01), "green", plural="cacti", tall=0.9, patterns=True),
    Kind("flower", flower, Extent(-0.34, -1, 0.34, 0.03), "red", tall=0.5, grip=(0, -0.15), grasp=0.42,
         colors=("red", "orange", "yellow", "blue", "purple", "pink", "white", "brown", "black")),
    Kind("mushroom", mushroom, Extent(-0.5, -0.96, 0.5, 0.03), "red", words=("toadstool",), tall=0.45, grip=(0, -0.15),
         grasp=0.32, top=(-0.22, 0.22, -0.9)),
    Kind("snowman", snowman, Extent(-0.46, -1.2, 0.46, 0.03), "white", plural="snowmen", tall=0.78,
         places=GREEN,
         colors=("white", "blue", "pink", "yellow", "purple")),
)  # fmt: skip
