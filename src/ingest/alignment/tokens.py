"""Text to comparable tokens: what an editor's house style changes is folded away, what a reporter changes is kept.

    canonical   one line of display text -> the same words in one typography, capitals kept
    tokens      a canonical line -> folded tokens: figures, letter runs, single characters of scripts without spaces

Shingles of tokens are word n-grams in English and character n-grams in Chinese with no language detection.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

from ingest.alignment.folding import fold
from ingest.alignment.words import AMERICAN, ISE_KEPT, OUR_STEMS

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
"""Scripts written without spaces between words."""

_SIGNS = {
    **dict.fromkeys("‘’‚‛′`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "…": "...",
    "٫": ".",
    "٬": ",",
    "٪": "%",
}
_SIGN = re.compile("[" + "".join(_SIGNS) + "]")

# Each pattern begins with the sign itself and looks back from there: a search then skips to the next such sign, which
# is five times as fast as trying every character (a text of 740 characters: 12 us for all of them).
_SPACED_THOUSANDS = re.compile(r"[\u00a0\u2009\u202f](?<=\d.)(?=\d{3}(?!\d))")  # 1 200 with a no-break space
_COMMA_THOUSANDS = re.compile(r",(?<=\d,)(?=(?:\d\d,)*\d{3}(?!\d))")  # 1,200; 1,50,000 in India
_DECIMAL_COMMA = re.compile(r",(?<=\d,)(?=\d{1,2}(?!\d))")  # 1,2 Milliarden
_DOTTED = re.compile(r"\.(?<=\b[^\W\d_]\.)(?:[^\W\d_]\.)+")  # U.S. -> US: all but the first letter
_POSSESSIVE = re.compile(r"'(?:s\b|(?<=s')(?=\s|$))")
# tickers, acronyms after the name, brackets
_BRACKETED = re.compile(r"[<(\[\])](?:(?<=<)[A-Z][A-Z.&]{0,9}>|(?<=\()[A-Z]{2,6}\)|(?<!<))")
_ALIAS = re.compile(r"\b(?:united (nations|states|kingdom)|per cent)\b", re.IGNORECASE)
_ALIASES = {"nations": "UN", "states": "US", "kingdom": "UK", None: "percent"}

_ASCII_TOKEN = re.compile(r"[a-z]+|[0-9]+(?:[.:/][0-9]+)*")
_TOKEN = regex.compile(rf"[[\p{{L}}\p{{M}}]--[{UNSPACED}]]+|\d+(?:[.:/]\d+)*|[{UNSPACED}]\p{{M}}*", regex.V1)
# The same for text in the Latin, Greek, Cyrillic and Han characters that the news is mostly written in: `re` takes a
# quarter of the time of `regex` (Hausa and Yoruba .2 ms a text in place of .9, Chinese .05 in place of .12).
_PLAIN_LETTERS = (
    "a-z\xdf-\xf6\xf8-\u02af\u0386\u0388-\u038a\u038c\u0391-\u03a1\u03a3-\u03ce\u0400-\u0481\u048a-\u052f\u1e00-\u1eff"
)
_PLAIN_HAN = "\u4e00-\u9fef"
_PLAIN_MARKS = "\u0300-\u036f"
_PLAIN_SIGNS = "\x00-`{-\x7f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u2010-\u2027\u20ac\u3001\u3002\u300a\u300b"
_PLAIN = re.compile(f"[{_PLAIN_SIGNS}{_PLAIN_LETTERS}{_PLAIN_MARKS}{_PLAIN_HAN}]*")
_PLAIN_TOKEN = re.compile(
    rf"[{_PLAIN_LETTERS}{_PLAIN_MARKS}]+|\d+(?:[.:/]\d+)*|[{_PLAIN_HAN}][{_PLAIN_MARKS}]*"
)
_UNSPACED_CHARACTER = regex.compile(rf"[{UNSPACED}]")
_ISE = re.compile(r"(\w{3,})is(e|ed|es|ing|ation|ations|er|ers)")


def canonical(text: str) -> str:
    """One typography, capitals and line breaks kept: straight quotes, `US` for `U.S.` and `United States`, `1200` for
    `1,200`, `1.2` for `1,2`, no possessives, tickers or brackets. Idempotent up to spaces."""
    if not text.isascii():
        text = _SPACED_THOUSANDS.sub("", text)
        text = _SIGN.sub(lambda m: _SIGNS[m.group()], text)
        text = unicodedata.normalize("NFKC", text)
    text = _DOTTED.sub(lambda m: m.group().replace(".", ""), text)
    text = _DECIMAL_COMMA.sub(".", _COMMA_THOUSANDS.sub("", text))
    text = _POSSESSIVE.sub("", text)
    folded = text.lower()
    if "united " in folded or "per cent" in folded:
        text = _ALIAS.sub(_alias, text)
    return _BRACKETED.sub(" ", text)


def _alias(m: re.Match[str]) -> str:
    # Case is ignored for the dotless i as well: `Natıons` matches and is no name of ours.
    return _ALIASES.get(m[1] and m[1].lower(), m[0])


def tokens(line: str) -> list[str]:
    """Folded tokens of a canonical line."""
    line = fold(line)
    if line.isascii():
        found = _ASCII_TOKEN.findall(line)
    else:
        found = (_PLAIN_TOKEN if _PLAIN.fullmatch(line) else _TOKEN).findall(line)
    return list(map(_spellings.__getitem__, found))


def spelled(word: str) -> str:
    """The token of one word."""
    return _spellings[fold(word)]


def all_spelled(words: Sequence[str]) -> list[str]:
    """The tokens of these words."""
    return list(map(_spellings.__getitem__, fold(" ".join(words)).split(" "))) if words else []


class _Spellings(dict[str, str]):
    """Folded word -> its American spelling: the vocabulary of a stream."""

    MOST: Final = 1 << 16  # 9 MB when full

    def __missing__(self, word: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        found = self[word] = _american(word)
        return found


_spellings = _Spellings()


def _american(word: str) -> str:
    known = AMERICAN.get(word)
    if known is not None:
        return known
    if "our" in word:
        stem, _, rest = word.partition("our")
        if stem in OUR_STEMS:
            return stem + "or" + rest
    if len(word) > 6 and "is" in word:
        found = _ISE.fullmatch(word)
        if found and found[1] not in ISE_KEPT:
            return f"{found[1]}iz{found[2]}"
    return word


_ENDINGS = ("ing", "ed", "es", "s")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without a common English ending; the same word for other languages more often than not."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def of_stem(found: str) -> list[str]:
    """Every word that has this stem."""
    return [word for word in (found, *(found + ending for ending in _ENDINGS)) if stem(word) == found]


def is_figure(token: str) -> bool:
    """Whether a token starts with a digit."""
    return token[0].isdigit()


def is_unspaced(token: str) -> bool:
    """Whether a token is one character of a script without spaces."""
    return len(token) <= 4 and not token.isascii() and _UNSPACED_CHARACTER.match(token) is not None
