"""What a model is, told without reading its weights: family, parts, precision, what is missing, the memory it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import torch

from .lodging import gigabytes, peaks
from .memory import Place, Precision
from .public import Opened, loads_of, open_model

_LICENCES = ("modelspec.license", "general.license", "license")


@dataclass(frozen=True)
class Inspection:
    """The answers of ``sfumato inspect`` about a public model."""

    file: str
    family: str
    about: str
    variants: Sequence[str]
    parts: Sequence[tuple[str, str, int, str]]  # slot, kind, parameters, precision
    missing: Sequence[str]
    home: str
    size: tuple[int, int]
    memory: dict[str, dict[str, int]]  # precision -> way to stay -> bytes
    licence: str | None
    usual_licence: str
    schedule: str

    def lines(self) -> list[tuple[str, str]]:
        """The same for people, as names and values."""
        width, height = self.size
        rows = [("file", self.file), ("family", f"{self.family} ({self.about})")]
        if len(self.variants) > 1:
            rows.append(("variants", f"{', '.join(self.variants)}; no file says which, --variant does"))
        for slot, kind, count, precision in self.parts:
            rows.append((slot, f"{kind}, {count / 1e6:,.1f} million parameters, {precision}"))
        missing = ", ".join(self.missing)
        rows.append(("missing", f"{missing}; usually from {self.home}" if missing else "nothing"))
        rows.append(("painted", f"{width}x{height}, {self.schedule}"))
        for precision, ways in self.memory.items():
            amounts = ", ".join(f"{way} {gigabytes(peak)}" for way, peak in ways.items())
            if ways:
                rows.append((precision, f"memory at that size: {amounts}"))
        rows.append(("licence", self.licence or f"the file does not say; this family's own is {self.usual_licence}"))
        return rows

    def values(self) -> dict[str, Any]:
        """The same for programs."""
        parts = [
            {"slot": slot, "kind": kind, "parameters": count, "precision": precision}
            for slot, kind, count, precision in self.parts
        ]
        return {**self.__dict__, "variants": list(self.variants), "parts": parts, "missing": list(self.missing)}


def inspect_model(path: Path, name: str) -> Inspection:
    """Look at a public model's names, shapes and configurations; raises Refusal as loading it would."""
    opened = open_model(path, name=name)
    family, defaults = opened.family, opened.spec.defaults
    memory, precisions = dict[str, dict[str, int]](), get_args(Precision)
    for precision in precisions[:2]:  # float16 takes as much as bfloat16
        loads = loads_of(opened, Place(torch.device("cpu"), precision), False, defaults.size)
        memory[precision] = {str(way): peak for way, peak in peaks(loads).items()} if not opened.missing else {}
    steps = f"{defaults.steps} steps of {defaults.sampler}, {defaults.schedule} spacing, guidance {defaults.guidance:g}"
    return Inspection(
        file=name,
        family=family.name,
        about=family.about,
        variants=list(family.variants),
        parts=[(slot, part.kind.name, part.parameters(), part.precision()) for slot, part in opened.parts.items()],
        missing=list(opened.missing),
        home=family.home,
        size=defaults.size,
        memory=memory,
        licence=_licence(opened),
        usual_licence=family.licence,
        schedule=steps,
    )


def _licence(opened: Opened) -> str | None:
    """What the files say about it: in their metadata, or in the card beside them."""
    for part in opened.parts.values():
        for key in _LICENCES:
            if found := part.tensors.metadata.get(key):
                return found
    card = opened.path / "README.md"
    if opened.path.is_dir() and card.is_file():
        text = card.read_text("utf-8", "replace")
        for key in ("license_name", "license"):
            if found_line := re.search(rf"^{key}:\s*(\S.*)$", text.partition("\n---")[0], re.MULTILINE):
                return found_line[1].strip()
    return None
