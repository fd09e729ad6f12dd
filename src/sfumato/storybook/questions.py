"""Questions about a scene with their answers, each with the fact that its answer rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from . import words
from .facts import INVERSE, SETTING, Aspect, Fact, Named, false, named
from .kinds import ACCESSORIES, CHARACTERS, KINDS
from .scene import (
    ACTIONS,
    EXPRESSIONS,
    HANDS,
    PLACES,
    SHELTERED,
    SIZES,
    STYLES,
    TIMES,
    WEATHERS,
    Figure,
    Relation,
    Scene,
    Worn,
)  # fmt: skip
from .words import Ways, ways

Topic = Literal[
    "exists", "count", "color", "pattern", "size", "action", "expression", "letters", "gender", "wears", "holds",
    "relation", "style", "place", "weather", "time",
]  # fmt: skip
# What a place may draw as scenery that no caption names: never counted, never denied.
SCENERY: Final = (
    "tree", "pine tree", "palm tree", "cactus", "flower", "mushroom", "house", "castle", "lighthouse", "windmill",
    "tent", "well", "boat", "car", "bus", "train", "truck", "bicycle", "bench", "bed", "sofa", "bookshelf", "book",
    "lamp", "lantern", "clock", "table", "chair", "vase", "cup", "teapot", "box", "basket", "bucket", "sign", "flag",
    "umbrella", "ball", "rocket", "airplane", "kite", "balloon", "apple", "hand",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """``answer`` is yes, no, a number or a name of the scene graph, or the letters of a sign.

    ``facts`` hold in the picture exactly if the answer is not "no".
    """

    text: str
    answer: str
    topic: Topic
    facts: tuple[Fact, ...]


ASKED: Final = {
    "style": ways("which style is this picture in?|in which style is this drawn?|what is the style of the picture?"),
    "place": ways("where is this?|in which place is this?|what place does the picture show?"),
    "weather": ways("what is the weather like?|how is the weather?|which weather does the picture show?"),
    "time": ways("what time of day is it?|which time of the day does the picture show?|when is this?"),
    "count": ways("how many {many} are there?|how many {many} does the picture show?|how many {many} can you see?"),
    "color": ways("what color {is} {n}?|which color {has} {n}?|what is the color of {n}?"),
    "pattern": ways("which pattern {has} {n}?|what is the pattern of {n}?|how {is} {n} patterned?"),
    "action": ways("what {is} {n} doing?|what {do} {n} do?|what can {n} be seen doing?"),
    "expression": ways("how {do} {n} look?|how {do} {n} feel?|what mood {is} {n} in?"),
    "letters": ways("what does {n} say?|which word is on {n}?|what can be read on {n}?"),
    "wears": ways("what {is} {n} wearing?|what {do} {n} wear?|what {has} {n} on?"),
    "holding": ways("what {is} {n} holding?|what {do} {n} hold?|what {has} {n} in hand?"),
    "reading": ways("what {is} {n} reading?|what {do} {n} read?"),
    "eating": ways("what {is} {n} eating?|what {do} {n} eat?"),
    "relation": ways("what is {n} {prep}?|{prep} what is {n}?"),
}
CONFIRMED: Final = {
    "style": ways("is this {medium}?|is the picture {medium}?"),
    "place": ways("is this {place}?|does this happen {place}?"),
    "weather": ways("does this happen {weather}?|does all this happen {weather}?"),
    "time": ways("is it {time}?|does this happen {time}?"),
    "exists": ways("is there {a} in the picture?|does the picture show {a}?|can you see {a}?"),
    "worn": ways("is anybody wearing {a}?|does anybody wear {a}?"),
    "adjective": ways("{is} {n} {adjective}?|is it true that {n} {is} {adjective}?"),
    "action": ways("{is} {n} {deed}?|can {n} be seen {deed}?"),
    "wears": ways("{is} {n} wearing {a}?|{do} {n} wear {a}?"),
    "relation": ways("{is} {n} {prep} {b}?|is it true that {n} {is} {prep} {b}?"),
}


def questions(scene: Scene, seed: int) -> tuple[Question, ...]:
    """Every question this module can ask of ``scene``, in an order and in words drawn from ``seed``.

    About half of the yes-or-no questions are answered with no.
    """
    chance = Random(seed * 69069 + 5)
    asker = _Asker(scene, chance)
    found = [*asker.of_setting(), *asker.of_things(), *asker.of_relations(), *asker.of_absent()]
    chance.shuffle(found)
    return tuple(found)


@dataclass(frozen=True)
class _Asker:
    scene: Scene
    chance: Random

    def _word(self, way: Ways) -> str:
        return self.chance.choice(way.taught)

    def _noun(self, kind: str) -> str:
        return kind if self.chance.random() < 0.7 else self._word(words.nouns(kind))

    def of_setting(self) -> Iterator[Question]:
        scene = self.scene
        values = {"style": scene.style, "place": scene.place, "weather": scene.weather, "time": scene.time}
        known = {"style": STYLES, "place": PLACES, "weather": WEATHERS, "time": TIMES}
        said = {"style": words.MEDIUMS, "place": words.PLACES, "weather": words.WEATHERS, "time": words.TIMES}
        for aspect in SETTING:
            if (aspect == "weather" and scene.place in SHELTERED) or (aspect == "time" and scene.place == "space"):
                continue
            yield Question(self._word(ASKED[aspect]), values[aspect], aspect, (Fact(aspect, values[aspect]),))
            asked = values[aspect] if self.chance.random() < 0.5 else self._other(known[aspect], values[aspect])
            key = "clear" if asked == "sunny" and scene.time in ("sunset", "night") else asked
            way = self._word(said[aspect][key])
            slots = {"style": "medium"}.get(aspect, aspect)
            text = self._word(CONFIRMED[aspect]).format(**{slots: way})
            yield Question(text, _yes(asked == values[aspect]), aspect, (Fact(aspect, asked),))

    def _other(self, values: tuple[str, ...], value: str) -> str:
        return self.chance.choice([other for other in values if other != value])

    def of_things(self) -> Iterator[Question]:
        parts = named(self.scene)
        for part in parts:
            kind = part.part.kind
            alike = [other for other in parts if other.part.kind == kind]
            facts = (Fact("kind", kind, 0),)
            if kind not in SCENERY:
                yield self._count(kind, alike)
            if len(alike) > 1:
                continue
            noun = self._noun(kind)
            yield self._confirmed("exists", _some(noun, kind), facts, yes=True)
            n, grammar = self._subject(part, noun)
            yield from self._of_looks(part, n, grammar)
            if isinstance(part.part, Figure) and not part.link and KINDS[kind].alive:
                yield from self._of_deeds(part.part, n, grammar)

    def _count(self, kind: str, alike: list[Named]) -> Question:
        number = sum(part.copies for part in alike)
        text = self._word(ASKED["count"]).format(many=words.plural(kind))
        told = [Fact("count", str(part.copies), i) for i, part in enumerate(alike) if not part.link]
        return Question(text, str(number), "count", (*(Fact("kind", kind, i) for i in range(len(alike))), *told))

    def _confirmed(self, topic: Topic, a: str, facts: tuple[Fact, ...], *, yes: bool) -> Question:
        text = self._word(CONFIRMED["worn" if facts[0].value in ACCESSORIES else "exists"]).format(a=a)
        return Question(text, _yes(yes), topic, facts)

    def _subject(self, part: Named, noun: str) -> tuple[str, dict[str, str]]:
        """``the fox`` and the verbs that go with it."""
        pair = part.part.kind in ACCESSORIES and ACCESSORIES[part.part.kind].pair
        several = part.copies > 1
        grammar = _PLURAL if several or pair else _SINGULAR
        return f"the {words.plural(noun) if several else noun}", grammar

    def _of_looks(self, part: Named, n: str, grammar: dict[str, str]) -> Iterator[Question]:
        thing, kind = part.part, part.part.kind
        facts = (Fact("kind", kind, 0),)
        person = kind in KINDS and KINDS[kind].group == "person"
        row = KINDS[kind] if kind in KINDS else ACCESSORIES[kind]
        if not person:
            text = self._word(ASKED["color"]).format(n=n, **grammar)
            yield Question(text, thing.color, "color", (*facts, Fact("color", thing.color, 0)))
            yield self._adjective("color", thing.color, row.colors, words.COLORS, n, kind, grammar)
        if row.patterns:
            if thing.pattern != "plain":
                text = self._word(ASKED["pattern"]).format(n=n, **grammar)
                yield Question(text, thing.pattern, "pattern", (*facts, Fact("pattern", thing.pattern, 0)))
            yield self._adjective("pattern", thing.pattern, tuple(words.PATTERNS), words.PATTERNS, n, kind, grammar)
        if isinstance(thing, Worn):
            return
        if not part.link and thing.size != "medium":
            # only what is plainly wrong is denied: nobody can tell a big one from a huge one
            opposite = ("big", "huge") if SIZES[thing.size] < 1 else ("tiny", "small")
            yield self._adjective("size", thing.size, (thing.size, *opposite), words.SIZES, n, kind, grammar)
        if thing.letters:
            text = self._word(ASKED["letters"]).format(n=n, **grammar)
            yield Question(text, thing.letters, "letters", (*facts, Fact("letters", thing.letters, 0)))
        if person and len(KINDS[kind].genders) != 1:
            yield self._adjective("gender", thing.gender, ("female", "male"), _PLAIN_GENDERS, n, kind, grammar)

    def _adjective(
        self, aspect: Aspect, value: str, known: tuple[str, ...], said: dict[str, Ways], n: str, kind: str,
        grammar: dict[str, str],
    ) -> Question:  # fmt: skip
        others = [other for other in known if other != value and other not in _CLOSE.get(value, ())]
        asked = value if value in said and (self.chance.random() < 0.5 or not others) else self.chance.choice(others)
        text = self._word(CONFIRMED["adjective"]).format(n=n, adjective=self._word(said[asked]), **grammar)
        topic: Topic = _TOPICS[aspect]
        return Question(text, _yes(asked == value), topic, (Fact("kind", kind, 0), Fact(aspect, asked, 0)))

    def _of_deeds(self, figure: Figure, n: str, grammar: dict[str, str]) -> Iterator[Question]:
        facts = (Fact("kind", figure.kind, 0),)
        if figure.held is None:
            text = self._word(ASKED["action"]).format(n=n, **grammar)
            yield Question(text, figure.action, "action", (*facts, Fact("action", figure.action, 0)))
        else:
            text = self._word(ASKED[figure.action]).format(n=n, **grammar)
            link = {"holding": "holds", "reading": "reads", "eating": "eats"}[figure.action]
            told = (*facts, Fact("kind", figure.held.kind, 1), Fact("relation", link, 0, 1))
            yield Question(text, figure.held.kind, "holds", told)
        free = [action for action in ACTIONS if action not in HANDS and action != figure.action]
        asked = self.chance.choice(free) if figure.held or self.chance.random() < 0.5 else figure.action
        text = self._word(CONFIRMED["action"]).format(n=n, deed=self._word(words.ACTIONS[asked]), **grammar)
        yield Question(text, _yes(asked == figure.action), "action", (*facts, Fact("action", asked, 0)))
        if figure.action != "sleeping":
            text = self._word(ASKED["expression"]).format(n=n, **grammar)
            yield Question(text, figure.expression, "expression", (*facts, Fact("expression", figure.expression, 0)))
            yield self._adjective(
                "expression", figure.expression, EXPRESSIONS, words.EXPRESSIONS, n, figure.kind, grammar
            )
        if len(figure.worn) == 1:
            text = self._word(ASKED["wears"]).format(n=n, **grammar)
            kind = figure.worn[0].kind
            told = (*facts, Fact("kind", kind, 1), Fact("relation", "wears", 0, 1))
            yield Question(text, kind, "wears", told)
        yield self._wears(figure, n, grammar)

    def _wears(self, figure: Figure, n: str, grammar: dict[str, str]) -> Question:
        worn = [item.kind for item in figure.worn]
        others = [kind for kind in ACCESSORIES if kind not in worn]
        kind = self.chance.choice(worn) if worn and self.chance.random() < 0.5 else self.chance.choice(others)
        noun = self._noun(kind)
        text = self._word(CONFIRMED["wears"]).format(n=n, a=_some(noun, kind), **grammar)
        told = (Fact("kind", figure.kind, 0), Fact("kind", kind, 1), Fact("relation", "wears", 0, 1))
        return Question(text, _yes(kind in worn), "wears", told)

    def of_relations(self) -> Iterator[Question]:
        """Where a figure is; the same about its opposite is denied."""
        for relation in self.scene.relations:
            if relation.second is not None:
                continue
            ends = [self.scene.figures[end] for end in (relation.subject, relation.object)]
            if any(self._kinds().count(end.kind) > 1 for end in ends):
                continue
            yield from self._of_relation(relation, ends)

    def _of_relation(self, relation: Relation, ends: list[Figure]) -> Iterator[Question]:
        told = (Fact("kind", ends[0].kind, 0), Fact("kind", ends[1].kind, 1))
        parts = [Named(0, end, end.count) for end in ends]
        (n, grammar), (b, _) = (self._subject(part, self._noun(part.part.kind)) for part in parts)
        text = self._word(ASKED["relation"]).format(n=n, prep=relation.name).replace("what is", f"what {grammar['is']}")
        fact = Fact("relation", relation.name, 0, 1)
        yield Question(text, ends[1].kind, "relation", (*told, fact))
        turned = _TURNED.get(relation.name)
        if turned is None:
            return
        asked = self.chance.choice((relation.name, turned))
        prep = self._word(words.PREPOSITIONS[asked])
        text = self._word(CONFIRMED["relation"]).format(n=n, b=b, prep=prep, **grammar)
        yield Question(text, _yes(asked == relation.name), "relation", (*told, Fact("relation", asked, 0, 1)))

    def _kinds(self) -> list[str]:
        return [part.part.kind for part in named(self.scene)]

    def of_absent(self) -> Iterator[Question]:
        """Some that are not there: characters and clothes only, for scenery shows things too."""
        here = self._kinds()
        for among in (CHARACTERS, tuple(ACCESSORIES)):
            kind = self.chance.choice([kind for kind in among if kind not in here])
            a = _some(self._noun(kind), kind)
            yield self._confirmed("exists", a, (Fact("kind", kind, 0),), yes=False)


_SINGULAR: Final = {"is": "is", "has": "has", "do": "does"}
_PLURAL: Final = {"is": "are", "has": "have", "do": "do"}
_TURNED: Final = INVERSE | {usual: turned for turned, usual in INVERSE.items()}
_PLAIN_GENDERS: Final = {"female": ways("female"), "male": ways("male")}
_CLOSE: Final = {"happy": ("laughing", "calm"), "laughing": ("happy",), "calm": ("happy",)}  # too alike to be denied
_TOPICS: Final[dict[Aspect, Topic]] = {
    "color": "color", "pattern": "pattern", "size": "size", "expression": "expression", "gender": "gender",
}  # fmt: skip


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def _some(noun: str, kind: str) -> str:
    """``a fox``, ``an owl``, ``glasses``."""
    if kind in ACCESSORIES and ACCESSORIES[kind].pair:
        return noun
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith('uni') else 'a'} {noun}"


def consistent(question: Question, scene: Scene) -> bool:
    """Whether the scene gives that answer: the facts hold exactly if the answer is not no."""
    return (not false(question.facts, scene)) == (question.answer != "no")
