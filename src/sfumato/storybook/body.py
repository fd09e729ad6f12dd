"""The body plan: one skeleton, ten doings, and the order in which the parts of a character are drawn.

Frame: the feet stand on y = 0, up is negative, the head ends near y = -1, x = 0 is the middle. A character is a
Build, a row of proportions and parts; parts of a head are drawn about its centre, all others in the body's frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final, Literal

import skia

from .accessories import WARDROBE, Fit
from .brush import Brush, Point, Shape, blob, curve, oval
from .face import Coat, Lips, Mood, Mouth, Part, draw_eyes, soft_mouth
from .kind import Kind, Slot
from .palette import INK

if TYPE_CHECKING:
    from .scene import Figure

ALL_SLOTS: Final[tuple[Slot, ...]] = ("head", "eyes", "neck", "body", "back", "feet")


@dataclass(frozen=True)
class Limb:
    """Where its middle and its end are, from its root: x outwards, y down; ``turn``: of the foot, outwards."""

    middle: Point
    end: Point
    turn: float = 0.0


@dataclass(frozen=True)
class Pose:
    """A doing. Limbs are listed left to right on the page; ``lift`` raises the hips, ``lean`` turns all above them."""

    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    lift: float = 0.0
    lean: float = 0.0
    seated: bool = False
    look: float | None = None  # where the face turns, when the doing says so


HANG: Final = Limb((0.075, 0.1), (0.07, 0.18))
HOLD: Final = Limb((0.085, 0.09), (0.16, 0.0))
RAISED: Final = Limb((0.13, 0.03), (0.21, -0.15))
PLANT: Final = Limb((0.0, 0.07), (0.0, 0.14))
STAND: Final = Pose((HANG, HANG), (PLANT, PLANT))

POSES: Final[dict[str, Pose]] = {
    "": STAND,
    "standing": STAND,
    "reading": STAND,
    "holding": Pose((HANG, HOLD), (PLANT, PLANT)),
    "waving": Pose((HANG, RAISED), (PLANT, PLANT)),
    "eating": Pose((HANG, HOLD), (PLANT, PLANT)),
    "sitting": Pose((HANG, HANG), (PLANT, PLANT), lift=-0.1, seated=True),
    "running": Pose(
        (Limb((0.12, 0.05), (0.2, -0.03)), Limb((0.09, 0.1), (0.19, 0.04))),
        (Limb((0.05, 0.08), (0.2, 0.055), 62.0), Limb((0.1, 0.03), (0.16, 0.12), -22.0)), lift=0.05,
        lean=11.0, look=1.0),
    "jumping": Pose(
        (Limb((0.12, -0.01), (0.19, -0.17)), Limb((0.12, -0.01), (0.19, -0.17))),
        (Limb((0.07, 0.05), (0.03, 0.12), 25.0), Limb((0.07, 0.05), (0.03, 0.12), 25.0)), lift=0.2),
    "dancing": Pose(
        (Limb((0.14, 0.07), (0.2, -0.03)), Limb((0.11, -0.03), (0.15, -0.2))),
        (Limb((0.0, 0.07), (-0.02, 0.14)), Limb((0.12, 0.03), (0.19, 0.09), -30.0)), lean=-8.0),
}  # fmt: skip


def both_cover(first: Shape, second: Shape) -> Shape:
    """What two shapes share; kept and filled, it costs a tenth of a clip."""
    return skia.Op(first, second, skia.PathOp.kIntersect_PathOp)


def nothing(brush: Brush, coat: Coat, mood: Mood) -> None:
    """No such part."""


def round_head(rx: float, ry: float) -> Shape:
    return oval(0, 0, rx, ry)


def round_trunk(rx: float, ry: float) -> Shape:
    return blob((0, -ry), (rx * 0.72, -ry * 0.66), (rx, ry * 0.2), (rx * 0.72, ry * 0.86), (0, ry),
                (-rx * 0.72, ry * 0.86), (-rx, ry * 0.2), (-rx * 0.72, -ry * 0.66))  # fmt: skip


def pale_belly(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    brush.fill(oval(0, ry * 0.18, rx * 0.62, ry * 0.68), coat.light)


def bare_belly(brush: Brush, coat: Coat, rx: float, ry: float) -> None:
    """Nothing on it."""


def paw(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(oval(0, 0, size, 0.043), coat.foot)


def bird_foot(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(blob((-size * 0.45, -0.03), (size * 0.45, -0.03), (size, 0.035), (size * 0.5, 0.022), (0, 0.042),
                    (-size * 0.5, 0.022), (-size, 0.035), tension=0.6), coat.nose)  # fmt: skip


def hoof(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(blob((-size * 0.7, -0.045), (size * 0.7, -0.045), (size, 0.04), (-size, 0.04), tension=0.5), coat.foot)


def shoe(brush: Brush, coat: Coat, size: float) -> None:
    brush.draw(blob((-size * 0.6, -0.05), (size * 0.6, -0.05), (size, 0.0), (size * 0.95, 0.042), (-size * 0.95, 0.042),
                    (-size, 0.0), tension=0.7), coat.foot)  # fmt: skip


def limb_arm(brush: Brush, coat: Coat, width: float, points: tuple[Point, Point, Point]) -> None:
    brush.limb(curve(*points), coat.arm, width)
    if coat.hand != coat.arm:
        brush.draw(oval(*points[2], width * 0.54), coat.hand)


def wing_arm(brush: Brush, coat: Coat, width: float, points: tuple[Point, Point, Point]) -> None:
    """A flipper or a wing: broad at the root, pointed at the tip."""
    (x0, y0), (x1, y1), (x2, y2) = points
    length = math.hypot(x2 - x0, y2 - y0) or 1.0
    nx, ny = -(y2 - y0) / length, (x2 - x0) / length
    tip = (x2 + (x2 - x1) * 0.35, y2 + (y2 - y1) * 0.35)
    wide, broad = width * 0.62, width * 0.75
    brush.draw(
        blob((x0 + nx * wide, y0 + ny * wide), (x1 + nx * broad, y1 + ny * broad), tip,
             (x1 - nx * broad, y1 - ny * broad), (x0 - nx * wide, y0 - ny * wide)), coat.arm)  # fmt: skip


@dataclass(frozen=True)
class Build:
    """The proportions and the parts of one character. A hat sits at y = ``top`` of the head, 2 ``brim`` wide there."""

    coat: Callable[[Figure, Random], Coat]
    body: tuple[float, float]
    head: tuple[float, float]
    top: float
    brim: float
    mouth: Mouth
    skull: Callable[[float, float], Shape] = round_head
    trunk: Callable[[float, float], Shape] = round_trunk
    behind: Part = nothing  # behind the head: ears, a mane
    face: Part = nothing  # over the skull, under the eyes
    front: Part = nothing  # over the eyes: a trunk, a fringe
    back: Part = nothing  # behind the body: a tail, wings, a shell
    lips: Lips = soft_mouth
    belly: Callable[[Brush, Coat, float, float], None] = pale_belly
    arm: Callable[[Brush, Coat, float, tuple[Point, Point, Point]], None] = limb_arm
    foot: Callable[[Brush, Coat, float], None] = paw
    eyes: Point = (0.088, -0.04)
    eye: float = 0.046
    ground: Literal["base", "light", "dark", "nose"] = "base"  # what the eyes lie on
    gaze: float = 0.03  # how far the eyes move with the look
    sole: float = 0.09
    leg: float = 0.2
    neck: float = 0.0
    ruff: float = 0.0  # how far a mane or spines stand out below the head
    thick: tuple[float, float] = (0.088, 0.115)  # arms and legs


def draw_character(build: Build, brush: Brush, figure: Figure, chance: Random) -> None:
    """Draws one character with all it wears and holds."""
    stretch, size, tilt = chance.uniform(0.94, 1.06), chance.uniform(0.96, 1.07), chance.uniform(-7, 7)
    look, eye, wag = chance.uniform(-1, 1), chance.uniform(0.92, 1.12), chance.uniform(-9, 9)
    swing, weight, curl = chance.uniform(-0.018, 0.018), chance.uniform(0.92, 1.1), chance.random()
    coat = build.coat(figure, chance)
    pose = POSES.get(figure.action, STAND)
    look = look if pose.look is None else pose.look
    asleep = figure.action == "sleeping"
    mood = Mood(figure.expression or "happy", look, eye, wag, asleep, figure.action == "reading",
                figure.gender == "female", curl)  # fmt: skip
    with brush.labelled("self"), brush.frame(stretch=stretch), _line(brush, weight):
        if asleep:
            _asleep(brush, build, figure, coat, mood, (tilt, size))
        else:
            _upright(brush, build, figure, coat, mood, pose, (tilt, size, swing))


@contextmanager
def _line(brush: Brush, weight: float) -> Iterator[None]:
    before = brush.line
    brush.line = before * weight
    yield
    brush.line = before


@contextmanager
def _lit(brush: Brush, figure: Figure) -> Iterator[None]:
    """A frame mirrored where needed, so that shade always falls to the right of what is drawn in it."""
    with brush.frame(flip=(brush.light > 0) != figure.flip):
        yield


def _upright(
    brush: Brush, build: Build, figure: Figure, coat: Coat, mood: Mood, pose: Pose, jitter: tuple[float, float, float]
) -> None:
    tilt, size, swing = jitter
    rx, ry = build.body
    torso = -ry * 0.68
    neck = torso - ry + 0.02
    head = neck - build.neck - build.head[1] + 0.035
    shoulders = ((-rx * 0.72, torso - ry * 0.42), (rx * 0.72, torso - ry * 0.42))
    hips = tuple((side * rx * 0.52, 0.0) for side in (-1, 1))
    tall = (build.leg - 0.06) / 0.14  # a foot is 0.06 high
    hip = (-build.leg if not pose.seated else -0.2) - pose.lift
    held, hand = figure.held, -1 if figure.action in ("waving", "dancing") else 1
    both = held is not None and (figure.action == "reading" or _wide(held))
    over = held is not None and _towers(held)
    arms = [_reach(root, limb, side, swing) for root, limb, side in zip(shoulders, pose.arms, (-1, 1), strict=True)]
    if both:
        assert held is not None
        half = _half(held)
        for side in (-1, 1):
            root = shoulders[(side + 1) // 2]
            arms[(side + 1) // 2] = (root, (side * (rx + 0.06), torso + 0.06), (side * (half - 0.02), torso + 0.08))
    elif figure.action == "eating":
        root, below = shoulders[1], _rise(held) if held is not None else 0.05
        bite = (0.05, head + build.mouth.y + 0.02 + below)
        arms[1] = (root, (root[0] + 0.12, max(root[1] + 0.06, bite[1] + 0.02)), bite)
    elif held is not None and figure.action not in ("running", "jumping"):
        which = (hand + 1) // 2
        arms[which] = _reach(shoulders[which], HOLD, hand, swing)
    raised = [arm[2][1] < neck for arm in arms]

    if pose is not STAND:
        _signs(brush, figure, hip)
    with brush.frame(0, hip, turn=pose.lean):
        _worn_behind(brush, build, figure, mood, neck, ry)
        with brush.frame(0, 0.2):
            build.back(brush, coat, mood)
        if held is not None and over:
            _held(brush, figure, held, arms[(hand + 1) // 2][2], figure.action)
    if not pose.seated:
        with brush.frame(0, hip):
            for side, root, limb in zip((-1, 1), hips, pose.legs, strict=True):
                _leg(brush, build, figure, coat, mood, root, limb, side, tall)
    with brush.frame(0, hip, turn=pose.lean):
        _torso(brush, build, figure, coat, torso)
        if pose.seated:
            for side in (-1, 1):
                _seated_leg(brush, build, figure, coat, mood, side)
        with brush.frame(0, torso):
            _wear(brush, figure, "body", Fit(rx, ry, mood.look))
        for arm, high in zip(arms, raised, strict=True):
            if not high and not both:
                build.arm(brush, coat, build.thick[0], arm)
        if build.neck:
            _neck(brush, coat, neck, head)
        with brush.frame(0, head, turn=tilt, scale=size):
            brush.joint("head", 0, 0)
            _head(brush, build, figure, coat, mood)
        with brush.frame(0, neck):
            brush.joint("neck", 0, 0)
            _wear(brush, figure, "back", Fit(rx, ry, mood.look))
            _wear(brush, figure, "neck", Fit(rx, ry, mood.look))
        if held is not None and not over:
            at = (0.0, torso + 0.03) if both else arms[(hand + 1) // 2][2]
            _held(brush, figure, held, at, "reading" if both else figure.action)
        for side, arm, high in zip((-1, 1), arms, raised, strict=True):
            if high:
                build.arm(brush, coat, build.thick[0], arm)
            elif both or (held is not None and side == hand):
                brush.draw(oval(*arm[2], build.thick[0] * 0.56), coat.hand)
            _joints(brush, figure, side, ("shoulder", "elbow", "hand"), arm)


def _reach(root: Point, limb: Limb, side: int, swing: float) -> tuple[Point, Point, Point]:
    (mx, my), (ex, ey) = limb.middle, limb.end
    return root, (root[0] + side * mx, root[1] + my + swing), (root[0] + side * (ex + swing), root[1] + ey + swing)


def _joints(brush: Brush, figure: Figure, side: int, names: tuple[str, ...], points: tuple[Point, ...]) -> None:
    """A character's own left is on the right of the page, unless it is mirrored."""
    own = "left" if (side > 0) != figure.flip else "right"
    for name, point in zip(names, points, strict=True):
        brush.joint(f"{own} {name}", *point)


