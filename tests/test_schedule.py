"""Processes and schedules: every clock comes back, every list falls to sigma 0, published tables are met."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from sfumato.core.level import Level
from sfumato.engine import schedule
from sfumato.engine.process import VE, VP, ContinuousVP, Flow, Process, noise_ratio, noise_share, shifted
from sfumato.engine.schedule import SCHEDULES

PROCESSES: dict[str, Process] = {
    "flow": Flow(),
    "flow shifted": Flow(shift=3.0),
    "vp scaled linear": VP(),
    "vp linear": VP(betas="linear", low=1e-4, high=2e-2),
    "vp cosine": VP(betas="cosine"),
    "vp zero terminal": VP(zero_terminal=True),
    "continuous linear": ContinuousVP(),
    "continuous scaled linear": ContinuousVP(betas="scaled_linear"),
    "continuous cosine": ContinuousVP(betas="cosine"),
    "ve": VE(),
}
every_process = pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
every_schedule = pytest.mark.parametrize("spacing", SCHEDULES.values(), ids=SCHEDULES)


def ratios(levels: list[Level]) -> list[float]:
    return [float(noise_ratio(level)) for level in levels]


def inside(process: Process, count: int, dtype: torch.dtype) -> Tensor:
    return torch.linspace(process.first, process.last, count, dtype=dtype)


@every_process
def test_time_and_level_are_inverse(process: Process) -> None:
    times = inside(process, 57, torch.float64)
    back = process.time(process.level(times))
    assert (back - times).abs().max() < 1e-8 * process.last
    assert process.level(times.float()).alpha.dtype == torch.float32
    assert (process.time(process.level(times.float())) - times).abs().max() < 2e-3 * process.last


@every_process
def test_noise_grows_with_time_and_starts_near_the_picture(process: Process) -> None:
    level = process.level(inside(process, 333, torch.float64))
    assert (noise_ratio(level).diff() > 0).all()
    assert float(noise_ratio(level)[0]) < 0.05 and float(noise_ratio(level)[-1]) > 10


@every_process
def test_time_understands_the_levels_of_other_families(process: Process) -> None:
    other = ContinuousVP(betas="cosine").level(torch.linspace(0.1, 0.9, 9, dtype=torch.float64))
    own = process.level(process.time(other))
    torch.testing.assert_close(noise_ratio(own), noise_ratio(other), rtol=1e-9, atol=0)


def test_alpha_and_sigma_of_each_family() -> None:
    times = torch.linspace(0.01, 0.99, 33, dtype=torch.float64)
    for process in (ContinuousVP(), ContinuousVP(betas="scaled_linear"), ContinuousVP(betas="cosine")):
        level = process.level(times)
        torch.testing.assert_close(level.alpha**2 + level.sigma**2, torch.ones_like(times), rtol=1e-12, atol=0)
    level = VP().level(times * 999)
    torch.testing.assert_close(level.alpha**2 + level.sigma**2, torch.ones_like(times), rtol=1e-12, atol=0)
    level = Flow(shift=2.0).level(times)
    torch.testing.assert_close(level.alpha + level.sigma, torch.ones_like(times), rtol=1e-12, atol=0)
    torch.testing.assert_close(level.sigma, 2 * times / (1 + times), rtol=1e-12, atol=0)
    torch.testing.assert_close(VE().level(times).sigma, times, rtol=0, atol=0)


def test_the_table_is_the_product_of_its_betas() -> None:
    # scaled linear, by the definition and without any of the room's arithmetic
    product = 1.0
    for i in range(1000):
        beta = (math.sqrt(0.00085) + (math.sqrt(0.012) - math.sqrt(0.00085)) * i / 999) ** 2
        product *= 1 - beta
        if i in (0, 1, 500, 999):
            level = VP().level(torch.tensor([float(i)], dtype=torch.float64))
            assert float(level.alpha**2) == pytest.approx(product, rel=1e-10)


def test_continuous_linear_is_the_limit_of_the_table() -> None:
    # DDPM's 1000 betas from 1e-4 to 2e-2 are beta(t) from 0.1 to 20
    table, limit = VP(betas="linear", low=1e-4, high=2e-2), ContinuousVP()
    t = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
    torch.testing.assert_close(table.level(t * 1000 - 1).alpha, limit.level(t).alpha, rtol=3e-2, atol=0)


def test_zero_terminal_ends_in_pure_noise_and_starts_as_before() -> None:
    ends = torch.tensor([0.0, 999.0], dtype=torch.float64)
    bent, straight = VP(zero_terminal=True).level(ends), VP().level(ends)
    assert bent.alpha[1] == 0 and float(bent.sigma[1]) == pytest.approx(1, rel=1e-12)
    assert float(bent.alpha[0]) == pytest.approx(float(straight.alpha[0]), rel=1e-12)


def test_what_networks_are_fed() -> None:
    half = Level(torch.tensor([0.5]), torch.tensor([0.5]))
    assert float(Flow().clock(half)) == 500 and float(Flow(units=1.0).clock(half)) == 0.5
    assert float(Flow(shift=3.0).clock(half)) == pytest.approx(500), "the shift bends the schedule, never the path"
    sixteen = Level(torch.tensor([1.0]), torch.tensor([16.0]))
    assert float(VE().clock(sixteen)) == pytest.approx(math.log(16) / 4)
    assert float(VE().scale(sixteen)) == pytest.approx(1 / math.sqrt(257))
    assert float(VE(spread=0.5).scale(sixteen)) == pytest.approx(1 / math.sqrt(256.25))
    for process in (Flow(), VP(), ContinuousVP()):
        assert float(process.scale(half)) == 1
    index = torch.tensor([0.0, 333.0, 999.0])
    torch.testing.assert_close(VP().clock(VP().level(index)), index, rtol=0, atol=2e-3)


@every_process
@every_schedule
def test_every_schedule_falls_to_a_clean_picture(spacing: schedule.Schedule, process: Process) -> None:
    for steps in (1, 4, 30):
        levels = spacing(process, steps)
        assert len(levels) == steps + 1
        assert all(part.dtype == torch.float32 and part.shape == (1,) for x in levels for part in (x.alpha, x.sigma))
        assert float(levels[-1].sigma) == 0 and float(levels[-1].alpha) == 1
        walked = ratios(levels)
        assert all(a > b for a, b in pairwise(walked)), walked
        assert walked[-2] > 0


@every_process
@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "leading"])
def test_all_but_leading_start_at_the_very_last_time(name: str, process: Process) -> None:
    start, last = SCHEDULES[name](process, 10)[0], process.level(torch.tensor([process.last]))
    assert float(start.sigma) == float(last.sigma) and float(start.alpha) == float(last.alpha)


def test_whole_timesteps_where_the_network_knows_no_others() -> None:
    def clock(name: str, steps: int) -> list[float]:
        return [round(float(VP().clock(level)), 2) for level in SCHEDULES[name](VP(), steps)[:-1]]

    assert clock("trailing", 4) == [999, 749, 499, 249]
    assert clock("leading", 4) == [750, 500, 250, 0]
    assert clock("linspace", 4) == [999, 666, 333, 0]
    assert all(t == round(t) for t in clock("beta", 7))
    assert clock("uniform", 3) == [999, pytest.approx(665.67, abs=0.01), pytest.approx(332.33, abs=0.01)]


def test_published_tables() -> None:
    euler_xl = ratios(schedule.leading(VP(), 4, offset=1))
    assert euler_xl == pytest.approx([4.1167, 1.62369, 0.6984, 0.04131, 0], abs=5e-5)
    flux = schedule.uniform(Flow(shift=math.exp(1.15)), 4)
    assert [float(x.sigma) for x in flux] == pytest.approx([1, 0.904531, 0.759511, 0.512844, 0], abs=1e-6)
    # a least sigma that has been shifted once already, as published files have it
    sd3 = schedule.linspace(Flow(shift=3.0, first=float(shifted(torch.tensor(1e-3), 3.0))), 4)
    assert [float(x.sigma) for x in sd3] == pytest.approx([1, 0.857692, 0.602151, 0.008929, 0], abs=1e-6)


def test_karras_is_its_formula() -> None:
    process, steps, rho = VE(first=0.002, last=80.0), 18, 7.0
    wanted = [(80 ** (1 / rho) + i / (steps - 1) * (0.002 ** (1 / rho) - 80 ** (1 / rho))) ** rho for i in range(steps)]
    assert ratios(schedule.karras(process, steps)[:-1]) == pytest.approx(wanted, rel=1e-5)
    vp = ratios(schedule.karras(VP(), 10))
    ends = noise_ratio(VP().level(torch.tensor([0.0, 999.0])))
    assert vp[0] == pytest.approx(float(ends[1]), rel=1e-4) and vp[-2] == pytest.approx(float(ends[0]), rel=1e-4)


def test_exponential_has_one_quotient() -> None:
    walked = torch.tensor(ratios(schedule.exponential(VE(), 12)[:-1])).log()
    assert (walked.diff() - walked.diff()[0]).abs().max() < 1e-4


def test_beta_meets_closed_forms() -> None:
    def shares(a: float, b: float) -> list[float]:
        return [float(x.sigma) for x in schedule.beta(Flow(), 8, a=a, b=b)]

    line = [i / 8 for i in range(8, -1, -1)]
    assert shares(1, 1) == pytest.approx(line, abs=1e-3)  # the uniform distribution
    assert shares(2, 1) == pytest.approx([t**0.5 for t in line], abs=1e-3)  # its distribution function is t^2
    arcsine = [math.sin(math.pi / 2 * t) ** 2 for t in line]
    assert shares(0.5, 0.5) == pytest.approx(arcsine, abs=1e-3)
    assert shares(0.6, 0.6) != pytest.approx(line, abs=2e-2)


def test_cut_keeps_the_last_part() -> None:
    levels = schedule.uniform(Flow(), 10)
    assert schedule.cut(levels, 1.0) == levels
    assert schedule.cut(levels, 0.0) == levels[-1:]
    assert schedule.cut(levels, 0.3) == levels[-4:]
    assert len(schedule.cut(schedule.uniform(Flow(), 50), 0.58)) == 30, "29 steps, though 0.58 * 50 < 29 in floats"
    for wrong in (-0.1, 1.1):
        with pytest.raises(ValueError, match="strength"):
            schedule.cut(levels, wrong)


def test_climbing_goes_back_as_often_as_it_says() -> None:
    levels = schedule.uniform(Flow(), 60)
    for repeats in (0, 1, 2, 5):
        path = ratios(schedule.climbing(levels, jump=4, repeats=repeats))
        down = sum(a > b for a, b in pairwise(path))
        up = sum(a < b for a, b in pairwise(path))
        assert (down, up) == (60 + 56 * repeats, 14 * repeats)
        assert path[0] == math.inf and path[-1] == 0 and math.inf not in path[1:], "never back to pure noise"
    assert ratios(schedule.climbing(levels, jump=7, repeats=0)) == ratios(levels), "also where jump does not divide"


def test_stretched_ends_at_its_terminal_sigma() -> None:
    levels = schedule.stretched(schedule.uniform(Flow(shift=2.0), 8), terminal=0.02)
    assert float(levels[-2].sigma) == pytest.approx(0.02, abs=1e-6) and float(levels[0].sigma) == 1
    assert float(levels[-1].sigma) == 0
    assert all(float(x.alpha + x.sigma) == pytest.approx(1) for x in levels)


def test_resolution_shift_meets_its_two_points() -> None:
    assert schedule.resolution_shift(256) == pytest.approx(math.exp(0.5))
    assert schedule.resolution_shift(4096) == pytest.approx(math.exp(1.15))


def test_shift_multiplies_the_ratio_and_comes_back() -> None:
    t = torch.linspace(0.1, 0.9, 5)
    bent = shifted(t, 3.0)
    torch.testing.assert_close(bent / (1 - bent), 3 * t / (1 - t))
    torch.testing.assert_close(shifted(bent, 1 / 3.0), t)
    torch.testing.assert_close(noise_share(Flow().level(t)).float(), t)


def test_rows_repeat_a_level() -> None:
    wide = schedule.rows(schedule.uniform(Flow(), 2), 3)
    assert [x.sigma.shape for x in wide] == [(3,)] * 3 and (wide[1].sigma == 0.5).all()
