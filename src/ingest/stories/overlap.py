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
    theirs = _weights_in(vector, centroids)
    own = vector.weights.astype(np.float64)
    parts = theirs * own
    if len(centroids) > 1 and len(own):
        has = np.minimum(theirs / own, 1.0)  # 1: the story is about it as much as the article
        others = (has.sum(0) - has) / (len(centroids) - 1 + placing.crowd_prior)
        parts *= (1.0 - others) ** placing.crowd
    sums, squares = parts.sum(1), (parts * parts).sum(1)
    breadths = np.divide(sums * sums, squares, out=np.zeros(len(sums)), where=squares > 0)
    return Overlap(parts, sums.tolist(), breadths.tolist())


def _weights_in(vector: Vector, centroids: Sequence[Centroid]) -> NDArray[np.float64]:
    """The weight of each of the article's terms in each candidate, in one pass over all their terms."""
    found = np.zeros((len(centroids), len(vector.codes)))
    if not centroids or not len(vector.codes):
        return found
    codes = np.concatenate([centroid.codes for centroid in centroids])
    places = np.searchsorted(vector.codes, codes)
    places[places == len(vector.codes)] = 0
    common = np.flatnonzero(vector.codes[places] == codes)
    owners = np.repeat(np.arange(len(centroids)), [len(centroid.codes) for centroid in centroids])[common]
    found[owners, places[common]] = np.concatenate([centroid.means for centroid in centroids])[common]
    return found
