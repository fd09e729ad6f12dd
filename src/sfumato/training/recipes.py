"""Recipes: each function returns one whole training run, with its command, its cost and what came of it.

The order from nothing: ``codec``, then ``painter`` (or ``painter_unet``), which reads what ``codec`` left in
``runs/codec/weights``. Every command may be stopped and given again with ``--resume``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from .. import storybook
from ..checkpoints.bundle import (
    SPEC,
    TOKENIZER,
    WEIGHTS,
    Defaults,
    Part,
    Parts,
    Sizes,
    Spec,
    read_bundle,
    write_bundle,
)
from ..checkpoints.file import read_tensors
from ..core.config import to_json
from ..core.disk import sha256
from ..core.refusal import Refusal, either, unknown
from ..data import sketches
from ..data.latents import Latents
from ..data.pairs import Pairs
from ..data.plans import Plans
from ..data.sketches import Sketches
from ..evaluation.names import config
from ..models.autoencoder import Autoencoder, AutoencoderConfig, reader
from ..models.dit import DiT, DiTConfig
from ..models.pixels import Pixels
from ..models.text import TextConfig, TextTransformer, respelled
from ..models.tokenizer import Tokenizer, train_tokenizer
from ..models.tower import PictureTower, TowerConfig
from ..models.unet import UNet, UNetConfig
from ..pipeline.load import load
from ..pipeline.presets import ASSETS, spec_of
from .codec import CodecLoss, CodecTask, load_codec
from .contrast import ContrastTask
from .fewstep import FewStepTask, Leap
from .judge import JudgeTask
from .painter import Lesson, PainterTask
from .task import Cadence, Run, TrainingError

RUNS = Path("runs")
EYES = RUNS / "codec/weights/codec.safetensors"
FOUND = RUNS / "judge/weights"
CODEC = AutoencoderConfig(channels=32)
TEXT = TextConfig(vocabulary=1536, length=56)  # some 750 words; the longest captions have 40 of them
SCENES = 30_000  # distinct pictures; each is told anew every time it is seen
Sizing = Mapping[tuple[int, int], tuple[float, int]]  # (width, height) -> share of the steps, distinct pictures
ONE_SIZE: Sizing = {(256, 256): (1.0, SCENES)}
SIZES: Sizing = {
    (256, 256): (0.60, SCENES),
    (128, 128): (0.10, 1000),
    (320, 192): (0.10, 1000),
    (192, 320): (0.10, 1000),
    (384, 384): (0.06, 600),
    (512, 512): (0.04, 300),
}
# A student is the teacher already, sizes included; it must not forget them.
FEW_SIZES = {(256, 256): 0.8, (128, 128): 0.05, (320, 192): 0.05, (192, 320): 0.05, (384, 384): 0.03, (512, 512): 0.02}


def codec() -> Run:
    """The autoencoder from nothing: ``sfumato train codec``.

    75 minutes on two CPU cores that did other work too (2026-11-21): 29.85 dB on held-out pictures. The shipped one is
    an earlier one of 16 channels and 25.6 dB (LOG.md).
    """
    return Run(
        name="codec",
        task=partial(CodecTask, CODEC, CodecLoss(), crop=128),
        batch=16,
        steps=9000,
        learning_rate=1.2e-3,
        warmup=200,
        cooldown=0.6,
        weight_decay=1e-3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def codec_decoder() -> Run:
    """A better decoder for the same latents, from ``runs/codec``: ``sfumato train codec_decoder``.

    13 minutes of one core (2026-11-21): 29.85 to 29.89 dB, which is hardly better.
    """
    return Run(
        name="codec_decoder",
        task=partial(CodecTask, CODEC, CodecLoss(), crop=128, start=EYES, frozen_encoder=True),
        batch=8,
        steps=3000,
        learning_rate=1e-3,
        warmup=50,
        cooldown=0.5,
        weight_decay=1e-3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def codec_16() -> Run:
    """The autoencoder with half the channels, 48 numbers for one: ``sfumato train codec_16``. For the bake-off."""
    narrow = replace(CODEC, channels=16)
    return replace(codec(), name="codec_16", task=partial(CodecTask, narrow, CodecLoss(), crop=128))


def painter() -> Run:
    """The shipped denoiser, a DiT with its text encoder: ``sfumato train painter``.

    The shipped weights are of an earlier one, which learned the storybook's version 2 in several runs that LOG.md tells
    of: 382k pictures at this size, without sketches and without a rim (two CPU cores, 2026-11-21). This one has seen
    337k of 768k pictures, about 21 a second on one core, and most of its figures have no clear outlines yet.
    """
    return Run(
        name="painter",
        task=partial(painter_task, "storybook", DIT, mean=1.4),
        batch=32,
        steps=24_000,
        learning_rate=7e-4,
        warmup=200,
        cooldown=0.4,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
        compile=True,
    )


def painter_sizes() -> Run:
    """The shipped denoiser learns other sizes and shapes, from ``runs/painter``: ``sfumato train painter_sizes``.

    It is also the end of its cooldown: 15 minutes on two CPU cores (2026-11-21), 26k pictures.
    """
    return Run(
        name="painter_sizes",
        task=partial(painter_task, "storybook", DIT, sizes=SIZES, start=RUNS / "painter"),
        batch=32,
        steps=800,
        learning_rate=2.4e-4,
        warmup=10,
        cooldown=0.98,
        ema=0.99,
        every=Cadence(log=10, preview=150, save=150),
    )


def painter_more() -> Run:
    """The shipped painter learns what it does not know of the storybook: ``sfumato train painter_more``.

    It goes on from the shipped weights, at 36 pictures a second on one core, with pictures of the flat style alone.
    After 34k pictures it had lost more than it had won: what it knew of version 2 faded, and new figures had no
    outlines yet (2026-11-21, LOG.md). It needs many more.
    """
    return replace(
        painter(), name="painter_more", task=partial(_more, "storybook", style="flat"), steps=2400, warmup=150
    )  # fmt: skip


def painter_unet() -> Run:
    """The same lesson for a U-Net with cross-attention: ``sfumato train painter_unet``. Not run to its end yet."""
    return Run(
        name="painter_unet",
        task=partial(painter_task, "storybook-unet", UNET),
        batch=32,
        steps=6500,
        learning_rate=5e-4,
        warmup=200,
        cooldown=0.25,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
    )


def painter_fast() -> Run:
    """The painter in four steps and without guidance, distilled from the one in ``runs/painter_sizes`` or, if there is
    none, ``runs/painter``: ``sfumato train painter_fast``.

    22 minutes on two CPU cores. 128 steps brought a student of the weights for version 2 to 0.40 of its teacher's 20
    guided steps, where four guided steps of the teacher itself come to 0.50 (2026-11-21).
    """
    taught = [RUNS / name / "weights" for name in ("painter_sizes", "painter")]
    teacher = next((folder for folder in taught if (folder / SPEC).exists()), taught[-1])
    return Run(
        name="painter_fast",
        task=partial(_fast, "storybook-fast", teacher, Leap(steps=4, shift=2.0, strides=3, scale=4.0)),
        batch=32,
        steps=600,
        learning_rate=4e-4,
        warmup=20,
        cooldown=0.7,
        ema=0.98,
        every=Cadence(log=10, preview=100, save=100),
    )


def text() -> Run:
    """The text encoder alone, by contrast with pictures: ``sfumato train text``. Not run to its end yet."""
    return Run(
        name="text",
        task=_contrast,
        batch=64,
        steps=3000,
        learning_rate=5e-4,
        warmup=200,
        cooldown=0.3,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=500),
    )


def judge() -> Run:
    """The judge of `sfumato evaluate storybook`, a convolutional detector: ``sfumato train judge``.

    One look alone found single figures in 94 % of prompts after 64,000 pictures, worn things never.
    With both looks it was not run yet (2026-11-21, LOG.md).
    """
    return Run(
        name="judge",
        task=partial(_judge, "convolutions", seed=0),
        batch=16,
        steps=4000,
        learning_rate=1.2e-3,
        warmup=100,
        cooldown=0.6,
        weight_decay=0.02,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=200),
    )


def judge_looker() -> Run:
    """The second look of the judge in ``runs/judge``, its first one as it is: ``sfumato train judge_looker``.

    45 minutes of one core: kind is right in 79 % of 400 held-out renders (2026-11-21). The shipped judge went on from
    there for 4,500 steps with ``seed`` 3 and ``cooldown`` 0.4, which is no recipe: 82 % (LOG.md).
    """
    return replace(
        judge(), name="judge_looker", task=partial(_judge, "convolutions", seed=2, begun=FOUND), steps=6000,
        learning_rate=1e-3, cooldown=0.25, ema=0.995,
    )  # fmt: skip


def judge_second() -> Run:
    """Another judge, a vision transformer that sees other scenes: ``sfumato train judge_second``. Not run yet."""
    return Run(
        name="judge_second",
        task=partial(_judge, "transformer", seed=1),
        batch=16,
        steps=4000,
        learning_rate=1e-3,
        warmup=200,
        cooldown=0.5,
        weight_decay=0.05,
        ema=0.998,
        every=Cadence(log=20, preview=500, save=200),
    )


DIT = DiTConfig(channels=CODEC.channels + sketches.CHANNELS, text=TEXT.width, rim=128)
UNET = UNetConfig(channels=CODEC.channels + sketches.CHANNELS, text=TEXT.width)
RECIPES: dict[str, Callable[[], Run]] = {
    "codec": codec,
    "codec_decoder": codec_decoder,
    "codec_16": codec_16,
    "painter": painter,
    "painter_sizes": painter_sizes,
    "painter_more": painter_more,
    "painter_unet": painter_unet,
    "painter_fast": painter_fast,
    "text": text,
    "judge": judge,
    "judge_looker": judge_looker,
    "judge_second": judge_second,
}


@dataclass(frozen=True)
class Knob:
    """A number worth turning, a field of ``Run`` or a setting of the task: from ``low`` to ``high``, or one of few."""

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[int, ...] = ()

    def check(self, name: str, value: float) -> float:
        """The value, whole where only whole ones are; raises Refusal if it is none that the knob has."""
        if self.choices and value not in self.choices:
            raise Refusal(f"knob {name} is {either(map(str, self.choices))}, not {value:g}")
        if not self.choices and not self.low <= value <= self.high:
            raise Refusal(f"knob {name} goes from {self.low:g} to {self.high:g}; {value:g} is outside")
        return int(value) if self.choices else value


KNOBS: dict[str, dict[str, Knob]] = {
    "codec": {"learning_rate": Knob(3e-4, 4e-3, log=True), "batch": Knob(choices=(8, 16, 32))},
    "painter": {
        "learning_rate": Knob(2e-4, 4e-3, log=True),
        "batch": Knob(choices=(16, 32, 64)),
        "mean": Knob(-0.3, 1.8),
        "planning": Knob(0.0, 1.5),
        "drop": Knob(0.0, 0.25),
    },
    "text": {"learning_rate": Knob(1e-4, 3e-3, log=True), "batch": Knob(choices=(32, 64, 128))},
}


def knobs_of(recipe: str) -> dict[str, Knob]:
    """The knobs that a recipe declares; raises Refusal if it has none."""
    if recipe not in RECIPES:
        raise unknown("recipe", recipe, RECIPES)
    if recipe not in KNOBS:
        raise Refusal(f"the recipe {recipe} has no knobs; {either(sorted(KNOBS))} has")
    return KNOBS[recipe]


def turned(run: Run, values: Mapping[str, float]) -> Run:
    """A recipe's run with its knobs turned; raises Refusal for what it has not, or not so far."""
    knobs = knobs_of(run.name) if values else {}
    for name in values:
        if name not in knobs:
            raise unknown("knob", name, knobs)
    checked: dict[str, Any] = {name: knobs[name].check(name, value) for name, value in values.items()}
    own = {name: checked.pop(name) for name in [*checked] if name in Run.__dataclass_fields__}
    return replace(run, **own, task=partial(run.task, **checked) if checked else run.task)


