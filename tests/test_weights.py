"""Weights files of every kind are read as their own tools read them, and damaged ones never load and never crash."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sfumato.checkpoints.file import Unfilled, fill, write_tensors
from sfumato.checkpoints.gguf import PACKED, read_gguf
from sfumato.checkpoints.keymap import Rule, to_ours
from sfumato.checkpoints.weights import read_weights
from sfumato.core.refusal import Refusal

LEAST_DAMAGED = 400


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), nn.LayerNorm(32), nn.Linear(32, 16))


def load(path: Path) -> nn.Module:
    """As a model is loaded: read, map, fill."""
    with Unfilled():
        module = network()
    fill(module, dict(to_ours(read_weights(path), (Rule("{rest*}"),), where=str(path))), where=str(path))
    return module


def write_gguf(path: Path, tensors: dict[str, Tensor], *, alignment: int = 32) -> None:
    """A GGUF file of float32 tensors with an empty table of values, so that every byte of its header counts."""
    head, data = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 0), b""
    for name, tensor in tensors.items():
        dims = struct.pack(f"<I{tensor.ndim}Q", tensor.ndim, *reversed(tensor.shape))
        head += struct.pack("<Q", len(name)) + name.encode() + dims + struct.pack("<IQ", 0, len(data))
        data += tensor.numpy().tobytes()
        data += b"\0" * (-len(data) % alignment)
    path.write_bytes(head + b"\0" * (-len(head) % alignment) + data)


@pytest.fixture(scope="module")
def safetensors(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "model.safetensors"
    write_tensors(path, network().state_dict(), force=False)
    load(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "model.gguf"
    write_gguf(path, dict(network().state_dict()))
    load(path)
    return path.read_bytes()


def cut(whole: bytes, count: int) -> Iterator[bytes]:
    """Ended too early: at the very start, within the header, within the data, one byte before the end."""
    draw = random.Random(0)
    yield from (whole[:n] for n in {0, 1, 7, 8, 9, len(whole) - 1, *(draw.randrange(len(whole)) for _ in range(count))})


def flipped(whole: bytes, bits: range) -> Iterator[bytes]:
    for bit in bits:
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        yield bytes(damaged)


def retold(whole: bytes) -> Iterator[bytes]:
    """Headers that are well-formed and lie."""
    length = int.from_bytes(whole[:8], "little")
    header, data = json.loads(whole[8 : 8 + length]), whole[8 + length :]

    def file(text: str) -> bytes:
        return len(text.encode()).to_bytes(8, "little") + text.encode() + data

    for key, entry in header.items():
        begin, end = entry["data_offsets"]
        for change in (
            {"dtype": "F16"},
            {"dtype": "I64"},
            {"dtype": "F4"},
            {"dtype": None},
            {"shape": [*entry["shape"], 2]},
            {"shape": entry["shape"][::-1] or [1]} if len(entry["shape"]) > 1 else {"shape": []},
            {"shape": [2**62, 2**62]},
            {"shape": [-1]},
            {"shape": "all"},
            {"data_offsets": [begin + 4, end + 4]},
            {"data_offsets": [end, begin]},
            {"data_offsets": [begin, end, end]},
            {"data_offsets": [begin, end + 2**60]},
            {"data_offsets": [0, end - begin]} if begin else {"data_offsets": [4, 4 + end - begin]},
            {"data_offsets": [float(begin), float(end)]},
        ):
            yield file(json.dumps({**header, key: {**entry, **change}}))
        yield file(json.dumps({name: value for name, value in header.items() if name != key}))
        yield file(json.dumps({(f"{name}s" if name == key else name): value for name, value in header.items()}))
        yield file(json.dumps(header)[:-1] + f", {json.dumps(key)}: {json.dumps(entry)}}}")  # the same key twice
        yield file(json.dumps({**header, key: []}))
    yield whole + b"\0"
    yield file(json.dumps({**header, "__metadata__": {"count": 3}}))
    yield file("[" * 100_000)
    yield b"\xff" * 8 + whole[8:]
    yield (2**40).to_bytes(8, "little") + whole[8:]


def test_at_least_400_damaged_files_never_load(safetensors: bytes, gguf: bytes, tmp_path: Path) -> None:
    header = 8 + int.from_bytes(safetensors[:8], "little")
    # a bit of a space that pads the header gives no other space; the lowest bit of GGUF's version gives version 2
    in_header = [*range(0, 64, 3), *range(64, 8 * header, 17)]
    of_gguf = [bit for bit in range(0, 8 * 230, 5) if bit != 32]
    damaged = [
        *cut(safetensors, 40),
        *(file for bit in in_header for file in flipped(safetensors, range(bit, bit + 1))),
        *retold(safetensors),
        *cut(gguf, 40),
        *(file for bit in of_gguf for file in flipped(gguf, range(bit, bit + 1))),
        gguf + b"\0",
    ]
    assert len(set(damaged)) >= LEAST_DAMAGED
    path = tmp_path / "damaged.safetensors"
    for i, content in enumerate(damaged):
        path.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            load(path)
            pytest.fail(f"damaged file {i} loads")
        said = str(refused.value)
        assert str(path) in said, said
        assert "\n" not in said


def test_gguf_packings_are_unpacked_as_ggml_does(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    numpy = pytest.importorskip("numpy")
    draw = numpy.random.default_rng(0)
    writer, expected = gguf.GGUFWriter(tmp_path / "x.gguf", "flux"), {}
    writer.add_string("general.license", "apache-2.0")
    writer.add_array("tokenizer.ggml.tokens", [str(i) for i in range(100)])
    plain = draw.standard_normal((6, 512)).astype(numpy.float32)
    for name in ("F32", "F16", "BF16", "Q8_0"):
        kind = gguf.GGMLQuantizationType[name]
        packed = gguf.quants.quantize(plain, kind)
        writer.add_tensor(name, packed, raw_dtype=kind)
        expected[name] = gguf.quants.dequantize(packed, kind)
    for name in ("Q4_K", "Q5_K", "Q6_K"):  # ggml packs these in C only: any bits with sane float16 scales are a tensor
        kind = gguf.GGMLQuantizationType[name]
        size = gguf.GGML_QUANT_SIZES[kind][1]
        blocks = draw.integers(0, 256, (12, size), dtype=numpy.uint8)
        for at in [208] if name == "Q6_K" else [0, 2]:
            scales = draw.standard_normal(12).astype(numpy.float16)
            blocks[:, at : at + 2] = numpy.frombuffer(scales.tobytes(), dtype=numpy.uint8).reshape(12, 2)
        packed = blocks.reshape(6, 2 * size)
        writer.add_tensor(name, packed, raw_dtype=kind)
        expected[name] = gguf.quants.dequantize(packed, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = read_weights(tmp_path / "x.gguf")
    assert found.metadata["general.license"] == "apache-2.0"
    assert set(found) == set(expected) >= {name for name, _ in PACKED.values()}
    for name, values in expected.items():
        assert found.stored[name].kind == name
        assert torch.equal(found[name].float(), torch.from_numpy(values)), name


def test_a_gguf_packing_that_is_not_read_is_named(tmp_path: Path) -> None:
    write_gguf(path := tmp_path / "x.gguf", {"a": torch.ones(64)})
    content = bytearray(path.read_bytes())
    content[content.index(b"a") + 1 + 4 + 8] = 2  # Q4_0
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"packs a in a way not read here \(ggml type 2\); use F32, F16, F64, BF16, Q8_0"):
        read_gguf(path)


@pytest.mark.parametrize("scale", [torch.tensor(0.5), torch.arange(1.0, 5.0), torch.arange(1.0, 5.0).view(4, 1)])
@pytest.mark.parametrize("name", ["scale_weight", "weight_scale"])
def test_8_bit_weights_come_with_their_scales(tmp_path: Path, name: str, scale: Tensor) -> None:
    weight = torch.randn(4, 8).to(torch.float8_e4m3fn)
    stored = {"a.weight": weight, f"a.{name}": scale, "a.scale_input": torch.ones(1), "a.bias": torch.ones(4)}
    write_tensors(tmp_path / "x.safetensors", stored | {"scaled_fp8": torch.empty(0)}, force=False)
    found = read_weights(tmp_path / "x.safetensors")
    assert set(found) == {"a.weight", "a.bias"}
    assert torch.equal(found["a.weight"], weight.float() * scale.reshape(-1, 1))
    assert found.stored["a.weight"].kind == "F8_E4M3"


def test_a_scale_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    weight = torch.ones(4, 8).to(torch.float8_e5m2)
    write_tensors(tmp_path / "x", {"a.weight": weight, "a.scale_weight": torch.ones(3)}, force=False)
    with pytest.raises(Refusal, match="scale of 3 numbers does not fit"):
        read_weights(tmp_path / "x")["a.weight"]
    write_tensors(tmp_path / "y", {"a.weight": torch.ones(4, 8), "a.scale_weight": torch.ones(1)}, force=False)
    with pytest.raises(Refusal, match=r"a\.weight has a scale but is F32"):
        read_weights(tmp_path / "y")


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """A folder with a model in two files and an index."""
    state, table = network().state_dict(), {}
    for part, keys in enumerate((list(state)[:2], list(state)[2:])):
        name = f"model-0000{part + 1}-of-00002.safetensors"
        write_tensors(tmp_path / name, {key: state[key] for key in keys}, force=False)
        table |= dict.fromkeys(keys, name)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": table}))
    return tmp_path


def test_shards_are_one_model(shards: Path) -> None:
    for path in (shards, shards / "model.safetensors.index.json"):
        found = load(path).state_dict()
        assert all(torch.equal(found[key], value) for key, value in network().state_dict().items())


def _index(change: Callable[[dict[str, str]], object]) -> Callable[[Path], object]:
    def damage(folder: Path) -> None:
        path = folder / "model.safetensors.index.json"
        values = json.loads(path.read_text())
        change(values["weight_map"])
        path.write_text(json.dumps(values))

    return damage


DAMAGED_SHARDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no index": (lambda f: (f / "model.safetensors.index.json").unlink(), "but no safetensors.index.json"),
    "a missing shard": (lambda f: (f / "model-00002-of-00002.safetensors").unlink(), "model-00002-of-00002"),
    "an index that is no JSON": (lambda f: (f / "model.safetensors.index.json").write_text("{"), "it is not JSON"),
    "an index without a map": (lambda f: (f / "model.safetensors.index.json").write_text("{}"), "no weight_map"),
    "a key nobody stored": (_index(lambda m: m.update({"9.weight": m["0.weight"]})), "lacks 9.weight"),
    "a key nobody listed": (_index(lambda m: m.pop("0.weight")), "has 0.weight"),
    "a way out": (_index(lambda m: m.update({"0.weight": "../secret.safetensors"})), "leads out of its folder"),
}


@pytest.mark.parametrize("case", DAMAGED_SHARDS)
def test_damaged_shards_are_refused(shards: Path, case: str) -> None:
    damage, said = DAMAGED_SHARDS[case]
    damage(shards)
    with pytest.raises(Refusal, match=said):
        load(shards)


class _Bomb:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("exploded"),)  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["model.ckpt", "model.pt", "model.bin", "model.pth", "model.safetensors", "model"])
@pytest.mark.parametrize("zipped", [True, False])
def test_pickles_are_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, zipped: bool) -> None:
    import pickle

    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(_Bomb())
    if zipped:
        with zipfile.ZipFile(name, "w") as archive:
            archive.writestr("archive/data.pkl", content)
    else:
        Path(name).write_bytes(content)
    with pytest.raises(Refusal, match="is a pickle, and opening one runs whatever code is in it; convert it"):
        read_weights(Path(name))
    assert not Path("exploded").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.safetensors.part", b"", "has not finished"),
        ("model.safetensors.incomplete", b"", "has not finished"),
        ("model.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        ("model.safetensors", b"<!DOCTYPE html><html>", "is a web page"),
        ("model.safetensors", b"", "cut short"),
        ("model.gguf", b"GGUF", "cut short"),
    ],
)
def test_what_is_no_weights_file_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match=said):
        read_weights(tmp_path / name)


def test_a_folder_without_weights_says_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="has no weights"):
        read_weights(tmp_path)
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(Refusal, match=r"pytorch_model\.bin is a pickle"):
        read_weights(tmp_path)


def test_full_precision_is_read_before_a_variant(tmp_path: Path) -> None:
    for name in ("model.fp16.safetensors", "model.safetensors"):
        write_tensors(tmp_path / name, {name: torch.ones(1)}, force=False)
    assert set(read_weights(tmp_path)) == {"model.safetensors"}
