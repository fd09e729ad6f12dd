"""The reference's own pipelines in miniature: real networks with random weights, and tokenizers made on the spot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import nn

from parity import alive

diffusers: Any = __import__("pytest").importorskip("diffusers")
transformers: Any = __import__("pytest").importorskip("transformers")

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SD_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def clip_tokenizer(folder: Path, *, pad: str = "<|endoftext|>") -> Any:
    """CLIP's tokenizer with a vocabulary of bytes and a few pairs."""
    from tokenizers.pre_tokenizers import ByteLevel

    letters = sorted(ByteLevel.alphabet())
    merges = [("c", "a"), ("ca", "t</w>"), ("a", "n"), ("t", "h"), ("th", "e</w>"), ("o", "n</w>")]
    tokens = [*letters, *(f"{x}</w>" for x in letters), *("".join(pair) for pair in merges)]
    vocabulary = {token: i for i, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    folder.mkdir(parents=True, exist_ok=True)
    return transformers.CLIPTokenizer(
        vocab=vocabulary, merges=merges, model_max_length=77, pad_token=pad, unk_token="<|endoftext|>"
    )


def clip(words: int, *, width: int = 32, projection: int = 0, quick: bool = True, heads: int = 4) -> nn.Module:
    """CLIP's text half; with ``projection`` the one that has a pooled vector."""
    config = transformers.CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=37,
        num_attention_heads=heads,
        num_hidden_layers=3,
        projection_dim=projection or 512,
        hidden_act="quick_gelu" if quick else "gelu",
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )
    kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
    return alive(kind(config), 1)


def t5_tokenizer() -> Any:
    """T5's tokenizer with a vocabulary of letters."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((x, -3.0) for x in LETTERS)]
    pieces += [("▁a", -2.5), ("▁the", -4.0), ("cat", -4.5), ("▁on", -4.0)]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0)


def qwen_tokenizer(folder: Path) -> Any:
    """Qwen's tokenizer with a vocabulary of bytes."""
    from tokenizers.pre_tokenizers import ByteLevel

    vocabulary = {letter: i for i, letter in enumerate(sorted(ByteLevel.alphabet()))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    talk = (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    special = ["<|im_start|>", "<|im_end|>"]
    return transformers.Qwen2Tokenizer.from_pretrained(folder, extra_special_tokens=special, chat_template=talk)


def t5(width: int = 32) -> nn.Module:
    config = transformers.T5Config(
        vocab_size=64, d_model=width, d_ff=37, d_kv=8, num_heads=4, num_layers=2, feed_forward_proj="gated-gelu"
    )
    return alive(transformers.T5EncoderModel(config), 2)


def kl(channels: int = 4, *, mixed: bool = True, plain: bool = False, **values: Any) -> nn.Module:
    return alive(
        diffusers.AutoencoderKL(
            block_out_channels=(32,) * 4 if plain else (8, 8, 16, 16),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            latent_channels=channels,
            norm_num_groups=32 if plain else 4,
            use_quant_conv=mixed,
            use_post_quant_conv=mixed,
            **values,
        ),
        3,
    )


def dit() -> Any:
    network = diffusers.DiTTransformer2DModel(
        sample_size=16, num_layers=2, patch_size=2, attention_head_dim=8, num_attention_heads=2, in_channels=4,
        out_channels=8, num_embeds_ada_norm=1000, norm_type="ada_norm_zero", norm_elementwise_affine=False,
        activation_fn="gelu-approximate", attention_bias=True,
    )  # fmt: skip
    scheduler = diffusers.DDIMScheduler(clip_sample=False, prediction_type="epsilon")
    names = {"0": "tench, Tinca tinca", "207": "golden retriever"}
    return diffusers.DiTPipeline(transformer=alive(network), vae=kl(), scheduler=scheduler, id2label=names)


def unet(**values: Any) -> nn.Module:
    usual = {"block_out_channels": (16, 32), "layers_per_block": 1, "norm_num_groups": 8, "sample_size": 8}
    usual |= {"down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D")}
    usual |= {"up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"), "cross_attention_dim": 32}
    return alive(diffusers.UNet2DConditionModel(**usual | values))


