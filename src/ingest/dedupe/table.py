"""The decision table: what an arriving text is to a stored one. The first row that holds decides.

`same` rows say that both are versions of one text; whether that makes a copy or a revision is read from the sentences
(`relation`). Every row has been seen at work on real wire copy; the reason names the case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from ingest.dedupe.evidence import Evidence

Outcome = Literal["copy", "same", "distinct"]


class Row(NamedTuple):
    """`holds` reads the evidence; `says` is the reason as `ingest why` tells it, `because` why the row is there."""

    name: str
    outcome: Outcome
    holds: Callable[[Evidence], bool]
    says: str
    because: str


def _corrects(e: Evidence) -> bool:
    t = e.limits
    return (
        e.new.correction
        and not e.old.correction
        and (e.title >= t.correction_title or (not e.titled and e.in_new >= t.correction_untitled))
        and e.passage >= t.correction_passage
        and e.hours <= t.correction_hours
    )


def _equal(e: Evidence) -> bool:
    t = e.limits
    if not e.same_words or e.new.size < t.fewest:
        return False
    return e.new.size >= t.short or not e.titled or (e.title >= t.title_agrees and not e.other_subject)


def _table(e: Evidence) -> bool:
    return e.figure_share > e.limits.table


def _same_table(e: Evidence) -> bool:
    t = e.limits
    return (
        _table(e)
        and e.passage >= t.table_passage
        and e.shorter >= t.table_length * e.longer
        and e.figures_new <= t.table_figures
        and e.figures_lost <= t.table_figures
    )


def _completed(e: Evidence) -> bool:
    t = e.limits
    if not e.own or e.old.size > t.teaser or e.new.size < max(1, t.teaser_growth * e.old.size):
        return False
    return e.title >= t.teaser_title or e.in_new >= t.teaser_passage


def _digest(e: Evidence) -> bool:
    t = e.limits
    if e.in_old >= t.digest_new or e.in_new < t.digest_old:
        return False
    return e.title < t.digest_title and e.lead < t.digest_lead


def _short_other_title(e: Evidence) -> bool:
    t = e.limits
    return e.shorter < t.short and e.titled and not e.new.correction and (e.title < t.title_agrees or e.other_subject)


def _form(e: Evidence) -> bool:
    t = e.limits
    longest = t.template_unspaced if e.new.unspaced else t.template
    return e.shorter < longest and not e.new.correction and e.name_substituted


def _next_issue(e: Evidence) -> bool:
    t = e.limits
    return (
        e.figure_share >= t.periodic
        and (e.hours >= t.periodic_hours or not e.titled)
        and min(e.figures_new, e.figures_lost) >= t.periodic_figures
        and not e.new.correction
    )


def _series(e: Evidence) -> bool:
    s, t = e.series, e.limits
    if e.issues < s.issues or e.title < s.title or e.own or e.new.correction:
        return False
    if e.hours >= t.periodic_hours:
        return not (e.same_words and e.new.size >= t.template)
    return (
        e.hours >= s.resent
        and e.figure_share >= t.periodic
        and bool(e.new.figures - e.old.figures and e.old.figures - e.new.figures)
    )


def _untouched(e: Evidence) -> bool:
    return e.passage >= e.limits.contained and e.changed <= e.limits.touched


def _too_little_untouched(e: Evidence) -> bool:
    t = e.limits
    if not _untouched(e):
        return False
    if not e.titled and e.known < t.untitled_known:
        return True
    return e.shorter < t.short and e.lead < t.short_lead and e.title < t.short_title and e.known < t.short_known


def _touched_same_title(e: Evidence) -> bool:
    t = e.limits
    if e.passage < t.contained or e.title < t.retitled or e.hours > t.retitled_hours:
        return False
    return e.figures_new <= t.retitled_figures or (
        e.figure_share < t.periodic and e.lead >= t.relead and e.only_figures_changed
    )


def _touched_same_lead(e: Evidence) -> bool:
    t = e.limits
    return (
        e.passage >= t.contained
        and e.longer > t.relead_size
        and e.lead >= t.relead
        and e.figures_new <= t.relead_figures
        and (e.title >= t.relead_title or not e.titled)
    )


def _touched(e: Evidence) -> bool:
    return e.passage >= e.limits.contained


def _rewritten_sentences(e: Evidence) -> bool:
    t = e.limits
    if e.passage < t.partial:
        return False
    if not e.titled:
        return e.known_sentences >= t.partial_sentences_untitled
    return e.known_sentences >= t.partial_sentences and e.title >= t.partial_title


def _rewritten_same_title(e: Evidence) -> bool:
    t = e.limits
    return (
        e.passage >= t.partial
        and e.title >= t.partial_same_title
        and e.figures_new <= t.partial_figures
        and e.hours <= t.partial_hours
        and e.known >= t.partial_known
    )


def _same_figures(e: Evidence) -> bool:
    t = e.limits
    return (
        e.passage >= t.rewritten
        and e.hours <= t.partial_hours
        and e.figure_share >= t.periodic
        and e.title >= t.rewritten_title
        and max(e.figures_new, e.figures_lost) <= t.rewritten_figures
    )


def _rewritten_same_lead(e: Evidence) -> bool:
    t = e.limits
    return (
        e.passage >= t.rewritten
        and e.hours <= t.partial_hours
        and e.shorter >= t.short
        and e.title >= t.partial_same_title
        and e.figures_new <= t.partial_figures
        and e.lead >= t.rewritten_lead
        and e.known >= t.rewritten_known
    )


ROWS: tuple[Row, ...] = (
    Row(
        "out-of-window", "distinct", lambda e: e.hours > e.limits.window,
        "the other text is too old to be compared",
        "recurring forms return with the same words weeks later and are other news",
    ),
    Row(
        "completed", "same", _completed,
        "the full text of an article of which a teaser or the title was there",
        "feeds first, pages later; a standfirst has hardly a word of the text under it",
    ),
    Row(
        "linked", "same", lambda e: e.linked,
        "its source says that it follows the other text",
        "a flash that becomes a story under its number keeps no word of it; who wrote both knows",
    ),
    Row(
        "other-text", "distinct", lambda e: e.passage < e.limits.passage or not e.shorter,
        "no passage in common",
        "chance shares a few shingles",
    ),
    Row(
        "correction", "same", _corrects,
        "it says that it corrects the other text",
        "a correction is never suppressed, however little it changes",
    ),
    Row(
        "series", "distinct", _series,
        "the next issue under a title that comes again and again",
        "Fed reserves, slaughter guesstimates, morning briefings: much of it is the same words, at times all of a few",
    ),
    Row(
        "same-words", "copy", _equal,
        "the same words",
        "equal in every spelling; a short text needs its title, dividends are equal for two companies",
    ),
    Row(
        "too-short", "distinct", lambda e: e.shorter < e.limits.fewest,
        "too short to tell from chance",
        "1,604 flashes of one wire share a placeholder body",
    ),
    Row(
        "same-table", "same", _same_table,
        "the same table with the same figures",
        "a table sent again",
    ),
    Row(
        "other-table", "distinct", _table,
        "a table with other figures",
        "in tables the figures are the content: rates, yields, closing prices",
    ),
    Row(
        "digest", "distinct", _digest,
        "a digest that embeds the other text",
        "news summaries are not a version of any of their items",
    ),
    Row(
        "short-other-title", "distinct", _short_other_title,
        "a short text under another title",
        "dividend one-liners",
    ),
    Row(
        "form", "distinct", _form,
        "the same form of words about another subject",
        "prime rates, eurobond launches, contract awards, state visits",
    ),
    Row(
        "next-issue", "distinct", _next_issue,
        "the next issue of a periodical report",
        "market tables, official prices, tenders: the same words every day around other figures",
    ),
    Row(
        "too-little-untouched", "distinct", _too_little_untouched,
        "a short form with other contents",
        "two small texts share their formula and little else",
    ),
    Row(
        "contained", "same", _untouched,
        "most of the shorter text stands in the other, mostly in untouched sentences",
        "trims, expansions, copy-edits, updates",
    ),
    Row(
        "touched-same-title", "same", _touched_same_title,
        "most sentences were touched, under the same title within half a day",
        "10 dead becomes 12 dead all over the text",
    ),
    Row(
        "touched-same-lead", "same", _touched_same_lead,
        "most sentences were touched, the lead stands",
        "a desk's line edit of a longer text",
    ),
    Row(
        "other-contents", "distinct", _touched,
        "the same form of words with other names or figures",
        "Fed repurchases, weekly stocks, tender results",
    ),
    Row(
        "rewritten-sentences", "same", _rewritten_sentences,
        "heavily rewritten, with whole sentences kept",
        "a re-filed story",
    ),
    Row(
        "rewritten-same-title", "same", _rewritten_same_title,
        "heavily rewritten under the same title, the figures stand",
        "a second take",
    ),
    Row(
        "rewritten-same-figures", "same", _same_figures,
        "heavily rewritten around the same figures, under the same title",
        "a company's results filed again by another desk",
    ),
    Row(
        "rewritten-same-lead", "same", _rewritten_same_lead,
        "heavily rewritten under the same lead, with most of it known",
        "a second take with other quotes",
    ),
    Row(
        "shared-background", "distinct", lambda e: e.known_sentences >= e.limits.shared_sentences,
        "another text that shares background",
        "follow-ups repeat yesterday's paragraphs",
    ),
    Row(
        "other-text-alike", "distinct", lambda e: True,
        "another text with a passage in common",
        "nothing above speaks for one text",
    ),
)  # fmt: skip
