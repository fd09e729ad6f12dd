"""What a model is asked: prompts of fifteen tasks, each with a scene that it is true of and one that it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from string import ascii_uppercase
from typing import Final, Literal

from .. import storybook
from ..storybook import words
from ..storybook.captions import tell
from ..storybook.edits import INSTRUCTIONS, Edit, edit
from ..storybook.facts import Fact, false, weight
from ..storybook.kind import COLOR_NAMES
from ..storybook.kinds import ACCESSORIES, CHARACTERS, KINDS, THINGS
from ..storybook.parse import parse
from ..storybook.scene import (
    ACTIONS,
    COPIES,
    HANDS,
    PLACES,
    RELATIONS,
    SHELTERED,
    SIZES,
    STYLES,
    WEATHERS,
    Figure,
    Relation,
    Scene,
    Worn,
)
from ..storybook.splits import FIRST_TRAINING_SEED, MOST_COPIES, held_out
from ..storybook.words import Ways
from .hands import maimed
from .names import LIKE

Split = Literal["seen", "held_out"]
SPLITS: Final[tuple[Split, ...]] = ("seen", "held_out")
GENEVAL: Final = ("single", "two", "counting", "colors", "position", "binding")
# The property of a scene that is held out, or one of several; where none is named, words that training never heard.
HELD: Final[Mapping[str, tuple[str, ...]]] = {
    "two": ("kind-pair",), "counting": ("count-kind", "count"), "colors": ("color-kind",), "position": ("relation",),
    "binding": ("color-kind",), "style": ("style-kind",), "accessory": ("color-kind",),
}  # fmt: skip
# How the scene becomes another one for which the prompt is wrong, and hardly more.
WRONG: Final[Mapping[str, tuple[str, ...]]] = {
    "single": ("replace",), "two": ("replace", "remove"), "counting": ("recount",), "colors": ("recolor",),
    "position": ("move",), "binding": ("recolor",), "style": ("style",), "place": ("place",),
    "weather": ("weather",), "size": ("resize",), "action": ("act",), "accessory": ("swap clothes", "recolor clothes"),
    "letters": ("rewrite",), "captions": tuple(name for name in INSTRUCTIONS if name not in ("feel", "resize")),
}  # fmt: skip
CAPTION_FACTS: Final[Mapping[Split, tuple[int, int]]] = {"seen": (3, 6), "held_out": (7, 10)}
UNASKED: Final = ("seen", "variant")  # held out for other tests; no prompt says them
TRIES: Final = 1000


@dataclass(frozen=True)
class Case:
    """A prompt with its facts. ``scene``: a picture of it; ``wrong``: one of something else, None for hands."""

    task: str
    split: Split
    number: int
    text: str
    facts: tuple[Fact, ...]
    scene: Scene
    wrong: Scene | None


@dataclass(frozen=True)
class _Draft:
    """A prompt and the scene it tells of, before anybody asked whether it belongs to the split."""

    text: str
    scene: Scene


def cases(task: str, split: Split, count: int) -> tuple[Case, ...]:
    """The first ``count`` prompts of a task, all different, the same on every machine."""
    found: dict[str, Case] = {}
    for seed in range(TRIES * count):
        if len(found) == count:
            break
        case = _case(task, split, len(found), seed)
        if case is not None:
            found.setdefault(case.text, case)
    return tuple(found.values())


def _case(task: str, split: Split, number: int, seed: int) -> Case | None:
    chance = Random(f"{task} {split} {seed}")
    base = storybook.sample(chance.randrange(FIRST_TRAINING_SEED))
    held = HELD.get(task, ()) if split == "held_out" else ()
    try:
        draft = TASKS[task](_Writer(chance, base, split, unheard=split == "held_out" and not held))
    except (ValueError, IndexError):  # such a scene cannot be
        return None
    found = held_out(draft.scene) - {*UNASKED}
    if len(found) != bool(held) or not found <= {*held}:
        return None
    reading = parse(draft.text)
    if reading.unknown or false(reading.facts, draft.scene) or any(f.aspect == "expression" for f in reading.facts):
        return None
    wrong = None
    if task == "fingers" and maimed(draft.scene, number) is None:
        return None
    if task in WRONG:
        other = edit(draft.scene, seed, only=WRONG[task])
        if other is None or (task == "size" and _alike(other)):
            return None
        # more than the one that was asked for is no mistake
        if not any((fact.aspect, fact.value) != ("count", "1") for fact in false(reading.facts, other.after)):
            return None
        wrong = other.after
    return Case(task, split, number, draft.text, reading.facts, draft.scene, wrong)


@dataclass(frozen=True)
class _Writer:
    """Writes one prompt and its scene; raises ValueError or IndexError if that cannot be."""

    chance: Random
    base: Scene
    split: Split
    unheard: bool

    def _word(self, way: Ways) -> str:
        return self.chance.choice(way.unseen) if self.unheard and way.unseen else way.taught[0]

    def _noun(self, kind: str) -> str:
        return self._word(words.nouns(kind))

    def _pick(self, names: tuple[str, ...] = (*CHARACTERS, *THINGS)) -> Figure:
        kind = self.chance.choice(names)
        return self._shaped(Figure(kind, KINDS[kind].natural, letters="OPEN" if KINDS[kind].letters else ""))

    def _shaped(self, figure: Figure) -> Figure:
        return replace(figure, variant=self.chance.randrange(1 << 20),
                       flip=not KINDS[figure.kind].letters and self.chance.random() < 0.5)  # fmt: skip

    def _colored(self, *others: str) -> Figure:
        """One in a colour that it does not have by itself; the colour of people is that of their clothes."""
        able = [name for name, kind in KINDS.items() if kind.group != "person" and len(kind.colors) > 2]
        figure = self._pick(tuple(able))
        colors = [c for c in KINDS[figure.kind].colors if c not in (figure.color, *others) and c in COLOR_NAMES]
        return replace(figure, color=self.chance.choice(colors))

    def _scene(self, *figures: Figure, relations: tuple[Relation, ...] = ()) -> Scene:
        return replace(self.base, figures=figures, relations=relations)

    def single(self) -> _Draft:
        figure = self._pick()
        return _Draft(_a(self._noun(figure.kind)), self._scene(figure))

    def two(self) -> _Draft:
        one, other = self._pick(), self._pick()
        return _Draft(f"{_a(one.kind)} and {_a(other.kind)}", self._scene(one, other))

    def counting(self) -> _Draft:
        most = COPIES if self.split == "held_out" else MOST_COPIES
        figure = replace(self._pick(), count=self.chance.randint(2, most))
        return _Draft(f"{words.COUNTS[str(figure.count)].taught[0]} {words.plural(figure.kind)}", self._scene(figure))

    def colors(self) -> _Draft:
        figure = self._colored()
        return _Draft(_a(f"{figure.color} {figure.kind}"), self._scene(figure))

    def binding(self) -> _Draft:
        one = self._colored()
        other = self._colored(one.color)
        text = f"{_a(f'{one.color} {one.kind}')} and {_a(f'{other.color} {other.kind}')}"
        return _Draft(text, self._scene(one, other))

    def position(self) -> _Draft:
        name = self.chance.choice(RELATIONS)
        if name == "between":
            middle, one, other = self._pick(), self._pick(), self._pick()
            text = f"{_a(middle.kind)} between {_a(one.kind)} and {_a(other.kind)}"
            return _Draft(text, self._scene(middle, one, other, relations=(Relation(0, name, 1, 2),)))
        one, other = self._pick(), self._pick()
        text = f"{_a(one.kind)} {name} {_a(other.kind)}"
        return _Draft(text, self._scene(one, other, relations=(Relation(0, name, 1),)))

    def style(self) -> _Draft:
        figure, style = self._pick(), self.chance.choice(STYLES)
        text = f"{self._word(words.MEDIUMS[style])} of {_a(figure.kind)}"
        return _Draft(text, replace(self._scene(figure), style=style))

    def place(self) -> _Draft:
        figure, place = self._pick(), self.chance.choice(PLACES)
        weather = "sunny" if place in SHELTERED else self.base.weather
        text = f"{_a(figure.kind)} {self._word(words.PLACES[place])}"
        return _Draft(text, replace(self._scene(figure), place=place, weather=weather))

    def weather(self) -> _Draft:
        figure, weather = self._pick(), self.chance.choice(WEATHERS)
        text = f"{_a(figure.kind)} {self._word(words.WEATHERS[weather])}"
        if self.base.place in SHELTERED:
            raise ValueError("there is no weather inside")
        return _Draft(text, replace(self._scene(figure), weather=weather))

    def size(self) -> _Draft:
        size = self.chance.choice([name for name in SIZES if name != "medium"])
        figure = replace(self._pick(), size=size)
        return _Draft(_a(f"{self._word(words.SIZES[size])} {figure.kind}"), self._scene(figure))

    def action(self) -> _Draft:
        figure, action = self._pick(CHARACTERS), self.chance.choice(ACTIONS)
        if action not in HANDS:
            text = f"{_a(figure.kind)} {self._word(words.ACTIONS[action])}"
            return _Draft(text, self._scene(replace(figure, action=action)))
        kind = self.chance.choice([name for name, row in KINDS.items() if row.grip and row.use == HANDS[action]])
        held = Figure(kind, KINDS[kind].natural, letters="OPEN" if KINDS[kind].letters else "")
        text = f"{_a(figure.kind)} {action} {_a(self._noun(kind))}"
        return _Draft(text, self._scene(replace(figure, action=action, held=held)))

    def accessory(self) -> _Draft:
        figure, kind = self._pick(CHARACTERS), self.chance.choice([*ACCESSORIES])
        color = self.chance.choice(ACCESSORIES[kind].colors)
        worn = Worn(kind, color)
        name = f"{color} {kind}"
        text = f"{_a(figure.kind)} wearing {name if ACCESSORIES[kind].pair else _a(name)}"
        return _Draft(text, self._scene(replace(figure, worn=(worn,))))

    def letters(self) -> _Draft:
        word = "".join(self.chance.choices(ascii_uppercase, k=self.chance.randint(1, 6)))
        sign = self._shaped(Figure("sign", "brown", letters=word))
        return _Draft(f'{_a(self._noun("sign"))} that says "{word}"', self._scene(sign))

    def fingers(self) -> _Draft:
        hand = self._shaped(Figure("hand", self.chance.choice(KINDS["hand"].colors)))
        name, place = _a(f"{hand.color} {self._noun('hand')}"), self._word(words.PLACES[self.base.place])
        return _Draft(f"{name} {place}", self._scene(hand))

    def captions(self) -> _Draft:
        """Rich scenes, told in as many facts as they have."""
        least, most = CAPTION_FACTS[self.split]
        wanted = self.chance.randint(least, most)
        told = tell(self.base, self.chance.randrange(1 << 20), length="long", facts=(wanted, wanted))
        if weight(parse(told.text).facts) != wanted:
            raise ValueError("it has not so many facts")
        return _Draft(told.text, self.base)


TASKS: Final[Mapping[str, Callable[[_Writer], _Draft]]] = {
    "single": _Writer.single, "two": _Writer.two, "counting": _Writer.counting, "colors": _Writer.colors,
    "position": _Writer.position, "binding": _Writer.binding, "style": _Writer.style, "place": _Writer.place,
    "weather": _Writer.weather, "size": _Writer.size, "action": _Writer.action, "accessory": _Writer.accessory,
    "letters": _Writer.letters, "fingers": _Writer.fingers, "captions": _Writer.captions,
}  # fmt: skip


def _alike(other: Edit) -> bool:
    """Whether nobody can see that a size changed."""
    before, after = (scene.figures[0].size for scene in (other.before, other.after))
    return LIKE.get(before, before) == LIKE.get(after, after)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith('uni') else 'a'} {noun}"
