"""GGUF files: weights in blocks of few bits, mapped into memory and unpacked with torch when a tensor is asked for."""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core.disk import reason
from ..core.refusal import Refusal, either
from .file import Stored, Tensors, mapped

MAGIC = b"GGUF"
MOST_DIMENSIONS = 8
LONGEST_KEPT = 16  # entries; longer lists in the header are vocabularies, which nobody here reads


def _halves(blocks: Tensor, at: int) -> Tensor:
    """The float16 that every block has at byte ``at``, as float32 (n 1)."""
    return blocks[:, at : at + 2].contiguous().view(torch.float16).float()


def _bits(packed: Tensor, shifts: tuple[int, ...], mask: int) -> Tensor:
    """Bytes (n groups 1 m) -> small numbers (n groups shifts m), the lowest bits first."""
    return (packed >> torch.tensor(shifts, dtype=torch.uint8).view(-1, 1)) & mask


def _scales_and_least(packed: Tensor) -> tuple[Tensor, Tensor]:
    """Twelve bytes hold eight scales and eight offsets of six bits (n 8 each)."""
    low, middle, high = packed.split(4, dim=1)
    scales = torch.cat([low & 0x3F, (high & 0x0F) | ((low >> 2) & 0x30)], 1)
    least = torch.cat([middle & 0x3F, (high >> 4) | ((middle >> 2) & 0x30)], 1)
    return scales.float(), least.float()


def _q8_0(blocks: Tensor) -> Tensor:
    return _halves(blocks, 0) * blocks[:, 2:].view(torch.int8)


def _q4_k(blocks: Tensor) -> Tensor:
    scales, least = _scales_and_least(blocks[:, 4:16])
    values = _bits(blocks[:, 16:].view(-1, 4, 1, 32), (0, 4), 0x0F).reshape(-1, 8, 32)
    return _scaled(blocks, scales, least, values)


def _q5_k(blocks: Tensor) -> Tensor:
    scales, least = _scales_and_least(blocks[:, 4:16])
    fifth = _bits(blocks[:, 16:48].reshape(-1, 1, 1, 32), (0, 1, 2, 3, 4, 5, 6, 7), 1).reshape(-1, 8, 32)
    values = _bits(blocks[:, 48:].view(-1, 4, 1, 32), (0, 4), 0x0F).reshape(-1, 8, 32)
    return _scaled(blocks, scales, least, values | (fifth << 4))


def _scaled(blocks: Tensor, scales: Tensor, least: Tensor, values: Tensor) -> Tensor:
    scale, offset = _halves(blocks, 0) * scales, _halves(blocks, 2) * least
    return scale[..., None] * values - offset[..., None]


def _q6_k(blocks: Tensor) -> Tensor:
    low = _bits(blocks[:, :128].view(-1, 2, 1, 64), (0, 4), 0x0F).reshape(-1, 16, 16)
    high = _bits(blocks[:, 128:192].view(-1, 2, 1, 32), (0, 2, 4, 6), 3).reshape(-1, 16, 16)
    scales = _halves(blocks, 208) * blocks[:, 192:208].view(torch.int8)
    return scales[..., None] * ((low | (high << 4)).to(torch.int8) - 32)


@dataclass(frozen=True)
class Packing:
    """How a quantised tensor is stored: ``count`` weights in every block of ``size`` bytes; bytes (n size) -> float32.

    The layouts are those of ggml's ``block_q*`` records; K-quants nest six-bit scales inside a block of 256.
    """

    count: int
    size: int
    unpacked: Callable[[Tensor], Tensor]


PLAIN = {0: ("F32", torch.float32), 1: ("F16", torch.float16), 28: ("F64", torch.float64), 30: ("BF16", torch.bfloat16)}
PACKED = {
    8: ("Q8_0", Packing(32, 34, _q8_0)),
    12: ("Q4_K", Packing(256, 144, _q4_k)),
    13: ("Q5_K", Packing(256, 176, _q5_k)),
    14: ("Q6_K", Packing(256, 210, _q6_k)),
}
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _LIST = 8, 9


