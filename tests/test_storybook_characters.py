"""Characters: what they do, feel, wear and hold shows; poses are whole; one seed is one drawing, many are many."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
import skia

from sfumato.storybook.brush import Brush, Joint
from sfumato.storybook.kind import GENDERS, SKINS, Kind
from sfumato.storybook.kinds import ACCESSORIES, KINDS
from sfumato.storybook.palette import COLORS
from sfumato.storybook.people import SKIN_TONES
from sfumato.storybook.scene import ACTIONS, EXPRESSIONS, Figure, Worn
from sfumato.storybook.styles import STYLES

Pixels = npt.NDArray[np.uint8]
CHARACTERS = tuple(kind for kind in KINDS.values() if kind.alive)
HOLDABLE = tuple(kind for kind in KINDS.values() if kind.grip is not None)
PARTS = {("self", 0): 1, ("held", 0): 2, ("worn", 0): 3, ("nothing", 0): 4}
UNIT, SIDE, FLOOR = 100, 300, 240  # pixels: a character's height, the canvas, the row of y = 0
EMPTY = 0xFF00FF
named = pytest.mark.parametrize("kind", CHARACTERS, ids=lambda kind: kind.name)


@lru_cache(maxsize=64)
def painted(figure: Figure, index: bool = False) -> tuple[Pixels, tuple[Joint, ...]]:
    """The figure on an empty canvas, or in the numbers of PARTS, and its joints."""
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    info = skia.ImageInfo.Make(SIDE, SIDE, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, SIDE * 4)
    canvas = surface.getCanvas()
    canvas.clear(0xFF000000 if index else 0xFF000000 | EMPTY)
    brush = Brush(canvas, index=index, line=0.0115, style=STYLES["flat"])
    brush.labels = dict(PARTS)
    with brush.frame(SIDE / 2, FLOOR, scale=UNIT, flip=figure.flip):
        KINDS[figure.kind].draw(brush, figure, Random(figure.variant))
    del surface
    return pixels[:, :, :3].copy(), tuple(brush.joints)


def numbers(figure: Figure) -> Pixels:
    return painted(figure, True)[0][:, :, 0]


def differs(first: Figure, second: Figure) -> int:
    """How many pixels of two pictures are clearly not the same."""
    gap = np.abs(painted(first)[0].astype(np.int16) - painted(second)[0]).sum(axis=2)
    return int((gap > 60).sum())


def share(figure: Figure, color: int) -> float:
    """Of the figure's own pixels, how many have the colour, in the light or in the shade."""
    wanted = np.array([color >> shift & 255 for shift in (16, 8, 0)])
    own = painted(figure)[0][numbers(figure) == 1].astype(np.int16)
    return float((np.abs(own - wanted).sum(axis=1) < 75).mean())


def test_there_are_enough_of_each() -> None:
    groups = [kind.group for kind in CHARACTERS]
    assert len(groups) >= 36
    assert groups.count("animal") >= 20
    assert groups.count("person") >= 8
    assert groups.count("fantasy") >= 3
    assert len(ACCESSORIES) >= 16
    assert {accessory.slot for accessory in ACCESSORIES.values()} == {"head", "eyes", "neck", "body", "back", "feet"}


@named
def test_one_that_stands_fills_its_extent_and_stays_inside(kind: Kind) -> None:
    masks = [numbers(Figure(kind.name, kind.natural, variant=variant)) > 0 for variant in range(24)]
    rows, columns = np.nonzero(np.logical_or.reduce(masks))
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) - (SIDE / 2, FLOOR) * 2
    extent = kind.extent
    outside = (found / UNIT - (extent.left, extent.top, extent.right, extent.bottom)) * (-1, -1, 1, 1)
    assert outside.max() <= 0.01
    assert outside.min() >= -0.06


@named
def test_every_doing_and_feeling_shows(kind: Kind) -> None:
    calm = Figure(kind.name, kind.natural, action="standing", expression="happy", variant=3)
    held = Figure("apple", "red")
    doings = {"eating": replace(calm, action="eating", held=held)}
    doings |= {a: replace(calm, action=a) for a in ACTIONS if a not in ("eating", "reading", "holding")}
    doings["holding"] = replace(calm, action="holding", held=held)
    doings["reading"] = replace(calm, action="reading", held=Figure("book", "red"))
    assert set(doings) == set(ACTIONS)
    for first, second in combinations(doings.values(), 2):
        assert differs(first, second) > 0.002 * SIDE * SIDE
    feelings = [replace(calm, expression=expression) for expression in EXPRESSIONS]
    for one, other in combinations(feelings, 2):
        assert differs(one, other) > 20


