"""The judge: what it is taught, that it learns, how it is kept, and what it says of facts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch
from PIL import Image

from sfumato import storybook
from sfumato.core.refusal import Refusal
from sfumato.evaluation.hands import fewer_fingers
from sfumato.evaluation.names import EACH, NEAR, NOBODY, SLOTS, UNKNOWN, WHOLE, config
from sfumato.evaluation.suite import SPLITS, TASKS, cases
from sfumato.evaluation.verdict import Being, Sight, Thing, untrue
from sfumato.evaluation.witness import SPEC, WEIGHTS, Witness, around, overlaps, read_judge, sign, write_judge
from sfumato.models.judge import CELL, GRID, Judge, geometry
from sfumato.models.looker import MEASURES, Looker, Reader, measured, word
from sfumato.storybook.facts import Fact, false
from sfumato.storybook.kinds import ACCESSORIES, KINDS
from sfumato.storybook.parse import parse
from sfumato.storybook.scene import Scene
from sfumato.training.judge import CROWDED, Faults, JudgeTask, Looks
from sfumato.training.run import train
from sfumato.training.task import Cadence, Run

SMALL = replace(config("convolutions"), width=32)
SETTING = {"style": "flat", "place": "park", "weather": "sunny", "time": "day"}


def sight_of(scene: Scene) -> Sight:
    """What a judge without mistakes would see: the truth, in the judge's words."""
    setting = {"style": scene.style, "place": scene.place, "weather": scene.weather, "time": scene.time}
    seen = [s for s in storybook.seen(scene) if s.part.what == "self" and s.box is not None]
    beings, owners = [], []
    for one in seen:
        figure = scene.figures[one.part.figure]
        assert one.box is not None
        left, top, right, bottom = map(float, one.box)
        held = None if figure.held is None else Thing(figure.held.kind, figure.held.color, figure.held.pattern)
        beings.append(
            Being(
                figure.kind, figure.color, figure.pattern, (left, top, right, bottom), 1.0, figure.size, figure.action,
                figure.expression, figure.skin, figure.gender, figure.letters,
                tuple(Thing(worn.kind, worn.color, worn.pattern) for worn in figure.worn), held,
            )
        )  # fmt: skip
        owners.append(one.part.figure)
    opposite = {"left of": "right of", "above": "below", "in front of": "behind"}
    opposite |= {b: a for a, b in opposite.items()}
    relations = {}
    for relation in scene.relations:
        for a in (i for i, owner in enumerate(owners) if owner == relation.subject):
            for b in (i for i, owner in enumerate(owners) if owner == relation.object):
                relations[a, b] = relation.name
                relations[b, a] = opposite.get(relation.name, "left of")
    return Sight(setting, tuple(beings), relations)


def test_a_batch_tells_the_truth() -> None:
    task = JudgeTask(SMALL, codec=None, faults=Faults(0, 0, 0, 0, 0, 0, 0))
    batch = task.figures(range(8))
    assert batch.pixels.shape == (8, 3, 256, 256) and batch.heat.shape == (8, GRID, GRID)
    assert (batch.heat == 1).sum() == len(batch.rows) == len(batch.boxes)
    x, y = (batch.boxes[:, [0, 1]] + batch.boxes[:, [2, 3]]).div(2).div(CELL).int().clamp(0, GRID - 1).unbind(1)
    assert torch.equal(batch.cells, (y * GRID + x).long())
    assert torch.equal(task.figures(range(8)).pixels, batch.pixels), "a batch is a function of its numbers"
    assert UNKNOWN not in {EACH["kind"][k] for k in batch.each[:, 0].tolist()}
    spoiled = JudgeTask(SMALL, codec=None, faults=Faults(0, 0, 0, 0, 0, half_formed=1.0, fingers=0)).figures(range(8))
    assert sum(EACH["kind"][k] == UNKNOWN for k in spoiled.each[:, 0].tolist()) == 8
    assert (spoiled.pixels != batch.pixels).flatten(1).any(1).all()


def test_hands_lose_fingers() -> None:
    scene = Scene("park", "sunny", "day", "flat", (storybook.Figure("hand", "pink", size="huge"),))
    page = torch.from_numpy(storybook.draw(scene)).permute(2, 0, 1).contiguous()
    before, hand = page.clone(), torch.from_numpy(storybook.instances(scene)) == 1
    assert fewer_fingers(page, hand, Random(0)) in (3, 4)
    changed = (page != before).any(0)
    assert 100 < changed.sum() < hand.sum() and (changed & hand).any()


