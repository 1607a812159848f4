"""How common a word is in general, in whatever language: what makes the first article of a fresh store judged well.

    load()       finds the word table of this installation, or builds it
    Background   frequency and weight of words, stems and character pairs

The table is derived from wordfreq's data, whose own terms (CC BY-SA 4.0 and others) allow that; it is built on the
machine that uses it and never shipped (decision 0050).
"""

from __future__ import annotations

from ingest.background.location import default_path, load
from ingest.background.lookup import Background, Word, code_of
from ingest.background.scripts import UNSPACED, pieces

__all__ = ["UNSPACED", "Background", "Word", "code_of", "default_path", "load", "pieces"]
