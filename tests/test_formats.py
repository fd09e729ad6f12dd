"""The same weights as a folder, as single files and as GGUF paint the same picture, and nothing half-whole loads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor

import miniature
import sfumato
from sfumato.checkpoints.file import write_tensors
from sfumato.checkpoints.keymap import to_theirs
from sfumato.checkpoints.parts import built
from sfumato.core.refusal import Refusal
from sfumato.models.clip_tokenizer import END, PUBLISHED_SIZE, START
from sfumato.pipeline.generate import Model
from sfumato.pipeline.public import open_model

PROMPT = "the cat on the mat"
SD1 = {
    "denoiser": "model.diffusion_model.",
    "codec": "first_stage_model.",
    "text_encoder": "cond_stage_model.transformer.",
}


@pytest.fixture(scope="module")
def sd1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sd1")
    miniature.sd1(tmp_path_factory.mktemp("tokenizer"), plain=True).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flux")
    miniature.flux(tmp_path_factory.mktemp("tokenizer")).save_pretrained(folder)
    return folder


def single(folder: Path, prefixes: Mapping[str, str]) -> dict[str, Tensor]:
    """The tensors of a folder under the names of single files, through our own maps backwards."""
    found = dict[str, Tensor]()
    for slot, prefix in prefixes.items():
        part = open_model(folder, name="x").parts[slot]
        shapes = {key: entry.shape for key, entry in part.tensors.stored.items()}
        state = built(part, device=torch.device("cpu"), dtype=None).state_dict()
        theirs = to_theirs(state, part.kind.first(part.config, shapes), where=slot)
        found |= {prefix + key: tensor for key, tensor in theirs}
    return found


def write_single(path: Path, folder: Path, prefixes: Mapping[str, str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_tensors(path, single(folder, prefixes), force=True)
    for tokenizer in folder.glob("tokenizer*"):
        shutil.copytree(tokenizer, path.parent / tokenizer.name, dirs_exist_ok=True)
    return path


def same(found: Tensor, wanted: Tensor) -> bool:
    """The same picture; weights elsewhere in memory may be summed in another order, so not always bit for bit."""
    return torch.allclose(found, wanted, rtol=1e-4, atol=1e-5)


def latent(model: Model, sampler: str | None = None) -> Tensor:
    return model.paint(PROMPT, size=(64, 80), seed=1, steps=3, guidance=3.0, sampler=sampler)[0].latent


def test_a_single_file_paints_what_the_folder_paints(sd1: Path, tmp_path: Path) -> None:
    path = write_single(tmp_path / "model.safetensors", sd1, SD1)
    wanted = latent(sfumato.load(sd1, dtype="float32"))
    found = sfumato.load(path, dtype="float32")
    assert found.spec.name == "model.safetensors"
    assert same(latent(found), wanted)


def test_clip_s_published_words_are_found_in_the_cache(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    letters = sorted(ByteLevel.alphabet())
    ends = [f"{letter}</w>" for letter in letters]
    pairs = [(left, right) for left in letters for right in ends][: PUBLISHED_SIZE - 2 * len(letters) - 2]
    names = [*letters, *ends, *map("".join, pairs), START, END]
    words = {name: i for i, name in enumerate(names)}  # as many as CLIP's, and in its order, but others
    pipeline = miniature.sd1(tmp_path / "words", plain=True)
    pipeline.tokenizer = type(pipeline.tokenizer)(vocab=words, merges=pairs, model_max_length=77, pad_token="!")
    pipeline.text_encoder = miniature.clip(len(words), width=64, heads=1, quick=False)  # as OpenCLIP: padded with "!"
    pipeline.save_pretrained(tmp_path / "folder")
    (tmp_path / "alone").mkdir()
    write_tensors(tmp_path / "alone" / "model.safetensors", single(tmp_path / "folder", SD1), force=False)
    home = tmp_path / "home" / "hub" / "models--openai--clip-vit-large-patch14"
    shutil.copytree(tmp_path / "folder" / "tokenizer", home / "snapshots" / "0")
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("0")
    said = """
