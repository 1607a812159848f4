"""What an article adds to its story: sentences not told before, changed figures, what was taken back, the headline.

Against the story, not against the article's own earlier version: a second outlet's copy of yesterday's background adds
nothing, whoever prints it for the first time.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from ingest.alignment import Alignment, Match, Sentence, StoryTold, Text, align
from ingest.alignment.named import Names
from ingest.alignment.words import CALENDAR
from ingest.model import Added, Delta, Figure, HeadlineChange

Kind = Literal["new", "copy", "revision", "coverage"]


class MaterialityWeights(msgspec.Struct, frozen=True, kw_only=True):
    """`1 - exp(-(words + figure * figures + name * names) / scale)`; docs/events.md tells the same."""

    figure: float = 25.0
    """a figure that changed weighs as much as a sentence: "10 dead" -> "12 dead" is one token"""
    name: float = 10.0
    """somebody or something not in the story before"""
    least: float = 1.0
    """of a delta that only takes back, or whose words were all told before: 0 is kept for the empty delta"""
    scale: float = 120.0
    """a paragraph of 120 new content words is .63; one sentence of 12 is .10"""
    unspaced: float = 0.5
    """of a word is one character trigram worth: Chinese words have 1.6 characters on average"""


MATERIALITY = MaterialityWeights()

SHORTENED = 0.5
"""Length against its parent below which a revision is an edited excerpt: what it leaves out was cut, not taken back."""

__all__ = ["MATERIALITY", "Kind", "MaterialityWeights", "delta"]


def delta(
    told: StoryTold,
    new: Text,
    *,
    kind: Kind,
    parent: Text | None = None,
    against: Alignment | None = None,
    late: bool = False,
    completed: bool = False,
    weights: MaterialityWeights = MATERIALITY,
) -> Delta:
    """The delta of an article against its story.

    kind      of the relation; an opening (`new`) has no delta, its materiality is null
    told      what the story has told, this article not included: the opening's sentences and what deltas added
    parent    the text it is a copy or revision of; `against` its alignment with that parent, where it is at hand
    new       of an item without a body its title is what it says; of a correction every word that differs is told
    late      older than a version already held: what the newer one has left out or put right is not told again, no
              figure moves back, the headline stands, so nothing is left to tell
    completed the parent was a teaser: what it said otherwise was its editor's summary, and is not taken back
    """
    if kind == "new":
        return Delta(materiality=None)
    if late:
        return Delta(materiality=0.0)
    headline = _headline(parent, new, kind)
    if kind == "copy":  # says nothing that its parent did not, however the story's own words for it differ
        return Delta(materiality=0.0, headline=headline)
    alignment = align(told, _said(new))
    fresh = alignment.of("changed", "new")
    if new.correction and kind == "revision":
        fresh = [match for match in alignment.matches if match in fresh or alignment.differs(match)]
    added = tuple(_added(alignment, match, told) for match in fresh)
    figures = _figures(alignment, fresh, told)
    removed: tuple[str, ...] = ()
    if kind == "revision" and not completed and parent is not None and new.size >= SHORTENED * parent.size:
        removed = _removed(against or align(parent.told, new.sentences))
    names = Names([sentence.text for sentence in _said(new)])
    for match in fresh:
        names.add(match.sentence, match.names)
    weight = 0.0
    if added or removed:
        weight = max(_words(fresh, weights) + weights.figure * len(figures) + weights.name * len(names), weights.least)
    return Delta(
        materiality=round(1.0 - math.exp(-weight / weights.scale), 4),
        added=added,
        removed=removed,
        figures=figures,
        headline=headline,
        names=names.told(),
    )


def _said(new: Text) -> list[Sentence]:
    """Its sentences; of an item that is a title only, the title."""
    return new.sentences if new.words or new.heading is None else [new.heading]


def _added(alignment: Alignment, match: Match, told: StoryTold) -> Added:
    partner = alignment.partner(match) if match.status != "new" else None
    return Added(
        text=match.sentence.text,
        position=match.position,
        was=partner.text if partner else None,
        first=told.quoted(match.sentence),
    )


def _figures(alignment: Alignment, fresh: list[Match], told: StoryTold) -> tuple[Figure, ...]:
    """Changes of figures in re-told sentences; the same change is told once, and not when its outcome was told."""
    found: dict[tuple[str, str], Figure] = {}
    for match in fresh:
        if match.status != "changed":
            continue
        for change in alignment.figure_changes(match):
            if (match.novelty is not None and match.novelty.weighty) or not told.has_figures((change.key,)):
                figure = Figure(was=change.was, now=change.now, context=match.sentence.text, what=change.what)
                found.setdefault((change.was, change.now), figure)
    return tuple(found.values())


def _removed(alignment: Alignment) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in alignment.removed)


def _headline(parent: Text | None, new: Text, kind: Kind) -> HeadlineChange | None:
    if kind == "coverage" or parent is None or parent.heading is None or new.heading is None:
        return None
    if parent.heading.hash == new.heading.hash:
        return None
    return HeadlineChange(was=parent.title, now=new.title)


def _words(fresh: list[Match], weights: MaterialityWeights) -> float:
    """New content words, each counted once."""
    words: set[str] = set()
    total = 0.0
    for match in fresh:
        novel = match.words - CALENDAR - words
        total += len(novel) * (weights.unspaced if match.sentence.unspaced else 1.0)
        words |= novel
    return total
