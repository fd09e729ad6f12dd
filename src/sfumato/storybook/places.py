"""The twelve places: one drawing function each, in layers from far to near, and clutter that no caption names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from .brush import Brush, Point, Shape, blob, box, curve, dashes, dots, moved, oval, polygon, together, union
from .palette import Color, darker, lighter, mix
from .rooms import draw_kitchen, draw_room
from .sky import FAR, Stage, draw_sky, draw_weather, haze, star

__all__ = ["PLACES", "Stage", "draw_place", "draw_weather"]

INDOORS: Final = ("room", "kitchen", "space")  # they draw their own air


def draw_place(brush: Brush, stage: Stage) -> None:
    """The whole background, behind everything that has a name."""
    with brush.scenery(stage.unit * FAR):
        if stage.scene.place not in INDOORS:
            draw_sky(brush, stage, 0, 0, stage.width, stage.ground + stage.unit * 0.02)
        PLACES[stage.scene.place](brush, stage)


# Land ------------------------------------------------------------------------------------------------------------


def _hill(brush: Brush, stage: Stage, color: Color, y: float, wave: float) -> Callable[[float], float]:
    """A rolling line across the picture, filled down to its lower edge; returns its height at any x."""
    w, c = stage.width, stage.chance
    a, b = c.uniform(0.4, 1) * wave * c.choice((-1, 1)), c.uniform(-wave, wave)
    xs, ys = (-0.2, 0.28, 0.7, 1.2), (y + a, y - a, y + b, y - b)
    brush.draw(blob((-w * 0.2, stage.height * 1.3), *((w * k, v) for k, v in zip(xs, ys, strict=True)),
                    (w * 1.2, stage.height * 1.3)), color)  # fmt: skip

    def height(x: float) -> float:
        for i in range(3):
            if x <= w * xs[i + 1] or i == 2:
                t = (x / w - xs[i]) / (xs[i + 1] - xs[i])
                return ys[i] + (ys[i + 1] - ys[i]) * t * t * (3 - 2 * t)
        raise AssertionError

    return height


def _ground(brush: Brush, stage: Stage, color: Color, bend: float = 0.02) -> None:
    """What the figures stand on: lighter far away, darker before the feet."""
    w, h, y, d = stage.width, stage.height, stage.ground, bend * stage.unit
    brush.draw(blob((-w * 0.3, h * 1.4), (-w * 0.3, y + d), (w * 0.25, y), (w * 0.75, y), (w * 1.3, y + d),
                    (w * 1.3, h * 1.4)), color)  # fmt: skip
    low = y + (h - y) * 0.5
    brush.fill(blob((-w * 0.3, h * 1.4), (-w * 0.3, low + d), (w * 0.3, low + d), (w * 0.8, low - d),
                    (w * 1.3, low + d), (w * 1.3, h * 1.4)), darker(color, 0.06))  # fmt: skip


def _tufts(brush: Brush, stage: Stage, color: Color, count: int) -> None:
    u = stage.unit
    feet = stage.spread(count, stage.ground + u * 0.04, stage.height)
    for lean in (-0.02, 0.0, 0.02):
        blades = dashes([(x + lean * 0.5 * u, y) for x, y in feet], lean * u * 0.7, -u * (0.03 if lean else 0.036))
        brush.stroke(blades, color, u * 0.01)


def _blossoms(brush: Brush, stage: Stage, count: int, colors: tuple[Color, ...]) -> None:
    if stage.named("flower"):
        return
    u = stage.unit
    places = stage.spread(count, stage.ground + u * 0.035, stage.height - u * 0.01)
    stage.chance.shuffle(places)
    r = u * 0.011
    for k, color in enumerate(colors):
        petals = [(x + dx * r, y + dy * r) for x, y in places[k :: len(colors)]
                  for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1))]  # fmt: skip
        brush.fill(dots(petals, r * 0.9), stage.tone(color))
    brush.fill(dots(places, r * 0.75), stage.tone(0xF2B134))


def _stones(brush: Brush, stage: Stage, count: int, color: Color) -> None:
    u = stage.unit
    places = stage.spread(count, stage.ground + u * 0.05, stage.height)
    for k, r in enumerate((0.022, 0.03)):
        brush.fill(dots(places[k::2], u * r, 0.55), color)
        tops = [(x - u * r * 0.2, y - u * r * 0.16) for x, y in places[k::2]]
        brush.fill(dots(tops, u * r * 0.6, 0.5), lighter(color, 0.25))


@cache
def _bush() -> Shape:
    """A round far tree or bush of three puffs, standing at the origin, about two units wide."""
    return union(*(oval(dx, dy, r) for dx, dy, r in ((-0.5, -0.4, 0.5), (0.5, -0.4, 0.5), (0.0, -0.85, 0.62))))


@cache
def _fir(*, white: bool) -> Shape:
    """A fir of three tiers, one unit tall, standing at the origin; or only the snow upon it."""
    tiers = []
    for i in range(3):
        top, half = -1 + 0.24 * i, 0.17 + 0.07 * i
        share = 0.42 if white else 1.0
        foot = top + 0.42 * share
        tiers.append(polygon((0, top), (half * share, foot), (-half * share, foot)))
    return together(tiers) if white else union(*tiers)


def _row(stage: Stage, count: int, y: float, small: float, large: float) -> list[tuple[float, float, float]]:
    """Places and sizes for a row of trees across the picture."""
    w, c = stage.width, stage.chance
    return [(w * (i + 0.5 + c.uniform(-0.25, 0.25)) / count, y, c.uniform(small, large)) for i in range(count)]


def _firs(brush: Brush, stage: Stage, trees: list[tuple[float, float, float]], color: Color) -> None:
    if stage.named("pine tree"):  # round ones then
        for x, y, size in trees:
            brush.draw(moved(_bush(), x, y, size * 0.4), color)
        return
    for x, y, size in trees:
        brush.draw(moved(_fir(white=False), x, y, size), color)
        if stage.snow:
            brush.fill(moved(_fir(white=True), x, y, size), stage.tone(0xFBFCFE))


# Outdoors --------------------------------------------------------------------------------------------------------


def _meadow(brush: Brush, stage: Stage) -> None:
    u, c, g, w = stage.unit, stage.chance, stage.ground, stage.width
    _hill(brush, stage, stage.far(0xA9D3B0, 0.4, 0.7), g - u * 0.17, u * 0.05)
    at = _hill(brush, stage, stage.far(0xA6D49A, 0.2, 0.75), g - u * 0.09, u * 0.035)
    for x in [w * c.uniform(0.02, 0.98) for _ in range(5)]:
        brush.draw(moved(_bush(), x, at(x) + u * 0.012, u * 0.035), stage.far(0x6FAE72, 0.2, 0.5))
    haze(brush, stage, g - u * 0.05)
    _hill(brush, stage, stage.far(0x9CD082, 0.05, 0.8), g - u * 0.035, u * 0.02)
    _ground(brush, stage, stage.earth(c.choice((0x8CC96F, 0x9ECB66, 0x7DC580)), 0.92))
    _tufts(brush, stage, stage.earth(0x63A852, 0.6), 9)
    if not stage.snow:
        _blossoms(brush, stage, 14, (0xFFFFFF, 0xFFE27A, 0xF7A3B5, 0xC9A6E0))


def _beach(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    sea, shore = g - u * 0.15, g + u * 0.05
    side = c.choice((-1, 1))
    cape, tall = w * (0.5 + side * 0.42), u * c.uniform(0.06, 0.1)
    brush.draw(blob((cape - u * 0.32, sea + u * 0.02), (cape - u * 0.12, sea - tall * 0.7), (cape, sea - tall),
                    (cape + u * 0.16, sea - tall * 0.6), (cape + u * 0.35, sea + u * 0.02)),
               stage.far(0x7FB08A, 0.35))  # fmt: skip
    water = 0x8A7FB0 if stage.scene.time == "sunset" else 0x49AFC8
    brush.wash(box(-1, sea, w * 1.02, shore + u * 0.04), stage.far(darker(water, 0.12), 0.05),
               stage.tone(lighter(water, 0.35)),
               sea, shore)  # fmt: skip
    foam = stage.tone(0xE9F7F6)
    crests = [(c.random() * w, sea + u * (0.022 + 0.03 * i)) for i in range(5)]
    for k, (x, y) in enumerate(crests):
        wide = u * (0.05 + 0.012 * k)
        brush.stroke(curve((x - wide, y), (x - wide * 0.5, y - u * 0.006), (x, y), (x + wide * 0.5, y - u * 0.006),
                           (x + wide, y)), foam, u * 0.008)  # fmt: skip
    for dy, color in ((-0.022, foam), (-0.008, stage.earth(0xD9BF85, 0.8)), (0.0, stage.earth(0xF4DFA6, 0.85))):
        y = shore + dy * u
        brush.draw(blob((-w * 0.3, h * 1.4), (-w * 0.3, y), (w * 0.15, y - u * 0.015), (w * 0.45, y + u * 0.012),
                        (w * 0.8, y - u * 0.018), (w * 1.3, y), (w * 1.3, h * 1.4)), color)  # fmt: skip
    places = stage.spread(16, shore + u * 0.04, h)
    brush.fill(dots(places, u * 0.008, 0.6), stage.earth(0xDCC07F, 0.5))
    shells = stage.spread(3, shore + u * 0.06, h - u * 0.02)
    for k, (x, y) in enumerate(shells):
        color = stage.tone((0xF6B8A6, 0xFFF1DD, 0xE98B6A)[k])
        if k < 2:
            fan = polygon((x, y + u * 0.014), (x - u * 0.024, y - u * 0.006), (x - u * 0.014, y - u * 0.019),
                          (x, y - u * 0.023), (x + u * 0.014, y - u * 0.019),
                          (x + u * 0.024, y - u * 0.006))  # fmt: skip
            brush.draw(fan, color)
            brush.stroke(dashes([(x, y + u * 0.012)] * 1, 0, -u * 0.03), darker(color, 0.25), u * 0.005)
            brush.stroke(dashes([(x, y + u * 0.012)], u * 0.012, -u * 0.025), darker(color, 0.25), u * 0.005)
            brush.stroke(dashes([(x, y + u * 0.012)], -u * 0.012, -u * 0.025), darker(color, 0.25), u * 0.005)
        else:
            brush.stroke(together(dashes([(x, y)], dx * u, dy * u) for dx, dy in
                                  ((0, -0.024), (0.024, -0.007), (0.015, 0.02), (-0.015, 0.02), (-0.024, -0.007))),
                         color, u * 0.013)  # fmt: skip


def _forest(brush: Brush, stage: Stage) -> None:
    u, w, c, g = stage.unit, stage.width, stage.chance, stage.ground
    count = max(4, round(6 * w / u))
    _firs(brush, stage, _row(stage, count + 3, g - u * 0.02, u * 0.5, u * 0.68), stage.far(0x8FBFA2, 0.4))
    haze(brush, stage, g - u * 0.16)
    _hill(brush, stage, stage.far(0x7FA878, 0.3, 0.6), g - u * 0.06, u * 0.015)
    _firs(brush, stage, _row(stage, count, g + u * 0.01, u * 0.4, u * 0.58), stage.far(0x71AB80, 0.22))
    near = [(w * k, g + u * 0.02, u * c.uniform(0.62, 0.82)) for k in (c.uniform(-0.02, 0.06), c.uniform(0.15, 0.22),
            c.uniform(0.8, 0.86), c.uniform(0.95, 1.02))]  # fmt: skip
    trunks = together(box(x - u * 0.022, y - u * 0.18, x + u * 0.022, y + u * 0.03) for x, y, _ in near)
    brush.draw(trunks, stage.tone(0x7A5A44))
    _firs(brush, stage, [(x, y - u * 0.07, size) for x, y, size in near], stage.tone(0x44825F))
    if stage.scene.weather == "sunny" and not stage.dark:  # light falls in between the trees
        lean = -stage.scene.light * u * 0.2
        for k in (c.uniform(0.3, 0.4), c.uniform(0.52, 0.6)):
            x = w * k
            brush.veil(polygon((x, -u * 0.05), (x + u * 0.07, -u * 0.05), (x + u * 0.14 + lean, g + u * 0.03),
                               (x + lean, g + u * 0.03)), 0xFFF7CF, 0.16)  # fmt: skip
    _ground(brush, stage, stage.earth(c.choice((0x86AE63, 0x97A65C, 0x74AB6C)), 0.92))
    brush.fill(dots(stage.spread(12, g + u * 0.04, stage.height), u * 0.011, 0.5), stage.earth(0xB98A52, 0.5))
    for x, y in stage.spread(3, g + u * 0.02, g + u * 0.05):
        for lean in (-0.05, -0.028, 0.0, 0.028, 0.05):
            brush.stroke(curve((x, y), (x + lean * u * 0.5, y - u * 0.035),
                               (x + lean * u, y - u * 0.045 + abs(lean) * u * 0.4)),
                         stage.earth(0x4F8A4E, 0.5), u * 0.012)  # fmt: skip
    _tufts(brush, stage, stage.earth(0x5C8C47, 0.6), 6)


def _city(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    towers, x = [], -u * 0.05
    while x < w:
        wide, tall = u * c.uniform(0.1, 0.18), u * c.uniform(0.36, 0.58)
        towers.append(box(x, g - tall, x + wide, g))
        x += wide
    brush.draw(together(towers), stage.far(0x9FB2C6, 0.45))
    walls = [0xF2B8A0, 0xF6D79A, 0xA9CBD6, 0xD7B6D3, 0xBFD3A8, 0xEFE3CF]
    c.shuffle(walls)
    x, i = -u * 0.1 * c.random(), 0
    glowing: list[Shape] = []
    glass: list[Shape] = []
    while x < w:
        wide, tall, roof = u * c.uniform(0.22, 0.32), u * c.uniform(0.28, 0.48), c.random()
        wall = stage.tone(walls[i % len(walls)])
        top = g - tall
        if roof < 0.55:
            brush.draw(polygon((x - u * 0.01, top), (x + wide / 2, top - u * 0.11), (x + wide + u * 0.01, top)),
                       stage.earth((0xB5614E, 0x9C6B5A, 0x7C7F95)[i % 3], 0.85))  # fmt: skip
        brush.draw(box(x, top, x + wide, g + u * 0.03), wall)
        if roof >= 0.55:
            brush.draw(
                box(x - u * 0.012, top - u * 0.025, x + wide + u * 0.012, top), stage.earth(darker(wall, 0.25), 0.9)
            )
        columns = 3 if wide > u * 0.27 else 2
        _shopfront(brush, stage, x + wide * c.choice((0.3, 0.7)), g, wide, i)
        y = top + u * 0.05
        while y < g - u * 0.16:
            for k in range(columns):
                left = x + wide * (k + 0.5) / columns - u * 0.025
                pane = box(left, y, left + u * 0.05, y + u * 0.07, u * 0.006)
                (glowing if stage.dark and c.random() < 0.7 else glass).append(pane)
            y += u * 0.115
        x, i = x + wide, i + 1
    brush.fill(together(glass), stage.tone(0x7FA3B8 if not stage.dark else 0x46557D))
    brush.shine(together(glowing), 0xFFE08A)
    brush.draw(box(-u, g - u * 0.005, w + u, h + u), stage.earth(0xDCD5C9, 0.75))
    joints = [(k * u * 0.16 - u * 0.05, g) for k in range(round(w / u / 0.16) + 2)]
    brush.stroke(dashes(joints, -u * 0.04, u * 0.058), stage.earth(0xC4BBAE, 0.6), u * 0.006)
    brush.fill(box(-u, g + u * 0.06, w + u, g + u * 0.075), stage.earth(0xB5ADA2, 0.6))
    brush.draw(box(-u, g + u * 0.075, w + u, h + u), stage.earth(0xA09FA9, 0.7))
    y = h - u * 0.05
    dash = [
        box(k * u * 0.26 - u * 0.1, y, k * u * 0.26 + u * 0.04, y + u * 0.022) for k in range(round(w / u / 0.26) + 2)
    ]
    brush.fill(together(dash), stage.earth(0xF4F0E4, 0.9))


def _shopfront(brush: Brush, stage: Stage, x: float, g: float, wide: float, i: int) -> None:
    """A door, under an awning at every other house."""
    u = stage.unit
    brush.draw(box(x - u * 0.028, g - u * 0.095, x + u * 0.028, g, u * 0.01),
               stage.tone((0x8A5A44, 0x56707E, 0x6E7F57)[i % 3]))
    if i % 2:
        top, half = g - u * 0.125, min(u * 0.075, wide * 0.29)
        color = stage.tone((0xD9605A, 0x5B9BB5, 0xE5A94B)[i // 2 % 3])
        brush.draw(polygon((x - half * 0.8, top), (x + half * 0.8, top), (x + half, top + u * 0.045),
                           (x - half, top + u * 0.045)), color)  # fmt: skip
        stripes = [polygon((x + k * half * 0.4, top), (x + (k + 0.5) * half * 0.4, top),
                           (x + (k + 0.5) * half * 0.5, top + u * 0.045), (x + k * half * 0.5, top + u * 0.045))
                   for k in (-2, -1, 0, 1)]  # fmt: skip
        brush.fill(together(stripes), stage.tone(0xFFF6E6))


def _mountains(brush: Brush, stage: Stage) -> None:
    u, w, c, g = stage.unit, stage.width, stage.chance, stage.ground
    count = max(2, round(2.6 * w / u))
    for layer, (rock, size, far) in enumerate(((0xA3B4C8, 0.62, 0.35), (0x7F94AD, 0.46, 0.1))):
        peaks, sides, caps = [], [], []
        for i in range(count + layer):
            x = w * (i + 0.5 + c.uniform(-0.22, 0.22)) / (count + layer)
            tall = u * size * c.uniform(0.78, 1.1)
            top, half, foot = g - tall, tall * 0.72, g + u * 0.05
            peaks.append(polygon((x, top), (x + half, foot), (x - half, foot)))
            lit = -1 if stage.scene.light < 0 else 1
            sides.append(polygon((x, top), (x - lit * half, foot), (x - lit * half * 0.15, foot),
                                 (x + lit * half * 0.08, top + tall * 0.55)))  # fmt: skip
            k = 0.36
            caps.append(polygon((x, top), (x + half * k, top + tall * k), (x + half * 0.15, top + tall * (k - 0.08)),
                                (x, top + tall * (k + 0.04)), (x - half * 0.17, top + tall * (k - 0.08)),
                                (x - half * k, top + tall * k)))  # fmt: skip
        for peak, side, cap in zip(peaks, sides, caps, strict=True):
            brush.draw(peak, stage.far(rock, far))
            brush.fill(side, stage.far(darker(rock, 0.13), far))
            brush.fill(cap, stage.far(0xFCFDFE, far * 0.3))
        haze(brush, stage, g - u * (0.14 - 0.1 * layer))
    _hill(brush, stage, stage.far(0x8FB89A, 0.12, 0.8), g - u * 0.02, u * 0.02)
    _firs(brush, stage, [(w * (k + c.uniform(-0.02, 0.02)), g + u * 0.02, u * c.uniform(0.17, 0.27))
                         for k in (0.03, 0.1, 0.17, 0.83, 0.9, 0.97)], stage.tone(0x4F8270))  # fmt: skip
    _ground(brush, stage, stage.earth(0xA5C78A, 0.92))
    _tufts(brush, stage, stage.earth(0x7BA565, 0.6), 5)
    _stones(brush, stage, 7, stage.earth(0x9AA3A2, 0.4))


def _lake(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    shore = stage.shore
    _hill(brush, stage, stage.far(0x94B9C6, 0.45, 0.4), g - u * 0.2, u * 0.07)
    at = _hill(brush, stage, stage.far(0x86BA98, 0.22, 0.7), g - u * 0.08, u * 0.045)
    haze(brush, stage, g - u * 0.05)
    ends = [w * k for k in (c.uniform(0.0, 0.06), c.uniform(0.09, 0.15), c.uniform(0.86, 0.91), c.uniform(0.93, 1))]
    firs = [(x, at(x) + u * 0.03, u * c.uniform(0.16, 0.24)) for x in ends]
    _firs(brush, stage, firs, stage.far(0x5B9277, 0.12))
    grass = stage.earth(0x93C676, 0.92)
    brush.draw(box(-u, g, w + u, shore + u * 0.02), grass)
    water, now = stage.tone(0x63B4D2), stage.air  # the sky lies in it, the horizon nearest to the shore
    brush.wash(box(-1, shore, w * 1.02, h * 1.02), mix(water, now.low, 0.55), mix(water, now.high, 0.35), shore, h)
    xs = [w * k / 6 for k in range(-1, 8)]
    brush.veil(blob(*((x, 2 * shore - at(x)) for x in xs), (w * 1.2, shore), (-w * 0.2, shore)),
               mix(water, grass, 0.45), 0.4)
    for x, y, size in firs if not stage.named("pine tree") else ():
        brush.veil(moved(_fir(white=False), x, 2 * shore - y, -size), stage.far(0x4C8777, 0.2), 0.4)
    brush.veil(box(-u, shore, w + u, 2 * shore - g), mix(water, darker(grass, 0.25), 0.6), 0.4)
    bank = blob((-w * 0.1, shore - u * 0.02), (w * 1.1, shore - u * 0.02), (w * 1.1, shore + u * 0.004),
                (w * 0.75, shore + u * 0.012), (w * 0.5, shore + u * 0.004), (w * 0.2, shore + u * 0.013),
                (-w * 0.1, shore + u * 0.004), tension=0.6)  # fmt: skip
    brush.draw(bank, stage.earth(0xB79F6E, 0.7))
    _tufts_at(brush, stage, [(x, shore + u * 0.006) for x, _ in stage.spread(8, 0, 1)], stage.earth(0x5E9C55, 0.5))
    for x, y in stage.spread(5, shore + u * 0.05, h - u * 0.02):
        wide = u * c.uniform(0.04, 0.08)
        brush.stroke(curve((x - wide, y), (x, y - u * 0.005), (x + wide, y)), stage.tone(0xE6F3F4), u * 0.006, 0.75)
    for x, y in stage.spread(3, shore + u * 0.1, h - u * 0.03):
        x = x if abs(x / w - 0.5) > 0.25 else x + w * 0.33
        brush.draw(oval(x, y, u * 0.045, u * 0.016), stage.tone(0x6DAE62))
        brush.fill(polygon((x, y), (x + u * 0.05, y - u * 0.008), (x + u * 0.05, y + u * 0.008)), water)
        brush.fill(oval(x - u * 0.012, y - u * 0.012, u * 0.014, u * 0.011), stage.tone(0xF9C6D2))
    side = c.choice((0.03, 0.97))
    stems = [(w * side + dx * u, h + u * 0.01) for dx in (-0.05, -0.015, 0.02, 0.055)]
    brush.stroke(dashes(stems, u * 0.01, -u * 0.2), stage.tone(0x6E9A55), u * 0.009)
    for k, (x, y) in enumerate(stems):
        top = y - u * (0.2 - 0.02 * (k % 2))
        brush.draw(box(x, top - u * 0.02, x + u * 0.022, top + u * 0.045, u * 0.011), stage.tone(0x7C5536))


def _tufts_at(brush: Brush, stage: Stage, feet: list[Point], color: Color) -> None:
    u = stage.unit
    for lean in (-0.016, 0.0, 0.016):
        brush.stroke(dashes([(x + lean * 0.5 * u, y) for x, y in feet], lean * u, -u * 0.026), color, u * 0.009)


def _desert(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    for k in (c.uniform(0.08, 0.25), c.uniform(0.7, 0.95)):
        x, wide, tall = w * k, u * c.uniform(0.16, 0.26), u * c.uniform(0.16, 0.28)
        top = g - u * 0.04 - tall
        rock = stage.far(0xC9805A, 0.32, 0.3)
        brush.draw(polygon((x - wide, g), (x - wide * 0.7, top + tall * 0.45), (x - wide * 0.6, top),
                           (x + wide * 0.55, top),
                           (x + wide * 0.68, top + tall * 0.4), (x + wide, g)), rock)  # fmt: skip
        for share in (0.22, 0.42):
            y, half = top + tall * share, wide * (0.6 + 0.12 * share)
            brush.fill(box(x - half, y, x + half * 0.95, y + tall * 0.06), darker(rock, 0.12))
    for y, color, far in ((0.09, 0xEBC17E, 0.2), (0.03, 0xEDBF74, 0.06)):
        _dune(brush, stage, g - u * y, stage.far(color, far, 0.75))
    _ground(brush, stage, stage.earth(c.choice((0xF0CB85, 0xEFC08A, 0xF0D596)), 0.85))
    for x, y in stage.spread(5, g + u * 0.05, h):
        brush.stroke(curve((x - u * 0.09, y), (x - u * 0.03, y - u * 0.008), (x + u * 0.03, y),
                           (x + u * 0.09, y - u * 0.008)),
                     stage.earth(0xD9AA60, 0.5), u * 0.007)  # fmt: skip
    for k in (c.uniform(0.03, 0.14), c.uniform(0.86, 0.97)):
        if not stage.named("cactus"):
            _saguaro(brush, stage, w * k, g + u * 0.03, u * c.uniform(0.2, 0.32))
    _stones(brush, stage, 5, stage.earth(0xB98B5E, 0.4))


def _dune(brush: Brush, stage: Stage, y: float, color: Color) -> None:
    """A dune with a sharp crest and a side in the shade."""
    u, w, h, c = stage.unit, stage.width, stage.height, stage.chance
    x, tall = w * c.uniform(0.3, 0.7), u * c.uniform(0.05, 0.09)
    crest = blob((-w * 0.3, h), (-w * 0.3, y), (w * 0.05, y), (x, y - tall), (w * 0.95, y + u * 0.01),
                 (w * 1.3, y - u * 0.02),
                 (w * 1.3, h), tension=0.8)  # fmt: skip
    brush.draw(crest, color)
    lit = 1 if stage.scene.light < 0 else -1
    brush.fill(blob((x, y - tall), (x + lit * w * 0.16, y - tall * 0.4), (x + lit * w * 0.5, y + u * 0.05),
                    (x + lit * w * 0.1, y + u * 0.12), (x + lit * w * 0.08, y + u * 0.02), tension=0.7),
               darker(color, 0.1))  # fmt: skip


def _saguaro(brush: Brush, stage: Stage, x: float, y: float, tall: float) -> None:
    green = stage.earth(0x5C9A66, 0.25)
    thick = tall * 0.2
    arm = [curve((x, y - tall * 0.38), (x + s * tall * 0.26, y - tall * 0.4), (x + s * tall * 0.28, y - tall * k))
           for s, k in ((-1, 0.72), (1, 0.62))]  # fmt: skip
    for path in arm:
        brush.limb(path, green, thick * 0.7)
    brush.limb(curve((x, y), (x, y - tall * 0.9)), green, thick)
    for dx in (-0.25, 0.25):
        brush.stroke(dashes([(x + dx * thick, y - tall * 0.05)], 0, -tall * 0.82), darker(green, 0.2), thick * 0.08)
    if stage.snow:
        brush.fill(oval(x, y - tall * 0.96, thick * 0.5, thick * 0.3), stage.tone(0xFFFFFF))


def _farm(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    _hill(brush, stage, stage.far(0xB4D49B, 0.35, 0.7), g - u * 0.14, u * 0.04)
    field = _hill(brush, stage, stage.far(0xE2CC7E, 0.12, 0.75), g - u * 0.06, u * 0.02)
    for k in range(5):
        x = w * (k + 0.5) / 5
        y = field(x)
        brush.stroke(curve((x, y + u * 0.004), (x + (x - w / 2) * 0.2, y + u * 0.04),
                           (x + (x - w / 2) * 0.5, g + u * 0.02)),
                     stage.far(0xC9AF5E, 0.12, 0.7), u * 0.008)  # fmt: skip
    haze(brush, stage, g - u * 0.05)
    _barn(brush, stage, w * c.choice((0.2, 0.8)), g + u * 0.01, u * c.uniform(0.92, 1.05))
    _ground(brush, stage, stage.earth(c.choice((0x9CC873, 0xB3C46C, 0x86C277)), 0.92))
    y = g + u * 0.012
    posts = [(k * u * 0.13 - u * 0.03, y) for k in range(round(w / u / 0.13) + 2)]
    rail = stage.tone(0xF7F0E0 if not stage.snow else 0xC9A57C)
    for dy in (0.022, 0.05):
        brush.draw(box(-u, y - dy * u - u * 0.007, w + u, y - dy * u + u * 0.007), rail)
    brush.draw(
        together(box(x - u * 0.01, py - u * 0.075, x + u * 0.01, py + u * 0.014, u * 0.006) for x, py in posts), rail
    )
    for x, py in stage.spread(2, g + u * 0.05, g + u * 0.08):
        x = w * 0.06 + (x / w > 0.5) * w * 0.88
        bale = stage.earth(0xE8C25C, 0.4)
        brush.draw(oval(x, py, u * 0.07), bale)
        brush.stroke(oval(x, py, u * 0.045), darker(bale, 0.25), u * 0.007)
        brush.stroke(oval(x, py, u * 0.02), darker(bale, 0.25), u * 0.007)
    brush.fill(dots(stage.spread(10, g + u * 0.05, h), u * 0.006, 0.7), stage.earth(0xD9BE6A, 0.4))
    _tufts(brush, stage, stage.earth(0x6FA653, 0.6), 6)


def _barn(brush: Brush, stage: Stage, x: float, y: float, size: float) -> None:
    red, trim, roof = stage.tone(0xC4523F), stage.tone(0xF9EFDF), stage.earth(0x6E5A58, 0.85)
    away = 1 if x < stage.width / 2 else -1
    silo = x + away * size * 0.235
    brush.draw(box(silo - size * 0.06, y - size * 0.44, silo + size * 0.06, y), stage.tone(0xC8CCD0))
    brush.draw(blob((silo - size * 0.065, y - size * 0.44), (silo, y - size * 0.53),
                    (silo + size * 0.065, y - size * 0.44)),
               stage.earth(0x8C98A6, 0.85))  # fmt: skip
    rows = [(silo - size * 0.06, y - size * k) for k in (0.12, 0.22, 0.32)]
    brush.stroke(dashes(rows, size * 0.12, 0), stage.tone(0xA4ABB2), size * 0.008)
    gable = ((-0.17, -0.22), (-0.12, -0.33), (0, -0.4), (0.12, -0.33), (0.17, -0.22))
    wall = polygon((x - size * 0.17, y), *((x + a * size, y + b * size) for a, b in gable), (x + size * 0.17, y))
    brush.draw(wall, red)
    brush.stroke(
        dashes([(x + k * size, y) for k in (-0.13, -0.1, 0.1, 0.13)], 0, -size * 0.2), darker(red, 0.2), size * 0.006
    )
    outer = [(x + a * size * 1.17, y + b * size * 1.0 - size * 0.02) for a, b in gable]
    inner = [(x + a * size, y + b * size + size * 0.018) for a, b in reversed(gable)]
    brush.draw(polygon(*outer, *inner), roof)
    hatch = box(x - size * 0.04, y - size * 0.3, x + size * 0.04, y - size * 0.22)
    brush.fill(hatch, 0xFFE08A if stage.dark else darker(red, 0.55))
    brush.stroke(hatch, trim, size * 0.012)
    door = box(x - size * 0.085, y - size * 0.17, x + size * 0.085, y)
    brush.fill(door, darker(red, 0.15))
    brush.stroke(door, trim, size * 0.014)
    cross = [dashes([(x, y)], dx * size, dy * size) for dx, dy in ((0, -0.17),)]
    cross += [dashes([(x, y - size * 0.17)], s * size * 0.085, size * 0.17) for s in (-1, 1)]
    brush.stroke(together(cross), trim, size * 0.012)


def _park(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    count = max(5, round(7 * w / u))
    _hill(brush, stage, stage.far(0xA9CFA8, 0.35, 0.6), g - u * 0.16, u * 0.02)
    crowns, trunks = [], []
    for i in range(count):
        x, r, lift = (
            w * (i + 0.5 + c.uniform(-0.15, 0.15)) / count,
            u * c.uniform(0.075, 0.105),
            u * c.uniform(0.0, 0.05),
        )
        crowns.append((x, g - u * 0.15 - lift, r))
        trunks.append(box(x - u * 0.01, g - u * 0.15 - lift, x + u * 0.01, g))
    brush.draw(together(trunks), stage.far(0x8A664C, 0.15))
    for k, color in enumerate((0x7DBB74, 0x94C97B, 0x69AB72)):
        brush.draw(together(oval(x, y, r, r * 1.12) for x, y, r in crowns[k::3]), stage.far(color, 0.12, 0.35))
    haze(brush, stage, g - u * 0.06)
    brush.draw(box(-u, g - u * 0.055, w + u, g + u * 0.05, u * 0.02), stage.far(0x5F9F5E, 0.05, 0.5))
    _ground(brush, stage, stage.earth(c.choice((0x97CF7C, 0xA9D077, 0x86C98A)), 0.92))
    x = w * c.uniform(0.35, 0.65)
    path = blob((x - u * 0.035, g + u * 0.004), (x + u * 0.035, g + u * 0.004), (x + u * 0.09, g + u * 0.06),
                (w * 0.62, h * 1.02),
                (w * 0.66, h * 1.3), (w * 0.2, h * 1.3), (w * 0.24, h * 1.02), (x - u * 0.05, g + u * 0.06),
                tension=0.8)  # fmt: skip
    brush.draw(path, stage.earth(0xEBD9B4, 0.7))
    _fountain(brush, stage, w * (0.17 if x > w / 2 else 0.83), g + u * 0.045, u * 0.95)
    edge = 0.78 if x > w / 2 else 0.22
    bed = [(w * edge + dx * u, g + u * 0.045 + dy * u) for dx, dy in
           ((-0.12, 0), (-0.06, 0.012), (0, 0.016), (0.06, 0.012), (0.12, 0), (-0.09, -0.012), (-0.03, -0.014),
            (0.03, -0.014),
            (0.09, -0.012))]  # fmt: skip
    brush.draw(oval(w * edge, g + u * 0.05, u * 0.16, u * 0.034), stage.earth(0x6FA75B, 0.6))
    if not stage.snow and not stage.named("flower"):
        for k, color in enumerate((0xF0697C, 0xFFD75E, 0xFFFFFF)):
            brush.fill(dots(bed[k::3], u * 0.017), stage.tone(color))
    _tufts(brush, stage, stage.earth(0x6DAF59, 0.6), 6)


def _fountain(brush: Brush, stage: Stage, x: float, y: float, size: float) -> None:
    stone, water = stage.earth(0xCFC9BE, 0.3), stage.tone(0x8FD0E6)
    jets = [curve((x, y - size * 0.24), (x + s * size * 0.03, y - size * 0.31), (x + s * size * 0.075, y - size * 0.19),
                  (x + s * size * 0.095, y - size * 0.05)) for s in (-1, 1)]  # fmt: skip
    jets.append(curve((x, y - size * 0.2), (x, y - size * 0.3)))
    brush.draw(box(x - size * 0.02, y - size * 0.2, x + size * 0.02, y), stone)
    brush.draw(blob((x - size * 0.07, y - size * 0.2), (x + size * 0.07, y - size * 0.2),
                    (x + size * 0.03, y - size * 0.165),
                    (x - size * 0.03, y - size * 0.165), tension=0.4), stone)  # fmt: skip
    brush.draw(box(x - size * 0.15, y - size * 0.05, x + size * 0.15, y + size * 0.035, size * 0.02), stone)
    brush.fill(oval(x, y - size * 0.05, size * 0.14, size * 0.02), water)
    brush.stroke(together(jets), lighter(water, 0.3), size * 0.014)


def _space(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground
    brush.wash(box(0, 0, w * 1.02, h), 0x161238, 0x4B3577, 0, g)
    numbers = [(c.random(), c.random()) for _ in range(46)]
    side = 1 if stage.scene.light < 0 else -1
    drift = c.uniform(0.2, 0.5) * g
    brush.veil(blob((-w * 0.1, drift + u * 0.1), (w * 0.35, drift - u * 0.06), (w * 0.7, drift - u * 0.02),
                    (w * 1.1, drift - u * 0.18), (w * 1.1, drift + u * 0.02), (w * 0.6, drift + u * 0.14)), 0x8A55A8,
               0.3)  # fmt: skip
    sky = [(a * w, b * g * 0.97) for a, b in numbers]
    brush.fill(dots(sky[:26], u * 0.0045), 0xD9D6F5)
    brush.shine(together(star(x, y, u * 0.016) for x, y in sky[26:38]), 0xFFF3C4)
    brush.shine(together(star(x, y, u * 0.028, 0.18) for x, y in sky[38:42]), 0xFFFFFF)
    ringed, r = (w * (0.5 + side * 0.33), u * (0.16 + 0.06 * numbers[42][0])), u * 0.085
    ball = c.choice((0xE9A15B, 0xE58A8A, 0x7FC0B4))
    brush.limb(_ring(*ringed, r, -1), 0xF3DDB2, u * 0.014)
    brush.draw(oval(*ringed, r), ball)
    with brush.inside(oval(*ringed, r)):
        for dy in (-0.45, 0.15):
            brush.fill(
                box(ringed[0] - r, ringed[1] + dy * r, ringed[0] + r, ringed[1] + (dy + 0.25) * r), lighter(ball, 0.3)
            )
        brush.fill(oval(ringed[0] + side * r * 0.75, ringed[1] + r * 0.3, r * 0.95, r * 1.3), 0x1B1440, 0.22)
    brush.limb(_ring(*ringed, r, 1), 0xF3DDB2, u * 0.014)
    x, y, r = w * (0.5 - side * 0.36), u * (0.14 + 0.12 * numbers[43][0]), u * 0.06
    brush.draw(oval(x, y, r), 0x5BA3DA)
    with brush.inside(oval(x, y, r)):
        brush.fill(blob((x - r, y - r * 0.5), (x - r * 0.1, y - r * 0.8), (x + r * 0.2, y - r * 0.1),
                        (x - r * 0.4, y + r * 0.2)),
                   0x7DBB74)  # fmt: skip
        brush.fill(blob((x + r * 0.1, y + r * 0.3), (x + r * 0.8, y + r * 0.1), (x + r * 0.6, y + r * 0.9)), 0x7DBB74)
    x, y = w * (0.3 + 0.4 * numbers[44][0]), u * (0.06 + 0.08 * numbers[44][1])
    for k in (0.0, 0.006, -0.006):
        brush.stroke(curve((x, y), (x + side * u * 0.13, y - u * (0.05 + k * 3))), 0xBFD8F2, u * 0.006, 0.6)
    brush.fill(dots(((x, y),), u * 0.014), 0xFFFFFF)
    soil = 0xB9B0C9
    brush.draw(blob((-w * 0.3, h * 1.4), (-w * 0.3, g + u * 0.06), (w * 0.2, g), (w * 0.8, g), (w * 1.3, g + u * 0.06),
                    (w * 1.3, h * 1.4)), soil)  # fmt: skip
    for i, (x, y) in enumerate(stage.spread(7, g + u * 0.045, h - u * 0.01)):
        wide = u * (0.03 + 0.025 * (i % 3))
        brush.fill(oval(x, y, wide, wide * 0.36), darker(soil, 0.22))
        brush.fill(oval(x, y + wide * 0.08, wide * 0.86, wide * 0.27), darker(soil, 0.1))


def _ring(x: float, y: float, r: float, side: int) -> Shape:
    """Half of a planet's ring: the far half (-1) or the near half (1)."""
    points = [(-1.75, 0.28), (-1.0, 0.2 + side * 0.22), (0, side * 0.36), (1.0, -0.2 + side * 0.22), (1.75, -0.28)]
    return curve(*((x + a * r, y + b * r) for a, b in points))


PLACES: Final[dict[str, Callable[[Brush, Stage], None]]] = {
    "meadow": _meadow,
    "beach": _beach,
    "forest": _forest,
    "city": _city,
    "room": draw_room,
    "mountains": _mountains,
    "lake": _lake,
    "desert": _desert,
    "farm": _farm,
    "kitchen": draw_kitchen,
    "park": _park,
    "space": _space,
}
