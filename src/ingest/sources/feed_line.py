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
from .feeds import article_of, entries_of, oldest_first
from .names import printable
from .offering import Item, batches, offer_once, outcome_of
from .patience import Patience
from .polling import Poll, Poller
from .port import Fate, Inbox, Outcome, ProgressUpdate, Readers
from .schedule import Polled, after, believed, quiet
from .sightings import Sightings
from .subscriptions import FEEDS, Feed, Visit, decode, encode
from .visits import SEEN

Report = Callable[[Outcome], object]
_SOFT_AT_NEW_PLACE = 3
"""Times in a row without an answer after which a feed goes back to its own address: the new one's host may be gone."""


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
        patience: Patience,
        now: Callable[[], float],
        chance: Callable[[], float],
        report: Report,
    ) -> None:
        self._inbox, self._poller, self._readers, self._limits = inbox, poller, readers, limits
        self._patience, self._now, self._chance, self._report = patience, now, chance, report

    def address(self, name: str, raw: bytes) -> str:
        """Raises Unreadable."""
        return decode(raw).address or name

    async def work(self, name: str, raw: bytes) -> Polled:
        """One poll, to its end. Raises Stopped, TransientError; then nothing is settled, and the feed is due again."""
        feed = decode(raw)
        visit, about = feed.visit, feed.about
        poll = await self._poller.ask(feed.address or name, visit, about.access, feed.rhythm.per_day)
        return await self.take(name, raw, poll)

    async def take(self, name: str, raw: bytes | None, poll: Poll) -> Polled:
        """All that comes of an answer. `raw` is the row as it is stored, None for a feed that has none. Raises
        Unreadable."""
        feed = decode(raw)
        if poll.response is None:
            await self._settle(name, raw, self._next(name, feed, poll.polled, poll.visit), [], [])
            if poll.polled.kind == "same":
                self._say(name, "unchanged", "not modified")
            return poll.polled
        try:
            parsed = await self._poller.read(poll.response)
        except Refused as refused:
            said = refused.detail or refused.reason
            failed = msgspec.structs.replace(poll.polled, kind="hard", reason=refused.reason, error=said)
            # Not with the validators of what cannot be read: a 304 to them would pass for an answer and hide the error.
            await self._settle(name, raw, self._next(name, feed, failed, feed.visit), [], [])
            return failed
        return await self._read(name, raw, feed, poll, parsed)

    async def _read(self, name: str, raw: bytes | None, feed: Feed, poll: Poll, parsed: Parsed) -> Polled:
        stored = await self._patience.through(lambda: self._inbox.progress(SEEN, [name]).get(name))
        seen = Sightings(stored, int(self._now() * 1000))
        new = await asyncio.to_thread(self._unseen, name, feed, poll, parsed, seen)
        if not feed.rhythm.answered_at:
            new = [msgspec.structs.replace(article, backfill=True) for article in new]
        if parsed.left_out:
            self._say(name, "warning", f"{parsed.left_out} entries beyond the limit")
        span = _span(parsed, self._now())
        polled = msgspec.structs.replace(poll.polled, known=seen.known, new=seen.new, wishes=parsed.wishes, span=span)
        after_all = self._next(name, feed, polled, poll.visit)
        after_all = msgspec.structs.replace(after_all, title=parsed.title or feed.title)
        items: list[Item] = [(printable(a.url or a.key), sized(a, printable(a.key), self._limits)) for a in new]
        offered: list[Envelope] = []
        *first, last = list(batches(items)) or [[]]
        for batch in first:
            offered += [item for _, item in batch if isinstance(item, Envelope)]
            # The row only with the last batch: after a crash between two, the feed must be read again.
            part = seen.packed(offered)
            if not await self._offer(name, batch, [ProgressUpdate(SEEN, {name: part}, {name: stored})]):
                return polled
            stored = part
        await self._settle(name, raw, after_all, last, [ProgressUpdate(SEEN, {name: seen.packed()}, {name: stored})])
        if not new:
            self._say(name, "unchanged", f"{len(parsed.entries)} entries, none new")
        return polled

    def _unseen(self, name: str, feed: Feed, poll: Poll, parsed: Parsed, seen: Sightings) -> list[Envelope]:
        """The articles to offer, oldest first."""
        assert poll.response is not None
        entries = entries_of(parsed, name, poll.response.url, self._readers, outlet=feed.about.outlet)
        return oldest_first(seen.take(entries, lambda named, key: article_of(named, key, name, parsed.language)))

    def _next(self, name: str, feed: Feed, polled: Polled, visit: Visit) -> Feed:
        """The row after this poll."""
        now = int(self._now() * 1000)
        rhythm = after(feed.rhythm, polled, now, self._chance(), feed.about.bounds)
        about, address = feed.about, feed.address
        if polled.error:
            self._say(name, "refused", polled.error, polled.reason)
        if polled.kind == "gone" and about.added_at and not address:
            about = msgspec.structs.replace(about, muted=polled.error)
            self._say(name, "warning", f"muted: {polled.error}")
        elif address and (polled.kind in {"gone", "hard"} or rhythm.soft >= _SOFT_AT_NEW_PLACE):
            address = ""  # where it had moved to is no better: back to where it was subscribed
            self._say(name, "warning", f"no answer from {printable(feed.address)}: it is read at its own address again")
        if believed(rhythm, now):
            address = rhythm.moved
            rhythm = msgspec.structs.replace(rhythm, moved="", moved_at=0, moved_times=0)
            self._say(name, "warning", f"moved for good to {printable(address)}, and is read there from now on")
        if not rhythm.quiet_at and quiet(rhythm, now):
            rhythm = msgspec.structs.replace(rhythm, quiet_at=now)
            days = (now - rhythm.new_at) / 86_400_000
            self._say(name, "warning", f"gone quiet: nothing new for {days:.1f} days, against its habit")
        return msgspec.structs.replace(feed, about=about, rhythm=rhythm, visit=visit, address=address)

    async def _settle(
        self, name: str, raw: bytes | None, feed: Feed, batch: list[Item], also: Sequence[ProgressUpdate]
    ) -> None:
        due = None if feed.about.muted or not feed.about.added_at else feed.rhythm.next_at
        row = ProgressUpdate(FEEDS, {name: encode(feed)}, {name: raw}, {name: due})
        await self._offer(name, batch, [row, *also])

    async def _offer(self, name: str, batch: list[Item], updates: Sequence[ProgressUpdate]) -> bool:
        """False where somebody else settled this poll, or the operator changed the feed: it is due again."""
        try:
            await self._patience.through(lambda: offer_once(batch, self._inbox, updates))
        except Stale:
            if not await self._patience.through(lambda: self._applied(updates)):
                return False
            # our own offer, whose answer was lost, was applied after all
        for where, item in batch:
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


def _span(parsed: Parsed, now: float) -> float:
    """Seconds that its entries reach back by their own dates, 0 where most have none. Twice the middle one: the oldest
    may be a notice that stands for years."""
    back = sorted(now - entry.published.at / 1000 for entry in parsed.entries if entry.published)
    return max(0.0, 2 * back[len(back) // 2]) if len(back) > len(parsed.entries) // 2 else 0.0