def _torso(brush: Brush, build: Build, figure: Figure, coat: Coat, y: float) -> None:
    rx, ry = build.body
    with brush.frame(0, y):
        shape = _outline(build.trunk, rx, ry)
        brush.patterned(shape, coat.torso, figure.pattern, 0.11)
        build.belly(brush, coat, rx, ry)
        with _lit(brush, figure):
            brush.fill(_trunk_shade(build.trunk, rx, ry), INK, 0.1)


@cache
def _outline(shape: Callable[[float, float], Shape], rx: float, ry: float) -> Shape:
    return shape(rx, ry)


@cache
def _trunk_shade(shape: Callable[[float, float], Shape], rx: float, ry: float) -> Shape:
    return both_cover(shape(rx, ry), blob((rx * 1.2, -ry), (rx * 1.3, ry * 1.3), (-rx * 0.5, ry * 1.3),
                                          (rx * 0.45, ry * 0.7), (rx * 0.72, 0)))  # fmt: skip


def _neck(brush: Brush, coat: Coat, neck: float, head: float) -> None:
    brush.limb(curve((0, neck + 0.08), (0, (neck + head) / 2), (0, head)), coat.base, 0.13)
    for x, y, r in ((-0.03, 0.03, 0.03), (0.035, -0.03, 0.026), (-0.02, -0.08, 0.022)):
        brush.fill(oval(x, neck + y, r, r * 0.85), coat.dark)


def _leg(
    brush: Brush, build: Build, figure: Figure, coat: Coat, mood: Mood, root: Point, limb: Limb, side: int, tall: float
) -> None:
    (mx, my), (ex, ey) = limb.middle, limb.end
    x, y = root
    knee, end = (x + side * mx, y + my * tall), (x + side * ex, y + ey * tall)
    brush.limb(curve(root, knee, end), coat.leg, build.thick[1])
    with brush.frame(end[0] + side * 0.015, end[1] + 0.02, turn=-side * limb.turn):
        build.foot(brush, coat, build.sole)
        _wear(brush, figure, "feet", Fit(build.sole, build.thick[1], mood.look))
    _joints(brush, figure, side, ("hip", "knee", "foot"), (root, knee, end))


def _seated_leg(brush: Brush, build: Build, figure: Figure, coat: Coat, mood: Mood, side: int) -> None:
    rx = build.body[0]
    x = side * (rx * 0.55 + 0.06)
    brush.limb(curve((side * rx * 0.5, 0.0), (x, 0.025)), coat.leg, build.thick[1])
    with brush.frame(x + side * 0.012, 0.03):
        brush.draw(oval(0, 0, 0.066, 0.07), coat.foot)
        if coat.foot == coat.base:
            brush.fill(oval(0, 0.008, 0.036, 0.04), coat.inner)
        _wear(brush, figure, "feet", Fit(0.066, 0.07, mood.look, seated=True))
    _joints(brush, figure, side, ("hip", "knee", "foot"), ((side * rx * 0.5, 0.0), (x, 0.0), (x, 0.03)))


