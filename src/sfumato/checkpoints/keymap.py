"""Key maps: how a foreign file names and lays out the tensors of a network, as data that reads in both directions.

A map is a tuple of rules. In a pattern ``{i}`` stands for one part of a name between dots and ``{rest*}`` for one or
more; the same field has the same value on both sides. The first rule that fits a name is the one that counts. Names are
those within one network: whatever stands before them in a file (``model.diffusion_model.``) is taken off beforehand.

    SELF = (
        Rule("blocks.{i}.norm.{kind}", "blocks.{i}.before.{kind}"),
        Rule(("blocks.{i}.q.{kind}", "blocks.{i}.k.{kind}", "blocks.{i}.v.{kind}"), "blocks.{i}.qkv.{kind}", joined()),
        Rule("final.{kind}", op=SWAPPED),
        Spare("ema.{rest*}", "training's running mean of the same weights"),
    )
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from ..core.refusal import Refusal

# The tensors of a rule, and how many they shall become.
Move = Callable[[Sequence[Tensor], int], Sequence[Tensor]]


@dataclass(frozen=True)
class Op:
    """What a rule does to its tensors on the way to us, and what undoes it exactly."""

    there: Move
    back: Move


def each(there: Callable[[Tensor], Tensor], back: Callable[[Tensor], Tensor]) -> Op:
    """An op on every tensor by itself."""
    return Op(lambda parts, _: [there(part) for part in parts], lambda parts, _: [back(part) for part in parts])


def joined(*sizes: int) -> Op:
    """Theirs one after another along the first axis are one of ours; ``sizes`` of the pieces if they are not equal."""
    return Op(_together, _apart(sizes))


def split(*sizes: int) -> Op:
    """One of theirs is several of ours along the first axis; ``sizes`` of the pieces if they are not equal."""
    return Op(_apart(sizes), _together)


def reshaped(theirs: Sequence[int], ours: Sequence[int]) -> Op:
    """The same numbers in another shape; one entry of each may be -1."""
    return each(lambda tensor: tensor.reshape(*ours), lambda tensor: tensor.reshape(*theirs))


def chained(first: Op, second: Op) -> Op:
    """Two ops one after another, undone in the opposite order; the first changes how many tensors there are, if any."""
    return Op(
        lambda parts, count: second.there(first.there(parts, count), count),
        lambda parts, count: first.back(second.back(parts, len(parts)), count),
    )


def _together(parts: Sequence[Tensor], _: int) -> Sequence[Tensor]:
    return [torch.cat(list(parts))]


def _apart(sizes: Sequence[int]) -> Move:
    def move(parts: Sequence[Tensor], count: int) -> Sequence[Tensor]:
        return parts[0].split(list(sizes)) if sizes else parts[0].tensor_split(count)

    return move


def _halves_swapped(tensor: Tensor) -> Tensor:
    first, second = tensor.chunk(2)
    return torch.cat([second, first])


def _pixelwise(tensor: Tensor) -> Tensor:
    return tensor[..., None, None] if tensor.ndim == 2 else tensor


COPY = each(lambda tensor: tensor, lambda tensor: tensor)
TRANSPOSED = each(lambda tensor: tensor.mT, lambda tensor: tensor.mT)
SWAPPED = each(_halves_swapped, _halves_swapped)  # (shift, scale) <-> (scale, shift)
# Their 1x1 convolution is our linear layer; biases pass as they are.
POINTWISE = each(lambda tensor: tensor.flatten(1) if tensor.ndim == 4 else tensor, _pixelwise)


@dataclass(frozen=True)
class Rule:
    """Tensors called ``theirs`` become those called ``ours`` (the same names if None) by ``op``."""

    theirs: str | tuple[str, ...]
    ours: str | tuple[str, ...] | None = None
    op: Op = COPY


@dataclass(frozen=True)
class Spare:
    """Tensors of theirs that no network of ours needs, and why."""

    theirs: str
    why: str


Map = tuple[Rule | Spare, ...]


@dataclass(frozen=True)
class Use:
    """One use of a rule: these names become those."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    move: Move


