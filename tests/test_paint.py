"""Painting: the same picture alone, among others and after all; noise, words, previews, and pictures that spoil."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sfumato.core.picture import pixel_hash, to_pixels
from sfumato.core.refusal import Refusal
from sfumato.engine.sampler import SAMPLERS
from sfumato.pipeline.generate import Model, Picture, Progress
from sfumato.pipeline.load import load
from sfumato.pipeline.request import Request
from tiny import make, modules


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(make(tmp_path_factory.mktemp("paint") / "tiny"), device="cpu", dtype="float32")


def same(one: Picture, other: Picture) -> bool:
    return torch.equal(one.latent, other.latent) and one.record.pixels == other.record.pixels


def test_a_picture_is_what_it_says(model: Model) -> None:
    (picture,) = model.paint("a red circle", size=(64, 96), seed=1)
    assert picture.image.size == (64, 96)
    assert picture.pixels.shape == (3, 96, 64)
    assert picture.pixels.dtype == torch.float32
    assert picture.pixels.abs().max() <= 1
    assert picture.latent.shape == (4, 6, 4)
    assert torch.allclose(to_pixels(picture.image), picture.pixels, atol=0.5 / 127.5 + 1e-6)
    assert picture.record.pixels == pixel_hash(picture.image)
    decoded = model.bundle.codec.decode(picture.latent[None])[0]
    assert torch.equal(decoded.clamp(-1, 1), picture.pixels)


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_four_at_once_are_four_alone(model: Model, sampler: str) -> None:
    together = model.paint("a red circle", seed=5, count=4, sampler=sampler, negative="blue")
    alone = [model.paint("a red circle", seed=5 + k, sampler=sampler, negative="blue")[0] for k in range(4)]
    assert all(same(one, other) for one, other in zip(together, alone, strict=True))
    assert [picture.record.request.seed for picture in together] == [5, 6, 7, 8]
    assert all(picture.record.request.count == 1 for picture in together)
    assert len({picture.record.pixels for picture in together}) == 4


def test_everything_that_is_asked_changes_the_picture(model: Model) -> None:
    asked = {"negative": "blue", "size": (96, 64), "steps": 4, "guidance": 1.0, "sampler": "heun", "seed": 2}
    plain = model.paint("a red circle", seed=1)[0].record.pixels
    pictures = {
        name: model.paint("a red circle", **{"seed": 1, name: value})[0].record.pixels  # type: ignore[arg-type]
        for name, value in asked.items()
    }
    assert len({plain, *pictures.values()}) == 1 + len(asked), pictures


def test_what_is_not_asked_is_the_models_own(model: Model) -> None:
    spec = model.spec.defaults
    (silent,) = model.paint("a red circle", seed=1)
    (said,) = model.paint(
        "a red circle", seed=1, size=spec.size, steps=spec.steps, guidance=spec.guidance, sampler=spec.sampler
    )
    assert same(silent, said)
    assert silent.record.request == said.record.request


def test_a_seed_is_drawn_and_told(model: Model) -> None:
    (one,), (two,) = model.paint("a red circle"), model.paint("a red circle")
    assert one.record.request.seed != two.record.request.seed
    assert same(one, model.paint("a red circle", seed=one.record.request.seed)[0])


@pytest.mark.parametrize("sampler", ["dpmpp_2m", next(name for name, s in SAMPLERS.items() if s.stochastic)])
def test_noise_that_is_handed_in_is_where_it_starts(model: Model, sampler: str) -> None:
    own = torch.stack([torch.randn(4, 4, 4, generator=torch.Generator().manual_seed(7 + k)) for k in range(2)])
    given = model.paint("a red circle", seed=7, count=2, noise=own, sampler=sampler)
    drawn = model.paint("a red circle", seed=7, count=2, sampler=sampler)
    assert all(same(one, other) for one, other in zip(given, drawn, strict=True))
    assert given[0].record.noise is not None
    assert drawn[0].record.noise is None
    (other,) = model.paint("a red circle", seed=7, noise=own.flip(0)[:1], sampler=sampler)
    assert not same(other, drawn[0])


@pytest.mark.parametrize(
    "noise",
    [torch.randn(4, 4, 4), torch.randn(2, 4, 4, 4), torch.full((1, 4, 4, 4), torch.nan), torch.ones(1, 4, 4, 4).int()],
)
def test_noise_that_does_not_fit_is_refused(model: Model, noise: Tensor) -> None:
    with pytest.raises(Refusal, match="noise"):
        model.paint("a red circle", noise=noise)


def test_words_that_were_cut_or_never_taught_are_named(model: Model) -> None:
    assert model.paint("a Red circle", seed=1)[0].record.notes == []
    (picture,) = model.paint("a zebra above a red qilin, a zebra", seed=1, negative="blue gnu")
    assert picture.record.notes[0].endswith("never taught: zebra, qilin") or "cut" in picture.record.notes[0]
    assert any("negative prompt" in note and note.endswith("gnu") for note in picture.record.notes)
    text = " ".join(["a red circle above"] * 4 + ["a blue square"])
    (note,) = model.paint(text, seed=1)[0].record.notes
    cut = note.removeprefix("the prompt is too long; these words were cut: ")
    assert text.endswith(cut)
    whole = text.removesuffix(cut)
    assert same(model.paint(text, seed=1)[0], model.paint(whole + "blue square red", seed=1)[0])


def test_a_request_for_another_model_is_refused(model: Model) -> None:
    with pytest.raises(Refusal, match="for the model 'storybook'; this is 'tiny'"):
        next(model.pictures(Request(prompt="a")))


def test_every_step_is_told_and_can_be_looked_at(model: Model) -> None:
    events = list(model.pictures(Request(prompt="a", model="tiny", steps=3, count=2, seed=1)))
    told = [(e.k, e.count, e.step, e.steps) if isinstance(e, Progress) else "picture" for e in events]
    assert told == [*((k, 2, i, 3) if i < 4 else "picture" for k in range(2) for i in range(1, 5))]
    last = events[2]
    assert isinstance(last, Progress)
    assert pixel_hash(last.preview()) == pixel_hash(events[3].image)  # type: ignore[union-attr]


def test_stopping_leaves_the_model_as_it_was(model: Model) -> None:
    painting = model.pictures(Request(prompt="a red circle", model="tiny", seed=1))
    next(painting)
    painting.close()  # type: ignore[attr-defined]
    assert same(model.paint("a red circle", seed=1)[0], model.paint("a red circle", seed=1)[0])


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_lower_precision_paints_nearly_the_same(model: Model, tmp_path: Path, dtype: str) -> None:
    lower = load(make(tmp_path / "tiny"), device="cpu", dtype=dtype)
    (exact,), (near,) = model.paint("a red circle", seed=1), lower.paint("a red circle", seed=1)
    assert near.record.machine.precision == dtype
    assert near.latent.dtype == near.pixels.dtype == torch.float32
    assert 0 < (exact.pixels - near.pixels).abs().mean() < 0.05


def _scaled(part: str, name: str, factor: float) -> dict[str, nn.Module]:
    parts = modules()
    parts[part].get_parameter(name).data.mul_(factor)
    return parts


def test_a_picture_that_overflows_is_painted_again_in_float32(tmp_path: Path) -> None:
    parts = _scaled("denoiser", "leave.weight", 1e4)
    parts["denoiser"].get_parameter("last.weight").data.mul_(1e3)  # products beyond 65504, where float16 ends
    fragile = load(make(tmp_path / "tiny", parts), device="cpu", dtype="float16")
    first, second = fragile.paint("a red circle", seed=1, count=2)
    assert first.record.machine.precision == second.record.machine.precision == "float32"
    text, *others = ({p.dtype for p in network.parameters()} for network in fragile.bundle.networks)
    assert text == {torch.float32} and others == 2 * [{torch.float16}]
    safe = load(tmp_path / "tiny", device="cpu", dtype="float32")
    assert same(first, safe.paint("a red circle", seed=1)[0])


def test_words_are_neither_weighed_nor_read_in_chunks(model: Model) -> None:
    with pytest.raises(Refusal, match="tiny cannot weigh words"):
        model.paint("a (red:1.3) circle")
    with pytest.raises(Refusal, match="tiny cannot read a text in chunks"):
        model.paint("a red circle", long="chunks")
    with pytest.raises(Refusal, match="long 'whole' must be 'cut' or 'chunks'"):
        model.paint("a red circle", long="whole")


@pytest.mark.parametrize(
    ("part", "name", "factor", "said"),
    [
        ("denoiser", "leave.weight", float("nan"), "no numbers, in float32 too; it is not kept"),
        ("codec", "decoder.0.weight", float("inf"), "no numbers"),
        ("codec", "decoder.0.weight", 0.0, "flat"),
    ],
)
def test_a_spoiled_picture_is_never_kept(tmp_path: Path, part: str, name: str, factor: float, said: str) -> None:
    parts = _scaled(part, name, factor)
    if factor == 0:
        for parameter in parts["codec"].parameters():
            parameter.data.zero_()
    broken = load(make(tmp_path / "tiny", parts), device="cpu", dtype="float32")
    with pytest.raises(Refusal, match=f"the picture of seed 3 came out .*{said}"):
        broken.paint("a red circle", seed=3)


@pytest.mark.parametrize(
    ("device", "dtype", "said"),
    [
        ("tpu", "auto", "unknown device 'tpu'"),
        ("cuda:99", "auto", "no device 'cuda:99' here"),
        ("cpu:x", "auto", "unknown device"),
        ("cpu", "int8", "unknown dtype 'int8'.*bfloat16"),
    ],
)
def test_devices_and_precisions_that_are_not_there(tmp_path: Path, device: str, dtype: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        load(make(tmp_path / "tiny"), device=device, dtype=dtype)
