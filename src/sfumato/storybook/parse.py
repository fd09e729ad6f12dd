"""A caption, or what somebody typed, becomes the facts it asserts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final, Literal

from . import words
from .facts import Aspect, Fact
from .kinds import ACCESSORIES, KINDS
from .words import Ways

Sort = Literal[
    "adjective", "action", "noun", "article", "setting", "link", "relation", "side", "letters", "self", "pronoun",
    "and", "pause", "stop", "is", "filler",
]  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a text asserts; ``unknown`` are the words nobody could read."""

    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Lexeme:
    """Some words that mean one thing together: what sort of thing, and which."""

    sort: Sort
    value: str = ""
    more: tuple[tuple[Aspect, str], ...] = ()  # the facts of an adjective or a setting


def parse(text: str) -> Reading:
    """Every fact that ``text`` asserts, mentions numbered in their order; nearest noun first where words are open."""
    lexemes, unknown = _read(text)
    reader = _Reader([lexeme for lexeme in lexemes if lexeme.sort != "filler"])
    return Reading(tuple(reader.run()), unknown)


# Words into lexemes ---------------------------------------------------------------------------------------------------

_TOKENS: Final = re.compile(r'"[A-Za-z]+"|[a-z0-9]+(?:[\'-][a-z0-9]+)*|[.,;:]', re.IGNORECASE)
_FILLERS: Final = """
a picture|a picture of|a picture in which|a picture with|an illustration|an illustration of|an image|an image of
an image with|a photo of|a scene|a scene with|a storybook picture|a storybook picture of|a storybook scene
a storybook image of|a storybook scene with|of a scene|in this picture|in this picture there is
in this picture there are|in the picture we see|the picture shows|the scene shows|the illustration shows|of
this storybook page shows|this page is about|this picture is about|the page shows|on this page|this page is
we see|here we see|you can see that|here you can see
this is|here is|here are|here|now|by now|also|then|as|that|which|who
shows|showing|in which|where|up in the air|in the air|in hand|busy|can be seen|each|the word|the letters
says|say|saying|show|it all happens|the scene is|we are|all this is|everything happens|all of this happens
everything here is|the whole picture is|it is all|everything is|the style is that of|all of it is
all of this is|all the while|it all happens|all this happens|look|looks|seem|seems|one|just
""".replace("\n", "|").strip("|")
_LINKS: Final = {
    "wears": "wearing|wears|wear|dressed in|now wearing",
    "holds": "holding|holds|hold|carrying|carries|carry",
    "reads": "reading|reads|read",
    "eats": "eating|eats|eat",
    "with": "with|has|have",
}
_SIDES: Final = {"left": "on the left|on its left", "right": "on the right|on its right", "back": "in the back"}
_BARE_RELATIONS: Final = {  # without what follows: "a table with an apple on top"
    "on": "on top", "under": "underneath", "inside": "inside", "in front of": "in front", "between": "in between",
}  # fmt: skip


@cache
def _lexicon() -> dict[str, dict[tuple[str, ...], _Lexeme]]:
    """All phrases by their first word. What comes later wins."""
    lexicon: dict[str, dict[tuple[str, ...], _Lexeme]] = {}
    for phrase, lexeme in _phrases():
        key = tuple(_TOKENS.findall(phrase))
        lexicon.setdefault(key[0], {})[key] = lexeme
    return {
        first: dict(sorted(found.items(), key=lambda item: -len(item[0]))) for first, found in lexicon.items()
    }


