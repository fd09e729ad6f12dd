"""The one error people see: what was asked cannot be done, and why, in one line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Refusal(ValueError):
    """A wish that cannot be granted; the message is one line, written for the person who asked."""


def unknown(kind: str, name: str, known: Iterable[str]) -> Refusal:
    """Refusal of a name nobody knows, with the nearest known names and then all of them."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    guess = f", did you mean {either(near)}?" if near else ";"
    return Refusal(f"unknown {kind} {name!r}{guess} there is {', '.join(names) or 'none'}")


def either(names: Iterable[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``; ``none`` for no names."""
    *first, last = [*names] or ["none"]
    return f"{', '.join(first)} or {last}" if first else last
