"""Dedupe: what an arriving text is to the texts seen before. Pure.

Text         tokens, index keys, shingles, title words
candidates   index keys' postings -> the few stored articles worth comparing
relate       one stored text and the new one -> copy, revision or distinct, and why
choose       several verdicts -> the parent
recurring    what of a title and a short body is counted: series and placeholders
short_key    the exact index of what is too short to be compared
"""

from ingest.dedupe.candidates import candidates
from ingest.dedupe.recurring import Recurring, issues, recurring, says_nothing
from ingest.dedupe.relation import Choice, Verdict, choose, relate, short_copy
from ingest.dedupe.short import short_key
from ingest.dedupe.sketch import SKETCHES
from ingest.dedupe.text import Text
from ingest.dedupe.thresholds import CANDIDATES, RELATION, SERIES, SHORT, SKETCH

__all__ = [
    "CANDIDATES",
    "RELATION",
    "SERIES",
    "SHORT",
    "SKETCH",
    "SKETCHES",
    "Choice",
    "Recurring",
    "Text",
    "Verdict",
    "candidates",
    "choose",
    "issues",
    "recurring",
    "relate",
    "says_nothing",
    "short_copy",
    "short_key",
]
