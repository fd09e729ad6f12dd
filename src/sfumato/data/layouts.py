"""The storybook's scenes as layouts: what a painter of ours is told, and what a writer learns to make of captions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Final

import numpy as np
import torch
from torch import Tensor

from .. import storybook
from ..core.layout import AT, FIELDS, FIGURE, HELD, PAGE, ROWS, WORN, binned, padded, sized
from ..storybook.draw import arranged
from ..storybook.kind import COLOR_NAMES, GENDERS, PATTERNS, SKINS
from ..storybook.layout import Spot
from ..storybook.scene import ACTIONS, EXPRESSIONS, PLACES, STYLES, TIMES, WEATHERS, Figure, Worn
from .mapped import mapped
from .pairs import Pairs

# The values of every field that has names, 1 the first. Where the first is what goes without saying, it is left unsaid.
NAMES: Final = {
    "place": PLACES, "weather": WEATHERS, "time": TIMES, "style": STYLES,
    "kind": (*storybook.KINDS, *storybook.ACCESSORIES), "color": COLOR_NAMES, "pattern": PATTERNS, "action": ACTIONS,
    "expression": EXPRESSIONS, "skin": SKINS, "gender": GENDERS,
}  # fmt: skip
VERSION: Final = 2  # of what a layout says of a scene
USUAL: Final = {"pattern": "plain"}


def laid_out(scene: storybook.Scene, size: tuple[int, int]) -> Tensor:
    """The layout (N F) of a scene on a page of ``size`` (width, height): the page, then every figure, each before what
    it wears and holds. What is held has a place of its own, in the hand."""
    (width, height), (drawn, spots) = size, arranged(scene, size)

    def placed(x: float, y: float, unit: float, flip: bool) -> dict[str, int]:
        return {"flip": 1 + flip, "x": binned(x / width), "y": binned(y / height), "unit": sized(unit / min(size))}

    said = {"place": scene.place, "weather": scene.weather, "time": scene.time, "style": scene.style}
    rows = [_row(PAGE, said, light=1 + round(2 + 2 * scene.light), ground=1 + min(int(4 * scene.horizon), 3))]
    for spot in _as_read(scene, spots):
        figure, hand = scene.figures[spot.figure], drawn[spot.figure, spot.copy].held
        where = placed(spot.x, spot.y, spot.unit, figure.flip)
        letters = {f"letter {i}": ord(letter) - 64 for i, letter in enumerate(figure.letters, 1)}
        who = {name: getattr(figure, name) for name in ("action", "expression", "skin", "gender")}
        rows.append(_row(FIGURE, _looks(figure) | who, inside=int(spot.opening is not None), **letters, **where))
        rows += [_row(WORN, _looks(worn), **where) for worn in figure.worn]
        if figure.held is not None and hand is not None:
            where = placed(spot.x + hand.x * spot.unit, spot.y + hand.y * spot.unit, hand.unit * spot.unit, hand.flip)
            letters = {f"letter {i}": ord(letter) - 64 for i, letter in enumerate(figure.held.letters, 1)}
            rows.append(_row(HELD, _looks(figure.held), **letters, **where))
    return torch.tensor(rows)


def _as_read(scene: storybook.Scene, spots: Sequence[Spot]) -> list[Spot]:
    """Copies from left to right, and so those who stand beside each other; those who share a place, behind first.

    A writer then says who is left and who behind by whom it names first, when it has read the sentence, and not by a
    number that it comes to after everything else about both (LOG.md, 2026-11-22).
    """
    home, rank = [*range(len(scene.figures))], dict[int, int]()
    for relation in scene.relations:
        if relation.name not in ("left of", "right of", "between"):
            mine, shared = home[relation.subject], home[relation.object]
            home = [shared if at == mine else at for at in home]
    for spot in spots:
        rank.setdefault(spot.figure, len(rank))
    middle = {at: mean(spot.x for spot in spots if home[spot.figure] == at) for at in home}
    return sorted(spots, key=lambda spot: (middle[home[spot.figure]], rank[spot.figure], spot.x))


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
        path = folder / f"layouts-v{VERSION}-{pairs.world}-{width}x{height}-{count}.u8"

        def made(rows: range) -> Tensor:
            return padded([laid_out(pairs.scene(i), size) for i in rows]).byte()

        self._values = mapped(path, (count, ROWS, len(FIELDS)), np.uint8, made)

    def __getitem__(self, indices: list[int]) -> Tensor:
        """Layouts (B N F) int64 of the given pairs."""
        return torch.from_numpy(np.stack([self._values[i] for i in indices])).long()
