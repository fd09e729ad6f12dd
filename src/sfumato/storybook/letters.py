"""The one font of the book: the letters A to Z as strokes of the pen, drawn for it."""

from __future__ import annotations

from functools import cache
from typing import Final

from .brush import Brush, Shape, blob, curve
from .form import joined, placed, polyline
from .palette import Color

# A letter stands on y = 0 and is one unit high. Strokes are parted by "/": straight from point to point, or a smooth
# curve through its points where it begins with "~", a closed one with "@".
STROKES: Final[dict[str, str]] = {
    "A": "0,0 .36,-1 .72,0 / .13,-.34 .59,-.34",
    "B": "0,0 0,-1 / ~0,-1 .3,-1 .49,-.93 .55,-.77 .49,-.61 .3,-.54 0,-.54 / ~0,-.54 .34,-.54 .54,-.46 .6,-.27 .54,-.08"
    " .34,0 0,0",
    "C": "~.66,-.84 .54,-.96 .38,-1 .19,-.94 .05,-.76 0,-.5 .05,-.24 .19,-.06 .38,0 .54,-.04 .66,-.16",
    "D": "0,0 0,-1 / ~0,-1 .26,-1 .52,-.86 .64,-.5 .52,-.14 .26,0 0,0",
    "E": "0,-1 0,0 / 0,-1 .54,-1 / 0,-.53 .46,-.53 / 0,0 .54,0",
    "F": "0,-1 0,0 / 0,-1 .54,-1 / 0,-.52 .44,-.52",
    "G": "~.66,-.84 .54,-.96 .38,-1 .19,-.94 .05,-.76 0,-.5 .05,-.24 .19,-.06 .38,0 .55,-.03 .69,-.13"
    " / .69,-.13 .69,-.46 .43,-.46",
    "H": "0,0 0,-1 / .62,0 .62,-1 / 0,-.52 .62,-.52",
    "I": "0,0 0,-1",
    "J": "~.46,-1 .46,-.6 .46,-.24 .36,-.04 .2,0 .05,-.07 0,-.24",
    "K": "0,0 0,-1 / .58,-1 0,-.42 / .2,-.61 .62,0",
    "L": "0,-1 0,0 .52,0",
    "M": "0,0 .05,-1 .42,-.32 .79,-1 .84,0",
    "N": "0,0 0,-1 .62,0 .62,-1",
    "O": "@.38,-1 .19,-.94 .05,-.76 0,-.5 .05,-.24 .19,-.06 .38,0 .57,-.06 .71,-.24 .76,-.5 .71,-.76 .57,-.94",
    "P": "0,0 0,-1 / ~0,-1 .34,-1 .54,-.92 .6,-.73 .54,-.54 .34,-.46 0,-.46",
    "Q": "@.38,-1 .19,-.94 .05,-.76 0,-.5 .05,-.24 .19,-.06 .38,0 .57,-.06 .71,-.24 .76,-.5 .71,-.76 .57,-.94"
    " / .46,-.28 .78,.06",
    "R": "0,0 0,-1 / ~0,-1 .34,-1 .52,-.93 .58,-.75 .52,-.57 .34,-.5 0,-.5 / .32,-.5 .62,0",
    "S": "~.54,-.86 .42,-.97 .28,-1 .12,-.94 .05,-.77 .12,-.61 .3,-.52 .48,-.43 .56,-.25 .48,-.06 .29,0"
    " .13,-.04 0,-.16",
    "T": "0,-1 .66,-1 / .33,-1 .33,0",
    "U": "~0,-1 0,-.6 .02,-.25 .12,-.05 .31,0 .5,-.05 .6,-.25 .62,-.6 .62,-1",
    "V": "0,-1 .34,0 .68,-1",
    "W": "0,-1 .23,0 .47,-.72 .71,0 .94,-1",
    "X": "0,0 .6,-1 / 0,-1 .6,0",
    "Y": "0,-1 .32,-.46 .64,-1 / .32,-.46 .32,0",
    "Z": "0,-1 .6,-1 0,0 .6,0",
}
PEN: Final = 0.17  # the width of a stroke
GAP: Final = 0.27  # between the strokes of two letters


@cache
def glyph(letter: str) -> tuple[Shape, float]:
    """The strokes of a letter, and its width between the middles of its outer strokes."""
    lines = []
    width = 0.0
    for stroke in STROKES[letter].split(" / "):
        points = [(float(x), float(y)) for x, y in (pair.split(",") for pair in stroke.lstrip("~@").split())]
        width = max(width, *(x for x, _ in points))
        lines.append({"~": curve, "@": blob}.get(stroke[0], polyline)(*points))
    return joined(*lines), width


def write(brush: Brush, text: str, color: Color, *, width: float, height: float) -> None:
    """Letters about the origin, as large as fits: with the pen's own width, at most `width` wide and `height` tall."""
    glyphs = [glyph(letter) for letter in text]
    long = sum(wide for _, wide in glyphs) + GAP * (len(glyphs) - 1)
    size = min(height / (1 + PEN), width / (long + PEN))
    x = -long / 2
    line = []
    for strokes, wide in glyphs:
        line.append(placed(strokes, x, 0.5))
        x += wide + GAP
    with brush.frame(scale=size):
        brush.stroke(joined(*line), color, PEN)
