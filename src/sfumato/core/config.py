"""Frozen dataclasses <-> JSON: the configuration of a network beside its weights; an unknown key is an error."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

Record = TypeVar("Record")


def to_json(record: Any) -> dict[str, Any]:
    """A dataclass as plain JSON values (tuples become lists)."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(record).items()}


def from_json(kind: type[Record], values: dict[str, Any]) -> Record:
    """JSON values as a dataclass of ``kind``; raises ValueError that names every key the kind does not have."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(values) - known):
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    hints = get_type_hints(kind)
    return kind(**{key: _value(hints[key], value) for key, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    if isinstance(value, dict) and isinstance(hint, type) and is_dataclass(hint):
        return from_json(hint, value)
    return tuple(value) if isinstance(value, list) else value
