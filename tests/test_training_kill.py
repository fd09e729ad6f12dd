"""A run killed again and again, in the middle of a step and of a save, ends as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sfumato.training.task import Cadence, Run
from test_training import RUN, Tiny, go, same

KILLS = 20


class Heavy(Tiny):
    """Tiny, with two million numbers to save, so that a kill often comes in the middle of it."""

    def __init__(self) -> None:
        super().__init__()
        self.modules["ballast"] = nn.BatchNorm1d(1)
        self.modules["ballast"].register_buffer("weightless", torch.zeros(2_000_000))


def run(every: Cadence) -> Run:
    return Run(
        name=RUN.name, task=Heavy, batch=4, steps=200, learning_rate=1e-2, ema=0.99, every=every, precision="float32"
    )


def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    go(run(Cadence(log=1, preview=0, save=0)), tmp_path / "whole")
    folder, dice, torn = tmp_path / "killed", random.Random(0), 0
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, __file__, str(folder)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"step\n"
        time.sleep(dice.uniform(0, 0.3))
        child.kill()
        assert child.wait() == -9, "it was killed while it ran, not after"
        torn += bool([*folder.glob("checkpoints/*.partial")])
    print(f"{torn} of {KILLS} kills tore a save")
    assert torn
    go(run(Cadence(log=1, preview=0, save=0)), folder, resume=True)
    assert same(tmp_path / "whole", folder)


if __name__ == "__main__":
    torch.set_num_threads(1)

    class Loud(Heavy):
        def loss(self, batch: tuple[int, Tensor], generator: torch.Generator) -> Any:
            print("step", flush=True)
            return super().loss(batch, generator)

    go(replace(run(Cadence(log=1, preview=0, save=1)), task=Loud), Path(sys.argv[1]), resume=True)
