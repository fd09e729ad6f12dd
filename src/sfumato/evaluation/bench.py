"""Our networks beside diffusers', at real size and with the same random weights: who is sooner, by how much."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from ..checkpoints.file import Unfilled, fill
from ..checkpoints.keymap import Map, to_ours
from ..checkpoints.map_flux import diffusers_flux, flux_config
from ..checkpoints.map_kl import diffusers_kl, kl_config
from ..checkpoints.map_sd_unet import diffusers_unet, unet_config
from ..core.level import Condition
from ..core.refusal import Refusal, unknown
from ..layers.packed import pack
from ..models.flux import Flux
from ..models.kl import KLAutoencoder
from ..models.sd_unet import SDUNet

Call = Callable[[], Tensor]
Inputs = tuple[Tensor, ...]


@dataclass(frozen=True)
class Work:
    """One piece of work for a network of diffusers' and for ours, which ``twin`` makes of it with the same weights.

    ``told`` makes once what does not change from step to step; ``ours`` and ``theirs`` are a step.
    """

    about: str
    kind: Callable[[Any], Callable[..., Any]]
    values: Mapping[str, Any]
    twin: Callable[[Mapping[str, Any]], tuple[nn.Module, Map]]
    inputs: tuple[tuple[int, ...], ...]
    theirs: Callable[[Any, Inputs], Tensor]
    told: Callable[[Any, Inputs], Any]
    ours: Callable[[Any, Any], Tensor]


_TIME = torch.tensor([500.0])
_SIZES = torch.tensor([[512.0, 512.0, 0.0, 0.0, 512.0, 512.0]])
_SD15_DOWN, _SD15_UP = ["CrossAttnDownBlock2D"] * 3, ["CrossAttnUpBlock2D"] * 3


def _unet(values: Mapping[str, Any], *, pointwise: bool) -> tuple[nn.Module, Map]:
    config = unet_config(values)
    return SDUNet(config), diffusers_unet(config, pointwise=pointwise)


def _kl(values: Mapping[str, Any]) -> tuple[nn.Module, Map]:
    config = kl_config(values)
    return KLAutoencoder(config), diffusers_kl(config)


def _flux(values: Mapping[str, Any]) -> tuple[nn.Module, Map]:
    config = flux_config(values)
    return Flux(config), diffusers_flux(config)


def _two(values: Tensor) -> Tensor:
    return values.expand(2, *values.shape[1:])


def _remembered(network: nn.Module, x: Tensor, condition: Condition) -> tuple[Tensor, Condition]:
    assert isinstance(network, SDUNet)
    return x, network.remember(condition)


def _places(height: int, width: int) -> Tensor:
    return torch.cartesian_prod(torch.zeros(1), torch.arange(float(height)), torch.arange(float(width)))


WORKS: Mapping[str, Work] = {
    "sd15": Work(
        "guided step of Stable Diffusion 1.5, 512 px",
        lambda library: library.UNet2DConditionModel,
        {
            "block_out_channels": [320, 640, 1280, 1280],
            "down_block_types": [*_SD15_DOWN, "DownBlock2D"],
            "up_block_types": ["UpBlock2D", *_SD15_UP],
            "cross_attention_dim": 768,
        },
        lambda values: _unet(values, pointwise=True),
        ((2, 4, 64, 64), (2, 77, 768)),
        lambda network, given: network(given[0], _TIME, given[1]).sample,
        lambda network, given: _remembered(network, given[0], Condition(tokens=given[1])),
        lambda network, told: network(told[0], _two(_TIME), told[1]),
    ),
    "sdxl": Work(
        "guided step of Stable Diffusion XL, 512 px",
        lambda library: library.UNet2DConditionModel,
        {
            "block_out_channels": [320, 640, 1280],
            "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
            "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
            "transformer_layers_per_block": [1, 2, 10],
            "attention_head_dim": [5, 10, 20],
            "cross_attention_dim": 2048,
            "use_linear_projection": True,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816,
        },
        lambda values: _unet(values, pointwise=False),
        ((2, 4, 64, 64), (2, 77, 2048), (2, 1280)),
        lambda network, given: (
            network(
                given[0], _TIME, given[1], added_cond_kwargs={"text_embeds": given[2], "time_ids": _two(_SIZES)}
            ).sample
        ),
        lambda network, given: _remembered(
            network, given[0], Condition(tokens=given[1], pooled=given[2], size=_two(_SIZES))
        ),
        lambda network, told: network(told[0], _two(_TIME), told[1]),
    ),
    "mmdit": Work(
        "step of 4 joint and 8 single blocks 1536 wide as in FLUX.1, 512 px and 512 words",
        lambda library: library.FluxTransformer2DModel,
        {
            "num_layers": 4,
            "num_single_layers": 8,
            "num_attention_heads": 12,
            "guidance_embeds": True,
        },
        _flux,
        ((1, 16, 64, 64), (1, 512, 4096), (1, 768)),
        lambda network, given: (
            network(
                given[0].unflatten(3, (32, 2)).unflatten(2, (32, 2)).permute(0, 2, 4, 1, 3, 5).reshape(1, 1024, 64),
                given[1],
                given[2],
                _TIME / 1000,
                _places(32, 32),
                torch.zeros(512, 3),
                torch.tensor([3.5]),
            ).sample
        ),
        lambda network, given: (
            given[0],
            Condition(tokens=given[1], pooled=given[2], guidance=torch.tensor([3.5])),
        ),
        lambda network, told: network(told[0], _TIME, told[1]),
    ),
    "vae": Work(
        "decoding a latent of Stable Diffusion to 512 px",
        lambda library: library.AutoencoderKL,
        {
            "block_out_channels": [128, 256, 512, 512],
            "layers_per_block": 2,
            "down_block_types": ["DownEncoderBlock2D"] * 4,
            "up_block_types": ["UpDecoderBlock2D"] * 4,
        },
        _kl,
        ((1, 4, 64, 64),),
        lambda network, given: network.decode(given[0]).sample,
        lambda network, given: given[0].to(next(network.parameters()).dtype) * network.config.scale,
        lambda network, latent: network.decode(latent),
    ),
}


WAYS: Mapping[str, str] = {
    "eager": "diffusers, bfloat16, channels-last; ours the same",
    "compiled": "diffusers, bfloat16, channels-last, compiled and frozen; ours the same",
    "openvino": "diffusers exported to OpenVINO, bfloat16; ours compiled and frozen",
    "plain": "diffusers as it comes, float32; ours in bfloat16",
}


@dataclass(frozen=True)
class Ratio:
    """How often our time goes into theirs, step by step in turn: the median, and the middle half of all steps.

    Times in seconds, each the median; ``floor`` is what the products alone would take at the matrix product's rate.
    """

    work: str
    way: str
    theirs: float
    ours: float
    ratio: float
    low: float
    high: float
    floor: float
    steps: int


class Bench:
    """Both networks for one piece of work, with the same random weights, and each way to ask them."""

    def __init__(self, work: Work) -> None:
        import diffusers

        self.work = work
        with torch.random.fork_rng(devices=[]), Unfilled():
            self._them: nn.Module = work.kind(diffusers)(**work.values).eval().bfloat16()
            self._us, map = work.twin(self._them.config)
        draw(self._them)
        fill(self._us.eval(), dict(to_ours(self._them.state_dict(), map, where="diffusers")), where="diffusers")
        self._us.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        rng = torch.Generator().manual_seed(1)
        self._inputs = tuple(torch.randn(shape, generator=rng) for shape in work.inputs)

    def cosine(self) -> float:
        """How alike our answers in bfloat16 and float32 are."""
        answers = [self._step(network)() for network in (self._us, copy.deepcopy(self._us).float())]
        fast, exact = (answer.double().flatten() for answer in answers)
        return float(F.cosine_similarity(fast, exact, dim=0))

    def flops(self) -> int:
        """Of the products and convolutions of one of our steps, counted."""
        with FlopCounterMode(display=False) as counter:
            self._step(self._us)()
        return counter.get_total_flops()

    def ours(self, way: str) -> Call:
        """Our step, run as it is against one of the WAYS."""
        network = copy.deepcopy(self._us)
        if way not in ("compiled", "openvino"):  # the compiler packs weights itself
            pack(network)
            return self._step(network)
        told = self.work.told(network, self._inputs)
        asked = torch.compile(network)
        return lambda: self.work.ours(asked, told)

    def theirs(self, way: str) -> Call:
        """Their step, run in one of the WAYS."""
        if way == "openvino":
            return _exported(_Step(copy.deepcopy(self._them).float(), self.work), self._inputs)
        network, kind, format = self._them, torch.bfloat16, torch.channels_last
        if way == "plain":
            network, kind, format = copy.deepcopy(network).float(), torch.float32, torch.contiguous_format
        network.to(memory_format=format)  # type: ignore[call-overload]
        given = tuple(x.to(kind, memory_format=format) if x.ndim == 4 else x.to(kind) for x in self._inputs)
        asked: Any = torch.compile(network) if way == "compiled" else network
        return lambda: self.work.theirs(asked, given)

    def _step(self, network: nn.Module) -> Call:
        told = self.work.told(network, self._inputs)
        return lambda: self.work.ours(network, told)


class _Step(nn.Module):
    """A step of diffusers' network as a network itself, as exporters want it."""

    def __init__(self, network: nn.Module, work: Work) -> None:
        super().__init__()
        self.network, self._work = network, work

    def forward(self, *inputs: Tensor) -> Tensor:
        return self._work.theirs(self.network, inputs)