def _phrases() -> Iterator[tuple[str, _Lexeme]]:
    yield from ((phrase, _Lexeme("filler")) for phrase in _FILLERS.split("|"))
    yield from ((mark, _Lexeme("pause")) for mark in ",;:")
    yield from ((word, _Lexeme("is")) for word in ("is", "are", "there", "there is", "there are", "you can see"))
    yield from ((word, _Lexeme("pronoun")) for word in ("it", "they", "them"))
    yield from ((word, _Lexeme("self")) for word in ("face", "clothes"))
    yield from ((word, _Lexeme("article", "the" if word == "the" else "a")) for word in words.ARTICLES)
    yield from ((word, _Lexeme("article", "many")) for word in (*words.MANY, "several"))
    yield from ((phrase, _Lexeme("side", side)) for side, phrases in _SIDES.items() for phrase in phrases.split("|"))
    yield from ((phrase, _Lexeme("relation", name)) for name, phrase in _BARE_RELATIONS.items())
    yield from ((word, _Lexeme("and")) for word in ("and", "plus", "together with"))
    yield ".", _Lexeme("stop")
    yield from _settings()
    adjectives: tuple[tuple[Aspect, dict[str, Ways]], ...] = (
        ("color", words.COLORS), ("pattern", words.PATTERNS), ("size", words.SIZES), ("count", words.COUNTS),
        ("expression", words.EXPRESSIONS), ("skin", words.SKINS), ("gender", words.GENDERS),
    )  # fmt: skip
    for aspect, table in adjectives:
        for value, way in _ways(table):
            yield way, _Lexeme("adjective", value, ((aspect, value),))
    for table in (words.ACTIONS, words.BEFORE_NOUN):
        for value, way in _ways(table):
            if value not in ("reading", "eating"):  # these link to what is read or eaten
                yield way, _Lexeme("action", value)
    for link, phrases in _LINKS.items():
        yield from ((phrase, _Lexeme("link", link)) for phrase in phrases.split("|"))
    for value, way in _ways(words.PREPOSITIONS):
        yield way, _Lexeme("relation", value)
    for gender, noun in words.CHILD.items():
        for way, number in ((noun, "1"), (words.plural(noun), "many")):
            yield way, _Lexeme("noun", "child", (("count", number), ("gender", gender)))
    for kind in (*KINDS, *ACCESSORIES):
        for noun in words.nouns(kind).all:
            if (several := words.plural(noun)) == noun:  # sheep, glasses: only an article says how many
                yield noun, _Lexeme("noun", kind)
            else:
                yield several, _Lexeme("noun", kind, (("count", "many"),))
                yield noun, _Lexeme("noun", kind, (("count", "1"),))


def _ways(table: dict[str, Ways]) -> Iterator[tuple[str, str]]:
    return ((value, way) for value, found in table.items() for way in found.all)


def _settings() -> Iterator[tuple[str, _Lexeme]]:
    tables: tuple[tuple[Aspect, tuple[dict[str, Ways], ...]], ...] = (
        ("place", (words.PLACES, words.PLACE_NAMES)),
        ("weather", (words.WEATHERS, words.WEATHER_NAMES, words.WEATHER_CLAUSES)),
        ("time", (words.TIMES, words.TIME_NAMES, words.TIME_CLAUSES)),
        ("style", (words.MEDIUMS, words.MANNERS, words.STYLE_NAMES)),
    )
    for aspect, group in tables:
        for table in group:
            for value, way in _ways(table):
                yield way, _Lexeme("setting", value, ((aspect, _plain(value)),))
    for (weather, air), (time, hour) in product(_ways(words.AIRS), _ways(words.HOURS)):
        both: tuple[tuple[Aspect, str], ...] = (("weather", _plain(weather)), ("time", time))
        for before in ("", "a ", "an ", "one ", "on a ", "on an ", "it is a ", "it is an "):
            yield f"{before}{air} {hour}", _Lexeme("setting", weather, both)


def _plain(value: str) -> str:
    return "sunny" if value == "clear" else value


def _read(text: str) -> tuple[list[_Lexeme], tuple[str, ...]]:
    """Longest phrase first."""
    tokens = _TOKENS.findall(text)
    lower = [token.lower() for token in tokens]
    lexicon, at = _lexicon(), 0
    lexemes: list[_Lexeme] = []
    unknown: list[str] = []
    while at < len(tokens):
        if tokens[at].startswith('"'):
            lexemes.append(_Lexeme("letters", tokens[at].strip('"')))
            at += 1
            continue
        found = (key for key in lexicon.get(lower[at], ()) if tuple(lower[at : at + len(key)]) == key)
        key = next(found, None)
        if key is None:
            unknown.append(tokens[at])
            at += 1
        else:
            lexemes.append(lexicon[lower[at]][key])
            at += len(key)
    return lexemes, tuple(unknown)


# Lexemes into facts ---------------------------------------------------------------------------------------------------

_ENDED: Final = _Lexeme("stop")
_OPPOSITE: Final = {"left": "right", "right": "left", "front": "back", "back": "front"}
_SIDE_RELATIONS: Final = {"left": "left of", "right": "right of", "front": "in front of", "back": "behind"}


