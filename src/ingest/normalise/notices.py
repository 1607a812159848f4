"""What a text says of its own place among versions: that it corrects one, and its wire number."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec


class Reach(msgspec.Struct, frozen=True):
    """How far from its ends a text speaks of itself, in characters."""

    head: int = 120
    tail: int = 200


REACH = Reach()

# A label, not the word in a sentence: `market correction`, `corrected for inflation` and `Department of Corrections` are news.
_TITLE = re.compile(
    r"^\W*(?:CORRECT(?:ED|ION|S)\b|Correct(?:ed|ion)(?:\s?[:(–—]|\s-)|更正|【更正】|BERICHTIGUNG|(?:Berichtigung|Korrektur|Rectificatif|Correctif|Corrección|"
    r"Rectificación|Correção|Correzione|Rettifica|Исправление|Исправлено)\s?[:(–—-])"
    r"|\((?:corrected|CORRECTED|corrects|CORRECTION|correction|Correction|更正|Korrektur)\)|[-–—]\s?(?:CORRECTED|CORRECTION|CORRECTIF)$"
)
_HEAD = re.compile(
    r"\((?:corrects?|correcting|corrected|refiles? to correct|repeats? to correct|updates? to correct)\b|\bcorrects (?:\w+ ){0,3}(?:to|in|para|paragraph|headline|spelling|figure)"
    r"|^\W*(?:correction|corrected|clarification)\s?[:(–—]|^\W*更正|^\W*(?:berichtigung|korrektur|rectificatif|corrección|correção|rettifica|исправление)\s?:"
    r"|(?:this|the) (?:story|article|item|report|version) (?:has been |was )?correct(?:ed|s)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\((?:this (?:\w+ ){0,4})?(?:corrects?|corrected)\b|(?:^|[.\"”)\]]\s|\()(?:correction|clarification|editor's note: correction)\s?[:(]"
    r"|(?:this|the) (?:story|article|item|report|version|post|headline) (?:(?:has been|was|is) (?:updated to |amended to )?correct(?:ed|s)?|corrects)\b"
    r"|an earlier version of this (?:story|article|report|headline|post)|（?更正[：:]|本文已更正|\bcorrects (?:\w+ ){0,3}(?:paragraph|para|headline|spelling of)\b"
    r"|(?:berichtigung|korrektur|rectificatif|corrección|correção|rettifica|исправление)\s?:",
    re.IGNORECASE,
)

_NUMBER = re.compile(
    r"^\W*(?:UPDATE|Update|WRAPUP|WRAP UP|LEAD|RPT-UPDATE|CORRECTED-UPDATE|REFILE-UPDATE|RPT-WRAPUP|CORRECTED-WRAPUP)\s?(?P<a>\d{1,2})\b\s?[-–—:]"
    r"|\((?:(?P<b>\d{1,2})(?:st|nd|rd|th|ST|ND|RD|TH)? ?(?:LEAD|Lead|lead|LD|Ld|ld|update|UPDATE|Update)|(?:LEAD|Lead|lead|LD|UPDATE|Update|update|Zusammenfassung|ZF) ?(?P<c>\d{1,2})"
    r"|(?P<first>LEAD|LD))\)"
    r"|\b(?P<d>\d{1,2})(?:st|nd|rd|th|ST|ND|RD|TH) (?:LEAD|Lead|lead|LD|Ld|ld|[Ll]d-[Ww]ritethru|LD-WRITETHRU)\b"
    r"|\b(?:LEAD|Lead) (?P<e>\d{1,2})\s?[-–—:]"
)


def is_correction(title: str | None, sentences: Sequence[str]) -> bool:
    """Whether the text says of itself that it corrects an earlier one: in its title, at its very start or at its very end."""
    if title and _TITLE.search(title):
        return True
    if not sentences:
        return False
    if _HEAD.search(sentences[0][: REACH.head]):
        return True
    tail = " ".join(sentences[-2:])[-REACH.tail :]
    return _TAIL.search(tail) is not None


def wire_number(title: str | None, sentences: Sequence[str]) -> int | None:
    """2 of `UPDATE 2-`, `(2nd LEAD)`, `LEAD 2`; 1 of a bare `(LEAD)`; None where the text states none."""
    for text in (title, sentences[0][: REACH.head] if sentences else None):
        if text and (m := _NUMBER.search(text)):
            return 1 if m["first"] else int(next(m[g] for g in "abcde" if m[g]))
    return None
