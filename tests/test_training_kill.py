"""A run killed again and again, in the middle of a step and of a save, ends as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sfumato.training.task import Cadence, Run
from test_training import RUN, Tiny, go, same

KILLS = 20


class Heavy(Tiny):
    """Tiny, with two million numbers to save, so that a kill often comes in the middle of it.

    It tells ``started`` when its first step begins.
    """

    def __init__(self, started: Connection | None = None) -> None:
        super().__init__()
        self.modules["ballast"] = nn.BatchNorm1d(1)
        self.modules["ballast"].register_buffer("weightless", torch.zeros(2_000_000))
        self.started = started

    def loss(self, batch: tuple[int, Tensor], generator: torch.Generator) -> Any:
        if self.started is not None:
            self.started.send("training")
            self.started = None
        return super().loss(batch, generator)


def run(save: int) -> Run:
    return replace(RUN, task=Heavy, steps=600, ema=0.99, every=Cadence(log=1, preview=0, save=save))


def victim(folder: Path, started: Connection) -> None:
    """What is killed: a run that resumes, and saves after every step."""
    torch.set_num_threads(1)
    go(replace(run(save=1), task=lambda: Heavy(started)), folder, resume=True)


def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    go(run(save=0), tmp_path / "whole")
    folder, dice, torn = tmp_path / "killed", random.Random(0), 0
    # the server has imported torch and trained nothing, so what it forks is as good as a new process, and much cheaper
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["sfumato.training.run", "torch._dynamo"])
    for _ in range(KILLS):
        started, ours = processes.Pipe()
        process = processes.Process(target=victim, args=(folder, ours))
        process.start()
        assert started.poll(60)
        time.sleep(dice.uniform(0, 0.3))
        process.kill()
        process.join()
        assert process.exitcode == -9, "it was killed while it ran, not after"
        torn += bool([*folder.glob("checkpoints/*.partial")])
    assert torn, "no kill came in the middle of a save"
    go(run(save=0), folder, resume=True)
    assert same(tmp_path / "whole", folder)
