"""What the store knows of stories and articles, as the views want it. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ingest.cli.options import again
from ingest.cli.views import shapes
from ingest.cli.views.shapes import ArticleView, StoryRow, TakenBack, Timeline, Verdict, VersionRow, WhyReport, who_of
from ingest.errors import UsageError
from ingest.events.event import Event, StoryMerged, decode
from ingest.events.href import article_of
from ingest.events.times import millis, moment, published_at
from ingest.fields import bounded_key
from ingest.ledger import rows
from ingest.ledger.joins import Line
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS, TITLE, ArticleRow, Entry, Ref, Step
from ingest.model import Outlet
from ingest.normalise.boilerplate import MARKS
from ingest.normalise.urls import canonical
from ingest.sources.pages import PAGES
from ingest.sources.pages import decode as decode_page
from ingest.sources.visits import SEEN, last_seen
from ingest.stories import publishers
from ingest.wiring import Installation

PAGE = 500
LOOKED_BACK = 20_000
"""Newest events searched for a story or a URL: some days of a busy partition, read in a second."""


class Lookup:
    """One partition, as it stands now."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._records: Records = installation.records()

    # -- stories -------------------------------------------------------------------------------------------------------

    def stories(self, most: int) -> list[StoryRow]:
        """Those that moved last, newest first."""
        found: dict[str, StoryRow] = {}
        gone: set[str] = set()
        for event in self._newest_events():
            if isinstance(event, StoryMerged):
                gone.update(event.data.merged)
            if event.subject not in found and event.subject not in gone:
                found[event.subject] = _story_told(event)
            if len(found) >= most:
                break
        return list(found.values())

    def timeline(self, story_id: str) -> Timeline:
        """With what happened to the stories that became part of it. Raises UsageError where there is no such story."""
        row = self._story_row(story_id)
        told, entries = self._records.chronicle.told(row), self._records.chronicle.entries(row)
        shown: list[tuple[float, shapes.Entry]] = []
        after = float("inf")
        for sequence, entry in reversed(entries.items()):  # a merge goes right before the article that proved it
            after = entry.ref.number if not entry.merged else after - 0.5
            shown.append((after, _entry(row, sequence, entry, told.get(sequence))))
        shown += [(line.entry.ref.number, _joined(row, line)) for line in self._records.chronicle.joined(row)]
        return Timeline(story=_story(row), entries=tuple(entry for _, entry in sorted(shown, key=lambda one: one[0])))

    def _story_row(self, story_id: str) -> rows.StoryRow:
        number = self._records.story_ids.find(self._records.meaning(story_id))
        if number is None:
            full = {event.subject for event in self._newest_events() if event.subject.startswith(story_id)}
            if len(full) > 1:
                raise UsageError(f"{story_id} begins the ids of {len(full)} stories: give more of it")
            number = self._records.story_ids.find(self._records.meaning(full.pop())) if full else None
        row = self._records.story(number) if number is not None else None
        if row is None:
            name = self._installation.store.name
            there = again(self._installation.settings, name)
            raise UsageError(f"no story {story_id} in {name}; `ingest stories{there}` lists them")
        return row

    # -- articles ------------------------------------------------------------------------------------------------------

    def find(self, name: str) -> tuple[Ref, ArticleRow] | None:
        """The article version that `KEY`, `KEY@n`, a URL or an event's `href` names; the newest without a version."""
        if (named := article_of(name)) is not None:
            return self._version(*named)
        key, at, nth = name.rpartition("@")
        if at and nth.isdecimal() and (found := self._version(key, int(nth))):
            return found
        for candidate in dict.fromkeys((name, bounded_key(name), bounded_key(canonical(name) or name))):
            if found := self._version(candidate, None):
                return found
        return self._by_url(canonical(name))

    def _version(self, key: str, nth: int | None) -> tuple[Ref, ArticleRow] | None:
        newest = self._records.decisions.newest(key)
        ref: Ref | None = newest.ref if newest else None
        while ref is not None:
            row = self._records.articles([ref]).get(ref)
            if row is None:
                raise UsageError(f"{key}: its text is not kept any more")
            if row.withdraws is None and (nth is None or row.nth == nth):
                return ref, row
            ref = row.earlier
        return None

    def _by_url(self, url: str | None) -> tuple[Ref, ArticleRow] | None:
        if url is None:
            return None
        for event in self._newest_events():
            if event.article is not None and event.article.url == url:
                return self._version(event.article.key, event.article.version)
        return None

    def decided(self, key: str, version: str) -> tuple[Ref, ArticleRow] | None:
        """The row of this very version, where it was decided and is still kept."""
        ref = self._records.decisions.find(key, version)
        row = self._row(ref) if ref else None
        if row is not None and row.withdraws is not None:  # it came too late even to be told as a repeat
            ref, row = row.parent, self._row(row.parent) if row.parent is not None else None
        return (ref, row) if ref and row else None

    def _row(self, ref: Ref) -> ArticleRow | None:
        return self._records.articles([ref]).get(ref)

    def taken_back(self, key: str) -> TakenBack | None:
        """What took the newest version of a key back, or waits for its first."""
        newest = self._records.decisions.newest(key)
        row = self._row(newest.ref) if newest else None
        stone = self._row(row.under) if row is not None and row.under is not None else row
        if row is None or stone is None or stone.withdraws is None:
            return None
        reason = self._records.body(stone).reason
        return TakenBack(by=stone.withdraws, reason=reason, at=stone.arrived, version=row.nth)

    def noted(self, name: str) -> WhyReport | None:
        """Of a key that was taken back before it came."""
        taken = self.taken_back(name)
        if taken is None or taken.version:
            return None
        who = who_of(None, name)
        return WhyReport(
            key=name, version=0, title=None, disposition="noted", who=who, verdicts=(), withdrawn=taken
        )

    def article(self, row: ArticleRow, *, text: bool) -> ArticleView:
        body = self._records.body(row)
        story = self._records.lives_on(row.story)
        versions = tuple(reversed(list(self._versions(row.key))))
        return ArticleView(
            key=row.key,
            version=row.nth,
            title=row.title,
            who=who(row.outlet, row.key, row.url),
            source=row.source,
            arrived=row.arrived,
            words=row.words,
            id=row.id,
            url=row.url,
            published=published_at(row.published),
            language=row.language,
            credit=row.credit,
            byline=body.byline,
            extra=body.extra,
            story=_story(story) if story else None,
            entry=self.entry(row),
            versions=versions,
            withdrawn=self._of_version(row),
            first_seen=next((each.arrived for each in versions if each.version == 1), None),
            last_seen=self._last_seen(row),
            sentences=body.sentences if text else (),
            marked=tuple(shapes.Marked(line, mark, MARKS[mark]) for line, mark in body.marked) if text else (),
        )

    def _last_seen(self, row: ArticleRow) -> str | None:
        """By the marks of the feed that it came through."""
        marks = self._installation.kept_of(SEEN, row.source)
        day = last_seen(marks, self._entry_keys(row)) if marks else None
        return moment(day * DAY_MS).date().isoformat() if day is not None else None

    def _entry_keys(self, row: ArticleRow) -> Iterator[str]:
        """Those that the feed's entry may go by. An article whose entry led to its page has the page's key, the entry
        that of its guid or of its own address; the latter stands with the page, as long as that is asked again."""
        yield row.key
        if row.id:
            yield bounded_key(f"{row.source}#{row.id}")
            yield bounded_key(canonical(row.id) or row.id)
        page = decode_page(self._installation.kept_of(PAGES, row.key))
        if page.entry is not None:
            yield page.entry.key

    def _versions(self, key: str) -> Iterator[VersionRow]:
        newest = self._records.decisions.newest(key)
        ref: Ref | None = newest.ref if newest else None
        while ref is not None and (row := self._records.articles([ref]).get(ref)):
            if row.withdraws is None:
                yield VersionRow(version=row.nth, arrived=row.arrived, title=row.title)
            ref = row.earlier

    def _of_version(self, row: ArticleRow) -> TakenBack | None:
        """What took this version back, unless a newer one has come since."""
        taken = self.taken_back(row.key)
        return taken if taken is not None and taken.version >= row.nth else None

    def entry(self, row: ArticleRow) -> shapes.Entry | None:
        """The line of the story's timeline that this article is."""
        story = self._records.lives_on(row.story)
        if story is None:
            return None
        chronicle, sequence = self._records.chronicle, row.sequence
        if story.number != row.story:
            name = (row.story_id, sequence)
            lines = (line for line in chronicle.joined(story) if (line.story, line.sequence) == name)
            return next((_joined(story, line) for line in lines), None)
        entry = chronicle.entries(story, [sequence]).get(sequence)
        told = chronicle.told(story, [sequence] if sequence in story.told else [])
        return _entry(story, sequence, entry, told.get(sequence)) if entry is not None else None

    def why(self, row: ArticleRow) -> WhyReport:
        entry = self.entry(row)
        return WhyReport(
            key=row.key,
            version=row.nth,
            title=row.title,
            disposition=entry.type.removeprefix("story.") if entry else "decided",
            who=who(row.outlet, row.key, row.url),
            verdicts=verdicts(self._records.body(row).trace),
            entry=entry,
            withdrawn=self._of_version(row),
        )

    # -- events --------------------------------------------------------------------------------------------------------

    def _newest_events(self) -> Iterator[Event]:
        client, stream, before = self._installation.client, self._installation.keys.events, "+"
        for _ in range(LOOKED_BACK // PAGE):
            page: Any = client.xrevrange(stream, max=before, count=PAGE)
            for _, fields in page:
                yield decode(next(iter(fields.values())))
            if len(page) < PAGE:
                return
            before = f"({page[-1][0].decode()}"


def who(outlet: Outlet | None, key: str, url: str | None) -> str:
    """How to call whoever published."""
    return outlet.name if outlet is not None else who_of(None, key, url)


def verdicts(trace: Iterable[Step]) -> tuple[Verdict, ...]:
    return tuple(Verdict(step.stage, step.verdict, dict(step.numbers)) for step in trace)


def _story_told(event: Event) -> StoryRow:
    story = event.story
    return StoryRow(
        id=story.id,
        headline=story.headline,
        opened_at=millis(story.opened_at),
        updated_at=millis(story.updated_at),
        articles=story.counts.articles,
        repeats=story.counts.repeats,
        texts=story.counts.texts,
        outlets=story.counts.outlets,
        outlets_unknown=story.counts.outlets_unknown,
        publishers=story.counts.publishers,
        withdrawn=story.counts.withdrawn or 0,
        credits=story.credits,
        continues=story.continues,
    )


def _story(row: rows.StoryRow) -> StoryRow:
    return StoryRow(
        id=row.id,
        headline=row.headline,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        articles=row.articles,
        repeats=row.repeats,
        texts=len(row.texts),
        outlets=len(row.outlets),
        outlets_unknown=row.outlets_unknown,
        publishers=publishers.count(row.outlets, row.publishers),
        withdrawn=sum(by != "copy" for by in row.withdrawn.values()),
        credits=tuple(row.credits),
        continues=row.continues,
    )


def _joined(story: rows.StoryRow, line: Line) -> shapes.Entry:
    """A line of a story that became part of this one, under its old id."""
    return msgspec.structs.replace(_entry(story, line.sequence, line.entry, line.told), story=line.story)


def _entry(story: rows.StoryRow, sequence: int, entry: Entry, told: rows.Told | None) -> shapes.Entry:
    if entry.merged:
        return shapes.Entry(
            type=entry.type,
            sequence=sequence,
            time=entry.time,
            event_id=entry.event,
            story=story.id,
            headline=story.headline,
            who="",
            note=shapes.merged_note(entry.merged),
        )
    to = entry.to
    news = [one for one in told.sentences if one[0] != TITLE] if told is not None and sequence > 1 else []
    return shapes.Entry(
        type=entry.type,
        sequence=sequence,
        time=entry.time,
        event_id=entry.event,
        story=story.id,
        headline=story.headline,
        who=who(entry.outlet, entry.key, entry.url),
        key=entry.key,
        version=entry.nth,
        title=entry.title,
        words=entry.words,
        credit=entry.credit,
        kind=entry.kind,
        extent=entry.extent,
        to=who(to.outlet, to.id, to.url) if to is not None and to.id != entry.key else None,
        own=to is not None and to.id == entry.key,
        late=entry.late,
        correction=entry.correction,
        materiality=entry.materiality,
        added=tuple(text for _, text in news),
        retold=tuple(index for index, (position, _) in enumerate(news) if position in entry.was),
        removed=entry.removed,
        figures=entry.figures,
        counted=entry.counted,
        names=entry.names,
        headline_was=entry.headline[0] if entry.headline else None,
        headline_now=entry.headline[1] if entry.headline else None,
        note=shapes.withdrawn_note(entry.by, entry.reason) if entry.by is not None else None,
    )
