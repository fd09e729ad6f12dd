"""From a model's name to a Model that paints."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoints.bundle import check_files, read_bundle
from ..core.refusal import Refusal
from .presets import is_bundle, mathematics, place_of, spec_of

if TYPE_CHECKING:
    from ..checkpoints.bundle import Asked
    from .generate import Model
    from .memory import Place
    from .public import Opened


def load(
    name_or_path: str | Path = "storybook",
    *,
    device: str = "auto",
    dtype: str = "auto",
    variant: str | None = None,
    beside: Sequence[str | Path] = (),
    memory: str | None = None,
    quantize: str | None = None,
    compile: bool = False,
) -> Model:
    """A model by shipped name, by file or folder, or by its name at Hugging Face (``owner/name``), ready to paint.

    ``device`` is ``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``; ``dtype`` the precision of the networks: ``auto``,
    ``float32``, ``bfloat16`` or ``float16``. ``variant`` says what no file does (``turbo``, ``v``, ...); ``beside`` are
    files, folders or names that have the parts which a single file lacks. ``memory`` (``8GB``) is how much of the
    device to use, all that is free unless said; ``quantize`` (``int8``, ``fp8``) keeps weights in eight bits.
    ``compile``: the painter is compiled for this machine with its first step, which takes minutes once. Raises Refusal
    (a ValueError) in one line when there is no such model or device, or when a file of the model is damaged.
    """
    place = place_of(name_or_path)
    if not is_bundle(place):
        return _public(_opened(place, name_or_path, variant, beside), device, dtype, memory, quantize, compile)
    if memory is not None or quantize is not None:
        raise Refusal(f"{name_or_path} is so small that it stays whole; --memory and --quantize are for public models")
    asked(name_or_path, variant=variant, beside=beside)
    spec = spec_of(place)
    with ThreadPoolExecutor(1) as aside:  # the files are hashed while torch is being imported
        hash = aside.submit(check_files, place, spec)
        from ..conditioning.layout import Director
        from .generate import Model
        from .lodging import resident
        from .memory import place as find

        at = replace(find(device, dtype), compiled=compile)
        bundle = read_bundle(place, spec, device=at.device, dtype=at.dtype)
        if bundle.writer is not None:
            bundle = replace(bundle, text=Director(bundle.text, bundle.writer))
        if compile:
            _compile(bundle.denoiser, at)
        return Model(bundle, hash.result(), at, mathematics(spec), resident(bundle, at))


def asked(name_or_path: str | Path, *, variant: str | None = None, beside: Sequence[str | Path] = ()) -> Asked:
    """What a model is called and likes to be asked, before its weights are read; raises Refusal as ``load`` does."""
    place = place_of(name_or_path)
    if not is_bundle(place):
        return _opened(place, name_or_path, variant, beside).spec
    if variant is not None or beside:
        raise Refusal(f"{name_or_path} is whole: it has neither variants nor missing parts")
    return spec_of(place)


def _opened(place: Path, name: str | Path, variant: str | None, beside: Sequence[str | Path]) -> Opened:
    from .public import open_model

    # A path says where a person keeps their files, which is nothing for the record of a picture.
    name = Path(name).name if Path(name).exists() else str(name)
    return open_model(place, name=name, variant=variant, beside=[place_of(other) for other in beside])


def _public(opened: Opened, device: str, dtype: str, memory: str | None, quantize: str | None, compile: bool) -> Model:
    from .generate import Model
    from .lodging import budget_of
    from .memory import place as find
    from .public import fingerprint, read_model

    at, budget = replace(find(device, dtype), compiled=compile), None if memory is None else budget_of(memory)
    bundle, lodging = read_model(opened, at=at, budget=budget, quantize=quantize)
    if compile:
        _compile(bundle.denoiser, at)
    return Model(bundle, fingerprint(opened), at, opened.manner, lodging)


def _compile(painter: object, at: Place) -> None:
    from torch import nn

    from .compiler import compile_painter

    assert isinstance(painter, nn.Module)
    compile_painter(painter, at)
