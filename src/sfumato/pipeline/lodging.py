"""Where the networks of a model stay between their hours of work: planned before a run, planned again when it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ..checkpoints.bundle import Bundle
from ..checkpoints.parts import arrived
from ..core.refusal import Refusal
from ..layers.packed import pack
from .memory import Place

Stay = Literal["whole", "parts", "blocks"]
STAYS: Mapping[Stay, str] = {
    "whole": "everything stays on the device",
    "parts": "each network comes to the device for its work and leaves",
    "blocks": "the painter comes to the device block by block",
}
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


@dataclass(frozen=True)
class Load:
    """What one network takes, in bytes: its weights, its largest block, and what it needs while it works."""

    weights: int
    block: int
    work: int


@dataclass(frozen=True)
class Plan:
    """How networks stay and the peak that is expected of it, in bytes."""

    stay: Stay
    peak: int
    budget: int | None

    def __str__(self) -> str:
        limit = "" if self.budget is None else f" of {gigabytes(self.budget)}"
        return f"{STAYS[self.stay]}; expected peak {gigabytes(self.peak)}{limit}"


Loads = Callable[[tuple[int, int]], Mapping[str, Load]]  # what each network takes for pictures of (width, height)


def peaks(loads: Mapping[str, Load]) -> dict[Stay, int]:
    """The expected peak of each way to stay; the loads are by slot, one of them ``denoiser``."""
    painter = loads["denoiser"]
    others = [load.weights + load.work for slot, load in loads.items() if slot != "denoiser"]
    return {
        "whole": sum(load.weights for load in loads.values()) + max(load.work for load in loads.values()),
        "parts": max([painter.weights + painter.work, *others]),
        "blocks": max([painter.block + painter.work, *others]),
    }


def planned(loads: Mapping[str, Load], *, budget: int | None, after: Stay | None = None, lenient: bool = False) -> Plan:
    """The least troublesome way to stay within ``budget`` bytes (None: no limit), but thriftier than ``after``.

    Raises Refusal when not even the thriftiest is expected to fit, unless ``lenient``.
    """
    ways = peaks(loads)
    order = list(ways)[list(ways).index(after) + 1 if after else 0 :]
    for stay in order:
        if budget is None or ways[stay] <= budget:
            return Plan(stay, ways[stay], budget)
    if lenient:
        return Plan("blocks", ways["blocks"], budget)
    least = min(ways.values())
    room = "there is no more" if budget is None else f"{gigabytes(budget)} are not enough"
    raise Refusal(f"{room}: even block by block, about {gigabytes(least)} of memory are needed; try a smaller size")


def budget_of(text: str) -> int:
    """Bytes of ``8GB``, ``7.5GiB`` or ``900MB``; raises Refusal for what is no amount of memory."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", text.strip().lower())
    if not found or found[2] not in _UNITS or not float(found[1]):
        raise Refusal(f"memory {text!r} is no amount, as in 8GB or 7.5GiB")
    return int(float(found[1]) * _UNITS[found[2]])


def room_on(device: torch.device) -> int | None:
    """Bytes that are free on a device; None where nobody knows."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "cpu":
        try:
            found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
        except OSError:
            return None
        return int(found[1]) * 1024 if found else None
    return None


def gigabytes(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out; the CPU's allocator has no error of its own."""
    cpu = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    return cpu or isinstance(error, torch.OutOfMemoryError | MemoryError)


class Lodging:
    """The networks of a model at home, and how they come to work.

    As long as everything stays, home is the device itself, where the codec moves in with the first picture to decode.
    Else it is the memory of the CPU, where weights may be mapped from their files and have the precision of those.
    Text networks, which work for a moment only, are there layer by layer unless the device is their home.
    """

    def __init__(
        self,
        networks: Sequence[nn.Module],
        *,
        painter: nn.Module,
        codec: nn.Module,
        plan: Plan,
        loads: Loads,
        forget: Callable[[], None],
    ) -> None:
        """``forget`` gives back the memory of what was read from files and is there again when it is needed."""
        self.plan, self._networks, self._painter, self._codec, self._loads = plan, networks, painter, codec, loads
        self._forget, self._moved_in = forget, False

    def fit(self, size: tuple[int, int]) -> None:
        """Plan for pictures of (width, height); only ever becomes thriftier. Raises Refusal if nothing will do."""
        wanted = planned(self._loads(size), budget=self.plan.budget)
        if list(STAYS).index(wanted.stay) > list(STAYS).index(self.plan.stay):
            self._settle(wanted)

    def save(self, size: tuple[int, int]) -> None:
        """After memory ran out: the next thriftier plan, or Refusal if there is none."""
        self._settle(planned(self._loads(size), budget=None, after=self.plan.stay))

    def _settle(self, plan: Plan) -> None:
        self.plan = Plan(plan.stay, plan.peak, self.plan.budget)
        for network in self._networks:
            network.to("cpu")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    @contextmanager
    def open(self, at: Place) -> Iterator[None]:
        """While this is open, text networks can be called, and everything if everything stays, as if at ``at``."""
        try:
            with ExitStack() as stack:
                for network in self._networks:
                    if network is self._codec:
                        continue
                    if network is not self._painter:
                        stack.enter_context(layer_by_layer(network, at, self._forget))
                    elif self.plan.stay == "whole":
                        stack.enter_context(visiting(network, at))
                yield
        finally:
            if at.device.type == "cuda":
                torch.cuda.empty_cache()

    @contextmanager
    def painting(self, at: Place) -> Iterator[None]:
        """While this is open the painter can be called as well."""
        with ExitStack() as stack:
            if self.plan.stay == "parts":
                stack.enter_context(visiting(self._painter, at))
            elif self.plan.stay == "blocks":
                blocks = blocks_of(self._painter)
                inside = {id(tensor) for block in blocks for tensor in _tensors(block)}
                stack.enter_context(_moved([t for t in _tensors(self._painter) if id(t) not in inside], at))
                for block in blocks:
                    stack.enter_context(layer_by_layer(block, at, self._forget))
            yield

    @contextmanager
    def decoding(self, at: Place) -> Iterator[None]:
        """While this is open the codec can be used as well."""
        if self.plan.stay == "whole" and not self._moved_in:
            _move_in(self._codec, at)
            if at.packs():
                pack(self._codec)
            self._moved_in = True
            self._forget()
        with visiting(self._codec, at):
            yield


