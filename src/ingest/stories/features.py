"""From a title and sentences to weighted terms: what is compared later.

A term is the stem of a word, a pair of unspaced characters, or two rare words side by side (`kim jong`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.background import UNSPACED, Background, bigrams, code_of
from ingest.stories.thresholds import THRESHOLDS, Reading

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*")
_JOINTS = frozenset((" ", "-", "\u2010", "\u2011"))  # what may stand between the two words of a pair

Token = tuple[str, bool]
"""A casefolded word or pair of unspaced characters, and whether it follows the one before as in a phrase."""


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of one article, ascending by code.

    codes      u32, hash of each term
    tf         f32, (1 + ln of the weighted count) ** .75
    presence   f32, chance that some 250-word text has the term, by the background
    length     tokens read: title and the first 400 of the body
    words      code -> how a person sees the term
    """

    codes: NDArray[np.uint32]
    tf: NDArray[np.float32]
    presence: NDArray[np.float32]
    length: int
    words: Mapping[int, str] = field(repr=False)


def terms(
    title: str | None, sentences: Sequence[str], background: Background, reading: Reading = THRESHOLDS.reading
) -> Terms:
    """Read an article as far as it matters: the title and the first 400 tokens of the text."""
    tally = _Tally(background, reading, pairs=bool(sentences))
    length = 0
    for token in tokens(title or ""):
        tally.add(token, reading.title_weight)
        length += 1
    tally.end_phrase()
    position = 0
    for token in _flow(sentences):
        if position == reading.body_tokens:
            break
        tally.add(token, reading.lead_weight if position < reading.lead_tokens else 1.0)
        position += 1
    return tally.terms(length + position)


def tokens(text: str) -> Iterator[Token]:
    """Words without possessives and elided articles, at least two letters long; unspaced runs as character pairs."""
    text = unicodedata.normalize("NFKC", text)
    end = 0
    for match in _WORD.finditer(text):
        raw, start = match.group(), match.start()
        joined = text[end:start] in _JOINTS
        end = match.end()
        if raw.isascii() or not UNSPACED.search(raw):
            word = _bare(raw.casefold())
            if len(word) > 1:
                yield word, joined
            continue
        yield from _unspaced(raw)


def _unspaced(raw: str) -> Iterator[Token]:
    end = 0
    for run in UNSPACED.finditer(raw):  # `iPhone手机` is a word and a run
        if run.start() - end > 1:
            yield raw[end : run.start()].casefold(), False
        for pair in bigrams(run.group()):
            yield pair, False
        end = run.end()
    if len(raw) - end > 1:
        yield raw[end:].casefold(), False


def _bare(word: str) -> str:
    # `north korea's` is about `korea`, `l'homme` about `homme`, `don't` about as much as `don`.
    if "'" not in word and "’" not in word:
        return word
    parts = word.replace("’", "'").split("'")
    if parts[-1] == "s":
        return "".join(parts[:-1])
    return parts[-1] if len(parts[-1]) > 2 else parts[0]


def _flow(sentences: Sequence[str]) -> Iterator[Token]:
    for sentence in sentences:
        yield from tokens(sentence)


class _Tally:
    """Counts of one article while it is read."""

    def __init__(self, background: Background, reading: Reading, pairs: bool) -> None:
        self._word, self._reading, self._pairs = background.word, reading, pairs
        self._counts: dict[int, float] = {}
        self._presence: dict[int, float] = {}
        self._shown: dict[int, str] = {}
        self._before: tuple[str, str] | None = None  # term and word, where the last token was a rare one

    def add(self, token: Token, weight: float) -> None:
        text, joined = token
        word = self._word(text)
        code = word.code
        if code in self._counts:
            self._counts[code] += weight
            self._presence[code] = max(self._presence[code], word.presence)
        else:
            self._counts[code], self._presence[code], self._shown[code] = weight, word.presence, text
        if not self._pairs:
            return
        rare = word.frequency < self._reading.pair_frequency
        if rare and joined and self._before:
            self._add_pair(self._before, (word.term, text), weight * self._reading.pair_weight)
        self._before = (word.term, text) if rare else None

    def _add_pair(self, first: tuple[str, str], second: tuple[str, str], weight: float) -> None:
        code = code_of(f"{first[0]} {second[0]}")
        self._counts[code] = self._counts.get(code, 0.0) + weight
        if code not in self._shown:
            self._presence[code], self._shown[code] = self._reading.pair_presence, f"{first[1]} {second[1]}"

    def end_phrase(self) -> None:
        self._before = None

    def terms(self, length: int) -> Terms:
        codes = np.fromiter(self._counts, np.uint32, len(self._counts))
        counts = np.fromiter(self._counts.values(), np.float64, len(codes))
        presence = np.fromiter((self._presence[code] for code in self._counts), np.float32, len(codes))
        tf = np.where(counts >= 1.0, 1.0 + np.log(np.maximum(counts, 1.0)), counts) ** self._reading.count_power
        order = np.argsort(codes)
        return Terms(codes[order], tf[order].astype(np.float32), presence[order], length, self._shown)
