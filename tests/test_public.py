"""Public checkpoints end to end: from the same noise the reference's own pipeline paints the same picture."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import miniature
import sfumato
from sfumato.core.seeds import Noise
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
    apart, seen = (picture.latent - latent).abs().max(), (picture.pixels - pixels).abs().max()
    assert float(apart) <= LATENT * max(1.0, float(latent.std()))
    assert float(seen) <= 2 * PIXEL


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


# Our samplers and the schedulers of the reference that are the same mathematics, with what each must be told.
DIFFUSION: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {"clip_sample": False}),
    "euler": ("EulerDiscreteScheduler", {}),
    "ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "dpmpp_2m": ("DPMSolverMultistepScheduler", {}),
    "dpmpp_sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False}),
    "lcm": ("LCMScheduler", {}),
}
SEED = 3


def with_scheduler(
    pipeline: Any, folder: Path, sampler: str, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    """Give the pipeline the scheduler that is ``sampler``, and the noise that ours will draw for seed ``SEED``."""
    import importlib

    import diffusers

    name, values = DIFFUSION[sampler]
    kind = getattr(diffusers, name)
    pipeline.scheduler = kind.from_pretrained(folder, subfolder="scheduler", **values)
    stream = Noise([SEED])
    stream.draw(*shape)
    module = importlib.import_module(kind.__module__)
    if hasattr(module, "randn_tensor"):
        monkeypatch.setattr(module, "randn_tensor", lambda shape, **_: stream.draw(*shape))


@pytest.fixture(scope="module")
def sd1(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    return written(miniature.sd1, tmp_path_factory)


@pytest.fixture(scope="module")
def sd2(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    return written(miniature.sd2, tmp_path_factory)


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    return written(miniature.sdxl, tmp_path_factory)


@pytest.mark.parametrize("sampler", DIFFUSION)
@pytest.mark.parametrize("family", ["sd1", "sd2", "sdxl"])
def test_diffusion_families(
    family: str, sampler: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, folder = request.getfixturevalue(family)
    before, noise = pipeline.scheduler, drawn(4, 8, 10)
    with_scheduler(pipeline, folder, sampler, monkeypatch, noise.shape)
    try:
        wanted = watched(
            pipeline, prompt=PROMPT, negative_prompt=NEGATIVE, guidance_scale=5.0, latents=noise, height=64, width=80
        )
    finally:
        pipeline.scheduler = before
    model = sfumato.load(folder, dtype="float32")
    same_picture(model, wanted, PROMPT, noise, negative=NEGATIVE, guidance=5.0, sampler=sampler, seed=SEED)


def test_nothing_is_said_in_zeros_to_sdxl(sdxl: tuple[Any, Path]) -> None:
    pipeline, folder = sdxl
    noise = drawn(4)
    wanted = watched(pipeline, prompt=PROMPT, guidance_scale=5.0, latents=noise, height=64, width=64)
    same_picture(sfumato.load(folder, dtype="float32"), wanted, PROMPT, noise, guidance=5.0)


@pytest.mark.parametrize("negative", [NEGATIVE, None])
def test_sdxl_refiner(negative: str | None, tmp_path_factory: pytest.TempPathFactory) -> None:
    pipeline, folder = written(miniature.sdxl_refiner, tmp_path_factory)
    noise = drawn(4, 8, 10)
    pipeline.scheduler.set_timesteps(STEPS)
    # the reference only ever refines: from the very start of the denoising it takes its latent as it is
    wanted = watched(
        pipeline,
        prompt=PROMPT,
        negative_prompt=negative,
        guidance_scale=5.0,
        image=noise * pipeline.scheduler.init_noise_sigma,
        denoising_start=1e-9,
    )
    model = sfumato.load(folder, dtype="float32")
    assert model.spec.sizes.multiple == 8 and model.manner.told == "aesthetics"
    same_picture(model, wanted, PROMPT, noise, negative=negative, guidance=5.0)


def test_a_scheduler_that_is_not_here_is_named(sd1: tuple[Any, Path], sdxl: tuple[Any, Path]) -> None:
    model = sfumato.load(sd1[1], dtype="float32")
    note = "the model asks for PNDM, which is not here; dpmpp_2m stands in for it"
    assert note in model.paint(PROMPT, size=(64, 64), steps=1)[0].record.notes
    assert note not in model.paint(PROMPT, size=(64, 64), steps=1, sampler="euler")[0].record.notes
    assert sfumato.load(sdxl[1], dtype="float32").manner.note is None


def test_without_guidance_the_prompt_alone_is_asked(sd1: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline, folder = sd1
    before, noise = pipeline.scheduler, drawn(4)
    with_scheduler(pipeline, folder, "dpmpp_2m", monkeypatch, noise.shape)
    wanted = watched(pipeline, prompt=PROMPT, guidance_scale=1.0, latents=noise, height=64, width=64)
    pipeline.scheduler = before
    same_picture(sfumato.load(folder, dtype="float32"), wanted, PROMPT, noise, guidance=1.0)


@pytest.mark.parametrize("values", [{}, {"large": True}, {"t5_too": False}], ids=["3", "3.5", "without T5"])
@pytest.mark.parametrize("sampler", ["euler", "heun"])
def test_sd3(values: dict[str, bool], sampler: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    import diffusers

    pipeline, folder = written(miniature.sd3, tmp_path_factory, **values)
    if sampler == "heun":
        pipeline.scheduler = diffusers.FlowMatchHeunDiscreteScheduler(shift=3.0)
    noise = drawn(16, 8, 10)
    wanted = watched(
        pipeline, prompt=PROMPT, negative_prompt=NEGATIVE, guidance_scale=5.0, latents=noise, height=64, width=80
    )
    model = sfumato.load(folder, dtype="float32")
    same_picture(model, wanted, PROMPT, noise, negative=NEGATIVE, guidance=5.0, sampler=sampler)


@pytest.mark.parametrize("schnell", [False, True])
def test_flux(schnell: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    pipeline, folder = written(miniature.flux, tmp_path_factory, schnell=schnell)
    noise = drawn(16, 8, 10)
    packed = pipeline._pack_latents(noise, 1, 16, 8, 10)
    length = 256 if schnell else 512
    wanted = watched(
        pipeline, prompt=PROMPT, guidance_scale=3.5, latents=packed, height=64, width=80, max_sequence_length=length
    )
    guidance = 1.0 if schnell else 3.5
    same_picture(sfumato.load(folder, dtype="float32"), wanted, PROMPT, noise, guidance=guidance)


@pytest.mark.parametrize("sampler", ["ddim", "euler", "dpmpp_2m", "unipc"])
@pytest.mark.parametrize(
    "told",
    [
        {"timestep_spacing": "linspace"},
        {"timestep_spacing": "trailing"},
        {"timestep_spacing": "trailing", "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"},
        {"beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02},
        {"prediction_type": "sample", "steps_offset": 0},
    ],
    ids=["linspace", "trailing", "zero terminal", "linear", "x0"],
)
def test_a_folders_scheduler_decides(
    sd1: tuple[Any, Path], told: dict[str, Any], sampler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sampler != "ddim" and "rescale_betas_zero_snr" in told:
        pytest.skip("the reference starts these from a sigma of 4096, not from pure noise")
    if sampler == "ddim" and told.get("timestep_spacing") == "linspace":
        pytest.skip("the reference steps by a stride that is not the distance of these timesteps")
    pipeline, whole = sd1
    folder = shutil.copytree(whole, tmp_path / "model")
    path = folder / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | told))
    before, noise = pipeline.scheduler, drawn(4)
    with_scheduler(pipeline, folder, sampler, monkeypatch, noise.shape)
    try:
        wanted = watched(pipeline, prompt=PROMPT, guidance_scale=3.0, latents=noise, height=64, width=64)
    finally:
        pipeline.scheduler = before
    same_picture(sfumato.load(folder, dtype="float32"), wanted, PROMPT, noise, guidance=3.0, sampler=sampler)
