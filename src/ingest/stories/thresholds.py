"""Every threshold of story placement, with its reason. One configuration for all languages, lengths and sources.

Figures are BCubed F1 on labelled sets, each replayed as one stream; docs/decisions/0051 to 0054 have the tables.
"""

from __future__ import annotations

import msgspec


class Reading(msgspec.Struct, frozen=True):
    """From text to weighted terms."""

    body_tokens: int = 400  # more adds background of the story, not the news; keeps reading under a millisecond
    title_weight: float = 5.0  # a headline names the event; +.004 over x3, and ECB+ gains .003 over x4
    lead_tokens: int = 60  # first sentence or two, where an inverted pyramid has the event
    lead_weight: float = 3.0  # +.010 over none on six sets; x3 rather than x2 keeps shared background paragraphs apart
    # Two words rarer than this side by side are a name or a fixed phrase. At 5e-4 `north korea` was one too, counted
    # three times over, and joined articles that share nothing but the country.
    pair_frequency: float = 2e-4
    # Of 1 + ln(count): a text that says a country's name ten times is not ten times about it. .75 loses .008 on BASIL,
    # .005 on wikinews and AllSides; at 1 the seeds have strangers in 1 to 3 of 40 draws (decision 0131).
    count_power: float = 0.9
    pair_weight: float = 0.5  # its words count as well; pairs are worth +.004 to +.011
    pair_presence: float = 2.5e-4  # pairs are not in word lists: about as rare as a word of 1 in a million


class Counting(msgspec.Struct, frozen=True):
    """The stream's own word counts."""

    prior_articles: float = 300.0  # weight of the background, in articles; 100 to 500 are level, 2,000 loses .01
    surprise_power: float = 0.8  # idf counts in both vectors: 1.6 in all, where 2 lets a few names decide
    halve_at: int = 20_000  # a busy day or two: what was news last week stops being common
    common_presence: float = 0.5  # more common words are not counted: the background knows them well enough
    columns: int = 1 << 16  # counters a row: 256 kB in all; half and eight times as many are level after 2,400 articles
    snapshot_every: int = 256  # articles between full rewrites of the counters
    page_bytes: int = 8192


class Shape(msgspec.Struct, frozen=True):
    """Size of what is compared and kept."""

    vector_terms: int = 150  # 80 lose .006 on wikinews, 60 lose .015
    centroid_terms: int = 160  # 1 kB at most; 256 are not better
    proposer_terms: int = 25  # the strongest find the story; all of them gain .0001 and cost three times as much
    posting_terms: int = 16  # index entries written for an article: as good as 24 or all 150
    candidates: int = 12  # stories compared exactly; 8, 12 and 64 are level


class Placing(msgspec.Struct, frozen=True):
    """When an article belongs to a story."""

    coherence: float = 0.65  # a broad story is judged by its centre, a small one by all its members; .5 costs UCI .014
    coherence_half: float = 5.0  # members beyond the first at which half of that is reached
    margin: float = 0.2  # share of the next five stories' mean taken off: guards dense topics; .3 costs wikinews .007
    margin_over: int = 5
    # Power of what a term counts, by the share of the other candidates that lack it: what most of them have is the
    # topic. News search gains .03, AllSides .006; 1 gains half as much again, and costs wikinews, where one event is in
    # several stories, .005 more.
    crowd: float = 0.7
    crowd_prior: float = 2.0  # candidates that have nothing of it, so that two or three make no topic yet
    # Terms over which what two articles share is to be spread, and the power of what is missing: headlines that meet in
    # one name are seldom one event. BASIL with a third of the bodies gone gains .02; 1 splits UCI's broad events.
    breadth_terms: float = 3.0
    breadth: float = 0.7
    short_tokens: int = 12  # a bare headline
    short_score: float = 0.095  # it has few terms, and cannot reach what a text does
    long_tokens: int = 50  # a headline with its teaser
    long_score: float = 0.165  # lower wikinews gains what AllSides and news search lose
    # Part by which the bar is higher in an empty store, where everyday names of the news still pass for rare words, and
    # where there are no neighbours yet whose likeness is taken off; it fades as the stream teaches its own. At .15 one
    # of 40 draws of the seeds among 200 articles has a stranger, at .2 none; .3 splits fresh stories of headlines.
    young: float = 0.2
    # Part by which it is lower for text in pairs of Han characters, many of which cross the end of a word: .86 of the
    # pairs that belong together join in place of .79 at a fifth, and .03 of the others; at .27 twice as many of those.
    han: float = 0.25
    # How far ahead of its arrival a date may lie. Clocks are wrong by minutes, zones by hours: such a version, if
    # believed, would make every other outlet's for as long an older one, which tells nothing.
    ahead_minutes: float = 15.0
    grace_hours: float = 24.0  # a story rests overnight without getting older
    half_life_hours: float = 48.0  # 24 to 168 are level on day stamps; AllSides gains .004 over 72
    # Power of what it counts that a story is near in time where most candidates are not. .1 gives AllSides .011 and
    # BASIL .005, .25 gives .030 and .015, .3 no more. A flat factor gives as much, but joins a day's look-alikes.
    nearness: float = 0.25
    # Mean similarity of a story's members, in parts of the score that an article would need. Below, they share no more
    # than the words of a template, and no more articles join by vote. Labelled stories keep 1.25 and more; what
    # templates and placeholders pull together falls to .6. 1.0 and 1.25 are level, 1.5 splits headlines (uci -.035).
    coherent: float = 1.25
    memory: int = 400  # members that weigh in a centroid: beyond, the older ones fade


