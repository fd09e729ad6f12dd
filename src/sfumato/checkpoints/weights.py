"""Any weights file, whatever it is: told by how it begins, never unpickled, its shards and scales put together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core.disk import reason
from ..core.refusal import Refusal, either
from .file import Stored, Tensors, read_tensors
from .gguf import MAGIC, read_gguf

PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
UNFINISHED = (".incomplete", ".part", ".partial", ".crdownload", ".aria2", ".tmp", ".download")
INDEX = ".safetensors.index.json"
_EIGHT_BITS = ("F8_E4M3", "F8_E5M2")
# How the scale of an 8-bit tensor is called beside ``X.weight``, by the tools that write such files.
_SCALES = ("scale_weight", "weight_scale")
_OF_NO_USE = ("scale_input", "input_scale")  # for products in 8 bits; here weights are unpacked before they multiply


def read_weights(path: Path) -> Tensors:
    """The tensors of a file, of a sharded file given by its index, or of a folder that holds either.

    Raises Refusal, naming the file, for anything that is not whole, for pickles, and for what nobody knows.
    """
    if path.is_dir():
        path = weights_in(path)
    if path.name.endswith(".index.json"):
        return unscaled(_sharded(path))
    for pickle in PICKLES:
        if path.suffix.lower() == pickle:
            raise refused_pickle(path)
    if path.suffix.lower() in UNFINISHED:
        raise Refusal(f"{path} is a download that has not finished; fetch it again")
    try:
        with path.open("rb") as file:
            first = file.read(64)
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error
    if first[:4] == MAGIC:
        return read_gguf(path)
    if first[:2] == b"PK" or (first[:1] == b"\x80" and first[1:2] in (b"\2", b"\3", b"\4", b"\5")):
        raise refused_pickle(path)
    if first.startswith(b"version https://git-lfs"):
        raise Refusal(f"{path} is only the pointer to a file that git left out; run git lfs pull")
    if first[:1] == b"<":
        raise Refusal(f"{path} is a web page, not weights; was it downloaded without the right to?")
    return unscaled(read_tensors(path))


def refused_pickle(path: Path) -> Refusal:
    """Why a pickle is not opened, and the way out."""
    return Refusal(
        f"{path} is a pickle, and opening one runs whatever code is in it; convert it to safetensors where you trust "
        "it: safetensors.torch.save_file(torch.load(path, weights_only=True), 'new.safetensors')"
    )


def weights_in(folder: Path) -> Path:
    """The weights file or index in the folder of one network: full precision before a variant such as ``fp16``.

    Raises Refusal when there is none, saying what is there instead.
    """
    found = sorted(entry for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []
    whole = [entry for entry in found if entry.name.endswith((".safetensors", ".gguf", INDEX))]
    shards = [entry for entry in whole if "-of-" in entry.name and not entry.name.endswith(INDEX)]
    if usable := [entry for entry in whole if entry not in shards]:
        return min(usable, key=lambda entry: (entry.name.count("."), not entry.name.endswith(INDEX), entry.name))
    if shards:
        raise Refusal(f"{folder} has {shards[0].name} but no {INDEX.lstrip('.')} to say what is in which file")
    if pickles := [entry for entry in found if entry.suffix.lower() in PICKLES]:
        raise refused_pickle(pickles[0])
    if parts := [entry for entry in found if entry.suffix.lower() in UNFINISHED]:
        raise Refusal(f"{parts[0]} is a download that has not finished; fetch it again")
    raise Refusal(f"{folder} has no weights: neither .safetensors nor .gguf")


def _sharded(index: Path) -> Tensors:
    """All tensors that an index lists, from the files beside it that it names."""
    table = read_json(index).get("weight_map")
    if not isinstance(table, dict) or not all(isinstance(name, str) for name in table.values()):
        raise Refusal(f"{index} is damaged: it has no weight_map of names")
    stored, metadata, files, maps = dict[str, Stored](), dict[str, str](), list[Path](), list[mmap]()
    for name in sorted(set(table.values())):
        if Path(name).name != name:
            raise Refusal(f"{index} is damaged: {name!r} leads out of its folder")
        shard = read_tensors(index.with_name(name))
        listed = {key for key, where in table.items() if where == name}
        if odd := sorted(listed ^ set(shard)):
            lacks = odd[0] in listed
            raise Refusal(f"{index.with_name(name)} {'lacks' if lacks else 'has'} {odd[0]}, against {index.name}")
        stored, metadata = stored | dict(shard.stored), metadata | dict(shard.metadata)
        files, maps = [*files, *shard.files], [*maps, *shard.maps]
    return Tensors(stored, metadata, files, maps)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; raises Refusal when there is none."""
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{path} is damaged: it is not JSON") from error
    if not isinstance(values, dict):
        raise Refusal(f"{path} is damaged: it is no JSON object")
    return values


def unscaled(tensors: Tensors) -> Tensors:
    """Tensors with the scales of 8-bit weights multiplied in, when read, and gone from the list."""
    return Tensors(dict(_unscaled(tensors)), tensors.metadata, tensors.files, tensors.maps)


def _unscaled(tensors: Tensors) -> Iterator[tuple[str, Stored]]:
    stored = tensors.stored
    for key, entry in stored.items():
        stem, _, last = key.rpartition(".")
        if last in (*_SCALES, *_OF_NO_USE) and f"{stem}.weight" in stored:
            continue
        if last == "scaled_fp8":  # a mark without content
            continue
        scale = next((f"{stem}.{name}" for name in _SCALES if f"{stem}.{name}" in stored), None)
        if scale is None or last != "weight":
            yield key, entry
            continue
        if entry.kind not in _EIGHT_BITS:
            raise Refusal(f"{key} has a scale but is {entry.kind}, not {either(_EIGHT_BITS)}")
        yield key, Stored(entry.shape, entry.kind, _Product(entry, stored[scale]))


class _Product:
    """A weight times its scale, one for the whole tensor or one for each row."""

    def __init__(self, weight: Stored, scale: Stored) -> None:
        self._weight, self._scale = weight, scale

    def __call__(self) -> Tensor:
        weight, scale = self._weight.read().float(), self._scale.read().to(torch.float32)
        if scale.numel() not in (1, len(weight)):
            raise Refusal(f"a scale of {scale.numel()} numbers does not fit a weight of shape {list(weight.shape)}")
        return weight * (scale.reshape(()) if scale.numel() == 1 else scale.reshape(-1, *[1] * (weight.ndim - 1)))
