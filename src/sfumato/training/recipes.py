"""Recipes: each function returns one whole training run, with its command, its cost and what came of it.

The order from nothing: ``codec``, then ``painter`` (or ``painter_unet``), which reads what ``codec`` left in
``runs/codec/weights``. Every command may be stopped and given again with ``--resume``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from .. import storybook
from ..checkpoints.bundle import (
    SPEC,
    TOKENIZER,
    Defaults,
    Part,
    Parts,
    Sizes,
    Spec,
    read_bundle,
    write_bundle,
)
from ..checkpoints.file import read_tensors, write_tensors
from ..core.config import to_json
from ..core.disk import sha256
from ..core.level import Condition
from ..core.refusal import Refusal, either, unknown
from ..data.latents import Latents
from ..data.layouts import Layouts
from ..data.pairs import Pairs
from ..data.plans import Plans
from ..evaluation.names import config
from ..models.autoencoder import Autoencoder, AutoencoderConfig
from ..models.dit import DiT, DiTConfig
from ..models.layout import LayoutDiT, LayoutDiTConfig
from ..models.pixels import Pixels
from ..models.text import TextConfig, TextTransformer
from ..models.tokenizer import Tokenizer, train_tokenizer
from ..models.tower import PictureTower, TowerConfig
from ..models.unet import UNet, UNetConfig
from ..models.writer import Writer, WriterConfig
from ..pipeline.load import load
from ..pipeline.presets import spec_of
from .codec import CodecLoss, CodecTask, load_codec
from .contrast import ContrastTask
from .fewstep import FewStepTask, Leap
from .judge import CROWDED, SPLITS, Faults, JudgeTask, Learns
from .layout import LayoutTask, Lesson as Page
from .painter import Lesson, PainterTask
from .task import Cadence, Run, TrainingError
from .writer import WriterTask

RUNS = Path("runs")
EYES = RUNS / "codec/weights/codec.safetensors"
FOUND = RUNS / "judge/weights"
CODEC = AutoencoderConfig(channels=32)
TEXT = TextConfig(vocabulary=1536, length=56, rotary=True)  # some 750 words; the longest captions have 40 of them
SCENES = 30_000  # distinct pictures; each is told anew every time it is seen
Sizing = Mapping[tuple[int, int], tuple[float, int]]  # (width, height) -> share of the steps, distinct pictures
ONE_SIZE: Sizing = {(256, 256): (1.0, SCENES)}
Pages = Mapping[str, tuple[float, int]]  # style ("": all of them) -> share of the steps, distinct pictures
PAGES: Pages = {"flat": (0.7, 24_000), "": (0.3, SCENES)}
WRITER = "writer.safetensors"
# What a model is asked for, unless somebody says otherwise. One that is told layouts knows how its figures look in
# frames of any size; larger ones cover more of the latent and are named rightly oftener (LOG.md, 2026-11-22).
USUAL = Defaults(size=(256, 256), steps=20, guidance=4.0, sampler="dpmpp_2m", schedule="uniform")
LAID_OUT = replace(USUAL, size=(320, 320), steps=12, guidance=2.0)


def codec() -> Run:
    """The autoencoder from nothing: ``sfumato train codec``.

    75 minutes on two CPU cores that did other work too (2026-11-21): 29.85 dB on held-out pictures. It ships, with the
    decoder of ``codec_decoder``; its latents were shaped afterwards, as every run does at its end now.
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

    The shipped one came of 3,000 steps with the codec's own loss and noise, 29.85 to 29.89 dB on 32 held-out pictures,
    and 1,500 like these, 10 minutes of one core beside other work: 30.01, and 29.4 on 96 (2026-11-21, LOG.md).
    """
    loss = CodecLoss(absolute=0.3, edges=0.3, squared=30.0, normal=0.0)
    return Run(
        name="codec_decoder",
        task=partial(CodecTask, CODEC, loss, crop=128, start=EYES, frozen_encoder=True),
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
    """The autoencoder with half the channels, 48 numbers for one: ``sfumato train codec_16``. For the bake-off,
    where 12 minutes of one core gave 24.05 dB (2026-11-22)."""
    narrow = replace(CODEC, channels=16)
    return replace(codec(), name="codec_16", task=partial(CodecTask, narrow, CodecLoss(), crop=128))


def writer() -> Run:
    """The text encoder and the writer, which make layouts of prompts: ``sfumato train writer``.

    The shipped ones came of four runs on one core: 2,200 steps without rotary positions (53 minutes), then 1,150 with
    them from there (25 minutes, rate 1.2e-3), then 1,270 with captions that tell relations (47 minutes of half a core),
    then 1,000 told from left to right (20 minutes). Of 40 prompts of two figures in two colours 38 are laid out right,
    of 40 of a relation 37 (2026-11-22, LOG.md).
    """
    return Run(
        name="writer",
        task=partial(writer_task, WriterConfig(text=TEXT.width)),
        batch=48,
        steps=3500,
        learning_rate=1e-3,
        warmup=100,
        cooldown=0.5,
        ema=0.998,
        every=Cadence(log=20, preview=0, save=250),
    )


def painter() -> Run:
    """The shipped denoiser, a DiT that is told layouts: ``sfumato train painter``. It needs ``runs/writer`` to ship.

    The shipped one took 18,200 steps of 16 pictures, 5.3 hours on one core beside others (2026-11-22), in four runs:
    5,950 (the first 721 with ``mean`` 0.9), then 7,650 at 8e-4 from their average, without and with canvases of light,
    of which the last 3,400 had three of four pictures flat, then 4,600 at 7e-4 told what is held, where small figures
    count more (LOG.md).
    """
    return Run(
        name="painter",
        task=partial(layout_task, "storybook", LAYOUT_DIT),
        batch=16,
        steps=6000,
        learning_rate=1e-3,
        warmup=100,
        cooldown=0.3,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
        compile=True,
    )


def painter_words() -> Run:
    """A DiT that is told words, with its text encoder: ``sfumato train painter_words``.

    What shipped before layouts: 382k pictures of the storybook's version 2 (two CPU cores, 2026-11-21). Of version 3,
    337k pictures left figures without outlines (LOG.md).
    """
    return Run(
        name="painter_words",
        task=partial(painter_task, "storybook-words", DIT, mean=1.4),
        batch=32,
        steps=24_000,
        learning_rate=7e-4,
        warmup=200,
        cooldown=0.4,
        ema=0.998,
        every=Cadence(log=20, preview=250, save=250),
        compile=True,
    )


def painter_unet() -> Run:
    """The same lesson for a U-Net with cross-attention: ``sfumato train painter_unet``. Not run to its end yet."""
    task = partial(painter_task, "storybook-unet", UNET)
    return replace(
        painter_words(), name="painter_unet", task=task, steps=6500, learning_rate=5e-4, cooldown=0.25, compile=False
    )


def painter_fast() -> Run:
    """The painter in four steps or three and without guidance, distilled from the one in ``runs/painter``:
    ``sfumato train painter_fast``.

    The shipped one took 140 steps, 6 minutes of one core beside other work: latents come to 0.245 of its teacher's 20
    guided steps, where four guided steps of the teacher itself come to 0.235, and the judge sees no difference in its
    pictures (2026-11-22).
    """
    return Run(
        name="painter_fast",
        task=partial(
            _fast, "storybook-fast", RUNS / "painter/weights", Leap(steps=4, shift=2.0, strides=3, scale=2.0), asked=3
        ),
        batch=16,
        steps=140,
        learning_rate=4e-4,
        warmup=20,
        cooldown=0.7,
        ema=0.98,
        every=Cadence(log=10, preview=100, save=100),
    )


def text() -> Run:
    """The text encoder alone, by contrast with pictures: ``sfumato train text``. For the bake-off 12 minutes of
    one core: of 64 held-out pictures 59 % find their words (2026-11-22)."""
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
    there for 4,500 steps, 82 %, 3,500 in which it learned to straighten boxes, 91 %, and 1,920 in which it saw those of
    the first look too, 94 % (2026-11-22), which is no recipe (LOG.md).
    """
    return replace(
        judge(), name="judge_looker", task=partial(_judge, "convolutions", seed=2, begun=FOUND, learns="looker"),
        steps=6000, learning_rate=1e-3, cooldown=0.25, ema=0.995,
    )  # fmt: skip


