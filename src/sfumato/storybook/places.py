"""The places: sky, weather, and one drawing function per place, in layers from far to near.

Frame: pixels. `Stage` says where the ground begins and how large a unit is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from .brush import Brush, blob, box, curve, oval, polygon
from .palette import NIGHT, Color, darker, lighter, mix
from .scene import Scene

SKIES: Final[dict[str, tuple[Color, Color]]] = {
    "sunny": (0x9AD3EE, 0xE3F3EC),
    "cloudy": (0xB4C3CF, 0xDDE2E0),
    "rainy": (0x7F92A6, 0xB2BEC6),
    "snowy": (0x9DB2CB, 0xD3DEE8),
    "sunset": (0xEE8C7C, 0xFDDCA2),
    "night": (0x1F2A57, 0x4A5791),
}


@dataclass(frozen=True)
class Stage:
    """The picture in pixels: `ground` is where the far edge of the ground lies, `unit` the smaller side."""

    width: float
    height: float
    ground: float
    unit: float
    scene: Scene
    chance: Random

    def tone(self, color: Color) -> Color:
        """A colour of the background under this time and weather."""
        if self.scene.time == "night":
            return mix(color, NIGHT, 0.52)
        if self.scene.time == "sunset":
            return mix(color, 0xE8845A, 0.26)
        if self.scene.weather == "rainy":
            return mix(color, 0x75828F, 0.3)
        if self.scene.weather == "cloudy":
            return mix(color, 0xA9AFB2, 0.2)
        return color

    def earth(self, color: Color, amount: float = 0.88) -> Color:
        """A colour of the ground: white under snow."""
        return self.tone(mix(color, 0xFAFBFC, amount) if self.scene.weather == "snowy" else color)


def draw_place(brush: Brush, stage: Stage) -> None:
    """The whole background, behind everything that has a name."""
    if stage.scene.place != "room":
        _sky(brush, stage, 0, 0, stage.width, stage.height)
    PLACES[stage.scene.place](brush, stage)


def _sky(brush: Brush, stage: Stage, left: float, top: float, right: float, bottom: float) -> None:
    scene, u, chance = stage.scene, stage.unit, stage.chance
    dim = scene.time if scene.time != "day" else scene.weather
    high, low = SKIES[dim]
    if scene.time == "night" and scene.weather != "sunny":
        high, low = 0x2B3350, 0x59627F
    if scene.time == "sunset" and scene.weather != "sunny":
        high, low = mix(high, 0x96889A, 0.4), mix(low, 0xB7A5A5, 0.3)
    edge = min(bottom, stage.ground) if scene.place != "room" else bottom
    brush.wash(box(left, top, right, bottom), high, low, top, edge)
    w = right - left
    h = edge - top
    side = chance.choice((0.14, 0.86))
    x = left + w * side
    if scene.weather == "sunny":
        if scene.time == "night":
            for _ in range(round(14 + w / u * 8)):
                px, py = left + chance.random() * w, top + chance.random() * h * 0.85
                r = u * chance.choice((0.005, 0.007, 0.011))
                brush.fill(polygon((px, py - 2 * r), (px + r * 0.5, py - r * 0.5), (px + 2 * r, py),
                                   (px + r * 0.5, py + r * 0.5), (px, py + 2 * r), (px - r * 0.5, py + r * 0.5),
                                   (px - 2 * r, py), (px - r * 0.5, py - r * 0.5)), 0xFFF3C4)  # fmt: skip
            y = top + u * (0.13 + 0.05 * chance.random())
            brush.fill(oval(x, y, u * 0.13), 0xFFF3C4, 0.12)
            brush.fill(oval(x, y, u * 0.088), 0xFFF1BF)
            brush.fill(oval(x - u * 0.03, y - u * 0.02, u * 0.018), 0xE6D59A)
            brush.fill(oval(x + u * 0.03, y + u * 0.025, u * 0.024), 0xE6D59A)
        elif scene.time == "sunset":
            y = edge - h * 0.16
            brush.fill(oval(x, y, u * 0.22), 0xFFEFB0, 0.3)
            brush.fill(oval(x, y, u * 0.15), 0xFFE07A)
        else:
            y = top + u * (0.13 + 0.05 * chance.random())
            brush.fill(oval(x, y, u * 0.125), 0xFFF3C0, 0.5)
            brush.fill(oval(x, y, u * 0.09), 0xFFD54F)
    cloud = {"sunny": 0xFFFFFF, "cloudy": 0xF2F3F2, "rainy": 0x64748A, "snowy": 0xDCE4EC}[scene.weather]
    if scene.time == "night":
        cloud = mix(cloud, NIGHT, 0.55)
    elif scene.time == "sunset":
        cloud = mix(cloud, 0xF7A98B, 0.55)
    count = {"sunny": 2, "cloudy": 4, "rainy": 4, "snowy": 2}[scene.weather]
    if scene.time == "night" and scene.weather == "sunny":
        count = 0
    for i in range(count):
        size = u * (0.13 if scene.weather == "sunny" else 0.19) * (0.8 + 0.5 * chance.random())
        px = left + w * ((i + 0.2 + 0.6 * chance.random()) / count)
        if scene.weather == "sunny" and abs(px - x) < u * 0.28:  # not over the sun
            px = x + u * (0.34 if side < 0.5 else -0.34)
        py = top + u * 0.07 + (0.25 * u if scene.weather == "sunny" else 0.16 * u) * chance.random()
        shade = darker(cloud, 0.08) if i % 2 and scene.weather != "sunny" else cloud
        for dx, dy, r in ((-0.75, 0.1, 0.42), (-0.2, -0.18, 0.58), (0.4, -0.05, 0.5), (0.85, 0.14, 0.35)):
            brush.fill(oval(px + dx * size, py + dy * size, r * size), shade)
        brush.fill(box(px - size * 1.1, py + size * 0.05, px + size * 1.15, py + size * 0.5, size * 0.22), shade)


def draw_weather(brush: Brush, stage: Stage) -> None:
    """Rain or snow over the background, behind the characters, so that faces stay clear."""
    scene, u, w, h = stage.scene, stage.unit, stage.width, stage.height
    if brush.index or scene.place == "room":
        return
    chance = Random(scene.detail + 7)
    step = u * 0.115
    if scene.weather == "rainy":
        color = 0xDCE9F5 if scene.time != "night" else 0xA9BCE0
        for row in range(round(h / step) + 1):
            for column in range(round(w / step) + 1):
                x = (column + (row % 2) * 0.5 + 0.5 * chance.random() - 0.25) * step
                y = (row + 0.5 * chance.random() - 0.25) * step
                brush.stroke(curve((x, y), (x - u * 0.015, y + u * 0.055)), color, u * 0.0085, 0.9)
    elif scene.weather == "snowy":
        for row in range(round(h / step) + 1):
            for column in range(round(w / step) + 1):
                x = (column + (row % 2) * 0.5 + 0.6 * chance.random() - 0.3) * step
                y = (row + 0.6 * chance.random() - 0.3) * step
                brush.fill(oval(x, y, u * chance.choice((0.009, 0.012, 0.016))), 0xFFFFFF)


def _hill(brush: Brush, stage: Stage, color: Color, y: float, wave: float) -> None:
    w, c = stage.width, stage.chance
    a, b = c.uniform(-wave, wave), c.uniform(-wave, wave)
    brush.fill(blob((-w * 0.2, stage.height * 1.3), (-w * 0.2, y + a), (w * 0.28, y - a), (w * 0.7, y + b),
                    (w * 1.2, y - b), (w * 1.2, stage.height * 1.3)), color)  # fmt: skip


def _ground(brush: Brush, stage: Stage, color: Color, bend: float = 0.02) -> None:
    w, y, d = stage.width, stage.ground, bend * stage.unit
    brush.fill(blob((-w * 0.3, stage.height * 1.4), (-w * 0.3, y + d), (w * 0.25, y), (w * 0.75, y), (w * 1.3, y + d),
                    (w * 1.3, stage.height * 1.4)), color)  # fmt: skip


def _tufts(brush: Brush, stage: Stage, color: Color, count: int) -> None:
    u, c = stage.unit, stage.chance
    for _ in range(count):
        x = c.random() * stage.width
        y = stage.ground + (stage.height - stage.ground) * (0.15 + 0.8 * c.random())
        for dx in (-0.02, 0, 0.02):
            brush.stroke(curve((x + dx * u * 0.5, y), (x + dx * u * 1.2, y - u * 0.03)), color, u * 0.011)


def _meadow(brush: Brush, stage: Stage) -> None:
    u, c = stage.unit, stage.chance
    _hill(brush, stage, stage.earth(0xBFDDB0, 0.7), stage.ground - u * 0.13, u * 0.05)
    _hill(brush, stage, stage.earth(0xA5CF93, 0.75), stage.ground - u * 0.05, u * 0.03)
    _ground(brush, stage, stage.earth(0x8CC474, 0.92))
    _tufts(brush, stage, stage.earth(0x69A855, 0.6), 7)
    if stage.scene.weather != "snowy":
        for _ in range(9):
            x = c.random() * stage.width
            y = stage.ground + (stage.height - stage.ground) * (0.15 + 0.8 * c.random())
            petal = stage.tone(c.choice((0xFFFFFF, 0xFFE27A, 0xF7A3B5, 0xC9A6E0)))
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                brush.fill(oval(x + dx * u * 0.011, y + dy * u * 0.011, u * 0.01), petal)
            brush.fill(oval(x, y, u * 0.008), stage.tone(0xF2B134))


def _beach(brush: Brush, stage: Stage) -> None:
    u, w, c = stage.unit, stage.width, stage.chance
    sea, shore = stage.ground - u * 0.12, stage.ground + u * 0.06
    color = 0x57B3C9
    if stage.scene.time == "sunset":
        color = 0x8C9BB8
    brush.fill(box(0, sea, w, stage.height), stage.tone(color))
    for i in range(4):
        x, y = c.random() * w, sea + u * (0.025 + 0.03 * i)
        brush.stroke(curve((x - u * 0.07, y), (x, y - u * 0.006), (x + u * 0.07, y)), stage.tone(0xA7DCE5), u * 0.009)
    if c.random() < 0.6:
        x = w * c.choice((0.1, 0.9))
        sail = polygon((x, sea - u * 0.11), (x, sea - u * 0.01), (x + u * 0.06, sea - u * 0.01))
        brush.fill(sail, stage.tone(0xFFFFFF))
        brush.fill(blob((x - u * 0.05, sea), (x + u * 0.07, sea), (x + u * 0.04, sea + u * 0.025),
                        (x - u * 0.03, sea + u * 0.025), tension=0.6), stage.tone(0xC9604A))  # fmt: skip
    for dy, tint in ((-0.02, 0xE9F6F4), (0.0, 0xF3DFA8)):
        y = shore + dy * u
        sand = stage.earth(tint, 0.8)
        brush.fill(blob((-w * 0.3, stage.height * 1.4), (-w * 0.3, y), (w * 0.2, y - u * 0.02),
                        (w * 0.5, y + u * 0.012), (w * 0.8, y - u * 0.02), (w * 1.3, y),
                        (w * 1.3, stage.height * 1.4)), sand)  # fmt: skip
    for _ in range(8):
        x, y = c.random() * w, shore + (stage.height - shore) * (0.25 + 0.7 * c.random())
        brush.fill(oval(x, y, u * 0.013, u * 0.007), stage.earth(0xDDC283, 0.5))


def _pine(brush: Brush, x: float, y: float, size: float, color: Color, cap: Color | None) -> None:
    for i in range(3):
        top, half = y - size * (1 - 0.24 * i), size * (0.17 + 0.07 * i)
        brush.fill(polygon((x, top), (x + half, top + size * 0.42), (x - half, top + size * 0.42)), color)
        if cap is not None:
            foot = top + size * 0.17
            brush.fill(polygon((x, top), (x + half * 0.42, foot), (x - half * 0.42, foot)), cap)


def _forest(brush: Brush, stage: Stage) -> None:
    u, w, c = stage.unit, stage.width, stage.chance
    snow = stage.tone(0xFFFFFF) if stage.scene.weather == "snowy" else None
    g = stage.ground
    count = max(4, round(6 * w / u))
    _hill(brush, stage, stage.tone(0xA6CBB0), g - u * 0.34, u * 0.03)
    for i in range(count):
        x = w * (i + 0.5 + c.uniform(-0.2, 0.2)) / count
        _pine(brush, x, g - u * 0.02, u * c.uniform(0.5, 0.62), stage.tone(0x7DB08C), snow)
    for i in range(count - 1):
        x = w * (i + 0.5 + c.uniform(-0.2, 0.2)) / (count - 1)
        if 0.3 < x / w < 0.7:
            continue
        brush.fill(box(x - u * 0.02, g - u * 0.15, x + u * 0.02, g + u * 0.03), stage.tone(0x7A5A44))
        _pine(brush, x, g - u * 0.0, u * c.uniform(0.62, 0.8), stage.tone(0x4E8A68), snow)
    _ground(brush, stage, stage.earth(0x86AA62, 0.92))
    _tufts(brush, stage, stage.earth(0x5C8447, 0.6), 8)


def _city(brush: Brush, stage: Stage) -> None:
    u, w, c = stage.unit, stage.width, stage.chance
    g = stage.ground
    walls = [0xF2B8A0, 0xF6D79A, 0xA9CBD6, 0xD7B6D3, 0xBFD3A8, 0xEFE3CF]
    c.shuffle(walls)
    x, i = -u * 0.1 * c.random(), 0
    lit = stage.scene.time == "night"
    while x < w:
        wide, tall = u * c.uniform(0.24, 0.34), u * c.uniform(0.45, 0.72)
        wall = stage.tone(walls[i % len(walls)])
        top = g - tall
        if c.random() < 0.5:
            brush.fill(polygon((x, top), (x + wide / 2, top - u * 0.11), (x + wide, top)), stage.earth(0xB5614E, 0.85))
        else:
            eaves = box(x - u * 0.01, top - u * 0.025, x + wide + u * 0.01, top)
            brush.fill(eaves, stage.earth(darker(wall, 0.25), 0.9))
        brush.fill(box(x, top, x + wide, g + u * 0.03), wall)
        y = top + u * 0.05
        while y < g - u * 0.12:
            for k in (0.2, 0.6):
                glass = 0xFFE08A if lit and c.random() < 0.7 else stage.tone(0x7FA3B8 if not lit else 0x46557D)
                brush.fill(box(x + wide * k, y, x + wide * (k + 0.22), y + u * 0.075, u * 0.008), glass)
            y += u * 0.125
        x, i = x + wide, i + 1
    brush.fill(box(0, g - u * 0.005, w, stage.height), stage.earth(0xD9D2C7, 0.75))
    brush.fill(box(0, g + u * 0.055, w, g + u * 0.07), stage.earth(0xB5ADA2, 0.6))
    brush.fill(box(0, g + u * 0.07, w, stage.height), stage.earth(0xA5A4AC, 0.7))
    x = -u * 0.1
    y = stage.height - u * 0.05
    while x < w:
        brush.fill(box(x, y, x + u * 0.13, y + u * 0.022), stage.earth(0xF4F0E4, 0.9))
        x += u * 0.24


def _room(brush: Brush, stage: Stage) -> None:
    u, w, h, c = stage.unit, stage.width, stage.height, stage.chance
    g = stage.ground
    wall = c.choice((0xF6DDC4, 0xCFE0D4, 0xF3D2CF, 0xD6DAEA, 0xF4E6B5))
    night = stage.scene.time == "night"
    tone = (lambda color: mix(color, 0x4A3F6B, 0.22)) if night else (lambda color: color)
    brush.fill(box(0, 0, w, h), tone(wall))
    if c.random() < 0.6:
        x = u * 0.05
        while x < w:
            brush.fill(box(x, 0, x + u * 0.04, g), tone(lighter(wall, 0.35)))
            x += u * 0.11
    side = c.choice((0.2, 0.8))
    x, y = w * side, max(u * 0.24, g - u * 0.46)
    half = u * 0.15
    brush.fill(box(x - half * 1.15, y - half * 1.25, x + half * 1.15, y + half * 1.25, u * 0.01), tone(0xFFFDF6))
    pane = box(x - half, y - half * 1.1, x + half, y + half * 1.1)
    with brush.inside(pane):
        small = Stage(stage.width, h, y + half, u * 0.5, stage.scene, c)
        _sky(brush, small, x - half, y - half * 1.1, x + half, y + half * 1.1)
        brush.fill(oval(x, y + half * 1.5, half * 1.5, half * 0.8), stage.tone(0x8CC474))
    brush.fill(box(x - u * 0.01, y - half * 1.1, x + u * 0.01, y + half * 1.1), tone(0xFFFDF6))
    brush.fill(box(x - half, y - u * 0.01, x + half, y + u * 0.01), tone(0xFFFDF6))
    drape = tone(c.choice((0xD9705E, 0x6E9BB8, 0xE0A94A, 0x86A86B)))
    for s in (-1, 1):
        brush.fill(blob((x + s * half * 1.5, y - half * 1.4), (x + s * half * 0.55, y - half * 1.4),
                        (x + s * half * 0.95, y), (x + s * half * 1.05, y + half * 1.5),
                        (x + s * half * 1.55, y + half * 1.5), tension=0.5), drape)  # fmt: skip
    x = w * (1 - side)
    frame = tone(0x9A6A45)
    brush.fill(box(x - u * 0.09, y - u * 0.1, x + u * 0.09, y + u * 0.08, u * 0.008), frame)
    brush.fill(box(x - u * 0.07, y - u * 0.08, x + u * 0.07, y + u * 0.06), tone(0xF4EBD8))
    brush.fill(oval(x, y - u * 0.01, u * 0.04), tone(c.choice((0xE27D60, 0x85B79D, 0xE8A87C))))
    brush.fill(box(0, g, w, h), tone(0xCB9863))
    for i in range(1, 4):
        brush.fill(box(0, g + (h - g) * i / 4, w, g + (h - g) * i / 4 + u * 0.007), tone(0xB5834F))
    brush.fill(box(0, g - u * 0.025, w, g + u * 0.006), tone(0xFFFDF6))
    rug = tone(c.choice((0xD98880, 0x7FB3B0, 0xE3B65B, 0x9AA5CF)))
    y = (g + h) / 2 + u * 0.03
    brush.fill(oval(w / 2, y, w * 0.46, (h - g) * 0.36), rug)
    brush.fill(oval(w / 2, y, w * 0.4, (h - g) * 0.27), lighter(rug, 0.3))


def _mountains(brush: Brush, stage: Stage) -> None:
    u, w, c = stage.unit, stage.width, stage.chance
    g = stage.ground
    count = max(2, round(2.6 * w / u))
    for layer, (rock, size) in enumerate(((0xA9BACB, 0.6), (0x8499B0, 0.46))):
        for i in range(count + layer):
            x = w * (i + 0.5 + c.uniform(-0.2, 0.2)) / (count + layer)
            tall = u * size * c.uniform(0.8, 1.1)
            top, half = g - tall, tall * 0.72
            color = stage.tone(rock)
            brush.fill(polygon((x, top), (x + half, g + u * 0.05), (x - half, g + u * 0.05)), color)
            brush.fill(polygon((x, top), (x + half, g + u * 0.05), (x + half * 0.2, g + u * 0.05)), darker(color, 0.1))
            k = 0.36
            brush.fill(polygon((x, top), (x + half * k, top + tall * k), (x + half * 0.15, top + tall * (k - 0.08)),
                               (x, top + tall * (k + 0.03)), (x - half * 0.17, top + tall * (k - 0.08)),
                               (x - half * k, top + tall * k)), stage.tone(0xFCFDFE))  # fmt: skip
    snow = stage.tone(0xFFFFFF) if stage.scene.weather == "snowy" else None
    for k in (0.04, 0.13, 0.87, 0.96):
        _pine(brush, w * k, g + u * 0.02, u * c.uniform(0.18, 0.26), stage.tone(0x4F7F6E), snow)
    _ground(brush, stage, stage.earth(0xA9C28D, 0.92))
    for _ in range(5):
        x, y = c.random() * w, g + (stage.height - g) * (0.15 + 0.75 * c.random())
        brush.fill(oval(x, y, u * 0.03, u * 0.018), stage.earth(0x9AA3A2, 0.3))


PLACES: Final[dict[str, Callable[[Brush, Stage], None]]] = {
    "meadow": _meadow,
    "beach": _beach,
    "forest": _forest,
    "city": _city,
    "room": _room,
    "mountains": _mountains,
}
