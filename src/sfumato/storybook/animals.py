"""The animals: one row each in the table at the end, above it the ears, faces and tails that make a kind what it is."""

from __future__ import annotations

import math
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING, Final

from .body import ALL_SLOTS, Build, bird_foot, draw_character, hoof, wing_arm
from .brush import Brush, Shape, blob, curve, oval, polygon
from .face import Coat, Mood, Mouth, beak, bill, blush, fleece, soft_mouth
from .kind import Extent, Kind
from .palette import COLORS, Color, darker, lighter, line_of, mix

if TYPE_CHECKING:
    from .scene import Figure


def fur(
    natural: str, own: Coat, figure: Figure, chance: Random, *, paws: bool = False, limbs: bool = False,
    hooves: Color | None = None, bird: bool = False, pied: bool = False, bib: bool = False,
) -> Coat:
    """The kind's own coat for its natural colour; any other colour keeps only the pale and pink parts.

    ``paws``: dark hands and feet; ``limbs``: dark arms and legs; ``hooves``: their colour; ``bird``: dark wings, legs
    like the beak; ``pied``: marks keep their own dark; ``bib``: the pale parts stay as they are.
    """
    tone = chance.uniform(-0.05, 0.05)
    base, dark, light, inner = own.base, own.dark, own.light, own.inner
    if figure.color != natural:
        base = COLORS[figure.color]
        dark, light, inner = darker(base, 0.3), lighter(base, 0.62), mix(0xF6A9B2, base, 0.2)
        if figure.color == "black":
            dark, light = mix(base, 0x77727F, 0.35), 0xCFC9D2
        elif figure.color == "white":
            dark, light = 0xD5CEC6, 0xFFFDF8
        elif figure.color == "pink":
            inner = 0xD9607F
        if pied:
            dark = own.dark if figure.color != "black" else 0xE6E0DA
        if bib:
            light = own.light
    base = mix(base, 0xFFFFFF if tone > 0 else 0x201018, abs(tone))
    arm, leg = (dark if limbs else base), (dark if limbs else base)
    hand = dark if paws or limbs else base
    foot = hand
    if hooves is not None:
        hand = foot = hooves
    if bird:
        arm = hand = base if bib else dark
        leg = foot = own.nose
    return Coat(base, dark, light, inner, own.nose, base, arm, hand, leg, foot)


# Heads -----------------------------------------------------------------------------------------------------------


def dog_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry), (rx * 0.78, -ry * 0.7), (rx * 0.98, 0.02), (rx * 0.72, ry * 0.82), (0, ry),
                (-rx * 0.72, ry * 0.82), (-rx * 0.98, 0.02), (-rx * 0.78, -ry * 0.7))  # fmt: skip


def fox_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry * 0.92), (rx * 0.72, -ry * 0.62), (rx * 1.14, ry * 0.36), (rx * 0.5, ry * 0.8), (0, ry),
                (-rx * 0.5, ry * 0.8), (-rx * 1.14, ry * 0.36), (-rx * 0.72, -ry * 0.62))  # fmt: skip


def frog_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry * 0.85), (rx * 0.75, -ry * 0.75), (rx * 1.05, ry * 0.25), (rx * 0.62, ry * 0.92), (0, ry),
                (-rx * 0.62, ry * 0.92), (-rx * 1.05, ry * 0.25), (-rx * 0.75, -ry * 0.75))  # fmt: skip


def mouse_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry), (rx * 0.8, -ry * 0.62), (rx, ry * 0.15), (rx * 0.55, ry * 0.82), (0, ry * 1.02),
                (-rx * 0.55, ry * 0.82), (-rx, ry * 0.15), (-rx * 0.8, -ry * 0.62))  # fmt: skip


# Ears behind the head --------------------------------------------------------------------------------------------


def cat_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(polygon((side * 0.055, -0.15), (side * 0.2, -0.305), (side * 0.235, -0.05)), coat.base)
        brush.fill(polygon((side * 0.1, -0.16), (side * 0.19, -0.265), (side * 0.205, -0.11)), coat.inner)


def fox_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(polygon((side * 0.03, -0.12), (side * 0.165, -0.36), (side * 0.22, -0.04)), coat.base)
        brush.fill(polygon((side * 0.108, -0.258), (side * 0.165, -0.36), (side * 0.195, -0.2)), coat.dark)
        brush.fill(polygon((side * 0.09, -0.14), (side * 0.152, -0.235), (side * 0.175, -0.11)), coat.light)


def bear_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.17, -0.165, 0.085), coat.base)
        brush.fill(oval(side * 0.17, -0.165, 0.048), coat.inner)


def rabbit_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.085, -0.13, turn=side * 13):
            brush.draw(blob((-0.055, 0.05), (-0.072, -0.14), (0, -0.34), (0.072, -0.14), (0.055, 0.05)), coat.base)
            brush.fill(blob((-0.026, 0.0), (-0.038, -0.14), (0, -0.27), (0.038, -0.14), (0.026, 0.0)), coat.inner)


def mouse_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.205, -0.155, 0.145), coat.base)
        brush.fill(oval(side * 0.205, -0.15, 0.098), coat.inner)


def frog_eyes(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.125, -0.15, 0.085), coat.base)


# Faces, over the head, under the eyes ----------------------------------------------------------------------------


def dog_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    brush.fill(oval(0.1 + shift, -0.045, 0.08, 0.095), coat.dark)
    brush.fill(oval(shift * 1.5, 0.085, 0.125, 0.09), coat.light)
    for side in (-1, 1):
        brush.draw(
            blob((side * 0.13, -0.17), (side * 0.23, -0.15), (side * 0.285, 0.02), (side * 0.255, 0.14),
                 (side * 0.2, 0.09), (side * 0.185, -0.05)),
            coat.dark,
        )  # fmt: skip
    brush.fill(blob((shift * 1.8 - 0.05, 0.02), (shift * 1.8, 0.0), (shift * 1.8 + 0.05, 0.02), (shift * 1.8, 0.065)),
               coat.nose)


