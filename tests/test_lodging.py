"""Networks stay where memory allows, paint the same picture from there, and are as before afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import miniature
import sfumato
from sfumato.core.refusal import Refusal
from sfumato.layers.quantized import FORMATS, QuantizedLinear, quantize
from sfumato.pipeline.generate import Model
from sfumato.pipeline.lodging import Load, Plan, budget_of, peaks, planned

GB = 10**9
LOADS = {"denoiser": Load(12 * GB, GB, 2 * GB), "text_encoder": Load(9 * GB, GB, GB), "codec": Load(GB, GB, 3 * GB)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flux")
    miniature.flux(tmp_path_factory.mktemp("tokenizer")).save_pretrained(folder)
    return folder


def latent(model: Model) -> Tensor:
    return model.paint("the cat", size=(64, 64), seed=1, steps=2)[0].latent


def state(model: Model) -> list[tuple[int, torch.dtype]]:
    """Where every tensor lies, and as what."""
    networks = model.bundle.networks
    return [(t.data_ptr(), t.dtype) for n in networks for t in (*n.parameters(), *n.buffers())]


def test_the_peak_of_each_way_to_stay() -> None:
    assert peaks(LOADS) == {"whole": 25 * GB, "parts": 14 * GB, "blocks": 10 * GB}


@pytest.mark.parametrize(
    ("budget", "stay"), [(None, "whole"), (25 * GB, "whole"), (24 * GB, "parts"), (13 * GB, "blocks")]
)
def test_the_least_troublesome_way_within_a_budget(budget: int | None, stay: str) -> None:
    assert planned(LOADS, budget=budget).stay == stay


def test_what_never_fits_is_refused_with_the_amount_it_needs() -> None:
    with pytest.raises(Refusal, match=r"9\.0 GB are not enough: even block by block, about 10\.0 GB of memory"):
        planned(LOADS, budget=9 * GB)
    with pytest.raises(Refusal, match="there is no more"):
        planned(LOADS, budget=None, after="blocks")


@pytest.mark.parametrize(
    ("text", "count"), [("8GB", 8 * GB), ("7.5GiB", int(7.5 * 2**30)), ("900 mb", 9 * 10**8), ("100", 100)]
)
def test_amounts_of_memory(text: str, count: int) -> None:
    assert budget_of(text) == count


@pytest.mark.parametrize("text", ["", "GB", "8 parsecs", "-1GB", "0GB", "1e9", "８GB!"])
def test_what_is_no_amount_of_memory(text: str) -> None:
    with pytest.raises(Refusal, match="is no amount, as in 8GB"):
        budget_of(text)


@pytest.mark.parametrize("stay", ["parts", "blocks"])
def test_thrift_paints_the_same_picture_and_leaves_everything_at_home(folder: Path, stay: Any) -> None:
    wanted = latent(sfumato.load(folder, dtype="float32"))
    model = sfumato.load(folder, dtype="float32")
    model.lodging.plan = Plan(stay, 0, None)
    before = state(model)
    assert torch.equal(latent(model), wanted)
    assert state(model) == before
    assert not any(
        module._forward_pre_hooks or module._forward_hooks for n in model.bundle.networks for module in n.modules()
    )


def test_at_home_weights_have_the_precision_of_their_file(folder: Path) -> None:
    model = sfumato.load(folder, dtype="bfloat16", memory="1MB")
    assert model.lodging.plan.stay == "blocks"
    assert {dtype for _, dtype in state(model)} == {torch.float32}, "the files are float32 and lie in a memory map"
    with pytest.raises(Refusal, match="are not enough: even block by block"):
        latent(model)


class _Starved:
    """Memory that runs out as long as more than ``most`` numbers are asked to be painted with at once."""

    def __init__(self, model: Model, enough: set[str]) -> None:
        self.tried: list[str] = []

        def run_out(*_: object) -> None:
            self.tried.append(model.lodging.plan.stay)
            if model.lodging.plan.stay not in enough:
                raise torch.OutOfMemoryError("not enough")

        painter: Any = model.bundle.denoiser
        painter.register_forward_pre_hook(run_out)


def test_when_memory_runs_out_the_picture_is_begun_again_with_more_thrift(folder: Path) -> None:
    wanted, model = latent(sfumato.load(folder, dtype="float32")), sfumato.load(folder, dtype="float32")
    starved = _Starved(model, {"blocks"})
    assert torch.equal(latent(model), wanted)
    assert list(dict.fromkeys(starved.tried)) == ["whole", "parts", "blocks"]


def test_when_thrift_is_exhausted_a_person_is_told(folder: Path) -> None:
    model = sfumato.load(folder, dtype="float32")
    _Starved(model, set())
    before = state(model)
    with pytest.raises(Refusal, match="even block by block"):
        latent(model)
    assert state(model) == before


def test_another_error_is_not_taken_for_lack_of_memory(folder: Path) -> None:
    model = sfumato.load(folder, dtype="float32")

    def fail(*_: object) -> None:
        raise RuntimeError("something else")

    painter: Any = model.bundle.denoiser
    painter.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="something else"):
        latent(model)


@pytest.mark.parametrize(("name", "error"), [("int8", 0.01), ("fp8", 0.05)])
def test_eight_bits_are_nearly_as_good(name: str, error: float) -> None:
    torch.manual_seed(0)
    layer, x = nn.Linear(256, 64), torch.randn(8, 256)
    packed = QuantizedLinear(layer, FORMATS[name])
    wanted = layer(x)
    assert ((packed(x) - wanted).norm() / wanted.norm()).item() < error
    assert packed.packed.itemsize == 1
    assert packed.to(torch.bfloat16).packed.dtype == FORMATS[name].kind, "casting must not unpack"
    assert packed(x.bfloat16()).dtype == torch.bfloat16


def test_only_blocks_are_packed() -> None:
    network = nn.Module()
    network.enter = nn.Linear(4, 4)
    network.blocks = nn.ModuleList([nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4))])
    quantize(network, FORMATS["int8"])
    kinds: Callable[[nn.Module], str] = lambda module: type(module).__name__  # noqa: E731
    assert [kinds(module) for module in network.modules()][1:] == [
        "Linear",
        "ModuleList",
        "Sequential",
        "QuantizedLinear",
        "LayerNorm",
    ]


@pytest.mark.parametrize("name", ["int8", "fp8"])
def test_a_packed_model_paints_nearly_the_same_in_less_memory(folder: Path, name: str) -> None:
    whole, packed = sfumato.load(folder, dtype="float32"), sfumato.load(folder, dtype="float32", quantize=name)
    alike = torch.nn.functional.cosine_similarity(latent(whole).flatten(), latent(packed).flatten(), dim=0)
    assert 0.98 < alike < 1.0
    blocks = "blocks.0.image.heads.qkv"
    painter: Any = packed.bundle.denoiser
    assert painter.get_submodule(blocks).packed.itemsize == 1
    with pytest.raises(Refusal, match=r"unknown quantization 'int3'.*fp8, int8"):
        sfumato.load(folder, quantize="int3")
