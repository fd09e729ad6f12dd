"""The storybook's scenes as layouts: what a painter of ours is told, and what a writer learns to make of captions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from .. import storybook
from ..core.layout import AT, FIELDS, FIGURE, HELD, PAGE, ROWS, WORN, binned, padded, sized
from ..storybook.draw import arranged
from ..storybook.kind import COLOR_NAMES, GENDERS, PATTERNS, SKINS
from ..storybook.scene import ACTIONS, EXPRESSIONS, PLACES, STYLES, TIMES, WEATHERS, Figure, Worn
from .mapped import mapped
from .pairs import Pairs

# The values of every field that has names, 1 the first. Where the first is what goes without saying, it is left unsaid.
NAMES: Final = {
    "place": PLACES, "weather": WEATHERS, "time": TIMES, "style": STYLES,
    "kind": (*storybook.KINDS, *storybook.ACCESSORIES), "color": COLOR_NAMES, "pattern": PATTERNS, "action": ACTIONS,
    "expression": EXPRESSIONS, "skin": SKINS, "gender": GENDERS,
}  # fmt: skip
USUAL: Final = {"pattern": "plain"}


def laid_out(scene: storybook.Scene, size: tuple[int, int]) -> Tensor:
    """The layout (N F) of a scene on a page of ``size`` (width, height): the page, then every figure, those behind
    first, each before what it wears and holds."""
    (width, height), (_, spots) = size, arranged(scene, size)
    said = {"place": scene.place, "weather": scene.weather, "time": scene.time, "style": scene.style}
    rows = [_row(PAGE, said, light=1 + round(2 + 2 * scene.light), ground=1 + min(int(4 * scene.horizon), 3))]
    for spot in spots:
        figure = scene.figures[spot.figure]
        where = {
            "flip": 1 + figure.flip, "x": binned(spot.x / width), "y": binned(spot.y / height),
            "unit": sized(spot.unit / min(size)),
        }  # fmt: skip
        letters = {f"letter {i}": ord(letter) - 64 for i, letter in enumerate(figure.letters, 1)}
        who = {name: getattr(figure, name) for name in ("action", "expression", "skin", "gender")}
        rows.append(_row(FIGURE, _looks(figure) | who, inside=int(spot.opening is not None), **letters, **where))
        rows += [_row(WORN, _looks(worn), **where) for worn in figure.worn]
        if figure.held is not None:
            letters = {f"letter {i}": ord(letter) - 64 for i, letter in enumerate(figure.held.letters, 1)}
            rows.append(_row(HELD, _looks(figure.held), **letters, **where))
    return torch.tensor(rows)


def _looks(one: Figure | Worn) -> dict[str, str]:
    return {"kind": one.kind, "color": one.color, "pattern": one.pattern}


def _row(role: int, said: dict[str, str], **numbers: int) -> list[int]:
    row = [0] * len(FIELDS)
    row[0] = role
    for name, value in said.items():
        row[AT[name]] = 1 + NAMES[name].index(value) if value and value != USUAL.get(name) else 0
    for name, number in numbers.items():
        row[AT[name]] = number
    return row


class Layouts:
    """The layouts of the first ``count`` pairs on pages of one size, in a mapped file of ``folder``."""

    def __init__(self, folder: Path, pairs: Pairs, *, count: int, size: tuple[int, int]) -> None:
        self.pairs, self.count = pairs, count
        width, height = size
        path = folder / f"layouts-{pairs.world}-{width}x{height}-{count}.u8"

        def made(rows: range) -> Tensor:
            return padded([laid_out(pairs.scene(i), size) for i in rows]).byte()

        self._values = mapped(path, (count, ROWS, len(FIELDS)), np.uint8, made)

    def __getitem__(self, indices: list[int]) -> Tensor:
        """Layouts (B N F) int64 of the given pairs."""
        return torch.from_numpy(np.stack([self._values[i] for i in indices])).long()
