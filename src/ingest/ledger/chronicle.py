"""What the events of a story told, by reference to the rows of their articles: half of a story's bytes were words that
those rows hold as well.

The story keeps where each event's article lives, in order: full groups in fields of their own, the rest in its row. An
article's row may go before a story that runs for months does, so what an old row alone would know is written out.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.ledger import rows
from ingest.ledger.buckets import day_of
from ingest.ledger.joins import MERGE, Articles, Joins, Line
from ingest.ledger.keys import Keys
from ingest.ledger.lines import line_of, spelled_out, told_of
from ingest.ledger.rows import REF_BYTES, ArticleRow, Body, Entry, Joined, Ref, StoryRow, Strand, Told, ToldAt
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

GROUP = 16
"""Events whose places lie in one field: a field costs 40 bytes, and the row is written with every event."""


class Chronicle:
    """Of all stories of a partition, through a view. `articles` gives those rows that are still kept."""

    def __init__(self, view: View, keys: Keys, settings: LedgerSettings, articles: Articles) -> None:
        self._view, self._keys, self._settings, self._articles = view, keys, settings, articles
        self._joins = Joins(view, keys, articles)

    def entries(self, story: StoryRow, sequences: Iterable[int] | None = None) -> dict[int, Entry]:
        """Lines of the timeline by sequence, all of them unless told which; without those that are no longer kept."""
        wanted = list(range(1, story.sequence + 1) if sequences is None else sequences)
        refs, fields = self._places(story, wanted, b"m")
        articles = self._articles(list(refs.values()))
        found = {sequence: rows.unsqueeze(Entry, data) for sequence, data in fields.items()}
        for sequence, ref in refs.items():
            row = articles.get(ref)
            if row is not None and (line := line_of(row, ref, self._keys.partition)) is not None:
                found[sequence] = line
        for sequence in self._merges(story, wanted):
            found[sequence] = self._joins.line(story, sequence)
        return dict(sorted(found.items()))

    def told(self, story: StoryRow, sequences: Iterable[int] | None = None) -> dict[int, Told]:
        """What articles told, by sequence, all of it unless told which; without what is no longer kept."""
        refs, fields = self._places(story, story.told if sequences is None else sequences, b"t")
        by_mark: dict[int, ToldAt] = {}
        found: dict[int, Told] = {}
        for sequence, data in fields.items():
            if rows.is_squeezed(data):
                found[sequence] = rows.unsqueeze(Told, data)
            else:
                by_mark[sequence] = rows.unpack(ToldAt, data)  # as schema 2 wrote it
        articles = self._articles([*refs.values(), *(mark.ref for mark in by_mark.values())])
        for sequence, mark in by_mark.items():
            if (row := articles.get(mark.ref)) is not None:
                found[sequence] = spelled_out(row, rows.unsqueeze(Body, row.body), mark.positions)
        for sequence, ref in refs.items():
            row = articles.get(ref)
            if row is not None and (news := told_of(row)) is not None:
                found[sequence] = news
        return dict(sorted(found.items()))

    def news(self, story: StoryRow, sequences: Iterable[int] | None = None) -> list[Told]:
        """`told` in order, and in the place of a merge all that the story had told which came in by it."""
        wanted = list(story.told if sequences is None else sequences)
        found = {sequence: [told] for sequence, told in self.told(story, wanted).items()}
        for sequence in self._merges(story, wanted):
            found[sequence] = list(self._joins.told(self._joins.read(story, sequence)))
        return [told for _, news in sorted(found.items()) for told in news]

    def joined(self, story: StoryRow) -> list[Line]:
        """The events of the stories that became part of this one, under the ids that they had."""
        merges = self._merges(story, story.joins)
        return [line for sequence in merges for line in self._joins.lines(self._joins.read(story, sequence))]

    def places(self, story: StoryRow, most: int) -> list[Ref]:
        """Where the articles of its newest events lie, and of the stories that became part of it; ascending."""
        wanted = range(max(1, story.sequence - most + 1), story.sequence + 1)
        refs, fields = self._places(story, wanted, b"m")
        found = {*refs.values(), *(rows.unsqueeze(Entry, data).ref for data in fields.values())}
        for sequence in self._merges(story, story.joins):
            found.update(self._joins.places(self._joins.read(story, sequence)))
        return sorted(found, key=lambda ref: ref.number)[-most:]

    def untell(self, story: StoryRow, row: ArticleRow, ref: Ref) -> None:
        """What this article of the story told is told no more, also where it was told in one that became part of it."""
        if row.story == story.number:
            story.told = [sequence for sequence in story.told if sequence != row.sequence]
            return
        for sequence in self._merges(story, story.joins):
            joined = self._joins.read(story, sequence)
            without = self._joins.without(joined, ref)
            if without != joined:
                self._joins.put(story, sequence, without)

    def _merges(self, story: StoryRow, sequences: Iterable[int]) -> list[int]:
        """Those of these events that are merges; they can be read."""
        merges = [sequence for sequence in sequences if sequence in story.joins]
        self._joins.want(story, merges)
        return merges

    def record(self, story: StoryRow, ref: Ref, clock: int, *, ended: bool = False) -> None:
        """Enter the story's newest event, the one of `story.sequence`; its article's row is there already. Of one that
        has `ended` nothing is written out: no article is held against it any more."""
        self._enter(story, rows.pack_ref(ref), ref.day, clock, ended=ended)

    def record_merge(self, story: StoryRow, other: StoryRow, clock: int) -> None:
        """Enter the story's newest event, by which the other one, of which `can_join` is so, became part of it:
        `joins` has it already."""
        groups = range((other.sequence - other.since + 1) // GROUP)
        key, names = self._keys.story(other.number), [_group(group) for group in groups]
        if names:
            self._view.fetch({key: names})
        refs = b"".join(self._view.get(key, name) or b"" for name in names) + other.recent
        strand = Strand(other.id, refs, rows.marks(at for at in other.told if at not in other.joins))
        inner = [one for at in self._merges(other, other.joins) for one in self._joins.read(other, at).strands]
        self._joins.put(story, story.sequence, Joined(clock, (strand, *inner)))
        self._enter(story, MERGE, other.referred, clock)

    @staticmethod
    def can_join(other: StoryRow) -> bool:
        """Whether a story's timeline can become part of another's: all by reference, as in its first two weeks."""
        return other.since == 1 and not other.written

    def _enter(self, story: StoryRow, place: bytes, day: int | None, clock: int, *, ended: bool = False) -> None:
        if not story.since:
            story.since = story.sequence
        story.recent += place
        if len(story.recent) == GROUP * REF_BYTES:
            group = (story.sequence - story.since) // GROUP
            self._view.put_field(self._keys.story(story.number), _group(group), story.recent, None)
            story.recent = b""
        story.referred = min((at for at in (story.referred, day) if at is not None), default=None)
        if story.referred is not None and not ended and not self._safe(story.referred, day_of(clock)):
            self._write_out(story, day_of(clock))

    def _safe(self, day: int, today: int) -> bool:
        """Whether a row of that day lives for as long as a story that gets no article after today may take one."""
        return today - day + self._settings.story_days < self._settings.article_days

    def _write_out(self, story: StoryRow, today: int) -> None:
        """Days never go back within a story, so what has to be written out comes first in what is by reference."""
        older = self._told_of_schema_2(story)
        old = [sequence for sequence, day in older.items() if not self._safe(day, today)]
        refs, _ = self._places(story, range(_first_by_reference(story), story.sequence + 1), b"")
        past = [sequence for sequence, ref in refs.items() if not self._safe(ref.day, today)]
        told = set(story.told)
        lines = {b"m%d" % sequence: entry for sequence, entry in self.entries(story, past).items()}
        news = self.told(story, [*old, *(sequence for sequence in past if sequence in told)])
        fields = {b"t%d" % sequence: one for sequence, one in news.items()}
        for field, row in (lines | fields).items():
            self._view.put_field(self._keys.story(story.number), field, rows.squeeze(row), None)
        if past:
            story.written = past[-1]
        left = [day for sequence, day in older.items() if sequence not in old]
        left += [ref.day for sequence, ref in refs.items() if sequence > story.written]
        for sequence in self._merges(story, story.joins):
            joined = self._joins.read(story, sequence)
            if (first := self._joins.first_day(joined)) is not None and not self._safe(first, today):
                self._joins.put(story, sequence, self._joins.spelled_out(joined))
            elif first is not None:
                left.append(first)
        story.referred = min(left, default=None)

    def _told_of_schema_2(self, story: StoryRow) -> dict[int, int]:
        """The day of the article's row, by sequence, of what that schema told by reference."""
        _, fields = self._places(story, [sequence for sequence in story.told if sequence < story.since], b"t")
        return {
            sequence: rows.unpack(ToldAt, data).ref.day
            for sequence, data in fields.items()
            if not rows.is_squeezed(data)
        }

    def _places(
        self, story: StoryRow, sequences: Iterable[int], kind: bytes
    ) -> tuple[dict[int, Ref], dict[int, bytes]]:
        """Of these events the article where it is by reference, else the field of this kind."""
        key, first = self._keys.story(story.number), _first_by_reference(story)
        wanted = [sequence for sequence in sequences if sequence not in story.joins]
        full = (story.sequence - story.since + 1) // GROUP if story.since else 0
        groups = {(sequence - story.since) // GROUP for sequence in wanted if sequence >= first}
        names = [_group(group) for group in sorted(groups) if group < full]
        names += [kind + b"%d" % sequence for sequence in wanted if sequence < first]
        if names:
            self._view.fetch({key: names})
        refs: dict[int, Ref] = {}
        fields: dict[int, bytes] = {}
        for sequence in wanted:
            if sequence < first:
                if data := self._view.get(key, kind + b"%d" % sequence):
                    fields[sequence] = data
                continue
            group, at = divmod(sequence - story.since, GROUP)
            content = self._view.get(key, _group(group)) if group < full else story.recent
            if content:
                refs[sequence] = rows.unpack_ref(content[at * REF_BYTES :])
        return refs, fields


def _group(number: int) -> bytes:
    return b"e%d" % number


def _first_by_reference(story: StoryRow) -> int:
    """Sequence of the first event that is told by its article's row alone; one past the newest where there is none."""
    return max(story.since, story.written + 1) if story.since else story.sequence + 1
