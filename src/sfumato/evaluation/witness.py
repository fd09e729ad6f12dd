"""A judge at work: weights from a file, pictures in, what it saw in them out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from ..checkpoints.file import Unfilled, fill, read_tensors, write_tensors
from ..core.config import from_json, to_json
from ..core.disk import reason, write_whole
from ..core.refusal import Refusal
from ..models.judge import SIDE, Judge, JudgeConfig, Look
from ..models.looker import Looker, Reader, measured, word
from ..storybook.kinds import KINDS
from .names import EACH, NEAR, NOBODY, SLOTS, UNKNOWN, WHOLE
from .verdict import FINGERS, Being, Sight, Thing

SPEC: Final = "judge.json"
WEIGHTS: Final = "judge.safetensors"
SHIPPED: Final = Path(__file__).parent.parent / "assets" / "judge"
MOST_BEINGS: Final = 16
SAME: Final = 0.6  # overlap of two boxes that are one figure found twice
BATCH: Final = 16
NOBODY_THERE: Final = len(EACH["kind"]) - 1
LIKELY: Final = 0.15  # a centre less likely than this is not looked at
MARGIN: Final = 1.2  # how much more than its box is looked at


@dataclass(frozen=True)
class Witness:
    """A judge with its closer looks. ``sure``: how likely a figure must be to count; calibrated on renders."""

    judge: Judge
    looker: Looker
    reader: Reader
    sure: float = 0.35

    def __call__(self, pictures: Sequence[Image.Image]) -> Iterator[tuple[Sight, Tensor]]:
        """What is seen in each picture, and its feature vector (D); pictures of any size."""
        for start in range(0, len(pictures), BATCH):
            pixels = to_page(pictures[start : start + BATCH])
            with torch.inference_mode():
                look = self.judge(pixels)
                sights = self._sights(pixels, look)
            yield from zip(sights, look.feature.float(), strict=True)

    def _sights(self, pixels: Tensor, look: Look) -> list[Sight]:
        rows, cells, scores = centres(look.heat.float(), LIKELY)
        told, boxes = self.judge.find(look, rows, cells)
        _, edges = self.looker(around(pixels, rows, boxes), measured(boxes, rows))
        boxes = boxes + edges * longest(boxes)
        seen, _ = self.looker(around(pixels, rows, boxes), measured(boxes, rows))
        each = {name: logits.float() for name, logits in seen.items()}
        kinds = each["kind"].softmax(-1)
        # one and the same likelihood: that the first look finds a centre, and that the second one sees somebody there
        scores = scores * (1 - kinds[:, NOBODY_THERE])
        each["kind"] = kinds[:, :NOBODY_THERE]
        best = {name: values.argmax(-1).tolist() for name, values in each.items()}
        setting = {name: logits.argmax(-1).tolist() for name, logits in self.judge.setting(look).items()}
        sights = []
        for row in range(len(pixels)):
            mine = torch.nonzero((rows == row) & (scores > self.sure)).flatten()
            mine = mine[_distinct(boxes[mine], scores[mine], each["kind"][mine].argmax(-1))]
            beings = [self._being(pixels[row], boxes[i], float(scores[i]), {k: v[i] for k, v in best.items()})
                      for i in mine.tolist()]  # fmt: skip
            pairs = list(permutations(range(len(mine)), 2))
            relations = {}
            if pairs:
                ends = mine[torch.tensor(pairs)]
                found = self.judge.relate(told, boxes, ends[:, 0], ends[:, 1]).argmax(-1).tolist()
                relations = {pair: NEAR[k] for pair, k in zip(pairs, found, strict=True)}
            whole = {name: values[setting[name][row]] for name, values in WHOLE.items()}
            sights.append(Sight(whole, tuple(beings), relations))
        return sights

    def _being(self, page: Tensor, box: Tensor, score: float, best: dict[str, int]) -> Being:
        said = {name: EACH[name][k] for name, k in best.items()}
        left, top, right, bottom = box.tolist()
        being = Being(said["kind"], said["color"], said["pattern"], (left, top, right, bottom), score, said["size"])
        if being.kind == "hand" and said["fingers"] != str(FINGERS):
            return replace(being, kind=UNKNOWN)
        if being.kind == "sign":
            return replace(being, letters=word(self.reader(sign(page, box[None]))[0]))
        if being.kind == UNKNOWN or not KINDS[being.kind].alive:
            return being
        person = KINDS[being.kind].group == "person"
        worn = [Thing(said[slot], said[f"{slot} color"], said[f"{slot} pattern"]) for slot in SLOTS
                if said[slot] != NOBODY]  # fmt: skip
        held = Thing(said["held"], said["held color"], said["held pattern"]) if said["held"] != NOBODY else None
        return replace(
            being, action=said["action"], expression=said["expression"], worn=tuple(worn), held=held,
            skin=said["skin"] if person else "", gender=said["gender"] if person else "",
        )  # fmt: skip


def to_page(pictures: Sequence[Image.Image]) -> Tensor:
    """Pictures as the judge takes them: (B 3 256 256) in [-1, 1]."""
    scaled = [p if p.size == (SIDE, SIDE) else p.resize((SIDE, SIDE), Image.Resampling.LANCZOS) for p in pictures]
    values = torch.from_numpy(np.stack([np.asarray(picture.convert("RGB")) for picture in scaled]))
    return (values.permute(0, 3, 1, 2).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def around(pixels: Tensor, rows: Tensor, boxes: Tensor) -> Tensor:
    """What the looker takes of N figures in pictures ``rows``: the square about each box (N 3 96 96)."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = MARGIN / 2 * longest(boxes)
    squares, size = torch.cat([middle - half, middle + half], dim=1), (Looker.side, Looker.side)
    crops = pixels.new_empty(len(rows), 3, *size)
    for row in rows.unique().tolist():
        crops[rows == row] = _cut(pixels[row], squares[rows == row], size)
    return crops


