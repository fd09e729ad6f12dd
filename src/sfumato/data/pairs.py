"""Pictures with captions, drawn from the storybook when they are asked for: nothing is written to disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context

import numpy as np
import torch
from torch import Tensor

from .. import storybook
from ..storybook.splits import FIRST_TRAINING_SEED as FIRST_TRAINING_SEED, held_out

Drawn = tuple[storybook.Picture, list[str]]


@dataclass(frozen=True)
class Pairs:
    """Scene ``i`` of a set without end: the same scene for the same number, always. ``split``: one of SPLITS.

    ``style``: all are drawn in this one, but those whose kinds are held out from it.
    """

    first: int = FIRST_TRAINING_SEED
    split: str = "train"
    style: str = ""

    @property
    def world(self) -> str:
        """What decides the pictures beside their numbers, for names of files."""
        return "-".join(filter(None, (f"v{storybook.VERSION}", self.style)))

    def scene(self, index: int) -> storybook.Scene:
        return self.styled(storybook.sample(self.first + index, split=self.split))

    def styled(self, scene: storybook.Scene) -> storybook.Scene:
        """A scene in the style that all are drawn in here, if there is one."""
        if not self.style:
            return scene
        styled = replace(scene, style=self.style)
        return scene if held_out(styled) - held_out(scene) else styled

    def picture(self, index: int, size: tuple[int, int]) -> Tensor:
        """Pixels (3 H W) uint8 of scene ``index``, ``size`` = (width, height)."""
        return torch.from_numpy(storybook.draw(self.scene(index), size)).permute(2, 0, 1)

    def caption(self, index: int, telling: int) -> str:
        """One of the ways to tell scene ``index``; ``telling`` chooses which. The split may ask for unheard words."""
        return storybook.told(self.scene(index), telling, split=self.split).text

    def batch(self, rows: range, size: tuple[int, int]) -> Drawn:
        """Pixels (B H W 3) uint8 and captions of some scenes, each scene made once for both."""
        scenes = [self.scene(index) for index in rows]
        captions = [storybook.told(s, i, split=self.split).text for i, s in zip(rows, scenes, strict=True)]
        return np.stack([storybook.draw(scene, size) for scene in scenes]), captions


def stream(
    pairs: Pairs, size: tuple[int, int], batch: int, *, workers: int = 0, start: int = 0
) -> Generator[tuple[Tensor, list[str]], None, None]:
    """Batches without end, pixels (B 3 H W) uint8 and captions, from batch ``start`` on.

    Drawn ahead by ``workers`` processes (0: by this one). Batch n is the same whatever their number, so that a run may
    be resumed on another machine. Bytes cross to a GPU four times faster than floats: make ``floats`` of them there.
    """
    rows = (range(step * batch, (step + 1) * batch) for step in count(start))
    if not workers:
        yield from (_tensors(pairs.batch(numbers, size)) for numbers in rows)
        return
    waiting: deque[Future[Drawn]] = deque()
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))  # a fork would copy torch's threads half
    try:
        for numbers in rows:
            waiting.append(pool.submit(pairs.batch, numbers, size))
            if len(waiting) > 2 * workers:
                yield _tensors(waiting.popleft().result())
    finally:
        pool.shutdown(cancel_futures=True)


def floats(pixels: Tensor) -> Tensor:
    """uint8 pixels -> float32 in [-1, 1]."""
    return pixels.float() / 127.5 - 1


def _tensors(drawn: Drawn) -> tuple[Tensor, list[str]]:
    return torch.from_numpy(drawn[0]).permute(0, 3, 1, 2), drawn[1]
