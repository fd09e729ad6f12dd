"""The exam: statistics against closed forms, a painter that never errs, and what the commands refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import sfumato
from sfumato import storybook
from sfumato.core.picture import sheet
from sfumato.core.refusal import Refusal
from sfumato.evaluation import statistics
from sfumato.evaluation.exam import RESULT, VERDICTS, Plan, begin, examine, paint, redrawn, steps
from sfumato.evaluation.report import table, write_page
from sfumato.evaluation.sheets import FAILURES, LINE, LINES, MEDIAN, SIDE, failing, middling, write_sheets
from sfumato.evaluation.suite import GENEVAL, SPLITS, Case
from sfumato.evaluation.trial import steps as trial_steps, through, trial
from sfumato.evaluation.witness import SHIPPED, Witness, read_judge
from test_cli import call


def test_corrected_scores() -> None:
    assert statistics.corrected(0.5, 1.0, 0.0) == 0.5
    assert statistics.corrected(0.9 * 0.7 + 0.1 * 0.3, 0.9, 0.1) == pytest.approx(0.7)
    assert statistics.corrected(0.99, 0.9, 0.1) == 1.0 and statistics.corrected(0.0, 0.9, 0.1) == 0.0
    assert statistics.corrected(0.5, 0.5, 0.49) is None


def test_intervals_are_those_of_the_mean() -> None:
    values = np.random.default_rng(1).binomial(4, 0.6, 400) / 4
    low, high = statistics.interval(values.tolist())
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)
    assert statistics.interval([1.0] * 9) == (1.0, 1.0)
    both = statistics.mean_interval([values.tolist()] * 4)
    assert both[1] - both[0] == pytest.approx((high - low) / 2, abs=0.01), "four tasks are as sure as four times one"


def test_frechet_distance_of_normal_sets() -> None:
    chance = np.random.default_rng(0)
    one, deviations, shift = chance.normal(size=(20_000, 4)), np.array([1, 2, 0.5, 1]), np.array([0, 1, 0, 2.0])
    other = chance.normal(size=(20_000, 4)) * deviations + shift
    exact = (shift**2).sum() + ((deviations - 1) ** 2).sum()
    assert statistics.frechet(one, other) == pytest.approx(exact, rel=0.03)
    assert statistics.frechet(one, one) == pytest.approx(0, abs=1e-9)
    turn = np.linalg.qr(chance.normal(size=(4, 4)))[0]
    assert statistics.frechet(one @ turn, other @ turn) == pytest.approx(statistics.frechet(one, other))


def test_kernel_distance_is_unbiased() -> None:
    chance = np.random.default_rng(0)
    same = [statistics.kernel(*chance.normal(size=(2, 50, 3))) for _ in range(300)]
    assert abs(np.mean(same)) < 3 * np.std(same) / 300**0.5, "nothing lies between sets of one kind"
    one, other = np.array([[1.0], [2.0]]), np.array([[0.0], [3.0]])
    # by hand: k(1, 2) = 27, k(0, 3) = 1, and across 1, 64, 1, 343
    assert statistics.kernel(one, other) == pytest.approx(27 + 1 - 2 * (1 + 64 + 1 + 343) / 4)


def test_nearest_and_precision() -> None:
    found, far = statistics.nearest(np.array([[0.0, 0], [5, 5]]), np.array([[0.0, 3], [5, 5], [9, 9]]))
    assert found.tolist() == [0, 1] and far.tolist() == [3, 0]
    assert statistics.average_precision([0.9, 0.8], [True, True], 2) == 1
    assert statistics.average_precision([0.9, 0.8], [True, True], 4) == 0.5
    assert statistics.average_precision([0.9, 0.8, 0.7], [True, False, True], 2) == pytest.approx((1 + 2 / 3) / 2)


@pytest.fixture(scope="module")
def judge() -> Witness:
    return read_judge(SHIPPED)


def faultless(case: Case, seed: int, path: Path) -> None:
    """Paints exactly what it is asked, since it knows the scene."""
    Image.fromarray(storybook.draw(redrawn(case.scene) if seed else case.scene)).save(path)


def test_a_painter_that_never_errs(tmp_path: Path, judge: Witness) -> None:
    plan = Plan("faultless", prompts=4, seeds=2, tasks=GENEVAL)
    events = [*examine(plan, tmp_path, faultless, judge)]
    assert len(events) == steps(plan) + 1 and events[:-1] == [None] * steps(plan)
    result = events[-1]
    assert result == json.loads((tmp_path / RESULT).read_text())
    for split in SPLITS:
        assert set(result[split]) == {"mean", "tasks"} and set(result[split]["tasks"]) == set(GENEVAL)
        score = result[split]["tasks"]["single"]
        assert score["pictures"] == 4 and score["interval"][0] <= score["raw"] <= score["interval"][1]
        assert result[split]["mean"]["raw"] == pytest.approx(
            np.mean([result[split]["tasks"][task]["raw"] for task in GENEVAL])
        )
        assert result[split]["mean"]["raw"] > 0.5 > 0.35 > result[split]["mean"]["shuffled"]["raw"]
    assert result["distances"]["frechet"]["painted"] < 1.5 * result["distances"]["frechet"]["floor"]
    assert 0 <= result["memorisation"]["copies"] <= 1
    page = write_page(tmp_path, result, tmp_path / VERDICTS).read_text()
    assert page.count("<img") == plan.pictures and "http" not in page.replace("http-equiv", "")
    assert table(result).row_count == 7
    rows = [json.loads(line) for line in (tmp_path / VERDICTS).read_text().splitlines()]
    assert [(row["task"], row["split"]) for row in middling(rows)] == [(t, s) for t in GENEVAL for s in sorted(SPLITS)]
    wrong = failing(rows)
    assert wrong and not any(row["right"] for row in wrong) and len({row["prompt"] for row in wrong}) == len(wrong)
    boards = write_sheets(tmp_path, tmp_path / VERDICTS)
    assert [path.name for path in boards] == [MEDIAN, FAILURES]
    for path, shown in zip(boards, (middling(rows), wrong), strict=True):  # every one has its place on its sheet
        blank = Image.new("RGB", (SIDE, SIDE + LINES * LINE + 4))
        with Image.open(path) as board:
            assert board.size == sheet([blank] * len(shown)).size and board.getextrema() != blank.getextrema()


def test_the_median_picture_is_neither_the_best_nor_the_worst() -> None:
    rows = [{"task": "single", "split": "seen", "file": str(i), "untrue": ["x"] * n} for i, n in enumerate((3, 0, 1))]
    assert [len(row["untrue"]) for row in middling(rows)] == [1]


def test_an_exam_goes_on_where_it_stopped(tmp_path: Path) -> None:
    plan, painted = Plan("slow", prompts=2, seeds=1, tasks=("single", "two")), []

    def slow(case: Case, seed: int, path: Path) -> None:
        painted.append(path)
        Image.new("RGB", (8, 8)).save(path)

    work = paint(plan, tmp_path, slow)
    next(work), next(work)
    work.close()
    assert len(painted) == 2
    assert len([*paint(plan, tmp_path, slow)]) == 4 and len(painted) == len(set(painted)) == 4
    with pytest.raises(Refusal, match="holds an exam of other tasks or another model"):
        begin(Plan("slow", prompts=4, seeds=1, tasks=("single", "two")), tmp_path)


def test_the_judge_is_better_than_chance_at_everything(judge: Witness) -> None:
    events = [*trial(judge, scenes=48, prompts=3, second=judge)]
    assert len(events) == trial_steps(scenes=48) + 1
    result = events[-1]
    assert result is not None
    least = {"style": 0.8, "place": 0.95, "kind": 0.7, "color": 0.85, "count": 0.6, "average_precision": 0.5,
             "letters": 0}  # of signs there are one or two; the task asks for them
    assert {name: value for name, value in result["renders"].items() if value < least.get(name, 0.3)} == {}
    found = [both[split]["found"] - both[split]["fooled"] for both in result["tasks"].values() for split in SPLITS]
    assert np.mean(found) > 0.5
    assert all(both[split]["agreement"] == 1 for both in result["tasks"].values() for split in SPLITS)


@pytest.mark.parametrize("side", [256, 320])
def test_a_codec_leaves_pictures_what_they_are(judge: Witness, side: int) -> None:
    codec = sfumato.load("storybook", device="cpu", dtype="float32").bundle.codec
    page = Image.fromarray(storybook.draw(storybook.sample(3), (side, side)))
    (after,) = through(codec, [page])
    error = np.square(np.asarray(page, float) - np.asarray(after, float)).mean()
    assert after.size == (side, side) and 10 * np.log10(255**2 / error) > 26
    *_, result = trial(judge, scenes=32, prompts=1, codec=codec, side=side)
    assert result is not None
    kinds = [result[pages]["kind"] for pages in ("renders", "reconstructions")]
    assert min(kinds) > 0.8 and kinds[1] > kinds[0] - 0.08


def test_what_plans_refuse() -> None:
    for wish, why in (({"tasks": ("singel",)}, "did you mean single"), ({"prompts": 3}, "even number"),
                      ({"seeds": 0}, "not 1 to 16"), ({"tasks": ()}, "each task once")):  # fmt: skip
        with pytest.raises(Refusal, match=why):
            Plan("m", **wish)


BAD = {
    "storybook --tasks singel": "unknown task 'singel', did you mean single",
    "storybook --prompts 7": "prompts 7 is not an even number",
    "storybook --seeds 0": "seeds 0 is not 1 to 16",
    "storybook --model ./nowhere": "nowhere is not a model",
    "storybook --judge nowhere": "nowhere is no judge",
    "judge --judge nowhere": "nowhere is no judge",
    "judge --scenes 0": "scenes 0 is not 1 to",
}


@pytest.mark.parametrize("arguments", BAD)
def test_what_the_commands_refuse(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("evaluate", *arguments.split()) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1 and BAD[arguments] in said.err
    assert not [*tmp_path.iterdir()]


def test_features_do_not_depend_on_the_batch(judge: Witness) -> None:
    pictures = [Image.fromarray(storybook.draw(storybook.sample(seed))) for seed in range(3)]
    alone = torch.stack([feature for picture in pictures for _, feature in judge([picture])])
    together = torch.stack([feature for _, feature in judge(pictures)])
    assert torch.allclose(alone, together, atol=2e-3)
