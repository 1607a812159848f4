"""One spelling of letters that desks write in two ways, whatever the language; the digits of all scripts as 0 to 9.

Only comparisons see it. What is told is told as written. That two words of one language become one here ("schon",
"schön") does little harm: the words around them stay, and both sides of a comparison are folded alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LATIN_AND_GREEK = (*range(0xDF, 0x250), *range(0x37A, 0x400), *range(0x1E00, 0x2000))
_WHOLE = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ſ": "s", "æ": "ae", "œ": "oe", "ς": "σ"}
_CYRILLIC = {"ё": "е"}
# Hamza, final forms and vowel signs are left out as often as written; Persian and Urdu keyboards have a yeh and a kaf
# of their own.
_ARABIC = {**dict.fromkeys("أإآٱ", "ا"), **dict.fromkeys("ىی", "ي"), "ة": "ه", "ک": "ك", "ـ": ""}
_ARABIC_SIGNS = dict.fromkeys((*map(chr, range(0x64B, 0x660)), "\u0670"), "")
_DEVANAGARI = {"\u0901": "\u0902"}
# Rows of the syllabary that Amharic speaks alike, eight letters each, and two orders of `h` and of the glottal stop.
_ETHIOPIC_ROWS = {0x1210: 0x1200, 0x1280: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}
_ETHIOPIC_ORDERS = {"ሃ": "ሀ", "ኣ": "አ"}
_DIGITS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០"
"""Zero in the scripts that have digits of their own; the other nine follow it."""


def _without_accents() -> Iterator[tuple[str, str]]:
    """Latin and Greek letters with accents -> the bare ones."""
    for letter in map(chr, _LATIN_AND_GREEK):
        bare = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
        if bare != letter and len(bare) == 1 and bare.isalpha():
            yield letter, bare


def _spoken_alike() -> Iterator[tuple[str, str]]:
    for row, same in _ETHIOPIC_ROWS.items():
        for order in range(8):
            letter = chr(same + order)
            yield chr(row + order), _ETHIOPIC_ORDERS.get(letter, letter)


FOLDS: dict[str, str] = {
    **dict(_without_accents()),
    **dict.fromkeys(map(chr, range(0x300, 0x370)), ""),  # accents of their own that nothing was composed with
    **_WHOLE,
    **_CYRILLIC,
    **_ARABIC,
    **_ARABIC_SIGNS,
    **_DEVANAGARI,
    **dict(_spoken_alike()),
    **_ETHIOPIC_ORDERS,
    **{chr(ord(zero) + value): str(value) for zero in _DIGITS for value in range(10)},
}
_FOLDED = re.compile(f"[{''.join(FOLDS)}]")


def fold(text: str) -> str:
    """Casefolded text with each letter in one spelling."""
    text = text.casefold()
    return text if text.isascii() else _FOLDED.sub(_replacement, text)


def _replacement(m: re.Match[str]) -> str:
    return FOLDS[m[0]]
