"""Weights files: safetensors read by memory map with every header entry checked, and written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import init
from torch.overrides import TorchFunctionMode

from ..core.disk import reason, write_whole
from ..core.refusal import Refusal

TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
LONGEST_HEADER = 100_000_000  # bytes; the format's own limit


@dataclass(frozen=True)
class Stored:
    """A tensor that lies in a file: its shape, the name of its number format, and how to get it."""

    shape: tuple[int, ...]
    kind: str
    read: Callable[[], Tensor]


class Tensors(Mapping[str, Tensor]):
    """Tensors of ``files`` by name, each read when asked for; ``stored`` tells of them without reading.

    ``maps`` are the memory maps that the files are read through.
    """

    def __init__(
        self,
        stored: Mapping[str, Stored],
        metadata: Mapping[str, str],
        files: Sequence[Path],
        maps: Sequence[mmap.mmap] = (),
    ) -> None:
        self.stored, self.metadata, self.files, self.maps = stored, metadata, files, maps

    def forget(self) -> None:
        """Give back the memory of what was read; tensors that still lie in the files are read again when needed."""
        if sys.platform == "linux":
            for map in self.maps:
                map.madvise(mmap.MADV_DONTNEED)

    def __getitem__(self, key: str) -> Tensor:
        return self.stored[key].read()

    def __iter__(self) -> Iterator[str]:
        return iter(self.stored)

    def __len__(self) -> int:
        return len(self.stored)


def read_tensors(path: Path) -> Tensors:
    """The tensors of a safetensors file, mapped into memory: nothing is read before it is used.

    Raises Refusal naming the file and, where one is to blame, the tensor, when the file is missing, cut short or
    damaged. The tensors share the map, which goes with the last of them; writing to one never reaches the file.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(size - 8, LONGEST_HEADER):
                raise Refusal(f"{path} is cut short: {size} bytes do not hold its header")
            try:
                header: Any = json.loads(file.read(length), object_pairs_hook=_once)
            except (ValueError, RecursionError) as error:
                said = f"its header names {error} twice" if isinstance(error, _Twice) else "its header is not JSON"
                raise Refusal(f"{path} is damaged: {said}") from error
            if not isinstance(header, dict):
                raise Refusal(f"{path} is damaged: its header is no table")
            metadata = header.pop("__metadata__", {})
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise Refusal(f"{path} is damaged: its __metadata__ is no table of texts")
    return Tensors(dict(_entries(path, header, data, start=8 + length)), metadata, [path], [data])


class _Twice(ValueError):
    """A key that a table has twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return table


def _entries(path: Path, header: dict[str, Any], data: mmap.mmap, *, start: int) -> Iterator[tuple[str, Stored]]:
    spans = []
    for key, entry in header.items():
        try:
            kind, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            type_ = TYPES[kind]
            count = math.prod(shape)
            if not all(type(n) is int and n >= 0 for n in (*shape, begin, end)):
                raise ValueError("a number below zero")
            if end - begin != count * type_.itemsize:
                raise ValueError(f"{end - begin} bytes do not make the shape {list(shape)}")
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(f"{path} is damaged at {key}: {error}") from error
        if start + end > len(data):
            raise Refusal(f"{path} is cut short: {key} ends at byte {start + end} of {len(data)}")
        spans.append((begin, end, key))
        yield key, Stored(shape, kind, partial(mapped, data, start + begin, type_, shape))
    last = 0
    for begin, end, key in sorted(spans):  # as the format demands: no byte belongs to two tensors, none to nobody
        if begin != last:
            raise Refusal(f"{path} is damaged at {key}: it begins at byte {begin} of the data, not at {last}")
        last = end
    if start + last != len(data):
        raise Refusal(f"{path} is damaged: {len(data) - start - last} bytes at its end belong to no tensor")


def mapped(data: mmap.mmap, begin: int, kind: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    """The tensor that begins at byte ``begin`` of a memory map."""
    if (count := math.prod(shape)) == 0:
        return torch.empty(shape, dtype=kind)
    if begin % kind.itemsize == 0:
        return torch.frombuffer(data, dtype=kind, count=count, offset=begin).view(shape)
    # other writers do not always align; such a tensor must be copied
    return torch.frombuffer(bytearray(data[begin : begin + count * kind.itemsize]), dtype=kind).view(shape)


def write_tensors(path: Path, tensors: Mapping[str, Tensor], *, force: bool) -> str:
    """Write a safetensors file, whole or not at all; returns its SHA-256. Raises Refusal as ``write_whole`` does."""
    from safetensors.torch import save

    data = save({key: value.detach().cpu().contiguous() for key, value in tensors.items()})
    write_whole(path, data, force=force)
    return hashlib.sha256(data).hexdigest()


class Unfilled(TorchFunctionMode):
    """While this is on, modules are built without drawing their first weights, which ``fill`` would replace anyway.

    The memory they reserve is never touched and so never taken. (The meta device would do the same, but the first
    random draw there imports torch's compiler, which takes longer than painting a picture.)
    """

    DRAWS = (
        Tensor.normal_,
        Tensor.uniform_,
        init.normal_,
        init.uniform_,
        init.trunc_normal_,
        init.kaiming_normal_,
        init.kaiming_uniform_,
        init.xavier_normal_,
        init.xavier_uniform_,
    )

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func in self.DRAWS:
            return (*args, *named.values())[0]  # the tensor to be drawn comes first
        return func(*args, **named)


def fill(module: nn.Module, tensors: Mapping[str, Tensor], *, where: str) -> None:
    """Put tensors into a module built ``Unfilled``, in place of its own; every key and shape must agree.

    Raises Refusal, naming ``where`` the tensors came from and the keys that are missing, left over or misshapen.
    """
    wanted = module.state_dict()
    problems = [f"lacks {key}" for key in wanted if key not in tensors]
    problems += [f"has {key}, which the network does not know" for key in tensors if key not in wanted]
    problems += [
        f"has {key} as {list(tensors[key].shape)}, not {list(value.shape)}"
        for key, value in wanted.items()
        if key in tensors and tensors[key].shape != value.shape
    ]
    if problems:
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise Refusal(f"{where} {', '.join(problems[:3])}{more}")
    module.load_state_dict(tensors, strict=True, assign=True)
