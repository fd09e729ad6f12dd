"""The bake-off: painters that differ in one thing each, trained for equal minutes or on equally many pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from rich.console import Console

from ..core.disk import write_whole
from ..core.refusal import unknown
from ..models.autoencoder import AutoencoderConfig
from ..models.dit import DiTConfig
from ..pipeline.load import load
from .measure import measure, nearer
from .recipes import DIT, LAYOUT_DIT, RUNS, UNET, Setting, layout_task, painter_task
from .run import Report, train
from .task import Cadence, Run, TrainingError
from .timed import FALL, train_for

RESULTS: Final = "results.json"
WATCHED: Final = {"guess at 1, dB": "more", "nearer, %": "less"}
LOOKS: Final = (0.25, 0.5)  # shares of a run at which it is measured, besides its end
SCALES: Final = (1.0, 2.0, 4.0, 7.0)  # of guidance, for the painter that the others are compared with
_TASK: Final = partial(painter_task, sizes={(256, 256): (1.0, 6000)})


@dataclass(frozen=True)
class Arm:
    """One painter: what is different about it, and its task. ``rate``: the learning rate that suits its network."""

    about: str
    task: Callable[[], Any]
    rate: float = 7e-4

    def run(self, name: str) -> Run:
        return Run(
            name=name,
            task=self.task,
            batch=32,
            steps=0,
            learning_rate=self.rate,
            warmup=50,
            ema=0.995,
            every=Cadence(log=20, preview=0, save=0),
        )


# The first is what all others are compared with.
ARMS: Final[Mapping[str, Arm]] = {
    "dit": Arm("latents of 32 channels, velocity, plans, a rim, text learned along", partial(_TASK, "dit", DIT)),
    "layout": Arm("told layouts by the writer of runs/writer, not words",
                  partial(layout_task, "layout", LAYOUT_DIT, pages={"": (1.0, 6000)}), rate=1e-3),
    "no_plans": Arm("without plans", partial(_TASK, "no_plans", DIT, planning=0.0)),
    "no_rim": Arm("without a rim", partial(_TASK, "no_rim", replace(DIT, rim=0))),
    "unet": Arm("a U-Net without plans", partial(_TASK, "unet", UNET), rate=5e-4),
    "pixels": Arm(
        "no codec: patches of 32 pixels, says x0",
        partial(
            _TASK,
            "pixels",
            DiTConfig(channels=3, patch=32, text=DIT.text),
            prediction="x0",
            setting=Setting(codec=None),
        ),
    ),
    "channels_16": Arm(
        "latents of 16 channels",
        partial(
            _TASK,
            "channels_16",
            replace(DIT, channels=16),
            setting=Setting(codec=AutoencoderConfig(channels=16), eyes="codec_16"),
        ),
    ),
    "text_frozen": Arm(
        "the text encoder of the recipe text, not trained further",
        partial(_TASK, "text_frozen", DIT, meaning=RUNS / "text/weights/text.safetensors"),
    ),
    "x0": Arm("says x0, judged as velocity", partial(_TASK, "x0", DIT, prediction="x0")),
    "middle_times": Arm("times around 0.5, not 0.71", partial(_TASK, "middle_times", DIT, mean=0.0)),
    "no_silence": Arm("no emptied captions, so guidance is a guess", partial(_TASK, "no_silence", DIT, drop=0.0)),
}


@dataclass(frozen=True)
class Budget:
    """What every arm gets: so many minutes, or so many pictures."""

    amount: float
    unit: Literal["minutes", "pictures"]
    measured: int = 64  # held-out pictures that it is measured on
    prompts: int = 10  # of each of six tasks that the judge sees painted

    def train(self, run: Run, folder: Path, console: Console | None) -> Iterator[Report]:
        """Reports at each of LOOKS and at the end."""
        if self.unit == "minutes":
            run.task()  # latents and plans are made now, on nobody's time
            yield from train_for(run, folder, minutes=self.amount, looks=LOOKS, resume=True, console=console)
            return
        whole = replace(run, steps=max(1, round(self.amount / run.batch)), cooldown=FALL)
        for share in (*LOOKS, 1.0):
            yield train(whole, folder, steps=round(share * whole.steps), resume=True, console=console)


def bakeoff(names: Sequence[str], budget: Budget, out: Path, *, console: Console | None = None) -> Path:
    """Train and measure the arms of these names, or all; the folder with each arm's results, a table and a plot.

    What an earlier call finished stays, and what it was in the middle of goes on. An arm that builds on a run which is
    not there is left out, and said so. Raises Refusal for a name nobody knows.
    """
    for name in names:
        if name not in ARMS:
            raise unknown("arm", name, ARMS)
    console, folder = console or Console(stderr=True), out / f"{budget.amount:g}-{budget.unit}"
    for name in names or ARMS:
        try:
            if not _finish(name, budget, folder / name, console):
                break
        except TrainingError as error:
            console.print(f"{name} is left out: {error}", highlight=False, soft_wrap=True)
    found = {name: looks for name in ARMS if (looks := _read(folder / name / RESULTS)["looks"])}
    if found:
        write_whole(folder / "README.md", table(found, budget).encode(), force=True)
        plot(found, budget, folder / "plot.png")
    return folder


def _finish(name: str, budget: Budget, folder: Path, console: Console) -> bool:
    """Train an arm to its end, measuring it on the way; False if it was interrupted."""
    results = _read(folder / RESULTS)
    if results["finished"]:
        return True
    run, looks = ARMS[name].run(name), results["looks"]
    for report in budget.train(run, folder, console):
        results["seconds"] += report.seconds
        pictures = report.step * run.batch
        stopped = report.ended == "interrupted"
        if not stopped and pictures not in [look["pictures"] for look in looks]:
            row = measure(report.weights, count=budget.measured, prompts=budget.prompts).row()
            looks.append({"minutes": results["seconds"] / 60, "pictures": pictures, **row})
        results["finished"] = report.ended == "finished"
        if results["finished"] and name == next(iter(ARMS)):
            model = load(report.weights, device="cpu")
            looks[-1] |= {
                f"nearer at guidance {scale:g}, %": 100 * nearer(model, count=budget.measured, scale=scale)
                for scale in SCALES
            }
        write_whole(folder / RESULTS, json.dumps(results, indent=1).encode(), force=True)
        if stopped:
            return False
    return True


def _read(path: Path) -> dict[str, Any]:
    """An arm's results so far."""
    empty = {"finished": False, "seconds": 0.0, "looks": []}
    try:
        return json.loads(path.read_text()) if path.exists() else empty
    except ValueError as error:
        raise TrainingError(f"{path} is damaged: {error}") from error


