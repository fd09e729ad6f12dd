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


def place_of(name: str | Path) -> Path:
    """Where a model lies: shipped, in a file or folder, or at Hugging Face; raises Refusal naming the nearest shipped.

    A name at Hugging Face is fetched if it is not in the cache.
    """
    from .hub import NAME, fetched

    models, path = shipped(), Path(name)
    if str(name) in models:
        return models[str(name)]
    if path.exists():
        return path
    if isinstance(name, str) and NAME.fullmatch(name) and not name.startswith("."):
        return fetched(name)
    if "/" in str(name) or len(path.parts) > 1 or path.suffix:
        raise Refusal(f"{path} is not a model: there is no such file or folder")
    raise unknown("model", str(name), models)


def is_bundle(place: Path) -> bool:
    """Whether a model is one of this project's own folders; else it is a public checkpoint."""
    return (place / SPEC).is_file()


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
