"""Where everybody stands: relations become places without doubt, then a camera frames them as a person would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from .kind import Extent
from .kinds import KINDS
from .scene import Relation, Scene

Copy = tuple[int, int]  # which figure, which of its copies

MARGIN: Final = 0.035  # of the smaller side, kept free at the rim
RECEDE: Final = 0.16  # how much smaller the farthest stand
FILLS: Final = {"tiny": 0.2, "small": 0.34, "medium": 0.62, "big": 0.78, "huge": 0.95}  # how much of a page one takes


@dataclass(frozen=True)
class Spot:
    """One copy of a figure on the page: the origin of its frame and the length of its unit, in pixels.

    ``depth`` 0 is the near edge of the ground, 1 the far one. ``opening``: the ellipse (left, top, right, bottom in
    pixels) of a container it stands in, whose nearer rim hides it.
    """

    figure: int
    copy: int
    x: float
    y: float
    unit: float
    depth: float
    lift: float  # above the floor
    opening: tuple[float, float, float, float] | None = None
    floats: bool = False


@dataclass(frozen=True)
class Ground:
    """Heights on the page in pixels: the far edge of the ground, and where the nearest and the farthest feet stand."""

    far: float
    near_feet: float
    far_feet: float

    @staticmethod
    def of(scene: Scene, width: float, height: float) -> Ground:
        unit = min(width, height)
        tall = max(0.0, height - width)
        if scene.place == "lake":  # they stand on a shore; the water before them mirrors them
            near = height * 0.735
            return Ground(near - unit * (0.07 + 0.03 * scene.horizon), near, near - unit * 0.03)
        near = height - unit * 0.075 - tall * 0.08
        far = near - unit * (0.12 + 0.1 * scene.horizon)
        return Ground(far, near, near + (far - near) * 0.62)


@dataclass
class _Piece:
    """A copy while it is being placed, in dogs: x to the right, lift above the floor."""

    figure: int
    copy: int
    x: float
    lift: float
    depth: float
    scale: float
    box: Extent
    base: int | None = None  # the figure it is inside of

    @property
    def left(self) -> float:
        return self.x + self.box.left * self.scale

    @property
    def right(self) -> float:
        return self.x + self.box.right * self.scale

    @property
    def top(self) -> float:
        return self.lift - self.box.top * self.scale

    @property
    def wide(self) -> float:
        return self.right - self.left


class _Column(list[_Piece]):
    """What stands together, drawn in this order; columns never overlap."""

    def span(self) -> tuple[float, float]:
        return min(piece.left for piece in self), max(piece.right for piece in self)


def layout(scene: Scene, width: float, height: float, boxes: Mapping[Copy, Extent]) -> list[Spot]:
    """A spot for every copy, those behind first. ``boxes`` are the drawn bounds in each one's own frame, flipped."""
    chance = Random(scene.detail * 48271 + 7)
    ground = Ground.of(scene, width, height)
    columns = _columns(scene, boxes, chance)
    _float(scene, columns, chance)
    gaps = [chance.uniform(0.06, 0.22) for _ in columns]
    x = 0.0
    for column, gap in zip(columns, gaps, strict=True):
        left, right = column.span()
        for piece in column:
            piece.x += x - left
        x += right - left + gap
    total = x - gaps[-1]
    pieces = [piece for column in columns for piece in column]
    zoom = _zoom(scene, width, height, ground, pieces, total, chance)
    margin = MARGIN * min(width, height)
    spare = width - 2 * margin - total * zoom
    start = margin + spare * chance.uniform(0.25, 0.75)
    spots = []
    for column in columns:
        left, right = column.span()
        middle = (left + right) / 2
        spots += [_spot(piece, middle, start, zoom, ground, scene) for piece in column]
    if all(KINDS[figure.kind].floats for figure in scene.figures):
        spots = _aloft(spots, boxes, ground, margin, chance.random())
    hosts = {spot.figure: spot for spot in spots}
    spots = [
        spot if piece.base is None else replace(spot, opening=_opening(scene, hosts[piece.base]))
        for piece, spot in zip(pieces, spots, strict=True)
    ]
    order = sorted(range(len(pieces)), key=lambda i: -pieces[i].depth)  # stable: an object comes before its subjects
    return [spots[i] for i in order]


