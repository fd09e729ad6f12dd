"""Shards and streams: what is written can be read back and drawn again, whole or not at all, in one order."""

from __future__ import annotations

import io
import json
import resource
import tarfile
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("skia")

from sfumato import storybook
from sfumato.apps.cli import main
from sfumato.core.refusal import Refusal
from sfumato.data import shards
from sfumato.data.pairs import FIRST_TRAINING_SEED, Pairs, floats, stream
from sfumato.data.shards import Order, skewed, write_shards
from sfumato.storybook import EVEN, Scene


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def samples(path: Path) -> dict[str, dict[str, bytes]]:
    """The files of a shard by sample and ending, as WebDataset reads them."""
    found: dict[str, dict[str, bytes]] = {}
    with tarfile.open(path) as tar:
        for entry in tar:
            key, _, end = entry.name.partition(".")
            file = tar.extractfile(entry)
            assert file is not None
            found.setdefault(key, {})[end] = file.read()
    return found


def pixels(data: bytes) -> storybook.Picture:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_a_shard_holds_pictures_captions_scenes_and_truths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shards, "PER_SHARD", 3)
    wish = ("--count", 7, "--seed", 40, "--size", "128x96", "--truth", "mask,edge,depth,pose", "--sheet")
    assert call("storybook", "--out", tmp_path / "a", *wish) == 0
    written = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in written] == ["sheet.png", *(f"train-{n:09d}.tar" for n in (40, 43, 46))]
    assert {path.name for path in (tmp_path / "a").iterdir()} == {path.name for path in written}
    for path in written[1:]:
        for key, files in samples(path).items():
            told = json.loads(files["json"])
            scene, size = Scene.from_json(json.dumps(told["scene"])), (128, 96)
            assert scene == storybook.sample(int(key)) and told["version"] == storybook.VERSION
            assert np.array_equal(pixels(files["png"]), storybook.draw(scene, size))
            assert np.array_equal(pixels(files["mask.png"]), storybook.instances(scene, size))
            assert np.array_equal(pixels(files["edge.png"]), storybook.edges(scene, size))
            assert np.array_equal(pixels(files["depth.png"]), storybook.depth(scene, size))
            assert np.array_equal(pixels(files["pose.png"]), storybook.pose(scene, size))
            assert files["txt"].decode() == storybook.caption(scene, int(key))
            assert len(told["parts"]) == len(storybook.parts(scene))
    assert call("storybook", "--out", tmp_path / "b", *wish, "--quiet") == 0
    for path in written[1:]:
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert call("storybook", "--out", tmp_path / "a", *wish) == 2
    assert "sheet.png is there already" in capsys.readouterr().err
    assert call("storybook", "--out", tmp_path / "a", *wish, "--force", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 4


BAD = {
    "--count 0": "count 0 is too small",
    "--count 1 --size 2000x2000": "size 2000x2000 is not within 64 to 1024 pixels a side and 1:2 to 2:1",
    "--count 1 --size 256": "size '256' is not width x height",
    "--count 1 --seed -1": "seed -1 is too small",
    "--count 1 --split color-knd": "unknown split 'color-knd', did you mean color-kind",
    "--count 1 --truth masc": "unknown truth channel 'masc', did you mean mask",
    "--count 1 --skew male": "share 'male' is not like dark=3",
    "--count 1 --skew doktor:male=2": "unknown person 'doktor', did you mean doctor",
    "--count 1 --skew mal=2": "unknown skin or gender 'mal', did you mean male",
    "--count 1 --skew male=0 --skew female=0": "leaves nobody",
}


@pytest.mark.parametrize("arguments", BAD)
def test_what_cannot_be_drawn_is_refused(arguments: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("storybook", "--out", tmp_path / "x", *arguments.split()) == 2
    error = capsys.readouterr().err
    assert BAD[arguments] in error and error.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_a_full_disk_leaves_no_half_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shards, "PER_SHARD", 2)
    order = Order.of(count=2, seed=0, size=(64, 64), split="train", truth="", skew=[])
    [path] = [path for _, path in write_shards(tmp_path, order, force=False) if path is not None]
    before = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before // 2, hard))
    try:
        code = call("storybook", "--count", 6, "--seed", 2, "--size", "64x64", "--out", tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2 and "file too large" in capsys.readouterr().err
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert len(samples(path)) == 2


def test_shares_change_one_thing() -> None:
    assert skewed(EVEN, "dark=3").skins == (1, 1, 1, 1, 3) and skewed(EVEN, "dark=3").genders == EVEN.genders
    both = skewed(skewed(EVEN, "doctor:male=9"), "doctor:dark=0")
    assert both.genders == EVEN.genders and both.kinds["doctor"].genders == (1, 9)
    assert both.kinds["doctor"].skins == (1, 1, 1, 1, 0)
    with pytest.raises(Refusal, match="nobody"):
        skewed(skewed(EVEN, "chef:male=0"), "chef:female=0")


def test_a_stream_has_one_order_for_any_number_of_workers() -> None:
    pairs = Pairs()
    alone = list(islice(stream(pairs, (96, 64), 3), 4))
    helped = stream(pairs, (96, 64), 3, workers=2, start=1)
    for (pixels, captions), (theirs, told) in zip(alone[1:], helped, strict=False):
        assert torch.equal(pixels, theirs) and captions == told
    helped.close()
    pixels, captions = alone[1]
    assert pixels.shape == (3, 3, 64, 96) and pixels.dtype == torch.uint8 and floats(pixels).min() >= -1
    assert torch.equal(pixels[2], pairs.picture(5, (96, 64))) and captions[2] == pairs.caption(5, 5)
    assert pairs.scene(5) == storybook.sample(FIRST_TRAINING_SEED + 5)
    assert Pairs(0, split="style-kind").scene(3) == storybook.sample(3, split="style-kind")
