"""Words as numbers by the ``tokenizer.json`` that a checkpoint ships: those of T5, of Qwen, and of their kin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer as Library, models, normalizers, pre_tokenizers
from torch import Tensor

from ..core.refusal import Refusal

# What Z-Image puts around a prompt: a question to Qwen3, whose answer, thinking and all, is about to begin.
QWEN_QUESTION = ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")


class Pieces:
    """A tokenizer with everything as its file says: normalising, splitting, an end token where it has one.

    ``frame`` stands before and behind every text and is cut like it. Rows are as long as the longest text, or
    ``filled`` to the length asked for, by the token ``pad``. Raises Refusal, naming the file, when it is no tokenizer.
    """

    def __init__(self, path: Path, *, pad: str, frame: tuple[str, str] = ("", ""), filled: bool) -> None:
        try:
            self._library = Library.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise Refusal(f"{path} is not a tokenizer: {error}") from error
        _settle(self._library)
        self._library.no_padding()
        if (found := self._library.token_to_id(pad)) is None:
            raise Refusal(f"{path} has no token {pad}")
        self._pad, self._frame, self._filled = found, frame, filled

    def encode(self, texts: Sequence[str], length: int) -> tuple[Tensor, Tensor]:
        """Texts -> ids (B N) int64 and mask (B N), true where a token counts; what exceeds ``length`` is cut."""
        self._library.enable_truncation(length)
        before, behind = self._frame
        rows = [found.ids for found in self._library.encode_batch([f"{before}{text}{behind}" for text in texts])]
        longest = length if self._filled else max(map(len, rows))
        ids = torch.tensor([row + [self._pad] * (longest - len(row)) for row in rows], dtype=torch.int64)
        counts = torch.tensor([len(row) for row in rows])
        return ids.view(len(rows), longest), torch.arange(longest) < counts[:, None]

    def kept(self, text: str, length: int) -> int:
        """How many characters of ``text`` fit into ``length`` tokens, end token and frame among them."""
        self._library.enable_truncation(length)
        before, behind = self._frame
        found = self._library.encode(f"{before}{text}{behind}")
        if not found.overflowing:
            return len(text)
        end = max(stop for _, stop in found.offsets)
        return min(max(end - len(before), 0), len(text))

    def spans(self, text: str, length: int) -> list[tuple[int, int]]:
        """Which characters of ``text`` every token of its row stands for, none for marks, frame and padding."""
        self._library.enable_truncation(length)
        before, behind = self._frame
        found, most = self._library.encode(f"{before}{text}{behind}"), len(before) + len(text)
        inside = [
            (start - len(before), end - len(before)) if len(before) < end <= most else (0, 0)
            for start, end in found.offsets
        ]
        return inside + [(0, 0)] * (length - len(inside) if self._filled else 0)

    def whole(self, text: str, length: int) -> int:
        """As many tokens as are ever read: there are no further rows."""
        return length


def _settle(library: Library) -> None:
    """A tokenizer of T5's kind cuts at every space, as SentencePiece taught it.

    Its files disagree about spaces at the end and in a row, each having been converted by another version of the
    library; the reference, since its fifth version, reads them all like this.
    """
    if not isinstance(library.model, models.Unigram):
        return
    given = library.normalizer
    parts = [given[i] for i in range(len(given))] if isinstance(given, normalizers.Sequence) else [given]
    library.normalizer = next((part for part in parts if isinstance(part, normalizers.Precompiled)), None)
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    library.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
