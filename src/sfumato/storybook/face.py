"""Eyes, brows and mouths: one face for every character, and what it feels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .brush import Brush, Shape, blob, curve, oval, polygon
from .palette import INK, Color, darker, luma


@dataclass(frozen=True)
class Coat:
    """The colours of one character: of the head, of its marks, and of what the body plan draws."""

    base: Color
    dark: Color
    light: Color
    inner: Color
    nose: Color = INK
    torso: Color = 0
    arm: Color = 0
    hand: Color = 0
    leg: Color = 0
    foot: Color = 0


@dataclass(frozen=True)
class Mood:
    """What a face shows. ``look`` -1 to 1 turns it; ``eye`` scales the eyes; ``wag`` turns tails and ears, degrees."""

    expression: str
    look: float = 0.0
    eye: float = 1.0
    wag: float = 0.0
    asleep: bool = False
    down: bool = False  # reads, looks at the hands
    female: bool = False
    curl: float = 0.0  # 0 to 1: which hair, which marks


@dataclass(frozen=True)
class Mouth:
    """Where a mouth is and how wide; ``pale``: it lies on the light muzzle."""

    y: float
    wide: float = 0.05
    pale: bool = False


Part = Callable[[Brush, Coat, Mood], None]
Lips = Callable[[Brush, Coat, Mood, Mouth], None]


def ink_on(color: Color) -> Color:
    """The line that shows on `color`."""
    return INK if luma(color) > 0.3 else 0xF2EDE4


def draw_eyes(brush: Brush, ground: Color, mood: Mood, at: tuple[float, float], radius: float, shift: float) -> None:
    """Both eyes and, where the mood needs them, brows and a tear, in the head's frame, on fur of colour `ground`."""
    ex, ey = at
    r = radius * mood.eye
    feels = mood.expression
    ink = ink_on(ground)
    for side in (-1, 1):
        x = side * ex + shift
        if mood.asleep:
            brush.stroke(curve((x - r * 0.95, ey), (x, ey + r * 0.7), (x + r * 0.95, ey)), ink, 0.02)
            continue
        if feels == "laughing":
            brush.stroke(curve((x - r, ey + r * 0.4), (x, ey - r * 0.75), (x + r, ey + r * 0.4)), ink, 0.024)
            continue
        wide = 1.22 if feels == "surprised" else 1.0
        white = oval(x, ey, r * wide, r * 1.12 * wide)
        brush.draw(white, 0xFFFFFF, INK, 0.009)
        dx, dy = mood.look * r * 0.3, r * 0.38 if mood.down else 0.004
        pupil = 0.5 if feels == "surprised" else 0.68
        brush.fill(oval(x + dx, ey + dy, r * pupil, r * pupil * 1.08), INK)
        brush.fill(oval(x + dx + r * 0.2, ey + dy - r * 0.26, r * 0.22), 0xFFFFFF)
        if feels in ("calm", "angry", "sad"):
            _lid(brush, ground, feels, side, x, ey, r)
        if feels in ("sad", "angry", "surprised"):
            _brow(brush, ink, feels, side, x, ey, r)
    if feels == "sad" and not mood.asleep:
        x, y = ex + shift + r * 0.55, ey + r * 1.75
        brush.draw(blob((x, y - 0.045), (x + 0.024, y + 0.008), (x, y + 0.028), (x - 0.024, y + 0.008)), 0x7CC4F0,
                   0x3A7CB0, 0.006)  # fmt: skip


def _lid(brush: Brush, ground: Color, feels: str, side: int, x: float, y: float, r: float) -> None:
    """The upper lid: level when calm, fallen outwards when sad, inwards when angry."""
    inner, outer = {"calm": (0.5, 0.5), "sad": (0.85, 0.3), "angry": (0.05, 0.75)}[feels]
    first, last = math.pi - math.asin(inner / 1.18), math.asin(outer / 1.18)
    rim = ((first + (last - first) * i / 8) for i in range(9))
    brush.fill(polygon(*((x + side * math.cos(t) * r * 1.06, y - math.sin(t) * r * 1.18) for t in rim)), ground)
    if feels == "calm":
        brush.stroke(curve((x - r * 0.95, y - r * 0.5), (x + r * 0.95, y - r * 0.5)), ink_on(ground), 0.014)


def _brow(brush: Brush, ink: Color, feels: str, side: int, x: float, y: float, r: float) -> None:
    inner, middle, outer = {"sad": (1.95, 1.62, 1.15), "angry": (0.85, 1.3, 1.75), "surprised": (1.85, 2.15, 1.75)}[
        feels
    ]
    brush.stroke(
        curve((x - side * r * 0.95, y - r * inner), (x, y - r * middle), (x + side * r * 0.95, y - r * outer)),
        ink, 0.026 if feels == "angry" else 0.021,
    )  # fmt: skip


