"""CLIP's tokenizer: the reference's numbers on odd prompts, long texts in rows, and honest words about what was cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from prompts import odd
from sfumato.core.refusal import Refusal
from sfumato.models.clip_tokenizer import END, START, ClipTokenizer

transformers = pytest.importorskip("transformers")

PADS: dict[str, Any] = {
    "end": END,
    "!": "!",
    "in any case": {"content": END, "normalized": True, "__type": "AddedToken"}
    | dict.fromkeys(("lstrip", "rstrip", "single_word"), False),
}


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of CLIP's build, learned from half of the prompts."""
    pairs = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    pairs.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    pairs.train_from_iterator(odd(250), trainer)
    folder = tmp_path_factory.mktemp("clip")
    pairs.model.save(str(folder))
    words = json.loads((folder / "vocab.json").read_text("utf-8"))
    for word in (*alphabet, *(f"{letter}</w>" for letter in alphabet), START, END):
        words.setdefault(word, len(words))
    (folder / "vocab.json").write_text(json.dumps(words), "utf-8")
    return folder


def configured(folder: Path, pad: Any) -> Path:
    token = pad if isinstance(pad, dict) else None
    special = {"bos_token": START, "eos_token": token or END, "unk_token": token or END, "pad_token": pad}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer", **special}))
    return folder


@pytest.mark.parametrize("pad", PADS)
def test_numbers_are_the_reference_s(learned: Path, pad: str, tmp_path: Path) -> None:
    folder = configured(learned, PADS[pad])
    them = transformers.CLIPTokenizer.from_pretrained(folder)
    prompts = [*odd(500), "<|ENDOFTEXT|> of a fox", "!!", "¡hola!"]
    found = them(prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    wanted = found.input_ids
    assert len({tuple(row.tolist()) for row in wanted}) > 350
    ids, mask = ClipTokenizer(folder).encode(prompts, 77)
    assert torch.equal(ids, wanted)
    assert torch.equal(mask.long(), found.attention_mask)
    them.save_pretrained(tmp_path)
    assert not (tmp_path / "vocab.json").exists()  # a tokenizer.json alone
    assert torch.equal(ClipTokenizer(tmp_path).encode(prompts, 77)[0], wanted)


def test_what_pads_may_be_said(learned: Path) -> None:
    folder = configured(learned, END)
    ids = [ClipTokenizer(folder, pad=pad).encode(["a cat"], 77)[0][0, -1].item() for pad in (END, "!")]
    words = json.loads((folder / "vocab.json").read_text())
    assert ids == [words[END], words["!"]]


def test_long_texts_go_on_in_rows(learned: Path) -> None:
    words = ClipTokenizer(configured(learned, END))
    text = "a red fox and a blue owl " * 40
    one, all = words.encode([text], 77)[0], words.whole(text, 77)
    assert all > 77 and all % 77 == 0
    rows = words.encode([text], all)[0].view(-1, 77)
    assert torch.equal(rows[:1], one)
    assert (rows[:, 0] == one[0, 0]).all()
    kept = words.kept(text, 77)
    assert 0 < kept < len(text) == words.kept(text, all)
    assert torch.equal(words.encode([text[:kept]], 77)[0], one)
    spans = [span for span in words.spans(text, all) if span[1]]
    assert "".join(text[a:b] for a, b in spans) == text.replace(" ", "")
    assert len(words.spans(text, 154)) == 154
    assert words.whole("", 77) == 77 == words.whole("a fox", 77)


def test_what_is_no_tokenizer_is_refused(learned: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="holds no tokenizer"):
        ClipTokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text("[1, 2")
    with pytest.raises(Refusal, match="holds no tokenizer"):
        ClipTokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"a": 0}, "merges": []}}))
    with pytest.raises(Refusal, match="without"):
        ClipTokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"a": 0}, "merges": ["a b"]}}))
    with pytest.raises(Refusal, match="holds no tokenizer"):
        ClipTokenizer(tmp_path)
    folder = configured(learned, END)
    (folder / "tokenizer_config.json").write_text('{"pad_token": 3}')
    with pytest.raises(Refusal, match=r"tokenizer_config.json is damaged"):
        ClipTokenizer(folder)
