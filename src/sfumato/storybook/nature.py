"""What grows: trees, cactus, flower, mushroom, and a snowman."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from .brush import Brush, blob, curve, oval
from .form import joined, shadow, tone
from .kind import Extent, Kind
from .palette import INK

if TYPE_CHECKING:
    from .scene import Figure

BARK: Final = 0x8A5A3A


def tree(brush: Brush, figure: Figure, chance: Random) -> None:
    wide, puff, lean = chance.uniform(0.92, 1.1), chance.uniform(0.94, 1.06), chance.uniform(-0.04, 0.04)
    branch = chance.choice((-1, 1))
    leaf = tone(figure, "green", 0x5FA548)
    brush.draw(blob((-0.085, 0), (-0.052, -0.16), (lean - 0.05, -0.48), (lean + 0.05, -0.48), (0.054, -0.16),
                    (0.09, 0), tension=0.8), BARK)  # fmt: skip
    brush.limb(curve((lean * 0.5 + branch * 0.02, -0.34), (lean + branch * 0.13, -0.48)), BARK, 0.04)
    with brush.frame(lean, 0, stretch=wide):
        lumps = ((-0.22, -0.53, 0.16), (0.22, -0.53, 0.16), (-0.14, -0.72, 0.17), (0.14, -0.72, 0.17), (0, -0.83, 0.16),
                 (0, -0.58, 0.21))  # fmt: skip
        crown = joined(*(oval(x, y, r * puff) for x, y, r in lumps))
        brush.draw(crown, leaf)
        shadow(brush, figure, crown, blob((0.5, -0.9), (0.5, -0.3), (-0.4, -0.3), (0.05, -0.48), (0.24, -0.66)), 0.1)
        for x, y, r in ((-0.19, -0.46, 0.08), (0.1, -0.45, 0.1), (0.24, -0.5, 0.08)):
            brush.fill(oval(x, y, r), INK, 0.07)
        for x, y, r in ((-0.14, -0.76, 0.1), (0.04, -0.87, 0.08), (-0.24, -0.56, 0.065)):
            brush.fill(oval(x, y, r), 0xFFFFFF, 0.16)
        if brush.snow:
            for x, y, r in ((-0.14, -0.82, 0.12), (0.02, -0.93, 0.12), (0.17, -0.81, 0.11), (-0.27, -0.64, 0.08),
                            (0.28, -0.63, 0.08)):  # fmt: skip
                brush.fill(oval(x, y, r, r * 0.55), 0xFFFFFF)


KINDS: Final = (
    Kind("tree", tree, Extent(-0.48, -1.03, 0.48, 0.03), "green", tall=1.5,
         colors=("green", "red", "orange", "yellow", "pink", "purple", "blue", "white", "brown"),
         places=("meadow", "beach", "forest", "city", "mountains", "lake", "farm", "park"), under=(-0.36, 0.36, -0.38)),
)  # fmt: skip