def _exported(step: nn.Module, inputs: Inputs) -> Call:
    """A step by OpenVINO, for the shapes of ``inputs`` alone and in bfloat16; raises Refusal where it is not here."""
    try:
        import openvino
    except ImportError as error:
        raise Refusal("the way openvino needs openvino, which is not here: pip install 'sfumato[race]'") from error
    with torch.inference_mode(False), torch.no_grad():  # it traces, for which tensors must not be inference's own
        given = tuple(x.clone() for x in inputs)
        try:
            model = openvino.convert_model(step, example_input=given, input=[list(x.shape) for x in given])
        except openvino.frontend.OpConversionFailure as error:  # its last line names the operation
            raise Refusal(f"OpenVINO cannot take this work: {str(error).strip().splitlines()[-1]}") from error
    compiled = openvino.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})
    arrays = [x.numpy() for x in given]
    return lambda: torch.from_numpy(compiled(arrays)[0])


def bench(names: Sequence[str], ways: Sequence[str], *, seconds: float, console: Console | None = None) -> list[Ratio]:
    """Measure, for about ``seconds`` each after one step to warm up, and print a table.

    Raises Refusal for work or ways nobody knows.
    """
    for name in names:
        if name not in WORKS:
            raise unknown("work", name, WORKS)
    for way in ways:
        if way not in WAYS:
            raise unknown("way", way, WAYS)
    torch._inductor.config.freezing = True
    found = []
    console = console or Console()
    with torch.inference_mode():
        rate = _rate()
        for name in names:
            measured = Bench(WORKS[name])
            floor = measured.flops() / rate
            for way in ways:
                console.print(f"{name} against {WAYS[way]}")
                theirs, ours = alternating(measured.theirs(way), measured.ours(way), seconds=seconds)
                low, middle, high = statistics.quantiles([a / b for a, b in zip(theirs, ours, strict=True)], n=4)
                medians = statistics.median(theirs), statistics.median(ours)
                found.append(Ratio(name, way, *medians, middle, low, high, floor, len(ours)))
    table = Table("work", "against", "theirs", "ours", "ratio (middle half)", "floor", "steps")
    for row in found:
        spread = f"{row.ratio:.2f} ({row.low:.2f} to {row.high:.2f})"
        times = (f"{row.theirs:.2f} s", f"{row.ours:.2f} s")
        table.add_row(row.work, row.way, *times, spread, f"{row.floor:.2f} s", str(row.steps))
    console.print(table)
    together = statistics.geometric_mean(row.ratio for row in found)
    console.print(f"together {together:.2f}; the floor is what products take at {rate / 1e12:.2f} TFLOP/s of bfloat16")
    return found


