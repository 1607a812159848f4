"""What titles say, where words do not show it: how near an article is to its candidates by a model's vectors.

Only where a model is set (decision 0122). A story keeps the sum of its members' vectors, in whole numbers: exact, the
same whatever the order, and its product with an article's vector is their average likeness.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.stories.thresholds import MEANING, THRESHOLDS, MeaningWeight, Placing

_HEAD: Final = struct.Struct("<6sHB")
_MOST: Final = 256  # members: beyond, older ones fade; so many sums of int8 fit int16


@dataclass(frozen=True, eq=False)
class Meant:
    """An article's vector, or the sum of a story's.

    model    6 bytes: vectors of other models are as good as none
    sums     i32[d]
    members  articles in it
    """

    model: bytes
    sums: NDArray[np.int32]
    members: int = 1

    @classmethod
    def of(cls, fingerprint: str, vector: NDArray[np.int8]) -> Meant:
        """An article's, by a model of this fingerprint (12 hex digits)."""
        return cls(bytes.fromhex(fingerprint), vector.astype(np.int32))

    def united(self, other: Meant) -> Meant:
        """Both together. Older members fade where there are many."""
        sums, members = self.sums + other.sums, self.members + other.members
        if members > _MOST:
            return Meant(self.model, np.fix(sums / 2).astype(np.int32), members // 2)
        return Meant(self.model, sums, members)

    @cached_property
    def length(self) -> float:
        """Of its mean: about 127 for an article, less for a story, by how much its members differ."""
        exact = self.sums.astype(np.float64)
        return math.sqrt(float(exact @ exact)) / self.members

    def to_bytes(self) -> bytes:
        """The model, u16 members, bytes a number (1 or 2), then the sums."""
        width = 1 if int(np.abs(self.sums).max(initial=0)) <= 127 else 2
        return _HEAD.pack(self.model, self.members, width) + self.sums.astype(f"<i{width}").tobytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Meant | None:
        """None of no bytes: a story without vectors."""
        if not raw:
            return None
        model, members, width = _HEAD.unpack_from(raw)
        return cls(model, np.frombuffer(raw, f"<i{width}", offset=_HEAD.size).astype(np.int32), members)


def together(story: Meant | None, article: Meant | None) -> Meant | None:
    """A story with one more article, or with another story. One by another model gives way to the newer one."""
    if article is None or story is None:
        return article or story
    return story.united(article) if story.model == article.model else article


def likenesses(
    article: Meant | None, stories: Sequence[Meant | None], placing: Placing = THRESHOLDS.placing
) -> list[float | None]:
    """How near an article is to each story, -1..1 about: its mean likeness to the members, the story's breadth forgiven
    as `placement.score` does. None where either has no vector of this model."""
    found: list[float | None] = [None] * len(stories)
    if article is None:
        return found
    known = [row for row, story in enumerate(stories) if story is not None and story.model == article.model]
    sums = [story.sums for story in stories if story is not None and story.model == article.model]
    if not known:
        return found
    # Whole numbers below 2^53: exact in whatever order a processor adds them up.
    products = np.array(sums, np.float64) @ article.sums.astype(np.float64)
    for row, product in zip(known, products.tolist(), strict=True):
        story = stories[row]
        if story is not None and story.length:
            found[row] = _likeness(product, article, story, placing)
    return found


def _likeness(product: float, article: Meant, story: Meant, placing: Placing) -> float:
    unit, others = article.length, story.members - 1  # a member's length: each is about as long as this one
    exponent = placing.coherence * others / (others + placing.coherence_half)
    return product / (story.members * unit * unit) * math.pow(story.length / unit, -2 * exponent)


def factors(
    found: Sequence[float | None],
    length: int,
    placing: Placing = THRESHOLDS.placing,
    weight: MeaningWeight = MEANING,
) -> list[float]:
    """What each candidate's score is multiplied by: 1 where nothing is known, or the article is a text.

    exp(weight x (likeness - crowd x the others' likeness - expected)), by less the longer the article is.
    """
    part = (placing.long_tokens - length) / (placing.long_tokens - placing.short_tokens)
    part = min(1.0, max(0.0, part))
    known = [value for value in found if value is not None]
    if not known or not part:
        return [1.0] * len(found)
    whole, others = sum(known), len(known) - 1 + placing.crowd_prior
    return [
        1.0 if value is None else _factor(value - weight.crowd * (whole - value) / others, part, weight)
        for value in found
    ]


def _factor(value: float, part: float, weight: MeaningWeight) -> float:
    exponent = weight.power * part * (value - weight.expected)
    return math.exp(max(-weight.most, min(weight.most, exponent)))
