"""The command line: ``sfumato paint "a fox reading a newspaper"`` and what belongs to it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import __version__
from ..core.refusal import Refusal, unknown

if TYPE_CHECKING:
    from ..core.picture import Opened
    from ..pipeline.record import Record
    from ..pipeline.request import Settled

# Nothing heavier than typer is imported before a command needs it: `sfumato --help` is there at once.
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Words become pictures.",
)

evaluate = typer.Typer(help="Measure a model, or the judge that measures it.", rich_markup_mode=None)
app.add_typer(evaluate, name="evaluate")

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but warnings and errors.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]
Files = Annotated[list[Path], typer.Argument(help="Pictures painted by sfumato.", show_default=False)]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"sfumato {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _sfumato(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def paint(
    prompt: Annotated[str, typer.Argument(help="What to paint, in words.", show_default=False)],
    model: Annotated[
        str, typer.Option(help="A shipped model's name, a file or folder, or owner/name at Hugging Face.")
    ] = "storybook",
    variant: Annotated[str | None, typer.Option(help="What no file says: turbo, lcm, v, ...")] = None,
    beside: Annotated[
        list[str] | None, typer.Option("--with", help="A file, folder or name with parts the model lacks.")
    ] = None,
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    memory: Annotated[str | None, typer.Option(help="How much of it to use, as 8GB; else all that is free.")] = None,
    quantize: Annotated[str | None, typer.Option(help="Keep weights in eight bits: int8 or fp8.")] = None,
    compile: Annotated[
        bool, typer.Option("--compile", help="Compile the painter for this machine: slow at first, then faster.")
    ] = False,
    negative: Annotated[str | None, typer.Option(help="What to keep away from.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed paints the same picture; drawn if not given.")] = None,
    steps: Annotated[int | None, typer.Option(help="More steps, finer and slower.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How strongly the words count; 1 is plainly.")] = None,
    sampler: Annotated[str | None, typer.Option(help="The way from noise to picture.")] = None,
    size: Annotated[str | None, typer.Option(help="Width and height in pixels, as 256x256.", metavar="WxH")] = None,
    long: Annotated[str, typer.Option(help="Texts too long to be read at once: cut, or read in chunks.")] = "cut",
    count: Annotated[int, typer.Option(help="Pictures to paint, with seeds one after another.")] = 1,
    out: Annotated[str | None, typer.Option(help="A file or an existing folder; else the current folder.")] = None,
    format: Annotated[str | None, typer.Option(help="png, webp or jpeg.", metavar="FORMAT")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show the picture in the terminal as it emerges.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Paint pictures from words."""
    import secrets

    from ..core.disk import check_writable
    from ..pipeline.load import asked
    from ..pipeline.request import Request
    from .terminal import board, say

    wish = Request.of(
        {
            "prompt": prompt,
            "negative": negative,
            "model": model,
            "seed": seed,
            "steps": steps,
            "guidance": guidance,
            "sampler": sampler,
            "size": None if size is None else _size(size),
            "count": count,
            "long": long,
        }
    )
    # Everything that can be refused is refused here, before the seconds that torch and the weights take.
    spec = asked(wish.model, variant=variant, beside=beside or ())
    request = wish.settled(spec, seed=secrets.randbelow(2**32))
    places = _places(request, out=out, format=format)
    for path in places.all:
        check_writable(path, force=force)

    done: list[dict[str, Any]] = []
    with board(quiet=quiet, preview=preview) as report:
        from ..pipeline.load import load
        from ..pipeline.record import Picture, save, sheet

        painter = load(
            wish.model,
            variant=variant,
            beside=beside or (),
            dtype=dtype,
            memory=memory,
            quantize=quantize,
            compile=compile,
        )
        painter.lodging.fit(request.size)
        if painter.lodging.plan.stay != "whole" or memory is not None:
            say(str(painter.lodging.plan))
        for note in painter.notes(request):
            say(note)
        pictures: list[Picture] = []
        for event in painter.pictures(request):
            if isinstance(event, Picture):
                event.save(places.pictures[len(pictures)], force=force)
                done.append(_answer(places.pictures[len(pictures)], event.record))
                pictures.append(event)
            else:
                report(event)
        if places.sheet is not None:
            image, record = sheet(pictures, request)
            save(image, places.sheet, record, force=force)
            done.append(_answer(places.sheet, record))
    if as_json:
        print(json.dumps({"pictures": done}, indent=1))
    elif not quiet:
        print("\n".join(entry["file"] for entry in done))