def read_gguf(path: Path) -> Tensors:
    """The tensors of a GGUF file, each unpacked when asked for; ``metadata`` are its short header values as text.

    Raises Refusal naming the file, and the tensor where one is to blame, when it is damaged or packed in another way.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError) as error:  # a file of no bytes cannot be mapped
        said = reason(error) if isinstance(error, OSError) else "it is empty"
        raise Refusal(f"cannot read {path}: {said}") from error
    head = _Header(path, data)
    if head.take(4) != MAGIC or head.number("<I") not in (2, 3):
        raise Refusal(f"{path} is damaged: it is no GGUF of version 2 or 3")
    tensors, pairs = head.count(24), head.count(12)
    values = dict(head.pair() for _ in range(pairs))
    entries = [head.entry() for _ in range(tensors)]
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1:
        raise Refusal(f"{path} is damaged: its alignment is {alignment!r}")
    start, stored, end = head.at + -head.at % alignment, dict[str, Stored](), 0
    for name, shape, kind, offset in sorted(entries, key=lambda entry: entry[3]):
        if name in stored:
            raise Refusal(f"{path} is damaged: it has {name} twice")
        if offset != end:
            raise Refusal(f"{path} is damaged at {name}: it begins at byte {offset} of the data, not at {end}")
        if start + offset + (size := _size(path, name, shape, kind)) > len(data):
            raise Refusal(f"{path} is cut short: {name} ends at byte {start + offset + size} of {len(data)}")
        end = offset + size + -size % alignment
        known = values.get(f"comfy.gguf.orig_shape.{name}")
        if isinstance(known, list) and all(isinstance(n, int) for n in known) and math.prod(known) == math.prod(shape):
            shape = tuple(known)  # written by converters that had to flatten it
        name_of = PLAIN[kind][0] if kind in PLAIN else PACKED[kind][0]
        stored[name] = Stored(shape, name_of, partial(_tensor, data, start + offset, kind, shape))
    if start + end < len(data):
        raise Refusal(f"{path} is damaged: {len(data) - start - end} bytes at its end belong to no tensor")
    return Tensors(stored, {key: str(value) for key, value in values.items()}, [path], [data])


def _size(path: Path, name: str, shape: tuple[int, ...], kind: int) -> int:
    """Bytes of a tensor in the file; raises Refusal for a packing that is not read here."""
    count = math.prod(shape)
    if kind in PLAIN:
        return count * PLAIN[kind][1].itemsize
    if kind not in PACKED:
        known = either([name for name, _ in (PLAIN | PACKED).values()])
        raise Refusal(f"{path} packs {name} in a way not read here (ggml type {kind}); use {known}")
    packing = PACKED[kind][1]
    if not shape or shape[-1] % packing.count:
        raise Refusal(f"{path} is damaged at {name}: {list(shape)} is not made of blocks of {packing.count}")
    return count // packing.count * packing.size


def _tensor(data: mmap.mmap, begin: int, kind: int, shape: tuple[int, ...]) -> Tensor:
    if kind in PLAIN:
        return mapped(data, begin, PLAIN[kind][1], shape)
    packing = PACKED[kind][1]
    blocks = mapped(data, begin, torch.uint8, (math.prod(shape) // packing.count, packing.size))
    return packing.unpacked(blocks).reshape(shape)


class _Header:
    """Reads the header from its start; a length that leads out of the file is a damaged file, not a crash."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self._path, self._data, self.at = path, data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self._data):
            raise Refusal(f"{self._path} is cut short: its header does not fit into {len(self._data)} bytes")
        self.at += count
        return self._data[self.at - count : self.at]

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def count(self, least: int) -> int:
        """How many things follow, each of ``least`` bytes or more."""
        if (number := self.number("<Q")) * least > len(self._data) - self.at:
            raise Refusal(f"{self._path} is damaged: its header promises {number} entries, more than it can hold")
        return int(number)

    def text(self) -> str:
        try:
            return self.take(self.count(1)).decode()
        except UnicodeDecodeError as error:
            raise Refusal(f"{self._path} is damaged: its header has a name that is no text") from error

    def pair(self) -> tuple[str, object]:
        return self.text(), self.value(self.number("<I"))

    def value(self, kind: int) -> object:
        """A value of the header; of a long list only the length."""
        if kind == _TEXT:
            return self.text()
        if kind == _LIST:
            inner = self.number("<I")
            if inner == _LIST or (inner != _TEXT and inner not in _SCALARS):
                raise Refusal(f"{self._path} is damaged: its header has a list of type {inner}")
            values = [self.value(inner) for _ in range(self.count(8 if inner == _TEXT else 1))]
            return values if len(values) <= LONGEST_KEPT else len(values)
        if kind not in _SCALARS:
            raise Refusal(f"{self._path} is damaged: its header has a value of type {kind}")
        return self.number(_SCALARS[kind])

    def entry(self) -> tuple[str, tuple[int, ...], int, int]:
        """Name, shape (the outermost first), type and offset of a tensor."""
        name, dimensions = self.text(), self.number("<I")
        if dimensions > MOST_DIMENSIONS:
            raise Refusal(f"{self._path} is damaged at {name}: it has {dimensions} dimensions")
        shape = tuple(self.number("<Q") for _ in range(dimensions))[::-1]
        return name, shape, self.number("<I"), self.number("<Q")
