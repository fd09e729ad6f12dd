"""The task of a writer: captions in, the layouts of their pictures out, token by token; a text encoder learns along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.layout import AT, END, spelled
from ..data.layouts import NAMES, Layouts
from ..models.text import TextTransformer
from ..models.tokenizer import Tokenizer
from ..models.writer import Writer
from ..storybook import tell

LONGEST: Final = 80  # tokens of a page of the storybook, of which 69 were the most of 600
NAMED: Final = 0.4  # of the captions name the style, whatever it is
# Of the captions tell how figures stand to each other, and little else: of the storybook's captions every tenth does,
# too few to learn "left of" from (LOG.md, 2026-11-21).
RELATED: Final = 0.4
# Of those, who stands left and who right of whom: a kite is above a bear untold, but left of it by words alone.
BESIDE: Final = 0.6
PARTS: Final = 4  # of a batch, by length: half the time would go into filling all pages up to the longest

# ids and mask of the captions (B M), tokens of their layouts (B N) with END to fill them
Told = tuple[Tensor, Tensor, Tensor]


class WriterTask:
    """Next-token prediction (arXiv 2206.10789 does it for pictures): what comes after every token of a true layout.

    What a caption leaves unsaid, a layout says all the same: the writer learns how likely each is, and chooses by it.
    A style is different: ``usual`` is the one of captions that name none, so the other scenes' captions always do.
    """

    def __init__(
        self,
        *,
        text: TextTransformer,
        writer: Writer,
        tokenizer: Tokenizer,
        layouts: Layouts,
        ship: Callable[[nn.ModuleDict, Path], None],
        usual: str = "flat",
    ) -> None:
        self.modules = nn.ModuleDict({"text": text, "writer": writer})
        self.tokenizer, self.length, self.layouts, self.ship = tokenizer, text.config.length, layouts, ship
        self.usual = replace(layouts.pairs, style=usual)
        self.relations: dict[int, set[str]] = {}  # of the scenes that have been looked at

    def batch(self, step: int, size: int) -> Told:
        generator = torch.Generator().manual_seed(step)
        chosen = torch.randint(self.layouts.count, (size,), generator=generator).tolist()
        tellings = torch.randint(2**31, (size,), generator=generator).tolist()
        named, related, beside = (
            (torch.rand(size, generator=generator) < share).tolist() for share in (NAMED, RELATED, BESIDE)
        )
        chosen = [self._related(index, *(("left of", "right of") if beside[i] else ())) if related[i] else index
                  for i, index in enumerate(chosen)]  # fmt: skip
        layouts, captions = self.layouts[chosen], []
        for i, (index, telling) in enumerate(zip(chosen, tellings, strict=True)):
            scene = self.layouts.pairs.scene(index)
            if not named[i]:
                scene = self.usual.styled(scene)
            stress: tuple[str, ...] = ()
            if named[i] or scene.style != self.usual.style:  # some kinds are never drawn in the usual one
                stress = ("style",)
            layouts[i, 0, AT["style"]] = 1 + NAMES["style"].index(scene.style)
            few = (1 + len(stress), 2 + len(stress)) if related[i] else None
            stress += ("relation",) if related[i] else ()
            captions.append(tell(scene, telling, stress=stress, facts=few).text)
        tokens = torch.full((size, LONGEST + 1), END)
        for i, layout in enumerate(layouts):
            page = spelled(layout)[:LONGEST]
            tokens[i, : len(page)] = torch.tensor(page)
        return *self.tokenizer.encode(captions, self.length), tokens

    def _related(self, index: int, *names: str) -> int:
        """The first scene from this one on that has relations, of these ``names`` if any; this one if none has."""
        for other in (*range(index, self.layouts.count), *range(index)):
            if other not in self.relations:
                self.relations[other] = {relation.name for relation in self.layouts.pairs.scene(other).relations}
            if self.relations[other] & set(names) if names else self.relations[other]:
                return other
        return index

    def loss(self, batch: Told, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        ids, mask, tokens = batch
        lengths, parts = (tokens != END).sum(1), []
        for rows in lengths.argsort().chunk(PARTS):
            longest, heard = int(lengths[rows].amax()), int(mask[rows].sum(1).amax())
            words = self.modules["text"](ids[rows, :heard], mask[rows, :heard])
            asked, wanted = tokens[rows, :longest], tokens[rows, 1 : longest + 1]
            logits, _ = self.modules["writer"](asked, words)
            counts = asked != END
            missed = F.cross_entropy(logits[counts], wanted[counts], reduction="sum")
            parts.append(torch.stack([missed, (logits[counts].argmax(-1) == wanted[counts]).sum()]))
        missed, right = torch.stack(parts).sum(0) / lengths.sum()
        return missed, {"right": right.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        return None

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        self.ship(modules, folder)
