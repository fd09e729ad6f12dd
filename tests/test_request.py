"""The Request: what it takes, what it refuses and in which words, and that nothing in it is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from sfumato.core.refusal import Refusal
from sfumato.pipeline.request import MOST_SEED, Request, Settled
from tiny import SPEC


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": " \n\t"}, "prompt is empty"),
        ({"prompt": "a\ud800"}, "not valid UTF-8"),
        ({"prompt": "a" * 10_001}, "longer than 10000"),
        ({"prompt": 7}, "prompt 7"),
        ({}, "prompt is missing"),
        ({"prompt": "a", "steps": 0}, "steps 0 is too small; the least is 1"),
        ({"prompt": "a", "steps": 201}, "the most is 200"),
        ({"prompt": "a", "steps": 10**30}, "the most is 200"),
        ({"prompt": "a", "steps": 2.5}, "steps 2.5"),
        ({"prompt": "a", "steps": True}, "steps True"),
        ({"prompt": "a", "count": 0}, "count 0 is too small"),
        ({"prompt": "a", "count": 65}, "the most is 64"),
        ({"prompt": "a", "guidance": float("nan")}, "guidance nan"),
        ({"prompt": "a", "guidance": float("inf")}, "guidance inf"),
        ({"prompt": "a", "guidance": -1.0}, "guidance -1.0 is too small"),
        ({"prompt": "a", "seed": -1}, "seed -1 is too small"),
        ({"prompt": "a", "seed": MOST_SEED, "count": 2}, "leaves no room"),
        ({"prompt": "a", "size": (64,)}, "size"),
        ({"prompt": "a", "size": (64.5, 64)}, "size"),
        ({"prompt": "a", "negative": "b", "guidance": 1}, "not heard at guidance 1"),
        ({"prompt": "a", "colour": "red"}, "colour is nothing a request can say"),
    ],
)
def test_refuses_in_one_line(values: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal) as refused:
        Request.of(values)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("size", "nearest"), [((33, 64), "32x64"), ((16, 16), "32x32"), ((1000, 64), "128x64"), ((64, 90), "64x96")]
)
def test_names_the_nearest_size(size: tuple[int, int], nearest: str) -> None:
    with pytest.raises(Refusal, match=f"the nearest is {nearest}"):
        Request(prompt="a", size=size).settled(SPEC, seed=0)


def test_names_the_nearest_sampler() -> None:
    with pytest.raises(Refusal, match=r"'eulr', did you mean euler.*dpmpp_2m"):
        Request(prompt="a", sampler="eulr").settled(SPEC, seed=0)


def test_the_model_fills_what_was_left_open() -> None:
    settled = Request(prompt="a", steps=5).settled(SPEC, seed=11)
    assert settled.model_dump() == {
        "prompt": "a",
        "negative": None,
        "model": "tiny",
        "seed": 11,
        "steps": 5,
        "guidance": 3.0,
        "sampler": "dpmpp_2m",
        "size": (64, 64),
        "count": 1,
        "long": "cut",
    }


def test_zero_is_a_value_and_not_a_gap() -> None:
    settled = Request(prompt="a", seed=0, guidance=0).settled(SPEC, seed=11)
    assert (settled.seed, settled.guidance) == (0, 0)


def test_settling_keeps_every_field_that_was_named() -> None:
    named = {"prompt": "a", "negative": "b", "model": "tiny", "seed": 3, "steps": 9, "guidance": 2.5}
    named |= {"sampler": "heun", "size": (32, 96), "count": 4, "long": "chunks"}
    settled = Request.of(named).settled(SPEC, seed=0)
    assert settled.model_dump() == named
    assert set(named) == set(Request.model_fields), "a new field must be carried by `settled`, and tested here"


def test_a_negative_prompt_is_refused_when_the_model_does_not_guide() -> None:
    from dataclasses import replace

    unguided = replace(SPEC, defaults=replace(SPEC.defaults, guidance=1.0))
    with pytest.raises(Refusal, match="not heard"):
        Request(prompt="a", negative="b").settled(unguided, seed=0)


def test_json_there_and_back() -> None:
    settled = Request(prompt="ein Fuchs, 狐 🦊", negative="b", size=(32, 64)).settled(SPEC, seed=5)
    assert Settled.of(json.loads(settled.model_dump_json())) == settled


def test_single_is_one_picture_with_its_own_seed() -> None:
    settled = Request(prompt="a", seed=5, count=3).settled(SPEC, seed=0)
    assert [(settled.single(k).seed, settled.single(k).count) for k in range(3)] == [(5, 1), (6, 1), (7, 1)]


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        Request(prompt="a").steps = 3
