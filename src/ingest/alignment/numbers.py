"""Figures in a sentence, and when two of them say the same.

`1.46 billion` and `1,459,193,000` are one figure in two formats, `二十三` and `23` as well; `400 mln` and `402 mln` are
two, however close.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from ingest.alignment.number_words import (
    MAGNITUDES,
    MEASURES,
    NOT_COUNTING,
    NUMBER_WORDS,
    NUMERALS,
    PERHAPS,
    SPELLED,
    TEENS,
    UNITS,
)

ROUNDED_FROM = 1e4
"""Smaller figures are counted, not rounded: 9,800 is not 10 thousand."""
TABLE = 0.4
"""Share of runs of figures, to words and runs, from which they are a table's columns, and not groups of one number."""

_AFTER_DIGITS, _MORE_DIGITS = ":", "\u0660"  # no token begins with a digit between the ASCII and the Arabic ones
_DOT_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")  # 1.250.000
_PERHAPS_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")  # 12.500 in German, 1.085 in English
_FRACTION = re.compile(r"(\d{1,2})/(2|3|4|5|8|16|32|64)")
_WRITTEN = frozenset(NUMBER_WORDS)
_MAYBE = frozenset((*PERHAPS, *NUMERALS))
_HANGUL = re.compile("[천백십]?[만억조]")
_TENS = range(20, 100, 10)


class Figure(msgspec.Struct, frozen=True):
    """A figure as it stands in a sentence.

    token     the folded token that it begins with: `1.46`, `ten`
    key       equal for equal figures: the value with its magnitude, or the token where it is a time or a date
    value     with its magnitude; None for times and dates
    scale     the magnitude: 1e9 in `1.46 billion`
    digits    significant digits written
    at, size  position and number of its tokens in the sentence
    """

    token: str
    key: str
    value: float | None
    scale: float
    digits: int
    at: int
    size: int = 1


def figures(words: Sequence[str], line: str = "") -> list[Figure]:
    """The figures of a sentence's tokens, in order; `line` is its canonical form, which knows what stands between."""
    if not words or (min(words) > _AFTER_DIGITS and max(words) < _MORE_DIGITS and _WRITTEN.isdisjoint(words)):
        return []  # a third of the sentences of business news, seven in ten elsewhere
    reader = _Reader(words, line)
    found: list[Figure] = []
    end = 0
    for at in [at for at, word in enumerate(words) if word[0].isdigit() or word in NUMBER_WORDS or word in NUMERALS]:
        if at >= end and (figure := reader.read(at)) is not None:
            found.append(figure)
            end = at + figure.size
    return found


