"""Words by weight and long texts in rows: what the marks mean, and that real text networks say so."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

import miniature
from parity import alive
from sfumato.conditioning.emphasis import weighed
from sfumato.conditioning.prompt import read
from sfumato.conditioning.speaker import Voice
from sfumato.conditioning.words import WIRINGS, Words
from sfumato.core.refusal import Refusal
from sfumato.models.clip import ClipConfig, ClipText
from sfumato.models.clip_tokenizer import ClipTokenizer
from sfumato.models.pieces import Pieces
from sfumato.models.t5 import T5, T5Config


@pytest.mark.parametrize(
    ("source", "text", "weights"),
    [
        ("a (red:1.3) fox", "a red fox", {"red": 1.3}),
        ("((deep:1.5) snow:0.5), sky", "deep snow, sky", {"deep": 0.75, " snow": 0.5}),
        ("(a fox) and (b:c)", "(a fox) and (b:c)", {}),
        (r"\(red:1.3\) fox", "(red:1.3) fox", {}),
        ("(red : 2 )", "red", {"red": 2.0}),
        ("(x:.5)(y:2.)", "xy", {"x": 0.5, "y": 2.0}),
        ("(red:1.3", "(red:1.3", {}),
        ("red:1.3)", "red:1.3)", {}),
        ("(:1.2)", "", {}),
        ("(time 10:30:1.1)", "time 10:30", {"time 10:30": 1.1}),
        ("(:) :( (🦊:1.4)", "(:) :( 🦊", {"🦊": 1.4}),
        ("", "", {}),
    ],
)
def test_marks(source: str, text: str, weights: dict[str, float]) -> None:
    said = weighed(source)
    assert said.text == text
    assert "".join(source[place] for place in said.places) == text
    told = [1.0] * len(text)
    for word, weight in weights.items():
        at = text.index(word)
        told[at : at + len(word)] = [weight] * len(word)
    assert list(said.weights) == pytest.approx(told)
    assert said.even == (not weights or not text)
    assert len(said.bare) == len(source)
    assert said.behind(len(text)) == len(source)


def clip_voice(folder: Path, *, length: int = 12) -> Voice:
    miniature.clip_tokenizer(folder).save_pretrained(folder)
    tokenizer = ClipTokenizer(folder, row=length)
    count = 600
    network = alive(ClipText(ClipConfig(count, length=length, width=16, inner=24, depth=2, heads=2, end=519)))
    return Voice(tokenizer, network, partial(torch.device, "cpu"), length, masked=False)  # type: ignore[arg-type]


def t5_voice(folder: Path) -> Voice:
    miniature.t5_tokenizer().save_pretrained(folder)
    network = alive(T5(T5Config(vocabulary=64, width=16, depth=2, heads=2, head=8, inner=24)))
    pieces = Pieces(folder / "tokenizer.json", pad="<pad>", filled=True)
    return Voice(pieces, network, partial(torch.device, "cpu"), 24, masked=False)  # type: ignore[arg-type]


@torch.no_grad()
@pytest.mark.parametrize("make", [clip_voice, t5_voice])
def test_weights_move_their_words_alone(make: object, tmp_path: Path) -> None:
    voice = make(tmp_path)  # type: ignore[operator]
    plain, silence = voice(["the cat on"]).states.last, voice([""]).states.last
    assert torch.equal(voice(["the (cat:1) on"]).states.last, plain)
    strong, none = voice(["the (cat:1.5) on"]).states, voice(["the (cat:0) on"]).states
    spans = voice.tokenizer.spans("the cat on", voice.length)
    cat = torch.tensor([4 < end <= 7 for _, end in spans])
    assert 0 < cat.sum() < 5
    assert torch.equal(strong.last[0, ~cat], plain[0, ~cat])
    assert torch.allclose(strong.last[0, cat], (1.5 * plain - 0.5 * silence)[0, cat], atol=1e-5)
    assert torch.allclose(none.last[0, cat], silence[0, cat], atol=1e-5)
    assert not torch.allclose(plain[0, cat], silence[0, cat], atol=1e-2)
    assert all(layer.shape == plain.shape for layer in strong.layers)


@torch.no_grad()
def test_long_texts_are_cut_or_read_in_rows(tmp_path: Path) -> None:
    voice = clip_voice(tmp_path)
    text = "the cat on the cat on the cat on the (cat:1.2)"
    words, whole = Words({"text_encoder": voice}, WIRINGS["sd1"]), voice.reading_whole()
    first, every = voice([text.replace("(cat:1.2)", "cat")]), whole([text.replace("(cat:1.2)", "cat")])
    rows = every.states.last.shape[1] // 12
    assert rows > 1 and every.mask.shape == (1, 12 * rows)
    assert torch.allclose(every.states.last[:, :12], first.states.last, atol=1e-6)
    assert first.states.pooled is not None and every.states.pooled is not None
    assert torch.allclose(every.states.pooled, first.states.pooled, atol=1e-6)
    assert 0 < voice.kept(text) < len(text) == whole.kept(text)
    kept = voice.kept(text)
    assert torch.equal(voice([text[:kept]]).states.last, first.states.last)
    assert read(text, words, taught=()).cut[-1] == "cat"  # not the number beside it
    assert read(text, words.reading_whole(), taught=()).cut == ()
    assert words.reading_whole() is words.reading_whole()
    told = words.reading_whole()([text]).tokens
    assert told is not None
    assert not torch.equal(told[:, -12:], every.states.last[:, -12:])  # the weight reached the last row
    both = whole(["the cat", text])
    assert both.states.last.shape == (2, 12 * rows, 16)


def test_who_cannot_weigh_says_so(tmp_path: Path) -> None:
    voice = clip_voice(tmp_path)
    mute = Voice(voice.tokenizer, voice.network, voice.device, voice.length, masked=False, unweighing="Qwen3")
    with pytest.raises(Refusal, match="Qwen3 cannot weigh words"):
        mute(["the (cat:1.2)"])
    assert torch.equal(mute(["the cat"]).states.last, voice(["the cat"]).states.last)
