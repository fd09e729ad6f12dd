"""What drives, sails and flies: car, bus, train, truck, boat, bicycle, rocket, aeroplane."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, blob, box, curve, oval, polygon
from .form import OUTDOORS, SNOW, STEEL, TIRE, joined, pane, second, shadow, tube
from .kind import COLOR_NAMES, Extent, Kind
from .palette import COLORS, Color, darker, line_of

if TYPE_CHECKING:
    from .scene import Figure

RED: Final = 0xD9473F


def _wheel(brush: Brush, x: float, r: float, hub: Color = STEEL) -> None:
    brush.draw(oval(x, -r, r), TIRE)
    brush.fill(oval(x, -r, r * 0.52), hub)
    brush.fill(oval(x, -r, r * 0.18), TIRE)


def _lamps(brush: Brush, front: float, back: float, y: float) -> None:
    """A headlight in front and a tail light behind; at night the headlight throws its beam."""
    side = 1 if front > back else -1
    if brush.night:
        brush.veil(polygon((front, y), (front + side * 0.16, y - 0.07), (front + side * 0.16, y + 0.12)), 0xFFE9A0,
                   0.45)  # fmt: skip
    brush.fill(oval(front - side * 0.02, y, 0.028, 0.036), 0xFFE9A0)
    brush.fill(oval(back + side * 0.015, y, 0.02, 0.036), 0xC8352E)


def car(brush: Brush, figure: Figure, chance: Random) -> None:
    roof, long, wheel = 0.53, chance.uniform(0.46, 0.49), chance.uniform(0.105, 0.125)
    bend = chance.uniform(0.55, 0.7)
    tail = chance.uniform(0.0, 0.13)  # 0: a saloon; more: the roof runs on to the back
    color = COLORS[figure.color]
    cabin = blob((-0.31 - tail, -0.28), (-0.24 - tail, -roof + 0.04), (-0.14 - tail, -roof), (0.06, -roof),
                 (0.15, -roof + 0.04), (0.28, -0.28), tension=bend)  # fmt: skip
    lower = blob((-long, -0.1), (-long - 0.01, -0.25), (-long + 0.06, -0.34), (-0.2, -0.37), (0.22, -0.37),
                 (long - 0.08, -0.32), (long, -0.24), (long, -0.1), tension=0.6)  # fmt: skip
    body = joined(cabin, lower)
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, lower, box(-0.6, -0.19, 0.6, 0), 0.12)
    if brush.snow:
        brush.fill(box(-0.18 - tail, -roof - 0.02, 0.09, -roof + 0.03, 0.025), SNOW)
    for left, right, lean_left, lean_right in ((-0.265 - tail, -0.04, 0.06, 0), (0.0, 0.23, 0, 0.09)):
        window = blob((left, -0.345), (left + lean_left, -roof + 0.06), (right - lean_right, -roof + 0.06),
                      (right, -0.345), tension=0.12)  # fmt: skip
        brush.draw(window, pane(brush), line_of(color), 0.008)
        brush.fill(polygon((left + 0.11, -roof + 0.07), (left + 0.15, -roof + 0.07), (left + 0.1, -0.355),
                           (left + 0.06, -0.355)), 0xFFFFFF, 0.5)  # fmt: skip
    brush.stroke(curve((-0.02, -0.33), (-0.02, -0.14)), line_of(color), 0.012, 0.6)
    brush.fill(box(0.03, -0.28, 0.09, -0.26, 0.01), line_of(color))
    _lamps(brush, long - 0.01, -long, -0.245)
    for x in (-0.27, 0.27):
        brush.fill(oval(x, -wheel, wheel + 0.03), darker(color, 0.5))
        _wheel(brush, x, wheel)


def bus(brush: Brush, figure: Figure, chance: Random) -> None:
    low, windows, decks, wheel = chance.uniform(0.55, 0.6), chance.choice((4, 5)), chance.random() < 0.3, 0.1
    high = 0.78 if decks else low
    color = COLORS[figure.color]
    body = box(-0.52, -high, 0.52, -0.09, 0.07)
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, box(-0.6, -0.17, 0.6, 0), 0.12)
    if figure.pattern == "plain":
        brush.fill(box(-0.52, -0.25, 0.52, -0.22), second(color, 0.5))
    for top in (-high + 0.07, -0.51)[: 1 + decks]:
        wide = 0.74 / windows
        for i in range(windows):
            x = -0.47 + i * wide
            brush.draw(box(x + 0.012, top, x + wide - 0.012, top + 0.15, 0.02), pane(brush), line_of(color), 0.008)
        brush.draw(box(0.4, top, 0.515, top + 0.18, 0.02), pane(brush), line_of(color), 0.008)
    brush.draw(box(0.28, -0.36, 0.38, -0.1, 0.015), pane(brush), line_of(color), 0.008)
    brush.stroke(curve((0.33, -0.36), (0.33, -0.1)), line_of(color), 0.012)
    if brush.snow:
        brush.fill(box(-0.48, -high - 0.02, 0.48, -high + 0.035, 0.027), SNOW)
    _lamps(brush, 0.52, -0.52, -0.18)
    for x in (-0.3, 0.17):
        brush.fill(oval(x, -wheel, wheel + 0.025), darker(color, 0.5))
        _wheel(brush, x, wheel)


def train(brush: Brush, figure: Figure, chance: Random) -> None:
    puffs = [(chance.uniform(-0.02, 0.02), chance.uniform(0.9, 1.15)) for _ in range(3)]
    stack, cab = chance.uniform(0.66, 0.72), chance.uniform(0.68, 0.74)
    color = COLORS[figure.color]
    iron = 0x4A4852
    for i, (shift, size) in enumerate(puffs):
        brush.draw(oval(0.33 - i * 0.14 + shift, -stack - 0.1 - i * 0.07, (0.06 + i * 0.022) * size), 0xF2EFEA,
                   0xA7A3AC)  # fmt: skip
    brush.draw(polygon((0.27, -0.44), (0.36, -0.44), (0.4, -stack), (0.23, -stack)), iron)
    brush.draw(oval(0.02, -0.47, 0.07, 0.08), 0xD9B04C)
    boiler = box(-0.2, -0.48, 0.45, -0.17, 0.07)
    brush.patterned(boiler, color, figure.pattern)
    shadow(brush, figure, boiler, box(-0.6, -0.29, 0.6, 0), 0.12)
    if figure.pattern == "plain":
        for x in (0.02, 0.22):
            brush.fill(box(x, -0.48, x + 0.028, -0.17), 0xE9C766)
    cabin = box(-0.48, -cab, -0.16, -0.17, 0.02)
    brush.patterned(cabin, color, figure.pattern)
    brush.draw(box(-0.41, -cab + 0.09, -0.23, -cab + 0.27, 0.02), pane(brush), line_of(color), 0.01)
    brush.draw(box(-0.52, -cab - 0.055, -0.12, -cab + 0.01, 0.02), SNOW if brush.snow else darker(color, 0.3))
    brush.draw(box(-0.49, -0.2, 0.47, -0.13, 0.01), iron)
    brush.draw(polygon((0.42, -0.16), (0.49, -0.16), (0.54, -0.02), (0.42, -0.02)), darker(color, 0.15))
    brush.draw(oval(0.46, -0.4, 0.035, 0.045), 0xFFE9A0, iron)
    for x, r in ((-0.3, 0.15), (0.04, 0.11), (0.29, 0.11)):
        _wheel(brush, x, r, 0xC9A24B)
    brush.limb(curve((-0.3, -0.11), (0.29, -0.09)), STEEL, 0.03)


def truck(brush: Brush, figure: Figure, chance: Random) -> None:
    load, cab, wheel = chance.uniform(0.56, 0.64), chance.uniform(0.42, 0.48), chance.uniform(0.1, 0.115)
    color = COLORS[figure.color]
    brush.draw(box(-0.5, -0.2, 0.46, -0.12, 0.02), TIRE)
    cargo = box(-0.52, -load, 0.14, -0.17, 0.025)
    brush.patterned(cargo, color, figure.pattern)
    shadow(brush, figure, cargo, box(-0.6, -0.24, 0.6, 0), 0.1)
    if figure.pattern == "plain":
        for x in (-0.36, -0.19, -0.02):
            brush.stroke(curve((x, -load + 0.06), (x, -0.25)), line_of(color), 0.013, 0.5)
    front = blob((0.18, -0.12), (0.18, -cab), (0.36, -cab), (0.43, -0.3), (0.52, -0.27), (0.52, -0.12), tension=0.2)
    brush.draw(front, second(color, 0.45))
    window = blob((0.24, -0.28), (0.24, -cab + 0.05), (0.34, -cab + 0.05), (0.39, -0.28), tension=0.1)
    brush.draw(window, pane(brush), line_of(color), 0.01)
    if brush.snow:
        brush.fill(box(-0.51, -load - 0.02, 0.13, -load + 0.035, 0.027), SNOW)
    _lamps(brush, 0.52, -0.52, -0.2)
    for x in (-0.33, 0.3):
        _wheel(brush, x, wheel)


def boat(brush: Brush, figure: Figure, chance: Random) -> None:
    mast, sway, jib = chance.uniform(-0.04, 0.02), chance.uniform(0.02, 0.06), chance.random() < 0.6
    flag = chance.choice((0xE8B93F, 0x7A9CC6, 0xD9D2C4))
    color = COLORS[figure.color]
    sail = 0xFDF9EE
    brush.limb(curve((mast, -0.2), (mast, -0.99)), 0x8A5F3C, 0.026)
    brush.fill(polygon((mast, -1.02), (mast, -0.93), (mast - 0.13, -0.975)), flag)
    main = blob((mast + 0.03, -0.93), (mast + 0.24 + sway, -0.6), (mast + 0.38, -0.34), (mast + 0.03, -0.34),
                tension=0.25)  # fmt: skip
    brush.draw(main, sail, line_of(sail))
    shadow(brush, figure, main, polygon((0.12, -1), (0.6, -1), (0.6, -0.3), (0.3, -0.3)), 0.07)
    if jib:
        brush.draw(polygon((mast - 0.03, -0.86), (mast - 0.03, -0.36), (-0.36, -0.36)), sail, line_of(sail))
    hull = blob((-0.5, -0.29), (0.0, -0.255), (0.52, -0.31), (0.4, -0.06), (0.26, 0), (-0.26, 0), (-0.4, -0.08),
                tension=0.45)  # fmt: skip
    brush.patterned(hull, color, figure.pattern)
    shadow(brush, figure, hull, blob((0.6, -0.3), (0.5, 0.1), (-0.5, 0.1), (-0.4, -0.08), (0.2, -0.1), tension=0.7))
    with brush.inside(hull):
        brush.fill(blob((-0.6, -0.34), (0.6, -0.34), (0.6, -0.27), (0.0, -0.21), (-0.6, -0.25), tension=0.5),
                   second(color, 0.55))


def bicycle(brush: Brush, figure: Figure, chance: Random) -> None:
    r, bell, rack = chance.uniform(0.2, 0.225), chance.random() < 0.5, chance.random() < 0.5
    color = COLORS[figure.color]
    for x in (-0.29, 0.29):
        for i in range(4):
            a = i * pi / 4 + 0.3
            brush.stroke(curve((x - cos(a) * r, -r - sin(a) * r), (x + cos(a) * r, -r + sin(a) * r)), 0x9A9CA6, 0.01)
        brush.stroke(oval(x, -r - 0.012, r - 0.012), TIRE, 0.05)
        brush.fill(oval(x, -r - 0.012, 0.03), TIRE)
    hub, crank, seat, head, front = (-0.29, -r), (-0.03, -r), (-0.11, -0.55), (0.2, -0.57), (0.29, -r)
    bars = ((hub, seat), (hub, crank), (crank, seat), (crank, head), (seat, head), (head, front))
    brush.draw(joined(*(tube(start, end, 0.042) for start, end in bars)), color)
    brush.limb(curve(seat, (-0.13, -0.62)), color, 0.03)
    brush.draw(blob((-0.25, -0.65), (-0.12, -0.68), (0.0, -0.65), (-0.12, -0.61)), 0x5A3B2C)
    brush.limb(curve(head, (0.17, -0.7), (0.24, -0.73), (0.31, -0.69)), STEEL, 0.032)
    brush.stroke(curve((0.26, -0.72), (0.31, -0.69)), 0x5A3B2C, 0.045)
    brush.draw(oval(*crank, 0.05), STEEL)
    brush.limb(curve(crank, (0.03, -r + 0.11)), STEEL, 0.02)
    brush.stroke(curve((-0.02, -r + 0.12), (0.08, -r + 0.12)), TIRE, 0.03)
    if bell:
        brush.fill(oval(0.16, -0.71, 0.03), 0xE8C24A)
    if rack:
        brush.limb(curve((-0.38, -0.46), (-0.16, -0.48)), STEEL, 0.022)


def rocket(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, blaze, panes = chance.uniform(0.17, 0.2), chance.uniform(0.85, 1.0), chance.choice((1, 2))
    color = COLORS[figure.color]
    trim = RED if figure.color not in ("red", "orange", "pink") else 0xF3EFE6
    for size, flame in ((1.0, 0xF28A2E), (0.6, 0xFFD75A)):
        brush.fill(blob((-0.12 * size, -0.2), (-0.1 * size, -0.1 * size), (0, 0.2 * size * blaze - 0.2),
                        (0.1 * size, -0.1 * size), (0.12 * size, -0.2)), flame)  # fmt: skip
    for side in (-1, 1):
        brush.draw(blob((side * wide * 0.8, -0.45), (side * 0.32, -0.26), (side * 0.34, -0.1), (side * 0.1, -0.2),
                        tension=0.5), trim)  # fmt: skip
    brush.draw(polygon((-0.11, -0.24), (0.11, -0.24), (0.13, -0.16), (-0.13, -0.16)), 0x6E6F7A)
    body = blob((0, -1.0), (wide * 0.75, -0.78), (wide, -0.5), (0.12, -0.2), (-0.12, -0.2), (-wide, -0.5),
                (-wide * 0.75, -0.78), tension=0.9)  # fmt: skip
    brush.patterned(body, color, figure.pattern)
    with brush.inside(body):
        nose = blob((0, -1.1), (0.3, -0.8), (0.1, -0.79), (-0.1, -0.79), (-0.3, -0.8), tension=0.3)
        brush.fill(nose, trim)
    shadow(brush, figure, body, blob((0.3, -1.0), (0.3, -0.1), (0, -0.1), (0.09, -0.5), (0.06, -0.85)))
    for i in range(panes):
        y = -0.62 + i * 0.19
        brush.draw(oval(0, y, 0.08 - i * 0.02), STEEL)
        brush.fill(oval(0, y, 0.055 - i * 0.014), pane(brush))
    brush.draw(box(-0.018, -0.34, 0.018, -0.1, 0.018), trim)


def plane(brush: Brush, figure: Figure, chance: Random) -> None:
    climb, windows, fat = chance.uniform(-9, -3), chance.choice((4, 5)), chance.uniform(0.125, 0.145)
    color = COLORS[figure.color]
    with brush.frame(0, -0.3, turn=climb):
        brush.draw(polygon((-0.42, -0.06), (-0.53, -0.32), (-0.41, -0.32), (-0.24, -0.08)), second(color, 0.45))
        brush.draw(polygon((-0.02, -0.06), (-0.17, -0.27), (-0.08, -0.27), (0.16, -0.06)), darker(color, 0.18))
        body = blob((-0.5, -0.07), (-0.3, -fat), (0.2, -fat), (0.44, -0.07), (0.5, 0.02), (0.4, 0.09), (0.1, fat),
                    (-0.2, 0.1), tension=0.8)  # fmt: skip
        brush.patterned(body, color, figure.pattern)
        shadow(brush, figure, body, blob((0.6, 0.03), (0.3, 0.2), (-0.5, 0.2), (-0.5, 0.0), (0, 0.05)), 0.12)
        brush.draw(blob((0.33, -0.09), (0.41, -0.07), (0.46, -0.02), (0.34, -0.02), tension=0.4), pane(brush),
                   line_of(color), 0.01)  # fmt: skip
        for i in range(windows):
            brush.fill(oval(0.24 - i * 0.105, -0.035, 0.03), pane(brush))
        brush.draw(polygon((0.14, 0.05), (-0.1, 0.27), (-0.22, 0.27), (-0.08, 0.05)), second(color, 0.45))
        brush.draw(polygon((-0.36, -0.03), (-0.5, 0.07), (-0.57, 0.07), (-0.48, -0.03)), second(color, 0.45))


KINDS: Final = (
    Kind("car", car, Extent(-0.56, -0.55, 0.55, 0.03), "red", words=("automobile",), tall=1.25, patterns=True,
         top=(-0.14, 0.06, -0.5), places=OUTDOORS),
    Kind("bus", bus, Extent(-0.54, -0.8, 0.54, 0.03), "yellow", plural="buses", tall=1.5, patterns=True,
         places=OUTDOORS),
    Kind("train", train, Extent(-0.54, -1.09, 0.56, 0.01), "green", words=("steam train", "locomotive"), tall=1.25,
         patterns=True, places=OUTDOORS),
    Kind("truck", truck, Extent(-0.54, -0.66, 0.54, 0.01), "blue", words=("lorry",), tall=1.4,
         patterns=True, places=OUTDOORS),
    Kind("boat", boat, Extent(-0.52, -1.03, 0.54, 0.01), "red", words=("sailing boat", "sailboat"), tall=1.15,
         patterns=True, colors=COLOR_NAMES[:9], inside=(-0.42, -0.31, 0.42, -0.25), places=("beach", "lake")),
    Kind("bicycle", bicycle, Extent(-0.54, -0.76, 0.54, 0.01), "red", words=("bike",), tall=1, places=OUTDOORS),
    Kind("rocket", rocket, Extent(-0.37, -1.02, 0.36, 0.01), "white", words=("spaceship",), tall=1.1, patterns=True,
         floats=True),
    Kind("airplane", plane, Extent(-0.59, -0.62, 0.52, 0.01), "white", words=("plane", "aeroplane"), tall=1.15,
         patterns=True, floats=True, places=OUTDOORS),
)  # fmt: skip
