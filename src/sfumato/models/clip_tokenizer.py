"""Words as numbers as CLIP reads them: byte-level pairs that know the end of a word, in rows between two marks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from tokenizers import AddedToken, Regex, Tokenizer as Library, models, normalizers, pre_tokenizers
from torch import Tensor

from ..core.refusal import Refusal

PUBLISHED_SIZE = 49408  # words that OpenAI's CLIP knows, and all that came after it
START, END = "<|startoftext|>", "<|endoftext|>"
_WORD = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"

Word = TypeVar("Word", int, tuple[int, int])


class ClipTokenizer:
    """The tokenizer in a folder: ``vocab.json`` and ``merges.txt``, or ``tokenizer.json``; what pads a row is said by
    ``tokenizer_config.json`` or ``special_tokens_map.json``, unless ``pad`` says it. Raises Refusal naming the file
    that is of no use.

    A row has ``row`` tokens: a start, words, an end, padding. A long text goes on in further rows, one after another,
    as far as the length that is asked for. Special tokens that are typed in a text count as such, and so does a ``!``
    where rows are padded with it: the reference's habits.
    """

    def __init__(self, folder: Path, *, row: int = 77, pad: str | None = None) -> None:
        words, pairs = _learned(folder)
        special, said = _special(folder)
        if pad is None:
            pad = said
        special.setdefault(pad, False)
        try:
            self._library = Library(models.BPE(words, pairs, unk_token=END, end_of_word_suffix="</w>"))
        except Exception as error:  # the library raises nothing narrower
            raise Refusal(f"{folder} holds no tokenizer: {error}") from error
        if lacking := [token for token in (START, END, pad) if token not in words]:
            raise Refusal(f"{folder} holds a tokenizer without {lacking[0]}")
        self._library.normalizer = normalizers.Sequence(
            [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
        )
        self._library.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_WORD), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        self._library.add_special_tokens(
            [AddedToken(token, normalized=normalized, special=True) for token, normalized in special.items()]
        )
        self._row = row
        self._start, self._end, self._pad = words[START], words[END], words[pad]

    def encode(self, texts: Sequence[str], length: int) -> tuple[Tensor, Tensor]:
        """Texts -> ids (B N) int64 and mask (B N), true where a token counts; N is ``length``, in rows."""
        ids = torch.full((len(texts), length // self._row, self._row), self._pad, dtype=torch.int64)
        counts = torch.zeros(ids.shape[:2], dtype=torch.int64)
        for i, found in enumerate(self._library.encode_batch(list(texts), add_special_tokens=False)):
            for row in range(ids.shape[1]):
                whole = [self._start, *self._part(found.ids, row), self._end]
                ids[i, row, : len(whole)] = torch.tensor(whole)
                counts[i, row] = len(whole)
        mask = torch.arange(self._row) < counts[..., None]
        return ids.flatten(1), mask.flatten(1)

    def spans(self, text: str, length: int) -> list[tuple[int, int]]:
        """Which characters of ``text`` every token of its rows stands for, none for marks and padding."""
        offsets, found = self._library.encode(text, add_special_tokens=False).offsets, list[tuple[int, int]]()
        for row in range(length // self._row):
            words = self._part(offsets, row)
            found += [(0, 0), *words, *[(0, 0)] * (self._row - 1 - len(words))]
        return found

    def kept(self, text: str, length: int) -> int:
        """How many characters of ``text`` fit into ``length`` tokens."""
        spans = self._library.encode(text, add_special_tokens=False).offsets
        most = length // self._row * (self._row - 2)
        return len(text) if len(spans) <= most else spans[most - 1][1]

    def whole(self, text: str, length: int) -> int:
        """How many tokens all of ``text`` takes, in rows."""
        count = len(self._library.encode(text, add_special_tokens=False).ids)
        return max(-(-count // (self._row - 2)), 1) * self._row

    def _part(self, words: list[Word], row: int) -> list[Word]:
        """Those that stand in a row."""
        return words[row * (self._row - 2) : (row + 1) * (self._row - 2)]


def _learned(folder: Path) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Words with their numbers, and the pairs that make them, strongest first."""
    try:
        if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
            words = json.loads((folder / "vocab.json").read_text("utf-8"))
            lines = (folder / "merges.txt").read_text("utf-8").split("\n")
            pairs: list[Any] = [line.split() for line in lines if line.strip() and not line.startswith("#version")]
        else:
            model = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
            words = model["vocab"]
            pairs = [pair.split(" ") if isinstance(pair, str) else pair for pair in model["merges"]]
        return dict(words), [(left, right) for left, right in pairs]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{folder} holds no tokenizer of CLIP's kind: {error!r}") from error


def _special(folder: Path) -> tuple[dict[str, bool], str]:
    """The special tokens, each with whether it is looked for behind the normalizer (in any case), and what pads."""
    special, pad = {START: False, END: False}, END
    for name in ("special_tokens_map.json", "tokenizer_config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            continue
        try:
            values = json.loads((folder / name).read_text("utf-8"))
            for role in ("bos_token", "eos_token", "unk_token", "pad_token"):
                token = values.get(role)
                if isinstance(token, str):
                    token = {"content": token, "normalized": False}
                if token is not None:
                    special[token["content"]] = bool(token["normalized"])
                    pad = token["content"] if role == "pad_token" else pad
            added = values.get("added_tokens", ())
            special |= {token["content"]: token["normalized"] for token in added if token["content"] in special}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(f"{folder / name} is damaged: {error!r}") from error
    return special, pad
