"""The partition's clock cut into buckets: what can be forgotten lies in a bucket of time and goes as a whole.

On the real clock by expiry, on published time, where nothing expires by itself, by a drop in the commit.
"""

from __future__ import annotations

import msgspec

from ingest.ledger.keys import Keys
from ingest.ledger.rows import DAY_MS, StateRow
from ingest.settings import LedgerSettings


class Layout(msgspec.Struct, frozen=True):
    """How many hashes a family is cut into: few enough distinct keys for a commit (5 us each, 2,000 at most), enough
    of them that each stays a listpack (512 fields)."""

    posting_shards: int = 1024  # of a day, more after busier ones: 64 articles x 36 keys touch about 920 of them
    term_shards: int = 1024  # of a partition's first week, after that by how many articles came: 64 touch about 650
    decision_shards: int = 512  # of its first month, as well
    article_shift: int = 6  # 64 consecutive articles share a hash: a batch touches one or two
    posting_cap: int = 15  # 60 bytes: the longest value a listpack takes is 64
    often_shards: int = 64  # of terms with more than a dozen stories a week: one in fifty
    term_cap: int = 40  # stories kept per term and week, the newest
    drops_a_commit: int = 300  # whole keys forgotten by one commit; the rest waits in the state


class Cut(msgspec.Struct, frozen=True):
    """How a bucket is cut into hashes: for so many articles in each, if the bucket is like the days before it."""

    days: int
    articles: int  # half of what a listpack holds, or a little more: a bucket may turn out twice as busy
    fewest: int  # 35 kB of keys: no reason to be caught out by a month that is busier
    most: int


DECISIONS = Cut(30, 256, 512, 8192)
POSTINGS = Cut(1, 20, 1024, 4096)  # full at 29; twice as many hashes are some 460 keys more a commit
TERMS = Cut(7, 56, 512, 1024)  # some 4.5 terms of an article are new to their week; more hashes are too many a commit

STORIES_A_SHARD = 4  # story ids are a third as many as decisions, or fewer

OLDER_SHARDS = 4096
"""Of every month that schema 2 began, in each of three families: for 10,000 articles more bytes than the entries."""
OLDER_TERM_SHARDS = 512

WEEK_DAYS = 7
MARGIN_DAYS = 2
SHORT_SHARDS = 256  # by the first byte of the key
RECURRING_SHARDS = 256  # of a week: packed up to 130,000 titles
STANDING_SHARDS = 64  # of a month; its values are too long for listpacks anyway, and each hash is a key of a commit


def day_of(ms: int) -> int:
    return ms // DAY_MS


def month_of(ms: int) -> int:
    """Of thirty days."""
    return day_of(ms) // 30


