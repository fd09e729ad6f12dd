"""One sheet of the book: the canvas, its pen, and how what was drawn becomes pixels."""

from __future__ import annotations

import math

import numpy as np
import skia

from .brush import Brush
from .styles import STYLES, VARIANTS, Picture, finish, tremble


class Page:
    """A page of `width` x `height` pixels in one style; draw on it with `brush`, then take the `picture`.

    An index page is drawn in the same frame with the same unsteady hand, so that its numbers fit the picture.
    """

    def __init__(self, width: int, height: int, *, style: str, index: bool, variant: int) -> None:
        self.width, self.height, self.style, self.index = width, height, style, index
        self.variant = variant % VARIANTS
        look = STYLES[style]
        self.grain = max(2, round(min(width, height) * look.grain)) if look.grain else 1
        columns, rows = -(-width // self.grain), -(-height // self.grain)
        self._pixels = np.zeros((rows, columns, 4), np.uint8)
        info = skia.ImageInfo.Make(columns, rows, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._pixels, columns * 4)
        canvas = self._surface.getCanvas()
        canvas.scale(1 / self.grain, 1 / self.grain)
        self.brush = Brush(canvas, index=index, line=0.0115, style=look)

    def mirror(self, shore: float) -> None:
        """Still water from the height `shore` down: it shows what lies above, upside down, fading with distance.

        Call it when all is drawn. An index page is left alone: what is mirrored is not there a second time.
        """
        first = math.ceil(shore / self.grain)
        rows = min(self._pixels.shape[0] - first, first)
        if self.index or rows <= 0:
            return
        depth = np.arange(rows)
        unit = min(self.width, self.height) / self.grain
        ripple = np.rint(np.sin(depth * 40 / unit) * depth * 0.035).astype(np.intp)
        columns = np.clip(np.arange(self._pixels.shape[1]) + ripple[:, None], 0, self._pixels.shape[1] - 1)
        above = self._pixels.view(np.uint32)[first - 1 - depth, :, 0]
        image = np.take_along_axis(above, columns, axis=1)[:, :, None].view(np.uint8)
        share = (168 * (1 - 0.6 * depth / rows)).astype(np.uint16)[:, None, None]
        water = self._pixels[first : first + rows]
        blend = image * share
        blend += water * (256 - share)
        water[:] = blend >> 8

    def picture(self) -> Picture:
        """What was drawn: uint8 `H W 3`, or the numbers `H W` of an index page."""
        packed = tremble(self.style, self._pixels.view(np.uint32)[:, :, 0], self.variant)
        pixels = packed[:, :, None].view(np.uint8)
        if self.index:
            return self._grown(np.ascontiguousarray(pixels[:, :, 0]))
        return self._grown(finish(self.style, pixels, self.variant))

    def _grown(self, picture: Picture) -> Picture:
        if self.grain == 1:
            return picture
        rows = picture.repeat(self.grain, axis=0).repeat(self.grain, axis=1)
        return np.ascontiguousarray(rows[: self.height, : self.width])
