"""An article taken back: its tombstone, what becomes of its story, and the event that says so (decisions 0164, 0165).

A tombstone stands in the place of the key's newest version, and enters its story's timeline as an article does. The
story keeps the numbers of what was taken back; its texts, its headline and what it has told are then those of the
articles that stand: neither taken back nor a copy of what a notice took back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from ingest import identity
from ingest.alignment.labels import bare_title
from ingest.decide.case import Case, state_of
from ingest.decide.taken import goes_with
from ingest.decide.tell import shortened
from ingest.ledger import rows
from ingest.ledger.buckets import day_of
from ingest.ledger.decisions import Guard
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Body, Ref, Said, StoryRow, TextRow
from ingest.model import Accepted, ArticleRef, Withdrawal, Withdrawn
from ingest.stories.when import credible

LOOKED_AT = 2000
"""Newest articles of a story that are asked whether they are copies of what is taken back: 3 MB to read."""

AT_ONCE = 250
"""Of them read in one step: some 400 kB."""

COPIES = 200
"""Named in the event, the oldest first: 50 are what an agency's text has on a busy day; with names of usual length the
event stays below its limit."""

VERSIONS = 100
"""Of one article, that are taken back with the newest."""

Articles = dict[int, tuple[Ref, ArticleRow]]
"""By number, ascending."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What takes an article back. `version` tells it from other withdrawals of the key, `numbered` is that of the
    article's version that it says it is, if it does."""

    key: str
    version: str
    said: Withdrawal
    accepted: Accepted
    clock: int
    numbered: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a withdrawal came to: `told` is None where there is no story to tell it in, yet or any more."""

    guards: tuple[Guard, ...]
    told: Withdrawn | None


class Withdrawals:
    """Those of one partition, through its records. `moving` is called while a long story is read."""

    def __init__(self, records: Records, partition: str, moving: Callable[[], object]) -> None:
        self._records, self._partition, self._moving = records, partition, moving

    def decide(self, accepted: Accepted, clock: int) -> Outcome | None:
        """None where it was decided before, or adds nothing: a page is gone only once, and of what has not come yet a
        version need be taken back only once."""
        said, decisions = accepted.envelope.withdraws, self._records.decisions
        assert said is not None
        key = accepted.envelope.key
        newest = decisions.newest(key)
        nth = newest.nth if newest is not None else 0
        numbered = accepted.envelope.numbered
        notice = Notice(key, _version(accepted, said, nth, numbered), said, accepted, clock, numbered)
        known = self._known(notice, nth)
        if known is not None:
            decisions.sighted(key, *known, clock)
            return None
        head = self._row(newest.ref) if newest is not None else None
        by = newest.withdrawn if newest is not None else None
        if head is not None:
            by = head.withdraws if head.under is None else "notice"
        if by is not None and (said.by == "gone" or (nth == 0 and not _reaches_further(notice, head))):
            return None
        at = newest.ref if newest is not None and head is not None else None
        article = head.parent if head is not None and head.withdraws is not None else at
        tombstone, told = self._bury(notice, article, newest.ref if newest is not None else None, nth)
        return Outcome(decisions.record(key, notice.version, nth, tombstone, clock, said.by), told)

    def on_arrival(self, case: Case) -> Withdrawn | None:
        """Take an article back that a tombstone waited for: it was decided as ever, a moment ago. The reason is
        not known where the tombstone is kept no more."""
        stone, by, key = case.tombstone, case.withdrawn, case.article.key
        if by is None or case.nth > 1:
            return None
        said = Withdrawal(by=by, reason=self._records.body(stone).reason if stone is not None else None)
        version = stone.version if stone is not None else identity.withdrawal_of(by, case.article.version)
        numbered = stone.numbered if stone is not None else None
        notice = Notice(key, version, said, case.prepared.accepted, case.clock, numbered)
        ref, told = self._bury(notice, case.ref, case.ref, case.nth)
        # The article's guards hold both.
        self._records.decisions.record(key, notice.version, case.nth, ref, case.clock, by)
        return told

    def _known(self, notice: Notice, nth: int) -> tuple[str, Ref] | None:
        """As what it was decided before. Once its number told it from none: so decided, it is known by a tombstone that
        is kept and whose number is no lower."""
        decisions, key, number = self._records.decisions, notice.key, notice.numbered
        found = decisions.find(key, notice.version)
        if found is not None:
            return notice.version, found
        if number is None:
            return None
        version = _version(notice.accepted, notice.said, nth, None)
        found = decisions.find(key, version)
        stone = self._row(found) if found is not None else None
        if found is None or stone is None or stone.numbered is None or stone.numbered < number:
            return None
        return version, found

    def _row(self, ref: Ref) -> ArticleRow | None:
        return self._records.articles([ref]).get(ref)

    def _bury(self, notice: Notice, article: Ref | None, before: Ref | None, nth: int) -> tuple[Ref, Withdrawn | None]:
        """Write the tombstone, and what it changes in the article's story, also where that takes articles no more: its
        row is kept as long as theirs, and whoever showed the article must hear of it."""
        state = self._records.state
        ref = Ref(state.next_number, day_of(notice.clock))
        state.next_number += 1
        row = self._row(article) if article is not None else None
        story = self._records.lives_on(row.story) if row is not None else None
        body = rows.squeeze(Body((), said=_SAID, reason=notice.said.reason))
        if article is None or row is None or story is None:
            self._records.record_article(ref, _early(notice, nth, before, body))
            return ref, None
        told = self._tell(notice, article, row, story)
        stone = msgspec.structs.replace(
            row,
            version=notice.version,
            story=story.number,
            story_id=story.id,
            parent=article,
            late=False,
            correction=False,
            arrived=notice.accepted.arrived,
            clock=notice.clock,
            sequence=story.sequence,
            body=body,
            words=0,
            earlier=before,
            withdraws=notice.said.by,
            numbered=max(notice.numbered, row.numbered or 0) if notice.numbered is not None else None,
            under=None,
        )
        self._records.record_article(ref, stone)
        ended = not self._records.runs(story.clock, notice.clock)
        centroid = self._records.centroid(story.number) or b""
        self._records.record_story(story, ref, centroid, notice.clock, ended=ended)
        return ref, told

    def _tell(self, notice: Notice, article: Ref, row: ArticleRow, story: StoryRow) -> Withdrawn:
        family, own = self._family(story), self._versions(article, row, story)
        family = dict(sorted((family | own).items()))
        copies = _copies(family, own)
        before = frozenset(story.withdrawn)
        for number in own:
            if story.withdrawn.get(number) != "notice":
                story.withdrawn[number] = notice.said.by
        if notice.said.by == "notice":
            for number, (_, other) in family.items():
                held = family.get(other.parent.number) if other.parent is not None else None
                alike = other.kind == "copy" and number not in story.withdrawn
                if alike and goes_with(story, other.parent, own=held is not None and held[1].key == other.key):
                    story.withdrawn[number] = "copy"
            for ref, version in own.values():
                self._records.chronicle.untell(story, version, ref)
        _stand(story, {family[number][1].text for number in (story.withdrawn.keys() & family.keys()) - before}, family)
        self._rename(story, family)
        story.sequence += 1
        event = identity.event_id(self._partition, notice.key, notice.version)
        previous, story.previous = story.previous, event
        return Withdrawn(
            partition=self._partition,
            event_id=event,
            sequence=story.sequence,
            time=notice.clock,
            previous=previous or None,
            story=state_of(story),
            article=_ref_of(row),
            by=notice.said.by,
            reason=notice.said.reason,
            copies=_named(copies, story),
            source=row.source,
            language=row.language,
        )

    def _family(self, story: StoryRow) -> Articles:
        """The story's articles, as far as they are kept and looked at."""
        places, found = self._records.chronicle.places(story, LOOKED_AT), dict[Ref, ArticleRow]()
        for at in range(0, len(places), AT_ONCE):
            self._moving()
            found |= self._records.articles(places[at : at + AT_ONCE])
        return {ref.number: (ref, row) for ref, row in found.items() if row.withdraws is None}

    def _versions(self, article: Ref, row: ArticleRow, story: StoryRow) -> Articles:
        """The article's versions in this story, the newest first."""
        found: Articles = {}
        at: Ref | None = article
        for _ in range(VERSIONS):
            one = self._row(at) if at is not None else None
            if at is None or one is None:
                break
            home = self._records.lives_on(one.story) if one.withdraws is None else None
            if home is not None and home.number == story.number:
                found[at.number] = (at, one)
            at = one.earlier
        return found

    def _rename(self, story: StoryRow, family: Articles) -> None:
        """The headline is that of an article that stands, if there is one; else it stays."""
        standing = {number: row for number, (_, row) in family.items() if number not in story.withdrawn}
        if not standing:
            return
        if all(row.text != story.opening for row in standing.values()):
            story.opening = next(iter(standing.values())).text
        if any(story.headline == self._headline(row) for row in standing.values()):
            return
        of_opening = {number: row for number, row in standing.items() if row.text == story.opening}
        number = max(of_opening, key=lambda at: (not of_opening[at].late, of_opening[at].kind != "copy", at))
        story.headline = self._headline(of_opening[number])

    def _headline(self, row: ArticleRow) -> str:
        if row.title:
            return bare_title(row.title) or row.title
        sentences = self._records.body(row).sentences
        return shortened(sentences[0] if sentences else row.key)


