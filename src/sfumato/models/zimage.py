"""Z-Image: words and patches refined apart, then one sequence through one stack of sandwich-normed blocks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import angles
from ..layers.embed import TimeEmbedding, patches, picture
from ..layers.norm import RMSNorm, standard
from ..layers.stream import GatedMlp, SelfAttention, Turn

WHOLE = 32  # words and patches are each filled up to a multiple of this with a learned token, which counts


@dataclass(frozen=True)
class ZImageConfig:
    """``refiners``: blocks that words and patches pass on their own; ``shares``: as in FLUX, of a turned head."""

    channels: int = 16
    patch: int = 2
    width: int = 3840
    depth: int = 30
    refiners: int = 2
    heads: int = 30
    text: int = 2560
    theta: float = 256.0
    shares: tuple[int, ...] = (32, 48, 48)
    eps: float = 1e-5


class ZImageBlock(nn.Module):
    """Attention and a gated MLP, each with a norm before and a norm after; ``told``: scaled and gated by the time."""

    def __init__(self, config: ZImageConfig, *, told: int = 0) -> None:
        super().__init__()
        width, eps = config.width, config.eps
        self.attention = SelfAttention(width, config.heads, norm=1e-5, bias=False)
        self.mlp = GatedMlp(width, int(width / 3 * 8))
        self.before, self.after = RMSNorm(width, eps=eps), RMSNorm(width, eps=eps)
        self.before_mlp, self.after_mlp = RMSNorm(width, eps=eps), RMSNorm(width, eps=eps)
        self.modulation = nn.Linear(told, 4 * width) if told else None

    def forward(self, x: Tensor, turn: Turn, mask: Tensor | None, said: Tensor | None = None) -> Tensor:
        if self.modulation is None or said is None:
            x = x + self.after(self.attention(self.before(x), turn=turn, mask=mask))
            return x + self.after_mlp(self.mlp(self.before_mlp(x)))
        scale, gate, scale_mlp, gate_mlp = self.modulation(said)[:, None].chunk(4, dim=-1)
        looked = self.attention(self.before(x) * (1 + scale), turn=turn, mask=mask)
        x = torch.addcmul(x, gate.tanh(), self.after(looked))
        return torch.addcmul(x, gate_mlp.tanh(), self.after_mlp(self.mlp(self.before_mlp(x) * (1 + scale_mlp))))


class ZImage(nn.Module):
    """Noisy latent (B C H W), 1000 times the flow's time (B,), words -> velocity (B C H W)."""

    def __init__(self, config: ZImageConfig) -> None:
        super().__init__()
        self.config, width, inside = config, config.width, config.channels * config.patch**2
        told = min(width, 256)
        self.enter = nn.Linear(inside, width)
        self.time = TimeEmbedding(1024, out=told)
        self.text_norm, self.words = RMSNorm(config.text, eps=config.eps), nn.Linear(config.text, width)
        self.fill_words, self.fill_patches = nn.Parameter(torch.zeros(1, width)), nn.Parameter(torch.zeros(1, width))
        self.patch_blocks = nn.ModuleList(ZImageBlock(config, told=told) for _ in range(config.refiners))
        self.word_blocks = nn.ModuleList(ZImageBlock(config) for _ in range(config.refiners))
        self.blocks = nn.ModuleList(ZImageBlock(config, told=told) for _ in range(config.depth))
        self.modulation, self.leave = nn.Linear(told, width), nn.Linear(width, inside)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        condition = self.remember(condition)
        words, mask = condition.keys, condition.mask
        assert words is not None
        patch, (b, _, height, width), kind = self.config.patch, x.shape, self.enter.weight.dtype
        said = self.time(1000 - time)  # this family counts from noise to picture, and its velocity points there
        n = (height // patch) * (width // patch)
        filled = self.fill_patches.to(kind).expand(b, -n % WHOLE, -1)
        x = torch.cat((self.enter(patches(x.to(kind), patch)), filled), dim=1)
        counts = torch.full((b,), words.shape[1], device=x.device) if mask is None else mask.sum(1)
        turn = self._turn(height // patch, width // patch, counts)
        for block in self.patch_blocks:
            x = block(x, turn, None, said)
        if mask is not None:
            mask = F.pad(mask, (x.shape[1], 0), value=True)[:, None, None]
        x = torch.cat((x, words.to(kind)), dim=1)
        pairs = zip(turn, self._word_turn(words), strict=True)
        cos, sin = (torch.cat((ours, theirs.expand(b, -1, -1, -1)), dim=2) for ours, theirs in pairs)
        for block in self.blocks:
            x = block(x, (cos, sin), mask, said)
        x = standard(x[:, :n]) * (1 + self.modulation(F.silu(said)))[:, None]
        return -picture(self.leave(x), patch, height=height, width=width).float()

    def remember(self, condition: Condition) -> Condition:
        """Words filled up and refined, which no time changes; and which of them count, unless all do."""
        if condition.keys is not None:
            return condition
        if condition.tokens is None or condition.mask is None:
            raise ValueError("this network must be told words and their mask")
        spare = -condition.tokens.shape[1] % WHOLE
        tokens = F.pad(condition.tokens.to(self.enter.weight.dtype), (0, 0, 0, spare))
        mask = F.pad(condition.mask, (0, spare))
        place = torch.arange(tokens.shape[1], device=tokens.device)
        there = place < (mask.sum(1, keepdim=True) + WHOLE - 1) // WHOLE * WHOLE
        words = torch.where(mask[..., None], self.words(self.text_norm(tokens)), self.fill_words)
        turn = self._word_turn(words)
        for block in self.word_blocks:
            words = block(words, turn, there[:, None, None])
        return Condition(mask=None if there.all() else there, keys=words)

    def _word_turn(self, words: Tensor) -> Turn:
        """Words stand at 1, 2, ..."""
        place = torch.arange(words.shape[1], device=words.device)
        return self._angles(F.pad(place[None, None, :, None] + 1, (0, 2)))

    def _turn(self, height: int, width: int, words: Tensor) -> Turn:
        """Patches stand at (words + 1, row, column), where ``words`` (B,) says how many there are; fillers at 0."""
        grid = torch.cartesian_prod(*(torch.arange(n, device=words.device) for n in (1, height, width)))
        places = grid.expand(len(words), -1, -1) + F.pad(words[:, None, None] + 1, (0, 2))
        return self._angles(F.pad(places, (0, 0, 0, -places.shape[1] % WHOLE))[:, None])

    def _angles(self, places: Tensor) -> Turn:
        return angles(places, self.config.shares, theta=self.config.theta)
