"""Whether a story has drifted from what it was opened with: a chain of articles each like the one before joins in the
end what has nothing in common.

A story keeps its opening's strongest terms, and how many articles in a row have been placed in it that had none of
them (decision 0116).
"""

from __future__ import annotations

import numpy as np

from ingest.stories.similarity import Vector, proposers
from ingest.stories.thresholds import THRESHOLDS, Drifting, Shape

_LOW = 0xFFFFFF  # three bytes tell a hundred terms apart: one chance in 20,000 that two of these and eight are alike


def opening_of(vector: Vector, drifting: Drifting = THRESHOLDS.drifting) -> bytes:
    """What a story keeps of its first article: codes of the strongest terms, without their upper byte."""
    codes = np.array(proposers(vector, Shape(proposer_terms=drifting.terms)), "<u4")
    return codes.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def is_away(vector: Vector, opening: bytes) -> bool:
    """Whether an article has none of an opening's terms; of an opening without any, none is away."""
    kept = {int.from_bytes(opening[at : at + 3], "little") for at in range(0, len(opening), 3)}
    return bool(kept) and kept.isdisjoint((vector.codes & np.uint32(_LOW)).tolist())
