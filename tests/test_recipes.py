"""From nothing to a picture, in miniature: codec, latents, tokenizer, text encoder, both denoisers, bundle, paint."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

import sfumato
from sfumato import storybook
from sfumato.checkpoints.bundle import Defaults, Part, Parts, Sizes, Spec, write_bundle
from sfumato.core.config import to_json
from sfumato.data.latents import Latents
from sfumato.data.mapped import mapped
from sfumato.data.pairs import Pairs, floats
from sfumato.data.plans import COLORS, NAMES, Plans
from sfumato.models.autoencoder import AutoencoderConfig
from sfumato.models.dit import DiT, DiTConfig
from sfumato.models.text import TextConfig, TextTransformer
from sfumato.models.tokenizer import Tokenizer, train_tokenizer
from sfumato.models.tower import PictureTower, TowerConfig
from sfumato.models.unet import UNet, UNetConfig
from sfumato.training.codec import CodecLoss, CodecTask, load_codec
from sfumato.training.contrast import ContrastTask
from sfumato.training.painter import Lesson, PainterTask, places
from sfumato.training.recipes import RECIPES
from sfumato.training.run import train
from sfumato.training.task import Cadence, Run, TrainingError

CODEC = AutoencoderConfig(channels=4, encoder=(16, 16), encoder_blocks=(1, 1), decoder=(16, 16, 8, 8))
TEXT = TextConfig(vocabulary=400, length=24, width=32, depth=1, heads=2)
DENOISERS = {
    "dit": (DiT, DiTConfig(channels=4, width=32, depth=2, heads=2, text=32)),
    "rim": (DiT, DiTConfig(channels=4, width=32, depth=2, heads=2, text=32, rim=16)),
    "unet": (UNet, UNetConfig(channels=4, widths=(16, 32), blocks=(1, 1), heads=2, text=32, groups=4)),
}
RUN = Run(
    name="tiny", task=NotImplemented, batch=4, steps=3, learning_rate=1e-3, warmup=1, every=Cadence(1, 0, 0), ema=0.5
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained tokenizer and a trained codec, both tiny."""
    folder, pairs = tmp_path_factory.mktemp("runs"), Pairs()
    train_tokenizer((pairs.caption(i, i) for i in range(200)), folder / "tokenizer.json", size=TEXT.vocabulary)
    run = replace(RUN, name="codec", task=lambda: CodecTask(CODEC, CodecLoss(), crop=64))
    train(run, folder / "codec", quiet=True, track=False)
    return folder


def test_every_recipe_is_a_whole_run() -> None:
    for name, recipe in RECIPES.items():
        run = recipe()
        assert run.name == name
        assert recipe.__doc__ and f"sfumato train {name}" in recipe.__doc__
        assert run.rate(0) > 0 and run.rate(run.steps - 1) < run.learning_rate


def test_the_codec_owns_unit_latents(runs: Path) -> None:
    codec = load_codec(runs / "codec/weights/codec.safetensors", CODEC)
    latent = codec.encode(floats(torch.stack([Pairs().picture(i, (256, 256)) for i in range(64)])))
    spread = torch.cov(latent.transpose(0, 1).flatten(1))  # it was measured over these and 192 more
    assert abs(spread.diag().mean() - 1) < 0.25
    assert (spread - spread.diag().diag()).abs().max() < 0.25 * spread.diag().max()
    assert latent.mean(dim=(0, 2, 3)).abs().max() < 0.25


def test_a_frozen_encoder_stays_and_its_decoder_learns(runs: Path, tmp_path: Path) -> None:
    start = runs / "codec/weights/codec.safetensors"
    run = replace(RUN, task=lambda: CodecTask(CODEC, CodecLoss(), crop=64, start=start, frozen_encoder=True))
    train(run, tmp_path, quiet=True, track=False)
    before, after = load_codec(start, CODEC), load_codec(tmp_path / "weights/codec.safetensors", CODEC)
    pixels = torch.rand(1, 3, 64, 64)
    assert torch.equal(before.encode(pixels), after.encode(pixels))
    assert not torch.equal(before.decode(before.encode(pixels)), after.decode(after.encode(pixels)))


