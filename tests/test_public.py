"""Public checkpoints end to end: from the same noise the reference's own pipeline paints the same picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import miniature
import sfumato
from sfumato.pipeline.generate import Model

LATENT, PIXEL = 1e-4, 1 / 255
STEPS = 4


def watched(pipeline: Any, **wish: Any) -> tuple[Tensor, Tensor]:
    """Paint with the reference; returns the latents that its decoder was given (C H W) and the pixels in [-1, 1]."""
    pipeline.set_progress_bar_config(disable=True)
    seen, decode = [], pipeline.vae.decode

    def listening(latent: Tensor, *rest: Any, **named: Any) -> Any:
        seen.append(latent)
        return decode(latent, *rest, **named)

    pipeline.vae.decode = listening
    try:
        images = pipeline(**wish, num_inference_steps=STEPS, output_type="pt").images
    finally:
        pipeline.vae.decode = decode
    config = pipeline.vae.config
    pixels = torch.as_tensor(images)[0].float()
    return (seen[0][0] - (config.shift_factor or 0.0)) * config.scaling_factor, pixels * 2 - 1


def same_picture(model: Model, wanted: tuple[Tensor, Tensor], prompt: str, noise: Tensor, **wish: Any) -> None:
    """Latents and pixels are those of the reference."""
    height, width = (8 * side for side in noise.shape[2:])
    picture = model.paint(prompt, noise=noise, steps=STEPS, size=(width, height), **wish)[0]
    latent, pixels = wanted
    assert (latent.std() > 0.3) and (pixels.std() > 0.02), "a flat picture proves nothing"
    assert (picture.latent - latent).abs().max() <= LATENT * max(1.0, float(latent.std()))
    assert (picture.pixels - pixels).abs().max() <= 2 * PIXEL


@pytest.fixture(scope="module")
def dit(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("dit")
    pipeline = miniature.dit()
    pipeline.save_pretrained(folder)
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"id2label": {"207": "golden retriever, dog"}}))
    return pipeline, folder


@pytest.mark.parametrize("prompt", ["207", "Golden Retriever", "dog"])
def test_class_dit(dit: tuple[Any, Path], prompt: str) -> None:
    pipeline, folder = dit
    wanted = watched(pipeline, class_labels=[207], guidance_scale=4.0, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    same_picture(sfumato.load(folder, dtype="float32"), wanted, prompt, noise, guidance=4.0)


PROMPT, NEGATIVE = "the cat on the mat", "a can"


@pytest.fixture(scope="module")
def z_image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    return written(miniature.z_image, tmp_path_factory)


def written(make: Callable[..., Any], factory: pytest.TempPathFactory, **values: Any) -> tuple[Any, Path]:
    """A miniature pipeline and the folder it was written to."""
    folder = factory.mktemp("model")
    pipeline = make(factory.mktemp("tokenizer"), **values)
    pipeline.save_pretrained(folder)
    return pipeline, folder


def drawn(channels: int, height: int = 8, width: int = 8) -> Tensor:
    return torch.randn(1, channels, height, width, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("guidance", [1.0, 5.0])
def test_z_image(z_image: tuple[Any, Path], guidance: float) -> None:
    pipeline, folder = z_image
    noise = drawn(16, 8, 12)
    # the reference adds what is unwanted to one whole of what is wanted: its 4 is everybody else's 5
    wish = {"negative_prompt": NEGATIVE} if guidance > 1 else {}
    wanted = watched(pipeline, prompt=PROMPT, guidance_scale=guidance - 1, latents=noise, height=64, width=96, **wish)
    negative = {"negative": NEGATIVE} if guidance > 1 else {}
    same_picture(sfumato.load(folder, dtype="float32"), wanted, PROMPT, noise, guidance=guidance, **negative)
