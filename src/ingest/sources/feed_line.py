"""A feed, from its turn to its next: poll, read, offer what is new together with all that is remembered.

    row, seen -> Poller.ask -> Poller.read -> articles -> those not seen before -> inbox, row, seen, next poll

One step of the server settles it. A fetcher that dies before that has done nothing; one that was thought dead and is
not finds another past, and its offer is refused as stale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from ingest.errors import Refused, Stale
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .contents import sized
from .entries import INDEX, Parsed
from .feeds import article_of, entries_beside, oldest_first, site_of
from .http import Response
from .hubs import Hubs
from .names import shown
from .offering import Item, batches, offer_once, outcome_of
from .outside import Outside
from .parts import changed_parts, forgotten
from .patience import Patience
from .polling import Poll, Poller
from .port import Fate, Inbox, Outcome, ProgressUpdate, Readers
from .schedule import Polled, after, believed, delivered, quiet, unheard
from .sightings import Sightings
from .subscriptions import FEEDS, Feed, Visit, decode, encode
from .visits import SEEN
from .waiting import Waiting
from .websub import Push

Report = Callable[[Outcome], object]
_SOFT_AT_NEW_PLACE = 3
"""Times in a row without an answer after which a feed goes back to its own address: the new one's host may be gone."""


class _Met(NamedTuple):
    """What an answer holds. `seen` are its entries, against those `stored`."""

    response: Response
    stored: bytes | None
    seen: Sightings
    parsed: Parsed


