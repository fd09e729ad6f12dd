"""Tuning: knobs are declared beside their recipe, the study survives its process and finds what is better."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from rich.console import Console
from safetensors.torch import save_file
from torch import Tensor, nn

from sfumato.apps import cli
from sfumato.core.refusal import Refusal
from sfumato.training.recipes import KNOBS, RECIPES, knobs_of, turned
from sfumato.training.task import Cadence, Run, stream

optuna = pytest.importorskip("optuna")

from sfumato.training.tune import best, command, study_of, table  # noqa: E402 - needs optuna


class Line:
    """One number learns to be one, and its file says how near it came, as the text encoder's does."""

    def __init__(self) -> None:
        self.modules = nn.ModuleDict({"line": nn.Linear(1, 1, bias=False)})
        nn.init.zeros_(self.modules.get_parameter("line.weight"))

    def batch(self, step: int, size: int) -> Tensor:
        return torch.rand(size, 1, generator=stream(1, step))

    def loss(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        return (self.modules["line"](batch) - batch).square().mean(), {}

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        return None

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        missed = abs(float(modules.get_parameter("line.weight")) - 1)
        save_file(modules.state_dict(), folder / "line.safetensors", metadata={"score": f"{-missed:.6f}"})


RUN = Run("text", partial(Line), batch=8, steps=0, learning_rate=1e-3, warmup=0, ema=0.0, every=Cadence(0, 0, 0))


def test_trials_are_not_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda _: pytest.fail("the compiler would take more time than it saves"))
    compiled = replace(RUN, compile=True)
    study = study_of("text", compiled, trials=1, minutes=0.005, out=tmp_path, console=Console(quiet=True))
    assert table(study).row_count == 1


def test_a_study_goes_on_where_it_stopped_and_says_the_best(tmp_path: Path) -> None:
    look = partial(study_of, "text", RUN, minutes=0.005, out=tmp_path, console=Console(quiet=True))
    first = look(trials=2)
    cut_off = first.ask({"learning_rate": optuna.distributions.FloatDistribution(1e-4, 3e-3, log=True)})
    study = look(trials=4)  # a trial that a kill cut off is tried again, with the same value
    states = [trial.state.name for trial in study.trials]
    assert states[2] == "FAIL" and sum(state in ("COMPLETE", "PRUNED") for state in states) == 4
    assert study.trials[3].params["learning_rate"] == cut_off.params["learning_rate"]
    found = best(study)
    assert found is not None and found.value == max(t.value for t in study.trials if t.state.name == "COMPLETE")
    assert table(study).row_count == 4
    words = command(study, found.params).split()
    assert words[:3] == ["sfumato", "train", "text"] and words.count("--knob") == len(KNOBS["text"])
    with pytest.raises(Refusal, match=r"trials of 0\.005 minutes, not 1"):
        study_of("text", RUN, trials=5, minutes=1, out=tmp_path, console=Console(quiet=True))


def test_knobs_are_turned_within_their_bounds() -> None:
    for recipe, knobs in KNOBS.items():
        run = RECIPES[recipe]()
        for name, knob in knobs.items():
            value = knob.choices[0] if knob.choices else knob.high
            new = turned(run, {name: value})
            told = repr(new) if name in Run.__dataclass_fields__ else repr(new.task)
            assert f"{name}={value}" in told, (recipe, name)
            with pytest.raises(Refusal, match=f"knob {name}"):
                turned(run, {name: 1e6})
    with pytest.raises(Refusal, match="unknown knob 'speed'"):
        turned(RECIPES["painter"](), {"speed": 1})
    with pytest.raises(Refusal, match="has no knobs"):
        knobs_of("painter_unet")
    with pytest.raises(Refusal, match="unknown recipe"):
        knobs_of("paint")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("tune paint", "unknown recipe 'paint', did you mean painter"),
        ("tune painter_unet", "has no knobs"),
        ("tune painter --trials 0", "trials 0 must be more than 0"),
        ("tune painter --minutes nan", "minutes nan must be more than 0"),
        ("bakeoff", "name one of the two"),
        ("bakeoff --minutes 1 --pictures 2", "name one of the two"),
        ("bakeoff --pictures -1", "pictures -1 must be more than 0"),
        ("bakeoff dut --pictures 1", "unknown arm 'dut', did you mean dit"),
        ("train painter --knob mean", "is not NAME=VALUE"),
        ("train painter --knob mean=9", "goes from -0.3 to 1.8; 9 is outside"),
        ("train codec_decoder --knob batch=8", "has no knobs"),
        ("train small --knob batch=8", "takes neither"),
        ("train small --minutes 0", "minutes 0.0 must be more than 0"),
        ("train smal", "did you mean small"),
        ("train painter_fast", "is missing: the recipe painter makes it"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_leaves_nothing(
    words: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        cli.main(words.split())
    said = capsys.readouterr().err
    assert left.value.code == 2 and why in said and said.count("\n") == 1, said
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
