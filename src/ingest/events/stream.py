"""A partition's events as Redis holds them: read on from a cursor, follow, forget what is old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
from redis import Redis

from ingest.events import cursor as cursors
from ingest.events.cursor import BEGINNING, Cursor, Gap, Held
from ingest.events.event import Event, decode
from ingest.events.filters import Filter
from ingest.events.redirects import Redirects
from ingest.events.steps import run
from ingest.scripts import Script, patiently

PAGE = 500
"""Events read at once: about 2 MB at the mean size of an event, 32 MB at worst."""
BLOCK_MS = 1000
"""How long one wait lasts: a follower that was told to stop notices within it."""
Start = Literal["beginning", "now"]


class EventKeys(Protocol):
    """The key names that this stage needs, as `ledger.keys.Keys` has them."""

    @property
    def partition(self) -> str: ...
    @property
    def events(self) -> str: ...
    @property
    def meta(self) -> str: ...
    def heartbeat(self, consumer: str) -> str: ...
    def merged(self, shard: int) -> str: ...


class Page(msgspec.Struct, frozen=True):
    """(stream id, event bytes) in order, and what the stream held at that moment."""

    held: Held
    entries: tuple[tuple[str, bytes], ...]


class Told(msgspec.Struct, frozen=True):
    """One event, its bytes as they were written, and the cursor to read on after it."""

    cursor: str
    event: Event
    raw: bytes


def read(client: Redis, keys: EventKeys, after: str = BEGINNING, count: int = PAGE, block_ms: int = 0) -> Page:
    """The events after a stream id; where there are none, waits up to `block_ms` for one.

    Raises TransientError where the server does not answer.
    """
    page = _page(client, keys, after, count)
    if page.entries or not block_ms:
        return page
    with patiently():
        client.xread({keys.events: after}, count=1, block=block_ms)
    return _page(client, keys, after, count)


def walk(
    client: Redis,
    keys: EventKeys,
    *,
    after: str | None = None,
    start: Start = "beginning",
    wanted: Filter | None = None,
    follow: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Told | Gap]:
    """Every event after the cursor `after`, or from `start`; with `follow` also those to come, until `stopped`.

    A gap is told before the first event behind it. Raises UsageError for what is no cursor, TransientError where the
    server does not answer.
    """
    wanted, redirects = wanted or Filter(), Redirects()
    position, epoch = _begin(read(client, keys, count=0).held, keys.partition, after, start)
    while True:
        page = read(client, keys, position, block_ms=BLOCK_MS if follow else 0)
        position, gap = cursors.resume(position, epoch, keys.partition, page.held)
        epoch = page.held.epoch
        if gap:
            yield gap
            continue  # what this page holds may lie before the new position
        items = [told(raw, Cursor(epoch, {keys.partition: at}), keys.partition) for at, raw in page.entries]
        if wanted.stories and items:
            subjects = {item.event.story.id for item in items if isinstance(item, Told)}
            run(client, redirects.ask(keys, wanted.stories | subjects))
        for (stream_id, _), item in zip(page.entries, items, strict=True):
            position = stream_id
            if isinstance(item, Gap):
                yield item
                continue
            redirects.learn(item.event)
            if wanted.wants(item.event, redirects.resolve):
                yield item
        if stopped() or not (page.entries or follow):
            return


def _begin(held: Held, partition: str, after: str | None, start: Start) -> tuple[str, str]:
    if after is None:
        return (held.last if start == "now" else held.trimmed), held.epoch
    cursor = cursors.decode(after)
    return cursor.at.get(partition, BEGINNING), cursor.epoch


def told(raw: bytes, cursor: Cursor, partition: str) -> Told | Gap:
    """An entry decoded; a gap of one where its bytes are no event, so that one bad entry stops nobody."""
    try:
        return Told(cursors.encode(cursor), decode(raw), raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        stream_id = cursor.at[partition]
        return Gap(partition=partition, since=cursors.before(stream_id), to=stream_id, reason="unreadable")


def trim(client: Redis, keys: EventKeys, before: str) -> int:
    """Forget the events before the stream id `before` (`<ms>-0` for a time); how many. Subscribers are told of it."""
    return int(script(client, "trim")([keys.events, keys.meta], [before]))


def _page(client: Redis, keys: EventKeys, after: str, count: int) -> Page:
    return page_of(script(client, "page")([keys.events, keys.meta], [after, count]))


def page_of(reply: Any) -> Page:
    """What page.lua answered."""
    epoch, trimmed, last, entries = reply
    found = tuple((text(entry[0]), payload(entry[1])) for entry in entries or ())
    return Page(Held(text(epoch), text(trimmed), text(last)), found)


def script(client: Redis, name: str) -> Script:
    """A Lua file of this folder."""
    return Script(client, Path(__file__).with_name(f"{name}.lua"))


def text(value: bytes | str) -> str:
    """Server strings, whether the client decodes them or not."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def payload(fields: list[Any]) -> bytes:
    """An entry has one field, the event; whatever its name."""
    value = fields[1]
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
