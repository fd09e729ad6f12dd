"""Indoors: a sitting room and a kitchen, with a window that shows the time of day."""

from __future__ import annotations

from .brush import Brush, blob, box, curve, dashes, dots, oval, polygon, together
from .palette import Color, darker, lighter, mix
from .sky import Stage, draw_sky


def _lit(stage: Stage, color: Color) -> Color:
    """A colour in a lamp-lit, sunlit or dusky room."""
    tint, strength = {
        "night": (0x3D3668, 0.34),
        "sunset": (0xF08A52, 0.2),
        "morning": (0xFFE7C2, 0.22),
    }.get(stage.scene.time, (0xFFFFFF, 0.0))
    return mix(color, tint, strength)


def _window(brush: Brush, stage: Stage, x: float, y: float, half: float, frame: Color) -> None:
    u = stage.unit
    brush.draw(box(x - half * 1.15, y - half * 1.25, x + half * 1.15, y + half * 1.25, u * 0.01), frame)
    pane = box(x - half, y - half * 1.1, x + half, y + half * 1.1)
    with brush.inside(pane):
        draw_sky(brush, stage, x - half, y - half * 1.1, x + half, y + half * 1.1)
        brush.draw(oval(x - half * 0.5, y + half * 1.4, half * 1.1, half * 0.75), stage.tone(0xA3D08C))
        brush.draw(oval(x + half * 0.7, y + half * 1.5, half * 1.1, half * 0.8), stage.tone(0x86C070))
    brush.fill(box(x - u * 0.009, y - half * 1.1, x + u * 0.009, y + half * 1.1), frame)
    brush.fill(box(x - half, y - u * 0.009, x + half, y + u * 0.009), frame)
    brush.draw(box(x - half * 1.28, y + half * 1.22, x + half * 1.28, y + half * 1.36, u * 0.008), frame)


def _sunbeam(brush: Brush, stage: Stage, x: float, y: float, half: float) -> None:
    """Morning and evening light that falls through the window on the floor."""
    if stage.scene.time in ("morning", "sunset"):
        u, g, h = stage.unit, stage.ground, stage.height
        away = -stage.scene.light * u * 0.4
        left, right = x - half + away * 0.7, x + half + away * 0.7
        color = 0xFFF2C4 if stage.scene.time == "morning" else 0xFFC98A
        beam = polygon((left, g + u * 0.02), (right, g + u * 0.02), (right + away * 0.4, h), (left + away * 0.4, h))
        brush.veil(beam, color, 0.38)


