"""The characters: one body plan, and one drawing function per part that makes a kind what it is.

Frame: the feet stand on y = 0, up is negative, the head ends near y = -1, x = 0 is the middle.
A new animal is one row in BUILDS and its ears, face and tail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .accessories import draw_hat, draw_neckwear, draw_spectacles
from .brush import Brush, Shape, blob, curve, oval, polygon
from .palette import COLORS, INK, Color, darker, lighter, line_of, luma, mix
from .scene import HATS, INSTANCES, NATURAL, Animal
from .things import draw_held


@dataclass(frozen=True)
class Coat:
    """The colours of one character."""

    base: Color
    dark: Color
    light: Color
    inner: Color
    nose: Color = INK


Part = Callable[[Brush, Coat, float], None]


def coat_of(kind: str, color: str) -> Coat:
    """The kind's own coat for its natural colour; any other colour keeps only the pale and pink parts."""
    own = BUILDS[kind].coat
    if color == NATURAL[kind]:
        return own
    base = COLORS[color]
    dark = mix(base, 0x77727F, 0.35) if color == "black" else darker(base, 0.3)
    if color == "white":
        dark = 0xD5CEC6
    light = lighter(base, 0.62) if color != "white" else 0xFFFDF8
    if color == "black":
        light = 0x77727F if kind in ("frog", "pig") else 0xCFC9D2
    return Coat(base, dark, light, mix(0xF6A9B2, base, 0.2) if color != "pink" else 0xD9607F, own.nose)


# Heads -----------------------------------------------------------------------------------------------------------


def round_head(rx: float, ry: float) -> Shape:
    return oval(0, 0, rx, ry)


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


def no_ears(brush: Brush, coat: Coat, look: float) -> None:
    """Ears that lie in front are drawn with the face."""


def cat_ears(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        brush.draw(polygon((side * 0.055, -0.15), (side * 0.2, -0.305), (side * 0.235, -0.05)), coat.base)
        brush.fill(polygon((side * 0.1, -0.16), (side * 0.19, -0.265), (side * 0.205, -0.11)), coat.inner)


def fox_ears(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        brush.draw(polygon((side * 0.03, -0.12), (side * 0.165, -0.36), (side * 0.22, -0.04)), coat.base)
        brush.fill(polygon((side * 0.108, -0.258), (side * 0.165, -0.36), (side * 0.195, -0.2)), coat.dark)
        brush.fill(polygon((side * 0.09, -0.14), (side * 0.152, -0.235), (side * 0.175, -0.11)), coat.light)


def bear_ears(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.17, -0.165, 0.085), coat.base)
        brush.fill(oval(side * 0.17, -0.165, 0.048), coat.inner)


def rabbit_ears(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.085, -0.13, turn=side * 13):
            brush.draw(blob((-0.055, 0.05), (-0.072, -0.14), (0, -0.34), (0.072, -0.14), (0.055, 0.05)), coat.base)
            brush.fill(blob((-0.026, 0.0), (-0.038, -0.14), (0, -0.27), (0.038, -0.14), (0.026, 0.0)), coat.inner)


def mouse_ears(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.205, -0.155, 0.145), coat.base)
        brush.fill(oval(side * 0.205, -0.15, 0.098), coat.inner)


def frog_eyes(brush: Brush, coat: Coat, look: float) -> None:
    for side in (-1, 1):
        brush.draw(oval(side * 0.125, -0.15, 0.085), coat.base)


# Faces, over the head, under the eyes ----------------------------------------------------------------------------


def dog_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.03
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


def cat_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.03
    for x, depth in ((-0.055, 0.06), (0, 0.085), (0.055, 0.06)):
        brush.stroke(curve((x + shift, -0.175), (x * 0.9 + shift, -0.175 + depth)), coat.dark, 0.026)
    for side in (-1, 1):
        brush.fill(oval(side * 0.045 + shift * 1.5, 0.085, 0.062, 0.05), coat.light)
    brush.fill(polygon((shift * 1.7 - 0.032, 0.035), (shift * 1.7 + 0.032, 0.035), (shift * 1.7, 0.07)), coat.nose)
    for side in (-1, 1):
        for y in (0.06, 0.1):
            x = side * 0.12 + shift
            brush.stroke(curve((x, y), (x + side * 0.15, y + (y - 0.085) * 1.2)), line_of(coat.base), 0.009)


