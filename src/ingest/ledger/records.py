"""The partition's memory as the pipeline speaks of it: articles, postings, stories; through a view, in typed rows.

Names are made in `keys`, bytes in `rows`; what is looked up by content is in `index`, what was decided in `decisions`,
what a story told in `chronicle`, what time does to it all in `buckets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest import identity
from ingest.ledger import rows, trail
from ingest.ledger.buckets import Buckets, Layout
from ingest.ledger.chronicle import Chronicle
from ingest.ledger.decisions import Decisions, StoryIds
from ingest.ledger.index import Index, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.recurring import Recurrences
from ingest.ledger.rows import DAY_MS, ArticleRow, Body, Ref, StateRow, StoryRow
from ingest.ledger.standing import StandingMatter
from ingest.ledger.trail import Step
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

_S = b"s"
_R = b"rc"  # a story's row and centroid in one field, as each field costs 40 bytes
_OLDER = (b"r", b"c")  # each in its own, as schema 2 wrote them


class Records:
    """Typed reading and writing of one partition. `load` or `catch_up` first, and after every dropped view."""

    def __init__(
        self, view: View, keys: Keys, settings: LedgerSettings, *, published: bool, layout: Layout | None = None
    ) -> None:
        self.view, self._keys, self._settings = view, keys, settings
        self._layout = layout or Layout()
        self.buckets = Buckets(keys, settings, self._layout, published=published)
        self.index = Index(view, keys, settings, self._layout, self.buckets)
        self.recurrences = Recurrences(view, keys, self.buckets)
        self.standing = StandingMatter(view, keys, self.buckets)
        self.decisions = Decisions(view, keys, self.buckets)
        self.story_ids = StoryIds(view, keys, self.buckets)
        self.chronicle = Chronicle(view, keys, settings, self.articles)
        self._written: set[int] = set()  # stories, since the last commit
        self._told_now: list[Ref] = []  # articles that told something, as well
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
            self.want_articles(wants, step.told)

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
        fields = [_R, *_OLDER] if self.state.older else [_R]
        for number in numbers:
            wants[self._keys.story(number)] = list(fields)

    def centres(self, numbers: Sequence[int]) -> list[bytes | None]:
        """Each story's row and centroid in one, as `rows.apart` takes them: `decide.points` reads what it needs of
        them. In one reading."""
        if self.state.older:
            wants: Wants = {}
            self.want_stories(wants, numbers)
            self.view.fetch(wants)
        places = [(self._keys.story(number), _R) for number in numbers]
        found = self.view.values(places)
        if not self.state.older:
            return found
        return [both or self._older_centre(key) for both, (key, _) in zip(found, places, strict=True)]

    def _older_centre(self, key: str) -> bytes | None:
        row, centroid = (self.view.get(key, field) for field in _OLDER)
        return rows.together(row, centroid) if row and centroid else None

    def centre(self, number: int) -> tuple[bytes, bytes] | None:
        """A story's row and centroid, as bytes."""
        (found,) = self.centres((number,))
        return rows.apart(found) if found else None

    def story(self, number: int) -> StoryRow | None:
        found = self.centre(number)
        return rows.unpack(StoryRow, found[0]) if found else None

    def lives_on(self, number: int) -> StoryRow | None:
        """The story, or the one that it became part of."""
        row = self.story(number)
        while row is not None and row.into:
            row = self.story(row.into)
        return row

    def running(self, number: int, clock: int) -> StoryRow | None:
        """The story, where it still takes articles at this time: its row outlives it, for as long as its articles' do,
        and for good on published time."""
        row = self.lives_on(number)
        return row if row is not None and self.runs(row.clock, clock) else None

    def runs(self, last: int, clock: int) -> bool:
        """Whether a story whose last article came at `last` still takes articles."""
        return clock - last <= self._settings.story_days * DAY_MS

    def centroid(self, number: int) -> bytes | None:
        found = self.centre(number)
        return found[1] if found else None

    def record_story(self, row: StoryRow, ref: Ref, centroid: bytes, clock: int, *, ended: bool = False) -> None:
        """Write the story as it is after its newest event, that of the article at `ref`, whose row is there already."""
        self.chronicle.record(row, ref, clock, ended=ended)
        if row.told[-1:] == [row.sequence]:
            self._told_now.append(ref)
        self._put_story(row, centroid, clock)
        self.story_ids.record(row.id, row.number, clock)

    def record_merge(self, row: StoryRow, other: StoryRow, centroid: bytes, clock: int) -> None:
        """Write the story as it is after the event by which the other one became part of it, and where that one went:
        its number is found as long as any article's row may name it, its id for ever."""
        self.chronicle.record_merge(row, other, clock)
        self._put_story(row, centroid, clock)
        other.into, other.recent = row.number, b""
        for gone in (other.texts, other.outlets, other.told, other.credits, other.joins, other.withdrawn):
            gone.clear()
        self._put_story(other, b"", clock)
        name = identity.key_field(other.id)
        self.view.put_field(self._keys.merged(name[0]), name, row.id.encode(), None)

    def meaning(self, story_id: str) -> str:
        """The id of the story that this id means now."""
        while found := self.view.get(self._keys.merged((name := identity.key_field(story_id))[0]), name):
            story_id = found.decode()
        return story_id

    def _put_story(self, row: StoryRow, centroid: bytes, clock: int) -> None:
        """Kept as long as any article's row may name it: one that is taken back is taken back in its story."""
        fields = {_R: rows.together(rows.pack(row), centroid)}
        ends = self.buckets.ends(clock, max(self._settings.story_days, self._settings.article_days))
        self.view.put(self._keys.story(row.number), fields, ends, renewed=True)
        self._written.add(row.number)

    # -- term counts ---------------------------------------------------------------------------------------------------

    def record_counts(self, pages: dict[bytes, bytes]) -> None:
        self.view.put(self._keys.term_counts, pages)
