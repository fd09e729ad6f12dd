"""A judge at work: weights from a file, pictures in, what it saw in them out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from string import ascii_uppercase
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from ..checkpoints.file import Unfilled, fill, read_tensors, write_tensors
from ..core.config import from_json, to_json
from ..core.disk import reason, write_whole
from ..core.refusal import Refusal
from ..models.judge import SIDE, Judge, JudgeConfig, Look, Reader
from ..storybook.kinds import KINDS
from .names import EACH, NEAR, NOBODY, SLOTS, UNKNOWN, WHOLE
from .verdict import FINGERS, Being, Box, Sight, Thing

SPEC: Final = "judge.json"
WEIGHTS: Final = "judge.safetensors"
SHIPPED: Final = Path(__file__).parent.parent / "assets" / "judge"
MOST_BEINGS: Final = 16
SAME: Final = 0.6  # overlap of two boxes that are one figure found twice
BATCH: Final = 16


@dataclass(frozen=True)
class Witness:
    """A judge with its reader. ``sure``: how likely a centre must be to count; calibrated on renders."""

    judge: Judge
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
        rows, cells, scores = centres(look.heat.float(), self.sure)
        told, boxes, each = self.judge.describe(look, rows, cells)
        kinds = each["kind"].argmax(-1)
        setting = {name: logits.argmax(-1).tolist() for name, logits in self.judge.setting(look).items()}
        best = {name: logits.argmax(-1).tolist() for name, logits in each.items()}
        sights = []
        for row in range(len(pixels)):
            mine = torch.nonzero(rows == row).flatten()
            mine = mine[_distinct(boxes[mine], scores[mine], kinds[mine])]
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
        if being.kind in ("sign", "hand"):
            word, count = self.reader(crop(page, being.box)[None])
            if being.kind == "hand":
                whole = int(count.argmax()) == FINGERS
                return being if whole else replace(being, kind=UNKNOWN)
            return replace(being, letters="".join(ascii_uppercase[k - 1] for k in word[0].argmax(-1).tolist() if k))
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


def crop(page: Tensor, box: Box) -> Tensor:
    """What is in a box of a page (3 H W), scaled to what the reader takes; beyond the rim is gray."""
    left, right = (2 * edge / page.shape[2] - 1 for edge in (box[0], box[2]))
    top, bottom = (2 * edge / page.shape[1] - 1 for edge in (box[1], box[3]))
    theta = torch.tensor([[(right - left) / 2, 0, (right + left) / 2], [0, (bottom - top) / 2, (bottom + top) / 2]])
    grid = F.affine_grid(theta[None], [1, 3, Reader.high, Reader.wide], align_corners=False)
    return F.grid_sample(page[None], grid, align_corners=False)[0]


def write_judge(folder: Path, judge: Judge, reader: Reader, *, sure: float = Witness.sure) -> None:
    """A judge as two files, weights in bfloat16; the smaller one says what its answers mean and goes last."""
    tensors = {f"{part}.{name}": value.to(torch.bfloat16)
               for part, module in (("judge", judge), ("reader", reader))
               for name, value in module.state_dict().items()}  # fmt: skip
    digest = write_tensors(folder / WEIGHTS, tensors, force=True)
    spec = {"config": to_json(judge.config), "answers": _answers(), "sure": sure, "weights": digest}
    write_whole(folder / SPEC, json.dumps(spec, indent=1).encode(), force=True)


def read_judge(folder: Path = SHIPPED) -> Witness:
    """The judge in a folder; raises Refusal if there is none, if it is damaged, or if it knows another world."""
    try:
        spec = json.loads((folder / SPEC).read_bytes())
        config, answers, sure = spec["config"], spec["answers"], float(spec["sure"])
        with Unfilled():
            judge, reader = Judge(from_json(JudgeConfig, config)), Reader()
    except OSError as error:
        raise Refusal(f"{folder} is no judge: cannot read {SPEC}: {reason(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{folder / SPEC} is damaged: {error}") from error
    if answers != _answers():
        raise Refusal(f"{folder} knows another world than this storybook; train a judge for it: sfumato train judge")
    tensors = read_tensors(folder / WEIGHTS)
    for part, module in (("judge", judge), ("reader", reader)):
        own = {key.removeprefix(f"{part}."): value.float() for key, value in tensors.items() if key.startswith(part)}
        fill(module, own, where=f"{folder / WEIGHTS}, part {part},")
        module.requires_grad_(False).eval()
    return Witness(judge, reader, sure)


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
    for i in scores.argsort(descending=True).tolist():
        if not any(kinds[i] == kinds[k] and _overlap(boxes[i], boxes[k]) > SAME for k in kept):
            kept.append(i)
    return kept


def _overlap(one: Tensor, other: Tensor) -> float:
    """Intersection over union."""
    low, high = torch.maximum(one[:2], other[:2]), torch.minimum(one[2:], other[2:])
    shared = float((high - low).clamp_min(0).prod())
    areas = float((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod())
    return shared / max(areas - shared, 1e-6)
