"""Places and styles: colours keep their names in every style, the hand trembles alike everywhere, pages are full."""

from __future__ import annotations

from colorsys import rgb_to_hsv
from itertools import combinations, product
from random import Random

import numpy as np
import pytest

pytest.importorskip("skia")

from sfumato.storybook.brush import box, oval
from sfumato.storybook.page import Page
from sfumato.storybook.palette import COLORS
from sfumato.storybook.places import PLACES, Stage, draw_place, draw_weather
from sfumato.storybook.scene import PLACES as PLACE_NAMES, SHELTERED, STYLES, TIMES, WEATHERS, Figure, Scene
from sfumato.storybook.styles import STYLES as LOOKS, VARIANTS, Picture

PLAIN = (Figure("apple", "red"),)
PAPER = 0xFFFFFF


def swatch(style: str, color: str) -> tuple[int, int, int]:
    """What is seen in the middle of a shape of a named colour, its texture averaged out."""
    page = Page(96, 96, style=style, index=False, variant=1)
    page.brush.fill(box(0, 0, 99, 99), PAPER)
    page.brush.draw(oval(48, 48, 40), COLORS[color], width=1)
    red, green, blue = page.picture()[24:72, 24:72].reshape(-1, 3).mean(0)
    return round(red), round(green), round(blue)


def scenery(place: str, weather: str, time: str, style: str, size: tuple[int, int] = (96, 96)) -> Picture:
    return background(Scene(place, weather, time, style, PLAIN, detail=5), size)


def background(scene: Scene, size: tuple[int, int] = (96, 96)) -> Picture:
    width, height = size
    page = Page(width, height, style=scene.style, index=False, variant=scene.detail)
    page.brush.canvas.clear(0xFFFF00FF)  # a colour of no picture: it shows where nothing was painted
    stage = Stage(width, height, height * 0.72, min(size), scene, Random(scene.detail))
    draw_place(page.brush, stage)
    draw_weather(page.brush, stage)
    return page.picture()


def brightness(picture: Picture) -> float:
    return float(picture.mean())


def test_every_place_and_style_of_a_scene_can_be_drawn() -> None:
    assert set(PLACES) == set(PLACE_NAMES)
    assert set(LOOKS) == set(STYLES)


@pytest.mark.parametrize("style", STYLES)
def test_a_colour_keeps_its_hue_in_every_style(style: str) -> None:
    for name, color in COLORS.items():
        hue, strength, _ = rgb_to_hsv(*((color >> shift & 255) / 255 for shift in (16, 8, 0)))
        seen_hue, seen_strength, value = rgb_to_hsv(*(channel / 255 for channel in swatch(style, name)))
        if name in ("black", "white", "gray"):
            assert seen_strength < 0.25 or value < 0.2, name
        else:
            apart = abs(hue - seen_hue)
            assert min(apart, 1 - apart) < 0.06, name
            assert seen_strength > 0.45 * strength, name
    dark, middle, light = (sum(swatch(style, name)) for name in ("black", "gray", "white"))
    assert dark + 90 < middle < light - 90


@pytest.mark.parametrize("style", STYLES)
def test_no_two_colours_look_alike_in_any_style(style: str) -> None:
    seen = {name: np.array(swatch(style, name)) for name in COLORS}
    for first, second in combinations(seen, 2):
        assert np.abs(seen[first] - seen[second]).max() > 30, (first, second)


@pytest.mark.parametrize("style", STYLES)
def test_an_index_page_covers_what_the_picture_shows(style: str) -> None:
    pages = [Page(256, 256, style=style, index=index, variant=2) for index in (False, True, False)]
    for page in pages:
        if not page.index:
            page.brush.fill(box(0, 0, 260, 260), PAPER)
    for page in pages[:2]:
        with page.brush.labelled(3):
            page.brush.draw(oval(128, 128, 30, 88), COLORS["red"], width=2)
    shown = np.abs(pages[0].picture().astype(int) - pages[2].picture()).max(2) > 60
    mask = pages[1].picture() == 3
    assert set(np.unique(pages[1].picture())) == {0, 3}
    assert (shown != mask).sum() < 0.02 * mask.sum()


