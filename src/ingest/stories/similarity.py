"""Vectors of articles, centroids of stories, and how close the one is to the other.

A story keeps the mean of its members' unit vectors, their number and its own coherence. The product of a vector with
that mean is exactly the average similarity to all members, without a list of them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.stories.counts import TermCounts
from ingest.stories.features import Terms
from ingest.stories.packing import packed_codes, packed_size, unpacked_codes
from ingest.stories.thresholds import THRESHOLDS, Shape, Thresholds

_HEAD: Final = struct.Struct("<If")
_COUNT: Final = struct.Struct("<H")
_PACKED: Final = 1 << 31
POSTING_SCALE: Final = 255  # weights of postings are bytes

Postings = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]
"""Term codes, the numbers of stories indexed under them, and the stories' weights 0..255: an entry in each for a term
of a story, ascending by term."""


@dataclass(frozen=True, eq=False)
class Vector:
    """An article as its strongest terms: `codes` u32 ascending, `weights` f32, of unit length (or empty).

    `borrowed` is the background's part in the weights: 1 in an empty store, 0 once the stream has taught its own words.
    `han` is that of its Terms.
    """

    codes: NDArray[np.uint32]
    weights: NDArray[np.float32]
    borrowed: float = 0.0
    han: float = 0.0


def vector(terms: Terms, counts: TermCounts, thresholds: Thresholds = THRESHOLDS) -> Vector:
    """tf x idf; the article itself counts as seen, and the background as 300 articles before the stream began."""
    prior = thresholds.counting.prior_articles
    seen = counts.df(terms.codes) + 1.0
    common = terms.presence > thresholds.counting.common_presence  # not counted: as frequent as ever
    seen[common] = (terms.presence * (counts.weight + 1))[common]
    share = (seen + prior * terms.presence) / (counts.weight + 1.0 + prior)
    weights = terms.tf * (-np.log(np.minimum(share, 1.0))) ** thresholds.counting.surprise_power
    keep = np.flatnonzero(weights > 0)
    keep = keep[_kept(weights[keep], thresholds.shape.vector_terms)]
    weights = weights[keep]
    length = float(np.sqrt(np.dot(weights, weights)))
    borrowed = prior / (prior + counts.weight)
    return Vector(terms.codes[keep], (weights / (length or 1.0)).astype(np.float32), borrowed, terms.han)


@dataclass(frozen=True, eq=False)
class Centroid:
    """A story's centre: `codes` u32 ascending, `means` f32 (mean of its members' weights, kept at 16 bits).

    members    articles in it
    coherence  mean similarity of its members to each other, each to itself included: 1 for a single article
    """

    codes: NDArray[np.uint32]
    means: NDArray[np.float32]
    members: int
    coherence: float

    @classmethod
    def of(cls, member: Vector) -> Centroid:
        """The centre of a story of one article."""
        return cls(member.codes, _rounded(member.weights), 1, 1.0)

    def mean_similarity(self, vector: Vector) -> float:
        """Average similarity of the vector to all members."""
        return float(shares(vector, self)[1].sum())

    def joined(self, vector: Vector, thresholds: Thresholds = THRESHOLDS) -> Centroid:
        """The centre with one more member. Depends on the bytes of this one only, so a reader of them gets the same."""
        n = float(min(self.members, thresholds.placing.memory))
        mean = self.mean_similarity(vector)
        codes = np.sort(np.concatenate((self.codes, vector.codes[~_among(vector.codes, self.codes)])))
        means = np.zeros(len(codes))
        means[np.searchsorted(codes, self.codes)] = self.means.astype(np.float64) * (n / (n + 1))
        means[np.searchsorted(codes, vector.codes)] += vector.weights / (n + 1)
        keep = _kept(means, thresholds.shape.centroid_terms)
        coherence = (self.coherence * n * n + 2 * n * mean + 1) / (n + 1) ** 2
        coherence = float(np.float32(min(1.0, coherence)))
        return Centroid(codes[keep], _rounded(means[keep]), self.members + 1, coherence)

    def mean_of_pairs(self, other: Centroid) -> float:
        """Average similarity of the members of the one to those of the other."""
        return self.mean_similarity(Vector(other.codes, other.means))

    def united(self, other: Centroid, thresholds: Thresholds = THRESHOLDS) -> Centroid:
        """The centre of both stories as one; the same whichever is asked. Like `joined` of nothing but the bytes."""
        n, m = (float(min(centroid.members, thresholds.placing.memory)) for centroid in (self, other))
        codes = np.union1d(self.codes, other.codes)
        means = np.zeros(len(codes))
        means[np.searchsorted(codes, self.codes)] = self.means.astype(np.float64) * (n / (n + m))
        means[np.searchsorted(codes, other.codes)] += other.means.astype(np.float64) * (m / (n + m))
        keep = _kept(means, thresholds.shape.centroid_terms)
        coherence = self.coherence * n * n + 2 * n * m * self.mean_of_pairs(other) + other.coherence * m * m
        coherence = float(np.float32(min(1.0, coherence / (n + m) ** 2)))
        return Centroid(codes[keep], _rounded(means[keep]), self.members + other.members, coherence)

    def to_bytes(self) -> bytes:
        """u32 members, f32 coherence; of few terms the codes as u32 and the means as f16, 6 bytes each. Of more, said
        by the top bit of members, their number as u16, the means and the codes packed, 5.4 bytes each."""
        count, means = len(self.codes), self.means.astype("<f2").tobytes()
        if _COUNT.size + packed_size(count) < 4 * count:
            head = _HEAD.pack(self.members | _PACKED, self.coherence)
            return b"".join((head, _COUNT.pack(count), means, packed_codes(self.codes)))
        return b"".join((_HEAD.pack(self.members, self.coherence), self.codes.astype("<u4").tobytes(), means))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Centroid:
        """Raises ValueError where the bytes are not a centroid."""
        if len(raw) < _HEAD.size:
            raise ValueError(f"{len(raw)} bytes are not a centroid")
        members, coherence = _HEAD.unpack_from(raw)
        if members & _PACKED:
            at = _HEAD.size + _COUNT.size
            count = int.from_bytes(raw[_HEAD.size : at], "little")
            found = unpacked_codes(raw[at + 2 * count :], count)
        else:
            count, rest = divmod(len(raw) - _HEAD.size, 6)
            if rest:
                raise ValueError(f"{len(raw)} bytes are not a centroid")
            at = _HEAD.size + 4 * count
            found = np.frombuffer(raw, "<u4", count, _HEAD.size).astype(np.uint32)
        means = np.frombuffer(raw, "<f2", count, at).astype(np.float32)
        return cls(found, means, members & ~_PACKED, coherence)


def shares(vector: Vector, centroid: Centroid) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Terms of both, and what each adds to the mean similarity: they sum to it."""
    if not len(centroid.codes):
        return vector.codes[:0], np.zeros(0)
    places = np.searchsorted(centroid.codes, vector.codes)
    places[places == len(centroid.codes)] = 0
    common = centroid.codes[places] == vector.codes
    return vector.codes[common], vector.weights[common].astype(np.float64) * centroid.means[places[common]]


