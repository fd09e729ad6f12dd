"""Tokenizers of T5 and Qwen: the reference's numbers on odd prompts, and honest words about what was cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from prompts import odd
from sfumato.core.refusal import Refusal
from sfumato.models.pieces import QWEN_QUESTION, Pieces

transformers = pytest.importorskip("transformers")

TALK = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    "{% if enable_thinking is false %}<think>{% endif %}"
)


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A tokenizer of T5's build, learned from half of the prompts."""
    words = Tokenizer(models.Unigram())
    words.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    words.train_from_iterator(odd(250), trainers.UnigramTrainer(vocab_size=600, show_progress=False))
    special = ("<pad>", "</s>", "<unk>")
    learned = sorted(set(words.get_vocab()).difference(special), key=words.token_to_id)
    table = [*((word, 0.0) for word in special), *((word, -n / 50) for n, word in enumerate(learned, start=100))]
    them = transformers.T5Tokenizer(vocab=table)
    folder = tmp_path_factory.mktemp("t5")
    them.save_pretrained(folder)
    return them, folder / "tokenizer.json"


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A tokenizer of Qwen's build, learned from half of the prompts."""
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    pairs = Tokenizer(models.BPE())
    pairs.normalizer = normalizers.NFC()
    pairs.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    pairs.train_from_iterator(odd(250), trainer)
    folder = tmp_path_factory.mktemp("qwen")
    pairs.model.save(str(folder))
    plain = transformers.Qwen2Tokenizer.from_pretrained(
        folder, extra_special_tokens=["<|im_start|>", "<|im_end|>"], chat_template=TALK
    )
    plain.save_pretrained(folder)
    return transformers.AutoTokenizer.from_pretrained(folder), folder / "tokenizer.json"


@pytest.mark.parametrize("length", [16, 77, 512])
def test_t5_numbers(t5: tuple[Any, Path], length: int) -> None:
    them, path = t5
    wanted = them(odd(), padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    ids, mask = Pieces(path, pad="<pad>", filled=True).encode(odd(), length)
    assert torch.equal(ids, wanted.input_ids)
    assert torch.equal(mask, wanted.attention_mask.bool())
    assert ids.unique().numel() > 150 and ids[0, :2].tolist() == [1, 0]


def test_t5_files_that_disagree_about_spaces(t5: tuple[Any, Path], tmp_path: Path) -> None:
    """Older conversions, FLUX's among them, keep a space at the end and need a rule against two in a row."""
    data = json.loads(t5[1].read_text())
    data["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    rule = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    data["normalizer"] = {"type": "Sequence", "normalizers": [rule]}
    (tmp_path / "tokenizer.json").write_text(json.dumps(data))
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer"}')
    them = transformers.AutoTokenizer.from_pretrained(tmp_path)
    wanted = them(odd(), padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    assert torch.equal(Pieces(tmp_path / "tokenizer.json", pad="<pad>", filled=True).encode(odd(), 77)[0], wanted)


@pytest.mark.parametrize("length", [16, 512])
def test_qwen_numbers(qwen: tuple[Any, Path], length: int) -> None:
    them, path = qwen
    framed = [
        them.apply_chat_template(
            [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True, enable_thinking=True
        )
        for prompt in odd()
    ]
    wanted = them(framed, padding="longest", max_length=length, truncation=True, return_tensors="pt")
    pieces = Pieces(path, pad="<|endoftext|>", frame=QWEN_QUESTION, filled=False)
    ids, mask = pieces.encode(odd(), length)
    assert torch.equal(ids, wanted.input_ids)
    assert torch.equal(mask, wanted.attention_mask.bool())
    assert ids.unique().numel() > 200


def test_cut_where_the_tokens_end(t5: tuple[Any, Path], qwen: tuple[Any, Path]) -> None:
    for pieces in (
        Pieces(t5[1], pad="<pad>", filled=True),
        Pieces(qwen[1], pad="<|endoftext|>", frame=QWEN_QUESTION, filled=False),
    ):
        text = "a cat in the rain, oil painting " * 20
        assert pieces.kept(text, 4096) == len(text)
        assert 10 < pieces.kept(text, 24) < pieces.kept(text, 48) < len(text)
        assert pieces.kept("", 77) == 0
        ids, mask = pieces.encode([text[: pieces.kept(text, 48)], text], 48)
        same = (ids[0] == ids[1]).long().argmin() if not ids[0].equal(ids[1]) else 48
        assert same > 40, "what is said to be kept is what is read"
        assert mask[1].all()


def test_what_is_no_tokenizer_is_refused(tmp_path: Path, t5: tuple[Any, Path]) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": 3}')
    with pytest.raises(Refusal, match="not a tokenizer"):
        Pieces(tmp_path / "tokenizer.json", pad="<pad>", filled=True)
    with pytest.raises(Refusal, match="not a tokenizer"):
        Pieces(tmp_path / "nowhere.json", pad="<pad>", filled=True)
    with pytest.raises(Refusal, match="no token <void>"):
        Pieces(t5[1], pad="<void>", filled=True)