def _columns(scene: Scene, boxes: Mapping[Copy, Extent], chance: Random) -> list[_Column]:
    by_subject = {relation.subject: relation for relation in scene.relations}
    columns: list[_Column] = []
    home: dict[int, _Column] = {}
    waiting = sorted(range(len(scene.figures)), key=lambda i: i in by_subject)
    while waiting:
        i = next(i for i in waiting if _ready(by_subject.get(i), home))
        waiting.remove(i)
        block, relation = _block(scene, i, boxes, chance), by_subject.get(i)
        where, share = chance.random(), chance.random()
        if relation is None:
            at = round(where * len(columns))
        elif relation.name == "between":
            assert relation.second is not None
            at = max(_at(columns, home[relation.object]), _at(columns, home[relation.second]))
        elif relation.name in ("left of", "right of"):
            at = _at(columns, home[relation.object]) + (relation.name == "right of")
        else:
            home[i] = column = home[relation.object]
            _join(scene, relation, column, block, share)
            continue
        home[i] = block
        columns.insert(at, block)
        depth = share * 0.45
        for piece in block:
            piece.depth += depth
    return columns


def _at(columns: list[_Column], column: _Column) -> int:
    return next(i for i, other in enumerate(columns) if other is column)


def _ready(relation: Relation | None, home: Mapping[int, _Column]) -> bool:
    return relation is None or (relation.object in home and (relation.second is None or relation.second in home))


def _block(scene: Scene, i: int, boxes: Mapping[Copy, Extent], chance: Random) -> _Column:
    """The copies of one figure: in a row, four and more in two rows, those behind in the gaps."""
    figure = scene.figures[i]
    base = [_Piece(i, k, 0.0, 0.0, 0.0, figure.unit, boxes[i, k]) for k in range(figure.count)]
    rows = 2 if figure.count >= 4 and not KINDS[figure.kind].floats else 1
    wobble = [chance.uniform(0, 0.15) for _ in base]
    step = max(piece.wide for piece in base) + 0.03
    if rows == 2:
        step *= 0.62  # neighbours stand in different rows
    for k, piece in enumerate(base):
        piece.x = k * step - (piece.box.left + piece.box.right) / 2 * piece.scale
        piece.depth = wobble[k] if rows == 1 else wobble[k] + (0.0 if k % 2 else 0.75)
        if KINDS[figure.kind].floats:
            piece.lift = wobble[k] * 2 * figure.unit
    return _Column(sorted(base, key=lambda piece: -piece.depth))


def _join(scene: Scene, relation: Relation, column: _Column, block: _Column, share: float) -> None:
    """Places a block where it is on, in, under, over, before or behind the only object it refers to."""
    near = [piece for piece in column if piece.figure == relation.object]
    left, right = min(piece.left for piece in near), max(piece.right for piece in near)
    base, row = near[0], KINDS[scene.figures[relation.object].kind]
    flip = -1 if scene.figures[relation.object].flip else 1
    low, high = block.span()
    size, middle = high - low, (low + high) / 2
    if relation.name in ("on", "inside", "under"):
        if relation.name == "on":
            assert row.top is not None
            a, b, y = row.top
        elif relation.name == "inside":
            assert row.inside is not None
            a, _, b, y = row.inside
        else:
            assert row.under is not None
            a, b, y = row.under[0], row.under[1], 0.0
        if flip < 0:
            a, b = -b, -a
        a, b = base.x + a * base.scale, base.x + b * base.scale
        stance = size * 0.5
        x = (a + b) / 2 + (share - 0.5) * max(0.0, b - a - stance) * 0.6
        for piece in block:
            piece.x += x - middle
            piece.lift, piece.depth = base.lift - y * base.scale, base.depth
            if relation.name == "inside":  # it stands deeper than the rim that hides its feet
                piece.lift -= 0.22 * min(piece.top - piece.lift, -y * base.scale)
            piece.base = relation.object if relation.name == "inside" else None
        if relation.name == "under":
            for piece in block:
                piece.depth -= 0.08
        column.extend(block)
    elif relation.name in ("above", "below"):
        for piece in block:
            piece.x += (left + right) / 2 - middle + (share - 0.5) * 0.2
        under, over = (near, block) if relation.name == "above" else (block, near)
        raised = max(piece.top for piece in under) + 0.12 - min(piece.lift for piece in over)
        for piece in over:
            piece.lift += raised
        for piece in block if relation.name == "below" else ():
            piece.depth = 0.3
        column.extend(block)
    else:
        ahead = relation.name == "in front of"
        mine, theirs = _bodies(scene, block), _bodies(scene, near)
        size, other = mine[1] - mine[0], theirs[1] - theirs[0]
        front, back = (size, other) if ahead else (other, size)
        if front < back * 0.5:  # a small one before a large one: anywhere along it
            offset = (share - 0.5) * (back - front) * 0.8
        else:
            cover = 0.36 if back > front * 0.6 else 0.18  # a small one behind a large one looks out beside it
            offset = (1 if share < 0.5 else -1) * ((front + back) / 2 - cover * min(front, back))
        middle, centre = sum(mine) / 2, sum(theirs) / 2
        for piece in near:
            piece.depth = 0.5 if ahead else 0.1
        for piece in block:
            piece.x += centre + offset - middle
            piece.depth = near[0].depth + (-0.42 if ahead else 0.42)
        column.extend(block)


def _bodies(scene: Scene, pieces: list[_Piece]) -> tuple[float, float]:
    """Left and right of what surely hides something: bodies without tails and wings, and things."""
    spans = []
    for piece in pieces:
        figure = scene.figures[piece.figure]
        half = (0.4 if figure.action == "sleeping" else 0.25) * piece.scale
        alive = KINDS[figure.kind].alive
        spans.append((piece.x - half, piece.x + half) if alive else (piece.left, piece.right))
    return min(left for left, _ in spans), max(right for _, right in spans)


def _float(scene: Scene, columns: list[_Column], chance: Random) -> None:
    """Raises what hangs in the air and has no other place."""
    tied = {relation.subject for relation in scene.relations if relation.name in ("above", "below")}
    tied |= {relation.object for relation in scene.relations if relation.name in ("above", "below")}
    tops = [piece.top for column in columns for piece in column if not KINDS[scene.figures[piece.figure].kind].floats]
    for i, figure in enumerate(scene.figures):
        rise = chance.uniform(0.25, 0.6)
        if KINDS[figure.kind].floats and i not in tied:
            for column in columns:
                for piece in column:
                    if piece.figure == i:
                        piece.lift += rise * max(tops, default=0.0)
                        piece.depth = 0.3


def _zoom(
    scene: Scene, width: float, height: float, ground: Ground, pieces: list[_Piece], total: float, chance: Random
) -> float:
    """Pixels in a dog: everything fits, and fills the page as much as its size says."""
    unit = min(width, height)
    margin = MARGIN * unit
    breath = chance.uniform(0.88, 1.0)
    most = (width - 2 * margin) / total
    for piece in pieces:
        feet = ground.near_feet + (ground.far_feet - ground.near_feet) * min(piece.depth, 1.0)
        most = min(most, (feet - margin) / (piece.top * (1 - RECEDE * piece.depth)))
    if len(scene.figures) > 1:
        return most * (0.98 * breath)
    figure = scene.figures[0]
    tall = max(piece.top for piece in pieces)
    fill = FILLS[figure.size] * breath
    if figure.size == "medium" and not KINDS[figure.kind].alive:
        fill *= min(1.2, max(0.68, KINDS[figure.kind].tall**0.4))  # an apple is not as large as a house
    return min(most * (1 if figure.size == "huge" else 0.97), fill * (ground.near_feet - margin) / tall, most)


def _spot(piece: _Piece, middle: float, start: float, zoom: float, ground: Ground, scene: Scene) -> Spot:
    depth = min(max(piece.depth, 0.0), 1.0)
    near = 1 - RECEDE * depth
    feet = ground.near_feet + (ground.far_feet - ground.near_feet) * depth
    x = start + (middle + (piece.x - middle) * near) * zoom
    floats = KINDS[scene.figures[piece.figure].kind].floats
    return Spot(piece.figure, piece.copy, x, feet - piece.lift * zoom * near, piece.scale * zoom * near, depth,
                piece.lift * zoom * near, floats=floats)  # fmt: skip


def _aloft(
    spots: list[Spot], boxes: Mapping[Copy, Extent], ground: Ground, margin: float, share: float
) -> list[Spot]:
    """Nobody stands on the ground: the group hangs in the middle of the sky."""
    top = min(spot.y + boxes[spot.figure, spot.copy].top * spot.unit for spot in spots)
    bottom = max(spot.y for spot in spots)
    free = max(0.0, ground.near_feet - margin - (bottom - top))
    shift = margin + free * (0.3 + 0.3 * share) - top
    return [replace(spot, y=spot.y + shift, lift=spot.lift - shift) for spot in spots]


def _opening(scene: Scene, host: Spot) -> tuple[float, float, float, float]:
    figure = scene.figures[host.figure]
    opening = KINDS[figure.kind].inside
    assert opening is not None
    left, top, right, bottom = opening
    if figure.flip:
        left, right = -right, -left
    return (host.x + left * host.unit, host.y + top * host.unit, host.x + right * host.unit,
            host.y + bottom * host.unit)  # fmt: skip