def cat_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    for x, depth in ((-0.055, 0.06), (0, 0.085), (0.055, 0.06)):
        brush.stroke(curve((x + shift, -0.175), (x * 0.9 + shift, -0.175 + depth)), coat.dark, 0.026)
    for side in (-1, 1):
        brush.fill(oval(side * 0.045 + shift * 1.5, 0.085, 0.062, 0.05), coat.light)
    brush.fill(polygon((shift * 1.7 - 0.032, 0.035), (shift * 1.7 + 0.032, 0.035), (shift * 1.7, 0.07)), coat.nose)
    for side in (-1, 1):
        for y in (0.06, 0.1):
            x = side * 0.12 + shift
            brush.stroke(curve((x, y), (x + side * 0.15, y + (y - 0.085) * 1.2)), line_of(coat.base), 0.009)


def fox_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    for side in (-1, 1):
        brush.fill(
            blob((side * 0.02 + shift, 0.17), (side * 0.03 + shift, 0.05), (side * 0.14 + shift, 0.015),
                 (side * 0.232, 0.085), (side * 0.11, 0.155)),
            coat.light,
        )  # fmt: skip
    brush.fill(blob((shift - 0.035, -0.02), (shift + 0.035, -0.02), (shift * 1.8 + 0.05, 0.1), (shift * 1.8, 0.15),
                    (shift * 1.8 - 0.05, 0.1)), coat.base)  # fmt: skip
    brush.fill(oval(shift * 2, 0.105, 0.041, 0.032), coat.nose)


def bear_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.045
    brush.fill(oval(shift, 0.075, 0.105, 0.085), coat.light)
    brush.fill(oval(shift * 1.2, 0.035, 0.048, 0.036), coat.nose)


def rabbit_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.04
    for side in (-1, 1):
        brush.fill(oval(side * 0.145 + shift * 0.5, 0.06, 0.045, 0.034), 0xF7A8B4, 0.75)
    brush.fill(oval(shift, 0.045, 0.036, 0.026), coat.nose)


def mouse_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.04
    brush.fill(oval(shift, 0.11, 0.085, 0.065), coat.light)
    for side in (-1, 1):
        x = side * 0.08 + shift
        brush.stroke(curve((x, 0.09), (x + side * 0.15, 0.065)), line_of(coat.base), 0.009)
        brush.stroke(curve((x, 0.12), (x + side * 0.14, 0.135)), line_of(coat.base), 0.009)
    brush.fill(oval(shift * 1.3, 0.075, 0.045, 0.04), coat.nose)


def pig_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.05
    for side in (-1, 1):
        brush.draw(polygon((side * 0.07, -0.165), (side * 0.225, -0.245), (side * 0.215, -0.06), (side * 0.17, -0.075)),
                   coat.dark)  # fmt: skip
        brush.fill(oval(side * 0.155 + shift * 0.4, 0.07, 0.045, 0.034), mix(coat.base, 0xE8607E, 0.4), 0.7)
    brush.draw(oval(shift, 0.055, 0.092, 0.068), coat.light)
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.034, 0.055, 0.017, 0.027), darker(coat.dark, 0.45))


def frog_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    for side in (-1, 1):
        brush.fill(oval(side * 0.17 + shift * 0.5, 0.05, 0.042, 0.032), 0xF48A86, 0.6)
        brush.fill(oval(side * 0.022 + shift, -0.02, 0.008, 0.011), darker(coat.base, 0.5))
        brush.fill(oval(side * 0.125, -0.15, 0.08), coat.base)


def toothy(brush: Brush, coat: Coat, mood: Mood, mouth: Mouth) -> None:
    """A soft mouth with two front teeth."""
    soft_mouth(brush, coat, mood, mouth)
    if mood.expression in ("happy", "laughing", "calm"):
        x, y = mood.look * 0.045, mouth.y + 0.014
        brush.draw(polygon((x - 0.03, y), (x + 0.03, y), (x + 0.026, y + 0.052), (x - 0.026, y + 0.052)), 0xFFFFFF,
                   0x8A7C80, 0.008)  # fmt: skip


# Tails, behind the body, rooted at (0.1, -0.15) ------------------------------------------------------------------


def short_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(oval(0.2, -0.17, 0.055), coat.base)


def dog_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.limb(curve((0.1, -0.15), (0.25, -0.2), (0.3, -0.34)), coat.dark, 0.058, line_of(coat.base))


def cat_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.limb(curve((0.08, -0.08), (0.26, -0.08), (0.3, -0.24), (0.24, -0.36), (0.3, -0.44)), coat.base, 0.056)
    brush.stroke(curve((0.25, -0.38), (0.3, -0.44)), coat.dark, 0.056)


def fox_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    tail = blob((0.08, -0.1), (0.24, -0.1), (0.38, -0.26), (0.36, -0.46), (0.28, -0.55), (0.24, -0.42), (0.17, -0.3),
                (0.06, -0.2))  # fmt: skip
    brush.draw(tail, coat.base)
    brush.fill(blob((0.385, -0.33), (0.36, -0.46), (0.28, -0.55), (0.238, -0.42), (0.3, -0.42)), coat.light)


def puff_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(oval(0.2, -0.14, 0.07), coat.light)


def mouse_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.limb(curve((0.06, -0.06), (0.24, -0.04), (0.34, -0.14), (0.3, -0.27), (0.37, -0.36)), 0xF0A3AA, 0.026)


