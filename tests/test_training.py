"""The training loop: what it computes, what it refuses, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from sfumato.training.run import TrainingError, train
from sfumato.training.task import Cadence, Run, stream


class Tiny:
    """A network that learns to undo noise; small, but with every kind of parameter and of randomness."""

    def __init__(self, width: int = 16) -> None:
        net = nn.ModuleDict(
            {
                "embed": nn.Embedding(10, width),
                "blocks": nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width)) for _ in range(2)),
                "drop": nn.Dropout(0.1),
                "head": nn.Linear(width, width),
            }
        )
        self.modules = nn.ModuleDict({"net": net})

    def batch(self, step: int, size: int) -> Tensor:
        return torch.randint(10, (size,), generator=stream(1, step))

    def loss(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        net: Any = self.modules["net"]
        x = net["embed"](batch)
        noise = torch.randn(x.shape, generator=generator)
        for block in net["blocks"]:
            x = x + torch.relu(block(x))
        loss = (net["head"](net["drop"](x)) - noise).square().mean()
        return loss, {"twice": 2 * loss.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        assert not modules.training
        return Image.new("RGB", (4, 4))

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        weight = modules.get_parameter("net.head.weight")
        (folder / "head.txt").write_text(str(weight.sum().item()))


RUN = Run("tiny", Tiny, batch=4, steps=12, learning_rate=1e-2, warmup=2, ema=0.9, every=Cadence(1, 4, 3))


def test_a_run_leaves_metrics_previews_checkpoints_and_weights(tmp_path: Path) -> None:
    report = train(RUN, tmp_path, quiet=True, track=False)
    assert (report.step, report.ended) == (12, "finished")
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 12
    assert sorted(p.name for p in (tmp_path / "previews").iterdir()) == ["000004.png", "000008.png", "000012.png"]
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == ["000009", "000012"]
    assert (report.weights / "head.txt").exists()


def test_a_chunked_run_equals_a_whole_one(tmp_path: Path) -> None:
    train(RUN, tmp_path / "whole", quiet=True, track=False)
    for steps in (5, 6, None):
        train(RUN, tmp_path / "chunks", steps=steps, resume=True, quiet=True, track=False)
    for name in ("weights", "ema", "optimizer"):
        paths = [tmp_path / kind / "checkpoints" / "000012" / f"{name}.safetensors" for kind in ("whole", "chunks")]
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_started_folder_and_a_changed_configuration_are_refused(tmp_path: Path) -> None:
    train(RUN, tmp_path, steps=3, quiet=True, track=False)
    with pytest.raises(TrainingError, match="already holds a checkpoint"):
        train(RUN, tmp_path, quiet=True)
    with pytest.raises(TrainingError, match=r"batch was 4 and is 8"):
        train(replace(RUN, batch=8), tmp_path, resume=True, quiet=True)
    with pytest.raises(TrainingError, match="settings was"):
        train(replace(RUN, task=partial(Tiny, 16)), tmp_path, resume=True, quiet=True)