class Buckets:
    """Which buckets are in use, and when each may go. `state` is the partition's own row, read and written by
    `Records`."""

    def __init__(self, keys: Keys, settings: LedgerSettings, layout: Layout, *, published: bool) -> None:
        self._keys, self._settings, self._layout, self._published = keys, settings, layout, published
        self.state = StateRow()

    def day_ends(self, day: int, keep_days: int) -> int | None:
        return self.ends((day + 1) * DAY_MS, keep_days)

    def week_ends(self, week: int) -> int | None:
        return self.ends((week + 1) * WEEK_DAYS * DAY_MS, self._settings.story_days)

    def recurring_ends(self, week: int) -> int | None:
        """Of what is asked for in its week and the next."""
        return self.ends((week + 1) * WEEK_DAYS * DAY_MS, WEEK_DAYS)

    def standing_ends(self, month: int) -> int | None:
        """Of what is asked for in its month and the next."""
        return self.ends((month + 1) * 30 * DAY_MS, 30)

    def month_ends(self, month: int) -> int | None:
        """Of what is kept as long as decisions are."""
        return self.ends((month + 1) * 30 * DAY_MS, self._settings.decision_days)

    def ends(self, bucket_end_ms: int, keep_days: int) -> int | None:
        """When a bucket may go, in ms: None on published time, where nothing expires by itself. Later than it is asked
        for the last time (`enter`): what is read must hang on the partition's clock, never on whether the server was
        quick."""
        return None if self._published else bucket_end_ms + (keep_days + MARGIN_DAYS) * DAY_MS

    def story_shards(self, month: int) -> int:
        return self.state.shards[month] // STORIES_A_SHARD

    def term_shards(self, week: int) -> int:
        return self.state.term_shards.get(week, OLDER_TERM_SHARDS)

    def posting_shards(self, day: int) -> int:
        return self.state.posting_shards.get(day, self._layout.posting_shards)

    def window(self, clock: int) -> list[int]:
        """The days in which an article of this time may have been seen already, oldest first."""
        first, last = day_of(clock - self._settings.window_hours * 3_600_000), day_of(clock)
        return [day for day in sorted(self.state.days) if first <= day <= last]

    def enter(self, clock: int) -> None:
        """Open the buckets of this time and list those that are past."""
        day, state = day_of(clock), self.state
        if day // 30 not in state.shards:
            state.shards[day // 30] = self._sized(day, DECISIONS) or self._layout.decision_shards
        if day // WEEK_DAYS not in state.weeks:
            state.weeks.append(day // WEEK_DAYS)
            state.term_shards[day // WEEK_DAYS] = self._sized(day, TERMS) or self._layout.term_shards
        if day not in state.days:
            shards = self._sized(day, POSTINGS)
            if shards is not None and shards > POSTINGS.fewest:
                state.posting_shards[day] = shards
            state.days[day] = state.next_number
        if day // 30 not in state.months:
            state.months.append(day // 30)
        if day // 30 not in state.standing:
            state.standing.append(day // 30)
        self._list_past(day)

    def _sized(self, today: int, cut: Cut) -> int | None:
        """How many hashes a bucket is to be cut into, by what came in the days that are still listed; None where there
        are none."""
        first = min(self.state.days, default=today)
        if first >= today:
            return None
        articles = cut.days * (self.state.next_number - self.state.days[first]) // (today - first)
        return min(cut.most, max(cut.fewest, 1 << (articles // cut.articles).bit_length()))

    def _list_past(self, today: int) -> None:
        state, keep = self.state, self._settings
        for day in [d for d in state.days if d < today - keep.article_days - 1]:
            first = state.days.pop(day)
            end = min((n for n in state.days.values() if n > first), default=state.next_number)
            if self._published:
                shift = self._layout.article_shift
                state.due.append(("fp", day, 0, self.posting_shards(day)))
                state.due.append(("short", day, 0, SHORT_SHARDS))
                state.due.append(("art", day, first >> shift, (end >> shift) + 1))
            state.posting_shards.pop(day, None)
        for week in [w for w in state.weeks if (w + 1) * WEEK_DAYS < today - keep.story_days - 1]:
            shards = self.term_shards(week)
            state.weeks.remove(week)
            state.term_shards.pop(week, None)
            if self._published:
                state.due.append(("term", week, 0, shards))
                state.due.append(("often", week, 0, self._layout.often_shards))
                state.due.append(("recur", week, 0, RECURRING_SHARDS))
        for month in [m for m in state.standing if m < today // 30 - 1]:
            state.standing.remove(month)
            if self._published:
                state.due.append(("stand", month, 0, STANDING_SHARDS))
        for month in [m for m in state.months if (m + 1) * 30 < today - keep.decision_days - 1]:
            shards = state.shards.pop(month, 0)
            state.months.remove(month)
            if self._published and shards:
                state.due += [("dec", month, 0, shards), ("sid", month, 0, shards // STORIES_A_SHARD)]
            if month in state.older:
                state.older.remove(month)
                if self._published:
                    state.due += [(family, month, 0, OLDER_SHARDS) for family in ("dec", "key", "sid")]

    def forget(self) -> list[str]:
        """Whole keys whose time is past, a bounded number a commit."""
        names: list[str] = []
        keys = self._keys
        makers = {
            "fp": keys.postings,
            "short": keys.short,
            "art": keys.articles,
            "term": keys.terms,
            "often": keys.often,
            "recur": keys.recurring,
            "stand": keys.standing,
            "dec": keys.decisions,
            "key": keys.older_newest,
            "sid": keys.story_ids,
        }
        while self.state.due and len(names) < self._layout.drops_a_commit:
            family, bucket, at, end = self.state.due.pop(0)
            stop = min(end, at + self._layout.drops_a_commit - len(names))
            names += [makers[family](bucket, shard) for shard in range(at, stop)]
            if stop < end:
                self.state.due.insert(0, (family, bucket, stop, end))
        return names
