"""What was told of one sentence, and which told sentence it re-tells."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from typing import Protocol, TypeAlias

import msgspec

from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import AlignmentThresholds

Postings: TypeAlias = "int | array[int]"
"""The told sentences that have a word, oldest first; a number where it is one: most words of a text come once."""


class Look(msgspec.Struct, frozen=True, array_like=True):
    """partner   number of the told sentence that it may be re-telling, None where none has a word of it
    shared    its grams in that sentence
    told      its grams told anywhere
    names     its names told nowhere
    """

    partner: int | None
    shared: int
    told: int
    names: frozenset[str]


class Telling(Protocol):
    """What was told, as an alignment asks for it: of one text (`Told`), or of a whole story (`StoryTold`)."""

    def __len__(self) -> int:
        """Sentences told."""

    def sentence(self, at: int) -> Sentence:
        """One of them."""

    def find(self, sentence: Sentence) -> int | None:
        """Where the same words were told."""

    def look(self, sentence: Sentence, limits: AlignmentThresholds) -> Look:
        """What was told of a sentence."""

    def has_pair(self, first: str, second: str) -> bool:
        """Whether two words were told side by side."""

    def has_stem(self, stem: str) -> bool:
        """Whether a content word of this stem was told."""

    def has_figures(self, keys: Iterable[str]) -> bool:
        """Whether all of these figures were told."""

    def has_run(self, run: str) -> bool:
        """Whether these letters stand together in a told sentence, spaces aside."""


def post(by_word: dict[str, Postings], words: Collection[str], at: int) -> None:
    """Enter a told sentence under its words."""
    for word in words:
        found = by_word.get(word)
        if found is None:
            by_word[word] = at
        elif isinstance(found, int):
            by_word[word] = array("I", (found, at))
        else:
            found.append(at)


def likeliest(by_word: dict[str, Postings], sentence: Sentence, limits: AlignmentThresholds) -> list[int]:
    """The told sentences most likely to be the one re-told, by shared words weighted with their rarity."""
    ones: list[int] = []
    lists: list[array[int]] = []
    for word in sentence.content:
        found = by_word.get(word)
        if found is None:
            continue
        if isinstance(found, int):
            ones.append(found)
        else:
            lists.append(found)
    # In an order that does not hang on the string hash of the process: every worker must find the same.
    ones.sort()
    lists.sort()
    lists.sort(key=len)
    del ones[limits.rarest :]
    del lists[limits.rarest - len(ones) :]
    votes: dict[int, float] = {}
    for at in ones:
        votes[at] = votes.get(at, 0.0) + 2.0
    for postings in lists:
        weight = 1.0 + 1.0 / len(postings)
        for at in postings[-limits.postings :]:
            votes[at] = votes.get(at, 0.0) + weight
    if len(votes) <= limits.partners:
        return list(votes)
    return sorted(sorted(votes), key=votes.__getitem__, reverse=True)[: limits.partners]  # among equals the oldest


def score(shared: int, new: int, old: int, pairs_shared: int, fewer_pairs: int, same_figures: bool) -> float:
    """How likely a told sentence is the one re-told: content words in common, of both; pairs in common; figures."""
    return (
        shared / new
        + 0.5 * (pairs_shared / fewer_pairs)
        + 0.2 * shared / (new + old - shared)
        + 0.1 * same_figures  # told with both figures: the one that agrees
    )