def fox_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.03
    for side in (-1, 1):
        brush.fill(
            blob((side * 0.02 + shift, 0.17), (side * 0.03 + shift, 0.05), (side * 0.14 + shift, 0.015),
                 (side * 0.232, 0.085), (side * 0.11, 0.155)),
            coat.light,
        )  # fmt: skip
    brush.fill(blob((shift - 0.035, -0.02), (shift + 0.035, -0.02), (shift * 1.8 + 0.05, 0.1), (shift * 1.8, 0.15),
                    (shift * 1.8 - 0.05, 0.1)), coat.base)  # fmt: skip
    brush.fill(oval(shift * 2, 0.125, 0.043, 0.034), coat.nose)


def bear_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.045
    brush.fill(oval(shift, 0.075, 0.105, 0.085), coat.light)
    brush.fill(oval(shift * 1.2, 0.035, 0.048, 0.036), coat.nose)


def rabbit_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.04
    for side in (-1, 1):
        brush.fill(oval(side * 0.145 + shift * 0.5, 0.06, 0.045, 0.034), 0xF7A8B4, 0.75)
    brush.draw(polygon((shift - 0.03, 0.1), (shift + 0.03, 0.1), (shift + 0.026, 0.158), (shift - 0.026, 0.158)),
               0xFFFFFF, 0x8A7C80, 0.008)  # fmt: skip
    brush.fill(oval(shift, 0.045, 0.036, 0.026), coat.nose)


def mouse_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.04
    brush.fill(oval(shift, 0.11, 0.085, 0.065), coat.light)
    for side in (-1, 1):
        x = side * 0.08 + shift
        brush.stroke(curve((x, 0.09), (x + side * 0.15, 0.065)), line_of(coat.base), 0.009)
        brush.stroke(curve((x, 0.12), (x + side * 0.14, 0.135)), line_of(coat.base), 0.009)
    brush.fill(oval(shift * 1.3, 0.075, 0.045, 0.04), coat.nose)


def pig_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.05
    for side in (-1, 1):
        brush.draw(polygon((side * 0.07, -0.165), (side * 0.225, -0.245), (side * 0.215, -0.06), (side * 0.17, -0.075)),
                   coat.dark)  # fmt: skip
        brush.fill(oval(side * 0.155 + shift * 0.4, 0.07, 0.045, 0.034), mix(coat.base, 0xE8607E, 0.4), 0.7)
    brush.draw(oval(shift, 0.055, 0.092, 0.068), coat.light)
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.034, 0.055, 0.017, 0.027), darker(coat.dark, 0.45))


def frog_face(brush: Brush, coat: Coat, look: float) -> None:
    shift = look * 0.03
    for side in (-1, 1):
        brush.fill(oval(side * 0.17 + shift * 0.5, 0.05, 0.042, 0.032), 0xF48A86, 0.6)
        brush.fill(oval(side * 0.022 + shift, -0.02, 0.008, 0.011), darker(coat.base, 0.5))


# Tails, behind the body, rooted at (0.1, -0.15) ------------------------------------------------------------------


def short_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.draw(oval(0.2, -0.17, 0.055), coat.base)


def dog_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.limb(curve((0.1, -0.15), (0.25, -0.2), (0.3, -0.34)), coat.dark, 0.058, line_of(coat.base))


def cat_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.limb(curve((0.08, -0.08), (0.26, -0.08), (0.3, -0.24), (0.24, -0.36), (0.3, -0.44)), coat.base, 0.056)
    brush.stroke(curve((0.25, -0.38), (0.3, -0.44)), coat.dark, 0.056)


