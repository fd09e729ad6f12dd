"""The networks: parameter counts, shapes at every size, what a padded text may not change, and words as numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from sfumato.core.level import Condition
from sfumato.models.autoencoder import Autoencoder, AutoencoderConfig, shape
from sfumato.models.dit import DiT, DiTConfig
from sfumato.models.text import TextConfig, TextTransformer
from sfumato.models.tokenizer import Tokenizer, train_tokenizer
from sfumato.models.unet import UNet, UNetConfig

SMALL_DIT = DiTConfig(channels=4, width=32, depth=2, heads=2, text=16, extent=4)
SMALL_UNET = UNetConfig(channels=4, widths=(16, 32), blocks=(1, 1), heads=2, text=16, groups=4)


def alive(network: nn.Module) -> nn.Module:
    """Every parameter random: layers that start at zero would hide what is behind them."""
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        parameter.data = 0.2 * torch.randn(parameter.shape, generator=generator)
    return network.eval()


def words(count: int, *, padding: int = 0) -> Condition:
    tokens = torch.randn(1, count + padding, 16, generator=torch.Generator().manual_seed(1))
    tokens[:, :count] = torch.randn(1, count, 16, generator=torch.Generator().manual_seed(2))
    mask = torch.arange(count + padding)[None] < count
    return Condition(tokens=tokens, mask=mask, pooled=torch.ones(1, 16))


@pytest.mark.parametrize(
    ("network", "config", "count"),
    [
        (Autoencoder, AutoencoderConfig(), 6_412_268),
        (TextTransformer, TextConfig(), 2_639_360),
        (DiT, DiTConfig(), 8_258_112),
        (UNet, UNetConfig(), 16_813_712),
    ],
)
def test_parameter_counts(network: type[nn.Module], config: object, count: int) -> None:
    with torch.device("meta"):
        built = network(config)
    assert sum(p.numel() for p in built.parameters()) == count


@pytest.mark.parametrize("network", [DiT(SMALL_DIT), UNet(SMALL_UNET)], ids=["dit", "unet"])
@pytest.mark.parametrize("size", [(8, 8), (8, 12), (32, 16)])
def test_denoisers_paint_any_shape(network: nn.Module, size: tuple[int, int]) -> None:
    out = alive(network)(torch.randn(1, 4, *size), torch.tensor([500.0]), words(3))
    assert out.shape == (1, 4, *size)
    assert out.dtype == torch.float32
    assert out.isfinite().all()


@pytest.mark.parametrize("network", [DiT(SMALL_DIT), UNet(SMALL_UNET)], ids=["dit", "unet"])
def test_padding_says_nothing_and_words_do(network: nn.Module) -> None:
    x, time = torch.randn(1, 4, 8, 8), torch.tensor([300.0])
    net = alive(network)
    plain, padded, other = net(x, time, words(3)), net(x, time, words(3, padding=5)), net(x, time, words(4))
    assert torch.allclose(plain, padded, atol=1e-5)
    assert not torch.allclose(plain, other, atol=1e-3)


@pytest.mark.parametrize("network", [DiT(SMALL_DIT), UNet(SMALL_UNET)], ids=["dit", "unet"])
def test_time_matters_and_missing_words_are_refused(network: nn.Module) -> None:
    x, net = torch.randn(1, 4, 8, 8), alive(network)
    early, late = (net(x, torch.tensor([time]), words(3)) for time in (10.0, 900.0))
    assert not torch.allclose(early, late, atol=1e-3)
    with pytest.raises(ValueError, match="words"):
        net(x, torch.tensor([10.0]), Condition(pooled=torch.ones(1, 16)))
    with pytest.raises(ValueError, match="cannot be"):
        net(torch.randn(1, 4, 7, 8), torch.tensor([10.0]), words(3))


def test_dit_tells_top_from_bottom() -> None:
    """Rotary positions alone are relative: a flat picture would get the same answer everywhere."""
    out = alive(DiT(SMALL_DIT))(torch.ones(1, 4, 8, 8), torch.tensor([500.0]), words(3))
    assert not torch.allclose(out[..., :2, :], out[..., -2:, :], atol=1e-3)


@pytest.mark.parametrize("rotary", [False, True])
def test_a_rotary_text_encoder_knows_how_far_apart_words_are(rotary: bool) -> None:
    text = alive(TextTransformer(TextConfig(vocabulary=20, length=8, width=16, depth=1, heads=2, rotary=rotary)))
    text.order.data.zero_()  # type: ignore[operator, union-attr]
    mask = torch.ones(1, 4, dtype=torch.bool)
    one, other = (text(torch.tensor([ids]), mask).tokens[0] for ids in ([3, 7, 5, 9], [5, 7, 3, 9]))
    assert torch.allclose(one[1], other[1], atol=1e-5) != rotary  # a bag of words is the same for the second one


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_an_autoencoder_owns_the_shape_of_its_latents(power: float) -> None:
    codec = Autoencoder(AutoencoderConfig(channels=4, encoder=(8, 8), decoder=(8, 8, 8, 8)))
    codec.eval().requires_grad_(False)
    pixels = torch.rand(4, 3, 64, 96, generator=torch.Generator().manual_seed(0)) * 2 - 1
    plain = codec.decode(codec.encode(pixels))
    shape(codec, list(pixels.split(1)), power=power)
    latent = codec.encode(pixels)
    assert latent.shape == (4, 4, 4, 6)
    assert latent.mean((0, 2, 3)).abs().max() < 1e-3
    spread = torch.cov(latent.transpose(0, 1).flatten(1))
    assert spread.diag().mean() == pytest.approx(1, abs=1e-2)
    assert (spread - spread.diag().diag()).abs().max() < 1e-2  # its axes are their own
    loud = spread.diag()
    assert (loud.max() / loud.min() < 1.05) == (power == 0)
    assert torch.allclose(codec.decode(latent), plain, atol=1e-3)
    if power == 1:  # what is loud in the latent is what is seen: a nudge as long makes as much of a picture
        nudges = 0.1 * torch.eye(4)[:, None, :, None, None] * torch.randn(4, 1, 4, 6).sign()
        seen = torch.stack([(codec.decode(latent + nudge) - plain).square().mean() for nudge in nudges])
        assert seen.max() / seen.min() < 4


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    path: Path = tmp_path_factory.mktemp("words") / "tokenizer.json"
    train_tokenizer(["a fox reading a newspaper in the rain", "a dog with a blue beret"] * 20, path, size=400)
    return Tokenizer(path)


ODD = ["", "A FOX", "a fox", "ein Füchslein 🦊", "ثعلب يقرأ", "\0\n\t", "漢字" * 500, "x" * 5000]


@pytest.mark.parametrize("text", ODD)
def test_any_text_encodes(tokenizer: Tokenizer, text: str) -> None:
    ids, mask = tokenizer.encode([text, "a fox"], 24)
    assert ids.shape == mask.shape == (2, 24)
    assert mask.any(1).all()
    assert ids.min() >= 0 and ids.max() < tokenizer.size
    assert 0 <= tokenizer.kept(text, 24) <= len(text)


def test_special_tokens_cannot_be_typed(tokenizer: Tokenizer) -> None:
    mask = tokenizer.encode(["a <pad> fox <end> dog"], 40)[1]
    plain = tokenizer.encode(["a fox dog"], 40)[1]
    assert mask.sum() > plain.sum() + 2
    assert mask[0].long().diff().abs().sum() == 1  # all that counts stands before all that does not


def test_what_is_cut_is_known(tokenizer: Tokenizer) -> None:
    text = "a fox reading a newspaper " * 8
    kept = tokenizer.kept(text, 16)
    assert 0 < kept < len(text)
    assert torch.equal(tokenizer.encode([text], 16)[0], tokenizer.encode([text[:kept]], 16)[0])
    assert tokenizer.kept("a fox", 16) == len("a fox")


def test_text_encoder_ignores_padding() -> None:
    encoder = alive(TextTransformer(TextConfig(vocabulary=50, length=8, width=16, depth=2, heads=2)))
    ids = torch.tensor([[3, 4, 5, 0, 0, 0]])
    short, long = encoder(ids[:, :3], ids[:, :3] > 0), encoder(ids, ids > 0)
    assert torch.allclose(short.tokens, long.tokens[:, :3], atol=1e-5)
    assert torch.allclose(short.pooled, long.pooled, atol=1e-5)


def test_a_dit_that_remembers_its_words_says_the_same() -> None:
    torch.manual_seed(0)
    network = DiT(DiTConfig(channels=4, width=32, depth=2, heads=2, text=32))
    for p in network.parameters():
        nn.init.normal_(p, std=0.2)
    mask = torch.tensor([[True, True, False], [True, False, False]])
    told = Condition(tokens=torch.randn(2, 3, 32), mask=mask, pooled=torch.randn(2, 32))
    x, time = torch.randn(2, 4, 8, 8), torch.tensor([100.0, 700.0])
    remembered = network.remember(told)
    assert remembered.tokens is None
    assert torch.allclose(network(x, time, remembered), network(x, time, told), atol=1e-6)
    assert not torch.allclose(network(x, time, remembered), network(x, time, network.remember(Condition(
        tokens=torch.randn(2, 3, 32), mask=mask, pooled=told.pooled))), atol=1e-3)  # fmt: skip
