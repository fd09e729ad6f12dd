"""Public checkpoints put together: a file or folder, with what is missing taken from beside it, becomes a Model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from ..checkpoints.bundle import Bundle, Defaults, Sizes
from ..checkpoints.file import Unfilled
from ..checkpoints.parts import Part, Source, built, open_source
from ..conditioning.speaker import Voice
from ..conditioning.words import WIRINGS, Labels, Silence, Speaker, Words
from ..core.disk import reason
from ..core.level import Reader
from ..core.refusal import Refusal, either, unknown
from ..layers.packed import pack
from ..layers.quantized import FORMATS, quantize as quantize_blocks
from ..models.clip import ClipText
from ..models.clip_tokenizer import END as CLIP_END, PUBLISHED_SIZE, ClipTokenizer
from ..models.pieces import QWEN_QUESTION, Pieces
from .families import Family, family_of, text_slots, varied
from .hub import fetched
from .lodging import Load, Lodging, gigabytes, peaks, planned, room_on
from .manner import Manner, configured
from .memory import Place

LEAST = 64  # pixels; smaller pictures show nothing of what a public model knows
_T5_LENGTH = {"sd3": 256, "flux": 512, "flux-schnell": 256}
_QWEN_LENGTH = 512
CLIP_HOME = "openai/clip-vit-large-patch14"


@dataclass(frozen=True)
class Manual:
    """What a public model is called and what it is asked."""

    name: str
    defaults: Defaults
    sizes: Sizes
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A public checkpoint of which only the headers were read: its family, its parts by slot, and what it lacks."""

    path: Path
    family: Family
    manner: Manner
    spec: Manual
    parts: Mapping[str, Part]
    tokenizers: Mapping[str, Path]
    missing: Sequence[str]
    source: Source
    published: Path | None = None  # the tokenizer of text encoders that came without one


def open_model(path: Path, *, name: str, variant: str | None = None, beside: Sequence[Path] = ()) -> Opened:
    """What a checkpoint is and what it has, without reading weights.

    ``beside``: files and folders that may have what it lacks; those in its own folder are looked at last. Raises
    Refusal when it is damaged, of no known family, or has no such variant.
    """
    source = open_source(path)
    denoisers = [part for part in source.parts if part.kind.role == "denoiser"]
    if len(denoisers) != 1:
        kinds = either(sorted({part.kind.name for part in source.parts}))
        raise Refusal(f"{path} has {len(denoisers)} painters; it holds {kinds}, and a model needs exactly one")
    family = varied(family_of(denoisers[0]), variant)
    manner = family.manner
    if source.scheduler is not None and variant is None:
        manner = configured(manner, source.scheduler, str(path / "scheduler" / "scheduler_config.json"))
    silent = (source.index or {}).get("force_zeros_for_empty_prompt", manner.silent)
    manner = replace(manner, silent=silent is True)
    parts: dict[str, Part] = {"denoiser": denoisers[0]} | _slots(family, source)
    tokenizers = dict(source.tokenizers)
    for other in [open_source(found) for found in beside]:
        codec_alone = [part.kind.role for part in other.parts] == ["codec"]  # brought to be used, tiny ones above all
        parts = parts | _slots(family, other) if codec_alone else _slots(family, other) | parts
        tokenizers = dict(other.tokenizers) | tokenizers
    if not path.is_dir() and (lacking := set(_wanted(family)) - set(parts)):
        parts = _neighbours(path, family, lacking) | parts
    speaking = [slot for slot, _ in family.texts if slot in parts or slot not in family.optional]
    needed = [slot.replace("text_encoder", "tokenizer") for slot in speaking]
    missing = [slot for slot in _wanted(family) if slot not in parts and slot not in family.optional]
    missing += [tokenizer for tokenizer in needed if tokenizer not in tokenizers]
    spec = _manual(name, family, manner, parts)
    return Opened(path, family, manner, spec, parts, tokenizers, missing, source)