def draw_room(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground

    def lit(color: Color) -> Color:
        return _lit(stage, color)

    wall = c.choice((0xF6DDC4, 0xCFE0D4, 0xF3D2CF, 0xD6DAEA, 0xF4E6B5))
    paper, side = c.random(), c.choice((0.2, 0.8))
    drape = lit(c.choice((0xD9705E, 0x6E9BB8, 0xE0A94A, 0x86A86B)))
    canvas = lit(c.choice((0xE27D60, 0x85B79D, 0xE8A87C, 0x7F9CC9)))
    rug = lit(c.choice((0xD98880, 0x7FB3B0, 0xE3B65B, 0x9AA5CF)))
    brush.draw(box(-u, -u, w + u, h + u), lit(wall))
    pale = lit(lighter(wall, 0.4))
    if paper < 0.4:
        stripes = [box(x * u * 0.11, -u, x * u * 0.11 + u * 0.045, g) for x in range(round(w / u / 0.11) + 1)]
        brush.fill(together(stripes), pale)
    elif paper < 0.75:
        places = [((i + k % 2 * 0.5) * u * 0.13, k * u * 0.085) for k in range(round(g / u / 0.085) + 1)
                  for i in range(round(w / u / 0.13) + 1)]  # fmt: skip
        brush.fill(dots(places, u * 0.012), pale)
    bunting = [(w * (0.28 + 0.44 * k / 6), u * (0.045 + 0.03 * (1 - (k / 3 - 1) ** 2))) for k in range(7)]
    brush.stroke(curve((w * 0.24, u * 0.03), *bunting, (w * 0.76, u * 0.03)), lit(0xA9896B), u * 0.006)
    flags = (0xE4796A, 0xF2C14E, 0x7FB58A, 0x77A6CF)
    for k, color in enumerate(flags):
        hung = [polygon((x - u * 0.026, y), (x + u * 0.026, y), (x, y + u * 0.05)) for x, y in bunting[k::4]]
        brush.draw(together(hung), lit(color))
    x, y, half = w * side, max(u * 0.26, g - u * 0.44), u * 0.15
    white = lit(0xFFFDF6)
    _window(brush, stage, x, y, half, white)
    brush.draw(box(x - half * 1.75, y - half * 1.52, x + half * 1.75, y - half * 1.4, u * 0.01), lit(0xA97C50))
    for s in (-1, 1):
        brush.draw(blob((x + s * half * 1.55, y - half * 1.42), (x + s * half * 0.5, y - half * 1.42),
                        (x + s * half * 0.92, y), (x + s * half * 1.02, y + half * 1.5),
                        (x + s * half * 1.6, y + half * 1.5), tension=0.5), drape)  # fmt: skip
        brush.stroke(curve((x + s * half * 1.05, y - half * 1.3), (x + s * half * 1.22, y),
                           (x + s * half * 1.25, y + half * 1.4)),
                     darker(drape, 0.16), u * 0.008)  # fmt: skip
    for k, (dx, dy, big) in enumerate(((0.0, 0.0, 1.0), (-0.2 if side < 0.5 else 0.2, 0.05, 0.72))):
        px, py = w * (1 - side) + dx * u, y + dy * u
        brush.draw(box(px - u * 0.085 * big, py - u * 0.1 * big, px + u * 0.085 * big, py + u * 0.09 * big, u * 0.008),
                   lit(0x9A6A45))  # fmt: skip
        brush.fill(
            box(px - u * 0.066 * big, py - u * 0.08 * big, px + u * 0.066 * big, py + u * 0.07 * big), lit(0xF4EBD8)
        )
        if k:
            brush.fill(polygon((px - u * 0.036, py + u * 0.035), (px - u * 0.006, py - u * 0.03),
                               (px + u * 0.036, py + u * 0.035)),
                       canvas)  # fmt: skip
        else:
            brush.fill(oval(px, py - u * 0.005, u * 0.042), canvas)
            brush.fill(oval(px + u * 0.014, py - u * 0.015, u * 0.02), lighter(canvas, 0.4))
    brush.draw(box(-u, g, w + u, h + u), lit(0xCF9C66))
    boards = [(-u, g + (h - g) * k) for k in (0.2, 0.44, 0.72)]
    brush.stroke(dashes(boards, w + 2 * u, 0), lit(0xB5834F), u * 0.007)
    ends = [(w * (0.13 + 0.27 * k + 0.09 * (k % 2)), g + (h - g) * low) for k, low in enumerate((0.2, 0.44, 0.2, 0.44))]
    brush.stroke(dashes(ends, 0, (h - g) * 0.24), lit(0xB5834F), u * 0.006)
    brush.draw(box(-u, g - u * 0.032, w + u, g + u * 0.006), white)
    y2 = (g + h) / 2 + u * 0.03
    brush.draw(oval(w / 2, y2, w * 0.46, (h - g) * 0.36), rug)
    brush.fill(oval(w / 2, y2, w * 0.41, (h - g) * 0.285), lighter(rug, 0.35))
    brush.fill(oval(w / 2, y2, w * 0.37, (h - g) * 0.235), rug)
    _sunbeam(brush, stage, x, y, half)


def draw_kitchen(brush: Brush, stage: Stage) -> None:
    u, w, h, c, g = stage.unit, stage.width, stage.height, stage.chance, stage.ground

    def lit(color: Color) -> Color:
        return _lit(stage, color)

    wall = lit(c.choice((0xFBF0D9, 0xE3EFE6, 0xE6EEF4, 0xFBE6DC)))
    wood = lit(c.choice((0x8FB9B4, 0xC98F5F, 0xDE9B83, 0x9DB98A)))
    side = c.choice((-1, 1))
    brush.draw(box(-u, -u, w + u, h + u), wall)
    top = g - u * 0.2  # of the worktop
    brush.draw(box(-u, top - u * 0.2, w + u, top), lit(0xF8F8F4))
    lines = [((k + 0.5 * (j % 2)) * u * 0.1, top - u * 0.2 + j * u * 0.05) for j in range(4)
             for k in range(-1, round(w / u / 0.1) + 1)]  # fmt: skip
    rows = [(-u, top - u * 0.2 + j * u * 0.05) for j in range(5)]
    grout = lit(0xD5DCDC)
    brush.stroke(together((dashes(lines, 0, u * 0.05), dashes(rows, w + 2 * u, 0))), grout, u * 0.006)
    x, y = w * (0.5 - side * 0.27), top - u * 0.32
    if y > u * 0.19:
        _window(brush, stage, x, y, u * 0.135, lit(0xFFFDF6))
        check = lit(c.choice((0xE4796A, 0x77A6CF)))
        brush.draw(blob((x - u * 0.18, y - u * 0.2), (x + u * 0.18, y - u * 0.2), (x + u * 0.18, y - u * 0.12),
                        (x + u * 0.09, y - u * 0.105),
                        (x, y - u * 0.12), (x - u * 0.09, y - u * 0.105), (x - u * 0.18, y - u * 0.12), tension=0.5),
                   check)  # fmt: skip
    x = w * (0.5 + side * 0.27)
    board, y = lit(0xA97C50), top - u * 0.27
    brush.draw(box(x - u * 0.19, y, x + u * 0.19, y + u * 0.022, u * 0.006), board)
    for k, (dx, color) in enumerate(((-0.13, 0xD9705E), (-0.04, 0xF2C14E), (0.05, 0x86A86B), (0.135, 0xF6EBD5))):
        high = u * (0.075 + 0.012 * (k % 2))
        jar = box(x + dx * u - u * 0.033, y - high, x + dx * u + u * 0.033, y, u * 0.012)
        brush.draw(jar, lit(color))
        brush.draw(box(x + dx * u - u * 0.028, y - high - u * 0.018, x + dx * u + u * 0.028, y - high + u * 0.004,
                       u * 0.006),
                   lit(0x8B6A4C))  # fmt: skip
        brush.fill(box(x + dx * u - u * 0.02, y - high * 0.7, x + dx * u + u * 0.02, y - high * 0.3), lit(0xFFFBEF))
    rail = y - u * 0.17
    if rail > u * 0.06:
        brush.stroke(dashes([(x - u * 0.17, rail)], u * 0.34, 0), lit(0x8D8F98), u * 0.009)
        for k, dx in enumerate((-0.11, 0.0, 0.11)):
            metal = lit((0xC98F5F, 0x8D8F98, 0x5F6672)[k])
            brush.stroke(dashes([(x + dx * u, rail)], 0, u * 0.035), metal, u * 0.012)
            brush.draw(oval(x + dx * u, rail + u * 0.065, u * (0.034 + 0.005 * (k % 2))), metal)
    brush.draw(box(-u, top, w + u, g), wood)
    count = max(3, round(w / u / 0.3))
    step = w / count
    for i in range(count):
        left = i * step
        if i == (count // 2) and count > 2:
            _oven(brush, stage, left + step * 0.5, top, g, min(step * 0.48, u * 0.17))
            continue
        brush.draw(
            box(left + step * 0.07, top + u * 0.045, left + step * 0.93, g - u * 0.03, u * 0.01), lighter(wood, 0.14)
        )
        brush.fill(
            box(left + step * 0.42, top + u * 0.06, left + step * 0.58, top + u * 0.07, u * 0.005), lit(0x6F6560)
        )
    brush.draw(box(-u, top - u * 0.008, w + u, top + u * 0.024), lit(0xE9D8BE))
    brush.fill(box(-u, g - u * 0.016, w + u, g), darker(wood, 0.4))
    pale, dark = lit(0xF3E6CF), lit(0xDCA98B)
    brush.draw(box(-u, g, w + u, h + u), pale)
    middle, depth = w / 2, h - g
    levels = [g + depth * (1 - (1 - k / 4) ** 0.75) for k in range(4)] + [h + 1]
    spread = [0.5 + 0.5 * (level - g) / depth for level in levels]
    tiles = []
    for row in range(4):
        for k in range(-9, 9):
            if (k + row) % 2:
                a, b = k * u * 0.2, (k + 1) * u * 0.2
                tiles.append(polygon((middle + a * spread[row], levels[row]), (middle + b * spread[row], levels[row]),
                                     (middle + b * spread[row + 1], levels[row + 1]),
                                     (middle + a * spread[row + 1], levels[row + 1])))  # fmt: skip
    brush.fill(together(tiles), dark)
    _sunbeam(brush, stage, w * (0.5 - side * 0.27), top - u * 0.32, u * 0.135)


def _oven(brush: Brush, stage: Stage, x: float, top: float, g: float, half: float) -> None:
    u = stage.unit
    steel = _lit(stage, 0xDDE0E2)
    brush.draw(box(x - half, top, x + half, g - u * 0.015), steel)
    brush.draw(box(x - half * 0.75, top + u * 0.085, x + half * 0.75, g - u * 0.035, u * 0.012), _lit(stage, 0x4A4754))
    brush.fill(box(x - half * 0.6, g - u * 0.075, x + half * 0.6, g - u * 0.05), 0xF0964A)
    brush.fill(
        dots([(x + k * half * 0.4, top + u * 0.05) for k in (-1.5, -0.5, 0.5, 1.5)], u * 0.012), _lit(stage, 0x6F6560)
    )
