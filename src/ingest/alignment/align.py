"""Each sentence of a new text against what was told: known, cosmetic, changed or new.

    known      told in the same words, or no statement at all
    cosmetic   told, in other words that say no more
    changed    re-tells a told sentence with something new: a figure, a name, a denial, or words beyond filler
    new        tells something that no told sentence does

The comparison is of text, not of meaning: a fact told again in altogether other words is `new` (the safe side).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from ingest.alignment.amounts import change
from ingest.alignment.look import Telling
from ingest.alignment.novelty import Novelty, compare
from ingest.alignment.numbers import Figure, pairs, words_of
from ingest.alignment.once import once
from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import ALIGNMENT, AlignmentThresholds
from ingest.alignment.tokens import stem
from ingest.alignment.told import Told
from ingest.alignment.words import CALENDAR

Status = Literal["known", "cosmetic", "changed", "new"]


class Match(msgspec.Struct, frozen=True):
    """What became of one new sentence.

    partner     number of the told sentence it re-tells, None where there is none
    novelty     what it has that the partner lacks; None for a known sentence
    """

    sentence: Sentence
    position: int
    status: Status
    partner: int | None = None
    novelty: Novelty | None = None

    @property
    def words(self) -> frozenset[str]:
        """Content words that the partner lacks."""
        return self.novelty.words if self.novelty else frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Names that no told sentence has."""
        return self.novelty.names if self.novelty else frozenset()


class FigureChange(msgspec.Struct, frozen=True):
    """One figure in the place of another, as the two sentences write them, and what both of them count."""

    was: str
    now: str
    what: str | None
    key: str


class Alignment:
    """The matches of a new text. Each is worked out when it is first asked for: a question about names concerns one
    sentence in five."""

    def __init__(
        self, told: Telling, new: Sequence[Sentence], thresholds: AlignmentThresholds = ALIGNMENT
    ) -> None:
        self.told = told
        self._new, self._thresholds = new, thresholds
        self._made: dict[int, Match] = {}

    @once
    def matches(self) -> list[Match]:
        """In the order of the text."""
        return [self.match(position) for position in range(len(self._new))]

    def match(self, position: int) -> Match:
        """That of one sentence."""
        found = self._made.get(position)
        if found is None:
            found = self._made[position] = self._match(self._new[position], position)
        return found

    def _match(self, sentence: Sentence, position: int) -> Match:
        at = self.told.find(sentence)
        if at is not None or self._given[position]:
            return Match(sentence, position, "known", at)
        return _match(self.told, sentence, position, self._thresholds)

    @once
    def _given(self) -> list[bool]:
        return list(_given(self._new, self._thresholds))

    @once
    def counts(self) -> Counter[Status]:
        """Sentences per status."""
        return Counter(match.status for match in self.matches)

    @once
    def _weights(self) -> dict[str, float]:
        sizes = Counter[str]()
        for match in self.matches:
            sizes[match.status] += len(match.sentence.words)
        total = max(1, sizes.total())
        return {status: size / total for status, size in sizes.items()}

    def share(self, *statuses: Status) -> float:
        """Share of the new text's tokens in sentences of these statuses."""
        return sum(self._weights.get(status, 0.0) for status in statuses)

    @property
    def material(self) -> bool:
        """Whether a sentence is new or changed."""
        return bool(self.counts["new"] or self.counts["changed"])

    def of(self, *statuses: Status) -> list[Match]:
        """Matches of these statuses, in order."""
        return [match for match in self.matches if match.status in statuses]

    def partner(self, match: Match) -> Sentence | None:
        """The told sentence a match re-tells."""
        return None if match.partner is None else self.told.sentence(match.partner)

    def names_lost(self, match: Match) -> frozenset[str]:
        """Names of the told sentence that are gone."""
        partner = self.partner(match)
        return frozenset() if partner is None else partner.names - match.sentence.content

    def differs(self, match: Match) -> bool:
        """Whether a sentence that re-tells another does so with a content word more, fewer or in another's place, be it
        filler: in a text that corrects another, that word may be what it puts right ("profit" for "loss")."""
        partner, novelty = self.partner(match), match.novelty
        if partner is None or novelty is None or novelty.in_order < self._thresholds.substitution:
            return False
        if novelty.words - CALENDAR or novelty.figures_lost:
            return True
        lost = partner.content - words_of(partner.figures, partner.words)
        return not {stem(word) for word in lost} <= match.sentence.stems

    def figures_left_out(self, match: Match) -> bool:
        """Whether more figures changed than `figure_changes` gives."""
        novelty = match.novelty
        if match.partner is None or novelty is None:
            return False
        return min(len(novelty.figures), len(novelty.figures_lost)) > self._thresholds.figures

    def figure_changes(self, match: Match) -> list[FigureChange]:
        """The figures that changed in a sentence, a range as one; those of dates and hours count nothing. At most so
        many as are compared one by one."""
        partner, novelty = self.partner(match), match.novelty
        if partner is None or novelty is None:
            return []
        lost, new_ones = (each[: self._thresholds.figures] for each in (novelty.figures_lost, novelty.figures))
        found: dict[tuple[str, str, str | None], FigureChange] = {}
        for old, new in pairs(lost, new_ones, partner.words, match.sentence.words):
            said = change(old, partner, new, match.sentence)
            if said is not None:
                found.setdefault(said, FigureChange(*said, new.key))
        return list(found.values())

    @once
    def removed(self) -> list[Sentence]:
        """Told sentences of which too little is left in the new text, in told order. For one old text only."""
        used = {match.partner for match in self.matches if match.status != "new"}
        left: set[int] = set()
        for match in self.matches:
            left |= match.sentence.grams
        limits = self._thresholds
        return [
            old
            for at, old in enumerate(map(self.told.sentence, range(len(self.told))))
            if at not in used
            and len(old.content) >= limits.fragment
            and len(old.grams & left) < limits.taken_back * len(old.grams)
        ]


