"""The stories that became part of another one, in the one that lives on: their timelines and what they told.

All of a merge lies in one field of the story that lives on, 8 bytes an event, so that a merge of two large stories
touches no more keys than one of two small ones, and what came in lives as long as the story does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ingest import identity
from ingest.ledger import rows
from ingest.ledger.keys import Keys
from ingest.ledger.lines import line_of, told_of
from ingest.ledger.rows import REF_BYTES, ArticleRow, Entry, Joined, Ref, StoryRow, Strand, Told
from ingest.ledger.view import View

Articles = Callable[[Sequence[Ref]], Mapping[Ref, ArticleRow]]

MERGE = bytes(REF_BYTES)
"""In the place of an article, whose numbers begin with 1."""


class Line(NamedTuple):
    """An event of a story that became part of another: its id and sequence there, and what it told, if anything."""

    story: str
    sequence: int
    entry: Entry
    told: Told | None


class Joins:
    """Of all stories of a partition, through a view."""

    def __init__(self, view: View, keys: Keys, articles: Articles) -> None:
        self._view, self._keys, self._articles = view, keys, articles

    def put(self, story: StoryRow, sequence: int, joined: Joined) -> None:
        self._view.put_field(self._keys.story(story.number), _field(sequence), rows.squeeze(joined), None)

    def read(self, story: StoryRow, sequence: int) -> Joined:
        """Raises KeyError where there is no such merge in the story."""
        found = self._view.get(self._keys.story(story.number), _field(sequence))
        if found is None:
            raise KeyError(sequence)
        return rows.unsqueeze(Joined, found)

    def want(self, story: StoryRow, sequences: list[int]) -> None:
        if sequences:
            self._view.fetch({self._keys.story(story.number): list(map(_field, sequences))})

    def line(self, story: StoryRow, sequence: int) -> Entry:
        """The line of the merge itself."""
        ids = story.joins[sequence]
        return Entry(
            type="story.merged",
            time=self.read(story, sequence).time,
            ref=Ref(0, 0),
            key="",
            nth=0,
            title=None,
            outlet=None,
            url=None,
            words=0,
            credit=None,
            kind="new",
            extent=None,
            to=None,
            late=False,
            correction=False,
            materiality=None,
            event=identity.merge_id(self._keys.partition, story.id, ids),
            merged=ids,
        )

    def lines(self, joined: Joined) -> Iterator[Line]:
        """Of its strands, one after the other; without what is no longer kept."""
        for strand in joined.strands:
            told = set(rows.positions(strand.told))
            if strand.lines:
                for sequence, entry in strand.lines.items():
                    yield Line(strand.id, sequence, entry, strand.news.get(sequence))
                continue
            places = dict(_places(strand))
            articles = self._articles(list(places.values()))
            for sequence, ref in places.items():
                if (row := articles.get(ref)) is None or (line := line_of(row, ref, self._keys.partition)) is None:
                    continue
                yield Line(strand.id, sequence, line, told_of(row) if sequence in told else None)

    def told(self, joined: Joined) -> Iterator[Told]:
        """What its strands told, in their order."""
        for strand in joined.strands:
            if strand.lines:
                yield from strand.news.values()
                continue
            told = set(rows.positions(strand.told))
            refs = [ref for sequence, ref in _places(strand) if sequence in told]
            articles = self._articles(refs)
            for ref in refs:
                row = articles.get(ref)
                if row is not None and (news := told_of(row)) is not None:
                    yield news

    @staticmethod
    def places(joined: Joined) -> Iterator[Ref]:
        """Where the articles of its strands lie, or lay."""
        for strand in joined.strands:
            yield from (entry.ref for entry in strand.lines.values())
            yield from (ref for _, ref in _places(strand))

    @staticmethod
    def without(joined: Joined, ref: Ref) -> Joined:
        """The same, but for what the article at `ref` told."""
        return Joined(joined.time, tuple(_without(strand, ref) for strand in joined.strands))

    @staticmethod
    def first_day(joined: Joined) -> int | None:
        """Of the articles whose rows it needs."""
        return min((ref.day for strand in joined.strands for _, ref in _places(strand)), default=None)

    def spelled_out(self, joined: Joined) -> Joined:
        """The same without need of their rows."""
        lines = list(self.lines(joined))
        strands = [
            Strand(
                id=strand.id,
                refs=b"",
                told=strand.told,
                lines={line.sequence: line.entry for line in lines if line.story == strand.id},
                news={line.sequence: line.told for line in lines if line.story == strand.id and line.told is not None},
            )
            for strand in joined.strands
        ]
        return Joined(joined.time, tuple(strands))


def _places(strand: Strand) -> Iterator[tuple[int, Ref]]:
    for at in range(0, len(strand.refs), REF_BYTES):
        place = strand.refs[at : at + REF_BYTES]
        if place != MERGE:
            yield at // REF_BYTES + 1, rows.unpack_ref(place)


def _without(strand: Strand, ref: Ref) -> Strand:
    if strand.lines:
        news = {at: told for at, told in strand.news.items() if strand.lines[at].ref != ref}
        return msgspec.structs.replace(strand, news=news)
    silent = {at for at, place in _places(strand) if place == ref}
    told = rows.marks(at for at in rows.positions(strand.told) if at not in silent)
    return msgspec.structs.replace(strand, told=told)


def _field(sequence: int) -> bytes:
    return b"j%d" % sequence
