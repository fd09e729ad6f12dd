"""Records: whole in every format, readable by others, and of no use once edited."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from PIL import Image, PngImagePlugin

from sfumato.core import picture
from sfumato.core.refusal import Refusal
from sfumato.pipeline import record as records
from sfumato.pipeline.record import Machine, Painter, Record
from sfumato.pipeline.request import Request
from tiny import SPEC

NOISE = numpy.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=numpy.uint8)
IMAGE = Image.fromarray(NOISE)
PROMPT = 'ein Fuchs <&> "狐" 🦊\n\x01 %s'


def record(prompt: str = PROMPT, *, negative: str | None = None) -> Record:
    return Record(
        created="2026-01-01T00:00:00+00:00",
        request=Request(prompt=prompt, negative=negative, size=(96, 64)).settled(SPEC, seed=7),
        model=Painter(name="tiny", hash="0" * 64),
        machine=Machine(torch="2", device="cpu", threads=1, precision="float32"),
        schedule="uniform",
        pixels=picture.pixel_hash(IMAGE),
        notes=["words: 狐"],
    )


@pytest.mark.parametrize("end", ["png", "webp", "jpg", "jpeg", "PNG"])
def test_there_and_back_in_every_format(tmp_path: Path, end: str) -> None:
    path = records.save(IMAGE, tmp_path / f"x.{end}", record(), force=False)
    found, opened = records.read(path)
    assert found == record()
    if opened.format in picture.LOSSLESS:
        assert picture.pixel_hash(opened.image) == found.pixels
    assert picture.likeness(opened.image, IMAGE) > 25
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("end", ["png", "webp", "jpg"])
def test_every_file_says_that_an_ai_made_it(tmp_path: Path, end: str) -> None:
    path = records.save(IMAGE, tmp_path / f"x.{end}", record("a fox"), force=False)
    data = path.read_bytes()
    assert b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" in data
    assert b"a fox (made by an AI: tiny" in data
    assert b"sfumato 0." in data
    assert json.loads(record().sealed())["source"] == "trainedAlgorithmicMedia"


@pytest.mark.parametrize("key", sorted(json.loads(record().sealed())))
def test_an_edit_anywhere_is_refused(key: str) -> None:
    values = json.loads(record().sealed())
    values[key] = {"request": {**values["request"], "seed": 8}}.get(key, "other")
    with pytest.raises(Refusal, match=r"edited|format"):
        Record.of(json.dumps(values), Path("x.png"))
    del values[key]
    with pytest.raises(Refusal, match=r"edited|format"):
        Record.of(json.dumps(values), Path("x.png"))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "[" * 100_000, record().sealed()[:-20]])
def test_a_damaged_record_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"the record of x\.png is"):
        Record.of(text, Path("x.png"))


def test_a_forged_record_with_a_good_seal_must_still_make_sense() -> None:
    """The seal keeps nobody out who knows how it is made; what it covers is checked like any other input."""
    values = json.loads(record().sealed())
    del values["digest"]
    values["request"]["steps"] = 10**9
    values["digest"] = records._digest(values)
    with pytest.raises(Refusal, match="damaged"):
        Record.of(json.dumps(values), Path("x.png"))


def test_foreign_pictures_and_other_files(tmp_path: Path) -> None:
    IMAGE.save(tmp_path / "plain.png")
    IMAGE.save(tmp_path / "plain.jpg")
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").touch()
    for name, said in {
        "plain.png": "carries no record",
        "plain.jpg": "carries no record",
        "text.png": "not a picture",
        "empty.png": "not a picture",
        "missing.png": "no such file",
        ".": "is a directory",
    }.items():
        with pytest.raises(Refusal, match=said):
            records.read(tmp_path / name)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    data = records.save(IMAGE, tmp_path / "x.png", record(), force=False).read_bytes()
    for length in (10, 40, len(data) // 2, len(data) - 2000):
        (tmp_path / "cut.png").write_bytes(data[:length])
        with pytest.raises(Refusal):
            records.read(tmp_path / "cut.png")


def test_a_picture_that_claims_to_be_enormous_is_not_opened(tmp_path: Path) -> None:
    chunk = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    with (tmp_path / "bomb.png").open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        PngImagePlugin.putchunk(file, b"IHDR", chunk)
        PngImagePlugin.putchunk(file, b"IDAT", b"")
    with pytest.raises(Refusal, match=r"30000|exceeds"):
        picture.load(tmp_path / "bomb.png")


def test_a_record_too_long_for_jpeg_is_refused(tmp_path: Path) -> None:
    long = record("🦊" * 10_000)
    with pytest.raises(Refusal, match="use png or webp"):
        records.save(IMAGE, tmp_path / "x.jpg", long, force=False)
    assert not list(tmp_path.iterdir())
    for end in ("png", "webp"):
        assert records.read(records.save(IMAGE, tmp_path / f"x.{end}", long, force=False))[0] == long


def test_existing_files_stay_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_text("precious")
    with pytest.raises(Refusal, match="there already"):
        records.save(IMAGE, path, record(), force=False)
    assert path.read_text() == "precious"
    records.save(IMAGE, path, record(), force=True)
    assert records.read(path)[0] == record()


def test_pixels_there_and_back() -> None:
    assert picture.pixel_hash(picture.to_image(picture.to_pixels(IMAGE))) == picture.pixel_hash(IMAGE)
    assert picture.to_pixels(IMAGE).shape == (3, 64, 96)


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    assert (picture.to_pixels(clear) == 1).all()


def test_likeness_is_psnr() -> None:
    darker = Image.fromarray(numpy.full((8, 8, 3), 100, dtype=numpy.uint8))
    lighter = Image.fromarray(numpy.full((8, 8, 3), 110, dtype=numpy.uint8))
    assert picture.likeness(darker, lighter) == pytest.approx(20 * numpy.log10(255 / 10), abs=1e-3)
    assert picture.likeness(darker, darker) == float("inf")
