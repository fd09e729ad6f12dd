"""The eight styles: how each paints a colour, a line and a piece of scenery, and what its paper does to the pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from .palette import Color, darker, line_of, luma, mix, vivid

Picture = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]
VARIANTS: Final = 4  # sheets of paper of each kind


@dataclass(frozen=True)
class Style:
    """How the pen behaves. Widths are multiples of the pen's line, lengths are shares of the smaller side."""

    paint: Callable[[Color], Color]  # the fill of an outlined shape
    dab: Callable[[Color], Color]  # the fill of a detail
    mark: Callable[[Color], Color]  # a stroke: a mouth, a string
    outline: Callable[[Color], Color]  # the line about a fill
    scenery: Callable[[Color], Color]  # anything far away, without a name
    weight: float = 1.0  # of the outline; 0: none
    far_weight: float = 0.0  # of the outline of scenery, up to 1
    shade: float = 1.0  # of translucent shadows and lights
    lift: float = 0.0  # how far a shape lies above the paper: it casts a shadow
    bands: int = 24  # steps in a gradient
    smooth: bool = True  # anti-aliased
    grain: float = 0.0  # the side of a picture element
    levels: int = 0  # of a channel
    wobble: float = 0.0  # how far the hand trembles
    glow: bool = False  # bright things shine
    paper: Callable[[np.random.Generator, int, int], tuple[Field, Field]] | None = None


def _same(color: Color) -> Color:
    return color


# Paper -----------------------------------------------------------------------------------------------------------
# A sheet is (paper, pigment): the colour of the bare sheet, and how much pigment stays at a place, both in [0, 1].


def _clouds(rng: np.random.Generator, height: int, width: int, tall: float, wide: float) -> Field:
    """Smooth noise in [0, 1], even in distribution, with features `tall` x `wide` pixels."""
    grid = rng.random((int(height / tall) + 3, int(width / wide) + 3), dtype=np.float32)
    noise = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
    field = np.asarray(noise, np.float32)
    low, high = np.quantile(field, (0.02, 0.98))
    return np.clip((field - low) / (high - low), 0, 1)


def _strokes(rng: np.random.Generator, height: int, width: int, thick: float, long: float, turn: float) -> Field:
    """Noise drawn out to strokes that run at `turn` degrees."""
    side = int(1.5 * max(height, width))
    drawn = Image.fromarray(_clouds(rng, side, side, thick, long)).rotate(turn, Image.Resampling.BILINEAR)
    top, left = (side - height) // 2, (side - width) // 2
    return np.asarray(drawn, np.float32)[top : top + height, left : left + width]


