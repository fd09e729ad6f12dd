"""Where a model lives and in which precision it computes: here alone, and in files, do they move."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from ..core.level import Codec
from ..core.refusal import Refusal, unknown
from ..models.kl import KLAutoencoder
from ..models.taesd import TinyAutoencoder

LARGE, TILE = 192, 64  # places of a latent along a side: 1536 and 512 pixels for most codecs

Precision = Literal["float32", "bfloat16", "float16"]
PRECISIONS: dict[Precision, torch.dtype] = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


@dataclass(frozen=True)
class Place:
    """A device and the precision networks compute in there; levels, solver and latents are float32 everywhere.

    ``compiled``: the painter is compiled for it.
    """

    device: torch.device
    precision: Precision
    compiled: bool = False

    @property
    def dtype(self) -> torch.dtype:
        return PRECISIONS[self.precision]

    def packs(self) -> bool:
        """Whether networks gain by weights laid out for its products."""
        return self.device.type == "cpu" and self.precision == "bfloat16"

    def name(self) -> str:
        """The device as a record names it: its kind and, where it decides about the last bits, its make."""
        if self.device.type == "cuda":
            return f"cuda ({torch.cuda.get_device_name(self.device)})"
        if self.device.type == "cpu":
            return f"cpu ({torch.backends.cpu.get_cpu_capability()})"
        return self.device.type


def place(device: str, dtype: str) -> Place:
    """Find the device and precision that were asked for, ``auto`` being the fastest that gives good pictures.

    Raises Refusal for a name nobody knows and for a device that this machine does not have.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    kind = ("cuda" if there["cuda"] else "cpu") if device == "auto" else device.partition(":")[0]
    if kind not in there:
        raise unknown("device", device, ["auto", *there])
    try:
        found = torch.device(kind if device == "auto" else device)
    except RuntimeError as error:
        raise unknown("device", device, ["auto", *there]) from error
    if not there[kind] or (kind == "cuda" and (found.index or 0) >= torch.cuda.device_count()):
        raise Refusal(f"there is no device {device!r} here; try {' or '.join(k for k, has in there.items() if has)}")
    if dtype == "auto":
        return Place(found, "bfloat16" if kind == "cuda" or (kind == "cpu" and _multiplies_bfloat16()) else "float32")
    for name in PRECISIONS:
        if dtype == name:
            return Place(found, name)
    raise unknown("dtype", dtype, ["auto", *PRECISIONS])


def decoded(codec: Codec, latent: Tensor, at: Place, *, thrifty: bool) -> Tensor:
    """Latents (B C H W) -> float32 pixels (B 3 H W) on the CPU, as the codec says them, not yet clamped.

    Large pictures, and ``thrifty`` ones of more than a tile, are decoded in tiles by those codecs that can.
    """
    latent = latent.to(at.device, at.dtype)
    if isinstance(codec, KLAutoencoder | TinyAutoencoder) and (thrifty or max(latent.shape[2:]) > LARGE):
        return codec.decode(latent, tile=TILE).float().cpu()
    return codec.decode(latent).float().cpu()


def _multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for bfloat16 products; without them float32 is both faster and better."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split("flags", 1)[-1].split("\n", 1)[0].split()
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags
