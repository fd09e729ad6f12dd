"""What animals wear: one drawing function per accessory."""

from __future__ import annotations

from .brush import Brush, blob, box, curve, oval, polygon
from .palette import COLORS, INK, Color, darker, lighter, luma, mix
from .scene import Accessory


def draw_hat(brush: Brush, worn: Accessory, y: float, half: float) -> None:
    """A hat in the head's frame, resting at height `y` on a head that is 2 `half` wide there."""
    color = COLORS[worn.color]
    with brush.frame(0, y, turn=-5 if worn.kind != "crown" else 0):
        if worn.kind == "beret":
            _beret(brush, color, half)
        elif worn.kind == "top hat":
            _top_hat(brush, color, half)
        else:
            _crown(brush, color, half)


def _beret(brush: Brush, color: Color, half: float) -> None:
    brush.limb(curve((0.02, -0.13), (0.035, -0.185)), color, 0.022)
    cap = blob((-half * 1.35, -0.035), (-half * 1.05, -0.115), (0.02, -0.15), (half * 1.25, -0.1), (half * 1.55, -0.02),
               (half * 0.95, 0.02), (-half * 0.9, 0.03))  # fmt: skip
    brush.draw(cap, color)
    brush.shade(cap, blob((-half * 1.6, 0.0), (0, 0.0), (half * 1.7, -0.035), (half * 1.6, 0.1), (-half * 1.6, 0.1)),
                0.2)  # fmt: skip


def _top_hat(brush: Brush, color: Color, half: float) -> None:
    brush.draw(oval(0, 0.01, half * 1.35, 0.042), color)
    body = polygon((-half * 0.78, 0.005), (-half * 0.9, -0.23), (half * 0.9, -0.23), (half * 0.78, 0.005))
    brush.draw(body, color)
    brush.fill(oval(0, -0.23, half * 0.9, 0.03), lighter(color, 0.18))
    band = 0xD9423C if luma(color) < 0.35 or luma(color) > 0.8 else darker(color, 0.6)
    brush.fill(polygon((-half * 0.79, 0.0), (-half * 0.825, -0.065), (half * 0.825, -0.065), (half * 0.79, 0.0)), band)
    brush.fill(oval(0, 0.012, half * 0.8, 0.014), band)


def _crown(brush: Brush, color: Color, half: float) -> None:
    gold = 0xF9C52F if color == COLORS["yellow"] else color
    brush.draw(
        polygon((-half, 0.03), (-half * 1.15, -0.15), (-half * 0.55, -0.075), (0, -0.185), (half * 0.55, -0.075),
                (half * 1.15, -0.15), (half, 0.03)),
        gold, 0x8A5A12,
    )  # fmt: skip
    rim = polygon((-half, 0.03), (-half * 1.05, -0.025), (half * 1.05, -0.025), (half, 0.03))
    brush.fill(rim, mix(gold, 0xC77A16, 0.5))
    for x, y, jewel in ((-1.15, -0.155, 0xE4483F), (0, -0.19, 0xE4483F), (1.15, -0.155, 0xE4483F)):
        brush.draw(oval(half * x, y, 0.026), jewel, 0x8A5A12, 0.007)


def draw_spectacles(brush: Brush, worn: Accessory, shift: float, eyes: tuple[float, float], eye: float) -> None:
    """Round frames about the eyes, in the head's frame."""
    color = COLORS[worn.color] if worn.color != "black" else INK
    ex, ey = eyes
    r = max(eye * 1.55, 0.072)
    for side in (-1, 1):
        brush.fill(oval(side * ex + shift, ey, r), 0xFFFFFF, 0.3)
        brush.stroke(oval(side * ex + shift, ey, r), color, 0.026)
        hinge, end = side * (ex + r) + shift, side * (ex + r + 0.05) + shift * 0.5
        brush.stroke(curve((hinge, ey), (end, ey - 0.02)), color, 0.022)
    if ex > r:
        brush.stroke(curve((-ex + r + shift, ey), (shift, ey - 0.012), (ex - r + shift, ey)), color, 0.024)


def draw_neckwear(brush: Brush, worn: Accessory, half: float, *, tail_only: bool) -> None:
    """A scarf or a bow tie, in a frame whose origin is the middle of the neck."""
    color = COLORS[worn.color]
    if worn.kind == "scarf":
        dark = mix(color, INK, 0.3) if luma(color) > 0.3 else mix(color, 0xFFFFFF, 0.3)
        if tail_only:
            tail = polygon((0.03, 0.02), (0.125, 0.02), (0.15, 0.215), (0.055, 0.225))
            brush.draw(tail, color)
            brush.fill(polygon((0.05, 0.14), (0.139, 0.13), (0.144, 0.17), (0.053, 0.18)), dark)
            return
        wrap = blob((-half * 1.05, -0.015), (-half * 0.5, -0.02), (0, 0.0), (half * 0.5, -0.02), (half * 1.05, -0.015),
                    (half * 1.0, 0.055), (0, 0.085), (-half * 1.0, 0.055))  # fmt: skip
        brush.draw(wrap, color)
        brush.stroke(curve((-half * 0.6, 0.005), (-half * 0.62, 0.062)), dark, 0.026)
        brush.stroke(curve((-half * 0.05, 0.015), (-half * 0.05, 0.07)), dark, 0.026)
        brush.stroke(curve((half * 0.55, 0.005), (half * 0.58, 0.062)), dark, 0.026)
    elif not tail_only:
        for side in (-1, 1):
            brush.draw(
                blob((side * 0.005, 0.03), (side * 0.1, -0.03), (side * 0.14, -0.015), (side * 0.14, 0.075),
                     (side * 0.1, 0.09), tension=0.7),
                color,
            )  # fmt: skip
        brush.draw(box(-0.028, 0.0, 0.028, 0.06, 0.018), darker(color, 0.2))
