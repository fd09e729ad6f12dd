"""Which network a single file holds, and of which size, is read from its names and shapes: at every real size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from sfumato.checkpoints import (
    map_class_dit,
    map_clip,
    map_flux,
    map_kl,
    map_mmdit,
    map_qwen,
    map_sd_unet,
    map_t5,
    map_zimage,
)
from sfumato.checkpoints.file import Stored, Tensors, Unfilled
from sfumato.checkpoints.keymap import to_ours, to_theirs
from sfumato.checkpoints.kinds import KINDS, Kind
from sfumato.checkpoints.parts import PREFIXES, Part, found_parts
from sfumato.core.refusal import Refusal

SIZES: dict[str, tuple[str, Any]] = {
    **{name: ("sd_unet", config) for name, config in map_sd_unet.CONFIGS.items()},
    **{name: ("mmdit", config) for name, config in map_mmdit.CONFIGS.items()},
    **{name: ("flux", config) for name, config in map_flux.CONFIGS.items()},
    **{name: ("zimage", config) for name, config in map_zimage.CONFIGS.items()},
    **{name: ("class_dit", config) for name, config in map_class_dit.CONFIGS.items()},
    **{name: ("t5", config) for name, config in map_t5.CONFIGS.items()},
    **{name: ("qwen", config) for name, config in map_qwen.CONFIGS.items()},
    **{f"kl-{name}": ("kl", replace(config, scale=0.18215, shift=0.0)) for name, config in map_kl.CONFIGS.items()},
    **{name: ("tiny", replace(config, encoder=())) for name, config in map_kl.TINY_CONFIGS.items()},
    "clip-l": ("clip", map_clip.CONFIGS["clip-l"]),
    "clip-l-projected": ("clip", map_clip.CONFIGS["clip-l-projected"]),
    "openclip-bigg": ("open_clip", map_clip.CONFIGS["openclip-bigg"]),
}
CASES = [(name, kind) for name, (kind_name, _) in SIZES.items() for kind in KINDS if kind.name == kind_name]


def shapes_of(kind: Kind, config: Any, name: str) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a single file with this network."""
    with torch.device("meta"), Unfilled():
        state = kind.network(config).state_dict()
    four = {"x.proj_in.weight": (1, 1, 1, 1)} if name == "sd1" else {}  # the first ones have 1x1 convolutions
    return {key: tuple(value.shape) for key, value in to_theirs(state, kind.first(config, four), where=name)}


def stored(shapes: dict[str, tuple[int, ...]], prefix: str = "") -> Tensors:
    def entry(shape: tuple[int, ...]) -> Stored:
        return Stored(shape, "F16", lambda: torch.empty(shape, device="meta"))

    return Tensors({prefix + key: entry(shape) for key, shape in shapes.items()}, {}, [])


def without_what_no_shape_tells(config: Any) -> Any:
    """Sides and epsilons that are only read where positions are computed, or not at all."""
    return replace(config, **{name: 0 for name in ("base",) if name in type(config).__dataclass_fields__})


@pytest.mark.parametrize(("name", "kind"), CASES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(CASES)])
def test_a_single_file_is_told_by_names_and_shapes(name: str, kind: Kind) -> None:
    config = SIZES[name][1]
    if kind.name == "class_dit":
        config = replace(config, eps=1e-6)
    shapes = shapes_of(kind, config, name)
    if kind.name == "class_dit":
        shapes["pos_embed"] = (1, config.base**2, config.width)
    for prefix in PREFIXES[kind.role]:
        parts = list(found_parts_of(stored(shapes, prefix)))
        assert [part.kind.name for part in parts] == [kind.name], prefix
        part = parts[0]
        assert without_what_no_shape_tells(part.config) == without_what_no_shape_tells(config), prefix
        with torch.device("meta"), Unfilled():
            wanted = {key: value.shape for key, value in kind.network(part.config).state_dict().items()}
        assert {key: value.shape for key, value in to_ours(part.tensors, part.map, where=name)} == wanted


def found_parts_of(tensors: Tensors) -> Iterator[Part]:
    return found_parts(Path("file.safetensors"), tensors)


def test_a_stranger_is_refused_by_its_first_key() -> None:
    with pytest.raises(Refusal, match=r"of no known kind \(.*flux.*\); its first key is whatever\.weight"):
        list(found_parts_of(stored({"whatever.weight": (3, 3)})))


def test_a_key_that_belongs_to_no_network_is_refused() -> None:
    shapes = shapes_of(next(kind for kind in KINDS if kind.name == "flux"), SIZES["flux-schnell"][1], "flux")
    tensors = stored(shapes, "model.diffusion_model.")
    more = {**tensors.stored, "stranger.weight": Stored((3,), "F16", lambda: torch.ones(3))}
    with pytest.raises(Refusal, match=r"has stranger\.weight, which belongs to no network known here"):
        list(found_parts_of(Tensors(more, {}, [])))
    spare = {**tensors.stored, "model_ema.decay": Stored((), "F32", lambda: torch.ones(()))}
    assert len(list(found_parts_of(Tensors(spare, {}, [])))) == 1


def test_tensors_that_do_not_fit_together_are_refused() -> None:
    shapes = shapes_of(next(kind for kind in KINDS if kind.name == "flux"), SIZES["flux-schnell"][1], "flux")
    del shapes["txt_in.weight"]
    with pytest.raises(Refusal, match=r"looks like a flux but its tensors do not fit together: 'txt_in\.weight'"):
        list(found_parts_of(stored(shapes)))
