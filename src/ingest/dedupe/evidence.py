"""What two texts show of their relation, worked out only as far as a row of the decision table asks for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

from ingest.alignment import Alignment, align, count_known
from ingest.alignment.numbers import words_of
from ingest.dedupe.text import Text
from ingest.dedupe.thresholds import RELATION, SERIES, RelationThresholds, SeriesThresholds

Idf = Callable[[str], float]
"""Weight of a folded title word: the rarer, the heavier; positive."""


class Evidence:
    """A stored text, an arriving one, the hours between them, and what follows. All shares are 0..1.

    issues    of the series that the new title names, before this one; 0 where it names none
    own       whether the old text is an earlier version of the very article
    """

    series: SeriesThresholds = SERIES

    def __init__(
        self,
        old: Text,
        new: Text,
        hours: float,
        idf: Idf,
        limits: RelationThresholds = RELATION,
        *,
        issues: int = 0,
        own: bool = False,
    ) -> None:
        self.old, self.new, self.hours, self.limits = old, new, abs(hours), limits
        self.issues, self.own = issues, own
        self._idf = idf

    @cached_property
    def _shared(self) -> int:
        return len(self.old.grams & self.new.grams)

    @property
    def in_old(self) -> float:
        """Share of the new text's 4-grams found in the old."""
        return self._shared / max(1, len(self.new.grams))

    @property
    def in_new(self) -> float:
        """Share of the old text's 4-grams found in the new."""
        return self._shared / max(1, len(self.old.grams))

    @property
    def passage(self) -> float:
        """Share of the shorter text found in the other."""
        return max(self.in_old, self.in_new)

    @property
    def jaccard(self) -> float:
        """4-grams in both of those in either."""
        return self._shared / max(1, len(self.old.grams) + len(self.new.grams) - self._shared)

    @property
    def shorter(self) -> int:
        """Tokens of the shorter text."""
        return min(self.old.size, self.new.size)

    @property
    def longer(self) -> int:
        """Tokens of the longer text."""
        return max(self.old.size, self.new.size)

    @property
    def same_words(self) -> bool:
        """Whether the bodies are equal token by token."""
        return self.old.exact == self.new.exact

    @property
    def titled(self) -> bool:
        """Whether both have a title with content."""
        return bool(self.old.title_words and self.new.title_words)

    @cached_property
    def title(self) -> float:
        """Weight of the title words in common, as a share of the lighter title's; -1 where one has no title."""
        if not self.titled:
            return -1.0
        old, new = self.old.title_words, self.new.title_words
        lighter = min(self._weight(old), self._weight(new))
        return self._weight(old & new) / max(1e-9, lighter)

    def _weight(self, words: frozenset[str]) -> float:
        return math.fsum(map(self._idf, words))  # the same in any order of a set, on any worker

    @cached_property
    def other_subject(self) -> bool:
        """Whether each title begins with, and has much of its weight in, what the other does not name."""
        return self.titled and self._names_another(self.old, self.new) and self._names_another(self.new, self.old)

    def _names_another(self, one: Text, other: Text) -> bool:
        if one.title_subject in other.title_words:
            return False
        own = self._weight(one.title_words - other.title_words)
        return own >= self.limits.other_title * self._weight(one.title_words)

    @cached_property
    def alignment(self) -> Alignment:
        """The new text's sentences against the old text's."""
        return align(self.old.told, self.new.sentences)

    @property
    def aligned(self) -> Alignment | None:
        """The alignment where a row has asked for something of it."""
        return self.alignment if {"alignment", "known_sentences"} & self.__dict__.keys() else None

    @property
    def known(self) -> float:
        """Share of the new text in sentences that say no more than the old text."""
        return self.alignment.share("known", "cosmetic")

    @property
    def changed(self) -> float:
        """Share of the new text in sentences that re-tell old ones with something new."""
        return self.alignment.share("changed")

    @cached_property
    def known_sentences(self) -> int:
        """Sentences that stand in the old text word for word. Most texts that share background need no more of the
        alignment than this."""
        return count_known(self.old.told, self.new.sentences)

    @cached_property
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
        return max(self.old.figure_share, self.new.figure_share)

    @cached_property
    def only_figures_changed(self) -> bool:
        """Whether the changed sentences differ in figures and in nothing else."""
        changed = self.alignment.of("changed")
        return all(
            match.novelty is not None
            and match.words <= words_of(match.novelty.figures, match.sentence.words)
            and not self.alignment.names_lost(match)
            for match in changed
        )

    @cached_property
    def name_substituted(self) -> bool:
        """Whether the old title's name stands in the text where now the new title's name does, or is part of it there:
        of two funds the second may be called as the first with a word more."""
        if self.new.unspaced and self.old.title and self.new.title:
            return self._pairs_substituted()
        old, new = self.old.title_words, self.new.title_words
        for match in self.alignment.of("changed", "new"):
            if match.novelty is None or not match.novelty.partner:
                continue
            partner = self.alignment.partner(match)
            if partner is not None and match.names & (new - old) and partner.names & (old - new):
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
