"""The task of the autoencoder: see a crop, say it in 48 times fewer numbers, paint it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ..core.picture import to_image
from ..data.pairs import FIRST_TRAINING_SEED, Pairs, floats
from ..models.autoencoder import Autoencoder, AutoencoderConfig, shape
from .task import TrainingError

HELD_OUT = Pairs(first=0)


@dataclass(frozen=True)
class CodecLoss:
    """Weights of absolute error, its gradient (edges), squared error, and the pull of the latent towards N(0, 1)."""

    absolute: float = 1.0
    edges: float = 1.0
    squared: float = 10.0
    normal: float = 1e-3


class CodecTask:
    """Crops of storybook pictures through the bottleneck. Seeing crops alone is enough: the network is convolutional.

    With ``frozen_encoder`` only the decoder learns, so that latents made before stay valid.
    """

    def __init__(self, config: AutoencoderConfig, loss: CodecLoss, *, crop: int, start: Path | None = None,
                 frozen_encoder: bool = False) -> None:  # fmt: skip
        self.codec = Autoencoder(config)
        if start is not None:
            self.codec.load_state_dict(load_codec(start, config).state_dict())
        self.frozen_encoder = frozen_encoder
        self.codec.encoder.requires_grad_(not frozen_encoder)
        self.modules = nn.ModuleDict({"codec": self.codec})
        self.weights, self.crop, self.pairs = loss, crop, Pairs(FIRST_TRAINING_SEED)

    def batch(self, step: int, size: int) -> Tensor:
        """Two crops of each picture, since drawing costs a third of a step: the busier two of four."""
        generator = torch.Generator().manual_seed(step)
        crops: list[Tensor] = []
        for i in range(step * size, (step + 1) * size, 2):
            picture = self.pairs.picture(i // 2, (256, 256))
            corners = torch.randint(0, 256 - self.crop + 1, (4, 2), generator=generator).tolist()
            pieces = [picture[:, top : top + self.crop, left : left + self.crop] for top, left in corners]
            crops += sorted(pieces, key=_busy)[-2:]  # skies are learned soon, faces are not
        return floats(torch.stack(crops[:size]))

    def loss(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor | float]]:
        mean, log_variance = self.codec.moments(batch)
        latent = mean
        if not self.frozen_encoder:  # later on nobody adds noise to a latent: it would only blur what is painted
            latent = mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator).to(mean)
        painted = self.codec.decoder(latent)
        difference = painted - batch
        edges = difference.diff(dim=-1).abs().mean() + difference.diff(dim=-2).abs().mean()
        normal = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        squared = difference.square().mean()
        w = self.weights
        loss = w.absolute * difference.abs().mean() + w.edges * edges + w.squared * squared + w.normal * normal
        return loss, {"psnr": float(10 * torch.log10(4 / squared.detach())), "normal": normal.detach()}

    def preview(self, modules: nn.ModuleDict) -> Image.Image:
        """Pictures above, what is left of them below."""
        codec = modules["codec"]
        assert isinstance(codec, Autoencoder)
        pixels = floats(torch.stack([HELD_OUT.picture(i, (256, 256)) for i in range(6)]))
        with torch.inference_mode():
            again = codec.decode(codec.encode(pixels))
        return to_image(torch.cat([torch.cat(list(row), dim=2) for row in (pixels, again)], dim=1))

    def export(self, modules: nn.ModuleDict, folder: Path) -> None:
        """The codec with its latents shaped over training pictures."""
        codec = modules["codec"]
        assert isinstance(codec, Autoencoder)
        with torch.inference_mode():
            if not self.frozen_encoder:
                shape(codec, [floats(self.pairs.picture(i, (256, 256)))[None] for i in range(256)])
            held_out = floats(torch.stack([HELD_OUT.picture(i, (256, 256)) for i in range(96)]))
            error = (codec.decode(codec.encode(held_out)).clamp(-1, 1) - held_out).square().mean(dim=(1, 2, 3))
            psnr = float((10 * torch.log10(4 / error)).mean())
        save_file(codec.state_dict(), folder / "codec.safetensors", metadata={"psnr_held_out": f"{psnr:.2f}"})


def _busy(pixels: Tensor) -> float:
    """How much changes from pixel to pixel."""
    return float(pixels[:, ::2].float().diff(dim=-1).abs().mean())


def load_codec(path: Path, config: AutoencoderConfig) -> Autoencoder:
    """The autoencoder that ``CodecTask.export`` wrote; raises TrainingError if it is not there."""
    if not path.is_file():
        raise TrainingError(f"{path} is missing: the recipe codec makes it")
    codec = Autoencoder(config)
    codec.load_state_dict(load_file(path))
    return codec.eval().requires_grad_(False)