def align(
    old: Sequence[Sentence] | Telling, new: Sequence[Sentence], thresholds: AlignmentThresholds = ALIGNMENT
) -> Alignment:
    """Every sentence of `new` against `old`: the sentences of one text, or all that a story has told."""
    told = Told(old) if isinstance(old, Sequence) else old
    return Alignment(told, new, thresholds)


class LookedFor(NamedTuple):
    """Of a new text's sentences those that `align` calls known whatever was told, and the hashes of the others: known
    where their very words were told."""

    given: int
    hashes: frozenset[int]


def looked_for(new: Sequence[Sentence], thresholds: AlignmentThresholds = ALIGNMENT) -> LookedFor:
    given = _given(new, thresholds)
    others = frozenset([sentence.hash for sentence, known in zip(new, given, strict=True) if not known])
    return LookedFor(len(new) - len(others), others)


def _given(new: Sequence[Sentence], limits: AlignmentThresholds) -> Iterator[bool]:
    """Of each sentence whether it is known whatever was told: said before in the same text, or no statement."""
    seen: set[int] = set()
    for sentence in new:
        yield sentence.hash in seen or not sentence.content or _heading(sentence, limits)
        seen.add(sentence.hash)


def _heading(sentence: Sentence, limits: AlignmentThresholds) -> bool:
    """Cross-heads, datelines and credits that normalise has not marked."""
    return (
        len(sentence.content) < limits.heading
        and not sentence.figures
        and not sentence.unspaced
        and sentence.line.rstrip()[-1:] not in '.!?"'
    )


def _match(told: Telling, sentence: Sentence, position: int, limits: AlignmentThresholds) -> Match:
    look = told.look(sentence, limits)
    novelty = compare(told, sentence, look, limits)
    status: Status
    if novelty.cosmetic:
        status = "cosmetic"
    elif novelty.near:
        status = "changed"
    elif len(sentence.content) < limits.fragment and not sentence.figures:
        status = "cosmetic"
    else:
        status = "new"
    return Match(sentence, position, status, look.partner, novelty)


__all__ = ["Alignment", "Figure", "FigureChange", "Match", "Status", "align"]
