"""A scene becomes words: of four lengths, in many shapes, leaving things out, and never a false word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, Literal

from . import templates as shapes, words
from .facts import BESIDE, INVERSE
from .kinds import ACCESSORIES, KINDS
from .scene import SHELTERED, Figure, Relation, Scene
from .words import Ways

Length = Literal["tag", "short", "full", "long"]
SHARES: Final[dict[Length, float]] = {"tag": 0.10, "short": 0.35, "full": 0.40, "long": 0.15}
TAUGHT_FACTS: Final = 6  # a training caption tells at most these
BUDGETS: Final[dict[Length, tuple[int, int]]] = {"tag": (2, 6), "short": (1, 3), "full": (4, 6), "long": (5, 6)}

Key = tuple[int, str, int]  # which figure (or ALL), what of it, which of several
ALL: Final = -1
LAST: Final = -0.9  # as a wish: only where all is to be told
AFTER: Final = ("clad", "wears", "held", "action", "letters")  # what stands after the noun
LATER: Final = ("clad", "wears", "held", "action", "expression", "letters")  # what may become an own sentence
CLOTHES: Final = (  # one is dressed in these
    "beret", "top hat", "party hat", "cap", "wool hat", "scarf", "sweater", "apron", "cape", "boots",
)  # fmt: skip


@dataclass(frozen=True)
class Caption:
    """A caption and how many facts it tells, beyond the bare nouns (``facts.weight``)."""

    text: str
    facts: int
    length: Length


def caption(scene: Scene, seed: int) -> str:
    """A training caption of ``scene``; another seed words it otherwise."""
    return tell(scene, seed).text


def tell(
    scene: Scene,
    seed: int,
    *,
    length: Length | None = None,
    facts: tuple[int, int] | None = None,
    stress: tuple[str, ...] = (),
    unseen: bool = False,
) -> Caption:
    """A caption of ``scene``, of a given length or of one drawn by ``SHARES``.

    ``facts``: the least and the most facts to tell, where the scene has them; else as training does, six at most.
    ``stress``: aspects ("color", "count", "relation", "style", ...) that come before all others, and then nobody is
    left out: what a test is about must be told. ``unseen``: in shapes and words that no training caption has.
    """
    chance = Random(seed * 40503 + 11)
    if length is None:
        kinds = [*SHARES][unseen or bool(stress) :]  # tags have no unseen shapes and tell no relations
        length = chance.choices(kinds, [SHARES[kind] for kind in kinds])[0]
    teller = _Teller(scene, chance, unseen)
    teller.choose(length, facts, stress)
    told = len(teller.left)
    text = teller.tags() if length == "tag" else teller.sentences() if length == "long" else teller.piece()
    return Caption(_AN.sub(r"\1n ", text), told, length)


@cache
def WORDS() -> frozenset[str]:
    """Every word a training caption can hold, in lower case; the letters on signs aside."""
    texts = ["is are has have it they who that and", words.PAIR, *words.ARTICLES, *words.MANY]
    texts += [noun for child in words.CHILD.values() for noun in (child, words.plural(child))]
    for table in words.TABLES:
        texts += [way for ways in table.values() for way in ways.taught]
    for shape in (shape for table in shapes.TABLES for shape in table.taught):
        texts += [re.sub(r"\{\w+\}", " ", shape.replace("{s}", ending)) for ending in ("", "s")]
    for kind in (*KINDS, *ACCESSORIES):
        for noun in words.nouns(kind).taught:
            texts += [noun, words.plural(noun)]
    return frozenset(re.findall(r"[a-z0-9']+", " ".join(texts)))


_AN: Final = re.compile(r"\b([aA]) (?=[aeio8]|u(?!ni))")


class _Teller:
    """One telling of one scene. ``left`` holds what is chosen to be told and not yet said."""

    def __init__(self, scene: Scene, chance: Random, unseen: bool) -> None:
        self.scene = scene
        self.random = chance.random
        self.shuffle = chance.shuffle
        self.unseen = unseen
        self.left: set[Key] = set()
        self.shown: list[int] = []
        self.called: dict[int, str] = {}

    # Choosing what to tell --------------------------------------------------------------------------------------------

    def choose(self, length: Length, facts: tuple[int, int] | None, stress: tuple[str, ...]) -> None:
        """Fills ``shown`` and ``left``: the likelier to be told the less it is to be expected."""
        random, scene = self.random, self.scene
        self.shown = [*range(len(scene.figures))]
        hide = 0.2 if length in ("tag", "short") else 0.05
        if len(self.shown) > 1 and facts is None and not stress and random() < hide:
            self.shown.remove(int(random() * len(self.shown)))
        wishes: list[tuple[float, Key]] = []
        self._wish_setting(wishes)
        for rank, index in enumerate(self.shown):
            self._wish_figure(wishes, index, 0.15 * rank)
        if length != "tag":
            wishes += [(1.3 - random(), (ALL, "relation", k)) for k in self._tellable(length)]
        if stress:
            # what is worn or held is named before its colour can be told
            links = ("clad", "wears", "held") if "color" in stress else ()
            wishes = [(likely + 2 * key[1].endswith((*stress, *links)), key) for likely, key in wishes]
        if facts is None:
            least, most = BUDGETS[length]
            most = TAUGHT_FACTS if stress else least + int(random() * (most - least + 1))
            wishes = [wish for wish in wishes if wish[0] > 0]
        else:
            most = facts[0] + int(random() * (facts[1] - facts[0] + 1))
        if len(wishes) > most:
            wishes.sort(reverse=True)
        self.left = {key for _, key in wishes[:most]}

    def _wish_setting(self, wishes: list[tuple[float, Key]]) -> None:
        random, scene = self.random, self.scene
        wishes.append(((0.1 if scene.style == "flat" else 1.2) - random(), (ALL, "style", 0)))
        wishes.append((0.8 - random(), (ALL, "place", 0)))
        if scene.place not in SHELTERED:
            wishes.append(((0.2 if scene.weather == "sunny" else 1.15) - random(), (ALL, "weather", 0)))
        if scene.place != "space":
            wishes.append(((0.15 if scene.time == "day" else 1.05) - random(), (ALL, "time", 0)))

    def _wish_figure(self, wishes: list[tuple[float, Key]], index: int, less: float) -> None:
        random, figure = self.random, self.scene.figures[index]
        row = KINDS[figure.kind]

        def wish(likely: float, aspect: str) -> None:
            wishes.append((likely - less - random(), (index, aspect, 0)))

        if figure.count > 1:
            wish(1.25, "count")
        if figure.size != "medium":
            wish(0.9, "size")
        if figure.pattern != "plain":
            wish(1.1, "pattern")
        if figure.letters:
            wish(1.2, "letters")
        if row.group == "person":
            wish(0.7, "clad")
            wish(0.4, "skin")
            if len(row.genders) != 1:
                wish(0.6, "gender")
        else:
            wish(1.2 if figure.color != row.natural else 0.3 if row.alive else 0.7, "color")
        if not row.alive:
            return
        if figure.action != "sleeping":
            wish(0.1 if figure.expression == "calm" else 0.6, "expression")
        for k, worn in enumerate(figure.worn):
            self._wish_linked(wishes, (index, "wears", k), 0.95 - less, worn.pattern, 0.85)
        if figure.held is None:
            wish(0.2 if figure.action == "standing" else 1.15, "action")
        elif figure.action != "holding" and random() < 0.05:
            wish(1.1, "action")  # just reading, no word of what
        else:
            usual = figure.held.color == KINDS[figure.held.kind].natural
            self._wish_linked(wishes, (index, "held", 0), 1.2 - less, figure.held.pattern, 0.2 if usual else 0.75)

    def _wish_linked(
        self, wishes: list[tuple[float, Key]], link: Key, likely: float, pattern: str, colored: float
    ) -> None:
        """What is worn or held, and then, never before, its colour (mostly at once) and pattern."""
        index, aspect, k = link
        wanted = likely - self.random()
        wishes.append((wanted, link))
        wishes.append((wanted - 1e-6 if self.random() < colored else LAST, (index, f"{aspect} color", k)))
        if pattern != "plain":
            wishes.append((wanted - 2e-6 if self.random() < 0.6 else LAST, (index, f"{aspect} pattern", k)))

    def _tellable(self, length: Length) -> list[int]:
        """Relations between those who are shown; a second one only where it can have an own sentence."""
        told: list[int] = []
        for k, relation in enumerate(self.scene.relations):
            ends = _ends(relation)
            if all(end in self.shown for end in ends) and (
                not told or (length == "long" and all(self._alone(end) for end in ends))
            ):
                told.append(k)
        return told

    def _alone(self, index: int) -> bool:
        """Whether "the fox" can only mean this figure."""
        kind = self.scene.figures[index].kind
        there = 0
        for figure in self.scene.figures:
            there += (figure.kind == kind) + (figure.held is not None and figure.held.kind == kind)
        return there == 1

    # Choosing words ---------------------------------------------------------------------------------------------------

    def word(self, ways: Ways) -> str:
        """One of the ways, most often the usual one."""
        draw = self.random()
        if self.unseen and ways.unseen and self.random() < 0.6:
            return ways.unseen[int(len(ways.unseen) * draw)]
        return ways.taught[int(len(ways.taught) * draw * draw * draw)]

    def shape(self, ways: Ways) -> str:
        """One of the shapes, all alike; an unseen one if there is one and it is asked for."""
        among = ways.unseen if self.unseen and ways.unseen else ways.taught
        return among[int(len(among) * self.random())]

    def noun(self, kind: str) -> str:
        """One of its names, mostly the one it has in the scene."""
        return kind if self.random() < (0.3 if self.unseen else 0.7) else self.word(words.nouns(kind))

    def take(self, index: int, aspect: str, which: int = 0) -> bool:
        """Whether this is to be told; it is then as good as said."""
        key = (index, aspect, which)
        if key in self.left:
            self.left.remove(key)
            return True
        return False

    # Nouns ------------------------------------------------------------------------------------------------------------

    def named(self, index: int, article: str) -> str:
        """Figure ``index`` with all that stands before its noun."""
        figure = self.scene.figures[index]
        several = figure.count > 1
        parts = []
        if self.take(index, "count"):
            article = "" if article == "a" else article
            parts.append(self.word(words.COUNTS[str(figure.count)]))
        elif several and article == "a":
            article = words.MANY[0] if self.random() < 0.2 else ""
        if self.take(index, "size"):
            parts.append(self.word(words.SIZES[figure.size]))
        if self.take(index, "expression"):
            parts.append(self.word(words.EXPRESSIONS[figure.expression]))
        if figure.action in words.BEFORE_NOUN and self.random() < 0.12 and self.take(index, "action"):
            parts.append(self.word(words.BEFORE_NOUN[figure.action]))
        parts += self._dyed(index, "", 0, figure.color, figure.pattern)
        if self.take(index, "skin"):
            parts.append(self.word(words.SKINS[figure.skin]))
        noun = self.noun(figure.kind)
        if self.take(index, "gender"):
            if figure.kind == "child":
                noun = words.CHILD[figure.gender]
            else:
                parts.append(figure.gender if several else self.word(words.GENDERS[figure.gender]))
        if several:
            noun = words.plural(noun)
        self.called[index] = noun
        return " ".join([article, *parts, noun] if article else [*parts, noun])

    def _dyed(self, index: int, link: str, which: int, color: str, pattern: str) -> list[str]:
        parts = []
        if self.take(index, f"{link}pattern", which):
            parts.append(self.word(words.PATTERNS[pattern]))
        if self.take(index, f"{link}color", which):
            parts.insert(int(self.random() * 1.3), self.word(words.COLORS[color]))
        return parts

    def _had(self, index: int, link: str, which: int, kind: str, color: str, pattern: str, article: str) -> str:
        """Something worn or held."""
        parts = self._dyed(index, f"{link} ", which, color, pattern)
        noun = self.noun(kind)
        if kind in ACCESSORIES and ACCESSORIES[kind].pair:
            article = words.PAIR if article and self.random() < 0.12 else ""
        elif self.scene.figures[index].count > 1:
            noun, article = words.plural(noun), ""
        return " ".join([article, *parts, noun] if article else [*parts, noun])

    def _worn(self, index: int, article: str = "a") -> list[str]:
        return [
            self._had(index, "wears", k, worn.kind, worn.color, worn.pattern, article)
            for k, worn in enumerate(self.scene.figures[index].worn)
            if self.take(index, "wears", k)
        ]

    def _held(self, held: Figure, index: int, article: str = "a") -> str:
        self.take(index, "held")
        return self._had(index, "held", 0, held.kind, held.color, held.pattern, article)

    def _wears(self, index: int) -> bool:
        return any((index, "wears", k) in self.left for k in range(len(self.scene.figures[index].worn)))

    def _bare(self, index: int) -> bool:
        """Whether nothing stands after its noun."""
        return not any(key[0] == index and key[1] in AFTER for key in self.left)

    def described(self, index: int, article: str = "a") -> str:
        """Figure ``index`` with all that is to be told of it alone."""
        figure = self.scene.figures[index]
        text = self.named(index, article)
        if self.take(index, "letters"):
            text = self._fill(index, shapes.LETTERED, text)
        if self.take(index, "clad"):
            text = self._fill(index, shapes.CLAD, text)
        if self._wears(index):
            clothes = all(worn.kind in CLOTHES for worn in figure.worn)
            text = self._fill(index, shapes.DRESSED if clothes else shapes.WEARING, text)
        if (index, "held", 0) in self.left:
            text = self._fill(index, _HANDS[figure.action][0], text, again=" with " in text)
        elif self.take(index, "action"):
            text = self._fill(index, shapes.ACTING, text)
        return text

    def _fill(self, index: int, ways: Ways, n: str, *, again: bool = False) -> str:
        """A shape about one figure, filled. ``again``: there is a "with" already."""
        figure = self.scene.figures[index]
        shape = self.shape(ways)
        if again and "with" in shape:
            shape = ways.taught[0]
        several = figure.count > 1
        return shape.format(
            n=n,
            that="who" if KINDS[figure.kind].group == "person" else "that",
            **(_PLURAL if several else _SINGULAR),
            worn=" and ".join(self._worn(index)) if "{worn}" in shape else "",
            held=self._held(figure.held, index) if figure.held and "{held}" in shape else "",
            color=self.word(words.COLORS[figure.color]) if "{color}" in shape else "",
            deed=self.word(words.ACTIONS[figure.action]) if "{deed}" in shape else "",
            feeling=self.word(words.EXPRESSIONS[figure.expression]) if "{feeling}" in shape else "",
            letters=figure.letters,
        )

    # Several figures --------------------------------------------------------------------------------------------------

    def who(self) -> tuple[str, bool]:
        """All who are shown, with one of their relations, and whether a plural comes first."""
        relation = next((k for k in range(len(self.scene.relations)) if (ALL, "relation", k) in self.left), None)
        if relation is None:
            return self._list(self.shown)
        self.left.remove((ALL, "relation", relation))
        ends = _ends(self.scene.relations[relation])
        text, several = self.related(self.scene.relations[relation])
        rest = [index for index in self.shown if index not in ends]
        if not rest:
            return text, several
        others, many = self._list(rest)
        thing = not KINDS[self.scene.figures[rest[0]].kind].alive  # it may come last: what follows is not its deed
        return (f"{text}, and {others}", several) if thing and self.random() < 0.5 else (f"{others}, and {text}", many)

    def _list(self, indices: list[int]) -> tuple[str, bool]:
        order = [*indices]
        if len(order) > 1:
            if self.random() < 0.3:
                self.shuffle(order)
            # "a fox holding a balloon and an apple" would put the apple into the hand, so things come first
            if not all(self._bare(index) for index in order):
                order.sort(key=lambda index: KINDS[self.scene.figures[index].kind].alive)
        texts = [self.described(index) for index in order]
        several = self.scene.figures[order[0]].count > 1
        if len(texts) == 1:
            return texts[0], several
        if len(texts) == 2:
            return self.shape(shapes.LISTED).format(a=texts[0], b=texts[1]), several
        return f"{', '.join(texts[:-1])} and {texts[-1]}", several

    def related(self, relation: Relation) -> tuple[str, bool]:
        """Two or three figures and how they stand to each other, as a noun phrase."""
        a, b, name = self._turned(relation)
        c = relation.second
        if c is not None:
            bare = self._bare(a) and self._bare(b) and self._bare(c)
            shape = self.shape(shapes.BETWEEN) if bare else shapes.BETWEEN.taught[0]
        else:
            arranged = name in shapes.ARRANGED and self._bare(a) and self._bare(b) and self.random() < 0.4
            shape = self.shape(shapes.ARRANGED[name] if arranged else shapes.RELATED)
            if shape.startswith(("{a} that", "{a} which")) and not self._bare(a):
                shape = shapes.RELATED.taught[0]  # one "that" is enough
        several = [self.scene.figures[end].count > 1 for end in (a, b)]
        text = shape.format(
            a=self.described(a), b=self.described(b), c="" if c is None else self.described(c), bhas="has",
            prep=self.word(words.PREPOSITIONS[name]), **(_PLURAL if several[0] else _SINGULAR),
        )  # fmt: skip
        return text, several[0] if shape.startswith("{a}") else several[1]

    def _turned(self, relation: Relation) -> tuple[int, int, str]:
        """The relation from one of its two sides: "b right of a" for "a left of b"."""
        a, b, name = relation.subject, relation.object, relation.name
        draw = self.random()
        if name in ("left of", "right of") and draw < 0.12 and len(self.scene.figures) == 2:
            return a, b, BESIDE  # nobody else can be between them
        if draw < 0.4:
            if name in INVERSE:
                return b, a, INVERSE[name]
            for back, forth in INVERSE.items():
                if forth == name:
                    return b, a, back
        return a, b, name

    # Where and when ---------------------------------------------------------------------------------------------------

    def where(self) -> str:
        """Place, weather and time, what of them is to be told."""
        mode = self._mode()
        return self._setting(shapes.WHERE[mode], mode) if mode else ""

    def _mode(self) -> str:
        return "".join(aspect[0] for aspect in ("place", "weather", "time") if (ALL, aspect, 0) in self.left)

    def _setting(self, ways: Ways, mode: str) -> str:
        scene = self.scene
        weather = "clear" if scene.weather == "sunny" and scene.time in ("sunset", "night") else scene.weather
        self.left -= {(ALL, aspect, 0) for aspect in ("place", "weather", "time") if aspect[0] in mode}
        shape = self.shape(ways)
        return shape.format(
            place=self.word(words.PLACES[scene.place]) if "{place}" in shape else "",
            weather=self.word(words.WEATHERS[weather]) if "{weather}" in shape else "",
            sky=self.word(words.WEATHER_CLAUSES[weather]) if "{sky}" in shape else "",
            air=self.word(words.AIRS[weather]) if "{air}" in shape else "",
            time=self.word(words.TIMES[scene.time]) if "{time}" in shape else "",
            now=self.word(words.TIME_CLAUSES[scene.time]) if "{now}" in shape else "",
            hour=self.word(words.HOURS[scene.time]) if "{hour}" in shape else "",
        )

    # Whole captions ---------------------------------------------------------------------------------------------------

    def piece(self) -> str:
        """One phrase or one sentence."""
        styled = self.take(ALL, "style")
        clause = self._clause() if self.random() < 0.25 else ""
        who, several = ("", False) if clause else self.who()
        where = self.where()
        key = " ".join(word for word, here in (("style", styled), ("where", where)) if here)
        return self._framed((shapes.CLAUSES if clause else shapes.PHRASES)[key], who, several, clause, where)

    def _framed(self, ways: Ways, who: str, several: bool, clause: str = "", where: str = "") -> str:
        shape = self.shape(ways)
        return shape.format(
            who=who, clause=clause, where=where, **(_PLURAL if several else _SINGULAR),
            medium=self.word(words.MEDIUMS[self.scene.style]) if "{medium}" in shape else "",
            manner=self.word(words.MANNERS[self.scene.style]) if "{manner}" in shape else "",
        )  # fmt: skip

    def _clause(self) -> str:
        """A whole sentence about one figure or one relation, or nothing if there is none to make."""
        for k, relation in enumerate(self.scene.relations):
            if (ALL, "relation", k) in self.left:
                return self._stands(k) if set(_ends(relation)) == set(self.shown) and relation.second is None else ""
        if len(self.shown) > 1:
            return ""
        (index,) = self.shown
        verbs = [key[1] for key in sorted(self.left) if key[0] == index and key[1] in LATER]
        if not verbs:
            return ""
        verb = verbs[int(self.random() * len(verbs))]
        kept = {key for key in self.left if key[0] == index and key[1].startswith(verb)}
        self.left -= kept
        text = self.described(index)
        self.left |= kept
        return self._said(index, verb, text)

    def _stands(self, k: int, *, again: bool = False) -> str:
        """A relation as a sentence; ``again``: of figures named before."""
        self.left.remove((ALL, "relation", k))
        a, b, name = self._turned(self.scene.relations[k])
        shape = self.shape(shapes.STANDS)
        order = (a, b) if shape.startswith("{a}") else (b, a)
        texts = {index: f"the {self.called[index]}" if again else self.described(index) for index in order}
        return shape.format(
            a=texts[a], b=texts[b], prep=self.word(words.PREPOSITIONS[name]),
            **(_PLURAL if self.scene.figures[a].count > 1 else _SINGULAR),
        )  # fmt: skip

    def _said(self, index: int, aspect: str, name: str) -> str:
        """What ``aspect`` is of a figure called ``name``, as a sentence."""
        if aspect == "held":
            return self._fill(index, _HANDS[self.scene.figures[index].action][1], name)
        if aspect != "wears":
            self.take(index, aspect)
        return self._fill(index, _SENTENCES[aspect], name)

    def sentences(self) -> str:
        """Several sentences: who is there, then what there is to say of each, then the rest."""
        later = {key for key in self.left if key[1].split(" ")[0] in LATER and self._alone(key[0])}
        if self.random() < 0.25:
            later = {key for key in later if key[1] != "action"}
        relations = sorted(key for key in self.left if key[1] == "relation")[1:]
        self.left -= later.union(relations)
        style = self.random() < 0.5 and self.take(ALL, "style")
        who, several = self.who()
        text = self._framed(shapes.STYLED_OPENINGS if style else shapes.OPENINGS, who, several)
        if self.random() < 0.3 and (where := self.where()):
            text = f"{text} {where}"
        told = [text]
        self.left |= later.union(relations)
        for index in self.shown:
            told += self._details(index)
        told += [self._stands(key[2], again=True) for key in relations]
        told += self._ending()
        return " ".join(f"{text[0].upper()}{text[1:]}." for text in told)

    def _details(self, index: int) -> list[str]:
        figure, told = self.scene.figures[index], []
        pronoun = "they" if figure.count > 1 else "it"
        usable = len(self.shown) == 1 and (figure.count > 1 or KINDS[figure.kind].group != "person")
        for aspect in LATER:
            if self._wears(index) if aspect == "wears" else (index, aspect, 0) in self.left:
                name = pronoun if usable and self.random() < 0.5 else f"the {self.called[index]}"
                told.append(self._said(index, aspect, name))
        return told

    def _ending(self) -> list[str]:
        told = []
        if mode := self._mode():
            told.append(self._setting(shapes.THE_PLACE if mode == "p" else shapes.THE_AIR[mode], mode))
        if self.take(ALL, "style"):
            told.append(self._framed(shapes.THE_STYLE, "", False))
        return told

    def tags(self) -> str:
        """Nouns and single words with commas between."""
        tags = []
        for index in self.shown:
            figure = self.scene.figures[index]
            tags.append(self.named(index, ""))
            if self.take(index, "letters"):
                tags[-1] += f' "{figure.letters}"'
            if self.take(index, "clad"):
                tags.append(f"{self.word(words.COLORS[figure.color])} clothes")
            tags += self._worn(index, "")
            if figure.held and (index, "held", 0) in self.left:
                tags.append(f"{figure.action} {self._held(figure.held, index, '')}")
            if self.take(index, "action"):
                tags.append(self.word(words.ACTIONS[figure.action]))
        rest = self._setting_tags()
        who = ", ".join(tags)
        return self.shape(shapes.TAGS).format(who=who, rest=", ".join(rest)) if rest else who

    def _setting_tags(self) -> list[str]:
        scene = self.scene
        weather = "clear" if scene.weather == "sunny" and scene.time in ("sunset", "night") else scene.weather
        rows = (
            ("style", words.STYLE_NAMES[scene.style]),
            ("place", words.PLACE_NAMES[scene.place]),
            ("weather", words.WEATHER_NAMES[weather]),
            ("time", words.TIME_NAMES[scene.time]),
        )
        tags = [self.word(ways) for aspect, ways in rows if self.take(ALL, aspect)]
        self.shuffle(tags)
        return tags


_SINGULAR: Final = {"is": "is", "has": "has", "s": "s"}
_PLURAL: Final = {"is": "are", "has": "have", "s": ""}
_HANDS: Final = {
    "holding": (shapes.HOLDING, shapes.HOLDS),
    "reading": (shapes.READING, shapes.READS),
    "eating": (shapes.EATING, shapes.EATS),
}
_SENTENCES: Final = {
    "clad": shapes.IS_CLAD,
    "wears": shapes.WEARS,
    "action": shapes.ACTS,
    "expression": shapes.FEELS,
    "letters": shapes.SAYS,
}


def _ends(relation: Relation) -> tuple[int, ...]:
    if relation.second is None:
        return relation.subject, relation.object
    return relation.subject, relation.object, relation.second
