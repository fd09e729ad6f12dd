"""The people: one row each at the end, above it the hair, the hats and the clothes that tell who they are.

The colour of a person is the colour of the clothes; skin and gender come with the figure, hair from chance.
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from .body import ALL_SLOTS, Build, draw_character, shoe
from .brush import Brush, blob, box, curve, oval, polygon
from .face import Coat, Mood, Mouth, blush, fleece
from .kind import Extent, Kind, Slot
from .palette import COLORS, INK, Color, darker, lighter, luma, mix

if TYPE_CHECKING:
    from .scene import Figure

SKIN_TONES: Final = {"pale": 0xFBE1D0, "light": 0xF2C8A4, "tan": 0xD8A276, "brown": 0xA9724C, "dark": 0x744A33}
HAIR: Final = (0x2E2527, 0x4A3127, 0x7A4A2A, 0xB5672E, 0xE3B95A, 0x8D8B92)
GOLD: Final = 0xF6C33C
BARE: Final = -1  # arms or legs without clothes


def clad(
    natural: str, own: Color, figure: Figure, chance: Random, *, arms: Color | None = None, legs: Color | None = None,
    shoes: Color = 0x4A3A38, gloves: Color | None = None, shirt: Color | None = None,
    old: bool = False,
) -> Coat:
    """Skin, hair and clothes. Limbs without a colour of their own have that of the clothes or of the ``shirt`` under
    them; BARE ones show the skin.
    """
    skin, which = SKIN_TONES[figure.skin], chance.random()
    dark = figure.skin in ("brown", "dark")
    hair = HAIR[int(which * (3 if dark else 6))] if not old else (0xE9E6E4, 0xC9C6CA)[int(which * 2)]
    cloth = own if figure.color == natural else COLORS[figure.color]
    arms = shirt if arms is None else arms
    arm, leg = (cloth if color is None else skin if color == BARE else color for color in (arms, legs))
    return Coat(skin, hair, lighter(skin, 0.3), cloth, darker(skin, 0.22), cloth if shirt is None else shirt, arm,
                skin if gloves is None else gloves, leg, shoes)  # fmt: skip


def trim(cloth: Color, amount: float = 0.24) -> Color:
    """A seam that shows on the cloth."""
    return darker(cloth, amount) if luma(cloth) > 0.3 else mix(cloth, 0xFFFFFF, amount)


# Hair and faces --------------------------------------------------------------------------------------------------


def hair_behind(brush: Brush, coat: Coat, mood: Mood) -> None:
    """Ears, and what of the hair hangs behind the head."""
    if mood.female and mood.curl < 0.4 and not mood.asleep:
        brush.draw(blob((-0.2, -0.13), (0, -0.23), (0.2, -0.13), (0.25, 0.08), (0.225, 0.28), (0.12, 0.26),
                        (-0.12, 0.26), (-0.225, 0.28), (-0.25, 0.08)), coat.dark)  # fmt: skip
    elif mood.female and mood.curl < 0.65:
        brush.draw(fleece(0, -0.03, 0.285, 0.235, 12), coat.dark)
    elif mood.female:
        brush.draw(blob((-0.2, -0.12), (0, -0.23), (0.2, -0.12), (0.245, 0.04), (0.23, 0.16), (0, 0.17), (-0.23, 0.16),
                        (-0.245, 0.04)), coat.dark)  # fmt: skip
    _ears(brush, coat)


def pigtails(brush: Brush, coat: Coat, mood: Mood) -> None:
    """A child's hair behind the head."""
    if mood.female:
        for side in (-1, 1):
            with brush.frame(side * 0.2, -0.06, turn=-side * (38 + mood.wag)):
                brush.draw(blob((-0.03, -0.03), (0.03, -0.03), (0.075, 0.1), (0.02, 0.2), (-0.06, 0.13)), coat.dark)
                brush.draw(oval(0, 0, 0.034, 0.026), coat.inner)
    _ears(brush, coat)


def _ears(brush: Brush, coat: Coat) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.2, 0.015, 0.042, 0.052), coat.base)
        brush.fill(oval(side * 0.205, 0.015, 0.02, 0.028), coat.nose)


