"""The prompt's door: words -> Condition, and an honest word about those it did not read or does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..core.level import Reader
from .emphasis import weighed

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Reading:
    """What became of a text: the words that did not fit and those the model was never taught, in order, each once."""

    cut: tuple[str, ...]
    unknown: tuple[str, ...]

    def notes(self, where: str) -> list[str]:
        """The same in sentences, none when all is well."""
        notes = []
        if self.cut:
            notes.append(f"the {where} is too long; these words were cut: {' '.join(self.cut)}")
        if self.unknown:
            notes.append(f"words in the {where} that the model was never taught: {', '.join(self.unknown)}")
        return notes


def read(text: str, reader: Reader, *, taught: Iterable[str]) -> Reading:
    """How a text will be understood. No ``taught`` words at all means that every word may be known."""
    known, end = {word.casefold() for word in taught}, reader.kept(text)
    words = list(_WORD.finditer(weighed(text).bare))
    cut = [word[0] for word in words if word.end() > end]  # a word cut in two counts as cut
    unknown = [word[0] for word in words if word.end() <= end and known and word[0].casefold() not in known]
    return Reading(tuple(cut), tuple(dict.fromkeys(unknown)))