def fox_tail(brush: Brush, coat: Coat, look: float) -> None:
    tail = blob((0.08, -0.1), (0.24, -0.1), (0.38, -0.26), (0.36, -0.46), (0.28, -0.55), (0.24, -0.42), (0.17, -0.3),
                (0.06, -0.2))  # fmt: skip
    brush.draw(tail, coat.base)
    brush.fill(blob((0.385, -0.33), (0.36, -0.46), (0.28, -0.55), (0.238, -0.42), (0.3, -0.42)), coat.light)


def puff_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.draw(oval(0.2, -0.14, 0.07), coat.light)


def mouse_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.limb(curve((0.06, -0.06), (0.24, -0.04), (0.34, -0.14), (0.3, -0.27), (0.37, -0.36)), 0xF0A3AA, 0.026)


def pig_tail(brush: Brush, coat: Coat, look: float) -> None:
    brush.limb(curve((0.15, -0.2), (0.25, -0.2), (0.28, -0.27), (0.22, -0.28), (0.24, -0.2), (0.32, -0.22)),
               coat.dark, 0.024)  # fmt: skip


def no_tail(brush: Brush, coat: Coat, look: float) -> None:
    """A frog has none."""


# Builds ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Build:
    """The proportions and the parts of one kind. A head's origin is its centre; a hat sits at y = `top`."""

    coat: Coat
    body: tuple[float, float]
    head: tuple[float, float]
    skull: Callable[[float, float], Shape]
    behind: Part
    face: Part
    tail: Part
    top: float
    brim: float  # half the width of the head where a hat sits
    mouth: float
    eyes: tuple[float, float] = (0.088, -0.04)
    eye: float = 0.046
    paws: bool = False  # dark hands and feet
    foot: float = 0.09


BUILDS: Final[dict[str, Build]] = {
    "dog": Build(
        Coat(0xD49A5B, 0x8A5431, 0xFBEBD2, 0xE9A9A0, 0x33262B), (0.165, 0.19), (0.225, 0.2), dog_head, no_ears,
        dog_face, dog_tail, -0.165, 0.15, 0.085),
    "cat": Build(
        Coat(0x9497A8, 0x5F6275, 0xF0EDEE, 0xF2A7B5, 0xE77F95), (0.15, 0.19), (0.23, 0.185), round_head, cat_ears,
        cat_face, cat_tail, -0.155, 0.15, 0.075),
    "fox": Build(
        Coat(0xEE7B30, 0x4A2E2B, 0xFFF4E2, 0xFFF4E2, 0x33262B), (0.15, 0.19), (0.225, 0.19), fox_head, fox_ears,
        fox_face, fox_tail, -0.15, 0.14, 0.15, (0.085, -0.025), 0.042, True),
    "bear": Build(
        Coat(0x80502F, 0x5C3620, 0xE2B988, 0xCB9468, 0x2B2024), (0.2, 0.205), (0.225, 0.2), round_head, bear_ears,
        bear_face, short_tail, -0.17, 0.15, 0.078, foot=0.1),
    "rabbit": Build(
        Coat(0xFBF6EE, 0xDCD2C8, 0xFFFFFF, 0xF7A8B6, 0xEE8496), (0.15, 0.185), (0.205, 0.185), round_head, rabbit_ears,
        rabbit_face, puff_tail, -0.16, 0.13, 0.075, foot=0.11),
    "mouse": Build(
        Coat(0xB3B2C0, 0x85849A, 0xF3EFF2, 0xF6AFB9, 0xE8798F), (0.14, 0.175), (0.195, 0.185), mouse_head, mouse_ears,
        mouse_face, mouse_tail, -0.16, 0.125, 0.11, (0.078, -0.035), 0.044, foot=0.08),
    "pig": Build(
        Coat(0xF7A8B8, 0xE98AA0, 0xFCCBD3, 0xE98AA0, 0xC7566F), (0.2, 0.2), (0.225, 0.195), round_head, no_ears,
        pig_face, pig_tail, -0.165, 0.145, 0.118, (0.095, -0.05), 0.043, foot=0.085),
    "frog": Build(
        Coat(0x68B84C, 0x3F8A3A, 0xDDEDA0, 0xF48A86, 0x2E5A2C), (0.165, 0.18), (0.245, 0.165), frog_head, frog_eyes,
        frog_face, no_tail, -0.245, 0.14, 0.035, (0.125, -0.155), 0.06, foot=0.115),
}  # fmt: skip


