"""The colours of the book: eleven named ones, and how light, line and night change them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

Color = int  # 0xRRGGBB

COLORS: Final[dict[str, Color]] = {
    "red": 0xDF4239,
    "orange": 0xF0862B,
    "yellow": 0xF8CB3C,
    "green": 0x58AB52,
    "blue": 0x3D7CCB,
    "purple": 0x8A57B6,
    "pink": 0xF495B0,
    "brown": 0x8C5938,
    "black": 0x33303A,
    "white": 0xFBF7EE,
    "gray": 0x96989F,
}

INK: Final[Color] = 0x2B2027
PAPER: Final[Color] = 0xFBF6EA
NIGHT: Final[Color] = 0x25335F


@lru_cache(maxsize=1 << 14)  # a picture mixes 140 colours, and the same ones again and again
def mix(first: Color, second: Color, amount: float) -> Color:
    """`first` moved towards `second` by `amount` in [0, 1], channel by channel."""
    result = 0
    for shift in (16, 8, 0):
        a, b = (first >> shift) & 255, (second >> shift) & 255
        result |= round(a + (b - a) * amount) << shift
    return result


def luma(color: Color) -> float:
    """Brightness in [0, 1] with the weights of Rec. 601."""
    return (0.299 * (color >> 16 & 255) + 0.587 * (color >> 8 & 255) + 0.114 * (color & 255)) / 255


@lru_cache(maxsize=1 << 12)
def vivid(color: Color, amount: float) -> Color:
    """The colour with `amount` times its distance from gray of the same brightness."""
    gray, result = 255 * luma(color), 0
    for shift in (16, 8, 0):
        result |= min(max(round(gray + amount * ((color >> shift & 255) - gray)), 0), 255) << shift
    return result


def lighter(color: Color, amount: float) -> Color:
    return mix(color, 0xFFFAF0, amount)


def darker(color: Color, amount: float) -> Color:
    return mix(color, INK, amount)


def line_of(color: Color) -> Color:
    """The outline of a shape filled with `color`: darker, except that black is drawn with a pale line."""
    if luma(color) < 0.24:
        return mix(color, 0xB9B4C4, 0.42)
    return darker(color, 0.55)
