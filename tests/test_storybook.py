"""The picture world: same seed same picture, captions that are true, every word of the world in use."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("skia")

from sfumato.storybook import (
    INSTANCES,
    VERSION,
    WORDS,
    Accessory,
    Animal,
    Scene,
    Thing,
    caption,
    draw,
    instances,
    sample,
    sheet,
)
from sfumato.storybook.scene import ACCESSORIES, ANIMALS, COLOR_NAMES, KINDS, PLACES, POSES, TIMES, WEATHERS

SCENES = [sample(seed) for seed in range(2000)]
PLACE_WORDS = {
    "meadow": "meadow|grass|field",
    "beach": "beach|sea",
    "forest": "forest|woods",
    "city": "city|town|street",
    "room": "room|indoors",
    "mountains": "mountains",
}
WEATHER_WORDS = {"sunny": "sun|sunny|starry", "cloudy": "cloudy|clouds", "rainy": "rain|rains", "snowy": "snow|snows"}
TIME_WORDS = {"day": "day", "sunset": "sunset|evening", "night": "night|starry"}


def has(text: str, words: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text) is not None


def objects(scene: Scene) -> set[tuple[str, str]]:
    """Every (kind, colour) in the scene."""
    found = {(thing.kind, thing.color) for thing in scene.things}
    for animal in scene.animals:
        found.add((animal.kind, animal.color))
        found |= {(worn.kind, worn.color) for worn in animal.worn}
        if animal.held:
            found.add((animal.held.kind, animal.held.color))
    return found


def test_a_seed_is_a_scene_forever() -> None:
    text = "\n".join(scene.to_json() for scene in SCENES[:200])
    assert VERSION == 2
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "03c3dd94dd295e85"
    assert all(Scene.from_json(scene.to_json()) == scene for scene in SCENES[:200])


def test_same_seed_same_pixels_and_the_known_means() -> None:
    for seed in (0, 1, 2):
        first, second = draw(sample(seed)), draw(sample(seed))
        assert first.dtype == np.uint8 and first.shape == (256, 256, 3)
        assert np.array_equal(first, second)
    mean = np.mean([draw(scene, (64, 64)).mean() for scene in SCENES[:20]])
    assert mean == pytest.approx(171.8, abs=1.5)


def test_captions_never_name_what_is_not_there() -> None:
    noun = re.compile(
        rf"\b(?:({'|'.join((*COLOR_NAMES, 'golden'))}) )?({'|'.join((*KINDS, *ACCESSORIES))})\b"
    )
    for seed, scene in enumerate(SCENES):
        there = objects(scene)
        text = caption(scene, seed)
        assert len(text.split()) > 1 and "  " not in text
        for color, kind in noun.findall(text):
            if color:
                assert (kind, {"golden": "yellow"}.get(color, color)) in there, text
            else:
                assert kind in {name for name, _ in there}, text
        for name, words in PLACE_WORDS.items():
            assert scene.place == name or not has(text, words), text
        for name, words in WEATHER_WORDS.items():
            assert scene.weather == name or not has(text, words), text
        for name, words in TIME_WORDS.items():
            assert scene.time == name or not has(text, words), text
        poses = {animal.pose for animal in scene.animals}
        for pose in ("sitting", "waving", "sleeping"):
            assert pose in poses or pose not in text.split(), text
        held = {animal.held.kind for animal in scene.animals if animal.held}
        assert "reading" not in text or "newspaper" in held, text
        if " of " in text and "to the" in text:
            kinds = [kind for _, kind in noun.findall(text) if kind in ANIMALS]
            order = [animal.kind for animal in scene.animals]
            assert kinds == (order if "to the left of" in text else order[::-1]), text


def test_an_unusual_colour_of_an_animal_is_always_said() -> None:
    from sfumato.storybook.scene import NATURAL

    for seed, scene in enumerate(SCENES):
        text = caption(scene, seed)
        for animal in scene.animals:
            if animal.color != NATURAL[animal.kind]:
                assert f"{animal.color} {animal.kind}" in text


def test_every_word_is_in_the_list_and_everything_appears() -> None:
    seen = {word for seed, scene in enumerate(SCENES) for word in re.findall(r"[a-z]+", caption(scene, seed))}
    assert seen <= WORDS()
    assert {scene.place for scene in SCENES} == set(PLACES)
    assert {scene.weather for scene in SCENES} == set(WEATHERS)
    assert {scene.time for scene in SCENES} == set(TIMES)
    assert {kind for scene in SCENES for kind, _ in objects(scene)} == {*KINDS, *ACCESSORIES}
    animals = [animal for scene in SCENES for animal in scene.animals]
    assert {animal.pose for animal in animals} == set(POSES)
    assert {animal.color for animal in animals} == set(COLOR_NAMES)


@pytest.mark.parametrize("size", [(64, 64), (256, 128), (128, 256), (320, 224)])
def test_any_size_and_aspect_holds_every_figure(size: tuple[int, int]) -> None:
    for scene in SCENES[:12]:
        assert draw(scene, size).shape == (size[1], size[0], 3)
        numbers = instances(scene, size)
        assert numbers.shape == (size[1], size[0])
        shown = set(np.unique(numbers).tolist())
        assert shown <= set(range(len(INSTANCES)))
        for figure in (*scene.animals, *scene.things):
            assert INSTANCES.index(figure.kind) in shown
        edge = np.concatenate([numbers[0], numbers[:, 0], numbers[:, -1]])
        assert (edge > 0).mean() < 0.05


def test_bad_values_name_the_nearest_good_ones() -> None:
    with pytest.raises(ValueError, match="nearest: rabbit"):
        Animal("rabit", "white")
    with pytest.raises(ValueError, match="nearest: purple"):
        Accessory("beret", "purpel")
    with pytest.raises(ValueError, match="nearest: balloon"):
        Thing("baloon", "red")
    with pytest.raises(ValueError, match="forest"):
        replace(SCENES[0], place="forrest")
    with pytest.raises(ValueError, match="aspect"):
        draw(SCENES[0], (512, 128))
    with pytest.raises(ValueError, match="pixels a side"):
        draw(SCENES[0], (32, 32))


def test_a_sheet_holds_all_pictures() -> None:
    assert sheet([draw(scene, (64, 64)) for scene in SCENES[:5]], 3).shape == (2 * 68 + 4, 3 * 68 + 4, 3)
