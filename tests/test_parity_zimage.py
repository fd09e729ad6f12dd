"""Z-Image: our network says what diffusers' says, from files in either naming, at real size too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from parity import alive, close, same, twin
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.map_zimage import CONFIGS, diffusers_zimage, first_zimage, zimage_config
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.models.zimage import ZImage

diffusers = pytest.importorskip("diffusers")

TINY: dict[str, Any] = {
    "in_channels": 4,
    "dim": 48,
    "n_layers": 3,
    "n_refiner_layers": 2,
    "n_heads": 3,
    "n_kv_heads": 3,
    "cap_feat_dim": 20,
    "axes_dims": (8, 4, 4),
    "axes_lens": (512, 64, 64),
}


def reference(values: dict[str, Any]) -> Any:
    return diffusers.ZImageTransformer2DModel(**values)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (6, 10), (16, 32)])
@pytest.mark.parametrize("lengths", [(5, 5), (1, 32), (33, 300)])
def test_says_what_diffusers_says(height: int, width: int, lengths: tuple[int, ...]) -> None:
    them = alive(reference(TINY))
    config = zimage_config(them.config)
    us = twin(them, ZImage(config), diffusers_zimage(config))
    rng = torch.Generator().manual_seed(2)
    x = torch.randn(len(lengths), 4, height, width, generator=rng)
    words = torch.randn(len(lengths), max(lengths), 20, generator=rng)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    time = torch.tensor([985.0, 12.25])  # their clock runs the other way and counts in ones
    with torch.no_grad():
        told = [row[:length] for row, length in zip(words, lengths, strict=True)]
        wanted = them([row[:, None] for row in x], (1000 - time) / 1000, told).sample
        condition = Condition(tokens=words, mask=mask)
        said = us(x, time, condition)
        assert torch.equal(us(x, time, us.remember(condition)), said)
    close(said, -torch.stack([row[:, 0] for row in wanted]))


def test_both_namings_are_one_network() -> None:
    """Our first names go through diffusers' own converter and come out as diffusers' names, bit for bit."""
    from diffusers.loaders.single_file_utils import convert_z_image_transformer_checkpoint_to_diffusers as convert

    them = alive(reference(TINY))
    theirs, config = them.state_dict(), zimage_config(them.config)
    ours = dict(to_ours(theirs, diffusers_zimage(config), where="folder"))
    first = dict(to_theirs(ours, first_zimage(config), where="network"))
    unused = {"norm_final.weight": torch.ones(48)}
    same(dict(to_ours(first | unused, first_zimage(config), where="file")), ours)
    same(convert({f"model.diffusion_model.{name}": value for name, value in first.items()} | unused), theirs)


def test_real_size() -> None:
    config = CONFIGS["z-image"]
    with torch.device("meta"):
        them = reference({})
        assert zimage_config(them.config) == config
        us = twin(them, ZImage(config), diffusers_zimage(config))
    count = sum(value.numel() for value in us.parameters())
    assert count == sum(value.numel() for value in them.parameters())
    assert round(count / 1e6) == 6155


def test_refusals() -> None:
    with pytest.raises(ValueError, match="mask"):
        x, words = torch.zeros(1, 16, 4, 4), torch.zeros(1, 4, 20)
        values = TINY | {"all_patch_size": (2,), "rope_theta": 256.0, "norm_eps": 1e-5}
        ZImage(zimage_config(values))(x, torch.zeros(1), Condition(tokens=words))
    with pytest.raises(Refusal, match="siglip_feat_dim 1152"):
        zimage_config(TINY | {"siglip_feat_dim": 1152})
