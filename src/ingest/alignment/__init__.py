"""Sentence alignment: what a text tells that was not told before. Pure; below the stages, because the relation of two
texts and the delta of a story both rest on it.

    words, numbers   what counts as content, as a figure, as a name
    tokens           text -> comparable tokens
    sentence         one sentence, prepared lazily
    text             a whole article version, prepared lazily
    told             what one text told: its sentences, indexed
    story_told, keys what a whole story told: compact, and extended as the story goes on
    look             what either answers of a new sentence
    novelty, align   each new sentence: known, cosmetic, changed or new
"""

from ingest.alignment.align import Alignment, FigureChange, LookedFor, Match, align, looked_for
from ingest.alignment.prepared import Prepared
from ingest.alignment.sentence import Sentence, hash_of, prepare
from ingest.alignment.story_told import StoryTold
from ingest.alignment.text import Text
from ingest.alignment.thresholds import ALIGNMENT, AlignmentThresholds
from ingest.alignment.told import Told

__all__ = [
    "ALIGNMENT",
    "Alignment",
    "AlignmentThresholds",
    "FigureChange",
    "LookedFor",
    "Match",
    "Prepared",
    "Sentence",
    "StoryTold",
    "Text",
    "Told",
    "align",
    "hash_of",
    "looked_for",
    "prepare",
]
