"""Layouts: scenes as rows, rows as tokens and back, the painter that is told them and the writer that makes them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import sfumato
from sfumato import storybook
from sfumato.conditioning import layout as laying
from sfumato.conditioning.layout import Director
from sfumato.core.config import from_json, to_json
from sfumato.core.layout import (
    AT,
    END,
    FIELDS,
    FIGURE,
    HELD,
    PAGE,
    ROWS,
    START,
    VOCABULARY,
    WORN,
    padded,
    read,
    sized,
    spelled,
    stands,
)
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.core.seeds import Noise
from sfumato.data.layouts import NAMES, Layouts, laid_out
from sfumato.data.pairs import Pairs
from sfumato.engine.tokens import nothing
from sfumato.models.autoencoder import AutoencoderConfig
from sfumato.models.dit import DiTConfig
from sfumato.models.layout import CELLS, LOUD, Canvases, Cast, LayoutDiT, LayoutDiTConfig, Stage, silenced
from sfumato.models.text import TextConfig, TextTransformer
from sfumato.models.tokenizer import Tokenizer
from sfumato.models.writer import Writer, WriterConfig
from sfumato.storybook import Figure, Relation, Scene, Worn
from sfumato.training.codec import CodecLoss, CodecTask
from sfumato.training.layout import ALIKE, EMPHASIS, USUAL, bodies
from sfumato.training.recipes import Setting, layout_task, writer_task
from sfumato.training.run import train
from sfumato.training.task import Cadence, Run, TrainingError
from test_models import alive

PAINTER = DiTConfig(channels=4, width=32, depth=1, heads=2, text=16, rim=16, beside=16)
SMALL = LayoutDiTConfig(PAINTER, inner=16, canvas=4)
TEXT = TextConfig(vocabulary=400, length=40, width=32, depth=1, heads=2)
WRITER = WriterConfig(text=32, width=32, depth=2, heads=2)
CODEC = AutoencoderConfig(channels=4, encoder=(16, 16), encoder_blocks=(1, 1), decoder=(16, 16, 8, 8))
SIZE = (256, 256)


def a_page(**changes: object) -> Scene:
    held, worn = Figure("balloon", "blue"), (Worn("cap", "green"),)
    dog = Figure("dog", "red", action="holding", held=held, worn=worn)
    sign = Figure("sign", "brown", letters="ZOO")
    return replace(Scene("park", "sunny", "day", "crayon", (dog, sign)), **changes)


def named(row: Tensor) -> dict[str, object]:
    """What a row says, in words where it has them."""
    said = {name: int(row[i]) for name, i in AT.items() if row[i]}
    return {name: NAMES[name][value - 1] if name in NAMES else value for name, value in said.items()}


def test_a_layout_says_who_is_there_and_where() -> None:
    scene = a_page()
    page, *rows = laid_out(scene, SIZE)
    assert named(page).items() >= {"role": PAGE, "place": "park", "style": "crayon", "time": "day"}.items()
    told = {named(row)["kind"]: named(row) for row in rows}
    assert told["dog"].items() >= {"role": FIGURE, "color": "red", "action": "holding", "flip": 1}.items()
    assert told["cap"].items() >= {"role": WORN, "color": "green"}.items()
    assert told["balloon"].items() >= {"role": HELD, "color": "blue"}.items()
    assert [told["sign"][f"letter {i}"] for i in (1, 2, 3)] == [26, 15, 15] and "letter 4" not in told["sign"]
    assert "pattern" not in told["dog"]  # plain goes without saying
    frames = {named(r)["kind"]: f for r, f in zip(rows, stands(torch.stack(rows)[None], 1, 1)[0].tolist(), strict=True)}
    for seen in storybook.seen(scene):  # a frame stands where the picture shows its figure, or what one holds
        kind = {"self": scene.figures[seen.part.figure].kind, "held": "balloon"}.get(seen.part.what)
        if kind is None or seen.box is None:
            continue
        left, top, right, bottom = (side / 256 for side in seen.box)
        x, y, unit, mirrored = frames[kind]
        assert left < x < right and abs(bottom - y) < 0.05 and abs((bottom - top) - unit) < 0.45 * unit
        assert mirrored == 1


def test_figures_are_told_as_one_reads_them() -> None:
    red, blue, tree = Figure("dog", "red"), Figure("cat", "blue"), Figure("tree", "green")

    def told(*figures: Figure, relations: tuple[Relation, ...]) -> list[object]:
        scene = Scene("park", "sunny", "day", "flat", figures, relations)
        return [named(row)["kind"] for row in laid_out(scene, SIZE)[1:]]

    assert told(red, blue, relations=(Relation(0, "left of", 1),)) == ["dog", "cat"]
    assert told(red, blue, relations=(Relation(0, "right of", 1),)) == ["cat", "dog"]
    assert told(red, blue, relations=(Relation(0, "behind", 1),)) == ["dog", "cat"]
    assert told(red, blue, relations=(Relation(0, "in front of", 1),)) == ["cat", "dog"]
    both = Relation(0, "behind", 1), Relation(2, "left of", 0)  # who stands behind is told beside whom it stands behind
    assert told(red, blue, tree, relations=both) == ["tree", "dog", "cat"]
    rows = laid_out(Scene("park", "sunny", "day", "flat", (replace(red, count=5),)), SIZE)[1:]
    assert (rows[:, AT["x"]].diff() >= 0).all()


def test_layouts_are_spelled_and_read_back() -> None:
    for i in range(80):
        layout = laid_out(Pairs().scene(i), SIZE)
        tokens = spelled(layout)
        assert tokens[0] == START and tokens[-1] == END and max(tokens) < VOCABULARY
        assert torch.equal(read(tokens), layout)
        assert torch.equal(read(spelled(padded([layout])[0])), layout)  # empty rows go without saying


def test_nonsense_is_read_without_a_word() -> None:
    chance = torch.Generator().manual_seed(0)
    for _ in range(200):
        layout = read(torch.randint(VOCABULARY, (200,), generator=chance).tolist())
        assert 1 <= len(layout) <= ROWS and layout.shape[1] == len(FIELDS)
        assert (layout >= 0).all() and (layout <= torch.tensor([*FIELDS.values()])).all()
    assert read([]).tolist() == [[0] * len(FIELDS)]
    assert [sized(unit) for unit in (0.0, 0.01, 5.0)] == [1, 1, FIELDS["unit"]]


def test_a_layout_is_of_a_square_in_the_middle_at_the_foot_of_a_page() -> None:
    layout = laid_out(a_page(), SIZE)[None]
    square, wide, tall = (stands(layout, *size)[0] for size in ((4, 4), (4, 6), (7, 4)))
    torch.testing.assert_close(wide - square, torch.tensor([1.0, 0, 0, 0]).expand_as(square))
    torch.testing.assert_close(tall - square, torch.tensor([0, 3.0, 0, 0]).expand_as(square))


def test_a_canvas_is_read_between_its_cells() -> None:
    canvases = Canvases(3, 2)
    ramp = torch.arange(CELLS, dtype=torch.float32)
    across, down = ramp.repeat(3 * CELLS), ramp.repeat_interleave(CELLS).repeat(3)
    canvases.cells.weight.data = torch.stack((across, down), 1) / LOUD
    x, y = torch.tensor([0.25, 0.5, 0.9, 7.0]), torch.tensor([0.5, 0.1, 0.3, -7.0])
    found = canvases(torch.tensor([0, 1, 2, 2]), x, y)
    inside = torch.stack((x, y), 1)[:3] * CELLS - 0.5
    torch.testing.assert_close(found[:3], inside)
    torch.testing.assert_close(found[3], torch.tensor([CELLS - 1.001, 0.0]))  # the rim goes on


def test_a_stage_puts_figures_where_they_stand_and_mirrors_them() -> None:
    torch.manual_seed(0)
    cast, stage = alive(Cast(16)), alive(Stage(16, 16, 8, 4))

    def drafted(*figures: dict[str, int]) -> Tensor:
        rows = torch.zeros(1, ROWS, len(FIELDS), dtype=torch.int64)
        for i, said in enumerate(({"role": PAGE, "place": 2}, *figures)):
            for name, value in said.items():
                rows[0, i, AT[name]] = value
        return stage(cast(rows), rows, 16, 16)[0]

    cat = {"role": FIGURE, "kind": 5, "x": 16, "y": 40, "unit": 20, "flip": 1}
    empty, one = drafted(), drafted(cat)
    there = (one - empty).abs().amax(0) > 1e-6
    rows, columns = (there.any(i).nonzero().flatten() / 16 for i in (1, 0))
    x, y, unit, _ = stands(torch.tensor([[[cat.get(name, 0) for name in FIELDS]]]), 1, 1)[0, 0].tolist()
    assert abs(columns.min() - (x - unit * 1.1)) < 0.1 and abs(rows.max() - (y + unit * 0.45)) < 0.1
    beside = drafted(cat | {"x": 20})  # four bins are one place
    moved = there.roll(1, 1)
    assert torch.allclose((beside - empty)[:, moved].abs().amax(), (one - empty)[:, there].abs().amax(), rtol=0.5)
    assert ((beside - empty).abs().amax(0)[~moved] < 1e-6).all()
    mirrored = (drafted(cat | {"x": 33, "flip": 2}) - drafted(cat | {"x": 33})).abs()
    assert mirrored.max() > 1e-3
    other = drafted(cat | {"kind": 6})
    assert not torch.allclose(other, one, atol=1e-3)


def test_who_bears_a_thing_is_told_of_it_and_nobody_else() -> None:
    cast = alive(Cast(16))
    page = laid_out(a_page(), SIZE)
    bare = laid_out(a_page(figures=(replace(a_page().figures[0], worn=()), a_page().figures[1])), SIZE)
    kinds = [named(row).get("kind") for row in page]
    with_cap, without = cast(page[None])[0], cast(bare[None])[0]
    dog, sign = kinds.index("dog"), kinds.index("sign")
    others = [named(row).get("kind") for row in bare]
    assert not torch.allclose(with_cap[dog], without[others.index("dog")], atol=1e-3)
    assert torch.allclose(with_cap[sign], without[others.index("sign")], atol=1e-5)


def test_a_painter_is_told_layouts_and_silence() -> None:
    network = alive(LayoutDiT(SMALL))
    x, time = torch.randn(2, 4, 16, 12), torch.tensor([300.0, 700.0])
    told = Condition(layout=padded([laid_out(Pairs().scene(i), SIZE) for i in range(2)]))
    out = network(x, time, told)
    assert out.shape == x.shape and out.isfinite().all()
    assert not torch.allclose(out, network(x, time, silenced(told)), atol=1e-3)
    alone = network(x[1:], time[1:], Condition(layout=told.layout[1:]))  # type: ignore[index]
    assert torch.allclose(out[1:], alone, atol=1e-4)
    for size in ((16, 16), (16, 12)):  # the usual page, which is remembered, and another
        x = torch.randn(2, 4, *size)
        remembered = network(x, time, network.remember(told))  # type: ignore[operator]
        torch.testing.assert_close(remembered, network(x, time, told), atol=1e-4, rtol=1e-3)
    with pytest.raises(ValueError, match="layout"):
        network(x, time, Condition())
    config = to_json(SMALL)
    assert from_json(LayoutDiTConfig, config) == SMALL


def test_errors_count_most_where_bodies_are() -> None:
    counts = bodies(padded([laid_out(a_page(), SIZE)]), 16, 16)[0, 0]
    assert counts.mean() == pytest.approx(1, abs=1e-5)
    body = torch.from_numpy(storybook.instances(a_page(), SIZE)[8::16, 8::16] > 0)
    units = stands(laid_out(a_page(), SIZE)[None], 16, 16)[0, :, 2] / 16
    alike = (USUAL / units).square().clamp(*ALIKE)  # of the figures, and of the balloon that one holds
    wanted = {round(float(1 + (EMPHASIS - 1) * alike[k]), 2) for k in (1, 3, 4)}
    assert {round(float(ratio), 2) for ratio in counts[body] / counts.min()} <= wanted
    assert counts[~body].mean() < 0.6 * counts[body].mean()
    small, large = (replace(a_page().figures[0], size=size, held=None, action="standing") for size in ("tiny", "big"))
    most = [bodies(padded([laid_out(a_page(figures=(figure,)), SIZE)]), 16, 16).amax() for figure in (small, large)]
    assert most[0] > 2 * most[1]  # as much to few places as to many


def test_a_writer_writes_the_same_with_and_without_memory() -> None:
    text, writer = alive(TextTransformer(TEXT)), alive(Writer(WRITER))
    ids, mask = torch.randint(400, (2, 12)), torch.arange(12) < torch.tensor([[12], [5]])
    words, tokens = text(ids, mask), torch.randint(VOCABULARY, (2, 9))
    logits, _ = writer(tokens, words)
    memory = None
    for past, count in ((0, 1), (1, 2), (2, 6), (4, 7), (3, 9)):  # of some it had read more than was to be
        some = torch.cat([tokens[:, :count], torch.randint(VOCABULARY, (2, 3))], dim=1)
        following, memory = writer(some, words, memory, past)
        torch.testing.assert_close(following[:, : count - past], logits[:, past:count], atol=2e-4, rtol=1e-3)
    other = replace(words, tokens=words.tokens + (~mask)[..., None] * torch.randn(2, 12, 32))
    torch.testing.assert_close(writer(tokens, other)[0], logits)


class Words:
    """A reader that says one token for every word."""

    def __call__(self, texts: list[str]) -> Condition:
        return Condition(tokens=torch.zeros(len(texts), 2, 32), mask=torch.ones(len(texts), 2, dtype=torch.bool))

    def kept(self, text: str) -> int:
        return len(text)


class Dictated:
    """A writer whose next token hangs on how many there are; between two it does not care."""

    def __init__(self, page: list[int | tuple[int, int]]) -> None:
        self.page = page

    def __call__(self, tokens: Tensor, condition: Condition, memory: None, past: int) -> tuple[Tensor, None]:
        logits = torch.full((*tokens.shape, VOCABULARY), -50.0)
        for i, wanted in enumerate(self.page[1 : tokens.shape[1] + 1]):
            logits[:, i, list(wanted) if isinstance(wanted, tuple) else [wanted]] = 50.0
        return logits[:, past:], None


def test_a_director_draws_what_is_left_open_and_leaves_the_rest() -> None:
    layout = laid_out(a_page(), SIZE)
    page: list[int | tuple[int, int]] = [*spelled(layout)]
    x = page.index(spelled(layout)[-2])  # the last unit
    page[x] = (page[x], page[x] - 1)  # type: ignore[operator, assignment]
    director = Director(Words(), Dictated(page))
    one, silence = director(["a dog", " "]).layout  # type: ignore[misc]
    assert torch.equal(one[: len(layout), :-1], layout[:, :-1]) and not silence.any()
    drawn = [director.imagined(["a dog"], Noise([seed])).layout for seed in range(20)]
    assert torch.equal(drawn[3], director.imagined(["a dog"], Noise([3])).layout)  # type: ignore[arg-type]
    assert len({int(layout[0, len(laid_out(a_page(), SIZE)) - 1, -1]) for layout in drawn}) == 2  # type: ignore[index]


def test_the_shipped_writer_guesses_ahead_and_computes_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a painter in bfloat16 too. Guesses save most of the calls and change nothing."""
    model = sfumato.load("storybook-fast", device="cpu", dtype="bfloat16")
    writer, director = model.bundle.writer, model.bundle.text
    assert isinstance(writer, Writer) and isinstance(director, Director)
    asked: list[torch.dtype] = []
    writer.blocks[-1].register_forward_hook(lambda _, given, said: asked.append(said.dtype))
    prompts = ["a red fox behind a blue cat in the park", "three snowmen at night", "a knight"]

    def written() -> tuple[list[Tensor | None], int]:
        asked.clear()
        with torch.inference_mode():
            return [director.imagined([prompt], Noise([5])).layout for prompt in prompts], len(asked)

    ahead, fewer = written()
    monkeypatch.setattr(laying, "usual", nothing)
    plain, calls = written()
    assert all(torch.equal(a, b) for a, b in zip(ahead, plain, strict=True))  # type: ignore[arg-type]
    assert 2 * fewer < calls
    monkeypatch.undo()
    asked.clear()
    model.paint("a fox", seed=1, steps=1, size=(128, 128))
    assert set(asked) == {torch.float32}


