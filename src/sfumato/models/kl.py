"""The KL autoencoder of latent diffusion (arXiv 2112.10752), as Stable Diffusion, FLUX and many others have it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from ..layers.attention import attend
from ..layers.conv import Grow
from ..layers.norm import GroupNorm
from ..layers.resnet import Resnet
from .tiles import decode_in_tiles


@dataclass(frozen=True)
class KLConfig:
    """``channels`` of the latent; ``widths`` from the pixels down; ``mixed`` if there is a 1x1 convolution on each side
    of the latent. The world's latent is ``(raw - shift) * scale``."""

    channels: int = 4
    widths: tuple[int, ...] = (128, 256, 512, 512)
    blocks: int = 2
    groups: int = 32
    mixed: bool = True
    scale: float = 0.18215
    shift: float = 0.0


class Look(nn.Module):
    """Every place of a map (B C H W) looks at every other, with one head."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.norm = GroupNorm(groups, width, 1e-6)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.norm(x).permute(0, 2, 3, 1).flatten(1, 2)
        q, k, v = self.qkv(tokens)[:, None].chunk(3, dim=-1)
        found = self.out(attend(q, k, v)[:, 0])
        return x + found.transpose(1, 2).unflatten(2, x.shape[2:])


class KLAutoencoder(nn.Module):
    """Pictures in [-1, 1] <-> latents of about unit variance, by ``factor`` smaller along each side.

    Encoder and decoder are single rows of layers. The decoder's ``head`` sees the whole latent at once; its ``tail``,
    which takes nearly all of the time and memory, can be run in tiles.
    """

    def __init__(self, config: KLConfig) -> None:
        super().__init__()
        self.config, self.channels, self.factor = config, config.channels, 2 ** (len(config.widths) - 1)
        first, *_, last = widths = config.widths
        down: list[nn.Module] = [nn.Conv2d(3, first, 3, padding=1)]
        for level, (inside, width) in enumerate(pairwise((first, *widths))):
            if level:  # to the right and below only, as the first of these networks did
                down += [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(inside, inside, 3, stride=2)]
            down += [_resnet(inside if i == 0 else width, width, config) for i in range(config.blocks)]
        down += [*_middle(last, config), *_end(last, 2 * config.channels, config)]
        up: list[nn.Module] = []
        for level, (inside, width) in enumerate(pairwise((last, *reversed(widths)))):
            if level:
                up.append(Grow(inside))
            up += [_resnet(inside if i == 0 else width, width, config) for i in range(config.blocks + 1)]
        self.encoder = nn.Sequential(*down)
        self.head = nn.Sequential(nn.Conv2d(config.channels, last, 3, padding=1), *_middle(last, config))
        self.tail = nn.Sequential(*up, *_end(first, 3, config))
        self.mix = nn.Conv2d(2 * config.channels, 2 * config.channels, 1) if config.mixed else None
        self.unmix = nn.Conv2d(config.channels, config.channels, 1) if config.mixed else None

    def moments(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (B 3 H W) -> mean and log variance of the raw latent (B C H/f W/f)."""
        found = self.encoder(pixels.to(memory_format=torch.channels_last))
        mean, log_variance = (found if self.mix is None else self.mix(found)).chunk(2, dim=1)
        return mean, log_variance.clamp(-30, 20)

    def encode(self, pixels: Tensor) -> Tensor:
        """Pictures (B 3 H W) in [-1, 1] -> latents (B C H/f W/f); the mean, not a draw."""
        return (self.moments(pixels)[0] - self.config.shift) * self.config.scale

    def decode(self, latent: Tensor, *, tile: int | None = None) -> Tensor:
        """Latents (B C H W) -> pictures (B 3 fH fW), not yet clamped. With ``tile``, pictures of more than that many
        latent positions a side are decoded one by one in pieces; they differ a little from those decoded at once."""
        raw = (latent / self.config.scale + self.config.shift).to(memory_format=torch.channels_last)
        h = self.head(raw if self.unmix is None else self.unmix(raw))
        if tile is None:
            return self.tail(h)
        # Each of the blocks of a resolution looks 2 places further, and so does one convolution behind each growth.
        blocks = 2 * (self.config.blocks + 1)
        reach = blocks + sum((blocks + 1) / 2**level for level in range(1, len(self.config.widths)))
        return decode_in_tiles(self.tail, h, tile=tile, reach=round(reach) + 2, factor=self.factor)


def _resnet(inside: int, out: int, config: KLConfig) -> Resnet:
    return Resnet(inside, out, groups=config.groups, eps=1e-6)


def _middle(width: int, config: KLConfig) -> tuple[nn.Module, ...]:
    return _resnet(width, width, config), Look(width, config.groups), _resnet(width, width, config)


def _end(width: int, out: int, config: KLConfig) -> tuple[nn.Module, ...]:
    return GroupNorm(config.groups, width, 1e-6), nn.SiLU(), nn.Conv2d(width, out, 3, padding=1)
