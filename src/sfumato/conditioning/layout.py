"""Who stands where: a writer makes layouts of prompts, for painters that are told them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor

from ..core.layout import END, FIGURE, HELD, PAGE, START, WORN, field, padded, read, token
from ..core.level import Condition, Reader, Stream
from ..core.seeds import Noise
from ..engine.tokens import Choose, Reader as Predicting, TokenNetwork, choosing, write

LONGEST: Final = 120  # tokens of a layout
IMAGINING: Final = 2**32  # added to a picture's seed, whose own chances are all for its noise
# What a prompt leaves open is drawn from what is likely, without the odd ends where mistakes are, and at fewer degrees
# what prompts mostly say: who is there and how many, in which colours. So 97 of 100 layouts of two figures and the like
# have everybody, 95 at 0.7 degrees throughout (LOG.md, 2026-11-22).
DEGREES: Final[dict[str | None, float]] = {None: 0.3, "role": 0.3, "kind": 0.3, "color": 0.4}
ELSE: Final = 0.7
DRAWN: Final = choosing(temperature=1.0, top_k=0, top_p=0.85)
LIKELIEST: Final = choosing(temperature=0.0, top_k=0, top_p=1.0)
AHEAD: Final = 8  # tokens are guessed; four more save one call in thirty
# What usually follows: START, a role, and any token of a field.
_AFTER: Final[dict[int | str, int]] = {
    START: token("role", PAGE), token("role", PAGE): token("place", 3),
    **{token("role", role): token("kind", 1) for role in (FIGURE, WORN, HELD)},
    "place": token("weather", 1), "weather": token("time", 2), "time": token("style", 1), "style": token("light", 2),
    "light": token("ground", 2), "ground": token("role", FIGURE), "kind": token("color", 1),
    "action": token("expression", 1), "skin": token("gender", 1), "flip": token("x", 32), "x": token("y", 58),
    "y": token("unit", 30), "unit": token("role", FIGURE),
}  # fmt: skip


class Director:
    """A text encoder for painters that are told layouts: reads a prompt, then writes who stands where.

    An empty prompt is a page that nobody was told of. As a plain encoder it writes the likeliest page; ``imagined``
    draws one, another for every picture. (A language model that lays out before a picture is painted is the idea of
    LLM-grounded diffusion, arXiv 2305.13655; ours is small, and learned from the world it writes of.)
    """

    def __init__(self, reader: Reader, writer: TokenNetwork) -> None:
        self._reader, self._writer = reader, writer

    def __call__(self, texts: Sequence[str]) -> Condition:
        return self._laid_out(texts, LIKELIEST, _constant)

    def imagined(self, texts: Sequence[str], rng: Stream) -> Condition:
        return self._laid_out(texts, imagined, rng)

    def kept(self, text: str) -> int:
        return self._reader.kept(text)

    def _laid_out(self, texts: Sequence[str], choose: Choose, rng: Stream) -> Condition:
        words = self._reader(texts)
        assert words.tokens is not None
        start = torch.full((len(texts), 1), START, device=words.tokens.device)
        predict = Predicting(self._writer, replace(words, pooled=None))
        pages = write(predict, start, LONGEST, choose, rng, end=END, guess=usual).tolist()
        layouts = [read(page if text.strip() else []) for page, text in zip(pages, texts, strict=True)]
        return Condition(layout=padded(layouts).to(start.device))


def imagined(logits: Tensor, rng: Stream) -> Tensor:
    """A choice of tokens (B) by the ``DEGREES`` of the field that is likeliest to be said."""
    degrees = [DEGREES.get(field(likeliest), ELSE) for likeliest in logits.argmax(1).tolist()]
    return DRAWN(logits / logits.new_tensor(degrees)[:, None], rng)


def usual(tokens: Tensor, guessed: Tensor, likeliest: Tensor) -> Tensor:
    """A guess at the next ``AHEAD`` tokens of layouts. What is likeliest after a wrong guess hangs on the words more
    than on that guess, so it is as good as any after another token of that field; then what usually follows."""
    rows = []
    for (*_, last), wrong, said in zip(tokens.tolist(), guessed.tolist(), likeliest.tolist(), strict=True):
        row = [last]
        for before, after in zip(wrong, said, strict=True):
            if field(before) != field(row[-1]):
                break
            row.append(after)
        while len(row) <= AHEAD:
            row.append(_AFTER.get(row[-1]) or _AFTER.get(field(row[-1]) or END, token("flip", 1)))
        rows.append(row[1 : AHEAD + 1])
    return torch.tensor(rows, device=tokens.device)


def heard(reader: Reader, text: str, *, seed: int) -> Condition:
    """What a painter is told of one text; where its encoder imagines what the text leaves open, by the ``seed``."""
    if not isinstance(reader, Director):
        return reader([text])
    return reader.imagined([text], Noise([seed + IMAGINING]))


def _constant(x: Tensor) -> Tensor:
    return torch.zeros_like(x)
