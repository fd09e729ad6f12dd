"""The pages tell the truth: every Python block runs, every sfumato command in them is given and ends as they say.

Blocks of one page share a namespace and a working directory, as a reader has one terminal. The model that the Python
blocks load is the shipped one, if its weights are there. Commands are given to a tiny model of the same name, sizes and
words, so that they take no time. Training commands build their recipe and stop before the first step.
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import tiny
from sfumato import storybook
from sfumato.apps import cli
from sfumato.checkpoints.bundle import SPEC, Defaults, Sizes
from sfumato.pipeline import presets

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BUDGET = 15.0  # seconds of processor time for one page
SHIPPED = (presets.ASSETS / "storybook" / SPEC).is_file()
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text and the line of the page on which the text begins."""

    language: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page, in order."""
    return [Block(found[1], found[2], page.count("\n", 0, found.start(2)) + 1) for found in FENCE.finditer(page)]


def commands(text: str) -> list[tuple[list[str], int]]:
    """The sfumato commands of a shell block, each with the exit code that its comment promises (0 if none)."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        told, words = re.search(r"#.*\bexit code (\d+)", line), shlex.split(line, comments=True)
        if words[:1] == ["sfumato"]:
            found.append((words[1:], int(told[1]) if told else 0))
    return found


def run_python(page: str, name: str) -> None:
    """Run a page's Python blocks one after another."""
    namespace: dict[str, Any] = {"__name__": f"page_{Path(name).stem}"}
    for block in blocks(page):
        if block.language == "python":
            # empty lines before it, so that a traceback names the line of the page
            exec(compile("\n" * (block.line - 1) + block.text, name, "exec"), namespace)


def give(words: list[str]) -> int:
    """Give a command to the command line; returns its exit code."""
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    return int(left.value.code or 0)


