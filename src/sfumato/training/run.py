"""The one training loop: every recipe runs here, can be stopped at any moment, and resumes bit for bit."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from rich.console import Console
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer

from . import checkpoint
from .board import Board, refused
from .ema import Ema
from .optimizer import optimizers
from .precision import fast_precision
from .task import Run, Task, TrainingError, mixed, stream

PATIENCE = 3  # losses that are not finite, in a row, before a run is given up
SCHEDULE = ("steps", "learning_rate", "warmup", "cooldown")  # may change as long as every past step had the same rate


@dataclass(frozen=True)
class Report:
    """How a call of ``train`` ended. ``loss`` is smoothed; ``images_per_second`` counts training steps alone."""

    step: int
    steps: int
    ended: Literal["finished", "minutes", "steps", "interrupted"]
    loss: float
    images_per_second: float
    seconds: float
    weights: Path


@dataclass
class State:
    """Everything that a checkpoint holds, in the form in which training uses it."""

    run: Run
    task: Task
    ema: Ema
    optimizers: list[Optimizer]
    loss: Callable[[Any, torch.Generator], tuple[Tensor, dict[str, Tensor | float]]]
    step: int = 0
    bad: int = 0  # losses in a row that were not finite
    smooth: float | None = None  # the loss, averaged over some fifty steps
    meter: dict[str, list[float]] = field(default_factory=dict)  # metric -> [sum, count] since the last log

    @staticmethod
    def begin(run: Run, saved: checkpoint.Checkpoint | None) -> State:
        """A run at its first step, or where ``saved`` left it."""
        torch.manual_seed(run.seed)
        task = run.task()
        if run.precision == "auto":  # settled once for a run, since a measurement may turn out otherwise next time
            device = next(task.modules.parameters()).device
            run = replace(run, precision=saved.state["config"]["precision"] if saved else fast_precision(device))
        state = State(run, task, Ema(task.modules, run.ema), optimizers(run, task), task.loss)
        if saved:
            state.restore(saved)
        return state

    def compile(self, wanted: bool) -> None:
        """Sends the loss through the compiler; the averaged copy, which sees other shapes, stays as it is."""
        if wanted:
            self.loss = torch.compile(self.task.loss)

    def read_meter(self) -> dict[str, float]:
        """Mean of each metric since this was last asked."""
        means = {name: total / count for name, (total, count) in self.meter.items()}
        self.meter = {}
        return means

    def save(self, folder: Path) -> None:
        own: dict[Tensor, str] = {p: name for name, p in self.task.modules.named_parameters()}
        moments = {
            f"{own[p]}/{key}": value
            for optimizer in self.optimizers
            for p, values in optimizer.state.items()
            for key, value in values.items()
        }
        checkpoint.save(
            folder,
            step=self.step,
            tensors={
                "weights": checkpoint.tensors_of(self.task.modules),
                "ema": checkpoint.tensors_of(self.ema.modules),
                "optimizer": moments,
            },
            state={
                "config": described(self.run),
                "torch": torch.__version__,
                "bad": self.bad,
                "smooth": self.smooth,
                "meter": self.meter,
            },
        )

    def restore(self, saved: checkpoint.Checkpoint) -> None:
        """Takes over a checkpoint; raises TrainingError if it belongs to another configuration."""
        self.step = saved.state["step"]
        if change := changed(saved.state["config"], self.run, self.step):
            raise TrainingError(f"{saved.path} was trained with another configuration: {change}")
        checkpoint.restore(self.task.modules, saved.tensors["weights"])
        checkpoint.restore(self.ema.modules, saved.tensors["ema"])
        own = dict(self.task.modules.named_parameters())
        owner = {p: o for o in self.optimizers for group in o.param_groups for p in group["params"]}
        for full, value in saved.tensors["optimizer"].items():
            name, _, key = full.rpartition("/")
            p = own[name]
            # a moment lies in memory as its weight does; a count of steps is a scalar
            like = p if value.shape == p.shape else value
            owner[p].state[p][key] = torch.empty_like(like, device=p.device).copy_(value)
        self.bad, self.smooth, self.meter = (saved.state[key] for key in ("bad", "smooth", "meter"))


def train(
    run: Run,
    folder: Path,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    resume: bool = False,
    quiet: bool = False,
    console: Console | None = None,
    track: bool = True,
) -> Report:
    """Trains until ``run.steps``, or until ``minutes`` have passed or step ``steps`` is done, whichever comes first.

    ``folder`` receives ``checkpoints/``, ``previews/<step>.png``, ``metrics.jsonl``, TensorBoard files (with ``track``)
    and, at each clean end, ``weights/``: what the task exports. Stopping early leaves the schedule as it is: it goes by
    step over ``run.steps``, so a resumed chunk continues it. Ctrl-C and SIGTERM finish the step and save.

    Raises TrainingError (one line) if the folder holds a checkpoint and ``resume`` is off, if the configuration
    changed, if another process trains there, after three losses in a row that are not finite, and if the disk takes no
    more; CheckpointError if a checkpoint cannot be written, or none of those there can be read.
    """
    console = console or Console(stderr=True)
    began = time.monotonic()
    store = folder / "checkpoints"
    if not resume and checkpoint.exists(store):
        raise TrainingError(f"{folder} already holds a checkpoint: resume it, or choose another folder")
    goal = run.steps if steps is None else min(steps, run.steps)
    deadline = math.inf if minutes is None else began + 60 * minutes

    # the global random state (dropout draws from it) is set anew for every step, and given back at the end
    with _alone(folder), _asked_to_stop() as stop, torch.random.fork_rng(devices=[]):
        saved, notes = checkpoint.latest(store)
        state = State.begin(run, saved)
        state.compile(run.compile)
        if saved and saved.state["torch"] != torch.__version__:
            notes.append(f"saved by torch {saved.state['torch']}, resumed by {torch.__version__}: not bit for bit")
        saved_at, started, worked, pace = state.step if saved else -1, state.step, 0.0, None
        del saved
        every, ended = run.every, "finished"
        log, draw, write = (_Every(amount, every.unit, state.step) for amount in (every.log, every.preview, every.save))
        with (
            Board(run, folder, state.step, goal, quiet=quiet, console=console, track=track) as board,
            _Ahead(state.task, run.batch, state.step, goal) as batches,
        ):
            for note in notes:
                board.say(note)
            while state.step < goal and ended == "finished":
                tick = time.monotonic()
                wrong = advance(state, batches.take(state.step))
                took = time.monotonic() - tick
                worked += took
                pace = took if pace is None else 0.95 * pace + 0.05 * took
                speed = run.batch / pace
                if wrong:
                    board.skip(state.step, f"{wrong}; skipped ({state.bad} of {PATIENCE})")
                    if state.bad == PATIENCE:
                        raise TrainingError(f"{wrong}, like the {PATIENCE - 1} before: try a lower learning rate")
                board.advance(state.step, state.smooth, speed, run.rate(state.step - 1))
                if stop.is_set():
                    ended = "interrupted"
                elif state.step < goal and time.monotonic() >= deadline:
                    ended = "minutes"
                elif state.step == goal < run.steps:
                    ended = "steps"
                last = ended != "finished" or state.step == goal
                if log.due(state.step) or last:
                    board.log(state.step, state.read_meter(), run.rate(state.step - 1), speed)
                if write.due(state.step) or last:
                    board.flush()
                    state.save(store)
                    saved_at = state.step
                if draw.due(state.step) or (last and every.preview):
                    board.show(state.step, state.task, state.ema.modules)
        if saved_at != state.step:  # a run of no steps at all
            state.save(store)
        weights = _export(state, folder / "weights")
        return Report(
            step=state.step,
            steps=run.steps,
            ended=ended,  # type: ignore[arg-type]
            loss=math.nan if state.smooth is None else state.smooth,
            images_per_second=(state.step - started) * run.batch / worked if worked else 0.0,
            seconds=time.monotonic() - began,
            weights=weights,
        )


def _export(state: State, folder: Path) -> Path:
    """What the task ships, in a folder that is replaced only when the new one is complete."""
    partial_folder = folder.with_suffix(".partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    with refused(folder):
        partial_folder.mkdir(parents=True)
        state.task.export(state.ema.modules, partial_folder)
        shutil.rmtree(folder, ignore_errors=True)
        return partial_folder.rename(folder)


def advance(state: State, batch: Any) -> str | None:
    """One step of training; what was wrong with it if it had to be skipped."""
    run, task, step = state.run, state.task, state.step
    trained = [p for p in task.modules.parameters() if p.requires_grad]
    task.modules.train()
    torch.manual_seed(mixed(run.seed, step))
    with torch.autocast(trained[0].device.type, torch.bfloat16, enabled=run.precision == "bfloat16"):
        loss, metrics = state.loss(batch, stream(run.seed, step))
    value, wrong = float(loss.detach()), None
    if not math.isfinite(value):
        wrong = f"the loss of step {step + 1} is {value}"
    else:
        loss.backward()
        norm = float(nn.utils.clip_grad_norm_(trained, run.clip or math.inf))
        if not math.isfinite(norm):
            wrong = f"the gradient of step {step + 1} has norm {norm}"
        else:
            for optimizer in state.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = run.rate(step)
                optimizer.step()
            state.ema.update(task.modules, step)
            state.smooth = value if state.smooth is None else 0.98 * state.smooth + 0.02 * value
            for name, metric in {"loss": value, "gradient_norm": norm, **metrics}.items():
                number = float(metric.detach()) if isinstance(metric, Tensor) else float(metric)
                total, count = state.meter.get(name, [0.0, 0])
                state.meter[name] = [total + number, count + 1]
    for p in trained:
        p.grad = None
    state.step, state.bad = step + 1, state.bad + 1 if wrong else 0
    return wrong


def described(run: Run) -> dict[str, Any]:
    """The configuration as JSON: all that decides the numbers, with the settings that a recipe bound to its task."""
    values = asdict(replace(run, task=Task))
    del values["task"], values["every"]
    bound = run.task
    settings = (
        [repr(a) for a in bound.args] + [f"{k}={v!r}" for k, v in bound.keywords.items()]
        if isinstance(bound, partial)
        else []
    )
    return json.loads(json.dumps(values | {"settings": re.sub(r" at 0x[0-9a-f]+", "", ", ".join(settings))}))


def changed(was: Mapping[str, Any], run: Run, step: int) -> str:
    """What a configuration changed since ``step``, on one line; empty if nothing that matters."""
    now = described(run)
    before = replace(run, **{name: was[name] for name in SCHEDULE})
    same_schedule = all(before.rate(k) == run.rate(k) for k in range(step))
    differs = [
        f"{name} was {was.get(name)} and is {now.get(name)}"
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name) and not (name in SCHEDULE and same_schedule)
    ]
    return "; ".join(differs)


class _Every:
    """Says when something is due again, by steps or by seconds."""

    def __init__(self, amount: float, unit: Literal["steps", "seconds"], step: int) -> None:
        self.amount, self.unit = amount, unit
        self.last = time.monotonic()

    def due(self, step: int) -> bool:
        if not self.amount:
            return False
        if self.unit == "steps":
            return step % int(self.amount) == 0
        if time.monotonic() - self.last < self.amount:
            return False
        self.last = time.monotonic()
        return True


class _Ahead:
    """Makes the batch of the next step while this one trains; exact, because a batch is a pure function of its step."""

    def __init__(self, task: Task, size: int, step: int, goal: int) -> None:
        self.task, self.size, self.goal = task, size, goal
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="batch")
        self.next = self.thread.submit(self._make, step) if step < goal else None

    def _make(self, step: int) -> Any:
        with torch.no_grad():
            return self.task.batch(step, self.size)

    def take(self, step: int) -> Any:
        assert self.next is not None
        batch = self.next.result()
        self.next = self.thread.submit(self._make, step + 1) if step + 1 < self.goal else None
        return batch

    def __enter__(self) -> _Ahead:
        return self

    def __exit__(self, *error: object) -> None:
        self.thread.shutdown(cancel_futures=True)


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set the event; a second one interrupts at once. Elsewhere than in the main thread: nothing."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process per folder; the lock goes with the process, however it dies. Raises TrainingError."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        yield
        return
    import fcntl

    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TrainingError(f"another process is training in {folder}") from error
        yield