def plain_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    blush(brush, mood, 0.135, 0.065, 0.036)
    brush.fill(oval(shift, 0.04, 0.026, 0.02), coat.nose)
    if mood.female and not mood.asleep and mood.expression != "laughing":
        for side in (-1, 1):
            x = side * 0.126 + mood.look * 0.03
            brush.stroke(curve((x, -0.055), (x + side * 0.026, -0.08)), INK, 0.016)
            brush.stroke(curve((x + side * 0.004, -0.035), (x + side * 0.032, -0.045)), INK, 0.014)


def bearded_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    """As plain; a grown man may have a beard or a moustache."""
    if not mood.female and mood.curl < 0.35:
        brush.draw(blob((-0.2, 0.0), (-0.16, 0.06), (-0.09, 0.065), (0, 0.06), (0.09, 0.065), (0.16, 0.06), (0.2, 0.0),
                        (0.19, 0.12), (0.1, 0.215), (0, 0.235), (-0.1, 0.215), (-0.19, 0.12)), coat.dark)  # fmt: skip
        brush.fill(oval(mood.look * 0.045, 0.112, 0.075, 0.042), coat.base)
    plain_face(brush, coat, mood)
    if not mood.female and 0.35 <= mood.curl < 0.6:
        x = mood.look * 0.04
        brush.fill(blob((x, 0.062), (x + 0.06, 0.06), (x + 0.1, 0.09), (x + 0.04, 0.088), (x, 0.08), (x - 0.04, 0.088),
                        (x - 0.1, 0.09), (x - 0.06, 0.06)), coat.dark)  # fmt: skip


def long_bearded(brush: Brush, coat: Coat, mood: Mood) -> None:
    if not mood.female:
        low = 0.225 if mood.asleep else 0.37
        brush.draw(blob((-0.195, -0.01), (-0.14, 0.05), (0, 0.055), (0.14, 0.05), (0.195, -0.01), (0.175, low * 0.46),
                        (0.08, low * 0.82), (0.0, low), (-0.08, low * 0.82), (-0.175, low * 0.46)),
                        coat.dark)  # fmt: skip
        for x in (-0.06, 0.05):
            brush.stroke(curve((x, low * 0.55), (x * 0.7, low * 0.73)), darker(coat.dark, 0.2), 0.01)
        brush.fill(oval(mood.look * 0.045, 0.108, 0.07, 0.04), coat.base)
    plain_face(brush, coat, mood)


def fringe(brush: Brush, coat: Coat, mood: Mood) -> None:
    """The hair in front: parted, combed or cropped."""
    if mood.female:
        brush.draw(blob((-0.208, 0.02), (-0.205, -0.1), (-0.11, -0.2), (0.0, -0.222), (0.11, -0.2), (0.205, -0.1),
                        (0.208, 0.02), (0.16, -0.075), (0.04, -0.135), (-0.1, -0.1)), coat.dark)  # fmt: skip
        if mood.curl > 0.85:
            brush.draw(oval(0, -0.235, 0.075, 0.065), coat.dark)
    elif mood.curl < 0.5:
        brush.draw(blob((-0.206, -0.03), (-0.2, -0.12), (-0.1, -0.205), (0.02, -0.225), (0.13, -0.19), (0.205, -0.1),
                        (0.206, -0.03), (0.15, -0.1), (0.03, -0.115), (-0.13, -0.14)), coat.dark)  # fmt: skip
    else:
        brush.draw(blob((-0.205, -0.03), (-0.195, -0.13), (-0.1, -0.2), (-0.06, -0.25), (0.0, -0.21), (0.06, -0.25),
                        (0.1, -0.2), (0.195, -0.13), (0.205, -0.03), (0.14, -0.12), (0.05, -0.11), (-0.02, -0.135),
                        (-0.1, -0.105)), coat.dark)  # fmt: skip


def temples(brush: Brush, coat: Coat, mood: Mood) -> None:
    """What a hat leaves of the hair."""
    for side in (-1, 1):
        brush.fill(blob((side * 0.2, -0.12), (side * 0.2, 0.01), (side * 0.165, -0.03), (side * 0.14, -0.12)),
                   coat.dark)  # fmt: skip


# Hats ------------------------------------------------------------------------------------------------------------