def judge_gains() -> Run:
    """Gains and biases alone of the judge in ``runs/judge``, on crowds and what a codec leaves of pictures:
    ``sfumato train judge_gains``.

    An hour of one core, 2,950 steps with another schedule, made the shipped judge of what those of before left (LOG.md,
    2026-11-22); as this recipe it was not run.
    """
    task = partial(_judge, "convolutions", seed=3, begun=FOUND, learns="gains", faults=Faults(codec=0.35),
                   splits=CROWDED)  # fmt: skip
    return replace(judge(), name="judge_gains", task=task, steps=2600, learning_rate=2e-3, weight_decay=0.0)


def judge_second() -> Run:
    """Another judge, a vision transformer that sees other scenes: ``sfumato train judge_second``.

    1,471 of 1,700 steps, 79 minutes of a busy core, were too few: it finds 12 % of what is right (2026-11-22)."""
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


# What a student in haste leaves as its teacher has it: how things look, attention, convolutions, broad layers.
LENT = ("cast.", "stage.", ".inner.", ".outer.", ".words.", ".qkv.", ".out.", ".first.", ".second.")
DIT = DiTConfig(channels=CODEC.channels, text=TEXT.width, rim=128)
UNET = UNetConfig(channels=CODEC.channels, text=TEXT.width)
LAYOUT_DIT = LayoutDiTConfig(page=LAID_OUT.size[0] // 16)
RECIPES: dict[str, Callable[[], Run]] = {
    "codec": codec,
    "codec_decoder": codec_decoder,
    "codec_16": codec_16,
    "writer": writer,
    "painter": painter,
    "painter_words": painter_words,
    "painter_unet": painter_unet,
    "painter_fast": painter_fast,
    "text": text,
    "judge": judge,
    "judge_looker": judge_looker,
    "judge_gains": judge_gains,
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
        "batch": Knob(choices=(8, 16, 32)),
        "mean": Knob(-0.3, 1.8),
        "drafting": Knob(0.0, 2.0),
        "drop": Knob(0.0, 0.25),
    },
    "painter_words": {
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
    meaning: Path | None = None,
    setting: Setting = Setting(),
    planning: float = 0.5,
    prediction: str = "velocity",
    mean: float = 0.9,
    drop: float = 0.1,
) -> PainterTask:
    """Everything around a denoiser: tokenizer and latents are made here the first time, then read from ``runs/``.

    ``meaning``: weights of a text encoder that is not to be trained; ``planning`` 0: no plans.
    """
    words, text = _words(setting), TextTransformer(setting.text)
    eyes, made_by = _eyes(setting)
    denoiser: nn.Module = DiT(network) if isinstance(network, DiTConfig) else UNet(network)
    kind = "dit" if isinstance(network, DiTConfig) else "unet"
    if meaning is not None:
        if not meaning.is_file():
            raise TrainingError(f"{meaning} is missing: the recipe text makes it")
        text.load_state_dict(dict(read_tensors(meaning)))
        text.requires_grad_(False)
    latents = setting.runs / "latents"

    def lesson(size: tuple[int, int], share: float, count: int) -> Lesson:
        stored = Latents(latents, eyes, Pairs(), count=count, size=size, name=made_by)
        if not planning or isinstance(network, UNetConfig):
            return Lesson(share, stored)
        side = eyes.factor * network.patch
        return Lesson(share, stored, Plans(latents, Pairs(), count=count, size=size, side=side))

    lessons = [lesson(size, share, count) for size, (share, count) in sizes.items()]

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        codec = _shipped_codec(eyes, setting) if isinstance(eyes, Autoencoder) else eyes
        parts = Parts(Part("text_transformer", to_json(setting.text)), _codec_part(codec), Part(kind, to_json(network)))
        spec = _spec(name, parts, prediction, USUAL)
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
    )


