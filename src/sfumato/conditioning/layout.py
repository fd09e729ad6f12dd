"""Who stands where: a writer makes layouts of prompts, for painters that are told them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor

from ..core.layout import END, START, padded, read
from ..core.level import Condition, Reader, Stream
from ..core.seeds import Noise
from ..engine.tokens import Choose, Reader as Predicting, TokenNetwork, choosing, write

LONGEST: Final = 120  # tokens of a layout
IMAGINING: Final = 2**32  # added to a picture's seed, whose own chances are all for its noise
# What a prompt leaves open is drawn from what is likely, without the odd ends where mistakes are: of 30 prompts of two
# figures in two colours 28 were laid out right so, and 23 at one degree and 0.9 (LOG.md, 2026-11-21).
IMAGINED: Final = choosing(temperature=0.7, top_k=0, top_p=0.85)
LIKELIEST: Final = choosing(temperature=0.0, top_k=0, top_p=1.0)


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
        return self._laid_out(texts, IMAGINED, rng)

    def kept(self, text: str) -> int:
        return self._reader.kept(text)

    def _laid_out(self, texts: Sequence[str], choose: Choose, rng: Stream) -> Condition:
        words = self._reader(texts)
        assert words.tokens is not None
        start = torch.full((len(texts), 1), START, device=words.tokens.device)
        predict = Predicting(self._writer, replace(words, pooled=None))
        pages = write(predict, start, LONGEST, choose, rng, end=END).tolist()
        layouts = [read(page if text.strip() else []) for page, text in zip(pages, texts, strict=True)]
        return Condition(layout=padded(layouts).to(start.device))


def heard(reader: Reader, text: str, *, seed: int) -> Condition:
    """What a painter is told of one text; where its encoder imagines what the text leaves open, by the ``seed``."""
    if not isinstance(reader, Director):
        return reader([text])
    return reader.imagined([text], Noise([seed + IMAGINING]))


def _constant(x: Tensor) -> Tensor:
    return torch.zeros_like(x)
