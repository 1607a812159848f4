"""How a sentence writes a figure, and what it counts there: `$1.2 billion`, `10-12`, `12th`; "people died".

Only sentences whose figures changed are read so closely. Without a parser: what is counted are the words beside the
figure that both sentences share, those behind it first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import regex

from ingest.alignment.folding import fold
from ingest.alignment.months import FOLDED
from ingest.alignment.number_words import MAGNITUDES
from ingest.alignment.numbers import Figure
from ingest.alignment.sentence import Sentence
from ingest.alignment.tokens import UNSPACED, canonical, is_unspaced
from ingest.alignment.words import CALENDAR, FUNCTION_WORDS

ENOUGH, WORDS = 2, 3
"""Content words of what is counted: "people were killed", "seats in parliament"; one more if it follows at once:
"dollar tax credit"."""
CHARACTERS = 6
"""The same in scripts without spaces: a measure word, a noun, a verb."""
DAYS, YEARS = range(1, 32), range(1900, 2100)

_PIECE = regex.compile(
    rf"(?P<figure>\d(?:[\d.,:/\u00a0\u2009\u202f\u066b\u066c]*\d)?)|[[\p{{L}}\p{{M}}]--[{UNSPACED}]]+|[{UNSPACED}]\p{{M}}*",
    regex.V1,
)
_ASCII_PIECE = re.compile(r"(?P<figure>\d(?:[\d.,:/]*\d)?)|[A-Za-z]+", re.ASCII)
_GLUED = re.compile(r"[%‰°]|[A-Za-z]{1,2}(?![^\W\d_])")
_RANGE = regex.compile(r"\s?[-‐‑–—~～至到]\s?|\s(?:to|bis|à|a|al|до|do|til|till|tot)\s", regex.IGNORECASE)
_APART = re.compile(r"[^\w\s'’\-‐‑%°$€£¥₹₽]")  # a comma, a bracket, a stop: what is counted does not go on behind it
_NEVER_COUNTED = FUNCTION_WORDS | CALENDAR | MAGNITUDES.keys() | {"vs", "versus", "against", "gegen", "contra"}
_HOURS = frozenset({"am", "pm", "gmt", "utc", "est", "edt", "cet", "uhr", "hrs", "clock", "时", "時", "点", "點", "시"})
_OTHER_WORDS = frozenset({"may", "march", "mar", "sept"})  # in small letters, behind a figure as well
_OF_A_DATE = frozenset({"月", "日", "号", "號", "월", "일"})
_OF_A_YEAR = frozenset({"年", "년"})
_BEFORE_A_MONTH = frozenset({"of", "de", "di", "do", "th", "st", "nd", "rd", "er"})


class Amount(msgspec.Struct, frozen=True):
    """One figure, or a range of two. `first` and `last` are places among the sentence's pieces."""

    text: str
    first: int
    last: int