def pig_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.limb(curve((0.15, -0.2), (0.25, -0.2), (0.28, -0.27), (0.22, -0.28), (0.24, -0.2), (0.32, -0.22)),
               coat.dark, 0.024)  # fmt: skip


# Birds -----------------------------------------------------------------------------------------------------------


def owl_tufts(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(polygon((side * 0.06, -0.14), (side * 0.205, -0.285), (side * 0.225, -0.04)), coat.base)
        brush.fill(polygon((side * 0.14, -0.185), (side * 0.195, -0.26), (side * 0.2, -0.14)), coat.dark)


def owl_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.015
    for side in (-1, 1):
        brush.draw(oval(side * 0.095 + shift, -0.02, 0.112, 0.118), coat.light, coat.dark, 0.009)
    brush.fill(polygon((shift - 0.05, -0.17), (shift + 0.05, -0.17), (shift, -0.06)), coat.dark)


def feathered_belly(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, ry * 0.14, rx * 0.7, ry * 0.74), coat.light)
    for y, xs in ((-0.28, (-0.25, 0.25)), (0.02, (-0.42, 0, 0.42)), (0.32, (-0.25, 0.25))):
        for x in xs:
            brush.stroke(curve((rx * (x - 0.11), ry * y), (rx * x, ry * (y + 0.13)), (rx * (x + 0.11), ry * y)),
                         coat.dark, 0.012)  # fmt: skip


def penguin_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.025
    for side in (-1, 1):
        brush.fill(oval(side * 0.08 + shift, -0.015, 0.098, 0.115), coat.light)
    brush.fill(oval(shift, 0.075, 0.15, 0.095), coat.light)
    blush(brush, mood, 0.135, 0.065, 0.032)


def white_front(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(blob((0, -ry * 0.82), (rx * 0.7, -ry * 0.1), (rx * 0.62, ry * 0.66), (0, ry * 0.9),
                    (-rx * 0.62, ry * 0.66), (-rx * 0.7, -ry * 0.1)), coat.light)  # fmt: skip


def comb(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(blob((-0.09, -0.12), (-0.1, -0.2), (-0.05, -0.2), (-0.02, -0.25), (0.03, -0.245), (0.05, -0.195),
                    (0.1, -0.205), (0.09, -0.12), tension=0.8), 0xDD453B)  # fmt: skip


def chicken_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    for side in (-1, 1):
        brush.draw(oval(shift + side * 0.026, 0.125, 0.026, 0.042), 0xDD453B, width=0.008)
    blush(brush, mood, 0.125, 0.05)


def chicken_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.12, -0.25, turn=mood.wag):
        for turn, tint in ((60, coat.base), (38, coat.dark), (14, coat.base)):
            with brush.frame(turn=turn):
                brush.draw(blob((-0.045, 0.0), (-0.06, -0.16), (0, -0.25), (0.06, -0.16), (0.045, 0.0)), tint)


def duck_tuft(brush: Brush, coat: Coat, mood: Mood) -> None:
    for x, turn in ((-0.02, -24), (0.0, 0), (0.02, 26)):
        with brush.frame(x, -0.16, turn=turn + mood.wag):
            brush.draw(blob((-0.022, 0.0), (-0.02, -0.06), (0.004, -0.11), (0.024, -0.05), (0.022, 0.0)), coat.base)


def duck_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    blush(brush, mood, 0.15, 0.045)


def duck_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.12, -0.18, turn=mood.wag):
        brush.draw(blob((-0.03, 0.06), (-0.02, -0.06), (0.1, -0.08), (0.19, -0.15), (0.17, -0.03), (0.08, 0.06)),
                   coat.base)  # fmt: skip


# Large ones ------------------------------------------------------------------------------------------------------


def elephant_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.17, -0.03, turn=side * (mood.wag * 0.6 - 4), flip=side < 0):
            brush.draw(blob((-0.02, -0.13), (0.1, -0.19), (0.2, -0.12), (0.21, 0.04), (0.12, 0.17), (0.0, 0.12)),
                       coat.base)  # fmt: skip
            brush.fill(blob((0.01, -0.09), (0.1, -0.14), (0.165, -0.08), (0.17, 0.03), (0.1, 0.12), (0.02, 0.08)),
                       coat.inner)  # fmt: skip


