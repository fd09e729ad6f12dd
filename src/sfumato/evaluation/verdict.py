"""Facts against what a judge saw: which of them do not hold, under the kindest reading of who is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from ..storybook.facts import BESIDE, LINKS, Fact, straight
from ..storybook.kinds import KINDS
from .names import LIKE

Box = tuple[float, float, float, float]
FINGERS: Final = 5  # of a hand: one with another number is no hand
MOST_READINGS: Final = 20_000  # of who is meant; a crowd of one kind has many that are all alike


@dataclass(frozen=True)
class Thing:
    """What is worn or held, or the part of a figure that both have."""

    kind: str
    color: str
    pattern: str = "plain"


@dataclass(frozen=True)
class Being(Thing):
    """A figure as a judge sees it; ``box`` is left, top, right, bottom in pixels of a page of 256."""

    box: Box = (0.0, 0.0, 0.0, 0.0)
    score: float = 1.0
    size: str = "medium"
    action: str = ""
    expression: str = ""
    skin: str = ""
    gender: str = ""
    letters: str = ""
    worn: tuple[Thing, ...] = ()
    held: Thing | None = None


@dataclass(frozen=True)
class Sight:
    """A picture as a judge sees it. ``relations``: how each being stands to each other one, by their numbers."""

    setting: Mapping[str, str]
    beings: tuple[Being, ...]
    relations: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def surer(self, score: float) -> Sight:
        """What a judge would have seen who counts only figures likelier than ``score``."""
        kept = [i for i, being in enumerate(self.beings) if being.score > score]
        place = {i: k for k, i in enumerate(kept)}
        related = {(place[a], place[b]): how for (a, b), how in self.relations.items() if a in place and b in place}
        return Sight(self.setting, tuple(self.beings[i] for i in kept), related)

    def __str__(self) -> str:
        """What was seen, in a line."""
        found = ["; ".join(_told(being) for being in self.beings) or "nobody", *self.setting.values()]
        return ", ".join(found)


def untrue(facts: Iterable[Fact], sight: Sight) -> tuple[Fact, ...]:
    """The facts that do not hold; empty if all hold.

    As in GenEval (arXiv 2310.11513) one of a kind is there when at least one is, and several when exactly as many are.
    """
    facts = tuple(facts)
    wrong = [f for f in facts if f.of is None and sight.setting.get(f.aspect) != f.value]
    owners = {f.to: f.of for f in facts if f.aspect == "relation" and f.value in LINKS and f.to is not None}
    mentions = sorted({f.of for f in facts if f.of is not None})
    said = {m: [f for f in facts if f.of == m and f.aspect != "relation"] for m in mentions}
    free = [m for m in mentions if m not in owners]
    best: list[Fact] | None = None
    for _, chosen in zip(range(MOST_READINGS), _readings(free, said, sight, {}), strict=False):
        missed = [f for m in free for f in said[m] if not _holds(f, chosen[m], sight, facts)]
        for to, of in owners.items():
            missed += _missed_link(facts, to, [sight.beings[i] for i in chosen.get(of) or ()])
        missed += [f for f in facts if f.aspect == "relation" and f.value not in LINKS and not _stand(f, chosen, sight)]
        if best is None or len(missed) < len(best):
            best = missed
        if not best:
            break
    return (*wrong, *(best or ()))


Chosen = dict[int | None, tuple[int, ...] | None]  # mention -> the beings meant; None: there is nobody


def _readings(left: list[int], said: Mapping[int, list[Fact]], sight: Sight, chosen: Chosen) -> Iterator[Chosen]:
    """Every way to find beings for the mentions that are left; as many for a mention as it says, if there are."""
    if not left:
        yield chosen
        return
    mention, *rest = left
    kinds = {f.value for f in said[mention] if f.aspect == "kind"}
    taken = {i for group in chosen.values() for i in group or ()}
    free = [i for i, being in enumerate(sight.beings) if {being.kind} >= kinds and i not in taken]
    count = next((f.value for f in said[mention] if f.aspect == "count"), "1")
    wanted = len(free) if count == "many" else min(int(count), len(free))
    groups: list[tuple[int, ...] | None] = [*combinations(free, wanted)] if wanted else []
    # last resort: somebody else has it, or it is not there
    for group in (*groups, None):
        yield from _readings(rest, said, sight, {**chosen, mention: group})


def _holds(fact: Fact, group: tuple[int, ...] | None, sight: Sight, facts: tuple[Fact, ...]) -> bool:
    beings = [sight.beings[i] for i in group or ()]
    if not beings:
        return _elsewhere(fact, sight, facts)
    if fact.aspect == "kind":
        return True
    if fact.aspect == "count":
        if fact.value == "many":
            return len(beings) > 1
        if fact.value == "1":
            return True
        kind = beings[0].kind
        mentions = [f.of for f in facts if f.aspect == "kind" and f.value == kind]
        asked = [f.value for f in facts if f.aspect == "count" and f.of in mentions]
        there = sum(being.kind == kind for being in sight.beings)
        return len(beings) == int(fact.value) and ("many" in asked or there == sum(map(int, asked)))
    return all(_is(fact, being) for being in beings)


def _elsewhere(fact: Fact, sight: Sight, facts: tuple[Fact, ...]) -> bool:
    """Whether what nobody stands for is held or worn by somebody: "a fox and a book"."""
    kinds = {f.value for f in facts if f.of == fact.of and f.aspect == "kind"}
    things = [thing for being in sight.beings for thing in (*being.worn, being.held) if thing is not None]
    found = [thing for thing in things if {thing.kind} >= kinds]
    if fact.aspect == "count":
        return bool(found) if fact.value == "1" else len(found) > 1 if fact.value == "many" else False
    return any(fact.aspect == "kind" or _is(fact, thing) for thing in found)


def _missed_link(facts: tuple[Fact, ...], to: int, owners: list[Being]) -> list[Fact]:
    """What does not hold of the thing ``to`` that all of the owners should wear, hold, read or eat."""
    of = [f for f in facts if f.of == to and f.aspect != "relation"]
    links = [f for f in facts if f.aspect == "relation" and f.to == to and f.value in LINKS]
    kinds = {f.value for f in of if f.aspect == "kind"}
    things: list[Thing] = []
    for owner in owners:
        able = owner.worn if links[0].value == "wears" else () if owner.held is None else (owner.held,)
        things += [thing for thing in able if {thing.kind} >= kinds][:1]
    if not owners or len(things) < len(owners):
        return [*of, *links]
    doing = {"reads": "reading", "eats": "eating"}
    missed = [f for f in links if f.value in doing and any(owner.action != doing[f.value] for owner in owners)]
    # how many there are is said of the owners: "three cats each with a hat"
    return [*missed, *(f for f in of if f.aspect not in ("kind", "count") and not all(_is(f, t) for t in things))]


def _is(fact: Fact, thing: Thing) -> bool:
    told = {"kind": thing.kind, "color": thing.color, "pattern": thing.pattern}
    if isinstance(thing, Being):
        told |= {"size": thing.size, "action": thing.action, "expression": thing.expression}
        told |= {"letters": thing.letters, "skin": thing.skin, "gender": thing.gender}
    found = told.get(fact.aspect, "")
    return LIKE.get(found, found) == LIKE.get(fact.value, fact.value)


def _stand(fact: Fact, chosen: Chosen, sight: Sight) -> bool:
    """Whether all that one mention means stands to all that the other means as the fact says."""
    groups = [chosen.get(end) for end in (fact.of, fact.to, *(() if fact.second is None else (fact.second,)))]
    if any(group is None for group in groups):
        return False
    found = [group for group in groups if group is not None]
    if fact.value == "between":
        middles = [[_middle(sight.beings[i].box) for i in group] for group in found]
        return all(min(*ends) < x < max(*ends) for x in middles[0] for ends in _ends(middles[1], middles[2]))
    return all(_related(fact.value, a, b, sight) for a in found[0] for b in found[1])


def _ends(one: list[float], other: list[float]) -> Iterator[tuple[float, float]]:
    return ((a, b) for a in one for b in other)


def _related(name: str, a: int, b: int, sight: Sight) -> bool:
    seen = sight.relations.get((a, b)), sight.relations.get((b, a))
    if name == BESIDE:
        return seen[0] in ("left of", "right of")
    if seen[0] is None or seen[1] is None:
        return False
    # told from either side it is the same: one of the two readings is enough
    wanted = straight(name, a, b)
    return wanted in (straight(seen[0], a, b), straight(seen[1], b, a))


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _told(being: Being) -> str:
    worn = [f"{thing.color} {thing.kind}" for thing in being.worn]
    held = [] if being.held is None else [f"{being.held.color} {being.held.kind}"]
    name = f"{being.size} {being.color} {being.kind}".replace("medium ", "")
    alive = being.kind in KINDS and KINDS[being.kind].alive
    more = [being.action] * alive + worn + held + [repr(being.letters)] * bool(being.letters)
    return f"{name} ({', '.join(more)})" if more else name
