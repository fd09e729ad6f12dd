"""What can be said of a picture: atoms that captions, questions, edits and judges share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from .scene import Figure, Relation, Scene, Worn

Aspect = Literal[
    "style", "place", "weather", "time",
    "kind", "count", "color", "pattern", "size", "action", "expression", "letters", "skin", "gender", "relation",
]  # fmt: skip
SETTING: Final = ("style", "place", "weather", "time")
LINKS: Final = ("wears", "holds", "reads", "eats")  # relations between somebody and what is on the body or in the hand
BESIDE: Final = "next to"  # said of two things when one is left of the other
INVERSE: Final = {"right of": "left of", "below": "above", "behind": "in front of"}
GRAMMAR: Final = ("kind", "1", "many")  # a noun and its number: said with every mention, so they count for nothing


@dataclass(frozen=True, order=True)
class Fact:
    """One atom. Mentions are numbered in the order of the words; ``of`` None speaks of the whole picture.

    ``Fact("weather", "rainy")``, ``Fact("kind", "fox", 0)``, ``Fact("color", "red", 1)``, ``Fact("count", "many", 2)``,
    ``Fact("relation", "reads", 0, 1)``, ``Fact("relation", "between", 0, 1, 2)``.
    """

    aspect: Aspect
    value: str
    of: int | None = None
    to: int | None = None
    second: int | None = None


@dataclass(frozen=True)
class Named:
    """One describable part of a scene: figure ``figure`` itself, what it wears or what it holds."""

    figure: int
    part: Figure | Worn
    copies: int  # how many of it there are, one on each copy of its wearer
    link: str = ""  # one of LINKS for what is worn or held


def named(scene: Scene) -> tuple[Named, ...]:
    """Everything in the scene that a noun can name; clutter is not."""
    parts: list[Named] = []
    for index, figure in enumerate(scene.figures):
        parts.append(Named(index, figure, figure.count))
        parts += [Named(index, worn, figure.count, "wears") for worn in figure.worn]
        if figure.held is not None:
            parts.append(Named(index, figure.held, figure.count, "holds"))
    return tuple(parts)


def weight(facts: Iterable[Fact]) -> int:
    """How many facts are told, beyond the bare nouns: "a dog with a blue beret" tells two, wearing and blue."""
    return sum(fact.aspect not in GRAMMAR and fact.value not in GRAMMAR for fact in facts)


def false(facts: Iterable[Fact], scene: Scene) -> tuple[Fact, ...]:
    """The facts that do not hold, under the kindest reading of who is meant by which mention; empty if all hold."""
    facts = tuple(facts)
    parts = named(scene)
    mentions = sorted({fact.of for fact in facts if fact.of is not None})
    setting = {"style": scene.style, "place": scene.place, "weather": scene.weather, "time": scene.time}
    wrong = [fact for fact in facts if fact.of is None and setting[fact.aspect] != fact.value]
    alone = {m: [f for f in facts if f.of == m and f.aspect != "relation"] for m in mentions}
    links = [fact for fact in facts if fact.aspect == "relation"]
    best = [*facts, *facts[:1]]  # one more than all, so that what is wrong in everything is still assigned

    def assign(chosen: dict[int, Named | None], wrong: list[Fact]) -> None:
        nonlocal best
        if len(wrong) >= len(best):
            return
        if len(chosen) == len(mentions):
            best = wrong
            return
        mention = mentions[len(chosen)]
        kinds = {fact.value for fact in alone[mention] if fact.aspect == "kind"}
        fitting = [part for part in parts if {part.part.kind} >= kinds and part not in chosen.values()]
        for part in (*fitting, None):  # nobody: then all that is said of this mention is false
            here = {**chosen, mention: part}
            missed = [fact for fact in alone[mention] if part is None or not _is(fact, part)]
            ended = [link for link in links if mention in _ends(link) and all(end in here for end in _ends(link))]
            assign(here, wrong + missed + [link for link in ended if not _linked(link, here, scene)])

    assign({}, wrong)
    return tuple(best)


def _ends(link: Fact) -> tuple[int, ...]:
    return tuple(end for end in (link.of, link.to, link.second) if end is not None)


def _is(fact: Fact, thing: Named) -> bool:
    part = thing.part
    if fact.aspect == "count":
        # what each of several wears may be told in the singular: "three cats each with a hat"
        if thing.link and fact.value == "1":
            return True
        return thing.copies > 1 if fact.value == "many" else thing.copies == int(fact.value)
    told = {"kind": part.kind, "color": part.color, "pattern": part.pattern}
    if isinstance(part, Figure):
        told |= {"size": part.size, "action": part.action, "expression": part.expression}
        told |= {"letters": part.letters, "skin": part.skin, "gender": part.gender}
    return told.get(fact.aspect) == fact.value


def _linked(fact: Fact, chosen: dict[int, Named | None], scene: Scene) -> bool:
    assert fact.of is not None and fact.to is not None
    subject, other = chosen[fact.of], chosen[fact.to]
    second = None if fact.second is None else chosen[fact.second]
    if subject is None or other is None:
        return False
    if fact.value in LINKS:
        owner = scene.figures[subject.figure]
        doing = {"wears": True, "holds": True, "reads": owner.action == "reading", "eats": owner.action == "eating"}
        link = "wears" if fact.value == "wears" else "holds"
        return not subject.link and other.link == link and other.figure == subject.figure and doing[fact.value]
    if subject.link or other.link:
        return False
    ends = [subject.figure, other.figure, *([] if second is None else [second.figure])]
    return any(_same(relation, fact.value, ends) for relation in scene.relations)


def _same(relation: Relation, name: str, ends: list[int]) -> bool:
    if "between" in (name, relation.name):
        others = {relation.object, relation.second}
        return name == relation.name and ends[0] == relation.subject and {*ends[1:]} == others
    told = (relation.name, relation.subject, relation.object)
    if name == BESIDE:
        return told[0] in ("left of", "right of") and {*ends} == {*told[1:]}
    return straight(*told) == straight(name, *ends)


def straight(name: str, subject: int, other: int) -> tuple[str, int, int]:
    """A relation told from its usual side: "b right of a" is "a left of b"."""
    return (INVERSE[name], other, subject) if name in INVERSE else (name, subject, other)
