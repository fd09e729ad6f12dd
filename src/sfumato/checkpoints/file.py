"""Weights files: safetensors read by memory map with every header entry checked, and written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import math
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import init
from torch.overrides import TorchFunctionMode

from ..core.disk import reason, write_whole
from ..core.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
LONGEST_HEADER = 100_000_000  # bytes; the format's own limit


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a safetensors file, mapped into memory: nothing is read before it is used.

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
                header: Any = json.loads(file.read(length))
            except (ValueError, RecursionError) as error:
                raise Refusal(f"{path} is damaged: its header is not JSON") from error
            if not isinstance(header, dict):
                raise Refusal(f"{path} is damaged: its header is no table")
            header.pop("__metadata__", None)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error
    return dict(_entries(path, header, data, start=8 + length))


def _entries(path: Path, header: dict[str, Any], data: mmap.mmap, *, start: int) -> Iterator[tuple[str, Tensor]]:
    for key, entry in header.items():
        try:
            kind, shape, (begin, end) = TYPES[entry["dtype"]], tuple(entry["shape"]), entry["data_offsets"]
            count = math.prod(shape)
            if not all(isinstance(n, int) and n >= 0 for n in (*shape, begin, end)):
                raise ValueError("a number below zero")
            if end - begin != count * kind.itemsize:
                raise ValueError(f"{end - begin} bytes do not make the shape {list(shape)}")
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(f"{path} is damaged at {key}: {error}") from error
        if start + end > len(data):
            raise Refusal(f"{path} is cut short: {key} ends at byte {start + end} of {len(data)}")
        if count == 0:
            yield key, torch.empty(shape, dtype=kind)
        elif (start + begin) % kind.itemsize == 0:
            yield key, torch.frombuffer(data, dtype=kind, count=count, offset=start + begin).view(shape)
        else:  # other writers do not always align; such a tensor must be copied
            yield key, torch.frombuffer(bytearray(data[start + begin : start + end]), dtype=kind).view(shape)


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
