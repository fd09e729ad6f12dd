"""The one training loop: every recipe runs here, can be stopped at any moment, and resumes bit for bit."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import statistics
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
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer
from torch.utils.flop_counter import FlopCounterMode

from ..core.refusal import Refusal
from . import checkpoint
from .ema import Ema
from .task import NamesHidden, Run, Task, mixed, stream

PATIENCE = 3  # losses that are not finite, in a row, before a run is given up
SCHEDULE = ("steps", "learning_rate", "warmup", "cooldown")  # may change as long as every past step had the same rate


class TrainingError(Refusal):
    """A run cannot start or go on."""


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
class _State:
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
    def begin(run: Run, saved: checkpoint.Checkpoint | None) -> _State:
        """A run at its first step, or where ``saved`` left it."""
        torch.manual_seed(run.seed)
        task = run.task()
        if run.precision == "auto":  # settled once for a run, since a measurement may turn out otherwise next time
            device = next(task.modules.parameters()).device
            run = replace(run, precision=saved.state["config"]["precision"] if saved else fast_precision(device))
        state = _State(run, task, Ema(task.modules, run.ema), optimizers(run, task), task.loss)
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
        state = _State.begin(run, saved)
        state.compile(run.compile)
        if saved and saved.state["torch"] != torch.__version__:
            notes.append(f"saved by torch {saved.state['torch']}, resumed by {torch.__version__}: not bit for bit")
        saved_at, started, worked, pace = state.step if saved else -1, state.step, 0.0, None
        del saved
        every, ended = run.every, "finished"
        log, draw, write = (_Every(amount, every.unit, state.step) for amount in (every.log, every.preview, every.save))
        with (
            _Board(run, folder, state.step, goal, quiet=quiet, console=console, track=track) as board,
            _Ahead(state.task, run.batch, state.step, goal) as batches,
        ):
            for note in notes:
                board.say(note)
            while state.step < goal and ended == "finished":
                tick = time.monotonic()
                wrong = _advance(state, batches.take(state.step))
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


def _export(state: _State, folder: Path) -> Path:
    """What the task ships, in a folder that is replaced only when the new one is complete."""
    partial_folder = folder.with_suffix(".partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    with _refused(folder):
        partial_folder.mkdir(parents=True)
        state.task.export(state.ema.modules, partial_folder)
        shutil.rmtree(folder, ignore_errors=True)
        return partial_folder.rename(folder)


def _advance(state: _State, batch: Any) -> str | None:
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


def optimizers(run: Run, task: Task) -> list[Optimizer]:
    """AdamW over everything trained, or Muon over the hidden matrices and AdamW over the rest.

    Both follow one learning rate: Muon's update is scaled to the root mean square of AdamW's (arXiv 2502.16982, eq. 4).
    """
    named = {name: p for name, p in task.modules.named_parameters() if p.requires_grad}
    if not named:
        raise TrainingError("the task has nothing to train")
    embeddings = {id(m.weight) for m in task.modules.modules() if isinstance(m, nn.Embedding)}
    decayed = [p.ndim >= 2 and id(p) not in embeddings for p in named.values()]
    hidden: set[str] = set()
    if run.optimizer == "muon":
        if isinstance(task, NamesHidden):
            hidden = {name for name, p in named.items() if task.hidden(name, p)}
        else:
            hidden = hidden_matrices(task.modules) & named.keys()
    rest = [(p, decay) for (name, p), decay in zip(named.items(), decayed, strict=True) if name not in hidden]
    groups = [
        {"params": [p for p, decay in rest if decay], "weight_decay": run.weight_decay},
        {"params": [p for p, decay in rest if not decay], "weight_decay": 0.0},
    ]
    found: list[Optimizer] = []
    if any(group["params"] for group in groups):
        found.append(torch.optim.AdamW(groups, lr=run.learning_rate, betas=run.betas, fused=True))
    if hidden:
        muon = torch.optim.Muon if run.precision == "bfloat16" else _Float32Muon
        matrices = [named[name] for name in sorted(hidden)]
        found.append(
            muon(matrices, lr=run.learning_rate, weight_decay=run.weight_decay, adjust_lr_fn="match_rms_adamw")
        )
    return found


class _Float32Muon(torch.optim.Muon):
    """Muon with float32 products: torch's are bfloat16, 15 times slower where the hardware does not multiply that."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            momentum, rate = group["momentum"], group["lr"]
            for p in [p for p in group["params"] if p.grad is not None]:
                average = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p))
                average.lerp_(p.grad, 1 - momentum)
                update = orthogonal(p.grad.lerp(average, momentum), group["ns_coefficients"], group["ns_steps"])
                p.mul_(1 - rate * group["weight_decay"])
                p.add_(update, alpha=-0.2 * rate * math.sqrt(max(p.shape)))