import sys, torch, sfumato
found, wanted = (sfumato.load(where, dtype="float32", variant="noise") for where in sys.argv[1:])
text = ["An astronaut, riding a (🦊:1.2)!"]
assert torch.equal(found.bundle.text(text).tokens, wanted.bundle.text(text).tokens)
"""
    command = [sys.executable, "-c", said, tmp_path / "alone" / "model.safetensors", tmp_path / "folder"]
    where = {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    subprocess.run(command, env={**os.environ, **where}, check=True)
    shutil.rmtree(home)
    done = subprocess.run(command, env={**os.environ, **where}, capture_output=True, text=True)
    assert "lacks tokenizer; put them beside it or say where" in done.stderr


def test_parts_lie_beside_in_their_own_files(flux: Path, tmp_path: Path) -> None:
    path = write_single(tmp_path / "flux.safetensors", flux, {"denoiser": ""})
    for slot, name in (("codec", "ae"), ("text_encoder", "clip_l"), ("text_encoder_2", "t5xxl")):
        write_tensors(tmp_path / f"{name}.safetensors", single(flux, {slot: ""}), force=False)
    (tmp_path / "notes.safetensors").write_bytes(b"a neighbour that is no model")
    # a folder's own scheduler knows of the shift that grows with the picture, and so does the family
    assert same(latent(sfumato.load(path, dtype="float32")), latent(sfumato.load(flux, dtype="float32")))
    write_tensors(tmp_path / "other.safetensors", single(flux, {"codec": ""}), force=False)
    with pytest.raises(Refusal, match=r"ae\.safetensors and .*other\.safetensors could both be the codec; say which"):
        sfumato.load(path)
    whole = sfumato.load(path, beside=[tmp_path / "ae.safetensors"], dtype="float32")
    assert same(latent(whole), latent(sfumato.load(flux, dtype="float32")))


def test_missing_parts_come_from_where_they_are_said_to_be(sd1: Path, tmp_path: Path) -> None:
    path = tmp_path / "painter.safetensors"
    write_tensors(path, single(sd1, {"denoiser": "model.diffusion_model."}), force=False)
    with pytest.raises(Refusal, match="lacks codec, text_encoder, tokenizer; put them beside it or say where"):
        sfumato.load(path)
    assert same(latent(sfumato.load(path, beside=[sd1], dtype="float32")), latent(sfumato.load(sd1, dtype="float32")))


@pytest.mark.parametrize(("kind", "least"), [("F32", 1.0), ("F16", 0.99999), ("BF16", 0.999), ("Q8_0", 0.999)])
def test_gguf_paints_the_same_within_its_quantisation(sd1: Path, tmp_path: Path, kind: str, least: float) -> None:
    gguf = pytest.importorskip("gguf")
    writer = gguf.GGUFWriter(tmp_path / "painter.gguf", "sd1")
    for key, tensor in single(sd1, {"denoiser": ""}).items():
        fits = tensor.ndim == 2 and tensor.shape[1] % 32 == 0
        form = gguf.GGMLQuantizationType[kind if fits or kind != "Q8_0" else "F16"]
        writer.add_tensor(key, gguf.quants.quantize(tensor.numpy(), form), raw_dtype=form)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    wanted = latent(sfumato.load(sd1, dtype="float32"))
    found = latent(sfumato.load(tmp_path / "painter.gguf", beside=[sd1], dtype="float32"))
    alike = torch.nn.functional.cosine_similarity(found.flatten(), wanted.flatten(), dim=0)
    assert alike >= least - 1e-6
    assert kind != "F32" or same(found, wanted)


def test_a_variant_changes_how_it_is_painted(sd1: Path, tmp_path: Path) -> None:
    path = write_single(tmp_path / "model.safetensors", sd1, SD1)
    noise, v, lcm = (sfumato.load(path, dtype="float32", variant=name) for name in ("noise", "v", "lcm"))
    assert not torch.allclose(latent(noise), latent(v))
    assert (lcm.spec.defaults.sampler, lcm.spec.defaults.steps, lcm.spec.defaults.guidance) == ("lcm", 4, 1.0)
    with pytest.raises(Refusal, match=r"unknown variant of sd1 'turbo'; there is lcm, noise, v"):
        sfumato.load(path, variant="turbo")


def _json(name: str, change: Callable[[dict[str, object]], object]) -> Callable[[Path], object]:
    def damage(folder: Path) -> None:
        values = json.loads((folder / name).read_text())
        change(values)
        (folder / name).write_text(json.dumps(values))

    return damage


def _reshape(folder: Path) -> None:
    from sfumato.checkpoints.file import read_tensors

    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = {key: tensor.clone() for key, tensor in read_tensors(path).items()}
    tensors["conv_out.bias"] = torch.zeros(9)
    write_tensors(path, tensors, force=True)


def _pickled(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").rename(folder / "unet" / "diffusion_pytorch_model.bin")


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no index": (lambda f: (f / "model_index.json").unlink(), "neither model.json nor model_index.json"),
    "a broken index": (lambda f: (f / "model_index.json").write_text("{"), "model_index.json is damaged"),
    "a missing part": (lambda f: shutil.rmtree(f / "vae"), "lacks its part vae"),
    "a missing tokenizer": (lambda f: shutil.rmtree(f / "tokenizer"), "lacks its part tokenizer"),
    "an empty tokenizer": (lambda f: (f / "tokenizer" / "tokenizer.json").unlink(), "holds no tokenizer"),
    "a missing config": (lambda f: (f / "unet" / "config.json").unlink(), "cannot read .*unet/config.json"),
    "a strange class": (_json("unet/config.json", lambda c: c.update(_class_name="UNet9D")), "describes a UNet9D"),
    "a config without widths": (_json("unet/config.json", lambda c: c.pop("block_out_channels")), "lacks 'block_out"),
    "another width": (_json("unet/config.json", lambda c: c.update(block_out_channels=[32, 96])), "unet .*not"),
    "a strange scheduler": (
        _json("scheduler/scheduler_config.json", lambda c: c.update(_class_name="Magic")),
        "has the scheduler 'Magic'; here are",
    ),
    "a flow for a diffusion": (
        _json("scheduler/scheduler_config.json", lambda c: c.update(_class_name="FlowMatchEulerDiscreteScheduler")),
        "does not go with this network",
    ),
    "a strange prediction": (
        _json("scheduler/scheduler_config.json", lambda c: c.update(prediction_type="vibes")),
        "not both known here",
    ),
    "a schedule of its own": (
        _json("scheduler/scheduler_config.json", lambda c: c.update(trained_betas=[0.1])),
        "trained_betas",
    ),
    "another shape": (_reshape, r"has leave\.bias as \[9\], not \[4\]"),
    "a pickle": (_pickled, "is a pickle"),
    "a truncated file": (
        lambda f: (f / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"1234"),
        "cut short",
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_folders_are_refused_in_one_line(sd1: Path, tmp_path: Path, case: str) -> None:
    damage, said = DAMAGED[case]
    folder = shutil.copytree(sd1, tmp_path / "model")
    damage(folder)
    with pytest.raises(Refusal, match=said) as refused:
        sfumato.load(folder)
    assert "\n" not in str(refused.value)