# Whole figures ---------------------------------------------------------------------------------------------------


def _eyes(brush: Brush, build: Build, animal: Animal, reading: bool) -> None:
    ex, ey = build.eyes
    shift = animal.look * 0.03 if animal.kind != "frog" else 0.0
    closed = animal.pose == "sleeping"
    for side in (-1, 1):
        x = side * ex + shift
        if closed:
            coat = coat_of(animal.kind, animal.color)
            ink = INK if luma(coat.base) > 0.3 else 0xF2EDE4
            w = build.eye * 0.95
            brush.stroke(curve((x - w, ey), (x, ey + w * 0.75), (x + w, ey)), ink, 0.02)
            continue
        r = build.eye
        brush.draw(oval(x, ey, r, r * 1.12), 0xFFFFFF, INK, 0.009)
        dx, dy = animal.look * r * 0.3, (r * 0.38 if reading else 0.004)
        brush.fill(oval(x + dx, ey + dy, r * 0.66, r * 0.72), INK)
        brush.fill(oval(x + dx + r * 0.2, ey + dy - r * 0.28, r * 0.22), 0xFFFFFF)


def _mouth(brush: Brush, build: Build, animal: Animal, coat: Coat) -> None:
    if animal.kind == "rabbit":
        return
    x = animal.look * 0.045
    y = build.mouth
    pale = animal.kind in ("bear", "dog", "cat", "mouse", "fox")
    ink = darker(coat.light, 0.75) if pale else (INK if luma(coat.base) > 0.3 else 0xF2EDE4)
    wide = 0.125 if animal.kind == "frog" else 0.05
    drop = 0.055 if animal.kind == "frog" else 0.028
    if animal.kind == "fox":
        return
    if animal.kind == "pig":
        y += 0.012
    if animal.expression == "laugh" and animal.pose != "sleeping":
        mouth = blob((x - wide, y), (x, y + 0.008), (x + wide, y), (x, y + drop * 2.1), tension=0.8)
        brush.fill(mouth, 0x7A2233)
        with brush.inside(mouth):
            brush.fill(oval(x, y + drop * 1.9, wide * 0.6, drop * 0.9), 0xF07C86)
    elif animal.expression == "calm":
        brush.stroke(curve((x - wide * 0.6, y + drop * 0.6), (x, y + drop * 0.8), (x + wide * 0.6, y + drop * 0.6)),
                     ink, 0.016)  # fmt: skip
    else:
        brush.stroke(curve((x - wide, y), (x, y + drop), (x + wide, y)), ink, 0.016)


def _head(brush: Brush, animal: Animal, coat: Coat, *, reading: bool) -> None:
    build = BUILDS[animal.kind]
    skull = build.skull(*build.head)
    rx, ry = build.head
    build.behind(brush, coat, animal.look)
    brush.draw(skull, coat.base)
    brush.shade(skull, blob((rx * 1.3, -ry), (rx * 1.3, ry * 1.3), (-rx * 0.6, ry * 1.3), (rx * 0.45, ry * 0.78),
                            (rx * 0.84, 0)), 0.1)  # fmt: skip
    build.face(brush, coat, animal.look)
    _mouth(brush, build, animal, coat)
    if animal.kind == "frog":  # its eyes stand on the head, in front of it
        for side in (-1, 1):
            brush.fill(oval(side * 0.125, -0.15, 0.08), coat.base)
    _eyes(brush, build, animal, reading)
    for worn in animal.worn:
        with brush.labelled(INSTANCES.index(worn.kind)):
            if worn.kind == "glasses":
                shift = animal.look * 0.03 if animal.kind != "frog" else 0.0
                draw_spectacles(brush, worn, shift, build.eyes, build.eye)
            elif worn.kind in HATS:
                draw_hat(brush, worn, build.top, build.brim)


