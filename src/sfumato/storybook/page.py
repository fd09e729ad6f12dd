"""One sheet of the book: the canvas, its pen, and how what was drawn becomes pixels."""

from __future__ import annotations

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
