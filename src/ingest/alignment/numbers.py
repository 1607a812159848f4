"""Figures in a sentence, and when two of them say the same.

`1.46 billion` and `1,459,193,000` are one figure in two formats; `400 mln` and `402 mln` are two, however close.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ingest.alignment.words import MAGNITUDES, NOT_COUNTING, NUMBER_WORDS

ROUNDED_FROM = 1e4
"""Smaller figures are counted, not rounded: 9,800 is not 10 thousand."""

_AFTER_DIGITS, _MORE_DIGITS = ":", "\u0660"  # no token begins with a digit between the ASCII and the Arabic ones
_DOT_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")  # 1.250.000
_WRITTEN = frozenset(NUMBER_WORDS)


class Figure(msgspec.Struct, frozen=True):
    """A figure as it stands in a sentence.

    token     the folded token: `1.46`, `ten`
    key       equal for equal figures: the value with its magnitude, or the token where it is a time or a date
    value     with its magnitude; None for times and dates
    scale     the magnitude: 1e9 in `1.46 billion`
    digits    significant digits written
    at        position among the sentence's tokens
    """

    token: str
    key: str
    value: float | None
    scale: float
    digits: int
    at: int


def figures(words: Sequence[str]) -> list[Figure]:
    """The figures of a sentence's tokens, in order."""
    if not words or (min(words) > _AFTER_DIGITS and max(words) < _MORE_DIGITS and _WRITTEN.isdisjoint(words)):
        return []  # a third of the sentences of business news, seven in ten elsewhere
    found = []
    for at in [at for at, word in enumerate(words) if word in NUMBER_WORDS or word[0].isdigit()]:
        word = words[at]
        if word not in NUMBER_WORDS:
            found.append(_figure(word, word, words, at))
        elif _counts(words, at):
            found.append(_figure(word, NUMBER_WORDS[word], words, at))
    return found


def _counts(words: Sequence[str], at: int) -> bool:
    if words[at] == "one":  # "one mln dlrs", never "one of them"
        return at + 1 < len(words) and words[at + 1] in MAGNITUDES
    return at == 0 or words[at - 1] not in NOT_COUNTING


def _figure(token: str, digits: str, words: Sequence[str], at: int) -> Figure:
    try:
        plain = float(digits)
    except ValueError:
        if not _DOT_THOUSANDS.fullmatch(digits):  # 9:30, 1.4.2024
            return Figure(token, digits, None, 1.0, 9, at)
        digits = digits.replace(".", "")
        plain = float(digits)
    scale = MAGNITUDES.get(words[at + 1], 1.0) if at + 1 < len(words) else 1.0
    value = plain * scale
    key = f"{value:.12g}" if scale != 1.0 or not digits.isascii() else _bare(digits)
    return Figure(token, key, value, scale, len(digits.replace(".", "").lstrip("0")) or 1, at)


def _bare(digits: str) -> str:
    """`007` -> `7`, `10.50` -> `10.5`; every digit of an account number is kept, as a float would not."""
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.lstrip("0") or "0"


def same_value(a: Figure, b: Figure) -> bool:
    """Whether two figures agree, rounding allowed only across formats (different magnitudes written)."""
    if a.key == b.key:
        return True
    if a.value is None or b.value is None or a.scale == b.scale or min(abs(a.value), abs(b.value)) < ROUNDED_FROM:
        return False
    coarse, fine = (a, b) if a.digits < b.digits else (b, a)
    assert fine.value is not None
    return float(f"{fine.value:.{max(0, coarse.digits - 1)}e}") == coarse.value


def pairs(
    lost: Sequence[Figure], found: Sequence[Figure], was: Sequence[str], now: Sequence[str]
) -> list[tuple[Figure, Figure]]:
    """Which lost figure each found one takes the place of: the one with most neighbours in common, then in order.

    was, now    tokens of the two sentences
    """
    ranked = sorted(
        (-_neighbours(a, b, was, now), abs(a.at - b.at), i, j) for i, a in enumerate(lost) for j, b in enumerate(found)
    )
    taken_lost: set[int] = set()
    taken_found: set[int] = set()
    chosen = []
    for _, _, i, j in ranked:
        if i not in taken_lost and j not in taken_found:
            taken_lost.add(i)
            taken_found.add(j)
            chosen.append((j, i))
    return [(lost[i], found[j]) for j, i in sorted(chosen)]


def _neighbours(a: Figure, b: Figure, was: Sequence[str], now: Sequence[str]) -> int:
    def beside(words: Sequence[str], at: int) -> str | None:
        return words[at] if 0 <= at < len(words) else None

    shared = 0
    for step, weight in ((1, 3), (-1, 2), (2, 1), (-2, 1)):  # what is counted stands right after the figure
        word = beside(was, a.at + step)
        shared += weight * (word is not None and word == beside(now, b.at + step))
    return shared