class _Unseen(NamedTuple):
    """What is new in a feed: to be offered, oldest first, and what puts the rest on the schedule of the pages.

    parsed    the feed, with what is known of the entries that were not read
    brought   how many are new, offered at once or not
    """

    parsed: Parsed
    items: list[Item]
    pages: list[ProgressUpdate]
    brought: int


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
        hubs: Hubs,
        outside: Outside,
        now: Callable[[], float],
        chance: Callable[[], float],
        report: Report,
    ) -> None:
        self._inbox, self._poller, self._readers, self._limits = inbox, poller, readers, limits
        self._outside = outside
        self._hubs, self._waiting = hubs, Waiting(inbox, readers, now, report)
        self._patience, self._now, self._chance, self._report = patience, now, chance, report

    def address(self, name: str, raw: bytes) -> str:
        """Raises Unreadable."""
        return decode(raw).address or name

    def spacing(self, address: str) -> float:
        """A feed is an invitation: robots.txt is not asked about it."""
        return 0.0

    def first_due(self, raw: bytes) -> int:
        """As `Line.first_due`; 0 for a feed that was never asked. Raises Unreadable."""
        return decode(raw).rhythm.next_at

    async def work(self, name: str, raw: bytes, spaced: float = 0.0) -> Polled:
        """One poll, to its end. Raises Stopped, TransientError; then nothing is settled, and the feed is due again."""
        feed = decode(raw)
        if feed.part_of and (polled := await self._idle(name, raw, feed)) is not None:
            return polled
        visit, about = feed.visit, feed.about
        poll = await self._poller.ask(feed.address or name, visit, about.access, feed.rhythm.per_day)
        if self._unheard(poll, feed.address or name):
            rhythm = unheard(feed.rhythm, int(self._now() * 1000), self._chance())
            await self._settle(name, raw, feed, msgspec.structs.replace(feed, rhythm=rhythm))
            return poll.polled
        return await self.take(name, raw, poll)

    async def take(self, name: str, raw: bytes | None, poll: Poll) -> Polled:
        """All that comes of an answer. `raw` is the row as it is stored, None for a feed that has none. Raises
        Unreadable."""
        feed = decode(raw)
        if poll.response is None:
            row = self._next(name, feed, poll.polled, poll.visit, feed.push.hub, feed.push.topic)
            await self._settle(name, raw, feed, row)
            if poll.polled.kind == "same":
                self._say(name, "unchanged", "not modified")
            return poll.polled
        try:
            met = await self._meet(name, poll.response)
            if met.parsed.kind != INDEX:
                return await self._read(name, raw, feed, poll, met)
            if not feed.about.added_at:
                named = ", ".join(map(shown, met.parsed.sitemaps))
                raise Refused("unknown-format", name, f"an index of sitemaps; these have news: {named}")
        except Refused as refused:
            said = refused.detail or refused.reason
            failed = msgspec.structs.replace(poll.polled, kind="hard", reason=refused.reason, error=said)
            # Not with the validators of what cannot be read: a 304 to them would pass for an answer and hide the error.
            await self._settle(name, raw, feed, self._next(name, feed, failed, feed.visit, "", ""))
            return failed
        return await self._index(name, raw, feed, poll, met.parsed.sitemaps)

    def _unheard(self, poll: Poll, address: str) -> bool:
        """Whether it is our network that fails."""
        if poll.silent:
            return self._outside.silent(address)
        self._outside.answered()
        return False

    async def _index(
        self, name: str, raw: bytes | None, feed: Feed, poll: Poll, sitemaps: tuple[str, ...]
    ) -> Polled:
        """An index of sitemaps: those with news become feeds, those it names no more cease to be."""
        polled = msgspec.structs.replace(poll.polled, known=len(sitemaps))
        row = self._next(name, msgspec.structs.replace(feed, parts=sitemaps), polled, poll.visit, "", "")
        held = await self._patience.through(lambda: self._inbox.progress(FEEDS, [*sitemaps, *feed.parts]))
        parts = changed_parts(name, feed, sitemaps, held, int(self._now() * 1000))
        if await self._offer(name, [], [*self._updates(name, raw, feed, row), *parts]):
            self._say(name, "unchanged", f"an index; {len(sitemaps)} of its sitemaps are read as feeds")
        return polled

    async def _idle(self, name: str, raw: bytes, feed: Feed) -> Polled | None:
        """A sitemap whose index was removed goes as well, one whose index is muted waits; None for all others."""
        above = await self._patience.through(lambda: self._inbox.progress(FEEDS, [feed.part_of]).get(feed.part_of))
        polled = Polled(kind="same")
        if above is None:
            await self._offer(name, [], forgotten(name, raw, feed, int(self._now() * 1000)))
            return polled
        if not decode(above).about.muted:
            return None
        later = int((self._now() + feed.rhythm.interval) * 1000)  # nothing is learned of what was not asked
        rhythm = msgspec.structs.replace(feed.rhythm, next_at=later)
        await self._settle(name, raw, feed, msgspec.structs.replace(feed, rhythm=rhythm))
        return polled

    async def pushed(self, name: str, response: Response) -> bool:
        """What a hub delivered: some of the feed's entries. Its row is as after a poll, but of its rhythm only what new
        entries tell of its habit. False where another step came between. Raises Stopped, TransientError, Unreadable."""
        raw = await self._patience.through(lambda: self._inbox.progress(FEEDS, [name]).get(name))
        feed = decode(raw)
        if raw is None or feed.about.muted:  # the operator's word goes before the hub's
            return True
        now = int(self._now() * 1000)

        def concluded(seen: Sightings, parsed: Parsed) -> list[ProgressUpdate]:
            rhythm = delivered(feed.rhythm, seen.new, now)
            heard = msgspec.structs.replace(feed.push, heard_at=now)
            row = encode(msgspec.structs.replace(feed, rhythm=rhythm, push=heard))
            return [ProgressUpdate(FEEDS, {name: row}, {name: raw})]

        try:
            met = await self._meet(name, response, partial=True)
            return await self._bring(name, feed, met, concluded) is not None
        except Refused as refused:
            self._say(name, "refused", f"delivered by its hub: {refused.detail or refused.reason}", refused.reason)
            return True

    async def _meet(self, name: str, response: Response, *, partial: bool = False) -> _Met:
        """What an answer holds, a feed or a part of it, its entries read that are not known. Raises Refused."""
        stored = await self._patience.through(lambda: self._inbox.progress(SEEN, [name]).get(name))
        seen = Sightings(stored, int(self._now() * 1000), response.url, partial=partial)
        return _Met(response, stored, seen, await self._poller.read(response, seen.to_skip()))

    async def _read(self, name: str, raw: bytes | None, feed: Feed, poll: Poll, met: _Met) -> Polled:
        polled, row = poll.polled, feed

        def concluded(seen: Sightings, parsed: Parsed) -> list[ProgressUpdate]:
            nonlocal polled, row
            polled = msgspec.structs.replace(
                poll.polled, known=seen.known, new=seen.new, wishes=parsed.wishes, span=_span(parsed, self._now())
            )
            row = self._next(name, feed, polled, poll.visit, parsed.hub, parsed.topic or name)
            row = msgspec.structs.replace(row, title=parsed.title or feed.title, site=site_of(parsed, met.response.url))
            return self._updates(name, raw, feed, row)

        brought = await self._bring(name, feed, met, concluded)
        if brought is not None:
            await self._ask_hub(name, feed, row)
        if brought == 0:
            self._say(name, "unchanged", f"{len(met.parsed.entries)} entries, none new")
        return polled

    async def _bring(
        self,
        name: str,
        feed: Feed,
        met: _Met,
        concluded: Callable[[Sightings, Parsed], list[ProgressUpdate]],
    ) -> int | None:
        """Offer what is new in a feed, the last of it together with what `concluded` makes of its row. How much that
        was; None where somebody else settled the feed meanwhile. Raises Refused."""
        seen, stored = met.seen, met.stored
        found = await self._patience.through(lambda: self._unseen(name, feed, met))
        if found is None:
            met = met._replace(parsed=await self._poller.read(met.response, seen.to_read()))
            found = await self._patience.through(lambda: self._unseen(name, feed, met))
            assert found is not None
        if found.parsed.left_out:
            self._say(name, "warning", f"{found.parsed.left_out} entries beyond the limit")
        items, pages = found.items, found.pages
        updates = concluded(seen, found.parsed)
        offered: list[Envelope] = []
        *first, last = list(batches(items)) or [[]]
        for batch in first:
            offered += [item for _, item in batch if isinstance(item, Envelope)]
            # The row only with the last batch: after a crash between two, the feed must be read again.
            part = seen.packed(offered)
            if not await self._offer(name, batch, [ProgressUpdate(SEEN, {name: part}, {name: stored})]):
                return None
            stored = part
        whole = ProgressUpdate(SEEN, {name: seen.packed()}, {name: stored})
        return found.brought if await self._offer(name, last, [*updates, whole, *pages]) else None

    def _unseen(self, name: str, feed: Feed, met: _Met) -> _Unseen | None:
        """None where all entries must be read. Blocks. Raises TransientError."""
        seen, found_at = met.seen, met.response.url
        parsed, standing = seen.standing(met.parsed)
        entries = entries_beside(parsed, standing, name, found_at, self._readers, outlet=feed.about.outlet)
        if entries is None:
            return None
        new = oldest_first(seen.take(entries, lambda named, key: article_of(named, key, name, parsed.language)))
        if not feed.rhythm.answered_at:
            new = [msgspec.structs.replace(article, backfill=True) for article in new]
        at_once, pages = self._waiting.without(name, feed, new, seen.changed)
        items: list[Item] = [(shown(a.url or a.key), sized(a, shown(a.key), self._limits)) for a in at_once]
        return _Unseen(parsed, items, pages, len(new))

    def _next(self, name: str, feed: Feed, polled: Polled, visit: Visit, hub: str, topic: str) -> Feed:
        """The row after this poll, which found this hub."""
        now = int(self._now() * 1000)
        chance, bounds = self._chance(), feed.bounds
        rhythm = after(feed.rhythm, polled, now, chance, bounds)
        about, address = feed.about, feed.address
        if polled.error:
            self._say(name, "refused", polled.error, polled.reason)
        if polled.kind == "gone" and about.added_at and not address:
            about = msgspec.structs.replace(about, muted=polled.error)
            self._say(name, "warning", f"muted: {polled.error}")
        elif address and (polled.kind in {"gone", "hard"} or rhythm.soft >= _SOFT_AT_NEW_PLACE):
            address = ""  # where it had moved to is no better: back to where it was subscribed
            self._say(name, "warning", f"no answer from {shown(feed.address)}: it is read at its own address again")
        if not polled.error and believed(rhythm, now):
            address = rhythm.moved
            rhythm = msgspec.structs.replace(rhythm, moved="", moved_at=0, moved_times=0)
            self._say(name, "warning", f"moved for good to {shown(address)}, and is read there from now on")
        if not rhythm.quiet_at and quiet(rhythm, now):
            rhythm = msgspec.structs.replace(rhythm, quiet_at=now)
            days = (now - rhythm.new_at) / 86_400_000
            self._say(name, "warning", f"gone quiet: nothing new for {days:.1f} days, against its habit")
        push = self._hubs.after(feed, polled, hub, topic) if not about.muted else Push()
        rhythm = msgspec.structs.replace(rhythm, next_at=self._hubs.next_at(push, rhythm, polled, bounds, chance))
        return msgspec.structs.replace(feed, about=about, rhythm=rhythm, visit=visit, address=address, push=push)

    async def _settle(self, name: str, raw: bytes | None, feed: Feed, row: Feed) -> None:
        if await self._offer(name, [], self._updates(name, raw, feed, row)):
            await self._ask_hub(name, feed, row)

    async def _ask_hub(self, name: str, feed: Feed, row: Feed) -> None:
        """Where `row` was just stored: nothing is, if somebody else came between."""
        push = await self._hubs.ask(name, feed, row)
        if push != row.push:
            after = encode(msgspec.structs.replace(row, push=push))
            await self._offer(name, [], [ProgressUpdate(FEEDS, {name: after}, {name: encode(row)})])

    def _updates(self, name: str, raw: bytes | None, feed: Feed, row: Feed) -> list[ProgressUpdate]:
        """What turns the feed's stored row into this one, and puts its next poll on the schedule."""
        due = None if row.about.muted or not row.about.added_at else row.rhythm.next_at
        update = ProgressUpdate(FEEDS, {name: encode(row)}, {name: raw}, {name: due})
        return [update, *self._hubs.index(name, feed.push, row.push)]

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
        self._report(Outcome(where=shown(name), fate=fate, reason=reason, detail=detail))


def _span(parsed: Parsed, now: float) -> float:
    """Seconds that its entries reach back by their own dates, 0 where most have none. Twice the middle one: the oldest
    may be a notice that stands for years."""
    back = sorted(now - entry.published.at / 1000 for entry in parsed.entries if entry.published)
    return max(0.0, 2 * back[len(back) // 2]) if len(back) > len(parsed.entries) // 2 else 0.0