@pytest.mark.parametrize("kind", DENOISERS)
def test_a_painter_learns_and_what_it_ships_paints(runs: Path, tmp_path: Path, kind: str) -> None:
    network, config = DENOISERS[kind]
    codec, words = load_codec(runs / "codec/weights/codec.safetensors", CODEC), runs / "tokenizer.json"
    side = codec.factor * config.patch if isinstance(config, DiTConfig) else None

    def lesson(share: float, size: tuple[int, int]) -> Lesson:
        stored = Latents(runs / "latents", codec, Pairs(), count=8, size=size, name="test")
        if side is None:
            return Lesson(share, stored)
        plans = Plans(runs / "latents", Pairs(), count=8, size=size, side=side)
        return Lesson(share, stored, plans)

    square, wide = lesson(0.7, (128, 128)), lesson(0.3, (192, 128))

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        spec = Spec(
            name="tiny",
            parts=Parts(
                Part("text_transformer", to_json(TEXT)),
                Part("autoencoder", to_json(codec.config)),
                Part("unet" if kind == "unet" else "dit", to_json(config)),
            ),
            process="flow",
            prediction="velocity",
            defaults=Defaults(size=(128, 128), steps=2, guidance=2.0, sampler="euler", schedule="uniform"),
            sizes=Sizes(least=64, most=256, multiple=32),
        )
        write_bundle(folder, spec, {"text": modules["text"], "denoiser": modules["denoiser"], "codec": codec}, words)

    def task() -> PainterTask:
        torch.manual_seed(0)
        return PainterTask(
            denoiser=network(config),
            text=TextTransformer(TEXT),
            tokenizer=Tokenizer(words),
            codec=codec,
            lessons=[square, wide],
            ship=ship,
        )

    report = train(replace(RUN, task=task, steps=12, ema=0.0), tmp_path, quiet=True, track=False)
    assert report.ended == "finished"
    trained, fresh = task(), task()
    c = config.channels
    assert {x.shape for x in (trained.batch(k, 4)[0] for k in range(12))} == {(4, c, 8, 8), (4, c, 8, 12)}
    assert ("plan" in (tmp_path / "metrics.jsonl").read_text()) == (side is not None)
    assert torch.equal(trained.batch(3, 4)[0], fresh.batch(3, 4)[0])  # the data of a step depends on the step alone
    model = sfumato.load(tmp_path / "weights")
    assert model.paint("a fox in the rain", seed=1, size=(160, 96))[0].image.size == (160, 96)
    assert model.bundle.codec.encode(torch.rand(1, 3, 96, 64).to(model.at.dtype)).shape == (1, c, 6, 4)


def one_red_cat() -> tuple[storybook.Scene, Pairs]:
    """A scene, and pairs that are all of it."""
    scene = storybook.Scene("meadow", "sunny", "day", "flat", (storybook.Figure("cat", "red", action="standing"),))

    class One(Pairs):
        def scene(self, index: int) -> storybook.Scene:
            return scene

    return scene, One()


def test_errors_count_most_where_figures_are() -> None:
    kinds = torch.zeros(1, 6, len(NAMES))  # two rows of three patches
    kinds[..., 0] = torch.tensor([1.0, 1.0, 1.0, 1.0, 0.5, 0.0])
    counts = places(kinds, torch.zeros(1, 5, 4, 6))
    assert counts.shape == (1, 1, 4, 6)
    torch.testing.assert_close(counts[0, 0, 3] / counts[0, 0, 0], torch.tensor([1.0, 1.0, 2.5, 2.5, 4.0, 4.0]))


def test_pictures_of_one_style_are_of_the_same_scenes() -> None:
    flat, all_ = Pairs(style="flat"), Pairs()
    scenes = [(flat.scene(i), all_.scene(i)) for i in range(60)]
    assert all(replace(one, style=other.style) == other for one, other in scenes)
    assert sum(one.style == "flat" for one, _ in scenes) > 40 > sum(other.style == "flat" for _, other in scenes)
    assert (flat.world, all_.world) == (f"v{storybook.VERSION}-flat", f"v{storybook.VERSION}")


def test_an_interrupted_file_goes_on_where_it_stopped(tmp_path: Path) -> None:
    made: list[range] = []

    def rows(some: range) -> torch.Tensor:
        made.append(some)
        if len(made) == 2:
            raise KeyboardInterrupt
        return torch.tensor(some, dtype=torch.uint8)[:, None].expand(-1, 2)

    for _ in range(2):
        with contextlib.suppress(KeyboardInterrupt):
            found = mapped(tmp_path / "rows.u8", (70, 2), "u1", rows)
    assert made == [range(0, 32), range(32, 64), range(32, 64), range(64, 70)]
    assert (found == [[k, k] for k in range(70)]).all()
    assert [path.name for path in tmp_path.iterdir()] == ["rows.u8"]


def test_a_plan_says_what_is_where(tmp_path: Path) -> None:
    scene, pairs = one_red_cat()
    kinds, colors = Plans(tmp_path, pairs, count=1, size=(256, 256), side=32)[[0]]
    body = storybook.instances(scene, (128, 128)) > 0
    named = {NAMES[i] for i in kinds[0].argmax(-1)}
    assert named == {"nothing", "cat"}
    assert {COLORS[i] for i in colors[0].argmax(-1)} == {"none", "red"}
    assert kinds[0, :, NAMES.index("cat")].mean() == pytest.approx(body.mean(), abs=0.01)


def test_words_and_pictures_find_each_other(runs: Path, tmp_path: Path) -> None:
    def task() -> ContrastTask:
        torch.manual_seed(0)
        tower = PictureTower(TowerConfig(widths=(8, 16, 16), width=32))
        words = Tokenizer(runs / "tokenizer.json")
        return ContrastTask(text=TextTransformer(TEXT), tower=tower, width=32, tokenizer=words)

    run = replace(RUN, task=task, batch=8, steps=40, learning_rate=3e-3)
    report = train(run, tmp_path, quiet=True, track=False)
    losses = [line for line in (tmp_path / "metrics.jsonl").read_text().splitlines() if '"loss"' in line]
    first, last = (float(line.split('"loss": ')[1].split(",")[0]) for line in (losses[0], losses[-1]))
    assert report.weights.joinpath("text.safetensors").exists()
    assert last < 0.6 * first


def test_a_painter_without_a_codec_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="recipe codec"):
        load_codec(tmp_path / "codec.safetensors", CODEC)
