"""Titles and bodies that come again, series and placeholders: what of them is counted, and how that is read.

A series ("Fed expected to add reserves", "Morning briefing") has one title and another issue every day. What tells it
from a text that many outlets carry is that it comes in bursts hours apart, without being copies of one another. A
placeholder ("More follows.") has one body under titles that have nothing in common.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import xxhash

from ingest.alignment.number_words import NUMBER_WORDS
from ingest.alignment.tokens import canonical, is_figure, is_unspaced, stem, tokens
from ingest.alignment.words import CALENDAR, FUNCTION_WORDS
from ingest.dedupe.text import Text
from ingest.dedupe.thresholds import RELATION, SERIES, RelationThresholds, SeriesThresholds

CODE_BITS = 40


class Recurring(NamedTuple):
    """What of a text is counted.

    title     code of its title's words without figures and weekdays; None where they are too few to name a series
    body      code of a short body that has a title; None of any other
    subject   mark of the first content word of the title, under which the body is seen
    words     marks of all its content words
    """

    title: int | None
    body: int | None
    subject: int
    words: frozenset[int]


def recurring(text: Text, limits: SeriesThresholds = SERIES, relation: RelationThresholds = RELATION) -> Recurring:
    title = title_code(text.title or "", limits)
    if not 0 < text.size < relation.short or text.title_subject is None:
        return Recurring(title, None, 0, frozenset())
    body = _code("body", text.words)
    return Recurring(title, body, _mark(text.title_subject), frozenset(map(_mark, text.title_words)))


def issues(hours: Sequence[int], now: int, limits: SeriesThresholds = SERIES) -> int:
    """How many issues of a series came before, by the hours in which its title was seen (ascending) and the present
    one: bursts of sightings, some hours apart from one another and from now."""
    ends: list[int] = []
    for hour in hours:
        if ends and hour - ends[-1] < limits.apart:
            ends[-1] = hour
        else:
            ends.append(hour)
    return sum(limits.apart <= now - end <= limits.days * 24 for end in ends)


def began(hours: Sequence[int], now: int, limits: SeriesThresholds = SERIES) -> int:
    """The hour in which the present issue was first seen, by the hours in which its title was (ascending)."""
    first = now
    for hour in reversed(hours):
        if first - hour >= limits.apart:
            break
        first = hour
    return first


def says_nothing(of: Recurring, seen_under: Collection[int], limits: SeriesThresholds = SERIES) -> bool:
    """Whether a body is a placeholder, by the marks of the subjects that it was seen under before: of titles that have
    none of the earlier subjects among their words."""
    return sum(mark not in of.words for mark in seen_under) >= limits.subjects - 1


def title_code(title: str, limits: SeriesThresholds = SERIES) -> int | None:
    """Code of a title's words without figures and weekdays; None where they are too few to name a series."""
    words = tokens(canonical(title.replace("<", " ").replace(">", " ")))
    if not words:
        return None
    told = {
        stem(word)
        for word in words
        if word not in FUNCTION_WORDS and word not in NUMBER_WORDS and word not in CALENDAR and not is_figure(word)
    }
    fewest = limits.fewest_unspaced if 2 * sum(map(is_unspaced, words)) > len(words) else limits.fewest
    return _code("title", sorted(told)) if len(told) >= fewest else None


def _code(kind: str, words: Sequence[str]) -> int:
    return xxhash.xxh3_64_intdigest(f"{kind} {' '.join(words)}".encode()) >> (64 - CODE_BITS)


def _mark(word: str) -> int:
    return xxhash.xxh3_64_intdigest(word.encode()) & 0xFFFF
