"""What the hardware multiplies how fast, and so in which precision to train."""

from __future__ import annotations

import math
import time
from typing import Literal

import torch


def fast_precision(device: torch.device) -> Literal["float32", "bfloat16"]:
    """bfloat16 where the hardware multiplies it faster than float32: a GPU is asked, a processor is measured."""
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    single, half = (matrix_rate(dtype, device, size=256, seconds=0.05) for dtype in (torch.float32, torch.bfloat16))
    return "bfloat16" if half > 1.5 * single else "float32"


def matrix_rate(dtype: torch.dtype, device: torch.device, *, size: int, seconds: float) -> float:
    """FLOP/s of the product of two square matrices, the best of several within about ``seconds``.

    Their side is ``size``, or less where even one product of that side would take too long.
    """
    side, best, began = min(64, size), math.inf, time.monotonic()
    while True:
        a, b = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))
        took = math.inf
        for _ in range(3):
            tick = time.perf_counter()
            float((a @ b)[0, 0])  # reading a value waits for a device that works in the background
            took = min(took, time.perf_counter() - tick)
        best = min(best, took / (2 * side**3))
        if time.monotonic() - began > seconds:
            return 1 / best
        if 2 * side <= size and 24 * took < seconds:  # three products of eight times the work
            side *= 2
