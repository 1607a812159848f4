"""What a text says of its own place among versions: that it corrects one, and its wire number."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ingest.alignment.labels import CORRECTIONS


class Reach(msgspec.Struct, frozen=True):
    """How far from its ends a text speaks of itself, in characters."""

    head: int = 120
    tail: int = 200


REACH = Reach()

# A label, not the word in a sentence: `market correction`, `corrected for inflation`, `Department of Corrections` and a
# company that `CORRECTS EARNINGS` are news.
_FOREIGN = f"{CORRECTIONS}|{CORRECTIONS.upper()}"
_TITLE = re.compile(
    r"^\W*(?:CORRECT(?:ED|ION)\b|CORRECTS\s?[-:]|Correct(?:ed|ion)(?:\s?[:(–—]|\s-)|更正|BERICHTIGUNG\b"
    rf"|(?:{_FOREIGN})\s?[:：(–—-])"
    rf"|[(（\[［【](?:corrected|CORRECTED|corrects|CORRECTION|correction|Correction|{_FOREIGN})[)）\]］】]"
    r"|[-–—]\s?(?:CORRECTED|CORRECTION|CORRECTIF)$"
)
_PART = "para|paragraph|headline|spelling|figure"
_HEAD = re.compile(
    r"\((?:corrects?|correcting|corrected|(?:refiles?|repeats?|updates?) to correct)\b"
    rf"|\bcorrects (?:\w+ ){{0,3}}(?:to|in|{_PART})\b|^\W*(?:correction|corrected|clarification)\s?(?:[:(–—]|-\s|\s-\s)"
    rf"|^\W*(?:更正|訂正)|^\W*(?:{_FOREIGN})\s?[:：]"
    r"|(?:this|the) (?:story|article|item|report|version) (?:has been |was )?correct(?:ed|s)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\((?:this (?:\w+ ){0,4})?(?:corrects?|corrected)\b|(?:^|[.\"”)\]]\s|\()(?:correction|clarification)\s?:"
    r"|(?:this|the) (?:story|article|item|report|version|post|headline)"
    r" (?:(?:has been|was|is) (?:updated to |amended to )?correct(?:ed|s)?|corrects)\b"
    r"|an earlier version of this (?:story|article|report|headline|post)\b"
    rf"|\bcorrects (?:\w+ ){{0,3}}(?:{_PART})\b|本文已更正|(?:{_FOREIGN})\s?[:：]",
    re.IGNORECASE,
)

_HINTS = ("correct", "clarif", "earlier version", *CORRECTIONS.casefold().split("|"))
_COUNT = "(?P<{}>\\d{{1,2}})"
_LEADS = "LEAD|Lead|lead|LD|Ld|ld|UPDATE|Update|update"
_NUMBER = re.compile(
    r"^\W*(?:(?:CORRECTED|REFILE|RPT)\s?-\s?)?(?:UPDATE|Update|WRAPUP|WRAP UP|LEAD)\s?"
    + _COUNT.format("a") + r"\b\s?[-–—:]"
    rf"|\((?:{_COUNT.format('b')}(?:st|nd|rd|th|ST|ND|RD|TH)? ?(?:{_LEADS})"
    rf"|(?:{_LEADS}|Zusammenfassung|ZF) ?{_COUNT.format('c')}|(?P<first>LEAD|LD))\)"
    rf"|\b{_COUNT.format('d')}(?:st|nd|rd|th|ST|ND|RD|TH) (?:LEAD|Lead|lead|LD|Ld|ld)(?:-[Ww]ritethru|-WRITETHRU)?\b"
    rf"|\b(?:LEAD|Lead) {_COUNT.format('e')}\s?[-–—:]"
)  # fmt: skip


def is_correction(title: str | None, sentences: Sequence[str]) -> bool:
    """Whether the text says that it corrects an earlier one: in its title, at its very start or at its very end."""
    if title and _TITLE.search(title):
        return True
    if not sentences:
        return False
    head, tail = sentences[0][: REACH.head], " ".join(sentences[-2:])[-REACH.tail :]
    return bool((_hints(head) and _HEAD.search(head)) or (_hints(tail) and _TAIL.search(tail)))


def _hints(text: str) -> bool:
    """A few plain searches spare nearly every text the patterns, a tenth of its time."""
    folded = text.casefold()
    return any(hint in folded for hint in _HINTS)


_NUMBERED = ("LEAD", "Lead", "lead", "LD", "Ld", "ld", "UPDATE", "Update", "update", "WRAP", "ZF", "Zusammenfassung")
"""One of them is in whatever `_NUMBER` matches: three texts in four are spared it."""


def wire_number(title: str | None, sentences: Sequence[str]) -> int | None:
    """2 of `UPDATE 2-`, `(2nd LEAD)`, `LEAD 2`; 1 of a bare `(LEAD)`; None where the text states none."""
    for text in (title, sentences[0][: REACH.head] if sentences else None):
        if text and any(word in text for word in _NUMBERED) and (m := _NUMBER.search(text)):
            return 1 if m["first"] else int(next(m[g] for g in "abcde" if m[g]))
    return None