@dataclass(frozen=True)
class Setting:
    """What a painter builds on: a folder of runs, its codec (None: it paints pixels) and the run that trained it, its
    text encoder, and from how many captions the tokenizer is learned if there is none."""

    runs: Path = RUNS
    codec: AutoencoderConfig | None = CODEC
    eyes: str = "codec"
    text: TextConfig = TEXT
    tellings: int = 20_000


def painter_task(
    name: str,
    network: DiTConfig | UNetConfig,
    *,
    sizes: Sizing = ONE_SIZE,
    start: Path | None = None,
    meaning: Path | None = None,
    setting: Setting = Setting(),
    planning: float = 0.5,
    prediction: str = "velocity",
    mean: float = 0.9,
    drop: float = 0.1,
) -> PainterTask:
    """Everything around a denoiser: tokenizer and latents are made here the first time, then read from ``runs/``.

    ``meaning``: weights of a text encoder that is not to be trained; ``planning`` 0: no plans. Both networks begin as
    an earlier run, in the folder ``start``, shipped them.
    """
    words, text = _words(setting), TextTransformer(setting.text)
    eyes, made_by = _eyes(setting)
    denoiser: nn.Module = DiT(network) if isinstance(network, DiTConfig) else UNet(network)
    kind = "dit" if isinstance(network, DiTConfig) else "unet"
    sketched = network.channels > eyes.channels
    reads = reader(eyes.channels, sketches.CHANNELS) if sketched else None
    if start is not None:
        for part, module in (("text", text), ("denoiser", denoiser), ("codec.reader", reads)):
            if module is not None:
                module.load_state_dict(_shipped(start / "weights", part))
    if meaning is not None:
        if not meaning.is_file():
            raise TrainingError(f"{meaning} is missing: the recipe text makes it")
        text.load_state_dict(dict(read_tensors(meaning)))
        text.requires_grad_(False)
    # of a patch, in pixels; a plan's is that of a sketch where the network has none of its own
    side = eyes.factor * (network.patch if isinstance(network, DiTConfig) else sketches.PATCH)
    latents = setting.runs / "latents"

    def lesson(size: tuple[int, int], share: float, count: int) -> Lesson:
        stored = Latents(latents, eyes, Pairs(), count=count, size=size, name=made_by)
        asked = bool(planning) and isinstance(network, DiTConfig)
        plans = Plans(latents, Pairs(), count=count, size=size, side=side) if asked or sketched else None
        drawn = Sketches(latents, Pairs(), plans, count=count, size=size) if sketched and plans else None
        return Lesson(share, stored, plans if asked else None, drawn)

    lessons = [lesson(size, share, count) for size, (share, count) in sizes.items()]

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        codec = _shipped_codec(eyes, setting) if isinstance(eyes, Autoencoder) else eyes
        if "reader" in modules and isinstance(codec, Autoencoder):
            codec = codec.reading(sketches.CHANNELS, modules["reader"])
        spec = Spec(
            name=name,
            parts=Parts(
                Part("text_transformer", to_json(setting.text)),
                Part("autoencoder", to_json(codec.config)) if isinstance(codec, Autoencoder) else Part("pixels", {}),
                Part(kind, to_json(network)),
            ),
            process="flow",
            prediction=prediction,
            defaults=Defaults(size=(256, 256), steps=20, guidance=4.0, sampler="dpmpp_2m", schedule="uniform"),
            sizes=Sizes(least=128, most=512, multiple=32),
            words=tuple(sorted(storybook.WORDS())),
        )
        write_bundle(folder, spec, {"text": modules["text"], "denoiser": modules["denoiser"], "codec": codec}, words)

    return PainterTask(
        denoiser=denoiser,
        text=text,
        tokenizer=Tokenizer(words),
        codec=eyes,
        lessons=lessons,
        ship=ship,
        drop=drop,
        planning=planning,
        prediction=prediction,
        mean=mean,
        reader=reads,
        counts=sketches.weights(eyes.channels) if sketched else None,
    )


