"""A layout: who and what is on a page and where, row by row; a writer writes it, a painter is told it.

A layout is int64 ``(B N F)``: N rows of F fields, 0 for what a row leaves unsaid. Written down it is a list of tokens:
each row begins with its role and says its fields in their order. Where a thing stands is said of who bears it, so the
last fields (``PLACED``) are those of the row before unless a row says them itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import torch
from torch import Tensor

PAGE, FIGURE, WORN, HELD = 1, 2, 3, 4  # the roles
BINS: Final = 64  # of x and y, from the left and the top edge of the page
UNITS: Final = 48  # of sizes: the unit of a figure's frame, about its height, in shares of the page's smaller side
LEAST, MOST = 0.05, 1.2  # the smallest and the largest of them
# How many values each field has, beside 0 for unsaid. What a value means is the data's to say (``data/layouts.py``).
FIELDS: Final[Mapping[str, int]] = {
    "role": 4, "place": 16, "weather": 8, "time": 4, "style": 12, "light": 5, "ground": 4,
    "kind": 160, "color": 16, "pattern": 4, "action": 16, "expression": 8, "skin": 8, "gender": 2, "inside": 1,
    **{f"letter {i}": 26 for i in range(1, 7)}, "flip": 2, "x": BINS, "y": BINS, "unit": UNITS,
}  # fmt: skip
AT: Final = {name: i for i, name in enumerate(FIELDS)}
PLACED: Final = ("flip", "x", "y", "unit")
ROWS: Final = 20  # the most a page has
START, END = 0, 1  # tokens; the values of the first field follow, then those of the second
VOCABULARY: Final = 2 + sum(FIELDS.values())
_FIRST: Final = dict(zip(FIELDS, (2 + sum([*FIELDS.values()][:i]) for i in range(len(FIELDS))), strict=True))
_NAMES: Final = tuple(FIELDS)
_MEANING: Final = (None, None, *((AT[name], value) for name, count in FIELDS.items() for value in range(1, count + 1)))


def token(field: str, value: int) -> int:
    """The token that says a value of a field."""
    return _FIRST[field] + value - 1


def field(token: int) -> str | None:
    """The field that a token says; None for START and END."""
    said = _MEANING[token]
    return None if said is None else _NAMES[said[0]]


def spelled(layout: Tensor) -> list[int]:
    """One layout (N F) as tokens, START first and END last."""
    tokens, before = [START], [0] * len(FIELDS)
    for row in layout.tolist():
        if not any(row):
            continue
        for name, value in zip(FIELDS, row, strict=True):
            if value and not (name in PLACED and row[0] not in (PAGE, FIGURE) and value == before[AT[name]]):
                tokens.append(token(name, value))
        before = row
    return [*tokens, END]


def read(tokens: Sequence[int]) -> Tensor:
    """Tokens -> the layout (N F) they spell, up to END; what comes before any role is lost, what comes last counts."""
    rows: list[list[int]] = []
    for token in tokens:
        if token == END or len(rows) > ROWS:
            break
        meaning = _MEANING[token]
        if meaning is None:
            continue
        at, value = meaning
        if at == AT["role"]:
            row = [0] * len(FIELDS)
            if rows and value not in (PAGE, FIGURE):
                for name in PLACED:
                    row[AT[name]] = rows[-1][AT[name]]
            row[0] = value
            rows.append(row)
        elif rows:
            rows[-1][at] = value
    return torch.tensor(rows[:ROWS] or [[0] * len(FIELDS)])


def padded(layouts: Sequence[Tensor]) -> Tensor:
    """Layouts (N F) of any length -> one tensor (B ROWS F), the missing rows zeros."""
    page = torch.zeros(len(layouts), ROWS, len(FIELDS), dtype=torch.int64)
    for i, layout in enumerate(layouts):
        page[i, : len(layout)] = layout[:ROWS]
    return page


def binned(share: float) -> int:
    """A place from 0 to 1 along a side -> 1 to BINS."""
    return 1 + min(max(int(share * BINS), 0), BINS - 1)


def sized(unit: float) -> int:
    """A unit in shares of the page's smaller side -> 1 to UNITS, in equal ratios."""
    share = torch.tensor(max(unit, 1e-6) / LEAST).log() / torch.tensor(MOST / LEAST).log()
    return 1 + min(max(int(share * UNITS), 0), UNITS - 1)


def standing(layout: Tensor) -> Tensor:
    """Which rows of layouts (B N F) have a place of their own on the page, true or false (B N)."""
    role = layout[..., AT["role"]]
    return (role == FIGURE) | (role == HELD)


def stands(layout: Tensor, height: float, width: float) -> Tensor:
    """Layouts (B N F) -> (B N 4) float32: x and y of every row's feet and its unit, all as ``height`` and ``width`` are
    measured, and -1 for mirrored or 1. Unsaid places are in the middle.

    A layout is of a square: a wider page has it in its middle, a taller one at its foot.
    """
    side = min(height, width)
    x, y, unit, flip = (layout[..., AT[name]].float() for name in ("x", "y", "unit", "flip"))
    x, y = ((bins - 0.5).div(BINS).where(bins > 0, 0.5) for bins in (x, y))
    unit = LEAST * (MOST / LEAST) ** ((unit.clamp(min=1) - 0.5) / UNITS)
    x, y = width / 2 + (x - 0.5) * side, height + (y - 1) * side
    return torch.stack((x, y, unit * side, torch.where(flip == 2, -1.0, 1.0)), dim=-1)
