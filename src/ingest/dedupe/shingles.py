"""Hashes of token n-grams, vectorised: a 64-bit hash per token, combined linearly by position, then mixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.alignment import keys

Hashes = npt.NDArray[np.uint64]

_ODD = (  # one odd multiplier per position, so that the order of tokens counts
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0xD6E8FEB86659FD93,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
    0x8EBC6AF09C88C6E3,
    0x589965CC75374CC3,
)


def token_hashes(words: Sequence[str]) -> Hashes:
    """One 64-bit hash per token."""
    return np.frombuffer(keys.word_keys(words), "<u8")


def shingles(hashes: Hashes, size: int) -> Hashes:
    """Hash of every `size`-gram in order, repeats kept; of a shorter text the one shingle that it is."""
    if not len(hashes):
        return hashes
    count = max(1, len(hashes) - size + 1)
    total = hashes[:count] * np.uint64(_ODD[0])
    for at in range(1, min(size, len(hashes))):
        total += hashes[at : at + count] * np.uint64(_ODD[at])
    return _mixed(total)


def _mixed(x: Hashes) -> Hashes:
    # The sum of products has weak low bits; this is the finaliser of splitmix64.
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
