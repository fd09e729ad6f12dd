"""The KL autoencoder: pictures <-> latents many times smaller, of plain convolutions so that a CPU is enough."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ..layers.conv import ResBlock, down, up


@dataclass(frozen=True)
class AutoencoderConfig:
    """``widths``: channels at 1/8 and 1/16 for the encoder, at 1/16, 1/8, 1/4 and 1/2 for the decoder; ``sketch``:
    channels that a denoiser paints beside the ``channels`` that become a picture."""

    channels: int = 16
    encoder: tuple[int, int] = (128, 256)
    encoder_blocks: tuple[int, int] = (1, 2)
    decoder: tuple[int, ...] = (256, 128, 64, 32)
    decoder_blocks: tuple[int, ...] = (2, 2, 2, 1)
    sketch: int = 0


class Autoencoder(nn.Module):
    """Variational autoencoder (arXiv 1312.6114) whose latent has one position for every 16 x 16 pixels.

    ``encode`` and ``decode`` speak unit-variance latents: the mean and deviation of every channel over the training
    pictures are buffers of the network, so that no caller ever multiplies by a constant. Works at any height and width
    that 16 divides.

    Where the latent carries a sketch, ``encode`` reads it from the rest, and ``decode`` leaves it out.
    """

    factor = 16

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config, self.channels = config, config.channels + config.sketch
        near, far = config.encoder
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(8),
            nn.Conv2d(3 * 64, near, 3, padding=1),
            *[ResBlock(near) for _ in range(config.encoder_blocks[0])],
            down(near, far),
            *[ResBlock(far) for _ in range(config.encoder_blocks[1])],
            nn.SiLU(),
            nn.Conv2d(far, 2 * config.channels, 3, padding=1),
        )
        layers: list[nn.Module] = [nn.Conv2d(config.channels, config.decoder[0], 3, padding=1)]
        for i, (width, blocks) in enumerate(zip(config.decoder, config.decoder_blocks, strict=True)):
            if i:
                layers.append(up(config.decoder[i - 1], width))
            layers += [ResBlock(width) for _ in range(blocks)]
        self.decoder = nn.Sequential(
            *layers, nn.SiLU(), nn.Conv2d(config.decoder[-1], 12, 3, padding=1), nn.PixelShuffle(2)
        )
        self.reader = reader(config.channels, config.sketch) if config.sketch else None
        self.mean = nn.Buffer(torch.zeros(config.channels))
        self.deviation = nn.Buffer(torch.ones(config.channels))

    def moments(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (B 3 H W) -> mean and log variance of the raw latent, (B C H/16 W/16) each."""
        mean, log_variance = self.encoder(pixels).chunk(2, dim=1)
        return mean, log_variance.clamp(-12, 4)

    def encode(self, pixels: Tensor) -> Tensor:
        """Pictures (B 3 H W) in [-1, 1] -> latents (B C H/16 W/16) of about unit variance; the mean, not a draw."""
        latent = (self.moments(pixels)[0] - self.mean[:, None, None]) / self.deviation[:, None, None]
        return latent if self.reader is None else torch.cat((latent, self.reader(latent)), dim=1)

    def reading(self, sketch: int, read: nn.Module) -> Autoencoder:
        """The same codec for latents with a sketch of so many channels, which ``read`` learned to say."""
        codec = Autoencoder(replace(self.config, sketch=sketch))
        codec.load_state_dict(self.state_dict() | {f"reader.{k}": v for k, v in read.state_dict().items()})
        return codec.eval().requires_grad_(False)

    def decode(self, latent: Tensor) -> Tensor:
        """Latents of about unit variance -> pictures, not yet clamped to [-1, 1]."""
        latent = latent[:, : self.config.channels]
        return self.decoder(latent * self.deviation[:, None, None] + self.mean[:, None, None])


def reader(channels: int, sketch: int, width: int = 128) -> nn.Sequential:
    """Latents (B C H W) -> their sketch (B S H W), which is made of patches of 2 x 2."""
    return nn.Sequential(down(channels, width), ResBlock(width), ResBlock(width), nn.SiLU(), up(width, sketch))