def read_model(opened: Opened, *, at: Place, budget: int | None, quantize: str | None) -> tuple[Bundle, Lodging]:
    """The networks of a checkpoint with their weights, planned to stay within ``budget`` bytes (None: what is free).

    ``quantize``: ``int8`` or ``fp8`` for the weights inside the blocks of painter and text encoders. Raises Refusal
    naming what is missing, does not fit, or takes more memory than there is.
    """
    opened = _voiced(opened)
    if opened.missing:
        raise Refusal(
            f"{opened.path} lacks {', '.join(opened.missing)}; put them beside it or say where with --with, for "
            f"instance a folder of {opened.family.home}"
        )
    _check_widths(opened)
    if quantize is not None and quantize not in FORMATS:
        raise unknown("quantization", quantize, FORMATS)
    loads = partial(loads_of, opened, at, quantize is not None)
    # whether a picture fits is known when its size is
    budget = room_on(at.device) if budget is None else budget
    size = opened.spec.defaults.size
    plan = planned(loads(size), budget=budget, lenient=True)
    if at.compiled and plan.stay != "whole":
        most = gigabytes(peaks(loads(size))["whole"])
        raise Refusal(f"what is compiled must stay whole, which takes {most}; drop --compile")
    home, dtype = (at.device, at.dtype) if plan.stay == "whole" else (torch.device("cpu"), None)
    family, networks = opened.family, dict[str, nn.Module]()
    for slot, part in opened.parts.items():
        # a codec lies in its file until a picture is to be decoded; on a CPU so do text networks between their words
        waits = slot == "codec" or (slot != "denoiser" and home.type == "cpu")
        where, kind = (torch.device("cpu"), None) if waits else (home, dtype)
        network = networks[slot] = built(_scaled(part, family) if slot == "codec" else part, device=where, dtype=kind)
        if quantize is not None and slot != "codec":
            quantize_blocks(network, FORMATS[quantize])
        if slot == "denoiser" and plan.stay == "whole" and at.packs() and not at.compiled:
            pack(network, forget=part.tensors.forget)
    text: Reader
    if family.texts:
        text = Words(dict(_speakers(opened, networks)), WIRINGS[family.name])
    else:
        text = Labels(_labels(opened), opened.parts["denoiser"].config.classes)
    codec, denoiser = networks["codec"], networks["denoiser"]
    files = [part.tensors for part in opened.parts.values()]

    def forget() -> None:
        for tensors in files:
            tensors.forget()

    lodging = Lodging(tuple(networks.values()), painter=denoiser, codec=codec, plan=plan, loads=loads, forget=forget)
    return Bundle(opened.spec, text, codec, denoiser, tuple(networks.values())), lodging  # type: ignore[arg-type]


def _check_widths(opened: Opened) -> None:
    """Raise Refusal for parts that are whole each but do not go together."""
    painter, widths = (
        opened.parts["denoiser"].config,
        {slot: part.config.__dict__ for slot, part in opened.parts.items()},
    )
    heard = [widths[slot]["width"] for slot, _ in opened.family.texts if slot in widths]
    complete = len(heard) == len(opened.family.texts)  # zeros stand for what is missing
    if complete and heard and painter.text not in (sum(heard), *heard):
        raise Refusal(f"{opened.path} listens to words of width {painter.text}; its text encoders say {heard}")
    if (channels := widths["codec"]["channels"]) != painter.channels:
        where = opened.parts["codec"].where
        raise Refusal(f"{opened.path} paints {painter.channels} channels; the autoencoder of {where} has {channels}")


