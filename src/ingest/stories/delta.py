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
from ingest.alignment.once import once
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
    language: str | None = None,
    weights: MaterialityWeights = MATERIALITY,
) -> Delta:
    """The delta of an article against its story.

    kind      of the relation; an opening (`new`) has no delta, its materiality is null
    told      what the story has told, this article not included: the opening's sentences and what deltas added
    parent    the text it is a copy or revision of; `against` its alignment with that parent, where it is at hand
    new       of an item without a body its title is what it says; of a correction every word that differs is told
    late      older than a version already held: what the newer one has left out or put right is not told again, no
              figure moves back, the headline stands, so nothing is left to tell
    language  BCP 47 tag, where it is known: some write every noun with a capital
    completed the parent was a teaser: what it said otherwise was its editor's summary, and is not taken back
    """
    if kind == "new":
        return Delta(materiality=None)
    if late:
        return Delta(materiality=0.0)
    headline = _headline(parent, new, kind)
    if kind == "copy":  # says nothing that its parent did not, however the story's own words for it differ
        return Delta(materiality=0.0, headline=headline)
    news = _News(told, new, parent if kind == "revision" else None, against)
    removed: tuple[str, ...] = ()
    if kind == "revision" and not completed and parent is not None and new.size >= SHORTENED * parent.size:
        removed = tuple(sentence.text for sentence in news.against_parent.removed)
    figures = news.figures()
    names = Names([sentence.text for sentence in _said(new)], language)
    for match in news.fresh:
        names.add(match.sentence, match.names)
    weight = 0.0
    if news.fresh or removed:
        weight = _words(news.fresh, weights) + weights.figure * len(figures) + weights.name * len(names)
        weight = max(weight, weights.least)
    return Delta(
        materiality=round(1.0 - math.exp(-weight / weights.scale), 4),
        added=tuple(news.added(match) for match in news.fresh),
        removed=removed,
        figures=figures,
        headline=headline,
        names=names.told(),
        cut=news.cut,
    )


class _News:
    """The sentences that say something new to the story, each with what it re-tells.

    That is a sentence of the parent first, where there is one: a desk puts its own version right, and what an older
    one said was put right before ("ten", then 12, now 11).
    """

    def __init__(self, told: StoryTold, new: Text, parent: Text | None, against: Alignment | None) -> None:
        self._told, self._new, self._parent, self._against = told, new, parent, against
        self._story = align(told, _said(new))
        self._corrects = new.correction and parent is not None
        self.cut = False
        """whether some figures are left out"""

    @once
    def against_parent(self) -> Alignment:
        assert self._parent is not None
        return self._against or align(self._parent.told, self._new.sentences)

    @once
    def fresh(self) -> list[Match]:
        """What the story was not told, nor the parent in other words; of a correction also what differs from its
        parent, be it by one word."""
        found = [match for match in self._story.matches if match.status in ("changed", "new")]
        if self._parent is None or not (found or self._corrects):
            return found
        news = {match.position: match for match in found if not self._of_parent(match)}
        if self._corrects:
            for alignment in (self.against_parent, self._story):
                news = {match.position: match for match in alignment.matches if alignment.differs(match)} | news
        return [news[at] for at in sorted(news)]

    def _of_parent(self, match: Match) -> bool:
        """Whether the parent said as much in a sentence that was told."""
        other = self._by_parent(match)
        if other is None or other.status != "cosmetic":
            return False
        partner = self.against_parent.partner(other)
        return partner is not None and self._told.find(partner) is not None

    def _by_parent(self, match: Match) -> Match | None:
        """The same sentence against the parent, where it re-tells one of its sentences."""
        if self._parent is None or not self.against_parent.matches:  # of a title alone
            return None
        other = self.against_parent.matches[match.position]
        return other if other.novelty is not None and other.novelty.near else None

    def _retold(self, match: Match) -> tuple[Alignment, Match]:
        other = self._by_parent(match)
        return (self._story, match) if other is None else (self.against_parent, other)

    def added(self, match: Match) -> Added:
        alignment, other = self._retold(match)
        partner = alignment.partner(other) if other.status != "new" else None
        return Added(
            text=match.sentence.text,
            position=match.position,
            was=partner.text if partner else None,
            first=self._told.quoted(match.sentence),
        )

    def figures(self) -> tuple[Figure, ...]:
        """Changes of figures in re-told sentences; the same change is told once, and not when its outcome was told."""
        found: dict[tuple[str, str], Figure] = {}
        for match in self.fresh:
            alignment, other = self._retold(match)
            if other.novelty is None or not (other.status == "changed" or (self._corrects and other.novelty.near)):
                continue
            self.cut = self.cut or alignment.figures_left_out(other)
            for change in alignment.figure_changes(other):
                told = self._told.has_figures((change.key,))
                if self._is_news(match, other, change.key) and (other.novelty.weighty or not told):
                    figure = Figure(was=change.was, now=change.now, context=match.sentence.text, what=change.what)
                    found.setdefault((change.was, change.now), figure)
        return tuple(found.values())

    def _is_news(self, match: Match, of_parent: Match, key: str) -> bool:
        """Whether a figure that the parent lacks is one that the story's own sentence lacks as well; in a correction
        the parent's word is the one that is put right."""
        if match is of_parent or self._corrects or match.novelty is None:
            return True
        return any(figure.key == key for figure in match.novelty.figures)


def _said(new: Text) -> list[Sentence]:
    """Its sentences; of an item that is a title only, the title."""
    return new.sentences if new.words or new.heading is None else [new.heading]


def _headline(parent: Text | None, new: Text, kind: Kind) -> HeadlineChange | None:
    if kind == "coverage" or parent is None or parent.heading is None or new.heading is None:
        return None
    if parent.heading.hash == new.heading.hash:
        return None
    return HeadlineChange(was=parent.headline, now=new.headline)


def _words(fresh: list[Match], weights: MaterialityWeights) -> float:
    """New content words, each counted once."""
    words: set[str] = set()
    total = 0.0
    for match in fresh:
        novel = match.words - CALENDAR - words
        total += len(novel) * (weights.unspaced if match.sentence.unspaced else 1.0)
        words |= novel
    return total
