"""A tiny autoencoder for the same latents as a large one: previews, and pictures where time matters (TAESD's kind)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from .tiles import decode_in_tiles


@dataclass(frozen=True)
class TinyConfig:
    """``encoder`` and ``decoder``: how many blocks at each resolution, none at all for the encoder of a file that holds
    only the other; ``scale`` and ``shift`` as in the large one."""

    channels: int = 4
    width: int = 64
    encoder: tuple[int, ...] = (1, 3, 3, 3)
    decoder: tuple[int, ...] = (3, 3, 3, 1)
    scale: float = 1.0
    shift: float = 0.0


class Block(nn.Module):
    """Three convolutions beside a straight line."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second, self.third = (nn.Conv2d(width, width, 3, padding=1) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.third(F.relu(self.second(F.relu(self.first(x))))))


class TinyAutoencoder(nn.Module):
    """Pictures in [-1, 1] <-> latents of about unit variance."""

    def __init__(self, config: TinyConfig) -> None:
        super().__init__()
        self.config, self.channels, self.factor = config, config.channels, 2 ** (len(config.decoder) - 1)
        width = config.width
        down: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1)]
        for level, count in enumerate(config.encoder):
            if level:
                down.append(nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False))
            down += [Block(width) for _ in range(count)]
        down.append(nn.Conv2d(width, config.channels, 3, padding=1))
        up: list[nn.Module] = [nn.Conv2d(config.channels, width, 3, padding=1), nn.ReLU()]
        for level, count in enumerate(config.decoder):
            if level:
                up += [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(width, width, 3, padding=1, bias=False)]
            up += [Block(width) for _ in range(count)]
        up.append(nn.Conv2d(width, 3, 3, padding=1))
        self.encoder = nn.Sequential(*down) if config.encoder else None
        self.decoder = nn.Sequential(*up)

    def encode(self, pixels: Tensor) -> Tensor:
        """Pictures (B 3 H W) in [-1, 1] -> latents (B C H/f W/f); raises ValueError if there is only a decoder."""
        if self.encoder is None:
            raise ValueError("this autoencoder came without its encoder")
        return (self.encoder((pixels + 1) / 2) - self.config.shift) * self.config.scale

    def decode(self, latent: Tensor, *, tile: int | None = None) -> Tensor:
        """Latents (B C H W) -> pictures (B 3 fH fW), not yet clamped; with ``tile``, in pieces of that many latent
        positions a side, to the same pixels."""
        raw = 3 * ((latent / self.config.scale + self.config.shift) / 3).tanh()
        if tile is None:
            return self.decoder(raw) * 2 - 1
        reach = 1 + sum((3 * count + 1) / 2**level for level, count in enumerate(self.config.decoder))
        return decode_in_tiles(self.decoder, raw, tile=tile, reach=round(reach) + 1, factor=self.factor) * 2 - 1