def _head(brush: Brush, build: Build, figure: Figure, coat: Coat, mood: Mood) -> None:
    rx, ry = build.head
    skull = _outline(build.skull, rx, ry)
    for worn in figure.worn:
        behind = WARDROBE[worn.kind].behind
        if WARDROBE[worn.kind].slot == "head" and behind is not None:
            with brush.labelled("worn", figure.worn.index(worn)):
                behind(brush, worn, Fit(build.brim, -build.top, mood.look, rx))
    build.behind(brush, coat, mood)
    brush.draw(skull, coat.base)
    with _lit(brush, figure):
        brush.fill(_skull_shade(build.skull, rx, ry), INK, 0.1)
    build.face(brush, coat, mood)
    build.lips(brush, coat, mood, build.mouth)
    ground = {"base": coat.base, "light": coat.light, "dark": coat.dark, "nose": coat.nose}[build.ground]
    draw_eyes(brush, ground, mood, build.eyes, build.eye, mood.look * build.gaze)
    build.front(brush, coat, mood)
    with brush.frame(mood.look * build.gaze, build.eyes[1]):
        _wear(brush, figure, "eyes", Fit(build.eyes[0], build.eye, mood.look, rx))
    with brush.frame(0, build.top):
        _wear(brush, figure, "head", Fit(build.brim, -build.top, mood.look, rx))


