"""The result of an exam for people: a table in the terminal, and a page with the pictures behind every number."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from ..core.disk import write_whole
from ..core.picture import load
from .suite import SPLITS, TASKS

if TYPE_CHECKING:
    from rich.table import Table

PAGE: Final = "report.html"
THUMB: Final = 112  # pixels a side
STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
th:first-child, td:first-child { text-align: left } tr + tr { border-top: 1px solid #ddd }
.grid { display: flex; flex-wrap: wrap; gap: .7rem } figure { margin: 0; width: 112px; font-size: 11px }
img { width: 112px; height: 112px; object-fit: contain; display: block; border-bottom: 4px solid #c33 }
.right img { border-color: #393 } details { margin: .6rem 0 } summary { cursor: pointer; font-weight: 600 }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } tr + tr { border-color: #444 } }
"""


def table(result: dict[str, Any]) -> Table:
    """Scores of all tasks, seen and held out, in percent: corrected; raw with its interval; with captions shuffled."""
    from rich.table import Table

    board = Table(title=f"{result['plan']['model']}: what it paints as it was asked, %")
    board.add_column("task")
    for split in SPLITS:
        for name in (split.replace("_", " "), "raw", "deaf"):
            board.add_column(name, justify="right", no_wrap=True)
    for name, cells in _rows(result):
        board.add_row(name, *cells, end_section=name == "mean of six")
    return board


def judge_table(result: dict[str, Any]) -> Iterator[Table]:
    """What a judge sees, and how often it says yes to right and to wrong pictures, in percent."""
    from rich.table import Table

    kinds = [name for name in ("renders", "reconstructions") if name in result]
    board = Table(title=f"what the judge sees in {result['scenes']} held-out renders, %")
    for name in ("", *kinds):
        board.add_column(name, justify="right" if name else "left")
    for name in result["renders"]:
        board.add_row(name.replace("_", " "), *(_share(result[kind].get(name)) for kind in kinds))
    yield board
    board = Table(title="yes to right pictures / yes to wrong ones, %")
    more = "agreement" in result["tasks"]["single"]["seen"]
    names = ["task", *(split.replace("_", " ") for split in SPLITS)]
    for name in (*names, "the second", "they agree") if more else names:
        board.add_column(name, justify="left" if name == "task" else "right")
    for task, both in result["tasks"].items():
        cells = [f"{100 * both[s]['found']:.0f} / {100 * both[s]['fooled']:.0f}" for s in SPLITS]
        if more:
            mean = {key: sum(both[s][key] for s in SPLITS) / 2 for key in both["seen"]}
            cells += [f"{100 * mean['second_found']:.0f} / {100 * mean['second_fooled']:.0f}",
                      f"{100 * mean['agreement']:.0f}"]  # fmt: skip
        board.add_row(task, *cells)
    yield board


def _share(value: float | None) -> str:
    """In percent; a dash where nothing was found that could have been right."""
    return "-" if value is None else f"{100 * value:.1f}"


def write_page(folder: Path, result: dict[str, Any], verdicts: Path) -> Path:
    """The result as one file of HTML that needs nothing beside it; returns its path."""
    rows = [json.loads(line) for line in verdicts.read_text("utf-8").splitlines()]
    path = folder / PAGE
    write_whole(path, "".join(_html(folder, result, rows)).encode(), force=True)
    return path


def _rows(result: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if result["seen"]["mean"] is not None:
        yield "mean of six", [cell for split in SPLITS for cell in _cells(result[split]["mean"])]
    for task in result["plan"]["tasks"]:
        yield task, [cell for split in SPLITS for cell in _cells(result[split]["tasks"][task])]


def _cells(score: dict[str, Any]) -> list[str]:
    low, high = score["interval"]
    fixed = "-" if score["corrected"] is None else _percent(score["corrected"])
    raw = f"{_percent(score['raw'])} ({_percent(low)}-{_percent(high)})"
    return [fixed, raw, f"{_percent(score['shuffled']['raw'])} / {_percent(score['shuffled']['floor'])}"]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _html(folder: Path, result: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    plan = result["plan"]
    yield "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
    yield f"<title>{escape(plan['model'])}: the storybook's exam</title><style>{STYLE}</style>"
    yield f"<h1>{escape(plan['model'])}: the storybook's exam</h1>"
    yield (f"<p>{plan['prompts']} prompts a task, half of them held out; pictures of each: {plan['seeds']}. A picture "
           "counts when every fact of its prompt holds. The first figure is corrected for the judge's own mistakes; "
           "then raw with its 95 % interval; then the same pictures against the captions of others / what a painter "
           "scores that paints perfectly and hears nothing. Percent; not comparable to other suites.</p>")  # fmt: skip
    heads = "".join(f"<th>{h}</th>" for s in SPLITS for h in (s.replace("_", " "), "raw", "deaf"))
    yield f"<table><tr><th>task</th>{heads}</tr>"
    for name, cells in _rows(result):
        yield f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</table><h2>Distances</h2><table><tr><th></th><th>painted</th><th>renders again</th><th>codec</th></tr>"
    for name in ("frechet", "kernel"):
        values = (result["distances"][name].get(key) for key in ("painted", "floor", "codec"))
        yield f"<tr><td>{name}</td>{''.join('<td>-</td>' if v is None else f'<td>{v:.4g}</td>' for v in values)}</tr>"
    copied = result["memorisation"]
    yield (f"</table><p>Nearest of {copied['training_pictures']} training pictures: {copied['painted_median']:.3g} "
           f"from painted ones, {copied['render_median']:.3g} from held-out renders (medians). {copied['copies']:.1%} "
           f"of those painted are nearer than {copied['limit']:.3g}; so are 1 % of held-out renders.</p>")  # fmt: skip
    people = result["people"]
    for name in ("skin", "gender"):
        shares = ", ".join(f"{value} {share:.0%}" for value, share in people[name].items())
        yield f"<p>{name} of {people['painted']} people painted for prompts that say nothing of it: {shares}.</p>"
    yield "<h2>Pictures, worst first</h2>"
    for task in (task for task in TASKS if task in plan["tasks"]):
        for split in SPLITS:
            mine = [row for row in rows if (row["task"], row["split"]) == (task, split)]
            mine.sort(key=lambda row: -len(row["untrue"]))
            right = sum(row["right"] for row in mine)
            first = ' open' if (task, split) == (plan['tasks'][0], SPLITS[0]) else ''
            yield f"<details{first}><summary>{task}, {split.replace('_', ' ')}: {right} of {len(mine)}</summary>"
            yield f"<div class='grid'>{''.join(_figure(folder, row) for row in mine)}</div></details>"
    yield "</html>\n"


def _figure(folder: Path, row: dict[str, Any]) -> str:
    said = "" if row["right"] else f"<br>not so: {escape(', '.join(row['untrue']))}"
    name = "right" if row["right"] else "wrong"
    picture = _thumb(folder / row["file"])
    return (f"<figure class='{name}' title='{escape(row['seen'], quote=True)}'><img loading='lazy' alt='' "
            f"src='{picture}'>{escape(row['prompt'])}{said}</figure>")  # fmt: skip


def _thumb(path: Path) -> str:
    """A small picture as a data address."""
    image = load(path).image
    image.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "WEBP", quality=70)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