def alternating(theirs: Call, ours: Call, *, seconds: float, least: int = 4) -> tuple[list[float], list[float]]:
    """Seconds of steps taken in turn, so that whatever else the machine does befalls both; the first is not
    counted."""
    times: tuple[list[float], list[float]] = [], []
    began = time.monotonic()
    while len(times[0]) < least + 1 or time.monotonic() - began < seconds:
        for call, row in zip((theirs, ours), times, strict=True):
            tick = time.perf_counter()
            call()
            row.append(time.perf_counter() - tick)
    return times[0][1:], times[1][1:]


def _rate() -> float:
    """FLOP/s of a large product in bfloat16, the best of several."""
    side, took = 2048, []
    a, b = (torch.rand(side, side).bfloat16() for _ in range(2))
    for _ in range(8):
        tick = time.perf_counter()
        a @ b
        took.append(time.perf_counter() - tick)
    return 2 * side**3 / min(took)


def draw(network: nn.Module) -> None:
    """Random weights that neither fade nor blow up on their way through the layers."""
    rng = torch.Generator().manual_seed(0)
    for name, value in network.named_parameters():
        if value.ndim > 1:
            value.data.uniform_(-1, 1, generator=rng).mul_((3 / value[0].numel()) ** 0.5)
        else:
            value.data.fill_(0.0 if name.endswith("bias") else 1.0)