@cache
def _skull_shade(shape: Callable[[float, float], Shape], rx: float, ry: float) -> Shape:
    return both_cover(shape(rx, ry), blob((rx * 1.3, -ry), (rx * 1.3, ry * 1.3), (-rx * 0.6, ry * 1.3),
                                          (rx * 0.45, ry * 0.78), (rx * 0.84, 0)))  # fmt: skip


def _wear(brush: Brush, figure: Figure, slot: Slot, fit: Fit) -> None:
    for i, worn in enumerate(figure.worn):
        accessory = WARDROBE[worn.kind]
        if accessory.slot == slot:
            with brush.labelled("worn", i):
                accessory.draw(brush, worn, fit)


def _worn_behind(brush: Brush, build: Build, figure: Figure, mood: Mood, neck: float, ry: float) -> None:
    for i, worn in enumerate(figure.worn):
        accessory = WARDROBE[worn.kind]
        if accessory.behind is not None and accessory.slot != "head":
            with brush.labelled("worn", i), brush.frame(0, neck):
                accessory.behind(brush, worn, Fit(build.body[0], ry, mood.look))


def _kind(figure: Figure) -> Kind:
    from .kinds import KINDS  # late: kinds collects the characters, who may hold any kind

    return KINDS[figure.kind]


def _half(held: Figure) -> float:
    row = _kind(held)
    return (row.extent.right - row.extent.left) / 2 * row.grasp


def _rise(held: Figure) -> float:
    """How far it reaches above the hand."""
    row = _kind(held)
    return ((row.grip or (0.0, 0.0))[1] - row.extent.top) * row.grasp


def _towers(held: Figure) -> bool:
    """Whether it rises over the head and so belongs behind it: a balloon, an umbrella."""
    return _rise(held) > 0.42


def _wide(held: Figure) -> bool:
    """Whether it takes two hands."""
    return _half(held) > 0.23 and not _towers(held)


def _held(brush: Brush, figure: Figure, held: Figure, at: Point, action: str) -> None:
    row = _kind(held)
    gx, gy = row.grip or (0.0, 0.0)
    if action == "reading":
        gx, gy = (row.extent.left + row.extent.right) / 2, (row.extent.top + row.extent.bottom) / 2
    scale = row.grasp
    with (
        brush.labelled("held"),
        brush.frame(*at, scale=scale, flip=figure.flip != held.flip),
        brush.frame(-gx, -gy),
        _line(brush, 1 / scale),
    ):
        brush.grip()
        row.draw(brush, held, Random(held.variant))