def to_ours(tensors: Mapping[str, Tensor], map: Map, *, where: str) -> Iterator[tuple[str, Tensor]]:
    """Tensors of a foreign file under our names, read one rule at a time.

    Raises Refusal, naming ``where`` the tensors came from, when a key fits no rule or lacks a companion; nothing has
    been read then.
    """
    return _moved(tensors, plan(tensors, map, where=where), where)


def to_theirs(tensors: Mapping[str, Tensor], map: Map, *, where: str) -> Iterator[tuple[str, Tensor]]:
    """The way back: our tensors under their names, bit for bit what ``to_ours`` was given but for the spare ones."""
    return _moved(tensors, plan(tensors, map, where=where, back=True), where)


def plan(keys: Mapping[str, object], map: Map, *, where: str, back: bool = False) -> list[Use]:
    """Which rule serves which keys; raises Refusal when some key fits none or lacks a companion."""
    index, uses, served, strange = _Index(map, back=back), [], set[str](), []
    for key in keys:
        if key in served:
            continue
        if (found := index.find(key)) is None:
            strange.append(key)
            continue
        rule, fields = found
        if isinstance(rule, Spare):
            continue
        theirs, ours = (tuple(_filled(p, fields) for p in side) for side in _sides(rule))
        source, target, move = (ours, theirs, rule.op.back) if back else (theirs, ours, rule.op.there)
        if lacking := [name for name in source if name not in keys]:
            raise Refusal(f"{where} has {key} but lacks {lacking[0]}")
        served.update(source)
        uses.append(Use(source, target, move))
    if strange:
        more = f" (and {len(strange) - 3} more)" if len(strange) > 3 else ""
        raise Refusal(f"{where} has {', '.join(strange[:3])}{more}, which nothing here knows")
    return uses


def _moved(tensors: Mapping[str, Tensor], uses: Sequence[Use], where: str) -> Iterator[tuple[str, Tensor]]:
    for use in uses:
        try:
            parts = use.move([tensors[name] for name in use.source], len(use.target))
        except RuntimeError as error:
            raise Refusal(f"{where} has {use.source[0]} in a shape that does not fit: {error}") from error
        yield from zip(use.target, parts, strict=True)


def _sides(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    theirs = (rule.theirs,) if isinstance(rule.theirs, str) else rule.theirs
    ours = theirs if rule.ours is None else (rule.ours,) if isinstance(rule.ours, str) else rule.ours
    return theirs, ours


class _Index:
    """The rules by what their patterns begin with: files have thousands of keys, maps may have hundreds of rules."""

    def __init__(self, map: Map, *, back: bool) -> None:
        self._starts: defaultdict[str, list[tuple[int, str, Rule | Spare]]] = defaultdict(list)
        for i, rule in enumerate(map):
            if isinstance(rule, Spare):
                patterns: tuple[str, ...] = () if back else (rule.theirs,)
            else:
                patterns = _sides(rule)[1 if back else 0]
            for pattern in patterns:
                self._starts[pattern.partition("{")[0]].append((i, pattern, rule))
        self._lengths = sorted({len(start) for start in self._starts})

    def find(self, key: str) -> tuple[Rule | Spare, dict[str, str]] | None:
        """The first rule that fits a name, and the values of its fields."""
        near = (entry for n in self._lengths if n <= len(key) for entry in self._starts.get(key[:n], ()))
        for _, pattern, rule in sorted(near, key=lambda entry: entry[0]):
            if found := _compiled(pattern).fullmatch(key):
                return rule, found.groupdict()
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression; a field that comes twice must have one value."""
    made, seen = "", set[str]()
    for text, name, many in re.findall(r"([^{]+)|\{(\w+)(\*?)\}", pattern):
        if text:
            made += re.escape(text)
        elif name in seen:
            made += f"(?P={name})"
        else:
            made += f"(?P<{name}>{'.+' if many else '[^.]+'})"
            seen.add(name)
    return re.compile(made)


def _filled(pattern: str, fields: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\*?\}", lambda found: fields[found[1]], pattern)
