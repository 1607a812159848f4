"""What passes between a feed's parser, which runs in a killable child, and the rest."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import msgspec

from ingest.model import Stamp

from .wishes import A_DAY, Wishes

PARSER = "ingest.sources.feedparsing:parse_feed"
"""What the child is to call; named and not imported, as the parser takes a tenth of a second to load."""


PAGE, INDEX = "page", "index"
"""What `Parsed.kind` says of what is no feed: a web page, and an index of sitemaps."""


_FEED_LIKE = re.compile(
    r"(?:^|[/.?=&_-])(?:rss|atom|rdf|feeds?|xmlfeed)(?:[/.?=&_-]|\d|$)|\.(?:rss|atom|rdf|xml)(?:$|\?)", re.IGNORECASE
)
_OTHER = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|mp3|mp4|pdf)(?:$|\?)|sitemap|opensearch", re.IGNORECASE)


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry as plain text.

    base        what its own XML says relative links start from, mostly nothing
    permalink   its id is the address of its page, as the feed says
    updated     when it was changed, where that is said apart from `published`
    enclosure   the file that comes with it: sound, a picture; of an entry that is nothing else, all there is
    raw         hash of its XML and of all else that its reading depends on, empty where that is not certain
    known       it was asked not to be read: nothing but `raw` is told of it
    """

    id: str = ""
    link: str = ""
    base: str = ""
    title: str | None = None
    content: str = ""
    summary: str = ""
    published: Stamp | None = None
    outlet: str | None = None
    author: str | None = None
    language: str | None = None
    permalink: bool = False
    updated: Stamp | None = None
    enclosure: str = ""
    raw: bytes = b""
    known: bool = False


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that a page names, or seems to. `declared`: by a `<link>` for machines, and not by one for people."""

    href: str
    title: str = ""
    declared: bool = True


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed in its own order.

    left_out    entries that were too many and not looked at
    floor       seconds that it asks to leave between polls (`ttl`, `sy:*`), 0 for nothing
    skip_hours, skip_days   when it asks not to be polled: hours in GMT, days from Monday, 0
    hub, topic  where its changes can be subscribed to (WebSub), and the address to name there
    site        the address of its pages
    expired     it will not change any more, as it says
    kind        `RSS 2.0`; `page` and `index` are no feeds:
    links       of a page: the feeds found in it; `base` is what their addresses start from, mostly nothing
    sitemaps    of an index of sitemaps: those that are worth reading
    mended      what was wrong with it and could be helped, in words
    scope       hash of the state in which its entries were read, for `Known`; empty where their hashes are
    """

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    left_out: int = 0
    floor: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str = ""
    topic: str = ""
    site: str = ""
    expired: bool = False
    kind: str = ""
    links: tuple[Linked, ...] = ()
    base: str = ""
    sitemaps: tuple[str, ...] = ()
    mended: str = ""
    scope: bytes = b""

    @property
    def wishes(self) -> Wishes:
        """When it wants to be polled; one that says that it is finished, as seldom as any."""
        return Wishes(A_DAY if self.expired else self.floor, self.skip_hours, self.skip_days)


def found_in(page: Parsed, url: str) -> list[Linked]:
    """The links of a page at `url`, with the addresses that they lead to; each once, what leads nowhere left out."""
    found: dict[str, Linked] = {}
    for linked in page.links:
        try:
            address = urljoin(urljoin(url, page.base), linked.href)
        except ValueError:
            continue
        if address.startswith(("http://", "https://")) and address != url:
            found.setdefault(address, msgspec.structs.replace(linked, href=address))
    return list(found.values())


def looks_like_a_feed(url: str) -> bool:
    """By its address alone, which may be relative; its host does not count."""
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url
    return _FEED_LIKE.search(path) is not None and _OTHER.search(path) is None


class Known(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a feed's entries: hashes of 8 bytes.

    salt    of what the entries' meaning depends on outside of the document; empty where no hashes are asked for
    scope   `Parsed.scope` of the document in which they were read
    raws    `Entry.raw` of those that need not be read
    """

    salt: bytes = b""
    scope: bytes = b""
    raws: frozenset[bytes] = frozenset()


NOTHING = Known()


class Question(msgspec.Struct, frozen=True, array_like=True):
    """The second argument of `feedparsing.parse_feed`."""

    max_entries: int
    content_type: str = ""
    known: Known = NOTHING


def hint_of(max_entries: int, content_type: str, known: Known = NOTHING) -> str:
    """A question, in the form that passes through the jail."""
    return msgspec.json.encode(Question(max_entries, content_type, known)).decode()


def asked(hint: str | None) -> Question:
    return msgspec.json.decode(hint, type=Question) if hint else Question(2000)
