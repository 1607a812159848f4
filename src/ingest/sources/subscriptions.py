"""What is kept of each feed: one row in `progress:feeds`, moved in the same step in which its articles are accepted.

Its name is the address it was subscribed under, for good: the namespace of its ids, whatever it moves to.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ingest.errors import IngestError

from .schedule import PACE, Bounds, Rhythm
from .websub import Push

FEEDS = "feeds"
"""The source under which rows and schedule are kept."""

Pages = Literal["auto", "always", "never"]
"""Whether the page of an entry is fetched: where the feed brings teasers only, always, or never."""


class Subscription(msgspec.Struct, frozen=True, array_like=True):
    """What the operator said of a feed; `added_at` is 0 for one that was only read once, by hand.

    title, folder   as in OPML
    outlet          who publishes, where the feed does not say it
    ignore_robots   the operator's word that its pages may be fetched whatever robots.txt says
    access          name of the credentials for it, in the secrets
    muted           why it is not polled; empty where it is
    shortest, longest   bounds of its interval, seconds
    """

    title: str = ""
    folder: str = ""
    outlet: str = ""
    pages: Pages = "auto"
    ignore_robots: bool = False
    access: str = ""
    added_at: int = 0
    muted: str = ""
    shortest: float = PACE.shortest
    longest: float = PACE.longest

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.shortest, self.longest)


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """Of the last answer.

    etag, modified   the server's validators, sent back to it
    body             hash of the body: servers change validators without a reason, and keep them with one
    full_at          last answer that was no 304, ms
    read_at          last answer that was read, and not only found to be the same, ms
    lied_at          when the validators were the same for other bytes, ms
    """

    etag: str = ""
    modified: str = ""
    body: bytes = b""
    full_at: int = 0
    read_at: int = 0
    lied_at: int = 0


class Feed(msgspec.Struct, frozen=True, array_like=True):
    """`address` is where it is read, once a permanent redirect has stood for days; empty for its own name.

    title, site   as it says of itself
    push          its subscription at its hub
    parts         of an index of sitemaps: those that are feeds on its account
    part_of       the index on whose account it is a feed
    """

    about: Subscription = Subscription()
    rhythm: Rhythm = Rhythm()
    visit: Visit = Visit()
    address: str = ""
    title: str = ""
    site: str = ""
    push: Push = Push()
    parts: tuple[str, ...] = ()
    part_of: str = ""

    @property
    def bounds(self) -> Bounds:
        """An index is asked hourly: its newest sitemap may be there for a day."""
        longest = min(self.about.longest, PACE.longest_index) if self.parts else self.about.longest
        return Bounds(min(self.about.shortest, longest), longest)


class Unreadable(IngestError):
    """A row that keeps a subscription, which nobody can read: another version wrote it, or it is damaged."""

    def __init__(self) -> None:
        super().__init__("what is stored of it cannot be read: `ingest feeds add` sets it anew, `remove` forgets it")


def decode(raw: bytes | None) -> Feed:
    """A row. Of one that is damaged, what the operator said is kept, and the feed is otherwise as good as new.

    Raises Unreadable where that cannot be read either: taken for a feed that nobody subscribed, it would be polled no
    more, and nobody would know.
    """
    try:
        return msgspec.msgpack.decode(raw, type=Feed) if raw else Feed()
    except msgspec.DecodeError:
        return Feed(about=_about(raw or b""))


def _about(raw: bytes) -> Subscription:
    try:
        first, *_ = msgspec.msgpack.decode(raw, type=list[msgspec.Raw])
        return msgspec.msgpack.decode(first, type=Subscription)
    except (msgspec.DecodeError, ValueError):
        raise Unreadable from None


def encode(feed: Feed) -> bytes:
    return msgspec.msgpack.encode(feed)