def test_from_nothing_to_a_picture_that_follows_a_layout(tmp_path: Path) -> None:
    run = Run(name="tiny", task=NotImplemented, batch=4, steps=2, learning_rate=1e-3, warmup=1, every=Cadence(1, 0, 0))
    setting = Setting(runs=tmp_path, codec=CODEC, text=TEXT, tellings=100)
    train(replace(run, task=lambda: CodecTask(CODEC, CodecLoss(), crop=64)), tmp_path / "codec", quiet=True)

    def painter() -> object:
        return layout_task("tiny", SMALL, pages={"flat": (0.5, 4), "": (0.5, 4)}, setting=setting, writer=WRITER)

    with pytest.raises(TrainingError, match="recipe writer"):
        painter()
    write = replace(run, task=lambda: writer_task(WRITER, count=8, setting=setting), steps=30, learning_rate=3e-3)
    train(write, tmp_path / "writer", quiet=True)
    lines = (tmp_path / "writer/metrics.jsonl").read_text().splitlines()
    losses = [float(line.split('"loss": ')[1].split(",")[0]) for line in lines if '"loss"' in line]
    assert losses[-1] < 0.7 * losses[0]
    report = train(replace(run, task=painter, ema=0.0), tmp_path / "painter", quiet=True)  # type: ignore[arg-type]
    task = painter()
    latents, layouts = task.batch(0, 4)  # type: ignore[attr-defined]
    assert latents.shape == (4, 4, 16, 16) and layouts.shape == (4, ROWS, len(FIELDS))
    model = sfumato.load(report.weights)
    assert isinstance(model.bundle.text, Director)
    spec = json.loads((report.weights / "model.json").read_text())
    for parts in ({"writer": None}, {"denoiser": {"kind": "dit", "config": {}}}):  # one without the other is no model
        shutil.copytree(report.weights, tmp_path / "half", dirs_exist_ok=True)
        (tmp_path / "half/model.json").write_text(json.dumps(spec | {"parts": spec["parts"] | parts}))
        with pytest.raises(Refusal, match="go together"):
            sfumato.load(tmp_path / "half")
    one, same, other = (model.paint("a fox", seed=seed, steps=2)[0].image for seed in (1, 1, 2))
    assert one.size == (320, 320) and one.tobytes() == same.tobytes() != other.tobytes()


