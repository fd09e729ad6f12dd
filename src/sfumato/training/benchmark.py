"""How fast a recipe trains here, against what the machine multiplies in the same minute."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import torch
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

from .precision import matrix_rate
from .run import State, advance
from .task import Run


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
        state = State.begin(run, None)
        device = next(state.task.modules.parameters()).device
        size = 1024 if device.type == "cpu" else 8192
        kinds = {"float32": torch.float32, "bfloat16": torch.bfloat16}
        before = {name: matrix_rate(dtype, device, size=size, seconds=seconds / 10) for name, dtype in kinds.items()}
        tick = time.perf_counter()
        batch = state.task.batch(0, run.batch)
        batch_seconds = time.perf_counter() - tick
        with FlopCounterMode(display=False) as counter:
            advance(state, batch)
        state.compile(run.compile)
        times: list[float] = []
        began = time.monotonic()
        while len(times) < 5 or time.monotonic() - began < seconds:
            tick = time.perf_counter()
            advance(state, batch)
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
