"""Dedupe: what an arriving text is to the texts seen before. Pure.

Text         tokens, index keys, shingles, title words
candidates   index keys' postings -> the few stored articles worth comparing
relate       one stored text and the new one -> copy, revision or distinct, and why
choose       several verdicts -> the parent
short_key    the exact index of what is too short to be compared
"""

from ingest.dedupe.candidates import candidates
from ingest.dedupe.relation import Choice, Verdict, choose, relate, short_copy
from ingest.dedupe.short import short_key
from ingest.dedupe.sketch import SKETCHES
from ingest.dedupe.text import Text
from ingest.dedupe.thresholds import CANDIDATES, RELATION, SHORT, SKETCH

__all__ = [
    "CANDIDATES",
    "RELATION",
    "SHORT",
    "SKETCH",
    "SKETCHES",
    "Choice",
    "Text",
    "Verdict",
    "candidates",
    "choose",
    "relate",
    "short_copy",
    "short_key",
]
