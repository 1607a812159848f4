"""Sentence alignment: what a text tells that was not told before. Pure; below the stages, because the relation of two
texts and the delta of a story both rest on it.

    words, numbers   what counts as content, as a figure, as a name
    tokens           text -> comparable tokens
    sentence         one sentence, prepared lazily
    text             a whole article version, prepared lazily
    told             an index of what was told, extended sentence by sentence
    novelty, align   each new sentence: known, cosmetic, changed or new
"""

from ingest.alignment.align import Alignment, FigureChange, Match, align, count_known
from ingest.alignment.sentence import Sentence, prepare
from ingest.alignment.text import Text
from ingest.alignment.thresholds import ALIGNMENT, AlignmentThresholds
from ingest.alignment.told import Told

__all__ = [
    "ALIGNMENT",
    "Alignment",
    "AlignmentThresholds",
    "FigureChange",
    "Match",
    "Sentence",
    "Text",
    "Told",
    "align",
    "count_known",
    "prepare",
]
