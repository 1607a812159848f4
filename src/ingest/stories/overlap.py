"""What an article shares with each of its candidates, each term weighed by how few of the other candidates have it.

An index finds the dozen stories that are most like an article, so that what most of them have is the topic: `senate`
and `vote` in a week of votes. What few of them have is the event. How rare a term is in general is in the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import THRESHOLDS, Placing


@dataclass(frozen=True, eq=False)
class Overlap:
    """One row of `parts` a candidate, one column a term of the article: what the term adds to their similarity.

    means     sum of each row: with a single candidate exactly the average similarity to its members
    breadths  over how many terms each row is spread, (sum)^2 / sum of squares: 1 where one term is all they share
    """

    parts: NDArray[np.float64]
    means: list[float]
    breadths: list[float]


def overlap(vector: Vector, centroids: Sequence[Centroid], placing: Placing = THRESHOLDS.placing) -> Overlap:
    """Compare an article with all its candidates at once."""
    owners, places, theirs = _common(vector, centroids)
    own = vector.weights.astype(np.float64)[places]
    added = theirs * own
    if len(centroids) > 1:
        has = np.minimum(theirs / own, 1.0)  # 1: the story is about it as much as the article
        others = (np.bincount(places, has)[places] - has) / (len(centroids) - 1 + placing.crowd_prior)
        added *= (1.0 - others) ** placing.crowd
    parts = np.zeros((len(centroids), len(vector.codes)))
    parts[owners, places] = added
    sums, squares = parts.sum(1), (parts * parts).sum(1)
    breadths = np.divide(sums * sums, squares, out=np.zeros(len(sums)), where=squares > 0)
    return Overlap(parts, sums.tolist(), breadths.tolist())


def _common(
    vector: Vector, centroids: Sequence[Centroid]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Where candidates have a term of the article: which of them, which term, and its weight there. In one pass over
    all their terms; what they do not share, which is nine in ten, is never weighed."""
    if not centroids or not len(vector.codes):
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)
    codes = np.concatenate([centroid.codes for centroid in centroids])
    places = np.searchsorted(vector.codes, codes)
    common = np.flatnonzero(vector.codes.take(places, mode="clip") == codes)
    owners = np.repeat(np.arange(len(centroids)), [len(centroid.codes) for centroid in centroids])[common]
    means = np.concatenate([centroid.means for centroid in centroids])[common]
    return owners, places[common], means.astype(np.float64)
