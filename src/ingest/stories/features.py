"""From a title and sentences to weighted terms: what is compared later.

A term is the stem of a word, a pair of unspaced characters, or two rare words side by side (`kim jong`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.background import UNSPACED, Background, Word, code_of, pieces
from ingest.stories.thresholds import THRESHOLDS, Reading

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*")
# The same with what stands behind each word. Not before: a tail without words would be tried from each of its signs.
_WORD_AND_GAP = regex.compile(r"([\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*)([^\p{L}\p{N}\p{M}]*)")
_ASCII_WORD_AND_GAP = re.compile(r"([A-Za-z0-9]+(?:'[A-Za-z0-9]+)*)([^A-Za-z0-9]*)")
_JOINTS = frozenset((" ", "-", "\u2010", "\u2011"))  # what may stand between the two words of a pair

Token = tuple[str, bool]
"""A casefolded word or pair of unspaced characters, and whether it follows the one before as in a phrase."""

Known = tuple[str, Word]
"""A token's text with what is known of it."""


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of one article, ascending by code.

    codes      u32, hash of each term
    tf         f32, (1 + ln of the weighted count) ** .9
    presence   f32, chance that some 250-word text has the term, by the background
    length     tokens read: title and the first 400 of the body
    words      code -> how a person sees the term
    han        share of the tokens that are pairs of Han characters
    """

    codes: NDArray[np.uint32]
    tf: NDArray[np.float32]
    presence: NDArray[np.float32]
    length: int
    words: Mapping[int, str] = field(repr=False)
    han: float = 0.0


def terms(
    title: str | None, sentences: Sequence[str], background: Background, reading: Reading = THRESHOLDS.reading
) -> Terms:
    """Read an article as far as it matters: the title and the first 400 tokens of the text."""
    reader = reader_of(background)
    tally = _Tally(reading, pairs=bool(sentences))
    heading = reader.read(title or "")
    tally.add(heading, reading.title_weight)
    tally.end_phrase()
    body: list[tuple[Known, bool]] = []
    for sentence in sentences:
        body += reader.read(sentence)
        if len(body) >= reading.body_tokens:
            del body[reading.body_tokens :]
            break
    tally.add(body[: reading.lead_tokens], reading.lead_weight)
    tally.add(body[reading.lead_tokens :], 1.0)
    return tally.terms(len(heading) + len(body), _han_share(heading) or _han_share(body))


def tokens(text: str) -> list[Token]:
    """Words without possessives and elided articles, at least two letters long; unspaced runs as character pairs."""
    text = unicodedata.normalize("NFKC", text)
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        raw, start = match.group(), match.start()
        joined = text[end:start] in _JOINTS
        end = match.end()
        if raw.isascii() or not UNSPACED.search(raw):
            word = _bare(raw.casefold())
            if len(word) > 1:
                found.append((word, joined))
        else:
            found += _unspaced(raw)
    return found


class Reader:
    """`tokens` with what is known of each. In the scripts with spaces a word is looked up as it is written, so that it
    is folded once in a stream, and not once in a text: a third of the time."""

    def __init__(self, background: Background) -> None:
        self._word = background.word
        self._known = _Written(background)

    def read(self, text: str) -> list[tuple[Known, bool]]:
        """All tokens of a text, and whether each follows the one before as in a phrase."""
        pattern: re.Pattern[str] | regex.Pattern[str] = _ASCII_WORD_AND_GAP
        if not text.isascii():
            text, pattern = unicodedata.normalize("NFKC", text), _WORD_AND_GAP
        if text[:1] in _JOINTS or (pattern is _WORD_AND_GAP and UNSPACED.search(text)):
            return [((token, self._word(token)), joined) for token, joined in tokens(text)]
        found = pattern.findall(text)
        known = map(self._known.__getitem__, (raw for raw, _ in found))
        joined = map(_JOINTS.__contains__, chain(("",), (gap for _, gap in found)))
        return [(word, after) for word, after in zip(known, joined, strict=False) if word is not None]


class _Written(dict[str, Known | None]):
    """A word as it is written, to the token that it is; None for one too short to be any."""

    MOST: Final = 1 << 15  # 6 MB when full

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._word = background.word

    def __missing__(self, raw: str) -> Known | None:
        if len(self) >= self.MOST:
            self.clear()
        token = _bare(raw.casefold())
        found = self[raw] = (token, self._word(token)) if len(token) > 1 else None
        return found


@lru_cache(maxsize=1)  # a process has one word table
def reader_of(background: Background) -> Reader:
    return Reader(background)


def _unspaced(raw: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for run in UNSPACED.finditer(raw):  # `iPhone手机` is a word and a run
        if run.start() - end > 1:
            found.append((raw[end : run.start()].casefold(), False))
        found += [(piece, False) for piece in pieces(run.group())]
        end = run.end()
    if len(raw) - end > 1:
        found.append((raw[end:].casefold(), False))
    return found


_LOOKED_AT: Final = 16  # tokens by which a text in another script is known


def _han_share(tokens: Sequence[tuple[Known, bool]]) -> float:
    if not any(_is_han(text) for (text, _), _ in tokens[:_LOOKED_AT]):
        return 0.0
    return sum(_is_han(text) for (text, _), _ in tokens) / len(tokens)


def _is_han(token: str) -> bool:
    return "\u3400" <= token[0] < "\uac00" and token[-1] >= "\u3400"


def _bare(word: str) -> str:
    # `north korea's` is about `korea`, `l'homme` about `homme`, `ankara'daki` about `ankara`.
    if "'" not in word and "’" not in word:
        return word
    parts = word.replace("’", "'").split("'")
    if parts[-1] == "s":
        return "".join(parts[:-1])
    return parts[-1] if len(parts[-1]) > len(parts[0]) else parts[0]


class _Tally:
    """Counts of one article while it is read."""

    def __init__(self, reading: Reading, pairs: bool) -> None:
        self._reading, self._pairs = reading, pairs
        self._counts: dict[int, float] = {}
        self._presence: dict[int, float] = {}
        self._shown: dict[int, str] = {}
        self._before: tuple[str, str] | None = None  # term and word, where the last token was a rare one

    def add(self, tokens: Sequence[tuple[Known, bool]], weight: float) -> None:
        counts, presence, before = self._counts, self._presence, self._before
        rare = self._reading.pair_frequency if self._pairs else 0.0
        for (text, (term, code, common, frequency)), joined in tokens:
            if code in counts:
                counts[code] += weight
                if common > presence[code]:
                    presence[code] = common
            else:
                counts[code], presence[code], self._shown[code] = weight, common, text
            if frequency >= rare:
                before = None
                continue
            if joined and before:
                self._add_pair(before, (term, text), weight * self._reading.pair_weight)
            before = (term, text)
        self._before = before

    def _add_pair(self, first: tuple[str, str], second: tuple[str, str], weight: float) -> None:
        code = code_of(f"{first[0]} {second[0]}")
        self._counts[code] = self._counts.get(code, 0.0) + weight
        if code not in self._shown:
            self._presence[code], self._shown[code] = self._reading.pair_presence, f"{first[1]} {second[1]}"

    def end_phrase(self) -> None:
        self._before = None

    def terms(self, length: int, han: float) -> Terms:
        codes = np.fromiter(self._counts, np.uint32, len(self._counts))
        counts = np.fromiter(self._counts.values(), np.float64, len(codes))
        presence = np.fromiter(self._presence.values(), np.float32, len(codes))
        tf = np.where(counts >= 1.0, 1.0 + np.log(np.maximum(counts, 1.0)), counts) ** self._reading.count_power
        order = np.argsort(codes)
        return Terms(codes[order], tf[order].astype(np.float32), presence[order], length, self._shown, han)
