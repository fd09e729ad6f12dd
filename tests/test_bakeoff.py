"""The bake-off, the measure and the small version, in miniature."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

import sfumato
import tiny
from sfumato.core.refusal import Refusal
from sfumato.models.autoencoder import AutoencoderConfig
from sfumato.models.dit import DiTConfig
from sfumato.models.layout import LayoutDiTConfig
from sfumato.models.text import TextConfig
from sfumato.models.writer import WriterConfig
from sfumato.training import bakeoff
from sfumato.training.bakeoff import Arm, Budget
from sfumato.training.measure import TIMES, measure
from sfumato.training.recipes import Setting, painter_task
from sfumato.training.small import Size, train_small

TEXT = TextConfig(vocabulary=400, length=24, width=32, depth=1, heads=2)


def pixel_painter(runs: Path, name: str, prediction: str) -> Arm:
    """A painter of pixels so small that it needs no codec and no time."""
    task = partial(
        painter_task,
        name,
        DiTConfig(channels=3, patch=32, width=32, depth=2, heads=2, text=TEXT.width),
        sizes={(256, 256): (1.0, 6)},
        setting=Setting(runs=runs, codec=None, text=TEXT, tellings=200),
        prediction=prediction,
    )
    return Arm(f"says {prediction}", task, rate=3e-3)


def test_arms_are_trained_measured_compared_and_not_trained_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)  # where no codec is
    arms = {said: pixel_painter(tmp_path, said, said) for said in ("x0", "velocity")}
    monkeypatch.setattr(bakeoff, "ARMS", arms | {"channels_16": bakeoff.ARMS["channels_16"]})
    budget, console = Budget(128, "pictures", measured=3, prompts=0), Console(quiet=True)
    folder = bakeoff.bakeoff([], budget, tmp_path / "bakeoff", console=console)
    results = json.loads((folder / "x0/results.json").read_text())
    assert [look["pictures"] for look in results["looks"]] == [32, 64, 128]
    assert results["looks"][-1]["guess at 1, dB"] > results["looks"][0]["guess at 1, dB"]
    assert "nearer at guidance 7, %" in results["looks"][-1]
    assert not (folder / "channels_16/results.json").exists()  # its codec is not there
    table = (folder / "README.md").read_text()
    assert "| x0: says x0 |" in table and "| velocity: says velocity |" in table and "channels" not in table
    with Image.open(folder / "plot.png") as plot:
        assert plot.size[0] > 500
    before = (folder / "x0/results.json").stat().st_mtime_ns
    assert bakeoff.bakeoff(["x0"], budget, tmp_path / "bakeoff", console=console) == folder
    assert (folder / "x0/results.json").stat().st_mtime_ns == before
    with pytest.raises(Refusal, match="unknown arm 'x1', did you mean x0"):
        bakeoff.bakeoff(["x1"], budget, tmp_path, console=console)


def test_every_arm_differs_in_one_thing() -> None:
    first, *others = bakeoff.ARMS.items()
    assert first[0] == "dit"
    told = {name: repr(arm.run(name).task) for name, arm in bakeoff.ARMS.items()}
    assert len({text.replace(name, "") for name, text in told.items()}) == len(told)
    assert all(arm.about for _, arm in others)


def test_the_measure_tells_a_model_that_knows_from_one_that_does_not(tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "blind", sizes=tiny.Sizes(least=64, most=512, multiple=32))
    found = measure(folder, count=4)
    assert set(found.guesses) == set(TIMES)
    assert all(0 < value < 20 for value in found.guesses.values()) and 0 <= found.nearer <= 1
    assert found == measure(folder, count=4)
    assert len(found.row()) == len(TIMES) + 1


def test_from_nothing_to_scores_in_one_command(tmp_path: Path) -> None:
    size = Size(
        codec=AutoencoderConfig(channels=4, encoder=(16, 16), encoder_blocks=(1, 1), decoder=(16, 16, 8, 8)),
        text=TEXT,
        writer=WriterConfig(text=TEXT.width, width=32, depth=1, heads=2),
        painter=LayoutDiTConfig(
            DiTConfig(channels=4, width=32, depth=1, heads=2, text=32, rim=16, beside=16), inner=16, canvas=4
        ),
        pages={"flat": (1.0, 6)},
        layouts=6,
        tellings=200,
        measured=3,
        prompts=2,
    )
    small = partial(train_small, tmp_path, minutes=0.08, size=size, console=Console(quiet=True))
    found = small(resume=False)
    assert found is not None
    weights, scores = found
    assert {"guess at 1, dB", "nearer, %", "seen, raw, %", "held out, raw, %"} <= scores.keys()
    assert sfumato.load(weights).paint("a cat", seed=1, steps=2)[0].image.size == (256, 256)
    assert small(resume=True) == found  # nothing is left to do
    with pytest.raises(Refusal, match="already holds a run"):
        small(resume=False)
