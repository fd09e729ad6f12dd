"""Sheets of an exam for people who would rather look: what a model usually paints, and where it fails worst."""

from __future__ import annotations

import io
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from ..core.disk import write_whole
from ..core.picture import load, sheet
from .suite import TASKS

MEDIAN, FAILURES = "median.png", "failures.png"
SIDE: Final = 176  # pixels of a picture on a sheet
LINE: Final = 13
LINES: Final = 4  # of words under a picture
SHOWN: Final = 30  # failures, at most

Row = dict[str, Any]  # a line of the verdicts


def write_sheets(folder: Path, verdicts: Path) -> list[Path]:
    """Both sheets beside the pictures of an exam, made from its verdicts; failures only where there are some."""
    rows = [json.loads(line) for line in verdicts.read_text("utf-8").splitlines()]
    written = []
    for name, some in ((MEDIAN, middling(rows)), (FAILURES, failing(rows))):
        if some:
            file = io.BytesIO()
            sheet([_labelled(folder, row) for row in some]).save(file, format="png")
            write_whole(folder / name, file.getvalue(), force=True)
            written.append(folder / name)
    return written


def middling(rows: Sequence[Row]) -> list[Row]:
    """For each task and split the picture that as many are better as worse than, by how many facts are untrue."""
    ranked = sorted(rows, key=lambda row: (len(row["untrue"]), row["file"]))
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in ranked:
        groups.setdefault((row["task"], row["split"]), []).append(row)
    order = {task: i for i, task in enumerate(TASKS)}
    return [groups[key][len(groups[key]) // 2] for key in sorted(groups, key=lambda key: (order[key[0]], key[1]))]


def failing(rows: Sequence[Row]) -> list[Row]:
    """The pictures of which most is untrue, no prompt twice, the tasks in turn."""
    groups: dict[str, dict[str, Row]] = {}
    for row in sorted(rows, key=lambda row: (-len(row["untrue"]), row["file"])):
        if not row["right"]:
            groups.setdefault(row["task"], {}).setdefault(row["prompt"], row)
    queues = [[*group.values()] for task in TASKS if (group := groups.get(task))]
    turns = [queue[i] for i in range(SHOWN) for queue in queues if i < len(queue)]
    return turns[:SHOWN]


def _labelled(folder: Path, row: Row) -> Image.Image:
    """A picture with its prompt in black and, in red, what of that is not so."""
    board = Image.new("RGB", (SIDE, SIDE + LINES * LINE + 4), "white")
    board.paste(load(folder / row["file"]).image.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    words = [(line, "black") for line in textwrap.wrap(row["prompt"], 30)]
    missed = [f"not {fact}" for fact in row["untrue"] if fact != "count 1"]  # nobody there: its kind says so already
    words += [(line, "#b00") for line in textwrap.wrap("; ".join(missed), 30)]
    draw, font = ImageDraw.Draw(board), ImageFont.load_default(size=LINE - 2)
    for i, (line, color) in enumerate(words[:LINES]):
        draw.text((2, SIDE + 2 + i * LINE), line, color, font)
    return board