@named
def test_the_picture_covers_what_the_index_says(kind: Kind) -> None:
    for action in ("standing", "sleeping", "running"):
        figure = Figure(kind.name, kind.natural, action=action, variant=5)
        mask, ink = numbers(figure) == 1, painted(figure)[0].astype(int)
        seen = np.abs(ink - (EMPTY >> 16, EMPTY >> 8 & 255, EMPTY & 255)).sum(axis=2) > 0
        assert (seen & mask).sum() >= 0.99 * mask.sum()
        assert set(np.unique(numbers(figure))) <= {0, 1, 4}


@named
def test_a_pose_is_whole_and_on_the_body(kind: Kind) -> None:
    pairs = [f"{side} {joint}" for side in ("left", "right")
             for joint in ("shoulder", "elbow", "hand", "hip", "knee", "foot")]  # fmt: skip
    for action, flip in product(ACTIONS, (False, True)):
        held = {"reading": Figure("book", "red"), "eating": Figure("apple", "red"), "holding": Figure("cup", "red")}
        figure = Figure(kind.name, kind.natural, action=action, held=held.get(action), variant=7, flip=flip)
        mask, joints = numbers(figure) > 0, painted(figure)[1]
        assert sorted(joint.name for joint in joints) == sorted(["head", "neck", *pairs])
        assert {joint.label for joint in joints} == {1}
        for joint in joints:
            row, column = round(joint.y), round(joint.x)
            assert mask[row - 6 : row + 7, column - 6 : column + 7].any(), f"{action}: {joint.name} is off the body"
        at = {joint.name: joint.x for joint in joints}
        if action == "standing":  # it faces us: its own left is on the right of the page, mirrored or not
            assert at["left hand"] > at["right hand"]


@named
def test_the_colour_is_of_the_coat(kind: Kind) -> None:
    figures = [Figure(kind.name, color, variant=5) for color in kind.colors if color != kind.natural]
    for figure, other in zip(figures, figures[1:] + figures[:1], strict=True):
        assert share(figure, COLORS[figure.color]) > max(0.1, share(other, COLORS[figure.color]))


@named
def test_one_seed_one_drawing_and_many_seeds_many(kind: Kind) -> None:
    figures = [Figure(kind.name, kind.natural, variant=variant) for variant in range(8)]
    if kind.group == "person":  # the same person, drawn anew
        figures = [replace(figure, skin="tan", gender=(kind.genders or GENDERS)[0]) for figure in figures]
    pictures = [painted(figure)[0].tobytes() for figure in figures]
    assert painted.__wrapped__(figures[0])[0].tobytes() == pictures[0]
    assert len(set(pictures)) == 8


@pytest.mark.parametrize("name", ACCESSORIES)
def test_what_is_worn_shows_on_everybody_who_can(name: str) -> None:
    accessory = ACCESSORIES[name]
    for kind, color in product(CHARACTERS, accessory.colors[:2]):
        if accessory.slot not in kind.slots:
            continue
        for action in ("standing", "sitting", "running"):
            figure = Figure(kind.name, kind.natural, action=action, worn=(Worn(name, color),), variant=11)
            assert (numbers(figure) == 3).sum() > 0.002 * UNIT * UNIT, f"{kind.name}, {action}"


@pytest.mark.parametrize("thing", HOLDABLE, ids=lambda kind: kind.name)
def test_what_is_held_is_in_a_hand_and_shows(thing: Kind) -> None:
    action = {"read": "reading", "eat": "eating", "hold": "holding"}[thing.use]
    held = Figure(thing.name, thing.natural, letters="HELLO" if thing.letters else "")
    for kind in CHARACTERS:
        figure = Figure(kind.name, kind.natural, action=action, held=held, variant=2)
        mask = numbers(figure) == 2
        assert mask.sum() > 0.004 * UNIT * UNIT, kind.name
        hands = [joint for joint in painted(figure, True)[1] if joint.name.endswith("hand")]
        near = [mask[round(j.y) - 9 : round(j.y) + 10, round(j.x) - 9 : round(j.x) + 10].any() for j in hands]
        assert any(near), f"a {kind.name} does not touch the {thing.name}"


def test_skin_is_of_the_figure_and_gender_changes_the_drawing() -> None:
    assert tuple(SKIN_TONES) == SKINS
    for kind in (kind for kind in CHARACTERS if kind.group == "person"):
        genders = kind.genders or GENDERS
        for skin, gender in product(SKINS, genders):
            figure = Figure(kind.name, kind.natural, skin=skin, gender=gender, variant=4)
            assert share(figure, SKIN_TONES[skin]) > 0.04, (kind.name, skin, gender)
        if len(genders) == 2:
            one, other = (Figure(kind.name, kind.natural, skin="tan", gender=gender, variant=4) for gender in genders)
            assert differs(one, other) > 60