@pytest.mark.parametrize("trunk", ["convolutions", "transformer"])
def test_it_learns(trunk: str) -> None:
    torch.manual_seed(0)
    small = SMALL if trunk == "convolutions" else replace(config("transformer"), width=64, depth=1)
    task = JudgeTask(small, codec=None)
    batch = task.figures(range(4))
    optimizer = torch.optim.AdamW(task.modules.parameters(), 3e-3)
    losses = []
    for _ in range(8):
        loss, metrics = task.loss(batch, torch.Generator())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0], losses
    assert set(metrics) >= {"kind", "color", "style", "relation", "read", "heat"}


def test_a_recipe_trains_and_ships_a_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfumato.training.judge.CALIBRATED", slice(50, 51))
    run = Run("judge", lambda: JudgeTask(SMALL, codec=None), batch=2, steps=2, learning_rate=1e-3, warmup=1,
              every=Cadence(1, 0, 0), ema=0.5)  # fmt: skip
    report = train(run, tmp_path, quiet=True, track=False)
    assert report.ended == "finished" and {p.name for p in report.weights.iterdir()} == {SPEC, WEIGHTS}
    assert read_judge(report.weights).judge.config == SMALL


def test_only_gains_and_biases_learn(tmp_path: Path) -> None:
    write_judge(tmp_path, Witness(Judge(SMALL), Looker(SMALL), Reader()))
    task = JudgeTask(SMALL, codec=None, begun=tmp_path, learns="gains", splits=CROWDED)
    before = {name: value.detach().clone() for name, value in task.modules.named_parameters()}
    optimizer = torch.optim.SGD([p for p in task.modules.parameters() if p.requires_grad], 1.0)
    task.loss(task.batch(0, 8), torch.Generator())[0].backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    moved = {name for name, value in task.modules.named_parameters() if not torch.equal(value, before[name])}
    assert {"judge.trunk.stem.2.weight", "judge.box.weight", "looker.norm.weight", "looker.each.kind.bias"} <= moved
    assert {name for name in moved if before[name].ndim > 1} <= {
        "judge.heat.weight", "judge.box.weight", "judge.pair.2.weight"
    }  # fmt: skip
    assert not any(name.startswith(("judge.feature", "judge.whole", "reader")) for name in moved)


def test_it_is_kept_and_refused(tmp_path: Path) -> None:
    witness = Witness(Judge(SMALL), Looker(SMALL), Reader(), sure=0.4)
    write_judge(tmp_path, witness)
    again = read_judge(tmp_path)
    assert again.sure == 0.4
    for part, other in ((witness.judge, again.judge), (witness.looker, again.looker), (witness.reader, again.reader)):
        close = zip(part.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a.bfloat16().float(), b) for a, b in close)
    with pytest.raises(Refusal, match="is no judge"):
        read_judge(tmp_path / "nowhere")
    spec = json.loads((tmp_path / SPEC).read_text())
    spec["answers"]["style"].append("oil")
    (tmp_path / SPEC).write_text(json.dumps(spec))
    with pytest.raises(Refusal, match="knows another world"):
        read_judge(tmp_path)
    (tmp_path / SPEC).write_text("{")
    with pytest.raises(Refusal, match="is damaged"):
        read_judge(tmp_path)


def test_it_knows_the_whole_world() -> None:
    assert EACH["kind"] == (*KINDS, UNKNOWN, NOBODY) and len(NEAR) == 9
    assert {name for slot in SLOTS for name in EACH[slot][1:]} == {*ACCESSORIES}
    judge, rows, pixels = Judge(config()), torch.tensor([0, 0]), torch.zeros(1, 3, 256, 256)
    look = judge(pixels)
    told, boxes = judge.find(look, rows, torch.tensor([0, 33]))
    said, edges = Looker(config())(around(pixels, rows, boxes), measured(boxes, rows))
    assert {name: logits.shape[-1] for name, logits in said.items()} == {k: len(v) for k, v in EACH.items()}
    assert edges.shape == boxes.shape
    assert {name: logits.shape for name, logits in judge.setting(look).items()} == {
        k: (1, len(v)) for k, v in WHOLE.items()
    }
    assert judge.relate(told, boxes, torch.tensor([0]), torch.tensor([1])).shape == (1, 9)
    assert torch.allclose(geometry(boxes[:1], boxes[:1])[0, :4], torch.zeros(4))