def _more(name: str, *, style: str = "", count: int = SCENES, setting: Setting = Setting()) -> PainterTask:
    """A shipped model goes on with the captions of today, whose tokenizer becomes its own; its codec stays as it is.

    ``style``: all pictures are drawn in this one.
    """
    folder = ASSETS / name
    spec, words = spec_of(folder), _words(setting)
    text, codec, denoiser = read_bundle(folder, spec, device=torch.device("cpu"), dtype=torch.float32).networks
    assert isinstance(text, TextTransformer) and isinstance(codec, Autoencoder)
    length = max(text.config.length, setting.text.length)
    text = respelled(text, Tokenizer(folder / TOKENIZER), Tokenizer(words), length)
    store, size, pairs = setting.runs / "latents", spec.defaults.size, Pairs(style=style)
    latents = Latents(store, codec, pairs, count=count, size=size, name=f"{pairs.world}-{_of_weights(codec)}")
    plans = Plans(store, pairs, count=count, size=size, side=codec.factor * sketches.PATCH)
    spec = replace(spec, parts=replace(spec.parts, text=Part("text_transformer", to_json(text.config))),
                   words=tuple(sorted(storybook.WORDS())))  # fmt: skip

    def ship(modules: nn.ModuleDict, to: Path) -> None:
        write_bundle(to, spec, {"text": modules["text"], "denoiser": modules["denoiser"], "codec": codec}, words)

    return PainterTask(
        denoiser=denoiser.requires_grad_(True), text=text, tokenizer=Tokenizer(words), codec=codec,
        lessons=[Lesson(1.0, latents, plans)], ship=ship,
    )  # fmt: skip


