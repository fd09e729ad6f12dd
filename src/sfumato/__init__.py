"""sfumato turns words into pictures: ``sfumato.load(name).paint("a fox reading a newspaper in the rain")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .pipeline.generate import Model, Picture
    from .pipeline.load import load

__all__ = ["Model", "Picture", "__version__", "load"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The public names arrive when asked for: importing the package must not import torch."""
    if name in ("Model", "Picture"):
        from .pipeline import generate

        return getattr(generate, name)
    if name == "load":
        from .pipeline.load import load

        return load
    raise AttributeError(f"module 'sfumato' has no attribute {name!r}")
