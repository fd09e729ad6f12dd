"""Things for a hand: newspaper, book, umbrella, balloon and more; one drawing function and one row each."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Point, Shape, blob, box, curve, oval, polygon
from .form import GLOW, gleam, joined, lit, pierced, placed, polyline, second, shadow, tilted, tone
from .kind import Extent, Kind
from .letters import write
from .palette import COLORS, INK, darker, line_of, luma

if TYPE_CHECKING:
    from .scene import Figure

HANDLE: Final = 0x7A5236
SKIN_TONES: Final = (0xF6CDB4, 0xF3B9A0, 0xEFB4A6)


def newspaper(brush: Brush, figure: Figure, chance: Random) -> None:
    rise, picture, headline = chance.uniform(0.05, 0.09), chance.choice((-1, 1)), chance.uniform(0.14, 0.2)
    paper = tone(figure, "white", 0xF7F3E6)
    dark, gray = 0x4B4852, darker(paper, 0.42)

    def at(u: float, v: float) -> Point:
        return u * 0.5, v * 0.64 - 0.64 - abs(u) * rise

    def bar(left: float, right: float, above: float, below: float) -> Shape:
        return polygon(at(left, above), at(right, above), at(right, below), at(left, below))

    def lines(left: float, right: float, first: float, count: int) -> None:
        for i in range(count):
            v = first + i * 0.11
            brush.stroke(polyline(at(left, v), at(right, v)), gray, 0.032)

    for side in (-1, 1):
        page = bar(0, side, 0, 1)
        brush.draw(page, paper, 0x4D4650)
        shadow(brush, figure, page, box(0, -1, 0.6, 0), 0.1)
    brush.stroke(polyline(at(0, 0), at(0, 1)), 0x6E6870, 0.022)
    brush.fill(bar(picture * 0.1, picture * 0.9, 0.1, 0.1 + headline), dark)
    brush.fill(bar(picture * 0.5, picture * 0.9, 0.38, 0.69), gray)
    lines(picture * 0.12, picture * 0.42, 0.4, 3)
    lines(picture * 0.12, picture * 0.88, 0.79, 2)
    brush.fill(bar(-picture * 0.1, -picture * 0.9, 0.1, 0.17), dark)
    lines(-picture * 0.12, -picture * 0.88, 0.28, 6)


def umbrella(brush: Brush, figure: Figure, chance: Random) -> None:
    half, high, hook = chance.uniform(0.37, 0.44), chance.uniform(0.25, 0.31), chance.choice((-1, 1))
    color = COLORS[figure.color]
    brush.limb(curve((0, -0.69), (0, -0.07)), HANDLE, 0.022)
    brush.limb(curve((0, -0.1), (hook * 0.01, -0.025), (hook * 0.06, -0.025), (hook * 0.07, -0.07)), HANDLE, 0.03)
    with brush.frame(0, -0.66):
        brush.limb(curve((0, -high - 0.05), (0, -high)), HANDLE, 0.022)
        canopy = _dome(half, high)
        brush.patterned(canopy, color, figure.pattern)
        if figure.pattern == "plain":
            with brush.inside(canopy):
                for side in (-1, 1):
                    panel = blob((side * 0.02, -high - 0.02), (side * half / 2, -0.2), (side * 0.29, 0.06),
                                 (side * 0.12, 0.06), (side * 0.11, -0.15), tension=0.8)  # fmt: skip
                    brush.fill(panel, second(color))
        shadow(brush, figure, canopy, blob((0.5, -0.3), (0.5, 0.1), (0.1, 0.1), (0.3, -0.02), (0.3, -0.15)))


def _dome(half: float, height: float) -> Shape:
    """A dome whose lower rim is four scallops."""
    path = curve((-half, 0), (-half * 0.86, -height * 0.56), (-half * 0.42, -height * 0.93), (0, -height),
                 (half * 0.42, -height * 0.93), (half * 0.86, -height * 0.56), (half, 0))  # fmt: skip
    step = half / 2
    for i in range(4):
        x = half - i * step
        path.quadTo(x - step / 2, -height * 0.26, x - step, 0)
    path.close()
    return path


def balloon(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, sway = chance.uniform(0.21, 0.25), chance.uniform(0.25, 0.29), chance.uniform(-0.05, 0.05)
    color = COLORS[figure.color]
    brush.stroke(curve((0, 0), (0.04 + sway, -0.15), (sway - 0.03, -0.28), (sway, -0.44)), 0x5B5360, 0.018)
    with brush.frame(sway, -0.43 - high, turn=sway * 90):
        brush.draw(polygon((-0.04, high + 0.04), (0.04, high + 0.04), (0, high - 0.03)), darker(color, 0.12))
        body = blob((0, -high), (wide * 0.75, -high * 0.75), (wide, -0.03), (wide * 0.62, high * 0.64), (0, high),
                    (-wide * 0.62, high * 0.64), (-wide, -0.03), (-wide * 0.75, -high * 0.75))  # fmt: skip
        brush.patterned(body, color, figure.pattern)
        shadow(brush, figure, body, blob((0.25, -0.25), (0.28, 0.28), (-0.1, 0.31), (0.07, 0.14), (0.15, -0.02)))
        gleam(brush, figure, blob((-0.14, -0.06), (-0.12, -0.16), (-0.05, -0.2), (-0.07, -0.12)), 0.75)


def book(brush: Brush, figure: Figure, chance: Random) -> None:
    """Open and upright, its cover to us, as one sees it when somebody reads."""
    rise, thick, emblem = chance.uniform(0.05, 0.09), chance.uniform(0.05, 0.08), chance.randrange(3)
    ribbon = chance.random() < 0.5
    color = COLORS[figure.color]
    gold = 0xF3CF6B if figure.color not in ("yellow", "orange", "white") else 0x8A5A36
    for side in (-1, 1):
        with brush.frame(flip=side < 0):
            pages = polygon((0, -0.66 - thick), (0.47, -0.7 - rise - thick * 0.6), (0.47, -0.1), (0, -0.1))
            brush.draw(pages, 0xFBF5E4, 0x8B7F70)
            for i in range(2):
                y = -0.66 - thick * (0.35 + i * 0.32)
                brush.stroke(curve((0.02, y), (0.46, y - 0.04 - rise)), 0xC9BDA6, 0.01)
            board = polygon((0.0, -0.66), (0.52, -0.7 - rise), (0.52, -0.03 - rise), (0.0, 0))
            brush.patterned(board, color, figure.pattern)
            frame = polygon((0.09, -0.6), (0.46, -0.64 - rise * 0.9), (0.46, -0.09 - rise), (0.09, -0.06))
            if figure.pattern == "plain":
                brush.stroke(frame, gold, 0.016)
    cover = polygon((0.0, -0.66), (0.52, -0.7 - rise), (0.52, -0.03 - rise), (0.0, 0))
    with lit(brush, figure):
        brush.fill(cover, INK, 0.1)
    if figure.pattern == "plain":
        with brush.frame(0.275, -0.36):
            brush.fill((oval(0, 0, 0.1), placed(box(-0.08, -0.08, 0.08, 0.08), 0, 0, 45), _star(0.13))[emblem], gold)
        for y in (-0.42, -0.34):
            brush.stroke(curve((-0.36, y), (-0.18, y + 0.012)), gold, 0.026)
    brush.draw(box(-0.045, -0.685, 0.045, 0.0, 0.02), darker(color, 0.2))
    if ribbon:
        brush.fill(polygon((-0.1, -0.06), (-0.05, -0.06), (-0.05, 0.005), (-0.075, -0.02), (-0.1, 0.005)), gold)


@cache
def _star(r: float) -> Shape:
    """A star with five points, one of them up."""
    far = [r if i % 2 == 0 else r * 0.42 for i in range(10)]
    return polygon(*((sin(i * pi / 5) * far[i], -cos(i * pi / 5) * far[i]) for i in range(10)))


def ball(brush: Brush, figure: Figure, chance: Random) -> None:
    turn, design = chance.uniform(0, 180), chance.randrange(2)
    color = COLORS[figure.color]
    other = 0xFFFDF4 if luma(color) < 0.85 else 0xB6B1BC
    disc = oval(0, -0.48, 0.48)
    brush.patterned(disc, color, figure.pattern)
    if figure.pattern == "plain":
        with brush.inside(disc), brush.frame(0, -0.48, turn=turn):
            if design == 0:
                for i in range(3):
                    with brush.frame(turn=120 * i):
                        brush.fill(blob((0.0, 0.0), (0.2, -0.12), (0.44, -0.22), (0.52, 0.02), (0.22, 0.06),
                                        tension=0.7), other)  # fmt: skip
                brush.fill(oval(0, 0, 0.075), darker(color, 0.25))
            else:
                brush.stroke(curve((-0.5, 0.12), (0, 0.2), (0.5, 0.12)), other, 0.13)
                brush.fill(placed(_star(0.14), 0, -0.12), other)
    shadow(brush, figure, disc, blob((0.6, -0.8), (0.6, 0.2), (-0.35, 0.1), (0.14, -0.12), (0.32, -0.48)))
    gleam(brush, figure, blob((-0.33, -0.55), (-0.28, -0.72), (-0.13, -0.81), (-0.2, -0.66)), 0.6)


def key(brush: Brush, figure: Figure, chance: Random) -> None:
    head, teeth, tip = chance.uniform(0.18, 0.22), chance.choice((2, 3)), chance.uniform(0.05, 0.09)
    clover, turn = chance.random() < 0.4, chance.uniform(-10, 10)
    color = tone(figure, "yellow", 0xEDBE45)
    with brush.frame(0, -0.5, turn=turn):
        top = -0.49 + head
        bow: Shape = oval(0, top, head)
        if clover:
            leaves = ((-head * 0.5, 0.03), (head * 0.5, 0.03), (0, -head * 0.42))
            bow = joined(*(oval(x, top + y, head * 0.6) for x, y in leaves))
        bits = [box(0, 0.44 - i * 0.13 - 0.08, 0.16 + tip * (i % 2), 0.44 - i * 0.13, 0.015) for i in range(teeth)]
        shaft = joined(bow, box(-0.055, top, 0.055, 0.48, 0.03),
                       box(-0.1, top + head - 0.02, 0.1, top + head + 0.05, 0.02), *bits)  # fmt: skip
        brush.draw(shaft, color)
        shadow(brush, figure, shaft, box(0.012, -0.6, 0.5, 0.6), 0.12)
        hole = oval(0, top - 0.01, head * 0.45)
        brush.draw(hole, darker(color, 0.62), line_of(color), 0.008)


def candle(brush: Brush, figure: Figure, chance: Random) -> None:
    tall, wide = chance.uniform(0.5, 0.66), chance.uniform(0.12, 0.15)
    drip, sway = chance.uniform(0.1, 0.24), chance.uniform(-9, 9)
    color = COLORS[figure.color]
    brass = 0xD2A950
    if brush.night:
        brush.veil(oval(0, -tall - 0.27, 0.34), GLOW, 0.18)
        brush.veil(oval(0, -tall - 0.27, 0.22), GLOW, 0.25)
    brush.limb(curve((0.24, -0.07), (0.38, -0.12), (0.36, -0.01), (0.26, -0.04)), brass, 0.03)
    brush.draw(joined(oval(0, -0.06, 0.3, 0.055), box(-0.2, -0.05, 0.2, 0, 0.02)), brass)
    stick = box(-wide, -tall - 0.08, wide, -0.07, 0.03)
    brush.patterned(stick, color, figure.pattern)
    shadow(brush, figure, stick, box(wide * 0.3, -1, 0.4, 0), 0.12)
    melt = [box(x - 0.035, -tall - 0.08, x + 0.035, -tall - 0.02 + long, 0.035)
            for x, long in ((-wide + 0.035, drip), (wide - 0.04, drip * 0.6), (0, drip * 0.25))]  # fmt: skip
    brush.draw(joined(oval(0, -tall - 0.08, wide, 0.035), *melt), second(color, 0.5))
    brush.stroke(curve((0, -tall - 0.09), (0, -tall - 0.16)), INK, 0.022)
    with brush.frame(0, -tall - 0.13, turn=sway):
        brush.draw(blob((0, -0.26), (0.05, -0.15), (0.075, -0.05), (0, 0.0), (-0.075, -0.05), (-0.05, -0.15)),
                   0xF79A33, 0xC8641F)  # fmt: skip
        brush.fill(blob((0, -0.16), (0.035, -0.06), (0, -0.02), (-0.035, -0.06)), 0xFFE680)


def lantern(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, dome, bars = chance.uniform(0.22, 0.3), chance.uniform(0.1, 0.16), chance.choice((1, 2, 3))
    color = COLORS[figure.color]
    brush.limb(curve((-0.13, -0.78), (-0.15, -0.93), (0, -1.0), (0.15, -0.93), (0.13, -0.78)), 0x6E6F7A, 0.025)
    if brush.night:
        brush.veil(oval(0, -0.38, 0.5), GLOW, 0.16)
    brush.draw(box(-wide * 0.86, -0.66, wide * 0.86, -0.1), 0xFFE28A if brush.night else 0xFFF3C4, line_of(color))
    brush.draw(blob((0, -0.5), (0.07, -0.33), (0.07, -0.22), (0, -0.16), (-0.07, -0.22), (-0.07, -0.33)), 0xF79A33,
               0xC8641F)  # fmt: skip
    brush.fill(blob((0, -0.36), (0.035, -0.25), (0, -0.19), (-0.035, -0.25)), 0xFFE680)
    for x in (-wide * 0.86, wide * 0.86):
        brush.limb(curve((x, -0.66), (x, -0.12)), color, 0.05)
    if bars != 2:
        brush.draw(box(-wide * 0.86, -0.39, wide * 0.86, -0.37), color)
    if bars != 1:
        brush.draw(box(-0.01, -0.62, 0.01, -0.12), color)
    brush.draw(box(-wide - 0.06, -0.13, wide + 0.06, 0, 0.03), color)
    roof = joined(polygon((-wide - 0.08, -0.63), (-0.12, -0.66 - dome), (0.12, -0.66 - dome), (wide + 0.08, -0.63)),
                  box(-0.08, -0.7 - dome, 0.08, -0.6 - dome, 0.02))  # fmt: skip
    brush.draw(roof, color)
    shadow(brush, figure, roof, box(0.07, -1, 0.5, 0), 0.12)


def kite(brush: Brush, figure: Figure, chance: Random) -> None:
    turn, bows, cross = chance.uniform(8, 24), chance.choice((3, 4)), chance.uniform(0.28, 0.34)
    color = COLORS[figure.color]
    bow = 0xF3C845 if figure.color not in ("yellow", "orange") else 0x7EA7D4
    tail = curve((0.0, -0.45), (-0.06, -0.34), (0.06, -0.2), (-0.03, -0.08), (0, 0))
    brush.stroke(tail, 0x6B6470, 0.018)
    for i in range(bows):
        y = -0.33 + i * 0.3 / (bows - 1)
        with brush.frame((-0.04, 0.04, 0.02, -0.03)[i], y, turn=(20, -20, 10, -10)[i]):
            brush.draw(joined(polygon((0, 0), (-0.075, -0.045), (-0.075, 0.045)),
                              polygon((0, 0), (0.075, 0.045), (0.075, -0.045))), bow)  # fmt: skip
    with brush.frame(0, -0.42, turn=turn):
        top, right, foot, left = (0, -0.66), (cross, -0.4), (0, 0), (-cross, -0.4)
        sail = polygon(top, right, foot, left)
        brush.patterned(sail, color, figure.pattern)
        if figure.pattern == "plain":
            brush.fill(polygon(top, right, (0, -0.4)), second(color))
            brush.fill(polygon(foot, left, (0, -0.4)), second(color))
        brush.stroke(curve(top, foot), line_of(color), 0.016)
        brush.stroke(curve(left, right), line_of(color), 0.016)


def guitar(brush: Brush, figure: Figure, chance: Random) -> None:
    waist, lower = chance.uniform(0.13, 0.16), chance.uniform(0.25, 0.28)
    turn, pegs = chance.uniform(-6, 6), chance.choice((2, 3))
    color = tone(figure, "brown", 0xC8843F)
    neck = 0x6B432B if figure.color != "brown" else 0x5A3826
    with brush.frame(0, 0, turn=turn):
        brush.draw(box(-0.038, -0.9, 0.038, -0.3), neck)
        brush.draw(polygon((-0.065, -1.08), (0.065, -1.08), (0.05, -0.88), (-0.05, -0.88)), darker(neck, 0.2))
        for i in range(pegs):
            y = -1.04 + i * 0.06
            for side in (-1, 1):
                brush.fill(oval(side * 0.082, y, 0.022), 0xD9D3C4)
                brush.stroke(oval(side * 0.082, y, 0.022), INK, 0.008)
        body = blob((0, -0.01), (lower * 0.72, -0.05), (lower, -0.2), (lower * 0.85, -0.32), (waist, -0.41),
                    (0.19, -0.52), (0.16, -0.62), (0, -0.65), (-0.16, -0.62), (-0.19, -0.52), (-waist, -0.41),
                    (-lower * 0.85, -0.32), (-lower, -0.2), (-lower * 0.72, -0.05))  # fmt: skip
        brush.patterned(body, color, figure.pattern)
        shadow(brush, figure, body, blob((0.4, -0.7), (0.4, 0.1), (-0.15, 0.05), (0.13, -0.12), (0.09, -0.4),
                                         (0.13, -0.6)))  # fmt: skip
        brush.fill(oval(0, -0.4, 0.09), second(color, 0.5))
        brush.fill(oval(0, -0.4, 0.072), 0x3A2A22)
        brush.fill(box(-0.036, -0.92, 0.036, -0.46), neck)
        brush.draw(box(-0.1, -0.19, 0.1, -0.14, 0.02), neck)
        for y in (-0.82, -0.74, -0.66, -0.58):
            brush.stroke(curve((-0.034, y), (0.034, y)), 0xCFC4AE, 0.009)
        for x in (-0.022, 0, 0.022):
            brush.stroke(curve((x, -0.16), (x, -0.98)), 0xF3EAD8, 0.007)


def drum(brush: Brush, figure: Figure, chance: Random) -> None:
    zigs, sticks = chance.choice((4, 5, 6)), [chance.uniform(-16, 6), chance.uniform(-6, 16)]
    wide, tall = 0.44, 0.62
    color = COLORS[figure.color]
    rim = 0xE6BE57 if figure.color not in ("yellow", "orange") else 0x8A5A3A
    body = joined(box(-wide, -tall, wide, -0.08), oval(0, -0.08, wide, 0.08), oval(0, -tall, wide, 0.1))
    brush.patterned(body, color, figure.pattern)
    shadow(brush, figure, body, box(wide * 0.45, -1, 0.6, 0.1), 0.12)
    with brush.inside(body):
        if figure.pattern == "plain":
            step = 2 * wide / zigs
            points = [(-wide + i * step / 2, (-tall + 0.16, -0.12)[i % 2] + 0.05 * (1 - abs(i / zigs - 1)))
                      for i in range(2 * zigs + 1)]  # fmt: skip
            brush.stroke(polyline(*points), 0xFFF8E6 if luma(color) < 0.85 else 0x9C97A4, 0.028)
        for y in (-tall + 0.015, -0.145):
            brush.fill(blob((-0.5, y - 0.02), (0, y + 0.08), (0.5, y - 0.02), (0.5, y + 0.05), (0, y + 0.15),
                            (-0.5, y + 0.05), tension=0.8), rim)  # fmt: skip
    brush.draw(oval(0, -tall, wide, 0.1), 0xFBF4E4, line_of(rim))
    for side, turn in zip((-1, 1), sticks, strict=True):
        with brush.frame(side * 0.1, -tall - 0.01, turn=side * 52 + turn):
            brush.limb(curve((0, -0.03), (0, -0.46)), 0xB98150, 0.03)
            brush.draw(oval(0, -0.03, 0.04), 0xB98150)


def hand(brush: Brush, figure: Figure, chance: Random) -> None:
    """An open hand, its palm to us: four fingers and a thumb."""
    spread, long, thumb = chance.uniform(0.85, 1.15), chance.uniform(0.95, 1.05), chance.uniform(-6, 8)
    color = tone(figure, "pink", chance.choice(SKIN_TONES))
    # where each finger begins, how it leans in degrees, its length and half its width
    rows = ((-0.2, -0.47, -17, 0.3, 0.06), (-0.07, -0.52, -5, 0.4, 0.064), (0.07, -0.52, 5, 0.37, 0.062),
            (0.19, -0.47, 17, 0.27, 0.053))  # fmt: skip
    fingers = [placed(box(-w, -size * long, w, 0.12, w), x, y, lean * spread) for x, y, lean, size, w in rows]
    fingers.append(placed(box(-0.066, -0.37, 0.066, 0.12, 0.066), -0.22, -0.25, -52 + thumb))
    palm = blob((-0.26, -0.46), (-0.1, -0.5), (0.1, -0.5), (0.25, -0.46), (0.26, -0.25), (0.14, -0.08), (-0.14, -0.08),
                (-0.27, -0.22), tension=0.8)  # fmt: skip
    whole = joined(palm, box(-0.14, -0.2, 0.14, 0, 0.02), *fingers)
    brush.draw(whole, color)
    crease = darker(color, 0.22)
    brush.stroke(curve((-0.13, -0.44), (-0.05, -0.33), (-0.08, -0.17)), crease, 0.016)
    brush.stroke(curve((-0.1, -0.4), (0.05, -0.36), (0.2, -0.4)), crease, 0.016)
    brush.stroke(curve((-0.02, -0.3), (0.1, -0.28), (0.21, -0.31)), crease, 0.014)
    brush.draw(box(-0.19, -0.07, 0.19, 0.0, 0.02), 0xF4EFE4 if figure.color != "white" else 0x8FA3BC)


def sign(brush: Brush, figure: Figure, chance: Random) -> None:
    board, turn = chance.uniform(0.34, 0.4), chance.uniform(-3, 3)
    rounded, posts = chance.uniform(0.02, 0.08), chance.choice((1, 2))
    color = tone(figure, "brown", 0xC0905A)
    for x in ((0.0,), (-0.27, 0.27))[posts - 1]:
        brush.draw(box(x - 0.04, -0.55, x + 0.04, 0, 0.015), 0x7A5236)
    with brush.frame(0, -0.62, turn=turn):
        plate = box(-0.52, -board / 2, 0.52, board / 2, rounded)
        brush.draw(plate, color)
        brush.shade(plate, box(-0.6, board / 2 - 0.05, 0.6, 0.6), 0.12)
        brush.stroke(box(-0.485, -board / 2 + 0.035, 0.485, board / 2 - 0.035, rounded * 0.7), second(color, 0.45),
                     0.014)  # fmt: skip
        for x in (-0.455, 0.455):
            brush.fill(oval(x, -board / 2 + 0.065, 0.014), darker(color, 0.4))
        if figure.letters:
            write(brush, figure.letters, INK if luma(color) > 0.5 else 0xFFFAF0, width=0.88, height=board - 0.12)
    if brush.snow:
        brush.fill(blob((-0.5, -0.6 - board / 2), (0, -0.68 - board / 2), (0.5, -0.6 - board / 2),
                        (0, -0.59 - board / 2)), 0xFFFFFF)  # fmt: skip


def pencil(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, turn, tip = chance.uniform(0.075, 0.095), chance.uniform(12, 28), chance.uniform(0.15, 0.19)
    side = chance.choice((-1, 1))
    color = COLORS[figure.color]
    with brush.frame(-side * 0.18, 0, turn=side * turn):
        shaft = box(-wide, -0.86, wide, -tip)
        brush.draw(polygon((-wide, -tip), (wide, -tip), (0, 0)), 0xF0D2A0)
        brush.fill(polygon((-wide * 0.36, -tip * 0.36), (wide * 0.36, -tip * 0.36), (0, 0)), darker(color, 0.15))
        brush.patterned(shaft, color, figure.pattern)
        brush.fill(box(wide * 0.36, -0.86, wide, -tip), INK, 0.16)
        brush.fill(box(-wide * 0.7, -0.86, -wide * 0.3, -tip), 0xFFFFFF, 0.35)
        brush.draw(box(-wide, -0.98, wide, -0.9, 0.03), 0xE98FA0)
        brush.draw(box(-wide, -0.91, wide, -0.83), 0xC3C7CE)


def bell(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, high, swing = chance.uniform(0.38, 0.43), chance.uniform(0.6, 0.68), chance.uniform(-0.08, 0.08)
    color = tone(figure, "yellow", 0xEDBE45)
    brush.draw(oval(swing, -0.09, 0.085), darker(color, 0.3))
    brush.draw(pierced(oval(0, -0.19 - high, 0.08), oval(0, -0.19 - high, 0.045)), color)
    body = blob((-wide, -0.14), (-wide * 0.74, -0.3), (-wide * 0.62, -0.14 - high * 0.7), (0, -0.14 - high),
                (wide * 0.62, -0.14 - high * 0.7), (wide * 0.74, -0.3), (wide, -0.14), (0, -0.1),
                tension=0.9)  # fmt: skip
    brush.draw(body, color)
    shadow(brush, figure, body, blob((0.5, -0.9), (0.5, 0), (-0.1, 0), (0.1, -0.3), (0.12, -0.6)))
    brush.stroke(curve((-wide * 0.78, -0.27), (0, -0.22), (wide * 0.78, -0.27)), line_of(color), 0.018)
    gleam(brush, figure, blob((-wide * 0.5, -0.36), (-wide * 0.42, -0.14 - high * 0.72),
                              (-wide * 0.24, -0.14 - high * 0.82), (-wide * 0.32, -0.4)), 0.5)  # fmt: skip


def flag(brush: Brush, figure: Figure, chance: Random) -> None:
    wave, wide, tall = chance.uniform(0.03, 0.07), chance.uniform(0.52, 0.6), chance.uniform(0.34, 0.4)
    color = COLORS[figure.color]
    x, top = -0.26, -0.95
    cloth = curve((x, top), (x + wide * 0.3, top - wave), (x + wide * 0.68, top + wave), (x + wide, top))
    cloth.lineTo(x + wide, top + tall)
    cloth.cubicTo(x + wide * 0.7, top + tall + wave * 2, x + wide * 0.4, top + tall - wave * 2, x, top + tall)
    cloth.close()
    brush.patterned(cloth, color, figure.pattern)
    brush.shade(cloth, box(x + wide * 0.28, -1.1, x + wide * 0.5, 0), 0.09)
    brush.shade(cloth, box(x + wide * 0.78, -1.1, x + wide * 0.9, 0), 0.16, 0xFFFFFF)
    brush.limb(curve((x, 0), (x, top - 0.04)), 0x8A5F3C, 0.035)
    brush.draw(oval(x, top - 0.06, 0.04), 0xE6BE57)


KINDS: Final = (
    Kind("newspaper", tilted(newspaper, 3), Extent(-0.55, -0.77, 0.55, 0.01), "white", words=("paper",), tall=0.55,
         colors=("white", "yellow", "pink", "gray", "orange"), grip=(0, -0.3), grasp=0.54, use="read"),
    Kind("book", tilted(book, 3), Extent(-0.58, -0.87, 0.58, 0.01), "blue", tall=0.5, patterns=True, grip=(0, -0.3),
         grasp=0.5, use="read"),
    Kind("umbrella", umbrella, Extent(-0.46, -1.05, 0.46, 0.01), "red", words=("parasol",), tall=0.95, patterns=True,
         grip=(0, -0.14), grasp=1.0, under=(-0.3, 0.3, -0.66)),
    Kind("balloon", balloon, Extent(-0.32, -1.03, 0.31, 0.01), "red", tall=0.85, patterns=True, floats=True,
         grip=(0, 0), grasp=0.8),
    Kind("kite", kite, Extent(-0.29, -1.09, 0.48, 0.04), "red", tall=0.9, patterns=True, floats=True, grip=(0, 0),
         grasp=0.8),
    Kind("ball", ball, Extent(-0.5, -0.98, 0.5, 0.01), "red", tall=0.4, patterns=True, grip=(0, -0.3), grasp=0.3),
    Kind("key", key, Extent(-0.29, -1.01, 0.31, 0.01), "yellow", tall=0.4, grip=(0, -0.8), grasp=0.36),
    Kind("candle", candle, Extent(-0.32, -1.06, 0.42, 0.01), "white", tall=0.45, patterns=True, grip=(0.34, -0.06),
         grasp=0.4),
    Kind("lantern", lantern, Extent(-0.39, -1.03, 0.39, 0.01), "black", tall=0.5, grip=(0, -0.98), grasp=0.44),
    Kind("guitar", guitar, Extent(-0.32, -1.1, 0.32, 0.01), "brown", tall=0.75, patterns=True, grip=(0, -0.7),
         grasp=0.7),
    Kind("drum", drum, Extent(-0.56, -0.98, 0.56, 0.01), "red", tall=0.55, patterns=True, grip=(0, -0.3), grasp=0.45),
    Kind("bell", tilted(bell, 9), Extent(-0.47, -0.97, 0.47, 0.03), "yellow", tall=0.42, grip=(0, -0.8), grasp=0.3),
    Kind("flag", tilted(flag, 4), Extent(-0.39, -1.08, 0.41, 0.04), "red", tall=0.85, patterns=True, grip=(-0.26, -0.2),
         grasp=0.7),
    Kind("pencil", pencil, Extent(-0.36, -0.99, 0.36, 0.01), "yellow", tall=0.45, patterns=True, grip=(0, -0.4),
         grasp=0.42),
    Kind("sign", sign, Extent(-0.55, -0.86, 0.55, 0.01), "brown", tall=0.95, letters=True),
    Kind("hand", tilted(hand, 8), Extent(-0.6, -0.96, 0.42, 0.03), "pink", words=("open hand",), tall=0.5),
)  # fmt: skip