def writer_task(writer: WriterConfig, *, count: int = SCENES, setting: Setting = Setting()) -> WriterTask:
    """A writer and its text encoder; tokenizer and layouts are made here the first time."""
    words = _words(setting)

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        tensors = {name: value.contiguous() for name, value in modules.state_dict().items()}
        write_tensors(folder / WRITER, tensors, force=True)

    return WriterTask(
        text=TextTransformer(setting.text),
        writer=Writer(writer),
        tokenizer=Tokenizer(words),
        layouts=Layouts(setting.runs / "latents", Pairs(), count=count, size=(256, 256)),
        ship=ship,
    )


def layout_task(
    name: str,
    network: LayoutDiTConfig,
    *,
    pages: Pages = PAGES,
    setting: Setting = Setting(),
    writer: WriterConfig = WriterConfig(text=TEXT.width),
    usual: Defaults = LAID_OUT,
    drafting: float = 1.0,
    mean: float = 0.2,
    drop: float = 0.1,
) -> LayoutTask:
    """Everything around a painter that is told layouts; what the recipe writer trained makes the model whole."""
    words, (eyes, _) = _words(setting), _eyes(setting)
    written = setting.runs / "writer/weights" / WRITER
    if not written.is_file():
        raise TrainingError(f"{written} is missing: the recipe writer makes it")
    store, size = setting.runs / "latents", (256, 256)

    def lesson(style: str, share: float, count: int) -> Page:
        pairs = Pairs(style=style)
        stored = Latents(store, eyes, pairs, count=count, size=size, name=_eyes(setting, pairs)[1])
        return Page(share, stored, Layouts(store, pairs, count=count, size=size))

    def ship(modules: nn.ModuleDict, folder: Path) -> None:
        codec = _shipped_codec(eyes, setting) if isinstance(eyes, Autoencoder) else eyes
        parts = Parts(
            Part("text_transformer", to_json(setting.text)), _codec_part(codec), Part("layout_dit", to_json(network)),
            Part("writer", to_json(writer)),
        )  # fmt: skip
        spec = _spec(name, parts, "velocity", usual)
        text, writes = TextTransformer(setting.text), Writer(writer)
        nn.ModuleDict({"text": text, "writer": writes}).load_state_dict(dict(read_tensors(written)))
        networks = {"text": text, "codec": codec, "denoiser": modules["denoiser"], "writer": writes}
        write_bundle(folder, spec, networks, words)

    return LayoutTask(
        denoiser=LayoutDiT(network),
        codec=eyes,
        lessons=[lesson(style, share, count) for style, (share, count) in pages.items()],
        ship=ship,
        drop=drop,
        drafting=drafting,
        mean=mean,
    )


