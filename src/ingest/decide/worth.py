"""What an item's title and sentences are worth, by how they recurred: a placeholder is no text, a series has many
texts, and what its outlet prints under any title is not of the article."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from ingest import dedupe
from ingest.decide.case import Case, Match, Prepared
from ingest.decide.newest import NewestUsed
from ingest.dedupe import Standing, standing
from ingest.ledger.records import Records
from ingest.ledger.standing import Voice
from ingest.model import Marked
from ingest.normalise.sentences import words

PLACEHOLDER, BOILERPLATE = "placeholder", "boilerplate"  # of `normalise.boilerplate.MARKS`

OUTLETS = 4096
"""Of which it is remembered what was known: 4 MB where each of them has 30 sentences."""


class Worth:
    """Weighs articles before they are compared. What will be left of one is made outside the turn as well, by what was
    known of its outlet last: a guess that costs nothing where it was right, and decides nothing."""

    def __init__(self) -> None:
        self._known: NewestUsed[int, frozenset[int]] = NewestUsed(OUTLETS)

    def guess(self, prepared: Prepared) -> Prepared:
        """The article, or what will be left of it by what was known last."""
        known = self._known.take(prepared.voice.publisher) if prepared.voice is not None else None
        return self._left(prepared, known) if known else prepared

    def ahead(self, prepared: Prepared, records: Records, clock: int) -> Prepared:
        """The same by what is stored now: the articles before it may still change that."""
        if prepared.voice is None:
            return prepared
        return self._left(prepared, self._read(prepared.voice, records, clock))

    def of(self, prepared: Prepared, records: Records, clock: int) -> Prepared:
        """The article as it is; without its standing matter; with its title alone where its body is known for a
        placeholder by now, or for nothing but standing matter. The lines stay, marked. Key, version and short key are
        those of the whole item: it may be offered again."""
        body = prepared.recurring.body
        if body is not None and dedupe.says_nothing(prepared.recurring, records.recurrences.marks(body, clock)):
            return _without(prepared, tuple(range(len(prepared.article.sentences))), PLACEHOLDER)
        if prepared.voice is None or prepared.standing is None:
            return prepared
        known = self._read(prepared.voice, records, clock)
        known |= _learned(prepared.standing, prepared.voice, known, records, clock)
        left = self._left(prepared, known)
        if left is not prepared and prepared.left is not None:
            marks = [prepared.standing.marks[at] for at in prepared.left[0]]
            records.standing.learn(prepared.voice, marks, clock)
        return left

    def _read(self, voice: Voice, records: Records, clock: int) -> frozenset[int]:
        return self._known.put(voice.publisher, records.standing.known(voice, clock))

    def _left(self, prepared: Prepared, known: frozenset[int]) -> Prepared:
        found = standing.positions(prepared.standing, known) if known and prepared.standing is not None else ()
        if not found or (len(found) == len(prepared.article.sentences) and not prepared.article.title):
            return prepared  # without a title there would be nothing left to judge by
        if prepared.left is None or prepared.left[0] != found:
            prepared.left = found, _without(prepared, found, BOILERPLATE)
        return prepared.left[1]


def _learned(
    of: Standing, voice: Voice, known: frozenset[int], records: Records, clock: int
) -> frozenset[int]:
    """What the article proves to be standing matter."""
    sightings = records.standing.sightings(voice, of.marks, clock) if of.title else {}
    if known.issuperset(sightings):
        return frozenset()
    return standing.learned(of, sightings, standing.usual(records.standing.titles(voice, clock)), known)


def _without(prepared: Prepared, places: tuple[int, ...], mark: str) -> Prepared:
    article, away = prepared.article, frozenset(places)
    gone = tuple(article.sentences[at] for at in places)
    kept = tuple(said for at, said in enumerate(article.sentences) if at not in away)
    left = msgspec.structs.replace(
        article,
        sentences=kept,
        marked=(*article.marked, *(Marked(said, mark) for said in gone)),
        words=article.words - len(words(" ".join(gone))) if kept else 0,
        completeness=article.completeness if kept else "title",
    )
    text = prepared.text.without(away, gone if mark == BOILERPLATE else ())
    return replace(prepared, article=left, text=text, left=None)


def count(case: Case, match: Match | None, records: Records) -> None:
    """Count the item's title, body and sentences. A copy is the same issue once more, and tells nothing of a series."""
    title, body, subject, about = case.prepared.recurring
    if title is not None and (match is None or match.verdict.kind != "copy"):
        records.recurrences.sighted(title, case.clock)
    if body is not None and about.isdisjoint(records.recurrences.marks(body, case.clock)):
        records.recurrences.marked(body, subject, case.clock)
    of, voice = case.prepared.standing, case.prepared.voice
    if voice is None or of is None:
        return
    marks = standing.counted(of)
    if of.title and marks and _another_text(case, match, of):
        records.standing.enter(voice, of.title, marks, case.clock)


def _another_text(case: Case, match: Match | None, of: Standing) -> bool:
    """Whether it is no new version of its own article, and no copy under a title like the one before: an outlet has
    many texts twice."""
    if case.earlier is not None:
        return False
    if match is None or match.verdict.kind != "copy":
        return True
    return standing.differ(standing.title_marks(dedupe.Text(match.row.title, ())), of.title)