_SAID = Said(type="article.withdrawn", told=b"", to=None, materiality=None)


def _version(accepted: Accepted, said: Withdrawal, nth: int, number: int | None) -> str:
    """A notice is known again by its words, its time and its number: many have no time, or that of the first version.
    That a page is gone is known by the version that it showed last."""
    if said.by == "gone":
        return identity.withdrawal_of(said.by, str(nth))
    issued = accepted.envelope.published
    numbered = () if number is None else (str(number),)
    return identity.withdrawal_of(said.by, said.reason or "", str(issued.at) if issued is not None else "", *numbered)


def _reaches_further(notice: Notice, waiting: ArticleRow | None) -> bool:
    """Whether it takes back versions that the tombstone which waits for them does not."""
    if waiting is None or waiting.numbered is None:
        return False
    return notice.numbered is None or notice.numbered > waiting.numbered


def _copies(family: Articles, own: Articles) -> Articles:
    """The copies of these versions, and the copies of those."""
    found: Articles = {}
    keys = {row.key for _, row in own.values()}
    for number, (ref, row) in family.items():
        if row.kind != "copy" or row.parent is None or row.key in keys:
            continue
        if row.parent.number in own or row.parent.number in found:
            found[number] = (ref, row)
    return found


def _named(copies: Articles, story: StoryRow) -> tuple[ArticleRef, ...]:
    """One of each key, its newest, without those that were taken back themselves."""
    newest = {row.key: (number, row) for number, (_, row) in copies.items()}
    found = [row for number, row in newest.values() if story.withdrawn.get(number, "copy") == "copy"]
    return tuple(_ref_of(row) for row in found[:COPIES])