def toque(brush: Brush, coat: Coat, mood: Mood) -> None:
    temples(brush, coat, mood)
    white = 0xFFFDF7 if luma(coat.inner) > 0.85 else coat.inner
    brush.draw(blob((-0.13, -0.15), (-0.23, -0.27), (-0.14, -0.37), (-0.05, -0.4), (0.05, -0.4), (0.14, -0.37),
                    (0.23, -0.27), (0.13, -0.15), tension=0.9), white)  # fmt: skip
    for x in (-0.07, 0.0, 0.07):
        brush.stroke(curve((x, -0.2), (x * 1.3, -0.29)), trim(white, 0.16), 0.011)
    brush.draw(box(-0.155, -0.2, 0.155, -0.105, 0.02), white)


def pointed_hat(brush: Brush, coat: Coat, mood: Mood) -> None:
    temples(brush, coat, mood)
    cone = blob((-0.17, -0.12), (-0.07, -0.33), (0.03, -0.48), (0.13, -0.47), (0.1, -0.36), (0.17, -0.12), tension=0.7)
    brush.draw(cone, coat.inner)
    for x, y, size in ((-0.04, -0.24, 0.036), (0.065, -0.32, 0.028), (0.075, -0.2, 0.022)):
        star(brush, x, y, size)
    brush.fill(polygon((-0.168, -0.14), (0.165, -0.14), (0.152, -0.18), (-0.145, -0.18)), trim(coat.inner, 0.3))
    brush.draw(blob((-0.3, -0.1), (-0.15, -0.15), (0, -0.155), (0.15, -0.15), (0.3, -0.1), (0.15, -0.088), (0, -0.08),
                    (-0.15, -0.088), tension=0.8), coat.inner)  # fmt: skip


def star(brush: Brush, x: float, y: float, size: float) -> None:
    """A gold star with five points."""
    brush.fill(polygon(*((x + size * u, y + size * v) for u, v in (
        (0, -1), (0.25, -0.34), (0.95, -0.31), (0.4, 0.13), (0.59, 0.81), (0, 0.42), (-0.59, 0.81), (-0.4, 0.13),
        (-0.95, -0.31), (-0.25, -0.34)))), GOLD)  # fmt: skip


def royal_crown(brush: Brush, coat: Coat, mood: Mood) -> None:
    fringe(brush, coat, mood)
    with brush.frame(0, -0.15):
        brush.draw(polygon((-0.14, 0.02), (-0.175, -0.16), (-0.085, -0.08), (0, -0.2), (0.085, -0.08), (0.175, -0.16),
                           (0.14, 0.02)), GOLD, 0x8A5A12)  # fmt: skip
        brush.fill(polygon((-0.14, 0.02), (-0.147, -0.035), (0.147, -0.035), (0.14, 0.02)), 0xDE9D26)
        for x, y, jewel in ((-0.175, -0.165, 0xE4483F), (0, -0.205, 0x3D7CCB), (0.175, -0.165, 0xE4483F)):
            brush.draw(oval(x, y, 0.026), jewel, 0x8A5A12, 0.007)
        brush.fill(oval(0, -0.008, 0.022, 0.018), 0xE4483F)


def straw_hat(brush: Brush, coat: Coat, mood: Mood) -> None:
    temples(brush, coat, mood)
    straw, weave = 0xEBC873, 0xC99B45
    brush.draw(blob((-0.14, -0.12), (-0.13, -0.24), (-0.06, -0.275), (0.06, -0.275), (0.13, -0.24), (0.14, -0.12)),
               straw)  # fmt: skip
    brush.fill(polygon((-0.145, -0.13), (0.145, -0.13), (0.14, -0.18), (-0.14, -0.18)), trim(coat.inner, 0.15))
    brush.draw(blob((-0.32, -0.085), (-0.16, -0.14), (0, -0.15), (0.16, -0.14), (0.32, -0.085), (0.15, -0.095),
                    (0, -0.09), (-0.15, -0.095), tension=0.8), straw)  # fmt: skip
    for x in (-0.2, -0.1, 0.0, 0.1, 0.2):
        brush.stroke(curve((x, -0.125), (x * 1.08, -0.102)), weave, 0.01)