def trunk(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(mood.look * 0.03, 0.0):
        brush.draw(blob((-0.055, 0.1), (-0.09, 0.175), (-0.075, 0.185), (-0.035, 0.12)), 0xFFFBEF, 0x8A7C70, 0.008)
        brush.limb(curve((0, 0.04), (0.0, 0.13), (0.05, 0.21), (0.14, 0.215), (0.185, 0.15)), coat.base, 0.074)
        brush.fill(oval(0, 0.025, 0.062, 0.05), coat.base)
        for x0, y0, x1, y1 in ((-0.03, 0.09, 0.03, 0.085), (-0.02, 0.14, 0.04, 0.12), (0.04, 0.235, 0.06, 0.18)):
            brush.stroke(curve((x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2 + 0.008), (x1, y1)), line_of(coat.base), 0.01)


def beside_trunk(brush: Brush, coat: Coat, mood: Mood, mouth: Mouth) -> None:
    with brush.frame(-0.09, 0.0):
        soft_mouth(brush, coat, mood, mouth)


def toed(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(oval(0, 0, size, 0.046), coat.foot)
    for x in (-0.5, 0, 0.5):
        brush.fill(oval(x * size, 0.022, 0.018, 0.014), coat.light)


def tuft_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.1, -0.15, turn=mood.wag):
        brush.limb(curve((0, 0), (0.14, -0.01), (0.22, -0.12), (0.2, -0.22)), coat.base, 0.034)
        brush.draw(blob((0.165, -0.2), (0.17, -0.29), (0.215, -0.33), (0.245, -0.27), (0.235, -0.2)), coat.dark)


def mane(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(_mane(), coat.dark)
    for side in (-1, 1):
        brush.draw(oval(side * 0.175, -0.175, 0.068), coat.base)
        brush.fill(oval(side * 0.175, -0.172, 0.038), coat.inner)


@cache
def _mane() -> Shape:
    points = []
    for i in range(26):
        angle, far = math.tau * i / 26, 0.325 if i % 2 else 0.275
        points.append((math.sin(angle) * far, 0.01 - math.cos(angle) * far * 0.95))
    return blob(*points)


def lion_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    for side in (-1, 1):
        brush.fill(oval(side * 0.046 + shift, 0.085, 0.07, 0.056), coat.light)
    brush.fill(blob((shift - 0.05, 0.025), (shift, 0.012), (shift + 0.05, 0.025), (shift, 0.075)), coat.nose)


def giraffe_horns(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.limb(curve((side * 0.065, -0.1), (side * 0.085, -0.24)), coat.base, 0.034)
        brush.draw(oval(side * 0.087, -0.255, 0.034), coat.dark)
        with brush.frame(side * 0.15, -0.07, turn=side * (62 + mood.wag)):
            brush.draw(blob((-0.035, 0.0), (-0.05, -0.08), (0, -0.15), (0.05, -0.08), (0.035, 0.0)), coat.base)
            brush.fill(blob((-0.014, -0.02), (-0.024, -0.08), (0, -0.12), (0.024, -0.08), (0.014, -0.02)), coat.inner)


def giraffe_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.04
    for x, y, r in ((-0.03, -0.125, 0.026), (0.05, -0.135, 0.02), (-0.135, 0.03, 0.022), (0.14, 0.02, 0.02)):
        brush.fill(oval(x, y, r, r * 0.8), coat.dark)
    brush.draw(oval(shift, 0.1, 0.125, 0.085), coat.light, coat.dark, 0.008)
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.045, 0.07, 0.014, 0.012), darker(coat.dark, 0.5))


def giraffe_spots(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    for x, y, r in ((-0.55, -0.35, 0.2), (0.05, -0.6, 0.19), (0.6, -0.15, 0.2), (-0.1, 0.0, 0.26), (-0.62, 0.35, 0.19),
                    (0.42, 0.48, 0.22), (-0.12, 0.68, 0.16)):  # fmt: skip
        brush.fill(oval(rx * x, ry * y, rx * r, ry * r * 0.8), coat.dark)


# Shells, hooves and the rest -------------------------------------------------------------------------------------


def shell(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(oval(0, -0.33, 0.27, 0.255), coat.dark)
    brush.stroke(oval(0, -0.33, 0.235, 0.22), darker(coat.dark, 0.35), 0.014)
    for angle in range(15, 375, 45):
        x, y = math.sin(math.radians(angle)), -math.cos(math.radians(angle))
        brush.stroke(curve((0.235 * x, 0.22 * y - 0.33), (0.27 * x, 0.255 * y - 0.33)), darker(coat.dark, 0.35), 0.014)


def plastron(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.draw(oval(0, ry * 0.1, rx * 0.78, ry * 0.8), coat.light, coat.dark, 0.01)
    line = mix(coat.light, coat.dark, 0.5)
    brush.stroke(curve((0, -ry * 0.68), (0, ry * 0.88)), line, 0.013)
    for y in (-0.25, 0.15, 0.52):
        brush.stroke(curve((-rx * 0.7, ry * y), (rx * 0.7, ry * y)), line, 0.013)


def turtle_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    blush(brush, mood, 0.14, 0.05)
    for side in (-1, 1):
        brush.fill(oval(side * 0.018 + shift, 0.025, 0.008, 0.011), darker(coat.base, 0.5))
    for x, y, r in ((-0.04, -0.13, 0.022), (0.05, -0.14, 0.016), (0.0, -0.105, 0.012)):
        brush.fill(oval(x, y, r, r * 0.8), darker(coat.base, 0.18))


def cow_horns(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(blob((side * 0.06, -0.14), (side * 0.12, -0.2), (side * 0.115, -0.29), (side * 0.19, -0.22),
                        (side * 0.16, -0.13)), 0xF2E4C4)  # fmt: skip
        with brush.frame(side * 0.17, -0.08, turn=side * (80 + mood.wag)):
            brush.draw(blob((-0.04, 0.0), (-0.06, -0.09), (0, -0.165), (0.06, -0.09), (0.04, 0.0)), coat.dark)
            brush.fill(blob((-0.015, -0.02), (-0.028, -0.08), (0, -0.125), (0.028, -0.08), (0.015, -0.02)), coat.inner)


def cow_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    brush.fill(blob((0.03, -0.17), (0.15, -0.16), (0.2, -0.05), (0.13, 0.05), (0.04, -0.02)), coat.dark)
    brush.draw(oval(shift, 0.105, 0.15, 0.088), coat.inner)
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.06, 0.075, 0.02, 0.015), darker(coat.inner, 0.5))


def cow_patches(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(blob((-rx * 0.8, -ry * 0.4), (-rx * 0.3, -ry * 0.35), (-rx * 0.2, ry * 0.1), (-rx * 0.75, ry * 0.25)),
               coat.dark)  # fmt: skip
    brush.fill(blob((rx * 0.2, ry * 0.2), (rx * 0.75, ry * 0.1), (rx * 0.62, ry * 0.66), (rx * 0.25, ry * 0.6)),
               coat.dark)  # fmt: skip
    brush.fill(oval(0, ry * 0.84, rx * 0.3, ry * 0.14), coat.inner)


def horse_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry * 0.9), (rx * 0.75, -ry * 0.72), (rx * 0.95, -ry * 0.15), (rx * 0.68, ry * 0.45),
                (rx * 0.66, ry * 0.85), (0, ry * 1.08), (-rx * 0.66, ry * 0.85), (-rx * 0.68, ry * 0.45),
                (-rx * 0.95, -ry * 0.15), (-rx * 0.75, -ry * 0.72))  # fmt: skip


def horse_mane(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(blob((-0.06, -0.24), (0.1, -0.25), (0.235, -0.12), (0.245, 0.08), (0.2, 0.22), (0.13, 0.1), (0.0, -0.1)),
               coat.dark)  # fmt: skip
    for side in (-1, 1):
        with brush.frame(side * 0.12, -0.15, turn=side * (14 + mood.wag * 0.6)):
            brush.draw(blob((-0.05, 0.02), (-0.055, -0.07), (0, -0.17), (0.055, -0.07), (0.05, 0.02)), coat.base)
            brush.fill(blob((-0.02, 0.0), (-0.026, -0.06), (0, -0.125), (0.026, -0.06), (0.02, 0.0)), coat.inner)


def horse_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    brush.fill(blob((shift - 0.026, -0.12), (shift + 0.026, -0.12), (shift + 0.035, 0.1), (shift - 0.035, 0.1)),
               coat.light)  # fmt: skip
    brush.fill(oval(shift, 0.14, 0.135, 0.093), coat.light)
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.062, 0.1, 0.017, 0.021), darker(coat.dark, 0.4))


def forelock(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(blob((-0.1, -0.2), (0.0, -0.265), (0.12, -0.2), (0.075, -0.13), (0.03, -0.17), (0.005, -0.085),
                    (-0.035, -0.16), (-0.08, -0.12)), coat.dark)  # fmt: skip


def horse_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.1, -0.22, turn=mood.wag):
        brush.draw(blob((-0.02, 0.02), (0.06, -0.08), (0.19, -0.05), (0.23, 0.1), (0.27, 0.19), (0.15, 0.16),
                        (0.12, 0.05), (0.05, 0.04)), coat.dark)  # fmt: skip


def monkey_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.225, -0.005, 0.082), coat.base)
        brush.fill(oval(side * 0.228, -0.005, 0.05), coat.light)


