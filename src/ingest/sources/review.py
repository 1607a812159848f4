"""What would be taken of a feed, entry by entry, and why not: for who looks at one before subscribing. Pure."""

from __future__ import annotations

import msgspec

from ingest.errors import Refused
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .contents import sized
from .entries import Entry, Parsed
from .feeds import article_of, entries_of
from .names import printable
from .port import Readers


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `same_as` is the number, from 1, of the one before it that is the same article, 0 for none."""

    entry: Entry
    article: Envelope | Refused
    same_as: int = 0


def reviews(
    feed: Parsed, url: str, found_at: str, readers: Readers, settings: SourceSettings, outlet: str = ""
) -> tuple[Review, ...]:
    """All entries in the feed's order, as a first poll would take them; the arguments are those of `articles_of`."""
    left = list(reversed(entries_of(feed, url, found_at, readers, outlet)))
    numbers: dict[str, int] = {}
    found = []
    for number, entry in enumerate(feed.entries, 1):
        where = f"{printable(url)}[{number}]"
        if not left or left[-1].entry is not entry:
            found.append(Review(entry=entry, article=Refused("not-an-article", where, _nothing(entry))))
            continue
        named = left.pop()
        article = sized(article_of(named, named.keys[0], url, feed.language), where, settings)
        same_as = numbers.setdefault(named.keys[0], number)
        found.append(Review(entry=entry, article=article, same_as=same_as if same_as < number else 0))
    return tuple(found)


def _nothing(entry: Entry) -> str:
    has = [
        name for name, value in (("a file", entry.enclosure), ("an address", entry.link), ("an id", entry.id)) if value
    ]
    return "neither title nor text" + (f", only {' and '.join(has)}" if has else "")
