"""Large latents decoded piece by piece, without a seam: every piece sees as far as its pixels depend on."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..layers.norm import holding

EXAMPLE = 64  # positions a side at most of the thinned picture


def decode_in_tiles(decoder: nn.Module, latent: Tensor, *, tile: int, reach: int, factor: int) -> Tensor:
    """``latent`` (B C H W) through a convolutional ``decoder`` that makes it ``factor`` times larger, in pieces of at
    most ``tile`` positions a side -> (B 3 fH fW).

    ``reach``: how far the decoder looks, in positions. Pieces overlap by it on each side and what lies there is cut
    off again, so that the grid cannot be seen. The statistics of norms, which look everywhere, are those of a thinned
    picture and the same for all pieces.
    """
    if max(latent.shape[2:]) <= tile:
        return torch.cat([decoder(row) for row in latent.split(1)])
    return torch.cat([_row(decoder, row, tile, reach, factor) for row in latent.split(1)])


def _row(decoder: nn.Module, latent: Tensor, tile: int, reach: int, factor: int) -> Tensor:
    height, width = latent.shape[2:]
    out: Tensor | None = None
    with holding(decoder, _thinned(latent)):
        for top, bottom in _spans(height, tile):
            for left, right in _spans(width, tile):
                above, before = min(top, reach), min(left, reach)
                piece = decoder(latent[:, :, top - above : bottom + reach, left - before : right + reach])
                if out is None:
                    out = piece.new_empty(1, piece.shape[1], height * factor, width * factor)
                y, x = above * factor, before * factor
                rows, columns = (bottom - top) * factor, (right - left) * factor
                out[:, :, top * factor : bottom * factor, left * factor : right * factor] = piece[
                    :, :, y : y + rows, x : x + columns
                ]
    assert out is not None
    return out


def _spans(length: int, tile: int) -> Iterator[tuple[int, int]]:
    """As few pieces as can be, as equal as can be."""
    count = -(-length // tile)
    for i in range(count):
        yield i * length // count, (i + 1) * length // count


def _thinned(latent: Tensor) -> Tensor:
    """Every n-th position of a latent, few enough for one pass: neighbours less alike, but every value a real one."""
    every = -(-max(latent.shape[2:]) // EXAMPLE)
    return latent[:, :, ::every, ::every]
