"""Dedupe: what an arriving text is to the texts seen before. Pure.

Text         tokens, index keys, shingles, title words
candidates   index keys' postings -> the few stored articles worth comparing
relate       one stored text and the new one -> copy, revision or distinct, and why
choose       several verdicts -> the parent
roundup      several verdicts -> the texts that it takes together
recurring    what of a title and a short body is counted: series and placeholders
standing     what of an outlet's last texts is counted: sentences under titles that differ
short_key    the exact index of what is too short to be compared
"""

from ingest.dedupe.candidates import candidates
from ingest.dedupe.outline import Outline
from ingest.dedupe.recurring import Recurring, began, issues, recurring, says_nothing, title_code
from ingest.dedupe.relation import Choice, Verdict, choose, relate, short_copy
from ingest.dedupe.roundup import Compared, Roundup, roundup
from ingest.dedupe.short import short_key
from ingest.dedupe.sketch import SKETCHES
from ingest.dedupe.standing import Standing
from ingest.dedupe.text import Outlined, Stored, Text
from ingest.dedupe.thresholds import CANDIDATES, RELATION, ROUNDUP, SERIES, SHORT, SKETCH, STANDING

__all__ = [
    "CANDIDATES",
    "RELATION",
    "ROUNDUP",
    "SERIES",
    "SHORT",
    "SKETCH",
    "SKETCHES",
    "STANDING",
    "Choice",
    "Compared",
    "Outline",
    "Outlined",
    "Recurring",
    "Roundup",
    "Standing",
    "Stored",
    "Text",
    "Verdict",
    "began",
    "candidates",
    "choose",
    "issues",
    "recurring",
    "relate",
    "roundup",
    "says_nothing",
    "short_copy",
    "short_key",
    "title_code",
]
