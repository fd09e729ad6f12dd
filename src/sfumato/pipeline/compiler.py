"""Painters compiled for the machine they paint on, with a cache that the next process finds."""

from __future__ import annotations

import os
from pathlib import Path

from torch import nn

from ..core.refusal import Refusal
from .memory import Place


def compile_painter(painter: nn.Module, at: Place) -> None:
    """Compile a network when it is first asked, its weights frozen into the code; anew for every size of picture.

    What was compiled lies in ``TORCHINDUCTOR_CACHE_DIR``, which is in the user's cache unless it is set. Sums are made
    in another order, so that the last bits of a picture differ. Raises Refusal where nothing can compile.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    # before the compiler is imported, which would choose a folder that does not survive the machine's next start
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(home / "sfumato" / "compiled"))
    _check_compiler(at)
    painter.compile(dynamic=False, options={"freezing": True})


def _check_compiler(at: Place) -> None:
    if at.device.type == "cpu":
        from torch._inductor.cpp_builder import get_cpp_compiler
        from torch._inductor.exc import InvalidCxxCompiler

        try:
            get_cpp_compiler()
        except InvalidCxxCompiler as error:
            raise Refusal("--compile needs a C++ compiler, and none is here; install g++ or clang") from error
    elif at.device.type == "cuda":
        from torch.utils._triton import has_triton

        if not has_triton():
            raise Refusal("--compile needs triton for this device, and it is not here")
    else:
        raise Refusal(f"--compile knows no {at.device.type}; drop it")
