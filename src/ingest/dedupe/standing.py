"""Standing matter: sentences that an outlet prints under any title, and how they are known from news.

A consent page, a prompt, a station's closing lines stand under titles that have nothing to do with one another; what a
running story repeats stands under titles that name its subject, and what many outlets carry is no outlet's own. So what
is counted are different titles among an outlet's last texts, never copies. A form of words ("Record March 31") recurs
under other titles as well, but its figures are its content: alone it is never standing matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import xxhash

from ingest.alignment.number_words import NUMBER_WORDS
from ingest.alignment.tokens import is_figure, is_unspaced
from ingest.dedupe.text import Text
from ingest.dedupe.thresholds import STANDING, StandingThresholds

CODE_BITS = 40


class Standing(NamedTuple):
    """What of a text is counted.

    title      a byte for each content word of its title, in order; none where there is no title
    marks      of each sentence, 32 bits; 0 where it has no words
    parts      its tokens, sentence by sentence
    """

    title: bytes
    marks: tuple[int, ...]
    parts: Sequence[Sequence[str]]


def marks_of(text: Text, limits: StandingThresholds = STANDING) -> Standing:
    return Standing(
        title_marks(text, limits),
        tuple(key & 0xFFFFFFFF if part else 0 for key, part in zip(text.hashes, text.parts, strict=True)),
        text.parts,
    )


def title_marks(text: Text, limits: StandingThresholds = STANDING) -> bytes:
    """In a script without spaces a word is two characters; figures name no subject."""
    words = [word for word in text.title_order if not is_figure(word)]
    if 2 * sum(map(is_unspaced, words)) > len(words):
        words = [a + b for a, b in pairwise(words)] or words
    return bytes(xxhash.xxh3_64_intdigest(word.encode()) & 0xFF for word in words[: limits.title_words])


def voice(kind: str, name: str) -> int:
    """Code of an outlet or publisher, `CODE_BITS` long."""
    return xxhash.xxh3_64_intdigest(f"{kind} {name}".encode()) >> (64 - CODE_BITS)


def counted(of: Standing, limits: StandingThresholds = STANDING) -> tuple[int, ...]:
    """The marks that are kept of a text: each once, of a very long one those of its beginning and end."""
    marks = tuple(dict.fromkeys(mark for mark in of.marks if mark))
    if len(marks) <= limits.head + limits.tail:
        return marks
    return marks[: limits.head] + marks[-limits.tail :]


def usual(titles: Sequence[bytes], limits: StandingThresholds = STANDING) -> frozenset[int]:
    """Title words that name the outlet or its section and no subject: most of its last titles have them."""
    if len(titles) < limits.titles_read:
        return frozenset()
    seen = Counter(mark for title in titles for mark in set(title))
    return frozenset(mark for mark, times in seen.items() if 2 * times > len(titles))


def differ(one: bytes, other: bytes, common: Collection[int] = ()) -> bool:
    """Whether neither title has the other's subject, its first word but those in `common`, anywhere in it."""
    first, second = _subject(one, common), _subject(other, common)
    return first is not None and second is not None and first not in other and second not in one


def learned(
    of: Standing,
    sightings: Mapping[int, Sequence[bytes]],
    common: Collection[int],
    known: frozenset[int],
    limits: StandingThresholds = STANDING,
) -> frozenset[int]:
    """Marks that are known from now on: of sentences which now stand under so many different titles. A short one, or
    one with figures, is learned beside another that is known.

    sightings   mark -> titles of the outlet's last texts that had the sentence
    common      `usual` of the outlet's last titles
    known       marks that are known already
    """
    often = frozenset(mark for mark, titles in sightings.items() if _different(of.title, titles, common, limits))
    if not often:
        return often
    return frozenset(of.marks[at] for at in positions(of, often | known, limits)) - known


def positions(
    of: Standing, known: frozenset[int], limits: StandingThresholds = STANDING
) -> tuple[int, ...]:
    """The sentences that are standing matter, by the marks that are known: runs of them with one that is known by
    itself."""
    if known.isdisjoint(of.marks):
        return ()
    return tuple(at for run in _runs(of.marks, known) if any(_alone(of.parts[at], limits) for at in run) for at in run)


def _runs(marks: Sequence[int], known: frozenset[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for at, mark in enumerate(marks):
        if mark in known:
            run.append(at)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _different(title: bytes, others: Sequence[bytes], common: Collection[int], limits: StandingThresholds) -> bool:
    """Whether there are so many titles, this one among them, of which each differs from each."""
    chosen = [title]
    for other in others:
        if all(differ(other, each, common) for each in chosen):
            chosen.append(other)
            if len(chosen) >= limits.titles:
                return True
    return False


def _subject(title: bytes, common: Collection[int]) -> int | None:
    return next((mark for mark in title if mark not in common), None)


def _alone(words: Sequence[str], limits: StandingThresholds) -> bool:
    """Whether a sentence can be known by itself."""
    if any(is_figure(word) or word in NUMBER_WORDS for word in words):
        return False
    unspaced = sum(map(is_unspaced, words))
    return len(words) >= (limits.unspaced if 2 * unspaced > len(words) else limits.words)
