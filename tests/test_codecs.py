"""Codecs at work in public models: large pictures in tiles, and a tiny codec in the place of the large one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import miniature
import sfumato
from parity import alive
from sfumato.checkpoints.file import write_tensors
from sfumato.checkpoints.keymap import to_theirs
from sfumato.checkpoints.map_kl import first_tiny
from sfumato.core.refusal import Refusal
from sfumato.models.kl import KLAutoencoder, KLConfig
from sfumato.models.taesd import TinyAutoencoder, TinyConfig
from sfumato.pipeline import memory
from sfumato.pipeline.memory import decoded, place

CPU = place("cpu", "float32")


class Listening:
    """A decoder's tail that remembers the largest side it was given."""

    def __init__(self, network: nn.Module) -> None:
        self.most = 0
        network.register_forward_pre_hook(self._hear)

    def _hear(self, _: nn.Module, given: tuple[Tensor]) -> None:
        self.most = max(self.most, *given[0].shape[2:])


@torch.no_grad()
def test_large_pictures_are_decoded_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LARGE", 40)
    monkeypatch.setattr(memory, "TILE", 24)
    codec = alive(KLAutoencoder(KLConfig(widths=(8, 8), blocks=1, groups=2)))
    assert isinstance(codec, KLAutoencoder)
    heard = Listening(codec.tail)
    small, large = (torch.randn(1, 4, side, 30, generator=torch.Generator().manual_seed(1)) for side in (32, 60))
    whole = decoded(codec, small, CPU, thrifty=False)
    assert heard.most == 32
    pieces = decoded(codec, small, CPU, thrifty=True)
    assert pieces.shape == whole.shape == (1, 3, 64, 60)
    assert (pieces - whole).abs().max() < 1e-4
    heard.most = 0
    assert decoded(codec, large, CPU, thrifty=False).shape == (1, 3, 120, 60)
    assert heard.most == 60  # the statistics alone come from all of it, since it is smaller than an example
    assert not torch.allclose(whole, torch.zeros_like(whole), atol=0.1)


def test_a_tiny_codec_takes_the_place_of_the_large_one(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    miniature.sd1(tmp_path / "words").save_pretrained(folder)
    theirs = alive(miniature.diffusers.AutoencoderTiny())
    theirs.save_pretrained(tmp_path / "taesd")  # type: ignore[operator]
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    wish = {"noise": noise, "steps": 2, "size": (64, 64)}
    plain = sfumato.load(folder, dtype="float32").paint("the cat", **wish)[0]
    tiny = sfumato.load(folder, beside=[tmp_path / "taesd"], dtype="float32").paint("the cat", **wish)[0]
    assert torch.equal(tiny.latent, plain.latent)
    with torch.no_grad():
        wanted = theirs.decode(tiny.latent[None]).sample[0].clamp(-1, 1)  # type: ignore[operator, union-attr]
    assert (tiny.pixels - wanted).abs().max() < 1e-5
    assert not torch.allclose(tiny.pixels, plain.pixels, atol=0.05)


def test_a_tiny_decoder_file_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    miniature.sd1(tmp_path / "words").save_pretrained(folder)
    network = alive(TinyAutoencoder(TinyConfig(encoder=())))
    tensors = dict(to_theirs(network.state_dict(), first_tiny(TinyConfig(encoder=())), where="ours"))
    write_tensors(tmp_path / "taesd_decoder.safetensors", tensors, force=False)
    model = sfumato.load(folder, beside=[tmp_path / "taesd_decoder.safetensors"], dtype="float32")
    picture = model.paint("the cat", steps=2, size=(64, 64), seed=1)[0]
    with torch.no_grad():
        # in float64, since two orders of summation in float32 differ by up to the sum of their own errors
        wanted = network.double().decode(picture.latent[None].double())[0].clamp(-1, 1)  # type: ignore[operator]
    assert (picture.pixels - wanted).abs().max() < 1e-5


def test_a_folder_of_one_network_is_no_model(tmp_path: Path) -> None:
    miniature.kl().save_pretrained(tmp_path / "vae")  # type: ignore[operator]
    with pytest.raises(Refusal, match="0 painters"):
        sfumato.load(tmp_path / "vae")
