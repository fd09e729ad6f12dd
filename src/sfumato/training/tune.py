"""A study of the few knobs that matter to a recipe: short runs by the clock, the poor ones given up early (Optuna)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from safetensors import safe_open

from ..checkpoints.bundle import SPEC
from ..core.refusal import Refusal
from ..pipeline.load import load
from .measure import guesses
from .recipes import KNOBS, Knob, knobs_of, turned
from .task import Run, TrainingError
from .timed import train_for

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

LOOKS: Final = (0.3, 0.6)  # shares of a trial at which it may be given up


def study_of(recipe: str, run: Run, *, trials: int, minutes: float, out: Path, console: Console) -> Study:
    """Bring the study of a recipe to so many trials, finished or given up, of so many minutes each.

    The study lies in ``out`` and grows from call to call; a trial that was interrupted is begun anew with its values.
    Trials are not compiled, since the compiler would take more time than it saves. Raises Refusal where the recipe
    declares no knobs, and if the study was begun with other minutes.
    """
    import optuna
    from optuna.trial import TrialState

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    knobs = knobs_of(recipe)
    out.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name=recipe,
        storage=f"sqlite:///{out / 'study.sqlite'}",
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
        load_if_exists=True,
    )
    if (known := study.user_attrs.get("minutes", minutes)) != minutes:
        raise Refusal(f"the study in {out} has trials of {known:g} minutes, not {minutes:g}")
    study.set_user_attr("minutes", minutes)
    for cut_off in study.get_trials(states=[TrialState.RUNNING]):  # by a kill
        _again(study, cut_off)
    run = replace(run, compile=False)
    run.task()  # what trials share, such as latents, is made now
    while len(study.get_trials(states=[TrialState.COMPLETE, TrialState.PRUNED])) < trials:
        trial = study.ask()
        values = {name: _drawn(trial, name, knob) for name, knob in knobs.items()}
        console.print(f"trial {trial.number}: {_spoken(values)}", highlight=False)
        if not _tried(study, trial, turned(run, values), out / f"{trial.number:03d}", minutes, console):
            break
    return study


def _tried(study: Study, trial: Trial, run: Run, folder: Path, minutes: float, console: Console) -> bool:
    """Train and score one trial, and tell the study; False if a person interrupted it."""
    from optuna.trial import TrialState

    found, state = 0.0, TrialState.COMPLETE
    try:
        for look, report in enumerate(train_for(run, folder, minutes=minutes, looks=LOOKS, console=console)):
            if report.ended == "interrupted":
                _again(study, study.trials[trial.number])
                return False
            trial.report(found := score(report.weights), look)
            if report.ended != "finished" and trial.should_prune():
                state = TrialState.PRUNED
                break
    except TrainingError as error:  # its loss is not finite
        console.print(f"trial {trial.number} is given up: {error}", highlight=False, soft_wrap=True)
        state = TrialState.PRUNED
    study.tell(trial, found if state is TrialState.COMPLETE else None, state=state)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    return True


def _again(study: Study, trial: FrozenTrial) -> None:
    """A trial that came to no end is tried once more, under another number."""
    from optuna.trial import TrialState

    study.tell(trial.number, state=TrialState.FAIL)
    study.enqueue_trial(trial.params)


def score(folder: Path) -> float:
    """What a run's ``weights/`` are worth on held-out pictures, in dB or as a share; more is better.

    A painter: the mean PSNR of its guesses at several noises. What else there is says it in its own file.
    """
    if (folder / SPEC).is_file():
        found = guesses(load(folder, device="cpu"), count=32)
        return sum(found.values()) / len(found)
    (path,) = folder.glob("*.safetensors")
    with safe_open(path, framework="pt") as file:
        (value,) = file.metadata().values()
    return float(value)


def best(study: Study) -> FrozenTrial | None:
    """The finished trial with the highest score."""
    from optuna.trial import TrialState

    done = study.get_trials(states=[TrialState.COMPLETE])
    return max(done, key=lambda trial: trial.value or 0.0, default=None)


def table(study: Study) -> Table:
    """Every trial that came to an end, the best first and those given up last."""
    from optuna.trial import TrialState

    found = study.get_trials(states=[TrialState.COMPLETE, TrialState.PRUNED])
    rows = Table("trial", "score", *KNOBS[study.study_name], title=f"{study.study_name}, score on held-out pictures")
    for trial in sorted(found, key=lambda trial: (trial.state is not TrialState.COMPLETE, -(trial.value or 0.0))):
        told = "given up" if trial.value is None else f"{trial.value:.3f}"
        told += "" if trial.state is TrialState.COMPLETE or trial.value is None else " when given up"
        rows.add_row(str(trial.number), told, *(f"{trial.params[name]:.3g}" for name in KNOBS[study.study_name]))
    return rows


def command(study: Study, values: Mapping[str, float]) -> str:
    """The command that trains the recipe whole with these values."""
    return f"sfumato train {study.study_name} " + " ".join(f"--knob {k}={v:.3g}" for k, v in values.items())


def _drawn(trial: Trial, name: str, knob: Knob) -> float:
    if knob.choices:
        return float(trial.suggest_categorical(name, knob.choices))
    return trial.suggest_float(name, knob.low, knob.high, log=knob.log)


def _spoken(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in values.items())
