"""Draws the sheets of docs/storybook.md again: ``python docs/sheets.py``, after every change of the world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sfumato import storybook
from sfumato.storybook import ACCESSORIES, KINDS, Figure, Picture, Relation, Scene, Worn
from sfumato.storybook.scene import PLACES, RELATIONS, STYLES

DOCS = Path(__file__).parent
HOMES = ("meadow", "room", "beach", "desert", "kitchen", "city", "park", "space")  # where a kind is shown, if it may be


def main() -> None:
    save([storybook.draw(storybook.sample(seed), (128, 128)) for seed in range(100)], 10, "storybook.png")
    save([labelled(one(i, name), name) for i, name in enumerate(KINDS)], 13, "storybook-kinds.png")
    save([labelled(worn(i, name), name) for i, name in enumerate(ACCESSORIES)], 10, "storybook-accessories.png")
    save([labelled(place(name), name) for name in PLACES], 6, "storybook-places.png")
    save([labelled(storybook.draw(replace(PAIR, style=s), (200, 200)), s) for s in STYLES], 4, "storybook-styles.png")
    save([labelled(related(name), name) for name in RELATIONS], 5, "storybook-relations.png")
    save(truths(), 3, "storybook-truths.png")


def one(i: int, name: str) -> Picture:
    """A kind by itself, in its natural colour."""
    kind = KINDS[name]
    figure = Figure(
        name, kind.natural, variant=i * 7 + 3, letters="ABC" if kind.letters else "",
        size="big" if kind.tall < 2 else "medium", expression="happy" if kind.alive else "")  # fmt: skip
    home = next(home for home in (*HOMES, *kind.places) if not kind.places or home in kind.places)
    return storybook.draw(Scene(home, "sunny", "day", "flat", (figure,), detail=i * 31), (104, 104))


def worn(i: int, name: str) -> Picture:
    """A cat in clothes."""
    cat = Figure("cat", "gray", expression="happy", size="big", worn=(Worn(name, "red"),), variant=3)
    return storybook.draw(Scene("room", "sunny", "day", "flat", (cat,), detail=7), (128, 128))


def place(name: str) -> Picture:
    fox = Figure("fox", "orange", variant=5)
    return storybook.draw(Scene(name, "sunny", "day", "flat", (fox,), detail=3), (160, 160))


PAIR = Scene(
    "park", "sunny", "day", "flat",
    (
        Figure("fox", "orange", action="reading", held=Figure("newspaper", "white"), variant=5),
        Figure("child", "red", action="holding", held=Figure("balloon", "yellow"), variant=11, expression="happy",
               worn=(Worn("scarf", "blue"),)),
    ),
    detail=12,
)  # fmt: skip
CAT = Figure("cat", "gray", expression="happy", variant=3)
RELATED = {
    "left of": ("farm", CAT, Figure("house", "red")),
    "right of": ("city", Figure("penguin", "black", variant=1), Figure("car", "yellow")),
    "above": ("meadow", Figure("kite", "red"), Figure("tree", "green")),
    "below": ("beach", Figure("child", "blue", action="waving", variant=4), Figure("balloon", "purple")),
    "on": ("room", Figure("rabbit", "white", action="sitting", size="small"), Figure("table", "brown", size="big")),
    "under": ("meadow", Figure("mouse", "gray", variant=9, size="tiny"), Figure("tree", "green", size="big")),
    "in front of": ("city", Figure("dog", "brown", expression="happy", variant=2), Figure("bus", "red")),
    "behind": ("room", Figure("pig", "pink", expression="happy"), Figure("sofa", "blue")),
    "between": ("forest", Figure("frog", "green"), Figure("lion", "yellow"), Figure("owl", "brown")),
    "inside": ("kitchen", replace(CAT, size="small"), Figure("box", "brown", size="big")),
}


def related(name: str) -> Picture:
    home, *figures = RELATED[name]
    relation = Relation(0, name, 1, 2 if len(figures) == 3 else None)
    return storybook.draw(Scene(home, "sunny", "day", "flat", tuple(figures), (relation,), detail=11), (160, 160))


def truths() -> list[Picture]:
    """A scene, and all that is known of it."""
    bear = Figure("bear", "brown", action="waving", expression="happy", variant=6,
                  worn=(Worn("sunglasses", "black"), Worn("scarf", "red", "striped")))  # fmt: skip
    monkey = Figure("monkey", "brown", action="holding", held=Figure("umbrella", "blue"), variant=8, expression="happy")
    figures = (bear, monkey, Figure("ball", "red"))
    scene = Scene("beach", "sunny", "day", "flat", figures, (Relation(2, "in front of", 0),), detail=5)
    size = (224, 224)
    colors = np.random.default_rng(4).integers(70, 255, (60, 3)).astype(np.uint8)
    colors[0] = (30, 28, 34)
    picture, depth = storybook.draw(scene, size), storybook.depth(scene, size)
    boxed = Image.fromarray(picture)
    for seen in storybook.seen(scene, size):
        if seen.box:
            ImageDraw.Draw(boxed).rectangle(seen.box, outline=tuple(map(int, colors[seen.part.number])), width=2)
    shown = {
        "picture": picture, "mask": colors[storybook.instances(scene, size)], "boxes": np.asarray(boxed),
        "edge": gray(storybook.edges(scene, size)), "depth": gray(depth * (255 // depth.max())),
        "pose": storybook.pose(scene, size),
    }  # fmt: skip
    return [labelled(pixels, name) for name, pixels in shown.items()]


def gray(values: Picture) -> Picture:
    return np.repeat(values[:, :, None], 3, axis=2)


def labelled(picture: Picture, text: str) -> Picture:
    height, width = picture.shape[:2]
    board, font = Image.new("RGB", (width, height + 18), (245, 245, 245)), ImageFont.load_default(12)
    board.paste(Image.fromarray(picture))
    pen = ImageDraw.Draw(board)
    pen.text(((width - pen.textlength(text, font=font)) / 2, height + 2), text, fill=(60, 55, 60), font=font)
    return np.asarray(board)


def save(pictures: list[Picture], columns: int, name: str) -> None:
    Image.fromarray(storybook.sheet(pictures, columns)).save(DOCS / name, optimize=True)


if __name__ == "__main__":
    main()
