"""Edits: a scene, one instruction, and the scene that follows it and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from string import ascii_uppercase
from typing import Final

from . import words
from .facts import INVERSE, Aspect, Fact, named
from .kinds import ACCESSORIES, CHARACTERS, KINDS, THINGS
from .scene import (
    ACTIONS,
    EXPRESSIONS,
    HANDS,
    PLACES,
    SIZES,
    STYLES,
    TIMES,
    WEATHERS,
    Figure,
    Relation,
    Scene,
    Worn,
)  # fmt: skip
from .splits import held_out
from .words import Ways, ways


@dataclass(frozen=True)
class Edit:
    """``lost`` holds before and not after, ``gained`` after and not before; one of them may be empty."""

    before: Scene
    instruction: str
    after: Scene
    name: str  # of the entry in ``INSTRUCTIONS``
    lost: tuple[Fact, ...]
    gained: tuple[Fact, ...]


INSTRUCTIONS: Final = {
    "recolor": ways(
        "make {n} {value}|change the color of {n} to {value}|turn {n} {value}|paint {n} {value}||{n} should be {value}"
    ),
    "recolor clothes": ways(
        "make {a} of {n} {value}|change the color of {a} of {n} to {value}|paint {a} of {n} {value}"
        "||{a} of {n} should be {value}"
    ),
    "pattern": ways("make {n} {value}|give {n} a {value} pattern|let {n} be {value}||{n} should be {value}"),
    "resize": ways("make {n} {value}|let {n} be {value}|change the size: make {n} {value}||{n} should be {value}"),
    "feel": ways("make {n} look {value}|give {n} a {value} face|let {n} be {value}||{n} should look {value}"),
    "act": ways("make it so that {n} {is} {value}|show {n} {value}|let {n} be {value}||{n} should be {value}"),
    "put on": ways("add {a} to {n}|put {a} on {n}|give {n} {a} to wear|make {n} wear {a}||{n} should wear {a}"),
    "take off": ways("remove {a} from {n}|take {a} off {n}|let {n} go without {a}||{n} should not wear {a}"),
    "swap clothes": ways(
        "replace {a} of {n} with {b}|change {a} of {n} to {b}|swap {a} of {n} for {b}||{n} should wear {b} and not {a}"
    ),
    "give": ways("give {n} {a} to hold|put {a} into the hand of {n}|make {n} hold {a}||{n} should hold {a}"),
    "swap held": ways(
        "replace {a} of {n} with {b}|change {a} in the hand of {n} to {b}|swap {a} of {n} for {b}"
        "||{n} should have {b} and not {a}"
    ),
    "drop": ways("take {a} away from {n}|remove {a} of {n}|make {n} put down {a}||{n} should not have {a}"),
    "replace": ways("replace {n} with {b}|turn {n} into {b}|swap {n} for {b}||there should be {b} and not {n}"),
    "remove": ways("remove {n}|take {n} away|make the picture without {n}||{n} should not be there"),
    "add": ways("add {a} {prep} {n}|put {a} {prep} {n}|draw {a} {prep} {n}||there should be {a} {prep} {n}"),
    "recount": ways(
        "make it {value} {many}|change the number of {many} to {value}|show {value} {many}"
        "||there should be {value} {many}"
    ),
    "move": ways(
        "move {n} so that {it} {prep} {b}|put {n} {prep} {b}|show {n} {prep} {b}||{n} should be {prep} {b}"
    ),
    "rewrite": ways(
        'change the word on {n} to "{value}"|write "{value}" on {n}|make {n} say "{value}"||{n} should say "{value}"'
    ),
    "place": ways(
        "show all this {value}|let it happen {value}|make it so that all is {value}||it should happen {value}"
    ),
    "weather": ways(
        "change the weather so that {value}|make it so that {value}|let the weather change: {value}"
        "||the weather should be so that {value}"
    ),
    "time": ways(
        "change the time so that {value}|make it so that {value}|let time pass until {value}"
        "||the time should be so that {value}"
    ),
    "style": ways("make it {value}|turn the picture into {value}|redraw it as {value}||it should be {value}"),
}


def edit(scene: Scene, seed: int, *, only: tuple[str, ...] = (), unseen: bool = False) -> Edit | None:
    """One edit of ``scene``, or None if none of ``only`` (by default of all ``INSTRUCTIONS``) is possible.

    What comes out has no held-out property that the scene has not: an edit of a training scene is a training scene.
    ``unseen``: instructed in words that no training instruction has.
    """
    chance = Random(seed * 7919 + 3)
    editor = _Editor(scene, chance, unseen)
    names = [*(only or INSTRUCTIONS)]
    chance.shuffle(names)
    held = held_out(scene)
    for name in names * TRIES:
        try:
            draft = _EDITS[name](editor)
        except (ValueError, IndexError):  # such a scene cannot be, or there is nothing to choose from
            continue
        if draft.after != scene and held_out(draft.after) <= held:
            text = editor.word(INSTRUCTIONS[name]).format(**draft.slots)
            return Edit(scene, text, draft.after, name, draft.lost, draft.gained)
    return None


TRIES: Final = 4


@dataclass(frozen=True)
class _Draft:
    """What an edit comes to: the scene after it, the words for its instruction, the facts it changes."""

    after: Scene
    slots: dict[str, str]
    lost: tuple[Fact, ...] = ()
    gained: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class _Editor:
    """Every edit picks at random among what is there; it raises ValueError or IndexError if that cannot be."""

    scene: Scene
    chance: Random
    unseen: bool

    # Words ------------------------------------------------------------------------------------------------------------

    def word(self, way: Ways) -> str:
        return self.chance.choice(way.unseen if self.unseen and way.unseen else way.taught)

    def _noun(self, kind: str) -> str:
        return kind if self.chance.random() < 0.7 else self.word(words.nouns(kind))

    def _the(self, part: Figure | Worn) -> str:
        noun = self._noun(part.kind)
        return f"the {words.plural(noun) if isinstance(part, Figure) and part.count > 1 else noun}"

    def _some(self, part: Figure | Worn) -> str:
        """``a red beret``, ``an orange apple``, ``blue boots``."""
        adjectives = [self.word(words.COLORS[part.color])] if not _person(part) else []
        if part.pattern != "plain":
            adjectives.append(self.word(words.PATTERNS[part.pattern]))
        noun = self._noun(part.kind)
        if isinstance(part, Figure) and part.count > 1:
            return " ".join([self.word(words.COUNTS[str(part.count)]), *adjectives, words.plural(noun)])
        text = " ".join([*adjectives, noun])
        if part.kind in ACCESSORIES and ACCESSORIES[part.kind].pair:
            return text
        return f"{'an' if text[0] in 'aeiou' and not text.startswith('uni') else 'a'} {text}"

    # Choosing ---------------------------------------------------------------------------------------------------------

    def _figure(self, able: Callable[[Figure], bool]) -> tuple[int, Figure]:
        """One of those whom "the fox" can only mean."""
        kinds = [part.part.kind for part in named(self.scene)]
        figures = [*enumerate(self.scene.figures)]
        return self.chance.choice([(i, f) for i, f in figures if kinds.count(f.kind) == 1 and able(f)])

    def _other(self, values: tuple[str, ...], value: str) -> str:
        return self.chance.choice([other for other in values if other != value])

    def _with(self, index: int, figure: Figure) -> Scene:
        figures = self.scene.figures
        return replace(self.scene, figures=(*figures[:index], figure, *figures[index + 1 :]))

    def _told(self, index: int, figure: Figure, aspect: Aspect, old: str, new: str, way: Ways) -> _Draft:
        kind = Fact("kind", figure.kind, 0)
        slots = {"n": self._the(figure), "value": self.word(way), "is": "are" if figure.count > 1 else "is"}
        return _Draft(self._with(index, figure), slots, (kind, Fact(aspect, old, 0)), (kind, Fact(aspect, new, 0)))

    # One figure -------------------------------------------------------------------------------------------------------

    def recolor(self) -> _Draft:
        index, figure = self._figure(lambda figure: not _person(figure))
        color = self._other(KINDS[figure.kind].colors, figure.color)
        return self._told(index, replace(figure, color=color), "color", figure.color, color, words.COLORS[color])

    def pattern(self) -> _Draft:
        index, figure = self._figure(lambda figure: KINDS[figure.kind].patterns)
        pattern = self._other(tuple(words.PATTERNS), figure.pattern)
        after = replace(figure, pattern=pattern)
        return self._told(index, after, "pattern", figure.pattern, pattern, words.PATTERNS[pattern])

    def resize(self) -> _Draft:
        # a group fills the page in any size
        index, figure = self._figure(lambda figure: figure.count == 1 or len(self.scene.figures) > 1)
        # to the next size nobody sees a difference
        far = tuple(size for size in SIZES if size != "medium" and abs(SIZES[size] - SIZES[figure.size]) > 0.3)
        size = self.chance.choice(far)
        return self._told(index, replace(figure, size=size), "size", figure.size, size, words.SIZES[size])

    def feel(self) -> _Draft:
        index, figure = self._figure(lambda figure: KINDS[figure.kind].alive and figure.action != "sleeping")
        mood = self._other(EXPRESSIONS, figure.expression)
        after = replace(figure, expression=mood)
        return self._told(index, after, "expression", figure.expression, mood, words.EXPRESSIONS[mood])

    def act(self) -> _Draft:
        index, figure = self._figure(lambda figure: KINDS[figure.kind].alive and figure.held is None)
        placed = any(relation.subject == index for relation in self.scene.relations)
        free = [action for action in ACTIONS if action not in HANDS and not (placed and action in LIVELY)]
        action = self._other(tuple(free), figure.action)
        return self._told(index, replace(figure, action=action), "action", figure.action, action, words.ACTIONS[action])

    def rewrite(self) -> _Draft:
        index, figure = self._figure(lambda figure: KINDS[figure.kind].letters)
        letters = "".join(self.chance.choices(ascii_uppercase, k=self.chance.randint(2, 6)))
        after = replace(figure, letters=letters)
        return self._told(index, after, "letters", figure.letters, letters, Ways((letters,)))

    def recount(self) -> _Draft:
        index, figure = self._figure(lambda figure: figure.held is None)
        count = self._other(("2", "3", "4", "5"), str(figure.count))
        after = replace(figure, count=int(count))
        draft = self._told(index, after, "count", str(figure.count), count, words.COUNTS[count])
        return replace(draft, slots=draft.slots | {"many": words.plural(self._noun(figure.kind))})

    # Clothes and hands ------------------------------------------------------------------------------------------------

    def put_on(self) -> _Draft:
        index, figure = self._figure(lambda figure: bool(KINDS[figure.kind].slots))
        worn = self._new_worn(figure)
        after = self._with(index, replace(figure, worn=(*figure.worn, worn)))
        slots = {"n": self._the(figure), "a": self._some(worn)}
        return _Draft(after, slots, (), _linked(figure, "wears", worn))

    def take_off(self) -> _Draft:
        index, figure = self._figure(lambda figure: bool(figure.worn))
        worn = self.chance.choice(figure.worn)
        after = self._with(index, replace(figure, worn=tuple(item for item in figure.worn if item != worn)))
        slots = {"n": self._the(figure), "a": self._the(worn)}
        return _Draft(after, slots, _linked(figure, "wears", worn))

    def recolor_clothes(self) -> _Draft:
        index, figure = self._figure(lambda figure: bool(figure.worn))
        worn = self.chance.choice(figure.worn)
        new = replace(worn, color=self._other(ACCESSORIES[worn.kind].colors, worn.color))
        slots = {"n": self._the(figure), "a": self._the(worn), "value": self.word(words.COLORS[new.color])}
        return self._worn_swapped(index, figure, worn, new, slots)

    def swap_clothes(self) -> _Draft:
        index, figure = self._figure(lambda figure: bool(figure.worn))
        worn = self.chance.choice(figure.worn)
        new = self._new_worn(replace(figure, worn=tuple(item for item in figure.worn if item != worn)))
        if new.kind == worn.kind:
            raise ValueError("that is no swap")
        slots = {"n": self._the(figure), "a": self._the(worn), "b": self._some(new)}
        return self._worn_swapped(index, figure, worn, new, slots)

    def _worn_swapped(self, index: int, figure: Figure, old: Worn, new: Worn, slots: dict[str, str]) -> _Draft:
        worn = tuple(new if item == old else item for item in figure.worn)
        after = self._with(index, replace(figure, worn=worn))
        return _Draft(after, slots, _linked(figure, "wears", old), _linked(figure, "wears", new))

    def _new_worn(self, figure: Figure) -> Worn:
        free = {*KINDS[figure.kind].slots} - {ACCESSORIES[item.kind].slot for item in figure.worn}
        row = self.chance.choice([row for row in ACCESSORIES.values() if row.slot in free])
        return Worn(row.name, self._other(row.colors, figure.color))

    def give(self) -> _Draft:
        index, figure = self._figure(lambda f: f.count == 1 and f.action in ("standing", "sitting", "waving"))
        held = self._new_held("hold")
        after = self._with(index, replace(figure, action="holding", held=held))
        return _Draft(after, {"n": self._the(figure), "a": self._some(held)}, (), _linked(figure, "holds", held))

    def swap_held(self) -> _Draft:
        index, figure = self._figure(lambda figure: figure.held is not None)
        assert figure.held is not None
        new = self._new_held(HANDS[figure.action])
        after = self._with(index, replace(figure, held=new))
        slots = {"n": self._the(figure), "a": self._the(figure.held), "b": self._some(new)}
        return _Draft(after, slots, _linked(figure, "holds", figure.held), _linked(figure, "holds", new))

    def drop(self) -> _Draft:
        index, figure = self._figure(lambda figure: figure.held is not None)
        assert figure.held is not None
        after = self._with(index, replace(figure, action="standing", held=None))
        slots = {"n": self._the(figure), "a": self._the(figure.held)}
        return _Draft(after, slots, _linked(figure, "holds", figure.held))

    def _new_held(self, use: str) -> Figure:
        here = self._kinds()
        free = [row for row in KINDS.values() if row.grip and row.name not in here and not row.letters]
        row = self.chance.choice([row for row in free if use in ("hold", row.use)])
        return Figure(row.name, self.chance.choice(row.colors), variant=self._variant())

    # Several figures --------------------------------------------------------------------------------------------------

    def _kinds(self) -> set[str]:
        return {part.part.kind for part in named(self.scene)}

    def _variant(self) -> int:
        return self.chance.randrange(1 << 20)

    def replace(self) -> _Draft:
        index, figure = self._figure(lambda figure: not figure.letters)
        row = KINDS[figure.kind]
        among = [KINDS[kind] for kind in {*KINDS} - self._kinds() if not KINDS[kind].letters]
        other = self.chance.choice(sorted(r.name for r in among if (r.group, r.floats) == (row.group, row.floats)))
        color = KINDS[other].natural if figure.color == row.natural else figure.color
        gender = figure.gender if figure.gender in (KINDS[other].genders or (figure.gender,)) else ""
        after = replace(figure, kind=other, color=color, gender=gender)
        if any(ACCESSORIES[item.kind].slot not in KINDS[other].slots for item in figure.worn):
            raise ValueError("it cannot wear that")
        slots = {"n": self._the(figure), "b": self._some(after)}
        return _Draft(self._with(index, after), slots, (Fact("kind", figure.kind, 0),), (Fact("kind", other, 0),))

    def remove(self) -> _Draft:
        index, figure = self._figure(lambda figure: len(self.scene.figures) > 1)
        if any(index in (relation.object, relation.second) for relation in self.scene.relations):
            raise ValueError("the place of another hangs on it")
        figures = (*self.scene.figures[:index], *self.scene.figures[index + 1 :])
        relations = tuple(_without(relation, index) for relation in self.scene.relations if relation.subject != index)
        after = replace(self.scene, figures=figures, relations=relations)
        return _Draft(after, {"n": self._the(figure)}, (Fact("kind", figure.kind, 0),))

    def add(self) -> _Draft:
        index, figure = self._figure(lambda figure: True)
        names = sorted({*(CHARACTERS if self.chance.random() < 0.3 else THINGS)} - self._kinds())
        row = KINDS[self.chance.choice([name for name in names if not KINDS[name].letters])]
        new = Figure(row.name, row.natural, variant=self._variant())
        relation = Relation(len(self.scene.figures), self.chance.choice(ADDED), index)
        after = replace(
            self.scene, figures=(*self.scene.figures, new), relations=(*self.scene.relations, relation)
        )  # fmt: skip
        slots = {"n": self._the(figure), "a": self._some(new), "prep": self.word(words.PREPOSITIONS[relation.name])}
        kinds = (Fact("kind", new.kind, 0), Fact("kind", figure.kind, 1))
        return _Draft(after, slots, (), (*kinds, Fact("relation", relation.name, 0, 1)))

    def move(self) -> _Draft:
        relation = self.chance.choice([relation for relation in self.scene.relations if relation.name in TURNED])
        ends = [self.scene.figures[relation.subject], self.scene.figures[relation.object]]
        kinds = [part.part.kind for part in named(self.scene)]
        if any(kinds.count(end.kind) > 1 for end in ends):
            raise ValueError("nobody would know who is meant")
        turned = replace(relation, name=TURNED[relation.name])
        relations = tuple(turned if other == relation else other for other in self.scene.relations)
        slots = {
            "n": self._the(ends[0]), "b": self._the(ends[1]), "it": "they are" if ends[0].count > 1 else "it is",
            "prep": self.word(words.PREPOSITIONS[turned.name]),
        }  # fmt: skip
        told = (Fact("kind", ends[0].kind, 0), Fact("kind", ends[1].kind, 1))
        old, new = (Fact("relation", name, 0, 1) for name in (relation.name, turned.name))
        return _Draft(replace(self.scene, relations=relations), slots, (*told, old), (*told, new))

    # The whole picture ------------------------------------------------------------------------------------------------

    def place(self) -> _Draft:
        place = self._other(PLACES, self.scene.place)
        way = words.PLACES[place]
        return _Draft(
            replace(self.scene, place=place), {"value": self.word(way)},
            (Fact("place", self.scene.place),), (Fact("place", place),),
        )  # fmt: skip

    def weather(self) -> _Draft:
        weather = self._other(WEATHERS, self.scene.weather)
        way = words.WEATHER_CLAUSES["clear" if weather == "sunny" and self.scene.time in DIM else weather]
        return _Draft(
            replace(self.scene, weather=weather), {"value": self.word(way)},
            (Fact("weather", self.scene.weather),), (Fact("weather", weather),),
        )  # fmt: skip

    def time(self) -> _Draft:
        if self.scene.place == "space":
            raise ValueError("there is no time of day in space")
        time = self._other(TIMES, self.scene.time)
        return _Draft(
            replace(self.scene, time=time), {"value": self.word(words.TIME_CLAUSES[time])},
            (Fact("time", self.scene.time),), (Fact("time", time),),
        )  # fmt: skip

    def style(self) -> _Draft:
        style = self._other(STYLES, self.scene.style)
        return _Draft(
            replace(self.scene, style=style), {"value": self.word(words.MEDIUMS[style])},
            (Fact("style", self.scene.style),), (Fact("style", style),),
        )  # fmt: skip


_EDITS: Final[dict[str, Callable[[_Editor], _Draft]]] = {
    "recolor": _Editor.recolor, "recolor clothes": _Editor.recolor_clothes, "pattern": _Editor.pattern,
    "resize": _Editor.resize, "feel": _Editor.feel, "act": _Editor.act, "put on": _Editor.put_on,
    "take off": _Editor.take_off, "swap clothes": _Editor.swap_clothes, "give": _Editor.give,
    "swap held": _Editor.swap_held, "drop": _Editor.drop, "replace": _Editor.replace, "remove": _Editor.remove,
    "add": _Editor.add, "recount": _Editor.recount, "move": _Editor.move, "rewrite": _Editor.rewrite,
    "place": _Editor.place, "weather": _Editor.weather, "time": _Editor.time, "style": _Editor.style,
}  # fmt: skip
TURNED: Final = {name: turned for pair in INVERSE.items() if "above" not in pair for name, turned in (pair, pair[::-1])}
ADDED: Final = ("left of", "right of", "left of", "right of", "on", "under", "inside", "above")
LIVELY: Final = ("running", "jumping", "dancing")  # not on a chair
DIM: Final = ("sunset", "night")


def _person(part: Figure | Worn) -> bool:
    return part.kind in KINDS and KINDS[part.kind].group == "person"


def _linked(figure: Figure, link: str, part: Figure | Worn) -> tuple[Fact, ...]:
    """Somebody wears or holds something of that colour."""
    return (
        Fact("kind", figure.kind, 0), Fact("kind", part.kind, 1), Fact("color", part.color, 1),
        Fact("relation", link, 0, 1),
    )  # fmt: skip


def _without(relation: Relation, index: int) -> Relation:
    """The same relation when figure ``index`` is gone."""
    down = [end - (end > index) for end in (relation.subject, relation.object)]
    second = None if relation.second is None else relation.second - (relation.second > index)
    return Relation(down[0], relation.name, down[1], second)