def sd1(folder: Path, *, plain: bool = False) -> Any:
    """``plain``: with what no shape tells as in the published networks: 8 heads, groups of 32, CLIP heads of 64."""
    tokenizer = clip_tokenizer(folder)
    usual = {"block_out_channels": (32, 64), "norm_num_groups": 32, "cross_attention_dim": 64} if plain else {}
    return diffusers.StableDiffusionPipeline(
        unet=unet(attention_head_dim=8 if plain else 4, **usual),
        vae=kl(scaling_factor=0.18215, plain=plain),
        text_encoder=clip(len(tokenizer), width=64, heads=1, quick=False) if plain else clip(len(tokenizer)),
        tokenizer=tokenizer,
        scheduler=diffusers.PNDMScheduler(**SD_BETAS, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sd2(folder: Path) -> Any:
    tokenizer = clip_tokenizer(folder, pad="!")
    return diffusers.StableDiffusionPipeline(
        unet=unet(attention_head_dim=(2, 4), use_linear_projection=True),
        vae=kl(scaling_factor=0.18215),
        text_encoder=clip(len(tokenizer), quick=False),
        tokenizer=tokenizer,
        scheduler=diffusers.DDIMScheduler(
            **SD_BETAS, clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction"
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(folder: Path) -> Any:
    small, large = clip_tokenizer(folder / "1"), clip_tokenizer(folder / "2", pad="!")
    network = unet(
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64,
    )  # fmt: skip
    return diffusers.StableDiffusionXLPipeline(
        unet=network,
        vae=kl(scaling_factor=0.13025),
        text_encoder=clip(len(small)),
        text_encoder_2=clip(len(large), projection=32, quick=False),
        tokenizer=small,
        tokenizer_2=large,
        scheduler=diffusers.EulerDiscreteScheduler(**SD_BETAS, steps_offset=1, timestep_spacing="leading"),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )


def sdxl_refiner(folder: Path) -> Any:
    large = clip_tokenizer(folder, pad="!")
    network = unet(
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=2560,
        cross_attention_dim=32,
    )  # fmt: skip
    return diffusers.StableDiffusionXLImg2ImgPipeline(
        unet=network,
        vae=kl(scaling_factor=0.13025),
        text_encoder=None,
        text_encoder_2=clip(len(large), projection=2520, quick=False),  # 2560 - 5 x 8: how refiners are told
        tokenizer=None,
        tokenizer_2=large,
        scheduler=diffusers.EulerDiscreteScheduler(**SD_BETAS, steps_offset=1, timestep_spacing="leading"),
        force_zeros_for_empty_prompt=False,
        requires_aesthetics_score=True,
        add_watermarker=False,
    )


def sd3(folder: Path, *, large: bool = False, t5_too: bool = True) -> Any:
    """``large``: with what 3.5 added, normed queries and a second attention in some blocks."""
    tokenizers = clip_tokenizer(folder / "1"), clip_tokenizer(folder / "2", pad="!")
    more = {"qk_norm": "rms_norm", "dual_attention_layers": (0,)} if large else {}
    network = diffusers.SD3Transformer2DModel(
        sample_size=16, patch_size=2, in_channels=16, out_channels=16, num_layers=2, attention_head_dim=8,
        num_attention_heads=4, joint_attention_dim=96, caption_projection_dim=32, pooled_projection_dim=64,
        pos_embed_max_size=24, **more,
    )  # fmt: skip
    return diffusers.StableDiffusion3Pipeline(
        transformer=alive(network),
        vae=kl(16, mixed=False, scaling_factor=1.5305, shift_factor=0.0609),
        text_encoder=clip(len(tokenizers[0]), projection=32),
        text_encoder_2=clip(len(tokenizers[1]), projection=32, quick=False),
        text_encoder_3=t5(96) if t5_too else None,
        tokenizer=tokenizers[0],
        tokenizer_2=tokenizers[1],
        tokenizer_3=t5_tokenizer() if t5_too else None,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    )


def flux(folder: Path, *, schnell: bool = False) -> Any:
    tokenizer = clip_tokenizer(folder)
    network = diffusers.FluxTransformer2DModel(
        patch_size=1, in_channels=64, num_layers=1, num_single_layers=2, attention_head_dim=32, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=64, axes_dims_rope=(4, 14, 14), guidance_embeds=not schnell,
    )  # fmt: skip
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        shift=1.0 if schnell else 3.0, use_dynamic_shifting=not schnell, base_shift=0.5, max_shift=1.15
    )
    return diffusers.FluxPipeline(
        transformer=alive(network),
        vae=kl(16, mixed=False, plain=True, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=clip(len(tokenizer), width=64, heads=1, quick=False),
        text_encoder_2=t5(32),
        tokenizer=tokenizer,
        tokenizer_2=t5_tokenizer(),
        scheduler=scheduler,
    )


def z_image(folder: Path) -> Any:
    tokenizer = qwen_tokenizer(folder)
    network = diffusers.ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2,
        n_kv_heads=2, cap_feat_dim=32, axes_dims=[8, 4, 4], axes_lens=[1024, 64, 64],
    )  # fmt: skip
    config = transformers.Qwen3Config(
        vocab_size=300, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8,
    )  # fmt: skip
    return diffusers.ZImagePipeline(
        transformer=alive(network),
        vae=kl(16, mixed=False, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=alive(transformers.Qwen3Model(config), 4),
        tokenizer=tokenizer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    )
