"""Words that count more or less than others: ``a (red:1.3) fox in (the (deep:1.2) snow:0.8)``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER = re.compile(r"\\[()]|.", re.DOTALL)
_WEIGHT = re.compile(r"\s*:\s*(\d+(?:\.\d*)?|\.\d+)\s*$")


@dataclass(frozen=True)
class Weighed:
    """A text without its marks. ``weights`` of its letters; ``places`` of them in ``source``, the text as written."""

    text: str
    weights: tuple[float, ...]
    places: tuple[int, ...]
    source: str

    @property
    def even(self) -> bool:
        """True if every word counts alike."""
        return all(weight == 1 for weight in self.weights)

    @property
    def bare(self) -> str:
        """The source with blanks in place of marks, so that words stand where they were written."""
        blank = [" "] * len(self.source)
        for letter, place in zip(self.text, self.places, strict=True):
            blank[place] = letter
        return "".join(blank)

    def behind(self, kept: int) -> int:
        """Where in the source the first ``kept`` letters of the text end."""
        if kept >= len(self.text):
            return len(self.source)
        return self.places[kept - 1] + 1 if kept else 0


def weighed(source: str) -> Weighed:
    """Read the marks of a text: brackets that end in a colon and a number, one within another if wanted, whose numbers
    then multiply. All other brackets are letters, and so is any behind a backslash."""
    letters, weights, places = list[str](), list[float](), list[int]()
    opened = list[int]()  # where in ``letters`` each open bracket stands
    for found in _LETTER.finditer(source):
        letter = found[0][-1]
        if found[0] == ")" and opened:
            start = opened.pop()
            if weight := _WEIGHT.search("".join(letters[start + 1 :])):
                end = start + 1 + weight.start()
                for column in (letters, weights, places):
                    del column[end:], column[start]
                weights[start:] = [float(weight[1]) * w for w in weights[start:]]
                continue
        elif found[0] == "(":
            opened.append(len(letters))
        letters.append(letter)
        weights.append(1.0)
        places.append(found.end() - 1)
    return Weighed("".join(letters), tuple(weights), tuple(places), source)
