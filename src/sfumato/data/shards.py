"""Pairs out: the storybook written as WebDataset shards, each whole or not there."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from .. import storybook
from ..core.disk import check_writable, reason, write_whole
from ..core.refusal import Refusal, unknown
from ..storybook import CHANNELS, EVEN, GENDERS, KINDS, SKINS, SPLITS, Picture, Population

PER_SHARD = 1000  # pictures, and
MOST_BYTES = 128 * 2**20  # bytes, so that a shard always fits into memory
LEAST, MOST = 64, 1024  # pixels a side
GLANCE, COLUMNS = 100, 10  # pictures on a sheet


@dataclass(frozen=True)
class Order:
    """What is to be drawn: ``count`` scenes from ``seed`` on."""

    count: int
    seed: int
    size: tuple[int, int]
    split: str
    truth: tuple[str, ...]
    population: Population

    @staticmethod
    def of(*, count: int, seed: int, size: tuple[int, int], split: str, truth: str, skew: Sequence[str]) -> Order:
        """An order from a person's words. Raises Refusal for whatever cannot be drawn."""
        width, height = size
        if count < 1:
            raise Refusal(f"count {count} is too small; at least 1")
        if seed < 0:
            raise Refusal(f"seed {seed} is too small; at least 0")
        if not (LEAST <= width <= MOST and LEAST <= height <= MOST and 0.5 <= width / height <= 2):
            raise Refusal(f"size {width}x{height} is not within {LEAST} to {MOST} pixels a side and 1:2 to 2:1")
        if split not in SPLITS:
            raise unknown("split", split, SPLITS)
        channels = tuple(dict.fromkeys(name.strip() for name in truth.split(",") if name.strip()))
        for name in channels:
            if name not in CHANNELS:
                raise unknown("truth channel", name, CHANNELS)
        population = EVEN
        for share in skew:
            population = skewed(population, share)
        return Order(count, seed, size, split, channels, population)

    def scene(self, seed: int) -> storybook.Scene:
        return storybook.sample(seed, split=self.split, population=self.population)


def skewed(population: Population, share: str) -> Population:
    """A population with one share changed: ``male=3``, ``dark=0``, or of one kind alone, ``doctor:male=9``."""
    name, equals, number = share.rpartition("=")
    kind, colon, value = name.rpartition(":")
    try:
        weight = float(number)
    except ValueError:
        weight = -1.0
    if not equals or not 0 <= weight < 1e6:
        raise Refusal(f"share {share!r} is not like dark=3 or doctor:male=9, with a number from 0 up")
    people = [name for name in KINDS if KINDS[name].group == "person"]
    if colon and kind not in people:
        raise unknown("person", kind, people)
    own = population.kinds.get(kind, replace(population, kinds={})) if colon else population
    if value in SKINS:
        own = replace(own, skins=_set(own.skins, SKINS.index(value), weight))
    elif value in GENDERS:
        own = replace(own, genders=_set(own.genders, GENDERS.index(value), weight))
    else:
        raise unknown("skin or gender", value, (*SKINS, *GENDERS))
    if not (sum(own.skins) and sum(own.genders)):
        raise Refusal(f"share {share!r} leaves nobody")
    return replace(population, kinds={**population.kinds, kind: own}) if colon else own


def write_shards(folder: Path, order: Order, *, force: bool) -> Iterator[tuple[int, Path | None]]:
    """Draws every scene of the order and writes tar files of at most PER_SHARD scenes.

    A sample is ``SEED.png``, ``SEED.txt`` (a caption), ``SEED.json`` (scene and facts) and ``SEED.CHANNEL.png`` for
    every channel of truth. The same order gives the same bytes. Yields after each scene how many are drawn and, when a
    shard was closed with it, its path. Raises Refusal if the disk does not take a shard: those before it stay.
    """
    _ready(folder / f"{order.split}-{order.seed:09d}.tar", force=force)
    seeds = range(order.seed, order.seed + order.count)
    first, shard, tar = order.seed, *_opened()
    for done, seed in enumerate(seeds, 1):
        for name, data in sample_files(order, seed).items():
            entry = tarfile.TarInfo(f"{seed:09d}.{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        path = None
        if (done % PER_SHARD == 0) or shard.tell() > MOST_BYTES or done == order.count:
            tar.close()
            path = folder / f"{order.split}-{first:09d}.tar"
            write_whole(path, shard.getvalue(), force=force)
            first, shard, tar = seed + 1, *_opened()
        yield done, path


def write_sheet(folder: Path, order: Order, *, force: bool) -> Path:
    """The first hundred scenes of the order on one contact sheet."""
    path = folder / "sheet.png"
    _ready(path, force=force)
    width, height = order.size
    scale = 160 / max(width, height)
    size = max(LEAST, round(width * scale)), max(LEAST, round(height * scale))
    seeds = range(order.seed, order.seed + min(order.count, GLANCE))
    pictures = [storybook.draw(order.scene(seed), size) for seed in seeds]
    write_whole(path, _png(storybook.sheet(pictures, min(COLUMNS, len(pictures)))), force=force)
    return path


def sample_files(order: Order, seed: int) -> Mapping[str, bytes]:
    """The files of one sample by their endings."""
    scene, size, truth = order.scene(seed), order.size, order.truth
    caption = storybook.told(scene, seed, split=order.split)
    facts: dict[str, Any] = {
        "seed": seed, "split": order.split, "version": storybook.VERSION, "length": caption.length,
        "facts": caption.facts, "scene": json.loads(scene.to_json()),
    }  # fmt: skip
    pictures = {"png": storybook.draw(scene, size)}
    if "mask" in truth:
        facts["parts"] = [asdict(found) for found in storybook.seen(scene, size)]
        pictures["mask.png"] = storybook.instances(scene, size)
    if "edge" in truth:
        pictures["edge.png"] = storybook.edges(scene, size)
    if "depth" in truth:
        pictures["depth.png"] = storybook.depth(scene, size)
    if "pose" in truth:
        facts["skeletons"] = [asdict(found) for found in storybook.skeletons(scene, size)]
        pictures["pose.png"] = storybook.pose(scene, size)
    files = {name: _png(picture) for name, picture in pictures.items()}
    return files | {"txt": caption.text.encode(), "json": json.dumps(facts).encode()}


def _ready(path: Path, *, force: bool) -> None:
    """Makes the folder and refuses now what could not be written later."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"cannot make {path.parent}: {reason(error)}") from error
    check_writable(path, force=force)


def _opened() -> tuple[io.BytesIO, tarfile.TarFile]:
    file = io.BytesIO()
    return file, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT)


def _png(picture: Picture) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=4)
    return file.getvalue()


def _set(shares: tuple[float, ...], at: int, weight: float) -> tuple[float, ...]:
    return (*shares[:at], weight, *shares[at + 1 :])