def monkey_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.025
    for side in (-1, 1):
        brush.fill(oval(side * 0.075 + shift, -0.035, 0.088, 0.095), coat.light)
    brush.fill(oval(shift, 0.075, 0.155, 0.098), coat.light)
    for side in (-1, 1):
        brush.fill(oval(side * 0.017 + shift, 0.035, 0.011, 0.009), darker(coat.light, 0.65))
    brush.limb(curve((-0.02, -0.18), (0.01, -0.225), (0.05, -0.215)), coat.base, 0.022)


def curly_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.08, -0.1, turn=mood.wag):
        brush.limb(curve((0, 0), (0.16, 0.02), (0.25, -0.1), (0.23, -0.26), (0.3, -0.36), (0.37, -0.3), (0.33, -0.24)),
                   coat.base, 0.042)  # fmt: skip


def panda_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.17, -0.16, 0.08), coat.dark)


def panda_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    for side in (-1, 1):
        with brush.frame(side * 0.092 + shift, -0.025, turn=side * 28):
            brush.fill(oval(0, 0, 0.068, 0.09), coat.dark)
    brush.fill(oval(shift * 1.2, 0.055, 0.04, 0.028), coat.nose)
    blush(brush, mood, 0.15, 0.085, 0.034)


def dark_shoulders(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(blob((0, -ry), (rx * 0.72, -ry * 0.66), (rx * 0.92, -ry * 0.15), (0, -ry * 0.3),
                    (-rx * 0.92, -ry * 0.15), (-rx * 0.72, -ry * 0.66), tension=0.8), coat.dark)  # fmt: skip


def tiger_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.165, -0.16, 0.08), coat.dark)
        brush.fill(oval(side * 0.163, -0.152, 0.062), coat.base)
        brush.fill(oval(side * 0.163, -0.15, 0.036), coat.light)


def tiger_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    for y, half in ((-0.165, 0.035), (-0.13, 0.055), (-0.095, 0.035)):
        brush.stroke(curve((shift - half, y), (shift, y + 0.012), (shift + half, y)), coat.dark, 0.02)
    for side in (-1, 1):
        for y, x in ((-0.01, 0.2), (0.045, 0.185), (0.1, 0.165)):
            brush.stroke(curve((side * (x + 0.03), y - 0.008), (side * (x - 0.035), y)), coat.dark, 0.02)
        brush.fill(oval(side * 0.05 + shift, 0.09, 0.075, 0.06), coat.light)
    brush.fill(blob((shift - 0.045, 0.03), (shift, 0.02), (shift + 0.045, 0.03), (shift, 0.075)), coat.nose)


def tiger_belly(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, ry * 0.18, rx * 0.55, ry * 0.66), coat.light)
    for side in (-1, 1):
        for y, x in ((-0.3, 0.86), (0.05, 0.96), (0.4, 0.92)):
            brush.stroke(curve((side * rx * x, ry * y), (side * rx * (x - 0.36), ry * (y + 0.06))), coat.dark, 0.022)


