"""DiT: a transformer over patches of the noisy latent that looks at its own patches and at the words at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.level import Condition
from ..layers.attention import attend, heads, merge, rotated, rotation
from ..layers.conv import TimedBlock
from ..layers.embed import TimeEmbedding, patches, picture, places, waves
from ..layers.norm import RMSNorm, modulated, rms


@dataclass(frozen=True)
class DiTConfig:
    """``extent``: patches along the side of a square training picture; ``text``: width of the text states; ``rim``:
    width of the convolutions around the blocks, 0 for none; ``beside``: channels of a map told beside the picture."""

    channels: int = 16
    patch: int = 2
    width: int = 256
    depth: int = 8
    heads: int = 4
    text: int = 256
    extent: int = 8
    rim: int = 0
    beside: int = 0


class DiTBlock(nn.Module):
    """Attention of patches over patches and words, then a gated MLP; both switched on by the condition."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        width, inner = config.width, -(-config.width * 8 // 3 // 32) * 32
        self.count = config.heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.words = nn.Linear(config.text, 2 * width, bias=False)
        self.q_norm, self.k_norm = RMSNorm(width // config.heads), RMSNorm(width // config.heads)
        self.out = nn.Linear(width, width, bias=False)
        self.inner = nn.Linear(width, 2 * inner, bias=False)
        self.outer = nn.Linear(inner, width, bias=False)
        # One small table a block on top of one modulation for all (arXiv 2310.00426): a third of the weights saved.
        self.table = nn.Parameter(torch.zeros(6, width))

    def hear(self, words: Tensor) -> Tensor:
        """Words (B M T) -> their keys and values (B M 2D)."""
        k, v = self.words(words).chunk(2, dim=-1)
        return torch.cat((merge(self.k_norm(heads(k, self.count))), v), dim=-1)

    def forward(self, x: Tensor, said: Tensor, keys: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """``x`` (B N D), ``said`` (B 6 D) modulation, ``keys`` (B M 2D) what was heard, ``mask`` (B 1 1 N+M)."""
        shift, scale, gate, shift_mlp, scale_mlp, gate_mlp = (said + self.table).unsqueeze(2).unbind(1)
        q, k, v = (heads(part, self.count) for part in self.qkv(modulated(x, shift, scale)).chunk(3, dim=-1))
        k_words, v_words = (heads(part, self.count) for part in keys.chunk(2, dim=-1))
        q, k = rotated(self.q_norm(q), turn), rotated(self.k_norm(k), turn)
        k, v = torch.cat((k, k_words), dim=2), torch.cat((v, v_words), dim=2)
        x = x + gate * self.out(merge(attend(q, k, v, mask=mask)))
        a, b = self.inner(modulated(x, shift_mlp, scale_mlp)).chunk(2, dim=-1)
        return x + gate_mlp * self.outer(F.silu(a) * b)


class Rim(nn.Module):
    """Convolutions before and after the blocks, place by place of the latent: there the patches meet without seams.

    ``straight`` lets noise through by the clock alone, channel by channel, so that the blocks need not carry what they
    were given (the skip of EDM, arXiv 2206.00364, equation 7, learned).
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        rim, width, side = config.rim, config.width, config.patch**2
        self.patch = config.patch
        self.enter = nn.Conv2d(config.channels + config.beside, rim, 3, padding=1)
        self.before = nn.ModuleList(TimedBlock(rim, rim, width, groups=16) for _ in range(2))
        self.down, self.up = nn.Linear(rim * side, width), nn.Linear(width, rim * side)
        self.after = nn.ModuleList(TimedBlock(inside, rim, width, groups=16) for inside in (2 * rim, rim))
        self.norm = nn.GroupNorm(16, rim)
        self.leave = nn.Conv2d(rim, config.channels, 3, padding=1)
        self.straight = nn.Linear(width, config.channels * side)
        for layer in (self.down, self.leave, self.straight):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(cast(Tensor, layer.bias))

    def open(self, x: Tensor, said: Tensor) -> tuple[Tensor, Tensor]:
        """Noisy latent (B C H W), what is said of it (B D) -> a map (B R H W), and what it adds to the patches."""
        seen = self.enter(x)
        for block in self.before:
            seen = block(seen, said)
        return seen, self.down(patches(seen, self.patch))

    def close(self, x: Tensor, seen: Tensor, thought: Tensor, said: Tensor) -> Tensor:
        """What the rim adds to the answer (B C H W), from the map of ``open`` and what the blocks thought (B N D)."""
        height, width = x.shape[2:]
        h = torch.cat((seen, picture(self.up(thought), self.patch, height=height, width=width)), dim=1)
        for block in self.after:
            h = block(h, said)
        through = self.straight(said)[:, None] * patches(x, self.patch)
        return self.leave(F.silu(self.norm(h))) + picture(through, self.patch, height=height, width=width)


class DiT(nn.Module):
    """Noisy latent (B C H W), clock (B,), words -> what the prediction asks for, (B C H W). (arXiv 2212.09748)

    The words are keys and values beside the patches in every attention and are not rewritten on the way, so they cost
    little, and ``remember`` keeps them from step to step. A square of ``extent`` x ``extent``
    patches is the training size; other sizes and shapes see the same area more or less finely.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config, width, inside = config, config.width, config.channels * config.patch**2
        self.enter = nn.Linear(inside + config.beside * config.patch**2, width)
        self.where = nn.Linear(64, width)
        self.time = TimeEmbedding(width)
        self.text_norm = RMSNorm(config.text)
        self.pooled = nn.Linear(config.text, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(DiTBlock(config) for _ in range(config.depth))
        self.last = nn.Linear(width, 2 * width)
        self.leave = nn.Linear(width, inside)
        self.rim = Rim(config) if config.rim else None
        # Blocks start as the identity and the network as zero: the first steps learn the easy part (arXiv 2212.09748).
        for layer in (self.modulation, self.last, self.leave):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def remember(self, condition: Condition) -> Condition:
        """The same condition, its tokens made into the keys and values of every block, once for all steps."""
        return replace(condition, tokens=None, keys=torch.cat(self._heard(condition), dim=-1))

    def _heard(self, condition: Condition) -> list[Tensor]:
        """What each block hears, (B M 2D)."""
        if condition.keys is not None:
            return list(condition.keys.chunk(self.config.depth, dim=-1))
        if condition.tokens is None:
            raise ValueError("this network must be told words: tokens, their mask and a pooled vector")
        words = self.text_norm(condition.tokens.to(self.enter.weight.dtype))
        return [cast(DiTBlock, block).hear(words) for block in self.blocks]

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        heard = self._heard(condition)
        if condition.mask is None or condition.pooled is None:
            raise ValueError("this network must be told words: tokens, their mask and a pooled vector")
        patch, (b, _, height, width) = self.config.patch, x.shape
        if height % patch or width % patch:
            raise ValueError(f"a latent of {height} x {width} cannot be cut into patches of {patch}")
        where = places(height // patch, width // patch, extent=self.config.extent, device=x.device)
        turn = rotation(where, self.config.width // self.config.heads)
        kind = self.enter.weight.dtype
        spots = waves(where / self.config.extent * torch.pi, 32, longest=1 / 16).flatten(1)
        said = F.silu(self.time(time) + self.pooled(condition.pooled.to(kind)))
        mask = F.pad(condition.mask, (turn[0].shape[0], 0), value=True)[:, None, None, :]
        x = x.to(kind)
        seen = x if condition.beside is None else torch.cat((x, condition.beside.to(kind)), dim=1)
        h = self.enter(patches(seen, patch)) + self.where(spots.to(kind))
        if self.rim is not None:
            seen, met = self.rim.open(seen, said)
            h = h + met
        modulation = self.modulation(said).view(b, 6, -1)
        for block, keys in zip(self.blocks, heard, strict=True):
            h = block(h, modulation, keys, mask, turn)
        shift, scale = self.last(said)[:, None].chunk(2, dim=-1)
        h = rms(h) * (1 + scale) + shift
        answer = picture(self.leave(h), patch, height=height, width=width)
        if self.rim is not None:
            answer = answer + self.rim.close(x, seen, h, said)
        return answer.float()
