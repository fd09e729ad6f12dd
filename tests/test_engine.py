"""The engine as a whole: every process with every sampler on exact denoisers, batches, rows, ends, loss and tokens."""

from __future__ import annotations

import ast
import inspect
import math
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from torch import Tensor

import sfumato.engine
from oracle import Gaussian, Oracle, Points, Still, doubles, points
from sfumato.core.level import Condition, Level, spread
from sfumato.core.seeds import Noise
from sfumato.engine import denoiser, guidance, loop, loss, sampler, schedule, tokens
from sfumato.engine.denoiser import PREDICTIONS, Prediction, edm, told
from sfumato.engine.process import VE, VP, ContinuousVP, Flow, Process, noise_ratio
from sfumato.engine.sampler import SAMPLERS

# every family, each with a network language it is used with; zero terminal and flow start at alpha 0
FAMILIES: dict[str, tuple[Process, Prediction]] = {
    "flow velocity": (Flow(), PREDICTIONS["velocity"]),
    "flow shifted x0": (Flow(shift=3.0), PREDICTIONS["x0"]),
    "vp noise": (VP(), PREDICTIONS["noise"]),
    "vp zero terminal v": (VP(zero_terminal=True), PREDICTIONS["v"]),
    "vp continuous cosine v": (ContinuousVP(betas="cosine"), PREDICTIONS["v"]),
    "ve edm": (VE(), edm(0.5)),
    "ve noise": (VE(), PREDICTIONS["noise"]),
}
every_family = pytest.mark.parametrize(("process", "prediction"), FAMILIES.values(), ids=FAMILIES)
every_sampler = pytest.mark.parametrize("entry", SAMPLERS.values(), ids=SAMPLERS)
DETERMINISTIC = [s for s in SAMPLERS.values() if not s.stochastic]
GAUSSIAN = Gaussian(torch.tensor(0.3), torch.tensor([0.3, 0.5, 2.0]).view(1, 3, 1, 1))
NOTHING = Condition()


def spacing(process: Process, steps: int) -> list[Level]:
    return (schedule.karras if isinstance(process, VE | VP) else schedule.uniform)(process, steps)


def start(levels: list[Level], seeds: list[int], *shape: int) -> Tensor:
    noise = Noise(seeds)(torch.zeros(len(seeds), *(shape or (3, 4, 4))))
    return spread(levels[0].sigma, noise) * noise


# ---- structure ------------------------------------------------------------------------------------------------------


def test_the_loop_has_five_lines() -> None:
    function = ast.parse(textwrap.dedent(inspect.getsource(loop.sample))).body[0]
    assert isinstance(function, ast.FunctionDef)
    body = function.body[1:] if ast.get_docstring(function) else function.body
    written = "\n".join(ast.unparse(line) for line in body).splitlines()
    assert 1 + len(written) == 5, "def, memory, for, step, return"
    assert written[2].strip() == "x, memory = step(denoise, x, here, there, memory, rng)"