def _torso(brush: Brush, build: Build, coat: Coat, y: float) -> None:
    rx, ry = build.body
    body = blob((0, y - ry), (rx * 0.72, y - ry * 0.66), (rx, y + ry * 0.2), (rx * 0.72, y + ry * 0.86), (0, y + ry),
                (-rx * 0.72, y + ry * 0.86), (-rx, y + ry * 0.2), (-rx * 0.72, y - ry * 0.66))  # fmt: skip
    brush.draw(body, coat.base)
    brush.fill(oval(0, y + ry * 0.18, rx * 0.62, ry * 0.68), coat.light)
    brush.shade(body, blob((rx * 1.2, y - ry), (rx * 1.3, y + ry * 1.3), (-rx * 0.5, y + ry * 1.3),
                           (rx * 0.45, y + ry * 0.7), (rx * 0.72, y)), 0.1)  # fmt: skip


def _arm(brush: Brush, build: Build, coat: Coat, points: tuple[tuple[float, float], ...]) -> None:
    paw = coat.dark if build.paws else coat.base
    width = 0.088
    brush.limb(curve(*points), coat.base, width)
    x, y = points[-1]
    if build.paws:
        brush.fill(oval(x, y, width * 0.56), paw)


def draw_animal(brush: Brush, animal: Animal) -> None:
    """Draws one character with all it wears and holds, in the frame described at the top of this file."""
    build, coat = BUILDS[animal.kind], coat_of(animal.kind, animal.color)
    brush.line = 0.0115
    with brush.labelled(INSTANCES.index(animal.kind)):
        if animal.pose == "sleeping":
            _asleep(brush, animal, build, coat)
        else:
            _upright(brush, animal, build, coat)


def _upright(brush: Brush, animal: Animal, build: Build, coat: Coat) -> None:
    sitting = animal.pose == "sitting"
    held = animal.held.kind if animal.held else ""
    drop = 0.1 if sitting else 0.0
    torso = -0.33 + drop
    neck = torso - build.body[1] + 0.02
    head = neck - build.head[1] + 0.035
    sole = coat.dark if build.paws else (coat.light if animal.kind == "rabbit" else coat.base)
    shoulder = build.body[0] * 0.72
    reading = held == "newspaper"

    with brush.frame(0, drop):
        build.tail(brush, coat, animal.look)
    if not sitting:
        for side in (-1, 1):
            x = side * build.body[0] * 0.52
            brush.limb(curve((x, -0.2), (x, -0.06)), coat.base, 0.115)
            brush.draw(oval(x + side * 0.015, -0.04, build.foot, 0.043), sole)
    near, far = (shoulder, torso - 0.08), (-shoulder, torso - 0.08)
    if held in ("balloon", "umbrella"):
        with brush.labelled(INSTANCES.index(held)):
            assert animal.held is not None
            draw_held(brush, animal.held, 0.27, torso - 0.08)
    _torso(brush, build, coat, torso)
    if sitting:
        for side in (-1, 1):
            x = side * (build.body[0] * 0.55 + 0.06)
            brush.limb(curve((side * build.body[0] * 0.5, -0.1), (x, -0.075)), coat.base, 0.12)
            brush.draw(oval(x + side * 0.012, -0.07, 0.066, 0.07), sole)
            if not build.paws:
                brush.fill(oval(x + side * 0.012, -0.062, 0.036, 0.04), coat.inner)
    for worn in animal.worn:
        if worn.kind in ("scarf", "bow tie"):
            with brush.labelled(INSTANCES.index(worn.kind)), brush.frame(0, neck):
                draw_neckwear(brush, worn, build.body[0], tail_only=True)
    if not reading:
        _arm(brush, build, coat, (far, (far[0] - 0.075, torso + 0.02), (far[0] - 0.07, torso + 0.1)))
    with brush.frame(0, head, turn=animal.tilt, scale=animal.head):
        _head(brush, animal, coat, reading=reading)
    for worn in animal.worn:
        if worn.kind in ("scarf", "bow tie"):
            with brush.labelled(INSTANCES.index(worn.kind)), brush.frame(0, neck):
                draw_neckwear(brush, worn, build.body[0], tail_only=False)
    if reading:
        assert animal.held is not None
        with brush.labelled(INSTANCES.index("newspaper")):
            draw_held(brush, animal.held, 0, torso + 0.03)
        for side in (-1, 1):
            brush.draw(oval(side * 0.255, torso + 0.07, 0.05, 0.046), coat.dark if build.paws else coat.base)
    elif animal.pose == "waving":
        _arm(brush, build, coat, (near, (near[0] + 0.13, torso - 0.06), (near[0] + 0.19, torso - 0.22)))
    elif held in ("balloon", "umbrella"):
        _arm(brush, build, coat, (near, (near[0] + 0.09, torso + 0.0), (0.27, torso - 0.08)))
    else:
        _arm(brush, build, coat, (near, (near[0] + 0.075, torso + 0.02), (near[0] + 0.07, torso + 0.1)))


