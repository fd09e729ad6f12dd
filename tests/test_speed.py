"""What is done for speed leaves the picture as it is."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from parity import alive
from sfumato.core.level import Condition
from sfumato.core.refusal import Refusal
from sfumato.evaluation.bench import WORKS, alternating, bench
from sfumato.layers import attention
from sfumato.layers.conv import Grow
from sfumato.layers.packed import PackedGrow, PackedLinear, pack
from sfumato.models.sd_unet import SDUNet, SDUNetConfig

TINY = SDUNetConfig(widths=(16, 32), depths=(1, 1), heads=(2, 2), text=12, groups=4)


@pytest.mark.parametrize(("keys", "most"), [(300, 2**22), (300, 1000), (700, 100)])
def test_attention_by_head_says_what_attention_says(keys: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "SCORES", most)
    rng = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, n, 3, 24, generator=rng).transpose(1, 2) for n in (50, keys, keys))
    wanted = F.scaled_dot_product_attention(q, k, v)
    with torch.inference_mode():
        found = attention.attend(q.bfloat16(), k.bfloat16(), v.bfloat16()).float()
    assert (found - wanted).norm() < 0.01 * wanted.norm()


def test_packed_networks_paint_the_same_picture() -> None:
    network = alive(SDUNet(TINY)).bfloat16()
    rng = torch.Generator().manual_seed(1)
    x, words = torch.randn(2, 4, 16, 16, generator=rng), torch.randn(2, 7, 12, generator=rng)
    time, condition = torch.tensor([500.0, 20.0]), Condition(tokens=words)
    packed = copy.deepcopy(network)
    pack(packed)
    assert sum(isinstance(layer, PackedLinear) for layer in packed.modules()) > 20
    with torch.inference_mode():
        wanted = network(x, time, condition)
        assert (packed(x, time, condition) - wanted).norm() < 0.01 * wanted.norm()
        network, packed = network.float(), packed.float()  # as after numbers too large for bfloat16
        wanted = network(x, time, condition)
        assert (packed(x, time, condition) - wanted).abs().max() < 1e-4


@pytest.mark.parametrize(("height", "width"), [(4, 6), (5, 3), (1, 1)])
def test_doubling_with_four_small_convolutions(height: int, width: int) -> None:
    torch.manual_seed(0)
    grow, x = Grow(6), torch.randn(2, 6, height, width)
    with torch.no_grad():
        grow.weight.copy_(torch.randint(-4, 5, grow.weight.shape))  # sums of these lose nothing in bfloat16
        wanted, packed = grow(x), PackedGrow(grow)(x)
    assert wanted.shape == packed.shape and (packed - wanted).abs().max() < 1e-4


COMPILED = """
import sys, time, torch
from sfumato.core.refusal import Refusal
from sfumato.layers.conv import ResBlock
from sfumato.pipeline.compiler import compile_painter
from sfumato.pipeline.memory import place
torch.manual_seed(0)
painter = ResBlock(8).requires_grad_(False)
painter.second.weight.normal_()
x = torch.randn(1, 8, 6, 6)
plain = painter(x)
try:
    compile_painter(painter, place("cpu", "float32"))
except Refusal as error:
    sys.exit(f"refused: {error}")
from torch._dynamo.utils import counters
began = time.perf_counter()
with torch.inference_mode():
    assert torch.allclose(painter(x), plain, atol=1e-4)
print(time.perf_counter() - began, counters["inductor"]["fxgraph_cache_hit"])
"""


def _compile_in_a_process(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("TORCHINDUCTOR_CACHE_DIR", "CXX")}
    return subprocess.run([sys.executable, "-c", COMPILED], env=kept | environment, capture_output=True, text=True)


def test_what_was_compiled_serves_the_next_process(tmp_path: Path) -> None:
    if shutil.which("g++") is None:
        pytest.skip("nothing here compiles")
    runs = [_compile_in_a_process(XDG_CACHE_HOME=str(tmp_path)) for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    (cold, missed), (warm, hit) = (map(float, run.stdout.split()) for run in runs)
    assert (missed, hit) == (0, 1) and warm < cold
    assert any((tmp_path / "sfumato" / "compiled").rglob("*.so"))


def test_without_a_compiler_a_person_is_told(tmp_path: Path) -> None:
    run = _compile_in_a_process(XDG_CACHE_HOME=str(tmp_path), PATH=str(tmp_path))
    assert run.returncode == 1 and "refused: --compile needs a C++ compiler" in run.stderr


def test_steps_are_taken_in_turn() -> None:
    order: list[str] = []
    first, second = (lambda name=name: order.append(name) or torch.zeros(1) for name in ("a", "b"))
    times = alternating(first, second, seconds=0, least=3)
    assert order == ["a", "b"] * 4 and [len(row) for row in times] == [3, 3]


def test_unknown_works_and_ways_are_refused_before_anything_is_measured() -> None:
    with pytest.raises(Refusal, match="sd16"):
        bench(["sd15", "sd16"], ["eager"], seconds=1)
    with pytest.raises(Refusal, match="quick"):
        bench(list(WORKS), ["quick"], seconds=1)
