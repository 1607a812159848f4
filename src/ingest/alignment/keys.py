"""64-bit keys for words and for what stands side by side, and sets of them that stay small.

Keys are made of xxh3 hashes, the same in every process. That a text of a thousand keys shares one by chance with a
story of a million has a probability of 1 in 18 billion.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import xxhash

Keys = npt.NDArray[np.uint64]

RECENT: Final = 256
"""Keys that a set keeps as Python's numbers, at 76 bytes each: asking those takes .3 us, asking an array 8. With 2,048
comparisons took the same time, with 128 a twentieth more."""

_ALL: Final = (1 << 64) - 1
_NO_KEYS: Final[Keys] = np.empty(0, np.uint64)


class _WordKeys(dict[str, bytes]):
    """Word -> its key, 8 bytes, the lowest first: a stream's vocabulary. To join bytes is three times as fast as to
    hand numpy an int for each word."""

    MOST: Final = 1 << 16  # 12 MB when full

    def __missing__(self, word: str) -> bytes:
        if len(self) >= self.MOST:
            self.clear()
        found = self[word] = xxhash.xxh3_64_digest(word.encode())[::-1]
        return found


_word_keys = _WordKeys()


def word_keys(words: Iterable[str]) -> bytes:
    """One key per word, 8 bytes each, the lowest first."""
    return b"".join(map(_word_keys.__getitem__, words))


def text_key(text: str) -> int:
    """Key of any other text."""
    return xxhash.xxh3_64_intdigest(text.encode())


def pair_key(first: str, second: str) -> int:
    """What `pair_keys` makes of these two."""
    a, b = array("Q", word_keys((first, second)))
    return (a >> 1) ^ b


def pair_keys(words: Sequence[str]) -> frozenset[int]:
    """Keys of neighbouring words; of the word where there is only one."""
    keys = array("Q", word_keys(words))
    if len(keys) == 1:
        return frozenset((keys[0] ^ _ALL,))
    return frozenset([(a >> 1) ^ b for a, b in pairwise(keys)])


def triple_keys(words: Sequence[str]) -> frozenset[int]:
    """Keys of three words in a row; of what there is where there are fewer."""
    if len(words) < 3:
        return pair_keys(words)
    keys = array("Q", word_keys(words))
    return frozenset([(a >> 2) ^ (b >> 1) ^ c for a, b, c in zip(keys, keys[1:], keys[2:], strict=False)])


class KeySet:
    """A growing set of keys: what was added last as Python has it, all else sorted, at 8 bytes a key."""

    __slots__ = ("_old", "_recent")

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._old = _NO_KEYS

    @property
    def nbytes(self) -> int:
        return 76 * len(self._recent) + self._old.nbytes

    def add(self, keys: frozenset[int]) -> None:
        self._recent |= keys
        if len(self._recent) > RECENT + len(self._old) // 16:
            recent = np.sort(np.fromiter(self._recent, np.uint64, len(self._recent)))
            both = np.concatenate((self._old, recent[~self._is_old(recent)]))
            self._old = np.sort(both, kind="stable")  # which merges what is sorted: a quarter of the time
            self._recent = set()

    def common(self, keys: frozenset[int]) -> int:
        """How many of the keys are in it."""
        found = keys & self._recent
        if not len(self._old):
            return len(found)
        rest = np.fromiter(keys - found, np.uint64, len(keys) - len(found))
        return len(found) + int(np.count_nonzero(self._is_old(rest)))

    def _is_old(self, keys: Keys) -> npt.NDArray[np.bool_]:
        places = self._old.searchsorted(keys)
        return self._old.take(places, mode="clip") == keys if len(self._old) else np.zeros(len(keys), np.bool_)

    def __contains__(self, key: int) -> bool:
        return self.common(frozenset((key,))) == 1