def proposers(vector: Vector, shape: Shape = THRESHOLDS.shape) -> list[int]:
    """The strongest terms, which are looked up in the index for stories that may fit."""
    found: list[int] = vector.codes[_strongest(vector.weights, shape.proposer_terms)].tolist()
    return found


def indexable(vector: Vector, centroid: Centroid, shape: Shape = THRESHOLDS.shape) -> list[tuple[int, int]]:
    """Index entries to write when the article has joined: its strongest terms, with their weight in the whole story."""
    chosen = _kept(vector.weights, shape.posting_terms)
    own = Vector(vector.codes[chosen], np.ones(len(chosen), np.float32))
    codes, means = shares(own, centroid)
    # Between average link and centroid, as the score is: a large story is not outshone by its small neighbours.
    weights = np.rint(means * centroid.members**0.25 * POSTING_SCALE).clip(1, 255).astype(np.uint8)
    return list(zip(codes.tolist(), weights.tolist(), strict=True))


def propose(vector: Vector, postings: Postings, shape: Shape = THRESHOLDS.shape) -> list[int]:
    """Numbers of the stories to compare exactly, the likeliest first."""
    codes, posted, weights = postings
    parts = vector.weights[np.searchsorted(vector.codes, codes)].astype(np.float64) * weights
    order = np.argsort(posted, kind="stable")
    posted = posted[order]
    first = np.ones(len(posted), np.bool_)
    np.not_equal(posted[1:], posted[:-1], out=first[1:])
    stories, sums = posted[first], np.bincount(np.cumsum(first) - 1, parts[order])
    # Of equals the newer story. Where 100,000 articles lie, 800 stories have some term in common with the next one.
    found: list[int] = stories[np.argsort(sums, kind="stable")[: -shape.candidates - 1 : -1]].tolist()
    return found


def _among(codes: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.bool_]:
    # np.isin and np.union1d take five times as long for arrays this small; both are ascending.
    if not len(others):
        return np.zeros(len(codes), np.bool_)
    places = np.searchsorted(others, codes)
    places[places == len(others)] = 0
    found: NDArray[np.bool_] = others[places] == codes
    return found


def _strongest(weights: NDArray[np.floating], most: int) -> NDArray[np.intp]:
    """Places of the strongest of some terms, ascending by code; of equals the lower code, so that the same article
    always has the same terms."""
    return np.argsort(-weights, kind="stable")[:most]


def _kept(weights: NDArray[np.floating], most: int) -> NDArray[np.intp]:
    """The same in the order of their codes."""
    return np.arange(len(weights)) if len(weights) <= most else np.sort(_strongest(weights, most))


def _rounded(means: NDArray[np.floating]) -> NDArray[np.float32]:
    return means.astype(np.float16).astype(np.float32)