class _Reader:
    """One sentence. Each method gives what begins at a token, and how many tokens that takes."""

    def __init__(self, words: Sequence[str], line: str) -> None:
        self._words, self._line = words, line
        self._table: bool | None = None

    def read(self, at: int) -> Figure | None:
        word = self._words[at]
        if word in NUMERALS:
            return self._numerals(at)
        if not word[0].isdigit():
            return self._spelled_out(at) if self._counts(at) else None
        if "/" in word or "/" in self._word(at + 1):
            mixed = self._mixed(at)
            if mixed is not None:
                return mixed
        digits, size = self._grouped(at)
        if "." in digits and _DOT_THOUSANDS.fullmatch(digits):
            digits = digits.replace(".", "")
        try:
            value = float(digits)
        except ValueError:
            return Figure(word, digits, None, 1.0, 9, at)  # 9:30, 1.4.2024
        return self._figure(at, value, digits, size)

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _counts(self, at: int) -> bool:
        if self._words[at] == "one":  # "one mln dlrs", never "one of them"
            return self._word(at + 1) in MAGNITUDES
        return self._word(at - 1) not in NOT_COUNTING

    def _spelled_out(self, at: int) -> Figure:
        """`ten`; `twenty-three`; Arabic teens."""
        plain, behind, size = int(NUMBER_WORDS[self._words[at]]), self._word(at + 1), 2
        if plain in _TENS and 0 < int(NUMBER_WORDS.get(behind, 0)) < 10 and f"-{behind}" in self._line.casefold():
            plain += int(NUMBER_WORDS[behind])
        elif plain < 10 and behind in TEENS:
            plain += TEENS[behind]
        else:
            size = 1
        return self._figure(at, float(plain), str(plain), size)

    def _mixed(self, at: int) -> Figure | None:
        """`1/2`, `2-1/2`, `2 1/2`: fractions as markets and recipes write them, and no dates."""
        whole, size = 0.0, 1
        word, behind = self._words[at], self._word(at + 1)
        if "/" in behind and word.isdigit() and any(f"{word}{sign}{behind}" in self._line for sign in "- "):
            whole, word, size = float(word), behind, 2
        fraction = _FRACTION.fullmatch(word)
        if fraction is None or int(fraction[1]) >= int(fraction[2]):
            return None
        value = whole + int(fraction[1]) / int(fraction[2])
        return self._figure(at, value, f"{value:.12g}", size)

    def _grouped(self, at: int) -> tuple[str, int]:
        """`1 500 000`, with spaces or apostrophes; not the columns of a table."""
        first = digits = self._words[at]
        size = 1
        while len(first) <= 3 and first.isdigit() and self._is_group(digits, at + size):
            digits += self._words[at + size]
            size += 1
        return digits, size

    def _is_group(self, before: str, at: int) -> bool:
        word = self._word(at)
        if len(word) != 3 or not word.isdigit() or not any(f"{before[-3:]}{sign}{word}" in self._line for sign in " '"):
            return False
        if self._table is None:
            digits = [word[0].isdigit() for word in self._words]
            runs = sum(here and not before for before, here in pairwise([False, *digits]))
            self._table = runs >= TABLE * (runs + digits.count(False))
        return not self._table

    def _figure(self, at: int, plain: float, digits: str, size: int) -> Figure:
        scale, more = self._magnitude(at + size)
        size += more
        value = plain * scale
        added, more = self._smaller(at + size, scale) if scale != 1.0 else (0.0, 0)
        written = len(digits.replace(".", "").lstrip("0")) or 1
        key = f"{value + added:.12g}" if scale != 1.0 or not digits.isascii() else _bare(digits)
        return Figure(self._words[at], key, value + added, scale, 9 if added else written, at, size + more)

    def _magnitude(self, at: int) -> tuple[float, int]:
        scale, size = 1.0, 0
        while (times := self._times(at + size)) is not None and (size == 0 or times[0] >= 1e2):
            scale *= times[0]
            size += times[1]
        return scale, size

    def _times(self, at: int) -> tuple[float, int] | None:
        word = self._word(at)
        if word in MAGNITUDES:
            return None if word == "千" and self._word(at + 1) in UNITS else (MAGNITUDES[word], 1)
        if word.isascii():
            return None
        if "가" <= word[:1] <= "힣" and (glued := _HANGUL.match(word)):
            return self._of_hangul(glued[0]), 1
        spelled = SPELLED.get("".join(self._words[at : at + 3])) if "\u0e00" <= word[:1] <= "\u0e7f" else None
        return None if spelled is None else (spelled, 3)

    @staticmethod
    def _of_hangul(written: str) -> float:
        return MAGNITUDES[written[-1]] * {"천": 1e3, "백": 1e2, "십": 1e1}.get(written[:-1], 1.0)

    def _smaller(self, at: int, scale: float) -> tuple[float, int]:
        """What goes on behind a magnitude of East Asia: `1万2000`, `1億2千万`."""
        magnitude, word = self._word(at - 1), self._word(at)
        if not ("\u3400" <= magnitude[:1] <= "\ud7a3") or not (word[:1].isdigit() or word in NUMERALS):
            return 0.0, 0
        if not any(f"{magnitude}{gap}{word}" in self._line for gap in ("", " ")):
            return 0.0, 0
        rest = self.read(at)
        if rest is None or rest.value is None or rest.value >= scale:
            return 0.0, 0
        return rest.value, rest.size

    def _numerals(self, at: int) -> Figure | None:
        """`二十三`, `三万`, `二〇二四`; a single one before what it counts, or as an ordinal."""
        end = at
        while self._word(end) in NUMERALS:
            end += 1
        run = self._words[at:end]
        if len(run) == 1 and not self._stands_alone(at):
            return None
        units = [numeral for numeral in run if NUMERALS[numeral] >= 10]
        if len(units) == len(run) and run != ["十"]:  # 百, 千: "hundreds of"
            return None
        if not units and len(run) == 2:  # 五四, 三三: names and turns of speech
            return None
        if "".join(run) not in self._line:  # a comma between them
            return None
        value = _value_of(run) if units else int("".join(str(NUMERALS[numeral]) for numeral in run))
        return self._figure(at, float(value), str(value), len(run))

    def _stands_alone(self, at: int) -> bool:
        word, behind = self._words[at], self._word(at + 1)
        if self._word(at - 1) == "第":
            return True
        return word != "一" and behind in MEASURES and not (word == "十" and behind == "分")


