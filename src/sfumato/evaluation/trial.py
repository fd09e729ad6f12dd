"""The judge is judged: on held-out renders, on what a codec makes of them, and beside another judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from .. import storybook
from ..core.level import Codec
from ..core.picture import to_image, to_pixels
from ..models.judge import SIDE
from ..storybook.kinds import ACCESSORIES, KINDS
from ..storybook.scene import SHELTERED, Scene
from . import statistics
from .exam import right_page, wrong_page
from .names import LIKE, SLOTS
from .suite import SPLITS, TASKS, Case, cases
from .verdict import Being, Box, Sight, untrue
from .witness import BATCH, Witness

FOUND: Final = 0.5  # the overlap with the true box from which on a figure is found
FIRST: Final = 400_000  # scenes of the trial; no judge and no painter is trained on seeds this low
PARTS: Final = ("train", "color-kind", "kind-pair", "relation", "style-kind", "count-kind")


@dataclass
class Tally:
    """What was right so far, by name, and the detections for an average precision."""

    right: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    scores: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    there: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, scene: Scene, sight: Sight) -> None:
        """Compares what was seen with what is there."""
        for name, value in (("style", scene.style), ("place", scene.place), ("time", scene.time)):
            self.right[name].append(sight.setting[name] == value)
        if scene.place not in SHELTERED:
            self.right["weather"].append(sight.setting["weather"] == scene.weather)
        true = [(s.part.figure, s.box) for s in storybook.seen(scene, (SIDE, SIDE))
                if s.part.what == "self" and s.box is not None and s.visible >= 0.12]  # fmt: skip
        left = dict(enumerate(true))
        match: dict[int, tuple[int, Being]] = {}  # of sight.beings -> figure
        for number, being in sorted(enumerate(sight.beings), key=lambda pair: -pair[1].score):
            best = max(left, key=lambda k: _overlap(left[k][1], being.box), default=None)
            hit = best is not None and _overlap(left[best][1], being.box) >= FOUND
            named = hit and best is not None and scene.figures[left[best][0]].kind == being.kind
            self.scores[being.kind].append((being.score, named))
            if hit and best is not None:
                match[number] = left.pop(best)[0], being
        for figure, _ in true:
            self.there[scene.figures[figure].kind] += 1
        self.right["count"].append(len(sight.beings) == len(true))
        for figure_, being in match.values():
            self._figure(scene, figure_, being)
        self._relations(scene, sight, {number: found[0] for number, found in match.items()})

    def _figure(self, scene: Scene, number: int, being: Being) -> None:
        figure = scene.figures[number]
        self.right["kind"].append(being.kind == figure.kind)
        if being.kind != figure.kind:
            return
        self.right["color"].append(being.color == figure.color)
        self.right["pattern"].append(being.pattern == figure.pattern)
        self.right["size"].append(LIKE.get(being.size, being.size) == LIKE.get(figure.size, figure.size))
        if figure.letters:
            self.right["letters"].append(being.letters == figure.letters)
        if not KINDS[figure.kind].alive:
            return
        self.right["action"].append(being.action == figure.action)
        if figure.action != "sleeping":
            self.right["expression"].append(being.expression == figure.expression)
        if figure.skin:
            self.right["skin"].append(being.skin == figure.skin)
            self.right["gender"].append(being.gender == figure.gender)
        held = None if figure.held is None else figure.held.kind
        self.right["held"].append((None if being.held is None else being.held.kind) == held)
        worn = {ACCESSORIES[thing.kind].slot: thing for thing in being.worn}
        truth = {ACCESSORIES[thing.kind].slot: thing for thing in figure.worn}
        for slot in SLOTS:
            if slot in truth or slot in worn:
                same = slot in truth and slot in worn and truth[slot].kind == worn[slot].kind
                self.right["accessory"].append(same)
                if same:
                    self.right["accessory color"].append(truth[slot].color == worn[slot].color)

    def _relations(self, scene: Scene, sight: Sight, figures: dict[int, int]) -> None:
        for relation in scene.relations:
            if relation.second is None:
                ends = [[n for n, figure in figures.items() if figure == end]
                        for end in (relation.subject, relation.object)]  # fmt: skip
                for a in ends[0]:
                    self.right["relation"] += [sight.relations[a, b] == relation.name for b in ends[1]]

    def told(self) -> dict[str, Any]:
        """Shares of what was right, and the average precision over kinds."""
        precision = [
            statistics.average_precision([s for s, _ in self.scores[kind]], [r for _, r in self.scores[kind]], there)
            for kind, there in self.there.items()
        ]
        shares = {name: float(np.mean(values)) for name, values in sorted(self.right.items())}
        return {"average_precision": float(np.mean(precision)), **shares}


def trial(
    witness: Witness, *, scenes: int, prompts: int, codec: Codec | None = None, side: int = SIDE,
    second: Witness | None = None,
) -> Iterator[dict[str, Any] | None]:
    """Judges a judge, yielding None after each of ``steps`` and the result last.

    ``scenes`` renders of ``side`` pixels, also as ``codec`` leaves them, say what it sees; ``prompts`` of every task
    and split how often it says yes to the right picture (found) and to one that is wrong by hardly anything (fooled).
    """
    plain, again = Tally(), Tally()
    for start in range(0, scenes, BATCH):
        some = [storybook.sample(FIRST + k, split=PARTS[k % len(PARTS)])
                for k in range(start, min(start + BATCH, scenes))]  # fmt: skip
        pages = [Image.fromarray(storybook.draw(scene, (side, side))) for scene in some]
        for scene, (sight, _) in zip(some, witness(pages), strict=True):
            plain.add(scene, sight)
        if codec is not None:
            for scene, (sight, _) in zip(some, witness(through(codec, pages)), strict=True):
                again.add(scene, sight)
        yield None
    result: dict[str, Any] = {"scenes": scenes, "prompts": prompts, "renders": plain.told()}
    if codec is not None:
        result["reconstructions"] = again.told()
    tasks: dict[str, Any] = {}
    for task in TASKS:
        for split in SPLITS:
            asked = cases(task, split, prompts)
            tasks.setdefault(task, {})[split] = _answers(witness, asked, second)
            yield None
    result["tasks"] = tasks
    yield result


def steps(*, scenes: int) -> int:
    """How many steps ``trial`` takes before its result."""
    return -(-scenes // BATCH) + len(TASKS) * len(SPLITS)


def through(codec: Codec, pages: Sequence[Image.Image]) -> list[Image.Image]:
    """Pictures of one size after a codec had them."""
    with torch.inference_mode():
        pixels = torch.stack([to_pixels(page) for page in pages])
        return [to_image(page) for page in codec.decode(codec.encode(pixels)).float()]


def _answers(witness: Witness, asked: Sequence[Case], second: Witness | None) -> dict[str, float]:
    pages = [[right_page(case) for case in asked], [wrong_page(case) for case in asked]]
    said = [_yes(witness, asked, some) for some in pages]
    found = {"found": float(np.mean(said[0])), "fooled": float(np.mean(said[1]))}
    if second is None:
        return found
    other = [_yes(second, asked, some) for some in pages]
    same = [a == b for one, two in zip(said, other, strict=True) for a, b in zip(one, two, strict=True)]
    return found | {
        "second_found": float(np.mean(other[0])), "second_fooled": float(np.mean(other[1])),
        "agreement": float(np.mean(same)),
    }  # fmt: skip


def _yes(witness: Witness, asked: Sequence[Case], pages: Sequence[Image.Image]) -> list[bool]:
    return [not untrue(case.facts, sight) for case, (sight, _) in zip(asked, witness(pages), strict=True)]


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / max(areas - wide * high, 1e-6)