@pytest.mark.parametrize(("width", "height"), [(96, 96), (64, 128), (128, 65)])
def test_a_place_fills_its_page(width: int, height: int) -> None:
    for place, style in product(PLACE_NAMES, ("flat", "pixel art")):
        picture = scenery(place, "sunny", "day", style, (width, height))
        bare = (picture[:, :, 0] > 240) & (picture[:, :, 1] < 15) & (picture[:, :, 2] > 240)
        assert picture.shape == (height, width, 3)
        assert not bare.any(), (place, style)


@pytest.mark.parametrize("place", PLACE_NAMES)
def test_time_and_weather_show_and_night_is_dark(place: str) -> None:
    weathers = ("sunny",) if place in SHELTERED else WEATHERS
    airs = list(product(weathers, TIMES if place != "space" else ("night",)))
    pictures = {air: scenery(place, *air, "flat") for air in airs}
    for first, second in combinations(airs, 2):
        assert np.abs(pictures[first].astype(int) - pictures[second]).mean() > 1.5, (first, second)
    for weather in weathers if place != "space" else ():
        others = min(brightness(pictures[weather, time]) for time in TIMES if time != "night")
        assert brightness(pictures[weather, "night"]) < others - (8 if place in SHELTERED else 15)


def test_styles_differ_from_each_other_and_pages_are_repeatable() -> None:
    for place in ("meadow", "kitchen"):
        pictures = {style: scenery(place, "sunny", "day", style) for style in STYLES}
        for first, second in combinations(STYLES, 2):
            apart = np.abs(pictures[first].astype(int) - pictures[second]).mean()
            assert apart > 2.5, (first, second)
        for style in STYLES:
            assert (pictures[style] == scenery(place, "sunny", "day", style)).all()


def test_a_pixel_of_pixel_art_is_square_and_large() -> None:
    picture = scenery("park", "sunny", "day", "pixel art", (258, 258))
    blocks = picture.reshape(86, 3, 86, 3, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()


def test_clutter_never_shows_what_is_counted() -> None:
    def greens(kind: str, color: str) -> int:
        picture = background(Scene("desert", "sunny", "day", "flat", (Figure(kind, color),), detail=5)).astype(int)
        return int((picture[:, :, 1] > picture[:, :, 0] + 20).sum() - (picture[:, :, 2] > picture[:, :, 1]).sum())

    assert greens("apple", "red") > greens("cactus", "green") + 100


def test_there_are_several_sheets_of_paper() -> None:
    sheets = set()
    for variant in range(VARIANTS):
        page = Page(64, 64, style="watercolour", index=False, variant=variant)
        page.brush.fill(box(0, 0, 64, 64), COLORS["blue"])
        sheets.add(page.picture().tobytes())
    assert len(sheets) == VARIANTS


@pytest.mark.parametrize(("pattern", "share"), [("striped", 0.5), ("dotted", 0.28), ("checkered", 0.5)])
def test_patterns_have_two_colours_in_their_shares(pattern: str, share: float) -> None:
    page = Page(200, 200, style="flat", index=False, variant=0)
    with page.brush.frame(0, 0, scale=200):
        page.brush.patterned(box(0, 0, 1, 1), COLORS["blue"], pattern)
    bright = page.picture()[20:180, 20:180].mean(2) > 180
    assert abs(bright.mean() - share) < 0.05


def test_parts_of_a_figure_get_the_numbers_of_the_picture() -> None:
    page = Page(64, 64, style="flat", index=True, variant=0)
    brush = page.brush
    brush.labels = {("self", 0): 1, ("held", 0): 2, ("worn", 1): 3, ("nothing", 0): 0}
    with brush.labelled("self"):
        brush.fill(box(0, 0, 64, 16), 0)
        for top, part, which in ((16, "held", 0), (32, "worn", 1), (48, "worn", 0)):
            with brush.labelled(part, which):
                brush.fill(box(0, top, 64, top + 16), 0)
    assert page.picture()[8::16, 32].tolist() == [1, 2, 3, 1]  # a part without a number is the figure itself


def test_joints_are_recorded_in_pixels_with_their_owner() -> None:
    page = Page(64, 64, style="flat", index=True, variant=0)
    with page.brush.labelled(4), page.brush.frame(32, 40, scale=10, flip=True):
        page.brush.joint("head", 1, -2)
    (joint,) = page.brush.joints
    assert (joint.label, joint.name, joint.x, joint.y) == (4, "head", 22, 20)
