"""Training by the clock: plateau, fall and end in the time there is, over any number of calls."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from sfumato.training.task import TrainingError
from sfumato.training.timed import FALL, train_for
from test_training import RUN, Tiny, go

by_clock = partial(train_for, minutes=0.05, quiet=True, track=False)


def test_the_rate_has_fallen_when_the_minutes_are_over(tmp_path: Path) -> None:
    reports = list(by_clock(RUN, tmp_path, looks=(0.2, 0.4)))
    first, *between, last = (report.ended for report in reports)
    assert (first, last) == ("minutes", "finished") and between in ([], ["minutes"])  # a slow start may leap over one
    steps = [report.step for report in reports]
    assert steps == sorted(set(steps))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    rates = [line["learning_rate"] for line in lines]
    clock = json.loads((tmp_path / "clock.json").read_text())
    assert len(rates) == clock["ends"] == steps[-1]
    assert set(rates[RUN.warmup : clock["falls"] + 1]) == {RUN.learning_rate}
    assert rates[-1] < 2 * RUN.learning_rate / (clock["ends"] - clock["falls"]) + 1e-9
    assert clock["spent"] >= 60 * 0.05 * (1 - FALL)
    again = list(by_clock(RUN, tmp_path, resume=True))
    assert [(report.step, report.ended) for report in again] == [(steps[-1], "finished")]


def test_what_was_interrupted_goes_on(tmp_path: Path) -> None:
    run = replace(RUN, task=partial(Tiny, raises=signal.SIGTERM))  # at step 5 of each process, which is here one
    (first,) = by_clock(run, tmp_path)
    assert (first.step, first.ended) == (5, "interrupted")
    *_, last = by_clock(run, tmp_path, resume=True)
    assert last.ended == "finished" and last.step > 5


def test_another_time_and_another_kind_of_run_are_refused(tmp_path: Path) -> None:
    list(by_clock(RUN, tmp_path / "clock", minutes=0.01))
    go(RUN, tmp_path / "steps", steps=3)
    for folder, words, resume in (
        ("clock", "already holds a run", False),
        ("clock", "begun for 0.01 minutes, not 0.05", True),
        ("steps", "goes by steps", True),
    ):
        with pytest.raises(TrainingError, match=words):
            list(by_clock(RUN, tmp_path / folder, resume=resume))
    (tmp_path / "clock/clock.json").write_text("{")
    with pytest.raises(TrainingError, match="is damaged"):
        list(by_clock(RUN, tmp_path / "clock", minutes=0.01, resume=True))
