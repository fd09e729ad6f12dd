"""Where a run shows itself: a progress bar, metrics in a file and in TensorBoard, pictures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors import SafetensorError
from torch import nn

from .task import Run, Task, TrainingError


class Board:
    """Where a run shows itself: a progress bar, ``metrics.jsonl``, TensorBoard and pictures."""

    def __init__(
        self, run: Run, folder: Path, step: int, goal: int, *, quiet: bool, console: Console, track: bool
    ) -> None:
        self.folder, self.goal, self.quiet, self.console = folder, goal, quiet, console
        self.path = folder / "metrics.jsonl"
        self._forget_after(step)
        self.metrics = self.path.open("a")
        self.tensorboard = _tensorboard(folder, step, self.say) if track else None
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]}  {task.fields[speed]} images/s  rate {task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self.line = self.bar.add_task(run.name, total=goal, completed=step, loss="-", speed="-", rate="-")

    def _forget_after(self, step: int) -> None:
        """Drops what was logged after the checkpoint: those steps are trained, and logged, once more."""
        kept = []
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            try:
                if json.loads(line)["step"] <= step:
                    kept.append(line + "\n")
            except ValueError:  # the line that was being written when the process died
                continue
        beside = self.path.with_suffix(".partial")
        with refused(self.path):
            beside.write_text("".join(kept))
            beside.replace(self.path)

    def say(self, text: str) -> None:
        if not self.quiet:
            self.console.print(text, highlight=False)

    def advance(self, step: int, loss: float | None, speed: float, rate: float) -> None:
        shown = "-" if loss is None else f"{loss:.4f}"
        self.bar.update(self.line, completed=step, loss=shown, speed=f"{speed:.1f}", rate=f"{rate:.2e}")

    def log(self, step: int, means: Mapping[str, float], rate: float, speed: float) -> None:
        self._write({"step": step, **means, "learning_rate": rate, "images_per_second": round(speed, 2)})
        if self.tensorboard:
            for name, value in [*means.items(), ("learning_rate", rate), ("images_per_second", speed)]:
                self.tensorboard.add_scalar(name, value, step)
        if not self.console.is_terminal and "loss" in means:
            self.say(f"step {step}/{self.goal}  loss {means['loss']:.4f}  {speed:.1f} images/s  rate {rate:.2e}")

    def skip(self, step: int, text: str) -> None:
        self._write({"step": step, "skipped": text})
        self.say(text)

    def _write(self, values: Mapping[str, Any]) -> None:
        with refused(self.path):
            self.metrics.write(json.dumps(values) + "\n")
            self.metrics.flush()

    def show(self, step: int, task: Task, modules: nn.ModuleDict) -> None:
        with torch.no_grad():
            picture = task.preview(modules)
        if picture is not None:
            path = self.folder / "previews" / f"{step:06d}.png"
            with refused(path):
                path.parent.mkdir(exist_ok=True)
                picture.save(path)

    def flush(self) -> None:
        """What was logged up to a checkpoint must outlive what the checkpoint outlives."""
        with refused(self.path):
            os.fsync(self.metrics.fileno())

    def __enter__(self) -> Board:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()
        self.metrics.close()
        if self.tensorboard:
            self.tensorboard.close()


def _tensorboard(folder: Path, step: int, say: Callable[[str], None]) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        say("TensorBoard is not installed (pip install 'sfumato[train]'): curves go to metrics.jsonl alone")
        return None
    return SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """What the disk will not take, in one line."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"could not write {path}: {error}") from error
