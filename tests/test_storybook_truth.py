"""The truths of a picture agree with its pixels: every figure of a thousand scenes is drawn again, alone."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("skia")

from sfumato.storybook import Picture, Scene, depth, draw, edges, instances, parts, sample, seen, skeletons
from sfumato.storybook.draw import arranged, paint
from sfumato.storybook.kinds import KINDS
from sfumato.storybook.layout import Copy
from sfumato.storybook.truth import alone, outlines, pose

SCENES = int(os.environ.get("SFUMATO_SCENES", "1000"))
SIZE = (96, 96)
Mask = npt.NDArray[np.bool_]


def grown(mask: Mask, by: int) -> Mask:
    """The mask and everything within `by` pixels of it."""
    for _ in range(by):
        wide = mask.copy()
        wide[1:] |= mask[:-1]
        wide[:-1] |= mask[1:]
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
        mask = wide
    return mask


def copies(scene: Scene) -> list[Copy]:
    """Who is there, those behind first."""
    return [(spot.figure, spot.copy) for spot in arranged(scene, SIZE)[1]]


@cache
def scene_of(seed: int) -> Scene:
    return sample(seed)


@cache
def numbers_of(seed: int) -> Picture:
    return instances(scene_of(seed), SIZE)


@cache
def alone_of(seed: int, copy: Copy) -> Picture:
    return alone(scene_of(seed), SIZE, copy)


def test_masks_and_depth_agree_with_each_figure_alone() -> None:
    for seed in range(SCENES):
        scene = scene_of(seed)
        together, ranks = numbers_of(seed), depth(scene, SIZE)
        painted, order = np.zeros_like(together), np.zeros_like(ranks)
        for rank, copy in enumerate(copies(scene), 1):
            mine = alone_of(seed, copy)
            painted, order = np.where(mine > 0, mine, painted), np.where(mine > 0, rank, order)
        assert np.array_equal(painted, together), seed
        assert np.array_equal(order, ranks), seed
        assert set(np.unique(together).tolist()) <= {0, *(part.number for part in parts(scene))}


def test_masks_agree_with_the_colours() -> None:
    """What hides the paper is the figure: painted on black and on gray paper, only the rest of the page changes."""
    wrong = Counter[str]()
    for seed in range(SCENES):
        scene = scene_of(seed)
        for copy in copies(scene):
            cast = frozenset({copy})
            dark, pale = (paint(scene, SIZE, cast=cast, paper=paper).astype(int) for paper in (0x000000, 0x505050))
            bare = paint(scene, SIZE, cast=frozenset(), paper=0x505050).astype(int)
            bare -= paint(scene, SIZE, cast=frozenset(), paper=0x000000)
            change = np.abs(pale - dark).sum(2) / np.maximum(np.abs(bare).sum(2), 1)
            hidden, mask = change < 0.3, alone_of(seed, copy) > 0
            usual = np.abs(bare).sum(2) > 30  # where the style lets any paper through
            missing = usual & hidden & ~grown(mask, 2)
            spare = usual & ~grown(~mask, 2) & (change > 0.7)
            # the Zs of a sleeper, a dancer's notes, dust under running feet have no number
            airy = scene.figures[copy[0]].action in ("sleeping", "dancing", "running", "jumping")
            share = 0.15 if airy else 0.02
            if missing.sum() > share * mask.sum() + 4 or spare.sum() > 0.02 * mask.sum() + 2:
                wrong[f"{scene.figures[copy[0]].kind} {scene.figures[copy[0]].action} {scene.style}"] += 1
    assert not wrong, wrong


def test_boxes_and_visible_shares_agree_with_the_masks() -> None:
    for seed in range(0, SCENES, 5):
        scene = scene_of(seed)
        together = numbers_of(seed)
        for found in seen(scene, SIZE):
            mask = together == found.part.number
            whole = alone_of(seed, (found.part.figure, found.part.copy)) == found.part.number
            assert not (mask & ~whole).any()
            assert found.visible == pytest.approx(mask.sum() / max(whole.sum(), 1))
            if found.box is None:
                assert not mask.any()
                continue
            left, top, right, bottom = found.box
            inside = np.zeros_like(mask)
            inside[top:bottom, left:right] = True
            assert not (mask & ~inside).any()
            for row in (mask[top], mask[bottom - 1], mask[:, left], mask[:, right - 1]):
                assert row.any()


def test_edges_lie_where_the_numbers_change_and_the_colours_with_them() -> None:
    contrast = []
    for seed in range(0, SCENES, 5):
        scene = scene_of(seed)
        numbers, edge = numbers_of(seed), edges(scene, SIZE) > 0
        assert np.array_equal(edge, outlines(numbers) > 0)
        y, x = np.nonzero(edge)
        for dy, dx in ((0, 1), (1, 0)):  # an edge has two sides: some neighbour is another part
            same = numbers[np.minimum(y + dy, 95), np.minimum(x + dx, 95)] == numbers[y, x]
            same &= numbers[np.maximum(y - dy, 0), np.maximum(x - dx, 0)] == numbers[y, x]
            edge[y[~same], x[~same]] = False
        assert not edge.any()
        picture = draw(scene, SIZE).astype(int).sum(2)
        step = np.abs(np.diff(picture, axis=1))[:, :-1] + np.abs(np.diff(picture, axis=1))[:, 1:]
        on = grown(outlines(numbers) > 0, 1)[:, 1:-1]
        contrast.append(step[on].mean() / max(step[~on].mean(), 1))
    assert np.mean(contrast) > 2  # colours change on edges far more than elsewhere


def test_skeletons_lie_in_their_bodies() -> None:
    checked, astray = 0, Counter[str]()
    for seed in range(SCENES):
        scene = scene_of(seed)
        for skeleton in skeletons(scene, SIZE):
            figure = scene.figures[skeleton.figure]
            body = grown(alone_of(seed, (skeleton.figure, skeleton.copy)) > 0, 2)
            assert {"head", "neck", "left hand", "right foot"} <= skeleton.joints.keys(), figure.kind
            for name, (x, y) in skeleton.joints.items():
                checked += 1
                if not body[min(max(round(y), 0), 95), min(max(round(x), 0), 95)]:
                    astray[f"{figure.kind} {figure.action}: {name}"] += 1
            if figure.action == "standing":
                assert skeleton.joints["head"][1] < skeleton.joints["neck"][1] < skeleton.joints["left foot"][1]
        people = sum(f.count for f in scene.figures if KINDS[f.kind].alive)
        assert len(skeletons(scene, SIZE)) == people
        assert pose(scene, SIZE).any() == bool(people)
    assert checked > SCENES and sum(astray.values()) < 0.01 * checked, astray


def test_everybody_is_on_the_page_and_seen() -> None:
    cut, hidden = Counter[str](), Counter[str]()
    for seed in range(SCENES):
        scene = scene_of(seed)
        together = numbers_of(seed)
        rim = np.concatenate([together[0], together[-1], together[:, 0], together[:, -1]])
        if (rim > 0).sum() > 4:
            cut[" ".join(figure.kind for figure in scene.figures)] += 1
        for copy in copies(scene):
            mine = [part.number for part in parts(scene) if (part.figure, part.copy) == copy]
            share = np.isin(together, mine).sum() / max((alone_of(seed, copy) > 0).sum(), 1)
            if share < 0.35:
                figure = scene.figures[copy[0]]
                hidden[f"{seed}: {figure.count} {figure.kind} {[r.name for r in scene.relations]}"] += 1
    assert sum(cut.values()) <= 0.01 * SCENES, cut
    assert not hidden, hidden


def box(seed: int, figure: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a figure with all its copies, as if nobody else were there."""
    masks = [alone_of(seed, copy) > 0 for copy in copies(scene_of(seed)) if copy[0] == figure]
    rows, columns = np.nonzero(np.any(masks, 0).any(1))[0], np.nonzero(np.any(masks, 0).any(0))[0]
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def test_relations_are_drawn_without_doubt() -> None:
    met = Counter[str]()
    for seed in range(SCENES):
        scene = scene_of(seed)
        for relation in scene.relations:
            met[relation.name] += 1
            left, top, right, bottom = box(seed, relation.subject)
            other = box(seed, relation.object)
            middle, across = (left + right) / 2, (other[0] + other[2]) / 2
            order = [copy[0] for copy in copies(scene)]
            told = f"{seed}: {' '.join(figure.kind for figure in scene.figures)}, {relation}"
            if relation.name == "left of":
                assert right <= other[0] + 1, told
            elif relation.name == "right of":
                assert left >= other[2] - 1, told
            elif relation.name == "above":
                assert bottom <= other[1] + 1 and abs(middle - across) < 20, told
            elif relation.name == "below":
                assert top >= other[3] - 1 and abs(middle - across) < 20, told
            elif relation.name == "between":
                assert relation.second is not None
                ends = sorted((other, box(seed, relation.second)))
                assert ends[0][2] - 1 <= left and right <= ends[1][0] + 1, told
            elif relation.name in ("on", "inside"):
                assert other[0] <= middle <= other[2] and other[1] - 3 <= bottom <= other[3] - 1, told
                assert top < other[3] and order.index(relation.subject) > order.index(relation.object), told
            elif relation.name == "under":
                assert other[0] <= middle <= other[2] and top > other[1] and bottom <= other[3] + 4, told
            else:
                ahead = order.index(relation.subject) > order.index(relation.object)
                assert ahead == (relation.name == "in front of"), told
                assert min(right, other[2]) - max(left, other[0]) > 0, told
    assert set(met) == {"left of", "right of", "above", "below", "on", "under", "in front of", "behind", "between",
                        "inside"}  # fmt: skip
