"""The one interface to a model of meaning."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

SCALE: Final = 127
"""Of a vector's bytes: length 1 is 127. Coarse enough that what processors round differently is mostly gone."""

LONGEST: Final = 300
"""Characters of a title that are read."""

MOST_DIMENSIONS: Final = 1024
"""A story keeps one or two bytes for each."""


class Meaning(Protocol):
    """A model. The same text gives the same bytes, whatever was asked before.

    name         as a person knows it
    dimension    numbers of a vector
    fingerprint  12 hex digits: what has another one gives other vectors, so a partition keeps to it
    """

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...

    def vector(self, text: str) -> NDArray[np.int8]:
        """int8[dimension], of a length about `SCALE`; zeros where the model knows no part of the text."""


def quantised(vector: NDArray[np.floating]) -> NDArray[np.int8]:
    """A vector of any length, in the bytes of the protocol."""
    exact = vector.astype(np.float64)
    length = float(np.sqrt((exact * exact).sum()))
    if not length:
        return np.zeros(len(exact), np.int8)
    return np.rint(exact * (SCALE / length)).astype(np.int8)
