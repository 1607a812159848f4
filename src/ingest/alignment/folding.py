"""One spelling of letters that desks write in two ways, whatever the language; the digits of all scripts as 0 to 9.

Only comparisons see it. What is told is told as written. That two words of one language become one here ("schon",
"schön") does little harm: the words around them stay, and both sides of a comparison are folded alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ingest.background.scripts import SPELLINGS

_LATIN_AND_GREEK = (*range(0xDF, 0x250), *range(0x37A, 0x400), *range(0x1E00, 0x2000))
_WHOLE = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ſ": "s", "æ": "ae", "œ": "oe", "ς": "σ"}
_ARABIC_SIGNS = dict.fromkeys((*map(chr, range(0x64B, 0x660)), "\u0670"), "")
_DEVANAGARI = {"\u0901": "\u0902"}
_DIGITS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០"
"""Zero in the scripts that have digits of their own; the other nine follow it."""


def _without_accents() -> Iterator[tuple[str, str]]:
    """Latin and Greek letters with accents -> the bare ones."""
    for letter in map(chr, _LATIN_AND_GREEK):
        bare = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
        if bare != letter and len(bare) == 1 and bare.isalpha():
            yield letter, _WHOLE.get(bare, bare)


FOLDS: dict[str, str] = {
    **dict(_without_accents()),
    **dict.fromkeys(map(chr, range(0x300, 0x370)), ""),  # accents of their own that nothing was composed with
    **_WHOLE,
    **SPELLINGS,
    **_ARABIC_SIGNS,
    **_DEVANAGARI,
    **{chr(ord(zero) + value): str(value) for zero in _DIGITS for value in range(10)},
}
_FOLDED = re.compile(f"[{''.join(FOLDS)}]")


def fold(text: str) -> str:
    """Casefolded text with each letter in one spelling."""
    text = text.casefold()
    return text if text.isascii() else _FOLDED.sub(_replacement, text)


def _replacement(m: re.Match[str]) -> str:
    return FOLDS[m[0]]
