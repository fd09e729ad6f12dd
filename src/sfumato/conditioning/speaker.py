"""A tokenizer and a text network that speak together: long texts in rows, and words by their weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from ..core.level import States, TextNetwork
from ..core.refusal import Refusal
from .emphasis import Weighed, weighed
from .words import Heard


class Tokenizer(Protocol):
    """Words -> numbers, in as many tokens as wanted."""

    def encode(self, texts: Sequence[str], length: int, /) -> tuple[Tensor, Tensor]:
        """Ids and mask (B N); what exceeds ``length`` tokens is cut."""

    def spans(self, text: str, length: int, /) -> Sequence[tuple[int, int]]:
        """Which characters every token stands for; none for marks and padding."""

    def kept(self, text: str, length: int, /) -> int:
        """How many characters fit."""

    def whole(self, text: str, length: int, /) -> int:
        """How many tokens all of the text takes in rows of ``length``; ``length`` if it can be read in one row only."""


@dataclass(frozen=True)
class Voice:
    """One text encoder of a model.

    Texts are read in rows of ``length`` tokens: the first alone, or all of them if ``whole``; rows are heard one by one
    and their states stand one after another, the pooled vector is that of the first. ``masked``: the network is told
    which tokens count. ``unweighing``: the name of a network that cannot weigh words, none if it can. ``device``: where
    the network is at the time.
    """

    tokenizer: Tokenizer
    network: TextNetwork
    device: Callable[[], torch.device]
    length: int
    masked: bool
    whole: bool = False
    unweighing: str | None = None

    def __call__(self, texts: Sequence[str]) -> Heard:
        """Raises Refusal when words are weighed that cannot be."""
        said = [weighed(text) for text in texts]
        tokens = max(self._tokens(one) for one in said)
        heard = self._heard([one.text for one in said], tokens)
        if all(one.even for one in said):
            return heard
        if self.unweighing is not None:
            raise Refusal(f"{self.unweighing} cannot weigh words; drop the numbers, as in (red:1.3)")
        weights = torch.tensor([self._weights(one, tokens) for one in said])
        silence = self._heard([""], tokens).states
        return replace(heard, states=_stressed(heard.states, silence, weights.to(heard.states.last.device)))

    def kept(self, text: str) -> int:
        """How many characters of ``text`` are read."""
        said = weighed(text)
        return said.behind(self.tokenizer.kept(said.text, self._tokens(said)))

    def reading_whole(self) -> Voice:
        """The same voice, which reads long texts to their end."""
        return replace(self, whole=True)

    def _tokens(self, said: Weighed) -> int:
        return self.tokenizer.whole(said.text, self.length) if self.whole else self.length

    def _heard(self, texts: Sequence[str], tokens: int) -> Heard:
        device = self.device()
        ids, mask = (found.to(device) for found in self.tokenizer.encode(texts, tokens))
        rows = tokens // self.length
        row_ids, row_mask = (found.unflatten(1, (rows, -1)).flatten(0, 1) for found in (ids, mask))
        states = self.network(row_ids, row_mask if self.masked else torch.ones_like(row_mask))
        return Heard(_abreast(states, rows), mask)

    def _weights(self, said: Weighed, tokens: int) -> list[float]:
        """The weight of every token is that of its last letter: the first may be a blank."""
        return [said.weights[end - 1] if end else 1.0 for _, end in self.tokenizer.spans(said.text, tokens)]


def _abreast(states: States, rows: int) -> States:
    """Rows (B*rows N D) as one text each (B rows*N D)."""
    if rows == 1:
        return states

    def joined(x: Tensor) -> Tensor:
        return x.unflatten(0, (-1, rows)).flatten(1, 2)

    pooled = None if states.pooled is None else states.pooled.unflatten(0, (-1, rows))[:, 0]
    return States(tuple(joined(layer) for layer in states.layers), joined(states.last), pooled)


def _stressed(states: States, empty: States, weights: Tensor) -> States:
    """Every token as far from what is heard in silence as its weight says; the pooled vector has no words to weigh."""

    def stressed(x: Tensor, silence: Tensor) -> Tensor:
        return torch.lerp(silence.expand_as(x), x, weights[..., None].to(x.dtype))  # exact at a weight of 1

    layers = (stressed(layer, silence) for layer, silence in zip(states.layers, empty.layers, strict=True))
    return States(tuple(layers), stressed(states.last, empty.last), states.pooled)
