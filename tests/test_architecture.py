"""The house holds: the loop, the reading path, the names of files, and what importing costs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "sfumato"
READING_PATH = ("core/level.py", "engine/loop.py", "engine/sampler.py", "engine/guidance.py", "pipeline/generate.py")


def test_the_loop_is_five_lines_and_knows_no_network() -> None:
    tree = ast.parse((PACKAGE / "engine/loop.py").read_text())
    sample = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "sample")
    body = [n for n in sample.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    assert [ast.unparse(n) for n in body] == [
        "memory = None",
        "for here, there in pairwise(levels):\n    x, memory = step(denoise, x, here, there, memory, rng)",
        "return x",
    ], "The denoising engine never changes; only the conditioning does."
    assert [a.arg for a in sample.args.args] == ["denoise", "x", "levels", "step", "rng"]


def test_reading_path_is_under_800_lines() -> None:
    lines = {name: len((PACKAGE / name).read_text().splitlines()) for name in READING_PATH}
    assert sum(lines.values()) < 800, lines


def test_no_room_for_odds_and_ends() -> None:
    names = {path.stem for path in PACKAGE.rglob("*.py")} | {path.name for path in PACKAGE.rglob("*") if path.is_dir()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def test_every_file_says_what_it_is() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no first sentence"


@pytest.mark.parametrize("room", ["engine", "conditioning", "layers", "models"])
def test_no_attribute_tricks_and_no_nameless_arguments(room: str) -> None:
    for path in (PACKAGE / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("hasattr", "getattr", "setattr"), f"{path}:{node.lineno}"
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.args.kwarg is None, f"{path}:{node.lineno}"


def test_nothing_is_unpickled() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("torch.load", "pickle.load", "pickle.loads", "np.load", "numpy.load"), path


@pytest.mark.parametrize("what", ["import sfumato", "import sfumato.apps.cli"])
def test_importing_brings_nothing_heavy(what: str) -> None:
    heavies = ("torch", "numpy", "PIL", "pydantic", "skia", "rich")
    code = f"{what}; import sys; print([m for m in {heavies} if m in sys.modules])"
    heavy = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    found = heavy.stdout.strip()
    assert found in ("[]", "['rich']"), f"{what} imports {found}"
