"""A feed, from its turn to its next: poll, read, offer what is new together with all that is remembered.

    row, seen -> Poller.ask -> Poller.read -> articles -> those not seen before -> inbox, row, seen, next poll

One step of the server settles it. A fetcher that dies before that has done nothing; one that was thought dead and is
not finds another past, and its offer is refused as stale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from ingest.errors import Refused, Stale
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .contents import sized
from .entries import Parsed
from .feeds import articles_of, oldest_first
from .names import printable
from .offering import Item, batches, hand_over, outcome_of
from .polling import Poll, Poller
from .port import Fate, Inbox, Outcome, ProgressUpdate, Readers, Stop
from .schedule import Polled, after, believed, quiet
from .subscriptions import FEEDS, Feed, decode, encode
from .visits import SEEN, mark_of, pack_seen, unpack_seen

Report = Callable[[Outcome], object]


class FeedLine:
    """What the fetcher does with feeds. `now` in seconds since 1970; `chance` in 0..1 spreads their polls."""

    source = FEEDS

    def __init__(
        self,
        *,
        inbox: Inbox,
        poller: Poller,
        readers: Readers,
        limits: SourceSettings,
        stop: Stop,
        now: Callable[[], float],
        chance: Callable[[], float],
        report: Report,
    ) -> None:
        self._inbox, self._poller, self._readers, self._limits = inbox, poller, readers, limits
        self._stop, self._now, self._chance, self._report = stop, now, chance, report

    def address(self, name: str, raw: bytes) -> str:
        return decode(raw).address or name

    async def work(self, name: str, raw: bytes) -> Polled:
        """One poll, to its end. Raises Stopped, TransientError; then nothing is settled, and the feed is due again."""
        return await self.take(name, raw, await self._poller.ask(self.address(name, raw), decode(raw).visit))

    async def take(self, name: str, raw: bytes | None, poll: Poll) -> Polled:
        """All that comes of an answer. `raw` is the row as it is stored, None for a feed that has none."""
        feed = decode(raw)
        if poll.response is None:
            await asyncio.to_thread(self._settle, name, raw, self._next(name, feed, poll.polled, poll), [], [])
            if poll.polled.kind == "same":
                self._say(name, "unchanged", "not modified")
            return poll.polled
        try:
            parsed = await self._poller.read(poll.response)
        except Refused as refused:
            failed = Polled(kind="hard", reason=refused.reason, error=refused.detail or refused.reason)
            # Its validators are kept: the same bytes are no feed the next time either.
            await asyncio.to_thread(self._settle, name, raw, self._next(name, feed, failed, poll), [], [])
            return failed
        return await asyncio.to_thread(self._read, name, raw, feed, poll, parsed)

    def _read(self, name: str, raw: bytes | None, feed: Feed, poll: Poll, parsed: Parsed) -> Polled:
        assert poll.response is not None
        articles = articles_of(parsed, name, poll.response.url, self._readers, outlet=feed.about.outlet)
        stored = self._inbox.progress(SEEN, [name]).get(name)
        seen = unpack_seen(stored or b"")
        marks = {article.key: mark_of(article) for article in articles}
        new = [a for a in oldest_first(articles) if seen.get(marks[a.key][0]) != marks[a.key][1]]
        if not feed.rhythm.answered_at:
            new = [msgspec.structs.replace(article, backfill=True) for article in new]
        if parsed.left_out:
            self._say(name, "warning", f"{parsed.left_out} entries beyond the limit")
        known = sum(mark[0] in seen for mark in marks.values())
        floor = max(poll.polled.floor, parsed.floor)
        polled = msgspec.structs.replace(poll.polled, known=known, new=len(marks) - known, floor=floor)
        after_all = self._next(name, feed, polled, poll)
        after_all = msgspec.structs.replace(after_all, title=parsed.title or feed.title)
        items: list[Item] = [(printable(a.url or a.key), sized(a, printable(a.key), self._limits)) for a in new]
        offered: list[tuple[bytes, bytes]] = []
        *first, last = list(batches(items)) or [[]]
        for batch in first:
            offered += [marks[item.key] for _, item in batch if isinstance(item, Envelope)]
            # The row only with the last batch: after a crash between two, the feed must be read again.
            part = pack_seen(offered, seen)
            if not self._offer(name, batch, [ProgressUpdate(SEEN, {name: part}, {name: stored})]):
                return polled
            stored = part
        whole = pack_seen(marks.values(), seen)
        self._settle(name, raw, after_all, last, [ProgressUpdate(SEEN, {name: whole}, {name: stored})])
        if not new:
            self._say(name, "unchanged", f"{len(articles)} entries, none new")
        return polled

    def _next(self, name: str, feed: Feed, polled: Polled, poll: Poll) -> Feed:
        """The row after this poll."""
        now = int(self._now() * 1000)
        rhythm = after(feed.rhythm, polled, now, self._chance(), feed.about.bounds)
        about, address = feed.about, feed.address
        if polled.error:
            self._say(name, "refused", polled.error, polled.reason)
        if polled.kind == "gone" and about.added_at and not address:
            about = msgspec.structs.replace(about, muted=polled.error)
            self._say(name, "warning", f"muted: {polled.error}")
        elif polled.kind in {"gone", "hard"} and address:
            address = ""  # where it had moved to is no better: back to where it was subscribed
        if believed(rhythm, now):
            address = rhythm.moved
            rhythm = msgspec.structs.replace(rhythm, moved="", moved_at=0, moved_times=0)
            self._say(name, "warning", f"moved for good to {printable(address)}, and is read there from now on")
        if not rhythm.quiet_at and quiet(rhythm, now):
            rhythm = msgspec.structs.replace(rhythm, quiet_at=now)
            days = (now - rhythm.new_at) / 86_400_000
            self._say(name, "warning", f"gone quiet: nothing new for {days:.1f} days, against its habit")
        return msgspec.structs.replace(feed, about=about, rhythm=rhythm, visit=poll.visit, address=address)

    def _settle(
        self, name: str, raw: bytes | None, feed: Feed, batch: list[Item], also: Sequence[ProgressUpdate]
    ) -> None:
        due = None if feed.about.muted or not feed.about.added_at else feed.rhythm.next_at
        row = ProgressUpdate(FEEDS, {name: encode(feed)}, {name: raw}, {name: due})
        self._offer(name, batch, [row, *also])

    def _offer(self, name: str, batch: list[Item], updates: Sequence[ProgressUpdate]) -> bool:
        """False where somebody else settled this poll, or the operator changed the feed: it is due again."""
        try:
            for outcome in hand_over(batch, self._inbox, self._stop, updates):
                self._report(outcome)
        except Stale:
            if not self._applied(updates):
                return False
            for where, item in batch:  # our own offer, whose answer was lost, was applied after all
                self._report(outcome_of(where, item))
        return True

    def _applied(self, updates: Sequence[ProgressUpdate]) -> bool:
        return all(
            self._inbox.progress(update.source, [name]).get(name) == value
            for update in updates
            for name, value in update.fields.items()
        )

    def _say(self, name: str, fate: Fate, detail: str, reason: str | None = None) -> None:
        self._report(Outcome(where=printable(name), fate=fate, reason=reason, detail=detail))