def test_the_engine_knows_no_network() -> None:
    allowed = {"torch", *sys.stdlib_module_names}
    for file in Path(inspect.getfile(sfumato.engine)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                known = name.split(".")[0] in allowed or name.startswith(("sfumato.core", "sfumato.engine"))
                assert known, f"{file.name} imports {name}"


def test_the_reading_path_stays_short() -> None:
    room = Path(inspect.getfile(sfumato.engine)).parent
    for name, most in (("loop.py", 40), ("sampler.py", 240), ("guidance.py", 150)):
        assert len((room / name).read_text().splitlines()) <= most


# ---- every process, every sampler -----------------------------------------------------------------------------------


@every_family
@every_sampler
def test_every_sampler_lands_on_a_picture(entry: sampler.Sampler, process: Process, prediction: Prediction) -> None:
    data = points()
    denoise = told(Oracle(data, process, prediction), NOTHING, process=process, prediction=prediction)
    levels = spacing(process, 16)
    made = loop.sample(denoise, start(levels, list(range(8))), levels, entry.step, Noise(range(8, 16)))
    which, distance = data.nearest(made)
    assert made.dtype == torch.float32
    assert float(distance.max()) < 2e-3
    assert len(set(which.tolist())) > 1, "eight seeds all made the same picture"


@every_family
@pytest.mark.parametrize("entry", DETERMINISTIC, ids=lambda s: s.name)
def test_deterministic_samplers_end_where_the_flow_does(
    entry: sampler.Sampler, process: Process, prediction: Prediction
) -> None:
    denoise = told(Oracle(GAUSSIAN, process, prediction), NOTHING, process=process, prediction=prediction)
    levels = spacing(process, 60)
    x = start(levels, [1, 2])
    made = loop.sample(denoise, x, levels, entry.step, Still())
    assert float((made - GAUSSIAN.at(x, levels[0], levels[-1])).abs().max()) < (0.2 if entry.order == 1 else 0.03)


@pytest.mark.parametrize("entry", [s for s in SAMPLERS.values() if s.stochastic], ids=lambda s: s.name)
def test_stochastic_samplers_make_the_right_distribution(entry: sampler.Sampler) -> None:
    # LCM is for networks that jump to the end; told the mean instead, it would make too narrow a distribution.
    for process in (Flow(), VE(last=20.0)):
        levels = spacing(process, 80)
        x = start(levels, [5], 3, 64, 64)
        made = loop.sample(GAUSSIAN.jump if entry is SAMPLERS["lcm"] else GAUSSIAN, x, levels, entry.step, Noise([6]))
        wanted = GAUSSIAN.std.flatten()
        assert made.mean((0, 2, 3)).sub(0.3).abs().div(wanted).max() < 0.06
        assert made.std((0, 2, 3)).div(wanted).sub(1).abs().max() < 0.08  # first order still has a few percent here


def test_sampling_repeats_itself_and_other_seeds_differ() -> None:
    levels = spacing(Flow(), 6)
    x = start(levels, [1])

    def made(seed: int) -> Tensor:
        return loop.sample(GAUSSIAN, x, levels, sampler.ancestral, Noise([seed]))

    assert torch.equal(made(2), made(2)) and not torch.equal(made(2), made(3))


# ---- one sampler is another -----------------------------------------------------------------------------------------


@every_family
def test_the_family_tree_of_first_order(process: Process, prediction: Prediction) -> None:
    levels = spacing(process, 8)
    x = start(levels, [1, 2]).double()

    def made(step: loop.Step) -> Tensor:
        return loop.sample(GAUSSIAN, x, levels, step, Noise([3, 4]))

    def same(a: loop.Step, b: loop.Step) -> bool:
        return torch.allclose(made(a), made(b), rtol=0, atol=1e-6)

    assert same(sampler.euler, sampler.ddim(eta=0.0))
    assert same(sampler.ancestral, sampler.ddim(eta=1.0)) and same(sampler.ancestral, sampler.ddpm(wide=False))
    assert not same(sampler.euler, sampler.ancestral) and not same(sampler.ancestral, sampler.ddim(eta=0.5))
    assert not same(sampler.ddpm(wide=True), sampler.ddpm(wide=False))


def test_ddim_is_its_equation_on_vp() -> None:
    # arXiv 2010.02502, eq. 12 and 16, with its alpha-bar
    here, there = doubles(VP(), [700.0, 500.0])
    eta, (x, x0, noise) = 0.6, torch.tensor([0.7, 0.2, -1.3], dtype=torch.float64).view(3, 1, 1, 1, 1)
    now, then = float(here.alpha**2), float(there.alpha**2)
    eps = (0.7 - math.sqrt(now) * 0.2) / math.sqrt(1 - now)
    std = eta * math.sqrt((1 - then) / (1 - now)) * math.sqrt(1 - now / then)
    wanted = math.sqrt(then) * 0.2 + math.sqrt(1 - then - std**2) * eps + std * -1.3
    made, _ = sampler.ddim(eta=eta)(lambda x, level: x0, x, here, there, None, lambda x: noise)
    assert float(made) == pytest.approx(wanted, rel=1e-9)


def test_wide_ddpm_has_the_variance_of_a_forward_step() -> None:
    here, there = doubles(VP(betas="linear", low=1e-4, high=2e-2), [500.0, 499.0])
    zero, one = torch.zeros(1, 1, 1, 1).double(), torch.ones(1, 1, 1, 1).double()
    made, _ = sampler.ddpm(wide=True)(lambda x, level: zero, zero, here, there, None, lambda x: one)
    assert float(made) ** 2 == pytest.approx(1e-4 + (2e-2 - 1e-4) * 500 / 999, rel=1e-6)


@pytest.mark.parametrize("entry", DETERMINISTIC, ids=lambda s: s.name)
def test_flow_vp_and_ve_walk_the_same_path(entry: sampler.Sampler) -> None:
    # Levels of equal sigma / alpha are one path seen in three units: x / alpha is the same picture all along.
    data, flow = points(), doubles(Flow(), torch.linspace(0.95, 0.05, 12))
    ratio = torch.cat([noise_ratio(level) for level in flow])
    paths = [flow] + [doubles(p, p.time(Level(torch.ones_like(ratio), ratio))) for p in (ContinuousVP(), VE())]
    noise = Noise([1, 2])(torch.zeros(2, 3, 4, 4)).double()
    walks = []
    for path in paths:
        x = noise * float(noise_ratio(path[0])) * float(path[0].alpha)
        seen = loop.watch(data, x, path, entry.step, Still())
        walks.append(torch.stack([x / float(level.alpha) for x, _, level in seen]))
    assert float((walks[0] - walks[1]).abs().max()) < 1e-7
    assert float((walks[0] - walks[2]).abs().max()) < 1e-7


@every_family
def test_ancestral_and_its_second_order_are_the_same_in_every_family(process: Process, prediction: Prediction) -> None:
    here, there = (process.level(torch.tensor([process.last * share]).double()) for share in (0.6, 0.5))
    h = torch.log(noise_ratio(here) / noise_ratio(there))
    wanted = there.sigma * (-torch.expm1(-2 * h)).sqrt()  # arXiv 2211.01095, eq. 19
    torch.testing.assert_close(sampler.posterior_std(here, there), wanted, rtol=1e-6, atol=0)


# ---- batches, rows and ends -----------------------------------------------------------------------------------------


@every_sampler
def test_a_picture_made_alone_is_the_picture_made_among_four(entry: sampler.Sampler) -> None:
    seeds, levels = [11, 12, 13, 14], spacing(Flow(), 7)

    def made(seeds: list[int]) -> Tensor:
        rng = Noise(seeds)  # one stream per picture: first the start, then whatever the sampler asks for
        x = rng(torch.zeros(len(seeds), 3, 4, 4)) * float(levels[0].sigma)
        return loop.sample(points(), x, levels, entry.step, rng)

    together = made(seeds)
    for row, seed in enumerate(seeds):
        assert torch.equal(made([seed])[0], together[row])


@every_sampler
def test_rows_at_different_levels_equal_separate_runs(entry: sampler.Sampler) -> None:
    # Three pictures of three families on three schedules, one of which ends earlier and waits at sigma 0.
    paths = [spacing(Flow(shift=3.0), 6), spacing(VE(last=20.0), 6), spacing(VP(zero_terminal=True), 4)]
    paths[2] += [paths[2][-1]] * 2
    data = points()

    def stack(parts: tuple[Level, ...]) -> Level:
        return Level(torch.cat([p.alpha for p in parts]), torch.cat([p.sigma for p in parts]))

    x = torch.cat([start(path, [seed]) for path, seed in zip(paths, (1, 2, 3), strict=True)])
    mixed = loop.sample(data, x, [stack(parts) for parts in zip(*paths, strict=True)], entry.step, Noise([4, 5, 6]))
    for row, path in enumerate(paths):
        alone = loop.sample(data, x[row : row + 1], path, entry.step, Noise([4 + row]))
        torch.testing.assert_close(mixed[row], alone[0], rtol=0, atol=1e-6)


@every_sampler
def test_a_row_that_has_ended_stays_whatever_the_network_says_of_it(entry: sampler.Sampler) -> None:
    def nonsense(x: Tensor, level: Level, /) -> Tensor:
        return torch.where(spread(level.sigma == 0, x), torch.nan, 0.5 * x)

    sigmas = torch.tensor([[1.0, 1.0], [0.5, 0.5], [0.2, 0.0], [0.1, 0.0], [0.0, 0.0]])
    levels = [Level(1 - row, row) for row in sigmas]
    x = start(levels[:1], [1, 2])
    walk = [x.clone() for x, _, _ in loop.watch(nonsense, x, levels, entry.step, Noise([3, 4]))]
    assert walk[-1].isfinite().all()
    assert torch.equal(walk[1][1], walk[2][1]) and torch.equal(walk[1][1], walk[3][1])


@every_sampler
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_very_few_steps_from_pure_noise(entry: sampler.Sampler, steps: int) -> None:
    for process in (Flow(), VP(zero_terminal=True), ContinuousVP(betas="cosine")):
        levels = schedule.trailing(process, steps)
        assert float(levels[0].alpha) == 0
        made = loop.sample(points(), start(levels, [1]), levels, entry.step, Noise([2]))
        assert made.isfinite().all()
        if steps == 1:  # nothing is known in pure noise but the mean of all pictures
            torch.testing.assert_close(made, points().pictures.mean(0, keepdim=True), rtol=0, atol=1e-5)


def test_a_step_that_goes_nowhere_changes_nothing() -> None:
    level = Level(torch.tensor([0.6]), torch.tensor([0.8]))
    x = start([level], [1])
    for entry in SAMPLERS.values():
        if entry.name != "lcm":  # which forgets the old noise wherever it goes
            made = loop.sample(points(), x, [level] * 4, entry.step, Noise([2]))
            torch.testing.assert_close(made, x, rtol=0, atol=1e-6)


@pytest.mark.parametrize("entry", DETERMINISTIC, ids=lambda s: s.name)
def test_a_level_that_is_listed_twice_does_no_harm(entry: sampler.Sampler) -> None:
    levels = spacing(Flow(), 24)
    x = start(levels, [1])
    # a second-order step there falls back to first order, once
    made = loop.sample(GAUSSIAN, x, [*levels[:9], *levels[8:]], entry.step, Still())
    torch.testing.assert_close(made, loop.sample(GAUSSIAN, x, levels, entry.step, Still()), rtol=0, atol=0.05)


@every_sampler
def test_levels_stay_where_they_are_whatever_device_holds_the_picture(entry: sampler.Sampler) -> None:
    # The meta device stands for any accelerator: it, too, refuses a tensor from elsewhere.
    rules = [
        guidance.plain(2.0),
        guidance.rescaled(guidance.plain(2.0), amount=0.7),
        guidance.projected(2.0, radius=5.0, parallel=0.0),
        guidance.zero_star(2.0, zero_above=0.9),
    ]
    x = torch.zeros(2, 3, 4, 4, device="meta")

    def network(x: Tensor, time: Tensor, condition: Condition, /) -> Tensor:
        assert time.device == x.device
        return x * spread(time, x)

    sides = [
        told(network, Condition(pooled=torch.ones(1, 1, device="meta")), process=Flow(), prediction=PREDICTIONS["v"])
        for _ in range(2)
    ]
    for rule in rules:
        denoise = guidance.guided(sides[0], sides[1], rule)
        denoise = guidance.known(guidance.within(denoise, sides[0], low=0.1, high=0.8), x, x)
        made = loop.sample(denoise, x, schedule.rows(spacing(Flow(), 4), 2), entry.step, Noise([1, 2]))
        assert made.device.type == "meta" and made.dtype == torch.float32


# ---- watching and climbing ------------------------------------------------------------------------------------------


@every_sampler
def test_watching_changes_nothing(entry: sampler.Sampler) -> None:
    levels, data = spacing(Flow(), 5), points()
    x = start(levels, [1])
    seen = list(loop.watch(data, x, levels, entry.step, Noise([2])))
    assert len(seen) == 5 and [level for _, _, level in seen] == levels[1:]
    assert torch.equal(seen[-1][0], loop.sample(data, x, levels, entry.step, Noise([2])))
    assert all(preview.shape == x.shape and preview.abs().max() <= 0.81 for _, preview, _ in seen)


def test_watching_can_stop_early() -> None:
    asked = 0

    def counting(x: Tensor, level: Level, /) -> Tensor:
        nonlocal asked
        asked += 1
        return x

    next(loop.watch(counting, torch.zeros(1, 1, 2, 2), spacing(Flow(), 50), sampler.euler, Still()))
    assert asked == 1


@pytest.mark.parametrize("process", [Flow(), VP(), VE()], ids=["flow", "vp", "ve"])
def test_climbing_adds_the_noise_of_the_forward_process(process: Process) -> None:
    low, high = (process.level(torch.tensor([process.last * share])) for share in (0.2, 0.7))
    x0 = torch.full((1, 1, 128, 128), 0.4)
    x = low.mix(x0, Noise([1])(x0))

    def refuse(x: Tensor, level: Level, /) -> Tensor:
        raise AssertionError("no network is asked on the way up")

    climbed, memory = sampler.renoising(sampler.dpmpp_2m)(refuse, x, low, high, sampler.Past(x, low), Noise([2]))
    assert memory is None
    noise = high.noise(climbed, x0)
    assert abs(float(noise.mean())) < 0.04 and float(noise.std()) == pytest.approx(1, abs=0.03)


def test_renoising_is_the_step_itself_downwards_and_refuses_mixed_rows() -> None:
    levels, data = spacing(Flow(), 6), points()
    x = start(levels, [1])
    plain = loop.sample(data, x, levels, sampler.unipc, Still())
    assert torch.equal(loop.sample(data, x, levels, sampler.renoising(sampler.unipc), Still()), plain)
    here, there = (Level(1 - s, s) for s in (torch.tensor([0.5, 0.5]), torch.tensor([0.4, 0.6])))
    with pytest.raises(ValueError, match="climb"):
        sampler.renoising(sampler.euler)(data, x, here, there, None, Still())


@pytest.mark.parametrize("name", ["euler", "ancestral", "dpmpp_2m", "unipc"])
def test_every_sampler_lands_after_climbing(name: str) -> None:
    data, levels = points(), schedule.climbing(spacing(VP(), 12), jump=3, repeats=2)
    step = sampler.renoising(SAMPLERS[name].step)
    made = loop.sample(data, start(levels, [1, 2, 3]), levels, step, Noise([4, 5, 6]))
    assert float(data.nearest(made)[1].max()) < 2e-3


def test_a_start_from_a_picture_keeps_it_at_low_strength() -> None:
    data = points()
    levels = schedule.cut(spacing(Flow(), 20), 0.3)
    x = levels[0].mix(data.pictures, Noise(range(4))(data.pictures))
    made = loop.sample(data, x, levels, sampler.dpmpp_2m, Still())
    assert data.nearest(made)[0].tolist() == [0, 1, 2, 3]


# ---- what networks say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prediction", [*PREDICTIONS.values(), edm(0.5), edm(1.0)], ids=lambda p: p.name)
def test_target_and_x0_are_inverse_at_any_alpha_and_sigma(prediction: Prediction) -> None:
    alpha = torch.tensor([1.0, 1.0, 0.6, 0.3, 1.0, 0.01, 0.0], dtype=torch.float64)
    sigma = torch.tensor([0.001, 0.5, 0.8, 0.7, 80.0, 0.99, 1.0], dtype=torch.float64)
    if prediction.name == "noise":  # at alpha 0 the noise is all there is to see and says nothing of the picture
        alpha, sigma = alpha[:-1], sigma[:-1]
    level = Level(alpha, sigma)
    x0, noise = (torch.randn(len(alpha), 2, 3, generator=torch.Generator().manual_seed(s)).double() for s in (1, 2))
    x, said = level.mix(x0, noise), prediction.target(x0, noise, level)
    torch.testing.assert_close(prediction.x0(said, x, level), x0, rtol=0, atol=1e-8)
    # the gain is how far x0 moves with the word
    moved = (prediction.x0(said + 1, x, level) - x0).abs().amax((1, 2))
    torch.testing.assert_close(moved, prediction.gain(level), rtol=1e-6, atol=1e-8)


def test_targets_are_their_papers() -> None:
    level = Level(torch.tensor([0.6]), torch.tensor([0.8]))
    x0, noise = torch.tensor([[2.0]]), torch.tensor([[-1.0]])

    def target(prediction: Prediction) -> float:
        return float(prediction.target(x0, noise, level))

    assert target(PREDICTIONS["noise"]) == -1 and target(PREDICTIONS["x0"]) == 2
    assert target(PREDICTIONS["velocity"]) == -3  # noise - x0
    assert target(PREDICTIONS["v"]) == pytest.approx(0.6 * -1 - 0.8 * 2)
    assert target(edm(1.0)) == pytest.approx(-target(PREDICTIONS["v"]))
    # EDM, table 1, at sigma 3 with data of deviation 0.5: D = c_skip x + c_out F
    sigma, data = 3.0, 0.5
    level, x = Level(torch.tensor([1.0]), torch.tensor([sigma])), torch.tensor([[0.7]])
    c_skip, c_out = data**2 / (sigma**2 + data**2), sigma * data / math.sqrt(sigma**2 + data**2)
    assert float(edm(data).x0(torch.tensor([[0.4]]), x, level)) == pytest.approx(c_skip * 0.7 + c_out * 0.4)


@pytest.mark.parametrize("prediction", PREDICTIONS.values(), ids=PREDICTIONS)
def test_at_sigma_zero_the_picture_is_the_answer(prediction: Prediction) -> None:
    level, x = Level(torch.ones(1), torch.zeros(1)), torch.tensor([[0.7]])
    assert float(prediction.x0(torch.tensor([[9.0]]), x, level)) == pytest.approx(0.7)


@every_family
def test_told_is_the_exact_denoiser_again(process: Process, prediction: Prediction) -> None:
    denoise = told(Oracle(GAUSSIAN, process, prediction), NOTHING, process=process, prediction=prediction)
    share = torch.tensor([0.05, 0.3, 0.6, 0.9])
    level = process.level(process.first + share * (process.last - process.first))
    x = level.mix(*(torch.randn(4, 3, 4, 4, generator=torch.Generator().manual_seed(s)) for s in (1, 2)))
    torch.testing.assert_close(denoise(x, level), GAUSSIAN(x, level), rtol=0, atol=5e-3)


def test_told_says_the_same_words_to_every_picture_and_hands_over_scale_and_clock() -> None:
    heard = []

    def network(x: Tensor, time: Tensor, condition: Condition, /) -> Tensor:
        heard.append((x, time, condition))
        return torch.zeros_like(x).to(torch.bfloat16)

    words = Condition(tokens=torch.ones(1, 2, 4), pooled=torch.ones(1, 5))
    level = Level(torch.ones(1), torch.full((1,), 3.0))
    x0 = told(network, words, process=VE(), prediction=PREDICTIONS["noise"])(torch.ones(2, 1, 2, 2), level)
    x, time, condition = heard[0]
    assert x0.dtype == torch.float32, "a network in bfloat16 leaves the solver in float32"
    torch.testing.assert_close(x, torch.full((2, 1, 2, 2), 1 / math.sqrt(10)))
    torch.testing.assert_close(time, torch.full((2,), math.log(3) / 4))
    assert condition.tokens is not None and condition.tokens.shape == (2, 2, 4)


def test_together_is_one_batch_with_each_rows_own_level() -> None:
    net = Oracle(GAUSSIAN, Flow(), PREDICTIONS["x0"])
    sides = [
        told(net, Condition(pooled=torch.full((1, 1), value)), process=Flow(), prediction=PREDICTIONS["x0"])
        for value in (0.0, 1.0, 2.0)
    ]
    level = Level(torch.tensor([0.6, 0.2]), torch.tensor([0.4, 0.8]))
    x = start([Level(torch.zeros(1), torch.ones(1))], [1, 2])
    for value, estimate in enumerate(denoiser.together(sides, x, level)):
        torch.testing.assert_close(estimate, GAUSSIAN(x, level) + value, rtol=0, atol=1e-5)
    assert net.calls == 1


# ---- loss -----------------------------------------------------------------------------------------------------------


def batch(count: int = 64) -> tuple[Tensor, Tensor]:
    one, two = (torch.randn(count, 3, 4, 4, generator=torch.Generator().manual_seed(s)) for s in (1, 2))
    return one, two


@every_family
def test_an_all_knowing_network_has_no_loss(process: Process, prediction: Prediction) -> None:
    x0, noise = batch(1)
    time = torch.tensor([0.5 * process.last])

    def network(x: Tensor, clock: Tensor, condition: Condition, /) -> Tensor:
        return prediction.target(x0, noise, process.level(time))

    assert float(loss.loss(network, process, prediction, x0, NOTHING, noise, time)) == 0

    def mute(x: Tensor, clock: Tensor, condition: Condition, /) -> Tensor:
        return torch.zeros_like(x)

    target = prediction.target(x0, noise, process.level(time))
    said_nothing = loss.loss(mute, process, prediction, x0, NOTHING, noise, time)
    torch.testing.assert_close(said_nothing, target.pow(2).mean((1, 2, 3)))


def test_the_posterior_mean_has_the_least_loss() -> None:
    x0, noise = batch(256)
    x0 = GAUSSIAN.mean + GAUSSIAN.std * x0
    process, prediction = Flow(), PREDICTIONS["velocity"]
    time = loss.uniform(process, loss.chances(256, torch.Generator().manual_seed(0)))

    def total(mean: float, std: float) -> float:
        net = Oracle(Gaussian(torch.tensor(mean), std * GAUSSIAN.std), process, prediction)
        return float(loss.loss(net, process, prediction, x0, NOTHING, noise, time).mean())

    assert total(0.3, 1.0) < min(total(0.6, 1.0), total(0.0, 1.0), total(0.3, 1.4), total(0.3, 0.7))


def test_gradients_reach_the_network() -> None:
    weight = torch.zeros(1, requires_grad=True)
    x0, noise = batch(4)
    losses = loss.loss(
        lambda x, time, condition: weight * x, VP(), PREDICTIONS["noise"], x0, NOTHING, noise, torch.full((4,), 500.0)
    )
    assert losses.shape == (4,) and losses.dtype == torch.float32
    losses.mean().backward()
    assert weight.grad is not None and float(weight.grad.abs()) > 0


@pytest.mark.parametrize("weigh", [loss.min_snr(5.0)])
def test_min_snr_is_one_weight_in_three_languages(weigh: loss.Weight) -> None:
    # arXiv 2303.09556, section 3.4: min(SNR, gamma) on x0, over SNR on noise, over SNR + 1 on v
    level = VP().level(torch.tensor([10.0, 200.0, 500.0, 900.0]))
    snr = (level.alpha / level.sigma) ** 2
    least = snr.clamp(max=5.0)
    for name, wanted in (("x0", least), ("noise", least / snr), ("v", least / (snr + 1))):
        torch.testing.assert_close(weigh(PREDICTIONS[name], level), wanted, rtol=1e-4, atol=0)
    pure = VP(zero_terminal=True).level(torch.tensor([999.0]))
    assert float(weigh(PREDICTIONS["v"], pure)) == 0


def test_cosmap_is_a_density_over_flow_time() -> None:
    weights = loss.cosmap(PREDICTIONS["velocity"], Flow().level(torch.linspace(0, 1, 2001)))
    assert float(weights.mean()) == pytest.approx(1, abs=1e-3)
    torch.testing.assert_close(loss.plain(PREDICTIONS["noise"], VP().level(torch.tensor([3.0]))), torch.ones(1))


def test_draws_follow_their_distributions() -> None:
    chance = (torch.arange(4096) + 0.5) / 4096  # quantiles instead of luck
    assert sorted(set(loss.uniform(VP(), chance).tolist())) == list(range(1000))
    flow = loss.uniform(Flow(), chance)
    assert float(flow.min()) >= 1e-3 and float(flow.max()) <= 1 and float(flow.mean()) == pytest.approx(0.5, abs=1e-3)
    sigma = VE().level(loss.lognormal(-1.2, 1.2)(VE(), chance)).sigma.log()
    assert float(sigma.mean()) == pytest.approx(-1.2, abs=1e-2) and float(sigma.std()) == pytest.approx(1.2, abs=1e-2)
    logit = torch.logit(loss.logit_normal(0.5, 0.8)(Flow(), chance))
    assert float(logit.mean()) == pytest.approx(0.5, abs=1e-2) and float(logit.std()) == pytest.approx(0.8, abs=1e-2)


def test_logit_normal_time_is_lognormal_ratio() -> None:
    chance = torch.linspace(0.01, 0.99, 33)
    a, b = loss.logit_normal(0.3, 1.1)(Flow(), chance), loss.lognormal(0.3, 1.1)(Flow(), chance)
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_chances_come_from_the_generator_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    for even in (False, True):
        a, b = (loss.chances(16, torch.Generator().manual_seed(7), even=even) for _ in range(2))
        assert torch.equal(a, b) and not torch.equal(a, loss.chances(16, torch.Generator().manual_seed(8), even=even))
    assert torch.equal(before, torch.get_rng_state())
    spread_out = loss.chances(16, torch.Generator().manual_seed(7), even=True).sort().values
    assert ((spread_out * 16).floor() == torch.arange(16)).all(), "one in each sixteenth"


# ---- the loop over tokens -------------------------------------------------------------------------------------------


class Grammar:
    """A token network that wants ``last + step`` (the step is told), with a memory of all it has read."""

    def __init__(self, size: int = 8, sure: float = 30.0, end: int = -1) -> None:
        self.size, self.sure, self.end, self.calls = size, sure, end, 0

    def __call__(
        self, written: Tensor, condition: Condition, memory: Tensor | None, past: int, /
    ) -> tuple[Tensor, Tensor]:
        self.calls += 1
        if memory is not None:
            same = (memory[:, :past] == written[:, :past]).all(1)
            assert (same | (written[:, :past] == self.end).any(1)).all(), "what was read is what is written"
        assert condition.pooled is not None
        wanted = (written[:, past:] + condition.pooled[:, :1].long()) % self.size
        return self.sure * torch.nn.functional.one_hot(wanted, self.size).float(), written


def step_of(size: int, words: int = 1) -> Condition:
    return Condition(tokens=torch.zeros(1, words, 2), pooled=torch.full((1, 1), float(size)))


BEST = tokens.choosing(temperature=0.0, top_k=0, top_p=1.0)


def test_tokens_are_written_one_after_another() -> None:
    reader = tokens.Reader(Grammar(), step_of(3))
    for choose in (BEST, tokens.choosing(temperature=1.0, top_k=0, top_p=1.0)):
        written = tokens.write(reader, torch.tensor([[0], [1]]), 4, choose, Noise([1, 2]))
        assert written.tolist() == [[0, 3, 6, 1, 4], [1, 4, 7, 2, 5]]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("choose", [BEST, tokens.choosing(temperature=1.0, top_k=0, top_p=1.0)])
def test_guesses_change_the_calls_and_not_what_is_written(choose: tokens.Choose, rows: int) -> None:
    def ones(written: Tensor, guessed: Tensor, likeliest: Tensor) -> Tensor:
        assert guessed.shape == likeliest.shape
        seen.append(guessed.shape[1])
        return torch.cat([(written[:, -1:] + 3) % 32, torch.ones_like(written[:, :1]), likeliest], dim=1)

    first, seen = torch.arange(rows)[:, None], list[int]()
    plain, quick = Grammar(32, sure=5.0, end=31), Grammar(32, sure=5.0, end=31)
    some = {"choose": choose, "count": 30, "end": 31}
    one = tokens.write(tokens.Reader(plain, step_of(3)), first, rng=Noise([*range(rows)]), **some)  # type: ignore[arg-type]
    two = tokens.write(tokens.Reader(quick, step_of(3)), first, rng=Noise([*range(rows)]), guess=ones, **some)  # type: ignore[arg-type]
    until = [row.index(31) + 1 if 31 in row else len(row) for row in one.tolist()]
    assert all(torch.equal(a[:n], b[:n]) for a, b, n in zip(one, two, until, strict=True))
    assert quick.calls < plain.calls and max(seen) > 0


def test_guided_tokens() -> None:
    grammar = Grammar()
    yes, no = tokens.Reader(grammar, step_of(3)), tokens.Reader(grammar, step_of(1))
    first = torch.tensor([[0], [1]])
    logits, _ = tokens.guided(yes, no, scale=3.0)(first, None, 0)
    assert grammar.calls == 1, "one network, one batch"
    torch.testing.assert_close(logits, no(first, None, 0)[0] + 3 * (yes(first, None, 0)[0] - no(first, None, 0)[0]))
    torch.testing.assert_close(tokens.guided(yes, no, scale=1.0)(first, None, 0)[0], yes(first, None, 0)[0])
    written = tokens.write(tokens.guided(yes, no, scale=2.0), first, 3, BEST, Noise([1, 2]))
    assert written.tolist() == [[0, 3, 6, 1], [1, 4, 7, 2]], "the memory of a shared batch is carried on"


def test_guided_tokens_of_unequal_texts_are_asked_one_by_one() -> None:
    grammar = Grammar()
    yes, no = tokens.Reader(grammar, step_of(3)), tokens.Reader(grammar, step_of(1, words=4))
    written = tokens.write(tokens.guided(yes, no, scale=2.0), torch.tensor([[0]]), 3, BEST, Noise([1]))
    assert written.tolist() == [[0, 3, 6, 1]] and grammar.calls == 6


def drawn(logits: Tensor, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0, count: int = 4000) -> Tensor:
    choose = tokens.choosing(temperature=temperature, top_k=top_k, top_p=top_p)
    generator = torch.Generator().manual_seed(0)
    picked = choose(logits.expand(count, -1), lambda x: torch.randn(x.shape, generator=generator))
    return torch.bincount(picked, minlength=logits.shape[-1]) / count


def test_tokens_follow_their_probabilities() -> None:
    odds = torch.tensor([0.1, 0.4, 0.2, 0.3])
    assert (drawn(odds.log()) - odds).abs().max() < 0.03
    squared = odds**2 / (odds**2).sum()
    assert (drawn(odds.log(), temperature=0.5) - squared).abs().max() < 0.03
    assert (drawn(odds.log(), top_k=2) - torch.tensor([0, 4 / 7, 0, 3 / 7])).abs().max() < 0.03
    assert (drawn(odds.log(), top_p=0.65) - torch.tensor([0, 4 / 7, 0, 3 / 7])).abs().max() < 0.03
    assert drawn(odds.log(), top_p=1e-9)[1] == 1, "the likeliest is always left"
    assert drawn(odds.log(), temperature=0.0)[1] == 1


def test_a_row_of_tokens_does_not_feel_its_neighbours() -> None:
    reader = tokens.Reader(Grammar(sure=1.0), step_of(3))
    choose = tokens.choosing(temperature=1.0, top_k=6, top_p=0.95)

    def written(seeds: list[int]) -> Tensor:
        return tokens.write(reader, torch.zeros(len(seeds), 1, dtype=torch.long), 12, choose, Noise(seeds))

    several = written([1, 2, 3])
    assert torch.equal(written([2])[0], several[1]) and not torch.equal(several[0], several[1])


def test_points_are_what_they_claim() -> None:
    # The oracle itself: at low noise the nearest picture, in pure noise the mean of all.
    data = points()
    assert isinstance(data, Points)
    near = Level(torch.tensor([0.95]), torch.tensor([0.05]))
    torch.testing.assert_close(data(near.mix(data.pictures, torch.zeros(4, 3, 4, 4)), near), data.pictures)
    far = Level(torch.zeros(1), torch.ones(1))
    torch.testing.assert_close(data(torch.zeros(1, 3, 4, 4), far)[0], data.pictures.mean(0))
