"""The task of a judge: drawn pictures with all that is true of them, spoiled as a painter would spoil them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from string import ascii_uppercase
from typing import Final, Literal

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from .. import storybook
from ..core.level import Codec
from ..core.picture import to_image
from ..data.pairs import floats
from ..evaluation.exam import right_page, wrong_page
from ..evaluation.hands import fewer_fingers
from ..evaluation.names import EACH, NEAR, NOBODY, SLOTS, UNKNOWN, WHOLE
from ..evaluation.suite import GENEVAL, cases
from ..evaluation.verdict import untrue
from ..evaluation.witness import (
    LIKELY,
    NOBODY_THERE,
    Witness,
    around,
    centres,
    longest,
    overlaps,
    read_judge,
    sign,
    write_judge,
)
from ..models.judge import CELL, GRID, SIDE, Judge, JudgeConfig, Look
from ..models.looker import Looker, Reader, measured
from ..storybook import ACCESSORIES, KINDS, Figure, Scene, Worn
from ..storybook.kind import PATTERNS
from ..storybook.scene import SIZES
from .task import mixed

FIRST_SEED: Final = 1 << 40  # no painter and no test draws from here on
# A judge must know what painters are asked for without having seen it: half of its scenes are of the held-out splits.
SPLITS: Final = ("train", "color-kind", "train", "kind-pair", "train", "relation", "train", "style-kind", "train",
                 "count-kind", "train", "count", "train", "variant", "train", "seen")  # fmt: skip
CROWDED: Final = ("train", "count-kind", "relation", "count", "train", "kind-pair", "color-kind", "relation", "train",
                  "style-kind", "count-kind", "variant", "train", "seen")  # fmt: skip
VISIBLE: Final = 0.12  # less of a figure than this share is not asked for
IGNORED: Final = -100
UNKNOWN_KIND: Final = EACH["kind"].index(UNKNOWN)
LOGGED: Final = ("kind", "color", "size", "action", "expression", "held", "head", "eyes", "feet", "fingers")
CALIBRATED: Final = slice(50, 80)  # prompts of each task, which no exam of up to 100 asks
LETTERS: Final = 6  # of the longest word
POOL: Final = 1024  # pictures
POOL_STEPS: Final = 240  # that learn from one pool: every crop is seen about twice; five times, and they are memorised
APART: Final = 0.3  # a box that overlaps less than this with every figure shows nobody
STRAIGHT: Final = 20.0  # how much edges count beside answers
ROUGH: Final = (0.02, 0.12)  # of sides: how far edges are off when a figure is looked at again, and at first


@dataclass(frozen=True)
class Faults:
    """How often a picture is spoiled in which way."""

    codec: float = 0.2  # through the autoencoder and back, half of the time with noise on the latent
    noise: float = 0.2
    blur: float = 0.15
    blend: float = 0.1  # with a breath of another picture
    tint: float = 0.3  # brighter, darker, with less contrast
    half_formed: float = 0.15  # one figure becomes something that nobody can name
    fingers: float = 0.5  # of the hands have more or fewer than five


@dataclass(frozen=True)
class Figures:
    """What is true of a batch: N figures in pictures ``rows`` at ``cells``, P pairs of them, K signs."""

    pixels: Tensor  # B 3 256 256
    heat: Tensor  # B 32 32, 1 at centres
    whole: Tensor  # B 4
    rows: Tensor  # N
    cells: Tensor  # N
    boxes: Tensor  # N 4
    rough: Tensor  # N 4, a little off
    each: Tensor  # N len(EACH), IGNORED where nobody can know
    pairs: Tensor  # P 3: subject, other, relation
    signs: Tensor  # K 3 48 96
    letters: Tensor  # K 6, 1 to 26, and 0 after the last one


@dataclass(frozen=True)
class Looks:
    """What a second look is taught with: N figures, or places where nobody is, cut out, and K signs."""

    crops: Tensor  # N 3 96 96
    measures: Tensor  # N 7
    each: Tensor  # N len(EACH), IGNORED where nobody can know
    edges: Tensor  # N 4: how far the edges of the figure lie from those of the box, in its longer sides
    signs: Tensor  # K 3 48 96
    letters: Tensor  # K 6


@dataclass(frozen=True)
class _Shown:
    """One figure on a page: where, and its choices in the order of EACH."""

    figure: int
    box: tuple[float, float, float, float]
    each: list[int]


Learns = Literal["everything", "looker", "gains"]


class JudgeTask:
    """Finds figures, their relations and settings; looks closer at every figure; reads what signs say.

    ``begun``: a folder with a judge to go on from. A ``looker`` that learns alone does so from figures of ``POOL``
    pictures in disorder: those of one picture are much alike, and its steps cost less than drawing. ``gains``: those of
    the norms and all biases of both looks (as in BitFit, arXiv 2106.10199), with what reads boxes and relations.
    """

    def __init__(
        self, config: JudgeConfig, *, codec: Codec | None, faults: Faults = Faults(), seed: int = 0,
        begun: Path | None = None, learns: Learns = "everything", splits: Sequence[str] = SPLITS,
    ) -> None:  # fmt: skip
        found = Witness(Judge(config), Looker(config), Reader()) if begun is None else read_judge(begun)
        self.judge, self.looker, self.reader = found.judge, found.looker, found.reader
        self.modules = nn.ModuleDict({"judge": self.judge, "looker": self.looker, "reader": self.reader})
        for name, value in self.modules.named_parameters():
            value.requires_grad_(_learned(name, value, learns))
        self.finds = learns != "looker"
        self.codec, self.faults, self.seed, self.splits = codec, faults, seed, splits
        self.pool: tuple[int, Looks] | None = None

    def batch(self, step: int, size: int) -> Figures | Looks:
        if self.finds:
            return self.figures(range(step * size, (step + 1) * size))
        pool, chance = self._pooled(step // POOL_STEPS), torch.Generator().manual_seed(mixed(self.seed, step))
        some = torch.randint(len(pool.crops), (3 * size,), generator=chance)
        signs = torch.randint(len(pool.signs), (size,), generator=chance)
        return Looks(
            pool.crops[some], pool.measures[some], pool.each[some], pool.edges[some], pool.signs[signs],
            pool.letters[signs],
        )  # fmt: skip

    def _pooled(self, number: int) -> Looks:
        """The figures of ``POOL`` pictures, kept until the next pool is asked for."""
        if self.pool is None or self.pool[0] != number:
            rows = (range(first, first + 16) for first in range(number * POOL, (number + 1) * POOL, 16))
            parts = [self._looks(batch, self._look(batch)) for batch in map(self.figures, rows)]
            self.pool = number, Looks(
                torch.cat([part.crops for part in parts]), torch.cat([part.measures for part in parts]),
                torch.cat([part.each for part in parts]), torch.cat([part.edges for part in parts]),
                torch.cat([part.signs for part in parts]), torch.cat([part.letters for part in parts]),
            )  # fmt: skip
        return self.pool[1]

    def figures(self, numbers: range) -> Figures:
        """The scenes of some numbers, drawn and spoiled."""
        chance = Random(mixed(self.seed, numbers.start))
        scenes = [_scene(FIRST_SEED + (self.seed << 32) + i, self.splits[i % len(self.splits)], i) for i in numbers]
        pages = [torch.from_numpy(storybook.draw(scene, (SIDE, SIDE))).permute(2, 0, 1) for scene in scenes]
        fingers = [_fingers(*page, chance, self.faults.fingers) for page in zip(pages, scenes, strict=True)]
        shown = [_shown(*page) for page in zip(scenes, fingers, strict=True)]
        pixels = floats(torch.stack(pages))
        self._spoil(pixels, shown, chance)
        return _gathered(pixels, scenes, shown, chance)

    def loss(self, batch: Figures | Looks, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        if isinstance(batch, Looks):
            return self._looking(batch)
        look = self._look(batch)
        found, right = self._finding(look, batch)
        seen, more = self._looking(self._looks(batch, look))
        return found + seen, right | more

    def _look(self, batch: Figures) -> Look:
        return self.judge(batch.pixels.contiguous(memory_format=torch.channels_last))

    @torch.no_grad()
    def _looks(self, batch: Figures, look: Look) -> Looks:
        """The figures of a batch cut out, about boxes a little off and about those of the first look, whose errors are
        of another kind; and what the first look mistakes for figures."""
        rows, cells, _ = centres(look.heat.float(), LIKELY)
        _, boxes = self.judge.find(look, rows, cells)
        shared = overlaps(boxes, batch.boxes) * (rows[:, None] == batch.rows)
        most, whose = shared.max(1)
        own, free = (most >= APART).nonzero().flatten(), (most < APART).nonzero().flatten()
        free = free[rows[free] <= len(batch.pixels) // 4]  # often enough
        own, free = (some[: len(batch.rows)] for some in (own, free))  # at first it finds somebody everywhere
        nobody = torch.full((len(free), len(EACH)), IGNORED)
        nobody[:, 0] = NOBODY_THERE
        some, whose, company = torch.cat([own, free]), whose[own], measured(boxes, rows)
        rough = torch.cat([batch.rough, boxes[own]])
        edges = (torch.cat([batch.boxes, batch.boxes[whose]]) - rough) / longest(rough)
        return Looks(
            around(batch.pixels, torch.cat([batch.rows, rows[some]]), torch.cat([batch.rough, boxes[some]])),
            torch.cat([measured(batch.rough, batch.rows), company[some]]),
            torch.cat([batch.each, batch.each[whose], nobody]),
            torch.cat([edges, edges.new_zeros(len(free), 4)]), batch.signs, batch.letters,
        )  # fmt: skip

    def _looking(self, looks: Looks) -> tuple[Tensor, dict[str, Tensor | float]]:
        """The loss of the second look: every answer counts alike, so that what is seldom asked teaches as seldom."""
        wanted = dict(zip(EACH, looks.each.unbind(1), strict=True))
        said, edges = self.looker(looks.crops, looks.measures)
        off = F.smooth_l1_loss(edges, looks.edges, beta=0.02, reduction="none").mean(1)
        off = off[wanted["kind"] != NOBODY_THERE].mean()
        answers = {name: _known(said[name], wanted[name], over=len(looks.crops)) for name in EACH}
        spelled = F.log_softmax(self.reader(looks.signs).float(), dim=-1).transpose(0, 1)
        lengths, columns = (looks.letters > 0).sum(1), torch.full((len(looks.letters),), Reader.columns)
        read = F.ctc_loss(spelled, looks.letters, columns, lengths, zero_infinity=True)
        loss = answers["kind"] + torch.stack([*answers.values()]).sum()
        right: dict[str, Tensor | float] = {name: _right(said[name], wanted[name]) for name in LOGGED}
        right |= {"looks": loss.detach(), "read": read.detach(), "off": off.detach()}
        return loss + read + STRAIGHT * off, right

    def _finding(self, look: Look, batch: Figures) -> tuple[Tensor, dict[str, Tensor | float]]:
        """The loss of the first look: centres, boxes, settings and relations."""
        heat = _focal(look.heat.float(), batch.heat)
        setting = self.judge.setting(look)
        whole = [F.cross_entropy(setting[name].float(), batch.whole[:, k]) for k, name in enumerate(WHOLE)]
        told, boxes = self.judge.find(look, batch.rows, batch.cells)
        box = F.smooth_l1_loss(boxes, batch.boxes, beta=4.0) / CELL
        related = self.judge.relate(told, batch.boxes, batch.pairs[:, 0], batch.pairs[:, 1])
        pair = _known(related, batch.pairs[:, 2], over=max(1, len(batch.pairs)))
        right: dict[str, Tensor | float] = {"heat": heat.detach(), "box": box.detach()}
        right["relation"] = _right(related, batch.pairs[:, 2])
        right |= {name: _right(setting[name], batch.whole[:, k]) for k, name in enumerate(WHOLE)}
        return heat + 0.5 * box + torch.stack(whole).sum() + 0.5 * pair, right

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """What the judge is shown: the spoiled pictures of one batch."""
        pixels = self.figures(range(1 << 20, (1 << 20) + 8)).pixels
        return to_image(torch.cat([torch.cat(list(row), dim=2) for row in pixels.split(4)], dim=1))

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        judge, looker, reader = modules["judge"], modules["looker"], modules["reader"]
        assert isinstance(judge, Judge) and isinstance(looker, Looker) and isinstance(reader, Reader)
        witness = Witness(judge, looker, reader, sure=LIKELY)
        write_judge(folder, replace(witness, sure=_sure(witness)))

    def _spoil(self, pixels: Tensor, shown: list[list[_Shown]], chance: Random) -> None:
        """Faults of painters, in place; half-formed figures lose their name."""
        likely, count = self.faults, len(pixels)
        for i in range(count):
            other = pixels[(i + chance.randrange(1, max(2, count))) % count]
            if shown[i] and chance.random() < likely.half_formed:
                victim = chance.choice(shown[i])
                _half_formed(pixels[i], other, victim.box, chance)
                victim.each[:] = [IGNORED] * len(EACH)
                victim.each[0] = UNKNOWN_KIND
            if chance.random() < likely.blend:
                pixels[i].lerp_(other.clone(), chance.uniform(0.03, 0.15))
            if chance.random() < likely.tint:
                pixels[i].mul_(chance.uniform(0.85, 1.05)).add_(chance.uniform(-0.08, 0.08))
            if chance.random() < likely.blur:
                pixels[i] = _blurred(pixels[i], chance.uniform(0.5, 1.8))
            if chance.random() < likely.noise:
                noise = torch.Generator().manual_seed(chance.getrandbits(40))
                pixels[i] += chance.uniform(0.01, 0.12) * torch.randn(pixels[i].shape, generator=noise)
        through = [i for i in range(count) if chance.random() < likely.codec]
        if self.codec is not None and through:
            noise = torch.Generator().manual_seed(chance.getrandbits(40))
            with torch.autocast("cpu", torch.bfloat16):
                latent = self.codec.encode(pixels[through]).float()
                strong = torch.tensor([chance.choice((0.0, chance.uniform(0.05, 0.35))) for _ in through])
                latent += strong[:, None, None, None] * torch.randn(latent.shape, generator=noise)
                pixels[through] = self.codec.decode(latent).float()
        pixels.clamp_(-1, 1)


# Scenes ---------------------------------------------------------------------------------------------------------------


def _scene(seed: int, split: str, i: int) -> Scene:
    """The scene of a seed; most show more of what is seldom there, without which it would never be learned."""
    scene, chance = storybook.sample(seed, split=split), Random(seed)
    figures, relations = scene.figures, scene.relations
    if i % 4 == 0:  # signs or hands
        figures, relations = _read(chance, "sign" if i % 8 else "hand"), ()
        if chance.random() < 0.3:
            figures, relations = (*scene.figures, figures[0]), scene.relations
    elif i % 4 < 3:
        figures = tuple(_dressed(figure, chance, resized=not relations) for figure in figures)
    try:
        return replace(scene, figures=figures, relations=relations)
    except ValueError:  # no room, or two alike
        return scene


def _read(chance: Random, kind: str) -> tuple[Figure, ...]:
    """One to three signs or hands."""
    return tuple(
        Figure(kind, color, size=chance.choice([*SIZES]), variant=chance.randrange(1 << 20),
               letters="".join(chance.choices(ascii_uppercase, k=chance.randint(1, 6))) if kind == "sign" else "")
        for color in chance.sample(KINDS[kind].colors, chance.choice((1, 1, 2, 3)))
    )  # fmt: skip


def _dressed(figure: Figure, chance: Random, *, resized: bool) -> Figure:
    """A figure of any size that wears something in half of the places where it can."""
    size = chance.choice([*SIZES]) if resized and chance.random() < 0.7 else figure.size
    able = [slot for slot in KINDS[figure.kind].slots if figure.action != "sleeping" or slot == "head"]
    pieces = [chance.choice([row for row in ACCESSORIES.values() if row.slot == slot])
              for slot in SLOTS if slot in able and chance.random() < 0.5]  # fmt: skip
    worn = tuple(Worn(piece.name, chance.choice(piece.colors), chance.choice(PATTERNS) if piece.patterns else "plain")
                 for piece in pieces)  # fmt: skip
    return replace(figure, size=size, worn=worn)


def _shown(scene: Scene, fingers: Mapping[int, int]) -> list[_Shown]:
    """The figures of a page that can be seen, with what can be known of them."""
    seen = storybook.seen(scene, (SIDE, SIDE))
    visible = {(s.part.figure, s.part.copy, s.part.what, s.part.which): s.visible for s in seen}
    found, taken = [], set()
    for one in sorted((s for s in seen if s.part.what == "self"), key=lambda s: -s.visible):
        if one.box is None or one.visible < VISIBLE:
            continue
        cell = _cell(one.box)
        if cell in taken:  # two centres in one cell: the one that shows more
            continue
        taken.add(cell)
        copy = one.part.figure, one.part.copy
        figure = scene.figures[one.part.figure]
        clear = {key[2:]: share >= VISIBLE for key, share in visible.items() if key[:2] == copy}
        choices = dict(_choices(figure, clear))
        if figure.kind == "hand":
            choices["fingers"] = str(fingers.get(one.part.figure, 5))
        each = [EACH[name].index(choices[name]) if name in choices else IGNORED for name in EACH]
        found.append(_Shown(one.part.figure, one.box, each))
    return found


def _choices(figure: Figure, clear: dict[tuple[str, int], bool]) -> Iterator[tuple[str, str]]:
    """What is true of a figure and can be seen: name of a head, choice."""
    yield "kind", figure.kind
    yield "color", figure.color
    yield "pattern", figure.pattern
    yield "size", figure.size
    if not KINDS[figure.kind].alive:
        return
    yield "action", figure.action
    if figure.action != "sleeping":
        yield "expression", figure.expression
    if figure.skin:
        yield "skin", figure.skin
        yield "gender", figure.gender
    if figure.held is None:
        yield "held", NOBODY
    elif clear["held", 0]:
        yield "held", figure.held.kind
        yield "held color", figure.held.color
        yield "held pattern", figure.held.pattern
    worn = {ACCESSORIES[piece.kind].slot: (k, piece) for k, piece in enumerate(figure.worn)}
    for slot in SLOTS:
        if slot not in worn:
            yield slot, NOBODY
            continue
        k, piece = worn[slot]
        if clear["worn", k]:
            yield slot, piece.kind
            yield f"{slot} color", piece.color
            yield f"{slot} pattern", piece.pattern


def _sure(witness: Witness) -> float:
    """How likely a figure must be, so that pictures of which a prompt is true are told best from those that are wrong
    by hardly anything."""
    asked = [case for task in GENEVAL for case in cases(task, "seen", 80)[CALIBRATED]]
    pages = [[right_page(case) for case in asked], [wrong_page(case) for case in asked]]
    said = [[sight for sight, _ in replace(witness, sure=LIKELY)(some)] for some in pages]

    def told_apart(sure: float) -> int:
        found, fooled = (
            sum(not untrue(case.facts, sight.surer(sure)) for case, sight in zip(asked, some, strict=True))
            for some in said
        )
        return found - fooled

    counts = [told_apart(step / 20) for step in range(3, 16)]
    near = [sum(counts[k - 1 : k + 2]) for k in range(1, len(counts) - 1)]  # a picture more or less is chance
    return (near.index(max(near)) + 4) / 20


def _cell(box: tuple[float, float, float, float]) -> int:
    x, y = (min(GRID - 1, int((low + high) / 2 / CELL)) for low, high in ((box[0], box[2]), (box[1], box[3])))
    return y * GRID + x


def _gathered(pixels: Tensor, scenes: list[Scene], shown: list[list[_Shown]], chance: Random) -> Figures:
    heat = torch.zeros(len(scenes), GRID, GRID)
    whole = [[values.index(v) for values, v in zip(WHOLE.values(), (s.style, s.place, s.weather, s.time), strict=True)]
             for s in scenes]  # fmt: skip
    rows: list[int] = []
    cells, boxes, rough, each, pairs, signs, letters = [], [], [], [], [], [], []
    for row, (scene, here) in enumerate(zip(scenes, shown, strict=True)):
        first = len(rows)
        for one in here:
            rows.append(row)
            cells.append(_cell(one.box))
            boxes.append(one.box)
            each.append(one.each)
            _mark(heat[row], one.box)
            figure = scene.figures[one.figure]
            rough.append(_jittered(one.box, chance, by=chance.choice(ROUGH)))
            if figure.kind == "sign" and one.each[0] != UNKNOWN_KIND:
                signs.append(sign(pixels[row], torch.tensor([_jittered(one.box, chance, by=ROUGH[0])]))[0])
                spelled = [ascii_uppercase.index(letter) + 1 for letter in figure.letters]
                letters.append(spelled + [0] * (LETTERS - len(spelled)))
        for relation in scene.relations:
            if relation.second is None:
                ends = [[first + k for k, one in enumerate(here) if one.figure == end]
                        for end in (relation.subject, relation.object)]  # fmt: skip
                pairs += [[a, b, NEAR.index(relation.name)] for a in ends[0] for b in ends[1]]
    if not signs:  # nothing to read: an empty sign, since networks dislike empty batches
        signs, letters = [torch.zeros(3, Reader.high, Reader.wide)], [[0] * LETTERS]
    return Figures(
        pixels, heat, torch.tensor(whole), torch.tensor(rows), torch.tensor(cells), torch.tensor(boxes).float(),
        torch.tensor(rough), torch.tensor(each), torch.tensor(pairs).long().reshape(-1, 3),
        torch.stack(signs), torch.tensor(letters),
    )  # fmt: skip


def _mark(heat: Tensor, box: tuple[float, float, float, float]) -> None:
    """A hill about a centre, as wide as the figure lets a centre be missed."""
    cell = _cell(box)
    y, x = torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")
    wide, high = (max(0.6, (high - low) / CELL / 8) for low, high in ((box[0], box[2]), (box[1], box[3])))
    hill = (-((x - cell % GRID) ** 2) / (2 * wide**2) - (y - cell // GRID) ** 2 / (2 * high**2)).exp()
    torch.maximum(heat, hill, out=heat)


# Faults ---------------------------------------------------------------------------------------------------------------


def _half_formed(page: Tensor, other: Tensor, box: tuple[float, float, float, float], chance: Random) -> None:
    """What stands in the box becomes a blend with something else, or its own pieces in disorder; in place."""
    left, top, right, bottom = (int(edge) for edge in box)
    patch = page[:, top:bottom, left:right]
    if chance.random() < 0.5 or min(patch.shape[1:]) < 24:
        mixed_ = torch.lerp(patch, other[:, top:bottom, left:right], chance.uniform(0.4, 0.6))
        patch.copy_(_blurred(mixed_, chance.uniform(1.0, 2.5)))
        return
    side = min(patch.shape[1:]) // chance.choice((2, 3, 4))
    rows, columns = patch.shape[1] // side, patch.shape[2] // side
    corners = [(y * side, x * side) for y in range(rows) for x in range(columns)]
    chance.shuffle(corners)
    pieces = [patch[:, y : y + side, x : x + side].clone() for y, x in corners]
    for (y, x), piece in zip(corners[1:] + corners[:1], pieces, strict=True):  # none stays where it was
        patch[:, y : y + side, x : x + side] = piece


def _blurred(page: Tensor, sigma: float) -> Tensor:
    reach = max(1, round(2 * sigma))
    if min(page.shape[1:]) <= reach:
        return page
    kernel = (-(torch.arange(-reach, reach + 1.0) ** 2) / (2 * sigma**2)).exp()
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    wide = F.conv2d(F.pad(page[None], (reach, reach, 0, 0), mode="reflect"), kernel, groups=3)
    return F.conv2d(F.pad(wide, (0, 0, reach, reach), mode="reflect"), kernel.transpose(2, 3), groups=3)[0]


def _fingers(page: Tensor, scene: Scene, chance: Random, likely: float) -> dict[int, int]:
    """Takes fingers from some of the hands, or gives them more, in place; figure -> how many fingers it has."""
    counts = {i: 5 for i, figure in enumerate(scene.figures) if figure.kind == "hand"}
    if not counts:
        return counts
    numbers = torch.from_numpy(storybook.instances(scene, (SIDE, SIDE)))
    for i in counts:
        numbered = [part.number for part in storybook.parts(scene) if part.figure == i]
        if len(numbered) == 1 and chance.random() < likely:
            counts[i] = fewer_fingers(page, numbers == numbered[0], chance)
    return counts


def _jittered(
    box: tuple[float, float, float, float], chance: Random, *, by: float
) -> tuple[float, float, float, float]:
    """A box as a judge would find it: each edge ``by`` some of its sides off."""
    wide, high = box[2] - box[0], box[3] - box[1]
    off = [chance.gauss(0, by) for _ in range(4)]
    return box[0] + off[0] * wide, box[1] + off[1] * high, box[2] + off[2] * wide, box[3] + off[3] * high


def _learned(name: str, value: Tensor, learns: Learns) -> bool:
    """Whether a parameter of a judge learns."""
    if learns != "gains":
        return learns == "everything" or not name.startswith("judge.")
    reads = name in ("judge.heat.weight", "judge.box.weight", "judge.pair.2.weight")
    return (value.ndim == 1 or reads) and not name.startswith(("judge.feature", "judge.whole", "reader"))


# Losses ---------------------------------------------------------------------------------------------------------------


def _focal(logits: Tensor, heat: Tensor) -> Tensor:
    """The focal loss of CenterNet (arXiv 1904.07850, equation 1), over the number of centres."""
    share = logits.sigmoid()
    centre = heat == 1
    there = -F.logsigmoid(logits) * (1 - share) ** 2 * centre
    empty = -F.logsigmoid(-logits) * share**2 * (1 - heat) ** 4 * ~centre
    return (there + empty).sum() / centre.sum().clamp_min(1)


def _known(logits: Tensor, wanted: Tensor, *, over: int) -> Tensor:
    """The sum of the cross-entropies of what can be known, over a number."""
    total = F.cross_entropy(logits.float(), wanted, ignore_index=IGNORED, reduction="sum", label_smoothing=0.02)
    return total / over


def _right(logits: Tensor, wanted: Tensor) -> Tensor:
    """The share of right answers, of those that can be known."""
    known = wanted != IGNORED
    return ((logits.argmax(-1) == wanted) & known).sum() / known.sum().clamp_min(1)
