"""What holds two look-alikes apart, however alike their words: another country; the 13th package, the 12th.

Read in what each begins with, and held against everything that the other says: a name, a figure or an ordinal that the
other has anywhere is no contrast. Each side needs what the other lacks, so that a story which goes on is not held back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Literal

import regex

from ingest.alignment import Sentence
from ingest.alignment.amounts import YEARS
from ingest.alignment.months import MONTHS
from ingest.alignment.named import NOUNS, capitals
from ingest.alignment.ordinals import ordinals
from ingest.alignment.tokens import spelled, stem
from ingest.alignment.words import CALENDAR, FUNCTION_WORDS
from ingest.stories.thresholds import THRESHOLDS, Contrasting

Contrast = Literal["other names and figures", "another ordinal"]

_ASCII_NAME = re.compile(r"(?<=[A-Za-z0-9,;] )[A-Z][A-Za-z]+")  # inside a sentence
_NAME = regex.compile(r"(?<=[\w,;][ \u00a0])\p{Lu}[\p{L}\p{M}]+")
_NUMBERED = 2
"""Sentences that say which of a number it is: the title and the first."""


class Beginning:
    """Title and lead of a text, or of what a story told first; read as far as it is asked."""

    def __init__(
        self, title: Sentence | None, sentences: Iterable[Sentence], limits: Contrasting = THRESHOLDS.contrasting
    ) -> None:
        self._title, self._sentences, self._limits = title, sentences, limits

    @cached_property
    def _lead(self) -> list[Sentence]:
        lead: list[Sentence] = []
        words = 0
        for sentence in self._sentences:
            if words >= self._limits.lead_words:
                break
            lead.append(sentence)
            words += sentence.size
        return lead

    @cached_property
    def names(self) -> frozenset[str]:
        """By stem. None where capitals tell none: German, other scripts, a title by itself."""
        texts = [sentence.text for sentence in self._lead]
        words = {spelled(name) for text in texts for name in (_ASCII_NAME if text.isascii() else _NAME).findall(text)}
        if not words or capitals(texts) >= NOUNS:
            return frozenset()
        return frozenset(map(stem, words - FUNCTION_WORDS - CALENDAR - MONTHS.keys()))

    @cached_property
    def figures(self) -> frozenset[str]:
        """By their keys. A year counts nothing, and is not what tells two events of one day apart."""
        found = (figure for sentence in self._all for figure in sentence.figures)
        return frozenset(figure.key for figure in found if figure.value not in YEARS)

    @cached_property
    def ordinals(self) -> frozenset[tuple[str, str]]:
        return frozenset(pair for sentence in self._all[:_NUMBERED] for pair in ordinals(sentence))

    @property
    def _all(self) -> Sequence[Sentence]:
        return [self._title, *self._lead] if self._title else self._lead


class Said:
    """Everything that one side says. It has a word of a stem, a figure of a key; `sentences` are asked for ordinals."""

    def __init__(
        self,
        has_stem: Callable[[str], bool],
        has_figure: Callable[[str], bool],
        sentences: Callable[[], Iterable[Sentence]],
    ) -> None:
        self._has_stem, self._has_figure, self._sentences = has_stem, has_figure, sentences

    def mentions(self, beginning: Beginning) -> bool:
        """Whether it has one of these names or figures."""
        return any(map(self._has_stem, beginning.names)) or any(map(self._has_figure, beginning.figures))

    def numbers(self, pairs: Iterable[tuple[str, str]]) -> bool:
        """Whether it has one of these ordinals."""
        wanted = set(pairs)
        return any(not wanted.isdisjoint(ordinals(sentence)) for sentence in self._sentences())


def contrast(
    article: Beginning,
    all_of_article: Said,
    story: Beginning,
    all_of_story: Said,
    limits: Contrasting = THRESHOLDS.contrasting,
) -> Contrast | None:
    """Why an article is of another event than a story that it is like, by what each begins with; None: nothing says."""
    if article.ordinals:
        for noun in {noun for noun, _ in article.ordinals} & {noun for noun, _ in story.ordinals}:
            ours, theirs = ([pair for pair in side.ordinals if pair[0] == noun] for side in (article, story))
            if not all_of_story.numbers(ours) and not all_of_article.numbers(theirs):
                return "another ordinal"
    if len(article.names) < limits.names or not article.figures or all_of_story.mentions(article):
        return None  # which nearly all are: the story is not looked at
    if len(story.names) < limits.names or not story.figures or all_of_article.mentions(story):
        return None
    return "other names and figures"