def tiger_tail(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0.08, -0.08, turn=mood.wag):
        brush.limb(curve((0, 0), (0.18, 0.0), (0.25, -0.15), (0.22, -0.3), (0.28, -0.38)), coat.base, 0.056)
        for x, y in ((0.2, -0.03), (0.245, -0.14), (0.228, -0.25)):
            brush.stroke(curve((x - 0.024, y - 0.01), (x + 0.024, y + 0.004)), coat.dark, 0.022)
        brush.stroke(curve((0.245, -0.345), (0.28, -0.38)), coat.dark, 0.056)


def koala_ears(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        brush.draw(fleece(side * 0.235, -0.1, 0.15, 0.15, 9), coat.base)
        brush.fill(oval(side * 0.235, -0.09, 0.078, 0.075), coat.light)


def koala_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.03
    blush(brush, mood, 0.15, 0.07)
    brush.draw(blob((shift, -0.045), (shift + 0.045, -0.01), (shift + 0.05, 0.06), (shift, 0.09), (shift - 0.05, 0.06),
                    (shift - 0.045, -0.01)), coat.nose)  # fmt: skip
    brush.fill(oval(shift - 0.014, -0.005, 0.012, 0.02), 0xFFFFFF, 0.4)


def sheep_wool(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(fleece(0, -0.03, 0.25, 0.21, 10), coat.base)


def sheep_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.15, -0.035, turn=side * (104 + mood.wag)):
            brush.draw(blob((-0.04, 0.0), (-0.058, -0.1), (0, -0.18), (0.058, -0.1), (0.04, 0.0)), coat.nose)
            brush.fill(blob((-0.016, -0.04), (-0.026, -0.1), (0, -0.14), (0.026, -0.1), (0.016, -0.04)), coat.inner)
    brush.draw(blob((0, -0.12), (0.15, -0.09), (0.165, 0.02), (0.11, 0.15), (0, 0.19), (-0.11, 0.15), (-0.165, 0.02),
                    (-0.15, -0.09)), coat.nose)  # fmt: skip
    blush(brush, mood, 0.11, 0.06, 0.03)
    x = mood.look * 0.035
    brush.fill(blob((x - 0.035, 0.065), (x + 0.035, 0.065), (x, 0.1)), 0xB0606A)


def topknot(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(fleece(0, -0.135, 0.17, 0.085, 8), coat.base)


def sheep_body(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(oval(0.2, -0.2, 0.055), coat.base)
    brush.draw(fleece(0, -0.32, 0.245, 0.235, 11), coat.base)


def woolly(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, 0, rx * 1.04, ry * 1.02), coat.base)
    for x, y in ((-0.4, -0.35), (0.35, -0.4), (0.0, 0.0), (-0.5, 0.3), (0.5, 0.28), (0.02, 0.55)):
        brush.stroke(curve((rx * x - 0.03, ry * y), (rx * x, ry * y + 0.026), (rx * x + 0.03, ry * y)), coat.dark,
                     0.014)  # fmt: skip


def spines(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(_spikes(), coat.dark)
    for side in (-1, 1):
        brush.draw(oval(side * 0.165, -0.12, 0.052), coat.base)
        brush.fill(oval(side * 0.165, -0.12, 0.03), coat.inner)


@cache
def _spikes() -> Shape:
    points = []
    for i in range(31):
        angle, far = math.radians(-125 + 250 * i / 30), 0.33 if i % 2 else 0.255
        points.append((math.sin(angle) * far, 0.02 - math.cos(angle) * far))
    return polygon(*points, (0.1, 0.1), (-0.1, 0.1))


def spiny_back(brush: Brush, coat: Coat, mood: Mood) -> None:
    points = []
    for i in range(31):
        angle, far = math.tau * i / 30, 0.285 if i % 2 else 0.225
        points.append((math.sin(angle) * far, -0.31 - math.cos(angle) * far * 0.9))
    brush.draw(polygon(*points), coat.dark)


def hedgehog_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.04
    brush.fill(oval(shift, 0.095, 0.1, 0.078), coat.light)
    brush.fill(oval(shift * 1.3, 0.06, 0.045, 0.036), coat.nose)
    blush(brush, mood, 0.14, 0.06)


# Rows ------------------------------------------------------------------------------------------------------------

def _row(
    name: str, natural: str, bounds: tuple[float, float, float], build: Build, words: tuple[str, ...] = (),
    plural: str = "", tall: float = 0.6,
) -> Kind:
    """``bounds``: left, top and right of one that stands, empty-handed and bare."""
    return Kind(name, partial(draw_character, build), Extent(*bounds, 0.025), natural, "animal", words, plural, tall,
                slots=ALL_SLOTS)  # fmt: skip


KINDS: Final = (
    _row("dog", "brown", (-0.34, -0.9, 0.37), Build(
        partial(fur, "brown", Coat(0xD49A5B, 0x8A5431, 0xFBEBD2, 0xE9A9A0, 0x33262B)), (0.165, 0.19), (0.225, 0.2),
        -0.165, 0.15, Mouth(0.085, pale=True), skull=dog_head, face=dog_face, back=dog_tail), ("doggy",)),
    _row("cat", "gray", (-0.35, -1.01, 0.36), Build(
        partial(fur, "gray", Coat(0x9497A8, 0x5F6275, 0xF0EDEE, 0xF2A7B5, 0xE77F95)), (0.15, 0.19), (0.23, 0.185),
        -0.155, 0.15, Mouth(0.075, pale=True), behind=cat_ears, face=cat_face, back=cat_tail), ("kitty",)),
    _row("fox", "orange", (-0.31, -1.07, 0.43), Build(
        partial(fur, "orange", Coat(0xEE7B30, 0x4A2E2B, 0xFFF4E2, 0xFFF4E2, 0x33262B), paws=True), (0.15, 0.19),
        (0.225, 0.19), -0.15, 0.14, Mouth(0.142, 0.042, pale=True), skull=fox_head, behind=fox_ears, face=fox_face,
        back=fox_tail, eyes=(0.085, -0.025), eye=0.042), (), "foxes"),
    _row("bear", "brown", (-0.32, -0.99, 0.32), Build(
        partial(fur, "brown", Coat(0x80502F, 0x5C3620, 0xE2B988, 0xCB9468, 0x2B2024)), (0.2, 0.205), (0.225, 0.2),
        -0.17, 0.15, Mouth(0.078, pale=True), behind=bear_ears, face=bear_face, back=short_tail, sole=0.1)),
    _row("rabbit", "white", (-0.27, -1.17, 0.3), Build(
        partial(fur, "white", Coat(0xFBF6EE, 0xDCD2C8, 0xFFFFFF, 0xF7A8B6, 0xEE8496)), (0.15, 0.185), (0.205, 0.185),
        -0.16, 0.13, Mouth(0.082, 0.046), behind=rabbit_ears, face=rabbit_face, back=puff_tail, lips=toothy, sole=0.11),
        ("bunny",)),
    _row("mouse", "gray", (-0.43, -0.99, 0.42), Build(
        partial(fur, "gray", Coat(0xB3B2C0, 0x85849A, 0xF3EFF2, 0xF6AFB9, 0xE8798F)), (0.14, 0.175), (0.195, 0.185),
        -0.16, 0.125, Mouth(0.11, 0.044, pale=True), skull=mouse_head, behind=mouse_ears, face=mouse_face,
        back=mouse_tail, eyes=(0.078, -0.035), eye=0.044, sole=0.08), (), "mice"),
    _row("pig", "pink", (-0.31, -0.98, 0.37), Build(
        partial(fur, "pink", Coat(0xF7A8B8, 0xE98AA0, 0xFCCBD3, 0xE98AA0, 0xC7566F)), (0.2, 0.2), (0.225, 0.195),
        -0.165, 0.145, Mouth(0.13), face=pig_face, back=pig_tail, eyes=(0.095, -0.05), eye=0.043, sole=0.085),
        ("piggy",)),
    _row("frog", "green", (-0.31, -0.9, 0.31), Build(
        partial(fur, "green", Coat(0x68B84C, 0x3F8A3A, 0xDDEDA0, 0xF48A86, 0x2E5A2C)), (0.165, 0.18), (0.245, 0.165),
        -0.245, 0.14, Mouth(0.035, 0.12), skull=frog_head, behind=frog_eyes, face=frog_face, eyes=(0.125, -0.155),
        eye=0.06, gaze=0.0, sole=0.115)),
    _row("owl", "brown", (-0.31, -0.94, 0.31), Build(
        partial(fur, "brown", Coat(0xA9774A, 0x74502F, 0xF6E3C0, 0xF6E3C0, 0xF2A33B), bird=True), (0.185, 0.205),
        (0.24, 0.19), -0.165, 0.15, Mouth(0.07, 0.036), behind=owl_tufts, face=owl_face, lips=beak,
        belly=feathered_belly, arm=wing_arm, foot=bird_foot, eyes=(0.095, -0.02), eye=0.066, ground="light",
        gaze=0.015, leg=0.12, thick=(0.1, 0.05))),
    _row("penguin", "black", (-0.3, -0.85, 0.3), Build(
        partial(fur, "black", Coat(0x3A3E50, 0x2A2D3B, 0xFDFAF3, 0xFDFAF3, 0xF2A33B), bird=True, bib=True),
        (0.185, 0.215), (0.215, 0.195), -0.165, 0.14, Mouth(0.06, 0.046), face=penguin_face, lips=beak,
        belly=white_front, arm=wing_arm, foot=bird_foot, eyes=(0.08, -0.03), ground="light", leg=0.12,
        thick=(0.085, 0.06))),
    _row("chicken", "white", (-0.32, -0.89, 0.39), Build(
        partial(fur, "white", Coat(0xFBF6EC, 0xE0D6C8, 0xFFFFFF, 0xF7A8B6, 0xF2A33B), bird=True), (0.19, 0.2),
        (0.185, 0.18), -0.165, 0.12, Mouth(0.06, 0.048), behind=comb, face=chicken_face, back=chicken_tail, lips=beak,
        arm=wing_arm, foot=bird_foot, eyes=(0.075, -0.035), leg=0.14, thick=(0.1, 0.036)), ("hen",)),
    _row("duck", "yellow", (-0.3, -0.9, 0.37), Build(
        partial(fur, "yellow", Coat(0xF8CF4B, 0xE0A92F, 0xFDEFB4, 0xF7A8B6, 0xF28A2B), bird=True), (0.175, 0.19),
        (0.21, 0.19), -0.165, 0.13, Mouth(0.075, 0.1), behind=duck_tuft, face=duck_face, back=duck_tail, lips=bill,
        arm=wing_arm, foot=bird_foot, eyes=(0.08, -0.045), leg=0.14, thick=(0.095, 0.045), sole=0.1)),
    _row("elephant", "gray", (-0.46, -0.99, 0.45), Build(
        partial(fur, "gray", Coat(0xA4A9B8, 0x7C8192, 0xDADCE4, 0xEFB3BC, 0x55525E)), (0.205, 0.21), (0.22, 0.2), -0.17,
        0.15, Mouth(0.115, 0.04), behind=elephant_ears, front=trunk, back=tuft_tail, lips=beside_trunk, foot=toed,
        eyes=(0.1, -0.045), thick=(0.1, 0.135), sole=0.095), tall=0.8),
    _row("lion", "yellow", (-0.38, -1.0, 0.42), Build(
        partial(fur, "yellow", Coat(0xF0BE5C, 0xB4672A, 0xFCEBCB, 0xE9A9A0, 0x4A2A24)), (0.17, 0.195), (0.21, 0.19),
        -0.185, 0.16, Mouth(0.085, pale=True), behind=mane, face=lion_face, back=tuft_tail, ruff=0.11), tall=0.7),
    _row("giraffe", "yellow", (-0.35, -1.15, 0.42), Build(
        partial(fur, "yellow", Coat(0xF6CD68, 0xBE7C38, 0xFBE9C4, 0xF3B0A4, 0x5C3620), hooves=0x7A5236), (0.15, 0.18),
        (0.175, 0.17), -0.15, 0.11, Mouth(0.11, 0.048, pale=True), behind=giraffe_horns, face=giraffe_face,
        back=tuft_tail, belly=giraffe_spots, foot=hoof, eyes=(0.078, -0.05), eye=0.042, neck=0.2), tall=0.9),
    _row("turtle", "green", (-0.3, -0.83, 0.3), Build(
        partial(fur, "green", Coat(0x8CC063, 0x96703E, 0xF1E3A8, 0xF48A86, 0x2E5A2C), pied=True), (0.17, 0.18),
        (0.19, 0.175),
        -0.15, 0.125, Mouth(0.065, 0.075), face=turtle_face, back=shell, belly=plastron, eyes=(0.085, -0.045),
        sole=0.09), ("tortoise",), tall=0.5),
    _row("cow", "white", (-0.4, -1.02, 0.42), Build(
        partial(fur, "white", Coat(0xFBF7F0, 0x45404C, 0xFFFFFF, 0xF6B6BC, 0x55404A), hooves=0x5A4A48, pied=True),
        (0.195, 0.2), (0.205, 0.195), -0.165, 0.1, Mouth(0.11, 0.055), behind=cow_horns, face=cow_face, back=tuft_tail,
        belly=cow_patches, foot=hoof, eyes=(0.095, -0.045)), tall=0.75),
    _row("horse", "brown", (-0.29, -1.06, 0.44), Build(
        partial(fur, "brown", Coat(0xA9683A, 0x4C2F24, 0xF3DEC2, 0xE9A9A0, 0x33262B), hooves=0x4A3830), (0.17, 0.195),
        (0.185, 0.215), -0.175, 0.12, Mouth(0.155, 0.05, pale=True), skull=horse_head, behind=horse_mane,
        face=horse_face, front=forelock,
        back=horse_tail, foot=hoof, eyes=(0.09, -0.055), eye=0.044), ("pony",), tall=0.8),
    _row("monkey", "brown", (-0.36, -0.92, 0.56), Build(
        partial(fur, "brown", Coat(0x8D5B36, 0x653D22, 0xF2CFA4, 0xE9A9A0, 0x33262B)), (0.15, 0.185), (0.205, 0.19),
        -0.165, 0.14, Mouth(0.075, 0.06, pale=True), behind=monkey_ears, face=monkey_face, back=curly_tail,
        eyes=(0.072, -0.04), eye=0.042, ground="light")),
    _row("panda", "white", (-0.32, -0.98, 0.31), Build(
        partial(fur, "white", Coat(0xFBF7F0, 0x38343E, 0xFFFFFF, 0xF6B6BC, 0x2B2024), limbs=True, pied=True),
        (0.195, 0.205), (0.23, 0.2), -0.17, 0.15, Mouth(0.088, 0.045), behind=panda_ears, face=panda_face,
        back=short_tail, belly=dark_shoulders, eyes=(0.088, -0.035), eye=0.042, ground="dark",
        sole=0.1), ("panda bear",)),
    _row("tiger", "orange", (-0.31, -0.96, 0.48), Build(
        partial(fur, "orange", Coat(0xF1963B, 0x3B2B2E, 0xFFF6E6, 0xFFF6E6, 0xE77F86), pied=True), (0.165, 0.195),
        (0.225, 0.195), -0.165, 0.15, Mouth(0.085, pale=True), behind=tiger_ears, face=tiger_face, back=tiger_tail,
        belly=tiger_belly), tall=0.7),
    _row("koala", "gray", (-0.45, -0.96, 0.45), Build(
        partial(fur, "gray", Coat(0xA2A8B4, 0x777C8A, 0xF0EEF2, 0xF2A7B5, 0x3A363E)), (0.175, 0.19), (0.22, 0.19),
        -0.165, 0.14, Mouth(0.118, 0.042), behind=koala_ears, face=koala_face, eyes=(0.105, -0.045)), ("koala bear",)),
    _row("sheep", "white", (-0.38, -0.95, 0.38), Build(
        partial(fur, "white", Coat(0xFBF6EC, 0xCFC4B8, 0xFFFFFF, 0xF7A8B6, 0xF0D9C6), hooves=0x4E464C), (0.195, 0.2),
        (0.215, 0.195), -0.19, 0.14, Mouth(0.115, 0.04), behind=sheep_wool, face=sheep_face, front=topknot,
        back=sheep_body, belly=woolly, foot=hoof, eyes=(0.072, -0.015), eye=0.042, ground="nose", sole=0.08), (),
        "sheep"),
    _row("hedgehog", "brown", (-0.39, -0.97, 0.39), Build(
        partial(fur, "brown", Coat(0xE2B98C, 0x7A4F33, 0xFBEBD2, 0xE9A9A0, 0x33262B)), (0.16, 0.18), (0.195, 0.18),
        -0.19, 0.14, Mouth(0.1, 0.045, pale=True), behind=spines, face=hedgehog_face, back=spiny_back,
        eyes=(0.08, -0.03), ruff=0.02), tall=0.45),
)  # fmt: skip