def longest(boxes: Tensor) -> Tensor:
    """The longer side of each box (N 4), (N 1), 8 pixels at least."""
    return (boxes[:, 2:] - boxes[:, :2]).amax(1, keepdim=True).clamp_min(8)


def sign(page: Tensor, boxes: Tensor) -> Tensor:
    """What the reader takes of a page (3 H W): what is in the boxes (K 4), stretched (K 3 48 96)."""
    return _cut(page, boxes, (Reader.high, Reader.wide))


def _cut(page: Tensor, boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """What is in some boxes of a page, scaled to a size; beyond the rim is gray."""
    high, wide = size
    # no affine_grid: under autocast it would be made of bfloat16, and off by a pixel
    share = [(torch.arange(side, device=page.device) + 0.5) / side for side in size]
    y, x = (boxes[:, k, None] + (boxes[:, k + 2] - boxes[:, k])[:, None] * share[1 - k] for k in (1, 0))
    grid = torch.stack([x[:, None].expand(-1, high, -1), y[:, :, None].expand(-1, -1, wide)], dim=-1)
    grid = 2 * grid / page.shape[-1] - 1
    cut = F.grid_sample(page[None], grid.flatten(0, 1)[None], align_corners=False)[0]
    return cut.unflatten(1, (len(boxes), size[0])).transpose(0, 1)


def write_judge(folder: Path, witness: Witness) -> None:
    """A judge as two files, weights in bfloat16; the smaller one says what its answers mean and goes last."""
    tensors = {f"{part}.{name}": value.to(torch.bfloat16)
               for part, module in _parts(witness).items()
               for name, value in module.state_dict().items()}  # fmt: skip
    digest = write_tensors(folder / WEIGHTS, tensors, force=True)
    spec = {"config": to_json(witness.judge.config), "answers": _answers(), "sure": witness.sure, "weights": digest}
    write_whole(folder / SPEC, json.dumps(spec, indent=1).encode(), force=True)


def read_judge(folder: Path = SHIPPED) -> Witness:
    """The judge in a folder; raises Refusal if there is none, if it is damaged, or if it knows another world."""
    try:
        spec = json.loads((folder / SPEC).read_bytes())
        config, answers, sure = spec["config"], spec["answers"], float(spec["sure"])
        with Unfilled():
            shape = from_json(JudgeConfig, config)
            witness = Witness(Judge(shape), Looker(shape), Reader(), sure)
    except OSError as error:
        raise Refusal(f"{folder} is no judge: cannot read {SPEC}: {reason(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{folder / SPEC} is damaged: {error}") from error
    if answers != _answers():
        raise Refusal(f"{folder} knows another world than this storybook; train a judge for it: sfumato train judge")
    tensors = read_tensors(folder / WEIGHTS)
    for part, module in _parts(witness).items():
        own = {key.removeprefix(f"{part}."): value.float() for key, value in tensors.items() if key.startswith(part)}
        fill(module, own, where=f"{folder / WEIGHTS}, part {part},")
        module.requires_grad_(False).eval()
    return witness


def _parts(witness: Witness) -> dict[str, nn.Module]:
    return {"judge": witness.judge, "looker": witness.looker, "reader": witness.reader}


def _answers() -> dict[str, list[str]]:
    """What the heads answer, in order: a judge of another world would be read wrongly."""
    return {name: list(values) for name, values in (*WHOLE.items(), *EACH.items(), ("relation", NEAR))}


def centres(heat: Tensor, sure: float) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures, cells and scores of all centres (N each): cells above ``sure`` and above their neighbours."""
    share = heat.sigmoid()
    peaks = share * (F.max_pool2d(share[:, None], 3, stride=1, padding=1)[:, 0] == share)
    scores, cells = peaks.flatten(1).topk(MOST_BEINGS)
    rows = torch.arange(len(heat))[:, None].expand_as(cells)
    kept = scores > sure
    return rows[kept], cells[kept], scores[kept]


def _distinct(boxes: Tensor, scores: Tensor, kinds: Tensor) -> list[int]:
    """Which boxes stay when of two that overlap as one figure of one kind the likelier is kept."""
    kept: list[int] = []
    shared = overlaps(boxes, boxes)
    for i in scores.argsort(descending=True).tolist():
        if not any(kinds[i] == kinds[k] and shared[i, k] > SAME for k in kept):
            kept.append(i)
    return kept


def overlaps(some: Tensor, others: Tensor) -> Tensor:
    """Intersection over union of boxes (N 4) and others (M 4), every one with every one (N M)."""
    low, high = torch.maximum(some[:, None, :2], others[:, :2]), torch.minimum(some[:, None, 2:], others[:, 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(-1) for boxes in (some, others)]
    return shared / (areas[0][:, None] + areas[1] - shared).clamp_min(1e-6)