def test_a_closer_look_is_upright_and_in_the_middle() -> None:
    pixels = torch.zeros(2, 3, 256, 256)
    pixels[1, 0, 100:140, 40:60] = 1
    boxes = torch.tensor([[40.0, 100, 60, 140], [0, 0, 96, 48]])
    crop = around(pixels, torch.tensor([1, 0]), boxes)[0, 0]
    rows, columns = (torch.nonzero(crop.amax(side) > 0.5).flatten() for side in (1, 0))
    assert (int(rows[0]), int(rows[-1])) == (8, 87) and (int(columns[0]), int(columns[-1])) == (28, 67)
    page = torch.arange(256.0).expand(3, 256, 256)
    assert torch.allclose(sign(page, boxes[1:])[0, 0, 0], torch.arange(96.0), atol=1e-3)
    numbers = measured(boxes, torch.tensor([1, 1]))
    assert (
        numbers.shape == (2, MEASURES)
        and not numbers[:, 5].any()
        and numbers[:, 6].tolist() == pytest.approx([0.1823, 0], abs=1e-3)
    )
    assert measured(boxes, torch.tensor([0, 1]))[:, 5].tolist() == [1, 1]


def test_letters_are_spelled_as_columns_say() -> None:
    columns = torch.full((24, 27), -9.0)
    for place, letter in enumerate([*"  HHE L LO ", *" " * 13]):
        columns[place, 0 if letter == " " else ord(letter) - ord("A") + 1] = 9
    assert word(columns) == "HELLO"
    loss = torch.nn.functional.ctc_loss(columns.log_softmax(-1)[:, None], torch.tensor([[8, 5, 12, 12, 15, 0]]),
                                        torch.tensor([24]), torch.tensor([5]))  # fmt: skip
    assert loss < 1e-3, "what training rewards is what is read"


def test_overlaps_of_boxes() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    assert overlaps(boxes, boxes)[0].tolist() == pytest.approx([1, 1 / 3, 0])


def test_a_second_look_learns_alone_and_drops_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    monkeypatch.setattr("sfumato.training.judge.POOL", 16)
    witness = Witness(Judge(SMALL), Looker(SMALL), Reader(), sure=0.2)
    assert witness.judge.heat.bias is not None
    torch.nn.init.constant_(witness.judge.heat.bias, 0.0)  # the first look finds somebody everywhere
    write_judge(tmp_path, witness)
    task = JudgeTask(SMALL, codec=None, begun=tmp_path, learns="looker")
    batch = task.batch(0, 4)
    assert isinstance(batch, Looks) and len(batch.crops) == 12
    again = JudgeTask(SMALL, codec=None, begun=tmp_path, learns="looker").batch(0, 4)
    assert isinstance(again, Looks) and torch.equal(again.crops, batch.crops) and torch.equal(again.each, batch.each)
    before = {name: value.clone() for name, value in task.modules.state_dict().items()}
    learned = [p for p in task.modules.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, 3e-3)
    losses = []
    for _ in range(12):
        loss, metrics = task.loss(batch, torch.Generator())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0] and "heat" not in metrics, losses
    for name, value in task.modules.state_dict().items():
        assert torch.equal(value, before[name]) == name.startswith("judge."), name
    page = [Image.new("RGB", (256, 256), "white")]
    seen = [len(next(iter(Witness(task.judge, looker, task.reader, sure=0.2)(page)))[0].beings)
            for looker in (witness.looker, sees_nobody(task.looker))]  # fmt: skip
    assert seen[0] > 0 == seen[1]


def test_boxes_are_straightened_before_they_are_looked_into() -> None:
    torch.manual_seed(0)
    witness = Witness(Judge(SMALL), Looker(SMALL), Reader(), sure=0.0)
    assert witness.judge.heat.bias is not None
    torch.nn.init.constant_(witness.judge.heat.bias, 0.0)
    torch.nn.init.zeros_(witness.looker.edges.weight)
    found = []
    for off in (0.0, 0.2):  # of the longer side
        with torch.no_grad():
            witness.looker.edges.bias.copy_(10 * torch.tensor([off, 0.0, 0.0, 0.0]))
        found.append([being.box for being in next(iter(witness([Image.new("RGB", (256, 256))])))[0].beings])
    before, after = (torch.tensor(boxes) for boxes in found)
    sides = (before[:, 2:] - before[:, :2]).amax(1).clamp_min(8)
    assert len(before) == len(after) and torch.allclose(after[:, 0], before[:, 0] + 0.2 * sides, atol=1e-3)
    assert torch.equal(after[:, 1:], before[:, 1:])


