"""A model of meaning that a test can see through: a number for each topic, and words know their topic."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.meaning import quantised


class Topics:
    """`topics` are words, each list the words of one topic."""

    def __init__(self, *topics: str) -> None:
        self._topics: Sequence[frozenset[str]] = [frozenset(words.split()) for words in topics]
        self.name = "topics"
        self.dimension = len(topics)
        self.fingerprint = hashlib.blake2b(repr(topics).encode(), digest_size=6).hexdigest()

    def vector(self, text: str) -> NDArray[np.int8]:
        words = text.casefold().split()
        return quantised(np.array([sum(word in topic for word in words) for topic in self._topics], np.float64))