class _Reader:
    """Goes through the lexemes once, with what a reader keeps in mind: who acts, what is awaited."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self.lexemes = lexemes
        self.at = 0
        self.facts: list[Fact] = []
        self.kinds: list[str] = []  # of each mention
        self.figures: list[int] = []  # mentions that stand in the picture for themselves
        self.pending: list[tuple[Aspect, str]] = []  # adjectives that wait for their noun
        self.article = ""
        self.link = ""
        self.loose: Fact | None = None  # "with a tree" holds the tree until "behind" says otherwise
        self.host: int | None = None  # who has what comes after "with"
        self.last: int | None = None  # the figure spoken of
        self.actor: int | None = None  # the last one that can act
        self.awaits: tuple[str, int | None, list[int]] | None = None  # a relation, its subject, its objects so far
        self.front: tuple[str, list[int]] | None = None  # "behind a tree ..." waits for its subject
        self.started = False  # whether this sentence has named a figure
        self.sides: dict[str, int] = {}

    def run(self) -> list[Fact]:
        """The facts."""
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            self.at += 1
            self._take(lexeme)
        self._flush()
        return self.facts

    def _next(self, ahead: int = 0) -> _Lexeme:
        at = self.at + ahead
        return self.lexemes[at] if at < len(self.lexemes) else _ENDED

    def _take(self, lexeme: _Lexeme) -> None:
        if lexeme.sort == "adjective":
            self.pending += lexeme.more
        elif lexeme.sort == "article":
            self._flush()
            self.article = lexeme.value
        elif lexeme.sort == "noun":
            self._noun(lexeme.value, dict(lexeme.more))
        elif lexeme.sort == "action" and (self.article or self.pending or self._next().sort in ("noun", "adjective")):
            self.pending.append(("action", lexeme.value))
        elif lexeme.sort == "self":
            self.article = ""
            self._flush()
        else:
            self._flush()
            self._connect(lexeme)

    def _connect(self, lexeme: _Lexeme) -> None:
        if lexeme.sort == "setting":
            self.facts += [Fact(aspect, value) for aspect, value in lexeme.more]
        elif lexeme.sort == "action":
            self._say("action", lexeme.value, self.actor)
        elif lexeme.sort == "letters":
            self._say("letters", lexeme.value, self.last)
            self.link = ""
            if self._next() == _Lexeme("relation", "on") and self._next(1).sort == "pronoun":
                self.at += 2
        elif lexeme.sort == "link":
            self._links(lexeme.value)
        elif lexeme.sort == "relation":
            self._relation(lexeme.value)
        elif lexeme.sort == "side":
            self._side(lexeme.value)
        elif lexeme.sort == "pronoun" and self.figures:
            self._speak_of(self.figures[0])
        elif lexeme.sort == "and":
            self.link = ""
        elif lexeme.sort == "pause":
            self.link, self.host = "", None
        elif lexeme.sort == "stop":
            self.link, self.host, self.awaits, self.front, self.started = "", None, None, None, False
            self.sides = {}

    def _say(self, aspect: Aspect, value: str, of: int | None) -> None:
        if of is not None:
            self.facts.append(Fact(aspect, value, of))

    def _flush(self) -> None:
        """Adjectives without a noun belong to the one spoken of: "the fox is happy", "a wizard in red"."""
        of = self.actor if self.last is None or self.link else self.last
        for aspect, value in self.pending:
            self._say(aspect, value, of)
        self.pending, self.article = [], ""

    def _speak_of(self, mention: int) -> None:
        self.last, self.started = mention, True
        if KINDS[self.kinds[mention]].alive:
            self.actor = mention

    # Nouns ------------------------------------------------------------------------------------------------------------

    def _noun(self, kind: str, more: dict[Aspect, str]) -> None:
        if self.article == "the":
            told = {(fact.aspect, fact.value, fact.of) for fact in self.facts}
            for known in self.figures:
                if self.kinds[known] == kind and all((*adjective, known) in told for adjective in self.pending):
                    self.pending, self.article = [], ""
                    self._place(known)
                    return
        mention = len(self.kinds)
        self.kinds.append(kind)
        self.facts.append(Fact("kind", kind, mention))
        described = more | dict(self.pending)
        if kind in ACCESSORIES and ACCESSORIES[kind].pair:
            described.pop("count", None)  # "a pair of boots"
        elif "count" not in described and self.article in ("a", "many"):
            described["count"] = "1" if self.article == "a" else "many"
        self.facts += [Fact(aspect, value, mention) for aspect, value in described.items()]
        self.pending, self.article = [], ""
        if kind in ACCESSORIES:
            self.link = ""
            if self.actor is not None:
                self.facts.append(Fact("relation", "wears", self.actor, mention))
        elif self.link in ("holds", "reads", "eats") and self.actor is not None:
            self.facts.append(Fact("relation", self.link, self.actor, mention))
            self.link = ""
        elif self.link == "with" and self.host is not None and self._can_hold(self.host, kind):
            self.loose = Fact("relation", "holds", self.host, mention)
            self.facts.append(self.loose)
            self.link = ""
        else:
            self.figures.append(mention)
            self._place(mention)

    def _can_hold(self, host: int, kind: str) -> bool:
        return KINDS[self.kinds[host]].alive and not KINDS[kind].alive

    def _place(self, mention: int) -> None:
        """A figure is named: it may be what a relation waits for."""
        if self.awaits is not None:
            name, subject, objects = self.awaits
            objects.append(mention)
            if len(objects) == 1 + (name == "between"):
                self.awaits = None
                if subject is None:
                    self.front = (name, objects)
                else:
                    self._relate(name, subject, objects)
        elif self.front is not None:
            name, objects = self.front
            self.front = None
            self._relate(name, mention, objects)
        self._speak_of(mention)

    # Relations --------------------------------------------------------------------------------------------------------

    def _relate(self, name: str, subject: int, objects: list[int]) -> None:
        if len({subject, *objects}) == 2 + (name == "between"):  # else the words make no sense
            self.facts.append(Fact("relation", name, subject, *objects))

    def _links(self, value: str) -> None:
        self.link = value
        if value == "with":
            self.host = self.last
        elif value in ("reads", "eats") and self._next().sort not in ("article", "adjective", "noun"):
            self._say("action", "reading" if value == "reads" else "eating", self.actor)
            self.link = ""

    def _relation(self, name: str) -> None:
        upcoming = self._next()
        noun = self._next(1) if upcoming.sort == "action" else upcoming  # "next to sitting dogs"
        if noun.sort in ("article", "adjective", "noun"):
            if name == "inside" and self._clothes():
                self.link = "wears"
            else:
                self.awaits = (name, self.last if self.started else None, [])
                self.link = ""
            return
        if upcoming.sort == "pronoun":
            self.at += 1
        if not self.figures or self.kinds[-1] in ACCESSORIES:  # "with a hat on"
            return
        before = [lexeme.sort for lexeme in self.lexemes[max(0, self.at - 3 - (upcoming.sort == "pronoun")) :]][:2]
        others = self.figures[-2:] if name == "between" else self.figures[-1:]
        if before == ["and", "pause"]:  # "a table and, on it, a cat"
            self.front = (name, others)
        elif name == "between":
            subject = self._tail()
            self._relate(name, subject, [figure for figure in self.figures if figure != subject][-2:])
        elif name in ("in front of", "behind"):
            self._side("front" if name == "in front of" else "back")
        elif self.host is not None:
            self._relate(name, self._tail(), [self.host])
            self.host = None

    def _clothes(self) -> bool:
        """Whether what comes after "in" is worn: "in a red scarf", "in red"."""
        ahead = 0
        while self._next(ahead).sort in ("article", "adjective"):
            ahead += 1
        end = self._next(ahead)
        return end.sort != "noun" or end.value in ACCESSORIES

    def _tail(self) -> int:
        """The last mention, as a figure of its own: "a cat with a tree behind" holds no tree."""
        if self.loose is not None and self.loose.to == len(self.kinds) - 1:
            self.facts.remove(self.loose)
            self.loose = None
            self.figures.append(len(self.kinds) - 1)
            self._speak_of(self.figures[-1])
        assert self.last is not None
        return self.last

    def _side(self, side: str) -> None:
        if not self.figures:
            return
        subject = self._tail()
        other = self.sides.pop(_OPPOSITE[side], None)
        if other is None and self.host is not None and self.host != subject:
            other = self.host
        if other is None:
            self.sides[side] = subject
        else:
            self._relate(_SIDE_RELATIONS[side], subject, [other])
        self.host = None
