"""Where one lives and works: house, castle, lighthouse, windmill, tent, well."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Shape, blob, box, curve, oval, polygon
from .form import CREAM, GLOW, OUTDOORS, SNOW, STEEL, WOOD, joined, mirrored, pane, placed, second, shadow, tone
from .kind import COLOR_NAMES, Extent, Kind
from .palette import COLORS, Color, darker, line_of, luma

if TYPE_CHECKING:
    from .scene import Figure

SLATE: Final = 0x5F6A7D
THATCH: Final = 0x8A6248


def _window(brush: Brush, x: float, y: float, half: float, high: float, frame: Color) -> None:
    """A window with a cross, its sill at y."""
    brush.draw(box(x - half, y - high, x + half, y, 0.01), pane(brush), frame, 0.022)
    brush.stroke(curve((x, y - high), (x, y)), frame, 0.016)
    brush.stroke(curve((x - half, y - high / 2), (x + half, y - high / 2)), frame, 0.016)


def house(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, wall, peak = chance.uniform(0.38, 0.43), chance.uniform(0.48, 0.56), chance.uniform(0.36, 0.44)
    side, roof = chance.choice((-1, 1)), chance.choice((SLATE, THATCH))
    smoke, attic = chance.random() < 0.5, chance.random() < 0.7
    color = COLORS[figure.color]
    if figure.color in ("brown", "gray"):
        roof = SLATE if figure.color == "brown" else THATCH
    trim = 0xFFFDF6 if luma(color) < 0.85 else 0xA78B6B
    chimney = side * wide * 0.55
    if smoke:
        for i in range(3):
            brush.draw(oval(chimney + side * i * 0.05, -wall - peak - 0.03 - i * 0.09, 0.04 + i * 0.013), 0xF2EFEA,
                       0xB4B0B8)  # fmt: skip
    brush.draw(box(chimney - 0.065, -wall - peak * 0.9, chimney + 0.065, -wall), 0xA2604C)
    walls = joined(box(-wide, -wall, wide, 0), polygon((-wide, -wall), (0, -wall - peak * 0.9), (wide, -wall)))
    brush.patterned(walls, color, figure.pattern)
    shadow(brush, figure, walls, box(wide * 0.55, -2, 1, 0), 0.09)
    eaves = polygon((-wide - 0.1, -wall + 0.07), (0, -wall - peak), (wide + 0.1, -wall + 0.07),
                    (wide + 0.055, -wall + 0.14), (0, -wall - peak + 0.15), (-wide - 0.055, -wall + 0.14))  # fmt: skip
    brush.draw(eaves, SNOW if brush.snow else roof, line_of(roof))
    if attic:
        brush.draw(oval(0, -wall - 0.03, 0.075), pane(brush), trim, 0.022)
    door = box(side * 0.16 - 0.085, -0.32, side * 0.16 + 0.085, 0, 0.03)
    brush.draw(door, 0x7B5038 if figure.color != "brown" else 0xE3CFA6)
    brush.fill(oval(side * 0.16 + 0.05, -0.15, 0.016), 0xE9C766)
    _window(brush, -side * 0.2, -0.16, 0.1, 0.19, trim)


def castle(brush: Brush, figure: Figure, chance: Random) -> None:
    tower, keep = chance.uniform(0.68, 0.76), chance.uniform(0.76, 0.84)
    pennant = chance.choice((0xE0B13C, 0xD98A5B, 0x8EB4D8))
    cones = chance.random() < 0.6
    color = tone(figure, "gray", 0xB2B3BC)
    roof = SLATE if figure.color not in ("black", "blue", "gray") else 0x8C5F7C
    slit = pane(brush) if brush.night else darker(color, 0.6)

    def battlement(left: float, right: float, top: float, teeth: int) -> list[Shape]:
        step = (right - left) / (2 * teeth - 1)
        return [box(left + 2 * i * step, top - 0.07, left + (2 * i + 1) * step, top + 0.01) for i in range(teeth)]

    middle = joined(box(-0.19, -keep, 0.19, -0.3), *battlement(-0.22, 0.22, -keep, 4),
                    box(-0.22, -keep - 0.005, 0.22, -keep + 0.06))  # fmt: skip
    brush.patterned(middle, color, figure.pattern)
    brush.stroke(curve((0, -keep - 0.06), (0, -keep - 0.22)), 0x6E4A30, 0.02)
    brush.draw(polygon((0.008, -keep - 0.22), (0.16, -keep - 0.175), (0.008, -keep - 0.12)), pennant)
    brush.fill(box(-0.035, -keep + 0.13, 0.035, -keep + 0.27, 0.035), slit)
    wall = joined(box(-0.36, -0.44, 0.36, 0), *battlement(-0.3, 0.3, -0.44, 5))
    brush.patterned(wall, color, figure.pattern)
    for side in (-1, 1):
        x = side * 0.36
        if cones:
            shaft = joined(box(x - 0.12, -tower, x + 0.12, 0))
        else:
            shaft = joined(box(x - 0.12, -tower, x + 0.12, 0), box(x - 0.145, -tower - 0.01, x + 0.145, -tower + 0.07),
                           *battlement(x - 0.145, x + 0.145, -tower, 3))  # fmt: skip
        brush.patterned(shaft, color, figure.pattern)
        away = -1 if mirrored(brush, figure) else 1
        brush.shade(shaft, placed(box(-0.08, -1, 0.08, 0), x + away * 0.12, 0), 0.1)
        if cones:
            brush.draw(polygon((x - 0.16, -tower), (x, -tower - 0.27), (x + 0.16, -tower)),
                       SNOW if brush.snow else roof, line_of(roof))  # fmt: skip
        brush.fill(box(x - 0.03, -tower + 0.14, x + 0.03, -tower + 0.27, 0.03), slit)
        if figure.pattern == "plain":
            for dx, y in ((-0.06, -0.12), (0.045, -0.26), (-0.05, -0.35)):
                brush.fill(box(x + dx - 0.03, y, x + dx + 0.03, y + 0.035, 0.008), darker(color, 0.2))
    if brush.snow and not cones:
        brush.fill(box(-0.22, -keep - 0.075, 0.22, -keep - 0.05, 0.01), SNOW)
    gate = joined(oval(0, -0.2, 0.12), box(-0.12, -0.2, 0.12, 0))
    brush.draw(gate, 0x6E4A30)
    for i in range(3):
        brush.stroke(curve((-0.06 + i * 0.06, -0.3), (-0.06 + i * 0.06, 0)), 0x4C3222, 0.014)


def lighthouse(brush: Brush, figure: Figure, chance: Random) -> None:
    foot, head, bands = chance.uniform(0.2, 0.24), chance.uniform(0.11, 0.14), chance.choice((2, 3))
    color = COLORS[figure.color]
    if brush.night:
        for side in (-1, 1):
            brush.veil(polygon((0, -0.86), (side * 0.42, -0.98), (side * 0.42, -0.76)), GLOW, 0.42)
    tower = polygon((-foot, -0.03), (-head, -0.76), (head, -0.76), (foot, -0.03))
    brush.draw(tower, color)
    with brush.inside(tower):
        gap = 0.73 / (2 * bands + 1)
        for i in range(bands):
            brush.fill(box(-0.5, -0.76 + (2 * i + 1) * gap, 0.5, -0.76 + (2 * i + 2) * gap), CREAM)
    shadow(brush, figure, tower, polygon((head * 0.3, -1), (0.4, -1), (0.4, 0), (foot * 0.3, 0)), 0.12)
    brush.draw(box(-0.062, -0.21, 0.062, -0.03, 0.05), 0x6E4A30)
    for y in (-0.6, -0.38):
        brush.draw(box(-0.032, y - 0.05, 0.032, y + 0.05, 0.03), pane(brush), line_of(color))
    brush.draw(box(-0.075, -0.94, 0.075, -0.76), GLOW if brush.night else 0xFFF0B5, STEEL)
    brush.stroke(curve((0, -0.94), (0, -0.76)), 0x7B7F8A, 0.014)
    brush.draw(box(-head - 0.06, -0.8, head + 0.06, -0.75, 0.01), 0x4F5563)
    brush.draw(polygon((-0.12, -0.93), (0, -1.05), (0.12, -0.93)), SNOW if brush.snow else color, line_of(color))
    brush.draw(blob((-0.34, 0.0), (-0.28, -0.07), (-0.1, -0.06), (0.12, -0.08), (0.3, -0.05), (0.35, 0.0),
                    tension=0.8), 0x8B8A92)  # fmt: skip


def windmill(brush: Brush, figure: Figure, chance: Random) -> None:
    turn, foot, sails = chance.uniform(0, 90), chance.uniform(0.21, 0.25), chance.uniform(0.36, 0.39)
    color = COLORS[figure.color]
    tower = polygon((-foot, 0), (-0.13, -0.64), (0.13, -0.64), (foot, 0))
    brush.patterned(tower, color, figure.pattern)
    shadow(brush, figure, tower, polygon((0.04, -1), (0.4, -1), (0.4, 0), (foot * 0.35, 0)), 0.1)
    brush.draw(joined(box(-0.06, -0.17, 0.06, 0), oval(0, -0.17, 0.06)), 0x6E4A30)
    brush.draw(box(-0.04, -0.42, 0.04, -0.31, 0.03), pane(brush), line_of(color))
    roof = blob((-0.17, -0.63), (-0.13, -0.74), (0, -0.83), (0.13, -0.74), (0.17, -0.63), tension=0.7)
    brush.draw(roof, SNOW if brush.snow else THATCH, line_of(THATCH))
    cloth = CREAM if figure.color not in ("white", "yellow") else 0xD9C6A0
    with brush.frame(0, -0.66, turn=turn):
        for quarter in range(4):
            with brush.frame(turn=quarter * 90):
                brush.draw(box(0.0, -sails, 0.11, -0.09), cloth, 0x6E4A30)
                for i in range(1, 3):
                    y = -0.09 - i * (sails - 0.09) / 3
                    brush.stroke(curve((0, y), (0.11, y)), 0x8A6B4A, 0.012)
                brush.limb(curve((0, 0), (0, -sails)), 0x7A5236, 0.022)
        brush.draw(oval(0, 0, 0.045), 0x7A5236)


def tent(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, peak, gap = chance.uniform(0.46, 0.52), chance.uniform(0.66, 0.76), chance.uniform(0.1, 0.17)
    flag = chance.random() < 0.5
    color = COLORS[figure.color]
    if flag:
        brush.stroke(curve((0, -peak), (0, -peak - 0.17)), 0x6E4A30, 0.02)
        brush.fill(polygon((0, -peak - 0.17), (0.13, -peak - 0.125), (0, -peak - 0.08)), 0xE0B13C)
    for side in (-1, 1):
        brush.limb(curve((0, -peak), (side * 0.035, -peak - 0.06)), WOOD, 0.02)
    cloth = curve((0, -peak), (-wide * 0.42, -peak * 0.48), (-wide, 0))
    cloth.lineTo(wide, 0)
    cloth.quadTo(wide * 0.36, -peak * 0.44, 0, -peak)
    brush.patterned(cloth, color, figure.pattern)
    shadow(brush, figure, cloth, polygon((0, -peak), (0.7, -peak), (0.7, 0), (wide * 0.55, 0)), 0.13)
    if brush.snow:
        with brush.inside(cloth):
            brush.fill(blob((-0.2, -peak * 0.8), (0, -peak - 0.1), (0.2, -peak * 0.8), (0.05, -peak * 0.74),
                            (-0.06, -peak * 0.78)), SNOW)  # fmt: skip
    brush.draw(polygon((0, -peak * 0.82), (gap, 0), (-gap, 0)), GLOW if brush.night else darker(color, 0.6),
               line_of(color))  # fmt: skip
    for side in (-1, 1):
        flap = polygon((0, -peak * 0.86), (side * gap * 0.95, 0), (side * (gap + 0.11), 0))
        brush.draw(flap, second(color, 0.4))
        brush.draw(box(side * wide - 0.02, -0.05, side * wide + 0.02, 0.0, 0.01), WOOD)


def well(brush: Brush, figure: Figure, chance: Random) -> None:
    pitch, wide = chance.uniform(0.2, 0.27), chance.uniform(0.42, 0.47)
    stones = [chance.uniform(-0.1, 0.12) for _ in range(10)]
    color = tone(figure, "gray", 0xA9ABB5)
    for side in (-1, 1):
        brush.draw(box(side * 0.29 - 0.03, -0.82, side * 0.29 + 0.03, -0.38), WOOD)
    brush.draw(oval(0, -0.4, 0.38, 0.07), darker(color, 0.6))
    brush.limb(curve((-0.29, -0.64), (0.29, -0.64)), WOOD, 0.04)
    brush.stroke(curve((0, -0.63), (0, -0.45)), 0xE6D6AE, 0.022)
    body = joined(box(-0.36, -0.38, 0.36, -0.02, 0.03), oval(0, -0.03, 0.36, 0.05))
    brush.draw(body, color)
    with brush.inside(body):
        for row in range(3):
            for i in range(4):
                x, y = -0.42 + (i + 0.5 * (row % 2)) * 0.22, -0.36 + row * 0.125
                amount = stones[(row * 4 + i) % 10]
                brush.fill(box(x, y, x + 0.2, y + 0.11, 0.03),
                           second(color, 0.1 + abs(amount)) if amount > 0 else darker(color, -amount))  # fmt: skip
    shadow(brush, figure, body, box(0.14, -1, 0.6, 0.1), 0.1)
    brush.draw(box(-0.4, -0.43, 0.4, -0.36, 0.03), second(color, 0.2))
    roof = polygon((-wide, -0.76), (0, -0.76 - pitch), (wide, -0.76), (wide - 0.03, -0.7), (-wide + 0.03, -0.7))
    brush.draw(roof, SNOW if brush.snow else THATCH, line_of(THATCH))


KINDS: Final = (
    Kind("house", house, Extent(-0.55, -1.29, 0.55, 0.01), "red", words=("cottage",), tall=1.35, patterns=True,
         places=OUTDOORS),
    Kind("castle", castle, Extent(-0.54, -1.08, 0.54, 0.01), "gray", tall=1.75, patterns=True, places=OUTDOORS),
    Kind("lighthouse", lighthouse, Extent(-0.39, -1.07, 0.4, 0.01), "red", tall=1.8,
         colors=COLOR_NAMES[:9],
         places=("beach", "lake", "mountains")),
    Kind("windmill", windmill, Extent(-0.41, -1.08, 0.41, 0.01), "white", tall=1.7, patterns=True,
         places=("meadow", "farm", "lake", "park", "mountains")),
    Kind("tent", tent, Extent(-0.56, -0.94, 0.56, 0.01), "orange", tall=1.2, patterns=True,
         places=("meadow", "beach", "forest", "mountains", "lake", "desert", "farm", "park")),
    Kind("well", well, Extent(-0.49, -1.05, 0.49, 0.03), "gray", tall=1,
         places=("meadow", "forest", "farm", "park", "desert", "mountains")),
)  # fmt: skip
