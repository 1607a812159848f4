"""Asking hubs (WebSub) for feeds that name one: the fetcher's side. The server's side is `push_line`."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from ingest.errors import Refused

from .http import Http
from .leaving import PUSH, given_up
from .names import shown
from .polling import refusal
from .port import Outcome, ProgressUpdate
from .schedule import Bounds, Polled, Rhythm, awake, least
from .subscriptions import Feed
from .turns import Deferred, Turns
from .websub import LEASES, Push, delivers, renewal, request, to_ask


class Hubs:
    """`callback` is the public address of `ingest serve`, empty where there is none: then no hub is asked. `now` in
    seconds since 1970."""

    def __init__(
        self, http: Http, turns: Turns, callback: str, now: Callable[[], float], report: Callable[[Outcome], object]
    ) -> None:
        self._http, self._turns, self._callback = http, turns, callback.rstrip("/")
        self._now, self._report = now, report

    def after(self, feed: Feed, polled: Polled, hub: str, topic: str) -> Push:
        """The subscription after a poll that found this hub and topic. `asked_at` is now where the hub is to be asked,
        once that is stored: it may come with its challenge before it has answered."""
        now, push = self._ms(), feed.push
        if polled.new and delivers(push, now):
            push = msgspec.structs.replace(push, missed_at=now)
        wanted = self._callback and feed.about.added_at and not feed.about.muted and not polled.error
        if not wanted or not to_ask(push, hub, topic, now):
            return push
        if (push.hub, push.topic) == (hub, topic):
            return msgspec.structs.replace(push, asked_at=now)
        return Push(secrets.token_urlsafe(24), secrets.token_urlsafe(32), hub, topic, asked_at=now)

    def next_at(self, push: Push, rhythm: Rhythm, polled: Polled, bounds: Bounds, chance: float) -> int:
        """When to poll, ms: every few hours while the hub delivers, whatever is learned from polls that find nothing
        new then; but before its lease is to be renewed, where a poll can do that. Never sooner than the feed asks."""
        now, next_at = self._ms(), rhythm.next_at
        if polled.error:
            return next_at
        floor = least(rhythm.wishes, bounds, polled.floor)
        if delivers(push, now):
            next_at = awake(rhythm.wishes, now + round(1000 * max(LEASES.trusted, floor)), chance)
        if push.until > now and self._callback:
            next_at = min(next_at, max(renewal(push), push.not_before, now + round(1000 * max(LEASES.answer, floor))))
        return next_at

    def index(self, name: str, before: Push, after: Push) -> list[ProgressUpdate]:
        """What is to be stored beside the feed's row: whose feed an id is, and which hub is to be left."""
        if before.id == after.id:
            return []
        ids = {after.id: name.encode("utf-8", "surrogatepass")} if after.id else {}
        return [*given_up(before, self._ms()), *([ProgressUpdate(PUSH, ids)] if ids else [])]

    async def ask(self, name: str, before: Feed, after: Feed) -> Push:
        """The hub, where the row `after` says so, once it is its turn. Gives the subscription as it is then: a hub that
        asks for time, or has no turn soon, is asked again later. Raises TransientError."""
        push = after.push
        if not push.id or push.asked_at == before.push.asked_at:
            return push
        form = request(push, "subscribe", f"{self._callback}/websub/{push.id}")
        try:
            async with self._turns.along(before.address or name, None) as journey:
                await journey.onward(push.hub)
                answer = await self._http.post(push.hub, form, onward=journey.onward)
        except Deferred as deferred:
            asked_at = before.push.asked_at if before.push.id == push.id else 0
            not_before = self._ms() + round(1000 * deferred.seconds)
            return msgspec.structs.replace(push, asked_at=asked_at, not_before=not_before)
        except Refused as refused:
            said = refused.detail or refused.reason
        else:
            if 200 <= answer.status < 300:
                return push
            polled = refusal(answer, self._now())
            said = polled.error
            if polled.kind == "temporary":
                push = msgspec.structs.replace(push, not_before=polled.not_before)
                await self._turns.pause(answer.url, polled.not_before / 1000 - self._now())
        self._say_refused(name, push, said)
        return push

    def _say_refused(self, name: str, push: Push, said: str) -> None:
        detail = f"its hub {shown(push.hub)} does not take our subscription: {said}; it is polled"
        self._report(Outcome(where=shown(name), fate="warning", detail=detail))

    def _ms(self) -> int:
        return int(self._now() * 1000)
