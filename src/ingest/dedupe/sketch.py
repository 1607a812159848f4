"""The index keys of a text: the smallest hashes of its shingles, in number proportional to its length, within bounds.

Two texts with a long passage in common share small hashes in proportion to the shorter one (banded MinHash loses trims:
containment 1, Jaccard .3). The floor is for short texts, the cap for what an article may write to the index.
"""

from __future__ import annotations

import numpy as np

from ingest.dedupe.shingles import Hashes, different, shingles
from ingest.dedupe.thresholds import SKETCH, SketchThresholds

SKETCHES = 2
"""The number of this way from a text to its index keys: its tokens, their hashes, which of them are kept. A change of
output changes it: keys of two numbers do not meet."""


def sketch(hashes: Hashes, thresholds: SketchThresholds = SKETCH) -> list[int]:
    """Up to `most` different ints of `bits` bits (any of them may pick a shard), from a text's token hashes."""
    grams = different(shingles(hashes, thresholds.shingle))
    size = min(thresholds.most, max(thresholds.fewest, len(grams) // thresholds.share))
    kept = grams[:size] & np.uint64((1 << thresholds.bits) - 1)
    return list(dict.fromkeys(kept.tolist()))
