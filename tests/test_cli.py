"""The command line: everything that can be refused is, in one line, with exit code 2 and nothing written."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from sfumato.apps.cli import main
from sfumato.apps.terminal import blocks
from sfumato.core.refusal import Refusal
from sfumato.pipeline.record import read
from tiny import make


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("cli") / "tiny")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


BAD = {
    "": "prompt is empty",
    "x --sampler eulr": "unknown sampler 'eulr', did you mean euler",
    "x --model storybok": "unknown model 'storybok'",
    "x --model ./nowhere": "nowhere is not a model",
    "x --format bmp": "unknown format 'bmp', did you mean webp? there is jpeg, png, webp",
    "x --size 256": "size '256' is not width x height",
    "x --size 33x64": "the nearest is 32x64",
    "x --size 64x9999": "the nearest is 64x128",
    "x --steps 0": "steps 0 is too small",
    "x --steps 1000": "steps 1000 is too large",
    "x --steps abc": "--steps",
    "x --count 0": "count 0 is too small",
    "x --count 65": "count 65 is too large",
    "x --guidance nan": "guidance nan",
    "x --guidance inf": "guidance inf",
    "x --seed -1": "seed -1 is too small",
    "x --negative y --guidance 1": "not heard at guidance 1",
    "x --out missing/x.png": "no such file or directory (missing)",
    "x --out missing/": "no such file or directory",
    "x --out file/x.png": "not a directory",
    "x --out /proc/x.png": "cannot write /proc/x.png",
    "x --out x": "x is no folder, and no file name ending on .png",
    "x --out x.gif": "unknown format 'gif'",
    "x --out x.png --format webp": "does not end like a webp",
    "x --out file.png": "file.png is there already; --force replaces it",
    "x --count 2 --seed 4 --out taken.png": "taken-5.png is there already",
    "x --colour red": "--colour",
    "x y": "unexpected extra argument",
}


@pytest.mark.parametrize("line", BAD)
def test_bad_input(line: str, tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("file", "file.png", "taken-5.png"):
        (here / name).write_text("precious")
    before = files(here)
    arguments = line.split() or [" "]
    model = [] if "--model" in line else ["--model", tiny]
    assert call("paint", *arguments, *model) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sfumato: ")
    assert err.count("\n") == 1
    assert BAD[line] in err
    assert files(here) == before


def test_a_folder_nobody_may_write_to(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere; /proc stands for this case")
    (here / "locked").mkdir(mode=0o555)
    assert call("paint", "x", "--model", tiny, "--out", "locked/x.png") == 2
    assert "permission denied" in capsys.readouterr().err


def test_damaged_weights(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = shutil.copytree(tiny, here / "cut")
    os.truncate(cut / "codec.safetensors", 20_000)
    before = files(here)
    assert call("paint", "x", "--model", cut) == 2
    assert "codec.safetensors is cut short" in capsys.readouterr().err
    assert files(here) == before


@pytest.mark.parametrize("end", ["png", "webp", "jpg"])
def test_a_full_disk(end: str, tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, hard))
    try:
        code = call("paint", "a red circle", "--model", tiny, "--out", f"x.{end}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2
    assert "file too large" in capsys.readouterr().err
    assert files(here) == set()


def test_paint_answers_where(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("paint", "Ein Fuchs, 狐!", "--model", tiny, "--seed", 3) == 0
    out, err = capsys.readouterr()
    assert out == "ein-fuchs-狐-3.png\n"
    assert err == "sfumato: words in the prompt that the model was never taught: Ein, Fuchs, 狐\n"
    assert files(here) == {"ein-fuchs-狐-3.png"}


def test_several_pictures_and_their_sheet(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("paint", "a red circle", "--model", tiny, "--seed", 3, "--count", 3, "--out", "x.webp", "--json") == 0
    answer = json.loads(capsys.readouterr().out)["pictures"]
    names = ["x-3.webp", "x-4.webp", "x-5.webp", "x-sheet.webp"]
    assert [entry["file"] for entry in answer] == names
    assert files(here) == set(names)
    for entry in answer:
        assert read(Path(entry["file"]))[0].model_dump(mode="json") == entry["record"]
    assert Image.open("x-sheet.webp").size == (3 * 8 + 2 * 64, 3 * 8 + 2 * 64)
    assert call("repaint", *names, "--model", tiny) == 0
    assert capsys.readouterr().out == "".join(f"{name}: exact\n" for name in names)


def test_quiet_and_force_and_folder(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a-red-circle-3.jpg").write_text("old")
    order = ("paint", "a red circle", "--model", tiny, "--seed", 3, "--format", "jpeg", "--out", ".", "--quiet")
    assert call(*order) == 2
    capsys.readouterr()
    assert call(*order, "--force") == 0
    assert capsys.readouterr() == ("", "")
    assert read(here / "a-red-circle-3.jpg")[1].format == "jpeg"


def test_preview_without_a_terminal_says_so(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("paint", "a red circle", "--model", tiny, "--preview") == 0
    assert "no terminal to draw previews in" in capsys.readouterr().err


def test_a_preview_is_half_blocks() -> None:
    image = Image.new("RGB", (8, 8), "red")
    image.paste("blue", (0, 4, 8, 8))
    lines = blocks(image, columns=4).split("\n", allow_blank=False)
    assert [line.plain for line in lines] == ["▀▀▀▀"] * 2
    styles = [str(span.style) for line in lines for span in line.spans]
    assert styles == ["#ff0000 on #ff0000"] * 4 + ["#0000ff on #0000ff"] * 4


def test_inspect(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("paint", "a red circle", "--model", tiny, "--seed", 3, "--out", "x.png", "--quiet") == 0
    assert call("inspect", "x.png") == 0
    shown = capsys.readouterr().out
    for part in ("prompt  a red circle", "seed  3", "precision  ", "an AI made this picture", "as painted"):
        assert part in shown
    assert call("inspect", "x.png", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["record"]["request"]["seed"] == 3
    Image.new("RGB", (8, 8)).save("foreign.png")
    for name, said in {"foreign.png": "carries no record", "missing.png": "no such file"}.items():
        for command in ("inspect", "repaint"):
            assert call(command, name) == 2
            err = capsys.readouterr().err
            assert said in err
            assert err.count("\n") == 1


def _rewritten(source: str, target: str, *, pixels: Image.Image | None = None, **changes: object) -> None:
    """A copy of a PNG with other pixels, or with an edited record under the old seal."""
    from PIL import PngImagePlugin

    with Image.open(source) as image:
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt("sfumato", json.dumps({**json.loads(image.info["sfumato"]), **changes}))
        (pixels or image).save(target, pnginfo=chunks)


def test_repaint_answers_honestly(tiny: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("paint", "a red circle", "--model", tiny, "--seed", 3, "--out", "x.png", "--quiet") == 0
    assert call("repaint", "x.png", "--model", tiny, "--out", "again.png") == 0
    assert capsys.readouterr().out == "exact\n"
    assert read(here / "again.png")[0] == read(here / "x.png")[0]

    _rewritten("x.png", "edited.png", notes=["nothing to see"])
    assert call("repaint", "edited.png", "--model", tiny) == 2
    assert "the record of edited.png was edited" in capsys.readouterr().err

    with Image.open("x.png") as image:
        touched = image.copy()
    touched.putpixel((3, 3), (255, 0, 255))
    _rewritten("x.png", "touched.png", pixels=touched)
    assert call("repaint", "touched.png", "--model", tiny) == 0
    out = capsys.readouterr().out
    assert out.startswith("close (")
    assert "changed after painting" in out

    _rewritten("x.png", "cropped.png", pixels=touched.crop((0, 0, 32, 64)))
    assert call("repaint", "cropped.png", "--model", tiny) == 1
    assert capsys.readouterr().out.startswith("impossible: the file was cropped")

    assert call("repaint", "x.png") == 1
    assert "impossible: the model 'tiny' is not among the shipped ones" in capsys.readouterr().out
    other = make(here / "other", words=("a",))
    assert call("repaint", "x.png", "--model", other, "--json") == 1
    (answer,) = json.loads(capsys.readouterr().out)
    assert (answer["answer"], answer["psnr"]) == ("impossible", None)
    assert "other weights" in answer["why"]


def test_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("models") == 0
    assert call("models", "--json") == 0
    assert capsys.readouterr().err == ""


def test_train_refuses_what_it_does_not_know(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("train", "nothing") == 2
    assert "unknown recipe 'nothing'" in capsys.readouterr().err
    assert call("train", "codec", "--minutes", "nan") == 2
    assert files(here) == set()


# ---- in processes of their own --------------------------------------------------------------------------------------

SFUMATO = [sys.executable, "-m", "sfumato"]


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, sfumato\nfrom sfumato.apps.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name.partition(".")[0] for name in said.splitlines()[-1].split()}
    assert "sfumato" in loaded
    assert not loaded & {"torch", "numpy", "pydantic", "PIL", "rich", "tokenizers", "safetensors"}


def test_no_traceback_reaches_a_person(here: Path) -> None:
    ended = subprocess.run([*SFUMATO, "paint", "a", "--steps", "0"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "sfumato: steps 0 is too small; the least is 1\n"


def test_twenty_pictures_repainted_elsewhere_are_exact(tiny: Path, here: Path) -> None:
    """Another process, another number of threads asked for, pictures of all formats in another order."""
    for count, end, extra in (
        (10, "png", []),
        (5, "webp", ["--size", "96x32"]),
        (5, "jpeg", ["--sampler", "ancestral"]),
    ):
        order = ["paint", "a red circle", "--count", count, "--format", end, "--model", tiny, "--quiet", *extra]
        assert call(*order) == 0
    pictures = sorted((path.name for path in here.iterdir() if "sheet" not in path.name), reverse=True)
    assert len(pictures) == 20
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    again = [*SFUMATO, "repaint", "--model", str(tiny), *pictures]
    said = subprocess.run(again, capture_output=True, text=True, check=True, env=environment).stdout
    assert said == "".join(f"{name}: exact\n" for name in pictures)


def test_ctrl_c_leaves_only_whole_pictures(tiny: Path, here: Path) -> None:
    order = ["paint", "a red circle", "--model", str(tiny), "--count", "64", "--steps", "100", "--seed", "1"]
    painting = subprocess.Popen([*SFUMATO, *order], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list(here.glob("*.png")) and time.monotonic() < deadline:  # not what is half written
        time.sleep(0.02)
    painting.send_signal(signal.SIGINT)
    _, said = painting.communicate(timeout=60)
    assert painting.returncode == 130
    assert said == "sfumato: stopped\n"
    left = files(here)
    assert 0 < len(left) < 64
    for name in left:
        assert name.endswith(".png")
        read(here / name)


def test_nothing_said_is_a_question_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    assert "paint" in capsys.readouterr().out
    assert call("--version") == 0
    assert capsys.readouterr().out.startswith("sfumato 0.")


def test_refusal_is_a_value_error() -> None:
    assert issubclass(Refusal, ValueError)
