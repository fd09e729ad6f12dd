"""Prompts that people really type, and those that break tokenizers: the same few hundred for every tokenizer."""

from __future__ import annotations

import random

# fmt: off
WORDS = (
    "a cat in the rain, oil painting", "fox's", "don't", "we'll", "ISN'T", "Straße", "naïve café", "東京の夜", "한국어",
    "مرحبا بالعالم", "שלום", "привет мир", "ไทย", "हिन्दी", "🦊", "👩🏽\u200d🚀", "🏳️\u200d🌈", "☕️",
    "e\u0301", "ﬁne", "①②③", "½", "x²", "…", "—", "“quoted”", "ﷺ", "ÅÄÖ", "İi", "ǅ", "ꓘ", "𝔘𝔫𝔦", "<|endoftext|>",
    "<|startoftext|>", "<|im_end|>", "</s>", "<pad>", "<extra_id_3>", "<b>", "&amp;", "(word:1.3)", "[a:b]",
    "\u200b", "\xa0", "\u202e", "\ufeff", "\x00", "\x1f", "\t", "\n\n", "   ", "##", "1234567", "3.14", "$5",
    "C++", "http://a.b/c?d=e&f", "a_b",
    "@user", "A.B.C.", "hello!!!", "?!", "'", '"', "\\", "/", "{}", "%s", "0x1F", "10%", "50°C", "v1.5", "8k uhd",
)
# fmt: on


def odd(count: int = 500) -> list[str]:
    """Empty ones, blank ones, very long ones, and ``count`` in all; always the same."""
    dice = random.Random(0)
    prompts = ["", " ", "\n", " leading", "trailing ", *WORDS]
    prompts += ["a" * 2000, "cat " * 500, "東" * 700, "🦊" * 100]
    while len(prompts) < count:
        words = dice.choices(WORDS, k=dice.choice((1, 2, 3, 5, 8, 13, 40, 120)))
        prompts.append(dice.choice((" ", "", ", ", "  ")).join(words))
    return prompts[:count]
