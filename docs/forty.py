"""Paints the prompts of a list, prompt k with seed k: ``python docs/forty.py [MODEL] [OUT] [LIST]``."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw

import sfumato

DOCS = Path(__file__).parent
SIDE, FOOT, COLUMNS = 120, 40, 8  # pixels


def main() -> None:
    model = sfumato.load(sys.argv[1] if len(sys.argv) > 1 else "storybook")
    prompts = (Path(sys.argv[3]) if len(sys.argv) > 3 else DOCS / "forty.txt").read_text().splitlines()
    sheet = Image.new("RGB", (COLUMNS * SIDE, -(-len(prompts) // COLUMNS) * (SIDE + FOOT)), "white")
    brush = ImageDraw.Draw(sheet)
    for k, prompt in enumerate(prompts):
        x, y = k % COLUMNS * SIDE, k // COLUMNS * (SIDE + FOOT)
        sheet.paste(model.paint(prompt, seed=k + 1)[0].image.resize((SIDE - 6, SIDE - 6)), (x + 3, y + 3))
        brush.text((x + 4, y + SIDE - 1), textwrap.fill(f"{k + 1} {prompt}", 21), "black", font_size=10, spacing=1)
    sheet.save(sys.argv[2] if len(sys.argv) > 2 else DOCS / "forty.webp", quality=14, method=6)


if __name__ == "__main__":
    main()