def loads_of(opened: Opened, at: Place, packed: bool, size: tuple[int, int]) -> dict[str, Load]:
    """What each network takes for pictures of (width, height): weights counted, the rest from the widest activations.

    The factors are estimates, generous rather than exact: a run that takes more is planned again.
    """
    found, (width, height) = {}, size
    places = width * height // opened.spec.sizes.multiple**2
    for slot, part in opened.parts.items():
        count, config = part.parameters(), part.config.__dict__
        weights = count * (1 if packed and slot != "codec" else at.dtype.itemsize)
        rows = 2 * len(config.get("depths", ())) * config.get("blocks", 1)
        depth = config.get("depth") or rows or config.get("joint", 1) + config.get("single", 0)
        if slot == "codec":
            work = 6 * width * height * config["widths"][0] if "widths" in config else 8 * width * height * 64
        elif slot != "denoiser":
            work = (depth + 16) * _T5_LENGTH.get(opened.family.name, 77) * config["width"]
        elif "widths" in config:
            work = 2 * 80 * places * config["widths"][0]
        else:
            work = 2 * 24 * (places + 512) * config["width"]
        found[slot] = Load(weights, weights // max(depth // 2, 1), work * at.dtype.itemsize)
    return found


def fingerprint(opened: Opened) -> str:
    """A hash over sizes and samples of all files that shape a picture: cheap, and no two trainings share it."""
    digest = hashlib.sha256(repr((opened.family.name, opened.manner)).encode())
    files = dict.fromkeys(file for part in opened.parts.values() for file in part.tensors.files)
    words = (file for folder in opened.tokenizers.values() for file in sorted(folder.glob("*")) if file.is_file())
    for path in sorted({*files, *words}, key=lambda path: (path.name, str(path))):
        digest.update(f"{path.name}\n".encode())
        digest.update(_sampled(path))
    return digest.hexdigest()


def _sampled(path: Path) -> bytes:
    """The size of a file and 64 KiB from each of up to 64 places."""
    step = 1 << 16
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            digest = hashlib.sha256(str(size).encode())
            for place in range(64) if size > 64 * step else [0]:
                file.seek(place * (size // 64))
                digest.update(file.read(step if size > 64 * step else size))
            return digest.digest()
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error


def _wanted(family: Family) -> Sequence[str]:
    return ["denoiser", "codec", *(slot for slot, _ in family.texts)]


def _slots(family: Family, source: Source) -> dict[str, Part]:
    """What a source has for a model of this family, by slot."""
    codec = next((part for part in source.parts if part.kind.role == "codec"), None)
    texts = [part for part in source.parts if part.kind.role == "text"]
    named = {part.slot: part for part in texts if part.slot is not None}
    told = {slot: named[slot] for slot, _ in family.texts if slot in named}
    return ({"codec": codec} if codec else {}) | (told or text_slots(family, texts))


def _neighbours(path: Path, family: Family, lacking: set[str]) -> dict[str, Part]:
    """Missing parts from the other files of a file's folder; raises Refusal when two would do."""
    found = dict[str, Part]()
    for other in sorted(path.parent.iterdir()):
        if other == path or not other.is_file() or other.suffix not in (".safetensors", ".gguf"):
            continue
        try:
            source = open_source(other)
        except Refusal:  # a neighbour nobody asked for may be anything
            continue
        if any(part.kind.role == "denoiser" for part in source.parts):
            continue
        for slot, part in _slots(family, source).items():
            if slot in lacking and slot in found:
                raise Refusal(f"{found[slot].where} and {other} could both be the {slot}; say which with --with")
            if slot in lacking:
                found[slot] = part
    return found


def _manual(name: str, family: Family, manner: Manner, parts: Mapping[str, Part]) -> Manual:
    denoiser, (side, most) = parts["denoiser"].config, family.sides
    multiple = _factor(parts) * (denoiser.patch if denoiser.__dict__.get("patch") else 1)
    trained = (parts["denoiser"].values or {}).get("sample_size")
    if isinstance(trained, int):
        side = trained * _factor(parts)
    least = -(-LEAST // multiple) * multiple
    side, most = max(side // multiple * multiple, least), max(most // multiple * multiple, least)
    defaults = Defaults((side, side), family.steps, family.guidance, manner.sampler, manner.spacing)
    return Manual(name, defaults, Sizes(least, max(most, side), multiple))


def _factor(parts: Mapping[str, Part]) -> int:
    """Pixels for each place of the latent; 8 as long as nobody knows the codec."""
    if "codec" not in parts:
        return 8
    with torch.device("meta"), Unfilled():
        codec = parts["codec"].kind.network(parts["codec"].config)
    return int(codec.factor)  # type: ignore[arg-type]


def _scaled(part: Part, family: Family) -> Part:
    """The codec with the scale of its family's latents, where its own folder does not say one; tiny ones have none."""
    if part.values is not None or part.kind.name == "tiny":
        return part
    return replace(part, config=replace(part.config, scale=family.scale, shift=family.shift))


def _speakers(opened: Opened, networks: Mapping[str, nn.Module]) -> Iterator[tuple[str, Speaker]]:
    """The text encoders of a model, each with its tokenizer."""
    family, painter = opened.family.name, opened.parts["denoiser"].config
    for slot, kind in opened.family.texts:
        if slot not in networks:
            yield slot, Silence(_T5_LENGTH[family], painter.text)
            continue
        words = slot.replace("text_encoder", "tokenizer")
        device = partial(_device, networks[slot])
        if kind == "clip":
            config = opened.parts[slot].config
            pad = CLIP_END if config.activation == "quick_gelu" else "!"  # OpenAI's own, and those of OpenCLIP
            folder, published = opened.tokenizers.get(words), opened.published
            if folder is not None:
                tokenizer = ClipTokenizer(folder, row=config.length)
            else:
                assert published is not None
                tokenizer = ClipTokenizer(published, row=config.length, pad=pad)
            yield slot, Voice(tokenizer, networks[slot], device, config.length, masked=False)
        elif kind == "t5":
            pieces = Pieces(opened.tokenizers[words] / "tokenizer.json", pad="<pad>", filled=True)
            yield slot, Voice(pieces, networks[slot], device, _T5_LENGTH[family], masked=False)
        else:
            file = opened.tokenizers[words] / "tokenizer.json"
            pieces = Pieces(file, pad="<|endoftext|>", frame=QWEN_QUESTION, filled=False)
            yield slot, Voice(pieces, networks[slot], device, _QWEN_LENGTH, masked=True, unweighing="Qwen3")


def _voiced(opened: Opened) -> Opened:
    """With CLIP's published tokenizer, fetched once, where files of weights alone came without theirs."""
    encoders = {slot: opened.parts.get(slot.replace("tokenizer", "text_encoder")) for slot in opened.missing}
    silent = [slot for slot, part in encoders.items() if part is not None and _published(part)]
    if not silent:
        return opened
    try:
        home = fetched(CLIP_HOME)
    except Refusal:  # then it is missing, like any other part
        return opened
    return replace(opened, published=home, missing=[slot for slot in opened.missing if slot not in silent])


def _published(part: Part) -> bool:
    """Whether a text encoder was taught the vocabulary that OpenAI published with CLIP."""
    return part.kind.network is ClipText and part.config.vocabulary == PUBLISHED_SIZE


def _device(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


def _labels(opened: Opened) -> dict[str, int]:
    """The names of the classes of a class-conditional model, where its folder has them; several names may be one."""
    table = (opened.source.index or {}).get("id2label") or {}
    try:
        return {name.strip(): int(label) for label, names in table.items() for name in names.split(",")}
    except (AttributeError, ValueError) as error:
        raise Refusal(f"{opened.path} is damaged: its classes are no table of names") from error
