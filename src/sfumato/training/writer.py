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

LONGEST: Final = 72  # tokens of a page of the storybook, of which 64 were the most of 1,500
NAMED: Final = 0.4  # of the captions name the style, whatever it is

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
        self.named = replace(layouts.pairs, stress=("style",))
        self.unnamed = replace(layouts.pairs, style=usual)

    def batch(self, step: int, size: int) -> Told:
        generator = torch.Generator().manual_seed(step)
        chosen = torch.randint(self.layouts.count, (size,), generator=generator).tolist()
        tellings = torch.randint(2**31, (size,), generator=generator).tolist()
        named = (torch.rand(size, generator=generator) < NAMED).tolist()
        layouts, captions = self.layouts[chosen], []
        for i, (index, telling) in enumerate(zip(chosen, tellings, strict=True)):
            pairs = self.named if named[i] else self.unnamed
            style = pairs.scene(index).style
            if style != self.unnamed.style:  # some kinds are held out from the usual style
                pairs = self.named
            layouts[i, 0, AT["style"]] = 1 + NAMES["style"].index(style)
            captions.append(pairs.caption(index, telling))
        tokens = torch.full((size, LONGEST), END)
        for i, layout in enumerate(layouts):
            page = spelled(layout)[:LONGEST]
            tokens[i, : len(page)] = torch.tensor(page)
        return *self.tokenizer.encode(captions, self.length), tokens

    def loss(self, batch: Told, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        ids, mask, tokens = batch
        words = self.modules["text"](ids, mask)
        asked, wanted = tokens[:, :-1], tokens[:, 1:]
        logits, _ = self.modules["writer"].read(asked, words)  # type: ignore[operator]
        counts = (asked != END).float()
        missed = F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), reduction="none").view_as(counts)
        right = (logits.argmax(-1) == wanted).float()
        mean = (missed * counts).sum() / counts.sum()
        return mean, {"right": (right * counts).sum().detach() / counts.sum()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image | None:
        return None

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        self.ship(modules, folder)
