"""Writing systems: which need no spaces between words, which spellings are one, and what of a word is its stem.

Here and not in `stories`, because the word table is built with the same terms that are later looked up in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

import regex

UNSPACED: Final = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3005\u3040-\u30ff"  # kana and the mark of repetition
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
    "]+"
)
"""Runs that are read in overlapping pieces: no spaces tell where a word ends."""

_SYLLABIC: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
# A consonant with all that is written around it: vowels before and behind, signs above and below, stacked consonants.
_CLUSTER: Final = regex.compile(
    "[\u0e40-\u0e44\u0ec0-\u0ec4]?.(?:[\u1039\u17d2].|[\\p{M}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
)


class Lengths(NamedTuple):
    """Letters by which a word counts, and clusters of a piece: the more a letter says, the fewer. Decision 0125."""

    alphabet: int = 6
    """Latin, Greek, Korean and all others. Six joins `missile` with `missiles`, and in pairs of inflected languages
    raises the area under the curve by .016 to .026 (pl, de, tr); English neither gains nor loses. Five costs headlines
    .02 of BCubed F1."""
    cyrillic: int = 5
    """endings are longer: +.01 on Russian pairs over six; four is level"""
    arabic: int = 5
    """without article and endings, vowels unwritten: +.02 on Arabic pairs; three to nine are level"""
    ethiopic: int = 3
    """each letter is a syllable, and endings change the last: joins .77 of what belongs together in place of .44"""
    clusters: int = 3
    """Two make unrelated Thai, Lao and Khmer texts a third alike, three as alike as English ones, four less"""


LENGTHS: Final = Lengths()

_LATIN_END: Final = "\u0370"
_MARKED: Final = re.compile("[\u0370-\u06ff\u1f00-\u1fff]")  # Greek, Cyrillic, Hebrew, Arabic
_MARK: Final = regex.compile(r"\p{Mn}+")
# Of Ethiopic: rows of letters that Amharic speaks alike and writes for each other, and what they become.
_ETHIOPIC_ROWS: Final = {0x1210: 0x1200, 0x1280: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}
_ETHIOPIC_LETTERS: Final = {"ሃ": "ሀ", "ኣ": "አ"}


def _spoken_alike() -> Iterator[tuple[str, str]]:
    for row, same in _ETHIOPIC_ROWS.items():
        for order in range(8):
            letter = chr(same + order)
            yield chr(row + order), _ETHIOPIC_LETTERS.get(letter, letter)


# Hamza and final forms are left out as often as written; Persian and Urdu keyboards have a yeh and a kaf of their own.
SPELLINGS: Final[dict[str, str]] = {
    **dict(_spoken_alike()),
    **_ETHIOPIC_LETTERS,
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    "ة": "ه",
    "ک": "ك",
    "\u0640": "",
    "ё": "е",
}
"""Letters that desks write in two ways, Latin ones aside -> one of them."""

_FOLDED: Final = str.maketrans({**SPELLINGS, "ı": "i"})  # the capital of Turkish ı is the I of all others
_ARABIC_OPENINGS: Final = ("وال", "بال", "كال", "فال", "لل", "ال")  # the article, with `and`, `in`, `as`, `so`, `to`
_ARABIC_ENDINGS: Final = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي", "ا")
_ETHIOPIC_OPENINGS: Final = "የበለከ"  # `of`, `in`, `to`, `from` are written as part of the word


def fold(word: str) -> str:
    """One spelling of a casefolded word: points, accents and hamza of scripts that often leave them out (not of Latin,
    where `für` is no `fur`), tatweel, Turkish i, Ethiopic homophones."""
    if word.isascii():
        return word
    if _MARKED.search(word):
        word = unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", word)))
    return word.replace("i\u0307", "i").translate(_FOLDED)  # of a capital I with a dot


def stem(word: str) -> str:
    """The term that a folded word counts as: its first letters; numbers and codes stay whole."""
    if not word.isalpha():
        return word
    first = word[0]
    if first < "\u0400" or first > "\u137f":
        return word[: LENGTHS.alphabet]
    if first < "\u0530":
        return word[: LENGTHS.cyrillic]
    if "\u0620" <= first <= "\u06ff":
        return _without_clitics(word)[: LENGTHS.arabic]
    if first >= "\u1200":
        whole = len(word) > LENGTHS.ethiopic and word[0] in _ETHIOPIC_OPENINGS
        return word[1:][: LENGTHS.ethiopic] if whole else word[: LENGTHS.ethiopic]
    return word[: LENGTHS.alphabet]


def has_forms(word: str) -> bool:
    """Whether other words may have this one's stem: all but short ones in Latin letters."""
    return word.isalpha() and (len(word) >= LENGTHS.alphabet or word[0] >= _LATIN_END)


def _without_clitics(word: str) -> str:
    """Light stemming of Arabic after Larkey, Ballesteros and Connell (light10, 2007): the article and `and` before a
    word, then up to two endings, as long as two or three letters remain."""
    opening = next((o for o in _ARABIC_OPENINGS if word.startswith(o) and len(word) >= len(o) + 2), "")
    if not opening and word[0] == "و" and len(word) > 3:
        opening = "و"
    word = word[len(opening) :]
    for _ in range(2):
        ending = next((e for e in _ARABIC_ENDINGS if word.endswith(e) and len(word) >= len(e) + 3), "")
        word = word[: len(word) - len(ending)]
    return word


def pieces(run: str) -> list[str]:
    """The overlapping pieces of an unspaced run: pairs of characters in Han and kana, three syllables' beginnings in
    the alphabets. A run that is shorter stands for itself."""
    if _SYLLABIC.match(run):
        parts, size = _CLUSTER.findall(run), LENGTHS.clusters
        return ["".join(parts[i : i + size]) for i in range(len(parts) - size + 1)] or [run]
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