class Written:
    """A sentence as pieces: figures, words, single characters where there are no spaces."""

    def __init__(self, text: str) -> None:
        self.text = text
        piece: re.Pattern[str] | regex.Pattern[str] = _ASCII_PIECE if text.isascii() else _PIECE
        found = list[Any](piece.finditer(text))
        self.spans = [m.span() for m in found]
        self.figures = [m[1] is not None for m in found]
        self.words = [fold(canonical(m[0]) if m[1] else unicodedata.normalize("NFKC", m[0])) for m in found]

    def place(self, figure: Figure, words: Sequence[str]) -> int | None:
        """Where a figure among the sentence's tokens stands here; None where it was spelled away."""
        nth = sum(word == figure.token for word in words[: figure.at])
        places = [at for at, word in enumerate(self.words) if word == figure.token]
        return places[nth] if nth < len(places) else None

    def amount(self, at: int, size: int) -> Amount:
        """The figure, of so many pieces, with its sign and the other end of its range."""
        first, last = at, min(at + size, len(self.words)) - 1
        if at >= 1 and self._joined(at - 1, at):
            first = at - 1
        elif size == 1 and at + 1 < len(self.words) and self._joined(at, at + 1):
            last = at + 1
        start, end = self.spans[first][0], self.spans[last][1]
        if start and unicodedata.category(self.text[start - 1]) == "Sc":
            start -= 1
        glued = _GLUED.match(self.text, end)
        if glued and size == 1:
            end = glued.end()
            last += glued[0].isalpha()
        return Amount(self.text[start:end], first, last)

    def _joined(self, left: int, right: int) -> bool:
        gap = self.text[self.spans[left][1] : self.spans[right][0]]
        return self.figures[left] and self.figures[right] and _RANGE.fullmatch(gap) is not None

    def counts(self, at: int, figure: Figure | None = None) -> bool:
        """Whether a figure counts something: not as the day of a month, an hour, a year."""
        last = at + figure.size - 1 if figure else at
        word = self.words[at] if figure is None or self.words[at][0].isdigit() else figure.key
        behind = self.words[last + 1 : last + 3]
        dotted = ":" in word or sum(map(word.count, "./")) > 1 if figure is None else figure.value is None
        if dotted or behind in (["a", "m"], ["p", "m"]):
            return False
        if behind and (behind[0] in _HOURS or behind[0] in _OF_A_DATE):
            return False
        if not word.isdigit():
            return True
        if int(word) in DAYS:
            ahead = last + 2 if behind and behind[0] in _BEFORE_A_MONTH else last + 1
            return not (self._is_month(ahead) or (self._is_month(at - 1) and not self.apart(at - 1, at)))
        return not (self.is_year(at) and (self._is_month(at - 1) or bool(_OF_A_YEAR.intersection(behind[:1]))))

    def is_year(self, at: int) -> bool:
        """Whether it may be one: four digits and no sign that they count."""
        return len(self.words[at]) == 4 and self.words[at].isdigit() and int(self.words[at]) in YEARS

    def _is_month(self, at: int) -> bool:
        if not 0 <= at < len(self.words) or self.words[at] not in FOLDED:
            return False
        return self.words[at] not in _OTHER_WORDS or self.text[self.spans[at][0]].isupper()

    def between(self, first: int, last: int) -> str:
        """From one piece to another, as written."""
        return self.text[self.spans[first][0] : self.spans[last][1]]

    def apart(self, left: int, right: int) -> bool:
        """Whether a comma, a bracket or a stop stands between two pieces."""
        return _APART.search(self.text, self.spans[left][1], self.spans[right][0]) is not None


@lru_cache(maxsize=64)
def written(text: str) -> Written:
    return Written(text)


def counted(was: Written, old: Amount, now: Written, new: Amount) -> str | None:
    """The words beside a figure that both sentences share, as the new one writes them. Behind it, if it is followed by
    one with content ("12 people died"), else before it ("the toll rose to 12 in the night"), else further behind."""
    behind, near = _shared(was, old.last, now, new.last, 1)
    if behind and near == 0:
        return now.between(behind[0], behind[-1])
    before, nearest = _shared(was, old.first, now, new.first, -1)
    if before:
        return now.between(before[-1], before[nearest])
    return now.between(behind[near], behind[-1]) if behind else None


def _shared(was: Written, old: int, now: Written, new: int, step: int) -> tuple[list[int], int]:
    """Places in `now`, outwards from the figure up to a word with content, and which of them is the nearest such."""
    places: list[int] = []
    content: list[int] = []
    characters = 0
    while len(content) < WORDS and characters < CHARACTERS:
        old, new = old + step, new + step
        if not (0 <= old < len(was.words) and 0 <= new < len(now.words)):
            break
        word = now.words[new]
        if word != was.words[old] or now.figures[new] or now.apart(min(new, new - step), max(new, new - step)):
            break
        places.append(new)
        if is_unspaced(word):
            characters += 1
        elif word not in _NEVER_COUNTED:
            content.append(len(places) - 1)
        elif len(content) == ENOUGH:
            break
    if characters:
        return places, 0
    return (places[: content[-1] + 1], content[0]) if content else ([], 0)


def change(old: Figure, was: Sentence, new: Figure, now: Sentence) -> tuple[str, str, str | None] | None:
    """Was, now and what is counted; None where nothing is: dates, hours, years."""
    there, here = written(was.text), written(now.text)
    a, b = there.place(old, was.words), here.place(new, now.words)
    if a is None or b is None:
        return _plainly(there, a, old), _plainly(here, b, new), None
    if not (there.counts(a, old) and here.counts(b, new)) or (there.is_year(a) and here.is_year(b)):
        return None
    left, right = there.amount(a, old.size), here.amount(b, new.size)
    return left.text, right.text, counted(there, left, here, right)


def _plainly(sentence: Written, at: int | None, figure: Figure) -> str:
    return figure.token if at is None else sentence.between(at, at)