def orthogonal(matrix: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    """``matrix`` with all singular values brought near 1, by the iteration X <- aX + (bA + cA^2)X with A = XX^T.

    The quintic Newton-Schulz iteration of Jordan's Muon (kellerjordan.github.io/posts/muon), which gives about
    [0.7, 1.2] rather than 1: that is as good for training.
    """
    a, b, c = coefficients
    x = matrix.mT if matrix.shape[0] > matrix.shape[1] else matrix
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if matrix.shape[0] > matrix.shape[1] else x


def hidden_matrices(modules: nn.Module) -> set[str]:
    """Weights of the linear layers inside a repeated block (an ``nn.ModuleList``), by name: no heads, no embeddings."""
    blocks = [name + "." for name, module in modules.named_modules() if isinstance(module, nn.ModuleList)]
    return {
        f"{name}.weight"
        for name, module in modules.named_modules()
        if isinstance(module, nn.Linear) and any(name.startswith(block) for block in blocks)
    }


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


def fast_precision(device: torch.device) -> Literal["float32", "bfloat16"]:
    """bfloat16 where the hardware multiplies it faster than float32: a GPU is asked, a processor is measured."""
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    single, half = (matrix_rate(dtype, device, size=256, seconds=0.05) for dtype in (torch.float32, torch.bfloat16))
    return "bfloat16" if half > 1.5 * single else "float32"


def matrix_rate(dtype: torch.dtype, device: torch.device, *, size: int, seconds: float) -> float:
    """FLOP/s of the product of two square matrices, the best of several within about ``seconds``.

    Their side is ``size``, or less where even one product of that side would take too long.
    """
    side, best, began = min(64, size), math.inf, time.monotonic()
    while True:
        a, b = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))
        took = math.inf
        for _ in range(3):
            tick = time.perf_counter()
            float((a @ b)[0, 0])  # reading a value waits for a device that works in the background
            took = min(took, time.perf_counter() - tick)
        best = min(best, took / (2 * side**3))
        if time.monotonic() - began > seconds:
            return 1 / best
        if 2 * side <= size and 24 * took < seconds:  # three products of eight times the work
            side *= 2


@dataclass(frozen=True)
class Benchmark:
    """How fast a run trains here. Rates are FLOP/s; ``share`` is the step's rate over the matrix product's."""

    images_per_second: float
    step_seconds: float
    batch_seconds: float
    flops: int
    precision: str
    matrix_rates: dict[str, float]

    @property
    def share(self) -> float:
        return self.flops / self.step_seconds / self.matrix_rates[self.precision]


def benchmark(run: Run, *, seconds: float = 10.0, console: Console | None = None) -> Benchmark:
    """Times training steps for about ``seconds`` (the median, after two to warm up) and prints a table.

    FLOPs are those of the products and convolutions of one forward and backward pass, counted and not estimated. The
    matrix product is measured before and after, in float32 and bfloat16, and the better counts.
    """
    with torch.random.fork_rng(devices=[]):
        state = _State.begin(run, None)
        device = next(state.task.modules.parameters()).device
        size = 1024 if device.type == "cpu" else 8192
        kinds = {"float32": torch.float32, "bfloat16": torch.bfloat16}
        before = {name: matrix_rate(dtype, device, size=size, seconds=seconds / 10) for name, dtype in kinds.items()}
        tick = time.perf_counter()
        batch = state.task.batch(0, run.batch)
        batch_seconds = time.perf_counter() - tick
        with FlopCounterMode(display=False) as counter:
            _advance(state, batch)
        state.compile(run.compile)
        times: list[float] = []
        began = time.monotonic()
        while len(times) < 5 or time.monotonic() - began < seconds:
            tick = time.perf_counter()
            _advance(state, batch)
            times.append(time.perf_counter() - tick)
        after = {name: matrix_rate(dtype, device, size=size, seconds=seconds / 10) for name, dtype in kinds.items()}
    median = statistics.median(times[2:])
    rates = {name: max(before[name], after[name]) for name in kinds}
    found = Benchmark(run.batch / median, median, batch_seconds, counter.get_total_flops(), state.run.precision, rates)
    table = Table("what", "measured", title=f"{run.name}, batch {run.batch}, {found.precision}")
    table.add_row("training step", f"{found.images_per_second:.2f} images/s ({median:.4f} s)")
    table.add_row("making a batch, in the background", f"{run.batch / batch_seconds:.2f} images/s")
    table.add_row("forward and backward", f"{found.flops / 1e9:.2f} GFLOP, {found.flops / median / 1e9:.2f} GFLOP/s")
    for name, rate in rates.items():
        table.add_row(f"matrix product, {name}", f"{rate / 1e9:.2f} GFLOP/s")
    table.add_row(f"share of the {found.precision} product", f"{found.share:.1%}")
    (console or Console()).print(table)
    return found


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


class _Board:
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
        with _refused(self.path):
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
        with _refused(self.path):
            self.metrics.write(json.dumps(values) + "\n")
            self.metrics.flush()

    def show(self, step: int, task: Task, modules: nn.ModuleDict) -> None:
        with torch.no_grad():
            picture = task.preview(modules)
        if picture is not None:
            path = self.folder / "previews" / f"{step:06d}.png"
            with _refused(path):
                path.parent.mkdir(exist_ok=True)
                picture.save(path)

    def flush(self) -> None:
        """What was logged up to a checkpoint must outlive what the checkpoint outlives."""
        with _refused(self.path):
            os.fsync(self.metrics.fileno())

    def __enter__(self) -> _Board:
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
def _refused(path: Path) -> Iterator[None]:
    """What the disk will not take, in one line."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"could not write {path}: {error}") from error


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