def table(found: Mapping[str, Sequence[Mapping[str, float]]], budget: Budget) -> str:
    """The last look at every arm, as Markdown."""
    columns = list(dict.fromkeys(key for looks in found.values() for key in looks[-1]))
    lines = [
        f"# {budget.amount:g} {budget.unit} each",
        "",
        f"| arm | {' | '.join(columns)} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, looks in found.items():
        cells = [f"{looks[-1][key]:.2f}".removesuffix(".00") if key in looks[-1] else "" for key in columns]
        lines.append(f"| {name}: {ARMS[name].about} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def plot(found: Mapping[str, Sequence[Mapping[str, float]]], budget: Budget, path: Path) -> None:
    """Curves of every arm: how well words alone are guessed from, and how near paintings come, against the budget."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    for axes, (key, better) in zip(figure.subplots(1, 2), WATCHED.items(), strict=True):
        for name, looks in found.items():
            x, y = [look[budget.unit] for look in looks], [look[key] for look in looks]
            i = [*ARMS].index(name)  # an arm has its colour in every bake-off; there are ten
            axes.plot(x, y, marker="o", color=f"C{i % 10}", linestyle="-" if i < 10 else ":", label=name)
        axes.set(xlabel=budget.unit, ylabel=f"{key} ({better} is better)")
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize="small")
    figure.savefig(path, dpi=110)
