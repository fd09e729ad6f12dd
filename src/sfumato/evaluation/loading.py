"""From Stable Diffusion 1.5 on disk to the end of a first step, ours and diffusers', each in a process of its own."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, product
from pathlib import Path
from typing import Any

from rich.console import Console

from ..core.refusal import Refusal

PROMPT = "the cat on the mat"
SIDE = 64  # pixels: the step then takes no time, and whatever a side leaves for its first step is counted
STEPS = 20


@dataclass(frozen=True)
class Loading:
    """Seconds of wall time from the start of a process to the end of its first step, and its peak of memory, bytes."""

    seconds: float
    peak: int


def race(*, runs: int, folder: Path | None = None, console: Console | None = None) -> list[tuple[Loading, Loading]]:
    """Load ``runs`` times each in turn, theirs first, and print the ratios; the model is written anew unless it lies in
    ``folder``. Raises Refusal when a side fails."""
    console = console or Console()
    with _written(folder) as place:
        found = [(_alone("theirs", place), _alone("ours", place)) for _ in range(runs)]
    for name, theirs, ours, unit in (
        ("time", [a.seconds for a, _ in found], [b.seconds for _, b in found], "s"),
        ("memory", [a.peak / 1e9 for a, _ in found], [b.peak / 1e9 for _, b in found], "GB"),
    ):
        ratios = sorted(b / a for a, b in zip(theirs, ours, strict=True))
        medians = f"theirs {statistics.median(theirs):.2f} {unit}, ours {statistics.median(ours):.2f} {unit}"
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        console.print(f"load, {name}: {medians}, ratio {spread}, {runs} runs")
    return found


@contextmanager
def _written(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        _alone("write", Path(name))
        yield Path(name)


def _alone(task: str, folder: Path) -> Loading:
    """Do a task in a fresh process."""
    began = time.perf_counter()
    command = [sys.executable, "-m", __name__, task, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise Refusal(f"bench load failed: {(done.stderr.strip() or 'no word').splitlines()[-1]}")
    return Loading(seconds, json.loads(done.stdout.splitlines()[-1])["peak"])


def write(folder: Path) -> None:
    """Stable Diffusion 1.5 as diffusers writes it, of random weights in half precision; also its vocabulary has the
    real size."""
    import torch
    from tokenizers.pre_tokenizers import ByteLevel

    from ..checkpoints.file import Unfilled
    from .bench import WORKS, draw

    diffusers, transformers = import_module("diffusers"), import_module("transformers")  # as Any: half of it is typed
    letters = sorted(ByteLevel.alphabet())
    ends = [f"{letter}</w>" for letter in letters]
    merges = list(islice(product(letters, [*letters, *ends]), 49_408 - 2 - 2 * len(letters)))
    tokens = [*letters, *ends, *("".join(pair) for pair in merges), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = transformers.CLIPTokenizer(
        vocab={token: i for i, token in enumerate(tokens)}, merges=merges, model_max_length=77
    )
    text = transformers.CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12, projection_dim=768
    )
    with Unfilled():
        networks = {
            "text_encoder": transformers.CLIPTextModel(text),
            "unet": diffusers.UNet2DConditionModel(**WORKS["sd15"].values, sample_size=64),
            "vae": diffusers.AutoencoderKL(**WORKS["vae"].values, sample_size=512),
        }
    for network in networks.values():
        draw(network.to(torch.float16))
    scheduler = diffusers.DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    diffusers.StableDiffusionPipeline(
        **networks,
        tokenizer=tokenizer,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)


def theirs(folder: Path) -> None:
    """As their documentation says it."""
    import torch
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.bfloat16)

    def stop(*_: Any) -> None:
        raise _Done

    try:
        pipeline(PROMPT, height=SIDE, width=SIDE, num_inference_steps=STEPS, callback_on_step_end=stop)
    except _Done:
        return


class _Done(Exception):
    """The first step is."""


def ours(folder: Path) -> None:
    """The same with us."""
    import sfumato

    from ..pipeline.request import Request

    model = sfumato.load(folder, dtype="bfloat16")
    next(model.pictures(Request(prompt=PROMPT, model=model.spec.name, size=(SIDE, SIDE), steps=STEPS)))


if __name__ == "__main__":
    {"write": write, "theirs": theirs, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"peak": most if sys.platform == "darwin" else most * 1024}))
