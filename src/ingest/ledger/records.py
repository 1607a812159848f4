"""The partition's memory as the pipeline speaks of it: articles, postings, stories; through a view, in typed rows.

Names are made in `keys`, bytes in `rows`. What can be forgotten lies in a bucket of time, and goes as a whole:
on the real clock by expiry, on published time by a drop in the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ingest import identity
from ingest.ledger import rows
from ingest.ledger.keys import Keys
from ingest.ledger.rows import DAY_MS, ArticleRow, Body, Entry, Newest, Ref, StateRow, StoryRow, Told
from ingest.ledger.view import View
from ingest.settings import LedgerSettings


class Layout(msgspec.Struct, frozen=True):
    """How many hashes a family is cut into: few enough distinct keys for a commit (5 us each, 2,000 at most), enough
    of them that each stays a listpack (512 fields)."""

    posting_shards: int = 1024  # 64 articles x 36 keys touch about 920 of them
    term_shards: int = 512  # 64 articles x 24 terms touch about 490
    decision_shards: int = 4096  # 2 M decisions a month at 512 a hash
    article_shift: int = 6  # 64 consecutive articles share a hash: a batch touches one or two
    posting_cap: int = 15  # 60 bytes: the longest value a listpack takes is 64
    term_cap: int = 40  # stories kept per term and week, the newest
    drops_a_commit: int = 300  # whole keys forgotten by one commit; the rest waits in the state


WEEK_DAYS = 7
MARGIN_DAYS = 2
SHORT_SHARDS = 256  # by the first byte of the key
_S, _C, _R = b"s", b"c", b"r"


def day_of(ms: int) -> int:
    return ms // DAY_MS


class Records:
    """Typed reading and writing of one partition. `load` after every dropped view, before anything else."""

    def __init__(
        self, view: View, keys: Keys, settings: LedgerSettings, *, published: bool, layout: Layout | None = None
    ) -> None:
        self.view, self._keys, self._settings, self._published = view, keys, settings, published
        self._layout = layout or Layout()
        self.state = StateRow()

    # -- the partition's state and clock -------------------------------------------------------------------------------

    def load(self) -> StateRow:
        found = self.view.get(self._keys.state, _S)
        self.state = rows.unpack(StateRow, found) if found else StateRow()
        return self.state

    def save_state(self) -> None:
        self.view.put(self._keys.state, {_S: rows.pack(self.state)})

    def _ends(self, bucket_end_ms: int, keep_days: int) -> int | None:
        """When a bucket may go: None on published time, where nothing expires by itself. Later than it is asked for the
        last time (`enter`): what is read must hang on the partition's clock, never on whether the server was quick."""
        return None if self._published else bucket_end_ms + (keep_days + MARGIN_DAYS) * DAY_MS

    def enter(self, clock: int) -> None:
        """Open the buckets of this time and list those that are past."""
        day, state = day_of(clock), self.state
        if day not in state.days:
            state.days[day] = state.next_number
        if day // WEEK_DAYS not in state.weeks:
            state.weeks.append(day // WEEK_DAYS)
        if day // 30 not in state.months:
            state.months.append(day // 30)
        self._list_past(day)

    def _list_past(self, today: int) -> None:
        state, keep = self.state, self._settings
        for day in [d for d in state.days if d < today - keep.article_days - 1]:
            first = state.days.pop(day)
            end = min((n for n in state.days.values() if n > first), default=state.next_number)
            if self._published:
                shift = self._layout.article_shift
                state.due.append(("fp", day, 0, self._layout.posting_shards))
                state.due.append(("short", day, 0, SHORT_SHARDS))
                state.due.append(("art", day, first >> shift, (end >> shift) + 1))
        for week in [w for w in state.weeks if (w + 1) * WEEK_DAYS < today - keep.story_days - 1]:
            state.weeks.remove(week)
            if self._published:
                state.due.append(("term", week, 0, self._layout.term_shards))
        for month in [m for m in state.months if (m + 1) * 30 < today - keep.decision_days - 1]:
            state.months.remove(month)
            if self._published:
                state.due += [(family, month, 0, self._layout.decision_shards) for family in ("dec", "key", "sid")]

    def forget(self) -> list[str]:
        """Whole keys whose time is past, a bounded number a commit."""
        names: list[str] = []
        keys = self._keys
        makers = {
            "fp": keys.postings,
            "short": keys.short,
            "art": keys.articles,
            "term": keys.terms,
            "dec": keys.decisions,
            "key": keys.newest,
            "sid": keys.story_ids,
        }
        while self.state.due and len(names) < self._layout.drops_a_commit:
            family, bucket, at, end = self.state.due.pop(0)
            stop = min(end, at + self._layout.drops_a_commit - len(names))
            names += [makers[family](bucket, shard) for shard in range(at, stop)]
            if stop < end:
                self.state.due.insert(0, (family, bucket, stop, end))
        return names

    # -- decisions -----------------------------------------------------------------------------------------------------

    def _decision_shard(self, field: bytes) -> int:
        return int.from_bytes(field[:2], "big") % self._layout.decision_shards

    def want_article(self, key: str, version: str) -> dict[str, list[bytes]]:
        """What must be read to know whether an article version was decided, and what its key's newest version is."""
        decision, name = identity.decision_field(key, version), identity.key_field(key)
        wants: dict[str, list[bytes]] = {}
        for month in self.state.months:
            wants[self._keys.decisions(month, self._decision_shard(decision))] = [decision]
            wants[self._keys.newest(month, self._decision_shard(name))] = [name]
        return wants

    def decided(self, key: str, version: str) -> Ref | None:
        field = identity.decision_field(key, version)
        for month in reversed(self.state.months):
            found = self.view.get(self._keys.decisions(month, self._decision_shard(field)), field)
            if found:
                return rows.unpack_ref(found)
        return None

    def newest(self, key: str) -> Newest | None:
        field = identity.key_field(key)
        for month in reversed(self.state.months):
            found = self.view.get(self._keys.newest(month, self._decision_shard(field)), field)
            if found:
                return rows.unpack(Newest, found)
        return None

    def record_decision(self, key: str, version: str, ref: Ref, clock: int) -> tuple[str, bytes]:
        """Write the decision into this month's shard: a later sighting renews it so. Gives where, for the commit."""
        month, field = day_of(clock) // 30, identity.decision_field(key, version)
        shard = self._keys.decisions(month, self._decision_shard(field))
        ends = self._ends((month + 1) * 30 * DAY_MS, self._settings.decision_days)
        self.view.put(shard, {field: rows.pack_ref(ref)}, ends)
        return shard, field

    def record_newest(self, key: str, newest: Newest, clock: int) -> None:
        month, field = day_of(clock) // 30, identity.key_field(key)
        ends = self._ends((month + 1) * 30 * DAY_MS, self._settings.decision_days)
        self.view.put(self._keys.newest(month, self._decision_shard(field)), {field: rows.pack(newest)}, ends)

    # -- articles ------------------------------------------------------------------------------------------------------

    def _article_at(self, ref: Ref) -> tuple[str, bytes]:
        shard = self._keys.articles(ref.day, ref.number >> self._layout.article_shift)
        return shard, ref.number.to_bytes(4, "little")

    def articles(self, refs: Sequence[Ref]) -> dict[Ref, ArticleRow]:
        """The rows that are still kept, in one reading. A day that is past is absent, dropped already or not."""
        at = {ref: self._article_at(ref) for ref in refs if ref.day in self.state.days}
        wants: dict[str, list[bytes]] = {}
        for shard, field in at.values():
            wants.setdefault(shard, []).append(field)
        self.view.fetch(wants)
        found = {ref: self.view.get(shard, field) for ref, (shard, field) in at.items()}
        return {ref: rows.unpack(ArticleRow, data) for ref, data in found.items() if data}

    def record_article(self, ref: Ref, row: ArticleRow) -> None:
        shard, field = self._article_at(ref)
        ends = self._ends((ref.day + 1) * DAY_MS, self._settings.article_days)
        self.view.put(shard, {field: rows.pack(row)}, ends)

    @staticmethod
    def body(row: ArticleRow) -> Body:
        return rows.unsqueeze(Body, row.body)

    # -- postings of shingles, and of short items ----------------------------------------------------------------------

    def _window(self, clock: int) -> list[int]:
        first, last = day_of(clock - self._settings.window_hours * 3_600_000), day_of(clock)
        return [day for day in sorted(self.state.days) if first <= day <= last]

    def _posting_at(self, key: int) -> tuple[int, bytes]:
        rest, shard = divmod(key, self._layout.posting_shards)
        return shard, (rest & 0xFFFFFFFF).to_bytes(4, "little")

    def want_postings(self, keys: Iterable[int], clock: int) -> dict[str, list[bytes]]:
        wants: dict[str, list[bytes]] = {}
        days = self._window(clock)
        for key in keys:
            shard, field = self._posting_at(key)
            for day in days:
                wants.setdefault(self._keys.postings(day, shard), []).append(field)
        return wants

    def postings(self, keys: Sequence[int], clock: int) -> tuple[list[list[int]], dict[int, int]]:
        """For each sketch key the article numbers of the window, newest last; and the day of each number."""
        self.view.fetch(self.want_postings(keys, clock))
        lists: list[list[int]] = []
        days: dict[int, int] = {}
        window = self._window(clock)
        for key in keys:
            shard, field = self._posting_at(key)
            numbers: list[int] = []
            for day in window:
                found = self.view.get(self._keys.postings(day, shard), field)
                if found:
                    of_day = rows.unpack_numbers(found)
                    numbers += of_day
                    days.update(dict.fromkeys(of_day, day))
            lists.append(numbers)
        return lists, days

    def record_postings(self, keys: Iterable[int], ref: Ref) -> None:
        ends = self._ends((ref.day + 1) * DAY_MS, self._settings.window_hours // 24 + 1)
        for key in keys:
            shard, field = self._posting_at(key)
            name = self._keys.postings(ref.day, shard)
            found = self.view.get(name, field)
            numbers = (*rows.unpack_numbers(found or b""), ref.number)[-self._layout.posting_cap :]
            self.view.put(name, {field: rows.pack_numbers(numbers)}, ends)

    def short(self, key: bytes, clock: int) -> Ref | None:
        """The article with this very title and body, of today or yesterday."""
        for day in (day_of(clock), day_of(clock) - 1):
            if day in self.state.days:
                found = self.view.get(self._keys.short(day, key[0]), key)
                if found:
                    return rows.unpack_ref(found)
        return None

    def record_short(self, key: bytes, ref: Ref) -> None:
        ends = self._ends((ref.day + 1) * DAY_MS, 2)
        self.view.put(self._keys.short(ref.day, key[0]), {key: rows.pack_ref(ref)}, ends)

    # -- stories -------------------------------------------------------------------------------------------------------

    def _term_at(self, term: int) -> tuple[int, bytes]:
        rest, shard = divmod(term, self._layout.term_shards)
        return shard, (rest & 0xFFFFFFFF).to_bytes(4, "little")

    def want_terms(self, terms: Iterable[int]) -> dict[str, list[bytes]]:
        wants: dict[str, list[bytes]] = {}
        for term in terms:
            shard, field = self._term_at(term)
            for week in self.state.weeks:
                wants.setdefault(self._keys.terms(week, shard), []).append(field)
        return wants

    def term_postings(self, terms: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """For each term the (story number, weight) of the weeks in use; of a story in several, the newest weight."""
        self.view.fetch(self.want_terms(terms))
        out: dict[int, list[tuple[int, int]]] = {}
        for term in terms:
            shard, field = self._term_at(term)
            merged: dict[int, int] = {}
            for week in sorted(self.state.weeks):
                found = self.view.get(self._keys.terms(week, shard), field)
                if found:
                    merged.update(rows.unpack_weights(found))
            if merged:
                out[term] = list(merged.items())
        return out

    def record_terms(self, story: int, weights: Iterable[tuple[int, int]], clock: int) -> None:
        week = day_of(clock) // WEEK_DAYS
        ends = self._ends((week + 1) * WEEK_DAYS * DAY_MS, self._settings.story_days)
        weights = list(weights)
        self.view.fetch(self._terms_of_week([term for term, _ in weights], week))
        for term, weight in weights:
            shard, field = self._term_at(term)
            name = self._keys.terms(week, shard)
            pairs = dict(rows.unpack_weights(self.view.get(name, field) or b""))
            pairs.pop(story, None)  # re-entered at the end: the newest stay when the list is cut
            pairs[story] = weight
            kept = list(pairs.items())[-self._layout.term_cap :]
            self.view.put(name, {field: rows.pack_weights(kept)}, ends)

    def _terms_of_week(self, terms: Iterable[int], week: int) -> dict[str, list[bytes]]:
        wants: dict[str, list[bytes]] = {}
        for shard, field in map(self._term_at, terms):
            wants.setdefault(self._keys.terms(week, shard), []).append(field)
        return wants

    def want_stories(self, numbers: Iterable[int]) -> dict[str, list[bytes]]:
        return {self._keys.story(number): [_R, _C] for number in numbers}

    def story(self, number: int) -> StoryRow | None:
        found = self.view.get(self._keys.story(number), _R)
        return rows.unpack(StoryRow, found) if found else None

    def running(self, number: int, clock: int) -> StoryRow | None:
        """The story, where it still takes articles at this time: its row may outlive it, by a little where it expires,
        and for good on published time."""
        row = self.story(number)
        return row if row is not None and clock - row.clock <= self._settings.story_days * DAY_MS else None

    def centroid(self, number: int) -> bytes | None:
        return self.view.get(self._keys.story(number), _C)

    def told(self, story: StoryRow) -> list[Told]:
        """What the story has told so far, oldest first."""
        key = self._keys.story(story.number)
        fields = [b"t%d" % sequence for sequence in story.told]
        self.view.fetch({key: fields} if fields else {})
        found = [self.view.get(key, field) for field in fields]
        return [rows.unsqueeze(Told, data) for data in found if data]

    def record_story(self, row: StoryRow, entry: Entry, told: Told | None, centroid: bytes, clock: int) -> None:
        fields = {_R: rows.pack(row), _C: centroid, b"m%d" % row.sequence: rows.squeeze(entry)}
        if told is not None:
            fields[b"t%d" % row.sequence] = rows.squeeze(told)
        ends = self._ends(clock, self._settings.story_days)
        self.view.put(self._keys.story(row.number), fields, ends)
        name = identity.key_field(row.id)
        month = day_of(clock) // 30
        ids = self._keys.story_ids(month, self._decision_shard(name))
        ends = self._ends((month + 1) * 30 * DAY_MS, self._settings.decision_days)
        self.view.put(ids, {name: row.number.to_bytes(4, "little")}, ends)

    def story_number(self, story_id: str) -> int | None:
        name = identity.key_field(story_id)
        for month in reversed(self.state.months):
            found = self.view.get(self._keys.story_ids(month, self._decision_shard(name)), name)
            if found:
                return int.from_bytes(found, "little")
        return None

    def timeline(self, number: int) -> list[Entry]:
        """Every line of a story's timeline, oldest first."""
        fields: Mapping[bytes, bytes] = self.view.whole(self._keys.story(number))
        numbered = sorted((int(field[1:]), data) for field, data in fields.items() if field[:1] == b"m")
        return [rows.unsqueeze(Entry, data) for _, data in numbered]

    # -- term counts ---------------------------------------------------------------------------------------------------

    def record_counts(self, pages: dict[bytes, bytes]) -> None:
        self.view.put(self._keys.term_counts, pages)
