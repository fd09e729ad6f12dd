"""The training loop: what it computes, what it refuses, and how it ends."""

from __future__ import annotations

import json
import math
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from sfumato.core.refusal import Refusal
from sfumato.training import checkpoint
from sfumato.training.benchmark import benchmark
from sfumato.training.ema import Ema
from sfumato.training.optimizer import hidden_matrices, optimizers, orthogonal
from sfumato.training.precision import fast_precision
from sfumato.training.run import train
from sfumato.training.task import Cadence, Run, stream


class Tiny:
    """A network that learns to guess noise; small, but with every kind of parameter and of randomness.

    From step ``bad`` to before ``good`` the loss or its gradient is not finite; ``raises`` is a signal sent at step 4.
    """

    def __init__(
        self, width: int = 16, *, bad: int = 0, good: int = 0, infinite: bool = False, raises: int | None = None
    ) -> None:
        net = nn.ModuleDict(
            {
                "embed": nn.Embedding(10, width),
                "blocks": nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width)) for _ in range(2)),
                "drop": nn.Dropout(0.1),
                "head": nn.Linear(width, width),
            }
        )
        net["head"].weight = net["blocks"][0][0].weight  # tied: saved and averaged once
        self.modules = nn.ModuleDict({"net": net})
        self.bad, self.good, self.infinite, self.raises = bad, good, infinite, raises

    def batch(self, step: int, size: int) -> tuple[int, Tensor]:
        return step, torch.randint(10, (size,), generator=stream(1, step))

    def loss(self, batch: tuple[int, Tensor], generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        step, words = batch
        net: Any = self.modules["net"]
        x = net["embed"](words)
        noise = torch.randn(x.shape, generator=generator)
        for block in net["blocks"]:
            x = x + torch.relu(block(x))
        loss = (net["head"](net["drop"](x)) - noise).square().mean()
        if self.bad <= step < self.good:
            loss = loss + (loss * 0).sqrt() if self.infinite else loss * math.nan
        if self.raises is not None and step == 4:
            signal.raise_signal(self.raises)
        return loss, {"twice": 2 * loss.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        assert not modules.training
        return Image.new("RGB", (4, 4))

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        (folder / "head.txt").write_text(str(modules.get_parameter("net.head.weight").sum().item()))


RUN = Run(
    name="tiny",
    task=Tiny,
    batch=4,
    steps=12,
    learning_rate=1e-2,
    warmup=2,
    ema=0.9,
    every=Cadence(log=1, preview=4, save=3),
    precision="float32",
)
go = partial(train, quiet=True, track=False)


def same(one: Path, other: Path) -> bool:
    """Whether two folders hold bit for bit the same last checkpoint and, but for speed, the same metrics."""

    def metrics(folder: Path) -> list[dict[str, float]]:
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        return [{key: value for key, value in line.items() if key != "images_per_second"} for line in lines]

    last = [max((folder / "checkpoints").iterdir()) for folder in (one, other)]
    names = ("weights", "ema", "optimizer")
    files = [[(path / f"{name}.safetensors").read_bytes() for name in names] for path in last]
    return last[0].name == last[1].name and files[0] == files[1] and metrics(one) == metrics(other)


def test_a_run_leaves_metrics_previews_checkpoints_and_weights(tmp_path: Path) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    report = train(RUN, tmp_path, quiet=True)
    assert torch.rand(1) == expected, "the caller's random state is its own"
    assert (report.step, report.ended) == (12, "finished")
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [*range(1, 13)]
    assert all(line["twice"] == pytest.approx(2 * line["loss"]) for line in lines)
    assert sorted(p.name for p in (tmp_path / "previews").iterdir()) == ["000004.png", "000008.png", "000012.png"]
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == ["000009", "000012"]
    assert (report.weights / "head.txt").exists()
    assert list((tmp_path / "tensorboard").iterdir())


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_chunks_equal_a_whole_run(tmp_path: Path, optimizer: Any) -> None:
    run = replace(RUN, optimizer=optimizer, task=partial(Tiny, bad=4, good=6))
    go(run, tmp_path / "whole")
    for steps in (5, 8, None):
        go(run, tmp_path / "chunks", steps=steps, resume=True)
    assert same(tmp_path / "whole", tmp_path / "chunks")


@pytest.mark.skipif(shutil.which("g++") is None, reason="the compiler needs g++")
def test_compiled_chunks_equal_a_compiled_whole_run(tmp_path: Path) -> None:
    run = replace(RUN, compile=True, steps=4)
    go(run, tmp_path / "whole")
    go(run, tmp_path / "chunks", steps=2)
    go(run, tmp_path / "chunks", resume=True)
    assert same(tmp_path / "whole", tmp_path / "chunks")


def test_a_started_folder_a_changed_configuration_and_a_second_process_are_refused(tmp_path: Path) -> None:
    go(RUN, tmp_path, steps=3)
    for change, words in (
        ({}, "already holds a checkpoint"),
        ({"batch": 8}, "batch was 4 and is 8"),
        ({"task": partial(Tiny, 16)}, "settings was  and is 16"),
        ({"learning_rate": 1.0}, "learning_rate was 0.01 and is 1.0"),
        ({"cooldown": 1.0}, "cooldown was 0.2 and is 1.0"),
    ):
        with pytest.raises(Refusal, match=words) as caught:
            go(replace(RUN, **change), tmp_path, resume=bool(change))
        assert "\n" not in str(caught.value)
    go(replace(RUN, steps=6), tmp_path, resume=True)  # on the plateau the end may move

    class Wide(Tiny):
        def __init__(self) -> None:
            super().__init__(width=8)

    with pytest.raises(Refusal, match=r"net\.embed\.weight was \(10, 16\) and is \(10, 8\)"):
        go(replace(RUN, task=Wide, steps=6), tmp_path, resume=True)

    class Nested(Tiny):
        def export(self, modules: nn.ModuleDict, folder: Path) -> None:
            with pytest.raises(Refusal, match="another process is training"):
                go(RUN, folder.parent, resume=True)

    go(replace(RUN, task=Nested), tmp_path / "other")


def test_the_rate_warms_up_stays_and_cools_down() -> None:
    run = replace(RUN, steps=100, warmup=10, cooldown=0.2, learning_rate=1.0)
    rates = [run.rate(step) for step in range(100)]
    assert rates[:10] == pytest.approx([k / 10 for k in range(1, 11)])
    assert set(rates[10:81]) == {1.0}
    assert rates[80:] == pytest.approx([k / 20 for k in range(20, 0, -1)])
    assert run.rate(100) == 0
    assert {replace(run, warmup=0, cooldown=0.0).rate(step) for step in range(100)} == {1.0}


def test_the_average_follows_its_formula_and_copies_buffers() -> None:
    modules = nn.ModuleDict({"norm": nn.BatchNorm1d(1)})
    ema = Ema(modules, decay=0.5)
    weight, expected = modules.get_parameter("norm.weight"), 1.0
    for step in range(20):
        nn.init.constant_(weight, step)
        modules.get_buffer("norm.running_mean").fill_(step)
        ema.update(modules, step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
        assert ema.modules.get_parameter("norm.weight").item() == pytest.approx(expected, rel=1e-6)
    assert ema.modules.get_buffer("norm.running_mean").item() == 19


@pytest.mark.parametrize(("infinite", "what"), [(False, "the loss of step 7 is nan"), (True, "step 7 has norm nan")])
def test_three_losses_in_a_row_that_are_not_finite_end_a_run(tmp_path: Path, infinite: bool, what: str) -> None:
    task = partial(Tiny, bad=4, good=7, infinite=infinite)
    go(replace(RUN, task=task), tmp_path, steps=6)  # two are skipped, and remembered over a resume
    with pytest.raises(Refusal, match=what):
        go(replace(RUN, task=task), tmp_path, resume=True)
    skipped = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in skipped if "skipped" in line] == [5, 6, 7]
    saved, _ = checkpoint.latest(tmp_path / "checkpoints")
    assert saved is not None
    assert all(tensor.isfinite().all() for tensor in saved.tensors["weights"].values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_step_and_saves(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    report = go(replace(RUN, task=partial(Tiny, raises=number)), tmp_path)
    assert (report.step, report.ended) == (5, "interrupted")
    assert (tmp_path / "checkpoints" / "000005").exists()
    assert signal.getsignal(number) is before


def test_minutes_end_a_chunk(tmp_path: Path) -> None:
    report = go(RUN, tmp_path, minutes=0)
    assert (report.step, report.ended) == (1, "minutes")
    assert go(RUN, tmp_path, resume=True).ended == "finished"
    assert go(RUN, tmp_path, resume=True).ended == "finished"  # nothing left to do


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The system itself refuses to write files of more than ``size`` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [100, 6000])  # in the first file; in the last and largest
def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path: Path, size: int) -> None:
    go(RUN, tmp_path / "whole")
    go(RUN, tmp_path / "full", steps=6)
    with no_file_above(size), pytest.raises(Refusal, match=r"could not (save step 9|write .*jsonl)"):
        go(RUN, tmp_path / "full", resume=True)
    assert sorted(p.name for p in (tmp_path / "full" / "checkpoints").iterdir()) == ["000003", "000006"]
    go(RUN, tmp_path / "full", resume=True)
    assert same(tmp_path / "whole", tmp_path / "full")


@pytest.mark.parametrize("harm", ["flip", "cut", "missing", "json"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, harm: str) -> None:
    go(RUN, tmp_path / "whole")
    go(RUN, tmp_path / "harmed")
    newest = tmp_path / "harmed" / "checkpoints" / "000012"
    file = newest / "ema.safetensors"
    whole = bytearray(file.read_bytes())
    if harm == "flip":
        whole[-1] ^= 1
        file.write_bytes(whole)
    elif harm == "cut":
        file.write_bytes(whole[:-1])
    elif harm == "missing":
        file.unlink()
    else:
        (newest / "state.json").write_text("{")
    saved, notes = checkpoint.latest(newest.parent)
    assert saved is not None
    assert saved.state["step"] == 9
    assert "000012 is damaged" in notes[0]
    assert "000009 is used instead" in notes[0]
    go(RUN, tmp_path / "harmed", resume=True)
    assert same(tmp_path / "whole", tmp_path / "harmed")
    for path in newest.parent.glob("*/ema.safetensors"):
        path.unlink()
    with pytest.raises(Refusal, match="is whole"):
        go(RUN, tmp_path / "harmed", resume=True)


def test_muon_takes_the_hidden_matrices_and_agrees_with_torch() -> None:
    modules = Tiny().modules
    assert hidden_matrices(modules) == {"net.blocks.0.0.weight", "net.blocks.1.0.weight"}
    muon = {
        precision: optimizers(replace(RUN, optimizer="muon", precision=precision), Tiny())[1]
        for precision in ("float32", "bfloat16")
    }
    for optimizer in muon.values():
        for k, p in enumerate(optimizer.param_groups[0]["params"]):
            nn.init.ones_(p)
            p.grad = torch.randn(p.shape, generator=stream(0, k))
        optimizer.step()
    for ours, theirs in zip(*(optimizer.param_groups[0]["params"] for optimizer in muon.values()), strict=True):
        torch.testing.assert_close(ours - 1, theirs - 1, rtol=0.05, atol=2e-4)  # theirs rounds to bfloat16
    values = torch.linalg.svdvals(orthogonal(torch.randn(8, 32, generator=stream(0, 0)), (3.4445, -4.775, 2.0315), 5))
    assert ((values > 0.6) & (values < 1.3)).all()


def test_weight_decay_spares_biases_norms_and_embeddings() -> None:
    task = Tiny()
    decayed, spared = optimizers(RUN, task)[0].param_groups
    assert {tuple(p.shape) for p in decayed["params"]} == {(16, 16)}
    assert any(p is task.modules.get_parameter("net.embed.weight") for p in spared["params"])
    assert (decayed["weight_decay"], spared["weight_decay"]) == (RUN.weight_decay, 0)


def test_the_benchmark_counts_what_a_step_costs() -> None:
    found = benchmark(RUN, seconds=0.1)
    # three products of 4 x 16 by 16 x 16, forward, and twice that backward
    assert found.flops == 3 * 3 * 2 * 4 * 16 * 16
    assert 0 < found.share < 1
    assert fast_precision(torch.device("cpu")) in ("float32", "bfloat16")
