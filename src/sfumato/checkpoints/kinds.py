"""The kinds of public networks, as a table: how each is told by its tensors alone, measured, built and filled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..models.class_dit import ClassDiT, ClassDiTConfig
from ..models.clip import ClipConfig, ClipText
from ..models.flux import Flux, FluxConfig
from ..models.kl import KLAutoencoder, KLConfig
from ..models.mmdit import MMDiT, MMDiTConfig
from ..models.qwen import Qwen, QwenConfig
from ..models.sd_unet import SDUNet, SDUNetConfig
from ..models.t5 import T5, T5Config
from ..models.taesd import TinyAutoencoder, TinyConfig
from ..models.zimage import ZImage, ZImageConfig
from .keymap import Map
from .map_class_dit import class_dit_config, diffusers_class_dit, first_class_dit
from .map_clip import TRANSFORMERS, clip_config, open_clip
from .map_flux import diffusers_flux, first_flux, flux_config
from .map_kl import DIFFUSERS_TINY, diffusers_kl, first_kl, first_tiny, kl_config, tiny_config
from .map_mmdit import diffusers_mmdit, first_mmdit, mmdit_config
from .map_qwen import gguf_qwen, qwen, qwen_config
from .map_sd_unet import diffusers_unet, first_unet, unet_config
from .map_t5 import gguf_t5, t5, t5_config
from .map_zimage import diffusers_zimage, first_zimage, zimage_config

if TYPE_CHECKING:
    from torch import nn

Role = Literal["denoiser", "codec", "text"]
Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Kind:
    """A kind of network with the names it goes by.

    ``signatures``: keys of single files that are all there in this kind and in none further up the table, as many sets
    as there are namings. ``measured`` reads the configuration off the shapes; what they do not tell (the number of
    heads of some) is what all published networks of the kind have; ``first`` is the map for such files. ``classes``
    are those of a ``config.json``, whose values ``configured`` takes; ``beside`` is the map for files beside one.
    """

    name: str
    role: Role
    signatures: tuple[tuple[str, ...], ...]
    network: Callable[[Any], nn.Module]
    measured: Callable[[Shapes], Any]
    first: Callable[[Any, Shapes], Map]
    classes: tuple[str, ...]
    configured: Callable[[Mapping[str, Any]], Any]
    beside: Callable[[Any, Shapes], Map]


def _count(shapes: Shapes, start: str) -> int:
    """How many blocks are numbered behind ``start``."""
    found = {key[len(start) :].partition(".")[0] for key in shapes if key.startswith(start)}
    return len({number for number in found if number.isdigit()})


def _pointwise(shapes: Shapes) -> bool:
    """Whether a U-Net has 1x1 convolutions around its transformers, as the first ones had, or linear layers."""
    return any(len(shape) == 4 for key, shape in shapes.items() if key.endswith("proj_in.weight"))


def _unet(shapes: Shapes) -> SDUNetConfig:
    levels, n = [list[str]()], 1
    while True:
        if f"input_blocks.{n}.0.op.weight" in shapes:
            levels.append([])
        elif f"input_blocks.{n}.0.out_layers.3.weight" in shapes:
            levels[-1].append(f"input_blocks.{n}")
        else:
            break
        n += 1
    first = [level[0] for level in levels]
    widths = tuple(shapes[f"{block}.0.out_layers.3.weight"][0] for block in first)
    return SDUNetConfig(
        channels=shapes["input_blocks.0.0.weight"][1],
        out=shapes["out.2.weight"][0],
        widths=widths,
        depths=tuple(_count(shapes, f"{block}.1.transformer_blocks.") for block in first),
        heads=tuple(8 if _pointwise(shapes) else max(width // 64, 1) for width in widths),
        blocks=len(levels[0]),
        middle=_count(shapes, "middle_block.1.transformer_blocks."),
        text=shapes["middle_block.1.transformer_blocks.0.attn2.to_k.weight"][1],
        extra=shapes.get("label_emb.0.0.weight", (0, 0))[1],
        guidance=shapes.get("time_embed.cond_proj.weight", (0, 0))[1],
    )


def _mmdit(shapes: Shapes) -> MMDiTConfig:
    width, channels, patch, _ = shapes["x_embedder.proj.weight"]
    norm = shapes.get("joint_blocks.0.x_block.attn.ln_q.weight")
    depth = _count(shapes, "joint_blocks.")
    return MMDiTConfig(
        channels=channels,
        patch=patch,
        width=width,
        depth=depth,
        heads=width // (norm[0] if norm else 64),
        text=shapes["context_embedder.weight"][1],
        pooled=shapes["y_embedder.mlp.0.weight"][1],
        side=math.isqrt(shapes["pos_embed"][1]),
        normed=norm is not None,
        twice=tuple(i for i in range(depth) if f"joint_blocks.{i}.x_block.attn2.qkv.weight" in shapes),
    )


def _flux(shapes: Shapes) -> FluxConfig:
    width, packed = shapes["img_in.weight"]
    norm = next(shape for key, shape in shapes.items() if "double_blocks.0.img_attn.norm.query_norm." in key)[0]
    return FluxConfig(
        channels=packed // 4,
        width=width,
        joint=_count(shapes, "double_blocks."),
        single=_count(shapes, "single_blocks."),
        heads=width // norm,
        text=shapes["txt_in.weight"][1],
        pooled=shapes["vector_in.in_layer.weight"][1],
        shares=(norm // 8, norm // 16 * 7, norm // 16 * 7),
        guided="guidance_in.in_layer.weight" in shapes,
    )


def _clip(shapes: Shapes) -> ClipConfig:
    prefix = "text_model." if "text_model.final_layer_norm.weight" in shapes else ""
    words, width = shapes[f"{prefix}embeddings.token_embedding.weight"]
    projection = shapes.get("text_projection.weight", (0,))[0]
    return ClipConfig(
        vocabulary=words,
        length=shapes[f"{prefix}embeddings.position_embedding.weight"][0],
        width=width,
        inner=shapes[f"{prefix}encoder.layers.0.mlp.fc1.weight"][0],
        depth=_count(shapes, f"{prefix}encoder.layers."),
        heads=width // 64,
        activation="quick_gelu" if width == 768 else "gelu",  # OpenAI's own, and those of OpenCLIP
        projection=projection,
        end=words - 1,
    )


def _open_clip(shapes: Shapes) -> ClipConfig:
    words, width = shapes["token_embedding.weight"]
    # Only the largest is asked for its pooled vector; of the others the last layer is not read.
    pooled = width == 1280
    return ClipConfig(
        vocabulary=words,
        length=shapes["positional_embedding"][0],
        width=width,
        inner=shapes["transformer.resblocks.0.mlp.c_fc.weight"][0],
        depth=_count(shapes, "transformer.resblocks.") - (not pooled),
        heads=width // 64,
        activation="gelu",
        projection=shapes["text_projection"][1] if pooled else 0,
        end=words - 1,
    )


def _zimage(shapes: Shapes) -> ZImageConfig:
    width, inside = shapes["x_embedder.weight"]
    head = shapes["layers.0.attention.q_norm.weight"][0]
    return ZImageConfig(
        channels=inside // 4,
        width=width,
        depth=_count(shapes, "layers."),
        refiners=_count(shapes, "noise_refiner."),
        heads=width // head,
        text=shapes["cap_embedder.1.weight"][1],
        shares=(head // 4, head // 8 * 3, head // 8 * 3),
    )


def _class_dit(shapes: Shapes) -> ClassDiTConfig:
    width, channels, patch, _ = shapes["x_embedder.proj.weight"]
    return ClassDiTConfig(
        channels=channels,
        out=shapes["final_layer.linear.weight"][0] // patch**2,
        patch=patch,
        width=width,
        depth=_count(shapes, "blocks."),
        heads=max(width // 72, 1) if width % 72 == 0 else width // 64,  # XL has heads of 72, the smaller ones of 64
        classes=shapes["y_embedder.embedding_table.weight"][0] - 1,
        base=math.isqrt(shapes["pos_embed"][1]),
        eps=1e-6,
    )


def _kl(shapes: Shapes) -> KLConfig:
    levels = _count(shapes, "encoder.down.")
    return KLConfig(
        channels=shapes["decoder.conv_in.weight"][1],
        widths=tuple(shapes[f"encoder.down.{i}.block.0.conv1.weight"][0] for i in range(levels)),
        blocks=_count(shapes, "encoder.down.0.block."),
        mixed="post_quant_conv.weight" in shapes,
    )


def _tiny(shapes: Shapes) -> TinyConfig:
    """A decoder alone: rows of blocks, each with three layers, between convolutions without bias that follow growth."""
    width, channels = shapes["1.weight"][:2]
    count, n, rows = max(int(key.partition(".")[0]) for key in shapes), 3, [0]
    while n < count:
        if f"{n}.conv.0.weight" in shapes:
            rows[-1] += 1
            n += 1
        else:  # growth, then its convolution
            rows.append(0)
            n += 2
    return TinyConfig(channels=channels, width=width, encoder=(), decoder=tuple(rows))


def _t5(shapes: Shapes, words: str, distances: str, block: str, query: str, inner: str) -> T5Config:
    vocabulary, width = shapes[words]
    buckets, count = shapes[distances]
    return T5Config(
        vocabulary=vocabulary,
        width=width,
        depth=_count(shapes, block),
        heads=count,
        head=shapes[query][0] // count,
        inner=shapes[inner][0],
        buckets=buckets,
    )


def _first_t5(shapes: Shapes) -> T5Config:
    block = "encoder.block.0.layer"
    words = "shared.weight" if "shared.weight" in shapes else "encoder.embed_tokens.weight"
    distances = f"{block}.0.SelfAttention.relative_attention_bias.weight"
    inner = f"{block}.1.DenseReluDense.wi_0.weight"
    return _t5(shapes, words, distances, "encoder.block.", f"{block}.0.SelfAttention.q.weight", inner)


def _gguf_t5(shapes: Shapes) -> T5Config:
    first = "enc.blk.0"
    query, inner = f"{first}.attn_q.weight", f"{first}.ffn_gate.weight"
    return _t5(shapes, "token_embd.weight", f"{first}.attn_rel_b.weight", "enc.blk.", query, inner)


def _qwen(shapes: Shapes, words: str, block: str, queries_keys_norm: Sequence[str], inner: str) -> QwenConfig:
    vocabulary, width = shapes[words]
    queries, keys, norm = (shapes[f"{block}0.{name}.weight"] for name in queries_keys_norm)
    return QwenConfig(
        vocabulary=vocabulary,
        width=width,
        depth=_count(shapes, block),
        heads=queries[0] // norm[0],
        shared=keys[0] // norm[0],
        head=norm[0],
        inner=shapes[f"{block}0.{inner}.weight"][0],
    )


def _first_qwen(shapes: Shapes) -> QwenConfig:
    start = "model." if "model.embed_tokens.weight" in shapes else ""
    attention = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.q_norm")
    return _qwen(shapes, f"{start}embed_tokens.weight", f"{start}layers.", attention, "mlp.gate_proj")


def _gguf_qwen(shapes: Shapes) -> QwenConfig:
    return _qwen(shapes, "token_embd.weight", "blk.", ("attn_q", "attn_k", "attn_q_norm"), "ffn_gate")


KINDS: Sequence[Kind] = (
    Kind(
        name="sd_unet",
        role="denoiser",
        signatures=(
            (
                "input_blocks.0.0.weight",
                "middle_block.1.transformer_blocks.0.attn2.to_k.weight",
            ),
        ),
        network=SDUNet,
        measured=_unet,
        first=lambda config, shapes: first_unet(config, pointwise=_pointwise(shapes)),
        classes=("UNet2DConditionModel",),
        configured=unet_config,
        beside=lambda config, shapes: diffusers_unet(config, pointwise=_pointwise(shapes)),
    ),
    Kind(
        name="mmdit",
        role="denoiser",
        signatures=(("joint_blocks.0.context_block.attn.qkv.weight",),),
        network=MMDiT,
        measured=_mmdit,
        first=lambda config, _: first_mmdit(config),
        classes=("SD3Transformer2DModel",),
        configured=mmdit_config,
        beside=lambda config, _: diffusers_mmdit(config),
    ),
    Kind(
        name="flux",
        role="denoiser",
        signatures=(
            (
                "double_blocks.0.img_attn.qkv.weight",
                "vector_in.in_layer.weight",
            ),
        ),
        network=Flux,
        measured=_flux,
        first=lambda config, _: first_flux(),
        classes=("FluxTransformer2DModel",),
        configured=flux_config,
        beside=lambda config, _: diffusers_flux(config),
    ),
    Kind(
        name="zimage",
        role="denoiser",
        signatures=(("cap_embedder.1.weight", "noise_refiner.0.attention.qkv.weight", "cap_pad_token"),),
        network=ZImage,
        measured=_zimage,
        first=lambda config, _: first_zimage(config),
        classes=("ZImageTransformer2DModel",),
        configured=zimage_config,
        beside=lambda config, _: diffusers_zimage(config),
    ),
    Kind(
        name="class_dit",
        role="denoiser",
        signatures=(("x_embedder.proj.weight", "y_embedder.embedding_table.weight"),),
        network=ClassDiT,
        measured=_class_dit,
        first=lambda config, _: first_class_dit(config),
        classes=("DiTTransformer2DModel", "Transformer2DModel"),
        configured=class_dit_config,
        beside=lambda config, _: diffusers_class_dit(config),
    ),
    Kind(
        name="kl",
        role="codec",
        signatures=(("decoder.up.0.block.0.conv1.weight", "encoder.down.0.block.0.conv1.weight"),),
        network=KLAutoencoder,
        measured=_kl,
        first=lambda config, _: first_kl(config),
        classes=("AutoencoderKL",),
        configured=kl_config,
        beside=lambda config, _: diffusers_kl(config),
    ),
    Kind(
        name="tiny",
        role="codec",
        signatures=(("1.weight", "3.conv.0.weight", "3.conv.4.weight"),),
        network=TinyAutoencoder,
        measured=_tiny,
        first=lambda config, _: first_tiny(config),
        classes=("AutoencoderTiny",),
        configured=tiny_config,
        beside=lambda config, _: DIFFUSERS_TINY,
    ),
    Kind(
        name="clip",
        role="text",
        signatures=(("text_model.embeddings.token_embedding.weight",), ("embeddings.token_embedding.weight",)),
        network=ClipText,
        measured=_clip,
        first=lambda config, _: TRANSFORMERS,
        classes=("CLIPTextModel", "CLIPTextModelWithProjection"),
        configured=clip_config,
        beside=lambda config, _: TRANSFORMERS,
    ),
    Kind(
        name="open_clip",
        role="text",
        signatures=(
            (
                "transformer.resblocks.0.attn.in_proj_weight",
                "token_embedding.weight",
            ),
        ),
        network=ClipText,
        measured=_open_clip,
        first=lambda config, _: open_clip(config),
        classes=(),
        configured=clip_config,
        beside=lambda config, _: open_clip(config),
    ),
    Kind(
        name="t5",
        role="text",
        signatures=(("encoder.block.0.layer.0.SelfAttention.q.weight",),),
        network=T5,
        measured=_first_t5,
        first=lambda config, _: t5(),
        classes=("T5EncoderModel",),
        configured=t5_config,
        beside=lambda config, _: t5(),
    ),
    Kind(
        name="t5",
        role="text",
        signatures=(("enc.blk.0.attn_rel_b.weight", "enc.output_norm.weight"),),
        network=T5,
        measured=_gguf_t5,
        first=lambda config, _: gguf_t5(),
        classes=(),
        configured=t5_config,
        beside=lambda config, _: gguf_t5(),
    ),
    Kind(
        name="qwen",
        role="text",
        signatures=(("model.layers.0.self_attn.q_norm.weight",), ("layers.0.self_attn.q_norm.weight",)),
        network=Qwen,
        measured=_first_qwen,
        first=lambda config, _: qwen(config),
        classes=("Qwen3Model", "Qwen3ForCausalLM"),
        configured=qwen_config,
        beside=lambda config, _: qwen(config),
    ),
    Kind(
        name="qwen",
        role="text",
        signatures=(("blk.0.attn_q_norm.weight", "token_embd.weight"),),
        network=Qwen,
        measured=_gguf_qwen,
        first=lambda config, _: gguf_qwen(config),
        classes=(),
        configured=qwen_config,
        beside=lambda config, _: gguf_qwen(config),
    ),
)
