"""How a model is painted with: its mathematics as the loop needs it, and the scheduler configurations of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import torch

from ..conditioning.words import Beside
from ..core.refusal import Refusal, either
from ..engine.denoiser import PREDICTIONS, Prediction
from ..engine.process import VP, Flow, Process, shifted
from ..engine.schedule import SCHEDULES, Levels, leading, linspace, resolution_shift, stretched

MULTISTEP = ("dpmpp_2m", "dpmpp_sde", "unipc")  # by custom they cut their schedule one step short of the clean end


@dataclass(frozen=True)
class Manner:
    """Process, prediction, the spacing of levels and the sampler that a model likes.

    ``offset`` of leading spacing. ``ends``: the sigma of the last level is that of timestep 0, as DDIM has it in Stable
    Diffusion's files, not 0. ``stretch``: a flow whose shift grows with the picture, by the logarithms of it at 256 and
    4096 tokens. ``terminal``: the last noisy sigma of a flow. ``told``: what the network is told beside words;
    ``silent``: zeros, not an empty text, are what it is told when nobody names a negative prompt.
    ``note``: what a person should know when the sampler is the model's own.
    """

    process: Process
    prediction: str
    spacing: str = "uniform"
    sampler: str = "euler"
    offset: int = 0
    ends: bool = False
    stretch: tuple[float, float] | None = None
    terminal: float | None = None
    told: Beside = "nothing"
    silent: bool = False
    note: str | None = field(default=None, repr=False)  # for people; no part of what a picture hangs on

    def says(self) -> Prediction:
        """What the network's word means."""
        return PREDICTIONS[self.prediction]

    def process_for(self, tokens: int) -> Process:
        """The process for a picture of so many tokens."""
        if self.stretch is None or not isinstance(self.process, Flow):
            return self.process
        low, high = self.stretch
        return replace(self.process, shift=resolution_shift(tokens, low=(256, low), high=(4096, high)))

    def levels(self, sampler: str, steps: int, tokens: int) -> Levels:
        """The levels that a sampler visits in so many steps."""
        process, spacing = self.process_for(tokens), self.spacing
        if sampler == "lcm" and isinstance(process, VP):
            spacing = "distilled"
        spare = 1 if sampler in MULTISTEP and isinstance(process, VP) else 0
        make = SCHEDULES[spacing]
        if spacing == "leading":
            make = partial(leading, offset=self.offset, spare=spare)
        elif spacing == "linspace":
            make = partial(linspace, spare=spare)
            if isinstance(process, Flow):  # as in SD 3's reference, whose least time is shifted once before
                least = shifted(torch.tensor(process.first, dtype=torch.float64), process.shift)
                process = replace(process, first=float(least))
        levels = make(process, steps)
        if self.terminal is not None:
            levels = stretched(levels, terminal=self.terminal)
        if self.ends and sampler == "ddim":
            levels = [*levels[:-1], process.level(torch.zeros(1))]
        return levels

    def whole(self, sampler: str) -> bool:
        """Whether the noise at the start has the strength of noise and picture together, so that no picture is missed.

        At a first level that is not pure noise the two differ. By custom the samplers that count in sigmas start from
        the level's own noise where they visit the very last timestep, and all others from unit variance.
        """
        in_sigmas = sampler in ("euler", "ancestral", "heun") and self.spacing in ("linspace", "trailing")
        return isinstance(self.process, VP) and not in_sigmas


