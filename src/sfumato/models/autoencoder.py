"""The KL autoencoder: pictures <-> latents many times smaller, of plain convolutions so that a CPU is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..layers.conv import ResBlock, down, up


@dataclass(frozen=True)
class AutoencoderConfig:
    """``widths``: channels at 1/8 and 1/16 for the encoder, at 1/16, 1/8, 1/4 and 1/2 for the decoder."""

    channels: int = 16
    encoder: tuple[int, int] = (128, 256)
    encoder_blocks: tuple[int, int] = (1, 2)
    decoder: tuple[int, ...] = (256, 128, 64, 32)
    decoder_blocks: tuple[int, ...] = (2, 2, 2, 1)


class Autoencoder(nn.Module):
    """Variational autoencoder (arXiv 1312.6114) whose latent has one position for every 16 x 16 pixels.

    ``encode`` and ``decode`` speak latents of unit variance in the mean: the mean of every channel over the training
    pictures and the matrices ``into`` and ``back`` are buffers of the network, so that no caller ever multiplies by a
    constant. Works at any height and width that 16 divides.
    """

    factor = 16

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config, self.channels = config, config.channels
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
        self.mean = nn.Buffer(torch.zeros(config.channels))
        self.into, self.back = (nn.Buffer(torch.eye(config.channels)) for _ in range(2))

    def moments(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (B 3 H W) -> mean and log variance of the raw latent, (B C H/16 W/16) each."""
        mean, log_variance = self.encoder(pixels).chunk(2, dim=1)
        return mean, log_variance.clamp(-12, 4)

    def encode(self, pixels: Tensor) -> Tensor:
        """Pictures (B 3 H W) in [-1, 1] -> latents (B C H/16 W/16) of about unit variance; the mean, not a draw."""
        return _turned(self.moments(pixels)[0] - self.mean[:, None, None], self.into)

    def decode(self, latent: Tensor) -> Tensor:
        """Latents of about unit variance -> pictures, not yet clamped to [-1, 1]."""
        return self.decoder(_turned(latent, self.back) + self.mean[:, None, None])

def _turned(latent: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("oi,bihw->bohw", matrix.to(latent.dtype), latent)


@torch.no_grad()
def shape(codec: Autoencoder, pictures: Sequence[Tensor], *, power: float = 0.5) -> None:
    """Turn and stretch the latents of a codec so that what changes pictures most is loudest in them.

    A raw latent has many channels of fine detail, each as loud as the one that says how bright a place is, and a
    denoiser would spend itself on them. Along the axes of what a picture's pixels owe to the latent, the deviations
    become those shares to the ``power``: 0 would make all alike, at 1 noise hides of a latent what it hides of pixels.
    ``pictures`` (1 3 H W) each. Of 32 axes four make 83 % of what is seen (LOG.md, 2026-11-21).
    """
    raw = [codec.moments(picture)[0] for picture in pictures]
    values = torch.cat([latent.transpose(0, 1).flatten(1) for latent in raw], dim=1).double()
    codec.mean.copy_(values.mean(1))
    spread = torch.cov(values)
    signs = torch.Generator().manual_seed(0)
    owed = torch.zeros_like(spread)
    for latent in raw[:16]:  # the decoder's answer to a nudge of each channel, in random directions place by place
        nudge = 0.1 * torch.randn(latent[:, :1].shape, generator=signs).sign()
        nudges = torch.eye(len(spread))[:, :, None, None] * spread.diag().sqrt().float()[:, None, None] * nudge
        answers = (codec.decoder(latent + nudges) - codec.decoder(latent)).flatten(1).double()
        answers /= 0.1 * spread.diag().sqrt()[:, None]
        owed += answers @ answers.T / nudge.numel() / 16
    values, axes = torch.linalg.eigh(owed)
    root = axes @ values.clamp(min=0).sqrt().diag() @ axes.T
    shares, axes = torch.linalg.eigh(root @ spread @ root)
    into = shares.clamp(min=1e-9).pow((power - 1) / 2).diag() @ axes.T @ root
    into *= (len(into) / torch.trace(into @ spread @ into.T)).sqrt()
    codec.into.copy_(into)
    codec.back.copy_(torch.linalg.inv(into))
