"""The animals: one row each in the table at the end, above it the ears, faces and tails that make a kind what it is."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from .body import ALL_SLOTS, Build, draw_character, reach
from .brush import Brush, Shape, blob, curve, oval, polygon
from .face import Coat, Mood, Mouth, blush, soft_mouth
from .kind import Kind
from .palette import COLORS, Color, darker, lighter, line_of, mix

if TYPE_CHECKING:
    from .scene import Figure


def fur(
    natural: str, own: Coat, figure: Figure, chance: Random, *, paws: bool = False, limbs: bool = False,
    hooves: Color | None = None,
) -> Coat:
    """The kind's own coat for its natural colour; any other colour keeps only the pale and pink parts.

    ``paws``: dark hands and feet; ``limbs``: dark arms and legs; ``hooves``: their colour.
    """
    tone = chance.uniform(-0.05, 0.05)
    base, dark, light, inner, nose = own.base, own.dark, own.light, own.inner, own.nose
    if figure.color != natural:
        base = COLORS[figure.color]
        dark, light, inner = darker(base, 0.3), lighter(base, 0.62), mix(0xF6A9B2, base, 0.2)
        if figure.color == "black":
            dark, light = mix(base, 0x77727F, 0.35), 0xCFC9D2
        elif figure.color == "white":
            dark, light = 0xD5CEC6, 0xFFFDF8
        elif figure.color == "pink":
            inner = 0xD9607F
    base = mix(base, 0xFFFFFF if tone > 0 else 0x201018, abs(tone))
    tip = dark if paws or limbs else base
    return Coat(base, dark, light, inner, nose, base, dark if limbs else base, tip if hooves is None else hooves,
                dark if limbs else base, tip if hooves is None else hooves)  # fmt: skip


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


# Rows ------------------------------------------------------------------------------------------------------------

def _row(name: str, natural: str, build: Build, words: tuple[str, ...] = (), plural: str = "", tall: float = 0.6) -> Kind:
    return Kind(name, partial(draw_character, build), reach(build), natural, "animal", words, plural, tall,
                slots=ALL_SLOTS)  # fmt: skip


KINDS: Final = (
    _row("dog", "brown", Build(
        partial(fur, "brown", Coat(0xD49A5B, 0x8A5431, 0xFBEBD2, 0xE9A9A0, 0x33262B)), (0.165, 0.19), (0.225, 0.2),
        -0.165, 0.15, Mouth(0.085, pale=True), dog_head, face=dog_face, back=dog_tail), ("doggy",)),
    _row("cat", "gray", Build(
        partial(fur, "gray", Coat(0x9497A8, 0x5F6275, 0xF0EDEE, 0xF2A7B5, 0xE77F95)), (0.15, 0.19), (0.23, 0.185),
        -0.155, 0.15, Mouth(0.075, pale=True), behind=cat_ears, face=cat_face, back=cat_tail), ("kitty",)),
    _row("fox", "orange", Build(
        partial(fur, "orange", Coat(0xEE7B30, 0x4A2E2B, 0xFFF4E2, 0xFFF4E2, 0x33262B), paws=True), (0.15, 0.19),
        (0.225, 0.19), -0.15, 0.14, Mouth(0.142, 0.042, pale=True), fox_head, fox_ears, fox_face, back=fox_tail,
        eyes=(0.085, -0.025), eye=0.042), (), "foxes"),
    _row("bear", "brown", Build(
        partial(fur, "brown", Coat(0x80502F, 0x5C3620, 0xE2B988, 0xCB9468, 0x2B2024)), (0.2, 0.205), (0.225, 0.2),
        -0.17, 0.15, Mouth(0.078, pale=True), behind=bear_ears, face=bear_face, back=short_tail, sole=0.1)),
    _row("rabbit", "white", Build(
        partial(fur, "white", Coat(0xFBF6EE, 0xDCD2C8, 0xFFFFFF, 0xF7A8B6, 0xEE8496)), (0.15, 0.185), (0.205, 0.185),
        -0.16, 0.13, Mouth(0.082, 0.046), behind=rabbit_ears, face=rabbit_face, back=puff_tail, lips=toothy, sole=0.11),
        ("bunny",)),
    _row("mouse", "gray", Build(
        partial(fur, "gray", Coat(0xB3B2C0, 0x85849A, 0xF3EFF2, 0xF6AFB9, 0xE8798F)), (0.14, 0.175), (0.195, 0.185),
        -0.16, 0.125, Mouth(0.11, 0.044, pale=True), mouse_head, mouse_ears, mouse_face, back=mouse_tail,
        eyes=(0.078, -0.035), eye=0.044, sole=0.08), (), "mice"),
    _row("pig", "pink", Build(
        partial(fur, "pink", Coat(0xF7A8B8, 0xE98AA0, 0xFCCBD3, 0xE98AA0, 0xC7566F)), (0.2, 0.2), (0.225, 0.195),
        -0.165, 0.145, Mouth(0.13), face=pig_face, back=pig_tail, eyes=(0.095, -0.05), eye=0.043, sole=0.085),
        ("piggy",)),
    _row("frog", "green", Build(
        partial(fur, "green", Coat(0x68B84C, 0x3F8A3A, 0xDDEDA0, 0xF48A86, 0x2E5A2C)), (0.165, 0.18), (0.245, 0.165),
        -0.245, 0.14, Mouth(0.035, 0.12), frog_head, frog_eyes, frog_face, eyes=(0.125, -0.155), eye=0.06, gaze=0.0,
        sole=0.115)),
)  # fmt: skip