def resident(bundle: Bundle, at: Place) -> Lodging:
    """The lodging of a small model, all of which stays on the device, who reads and writes in their own precision."""
    roles: tuple[object, object] = bundle.denoiser, bundle.codec
    painter, codec = (next(part for part in bundle.networks if part is role) for role in roles)
    weights = {str(i): sum(t.nbytes for t in _tensors(part)) for i, part in enumerate(bundle.networks)}
    names = {str(i): "denoiser" if part is painter else str(i) for i, part in enumerate(bundle.networks)}
    loads = {names[i]: Load(count, count, 0) for i, count in weights.items()}
    plan = Plan("whole", peaks(loads)["whole"], None)
    _move_in(painter, at)  # as convolutions take it, not again for every picture
    moved = painter, codec
    if at.packs():
        for part in bundle.networks:
            if part not in moved:
                pack(part, kind=torch.float32)
        if not at.compiled:
            pack(painter)
    return Lodging(moved, painter=painter, codec=codec, plan=plan, loads=lambda _: loads, forget=lambda: None)


def blocks_of(network: nn.Module) -> list[nn.Module]:
    """The blocks a network is made of: the members of its outermost lists."""
    return [block for rows in network.children() if isinstance(rows, nn.ModuleList) for block in rows]


@contextmanager
def visiting(network: nn.Module, at: Place) -> Iterator[None]:
    """A network on the device and in the precision of ``at``, and as before afterwards; free if it is so already."""
    with _moved(_tensors(network), at):
        yield


@contextmanager
def layer_by_layer(network: nn.Module, at: Place, forget: Callable[[], None]) -> Iterator[None]:
    """A network whose layers come to ``at`` when they are called, by whomever, and leave afterwards; then they are to
    ``forget`` what was read of them."""
    with ExitStack() as stack:
        for layer in network.modules():
            if tensors := _tensors(layer, whole=False):
                stack.enter_context(_called(layer, tensors, at, forget))
        yield


@contextmanager
def _called(layer: nn.Module, tensors: Sequence[Tensor], at: Place, forget: Callable[[], None]) -> Iterator[None]:
    """Tensors that come to ``at`` while their layer works."""
    visits: list[Any] = []

    def arrive(_: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        visits.append(visit := _moved(tensors, at))
        visit.__enter__()
        return tuple(value.to(at.device) if isinstance(value, Tensor) else value for value in given)

    def leave(*_: Any) -> None:
        visits.pop().__exit__(None, None, None)
        forget()

    hooks = [layer.register_forward_pre_hook(arrive), layer.register_forward_hook(leave, always_call=True)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _tensors(network: nn.Module, *, whole: bool = True) -> list[Tensor]:
    """The tensors of a network, or of its outermost layer alone."""
    return [*network.parameters(recurse=whole), *network.buffers(recurse=whole)]


@contextmanager
def _moved(tensors: Sequence[Tensor], at: Place) -> Iterator[None]:
    kept = [(tensor, tensor.data) for tensor in tensors]
    try:
        for tensor, found in _seen_at(tensors, at):
            tensor.data = found
        yield
    finally:
        for tensor, data in kept:
            tensor.data = data


def _move_in(network: nn.Module, at: Place) -> None:
    """Make ``at`` the home of a network."""
    for tensor, found in _seen_at(_tensors(network), at):
        tensor.data = found


def _seen_at(tensors: Sequence[Tensor], at: Place) -> Iterator[tuple[Tensor, Tensor]]:
    """Every tensor beside what it is at ``at``. Buffers of eight bits are packed and keep their number format."""
    for tensor in tensors:
        packed = tensor.itemsize == 1 and not isinstance(tensor, nn.Parameter)
        yield tensor, tensor.data.to(at.device) if packed else arrived(tensor.data, at.device, at.dtype)
