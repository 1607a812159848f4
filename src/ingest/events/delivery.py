"""What a subscriber is given: an event, and the way to say that it is done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from ingest.events.event import Article, Delta, Event, Relation, Story

CLOSED = "this subscription is closed: what it had not acknowledged before is delivered again"


class Given(msgspec.Struct, frozen=True):
    """An event that the server has given to this consumer. `cursor` reads on after it."""

    stream_id: str
    event: Event
    cursor: str
    redelivered: bool


class Delivered:
    """One event given to this subscriber, until it is acknowledged. `redelivered`: it may have been seen."""

    __slots__ = ("cursor", "event", "redelivered")

    def __init__(self, given: Given) -> None:
        self.event, self.cursor, self.redelivered = given.event, given.cursor, given.redelivered

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def id(self) -> str:
        """The same in every delivery: what to remember where twice would hurt."""
        return self.event.id

    @property
    def story(self) -> Story:
        return self.event.story

    @property
    def article(self) -> Article | None:
        return self.event.article

    @property
    def relation(self) -> Relation | None:
        return self.event.relation

    @property
    def delta(self) -> Delta:
        return self.event.delta


class Delivery(Delivered):
    """Of a `Subscription`."""

    __slots__ = ("_acknowledge",)

    def __init__(self, given: Given, acknowledge: Callable[[], None]) -> None:
        super().__init__(given)
        self._acknowledge = acknowledge

    def ack(self) -> None:
        """Done with it: it is not delivered again to this group. Again and again does no harm.

        Raises TransientError where the server does not answer, UsageError where the subscription is closed; the event
        then comes again.
        """
        self._acknowledge()


class AsyncDelivery(Delivered):
    """Of an `AsyncSubscription`."""

    __slots__ = ("_acknowledge",)

    def __init__(self, given: Given, acknowledge: Callable[[], Awaitable[None]]) -> None:
        super().__init__(given)
        self._acknowledge = acknowledge

    async def ack(self) -> None:
        """As `Delivery.ack`. Cancelled in it, the event may come again."""
        await self._acknowledge()
