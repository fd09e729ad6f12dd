"""A public checkpoint taken apart: which networks a file or folder holds, told offline from names and shapes alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..core.refusal import Refusal, either
from .file import Tensors, Unfilled, fill
from .keymap import Map, to_ours
from .kinds import KINDS, Kind, Role
from .weights import read_json, read_weights

INDEX = "model_index.json"
# What stands before the names of a network in single files that hold several, the longest first.
PREFIXES: Mapping[Role, Sequence[str]] = {
    "denoiser": ("model.diffusion_model.", "diffusion_model.", ""),
    "codec": ("first_stage_model.", "vae.", ""),
    "text": (
        "cond_stage_model.transformer.",
        "cond_stage_model.model.",
        "conditioner.embedders.0.transformer.",
        "conditioner.embedders.0.model.",
        "conditioner.embedders.1.model.",
        "text_encoders.clip_l.transformer.",
        "text_encoders.clip_g.transformer.",
        "text_encoders.t5xxl.transformer.",
        "text_encoders.qwen3_4b.transformer.",
        "",
    ),
}
# Tensors of single files that belong to no network: what training kept, and tables that follow from the schedule.
SPARE = re.compile(
    r"model_ema\..*|(model\.)?(alphas|betas|sqrt_|log_one|posterior_|lvlb_)\w*|denoiser\.\w+|log_?var|scale_factor"
    r"|(first_stage_model|vae)\.loss\..*|.*\.logit_scale|global_step|v_pred|ztsnr"
)
# Parts of folders that no picture here passes through.
UNUSED = ("safety_checker", "feature_extractor", "image_encoder", "watermarker")


@dataclass(frozen=True)
class Part:
    """One network as it lies in files; from a folder also its ``slot`` (``text_encoder_2``) and its ``config.json``."""

    kind: Kind
    config: Any
    tensors: Tensors
    map: Map
    where: str
    slot: str | None = None
    values: Mapping[str, Any] | None = None

    def parameters(self) -> int:
        """How many numbers the part has."""
        return sum(torch.Size(entry.shape).numel() for entry in self.tensors.stored.values())

    def precision(self) -> str:
        """The number format in which most of the part is stored."""
        counts = Counter[str]()
        for entry in self.tensors.stored.values():
            counts[entry.kind] += torch.Size(entry.shape).numel()
        return counts.most_common(1)[0][0] if counts else "none"


@dataclass(frozen=True)
class Source:
    """What a file or folder offers: networks, tokenizers by slot, and, from folders, what the scheduler is told."""

    path: Path
    parts: Sequence[Part]
    tokenizers: Mapping[str, Path]
    scheduler: Mapping[str, Any] | None = None
    index: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] | None = None


def open_source(path: Path) -> Source:
    """Take a checkpoint apart; raises Refusal that names the file, the key or the part for whatever is not whole."""
    if not path.exists():
        raise Refusal(f"there is no {path}")
    if path.is_dir():
        return _folder(path)
    tensors = read_weights(path)
    return Source(path, list(found_parts(path, tensors)), _tokenizers(path.parent), metadata=tensors.metadata)


def built(part: Part, *, device: torch.device, dtype: torch.dtype | None) -> nn.Module:
    """The network of a part with its weights, floats as ``dtype`` (None: as they are in the file).

    It is built on the meta device, so that no memory is taken before the weights themselves are there. Raises Refusal
    unless every key and shape agrees.
    """
    with torch.device("meta"), Unfilled():
        network = part.kind.network(part.config)
    tensors = dict[str, Tensor]()
    for key, tensor in to_ours(part.tensors, part.map, where=part.where):
        tensors[key] = tensor if dtype is None else arrived(tensor, device, dtype)
        part.tensors.forget()  # else a copy and its original are both in memory until all is read
    fill(network, tensors, where=part.where)
    return network.requires_grad_(False).eval()


def arrived(tensor: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    """A weight as networks work with it, in one copy if any: floats as ``dtype``, convolutions with their channels
    last, so that what passes through them lies so too, and tokens are a view of it."""
    kind = dtype if tensor.is_floating_point() else tensor.dtype
    return tensor.to(device, kind, memory_format=torch.channels_last if tensor.ndim == 4 else torch.preserve_format)


def found_parts(path: Path, tensors: Tensors) -> Iterator[Part]:
    """The networks of a single file by their signatures; every key belongs to one or is known to be spare."""
    rest = {key for key in tensors.stored if not SPARE.fullmatch(key)}
    for kind in KINDS:
        for prefix in PREFIXES[kind.role]:
            if any(all(prefix + key in rest for key in keys) for keys in kind.signatures):
                own = {key for key in rest if key.startswith(prefix)} if prefix else _bare(rest)
                rest -= own
                inner = {key.removeprefix(prefix): tensors.stored[key] for key in tensors.stored if key in own}
                yield _measured(path, kind, Tensors(inner, tensors.metadata, tensors.files, tensors.maps), prefix)
    if rest and len(rest) == len(tensors):
        kinds = either(sorted({kind.name for kind in KINDS}))
        raise Refusal(f"{path} is of no known kind ({kinds}); its first key is {next(iter(tensors))}")
    if rest:
        raise Refusal(f"{path} has {min(rest)}, which belongs to no network known here")


def _bare(keys: set[str]) -> set[str]:
    """Keys without any known prefix."""
    prefixes = tuple(prefix for known in PREFIXES.values() for prefix in known if prefix)
    return {key for key in keys if not key.startswith(prefixes)}


def _measured(path: Path, kind: Kind, tensors: Tensors, prefix: str) -> Part:
    shapes = {key: entry.shape for key, entry in tensors.stored.items()}
    where = f"{path}, part {prefix.rstrip('.')}," if prefix else str(path)
    try:
        config = kind.measured(shapes)
    except (KeyError, ValueError, IndexError, StopIteration, ZeroDivisionError) as error:
        raise Refusal(f"{where} looks like a {kind.name} but its tensors do not fit together: {error}") from error
    return Part(kind, config, tensors, kind.first(config, shapes), where)


def _folder(path: Path) -> Source:
    """A folder as diffusers writes it."""
    if not (path / INDEX).is_file() and (path / "config.json").is_file():  # one network alone
        return Source(path, [_component(path, path.name)], {})
    if not (path / INDEX).is_file():
        raise Refusal(f"{path} is not a model: it has neither model.json nor {INDEX}")
    index = read_json(path / INDEX)
    parts = []
    for slot, entry in index.items():
        present = isinstance(entry, list) and len(entry) == 2 and all(isinstance(name, str) for name in entry)
        if slot.startswith("_") or slot in UNUSED or not present:
            continue
        if slot.startswith(("tokenizer", "scheduler")):
            if not (path / slot).is_dir():
                raise Refusal(f"{path} lacks its part {slot}, which {INDEX} names")
            continue
        parts.append(_component(path / slot, slot))
    scheduler = path / "scheduler" / "scheduler_config.json"
    return Source(
        path,
        parts,
        {name: found for name, found in _tokenizers(path).items() if name in index},
        read_json(scheduler) if scheduler.is_file() else None,
        index,
    )


def _component(folder: Path, slot: str) -> Part:
    if not folder.is_dir():
        raise Refusal(f"{folder.parent} lacks its part {slot}, which {INDEX} names")
    values = read_json(folder / "config.json")
    name = values.get("_class_name") or next(iter(values.get("architectures") or ()), None)
    kind = next((kind for kind in KINDS if name in kind.classes), None)
    if kind is None:
        known = either(sorted(name for kind in KINDS for name in kind.classes))
        raise Refusal(f"{folder / 'config.json'} describes a {name}; here are {known}")
    tensors = read_weights(folder)
    shapes = {key: entry.shape for key, entry in tensors.stored.items()}
    try:
        config = kind.configured(values)
        map = kind.beside(config, shapes)
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        said = f"lacks {error}" if isinstance(error, KeyError) else f"is of no use: {error}"
        raise Refusal(f"{folder / 'config.json'} {said}") from error
    return Part(kind, config, tensors, map, str(folder), slot, values)


def _tokenizers(folder: Path) -> dict[str, Path]:
    return {found.name: found for found in sorted(folder.glob("tokenizer*")) if found.is_dir()}
