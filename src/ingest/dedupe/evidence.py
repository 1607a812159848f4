"""What two texts show of their relation, worked out only as far as a row of the decision table asks for it."""

from __future__ import annotations

import math
from collections.abc import Callable

from ingest.alignment import Alignment, align
from ingest.alignment.numbers import words_of
from ingest.alignment.once import once
from ingest.dedupe.text import Stored, Text
from ingest.dedupe.thresholds import RELATION, SERIES, RelationThresholds, SeriesThresholds

Idf = Callable[[str], float]
"""Weight of a folded title word: the rarer, the heavier; positive."""


class Evidence:
    """A stored text, an arriving one, the hours between them, and what follows. All shares are 0..1.

    issues    of the series that the new title names, before this one; 0 where it names none
    own       whether the old text is an earlier version of the very article
    linked    whether the new text's source says that it follows the old one
    common    4-grams that are in both
    in_old    share of the new text's 4-grams found in the old
    in_new    share of the old text's 4-grams found in the new
    passage   share of the shorter text found in the other
    jaccard   4-grams in both of those in either
    shorter   tokens of the shorter text; `longer` of the other
    """

    series: SeriesThresholds = SERIES

    def __init__(
        self,
        stored: Stored,
        new: Text,
        hours: float,
        idf: Idf,
        limits: RelationThresholds = RELATION,
        *,
        issues: int = 0,
        own: bool = False,
        linked: bool = False,
    ) -> None:
        self.stored, self.new, self.hours, self.limits = stored, new, abs(hours), limits
        self.issues, self.own, self.linked = issues, own, linked
        self._idf = idf
        outline, grams = stored.outline, new.grams
        self.common = grams.intersection(outline.grams)
        shared, ours, theirs = len(self.common), len(grams), len(outline.grams)
        self.in_old = shared / max(1, ours)
        self.in_new = shared / max(1, theirs)
        self.passage = max(self.in_old, self.in_new)
        self.jaccard = shared / max(1, theirs + ours - shared)
        self.shorter, self.longer = sorted((outline.size, new.size))

    @property
    def old(self) -> Text:
        """The stored text: read where it is not at hand."""
        return self.stored.whole

    @property
    def same_words(self) -> bool:
        """Whether the bodies are equal token by token."""
        return self.stored.outline.exact == self.new.exact

    @property
    def titled(self) -> bool:
        """Whether both have a title with content."""
        return bool(self.stored.title_words and self.new.title_words)

    @once
    def title(self) -> float:
        """Weight of the title words in common, as a share of the lighter title's; -1 where one has no title."""
        if not self.titled:
            return -1.0
        old, new = self.stored.title_words, self.new.title_words
        lighter = min(self._weight(old), self._weight(new))
        return self._weight(old & new) / max(1e-9, lighter)

    def _weight(self, words: frozenset[str]) -> float:
        return math.fsum(map(self._idf, words))  # the same in any order of a set, on any worker

    @once
    def other_subject(self) -> bool:
        """Whether each title begins with, and has much of its weight in, what the other does not name."""
        old, new = self.stored, self.new
        return self.titled and self._names_another(old, new) and self._names_another(new, old)

    def _names_another(self, one: Stored, other: Stored) -> bool:
        if one.title_subject in other.title_words:
            return False
        own = self._weight(one.title_words - other.title_words)
        return own >= self.limits.other_title * self._weight(one.title_words)

    @once
    def alignment(self) -> Alignment:
        """The new text's sentences against the old text's."""
        return align(self.old.told, self.new.sentences)

    @property
    def aligned(self) -> Alignment | None:
        """The alignment where a row has asked for something of it."""
        asked = {"alignment", "known_sentences", "_names_substituted"} & self.__dict__.keys()
        return self.alignment if asked else None

    @property
    def known(self) -> float:
        """Share of the new text in sentences that say no more than the old text."""
        return self.alignment.share("known", "cosmetic")

    @property
    def changed(self) -> float:
        """Share of the new text in sentences that re-tell old ones with something new."""
        return self.alignment.share("changed")

    @once
    def known_sentences(self) -> int:
        """Sentences that stand in the old text word for word. Most texts that share background need no more of the
        alignment than this."""
        given, hashes = self.new.looked_for
        return given + len(hashes.intersection(self.stored.outline.sentences))

    @once
    def lead(self) -> float:
        """Jaccard index of the first sentences' content words."""
        old = next((s.content for s in self.old.sentences if s.content), frozenset[str]())
        new = next((s.content for s in self.new.sentences if s.content), frozenset[str]())
        return len(old & new) / max(1, len(old | new))

    @property
    def figures_new(self) -> float:
        """Share of the new text's figures that the old one lacks."""
        return len(self.new.figures - self.old.figures) / max(1, len(self.new.figures))

    @property
    def figures_lost(self) -> float:
        """Share of the old text's figures that the new one lacks."""
        return len(self.old.figures - self.new.figures) / max(1, len(self.old.figures))

    @property
    def figure_share(self) -> float:
        """The greater share of figures among the tokens of one of them."""
        return max(self.stored.outline.figure_share, self.new.figure_share)

    @once
    def only_figures_changed(self) -> bool:
        """Whether the changed sentences differ in figures and in nothing else."""
        changed = self.alignment.of("changed")
        return all(
            match.novelty is not None
            and match.words <= words_of(match.novelty.figures, match.sentence.words)
            and not self.alignment.names_lost(match)
            for match in changed
        )

    @property
    def name_substituted(self) -> bool:
        """Whether the old title's name stands in the text where now the new title's name does, or is part of it there:
        of two funds the second may be called as the first with a word more."""
        if self.new.unspaced and self.stored.title and self.new.title:
            return self._pairs_substituted()
        return self._names_substituted

    @once
    def _names_substituted(self) -> bool:
        old, new = self.stored.title_words, self.new.title_words
        came, went = new - old, old - new
        for position, sentence in enumerate(self.new.sentences if went else ()):
            if sentence.names.isdisjoint(came):
                continue  # as most sentences are: what is new to the old text is among their names
            match = self.alignment.match(position)
            partner = self.alignment.partner(match)
            if partner is None or match.status not in ("changed", "new"):
                continue
            if match.names & came and partner.names & went:
                return True
        return False

    def _pairs_substituted(self) -> bool:
        # Without capitals and spaces: at least two title bigrams each way that the texts do not share.
        came = (self.new.title_pairs - self.old.title_pairs) & (self.new.pairs - self.old.pairs)
        went = (self.old.title_pairs - self.new.title_pairs) & (self.old.pairs - self.new.pairs)
        return len(came) >= 2 and len(went) >= 2

    def numbers(self) -> dict[str, float]:
        """What `ingest why` shows. Alignment figures only where a row has asked for the alignment."""
        shown: dict[str, float] = {
            "in_old": self.in_old,
            "in_new": self.in_new,
            "jaccard": self.jaccard,
            "hours": self.hours,
            "title": self.title,
        }
        if self.issues:
            shown["issues_before"] = self.issues
        if self.aligned is not None:
            shown |= {
                "known": self.known,
                "changed": self.changed,
                "new": self.alignment.share("new"),
                "lead": self.lead,
                "figures_new": self.figures_new,
                "figures_lost": self.figures_lost,
                "figure_share": self.figure_share,
            }
        return {name: round(value, 3) for name, value in shown.items()}
