"""Text to comparable tokens: what an editor's house style changes is folded away, what a reporter changes is kept.

    canonical   one line of display text -> the same words in one typography, capitals kept
    tokens      a canonical line -> folded tokens: figures, letter runs, single characters of scripts without spaces

Shingles of tokens are word n-grams in English and character n-grams in Chinese with no language detection.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import regex

from ingest.alignment.words import AMERICAN, ISE_KEPT, OUR_STEMS

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
"""Scripts written without spaces between words."""

_SIGNS = {
    **dict.fromkeys("‘’‚‛′`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "…": "...",
}
_SIGN = re.compile("[" + "".join(_SIGNS) + "]")
_SPACED_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 1 200 with a no-break space
_COMMA_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # U.S. -> US
_POSSESSIVE = re.compile(r"'s\b|(?<=s)'(?=\s|$)")
_BRACKETED = re.compile(r"<[A-Z][A-Z.&]{0,9}>|\([A-Z]{2,6}\)|[\[\]()]")  # tickers, acronyms after the name, brackets
_ALIAS = re.compile(r"\b(?:united (nations|states|kingdom)|per cent)\b", re.IGNORECASE)
_ALIASES = {"nations": "UN", "states": "US", "kingdom": "UK", None: "percent"}

_ASCII_TOKEN = re.compile(r"\d+(?:[.:/]\d+)*|[a-z]+")
_TOKEN = regex.compile(rf"\d+(?:[.:/]\d+)*|[{UNSPACED}]\p{{M}}*|(?:(?![{UNSPACED}])[\p{{L}}\p{{M}}])+")
_UNSPACED_CHARACTER = regex.compile(rf"[{UNSPACED}]")
_ISE = re.compile(r"(\w{3,})is(e|ed|es|ing|ation|ations|er|ers)")


def canonical(text: str) -> str:
    """One typography, capitals and line breaks kept: straight quotes, `US` for `U.S.` and `United States`, `1200` for
    `1,200`, no possessives, tickers or brackets. Idempotent up to spaces."""
    if not text.isascii():
        text = _SPACED_THOUSANDS.sub("", text)
        text = _SIGN.sub(lambda m: _SIGNS[m.group()], text)
        text = unicodedata.normalize("NFKC", text)
    text = _DOTTED.sub(lambda m: m.group().replace(".", ""), text)
    text = _COMMA_THOUSANDS.sub("", text)
    text = _POSSESSIVE.sub("", text)
    text = _ALIAS.sub(lambda m: _ALIASES[m[1] and m[1].lower()], text)
    return _BRACKETED.sub(" ", text)


def tokens(line: str) -> list[str]:
    """Folded tokens of a canonical line."""
    if line.isascii():
        return [spelled(word) for word in _ASCII_TOKEN.findall(line.lower())]
    return [spelled(word) for word in _TOKEN.findall(line.casefold())]


@lru_cache(maxsize=1 << 16)
def spelled(word: str) -> str:
    """The American spelling of a folded word."""
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


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without a common English ending; the same word for other languages more often than not."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def is_figure(token: str) -> bool:
    """Whether a token starts with a digit."""
    return token[0].isdigit()


def is_unspaced(token: str) -> bool:
    """Whether a token is one character of a script without spaces."""
    return len(token) <= 4 and not token.isascii() and _UNSPACED_CHARACTER.match(token) is not None