def _fast(name: str, teacher: Path, leap: Leap) -> FewStepTask:
    """A student of the model in a folder; it ships its denoiser alone and shares the rest with its teacher."""
    if not (teacher / SPEC).exists():
        raise TrainingError(f"{teacher} is missing: the recipe painter makes it")
    spec, model = spec_of(teacher), load(teacher, device="cpu")
    *_, student = read_bundle(teacher, spec, device=torch.device("cpu"), dtype=torch.float32).networks

    def ship(denoiser: nn.Module, folder: Path, distances: Mapping[str, float]) -> None:
        ours = replace(
            spec,
            name=name,
            defaults=replace(
                spec.defaults, steps=leap.steps, guidance=1.0, sampler="euler", schedule="uniform", shift=leap.shift
            ),
        )
        card = f"""# {name}

{spec.name} in {leap.steps} steps: the same words and codec, a denoiser that needs no guidance.

| root mean square distance of latents to {spec.defaults.steps} guided steps from the same noise | |
|---|---|
| this model, {leap.steps} steps | {distances["student"]:.3f} |
| {spec.name}, {leap.steps} guided steps | {distances["teacher"]:.3f} |
"""
        write_bundle(folder, ours, {"denoiser": denoiser}, teacher / TOKENIZER, card=card, shares=teacher)

    return FewStepTask(
        teacher=model,
        student=student.requires_grad_(True),
        captions=Pairs(),
        sizes=FEW_SIZES,
        leap=leap,
        ship=ship,
    )


