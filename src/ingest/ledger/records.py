"""The partition's memory as the pipeline speaks of it: articles, postings, stories; through a view, in typed rows.

Names are made in `keys`, bytes in `rows`; what is looked up by content is in `index`, what was decided in `decisions`,
what time does to it all in `buckets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ingest.ledger import rows, trail
from ingest.ledger.buckets import Buckets, Layout, day_of
from ingest.ledger.decisions import Decisions, StoryIds
from ingest.ledger.index import Index, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.rows import (
    DAY_MS,
    TITLE,
    ArticleRow,
    Body,
    Entry,
    Ref,
    StateRow,
    StoryRow,
    Told,
    ToldAt,
)
from ingest.ledger.trail import Step, Telling
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

_S, _R, _C = b"s", b"r", b"c"


def _told_at(sequence: int) -> bytes:
    return b"t%d" % sequence


class Records:
    """Typed reading and writing of one partition. `load` or `catch_up` first, and after every dropped view."""

    def __init__(
        self, view: View, keys: Keys, settings: LedgerSettings, *, published: bool, layout: Layout | None = None
    ) -> None:
        self.view, self._keys, self._settings = view, keys, settings
        self._layout = layout or Layout()
        self.buckets = Buckets(keys, settings, self._layout, published=published)
        self.index = Index(view, keys, settings, self._layout, self.buckets)
        self.decisions = Decisions(view, keys, self.buckets)
        self.story_ids = StoryIds(view, keys, self.buckets)
        self._written: set[int] = set()  # stories, since the last commit
        self._told_now: list[Telling] = []  # as well
        self._by_others: Sequence[Step] = ()  # since one's own last commit

    @property
    def state(self) -> StateRow:
        return self.buckets.state

    # -- the partition's state and clock -------------------------------------------------------------------------------

    def load(self) -> StateRow:
        self.view.fetch({self._keys.state: (_S, *trail.FIELDS)})
        found = self.view.get(self._keys.state, _S)
        self.buckets.state = rows.unpack(StateRow, found) if found else StateRow()
        if not self.state.shards:
            self.state.older = list(self.state.months)  # none, or those that schema 2 began
        self._written.clear()
        self._told_now.clear()
        self._by_others = ()
        return self.state

    def catch_up(self) -> StateRow:
        """`load` where others have committed since one's own last commit: what they have not changed stays known."""
        head, since = self.view.head, self.state.commits
        known = self.view.leave(self._keys.lasting)
        state = self.load()
        found = {name: step for name in trail.FIELDS if (step := self.view.get(self._keys.state, name)) is not None}
        steps = trail.follow(found, head, since, state.commits) if head is not None else None
        if steps is not None:
            self.view.resume(known, {self._keys.story(number) for step in steps for number in step.stories})
            self._by_others = steps
        return state

    def want_news(self, wants: Wants) -> None:
        """Add what others have written since one's own last commit: the next articles are likely to be compared with
        it."""
        steps, self._by_others = self._by_others, ()
        for step in steps:
            self.want_stories(wants, step.stories)
        for telling in chain.from_iterable(step.told for step in steps):
            wants.setdefault(self._keys.story(telling.story), []).append(_told_at(telling.sequence))
            self.want_articles(wants, [telling.ref])

    def save_state(self) -> None:
        """The state after a batch, and on the trail what was written in it."""
        self.state.commits += 1
        step = Step(self.state.commits, self.view.head or b"", tuple(sorted(self._written)), tuple(self._told_now))
        self._written.clear()
        self._told_now.clear()
        fields = {_S: rows.pack(self.state), trail.field(step.commit): rows.pack(step)}
        self.view.put(self._keys.state, fields)

    # -- articles ------------------------------------------------------------------------------------------------------

    def _article_at(self, ref: Ref) -> tuple[str, bytes]:
        shard = self._keys.articles(ref.day, ref.number >> self._layout.article_shift)
        return shard, ref.number.to_bytes(4, "little")

    def want_articles(self, wants: Wants, refs: Iterable[Ref]) -> None:
        """Add the rows of these articles."""
        for shard, field in map(self._article_at, refs):
            wants.setdefault(shard, []).append(field)

    def articles(self, refs: Sequence[Ref]) -> dict[Ref, ArticleRow]:
        """The rows that are still kept, in one reading. A day that is past is absent, dropped already or not."""
        at = {ref: self._article_at(ref) for ref in refs if ref.day in self.state.days}
        wants: Wants = {}
        self.want_articles(wants, at)
        self.view.fetch(wants)
        found = {ref: self.view.get(shard, field) for ref, (shard, field) in at.items()}
        return {ref: rows.unpack(ArticleRow, data) for ref, data in found.items() if data}

    def record_article(self, ref: Ref, row: ArticleRow) -> None:
        shard, field = self._article_at(ref)
        self.view.put_field(shard, field, rows.pack(row), self.buckets.day_ends(ref.day, self._settings.article_days))

    @staticmethod
    def body(row: ArticleRow) -> Body:
        return rows.unsqueeze(Body, row.body)

    # -- stories -------------------------------------------------------------------------------------------------------

    def want_stories(self, wants: Wants, numbers: Iterable[int]) -> None:
        """Add the rows and centres of these stories."""
        for number in numbers:
            wants[self._keys.story(number)] = [_R, _C]

    def centre(self, number: int) -> tuple[bytes, bytes] | None:
        """A story's row and centroid, as bytes: `decide.points` reads what it needs of them."""
        key = self._keys.story(number)
        row, centroid = self.view.get(key, _R), self.view.get(key, _C)
        return (row, centroid) if row and centroid else None

    def story(self, number: int) -> StoryRow | None:
        found = self.view.get(self._keys.story(number), _R)
        return rows.unpack(StoryRow, found) if found else None

    def running(self, number: int, clock: int) -> StoryRow | None:
        """The story, where it still takes articles at this time: its row may outlive it, by a little where it expires,
        and for good on published time."""
        row = self.story(number)
        return row if row is not None and self.runs(row.clock, clock) else None

    def runs(self, last: int, clock: int) -> bool:
        """Whether a story whose last article came at `last` still takes articles."""
        return clock - last <= self._settings.story_days * DAY_MS

    def centroid(self, number: int) -> bytes | None:
        return self.view.get(self._keys.story(number), _C)

    def told(self, story: StoryRow) -> list[Told]:
        """What the story has told so far, oldest first; what an article's row alone holds goes with that row."""
        chunks = self._told(story)
        articles = self.articles([chunk.ref for chunk in chunks.values() if isinstance(chunk, ToldAt)])
        found = (self._spelled_out(chunk, articles) for chunk in chunks.values())
        return [chunk for chunk in found if chunk is not None]

    def _told(self, story: StoryRow) -> dict[bytes, Told | ToldAt]:
        key = self._keys.story(story.number)
        fields = list(map(_told_at, story.told))
        self.view.fetch({key: fields} if fields else {})
        found = {field: data for field in fields if (data := self.view.get(key, field))}
        return {
            field: rows.unsqueeze(Told, data) if rows.is_squeezed(data) else rows.unpack(ToldAt, data)
            for field, data in found.items()
        }

    def _spelled_out(self, chunk: Told | ToldAt, articles: Mapping[Ref, ArticleRow]) -> Told | None:
        if isinstance(chunk, Told):
            return chunk
        row = articles.get(chunk.ref)
        if row is None:
            return None
        sentences = self.body(row).sentences or (row.title or "",)  # an item without a body says its title
        found = ((at, row.title or "" if at == TITLE else sentences[at]) for at in chunk.positions)
        return Told(row.key, tuple(found))

    def record_told(self, story: StoryRow, told: Told, ref: Ref) -> None:
        """Write what the story's newest event told, the one of `story.sequence`; its article's row is there already.

        By reference while the row is sure to live as long as the story. A story that goes on for so long that this is
        no longer so has its sentences written out (`record_story`).
        """
        positions = tuple(at for at, _ in told.sentences)
        field = _told_at(story.sequence)
        self.view.put_field(self._keys.story(story.number), field, rows.pack(ToldAt(ref, positions)), None)
        self._told_now.append(Telling(story.number, story.sequence, ref))
        story.referred = ref.day if story.referred is None else min(story.referred, ref.day)

    def _write_out(self, story: StoryRow, today: int) -> None:
        chunks = {field: chunk for field, chunk in self._told(story).items() if isinstance(chunk, ToldAt)}
        old = {field: chunk for field, chunk in chunks.items() if not self._safe(chunk.ref.day, today)}
        articles = self.articles([chunk.ref for chunk in old.values()])
        for field, chunk in old.items():
            told = self._spelled_out(chunk, articles)
            if told is not None:
                self.view.put_field(self._keys.story(story.number), field, rows.squeeze(told), None)
        story.referred = min((chunk.ref.day for field, chunk in chunks.items() if field not in old), default=None)

    def _safe(self, day: int, today: int) -> bool:
        """Whether a row of that day lives longer than a story that gets no article after today."""
        return today - day + self._settings.story_days < self._settings.article_days

    def record_story(self, row: StoryRow, entry: Entry, centroid: bytes, clock: int) -> None:
        if row.referred is not None and not self._safe(row.referred, day_of(clock)):
            self._write_out(row, day_of(clock))
        self.view.put_unread(self._keys.story(row.number), b"m%d" % row.sequence, rows.squeeze(entry))
        fields = {_R: rows.pack(row), _C: centroid}
        ends = self.buckets.ends(clock, self._settings.story_days)
        self.view.put(self._keys.story(row.number), fields, ends, renewed=True)
        self.story_ids.record(row.id, row.number, clock)
        self._written.add(row.number)

    def timeline(self, number: int) -> list[Entry]:
        """Every line of a story's timeline, oldest first."""
        fields: Mapping[bytes, bytes] = self.view.whole(self._keys.story(number))
        numbered = sorted((int(field[1:]), data) for field, data in fields.items() if field[:1] == b"m")
        return [rows.unsqueeze(Entry, data) for _, data in numbered]

    # -- term counts ---------------------------------------------------------------------------------------------------

    def record_counts(self, pages: dict[bytes, bytes]) -> None:
        self.view.put(self._keys.term_counts, pages)
