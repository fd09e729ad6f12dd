"""Few steps: a student learns its teacher's leaps, ships its denoiser alone, and paints with what its teacher lends."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sfumato
import tiny
from sfumato.checkpoints.bundle import SHARED, Defaults, Sizes, read_spec, weights
from sfumato.checkpoints.file import read_tensors
from sfumato.core.refusal import Refusal
from sfumato.models.text import TextTransformer
from sfumato.training import recipes
from sfumato.training.fewstep import Leap
from sfumato.training.run import train
from sfumato.training.task import Cadence, Run, TrainingError

LEAP = Leap(steps=2, shift=2.0, strides=2, scale=3.0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of a tiny teacher and of the student that was distilled from it."""
    folder = tmp_path_factory.mktemp("fewstep")
    teacher = tiny.make(
        folder / "teacher",
        defaults=Defaults(size=(256, 256), steps=8, guidance=3.0, sampler="dpmpp_2m", schedule="uniform"),
        sizes=Sizes(least=128, most=512, multiple=32),
    )
    run = Run(
        name="fast",
        task=lambda: recipes._fast("tiny-fast", teacher, LEAP, asked=2),
        batch=8,
        steps=50,
        learning_rate=1e-2,
        warmup=5,
        ema=0.9,
        every=Cadence(10, 0, 0),
        precision="float32",
    )
    return teacher, train(run, folder / "student", quiet=True, track=False).weights


def test_a_student_comes_nearer_to_its_guided_teacher(trained: tuple[Path, Path]) -> None:
    teacher, student = trained
    task = recipes._fast("tiny-fast", teacher, LEAP, asked=2)
    before = task.distances(task.modules["denoiser"])
    learned = {key: value.float() for key, value in read_tensors(student / weights("denoiser")).items()}
    lent = [key for key in task.modules["denoiser"].state_dict() if any(part in key for part in recipes.LENT)]
    assert lent and task.modules["denoiser"].load_state_dict(learned, strict=False).missing_keys == lent
    after = task.distances(task.modules["denoiser"])
    assert after["student"] < 0.5 * before["student"]
    assert after["teacher"] == before["teacher"] > 0


def test_a_student_ships_its_denoiser_alone_and_paints_with_what_its_teacher_lends(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    teacher, student = trained
    assert {path.name for path in student.glob("*.safetensors")} == {weights("denoiser")}
    picture, again = (sfumato.load(student).paint("a red circle", seed=1)[0] for _ in range(2))
    assert (picture.record.request.steps, picture.record.request.guidance) == (2, 1.0)
    assert picture.record.pixels == again.record.pixels
    for old, new in ((teacher, tmp_path / "teacher"), (student.parent, tmp_path / "student")):
        shutil.copytree(old, new)  # both moved together
    moved = tmp_path / "student/weights"
    assert sfumato.load(moved).paint("a red circle", seed=1)[0].record.pixels == picture.record.pixels
    tiny.make(tmp_path / "teacher", {**tiny.modules(), "text": TextTransformer(tiny.TEXT)})  # another education
    with pytest.raises(Refusal, match="is damaged: its hash") as caught:
        sfumato.load(moved)
    assert "teacher" in str(caught.value) and SHARED in read_spec(moved).files
    shutil.rmtree(tmp_path / "teacher")
    with pytest.raises(Refusal, match=r"teacher is not a model"):
        sfumato.load(moved)


def test_what_is_no_flow_or_not_there_cannot_teach(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="the recipe painter makes it"):
        recipes._fast("tiny-fast", tmp_path / "nothing", LEAP, asked=2)
    other = tiny.make(tmp_path / "other", process="vp", prediction="v")
    with pytest.raises(TrainingError, match="velocity of a flow"):
        recipes._fast("tiny-fast", other, LEAP, asked=2)


def test_the_shipped_student_paints_in_three_steps_what_its_teacher_would() -> None:
    slow, fast = (sfumato.load(name, dtype="float32") for name in ("storybook", "storybook-fast"))
    long, short, cut = (
        model.paint("a red car in the city", seed=3, steps=steps)[0]
        for model, steps in ((slow, None), (fast, None), (slow, 1))
    )
    assert (short.record.request.steps, short.record.request.guidance) == (3, 1.0)
    near, far = ((picture.latent - long.latent).square().mean() for picture in (short, cut))
    assert near < 0.5 * far