def sees_nobody(looker: Looker) -> Looker:
    """One that sees nobody anywhere."""
    kind = looker.each["kind"]
    assert isinstance(kind, torch.nn.Linear)
    with torch.no_grad():
        kind.bias[EACH["kind"].index(NOBODY)] = 30.0
    return looker


# Verdicts -------------------------------------------------------------------------------------------------------------


def says(text: str, sight: Sight) -> set[tuple[str, str]]:
    reading = parse(text)
    assert not reading.unknown
    return {(fact.aspect, fact.value) for fact in untrue(reading.facts, sight)}


def test_a_surer_judge_sees_fewer_who_stand_as_they_did() -> None:
    beings = tuple(Being(kind, "red", score=score) for kind, score in (("fox", 0.9), ("cat", 0.3), ("dog", 0.6)))
    sight = Sight({}, beings, {(0, 2): "left of", (2, 0): "right of", (0, 1): "behind"})
    assert sight.surer(0.5) == Sight({}, (beings[0], beings[2]), {(0, 1): "left of", (1, 0): "right of"})
    assert sight.surer(0.9).beings == ()


def test_verdicts_on_a_crowd() -> None:
    hat = Thing("beret", "blue")
    fox = Being("fox", "red", box=(0, 0, 50, 90), action="reading", worn=(hat,), held=Thing("book", "green"))
    cats = tuple(Being("cat", "gray", box=(100 + 40 * i, 0, 130 + 40 * i, 90), action="sitting") for i in range(3))
    near = {(0, i): "left of" for i in (1, 2, 3)} | {(i, 0): "right of" for i in (1, 2, 3)}
    sight = Sight(SETTING, (fox, *cats), near)
    for right in ("a fox", "a red fox", "three cats", "some cats", "a cat", "three gray cats and a red fox", "a book",
                  "a fox wearing a blue beret", "a fox reading a green book", "a fox left of a cat", "a beret",
                  "a fox next to three cats", "a fox in a park", "three cats right of a fox"):  # fmt: skip
        assert says(right, sight) == set(), right
    assert says("a dog", sight) == {("kind", "dog"), ("count", "1")}
    assert says("a blue fox", sight) == {("color", "blue")}
    assert says("two cats", sight) == {("count", "2")} == {*says("four cats", sight)} ^ {("count", "4"), ("count", "2")}
    assert says("a fox wearing a red beret", sight) == {("color", "red")}
    assert ("relation", "wears") in says("a cat wearing a blue beret", sight)
    assert ("relation", "eats") in says("a fox eating a book", sight)
    assert says("a fox right of a cat", sight) == {("relation", "right of")}
    assert says("a neon picture of a fox in a forest", sight) == {("place", "forest"), ("style", "neon")}
    assert says("a red cat and a gray cat", sight) == {("color", "red")}


def test_verdicts_know_between_and_sizes() -> None:
    kinds = ("dog", "fox", "cat")
    row = tuple(Being(kind, "red", box=(80.0 * i, 0, 80.0 * i + 50, 90), size="tiny") for i, kind in enumerate(kinds))
    sight = Sight(SETTING, row)
    assert says("a fox between a cat and a dog", sight) == set()
    assert says("a dog between a cat and a fox", sight) == {("relation", "between")}
    assert says("a small fox", sight) == set() and says("a big fox", sight) == {("size", "big")}


@pytest.mark.parametrize("task", TASKS)
def test_prompts_and_what_a_faultless_judge_says(task: str) -> None:
    texts = set()
    for split in SPLITS:
        asked = cases(task, split, 6)
        assert asked == cases(task, split, 6) and len(asked) == 6
        texts |= {case.text for case in asked}
        for case in asked:
            assert untrue(case.facts, sight_of(case.scene)) == (), case.text
            if case.wrong is not None:
                assert false(case.facts, case.wrong) and untrue(case.facts, sight_of(case.wrong)), case.text
    assert len(texts) == 12, "what is held out is never seen"


def test_facts_of_nobody_are_untrue() -> None:
    empty = Sight(SETTING, ())
    facts = (Fact("kind", "fox", 0), Fact("kind", "dog", 1), Fact("relation", "left of", 0, 1))
    assert set(untrue(facts, empty)) == set(facts)
