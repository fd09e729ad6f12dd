"""Words as numbers: byte-level pairs from a ``tokenizer.json``, so that any UTF-8 text can be encoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer as Pairs, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor

from ..core.disk import write_whole

PAD, END = "<pad>", "<end>"


class Tokenizer:
    """Byte-pair encoding (arXiv 1508.07909) over bytes, closed by an end token and padded to a fixed length."""

    def __init__(self, path: Path) -> None:
        self._pairs = Pairs.from_file(str(path))
        self._pairs.encode_special_tokens = True  # somebody who types "<end>" means the letters
        self.size = self._pairs.get_vocab_size()
        self._pad, self._end = self._id(PAD), self._id(END)

    def encode(self, texts: Sequence[str], length: int) -> tuple[Tensor, Tensor]:
        """Texts -> ids (B N) int64 and mask (B N), true where a token counts; what does not fit is cut."""
        ids = torch.full((len(texts), length), self._pad, dtype=torch.int64)
        for row, found in zip(ids, self._pairs.encode_batch(list(texts)), strict=True):
            kept = [*found.ids[: length - 1], self._end]
            row[: len(kept)] = torch.tensor(kept)
        return ids, ids.ne(self._pad)

    def kept(self, text: str, length: int) -> int:
        """How many characters of ``text`` fit into ``length`` tokens, the end token among them."""
        offsets = self._pairs.encode(text).offsets
        return len(text) if len(offsets) < length else offsets[length - 2][1]

    def _id(self, token: str) -> int:
        if (found := self._pairs.token_to_id(token)) is None:
            raise ValueError(f"the tokenizer has no {token}")
        return found


def train_tokenizer(texts: Iterable[str], path: Path, *, size: int) -> None:
    """Learn ``size`` pairs from texts and write them to ``path`` as a ``tokenizer.json``."""
    pairs = Pairs(models.BPE(unk_token=None))
    pairs.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    pairs.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[PAD, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pairs.train_from_iterator(texts, trainer)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, pairs.to_str(pretty=True).encode(), force=True)
