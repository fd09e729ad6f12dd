"""Those who never were: robot, dragon, unicorn and alien, on the same body plan."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from .animals import forelock, fur, horse_face, horse_head, horse_mane, horse_tail
from .body import Build, draw_character, hoof
from .brush import Brush, Point, Shape, blob, box, curve, oval, polygon
from .face import Coat, Mood, Mouth
from .kind import Extent, Kind, Slot
from .palette import COLORS, Color, darker, lighter, luma, mix

if TYPE_CHECKING:
    from .scene import Figure


# Robot -----------------------------------------------------------------------------------------------------------


def metal(natural: str, own: Color, figure: Figure, chance: Random) -> Coat:
    base = own if figure.color == natural else COLORS[figure.color]
    dark = darker(base, 0.35) if luma(base) > 0.3 else mix(base, 0xFFFFFF, 0.3)
    joint = 0x6B7080 if figure.color != "black" else 0x9A9EAA
    lamp = chance.choice((0xDF4239, 0xF8CB3C, 0x58AB52))
    return Coat(base, dark, lighter(base, 0.55), 0xBFE0EC, lamp, base, joint, base, joint, base)


def square_head(rx: float, ry: float) -> Shape:
    return box(-rx, -ry, rx, ry, 0.06)


def square_trunk(rx: float, ry: float) -> Shape:
    return box(-rx, -ry * 0.95, rx, ry * 0.95, 0.05)


def antenna(brush: Brush, coat: Coat, mood: Mood) -> None:
    with brush.frame(0, -0.15, turn=mood.wag):
        brush.limb(curve((0, 0), (0, -0.13)), 0x6B7080, 0.018)
        brush.draw(oval(0, -0.145, 0.038), coat.nose)
    for side in (-1, 1):
        brush.draw(box(side * 0.225 - 0.03, -0.065, side * 0.225 + 0.03, 0.065, 0.015), 0x6B7080)


def robot_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(box(-0.175, -0.12, 0.175, 0.135, 0.05), coat.light, coat.dark)
    for x in (-0.19, 0.19):
        for y in (-0.145, 0.15):
            brush.fill(oval(x, y, 0.012), coat.dark)


def control_panel(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.draw(box(-rx * 0.68, -ry * 0.55, rx * 0.68, ry * 0.5, 0.03), coat.light, coat.dark)
    dial = oval(-rx * 0.28, -ry * 0.12, 0.048)
    brush.draw(dial, 0xFFFFFF, coat.dark)
    brush.stroke(curve((-rx * 0.28, -ry * 0.12), (-rx * 0.12, -ry * 0.28)), 0xDF4239, 0.014)
    for x, y, tint in ((0.2, -0.25, 0xDF4239), (0.46, -0.25, 0xF8CB3C), (0.2, 0.02, 0x58AB52), (0.46, 0.02, 0x3D7CCB)):
        brush.fill(oval(rx * x, ry * y, 0.018), tint)
    for x in (-0.4, -0.1, 0.2, 0.5):
        brush.fill(box(rx * x - 0.012, ry * 0.24, rx * x + 0.012, ry * 0.38), coat.dark)


def claw_arm(brush: Brush, coat: Coat, width: float, points: tuple[Point, Point, Point]) -> None:
    (x0, y0), (x1, y1), (x2, y2) = points
    brush.limb(curve((x0, y0), (x1, y1), (x2, y2)), coat.arm, width * 0.52)
    brush.draw(oval(x1, y1, width * 0.4), coat.base)
    brush.draw(oval(x2, y2, width * 0.56), coat.hand)
    brush.fill(oval(x2, y2, width * 0.24), coat.dark)


def block(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(box(-size, -0.045, size, 0.04, 0.02), coat.foot)


# Dragon ----------------------------------------------------------------------------------------------------------


def dragon_horns(brush: Brush, coat: Coat, mood: Mood) -> None:
    brush.draw(polygon((-0.055, -0.16), (0, -0.28), (0.055, -0.16)), coat.dark)
    for side in (-1, 1):
        brush.draw(blob((side * 0.07, -0.14), (side * 0.12, -0.24), (side * 0.2, -0.32), (side * 0.19, -0.2),
                        (side * 0.16, -0.12)), 0xF6E6BE)  # fmt: skip
        with brush.frame(side * 0.19, -0.03, turn=side * (mood.wag - 10), flip=side < 0):
            brush.draw(polygon((-0.02, -0.06), (0.13, -0.09), (0.085, -0.02), (0.12, 0.05), (-0.02, 0.06)), coat.dark)


def dragon_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    shift = mood.look * 0.035
    brush.draw(blob((shift - 0.15, 0.08), (shift - 0.1, 0.015), (shift, 0.0), (shift + 0.1, 0.015),
                    (shift + 0.15, 0.08),
                    (shift + 0.11, 0.17), (shift, 0.19), (shift - 0.11, 0.17)), lighter(coat.base, 0.14))  # fmt: skip
    for side in (-1, 1):
        brush.fill(oval(shift + side * 0.06, 0.05, 0.02, 0.014), darker(coat.base, 0.55))


def fangs(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        x = mood.look * 0.045 + side * 0.052
        brush.fill(polygon((x - 0.014, 0.1), (x + 0.014, 0.1), (x, 0.135)), 0xFFFFFF)


def dragon_wings(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.08, -0.42, turn=side * mood.wag * 0.6, flip=side < 0):
            brush.draw(polygon((0, 0.05), (0.13, -0.17), (0.36, -0.25), (0.345, -0.08), (0.29, -0.04), (0.27, 0.07),
                               (0.19, 0.06), (0.13, 0.15)), coat.inner, coat.dark)  # fmt: skip
            for x, y in ((0.345, -0.08), (0.27, 0.07)):
                brush.stroke(curve((0.13, -0.17), (x, y)), coat.dark, 0.014)
            brush.limb(curve((0, 0.05), (0.13, -0.17), (0.36, -0.25)), coat.base, 0.026)
    with brush.frame(0.08, -0.1, turn=mood.wag):
        brush.limb(curve((0, 0), (0.18, 0.03), (0.3, -0.05), (0.3, -0.17)), coat.base, 0.06)
        brush.draw(polygon((0.3, -0.3), (0.37, -0.17), (0.3, -0.19), (0.23, -0.17)), coat.dark)


def scutes(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, ry * 0.14, rx * 0.64, ry * 0.78), coat.light)
    for y, half in ((-0.4, 0.44), (-0.12, 0.57), (0.16, 0.6), (0.44, 0.55), (0.7, 0.4)):
        brush.stroke(curve((-rx * half, ry * y), (0, ry * (y + 0.08)), (rx * half, ry * y)),
                     mix(coat.light, coat.dark, 0.5), 0.013)  # fmt: skip


# Unicorn and alien ---------------------------------------------------------------------------------------------


def horn(brush: Brush, coat: Coat, mood: Mood) -> None:
    forelock(brush, coat, mood)
    brush.draw(polygon((-0.042, -0.19), (0.0, -0.42), (0.042, -0.19)), 0xF9CF58, 0x9A6A1C)
    for y, half in ((-0.24, 0.033), (-0.295, 0.023), (-0.345, 0.014)):
        brush.stroke(curve((-half, y + 0.012), (half, y - 0.012)), 0xC98E2C, 0.012)


def alien_head(rx: float, ry: float) -> Shape:
    return blob((0, -ry), (rx * 0.75, -ry * 0.8), (rx * 1.05, -ry * 0.1), (rx * 0.6, ry * 0.65), (0, ry),
                (-rx * 0.6, ry * 0.65), (-rx * 1.05, -ry * 0.1), (-rx * 0.75, -ry * 0.8))  # fmt: skip


def feelers(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.08, -0.16, turn=mood.wag):
            brush.limb(curve((0, 0.02), (side * 0.03, -0.09), (side * 0.09, -0.14)), coat.base, 0.022)
            brush.draw(oval(side * 0.1, -0.155, 0.04), 0xF2C23C)


def alien_face(brush: Brush, coat: Coat, mood: Mood) -> None:
    for side in (-1, 1):
        with brush.frame(side * 0.1 + mood.look * 0.02, -0.02, turn=side * -28):
            brush.fill(oval(0, 0, 0.092, 0.112), coat.nose)
    for x, y, r in ((-0.05, -0.165, 0.018), (0.0, -0.14, 0.012), (0.06, -0.16, 0.015)):
        brush.fill(oval(x, y, r, r * 0.8), coat.dark)


def star_suit(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, ry * 0.18, rx * 0.6, ry * 0.66), coat.light)
    for x, y, r in ((-0.2, -0.1, 0.022), (0.2, 0.15, 0.028), (-0.14, 0.5, 0.018)):
        brush.fill(oval(rx * x, ry * y, r), coat.dark)


_LAMPS: Final[tuple[Slot, ...]] = ("eyes", "neck", "back", "feet")


def _row(
    name: str, natural: str, bounds: tuple[float, float, float], build: Build, slots: tuple[Slot, ...], *,
    words: tuple[str, ...] = (), tall: float = 0.65,
) -> Kind:
    return Kind(name, partial(draw_character, build), Extent(*bounds, 0.025), natural, "fantasy", words, tall=tall,
                slots=slots)  # fmt: skip


KINDS: Final = (
    _row("robot", "gray", (-0.31, -1.02, 0.31), Build(
        partial(metal, "gray", 0xA9B4C4), (0.175, 0.19), (0.215, 0.185), -0.17, 0.16, Mouth(0.075, 0.06),
        skull=square_head, trunk=square_trunk, behind=antenna, face=robot_face, belly=control_panel, arm=claw_arm,
        foot=block, ground="light", thick=(0.09, 0.07), sole=0.085), _LAMPS, words=("android",)),
    _row("dragon", "green", (-0.52, -1.04, 0.52), Build(
        partial(fur, "green", Coat(0x63B05A, 0x2F7A48, 0xF6E8A6, 0xF2A65A, 0x2E5A2C)), (0.175, 0.195), (0.21, 0.19),
        -0.175, 0.12, Mouth(0.1, 0.07), behind=dragon_horns, face=dragon_face, front=fangs, back=dragon_wings,
        belly=scutes, eyes=(0.088, -0.055), sole=0.1), ("eyes", "neck", "feet"), tall=0.85),
    _row("unicorn", "white", (-0.29, -1.15, 0.44), Build(
        partial(fur, "white", Coat(0xFBF6F2, 0xC88BE0, 0xFFFFFF, 0xF6B6C8, 0x9A6A80), hooves=0xE7B7D8, pied=True),
        (0.17, 0.195), (0.185, 0.215), -0.175, 0.12, Mouth(0.155, 0.05, pale=True), skull=horse_head, behind=horse_mane,
        face=horse_face, front=horn, back=horse_tail, foot=hoof, eyes=(0.09, -0.055), eye=0.044),
        ("eyes", "neck", "body", "back", "feet"), tall=0.8),
    _row("alien", "green", (-0.32, -1.09, 0.3), Build(
        partial(fur, "green", Coat(0x8FD14F, 0x5C9A3A, 0xD8F2A0, 0xF48A86, 0x2A2433)), (0.135, 0.18), (0.225, 0.215),
        -0.185, 0.14, Mouth(0.125, 0.045), skull=alien_head, behind=feelers, face=alien_face, belly=star_suit,
        eyes=(0.098, -0.02), eye=0.062, ground="nose", thick=(0.07, 0.09), sole=0.085), ("eyes", "neck", "body", "back",
        "feet"), words=("extraterrestrial",)),
)  # fmt: skip
