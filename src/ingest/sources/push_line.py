"""Feeds whose hub delivers (WebSub), from the hub's word to the inbox: what `ingest serve` answers with.

    challenge -> did we ask for that -> the lease is stored, or forgotten -> the challenge goes back
    denial    -> is it of what we asked for -> no lease, and said
    delivery  -> is it signed with our secret -> the entries that are new -> inbox, and only then 202

What a hub forgets or loses is found by the next poll; then the feed is polled at its own pace until the hub is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import msgspec

from ingest.errors import Stale, TransientError

from .clerk import Clerk
from .feed_line import FeedLine
from .http import Response
from .leaving import PUSH, end
from .names import printable, shown
from .offering import Stopped
from .port import Inbox, Outcome, ProgressUpdate
from .schedule import by_itself
from .subscriptions import FEEDS, Feed, decode, encode
from .websub import confirmed, delivers, denied, signed_well

_REASON = 200
"""Characters of a hub's reason that are said."""
_TRIES = 5
"""Of a step that somebody else's step came before; polls of one feed are minutes apart."""


class PushLine:
    """`web.app.Hubs`. `now` in seconds since 1970; `chance` in 0..1 spreads the polls."""

    def __init__(
        self,
        inbox: Inbox,
        feeds: FeedLine,
        clerk: Clerk,
        now: Callable[[], float],
        chance: Callable[[], float],
        report: Callable[[Outcome], object],
    ) -> None:
        self._inbox, self._feeds, self._clerk = inbox, feeds, clerk
        self._now, self._chance, self._report = now, chance, report

    async def challenged(self, identity: str, query: Mapping[str, str]) -> str | None:
        """The challenge to send back, once it is stored that the lease runs, or has ended; empty for a hub that
        refuses, None where we asked for no such thing. Raises TransientError, Unreadable."""
        if query.get("hub.mode") == "unsubscribe":
            return await self._clerk.call(partial(end, self._inbox, identity, query, _TRIES))
        for _ in range(_TRIES):
            name, raw, feed = await self._clerk.call(partial(self._of, identity))
            now = int(self._now() * 1000)
            refused = denied(feed.push, query, now)
            push = refused or confirmed(feed.push, query, now)
            if push is None or feed.push.id != identity:
                return None
            row = msgspec.structs.replace(feed, push=push)
            due: dict[str, int | None] = {}
            if refused and delivers(feed.push, now):
                row = msgspec.structs.replace(row, rhythm=by_itself(feed.rhythm, now, self._chance(), feed.bounds))
                due[name] = row.rhythm.next_at
            update = ProgressUpdate(FEEDS, {name: encode(row)}, {name: raw}, due)
            try:
                await self._clerk.call(partial(self._inbox.offer, [], progress=[update]))
            except Stale:
                continue
            if refused:
                why = printable(query.get("hub.reason", ""))[:_REASON] or "it does not say why"
                ends = "ends" if feed.push.until else "does not take"
                detail = f"its hub {shown(push.hub)} {ends} our subscription: {why}; it is polled"
                self._report(Outcome(where=shown(name), fate="warning", detail=detail))
                return ""
            return query["hub.challenge"]
        raise TransientError("the feed's row changed again and again")

    async def delivered(
        self, identity: str, headers: Mapping[str, str], body: bytes
    ) -> Literal["taken", "unknown", "later"]:
        """`taken`: what is new in it is in the inbox. What is not signed as it should be is taken and forgotten, so
        that whoever forges learns nothing. Raises TransientError, Unreadable."""
        try:
            name, _, feed = await self._clerk.call(partial(self._of, identity))
            if feed.push.id != identity:
                return "unknown"
            if not signed_well(feed.push, headers.get("x-hub-signature", ""), body):
                detail = "a delivery that is not signed with our secret was dropped"
                self._report(Outcome(where=shown(name), fate="warning", detail=detail))
                return "taken"
            said = {"content-type": headers.get("content-type", "")}
            response = Response(url=feed.address or name, status=200, headers=said, body=body)
            for _ in range(_TRIES):
                if await self._feeds.pushed(name, response):
                    return "taken"
        except Stopped:
            pass
        return "later"

    def _of(self, identity: str) -> tuple[str, bytes | None, Feed]:
        """The feed of an id, with its row; one without a subscription where there is none."""
        name = self._inbox.progress(PUSH, [identity]).get(identity, b"").decode("utf-8", "surrogatepass")
        raw = self._inbox.progress(FEEDS, [name]).get(name) if name else None
        return name, raw, decode(raw)