# Scheduler classes of diffusers: our sampler, and the spacing each has where its configuration names none.
_SCHEDULERS: Mapping[str, tuple[str, str]] = {
    "PNDMScheduler": ("dpmpp_2m", "leading"),  # its linear multistep method is not here; a note says so
    "DDIMScheduler": ("ddim", "leading"),
    "DDPMScheduler": ("ddpm", "leading"),
    "LCMScheduler": ("lcm", "leading"),
    "EulerDiscreteScheduler": ("euler", "linspace"),
    "EulerAncestralDiscreteScheduler": ("ancestral", "linspace"),
    "HeunDiscreteScheduler": ("heun", "linspace"),
    "DPMSolverMultistepScheduler": ("dpmpp_2m", "linspace"),
    "UniPCMultistepScheduler": ("unipc", "linspace"),
    "FlowMatchEulerDiscreteScheduler": ("euler", "uniform"),
    "FlowMatchHeunDiscreteScheduler": ("heun", "uniform"),
}
_PREDICTIONS = {"epsilon": "noise", "v_prediction": "v", "sample": "x0"}
_BETAS: Mapping[str, Literal["linear", "scaled_linear", "cosine"]] = {
    "linear": "linear",
    "scaled_linear": "scaled_linear",
    "squaredcos_cap_v2": "cosine",
}
# What schedulers can be told that nothing here does.
_NOT_HERE: Mapping[str, object] = {
    "trained_betas": None,
    "thresholding": False,
    "use_lu_lambdas": False,
    "use_flow_sigmas": False,
    "invert_sigmas": False,
    "stochastic_sampling": False,
    "clip_sample": False,
}


def configured(manner: Manner, values: Mapping[str, Any], where: str) -> Manner:
    """``manner`` as a folder's scheduler configuration changes it; raises Refusal naming what cannot be granted."""
    name = str(values.get("_class_name"))
    if name == "PNDMScheduler":
        manner = replace(manner, note="the model asks for PNDM, which is not here; dpmpp_2m stands in for it")
    if name not in _SCHEDULERS:
        raise Refusal(f"{where} has the scheduler {name!r}; here are {either(sorted(_SCHEDULERS))}")
    sampler, spacing = _SCHEDULERS[name]
    for key, usual in _NOT_HERE.items():
        if values.get(key, usual) != usual:
            raise Refusal(f"{where} has {key} {values[key]!r}, which is not done here")
    if name.startswith("FlowMatch") is not isinstance(manner.process, Flow):
        raise Refusal(f"{where} has the scheduler {name!r}, which does not go with this network")
    try:
        if isinstance(manner.process, Flow):
            return _flow(replace(manner, sampler=sampler), manner.process, values)
        return _diffusion(replace(manner, sampler=sampler), values, spacing, where)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{where} is damaged: {error}") from error


def _flow(manner: Manner, process: Flow, values: Mapping[str, Any]) -> Manner:
    shift = 1.0 if values.get("use_dynamic_shifting") else float(values.get("shift", 1.0))
    stretch = (float(values.get("base_shift", 0.5)), float(values.get("max_shift", 1.15)))
    return replace(
        manner,
        process=replace(process, shift=shift),
        spacing=_curve(values) or manner.spacing,
        stretch=stretch if values.get("use_dynamic_shifting") else None,
        terminal=values.get("shift_terminal"),
    )


def _diffusion(manner: Manner, values: Mapping[str, Any], spacing: str, where: str) -> Manner:
    sampler = "dpmpp_sde" if values.get("algorithm_type") == "sde-dpmsolver++" else manner.sampler
    betas, said = values.get("beta_schedule", "linear"), values.get("prediction_type", "epsilon")
    if betas not in _BETAS or said not in _PREDICTIONS:
        raise Refusal(f"{where} has the schedule {betas!r} and the prediction {said!r}, not both known here")
    return replace(
        manner,
        process=VP(
            betas=_BETAS[betas],
            low=float(values.get("beta_start", 1e-4)),
            high=float(values.get("beta_end", 0.02)),
            steps=int(values.get("num_train_timesteps", 1000)),
            zero_terminal=bool(values.get("rescale_betas_zero_snr", False)),
        ),
        prediction=_PREDICTIONS[said],
        sampler=sampler,
        spacing=_curve(values) or values.get("timestep_spacing", spacing),
        offset=int(values.get("steps_offset", 0)),
        ends=not values.get("set_alpha_to_one", values["_class_name"] != "PNDMScheduler"),
    )


def _curve(values: Mapping[str, Any]) -> str | None:
    """A spacing by sigma that replaces the one by time."""
    return next((name for name in ("karras", "exponential", "beta") if values.get(f"use_{name}_sigmas")), None)
