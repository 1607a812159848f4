"""The thresholds of sentence alignment, each with its reason."""

from __future__ import annotations

import msgspec


class AlignmentThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are 0..1 of the new sentence's content words or grams. Measured on the dev half of Reuters and on
    synthetic edits in English and Chinese (docs/decisions/0042)."""

    partners: int = 5
    """old sentences scored in full; the right one is among the first 4 by shared rare words in all but 3 of 1,000"""
    postings: int = 24
    """newest told sentences looked at per word: in a story of 2,000 sentences every name is in hundreds"""
    rarest: int = 24
    """words of a new sentence that vote, rarest first: bounds a sentence of 50,000 words"""
    covered: float = 0.5
    """half of the words in the partner: below, it is another sentence on the same matter"""
    in_order: float = 0.25
    """and a quarter of the word pairs: shared vocabulary alone does not make a re-telling"""
    covered_alone: float = 0.7
    """unless so many words are shared that order does not matter"""
    told: float = 0.82
    """share of word pairs found anywhere in what was told: a sentence put together from told ones says nothing new"""
    told_partner: float = 0.34
    """and at least so much of it in one told sentence: in a long story the pairs of any sentence are told somewhere"""
    covered_fully: float = 0.9
    """share of words in the partner at which left-over words are filler"""
    reordered: float = 0.34
    """word pairs in common that a mere re-wording keeps; below, who did what to whom may have changed"""
    filler: int = 2
    """novel words that an edit may bring into a sentence of `long_sentence` content words or more"""
    filler_short: int = 1
    """the same for shorter ones"""
    substituted: float = 0.85
    """of a short sentence's words told, from which one in another's place is a synonym: six of seven"""
    long_sentence: int = 12
    """content words from which a sentence is long"""
    filler_unspaced: int = 3
    """novel character trigrams of one inserted character"""
    filler_unspaced_share: float = 0.12
    """or this share of a long sentence's trigrams"""
    substitution: float = 0.6
    """word pairs in common from which a lost and a found figure are one figure that changed"""
    figures: int = 40
    """figures of a sentence compared one by one; a line with more is a table's, of which the first are told"""
    denial: float = 0.5
    """word pairs in common from which a "not" more or less turns the meaning"""
    typo_letters: int = 6
    """shortest word in which one letter's difference is a typing error: "Burton"/"Barton" yes, "north"/"forth" no"""
    typo_pool: int = 40
    """words compared for typing errors; beyond, the sentences have little in common anyway"""
    fragment: int = 3
    """content words below which a sentence without figures is no statement: cross-heads, datelines, "he added" """
    heading: int = 4
    """the same for a line that does not end like a sentence"""
    taken_back: float = 0.5
    """word pairs of an old sentence left anywhere in the new text, below which it is gone"""


ALIGNMENT = AlignmentThresholds()