def _contrast() -> ContrastTask:
    text = TextTransformer(TEXT)
    return ContrastTask(text=text, tower=PictureTower(TowerConfig()), width=256, tokenizer=Tokenizer(_words(Setting())))


def _judge(trunk: Literal["convolutions", "transformer"], *, seed: int, begun: Path | None = None) -> JudgeTask:
    """A judge sees what the codec in ``runs/`` makes of pictures; before there is one, what the shipped one does."""
    codec = load_codec(EYES, CODEC) if EYES.is_file() else load("storybook", dtype="float32").bundle.codec
    return JudgeTask(config(trunk), codec=codec, seed=seed, begun=begun)


def _words(setting: Setting) -> Path:
    """The tokenizer of our captions, learned the first time it is needed."""
    path, pairs = setting.runs / "tokenizer.json", Pairs()
    if not path.exists():
        train_tokenizer((pairs.caption(i, i) for i in range(setting.tellings)), path, size=setting.text.vocabulary)
    return path


def _eyes(setting: Setting) -> tuple[Autoencoder | Pixels, str]:
    """A painter's codec, and a name for what it makes: latents of another world or codec are not these."""
    if setting.codec is None:
        return Pixels(), f"{Pairs().world}-pixels"
    path = setting.runs / setting.eyes / "weights/codec.safetensors"
    return load_codec(path, setting.codec), f"{Pairs().world}-{sha256(path)[:8]}"


def _of_weights(network: nn.Module) -> str:
    """A short name for a network's weights, the same wherever they lie."""
    digest = hashlib.sha256()
    for tensor in network.state_dict().values():
        digest.update(tensor.float().numpy().tobytes())
    return digest.hexdigest()[:8]


def _shipped(folder: Path, part: str) -> dict[str, Tensor]:
    """One part of the weights that an earlier run shipped, as float32."""
    tensors = read_tensors(folder / WEIGHTS)
    return {k.removeprefix(f"{part}."): v.float() for k, v in tensors.items() if k.startswith(f"{part}.")}


def _shipped_codec(trained_with: Autoencoder, setting: Setting) -> Autoencoder:
    """The codec with the better decoder, if one was trained since for the same encoder."""
    better = setting.runs / "codec_decoder/weights/codec.safetensors"
    if setting.eyes != "codec" or not better.exists():
        return trained_with
    codec = load_codec(better, trained_with.config)
    known = trained_with.encoder.state_dict()
    if not all(torch.equal(value, known[name]) for name, value in codec.encoder.state_dict().items()):
        raise TrainingError(f"{better} belongs to another encoder: train codec_decoder again, or remove it")
    return codec
