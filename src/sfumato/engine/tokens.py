"""The sister loop: pictures written token by token (DALL-E, Parti); it knows as little as the first one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from sfumato.core.level import Condition, Stream

Choose = Callable[[Tensor, Stream], Tensor]
# Tokens so far (B N), what was guessed last from their newest on (B K), and what is likeliest after each of those
# (B K) -> what the next ones may be (B W). A wrong guess costs time, no more.
Guess = Callable[[Tensor, Tensor, Tensor], Tensor]


class Predict(Protocol):
    """Tokens so far (B N) -> logits (B N-past V) of the next after each but the first ``past``, which ``memory`` (a
    key-value cache, say; None at first) has read. What else it has read is forgotten: those tokens were not to be."""

    def __call__(self, tokens: Tensor, memory: Any, past: int, /) -> tuple[Tensor, Any]: ...


class TokenNetwork(Protocol):
    """A network that writes tokens, told a condition with one row per row of tokens."""

    def __call__(self, tokens: Tensor, condition: Condition, memory: Any, past: int, /) -> tuple[Tensor, Any]: ...


def nothing(tokens: Tensor, guessed: Tensor, likeliest: Tensor) -> Tensor:
    """No guess: every token waits for the one before it."""
    return tokens[:, :0]


def write(
    predict: Predict,
    tokens: Tensor,
    count: int,
    choose: Choose,
    rng: Stream,
    *,
    end: int | None = None,
    guess: Guess = nothing,
) -> Tensor:
    """``tokens`` (B N), a start or a prefix, and ``count`` more; fewer where every row has said ``end`` before.

    Speculative decoding (arXiv 2211.17192) with chances that are drawn once for each token: what is guessed rightly is
    read in one call, and the same is written as without guesses, but for rounding.
    """
    memory, length = None, tokens.shape[1] + count
    past, guessed, likeliest = 0, tokens[:, :0], tokens[:, :0]
    ended = torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)
    while tokens.shape[1] < length and not ended.all():
        guessed = guess(tokens, guessed, likeliest)[:, : length - tokens.shape[1] - 1]
        logits, memory = predict(torch.cat([tokens, guessed], dim=1), memory, past)
        logits = logits[:, -1 - guessed.shape[1] :]
        for i, following in enumerate(logits.unbind(1)):
            chosen = choose(following, rng)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended |= chosen == end
            if ended.all() or ((chosen[:, None] != guessed[:, i : i + 1]).any(1) & ~ended).any():
                break
        past, guessed, likeliest = tokens.shape[1] - 1, guessed[:, i:], logits[:, i + 1 :].argmax(-1)
    return tokens


@dataclass(frozen=True)
class Reader:
    """A token network that has been told something; a record, so that guidance can put two through one batch."""

    network: TokenNetwork
    condition: Condition

    def __call__(self, tokens: Tensor, memory: Any, past: int, /) -> tuple[Tensor, Any]:
        return self.network(tokens, self.condition.expand(len(tokens)), memory, past)


def guided(wanted: Predict, unwanted: Predict, *, scale: float) -> Predict:
    """Guided logits (Parti, arXiv 2206.10789, section 2.3): at scale 1 the wanted ones alone."""

    def predict(tokens: Tensor, memory: Any, past: int, /) -> tuple[Tensor, Any]:
        yes_memory, no_memory = memory or (None, None)
        yes, yes_memory = wanted(tokens, yes_memory, past)
        no, no_memory = unwanted(tokens, no_memory, past)
        return no + scale * (yes - no), (yes_memory, no_memory)

    def predict_in_one_batch(tokens: Tensor, memory: Any, past: int, /) -> tuple[Tensor, Any]:
        assert isinstance(wanted, Reader) and isinstance(unwanted, Reader)
        words = Condition.concat([reader.condition.expand(len(tokens)) for reader in (wanted, unwanted)])
        logits, memory = wanted.network(tokens.repeat(2, 1), words, memory, past)
        yes, no = logits.chunk(2)
        return no + scale * (yes - no), memory

    return predict_in_one_batch if _alike(wanted, unwanted) else predict


def _alike(a: Predict, b: Predict) -> bool:
    if not (isinstance(a, Reader) and isinstance(b, Reader) and a.network is b.network):
        return False
    try:
        Condition.concat([a.condition, b.condition])
    except (ValueError, RuntimeError):  # different kinds of words, or texts of different lengths
        return False
    return True


def choosing(*, temperature: float, top_k: int, top_p: float) -> Choose:
    """A token among the ``top_k`` likeliest (0: all) and the fewest that hold ``top_p`` (1: all); 0 degrees: the best.

    One normal number per picture and token, turned into a uniform one, picks from the sorted probabilities: what a
    picture draws does not depend on its neighbours. Nucleus sampling is arXiv 1904.09751, section 3.1.
    """

    def choose(logits: Tensor, rng: Stream) -> Tensor:
        chance = torch.special.ndtr(rng(logits[:, :1].float()).double())
        if temperature == 0:
            return logits.argmax(1)
        ordered, order = logits.double().sort(dim=1, descending=True, stable=True)
        if top_k:
            ordered = ordered[:, :top_k]
        odds = torch.softmax(ordered / temperature, dim=1)
        odds = odds.where(odds.cumsum(1) - odds < top_p, 0.0)
        reached = odds.cumsum(1)
        place = (reached < chance * reached[:, -1:]).sum(1, keepdim=True)
        return order.gather(1, place)[:, 0]

    return choose