class Merging(msgspec.Struct, frozen=True):
    """When two stories prove to be one. A wrong merge cannot be undone, so each row refuses (decision 0115)."""

    # Sum of a member's weights, in the mean: about the root of how many terms count. Bare headlines have 1.4 to 3.3, a
    # title with a line of text 3.6 and more, texts 5 to 11. What a text is about shows when the second one comes:
    # stories of texts that still look alike are twins.
    width: float = 3.5
    # Headlines on each side, so that a centre says more than one of them could: with 2, AllSides' titles lose .006.
    few: int = 3
    small: int = 6  # of the smaller one: stories that have kept apart for longer are two; with 8, 5 of 5 more are wrong
    # In parts of the bar that an article has to reach, how alike the two have to be: 1.25 adds 6 merges, 5 of them
    # wrong; 2 leaves half of the gain.
    factor: float = 1.5
    hours: float = 24.0  # between them, both dated: of 19 merges of undated titles 2 were right
    lineage: float = 0.75  # share of a text that stands in a text of each story: both then share half of it
    most: int = 250  # articles of the smaller: every worker reads once more what they told, .4 s of these


class Drifting(msgspec.Struct, frozen=True):
    """When a story is no longer what it was opened with (decision 0116)."""

    terms: int = 8  # of the opening, 3 bytes each in every story; with 6 ECB+ loses .007
    # Articles in a row that have none of them: the next such is not taken. Stories of texts never have three; headlines
    # (uci) go on so for seven, of 28 from the fifth on 23 are of another event, and with 4 uci loses .005.
    away: int = 8


class Continuing(msgspec.Struct, frozen=True):
    """When an article that opens a story takes up an older one, which only time keeps apart (decision 0116)."""

    # In parts of what it would have had to reach. On a month of a wire some 15 of 22 read were right, and 6 of 6 of
    # general news; at 1.25 half of the wire's.
    factor: float = 1.5
    alone: float = 2.0  # times the score of the next story: what comes under one template has many neighbours alike


class Contrasting(msgspec.Struct, frozen=True):
    """What two look-alikes begin with (decision 0136)."""

    lead_words: int = 60  # as of `Reading.lead_tokens`
    names: int = 2  # on each side: one may be the agency, or a word with the capital of a name


class MeaningWeight(msgspec.Struct, frozen=True):
    """What the likeness of two titles by a model counts (decision 0122). Apart from the others, as a partition without
    a model is not judged by it."""

    # Of the score's logarithm, for each whole point of likeness; 2 leaves a third of the gain, 4 costs news of two
    # headlines as much as it gives large stories.
    power: float = 3.0
    # Likeness at which the score stays as it is, that of the others taken off: two headlines of one event have .5.
    expected: float = 0.25
    crowd: float = 1.5  # of the other candidates' mean likeness taken off: all titles on one topic are alike
    most: float = 1.5  # of the exponent either way: words have a say as well


MEANING = MeaningWeight()


class Thresholds(msgspec.Struct, frozen=True):
    """All of it; `THRESHOLDS` is the product's."""

    reading: Reading = Reading()
    counting: Counting = Counting()
    shape: Shape = Shape()
    placing: Placing = Placing()
    merging: Merging = Merging()
    drifting: Drifting = Drifting()
    continuing: Continuing = Continuing()
    contrasting: Contrasting = Contrasting()


THRESHOLDS = Thresholds()