@app.command()
def repaint(
    files: Files,
    model: Annotated[str | None, typer.Option(help="The model's folder, when it is not a shipped one.")] = None,
    out: Annotated[str | None, typer.Option(help="Keep the second picture here (one FILE only).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Paint pictures again from their records alone: exact, close (how near), or impossible (why; exit code 1)."""
    from ..core.disk import check_writable
    from ..core.picture import format_of
    from ..pipeline.record import read, save
    from ..pipeline.repaint import Repainter

    if out is not None:
        if len(files) > 1:
            raise Refusal("--out keeps one picture; repaint one FILE at a time")
        format_of(Path(out))
        check_writable(Path(out), force=force)
    records = [read(path)[0] for path in files]  # an edited record is refused before the first is painted
    again, verdicts = Repainter(model), []
    for path, record in zip(files, records, strict=True):
        verdicts.append(verdict := again(path))
        if out is not None and verdict.image is not None:
            save(verdict.image, Path(out), record, force=force)
        if not as_json and not quiet:
            print(f"{path}: {verdict}" if len(files) > 1 else verdict, flush=True)
    if as_json:
        answers = [
            {"file": str(path), "answer": found.word, "psnr": found.psnr, "why": found.why}
            for path, found in zip(files, verdicts, strict=True)
        ]
        print(json.dumps(answers, indent=1))
    if any(verdict.word == "impossible" for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def inspect(
    files: Annotated[
        list[str],
        typer.Argument(help="Pictures painted by sfumato; models: files, folders, owner/name.", show_default=False),
    ],
    as_json: Json = False,
) -> None:
    """Show what pictures say about themselves, and what models are made of."""
    from ..core.picture import SUFFIXES
    from ..pipeline.record import read

    models = [name for name in files if Path(name).suffix.lower() not in SUFFIXES]
    found = [(Path(name), *read(Path(name))) for name in files if name not in models]
    answers = [_answer(path, record) for path, record, _ in found]
    if models:
        answers += _inspect_models(models, quiet=as_json)
    if as_json:
        print(json.dumps(answers, indent=1))
        return
    _inspect_pictures(found)


def _inspect_models(names: list[str], *, quiet: bool) -> list[dict[str, Any]]:
    """Tell of public models; returns the answers."""
    from ..pipeline.inspection import inspect_model
    from ..pipeline.presets import is_bundle, place_of

    answers = []
    for name in names:
        if is_bundle(place := place_of(name)):
            raise Refusal(f"{name} is one of sfumato's own; its README.md tells of it, and so does sfumato models")
        found = inspect_model(place, name)
        answers.append(found.values())
        if not quiet:
            print("\n".join(f"{key:>14}  {value}" for key, value in found.lines()))
    return answers


def _inspect_pictures(found: list[tuple[Path, Record, Opened]]) -> None:
    from ..core.picture import LOSSLESS, pixel_hash

    for path, record, opened in found:
        values = record.model_dump(mode="json")
        told = {"file": str(path), **values.pop("request"), **values.pop("machine"), **values}
        told["model"] = f"{record.model.name} {record.model.hash}"
        told["size"] = "x".join(map(str, record.request.size))
        told["source"] = f"{record.source} (an AI made this picture)"
        told["notes"] = "; ".join(record.notes) or None
        if opened.format in LOSSLESS:
            same = pixel_hash(opened.image) == record.pixels
            told["pixels"] = f"{record.pixels} ({'as painted' if same else 'CHANGED after painting'})"
        print("\n".join(f"{key:>10}  {value}" for key, value in told.items() if value is not None))


@app.command()
def models(as_json: Json = False) -> None:
    """List the models on this machine: those that come with sfumato and those fetched from Hugging Face."""
    from ..pipeline.hub import cached
    from ..pipeline.presets import about, shipped, spec_of

    found = [(name, spec_of(folder), about(folder)) for name, folder in shipped().items()]
    if as_json:
        rows = [
            {
                "name": name,
                "about": line,
                "least": spec.sizes.least,
                "most": spec.sizes.most,
                "size": spec.defaults.size,
            }
            for name, spec, line in found
        ]
        rows += [{"name": name, "about": kind} for name, kind in cached()]
        print(json.dumps(rows, indent=1))
        return
    for name, spec, line in found:
        print(f"{name}  {spec.sizes.least} to {spec.sizes.most} pixels a side  {line}")
    for name, kind in cached():
        print(f"{name}  {kind}, in the cache of Hugging Face")


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="Which training run.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="The run's folder; else runs/RECIPE.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so long; --resume goes on.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in this folder stopped.")] = False,
    knob: Annotated[
        list[str] | None, typer.Option(help="Turn a knob of the recipe, as learning_rate=0.001.", metavar="NAME=VALUE")
    ] = None,
    benchmark: Annotated[
        bool, typer.Option("--benchmark", help="Train nothing: measure a step against the matrix product.")
    ] = False,
) -> None:
    """Train a model from a recipe; the recipe ``small`` trains a small version of everything and scores it."""
    if benchmark and (resume or out or minutes is not None):
        raise Refusal("--benchmark keeps nothing: it takes neither --out nor --minutes nor --resume")
    _check_minutes(minutes)
    if recipe == "small":
        if benchmark or knob:
            raise Refusal("small is several runs in a row: it takes neither --benchmark nor --knob")
        _train_small(out or Path("runs/small"), minutes=30.0 if minutes is None else minutes, resume=resume)
        return
    with _training():
        from ..training.benchmark import benchmark as measure
        from ..training.recipes import RECIPES, turned
        from ..training.run import train as run
    if recipe not in RECIPES:
        raise unknown("recipe", recipe, [*RECIPES, "small"])
    chosen = turned(RECIPES[recipe](), dict(_knob(text) for text in knob or ()))
    if benchmark:
        measure(chosen)
        return
    report = run(chosen, out or Path("runs") / recipe, minutes=minutes, resume=resume)
    rest = "" if report.step == report.steps else f" of {report.steps}; go on with --resume"
    print(f"step {report.step}{rest}\n{report.weights}")


def _train_small(root: Path, *, minutes: float, resume: bool) -> None:
    with _training():
        from ..training.small import train_small
    found = train_small(root, minutes=minutes, resume=resume)
    if found is None:
        print("stopped; go on with --resume")
        return
    weights, scores = found
    print("\n".join([*(f"{name:>20}  {value:.2f}" for name, value in scores.items()), str(weights)]))


@app.command()
def bakeoff(
    arms: Annotated[list[str] | None, typer.Argument(help="Which painters; all if none is named.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Equal time for each.")] = None,
    pictures: Annotated[int | None, typer.Option(help="Or equally many pictures for each.")] = None,
    out: Annotated[Path, typer.Option(help="Where results and weights go.")] = Path("runs/bakeoff"),
) -> None:
    """Train painters that differ in one thing each, and compare them; given again, it goes on where it stopped."""
    _check_minutes(minutes)
    if (minutes is None) == (pictures is None):
        raise Refusal("a bake-off goes by --minutes or by --pictures; name one of the two")
    if pictures is not None and pictures < 1:
        raise Refusal(f"pictures {pictures} must be more than 0")
    with _training("tune"):
        import matplotlib  # noqa: F401 - the plot comes last

        from ..training.bakeoff import Budget, bakeoff as bake
    budget = Budget(pictures, "pictures") if minutes is None and pictures else Budget(minutes or 0.0, "minutes")
    print(bake(arms or [], budget, out))


@app.command()
def tune(
    recipe: Annotated[str, typer.Argument(help="The recipe whose knobs are turned.", show_default=False)],
    trials: Annotated[int, typer.Option(help="Trials in all, those of earlier calls among them.")] = 20,
    minutes: Annotated[float, typer.Option(help="How long each may train.")] = 5.0,
    out: Annotated[Path | None, typer.Option(help="The study's folder; else runs/tune/RECIPE.")] = None,
) -> None:
    """Look for better knobs of a recipe; given again, the study goes on."""
    _check_minutes(minutes)
    if trials < 1:
        raise Refusal(f"trials {trials} must be more than 0")
    with _training("tune"):
        import optuna  # noqa: F401 - it keeps the study
        from rich.console import Console

        from ..training.recipes import RECIPES, knobs_of
        from ..training.tune import best, command, study_of, table
    knobs_of(recipe)
    folder, console = out or Path("runs/tune") / recipe, Console(stderr=True)
    study = study_of(recipe, RECIPES[recipe](), trials=trials, minutes=minutes, out=folder, console=console)
    Console().print(table(study))
    if (found := best(study)) is not None:
        print(command(study, found.params))


@contextmanager
def _training(extra: str = "train") -> Iterator[None]:
    """Imports inside may lack what an extra brings; that is said in one line."""
    try:
        import skia  # noqa: F401 - the recipes draw their pictures, some time after they began

        yield
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] == "sfumato":
            raise
        raise Refusal(f"training needs {error.name}, which is not here: pip install 'sfumato[{extra}]'") from error


def _check_minutes(minutes: float | None) -> None:
    if minutes is not None and not 0 < minutes < float("inf"):
        raise Refusal(f"minutes {minutes} must be more than 0")


def _knob(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise Refusal(f"knob {text!r} is not NAME=VALUE with a number, as in learning_rate=0.001") from None


@app.command()
def storybook(
    count: Annotated[int, typer.Option(help="Pictures to draw, from SEED on.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder for the shards; made if it is not there.", show_default=False)],
    size: Annotated[str, typer.Option(help="Width and height in pixels, 64 to 1024.", metavar="WxH")] = "256x256",
    seed: Annotated[int, typer.Option(help="The first scene; training uses those from 1,000,000 on.")] = 0,
    split: Annotated[str, typer.Option(help="train, or what a test holds out.")] = "train",
    truth: Annotated[str, typer.Option(help="Any of mask,edge,depth,pose.", metavar="CHANNELS")] = "",
    skew: Annotated[
        list[str] | None,
        typer.Option(help="Other shares of people, as dark=3 or doctor:male=9; else 1 each.", metavar="SHARE"),
    ] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="Also write sheet.png: the first hundred.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw pictures of the storybook, with captions and truths, as WebDataset shards."""
    try:
        from ..data.shards import Order, write_shards, write_sheet
    except ImportError as error:
        if error.name != "skia":
            raise
        raise Refusal("the storybook needs skia, which is not here: pip install 'sfumato[storybook]'") from error
    from .terminal import counted

    order = Order.of(count=count, seed=seed, size=_size(size), split=split, truth=truth, skew=skew or [])
    paths = [write_sheet(out, order, force=force)] if sheet else []
    for _, path in counted(write_shards(out, order, force=force), count, quiet=quiet or as_json):
        if path is not None:
            paths.append(path)
    if as_json:
        print(json.dumps({"files": [str(path) for path in paths]}, indent=1))
    elif not quiet:
        print("\n".join(str(path) for path in paths))


@app.command()
def bench(
    work: Annotated[
        list[str] | None, typer.Argument(help="sd15, sdxl, mmdit, vae, load; all if none is named.", show_default=False)
    ] = None,
    against: Annotated[
        str, typer.Option(help="How diffusers runs: eager, compiled, openvino, plain; several with commas.")
    ] = "eager",
    seconds: Annotated[float, typer.Option(help="How long to take steps in turn, for each row.")] = 60.0,
) -> None:
    """Measure our networks beside diffusers', at real size with random weights, as ratios of time."""
    if not 0 < seconds < float("inf"):
        raise Refusal(f"seconds {seconds} must be more than 0")
    try:
        import diffusers  # noqa: F401 - the other side, asked for much later
    except ImportError as error:
        raise Refusal("bench needs diffusers to measure against: pip install 'sfumato[parity]'") from error
    from ..evaluation.bench import WORKS, bench as measure
    from ..evaluation.loading import race

    names = work or [*WORKS, "load"]
    if steps := [name for name in names if name != "load"]:
        measure(steps, against.split(","), seconds=seconds)
    if "load" in names:
        race(runs=3)


@evaluate.command("storybook")
def evaluate_storybook(
    model: Annotated[str, typer.Option(help="A shipped model's name, a file or folder, or owner/name.")] = "storybook",
    prompts: Annotated[int, typer.Option(help="Prompts of each task; half of them are of what is held out.")] = 100,
    seeds: Annotated[int, typer.Option(help="Pictures of each prompt.")] = 4,
    tasks: Annotated[str | None, typer.Option(help="Only these, with commas; all if not given.")] = None,
    out: Annotated[Path | None, typer.Option(help="The exam's folder; else runs/exam-MODEL. Goes on there.")] = None,
    judge: Annotated[Path | None, typer.Option(help="A judge's folder; else the one that comes with sfumato.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Let a model paint the storybook's prompts, and a judge that it never met look at the pictures."""
    try:
        from ..evaluation.exam import VERDICTS, Plan, begin, examine, painter_of, steps
        from ..evaluation.report import table, write_page
        from ..evaluation.sheets import write_sheets
        from ..evaluation.suite import TASKS
        from ..evaluation.witness import SHIPPED, read_judge
    except ImportError as error:
        raise _needs_skia(error) from error
    from ..pipeline.load import asked, load
    from .terminal import counted

    spec = asked(model)
    plan = Plan(spec.name, prompts, seeds, tuple(TASKS) if tasks is None else tuple(tasks.split(",")))
    witness = read_judge(judge or SHIPPED)
    painter = load(model)
    plan = replace(plan, hash=painter.hash)
    folder = out or Path("runs") / f"exam-{_slug(spec.name)}"
    begin(plan, folder)
    work = examine(plan, folder, painter_of(painter), witness, painter)
    result = None
    for step in counted(work, steps(plan), quiet=quiet or as_json, doing="examining"):
        result = step or result
    assert result is not None
    page = write_page(folder, result, folder / VERDICTS)
    write_sheets(folder, folder / VERDICTS)
    if as_json:
        print(json.dumps(result, indent=1))
    elif not quiet:
        from rich.console import Console

        Console().print(table(result))
        print(page)


@evaluate.command("judge")
def evaluate_judge(
    judge: Annotated[Path | None, typer.Option(help="A judge's folder; else the one that comes with sfumato.")] = None,
    second: Annotated[Path | None, typer.Option(help="Another judge, to see how far they agree.")] = None,
    scenes: Annotated[int, typer.Option(help="Renders in which every figure is compared with the truth.")] = 1200,
    prompts: Annotated[int, typer.Option(help="Prompts of each task, seen and held out each.")] = 50,
    model: Annotated[str, typer.Option(help="Whose codec the renders also go through.")] = "storybook",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge the judge on renders that nobody was trained on."""
    for name, value, most in (("scenes", scenes, 100_000), ("prompts", prompts, 80)):
        if not 1 <= value <= most:
            raise Refusal(f"{name} {value} is not 1 to {most}")
    try:
        from ..evaluation.report import judge_table
        from ..evaluation.trial import steps, trial
        from ..evaluation.witness import SHIPPED, read_judge
    except ImportError as error:
        raise _needs_skia(error) from error
    from ..pipeline.load import load
    from .terminal import counted

    witness, other = read_judge(judge or SHIPPED), None if second is None else read_judge(second)
    painter = load(model, device="cpu", dtype="float32")
    codec, side = painter.bundle.codec, min(painter.spec.defaults.size)
    work = trial(witness, scenes=scenes, prompts=prompts, codec=codec, side=side, second=other)
    result = None
    for step in counted(work, steps(scenes=scenes), quiet=quiet or as_json, doing="judging"):
        result = step or result
    assert result is not None
    if as_json:
        print(json.dumps(result, indent=1))
    elif not quiet:
        from rich.console import Console

        for board in judge_table(result):
            Console().print(board)


def _needs_skia(error: ImportError) -> Exception:
    """What to say when the storybook cannot be drawn; any other error is none of ours."""
    if error.name != "skia":
        return error
    return Refusal("the storybook needs skia, which is not here: pip install 'sfumato[storybook]'")


@dataclass(frozen=True)
class _Places:
    """Where pictures will be written: one path each and, for several, one for the contact sheet."""

    pictures: list[Path]
    sheet: Path | None

    @property
    def all(self) -> list[Path]:
        return [*self.pictures, *([self.sheet] if self.sheet else [])]


def _places(request: Settled, *, out: str | None, format: str | None) -> _Places:
    """File names for a request. Raises Refusal for a format nobody knows, or one that ``out`` contradicts."""
    from ..core.picture import FORMATS, SUFFIXES, format_of

    kind = None if format is None else SUFFIXES.get(f".{format.lower()}")
    if format is not None and kind is None:
        raise unknown("format", format, FORMATS)
    seeds = [request.seed + k for k in range(request.count)]
    if out is None or Path(out).is_dir() or out.endswith(os.sep):
        end, start = FORMATS[kind or "png"], Path(out or ".") / _slug(request.prompt)
        paths = [start.with_name(f"{start.name}-{seed}{end}") for seed in seeds]
        board = start.with_name(f"{start.name}-{seeds[0]}-sheet{end}")
    else:
        path = Path(out)
        if not path.suffix:
            raise Refusal(f"{path} is no folder, and no file name ending on {' or '.join(FORMATS.values())}")
        if kind not in (None, format_of(path)):
            raise Refusal(f"{path} does not end like a {kind}; drop --format or name the file otherwise")
        paths = [path.with_stem(f"{path.stem}-{seed}") for seed in seeds] if request.count > 1 else [path]
        board = path.with_stem(f"{path.stem}-sheet")
    return _Places(paths, board if request.count > 1 else None)


def _slug(prompt: str) -> str:
    """The first words of a prompt as a file name, in whatever script they are."""
    words = re.sub(r"[\W_]+", "-", prompt.lower()).strip("-")
    return words.encode()[:48].decode(errors="ignore").strip("-") or "picture"


def _size(text: str) -> tuple[int, int]:
    if not (found := re.fullmatch(r"(\d{1,9})[xX×](\d{1,9})", text.strip(), re.ASCII)):
        raise Refusal(f"size {text!r} is not width x height, as in 256x256")
    return int(found[1]), int(found[2])


def _answer(path: Path, record: Record) -> dict[str, Any]:
    return {"file": str(path), "record": record.model_dump(mode="json")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code: 2 and one line for anything refused, 130 when stopped."""
    # The class of all mistakes in the use of options has no public name.
    usage: type[Any] = typer.BadParameter.__mro__[2]
    line = ""
    try:
        code = app(arguments, standalone_mode=False, prog_name="sfumato") or 0
    except Refusal as error:
        code, line = 2, str(error)
    except usage as error:
        code, line = 2, error.format_message()
    except (KeyboardInterrupt, typer.Abort):
        code = 130  # typer turns the first into this code itself
    except BrokenPipeError:  # whoever read our answer has left; say nothing more, not even at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    if line or code == 130:
        print("sfumato:", " ".join(line.split()) or "stopped", file=sys.stderr)
    raise SystemExit(code)