def soft_mouth(brush: Brush, coat: Coat, mood: Mood, mouth: Mouth) -> None:
    """A line or an opening in the fur."""
    x, y, w = mood.look * 0.045, mouth.y, mouth.wide
    drop = w * 0.5
    ink = darker(coat.light, 0.78) if mouth.pale else ink_on(coat.base)
    feels = "calm" if mood.asleep else mood.expression
    if feels == "laughing":
        shape = blob((x - w, y), (x, y + 0.008), (x + w, y), (x, y + drop * 2.3), tension=0.8)
        brush.draw(shape, 0x7A2233, ink, 0.006)
        brush.fill(oval(x, y + drop * 1.72, w * 0.44, drop * 0.46), 0xF07C86)
    elif feels == "surprised":
        brush.draw(oval(x, y + drop * 0.7, w * 0.42, w * 0.58), 0x7A2233, ink, 0.006)
    elif feels == "sad":
        brush.stroke(curve((x - w * 0.8, y + drop * 1.1), (x, y + drop * 0.2), (x + w * 0.8, y + drop * 1.1)), ink,
                     0.018)  # fmt: skip
    elif feels == "angry":
        brush.stroke(curve((x - w * 0.85, y + drop * 0.9), (x - w * 0.4, y + drop * 0.35),
                           (x + w * 0.4, y + drop * 0.35), (x + w * 0.85, y + drop * 0.9)), ink, 0.022)  # fmt: skip
    elif feels == "calm":
        brush.stroke(curve((x - w * 0.6, y + drop * 0.4), (x, y + drop * 0.68), (x + w * 0.6, y + drop * 0.4)), ink,
                     0.016)  # fmt: skip
    else:
        brush.stroke(curve((x - w, y), (x, y + drop * 1.05), (x + w, y)), ink, 0.017)


def beak(brush: Brush, coat: Coat, mood: Mood, mouth: Mouth) -> None:
    """A pointed bill seen from the front; it opens to laugh and to be surprised."""
    x, y, w = mood.look * 0.035, mouth.y, mouth.wide
    color, feels = coat.nose, "calm" if mood.asleep else mood.expression
    if feels in ("laughing", "surprised"):
        gape = w * (1.15 if feels == "laughing" else 0.9)
        brush.draw(blob((x - w * 0.75, y), (x + w * 0.75, y), (x, y + gape * 1.25), tension=0.7), darker(color, 0.25))
        brush.fill(oval(x, y + gape * 0.45, w * 0.42, gape * 0.4), 0x7A2233)
    corner = {"sad": 0.3, "angry": 0.22}.get(feels, -0.12) * w
    brush.draw(blob((x - w, y + corner), (x, y - w * 0.75), (x + w, y + corner), (x, y + w * 0.8), tension=0.55),
               color)  # fmt: skip
    brush.stroke(curve((x - w * 0.8, y + corner * 1.1), (x, y + w * 0.2), (x + w * 0.8, y + corner * 1.1)),
                 darker(color, 0.4), 0.011)  # fmt: skip


def bill(brush: Brush, coat: Coat, mood: Mood, mouth: Mouth) -> None:
    """A duck's: broad and flat."""
    x, y, w = mood.look * 0.04, mouth.y, mouth.wide
    color, feels = coat.nose, "calm" if mood.asleep else mood.expression
    if feels in ("laughing", "surprised"):
        gape = 0.1 if feels == "laughing" else 0.075
        brush.draw(blob((x - w * 0.7, y + 0.01), (x + w * 0.7, y + 0.01), (x + w * 0.5, y + gape),
                        (x - w * 0.5, y + gape)), darker(color, 0.3))  # fmt: skip
        brush.fill(oval(x, y + gape * 0.6, w * 0.45, gape * 0.3), 0x7A2233)
    tip = {"sad": 0.022, "angry": 0.016}.get(feels, -0.01)
    brush.draw(blob((x - w * 0.5, y - 0.045), (x + w * 0.5, y - 0.045), (x + w, y + tip), (x + w * 0.6, y + 0.045),
                    (x - w * 0.6, y + 0.045), (x - w, y + tip)), color)  # fmt: skip
    for side in (-1, 1):
        brush.fill(oval(x + side * w * 0.22, y - 0.025, 0.009, 0.006), darker(color, 0.45))
    brush.stroke(curve((x - w * 0.85, y + tip), (x, y + 0.024), (x + w * 0.85, y + tip)), darker(color, 0.4), 0.011)


def blush(brush: Brush, mood: Mood, x: float, y: float, size: float = 0.04) -> None:
    """Two warm cheeks."""
    for side in (-1, 1):
        brush.fill(oval(side * x + mood.look * 0.02, y, size, size * 0.72), 0xF48A90, 0.5)


@cache
def fleece(x: float, y: float, rx: float, ry: float, lumps: int) -> Shape:
    """A fluffy outline."""
    points = []
    for i in range(2 * lumps):
        angle, far = math.pi * i / lumps, 1.0 if i % 2 else 0.84
        points.append((x + math.sin(angle) * rx * far, y - math.cos(angle) * ry * far))
    return blob(*points)
