"""The task of meaning: pictures and their captions pulled together, others pushed apart (SigLIP, arXiv 2303.15343)."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.picture import to_image
from ..data.pairs import FIRST_TRAINING_SEED, Pairs, floats
from ..models.text import TextTransformer
from ..models.tokenizer import Tokenizer
from ..models.tower import PictureTower

HELD_OUT = Pairs(first=0)
SIDE = 64  # pixels: enough to tell a fox from a bear, cheap enough to see many


class Matching(nn.Module):
    """Text vectors, a temperature and a bias: how well every text fits every picture, as logits (texts, pictures)."""

    def __init__(self, text: TextTransformer, width: int) -> None:
        super().__init__()
        self.text, self.out = text, nn.Linear(text.config.width, width)
        # So many pairs do not match that learning starts by believing so (arXiv 2303.15343, section 3.1).
        self.temperature, self.bias = nn.Parameter(torch.tensor(math.log(10.0))), nn.Parameter(torch.tensor(-10.0))

    def forward(self, ids: Tensor, mask: Tensor, pictures: Tensor) -> Tensor:
        pooled = self.text(ids, mask).pooled
        texts = F.normalize(self.out(pooled), dim=-1)
        return self.temperature.exp() * texts @ pictures.T + self.bias


class ContrastTask:
    """A text encoder learns what its words look like, before or without any painting."""

    def __init__(self, *, text: TextTransformer, tower: PictureTower, width: int, tokenizer: Tokenizer) -> None:
        self.modules = nn.ModuleDict({"matching": Matching(text, width), "tower": tower})
        self.tokenizer, self.length, self.pairs = tokenizer, text.config.length, Pairs(FIRST_TRAINING_SEED)

    def batch(self, step: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
        return self._pairs(self.pairs, range(step * size, (step + 1) * size), telling=step)

    def loss(
        self, batch: tuple[Tensor, Tensor, Tensor], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor | float]]:
        pixels, ids, mask = batch
        logits = self.modules["matching"](ids, mask, self.modules["tower"](pixels))
        right = 2 * torch.eye(len(logits)) - 1
        return -F.logsigmoid(right * logits).sum(1).mean(), {"found": _found(logits)}

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """Sixteen pictures nobody trained on against their captions: bright where the two fit, best on the diagonal."""
        with torch.inference_mode():
            pixels, ids, mask = self._pairs(HELD_OUT, range(16), telling=0)
            logits = modules["matching"](ids, mask, modules["tower"](pixels))
        fits = F.interpolate(logits.softmax(1)[None, None], scale_factor=16)[0].expand(3, -1, -1)
        return to_image(fits * 2 - 1)

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        """The text encoder as ``text.safetensors``, with how often it found the right one of 64 held-out pictures."""
        matching = modules["matching"]
        assert isinstance(matching, Matching)
        with torch.inference_mode():
            pixels, ids, mask = self._pairs(HELD_OUT, range(64), telling=0)
            found = _found(matching(ids, mask, modules["tower"](pixels)))
        save_file(matching.text.state_dict(), folder / "text.safetensors", metadata={"found_of_64": f"{found:.3f}"})

    def _pairs(self, pairs: Pairs, rows: range, *, telling: int) -> tuple[Tensor, Tensor, Tensor]:
        pixels = floats(torch.stack([pairs.picture(i, (SIDE, SIDE)) for i in rows]))
        return pixels, *self.tokenizer.encode([pairs.caption(i, telling + i) for i in rows], self.length)


def _found(logits: Tensor) -> float:
    """Share of texts whose best picture is their own."""
    return float((logits.argmax(1) == torch.arange(len(logits))).float().mean())