def test_captions_name_every_style_but_the_usual_and_tell_relations(tmp_path: Path) -> None:
    from sfumato.data.layouts import Layouts as Stored
    from sfumato.models.tokenizer import train_tokenizer
    from sfumato.storybook.parse import parse
    from sfumato.training.writer import WriterTask

    train_tokenizer((Pairs().caption(i, i) for i in range(100)), tmp_path / "words", size=400)
    heard: list[str] = []

    class Listening(Tokenizer):
        def encode(self, texts: object, length: int) -> tuple[Tensor, Tensor]:
            heard.extend(texts)  # type: ignore[arg-type]
            return super().encode(texts, length)  # type: ignore[arg-type]

    task = WriterTask(
        text=TextTransformer(TEXT), writer=Writer(WRITER), tokenizer=Listening(tmp_path / "words"),
        layouts=Stored(tmp_path, Pairs(), count=32, size=SIZE), ship=lambda modules, folder: None,
    )  # fmt: skip
    tokens = task.batch(0, 32)[2]
    styles = [named(read(page.tolist())[0])["style"] for page in tokens]
    for caption, style in zip(heard, styles, strict=True):
        said = {fact.value for fact in parse(caption).facts if fact.aspect == "style"}
        assert said == {style} or (not said and style == "flat")
    assert 0.3 < styles.count("flat") / 32 < 0.9
    related = [caption for caption in heard if any(fact.aspect == "relation" for fact in parse(caption).facts)]
    assert len(related) > 0.25 * len(heard), "too few captions tell how figures stand to each other"


def test_modules_of_a_stage_all_learn() -> None:
    network = LayoutDiT(SMALL)
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d) and not module.weight.any():
            nn.init.normal_(module.weight, std=0.1)
    told = network.told(Condition(layout=padded([laid_out(Pairs().scene(i), SIZE) for i in range(24)])), 16, 16)
    (network.painter(torch.randn(24, 4, 16, 16), torch.rand(24), told).square().mean()
     + network.drafted(told).square().mean()).backward()  # fmt: skip
    deaf = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
    assert not deaf


def test_layouts_are_kept_in_a_file(tmp_path: Path) -> None:
    stored = Layouts(tmp_path, Pairs(), count=3, size=SIZE)
    assert torch.equal(stored[[2]][0], padded([laid_out(Pairs().scene(2), SIZE)])[0])
