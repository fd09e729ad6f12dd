"""Questions and edits: every answer follows from the scene, every edit changes what it says and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

pytest.importorskip("skia")

from sfumato.storybook import Figure, Relation, Scene, Worn, sample
from sfumato.storybook.edits import INSTRUCTIONS, Edit, edit
from sfumato.storybook.facts import Fact, false
from sfumato.storybook.parse import parse
from sfumato.storybook.questions import ASKED, SCENERY, Question, consistent, questions
from sfumato.storybook.splits import held_out

SCENES = [sample(seed) for seed in range(1000)]
SCENE = Scene(
    "beach", "rainy", "night", "pencil",
    (
        Figure("fox", "blue", worn=(Worn("beret", "red"),), action="reading", held=Figure("book", "green")),
        Figure("tree", "green", size="big"),
    ),
    (Relation(0, "left of", 1),),
)  # fmt: skip


def test_every_answer_follows_from_the_scene() -> None:
    asked: Counter[str] = Counter()
    answers: Counter[tuple[str, str]] = Counter()
    for seed, scene in enumerate(SCENES):
        for question in questions(scene, seed):
            assert consistent(question, scene), question
            assert question.text.endswith("?") and "{" not in question.text and "  " not in question.text
            asked[question.topic] += 1
            answers[question.topic, question.answer] += 1
    assert {*asked} >= {*ASKED} - {"holding", "reading", "eating"} | {"exists", "size", "gender", "holds"}
    for topic in ("style", "place", "weather", "time", "color", "exists", "relation", "size", "gender"):
        yes, no = answers[topic, "yes"], answers[topic, "no"]
        assert 0.3 < yes / (yes + no) < 0.7, (topic, yes, no)


def test_a_wrong_answer_is_found() -> None:
    color = (Fact("kind", "fox", 0), Fact("color", "red", 0))
    assert consistent(Question("is the fox red?", "no", "color", color), SCENE)
    assert not consistent(Question("is the fox red?", "yes", "color", color), SCENE)


def test_the_questions_about_one_scene() -> None:
    found = {(question.topic, question.answer) for seed in range(40) for question in questions(SCENE, seed)}
    assert found >= {
        ("place", "beach"), ("weather", "rainy"), ("time", "night"), ("style", "pencil"), ("color", "blue"),
        ("holds", "book"), ("wears", "beret"), ("relation", "tree"), ("count", "1"), ("exists", "yes"),
        ("exists", "no"),
    }  # fmt: skip
    assert questions(SCENE, 3) == questions(SCENE, 3) != questions(SCENE, 4)


def test_scenery_is_neither_counted_nor_denied() -> None:
    for seed, scene in enumerate(SCENES):
        for question in questions(scene, seed):
            if question.topic == "count" or (question.topic == "exists" and question.answer == "no"):
                assert question.facts[0].value not in SCENERY, question


def lost_and_gained(change: Edit) -> None:
    assert not false(change.lost, change.before), change
    assert not false(change.gained, change.after), change
    assert not change.lost or false(change.lost, change.after), change
    assert not change.gained or false(change.gained, change.before), change
    assert change.lost or change.gained


def test_every_edit_changes_what_it_says() -> None:
    for seed, scene in enumerate(SCENES):
        change = edit(scene, seed)
        assert change is not None
        lost_and_gained(change)
        assert "{" not in change.instruction and "  " not in change.instruction
        assert (change.before.detail, change.before.light) == (change.after.detail, change.after.light)


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_each_edit_happens_and_keeps_to_its_split(name: str) -> None:
    scenes = [sample(seed) for seed in range(2000)] if name == "rewrite" else SCENES
    made = [change for seed, scene in enumerate(scenes) if (change := edit(scene, seed, only=(name,)))]
    assert len(made) >= 5
    for change in made:
        lost_and_gained(change)
        assert change.name == name
        assert held_out(change.after) == frozenset()  # as the training scene it came from
    taught = {change.instruction for change in made}
    for change in made:
        paraphrased = edit(change.before, 1, only=(name,), unseen=True)
        assert paraphrased is None or paraphrased.instruction not in taught


def test_an_edit_leaves_the_rest_as_it_was() -> None:
    change = edit(SCENE, 0, only=("recolor clothes",))
    assert change is not None
    fox, tree = SCENE.figures
    new = change.after.figures[0].worn[0]
    assert new.color != "red"
    assert change.after == replace(SCENE, figures=(replace(fox, worn=(new,)), tree))


def test_an_impossible_edit_is_none() -> None:
    assert edit(SCENE, 0, only=("rewrite",)) is None
    alone = replace(SCENE, figures=SCENE.figures[:1], relations=())
    assert edit(alone, 0, only=("remove", "move")) is None


def test_instructions_name_things_that_can_be_read() -> None:
    """The names in an instruction are those of captions: what it says is gained can be read back from a caption."""
    change = edit(SCENE, 0, only=("put on",))
    assert change is not None
    worn = change.after.figures[0].worn[-1]
    read = {(fact.aspect, fact.value) for fact in parse(change.instruction).facts}
    assert {("kind", worn.kind), ("color", worn.color)} <= read