def tricorne(brush: Brush, coat: Coat, mood: Mood) -> None:
    temples(brush, coat, mood)
    felt = 0x35303A
    brush.draw(blob((-0.3, -0.1), (-0.27, -0.2), (-0.13, -0.27), (0, -0.33), (0.13, -0.27), (0.27, -0.2), (0.3, -0.1),
                    (0.15, -0.13), (0, -0.115), (-0.15, -0.13), tension=0.8), felt)  # fmt: skip
    brush.stroke(curve((-0.28, -0.105), (-0.15, -0.135), (0, -0.122), (0.15, -0.135), (0.28, -0.105)), GOLD, 0.018)
    for turn in (-35, 35):
        with brush.frame(0, -0.19, turn=turn):
            brush.stroke(curve((0, -0.058), (0, 0.055)), 0xFFFFFF, 0.018)
    brush.fill(oval(0, -0.222, 0.038, 0.035), 0xFFFFFF)
    brush.fill(box(-0.02, -0.2, 0.02, -0.172, 0.008), 0xFFFFFF)
    for side in (-1, 1):
        brush.fill(oval(side * 0.014, -0.222, 0.009, 0.01), felt)
    x = -0.088 + mood.look * 0.03
    brush.stroke(curve((-0.2, -0.1), (x, -0.06), (0.13, -0.125)), felt, 0.014)
    brush.draw(oval(x, -0.035, 0.062, 0.058), felt)


def fire_helmet(brush: Brush, coat: Coat, mood: Mood) -> None:
    temples(brush, coat, mood)
    dome = blob((-0.185, -0.1), (-0.17, -0.22), (-0.07, -0.295), (0.07, -0.295), (0.17, -0.22), (0.185, -0.1),
                tension=0.9)  # fmt: skip
    brush.draw(dome, coat.inner)
    brush.limb(curve((0, -0.3), (0, -0.17)), trim(coat.inner, 0.15), 0.03)
    brush.draw(blob((-0.26, -0.075), (-0.15, -0.125), (0, -0.135), (0.15, -0.125), (0.26, -0.075), (0, -0.07),
                    tension=0.8), trim(coat.inner, 0.12))  # fmt: skip
    brush.draw(polygon((-0.055, -0.235), (0.055, -0.235), (0.05, -0.15), (0, -0.115), (-0.05, -0.15)), GOLD, 0x8A5A12)
    brush.fill(blob((0, -0.215), (0.024, -0.17), (0, -0.145), (-0.024, -0.17)), 0xDF4239)


def knight_helmet(brush: Brush, coat: Coat, mood: Mood) -> None:
    steel = coat.inner
    if mood.female:
        for side in (-1, 1):
            brush.draw(blob((side * 0.15, 0.07), (side * 0.23, 0.1), (side * 0.235, 0.2), (side * 0.18, 0.27),
                            (side * 0.15, 0.18)), coat.dark)  # fmt: skip
    brush.draw(blob((0.0, -0.25), (0.05, -0.36), (0.17, -0.4), (0.27, -0.33), (0.28, -0.2), (0.2, -0.26), (0.1, -0.27)),
               0xDF4239 if luma(steel) > 0.45 or steel == COLORS["black"] else GOLD)  # fmt: skip
    brush.draw(blob((-0.225, 0.12), (-0.235, -0.08), (-0.14, -0.23), (0, -0.27), (0.14, -0.23), (0.235, -0.08),
                    (0.225, 0.12), (0.15, 0.14), (0.165, -0.08), (0, -0.13), (-0.165, -0.08), (-0.15, 0.14),
                    tension=0.8),
               steel)  # fmt: skip
    brush.stroke(curve((0, -0.265), (0, -0.14)), trim(steel), 0.018)
    for side in (-1, 1):
        brush.draw(oval(side * 0.205, -0.02, 0.026), trim(steel, 0.12))


def head_mirror(brush: Brush, coat: Coat, mood: Mood) -> None:
    fringe(brush, coat, mood)
    brush.stroke(curve((-0.2, -0.1), (0, -0.145), (0.2, -0.1)), 0x5A5660, 0.024)
    brush.draw(oval(0.06, -0.165, 0.052), 0xD7E4EA)
    brush.fill(oval(0.06, -0.165, 0.018), 0x7C8A92)


def helmet(brush: Brush, coat: Coat, mood: Mood) -> None:
    _ears(brush, coat)
    brush.draw(oval(0, -0.01, 0.295, 0.275), coat.inner)
    brush.draw(oval(0, 0.0, 0.242, 0.225), 0x2F4668)
    for side in (-1, 1):
        brush.draw(box(side * 0.29 - 0.03, -0.075, side * 0.29 + 0.03, 0.065, 0.02), trim(coat.inner, 0.2))


