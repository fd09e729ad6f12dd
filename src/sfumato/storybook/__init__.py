"""A picture world drawn by this project: one scene graph is the single source of pixels, captions and truths."""

from __future__ import annotations

from .captions import WORDS, Caption, caption, tell
from .draw import Part, Picture, draw, parts, sheet
from .kind import GENDERS, SKINS
from .kinds import ACCESSORIES, KINDS
from .sampling import EVEN, Population, sample
from .scene import VERSION, Figure, Relation, Scene, Worn
from .splits import SPLITS, abstract, held_out, told
from .truth import CHANNELS, Seen, Skeleton, depth, edges, instances, pose, seen, skeletons

__all__ = [
    "ACCESSORIES", "CHANNELS", "EVEN", "GENDERS", "KINDS", "SKINS", "SPLITS", "VERSION", "WORDS", "Caption", "Figure",
    "Part", "Picture", "Population", "Relation", "Scene", "Seen", "Skeleton", "Worn", "abstract", "caption", "depth",
    "draw", "edges", "held_out", "instances", "parts", "pose", "sample", "seen", "sheet", "skeletons", "tell", "told",
]  # fmt: skip
