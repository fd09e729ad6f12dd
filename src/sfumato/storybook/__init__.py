"""A picture world drawn by this project: one scene graph is the single source of pixels and captions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .captions import WORDS, caption
from .sampling import sample
from .scene import INSTANCES, VERSION, Accessory, Animal, Scene, Thing

if TYPE_CHECKING:
    from .draw import draw, instances, sheet

__all__ = [
    "INSTANCES", "VERSION", "WORDS", "Accessory", "Animal", "Scene", "Thing", "caption", "draw", "instances",
    "sample", "sheet",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What needs skia is imported when it is first asked for."""
    if name in ("draw", "instances", "sheet"):
        from importlib import import_module

        module = import_module(".draw", __name__)
        globals().update({key: getattr(module, key) for key in ("draw", "instances", "sheet")})
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