def _asleep(brush: Brush, animal: Animal, build: Build, coat: Coat) -> None:
    thick = 0.15 + build.body[0] * 0.22
    with brush.frame(0.16, 0.02):
        build.tail(brush, coat, animal.look)
    body = blob((-0.3, -0.06), (-0.22, -thick * 1.3), (0.02, -thick * 1.75), (0.26, -thick * 1.4), (0.35, -0.09),
                (0.24, 0.0), (-0.2, 0.0))  # fmt: skip
    brush.draw(body, coat.base)
    brush.shade(body, blob((0.4, -0.3), (0.42, 0.05), (-0.3, 0.05), (0.15, -0.03), (0.3, -0.12)), 0.1)
    haunch = oval(0.2, -0.1, 0.12, 0.1)
    brush.draw(haunch, coat.base)
    brush.draw(oval(0.15, -0.035, build.foot, 0.042), coat.dark if build.paws else coat.base)
    brush.draw(oval(-0.2, -0.04, 0.13, 0.045), coat.dark if build.paws else coat.base)
    y = -build.head[1] - 0.035
    for worn in animal.worn:
        if worn.kind in ("scarf", "bow tie"):
            with brush.labelled(INSTANCES.index(worn.kind)), brush.frame(-0.12, -0.1):
                draw_neckwear(brush, worn, build.body[0], tail_only=False)
    with brush.frame(-0.2, y, turn=animal.tilt - 8):
        _head(brush, animal, coat, reading=False)
    with brush.labelled(0):
        for i, size in enumerate((0.05, 0.068, 0.086)):
            x, top = 0.1 + 0.1 * i, -0.42 - 0.12 * i
            letter = curve((x, top), (x, top), (x + size, top), (x + size, top), (x, top + size), (x, top + size),
                           (x + size, top + size), (x + size, top + size))  # fmt: skip
            if not brush.index:
                brush.stroke(letter, 0x5A4A78, 0.04)
                brush.stroke(letter, 0xFFFFFF, 0.02)


def extent(animal: Animal) -> tuple[float, float, float]:
    """How far a character reaches to the left, to the right and up, in its own frame, for the layout."""
    left, right, up = 0.3, 0.3, 1.02
    if animal.kind in ("fox", "cat", "mouse", "dog"):
        right = 0.37
    if animal.kind in ("rabbit", "fox"):
        up = 1.17
    if animal.pose == "sleeping":
        left, right, up = 0.47, 0.52, 0.78
        return left * animal.width, right * animal.width, up
    if any(worn.kind in HATS for worn in animal.worn):
        up = max(up, 1.18)
    if animal.held is not None and animal.held.kind == "umbrella":
        right, left, up = 0.6, 0.36, 1.34
    if animal.held is not None and animal.held.kind == "balloon":
        right, up = 0.58, 1.36
    if animal.pose == "waving":
        right = max(right, 0.42)
    if animal.pose == "sitting":
        up -= 0.1
    return left * animal.width, right * animal.width, up
