"""Things: a drawing stays in its extent, shows its colour, and has surfaces, openings and grips where it says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
import skia

from sfumato.storybook.brush import Brush
from sfumato.storybook.kind import Kind
from sfumato.storybook.kinds import KINDS
from sfumato.storybook.letters import STROKES, write
from sfumato.storybook.palette import COLORS
from sfumato.storybook.scene import Figure
from sfumato.storybook.styles import STYLES

Pixels = npt.NDArray[np.uint8]
THINGS = tuple(kind for kind in KINDS.values() if kind.group == "thing")
UNIT = 100  # pixels
SIDE = 260
FLOOR = 200  # the row of y = 0; the column of x = 0 is in the middle
VARIANTS = range(24)
named = pytest.mark.parametrize("kind", THINGS, ids=lambda kind: kind.name)


def canvas_of(paint: Callable[[Brush], None], index: bool) -> Pixels:
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    info = skia.ImageInfo.Make(SIDE, SIDE, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, SIDE * 4)
    canvas = surface.getCanvas()
    canvas.clear(0xFF000000 if index else 0xFFFF00FF)
    brush = Brush(canvas, index=index, line=0.0135, style=STYLES["flat"])
    with brush.labelled(7), brush.frame(SIDE / 2, FLOOR, scale=UNIT):
        paint(brush)
    del surface
    return pixels[:, :, :3].copy()


def figure_of(kind: Kind, variant: int, color: str = "", flip: bool = False) -> Figure:
    letters = "SIGN" if kind.letters else ""
    return Figure(kind.name, color or kind.natural, variant=variant, letters=letters, flip=flip)


def drawn(kind: Kind, variant: int, color: str = "") -> Pixels:
    figure = figure_of(kind, variant, color)
    return canvas_of(lambda brush: kind.draw(brush, figure, Random(variant)), False)


def silhouette(kind: Kind, variant: int) -> npt.NDArray[np.bool_]:
    figure = figure_of(kind, variant)
    numbers = canvas_of(lambda brush: kind.draw(brush, figure, Random(variant)), True)
    assert set(np.unique(numbers)) <= {0, 7}
    return numbers[:, :, 0] == 7


def at(mask: npt.NDArray[np.bool_], x: float, y: float, radius: float = 0.02) -> bool:
    """Whether anything of `mask` lies within `radius` of a point of the frame."""
    row, column, r = round(FLOOR + y * UNIT), round(SIDE / 2 + x * UNIT), max(1, round(radius * UNIT))
    return bool(mask[row - r : row + r + 1, column - r : column + r + 1].any())


def test_there_are_enough_things_and_no_two_share_a_word() -> None:
    assert len(THINGS) >= 36
    words = [word for kind in KINDS.values() for word in {kind.name, kind.many, *kind.words}]
    assert len(words) == len(set(words))


@named
def test_every_variant_fills_its_extent_and_stays_inside(kind: Kind) -> None:
    masks = np.logical_or.reduce([silhouette(kind, variant) for variant in VARIANTS])
    rows, columns = np.nonzero(masks)
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) - (SIDE / 2, FLOOR) * 2
    extent = kind.extent
    declared = np.array([extent.left, extent.top, extent.right, extent.bottom])
    outside = (found / UNIT - declared) * (-1, -1, 1, 1)
    assert outside.max() <= 0.01, f"{found / UNIT} is not within {declared}"
    assert outside.min() >= -0.05, f"{declared} is too wide for {found / UNIT}"


@named
def test_the_picture_covers_what_the_index_says(kind: Kind) -> None:
    for variant in range(3):
        ink = (drawn(kind, variant) != (255, 0, 255)).any(axis=2)
        mask = silhouette(kind, variant)
        near = np.logical_or.reduce([np.roll(mask, step, (0, 1)) for step in product((-1, 0, 1), repeat=2)])
        assert not (ink & ~near).any()
        assert (ink & mask).sum() >= 0.97 * mask.sum()


@named
def test_one_seed_one_picture_and_many_seeds_many(kind: Kind) -> None:
    pictures = [drawn(kind, variant).tobytes() for variant in range(8)]
    assert pictures[0] == drawn(kind, 0).tobytes()
    assert len(set(pictures)) >= 7


@named
def test_the_colour_shows(kind: Kind) -> None:
    colors = {color: drawn(kind, 5, color).astype(int) for color in kind.colors}
    mask = silhouette(kind, 5)
    for color, picture in colors.items():
        if color == kind.natural:
            continue
        wanted = np.array([COLORS[color] >> shift & 255 for shift in (16, 8, 0)])

        def share(pixels: npt.NDArray[np.int_], wanted: npt.NDArray[np.int_] = wanted) -> float:
            """Of the silhouette, what has the hue wanted, in the light or in the shade."""
            return float((np.abs(pixels - wanted).sum(axis=2) < 75)[mask].mean())

        others = [share(other) for name, other in colors.items() if name != color]
        assert share(picture) > 0.12
        assert share(picture) > max(others) + 0.03


@named
def test_what_it_offers_is_there_in_every_variant(kind: Kind) -> None:
    for variant in VARIANTS:
        mask = silhouette(kind, variant)
        if kind.grip:
            assert at(mask, *kind.grip, radius=0.05), f"variant {variant}: nothing to grip"
        if kind.top:
            left, right, y = kind.top
            assert all(at(mask, x, y) for x in (left, (left + right) / 2, right)), f"variant {variant}: no surface"
        if kind.inside:
            left, _, right, bottom = kind.inside
            assert at(mask, (left + right) / 2, bottom), f"variant {variant}: no rim before what is inside"
        if kind.under:
            left, right, y = kind.under
            above = FLOOR + round(y * UNIT)
            columns = slice(round(SIDE / 2 + left * UNIT), round(SIDE / 2 + right * UNIT))
            assert mask[above - 25 : above, columns].any(axis=0).mean() > 0.9, f"variant {variant}: no roof"
            assert mask[above + 10 : FLOOR - 5, columns].mean() < 0.4, f"variant {variant}: no room"


def test_a_hand_has_five_fingers() -> None:
    hand = KINDS["hand"]
    angles = np.linspace(-np.pi * 1.08, 0.0, 720)  # from below the thumb over all fingers to the edge of the palm
    for variant in VARIANTS:
        mask = silhouette(hand, variant)
        columns = np.rint(SIDE / 2 + 0.47 * UNIT * np.cos(angles)).astype(int)
        rows = np.rint(FLOOR - 0.29 * UNIT + 0.47 * UNIT * np.sin(angles)).astype(int)
        along = mask[rows, columns].astype(int)
        assert (np.diff(along, prepend=0) == 1).sum() == 5, f"variant {variant}"


def test_letters_differ_from_each_other() -> None:
    def written(text: str) -> npt.NDArray[np.bool_]:
        picture = canvas_of(lambda brush: write(brush, text, 0, width=2.0, height=1.0), True)
        return picture[:, :, 0] == 7

    masks = {letter: written(letter) for letter in STROKES}
    assert "".join(masks) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for first, second in combinations(masks, 2):
        a, b = masks[first], masks[second]
        assert (a ^ b).sum() > 0.2 * min(a.sum(), b.sum()), f"{first} looks like {second}"


def test_a_word_keeps_its_order_and_its_room() -> None:
    mask = canvas_of(lambda brush: write(brush, "IIIIIW", 0, width=1.0, height=0.5), True)[:, :, 0] == 7
    columns = np.nonzero(mask.any(axis=0))[0]
    assert 98 <= columns.max() + 1 - columns.min() <= 102
    runs = (np.diff(mask[FLOOR].astype(int), prepend=0) == 1).nonzero()[0]
    assert len(runs) >= 6 and (np.diff(runs)[:4] == np.diff(runs)[0]).all()  # five strokes alike, then the W
