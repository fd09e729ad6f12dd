"""Guidance against its own equations, on estimates that can be computed by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from oracle import Gaussian, Oracle, Points, Still, points
from sfumato.core.level import Condition, Denoiser, Level
from sfumato.core.seeds import Noise
from sfumato.engine import guidance, loop, sampler, schedule
from sfumato.engine.denoiser import PREDICTIONS, Told, told
from sfumato.engine.guidance import guided, plain
from sfumato.engine.process import Flow

LEVEL = Level(torch.tensor([0.6, 0.3]), torch.tensor([0.4, 0.7]))


def picture(seed: int, *shape: int) -> Tensor:
    return torch.randn(*(shape or (2, 3, 4, 4)), generator=torch.Generator().manual_seed(seed))


X, WANTED, UNWANTED = picture(0), picture(1), picture(2)


class Says:
    """A denoiser that always gives the same estimate and counts how often it was asked."""

    def __init__(self, x0: Tensor) -> None:
        self.x0, self.asked = x0, 0

    def __call__(self, x: Tensor, level: Level, /) -> Tensor:
        self.asked += 1
        return self.x0


def pair(rule: guidance.Rule) -> Tensor:
    return guided(Says(WANTED), Says(UNWANTED), rule)(X, LEVEL)


def words(value: float, rows: int = 1, tokens: int = 3) -> Condition:
    return Condition(tokens=torch.zeros(rows, tokens, 2), pooled=torch.full((rows, 1), value))


def network() -> Oracle:
    return Oracle(Gaussian(torch.tensor(0.2), torch.tensor(0.7)), Flow(), PREDICTIONS["velocity"])


def tell(net: Oracle, condition: Condition) -> Told:
    return told(net, condition, process=net.process, prediction=net.prediction)


def test_scale_one_is_conditional_and_zero_is_not() -> None:
    torch.testing.assert_close(pair(plain(1.0)), WANTED, rtol=0, atol=1e-6)
    torch.testing.assert_close(pair(plain(0.0)), UNWANTED, rtol=0, atol=0)
    torch.testing.assert_close(pair(plain(4.0)), WANTED + 3 * (WANTED - UNWANTED), rtol=0, atol=1e-5)


def test_one_network_told_two_things_is_asked_once() -> None:
    net = network()
    yes, no = tell(net, words(1.0)), tell(net, words(-1.0, rows=2))
    apart = no(X, LEVEL) + 3 * (yes(X, LEVEL) - no(X, LEVEL))
    net.calls = 0
    torch.testing.assert_close(guided(yes, no, plain(3.0))(X, LEVEL), apart, rtol=0, atol=1e-5)
    assert net.calls == 1


@pytest.mark.parametrize(
    "other",
    [words(-1.0, tokens=5), Condition(pooled=torch.full((1, 1), -1.0))],
    ids=["other length", "other kind"],
)
def test_conditions_that_do_not_stack_are_asked_one_by_one(other: Condition) -> None:
    net = network()
    yes, no = tell(net, words(1.0)), tell(net, other)
    made = guided(yes, no, plain(3.0))(X, LEVEL)
    assert net.calls == 2
    torch.testing.assert_close(made, no(X, LEVEL) + 3 * (yes(X, LEVEL) - no(X, LEVEL)))


def test_two_networks_are_asked_separately() -> None:
    good, bad = network(), network()
    guided(tell(good, words(1.0)), tell(bad, words(1.0)), plain(2.0))(X, LEVEL)
    assert (good.calls, bad.calls) == (1, 1)


def test_autoguidance_pushes_away_from_the_worse_network() -> None:
    good, blurred = Gaussian(torch.tensor(0.0), torch.tensor(0.5)), Gaussian(torch.tensor(0.0), torch.tensor(1.5))
    made = guided(good, blurred, plain(2.0))(X, LEVEL)
    torch.testing.assert_close(made - good(X, LEVEL), good(X, LEVEL) - blurred(X, LEVEL))


def test_within_is_off_outside_and_asks_nobody_in_vain() -> None:
    inside, outside = Says(WANTED), Says(UNWANTED)
    limited = guidance.within(inside, outside, low=0.3, high=0.8)
    for sigma, expected, asked in ((0.1, UNWANTED, (0, 1)), (0.5, WANTED, (1, 1)), (0.95, UNWANTED, (1, 2))):
        level = Level(torch.tensor([1 - sigma]), torch.tensor([sigma]))
        assert torch.equal(limited(X, level), expected)
        assert (inside.asked, outside.asked) == asked


def test_within_looks_at_each_row_and_at_the_share_of_noise_only() -> None:
    limited = guidance.within(Says(WANTED), Says(UNWANTED), low=0.3, high=0.8)
    made = limited(X, Level(torch.tensor([0.1, 0.5]), torch.tensor([0.9, 0.5])))
    assert torch.equal(made[0], UNWANTED[0]) and torch.equal(made[1], WANTED[1])
    exploding = Level(torch.tensor([1.0, 1.0]), torch.tensor([9.0, 1.0]))  # the same shares, another family
    assert torch.equal(limited(X, exploding), made)


def test_rescaled_keeps_the_contrast_of_the_wanted_one() -> None:
    def stds(x: Tensor) -> Tensor:
        return x.flatten(1).std(1)

    pushed = pair(plain(7.0))
    assert (stds(pushed) > 2 * stds(WANTED)).all()
    torch.testing.assert_close(stds(pair(guidance.rescaled(plain(7.0), amount=1.0))), stds(WANTED))
    torch.testing.assert_close(pair(guidance.rescaled(plain(7.0), amount=0.0)), pushed)
    half = pair(guidance.rescaled(plain(7.0), amount=0.5))
    torch.testing.assert_close(half, (pushed + pair(guidance.rescaled(plain(7.0), amount=1.0))) / 2)


def test_apg_with_all_kept_is_plain_guidance() -> None:
    made = pair(guidance.projected(5.0, radius=math.inf, parallel=1.0))
    torch.testing.assert_close(made, pair(plain(5.0)), rtol=0, atol=1e-5)


def test_apg_without_the_parallel_part_pushes_at_right_angles() -> None:
    push = pair(guidance.projected(5.0, radius=math.inf, parallel=0.0)) - WANTED
    assert (push * WANTED).flatten(1).sum(1).abs().max() < 1e-3
    assert push.abs().max() > 1


def test_apg_push_is_no_longer_than_its_radius() -> None:
    push = pair(guidance.projected(2.0, radius=1.5, parallel=1.0)) - WANTED
    torch.testing.assert_close(push.flatten(1).norm(dim=1), torch.tensor([1.5, 1.5]))
    loose = pair(guidance.projected(2.0, radius=1e4, parallel=1.0))
    torch.testing.assert_close(loose, pair(plain(2.0)), rtol=0, atol=1e-5)


def test_zero_star_scales_the_unwanted_velocity() -> None:
    made = pair(guidance.zero_star(4.0, zero_above=1.0))
    for row in range(2):
        alpha, sigma = float(LEVEL.alpha[row]), float(LEVEL.sigma[row])
        noise_of = [(X[row] - alpha * x0[row]) / sigma for x0 in (WANTED, UNWANTED)]
        yes, no = (noise - x0[row] for noise, x0 in zip(noise_of, (WANTED, UNWANTED), strict=True))
        star = (yes * no).sum() / (no * no).sum()
        velocity = (1 - 4.0) * star * no + 4.0 * yes
        noise = (X[row] - alpha * made[row]) / sigma
        torch.testing.assert_close(noise - made[row], velocity, rtol=1e-4, atol=1e-4)


def test_zero_star_of_two_like_ones_is_that_one_and_its_first_steps_stand_still() -> None:
    same = guided(Says(WANTED), Says(WANTED), guidance.zero_star(4.0, zero_above=1.0))(X, LEVEL)
    torch.testing.assert_close(same, WANTED, rtol=0, atol=1e-5)
    levels = schedule.uniform(Flow(), 25)
    still = guided(Says(WANTED), Says(UNWANTED), guidance.zero_star(4.0, zero_above=0.95))
    after_one = loop.sample(still, X, levels[:2], sampler.euler, Still())
    torch.testing.assert_close(after_one, X)
    assert not torch.allclose(loop.sample(still, X, levels[:4], sampler.euler, Still()), X)


def test_regional_asks_each_region_its_own() -> None:
    left = torch.zeros(1, 1, 4, 4)
    left[..., :2] = 1
    made = guidance.regional([(left, Says(WANTED)), (1 - left, Says(UNWANTED))])(X, LEVEL)
    assert torch.equal(made[..., :2], WANTED[..., :2]) and torch.equal(made[..., 2:], UNWANTED[..., 2:])
    everywhere = torch.ones(1, 1, 4, 4)
    mixed = guidance.regional([(everywhere, Says(WANTED)), (3 * everywhere, Says(UNWANTED))])(X, LEVEL)
    torch.testing.assert_close(mixed, WANTED / 4 + UNWANTED * 3 / 4)
    with pytest.raises(ValueError, match="nobody"):
        guidance.regional([(left, Says(WANTED))])


def test_regions_of_one_network_share_a_batch() -> None:
    net = network()
    half = torch.full((1, 1, 4, 4), 0.5)
    guidance.regional([(half, tell(net, words(1.0))), (half, tell(net, words(2.0)))])(X, LEVEL)
    assert net.calls == 1


@pytest.mark.parametrize("name", ["euler", "ancestral", "dpmpp_2m", "dpmpp_sde", "unipc", "heun", "ddpm"])
def test_known_pixels_end_exactly(name: str) -> None:
    data = points()
    picture, mask = data.pictures[:1].expand(2, -1, -1, -1), torch.zeros(1, 1, 4, 4)
    mask[..., 2:] = 1
    levels = schedule.uniform(Flow(), 12)
    made = loop.sample(guidance.known(data, picture, mask), X, levels, sampler.SAMPLERS[name].step, Noise([1, 2]))
    torch.testing.assert_close(made[..., :2], picture[..., :2], rtol=0, atol=2e-6)


def test_repaint_completes_what_the_known_part_calls_for() -> None:
    # Two pictures, one the negative of the other: the known half says which one, and the blend alone often misses it.
    first = points(1, shape=(1, 2, 2)).pictures[0]
    data, mask = Points(torch.stack([first, -first])), torch.tensor([0.0, 1.0]).view(1, 1, 1, 2)
    runs, levels = 64, schedule.uniform(Flow(), 20)
    x = Noise(range(runs))(torch.zeros(runs, 1, 2, 2))
    denoise = guidance.known(data, first.expand(runs, -1, -1, -1), mask)

    def right(step: loop.Step, path: list[Level]) -> float:
        made = loop.sample(denoise, x, path, step, Noise(range(1000, 1000 + runs)))
        return float(((made - first).abs().flatten(1).amax(1) < 0.1).float().mean())

    assert right(sampler.euler, levels) < 0.92
    assert right(sampler.renoising(sampler.ancestral), schedule.climbing(levels, jump=4, repeats=5)) > 0.96


def test_clipping() -> None:
    loud = 3 * WANTED
    assert float(guidance.clipped(Says(loud))(X, LEVEL).abs().max()) == 1
    compressed = guidance.thresholded(Says(loud), quantile=0.95, ceiling=100.0)(X, LEVEL)
    for row in range(2):
        bound = float(loud[row].abs().flatten().quantile(0.95))
        torch.testing.assert_close(compressed[row], loud[row].clamp(-bound, bound) / bound)
    quiet = WANTED / 10
    torch.testing.assert_close(guidance.thresholded(Says(quiet), quantile=0.95, ceiling=9.0)(X, LEVEL), quiet)
    capped = guidance.thresholded(Says(loud), quantile=1.0, ceiling=1.5)(X, LEVEL)
    torch.testing.assert_close(capped, loud.clamp(-1.5, 1.5) / 1.5)


def test_everything_nests() -> None:
    net = network()
    base: Denoiser = tell(net, words(0.5))
    push = guided(base, tell(net, words(0.0)), guidance.rescaled(plain(3.0), amount=0.7))
    half = torch.full((1, 1, 4, 4), 0.5)
    whole = guidance.clipped(
        guidance.known(
            guidance.regional([(half, guidance.within(push, base, low=0.2, high=0.9)), (half, base)]), WANTED, half
        )
    )
    made = loop.sample(whole, X, schedule.uniform(Flow(), 6), sampler.dpmpp_2m, Noise([1, 2]))
    assert made.isfinite().all() and made.dtype == torch.float32