def _codec_part(codec: Autoencoder | Pixels) -> Part:
    return Part("autoencoder", to_json(codec.config)) if isinstance(codec, Autoencoder) else Part("pixels", {})


def _spec(name: str, parts: Parts, prediction: str, usual: Defaults) -> Spec:
    return Spec(
        name=name,
        parts=parts,
        process="flow",
        prediction=prediction,
        defaults=usual,
        sizes=Sizes(least=128, most=512, multiple=32),
        words=tuple(sorted(storybook.WORDS())),
    )


def _fast(name: str, teacher: Path, leap: Leap, *, asked: int) -> FewStepTask:
    """A student of the model in a folder; it ships what it learned and shares the rest with its teacher. ``asked``: the
    steps that it is asked for, unless somebody says otherwise."""
    if not (teacher / SPEC).exists():
        raise TrainingError(f"{teacher} is missing: the recipe painter makes it")
    spec, model = spec_of(teacher), load(teacher, device="cpu")
    bundle = read_bundle(teacher, spec, device=torch.device("cpu"), dtype=torch.float32)
    student = next(network for network in bundle.networks if network is bundle.denoiser)
    for key, value in student.named_parameters():
        value.requires_grad_(not any(part in key for part in LENT))
    pages = None
    if bundle.writer is not None:  # layouts need no words; to have them written would take longer than to paint
        pages = Layouts(RUNS / "latents", Pairs(), count=SCENES, size=(256, 256))

    def orders(numbers: Sequence[int]) -> Condition:
        if pages is None:
            return model.bundle.text([Pairs().caption(number, number) for number in numbers])
        return Condition(layout=pages[[number % pages.count for number in numbers]])

    def ship(denoiser: nn.Module, folder: Path, distances: Mapping[str, float]) -> None:
        ours = replace(
            spec,
            name=name,
            defaults=replace(
                spec.defaults, steps=asked, guidance=1.0, sampler="euler", schedule="uniform", shift=leap.shift
            ),
        )
        card = f"""# {name}

{spec.name} in {asked} steps: the same words and codec, a denoiser that needs no guidance.

| root mean square distance of latents to {spec.defaults.steps} guided steps from the same noise | |
|---|---|
| this model, {leap.steps} steps | {distances["student"]:.3f} |
| {spec.name}, {leap.steps} guided steps | {distances["teacher"]:.3f} |
"""
        write_bundle(folder, ours, {"denoiser": denoiser}, teacher / TOKENIZER, card=card, shares=teacher)

    return FewStepTask(
        teacher=model,
        student=student,
        orders=orders,
        sizes={(256, 256): 1.0},
        leap=leap,
        ship=ship,
    )


def _contrast() -> ContrastTask:
    text = TextTransformer(TEXT)
    return ContrastTask(text=text, tower=PictureTower(TowerConfig()), width=256, tokenizer=Tokenizer(_words(Setting())))


def _judge(
    trunk: Literal["convolutions", "transformer"], *, seed: int, begun: Path | None = None,
    learns: Learns = "everything", faults: Faults = Faults(), splits: Sequence[str] = SPLITS,
) -> JudgeTask:  # fmt: skip
    """A judge sees what the codec in ``runs/`` makes of pictures; before there is one, what the shipped one does."""
    codec = load_codec(EYES, CODEC) if EYES.is_file() else load("storybook", dtype="float32").bundle.codec
    return JudgeTask(config(trunk), codec=codec, seed=seed, begun=begun, learns=learns, faults=faults, splits=splits)


def _words(setting: Setting) -> Path:
    """The tokenizer of our captions, learned the first time it is needed."""
    path, pairs = setting.runs / "tokenizer.json", Pairs()
    if not path.exists():
        train_tokenizer((pairs.caption(i, i) for i in range(setting.tellings)), path, size=setting.text.vocabulary)
    return path


def _eyes(setting: Setting, pairs: Pairs = Pairs()) -> tuple[Autoencoder | Pixels, str]:
    """A painter's codec, and a name for what it makes: latents of another world or codec are not these."""
    if setting.codec is None:
        return Pixels(), f"{pairs.world}-pixels"
    path = setting.runs / setting.eyes / "weights/codec.safetensors"
    return load_codec(path, setting.codec), f"{pairs.world}-{sha256(path)[:8]}"


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
