"""A model sits the storybook's exam: it paints, the judge looks, and every number keeps the pictures behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .. import storybook
from ..core.disk import reason, write_whole
from ..core.picture import load as load_picture, to_image
from ..core.refusal import Refusal, unknown
from ..models.judge import SIDE
from ..pipeline.generate import Model
from ..storybook.facts import Fact
from ..storybook.kind import GENDERS, SKINS
from ..storybook.scene import Scene
from ..storybook.splits import FIRST_TRAINING_SEED
from . import statistics
from .hands import maimed
from .suite import GENEVAL, SPLITS, TASKS, Case, Split, cases
from .verdict import Sight, untrue
from .witness import BATCH, Witness, to_page

PLAN: Final = "exam.json"
RESULT: Final = "result.json"
VERDICTS: Final = "verdicts.jsonl"
MOST_PROMPTS: Final = 160  # of single things there are hardly more
TAUGHT: Final = 30_000  # of the training pictures, at most, are looked through for a copy
NEAR: Final = 0.01  # this share of held-out renders is nearer to a training picture than the limit


@dataclass(frozen=True)
class Plan:
    """What is asked of whom. ``prompts`` a task, half of them held out; ``hash`` of the model's files."""

    model: str
    prompts: int = 100
    seeds: int = 4
    tasks: tuple[str, ...] = tuple(TASKS)
    hash: str = ""

    def __post_init__(self) -> None:
        for task in self.tasks:
            if task not in TASKS:
                raise unknown("task", task, TASKS)
        if len(set(self.tasks)) < len(self.tasks) or not self.tasks:
            raise Refusal("name each task once")
        if not 2 <= self.prompts <= MOST_PROMPTS or self.prompts % 2:
            raise Refusal(f"prompts {self.prompts} is not an even number from 2 to {MOST_PROMPTS}: half are held out")
        if not 1 <= self.seeds <= 16:
            raise Refusal(f"seeds {self.seeds} is not 1 to 16")

    @property
    def pictures(self) -> int:
        """How many pictures are painted."""
        return len(self.tasks) * self.prompts * self.seeds

    def cases(self) -> Iterator[Case]:
        for task in self.tasks:
            for split in SPLITS:
                yield from cases(task, split, self.prompts // 2)


@dataclass(frozen=True)
class Painted:
    """One painted picture and what the judge made of it; ``file`` is relative to the folder of the exam."""

    case: Case
    seed: int
    file: str
    sight: Sight
    wrong: tuple[Fact, ...]


class Painter(Protocol):
    """What paints for an exam: a model, or in tests the storybook itself."""

    def __call__(self, case: Case, seed: int, path: Path) -> None:
        """Paints the prompt of a case into a file, whole or not at all."""
        ...


def painter_of(model: Model) -> Painter:
    """A model as it paints for anybody; a picture of another size is looked at scaled."""

    def paint(case: Case, seed: int, path: Path) -> None:
        [picture] = model.paint(case.text, seed=seed)
        picture.save(path, force=True)

    return paint


def paint(plan: Plan, folder: Path, painter: Painter) -> Iterator[Path]:
    """Paints what is not there yet, telling of every picture; stop it, and the next call goes on.

    Raises Refusal if the folder holds another exam.
    """
    begin(plan, folder)
    for case in plan.cases():
        for seed in range(plan.seeds):
            path = folder / _file(case, seed)
            if not path.exists():
                painter(case, seed, path)
            yield path


def begin(plan: Plan, folder: Path) -> None:
    """Makes the folder of an exam, or finds it begun; raises Refusal if it holds another one or cannot be made."""
    said = json.dumps(asdict(plan) | {"world": storybook.VERSION}, indent=1).encode()
    try:
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        found = (folder / PLAN).read_bytes() if (folder / PLAN).exists() else None
    except OSError as error:
        raise Refusal(f"cannot write into {folder}: {reason(error)}") from error
    if found is None:
        write_whole(folder / PLAN, said, force=False)
    elif found != said:
        raise Refusal(f"{folder} holds an exam of other tasks or another model; name another folder with --out")


def look(plan: Plan, folder: Path, witness: Witness) -> Iterator[tuple[Painted, Tensor]]:
    """What the judge makes of every picture painted, and the picture's features."""
    asked = [(case, seed) for case in plan.cases() for seed in range(plan.seeds)]
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        pictures = [load_picture(folder / _file(*one)).image for one in some]
        for (case, seed), (sight, feature) in zip(some, witness(pictures), strict=True):
            yield Painted(case, seed, _file(case, seed), sight, untrue(case.facts, sight)), feature


@dataclass(frozen=True)
class Calibration:
    """What the judge says of renders: ``right`` shows the scene of the prompt, ``wrong`` hardly another one.

    ``rest`` shows the scene of another prompt of the task: what a deaf but perfect painter would score.
    """

    case: Case
    right: bool
    wrong: bool
    rest: bool


def calibrate(plan: Plan, witness: Witness) -> Iterator[tuple[Calibration, Tensor, Tensor]]:
    """How far the judge is to be trusted on these very prompts; the features of two drawings of each scene."""
    asked = [*plan.cases()]
    strangers = _shifted(asked)
    for start in range(0, len(asked), BATCH // 2):
        some, others = asked[start : start + BATCH // 2], strangers[start : start + BATCH // 2]
        right = [*witness([right_page(case) for case in some])]
        again = [*witness([_drawn(redrawn(case.scene)) for case in some])]
        wrong = [*witness([wrong_page(case) for case in some])]
        for i, (case, other) in enumerate(zip(some, others, strict=True)):
            says = Calibration(
                case, not untrue(case.facts, right[i][0]), not untrue(case.facts, wrong[i][0]),
                not untrue(other.facts, right[i][0]),
            )  # fmt: skip
            yield says, right[i][1], again[i][1]


def redrawn(scene: Scene) -> Scene:
    """The same scene drawn anew: other variants, another clutter, another light."""
    chance = Random(scene.detail)
    figures = tuple(replace(figure, variant=chance.randrange(1 << 20)) for figure in scene.figures)
    return replace(scene, figures=figures, detail=chance.randrange(1 << 24), light=round(chance.uniform(-1, 1), 3))


def scores(painted: Sequence[Painted], said: Sequence[Calibration], split: Split) -> dict[str, Any]:
    """Raw and corrected score of every task of a split, and the mean over GenEval's six where all were asked."""
    tasks: dict[str, Any] = {}
    six: list[list[float]] = []
    for task in TASKS:
        mine = [p for p in painted if p.case.task == task and p.case.split == split]
        if not mine:
            continue
        told = [c for c in said if c.case.task == task and c.case.split == split]
        found, fooled, rest = np.mean([(c.right, c.wrong, c.rest) for c in told], axis=0).tolist()
        by_prompt = _by_prompt(mine)
        raw = float(np.mean(by_prompt))
        low, high = statistics.interval(by_prompt)
        bounds = [statistics.corrected(value, found, fooled) for value in (raw, low, high)]
        shuffled = _by_prompt(_deaf(mine))
        tasks[task] = {
            "raw": raw, "interval": [low, high], "corrected": bounds[0], "corrected_interval": bounds[1:],
            "judge": {"found": found, "fooled": fooled}, "prompts": len(by_prompt), "pictures": len(mine),
            "shuffled": {"raw": float(np.mean(shuffled)), "floor": rest},
        }  # fmt: skip
        if task in GENEVAL:
            six.append(by_prompt)
    mean: dict[str, Any] | None = None
    if len(six) == len(GENEVAL):
        parts = [tasks[task] for task in GENEVAL]
        fixed = [part["corrected"] for part in parts]
        mean = {
            "raw": float(np.mean([part["raw"] for part in parts])),
            "interval": list(statistics.mean_interval(six)),
            "corrected": None if None in fixed else float(np.mean(fixed)),
            "shuffled": {key: float(np.mean([part["shuffled"][key] for part in parts])) for key in ("raw", "floor")},
        }
    return {"mean": mean, "tasks": tasks}


def distances(painted: Tensor, first: Tensor, second: Tensor, through: Tensor | None) -> dict[str, Any]:
    """How far painted pictures lie from renders of their scenes, on the judge's features (N D).

    ``floor``: two drawings of the same scenes; ``codec``: one of them through the model's codec and back.
    """
    sets = {"painted": painted, "floor": second, "codec": through}
    one = first.double().numpy()
    found: dict[str, Any] = {"pictures": len(painted), "renders": len(first), "dimensions": first.shape[1]}
    for name, distance in (("frechet", statistics.frechet), ("kernel", statistics.kernel)):
        found[name] = {key: distance(one, x.double().numpy()) for key, x in sets.items() if x is not None}
    return found


def reconstructed(cases_: Sequence[Case], model: Model, witness: Witness) -> Tensor:
    """Features of second drawings of the scenes after the model's codec had them."""
    codec, found = model.bundle.codec, []
    for start in range(0, len(cases_), BATCH):
        pixels = to_page([_drawn(redrawn(case.scene)) for case in cases_[start : start + BATCH]])
        with torch.inference_mode():
            again = codec.decode(codec.encode(pixels.to(model.at.device, model.at.dtype))).float().cpu()
        found += [feature for _, feature in witness([to_image(page) for page in again])]
    return torch.stack(found)


def taught(count: int, witness: Witness) -> Iterator[Tensor]:
    """Features of the first training pictures."""
    for start in range(0, count, BATCH):
        numbers = range(FIRST_TRAINING_SEED + start, FIRST_TRAINING_SEED + min(start + BATCH, count))
        yield torch.stack([x for _, x in witness([_drawn(storybook.sample(number)) for number in numbers])])


def memorised(painted: Tensor, renders: Tensor, known: Tensor) -> dict[str, Any]:
    """Whether painted pictures lie nearer to training pictures than held-out renders do.

    ``copies`` is the share of painted pictures below the distance that 1 % of held-out renders are below.
    """
    near, far = (statistics.nearest(x.double().numpy(), known.double().numpy())[1] for x in (painted, renders))
    limit = float(np.quantile(far, NEAR))
    return {
        "training_pictures": len(known), "painted_median": float(np.median(near)),
        "render_median": float(np.median(far)), "limit": limit, "copies": float((near < limit).mean()),
        "expected": NEAR,
    }  # fmt: skip


def people(painted: Sequence[Painted]) -> dict[str, Any]:
    """Which skin and gender a model gives to people of whom the prompt says neither: shares, as the judge sees them."""
    neutral = [p for p in painted if not any(fact.aspect in ("skin", "gender") for fact in p.case.facts)]
    seen = [being for p in neutral for being in p.sight.beings if being.skin]
    shares: dict[str, Any] = {"painted": len(seen)}
    for name, values, found in (("skin", SKINS, [b.skin for b in seen]), ("gender", GENDERS, [b.gender for b in seen])):
        shares[name] = {value: found.count(value) / max(1, len(found)) for value in values}
    return shares


def examine(
    plan: Plan, folder: Path, painter: Painter, witness: Witness, model: Model | None = None
) -> Iterator[dict[str, Any] | None]:
    """The whole exam, yielding None after each of ``steps(plan)`` and the result last, which is also in ``folder``."""
    for _ in paint(plan, folder, painter):
        yield None
    painted, features = [], []
    for one, feature in look(plan, folder, witness):
        painted.append(one)
        features.append(feature)
        yield None
    said, first, second = [], [], []
    for one_said, right, again in calibrate(plan, witness):
        said.append(one_said)
        first.append(right)
        second.append(again)
        yield None
    known = []
    for some in taught(looked_through(plan), witness):
        known.append(some)
        yield None
    found, renders = torch.stack(features), torch.stack(first)
    through = None if model is None else reconstructed([*plan.cases()], model, witness)
    result: dict[str, Any] = {"plan": asdict(plan), "world": storybook.VERSION}
    result |= {split: scores(painted, said, split) for split in SPLITS}
    result["distances"] = distances(found, renders, torch.stack(second), through)
    result["people"] = people(painted)
    result["memorisation"] = memorised(found, renders, torch.cat(known))
    lines = [json.dumps(_told(one)) for one in painted]
    write_whole(folder / VERDICTS, "\n".join(lines).encode(), force=True)
    text = json.dumps(result, indent=1)
    write_whole(folder / RESULT, text.encode(), force=True)
    yield json.loads(text)


def steps(plan: Plan) -> int:
    """How many steps ``examine`` takes before its result."""
    return 2 * plan.pictures + len(plan.tasks) * plan.prompts + -(-looked_through(plan) // BATCH)


def looked_through(plan: Plan) -> int:
    """Among how many training pictures copies are sought: enough to matter, without being most of the work."""
    return min(TAUGHT, max(64, 2 * plan.pictures))


def _told(one: Painted) -> dict[str, Any]:
    case = one.case
    return {
        "file": one.file, "task": case.task, "split": case.split, "prompt": case.text, "seed": one.seed,
        "right": not one.wrong, "untrue": [_said(fact) for fact in one.wrong], "seen": str(one.sight),
    }  # fmt: skip


def _said(fact: Fact) -> str:
    return f"{fact.aspect} {fact.value}"


def _file(case: Case, seed: int) -> str:
    return f"pictures/{case.task}-{case.split}-{case.number:03}-{seed}.png"


def _drawn(scene: Scene) -> Image.Image:
    return Image.fromarray(storybook.draw(scene, (SIDE, SIDE)))


def right_page(case: Case) -> Image.Image:
    """A picture of which the prompt is true."""
    return _drawn(case.scene)


def wrong_page(case: Case) -> Image.Image:
    """A picture that hardly differs from the right one and is wrong; a hand lacks a finger."""
    if case.wrong is not None:
        return _drawn(case.wrong)
    page = maimed(case.scene, case.number)
    assert page is not None  # else it would be no case
    return Image.fromarray(page)


def _shifted(asked: Sequence[Case]) -> list[Case]:
    """For every case another one of its task and split: the captions are shuffled."""
    place = {id(case): i for i, case in enumerate(asked)}
    others: list[Case] = [*asked]
    for task in {case.task for case in asked}:
        for split in SPLITS:
            group = [case for case in asked if (case.task, case.split) == (task, split)]
            for case, other in zip(group, group[1:] + group[:1], strict=True):
                others[place[id(case)]] = other
    return others


def _deaf(mine: Sequence[Painted]) -> list[Painted]:
    """The pictures of a task, each against the facts of the next prompt: as if captions had been shuffled."""
    asked = list({p.case.number: p.case for p in mine}.values())
    other = {case.number: stranger for case, stranger in zip(asked, _shifted(asked), strict=True)}
    return [replace(p, wrong=untrue(other[p.case.number].facts, p.sight)) for p in mine]


def _by_prompt(painted: Sequence[Painted]) -> list[float]:
    """The share of right pictures of each prompt."""
    groups: dict[int, list[bool]] = {}
    for one in painted:
        groups.setdefault(one.case.number, []).append(not one.wrong)
    return [float(np.mean(group)) for group in groups.values()]
