"""A DiT that is told a layout: who stands where, as words beside its patches and as a draft under them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.layout import AT, FIELDS, FIGURE, PAGE, WORN, standing, stands
from ..core.level import Condition
from ..layers.norm import RMSNorm, rms
from .dit import DiT, DiTConfig

NEAR = 3  # figures that a place looks at: the nearest of those whose frame it lies in
WAVES = 5  # of each coordinate of a frame, half a turn to eight turns in a unit
# A figure's frame in its units, its feet at 0 and its head at -1: tails, hats and what is held reach beyond the body.
REACH, ABOVE, BELOW = 1.1, 1.75, 0.45
CELLS = 28  # of a canvas along each side
SPOTS = 2  # where a place looks at a canvas, along each side
LOUD = 5.0  # a canvas learns so much faster than the rest: each of its cells is seen in few pictures


@dataclass(frozen=True)
class LayoutDiTConfig:
    """``painter`` is the DiT, whose ``text`` is the width of a row and whose ``beside`` that of the draft; ``inner``:
    of the network that drafts; ``canvas``: channels of what is remembered of a kind; ``page``: the side of the pages
    that are usually painted, in places of the latent, whose drafts are kept from step to step."""

    painter: DiTConfig = field(default_factory=lambda: DiTConfig(channels=32, depth=6, rim=128, beside=128))
    inner: int = 256
    canvas: int = 16
    page: int = 16


class Cast(nn.Module):
    """Rows (B N F) -> one vector each (B N D), a figure's with all that it wears and holds."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.values = nn.ModuleList(nn.Embedding(count + 1, width) for count in FIELDS.values())
        self.norm = RMSNorm(width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(2 * width, width)
        self.borne = nn.Linear(width, width)

    def forward(self, layout: Tensor) -> Tensor:
        x = torch.stack([table(layout[..., i]) for i, table in enumerate(self.values)]).sum(0)
        a, b = self.inner(self.norm(x)).chunk(2, dim=-1)
        x = x + self.outer(a * F.silu(b))
        return x + bearing(layout).to(x.dtype) @ self.borne(x)


def bearing(layout: Tensor) -> Tensor:
    """Which row (B N 1) bears which (B 1 N), of a layout (B N F), true or false: the last figure before it does."""
    role = layout[..., AT["role"]]
    bears = (role == FIGURE) | (role == PAGE)
    owner = bears.long().cumsum(1)
    return (owner[:, :, None] == owner[:, None, :]) & bears[:, :, None] & (role > FIGURE)[:, None, :]


class Canvases(nn.Module):
    """A square of ``CELLS`` x ``CELLS`` numbers for each of some things, read between its cells."""

    def __init__(self, count: int, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.cells = nn.Embedding(count * CELLS**2, channels)
        nn.init.uniform_(self.cells.weight, -0.1 / LOUD, 0.1 / LOUD)

    def forward(self, which: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Numbers (... C) of the canvas ``which`` (...) at ``x`` and ``y`` (...), from 0 to 1; the rim goes on."""
        x, y = ((at * CELLS - 0.5).clamp(0, CELLS - 1.001) for at in (x, y))
        left, top = x.floor(), y.floor()
        corner = which * CELLS**2 + top.long() * CELLS + left.long()
        u, v = x - left, y - top
        shares = torch.stack(((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v), dim=-1)
        index = corner[..., None] + torch.tensor([0, 1, CELLS, CELLS + 1], device=x.device)
        found = F.embedding_bag(
            index.flatten(0, -2), self.cells.weight, per_sample_weights=shares.flatten(0, -2).to(self.cells.weight),
            mode="sum",
        )  # fmt: skip
        return LOUD * found.view(*which.shape, self.channels)


class Stage(nn.Module):
    """Rows (B N D) and their layout -> a draft (B S H W): what is to be seen at every place.

    A place asks where it lies in the frame of each of the nearest figures, what they hold among them. Every kind,
    action and worn thing has a canvas of its own there, which one network for all reads together with who it is; the
    nearer figure hides the other by shares that are learned, and behind all lie the canvases of the place and of where
    its light comes from. So nobody has to find out by attention which part of whom stands where, and what a kind looks
    like is remembered in one spot (LOG.md, 2026-11-21).
    """

    def __init__(self, width: int, inner: int, out: int, channels: int) -> None:
        super().__init__()
        self.kinds = Canvases(FIELDS["kind"] + 1, channels)
        self.actions = Canvases(FIELDS["action"] + 1, channels)
        self.pages = Canvases(FIELDS["place"] + 1, channels)
        self.lights = Canvases(FIELDS["light"] + 1, channels)
        look = channels * SPOTS**2
        self.who, self.where = nn.Linear(width, 2 * inner), nn.Linear(3 * look + 4 * WAVES + 3, 2 * inner)
        self.middle, self.out = nn.Linear(inner, 2 * inner), nn.Linear(inner, out + 1)
        self.scene, self.behind = nn.Linear(width, inner), nn.Linear(look + 4 * WAVES, inner)
        self.ground = nn.Linear(inner, out)

    def forward(self, rows: Tensor, layout: Tensor, height: int, width: int) -> Tensor:
        near = nearest(layout, height, width)
        names = (("kind", self.kinds), ("action", self.actions))
        looks = [near.look(table, of(layout[..., AT[name]], near.rows)) for name, table in names]
        seen = torch.cat((*looks, self._worn(layout, near), near.waves()), dim=-1)
        a, b = (of(self.who(rows), near.rows) + self.where(seen.to(rows.dtype))).chunk(2, dim=-1)
        h = rms(a * F.silu(b))
        a, b = self.middle(h).chunk(2, dim=-1)
        h, weight = self.out(h + a * F.silu(b)).split([self.ground.out_features, 1], dim=-1)
        weight = torch.where(near.there, weight[..., 0].float(), -torch.inf)
        shares = torch.cat((torch.zeros_like(weight[..., :1]), weight), dim=-1).softmax(-1).to(h.dtype)
        ground = self._ground(rows, layout, height, width)
        found = (torch.cat((ground[:, :, None], h), dim=2) * shares[..., None]).sum(2)
        return found.transpose(1, 2).unflatten(2, (height, width))

    def _worn(self, layout: Tensor, near: Near) -> Tensor:
        """The canvases of the first two things that each figure wears, added (B P K C)."""
        worn = bearing(layout) & (layout[..., AT["role"]] == WORN)[:, None]
        kinds = (worn.long() * layout[:, None, :, AT["kind"]]).topk(2, dim=-1).values  # 0 where there are fewer
        some = [of(kinds[..., i], near.rows) for i in range(2)]
        first, second = (near.look(self.kinds, kind) * (kind > 0)[..., None] for kind in some)
        return first + second

    def _ground(self, rows: Tensor, layout: Tensor, height: int, width: int) -> Tensor:
        """What is behind everybody (B P S)."""
        x, y = grid(height, width, layout.device)
        x, y = x / width, y / height
        off = spots(layout.device) / 16  # of a usual page's places along a side
        across, down = (x[:, None, None] + off).expand(-1, SPOTS, -1), (y[:, None, None] + off[:, None])
        shape = len(layout), *across.shape
        place, light = (layout[:, 0, AT[name], None, None, None].expand(shape) for name in ("place", "light"))
        across, down = across.expand(shape), down.expand(shape)
        canvas = (self.pages(place, across, down) + self.lights(light, across, down)).flatten(2)
        angle = waved(torch.stack((x, y), dim=-1)).expand(len(canvas), -1, -1)
        seen = self.behind(torch.cat((canvas, angle), dim=-1).to(rows.dtype))
        return self.ground(F.silu(self.scene(rows[:, :1]) + seen))


@dataclass(frozen=True)
class Near:
    """The figures near each of P places: K rows of a layout, and where the place lies in their frames."""

    rows: Tensor  # B P K
    there: Tensor  # B P K, false where the place lies in no frame: nobody is there after all
    at: Tensor  # B P K 2, in units of the frame, mirrored as its figure is
    step: Tensor  # B P K, from place to place
    mirror: Tensor  # B P K, 1 or -1

    def waves(self) -> Tensor:
        """All this as numbers for a network (B P K W)."""
        return torch.cat((waved(self.at), self.at, -self.step.log()[..., None]), dim=-1)

    def look(self, canvases: Canvases, which: Tensor) -> Tensor:
        """What the place sees of each figure's canvas (B P K C), at ``SPOTS`` x ``SPOTS`` spots of its square."""
        off, step = spots(which.device), self.step[..., None, None]
        across = self.at[..., 0, None, None] + off * step * self.mirror[..., None, None]
        down = self.at[..., 1, None, None] + off[:, None] * step
        across = (across / (2 * REACH) + 0.5).expand(*which.shape, SPOTS, SPOTS)
        down = ((down + ABOVE) / (ABOVE + BELOW)).expand_as(across)
        return canvases(which[..., None, None].expand_as(across), across, down).flatten(3)


def nearest(layout: Tensor, height: int, width: int) -> Near:
    """The ``NEAR`` figures whose middles are nearest to each place of a latent, of those whose frame it lies in; what a
    figure holds is one too."""
    frames, figure = stands(layout, height, width), standing(layout)
    x, y = grid(height, width, layout.device)
    u, v = ((at - frames[..., i : i + 1]) / frames[..., 2:3] for i, at in enumerate((x, y)))  # B N P
    inside = figure[..., None] & (u.abs() < REACH) & (v > -ABOVE) & (v < BELOW)
    chosen = torch.where(inside, -u.abs(), -torch.inf).topk(min(NEAR, layout.shape[1]), dim=1).indices
    u, v, there = (part.gather(1, chosen).transpose(1, 2) for part in (u, v, inside))
    rows = chosen.transpose(1, 2)
    mirror, step = of(frames[..., 3], rows), 1 / of(frames[..., 2], rows)
    return Near(rows, there, torch.stack((u * mirror, v), dim=-1) * there[..., None], step, mirror)


def grid(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """x and y (P) of the middles of all places, row by row, in places."""
    down, across = (torch.arange(n, device=device) + 0.5 for n in (height, width))
    y, x = torch.meshgrid(down, across, indexing="ij")
    return x.flatten(), y.flatten()


def spots(device: torch.device) -> Tensor:
    """Where a place looks, (``SPOTS``), in places from its middle."""
    return (torch.arange(SPOTS, device=device) + 0.5) / SPOTS - 0.5


def waved(at: Tensor) -> Tensor:
    """Coordinates (... 2) as sines, then cosines (... 4 WAVES)."""
    angle = (at[..., None] * (math.pi * 2.0 ** torch.arange(WAVES, device=at.device))).flatten(-2)
    return torch.cat((angle.sin(), angle.cos()), dim=-1)


def of(values: Tensor, rows: Tensor) -> Tensor:
    """What is true of the rows of a layout, (B N) or (B N D), for chosen ``rows`` (B P K)."""
    if values.ndim == 2:
        return values.gather(1, rows.flatten(1)).view_as(rows)
    flat = rows.flatten(1)[..., None].expand(-1, -1, values.shape[-1])
    return values.gather(1, flat).view(*rows.shape, -1)


class LayoutDiT(nn.Module):
    """Noisy latent (B C H W), clock (B,), a condition with a layout -> what the prediction asks for, (B C H W).

    A layout without rows says nothing: what is painted then is what guidance keeps away from.
    """

    def __init__(self, config: LayoutDiTConfig) -> None:
        super().__init__()
        self.config, painter = config, config.painter
        self.cast = Cast(painter.text)
        self.stage = Stage(painter.text, config.inner, painter.beside, config.canvas)
        self.draft = nn.Conv2d(painter.beside, painter.channels, 1)
        self.painter = DiT(painter)

    def remember(self, condition: Condition) -> Condition:
        """The same condition with its rows as keys and values and its draft, for a page of the usual size."""
        told = self.told(condition, self.config.page, self.config.page)
        return replace(self.painter.remember(told), layout=condition.layout)

    def forward(self, x: Tensor, time: Tensor, condition: Condition) -> Tensor:
        if condition.beside is None or condition.beside.shape[2:] != x.shape[2:]:
            condition = self.told(condition, *x.shape[2:])
        return self.painter(x, time, condition)

    def told(self, condition: Condition, height: int, width: int) -> Condition:
        """What the DiT is told of a layout, for a latent of ``height`` x ``width``."""
        layout = condition.layout
        if layout is None:
            raise ValueError("this network must be told a layout")
        rows = self.cast(layout)
        mask = layout[..., AT["role"]] > 0
        mask = mask | (torch.arange(mask.shape[1], device=mask.device) == 0)
        return Condition(tokens=rows, mask=mask, pooled=rows[:, 0], beside=self.stage(rows, layout, height, width))

    def drafted(self, told: Condition) -> Tensor:
        """The latent (B C H W) that a layout lets one guess before anything is painted: nothing but a loss asks."""
        assert told.beside is not None
        return self.draft(told.beside).float()


def silenced(condition: Condition) -> Condition:
    """The same condition with nobody on its pages."""
    assert condition.layout is not None
    return replace(condition, layout=torch.zeros_like(condition.layout))
