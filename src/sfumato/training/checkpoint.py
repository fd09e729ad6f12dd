"""Checkpoints that survive a kill at any moment: safetensors and JSON in a folder that appears whole or not at all.

``checkpoints/000500/`` holds one ``<part>.safetensors`` per part (weights, ema, optimizer) and ``state.json`` with the
step, the configuration and the SHA-256 of each file. It is written as ``000500.partial``, flushed to the disk, and only
then renamed, which a file system does at once. Nothing is pickled: loading a checkpoint runs no code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ..core.refusal import Refusal

KEEP = 2  # the newest, and the one before in case the disk harms the newest


class CheckpointError(Refusal):
    """A checkpoint cannot be written or read."""


@dataclass(frozen=True)
class Checkpoint:
    """What was saved: tensors by part and name, and the JSON beside them."""

    path: Path
    tensors: dict[str, dict[str, Tensor]]
    state: dict[str, Any]


def tensors_of(module: nn.Module) -> dict[str, Tensor]:
    """Every saved tensor of a module once: a tied weight goes under its first name alone, as safetensors demands."""
    seen: set[int] = set()
    found: dict[str, Tensor] = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            found[name] = tensor
    return found


@torch.no_grad()
def restore(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copies ``tensors`` into a module, in place; raises CheckpointError that names the first one that does not fit."""
    own = tensors_of(module)
    for name in [*own, *tensors]:
        if name not in tensors or name not in own or own[name].shape != tensors[name].shape:
            was = tuple(tensors[name].shape) if name in tensors else "absent"
            now = tuple(own[name].shape) if name in own else "absent"
            raise CheckpointError(f"the network changed: {name} was {was} and is {now}")
    for name, tensor in own.items():
        tensor.copy_(tensors[name])


def save(folder: Path, *, step: int, tensors: Mapping[str, Mapping[str, Tensor]], state: Mapping[str, Any]) -> Path:
    """Writes the checkpoint of ``step`` and drops all but the newest two; the older ones stay if anything fails.

    Raises CheckpointError if the disk is full or refuses.
    """
    final = folder / f"{step:06d}"
    partial = final.with_suffix(".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        sums = {}
        for part, named in tensors.items():
            path = partial / f"{part}.safetensors"
            save_file({name: tensor.detach().contiguous() for name, tensor in named.items()}, path)
            sums[path.name] = _sum(path)
        text = json.dumps({"format": 1, "step": step, **state, "sha256": sums}, indent=1)
        (partial / "state.json").write_text(text)
        for path in [*partial.iterdir(), partial]:
            _flush(path)
        partial.rename(final)
        _flush(folder)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(f"could not save step {step} in {folder}: {error}") from error
    for path in [*_newest_first(folder)[KEEP:], *folder.glob("*.partial"), *folder.glob("*.damaged")]:
        shutil.rmtree(path, ignore_errors=True)
    return final


def latest(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint that is whole, and a line about each newer one that is not.

    A damaged one is set aside as ``<step>.damaged``. None if the folder holds no checkpoint; raises CheckpointError if
    it holds some and none is whole.
    """
    damaged: dict[Path, str] = {}
    for path in _newest_first(folder):
        try:
            checkpoint = _load(path)
        except CheckpointError:
            raise
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            damaged[path] = f"checkpoint {path.name} is damaged ({error})"
            continue
        for bad in damaged:  # its number is needed again when training comes past that step
            shutil.rmtree(bad.with_suffix(".damaged"), ignore_errors=True)
            bad.rename(bad.with_suffix(".damaged"))
        return checkpoint, [f"{reason}; {path.name} is used instead" for reason in damaged.values()]
    if damaged:
        raise CheckpointError(f"no checkpoint in {folder} is whole: {'; '.join(damaged.values())}")
    return None, []


def exists(folder: Path) -> bool:
    """Whether the folder holds any checkpoint, whole or not."""
    return bool(_newest_first(folder))


def _newest_first(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("*") if path.name.isdigit()] if folder.exists() else []
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def _load(path: Path) -> Checkpoint:
    state = json.loads((path / "state.json").read_text())
    if state["format"] != 1:
        raise CheckpointError(f"{path} has format {state['format']}; this version of sfumato reads format 1")
    tensors = {}
    for name, expected in state["sha256"].items():
        if _sum(path / name) != expected:
            raise ValueError(f"{name} does not match its SHA-256")
        tensors[Path(name).stem] = load_file(path / name)
    return Checkpoint(path, tensors, state)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Waits until the disk has it: a rename must not reach the disk before what it names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
