"""Which stored articles are worth comparing: a vote of shared index keys, each weighted with its rarity.

A template's shingle is in a thousand articles and decides nothing; a shingle that only one other article has decides
alone. So no list of stop-shingles is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.dedupe.thresholds import CANDIDATES, CandidateThresholds


def candidates(postings: Sequence[Sequence[int]], thresholds: CandidateThresholds = CANDIDATES) -> list[int]:
    """Article numbers worth comparing, best first, at most `most`; of equal votes the older article.

    postings    for each key of the new text the numbers of the articles in the window that have it, newest last
    """
    votes: dict[int, float] = {}
    for numbers in postings:
        if not numbers:
            continue
        vote = 1.0 / len(numbers) + thresholds.any_vote
        if len(numbers) >= thresholds.crowded:
            numbers = numbers[-thresholds.newest :]
        for number in numbers:
            votes[number] = votes.get(number, 0.0) + vote
    return sorted(sorted(votes), key=votes.__getitem__, reverse=True)[: thresholds.most]  # of equals the older first