def check_commands(page: str, name: str, capsys: pytest.CaptureFixture[str]) -> int:
    """Give a page's commands; a text block that follows them must be what they said. Returns how many were given."""
    given, said = 0, ""
    for block in blocks(page):
        if block.language == "sh":
            for words, promised in commands(block.text):
                capsys.readouterr()
                left = give(words)
                said = "".join(capsys.readouterr())
                assert left == promised, f"{name}:{block.line}: sfumato {shlex.join(words)} left with {left}: {said}"
                given += 1
        elif block.language == "text":
            for line in filter(None, block.text.splitlines()):
                assert line in said, f"{name}:{block.line}: not what the command says: {line}\nit says: {said}"
    return given


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Stop what takes more processor time than this; where the system has no such clock, do not."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def over(number: int, frame: object) -> None:
        raise TimeoutError(f"more than {seconds} seconds of processor time")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of shipped models: tiny, with the names, sizes, steps and words of the shipped ones."""
    folder = tmp_path_factory.mktemp("assets")
    for name, steps, guidance in (("storybook", 3, 3.0), ("storybook-fast", 2, 1.0)):
        tiny.make(
            folder / name,
            name=name,
            defaults=Defaults(
                size=(256, 256), steps=steps, guidance=guidance, sampler="dpmpp_2m", schedule="uniform"
            ),
            sizes=Sizes(least=128, most=512, multiple=32),
            words=tuple(sorted(storybook.WORDS())),
        )
    return folder


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the page about public checkpoints finds in its folder: the reference's own files, tiny."""
    pytest.importorskip("diffusers")
    gguf = pytest.importorskip("gguf")
    import miniature
    from test_formats import SD1, single, write_single

    place = tmp_path_factory.mktemp("checkpoints")
    miniature.sd1(tmp_path_factory.mktemp("tokenizer"), plain=True).save_pretrained(place / "my-model")
    write_single(place / "painter.safetensors", place / "my-model", SD1)
    (place / "alone").mkdir()
    writer = gguf.GGUFWriter(place / "alone" / "only-painter.gguf", "sd1")
    for key, tensor in single(place / "my-model", {"denoiser": ""}).items():
        writer.add_tensor(key, tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (place / "old.ckpt").write_bytes(b"\x80\x02}q\x00.")
    return place


@pytest.fixture
def found_here(request: pytest.FixtureRequest, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory of a page, with the files that it speaks of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    if page.name == "public.md":
        shutil.copytree(request.getfixturevalue("checkpoints"), tmp_path, dirs_exist_ok=True)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Training that stops before its first step; the names of the runs it was asked for."""
    pytest.importorskip("tensorboard")
    optuna = pytest.importorskip("optuna")
    from sfumato.training import bakeoff, benchmark, run, small, tune

    asked: list[str] = []

    def study_of(recipe: str, run: Any, *, trials: int, minutes: float, out: Path, console: Any) -> Any:
        asked.append(recipe)
        return optuna.create_study(study_name=recipe)

    def train(run: Any, folder: Path, *, minutes: float | None, resume: bool) -> Any:
        asked.append(run.name)
        return run_module.Report(0, run.steps, "steps", 0.0, 0.0, 0.0, folder / "weights")

    run_module = run
    monkeypatch.setattr(run, "train", train)
    monkeypatch.setattr(benchmark, "benchmark", lambda run: asked.append(run.name))
    monkeypatch.setattr(small, "train_small", lambda root, *, minutes, resume: asked.append("small"))
    monkeypatch.setattr(bakeoff, "bakeoff", lambda arms, budget, out: asked.extend(arms))
    monkeypatch.setattr(tune, "study_of", study_of)
    return asked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, stand_in: Path, found_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("skia")
    if not SHIPPED:
        monkeypatch.setattr(presets, "ASSETS", stand_in)
    with budget(BUDGET):
        run_python(page.read_text(), page.name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_end_as_the_page_says(
    page: Path,
    stand_in: Path,
    no_training: list[str],
    found_here: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(presets, "ASSETS", stand_in)
    with budget(BUDGET):
        given = check_commands(page.read_text(), page.name, capsys)
    assert given or "\nsfumato " not in page.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    if page.name == "README.md" and not SHIPPED:
        pytest.skip("its picture is painted by the shipped model")
    for link in LINK.findall(page.read_text()):
        assert "://" in link or (page.parent / link).exists(), f"{page.name} links to {link}"


def test_every_recipe_option_and_sampler_is_on_its_page() -> None:
    pytest.importorskip("tensorboard")
    import typer

    from sfumato.engine.sampler import SAMPLERS
    from sfumato.training.recipes import RECIPES

    paint, train, engine = ((ROOT / f"docs/{name}.md").read_text() for name in ("paint", "train", "engine"))
    for sampler in SAMPLERS.values():
        row = rf"^\| `{sampler.name}` \| {sampler.order} \|"
        assert re.search(row, engine, re.MULTILINE) and f"`{sampler.name}`" in paint, sampler.name
    for recipe in RECIPES:
        assert f"`{recipe}`" in train, recipe
    group: Any = typer.main.get_command(cli.app)
    pages = dict.fromkeys(("paint", "repaint", "inspect", "models"), paint)
    for name, page in (pages | dict.fromkeys(("train", "bakeoff", "tune"), train)).items():
        for parameter in group.commands[name].params:
            for option in (o for o in parameter.opts if o.startswith("--") and o != "--help"):
                assert f"`{option}" in page, f"{name} {option}"


def test_these_tests_can_fail(
    stand_in: Path, no_training: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError):
        run_python("```python\nn = 0\n```\n\n```python\n1 / n\n```\n", "page.md")
    monkeypatch.setattr(presets, "ASSETS", stand_in)
    for wrong in (
        "```sh\nsfumato paint a-cat --colour red\n```\n",
        "```sh\nsfumato train nothing\n```\n",
        "```sh\nsfumato models   # refused: exit code 2\n```\n",
        "```sh\nsfumato models\n```\n\n```text\nno such model\n```\n",
    ):
        with pytest.raises(AssertionError):
            check_commands(wrong, "page.md", capsys)
    with pytest.raises(TimeoutError), budget(0.05):
        while True:
            pass
