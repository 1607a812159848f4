"""Hashes of token n-grams, vectorised: a 64-bit hash per token, combined linearly by position, then mixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.alignment import keys

Hashes = npt.NDArray[np.uint64]

_ODD = tuple(  # one odd multiplier per position, so that the order of tokens counts
    np.array(odd, np.uint64)
    for odd in (
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
        0x8EBC6AF09C88C6E3,
        0x589965CC75374CC3,
    )
)
_MIX = tuple(np.array(each, np.uint64) for each in (30, 0xBF58476D1CE4E5B9, 27, 0x94D049BB133111EB, 31))


def token_hashes(words: Sequence[str]) -> Hashes:
    """One 64-bit hash per token."""
    return np.frombuffer(keys.word_keys(words), "<u8")


def shingles(hashes: Hashes, size: int) -> Hashes:
    """Hash of every `size`-gram in order, repeats kept; of a shorter text the one shingle that it is."""
    if not len(hashes):
        return hashes
    count = max(1, len(hashes) - size + 1)
    total = hashes[:count] * _ODD[0]
    for at in range(1, min(size, len(hashes))):
        total += hashes[at : at + count] * _ODD[at]
    return _mixed(total)


def different(grams: Hashes) -> Hashes:
    """Each once, ascending."""
    grams = np.sort(grams)
    first = np.ones(len(grams), np.bool_)  # np.unique hashes before it sorts: 15 us a text, not 6
    np.not_equal(grams[1:], grams[:-1], out=first[1:])
    return grams[first]


def _mixed(x: Hashes) -> Hashes:
    # The sum of products has weak low bits; this is the finaliser of splitmix64. In place: what is made here is ours.
    x ^= x >> _MIX[0]
    x *= _MIX[1]
    x ^= x >> _MIX[2]
    x *= _MIX[3]
    x ^= x >> _MIX[4]
    return x
