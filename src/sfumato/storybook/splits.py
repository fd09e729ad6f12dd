"""Which scenes training may see: decided by what a scene says, never by its pixels, so that nothing can leak."""

from __future__ import annotations

import hashlib
from itertools import combinations
from typing import Final

from .captions import Caption, tell
from .facts import INVERSE
from .kinds import ACCESSORIES, KINDS
from .scene import Figure, Relation, Scene

# What a split holds out. A training scene has none of it; a scene of a test split has that and nothing else.
SPLITS: Final = {
    "train": "what training may see",
    "seen": "casts that are new as a whole, of parts that are all known",
    "color-kind": "a kind in a colour it never had",
    "kind-pair": "two kinds that never met",
    "relation": "a relation in an order it never had",
    "style-kind": "a kind in a style it never had",
    "count-kind": "as many of a kind as there never were",
    "count": "six or seven of a kind, when training has at most five",
    "variant": "drawing variants (proportions, tilt, line) that were never drawn",
    "long": "rich scenes, told with 7 to 10 facts, when training is told at most 6",
    "paraphrase": "scenes like those of training, told in turns it never heard",
}
FIRST_TRAINING_SEED: Final = 1_000_000  # seeds below are kept for people and tests, so what is shown was never taught
HELD: Final = {"seen": 24, "color-kind": 14, "kind-pair": 14, "relation": 14, "style-kind": 14, "count-kind": 8}
MOST_COPIES: Final = 5  # of a kind in training
VARIANTS: Final = 16  # every one with the last remainder is kept for the test
RICH: Final = (7, 10)  # facts in a caption of "long"
STRESS: Final = {  # what a caption must tell for its split to test anything
    "color-kind": ("color",), "kind-pair": ("kind",), "relation": ("relation",), "style-kind": ("style",),
    "count-kind": ("count",), "count": ("count",),
}  # fmt: skip


def abstract(scene: Scene) -> str:
    """The cast in a form that all its drawings share: no place, style, light, variant or mirror, in one fixed order.

    Near-duplicates (the same cast drawn anew, elsewhere, or told from its other end) have the same form.
    """
    order = sorted(range(len(scene.figures)), key=lambda i: _described(scene.figures[i]))
    rank = {i: at for at, i in enumerate(order)}
    told = sorted(_oriented(relation, rank) for relation in scene.relations)
    return " & ".join(_described(scene.figures[i]) for i in order) + " : " + "; ".join(told)


def held_out(scene: Scene) -> frozenset[str]:
    """The splits whose property the scene has; a training scene has none."""
    found = set()
    things = [part for figure in scene.figures for part in (figure, figure.held) if part is not None]
    colored = [(part.color, part.kind, KINDS[part.kind].natural) for part in things]
    colored += [(w.color, w.kind, ACCESSORIES[w.kind].natural) for figure in scene.figures for w in figure.worn]
    if any(color != natural and _held("color-kind", color, kind) for color, kind, natural in colored):
        found.add("color-kind")
    if any(_held("style-kind", scene.style, part.kind) for part in things):
        found.add("style-kind")
    kinds = sorted({figure.kind for figure in scene.figures})
    if any(_held("kind-pair", *pair) for pair in combinations(kinds, 2)):
        found.add("kind-pair")
    if any(_held_relation(scene, relation) for relation in scene.relations):
        found.add("relation")
    if any(1 < f.count <= MOST_COPIES and _held("count-kind", str(f.count), f.kind) for f in scene.figures):
        found.add("count-kind")
    if any(figure.count > MOST_COPIES for figure in scene.figures):
        found.add("count")
    if any(part.variant % VARIANTS == VARIANTS - 1 for part in things):
        found.add("variant")
    if _held("seen", abstract(scene)):
        found.add("seen")
    return frozenset(found)


def belongs(scene: Scene, split: str) -> bool:
    """Whether a scene may be drawn for the split. "long" and "paraphrase" differ from training in their words."""
    wanted = frozenset() if split in ("train", "long", "paraphrase") else {split}
    return held_out(scene) == wanted and (split != "long" or told(scene, 0, split=split).facts >= RICH[0])


def told(scene: Scene, seed: int, *, split: str = "train") -> Caption:
    """A caption that tells what the split is about: rich for "long", in words never heard for "paraphrase"."""
    if split == "long":
        return tell(scene, seed, length="long", facts=RICH)
    return tell(scene, seed, stress=STRESS.get(split, ()), unseen=split == "paraphrase")


def _held(split: str, *parts: str) -> bool:
    digest = hashlib.blake2b("|".join((split, *parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % HELD[split] == 0


def _held_relation(scene: Scene, relation: Relation) -> bool:
    """One of the two orders of a pair may be held out, so that the pair itself is always known."""
    ends = [scene.figures[relation.subject].kind, scene.figures[relation.object].kind]
    name = INVERSE.get(relation.name, relation.name)
    if name != relation.name:
        ends.reverse()
    first, second = sorted(ends)
    if not _held("relation", name, first, second):
        return False
    digest = hashlib.blake2b(f"{name}|{first}|{second}".encode(), digest_size=1).digest()
    return ends == ([first, second] if digest[0] % 2 else [second, first])


def _described(figure: Figure) -> str:
    worn = "+".join(sorted(f"{w.color} {w.pattern} {w.kind}" for w in figure.worn))
    held = f"{figure.held.color} {figure.held.pattern} {figure.held.kind}" if figure.held is not None else ""
    said = (figure.count, figure.size, figure.color, figure.pattern, figure.kind, figure.action, figure.expression,
            worn, held, figure.letters, figure.skin, figure.gender)  # fmt: skip
    return "/".join(map(str, said))


def _oriented(relation: Relation, rank: dict[int, int]) -> str:
    a, b = rank[relation.subject], rank[relation.object]
    if relation.second is not None:
        b, c = sorted((b, rank[relation.second]))
        return f"{a} between {b} {c}"
    if relation.name in INVERSE:
        a, b = b, a
    return f"{a} {INVERSE.get(relation.name, relation.name)} {b}"