def _value_of(run: Iterable[str]) -> int:
    total = digit = 0
    for value in map(NUMERALS.__getitem__, run):
        if value < 10:
            digit = value
        else:
            total, digit = total + (digit or 1) * value, 0
    return total + digit


def _bare(digits: str) -> str:
    """`007` -> `7`, `10.50` -> `10.5`; every digit of an account number is kept, as a float would not."""
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.lstrip("0") or "0"


def words_of(found: Iterable[Figure], words: Sequence[str]) -> set[str]:
    """The tokens of figures: with their magnitudes, and all groups of digits."""
    return {word for figure in found for word in words[figure.at : figure.at + figure.size]}


def same_value(a: Figure, b: Figure) -> bool:
    """Whether two figures agree, rounding allowed only across formats (different magnitudes written)."""
    if a.key == b.key:
        return True
    if a.value is None or b.value is None:
        return False
    if _is_thousands(a, b) or _is_thousands(b, a):
        return True
    if a.scale == b.scale or min(abs(a.value), abs(b.value)) < ROUNDED_FROM:
        return False
    coarse, fine = (a, b) if a.digits < b.digits else (b, a)
    assert fine.value is not None
    return float(f"{fine.value:.{max(0, coarse.digits - 1)}e}") == coarse.value


def _is_thousands(a: Figure, b: Figure) -> bool:
    """Whether `12.500` is the other's 12500: the point is of thousands in one language, decimal in the next."""
    if "." not in a.token or _PERHAPS_THOUSANDS.fullmatch(a.token) is None:
        return False
    return f"{float(a.token.replace('.', '')) * a.scale:.12g}" == b.key


def but_spelled_out(found: Sequence[Figure], there: Sequence[str], words: Sequence[str]) -> list[Figure]:
    """Figures of the tokens `there` without those that stand in `words` as a word that is a number only perhaps, before
    the same word."""
    if not found or _MAYBE.isdisjoint(words):
        return list(found)
    said = {(PERHAPS.get(a) or str(NUMERALS[a]), b) for a, b in pairwise(words) if a in _MAYBE}
    return [figure for figure in found if (figure.key, _beside(there, figure, 1)) not in said]


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
    shared = 0
    for step, weight in ((1, 3), (-1, 2), (2, 1), (-2, 1)):  # what is counted stands right after the figure
        word = _beside(was, a, step)
        shared += weight * (word is not None and word == _beside(now, b, step))
    return shared


def _beside(words: Sequence[str], figure: Figure, step: int) -> str | None:
    at = figure.at + step + (figure.size - 1 if step > 0 else 0)
    return words[at] if 0 <= at < len(words) else None