def _stand(story: StoryRow, texts: set[int], family: Articles) -> None:
    """A text counts as long as one of its articles stands."""
    for text in sorted(texts & story.texts.keys()):
        left = {
            number: held
            for number, held in family.items()
            if held[1].text == text and number not in story.withdrawn
        }
        if not left:
            del story.texts[text]
        elif story.texts[text].newest.number in story.withdrawn:
            ref, row = left[max(left, key=lambda at: (not left[at][1].late, left[at][1].kind != "copy", at))]
            published = credible(row.published, row.arrived)
            story.texts[text] = TextRow(newest=ref, published=published, wire=row.wire)


def _ref_of(row: ArticleRow) -> ArticleRef:
    return ArticleRef(id=row.key, version=row.nth, title=row.title, outlet=row.outlet, url=row.url)


def _early(notice: Notice, nth: int, before: Ref | None, body: bytes) -> ArticleRow:
    """The tombstone of what is not here."""
    envelope = notice.accepted.envelope
    return ArticleRow(
        key=notice.key,
        version=notice.version,
        nth=nth,
        story=0,
        story_id="",
        text=0,
        parent=None,
        kind="new",
        extent=None,
        late=False,
        correction=False,
        title=None,
        outlet=None,
        url=envelope.url,
        source=envelope.source,
        id=envelope.id,
        published=envelope.published,
        wire=None,
        arrived=notice.accepted.arrived,
        clock=notice.clock,
        language=None,
        credit=None,
        sequence=0,
        body=body,
        earlier=before,
        withdraws=notice.said.by,
        numbered=notice.numbered,
    )
