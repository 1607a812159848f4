"""What a desk writes before or behind a headline to say which version it is: `CORRECTED-`, `UPDATE 2-`, `(2nd LEAD)`.

It belongs to the article and is no part of what the headline says: a story is not called CORRECTED, and nobody of that
name is in the news.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

CORRECTIONS: Final = (
    "Berichtigung|Korrektur|Rectificatif|Correctif|Corrección|Rectificación|Correção|Retificação|Correzione|Rettifica"
    "|Rectificatie|Correctie|Rättelse|Rettelse|Oikaisu|Sprostowanie|Düzeltme|Koreksi|Ralat"
    "|Исправление|Виправлення|Διόρθωση|تصحيح|תיקון|शुद्धिपत्र|更正|訂正|정정"
)
"""What a correction is called where it is no English one. A label, with a sign behind it or in brackets; the words
alone are news as often."""

_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?\b"
# In capitals a hyphen is enough (`RPT-`, `UPDATE 2-`); in other letters it would make a compound (`Update-Pflicht`).
_CAPITALS = r"CORRECT(?:ED|ION|S)|CLARIFICATION|REFILE|RPT|REPEAT|UPDATED?|WRAP\s?UP"
_WORDS = rf"{_CAPITALS}|Correct(?:ed|ion)|Clarification|Refile|Repeat|Updated?|{CORRECTIONS}|{CORRECTIONS.upper()}|更新"
_LEADS = r"LEAD|Lead|LD|Ld|UPDATE|Update|ZF|Zusammenfassung"
_NUMBERED = rf"(?:{_LEADS}|WRAP\s?UP)\s?{_NUMBER}|{_NUMBER}\s(?:{_LEADS})(?:-[Ww]rite[Tt]hru)?"
_LABEL = rf"(?:{_NUMBERED}|{_WORDS})"
_SIGN = r"\s?[:：–—]\s?|\s-\s?|-\s"
_BRACKETED = rf"[(（\[［【]\s?(?:{_LABEL}|LEAD|LD|correct(?:ed|ion)|updated?)\s?[)）\]］】]"
_HYPHENED = rf"(?:{_NUMBERED}|{_CAPITALS}|{CORRECTIONS.upper()})-"
_AHEAD = re.compile(rf"(?:{_BRACKETED}(?:{_SIGN}|-|\s)?|(?:{_LABEL})(?:{_SIGN})|{_HYPHENED})\s*")
_BEHIND = re.compile(rf"\s*(?:{_BRACKETED}|\s[-–—]\s?(?:CORRECTED|CORRECTION|CORRECTIF))\s*$")
_HINT = re.compile(r"[-:：–—(（\[［【]")


@lru_cache(maxsize=1 << 12)
def bare(headline: str) -> str:
    """A headline without the labels of its version; as it is where nothing else would be left."""
    if _HINT.search(headline) is None:
        return headline
    start = 0
    while m := _AHEAD.match(headline, start):
        start = m.end()
    said = _BEHIND.sub("", headline[start:])
    return said if any(map(str.isalnum, said)) else headline


def bare_title(headline: str | None) -> str | None:
    """The same of an article that may have none."""
    return bare(headline) if headline else headline
