"""Draws the curve of the README from ``score.csv``: ``python docs/score.py``, after every exam of shipped weights."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

DOCS = Path(__file__).parent
COLORS = {  # only what one judge saw is joined by a line
    "layouts, third judge": "tab:blue",
    "at 320 pixels, third judge": "tab:green",
    "drawn with care, fourth judge": "tab:purple",
    "layouts, second judge": "tab:gray",
    "layouts, first judge": "silver",
    "words, first judge": "tab:brown",
}


def main() -> None:
    rows = list(csv.DictReader((DOCS / "score.csv").open()))
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    columns = {"pictures": ("thousands of pictures seen", 1000), "hours": ("hours of one core", 1)}
    for axes, (key, (label, scale)) in zip(figure.subplots(1, 2, sharey=True), columns.items(), strict=True):
        for name, color in COLORS.items():
            own = [row for row in rows if row["painter"] == name]
            for split, line in (("seen", "-"), ("held out", "--")):
                x, y = [float(row[key]) / scale for row in own], [float(row[split]) for row in own]
                axes.plot(x, y, line, marker="o", label=f"{name}, {split}", color=color)
        axes.set(xlabel=label)
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize="small")
    figure.axes[0].set(ylabel="six tasks, judged, %", ylim=(0, 100))
    drawn = BytesIO()
    figure.savefig(drawn, dpi=100)
    Image.open(drawn).convert("RGB").quantize(32).save(DOCS / "score.png", optimize=True)


if __name__ == "__main__":
    main()