def visor(brush: Brush, coat: Coat, mood: Mood) -> None:
    fringe(brush, coat, mood)
    brush.fill(oval(0, 0.0, 0.242, 0.225), 0x9FD8F2, 0.1)
    brush.stroke(curve((-0.2, -0.06), (-0.16, -0.135), (-0.09, -0.18)), 0xFFFFFF, 0.026, 0.8)
    brush.stroke(oval(0, 0.0, 0.255, 0.238), trim(coat.inner, 0.14), 0.026)


# Clothes, drawn over the torso, about its centre ----------------------------------------------------------------


def doctors_coat(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(polygon((-rx * 0.4, -ry * 0.9), (rx * 0.4, -ry * 0.9), (0, ry * 0.1)), 0x6FB7D6)
    brush.fill(polygon((-rx * 0.17, -ry * 0.95), (rx * 0.17, -ry * 0.95), (0, -ry * 0.6)), coat.base)
    for side in (-1, 1):
        brush.draw(polygon((side * rx * 0.42, -ry * 0.92), (side * rx * 0.68, -ry * 0.6), (0, ry * 0.12)), coat.torso,
                   width=0.008)  # fmt: skip
    brush.stroke(curve((0, ry * 0.12), (0, ry * 0.95)), trim(coat.torso), 0.012)
    brush.stroke(curve((-rx * 0.46, -ry * 0.86), (-rx * 0.5, -ry * 0.1), (-rx * 0.1, ry * 0.34),
                       (rx * 0.3, ry * 0.1)), INK,
                 0.019)  # fmt: skip
    brush.stroke(curve((rx * 0.46, -ry * 0.86), (rx * 0.4, -ry * 0.3), (rx * 0.3, ry * 0.1)), INK, 0.019)
    brush.draw(oval(rx * 0.3, ry * 0.16, 0.032), 0xD7E4EA)
    for half, high in ((0.034, 0.012), (0.012, 0.034)):
        brush.fill(box(rx * 0.48 - half, ry * 0.56 - high, rx * 0.48 + half, ry * 0.56 + high), 0xDF4239)


def chefs_jacket(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.stroke(curve((-rx * 0.3, -ry * 0.8), (rx * 0.05, -ry * 0.3), (rx * 0.05, ry * 0.9)), trim(coat.torso), 0.012)
    for y in (-0.15, 0.2, 0.55):
        for x in (-0.3, 0.35):
            brush.fill(oval(rx * x, ry * y, 0.017), 0x5A4A48 if luma(coat.torso) > 0.4 else 0xF2EDE4)
    scarf = 0xDF4239 if coat.torso != COLORS["red"] else 0xFFFDF7
    brush.draw(blob((-rx * 0.75, -ry * 0.86), (rx * 0.75, -ry * 0.86), (rx * 0.5, -ry * 0.62), (0, -ry * 0.5),
                    (-rx * 0.5, -ry * 0.62)), scarf)  # fmt: skip
    for side in (-1, 1):
        brush.draw(polygon((0, -ry * 0.55), (side * 0.05, -ry * 0.2), (side * 0.012, -ry * 0.24)), scarf)


def space_suit(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.draw(box(-rx * 0.55, -ry * 0.25, rx * 0.55, ry * 0.42, 0.03), 0xC9CDD6)
    for x, tint in ((-0.3, 0xDF4239), (0.0, 0xF8CB3C), (0.3, 0x3D7CCB)):
        brush.fill(oval(rx * x, 0.0, 0.02), tint)
    brush.fill(box(-rx * 0.38, ry * 0.17, rx * 0.38, ry * 0.28, 0.01), 0x4A5060)
    brush.stroke(curve((-rx * 0.8, ry * 0.66), (0, ry * 0.74), (rx * 0.8, ry * 0.66)), trim(coat.torso, 0.2), 0.022)
    for side in (-1, 1):
        brush.fill(box(side * rx * 0.72 - 0.014, -ry * 0.5, side * rx * 0.72 + 0.014, -ry * 0.28, 0.005), 0xDF4239)


def life_support(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(box(-0.22, -0.54, 0.22, -0.2, 0.06), 0xAEB4C0)


def robe(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    _skirt(brush, coat, rx, ry, 1.22)
    brush.stroke(curve((0, -ry * 0.8), (0, ry * 1.1)), trim(coat.torso), 0.012)
    brush.draw(polygon((-rx * 0.92, ry * 0.28), (rx * 0.92, ry * 0.28), (rx * 0.95, ry * 0.48),
                       (-rx * 0.95, ry * 0.48)),
               0x8A5A34)  # fmt: skip
    brush.fill(box(-0.028, ry * 0.24, 0.028, ry * 0.52, 0.008), GOLD)
    for x, y, size in ((-0.55, -0.1, 0.03), (0.5, 0.02, 0.026), (-0.5, 0.86, 0.03), (0.55, 0.8, 0.034)):
        star(brush, rx * x, ry * y, size)


def _skirt(brush: Brush, coat: Coat, rx: float, ry: float, wide: float) -> None:
    brush.draw(blob((-rx * 0.6, -ry * 0.7), (0, -ry * 0.95), (rx * 0.6, -ry * 0.7), (rx * 0.96, ry * 0.2),
                    (rx * wide, ry * 1.2), (0, ry * 1.3), (-rx * wide, ry * 1.2), (-rx * 0.96, ry * 0.2), tension=0.7),
               coat.torso)  # fmt: skip


def kings_robe(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    _skirt(brush, coat, rx, ry, 1.22)
    for side in (-1, 1):
        brush.fill(polygon((side * rx * 0.06, -ry * 0.6), (side * rx * 0.26, -ry * 0.6), (side * rx * 0.34, ry * 1.22),
                           (side * rx * 0.06, ry * 1.25)), 0xFFFDF7)  # fmt: skip
        for y in (-0.1, 0.35, 0.8):
            brush.fill(oval(side * rx * 0.19, ry * y, 0.009, 0.015), INK)
    brush.draw(blob((-rx * 0.86, -ry * 0.72), (0, -ry * 0.92), (rx * 0.86, -ry * 0.72), (rx * 0.8, -ry * 0.36),
                    (0, -ry * 0.22), (-rx * 0.8, -ry * 0.36), tension=0.8), 0xFFFDF7)  # fmt: skip
    for x, y in ((-0.55, -0.52), (-0.2, -0.42), (0.2, -0.42), (0.55, -0.52)):
        brush.fill(oval(rx * x, ry * y, 0.01, 0.016), INK)


def gown(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    _skirt(brush, coat, rx, ry, 1.55)
    pale = lighter(coat.torso, 0.6) if luma(coat.torso) < 0.8 else 0xF2C7D2
    brush.fill(polygon((-rx * 0.2, ry * 0.1), (rx * 0.2, ry * 0.1), (rx * 0.62, ry * 1.24), (-rx * 0.62, ry * 1.24)),
               pale)  # fmt: skip
    brush.draw(oval(0, ry * 0.06, rx * 0.9, 0.024), GOLD, 0x8A5A12)
    brush.fill(blob((-rx * 0.45, -ry * 0.88), (rx * 0.45, -ry * 0.88), (rx * 0.2, -ry * 0.62), (-rx * 0.2, -ry * 0.62)),
               coat.base)  # fmt: skip
    for i in range(-2, 3):
        brush.fill(oval(rx * 0.24 * i, -ry * 0.62 - abs(i) * 0.016, 0.018), 0xFFFDF7)


def overalls(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    for y in (-0.6, -0.35, -0.1):
        brush.stroke(curve((-rx * 0.85, ry * y), (rx * 0.85, ry * y)), 0xD9604F, 0.012)
    for x in (-0.7, -0.35, 0.35, 0.7):
        brush.stroke(curve((rx * x, -ry * 0.72), (rx * x, ry * 0.1)), 0xD9604F, 0.012)
    brush.draw(blob((-rx * 0.5, -ry * 0.38), (rx * 0.5, -ry * 0.38), (rx * 0.6, ry * 0.1), (rx, ry * 0.26),
                    (rx * 0.75, ry * 0.86),
                    (0, ry * 1.02), (-rx * 0.75, ry * 0.86), (-rx, ry * 0.26), (-rx * 0.6, ry * 0.1), tension=0.6),
               coat.inner)  # fmt: skip
    for side in (-1, 1):
        brush.limb(curve((side * rx * 0.42, -ry * 0.3), (side * rx * 0.5, -ry * 0.82)), coat.inner, 0.028)
        brush.fill(oval(side * rx * 0.42, -ry * 0.26, 0.018), GOLD)
    brush.stroke(box(-rx * 0.3, -ry * 0.05, rx * 0.3, ry * 0.34, 0.02), trim(coat.inner), 0.012)


def tunic(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    """A child's shirt over short trousers."""
    brush.fill(blob((-rx * 0.95, ry * 0.52), (0, ry * 0.6), (rx * 0.95, ry * 0.52), (rx * 0.72, ry * 0.86), (0, ry),
                    (-rx * 0.72, ry * 0.86), tension=0.7), 0x4E6A8E)  # fmt: skip
    brush.fill(blob((-rx * 0.4, -ry * 0.93), (rx * 0.4, -ry * 0.93), (0, -ry * 0.66)), coat.base)


def pirate_coat(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    shirt = blob((-rx * 0.36, -ry * 0.9), (rx * 0.36, -ry * 0.9), (rx * 0.3, ry * 0.8), (-rx * 0.3, ry * 0.8),
                 tension=0.5)  # fmt: skip
    brush.fill(shirt, 0xFBF7EE)
    for y in (-0.62, -0.28, 0.06):
        brush.fill(box(-rx * 0.34, ry * y - 0.013, rx * 0.34, ry * y + 0.013), 0x4A5878)
    brush.draw(box(-rx * 0.94, ry * 0.26, rx * 0.94, ry * 0.5, 0.02), 0x3A3036)
    brush.draw(box(-0.04, ry * 0.2, 0.04, ry * 0.56, 0.01), GOLD, 0x8A5A12)
    for side in (-1, 1):
        brush.stroke(curve((side * rx * 0.37, -ry * 0.88), (side * rx * 0.32, ry * 0.25)), GOLD, 0.016)


def fire_coat(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    for y in (-0.2, 0.5):
        brush.stroke(curve((-rx * 0.84, ry * y), (0, ry * (y + 0.06)), (rx * 0.84, ry * y)), 0xF6E25A, 0.046)
        brush.stroke(curve((-rx * 0.84, ry * y), (0, ry * (y + 0.06)), (rx * 0.84, ry * y)), 0xD9DCE2, 0.016)
    brush.stroke(curve((0, -ry * 0.85), (0, ry * 0.95)), trim(coat.torso), 0.016)
    for y in (-0.55, 0.15):
        brush.draw(box(-0.024, ry * y - 0.012, 0.024, ry * y + 0.012, 0.004), 0xC9CDD6, width=0.006)


def armour(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.stroke(curve((0, -ry * 0.8), (0, ry * 0.35)), trim(coat.torso), 0.014)
    brush.stroke(curve((-rx * 0.92, ry * 0.2), (0, ry * 0.42), (rx * 0.92, ry * 0.2)), trim(coat.torso), 0.016)
    for y in (0.52, 0.74):
        brush.stroke(curve((-rx * 0.8, ry * y), (0, ry * (y + 0.1)), (rx * 0.8, ry * y)), trim(coat.torso), 0.012)
    brush.draw(polygon((-0.055, -ry * 0.5), (0.055, -ry * 0.5), (0.05, -ry * 0.02), (0, ry * 0.22),
                       (-0.05, -ry * 0.02)),
               0xDF4239 if coat.torso != COLORS["red"] else 0x3D7CCB)  # fmt: skip
    brush.fill(box(-0.01, -ry * 0.44, 0.01, ry * 0.08), GOLD)
    brush.fill(box(-0.042, -ry * 0.28, 0.042, -ry * 0.18), GOLD)
    for side in (-1, 1):
        brush.draw(oval(side * rx * 0.78, -ry * 0.52, 0.062, 0.054), trim(coat.torso, 0.08))


# Rows ------------------------------------------------------------------------------------------------------------

_BODY: Final = (0.15, 0.19)
_HEAD: Final = (0.205, 0.195)
_HATTED: Final[tuple[Slot, ...]] = ("eyes", "neck", "back", "feet")
_WHITE: Final = 0xFBF9F4


def _row(
    name: str, natural: str, bounds: tuple[float, float, float], build: Build, slots: tuple[Slot, ...], *,
    words: tuple[str, ...] = (), tall: float = 0.72, genders: tuple[str, ...] = ("female", "male"), plural: str = "",
    patterns: bool = False,
) -> Kind:
    return Kind(name, partial(draw_character, build), Extent(*bounds, 0.025), natural, "person", words, plural, tall,
                patterns=patterns, slots=slots, genders=genders)  # fmt: skip


KINDS: Final = (
    _row("doctor", "white", (-0.33, -0.99, 0.32), Build(
        partial(clad, "white", _WHITE, legs=0x55789A), _BODY, _HEAD, -0.16, 0.13, Mouth(0.095), behind=hair_behind,
        face=bearded_face, front=head_mirror, belly=doctors_coat, foot=shoe), _HATTED, words=("physician",)),
    _row("chef", "white", (-0.33, -1.11, 0.32), Build(
        partial(clad, "white", _WHITE, legs=0x5A5F6C), (0.165, 0.19), _HEAD, -0.16, 0.13, Mouth(0.1),
        behind=hair_behind, face=bearded_face, front=toque, belly=chefs_jacket, foot=shoe), _HATTED, words=("cook",)),
    _row("astronaut", "white", (-0.38, -0.98, 0.38), Build(
        partial(clad, "white", 0xF3F3F0, gloves=0xC9CDD6, shoes=0x8E93A0), (0.175, 0.19), (0.195, 0.185), -0.2, 0.15,
        Mouth(0.09), behind=helmet, face=plain_face, front=visor, back=life_support, belly=space_suit, foot=shoe,
        ruff=0.09, thick=(0.105, 0.135), sole=0.095), ("feet",), words=("space traveler",)),
    _row("wizard", "purple", (-0.36, -1.2, 0.36), Build(
        partial(clad, "purple", 0x6F4FA8, old=True), (0.16, 0.19), _HEAD, -0.16, 0.13, Mouth(0.09), behind=hair_behind,
        face=long_bearded, front=pointed_hat, belly=robe, foot=shoe), ("eyes", "neck", "back", "feet"),
        words=("magician",)),
    _row("child", "red", (-0.4, -0.92, 0.41), Build(
        partial(clad, "red", 0xE0523F, legs=BARE, shoes=0x4E6A8E), (0.13, 0.165), (0.205, 0.19), -0.155, 0.13,
        Mouth(0.085), behind=pigtails, face=plain_face, front=fringe, belly=tunic, foot=shoe, leg=0.17,
        thick=(0.076, 0.09), sole=0.075), ALL_SLOTS, words=("kid",), tall=0.55, plural="children", patterns=True),
    _row("king", "red", (-0.29, -1.08, 0.29), Build(
        partial(clad, "red", 0xC53A3A, old=True), (0.17, 0.19), _HEAD, -0.16, 0.13, Mouth(0.09), behind=hair_behind,
        face=long_bearded, front=royal_crown, belly=kings_robe, foot=shoe), ("eyes", "feet"), genders=("male",)),
    _row("queen", "pink", (-0.34, -1.08, 0.33), Build(
        partial(clad, "pink", 0xE884A8), (0.145, 0.19), _HEAD, -0.16, 0.13, Mouth(0.09), behind=hair_behind,
        face=plain_face, front=royal_crown, belly=gown, foot=shoe), ("eyes", "feet"), genders=("female",)),
    _row("farmer", "blue", (-0.38, -0.98, 0.38), Build(
        partial(clad, "blue", 0x4A78B4, shoes=0x6E4A30, shirt=0xF6E6CE), (0.165, 0.19), _HEAD, -0.16, 0.13,
        Mouth(0.095), behind=hair_behind, face=bearded_face, front=straw_hat, belly=overalls, foot=shoe), _HATTED),
    _row("pirate", "red", (-0.37, -1.03, 0.37), Build(
        partial(clad, "red", 0xB8403A, legs=0x4A4048), _BODY, _HEAD, -0.16, 0.13, Mouth(0.095), behind=hair_behind,
        face=bearded_face, front=tricorne, belly=pirate_coat, foot=shoe), ("neck", "back", "feet"),
        words=("buccaneer",)),
    _row("firefighter", "red", (-0.33, -1.01, 0.32), Build(
        partial(clad, "red", 0xC8433A, gloves=0x4A4450), (0.165, 0.19), _HEAD, -0.16, 0.13, Mouth(0.095),
        behind=hair_behind, face=bearded_face, front=fire_helmet, belly=fire_coat, foot=shoe), _HATTED,
        words=("fire fighter",)),
    _row("knight", "gray", (-0.29, -1.12, 0.36), Build(
        partial(clad, "gray", 0xB4BAC6, gloves=0x8C92A0, shoes=0x8C92A0), (0.165, 0.19), _HEAD, -0.16, 0.13,
        Mouth(0.085), face=bearded_face, front=knight_helmet, belly=armour, foot=shoe), ("eyes", "back", "feet")),
)  # fmt: skip
