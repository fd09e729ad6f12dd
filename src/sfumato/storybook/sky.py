"""The air of a picture: what time and weather do to the sky and to every colour below it.

Frame: pixels. `Stage` says where the ground begins and how large a unit is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, Point, Shape, blob, box, curve, dashes, dots, moved, oval, polygon, together, union
from .palette import NIGHT, Color, darker, lighter, luma, mix

if TYPE_CHECKING:
    from .scene import Scene

# Skies, each above and at the horizon, and what tints all things how much
TIMES: Final[dict[str, tuple[tuple[tuple[Color, Color], ...], Color, float]]] = {
    "morning": (((0x9FC6EC, 0xFFE0BD), (0xB9BCE8, 0xFFE7B8), (0x9ED3DE, 0xFFD8CB)), 0xFFDDB0, 0.17),
    "day": (((0x83C9EE, 0xE6F5EE), (0x6FBBE9, 0xD6EEF6), (0x97D6EA, 0xF3F4DF)), 0xFFFFFF, 0.0),
    "sunset": (((0xB4608F, 0xFFC57E), (0xD9695F, 0xFFD489), (0x7E64A6, 0xFFAF86)), 0xE77F55, 0.3),
    "night": (((0x18214F, 0x4C5C98), (0x10254A, 0x3C6592), (0x251C50, 0x62509A)), NIGHT, 0.52),
}
# The grey that covers the sky how much, what it does to all things, and its clouds
WEATHERS: Final[dict[str, tuple[Color, float, float, Color]]] = {
    "sunny": (0xFFFFFF, 0.0, 0.0, 0xFFFFFF),
    "cloudy": (0xB9C4CB, 0.75, 0.17, 0xF3F4F2),
    "rainy": (0x8496A8, 0.8, 0.3, 0x66788E),
    "snowy": (0xB3C3D6, 0.72, 0.1, 0xE4EAF0),
    "foggy": (0xD6DAD8, 0.84, 0.3, 0xE3E5E2),
    "stormy": (0x4A5468, 0.88, 0.42, 0x343C50),
}


FAR: Final = 0.0039  # the breadth of a line far away, of the smaller side: one pixel of 256


@dataclass(frozen=True)
class Air:
    """The light of one time and weather."""

    high: Color
    low: Color
    cloud: Color
    tint: Color
    strength: float
    gray: Color
    dull: float
    fog: float


@lru_cache(maxsize=1024)
def air(weather: str, time: str, variant: int) -> Air:
    skies, tint, strength = TIMES[time]
    high, low = skies[variant % len(skies)]
    gray, cover, dull, cloud = WEATHERS[weather]
    veil = mix(gray, 0xC87A92 if time == "sunset" else tint, min(1.0, strength * 1.15))
    above = darker(veil, 0.12) if weather != "foggy" else veil
    if time == "night":
        cloud = mix(cloud, NIGHT, 0.6)
    elif time == "sunset":
        cloud = mix(cloud, 0xF3936F, 0.5)
    elif time == "morning":
        cloud = mix(cloud, 0xFFD9BC, 0.3)
    fog = 0.55 if weather == "foggy" else 0.0
    return Air(mix(high, above, cover), mix(low, lighter(veil, 0.1), cover), cloud, tint, strength, gray, dull, fog)


@dataclass(frozen=True)
class Stage:
    """The picture in pixels: `ground` is where the far edge of the ground lies, `unit` the smaller side.

    `shore` is where the water of a lake begins, before the feet of all, down to the lower edge.
    """

    width: float
    height: float
    ground: float
    unit: float
    scene: Scene
    chance: Random

    @property
    def air(self) -> Air:
        return air(self.scene.weather, self.scene.time, self.scene.detail % 3)

    @property
    def snow(self) -> bool:
        return self.scene.weather == "snowy"

    @property
    def dark(self) -> bool:
        return self.scene.time == "night"

    @property
    def shore(self) -> float:
        return self.height * 0.735 + 0.02 * self.unit

    def named(self, kind: str) -> bool:
        """Whether the picture is about such things, so that none may stand among the clutter: they are counted."""
        return any(figure.kind == kind for figure in self.scene.figures)

    def tone(self, color: Color) -> Color:
        """A colour of the background under this time and weather."""
        now = self.air
        return mix(mix(color, now.gray, now.dull), now.tint, now.strength)

    def earth(self, color: Color, amount: float = 0.88) -> Color:
        """A colour of the ground: white under snow."""
        return self.tone(mix(color, 0xFAFBFC, amount) if self.snow else color)

    def far(self, color: Color, distance: float, snow: float = 0.0) -> Color:
        """A colour at a distance (0: here, 1: the horizon), paled by the air between, under `snow` if it snows."""
        now = self.air
        return mix(self.earth(color, snow), now.low, 1 - (1 - distance) * (1 - now.fog))

    def spread(self, count: int, top: float, bottom: float) -> list[Point]:
        """Points strewn evenly between two heights, in pixels."""
        c, w = self.chance, self.width
        return [
            (w * (i + c.random()) / count, top + (bottom - top) * ((i * 0.618 + 0.3 * c.random()) % 1))
            for i in range(count)
        ]


def star(x: float, y: float, r: float, waist: float = 0.25) -> Shape:
    """A star with four rays."""
    k = r * waist
    return polygon((x, y - r), (x + k, y - k), (x + r, y), (x + k, y + k), (x, y + r), (x - k, y + k), (x - r, y),
                   (x - k, y - k))  # fmt: skip


def draw_sky(brush: Brush, stage: Stage, left: float, top: float, right: float, bottom: float) -> None:
    """The sky with sun, moon, stars and clouds, in a box; its horizon is the lower edge."""
    scene, u, c, now = stage.scene, min(stage.unit, (right - left) * 1.3), stage.chance, stage.air
    w, h = right - left, bottom - top
    clear = scene.weather == "sunny"
    numbers = [(c.random(), c.random(), c.random()) for _ in range(24)]
    brush.wash(box(left, top, right + u * 0.02, bottom), now.high, now.low, top, bottom)
    x = left + w * (0.5 + 0.37 * scene.light)
    if clear and stage.dark:
        for k, r in ((0, 0.011), (1, 0.016), (2, 0.024)):
            places = [(left + w * a, top + h * 0.9 * b) for a, b, _ in numbers[k::3][: 8 - 2 * k]]
            brush.shine(together(star(px, py, u * r) for px, py in places), 0xFFF3C4)
    if scene.weather in ("sunny", "cloudy", "snowy"):
        _light(brush, stage, x, top, h, u)
    count, size = {"sunny": (2, 0.12), "cloudy": (5, 0.18), "snowy": (3, 0.18), "foggy": (2, 0.2)}.get(
        scene.weather, (6, 0.22)
    )
    if clear and stage.dark:
        count = 1
    for i in range(count):
        a, b, e = numbers[i]
        big = u * size * (0.8 + 0.45 * e)
        px = left + w * (i + 0.15 + 0.7 * a) / count
        py = top + h * (0.03 + 0.24 * b)
        if clear:  # beside the sun, never over it
            away = -1 if scene.light > 0 else 1
            px = x + away * (w * 0.36 * (i + 1) + u * 0.1 * a)
            py = top + h * ((0.1 if i else 0.26) + 0.14 * b)
        tint = darker(now.cloud, 0.07) if i % 2 else now.cloud
        brush.draw(moved(_cloud(), px, py, big), tint)
        if not clear:
            brush.fill(oval(px - big * 0.25, py - big * 0.2, big * 0.4, big * 0.22), lighter(tint, 0.25))
    if scene.weather == "stormy":
        _lightning(brush, left + w * (0.25 if scene.light > 0 else 0.75), top + h * 0.12, min(h * 0.62, u * 0.4), u)
    if clear and not stage.dark and scene.place not in ("room", "kitchen"):
        a, b, e = numbers[9]
        px, py = left + w * (0.25 + 0.5 * a), top + h * (0.5 + 0.17 * b)
        flock = ((0.0, 0.0), (0.08, 0.03), (0.05, -0.04), (-0.07, 0.02))[: round(4.4 * e)]
        if flock:
            birds = together(_bird(px + dx * u, py + dy * u, u * 0.028) for dx, dy in flock)
            brush.stroke(birds, mix(now.high, 0x3C4A62, 0.6), u * 0.007)


def _bird(x: float, y: float, wing: float) -> Shape:
    return curve((x - wing, y - wing * 0.36), (x - wing * 0.43, y - wing * 0.57), (x, y),
                 (x + wing * 0.43, y - wing * 0.57), (x + wing, y - wing * 0.36))  # fmt: skip


@cache
def _cloud() -> Shape:
    """A cloud with a flat foot, 2.3 wide."""
    puffs = (oval(-0.72, 0.06, 0.4), oval(-0.22, -0.2, 0.56), oval(0.4, -0.08, 0.5), oval(0.82, 0.12, 0.34))
    return union(*puffs, box(-1.12, 0.04, 1.16, 0.46, 0.21))


def _light(brush: Brush, stage: Stage, x: float, top: float, h: float, u: float) -> None:
    """The sun, high by day and low at either end of it, or the moon; nothing behind a closed sky."""
    clear, time = stage.scene.weather == "sunny", stage.scene.time
    if time == "night":
        y = top + min(h * 0.3, u * 0.16)
        brush.fill(oval(x, y, u * 0.125), 0xFFF3C4, 0.14)
        brush.shine(oval(x, y, u * 0.085), 0xFFF1BF)
        brush.fill(dots(((x - u * 0.03, y - u * 0.02), (x + u * 0.03, y + u * 0.028)), u * 0.02), 0xE8D69A)
        brush.fill(oval(x + u * 0.02, y - u * 0.04, u * 0.012), 0xE8D69A)
    elif time == "sunset":
        y = top + h - min(h * 0.2, u * 0.1)
        brush.fill(oval(x, y, u * 0.21), 0xFFF0B8, 0.3)
        brush.shine(oval(x, y, u * 0.14), 0xFFE488 if clear else 0xFBD9A0)
    elif time == "morning":
        y = top + h - min(h * 0.36, u * 0.2)
        brush.fill(oval(x, y, u * 0.2), 0xFFFBE0, 0.5)
        brush.fill(oval(x, y, u * 0.145), 0xFFF8CE, 0.6)
        brush.shine(oval(x, y, u * 0.095), 0xFFE98F if clear else 0xFBF0D0)
    elif clear:
        y = top + min(h * 0.3, u * 0.16)
        brush.fill(oval(x, y, u * 0.125), 0xFFF3C0, 0.55)
        brush.shine(oval(x, y, u * 0.088), 0xFFD54F)


def _lightning(brush: Brush, x: float, y: float, tall: float, u: float) -> None:
    bolt = polygon((x, y), (x + tall * 0.2, y), (x + tall * 0.07, y + tall * 0.38), (x + tall * 0.24, y + tall * 0.36),
                   (x - tall * 0.12, y + tall), (x, y + tall * 0.52), (x - tall * 0.15, y + tall * 0.54))  # fmt: skip
    brush.fill(oval(x + tall * 0.04, y + tall * 0.4, tall * 0.42, tall * 0.5), 0xFFF6C8, 0.14)
    brush.shine(bolt, 0xFFE873)


def draw_weather(brush: Brush, stage: Stage) -> None:
    """Rain, snow or fog over the background, behind the figures, so that faces stay clear."""
    scene, u, w, h = stage.scene, stage.unit, stage.width, stage.height
    if brush.index or scene.place in ("room", "kitchen", "space"):
        return
    chance = Random(scene.detail + 7)
    with brush.scenery(u * FAR):
        pale = luma(brush.style.scenery(stage.air.low)) > 0.8  # the paper of an outlined picture
        wet = 0x86A7CC if pale else (0xA9BCE0 if stage.dark else 0xE3EEF8)
        if scene.weather == "rainy":
            brush.streak(dashes(_strewn(chance, w, h, u * 0.12), -u * 0.015, u * 0.05), wet, u * 0.008)
        elif scene.weather == "stormy":
            brush.streak(dashes(_strewn(chance, w, h, u * 0.1), -u * 0.05, u * 0.065), mix(wet, 0x8C9CC0, 0.4),
                         u * 0.0075)
        elif scene.weather == "snowy":
            flakes = _strewn(chance, w, h, u * 0.125)
            for k, r in enumerate((0.009, 0.012, 0.016)):
                brush.shine(dots(flakes[k::3], u * r), 0xFFFFFF)
        elif scene.weather == "foggy":
            color = lighter(stage.air.low, 0.35)
            for rise, alpha in ((-0.17, 0.5), (-0.03, 0.6), (0.12, 0.35)):
                y, x = stage.ground + rise * u, w * chance.uniform(-0.1, 0.3)
                band = together((
                    box(x, y - u * 0.035, x + w * 0.95, y + u * 0.035, u * 0.035),
                    box(x - w * 0.4, y + u * 0.02, x + w * 0.6, y + u * 0.07, u * 0.025),
                ))  # fmt: skip
                brush.veil(band, color, alpha)


def _strewn(chance: Random, w: float, h: float, step: float) -> list[Point]:
    """Points all over the picture, even but not in rows."""
    return [
        ((column + row % 2 * 0.5 + 0.6 * chance.random() - 0.3) * step, (row + 0.6 * chance.random() - 0.5) * step)
        for row in range(round(h / step) + 2)
        for column in range(round(w / step) + 1)
    ]


def haze(brush: Brush, stage: Stage, y: float) -> None:
    """Morning mist in the valleys."""
    if stage.scene.time == "morning" and stage.scene.weather in ("sunny", "cloudy"):
        u, w = stage.unit, stage.width
        band = blob((-w * 0.1, y), (w * 0.3, y - u * 0.02), (w * 0.7, y - u * 0.005), (w * 1.1, y - u * 0.02),
                    (w * 1.1, y + u * 0.035), (w * 0.5, y + u * 0.02), (-w * 0.1, y + u * 0.04))  # fmt: skip
        brush.veil(band, 0xFFF6E4, 0.55)
