"""Subscribing: a consumer group on a partition's events. At least once, with stable ids, and never a silent gap.

What a subscriber has not acknowledged is delivered again: to itself after a restart, else to another of its group, five
seconds after it died. Deliveries are in order; a delivery again may come after later ones, `sequence` tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Self

from redis import Redis

from ingest.errors import UsageError
from ingest.events.cursor import Gap
from ingest.events.delivery import CLOSED, Delivery
from ingest.events.member import Member
from ingest.events.steps import run


class Subscription:
    """Iterate over it for Delivery and Gap; close it, or use it in `with`. For one thread.

    A Gap needs no acknowledgement: going on says that it was seen; a subscriber that dies before is told again.
    """

    def __init__(self, client: Redis, member: Member, close: Callable[[], None] = lambda: None) -> None:
        self._client, self._member, self._close = client, member, close
        self._stop = threading.Event()
        run(client, member.enter())
        self._heart = threading.Thread(target=self._live, name="storywire-subscriber", daemon=True)
        self._heart.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group's work to others. What was not acknowledged is delivered again."""
        if self._member.closed:
            return
        self._member.closed = True
        self._stop.set()
        self._heart.join(self._member.presence.beat.ttl_ms / 1000)
        run(self._client, self._member.presence.leave())
        self._close()

    def __iter__(self) -> Iterator[Delivery | Gap]:
        return self

    def __next__(self) -> Delivery | Gap:
        """The next event; waits for it. Ends after `timeout` seconds without one.

        Raises TransientError where the server has not answered for `Pace.patience_s`.
        """
        item = run(self._client, self._member.next())
        if item is None:
            raise StopIteration
        return item if isinstance(item, Gap) else Delivery(item, partial(self._acknowledge, item.stream_id))

    def _acknowledge(self, stream_id: str) -> None:
        if self._member.closed:
            raise UsageError(CLOSED)
        run(self._client, self._member.acknowledge(stream_id))

    def _live(self) -> None:
        presence = self._member.presence
        while not self._stop.wait(presence.beat.every_s):
            run(self._client, presence.renew())