def _torn(rng: np.random.Generator, height: int, width: int, margin: float, ragged: float) -> Field:
    """1 where the brush went, 0 on the bare rim of the sheet, in pixels."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rim = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    unit = min(height, width)
    rim += ragged * (_clouds(rng, height, width, unit * 0.09, unit * 0.09) - 0.5)
    rim += 0.4 * ragged * (_clouds(rng, height, width, unit * 0.02, unit * 0.02) - 0.5)
    return np.clip((rim - margin) / (unit * 0.006) + 0.5, 0, 1).astype(np.float32)


def _sheet(color: Color, texture: Field) -> Field:
    rgb = np.array([color >> 16, color >> 8 & 255, color & 255], np.float32) / 255
    return (rgb * texture[:, :, None]).astype(np.float32)


def _wet(rng: np.random.Generator, height: int, width: int) -> tuple[Field, Field]:
    unit = min(height, width)
    blots = _clouds(rng, height, width, unit * 0.16, unit * 0.16)
    pools = _clouds(rng, height, width, unit * 0.05, unit * 0.05)
    tooth = _clouds(rng, height, width, unit * 0.008, unit * 0.008)
    pigment = 0.8 + 0.2 * blots + 0.08 * pools - 0.17 * tooth
    pigment *= _torn(rng, height, width, unit * 0.016, unit * 0.03)
    return _sheet(0xFEFCF6, 1 - 0.035 * tooth), pigment


def _graphite(rng: np.random.Generator, height: int, width: int) -> tuple[Field, Field]:
    unit = min(height, width)
    thin = max(unit * 0.0075, 1.7)  # below that, strokes are mere noise
    hatch = _strokes(rng, height, width, thin, unit * 0.2, 52)
    cross = _strokes(rng, height, width, thin, unit * 0.2, 38)
    tooth = _clouds(rng, height, width, unit * 0.006, unit * 0.006)
    pigment = 0.68 + 0.36 * hatch + 0.17 * cross - 0.22 * tooth
    ends = _strokes(rng, height, width, unit * 0.012, unit * 0.2, 52)  # strokes end where the hand turned
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rim = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) / unit
    pigment *= np.clip((rim - 0.012 - 0.05 * ends) / 0.012, 0.04, 1)
    return _sheet(0xFDFBF4, 1 - 0.03 * tooth), pigment.astype(np.float32)


def _wax(rng: np.random.Generator, height: int, width: int) -> tuple[Field, Field]:
    unit = min(height, width)
    scribble = _strokes(rng, height, width, max(unit * 0.016, 2.5), unit * 0.3, 35)
    tooth = _clouds(rng, height, width, max(unit * 0.008, 1.6), max(unit * 0.008, 1.6))
    bare = np.clip((tooth * 0.75 + (1 - scribble) * 0.6 - 0.72) * 2.5, 0, 1)
    pigment = 1 - 0.36 * bare - 0.14 * (1 - scribble)
    return _sheet(0xFCF6E6, 1 - 0.05 * tooth), pigment.astype(np.float32)


def _card(rng: np.random.Generator, height: int, width: int) -> tuple[Field, Field]:
    unit = min(height, width)
    fibre = _clouds(rng, height, width, unit * 0.007, unit * 0.02)
    return _sheet(0xFFFFFF, 1 - 0.04 * fibre), 1 - 0.07 * fibre


# The styles ------------------------------------------------------------------------------------------------------

_NIGHT: Final = 0x0E0B24


def _tone_edge(color: Color) -> Color:
    return mix(line_of(color), color, 0.35)


def _black(color: Color) -> Color:
    return 0x17141C


def _pale(color: Color) -> Color:
    return mix(color, 0xFFFFFF, 0.68)


def _watery(color: Color) -> Color:
    return mix(vivid(color, 1.15), 0xFFFFFF, 0.12)


def _watery_far(color: Color) -> Color:
    return mix(vivid(color, 1.1), 0xFFFFFF, 0.26)


def _wet_edge(color: Color) -> Color:
    """Pigment gathers where the water ends."""
    return darker(vivid(color, 1.2), 0.3) if luma(color) > 0.24 else 0x6B6672


def _soft(color: Color) -> Color:
    return mix(vivid(color, 1.2), 0xFFFFFF, 0.06)


def _soft_far(color: Color) -> Color:
    return mix(color, 0xFFFFFF, 0.4)


def _lead(color: Color) -> Color:
    return mix(0x4A474E, color, 0.18)


def _lead_line(color: Color) -> Color:
    return _lead(line_of(color))


def _waxy(color: Color) -> Color:
    return vivid(color, 1.25)


def _waxy_line(color: Color) -> Color:
    return darker(vivid(color, 1.3), 0.5) if luma(color) > 0.24 else 0x8A8796


def _cut(color: Color) -> Color:
    """The edge of coloured paper catches the light."""
    return mix(color, 0xFFFFFF, 0.45)


def _grayish(color: Color) -> bool:
    channels = color >> 16, color >> 8 & 255, color & 255
    return max(channels) - min(channels) < 24


def _tube(color: Color) -> Color:
    """The light of a neon tube: as bright as its colour allows."""
    if luma(color) < 0.24:
        return 0x5C5880
    if _grayish(color):
        return mix(0x9C9CA2, 0xFFFFFF, luma(color) * 2 - 1) if luma(color) > 0.5 else 0x9C9CA2
    bright = vivid(color, 1.35)
    return mix(bright, 0xFFFFFF, 0.12) if max(color >> 16, color >> 8 & 255, color & 255) > 150 else bright


def _unlit(color: Color) -> Color:
    if _grayish(color):
        return darker(color, 0.38 if luma(color) > 0.8 else 0.5) if luma(color) > 0.24 else 0x050409
    return mix(_NIGHT, vivid(color, 1.3), 0.5) if luma(color) > 0.24 else 0x050409


def _half_lit(color: Color) -> Color:
    if _grayish(color):
        return darker(color, 0.1) if luma(color) > 0.24 else 0x08060F
    return mix(_NIGHT, vivid(color, 1.2), 0.8) if luma(color) > 0.24 else 0x08060F


def _neon_far(color: Color) -> Color:
    return mix(_NIGHT, vivid(color, 1.5), 0.17)


STYLES: Final[dict[str, Style]] = {
    "flat": Style(
        paint=_same, dab=_same, mark=_same, outline=_tone_edge, scenery=_same, weight=0.6),
    "outline": Style(
        paint=_same, dab=_same, mark=_same, outline=_black, scenery=_pale, weight=1.35, far_weight=1.0,
        shade=0.0, bands=1),
    "watercolour": Style(
        paint=_watery, dab=_watery, mark=_watery, outline=_wet_edge, scenery=_watery_far, weight=0.55, far_weight=0.6,
        wobble=0.006, paper=_wet),
    "pixel art": Style(
        paint=_same, dab=_same, mark=_same, outline=line_of, scenery=_same,
        bands=7, smooth=False, grain=1 / 86, levels=16),
    "pencil": Style(
        paint=_soft, dab=_soft, mark=_lead, outline=_lead_line, scenery=_soft_far, weight=0.8, far_weight=0.9,
        wobble=0.005, paper=_graphite),
    "crayon": Style(
        paint=_waxy, dab=_waxy, mark=_waxy, outline=_waxy_line, scenery=_waxy, weight=1.7,
        shade=0.6, bands=8, wobble=0.007, paper=_wax),
    "paper cut": Style(
        paint=_same, dab=_same, mark=_same, outline=_cut, scenery=_same, weight=0.45, far_weight=0.5,
        shade=0.0, lift=1.9, bands=5, paper=_card),
    "neon": Style(
        paint=_unlit, dab=_half_lit, mark=_tube, outline=_tube, scenery=_neon_far, far_weight=1.0,
        shade=0.0, bands=20, glow=True),
}  # fmt: skip


# Finishing -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=96)
def _paper(style: str, width: int, height: int, variant: int) -> tuple[Picture, npt.NDArray[np.uint16]]:
    maker = STYLES[style].paper
    assert maker is not None
    sheet, pigment = maker(np.random.default_rng([variant, width, height]), height, width)
    share = np.clip(pigment, 0, 1)[:, :, None] * sheet  # full pigment of black takes the sheet to 0
    return (sheet * 255).astype(np.uint8), (share * 255).astype(np.uint16)


@lru_cache(maxsize=96)
def _tremble(wobble: float, width: int, height: int, variant: int) -> npt.NDArray[np.intp]:
    """From which pixel each pixel takes its colour, flat."""
    rng = np.random.default_rng([variant, width, height])
    unit = min(width, height)
    y, x = np.mgrid[0:height, 0:width]
    coarse, reach = unit * 0.07, wobble * unit
    dy = 2 * reach * (_clouds(rng, height, width, coarse, coarse) - 0.5)
    dx = 2 * reach * (_clouds(rng, height, width, coarse, coarse) - 0.5)
    y = np.clip(np.rint(y + dy), 0, height - 1)
    x = np.clip(np.rint(x + dx), 0, width - 1)
    return (y * width + x).astype(np.intp)


def tremble(style: str, pixels: npt.NDArray[np.uint32], variant: int) -> npt.NDArray[np.uint32]:
    """The unsteady hand, for pictures and index maps alike: `H W` moved by about a pixel here and there."""
    wobble = STYLES[style].wobble
    if not wobble:
        return pixels
    height, width = pixels.shape
    index = _tremble(wobble, width, height, variant)
    return np.take(pixels.ravel(), index, mode="clip")


def finish(style: str, pixels: Picture, variant: int) -> Picture:
    """What glow, paper and few colours do to drawn pixels `H W 4`: the picture `H W 3`."""
    look = STYLES[style]
    height, width = pixels.shape[:2]
    if look.glow:
        pixels = _glowing(pixels)
    picture = np.empty((height, width, 3), np.uint8)
    for channel in range(3):  # three strided copies: four times faster than one of a sliced array
        picture[:, :, channel] = pixels[:, :, channel]
    if look.paper is not None:
        sheet, share = _paper(style, width, height, variant)
        pigment = np.multiply(~picture, share, dtype=np.uint16)
        pigment >>= 8
        picture = np.subtract(sheet, np.minimum(pigment.astype(np.uint8), sheet))
    if look.levels:
        picture = _posterised(look.levels)[picture]
    return picture


def _glowing(pixels: Picture) -> Picture:
    """Adds light about all that is bright. The light is smooth, so it is made small and only then enlarged."""
    height, width = pixels.shape[:2]
    step = max(1, min(height, width) // 64)
    lights = np.maximum(pixels[step // 2 :: step, step // 2 :: step], 100) - 100
    near = Image.frombuffer("RGBX", lights.shape[1::-1], np.ascontiguousarray(lights), "raw", "RGBX", 0, 1)
    far = near.reduce(3).resize(near.size, Image.Resampling.BICUBIC)
    half = -(-width // 2), -(-height // 2)
    glow = np.asarray(Image.blend(near, far, 0.5).resize(half, Image.Resampling.BILINEAR)).view(np.uint32)[:, :, 0]
    glow = glow.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    light = np.ascontiguousarray(glow)[:, :, None].view(np.uint8)
    return pixels + np.minimum(light, 255 - pixels)


@cache
def _posterised(levels: int) -> Picture:
    return (np.rint(np.arange(256) / 255 * (levels - 1)) * 255 / (levels - 1)).astype(np.uint8)
