"""Model folders and weights files: what is written comes back, and what is damaged is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from sfumato.checkpoints.bundle import Spec, check_files, read_bundle, read_spec
from sfumato.checkpoints.file import Unfilled, read_tensors, write_tensors
from sfumato.core.disk import check_writable, write_whole
from sfumato.core.refusal import Refusal
from sfumato.pipeline.load import load
from tiny import SPEC, make, modules

CPU, CODEC = torch.device("cpu"), "codec.safetensors"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return shutil.copytree(whole, tmp_path / "tiny")


def test_there_and_back(whole: Path) -> None:
    spec = read_spec(whole)
    assert {**spec.__dict__, "files": {}} == SPEC.__dict__
    bundle = read_bundle(whole, spec, device=CPU, dtype=torch.float32)
    for network, original in zip(bundle.networks, modules().values(), strict=True):
        wanted = dict(original.named_parameters())
        for name, value in network.named_parameters():
            assert value.dtype == torch.float32
            assert not value.requires_grad
            assert torch.equal(value, wanted[name].to(torch.bfloat16).float()), name
        for name, statistic in network.named_buffers():
            assert torch.equal(statistic, original.get_buffer(name)), name
        assert not network.training


def test_weights_are_bfloat16_on_disk_and_statistics_are_not(whole: Path) -> None:
    assert read_tensors(whole / "codec.safetensors")["mean"].dtype == torch.float32
    assert read_tensors(whole / "denoiser.safetensors")["enter.weight"].dtype == torch.bfloat16


def test_the_hash_hangs_on_every_file_that_shapes_a_picture(whole: Path, folder: Path) -> None:
    assert check_files(folder, read_spec(folder)) == check_files(whole, read_spec(whole))
    (folder / "README.md").write_text("another card")
    assert check_files(folder, read_spec(folder)) == check_files(whole, read_spec(whole))
    values = json.loads((folder / "model.json").read_text())
    values["defaults"]["steps"] = 5
    (folder / "model.json").write_text(json.dumps(values))
    assert check_files(folder, read_spec(folder)) != check_files(whole, read_spec(whole))


def _cut(at: float) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        data = (folder / CODEC).read_bytes()
        (folder / CODEC).write_bytes(data[: int(at * len(data))])

    return damage


def _flip(name: str, at: float) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[int(at * len(data))] ^= 0x10
        (folder / name).write_bytes(data)

    return damage


def _spec(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        values = json.loads((folder / "model.json").read_text())
        change(values)
        (folder / "model.json").write_text(json.dumps(values))

    return damage


def _tensors(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        tensors = dict(read_tensors(folder / CODEC))
        change(tensors)
        write_tensors(folder / CODEC, tensors, force=True)

    return damage


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty weights": (_cut(0), "codec.safetensors is cut short: 0 bytes"),
    "weights cut in the header": (_cut(0.01), "codec.safetensors is cut short"),
    "weights cut in the middle": (_cut(0.5), "codec.safetensors is cut short: [a-z]+[.].* ends at byte"),
    "a flipped bit in the weights": (_flip(CODEC, 0.9), "codec.safetensors is damaged: its hash"),
    "a flipped bit in the words": (_flip("tokenizer.json", 0.5), "tokenizer.json is damaged"),
    "a flipped bit in the spec": (_flip("model.json", 0.001), "model.json is damaged"),
    "no weights": (lambda f: (f / CODEC).unlink(), "cannot read .*codec.safetensors: no such file"),
    "no words": (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json"),
    "no spec": (lambda f: (f / "model.json").unlink(), "is not a model"),
    "a missing tensor": (_tensors(lambda t: t.pop("mean")), "codec.safetensors lacks mean"),
    "a strange tensor": (_tensors(lambda t: t.update({"x": torch.ones(1)})), "has x, which the network does not"),
    "a strange file": (_spec(lambda s: s["files"].update({"spy": s["files"].pop(CODEC)})), "spy is no file of a model"),
    "a way out": (_spec(lambda s: s["files"].update({"../x": "0"})), "[.][.]/x is no file of a model"),
    "a share of itself": (_spec(lambda s: s.update(shares=".")), "is not whole itself"),
    "another shape": (_tensors(lambda t: t.update({"mean": torch.ones(2)})), r"has mean as \[2\], not \[4\]"),
    "a strange field": (_spec(lambda s: s.update(colour={})), "model.json is damaged: colour"),
    "a missing field": (_spec(lambda s: s.pop("process")), "model.json is damaged: process"),
    "a strange network": (_spec(lambda s: s["parts"]["denoiser"].update(kind="gan")), "no denoiser is called 'gan'"),
    "a strange setting": (_spec(lambda s: s["parts"]["denoiser"]["config"].update(x=1)), "DiTConfig has no x"),
    "a strange process": (_spec(lambda s: s.update(process="magic")), "unknown process 'magic'"),
    "a strange prediction": (_spec(lambda s: s.update(prediction="magic")), "unknown prediction"),
    "a strange sampler": (_spec(lambda s: s["defaults"].update(sampler="magic")), "unknown sampler"),
    "impossible sizes": (_spec(lambda s: s["sizes"].update(multiple=48)), "do not go together"),
    "sizes its codec cannot": (_spec(lambda s: s["sizes"].update(multiple=8, least=8)), "do not go together"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_in_one_line(folder: Path, name: str) -> None:
    damage, said = DAMAGE[name]
    damage(folder)
    with pytest.raises(Refusal, match=said) as refused:
        load(folder, device="cpu")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"not json", "not JSON"),
        (b"[]", "no table"),
        (b'{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}', "damaged at a"),
        (b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', "damaged at a: 4 bytes do not make"),
        (b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', "damaged at a"),
        (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', "damaged at a"),
        (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":"x"}}', "damaged at a"),
        (b'{"a":7}', "damaged at a"),
        (b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}', "cut short: a ends"),
    ],
)
def test_a_crafted_header_is_refused(tmp_path: Path, header: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 4)
    with pytest.raises(Refusal, match=said):
        read_tensors(tmp_path / "x")


def test_every_dtype_and_shape_there_and_back(tmp_path: Path) -> None:
    tensors = {
        "a": torch.arange(6, dtype=torch.bfloat16).view(2, 3),
        "b": torch.tensor(2.5, dtype=torch.float64),
        "c": torch.empty(0, 4),
        "d": torch.tensor([True, False, True]),
        "e": torch.arange(5, dtype=torch.int64),
    }
    write_tensors(tmp_path / "x", tensors, force=False)
    found = read_tensors(tmp_path / "x")
    assert set(found) == set(tensors)
    for key, value in tensors.items():
        assert found[key].dtype == value.dtype
        assert torch.equal(found[key], value)
    found["a"].zero_()
    assert torch.equal(read_tensors(tmp_path / "x")["a"], tensors["a"]), "writing to a tensor must not reach the file"


def test_unfilled_modules_draw_nothing_but_are_built_whole() -> None:
    before = torch.random.get_rng_state()
    with Unfilled():
        module = nn.Sequential(nn.Linear(4, 4), nn.Conv2d(4, 4, 3), nn.Embedding(4, 4), nn.GroupNorm(2, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(module.get_parameter("3.weight"), torch.ones(4))


def test_spec_says_which_field_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"defaults\.steps"):
        Spec.of({**SPEC.__dict__, "defaults": {**SPEC.defaults.__dict__, "steps": 0}})


FULL = """
import resource, sys
from pathlib import Path
from sfumato.core.disk import write_whole
from sfumato.core.refusal import Refusal
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 900, b"y" * 900, force=True)
except Refusal as error:
    print(error)
"""


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    said = subprocess.run([sys.executable, "-c", FULL, tmp_path / "x"], capture_output=True, text=True, check=True)
    assert "cannot write" in said.stdout
    assert "file too large" in said.stdout
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("x", "old")]


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    class Stopping:
        def __len__(self) -> int:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, TypeError)):
        write_whole(tmp_path / "x", b"half", Stopping(), force=False)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["missing/x.png", "file/x.png", "folder", "a" * 300 + ".png"])
def test_places_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refusal):
        check_writable(tmp_path / name, force=True)
    with pytest.raises(Refusal):
        write_whole(tmp_path / name, b"x", force=True)
    assert {file.name for file in tmp_path.iterdir()} == {"file", "folder"}


def test_files_get_the_usual_permissions(tmp_path: Path) -> None:
    write_whole(tmp_path / "ours", b"x", force=False)
    (tmp_path / "usual").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode
