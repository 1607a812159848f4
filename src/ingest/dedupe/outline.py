"""What of a stored text is kept at hand: enough to tell it from most of the texts that share a few of its shingles.

Three in four comparisons end with no passage in common; to read a text anew for that took most of a comparison's time.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple


class Outline(NamedTuple):
    """Of one text; hashes have 64 bits, each is there once.

    size, exact, figure_share   as of `Text`
    grams                       hashes of its 4-grams
    sentences                   hashes of its sentences
    standing                    whether standing matter was left out of it
    """

    size: int
    exact: int
    figure_share: float
    grams: array[int]
    sentences: array[int]
    standing: bool

    @property
    def nbytes(self) -> int:
        """In memory, with what keeps it."""
        return 750 + 8 * (len(self.grams) + len(self.sentences))
