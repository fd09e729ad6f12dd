"""Hands with a finger missing: a fault that painters are known for, made on purpose."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F

from ..storybook import Picture, Scene, draw, instances


def maimed(scene: Scene, seed: int) -> Picture | None:
    """The picture of a scene whose only figure is a hand, with a finger too few; None where they are too small."""
    page = torch.from_numpy(draw(scene)).permute(2, 0, 1).contiguous()
    hand = torch.from_numpy(instances(scene)) == 1
    return page.permute(1, 2, 0).numpy() if fewer_fingers(page, hand, Random(seed)) < 5 else None


def fewer_fingers(page: Tensor, hand: Tensor, chance: Random) -> int:
    """Erases fingers of the hand that covers ``hand`` (H W) of a page (3 H W), in place; how many it then has."""
    rows = torch.nonzero(hand.any(1)).flatten()
    if len(rows) < 24:
        return 5
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    lines = [(y, _spans(hand[y])) for y in range(top, (top + bottom) // 2)]
    apart = [(y, spans) for y, spans in lines if len(spans) == 4]  # the four fingers; the thumb is below
    if not apart:
        return 5
    spans, floor = apart[0][1], apart[-1][0] + 2
    taken = chance.sample(spans, chance.choice((1, 1, 1, 2)))
    edge = 3  # the outline reaches beyond the mask
    for left, right in taken:
        other = [span for span in spans if span != (left, right)]
        low = max([end for _, end in other if end <= left], default=left - 12)
        high = min([start for start, _ in other if start >= right], default=right + 12)
        left, right = (low + left) // 2, (right + high + 1) // 2
        above = page[:, max(0, top - edge - 4) : max(1, top - edge), max(0, left) : right].float().mean(1, keepdim=True)
        page[:, max(0, top - edge) : floor, max(0, left) : right] = above.to(page.dtype)
    return 5 - len(taken)


def _spans(line: Tensor) -> list[tuple[int, int]]:
    """Where the runs of a line begin and end."""
    steps = F.pad(line.int(), (1, 1)).diff()
    return list(zip(torch.nonzero(steps == 1).flatten().tolist(), torch.nonzero(steps == -1).flatten().tolist(),
                    strict=True))  # fmt: skip
