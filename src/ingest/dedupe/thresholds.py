"""The thresholds of dedupe, one table per question, each with its reason.

Unless said otherwise measured on the dev half of the Reuters stream (docs/decisions/0040-0048); "same text" means copy
or revision.
"""

from __future__ import annotations

import msgspec


class SketchThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """How many shingles of a text are indexed."""

    shingle: int = 5
    """tokens of an indexed shingle; 4 finds as much and doubles the chance matches"""
    compared: int = 4
    """tokens of a compared shingle: shorter, so that one changed word costs 4 of them, not 5"""
    share: int = 8
    """one shingle in so many is indexed"""
    fewest: int = 16
    """but no fewer: with 8 a short text is missed 2 times in 100"""
    most: int = 36
    """and no more: an article may write 60 index entries, and its story needs 24 of them"""
    bits: int = 48
    """kept of a hash, the low ones: a sketch keeps the smallest hashes, so their high bits are all alike"""


class CandidateThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Which stored texts are fetched and compared."""

    most: int = 8
    """texts compared: with 180,000 distractors the right one is among 8 in 9,988 of 10,000"""
    crowded: int = 32
    """postings from which a shingle is a template's"""
    newest: int = 8
    """of those only the newest count: a template's use for finding its last revision"""
    any_vote: float = 0.001
    """a shared shingle's vote beside its rarity, so that ties go to the text that shares more"""


class RelationThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The decision table's numbers. Shares 0..1, times in hours, sizes in tokens (characters in Chinese)."""

    short_window: float = 20.0
    """hours in which a short item of the very same words is a copy: less than a day, since daily ones come every day"""
    window: float = 72.0
    """the same words weeks later are other news (six equal bodies 2-4 weeks apart); 48 h .979, 72 h .982, 168 h .981"""
    passage: float = 0.12
    """less than this of the shorter text in common: no shared passage"""

    fewest: int = 12
    """shorter texts say the same by chance ("Shr 10 cts vs 12 cts"): only the exact short index speaks for them"""
    short: int = 40
    """a text so short may be equal for two companies ("Qtly div 20 cts vs 20 cts"): its title must agree"""
    title_agrees: float = 0.3
    """of the titles' weight in common: below, they name different things"""
    other_title: float = 0.34
    """of either title's weight in words that the other lacks, its first among them: it names another subject"""

    correction_title: float = 0.5
    correction_passage: float = 0.3
    correction_hours: float = 48.0
    """a text that says it corrects another, under half its title, with a third of its words, within two days"""
    correction_untitled: float = 0.5
    """without titles half of the old text must be there: a notice that quotes a paragraph is no version of it"""

    teaser: int = 80
    """tokens up to which an article's earlier version is a teaser: feeds give a sentence or two, or the title"""
    teaser_growth: float = 2.0
    """and the next one, so many times as long, its full text"""
    teaser_title: float = 0.5
    teaser_passage: float = 0.5
    """if it has the title or the words: a key may be used again for another article"""

    table: float = 0.4
    """share of figures from which the figures are the content"""
    table_passage: float = 0.95
    table_length: float = 0.7
    table_figures: float = 0.05
    """a table is the same only if nearly all of its shingles, its length and its figures are"""
    periodic: float = 0.15
    """share of figures from which a text may be an instance of a periodical form (prices, results)"""
    periodic_hours: float = 8.0
    """between two instances of a daily form, and more than a desk takes to correct a figure"""
    periodic_figures: float = 0.2
    """share of the figures that came, and of those that went: no true pair of dev has both after 8 h, or untitled"""

    digest_old: float = 0.5
    digest_new: float = 0.25
    digest_lead: float = 0.5
    digest_title: float = 0.9
    """half of the old text is a quarter of the new one, under another lead and title: a news summary that embeds it"""

    template: int = 150
    template_unspaced: int = 400
    """longest text in which a substituted title name makes a form ("<NAME> raises prime rate to 7.75 pct")"""

    contained: float = 0.70
    """of the shorter text in the other, and mostly untouched sentences: one text"""
    touched: float = 0.45
    """share of the new text in changed sentences up to which the untouched ones decide"""
    untitled_known: float = 0.5
    """without titles half must be told in the same words"""
    short_lead: float = 0.5
    short_title: float = 0.5
    short_known: float = 0.9
    """below `short` tokens one of these must hold: same lead, same title, or almost every word"""

    retitled: float = 0.5
    retitled_hours: float = 12.0
    retitled_figures: float = 0.34
    """most sentences touched: the same title within half a day, and at most a third of the figures new"""
    relead: float = 0.6
    relead_size: int = 60
    relead_figures: float = 0.25
    relead_title: float = 0.34
    """or the same lead in a text of some length, with a quarter of the figures new and a third of the title"""

    partial: float = 0.55
    """of the shorter text in the other: a heavy rewrite, if more speaks for it"""
    partial_sentences: int = 3
    partial_title: float = 0.2
    """three sentences word for word and some of the title"""
    partial_sentences_untitled: int = 5
    """five without titles"""
    partial_same_title: float = 0.5
    partial_figures: float = 0.2
    partial_hours: float = 36.0
    partial_known: float = 0.25
    """or the same title, hardly a new figure, within a day and a half, and a quarter known"""

    rewritten: float = 0.5
    """half of the shorter text in the other, within that time: where still more speaks for it"""
    rewritten_figures: float = 0.25
    rewritten_title: float = 0.9
    """either a report full of figures, three in four the same both ways, under the same title: a form keeps its words
    and changes its figures, a re-filed report does the reverse"""
    rewritten_known: float = 0.6
    rewritten_lead: float = 0.8
    """or the same lead, and three fifths in sentences that say no more, under half of the title"""

    shared_sentences: int = 2
    """known sentences that make two texts share background"""
    excerpt: float = 0.5
    """length against the old text below which a copy is an excerpt"""
    whole: float = 0.85
    """of the old text's shingles found in the new, from which a copy is whole"""


class SeriesThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """What recurs: the issues of a series under one title, a placeholder under many. Figures in docs/decisions/0045."""

    fewest: int = 2
    """content words of a title, without figures, that can name a series: "Morning briefing" does"""
    fewest_unspaced: int = 4
    """the same in different characters"""
    apart: int = 8
    """hours without the title between two issues: within them it is copies and re-sends of one"""
    days: int = 7
    """back to which issues count: four of a daily series are left after a long weekend"""
    issues: int = 2
    """that came before, from which a title names a series: a text re-filed next day has one"""
    title: float = 0.5
    """of the titles' weight in common: the issue before may have been called a little otherwise"""
    resent: float = 1.0
    """hours in which a table of a series is sent again with a figure put right; after that it is the next one"""
    subjects: int = 3
    """titles that have nothing to do with one another, from which a short body under them is a placeholder"""


class StandingThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When a sentence is standing matter of its outlet. Figures in docs/decisions/0049."""

    titles: int = 3
    """that have nothing to do with one another, from which a sentence under them is standing matter"""
    words: int = 5
    """of a sentence that can be known by itself: "Terms were not disclosed" is four"""
    unspaced: int = 10
    """the same in characters"""
    title_words: int = 16
    """of a title that are kept, a byte each"""
    titles_read: int = 8
    """last titles of an outlet from which a word in most of them names the outlet and no subject"""
    head: int = 32
    tail: int = 64
    """sentences of a very long text that are counted, at its beginning and its end: that is where prompts stand"""


class RoundupThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When a text takes others together (docs/decisions/0046). Shares of 4-grams, 0..1."""

    fewest: int = 40
    """tokens of a round-up: shorter ones are put together from forms of words"""
    parts: int = 2
    """texts of different lineages"""
    part: float = 0.5
    """of the round-up, below which a text is a part of it; more, and the round-up is its next version"""
    embedded: float = 0.5
    """of a part that stands in the round-up"""
    sentences: int = 2
    """or so many of its sentences, word for word: background alone is seldom of two texts at once"""
    covered: float = 0.33
    """of the round-up that its parts are together"""
    overlap: float = 0.25
    """of that, which may be of two parts: news that was put together stands side by side, forms of words lie on top of
    each other (.41 of .57 in bond issues)"""


class ShortThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The exact index of items too short to be compared."""

    longest: int = 12
    """body tokens below which an item belongs here"""
    fewest: int = 3
    """tokens of title and body together: "Update" and "Breaking news" are no item"""
    fewest_unspaced: int = 6
    """the same in characters"""


SKETCH = SketchThresholds()
CANDIDATES = CandidateThresholds()
RELATION = RelationThresholds()
SHORT = ShortThresholds()
SERIES = SeriesThresholds()
ROUNDUP = RoundupThresholds()
STANDING = StandingThresholds()