def _asleep(
    brush: Brush, build: Build, figure: Figure, coat: Coat, mood: Mood, jitter: tuple[float, float]
) -> None:
    tilt, size = jitter
    rx, ry = build.body
    thick = 0.15 + rx * 0.22
    with brush.frame(0.16, 0.02):
        build.back(brush, coat, mood)
    loaf = _loaf(thick)
    brush.patterned(loaf, coat.torso, figure.pattern, 0.11)
    brush.fill(_loaf_shade(thick), INK, 0.1)
    if figure.worn:
        with brush.inside(loaf):  # a cape, a sweater, an apron lie over the sleeper like a blanket
            _worn_behind(brush, build, figure, mood, -thick * 1.75, ry)
            with brush.frame(0.02, -thick * 0.8):
                _wear(brush, figure, "body", Fit(0.24, thick, mood.look))
    brush.draw(oval(0.2, -0.1, 0.12, 0.1), coat.arm if build.arm is wing_arm else coat.leg)
    with brush.frame(0.17, -0.035):
        build.foot(brush, coat, build.sole)
        _wear(brush, figure, "feet", Fit(build.sole, build.thick[1], mood.look))
    brush.draw(oval(-0.2, -0.04, 0.13, 0.045), coat.hand)
    with brush.frame(-0.12, -0.1):
        _wear(brush, figure, "neck", Fit(rx, 0.07, mood.look))
    y = -build.head[1] - build.ruff - 0.035
    with brush.frame(-0.2, y, turn=tilt - 8, scale=size):
        brush.joint("head", 0, 0)
        _head(brush, build, figure, coat, mood)
    brush.joint("neck", -0.08, -thick)
    for side in (-1, 1):
        _joints(brush, figure, side, ("shoulder", "elbow", "hand"),
                ((-0.1, -thick * 0.8), (-0.14, -0.05), (-0.2 + side * 0.06, -0.04)))  # fmt: skip
        _joints(brush, figure, side, ("hip", "knee", "foot"),
                ((0.22, -0.12), (0.26, -0.07), (0.17 + side * 0.03, -0.04)))  # fmt: skip
    _signs(brush, figure, 0)


@cache
def _loaf(thick: float) -> Shape:
    return blob((-0.3, -0.06), (-0.22, -thick * 1.3), (0.02, -thick * 1.75), (0.26, -thick * 1.4), (0.35, -0.09),
                (0.24, 0.0), (-0.2, 0.0))  # fmt: skip


@cache
def _loaf_shade(thick: float) -> Shape:
    return both_cover(_loaf(thick), blob((0.4, -0.3), (0.42, 0.05), (-0.3, 0.05), (0.15, -0.03), (0.3, -0.12)))


def _signs(brush: Brush, figure: Figure, hip: float) -> None:
    """What a comic writes into the air: a sleeper's z, a dancer's notes, the wind of a runner."""
    if brush.index:
        return
    with brush.labelled("nothing"):
        action, flip = figure.action, figure.flip  # letters and notes are not mirrored
        if action == "sleeping":
            for i, size in enumerate((0.05, 0.068, 0.086)):
                with brush.frame(0.13 + 0.11 * i, -0.42 - 0.12 * i, scale=size, flip=flip):
                    brush.stroke(_zed(), 0x5A4A78, 0.04 / size, 0.95)
                    brush.stroke(_zed(), 0xFFFFFF, 0.02 / size, 0.95)
        elif action == "dancing":
            for x, y, turn in ((-0.36, -0.62, -8), (0.39, -0.5, 10)):
                with brush.frame(x, y, turn=turn, flip=flip):
                    brush.stroke(_note(), 0xFFFFFF, 0.036, 0.9)
                    brush.stroke(_note(), 0x5A4A78, 0.018, 0.95)
                    brush.fill(oval(-0.012, 0.09, 0.03, 0.022), 0x5A4A78, 0.95)
        elif action == "running":
            for x, y, length in ((-0.3, hip - 0.28, 0.12), (-0.34, hip - 0.14, 0.16), (-0.36, hip, 0.1)):
                brush.stroke(curve((x, y), (x - length, y)), 0xFFFFFF, 0.022, 0.85)
            for x, r in ((-0.24, 0.035), (-0.31, 0.026)):
                brush.fill(oval(x, -r, r * 1.2, r), 0xFFFFFF, 0.6)
        elif action == "jumping":
            for side in (-1, 1):
                brush.stroke(curve((side * 0.07, -0.13), (side * 0.07, -0.04)), 0xFFFFFF, 0.022, 0.85)
                brush.stroke(curve((side * 0.17, -0.15), (side * 0.19, -0.07)), 0xFFFFFF, 0.022, 0.85)


@cache
def _zed() -> Shape:
    return curve((-0.5, 0), (-0.5, 0), (0.5, 0), (0.5, 0), (-0.5, 1), (-0.5, 1), (0.5, 1), (0.5, 1))


@cache
def _note() -> Shape:
    return curve((0.015, 0.09), (0.015, 0.09), (0.015, -0.04), (0.015, -0.04), (0.06, -0.01), (0.06, 0.03))
