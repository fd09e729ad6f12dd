"""What characters wear: one row and one drawing function per accessory, two where a part lies behind the wearer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from .brush import Brush, Shape, blob, box, curve, oval, polygon
from .kind import Accessory
from .palette import COLORS, INK, Color, darker, lighter, line_of, luma, mix

if TYPE_CHECKING:
    from .scene import Worn

GOLD_LINE: Final = 0x8A5A12


@dataclass(frozen=True)
class Fit:
    """The measure that a wearer takes at a slot, whose frame has its origin where the thing rests.

    head: ``half`` the width of the head at the hat, ``size`` how far the head's centre is below, ``wide`` half the
    head. eyes: ``half`` from the nose to an eye, ``size`` its radius. neck, back: ``half`` the width of the body and
    ``size`` its height; the origin is the middle of the neck. body: the same about its centre. feet: ``half`` the
    length of a foot, ``size`` the thickness of a leg; drawn once for each; ``seated``: the sole is seen.
    """

    half: float
    size: float
    look: float
    wide: float = 0.0
    seated: bool = False


def contrast(color: Color, amount: float = 0.3) -> Color:
    """A second tone beside a colour: darker, beside a dark one lighter."""
    return mix(color, INK, amount) if luma(color) > 0.3 else mix(color, 0xFFFFFF, amount)


# Head ------------------------------------------------------------------------------------------------------------


def beret(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half, COLORS[worn.color]
    with brush.frame(turn=-5):
        brush.limb(curve((0.02, -0.13), (0.035, -0.185)), color, 0.022)
        cap = blob((-half * 1.35, -0.035), (-half * 1.05, -0.115), (0.02, -0.15), (half * 1.25, -0.1),
                   (half * 1.55, -0.02), (half * 0.95, 0.02), (-half * 0.9, 0.03))  # fmt: skip
        brush.patterned(cap, color, worn.pattern, 0.09)
        brush.fill(blob((-half * 1.1, 0.0), (0, 0.0), (half * 1.45, -0.028), (half * 0.95, 0.02), (-half * 0.9, 0.03)),
                   INK, 0.2)  # fmt: skip


def top_hat(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half, COLORS[worn.color]
    with brush.frame(turn=-5):
        brush.draw(oval(0, 0.01, half * 1.35, 0.042), color)
        brush.patterned(polygon((-half * 0.78, 0.005), (-half * 0.9, -0.23), (half * 0.9, -0.23), (half * 0.78, 0.005)),
                        color, worn.pattern, 0.09)  # fmt: skip
        brush.fill(oval(0, -0.23, half * 0.9, 0.03), lighter(color, 0.18))
        band = 0xD9423C if luma(color) < 0.35 or luma(color) > 0.8 else darker(color, 0.6)
        brush.fill(polygon((-half * 0.79, 0.0), (-half * 0.825, -0.065), (half * 0.825, -0.065), (half * 0.79, 0.0)),
                   band)  # fmt: skip
        brush.fill(oval(0, 0.012, half * 0.8, 0.014), band)


def crown(brush: Brush, worn: Worn, fit: Fit) -> None:
    half = fit.half
    gold = 0xF9C52F if worn.color == "yellow" else COLORS[worn.color]
    jewel, line = (0xE4483F, GOLD_LINE) if worn.color != "red" else (0xF9C52F, line_of(gold))
    brush.draw(
        polygon((-half, 0.03), (-half * 1.15, -0.15), (-half * 0.55, -0.075), (0, -0.185), (half * 0.55, -0.075),
                (half * 1.15, -0.15), (half, 0.03)), gold, line)  # fmt: skip
    brush.fill(polygon((-half, 0.03), (-half * 1.05, -0.025), (half * 1.05, -0.025), (half, 0.03)), darker(gold, 0.2))
    for x, y in ((-1.15, -0.155), (0, -0.19), (1.15, -0.155)):
        brush.draw(oval(half * x, y, 0.026), jewel, line, 0.007)


def party_hat(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half * 0.78, COLORS[worn.color]
    pale = lighter(color, 0.75) if luma(color) < 0.85 else 0xF2A33B
    with brush.frame(turn=6):
        cone = polygon((-half, 0.02), (0, -0.29), (half, 0.02))
        brush.patterned(cone, color, worn.pattern, 0.09)
        if worn.pattern == "plain":
            for y, left, right in ((-0.02, 0.8, 0.94), (-0.11, 0.5, 0.68), (-0.2, 0.2, 0.36)):
                brush.stroke(curve((-half * left, y + 0.02), (half * right, y - 0.02)), pale, 0.024)
        brush.draw(oval(0, -0.29, 0.042), pale)


def cap(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half * 1.12, COLORS[worn.color]
    dome = blob((-half, 0.035), (-half * 0.92, -0.07), (-half * 0.4, -0.135), (half * 0.4, -0.135),
                (half * 0.92, -0.07), (half, 0.035), (0, 0.045), tension=0.9)  # fmt: skip
    brush.patterned(dome, color, worn.pattern, 0.09)
    brush.stroke(curve((0, -0.13), (0, 0.0)), contrast(color), 0.012)
    brush.draw(blob((-half * 0.75, 0.02), (half * 0.75, 0.02), (half * 0.9, 0.07), (0, 0.1), (-half * 0.9, 0.07)),
               contrast(color, 0.2))  # fmt: skip
    brush.draw(oval(0, -0.14, 0.02, 0.014), contrast(color, 0.2))


def wool_hat(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half * 1.15, COLORS[worn.color]
    brush.draw(oval(0, -0.185, 0.06), lighter(color, 0.6) if luma(color) < 0.85 else 0xB9B4C4)
    dome = blob((-half, 0.03), (-half * 0.9, -0.08), (-half * 0.4, -0.16), (half * 0.4, -0.16), (half * 0.9, -0.08),
                (half, 0.03), tension=0.9)  # fmt: skip
    brush.patterned(dome, color, worn.pattern, 0.08)
    brim = box(-half * 1.06, -0.03, half * 1.06, 0.05, 0.04)
    brush.draw(brim, contrast(color, 0.15))
    for i in range(-3, 4):
        brush.stroke(curve((half * i * 0.28, -0.015), (half * i * 0.28, 0.036)), contrast(color, 0.4), 0.009)


def hair_bow(brush: Brush, worn: Worn, fit: Fit) -> None:
    color = COLORS[worn.color]
    with brush.frame(fit.half * 0.85, 0.0, turn=22):
        for side in (-1, 1):
            brush.patterned(
                blob((side * 0.005, 0.0), (side * 0.09, -0.075), (side * 0.145, -0.055), (side * 0.145, 0.055),
                     (side * 0.09, 0.075), tension=0.7), color, worn.pattern, 0.06)  # fmt: skip
            brush.stroke(curve((side * 0.03, 0.0), (side * 0.085, 0.0)), contrast(color), 0.011)
        brush.draw(oval(0, 0, 0.036, 0.04), contrast(color, 0.15))


def wreath(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half * 1.15, COLORS[worn.color]
    brush.limb(curve((-half, 0.03), (-half * 0.5, -0.02), (0, -0.035), (half * 0.5, -0.02), (half, 0.03)), 0x5C9A4A,
               0.03)  # fmt: skip
    heart = 0xF8CB3C if worn.color not in ("yellow", "orange") else 0xFFFFFF
    for i in range(-2, 3):
        with brush.frame(half * i * 0.48, -0.035 + abs(i) * 0.017, turn=i * 20):
            brush.draw(_blossom(), color, width=0.009)
            brush.fill(oval(0, 0, 0.018), heart)


@cache
def _blossom() -> Shape:
    return blob(*((x * 0.052, y * 0.052) for x, y in (
        (0, -1.1), (0.33, -0.5), (1.05, -0.34), (0.55, 0.16), (0.65, 0.9), (0, 0.5), (-0.65, 0.9), (-0.55, 0.16),
        (-1.05, -0.34), (-0.33, -0.5))))  # fmt: skip


def headphones(brush: Brush, worn: Worn, fit: Fit) -> None:
    color = COLORS[worn.color]
    wide, low = fit.wide * 1.02, fit.size
    brush.limb(curve((-wide, low), (-wide * 0.86, low * 0.3), (-wide * 0.45, -0.035), (0, -0.055),
                     (wide * 0.45, -0.035), (wide * 0.86, low * 0.3), (wide, low)), contrast(color), 0.034)  # fmt: skip
    for side in (-1, 1):
        brush.draw(oval(side * wide, low + 0.005, 0.055, 0.085), color)
        brush.fill(oval(side * (wide + 0.008), low + 0.005, 0.028, 0.05), contrast(color))


# Eyes ------------------------------------------------------------------------------------------------------------


def glasses(brush: Brush, worn: Worn, fit: Fit) -> None:
    _spectacles(brush, fit, COLORS[worn.color] if worn.color != "black" else INK, None)


def sunglasses(brush: Brush, worn: Worn, fit: Fit) -> None:
    _spectacles(brush, fit, COLORS[worn.color] if worn.color != "black" else INK, 0x2B2830)


def _spectacles(brush: Brush, fit: Fit, color: Color, pane: Color | None) -> None:
    ex = fit.half
    r = max(fit.size * 1.55, 0.072)
    for side in (-1, 1):
        x = side * max(ex, r * 0.98)
        if pane is None:
            brush.fill(oval(x, 0, r), 0xFFFFFF, 0.3)
            brush.stroke(oval(x, 0, r), color, 0.026)
        else:
            lens = blob((x - r, -r * 0.7), (x + r, -r * 0.7), (x + r * 0.8, r * 0.55), (x, r * 0.85),
                        (x - r * 0.8, r * 0.55), tension=0.6)  # fmt: skip
            brush.fill(lens, pane)
            brush.stroke(lens, color, 0.024)
            with brush.inside(lens):
                brush.stroke(curve((x - r * 0.9, r * 0.35), (x + r * 0.2, -r * 0.9)), 0xFFFFFF, 0.02, 0.4)
        hinge = side * (abs(x) + r)
        brush.stroke(curve((hinge, 0), (max(abs(hinge) + 0.03, fit.wide * 0.96) * side, -0.02)), color, 0.022)
    gap = max(ex, r * 0.98) - r
    brush.stroke(curve((-gap - 0.012, -0.004), (0, -0.016), (gap + 0.012, -0.004)), color, 0.026)


# Neck ------------------------------------------------------------------------------------------------------------


def scarf(brush: Brush, worn: Worn, fit: Fit) -> None:
    half, color = fit.half, COLORS[worn.color]
    dark = contrast(color)
    low = min(0.225, fit.size * 1.2)
    brush.patterned(polygon((0.03, 0.02), (0.125, 0.02), (0.15, low - 0.01), (0.055, low)), color, worn.pattern, 0.07)
    brush.fill(polygon((0.05, low - 0.085), (0.139, low - 0.095), (0.144, low - 0.055), (0.053, low - 0.045)), dark)
    wrap = blob((-half * 1.05, -0.015), (-half * 0.5, -0.02), (0, 0.0), (half * 0.5, -0.02), (half * 1.05, -0.015),
                (half, 0.055), (0, 0.085), (-half, 0.055))  # fmt: skip
    brush.patterned(wrap, color, worn.pattern, 0.07)
    for x, y in ((-0.6, 0.005), (-0.05, 0.015), (0.55, 0.005)):
        brush.stroke(curve((half * x, y), (half * x * 1.04, y + 0.056)), dark, 0.026)


def bow_tie(brush: Brush, worn: Worn, fit: Fit) -> None:
    color = COLORS[worn.color]
    for side in (-1, 1):
        brush.patterned(
            blob((side * 0.005, 0.03), (side * 0.1, -0.03), (side * 0.14, -0.015), (side * 0.14, 0.075),
                 (side * 0.1, 0.09), tension=0.7), color, worn.pattern, 0.06)  # fmt: skip
    brush.draw(box(-0.028, 0.0, 0.028, 0.06, 0.018), contrast(color, 0.2))


def necktie(brush: Brush, worn: Worn, fit: Fit) -> None:
    color, low = COLORS[worn.color], fit.size * 1.35
    brush.patterned(polygon((-0.022, 0.06), (0.022, 0.06), (0.058, low - 0.05), (0, low), (-0.058, low - 0.05)), color,
                    worn.pattern, 0.06)  # fmt: skip
    brush.draw(polygon((-0.045, 0.01), (0.045, 0.01), (0.024, 0.075), (-0.024, 0.075)), contrast(color, 0.15))


def necklace(brush: Brush, worn: Worn, fit: Fit) -> None:
    color, half = COLORS[worn.color], fit.half * 0.8
    for i in range(-3, 4):
        u = i / 3
        brush.draw(oval(half * u, 0.095 - 0.085 * u * u, 0.03 if i else 0.04), color, width=0.008)


# Body, back and feet ---------------------------------------------------------------------------------------------


def sweater(brush: Brush, worn: Worn, fit: Fit) -> None:
    rx, ry, color = fit.half * 1.04, fit.size * 1.02, COLORS[worn.color]
    shirt = blob((0, -ry), (rx * 0.74, -ry * 0.68), (rx, ry * 0.2), (rx * 0.86, ry * 0.62), (0, ry * 0.72),
                 (-rx * 0.86, ry * 0.62), (-rx, ry * 0.2), (-rx * 0.74, -ry * 0.68))  # fmt: skip
    brush.patterned(shirt, color, worn.pattern, 0.09)
    brush.limb(curve((-rx * 0.86, ry * 0.6), (0, ry * 0.74), (rx * 0.86, ry * 0.6)), contrast(color, 0.2), 0.03)


def apron(brush: Brush, worn: Worn, fit: Fit) -> None:
    rx, ry, color = fit.half, fit.size, COLORS[worn.color]
    for side in (-1, 1):
        brush.stroke(curve((side * rx * 0.42, -ry * 0.5), (side * rx * 0.3, -ry * 0.92)), contrast(color), 0.02)
        brush.stroke(curve((side * rx * 0.7, ry * 0.05), (side * rx * 0.98, 0.0)), contrast(color), 0.024)
    cloth = polygon((-rx * 0.48, -ry * 0.52), (rx * 0.48, -ry * 0.52), (rx * 0.52, ry * 0.02), (rx * 0.84, ry * 0.12),
                    (rx * 0.78, ry * 0.92), (-rx * 0.78, ry * 0.92), (-rx * 0.84, ry * 0.12),
                    (-rx * 0.52, ry * 0.02))  # fmt: skip
    brush.patterned(cloth, color, worn.pattern, 0.07)
    brush.stroke(curve((-rx * 0.36, ry * 0.3), (-rx * 0.36, ry * 0.3), (-rx * 0.3, ry * 0.66), (rx * 0.3, ry * 0.66),
                       (rx * 0.36, ry * 0.3), (rx * 0.36, ry * 0.3)), contrast(color), 0.013)  # fmt: skip


def cape(brush: Brush, worn: Worn, fit: Fit) -> None:
    color, half = COLORS[worn.color], fit.half
    brush.draw(blob((-half * 0.95, 0.0), (0, 0.03), (half * 0.95, 0.0), (half * 0.8, 0.055), (0, 0.075),
                    (-half * 0.8, 0.055), tension=0.8), contrast(color, 0.15))  # fmt: skip
    brush.draw(oval(0, 0.055, 0.026), 0xF9C52F, GOLD_LINE, 0.008)


def cape_behind(brush: Brush, worn: Worn, fit: Fit) -> None:
    color, half, low = COLORS[worn.color], fit.half, fit.size * 2.1
    cloth = blob((-half * 0.8, 0.0), (half * 0.8, 0.0), (half * 1.95, low * 0.45), (half * 2.4, low),
                 (half * 1.1, low * 1.07), (0, low), (-half * 1.1, low * 1.07), (-half * 2.4, low),
                 (-half * 1.95, low * 0.45), tension=0.8)  # fmt: skip
    brush.patterned(cloth, color, worn.pattern, 0.12)
    brush.fill(polygon((-half * 1.1, 0.07), (half * 1.1, 0.07), (half * 1.2, low), (-half * 1.2, low)), INK, 0.2)


def backpack(brush: Brush, worn: Worn, fit: Fit) -> None:
    color = COLORS[worn.color]
    for side in (-1, 1):
        x = side * fit.half * 0.56
        brush.limb(curve((x * 0.85, 0.01), (x * 1.05, 0.1), (x * 1.3, 0.23)), contrast(color, 0.2), 0.034)
        brush.fill(box(x * 1.04 - 0.02, 0.095, x * 1.04 + 0.02, 0.12), 0xF9C52F)


def backpack_behind(brush: Brush, worn: Worn, fit: Fit) -> None:
    color, half, low = COLORS[worn.color], fit.half * 1.45 + 0.03, fit.size * 1.7
    brush.draw(curve((-0.05, 0.0), (-0.05, -0.07), (0.05, -0.07), (0.05, 0.0)), color)
    for side in (-1, 1):
        brush.draw(box(side * half - 0.05, low * 0.5, side * half + 0.05, low * 0.95, 0.03), contrast(color, 0.2))
    brush.patterned(box(-half, -0.03, half, low, 0.09), color, worn.pattern, 0.1)


def boots(brush: Brush, worn: Worn, fit: Fit) -> None:
    color = COLORS[worn.color]
    if fit.seated:
        brush.draw(oval(0, 0, fit.half * 1.1, fit.size * 1.08), color)
        brush.fill(oval(0, 0.005, fit.half * 0.72, fit.size * 0.72), contrast(color))
        return
    leg, foot = fit.size * 0.62, fit.half * 1.06
    brush.patterned(
        blob((-leg, -0.1), (leg, -0.1), (leg, -0.03), (foot, 0.0), (foot, 0.04), (-foot, 0.04), (-foot, 0.0),
             (-leg, -0.03), tension=0.45), color, worn.pattern, 0.07)  # fmt: skip
    brush.fill(box(-leg * 1.08, -0.115, leg * 1.08, -0.08, 0.015), contrast(color))
    brush.fill(box(-foot * 0.98, 0.026, foot * 0.98, 0.045, 0.01), contrast(color, 0.5))


_BRIGHT: Final = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "black", "white")
_FRAMES: Final = ("black", "red", "blue", "white", "yellow", "green", "pink", "purple")

ACCESSORIES: Final = (
    Accessory("beret", "head", "red", beret, colors=_BRIGHT, patterns=True),
    Accessory("top hat", "head", "black", top_hat, colors=_BRIGHT, patterns=True),
    Accessory("crown", "head", "yellow", crown, colors=("yellow", "red", "blue", "purple", "pink", "gray")),
    Accessory("party hat", "head", "pink", party_hat, colors=_BRIGHT, patterns=True),
    Accessory("cap", "head", "blue", cap, colors=_BRIGHT, words=("baseball cap",), patterns=True),
    Accessory("wool hat", "head", "green", wool_hat, colors=_BRIGHT, words=("knitted hat", "beanie"), patterns=True),
    Accessory("hair bow", "head", "pink", hair_bow, colors=_BRIGHT, patterns=True),
    Accessory("flower wreath", "head", "pink", wreath, words=("wreath of flowers",),
              colors=("red", "orange", "yellow", "blue", "purple", "pink", "white")),
    Accessory("headphones", "head", "blue", headphones, colors=_BRIGHT, pair=True),
    Accessory("glasses", "eyes", "black", glasses, colors=_FRAMES, words=("spectacles",), pair=True),
    Accessory("sunglasses", "eyes", "black", sunglasses, colors=_FRAMES, pair=True),
    Accessory("scarf", "neck", "red", scarf, colors=_BRIGHT, patterns=True),
    Accessory("bow tie", "neck", "red", bow_tie, colors=_BRIGHT, patterns=True),
    Accessory("necktie", "neck", "blue", necktie, colors=_BRIGHT, words=("tie",), patterns=True),
    Accessory("necklace", "neck", "white", necklace, colors=_BRIGHT),
    Accessory("sweater", "body", "green", sweater, colors=_BRIGHT, words=("jumper", "pullover"), patterns=True),
    Accessory("apron", "body", "white", apron, colors=_BRIGHT, patterns=True),
    Accessory("cape", "back", "red", cape, cape_behind, colors=_BRIGHT, words=("cloak",), patterns=True),
    Accessory("backpack", "back", "orange", backpack, backpack_behind, colors=_BRIGHT, words=("rucksack",),
              patterns=True),
    Accessory("boots", "feet", "yellow", boots, colors=_BRIGHT, pair=True),
)  # fmt: skip

WARDROBE: Final = {accessory.name: accessory for accessory in ACCESSORIES}
