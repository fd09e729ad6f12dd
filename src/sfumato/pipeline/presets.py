"""Which models there are: the shipped ones by name, others by folder; and what their specs mean to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoints.bundle import CARD, SPEC, Spec, read_spec
from ..core.refusal import Refusal, unknown
from .request import check_sampler

if TYPE_CHECKING:
    from ..engine.process import Process
    from .manner import Manner

ASSETS = Path(__file__).parent.parent / "assets"


def shipped() -> Mapping[str, Path]:
    """The models that come with sfumato: name -> folder."""
    return {found.parent.name: found.parent for found in sorted(ASSETS.glob(f"*/{SPEC}"))}


def folder_of(name: str | Path) -> Path:
    """The folder of a model by name or path; raises Refusal naming the nearest shipped ones."""
    models, path = shipped(), Path(name)
    if str(name) in models:
        return models[str(name)]
    if "/" in str(name) or len(path.parts) > 1 or path.is_dir():
        if not (path / SPEC).is_file():
            raise Refusal(f"{path} is not a model: it is no folder with a {SPEC}")
        return path
    raise unknown("model", str(name), models)


def spec_of(folder: Path) -> Spec:
    """The spec of a model that this sfumato can paint with; raises Refusal otherwise."""
    spec = read_spec(folder)
    size = (spec.sizes.least, spec.sizes.most, spec.sizes.multiple)
    if spec.sizes.least > spec.sizes.most or any(side % spec.sizes.multiple for side in size):
        raise Refusal(f"{folder / SPEC} is damaged: sizes {size} do not go together")
    return spec


def about(folder: Path) -> str:
    """What a model's card says first, in one line."""
    card = folder / CARD
    lines = card.read_text("utf-8", "replace").splitlines() if card.is_file() else []
    return next((line.strip() for line in lines if line.strip() and not line.startswith(("#", "---"))), "")


def mathematics(spec: Spec) -> Manner:
    """How a model is painted with; raises Refusal if its spec says something unknown."""
    from ..engine.denoiser import PREDICTIONS
    from ..engine.process import VE, ContinuousVP, Flow
    from ..engine.schedule import SCHEDULES
    from .manner import Manner

    processes: dict[str, Process] = {
        "flow": Flow(shift=spec.defaults.shift),
        "vp": ContinuousVP(betas="cosine"),
        "ve": VE(),
    }
    if spec.process not in processes:
        raise unknown("process", spec.process, processes)
    if spec.prediction not in PREDICTIONS:
        raise unknown("prediction", spec.prediction, PREDICTIONS)
    if spec.defaults.schedule not in SCHEDULES:
        raise unknown("schedule", spec.defaults.schedule, SCHEDULES)
    check_sampler(spec.defaults.sampler)
    return Manner(processes[spec.process], spec.prediction, spec.defaults.schedule, spec.defaults.sampler)
