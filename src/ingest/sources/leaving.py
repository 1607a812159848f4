"""Telling hubs (WebSub) that a feed's subscription is wanted no more: one row each in `progress:leaving`, by its id.

    feed removed, muted, or at another hub -> row, due at once -> the hub is asked -> its challenge is answered
                                                                  or it was asked three times, or its lease ended

What a hub still delivers meanwhile is answered with 410.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ingest.errors import Refused, Stale

from .http import Http
from .patience import Patience
from .polling import refusal
from .port import Inbox, ProgressUpdate
from .schedule import Polled
from .websub import LEASES, Push, released, request

LEAVING = "leaving"
"""The source under which rows and schedule are kept."""
PUSH = "push"
"""The source under which it is kept which id is whose feed."""
MOST = 3
"""Times that a hub is asked: one that is away for half a day has its lease to end by."""


class Leaving(msgspec.Struct, frozen=True, array_like=True):
    """A subscription that is to end at its hub; `asked` so many times."""

    push: Push = Push()
    asked: int = 0


def given_up(push: Push, now: int) -> list[ProgressUpdate]:
    """What is stored in the step in which a feed gives its subscription up, at `now` (ms)."""
    if not push.id:
        return []
    known = ProgressUpdate(PUSH, {push.id: None})
    if push.until <= now:  # never granted, or ended: its hub finds nobody here
        return [known]
    return [known, ProgressUpdate(LEAVING, {push.id: _encode(Leaving(push))}, due={push.id: now})]


def end(inbox: Inbox, identity: str, query: Mapping[str, str], tries: int) -> str | None:
    """The challenge to send back to a hub that asks whether it is to end; None where we did not ask for that. Blocks.
    Raises TransientError."""
    for _ in range(tries):
        raw = inbox.progress(LEAVING, [identity]).get(identity)
        leaving = _decode(raw)
        if not leaving.asked or not released(leaving.push, query):
            return None
        try:
            inbox.offer([], progress=[ProgressUpdate(LEAVING, {identity: None}, {identity: raw}, {identity: None})])
            break
        except Stale:
            continue
    return query["hub.challenge"]


class LeavingLine:
    """What the fetcher does with them. `callback` as in `Hubs`, `now` in seconds since 1970."""

    source = LEAVING

    def __init__(
        self, *, inbox: Inbox, http: Http, callback: str, patience: Patience, now: Callable[[], float]
    ) -> None:
        self._inbox, self._http, self._callback = inbox, http, callback.rstrip("/")
        self._patience, self._now = patience, now

    def address(self, name: str, raw: bytes) -> str:
        leaving = _decode(raw)
        return "" if self._over(leaving) else leaving.push.hub

    def spacing(self, address: str) -> float:
        return 0.0

    def first_due(self, raw: bytes) -> None:
        """Not known: the row does not say."""

    async def work(self, name: str, raw: bytes, spaced: float) -> Polled:
        """One request, or none any more. Raises Stopped, TransientError; then it is due again."""
        leaving = _decode(raw)
        over = self._over(leaving)
        asked = msgspec.structs.replace(leaving, asked=leaving.asked + 1)
        # Stored before it is asked: a hub may come with its challenge before it has answered.
        row, due = (None, None) if over else (_encode(asked), self._ms() + round(1000 * LEASES.patience))
        if not await self._settled(ProgressUpdate(LEAVING, {name: row}, {name: raw}, {name: due})):
            return Polled(kind="same")  # the hub has come, or another fetcher
        if row is None or due is None:
            return Polled(kind="same")
        polled = await self._ask(name, leaving.push)
        if polled.not_before > due:
            await self._settled(ProgressUpdate(LEAVING, {name: row}, {name: row}, {name: polled.not_before}))
        return polled

    async def _settled(self, update: ProgressUpdate) -> bool:
        """Whether nobody else came between."""
        try:
            await self._patience.through(lambda: self._inbox.offer([], progress=[update]))
        except Stale:
            return False
        return True

    async def _ask(self, name: str, push: Push) -> Polled:
        try:
            answer = await self._http.post(push.hub, request(push, "unsubscribe", f"{self._callback}/websub/{name}"))
        except Refused as refused:
            return Polled(kind="soft", reason=refused.reason, error=refused.detail or refused.reason)
        if 200 <= answer.status < 300:
            return Polled(kind="fresh")
        return refusal(answer, self._now())

    def _over(self, leaving: Leaving) -> bool:
        return not self._callback or leaving.asked >= MOST or leaving.push.until <= self._ms()

    def _ms(self) -> int:
        return int(self._now() * 1000)


def _encode(leaving: Leaving) -> bytes:
    return msgspec.msgpack.encode(leaving)


def _decode(raw: bytes | None) -> Leaving:
    """One that cannot be read is of another version, and over: its lease ends by itself."""
    try:
        return msgspec.msgpack.decode(raw, type=Leaving) if raw else Leaving()
    except msgspec.DecodeError:
        return Leaving()
