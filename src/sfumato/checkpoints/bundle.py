"""A model as a folder: ``model.json`` says what it is, beside it weights, tokenizer and card; read and written here."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from ..core.config import from_json
from ..core.disk import reason, sha256, write_whole
from ..core.refusal import Refusal, either

if TYPE_CHECKING:
    import torch
    from torch import nn

    from ..core.level import Codec, Condition, Network, Reader
    from ..models.autoencoder import Autoencoder
    from ..models.dit import DiT
    from ..models.layout import LayoutDiT
    from ..models.pixels import Pixels
    from ..models.text import TextTransformer
    from ..models.tokenizer import Tokenizer
    from ..models.unet import UNet
    from ..models.writer import Writer

SPEC, TOKENIZER, CARD = "model.json", "tokenizer.json", "README.md"
SHARED = "shared"  # the model beside, in a list of hashes
_STRICT = ConfigDict(extra="forbid")


@checked(frozen=True, config=_STRICT)
class Part:
    """One network of a model: which kind, and the configuration it was built from."""

    kind: str
    config: dict[str, Any]


@checked(frozen=True, config=_STRICT)
class Parts:
    """The networks of a model; ``writer``: of one that is told layouts, which makes them of texts."""

    text: Part
    codec: Part
    denoiser: Part
    writer: Part | None = None


@checked(frozen=True, config=_STRICT)
class Defaults:
    """What the model is asked when nobody says otherwise. ``size`` is (width, height) in pixels."""

    size: tuple[int, int]
    steps: Annotated[int, Field(ge=1)]
    guidance: float
    sampler: str
    schedule: str
    shift: float = 1.0


@checked(frozen=True, config=_STRICT)
class Sizes:
    """The sides a model paints, in pixels."""

    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]
    multiple: Annotated[int, Field(ge=1)]


@checked(frozen=True, config=_STRICT)
class Spec:
    """Everything about a model but its weights. ``words`` it was taught (none listed: any); ``files`` -> SHA-256.

    Every part has a file of its own. ``shares``: where the model lies, seen from this one's folder, whose files have
    the tensors that these lack.
    """

    name: str
    parts: Parts
    process: str
    prediction: str
    defaults: Defaults
    sizes: Sizes
    format: Literal[1] = 1
    words: tuple[str, ...] = ()
    shares: str | None = None
    files: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(values: Mapping[str, Any]) -> Spec:
        """A spec from the values of a ``model.json``; raises ValueError that names what is wrong."""
        try:
            spec = TypeAdapter(Spec).validate_python(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from error
        known = {TOKENIZER, SHARED, *(weights(part.name) for part in fields(Parts))}
        if strangers := sorted(set(spec.files) - known):  # said before one is opened: a name could lead anywhere
            raise ValueError(f"{either(strangers)} is no file of a model")
        return spec


class Encoder:
    """Words -> Condition: a tokenizer and the network that reads its tokens, as one ``TextEncoder``."""

    def __init__(self, tokenizer: Tokenizer, network: TextTransformer) -> None:
        self._tokenizer, self._network = tokenizer, network

    def __call__(self, texts: Sequence[str]) -> Condition:
        device = self._network.words.weight.device
        ids, mask = self._tokenizer.encode(texts, self._network.config.length)
        return self._network(ids.to(device), mask.to(device))

    def kept(self, text: str) -> int:
        """How many characters of ``text`` the encoder reads."""
        return self._tokenizer.kept(text, self._network.config.length)


class Asked(Protocol):
    """A model as those see it who ask it for pictures."""

    @property
    def name(self) -> str: ...

    @property
    def defaults(self) -> Defaults: ...

    @property
    def sizes(self) -> Sizes: ...

    @property
    def words(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Bundle:
    """A model in memory, its networks ready to be called."""

    spec: Asked
    text: Reader
    codec: Codec
    denoiser: Network
    networks: tuple[nn.Module, ...]  # the same, as modules, for whoever moves them
    writer: Writer | None = None


def read_spec(folder: Path) -> Spec:
    """The ``model.json`` of a folder, without loading anything heavy; raises Refusal when it is not one."""
    try:
        return Spec.of(json.loads((folder / SPEC).read_bytes()))
    except OSError as error:
        raise Refusal(f"{folder} is not a model: cannot read {SPEC}: {reason(error)}") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal(f"{folder / SPEC} is damaged: {str(error).splitlines()[0]}") from error


def check_files(folder: Path, spec: Spec) -> str:
    """The content hash of a model; raises Refusal when a file is not the one its ``model.json`` was written with."""
    found = {name: sha256(folder / name) for name in (SPEC, TOKENIZER, *spec.files) if name != SHARED}
    if spec.shares is not None:
        found[SHARED] = check_files(*_beside(folder, spec.shares))
    for name, digest in spec.files.items():
        if found.get(name) != digest:
            place = folder / (spec.shares or SHARED if name == SHARED else name)
            raise Refusal(f"{place} is damaged: its hash is not the one in {folder / SPEC}")
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in sorted(found.items())).encode()).hexdigest()


def read_bundle(folder: Path, spec: Spec, *, device: torch.device, dtype: torch.dtype) -> Bundle:
    """Load a model's networks, floats as ``dtype``, those that read and write as float32; raises Refusal when a file
    is damaged or does not fit the spec."""
    import torch

    from ..models.tokenizer import Tokenizer
    from .file import Unfilled, fill

    try:
        tokenizer = Tokenizer(folder / TOKENIZER)
    except Exception as error:  # the tokenizers library raises nothing narrower
        raise Refusal(f"{folder / TOKENIZER} is damaged: {str(error).splitlines()[0]}") from error
    try:
        with Unfilled():
            text, codec, denoiser = _text(spec.parts.text), _codec(spec.parts.codec), _denoiser(spec.parts.denoiser)
            writer = None if spec.parts.writer is None else _writer(spec.parts.writer)
            if (writer is not None) != (spec.parts.denoiser.kind == "layout_dit"):
                raise ValueError("a writer of layouts and a painter that is told them go together")
    except (TypeError, ValueError, ZeroDivisionError, RuntimeError) as error:
        raise Refusal(f"{folder / SPEC} describes no network that can be built: {error}") from error
    parts: dict[str, nn.Module] = {"text": text, "codec": codec, "denoiser": denoiser}
    if writer is not None:
        parts["writer"] = writer
    for name, network in parts.items():
        # Who reads and who writes layouts work at a few rows at a time, too little for a coarser precision to gain; and
        # so the same words with the same seed are laid out alike on every machine.
        kind = torch.float32 if name in ("text", "writer") else dtype
        own = {key: value.to(device, kind if value.is_floating_point() else None)
               for key, value in _tensors(folder, spec, name).items()}  # fmt: skip
        fill(network, own, where=str(folder / weights(name)))
        network.to(device).requires_grad_(False).eval()
    return Bundle(spec, Encoder(tokenizer, text), codec, denoiser, tuple(parts.values()), writer)


def write_bundle(
    folder: Path,
    spec: Spec,
    modules: Mapping[str, nn.Module],
    tokenizer: Path,
    *,
    card: str | None = None,
    shares: Path | None = None,
) -> Spec:
    """Write a model as a folder: weights in bfloat16 (buffers, which are statistics, as they are), tokenizer, card.

    ``modules`` are ``text``, ``codec``, ``denoiser`` and, where there is one, ``writer``, or those of them that differ
    from the model in the folder ``shares``, whose equal tensors are not written again: it is found from this folder by
    a relative path, so both may be moved together. The spec goes last and holds the hashes of the rest, so a write that
    was cut off cannot be mistaken for a model. An older model in the folder is replaced; a file that it alone had is
    left, and read by nobody. Returns the spec as written; raises Refusal when the disk does not take it.
    """
    import torch

    from .file import write_tensors

    files, beside = {}, None if shares is None else read_spec(shares)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pairs = tokenizer.read_bytes()
    except OSError as error:
        raise Refusal(f"cannot write a model into {folder}: {reason(error)}") from error
    write_whole(folder / TOKENIZER, pairs, force=True)
    for part, module in modules.items():
        halved = {name for name, value in module.named_parameters() if value.is_floating_point()}
        tensors = {name: value.to(torch.bfloat16) if name in halved else value
                   for name, value in module.state_dict().items()}  # fmt: skip
        known = {} if shares is None or beside is None else _tensors(shares, beside, part)
        own = {k: v for k, v in tensors.items() if k not in known or not torch.equal(known[k], v)}
        if own:
            files[weights(part)] = write_tensors(folder / weights(part), own, force=True)
    if card is not None:
        write_whole(folder / CARD, card.encode(), force=True)
    files[TOKENIZER] = sha256(folder / TOKENIZER)
    if shares is not None and beside is not None:
        spec = replace(spec, shares=Path(os.path.relpath(shares, folder)).as_posix())
        files[SHARED] = check_files(shares, beside)
    spec = replace(spec, files=files)
    write_whole(folder / SPEC, json.dumps(asdict(spec), indent=1, ensure_ascii=False).encode(), force=True)
    return spec


def weights(part: str) -> str:
    """The file of a part."""
    return f"{part}.safetensors"


def _tensors(folder: Path, spec: Spec, part: str) -> dict[str, torch.Tensor]:
    """What the files of a model, and of the one it shares with, have for a part."""
    from .file import read_tensors

    own = read_tensors(folder / weights(part)) if weights(part) in spec.files else {}
    return dict(own) if spec.shares is None else _tensors(*_beside(folder, spec.shares), part) | dict(own)


def _beside(folder: Path, shares: str) -> tuple[Path, Spec]:
    """The model that another one shares with: a whole one."""
    spec = read_spec(folder / shares)
    if spec.shares is not None:
        raise Refusal(f"{folder / SPEC} is damaged: the model it shares with is not whole itself")
    return folder / shares, spec


def _text(part: Part) -> TextTransformer:
    if part.kind == "text_transformer":
        from ..models.text import TextConfig, TextTransformer

        return TextTransformer(from_json(TextConfig, part.config))
    raise ValueError(f"no text encoder is called {part.kind!r}")


def _codec(part: Part) -> Autoencoder | Pixels:
    if part.kind == "autoencoder":
        from ..models.autoencoder import Autoencoder, AutoencoderConfig

        return Autoencoder(from_json(AutoencoderConfig, part.config))
    if part.kind == "pixels":
        from ..models.pixels import Pixels

        return Pixels(**part.config)
    raise ValueError(f"no codec is called {part.kind!r}")


def _writer(part: Part) -> Writer:
    if part.kind == "writer":
        from ..models.writer import Writer, WriterConfig

        return Writer(from_json(WriterConfig, part.config))
    raise ValueError(f"no writer is called {part.kind!r}")


def _denoiser(part: Part) -> DiT | LayoutDiT | UNet:
    if part.kind == "layout_dit":
        from ..models.layout import LayoutDiT, LayoutDiTConfig

        return LayoutDiT(from_json(LayoutDiTConfig, part.config))
    if part.kind == "dit":
        from ..models.dit import DiT, DiTConfig

        return DiT(from_json(DiTConfig, part.config))
    if part.kind == "unet":
        from ..models.unet import UNet, UNetConfig

        return UNet(from_json(UNetConfig, part.config))
    raise ValueError(f"no denoiser is called {part.kind!r}")
