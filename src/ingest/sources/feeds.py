"""A feed's entries as articles. No network, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urljoin

import msgspec

from ingest.model import Completeness, Envelope

from .articles import LIMITS, address_of, cut_line
from .entries import Parsed
from .entry_names import Named, Standing, named, named_beside
from .port import Readers


class FeedLimits(msgspec.Struct, frozen=True):
    """What makes an entry's text the article, and not a teaser of it."""

    full_words: int = 150  # teasers end below 80 words, the shortest wire items in full have 60 but no feed sends those
    wide_chars: int = 2  # characters of a script without blanks that count as a word
    cut_off: str = (
        r"(\[?(…|\.\.\.)\]?|continue reading.{0,40}|read more.{0,40})\W*$"  # then it is a teaser at any length
    )


FEEDS = FeedLimits()
_FEED = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)[\s>:]", re.IGNORECASE)
# With its quotes, which a text inside a string cannot have: an article that tells of JSON Feed is none.
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


def looks_like_feed(data: bytes) -> bool:
    """Whether the first bytes are those of a feed, of any kind."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    if head.startswith(b"{"):  # the version may stand behind all items, its slashes escaped
        return _JSON_FEED.search(data) is not None
    found = _FEED.search(head) if head.startswith(b"<") else None
    return found is not None and b"<html" not in head[: found.start()].lower()


def entries_of(feed: Parsed, url: str, found_at: str, readers: Readers, outlet: str = "") -> tuple[Named, ...]:
    """The entries of a feed with the names they may go by, in its order; one with neither title nor text is left out.

    `url` is the namespace of the guids, `found_at` what relative links start from: the same until a feed moves.
    `outlet` is who publishes, where the operator says so; an entry that names another keeps it.
    """
    return named(feed.entries, url, found_at, readers.canonical, outlet or feed.title)


def entries_beside(
    feed: Parsed, standing: Mapping[bytes, Standing], url: str, found_at: str, readers: Readers, outlet: str = ""
) -> Sequence[Named | Standing] | None:
    """The same of a feed of which `standing` was not read; None where it must be."""
    return named_beside(feed.entries, standing, url, found_at, readers.canonical, outlet or feed.title)


def articles_of(feed: Parsed, url: str, found_at: str, readers: Readers, outlet: str = "") -> tuple[Envelope, ...]:
    """The articles of a feed of which nothing is remembered, each once."""
    names = {each.keys[0]: each for each in reversed(entries_of(feed, url, found_at, readers, outlet))}
    return tuple(article_of(each, key, url, feed.language) for key, each in reversed(names.items()))


def site_of(feed: Parsed, found_at: str) -> str:
    """The address of a feed's pages, as it says; "" for none that can be one. What feedparser calls the link of an Atom
    feed without one is its id, mostly no address."""
    try:
        return address_of(urljoin(found_at, feed.site)) or "" if feed.site else ""
    except ValueError:
        return ""


def oldest_first(articles: Sequence[Envelope]) -> list[Envelope]:
    """Feeds are written newest first; stories are told oldest first."""
    order = list(reversed(articles))
    if all(article.published for article in order):
        order.sort(key=lambda article: article.published.at if article.published else 0)
    return order


def article_of(named: Named, key: str, source: str, language: str | None) -> Envelope:
    """An entry as an article; `language` is the feed's."""
    entry = named.entry
    return Envelope(
        key=key,
        source=source,
        text=named.text,
        id=" ".join(entry.id.split())[: LIMITS.id_chars] or None,
        url=named.address,
        title=named.title,
        published=entry.published,
        outlet=cut_line(named.outlet, LIMITS.id_chars),
        author=cut_line(entry.author, LIMITS.id_chars),
        language=entry.language or language,
        completeness=completeness_of(named.text),
    )


def completeness_of(text: str) -> Completeness:
    """Whether a feed's text is the article, a teaser of it, or nothing."""
    if not text:
        return "title"
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    words = len((_WIDE.sub(" ", text) if wide else text).split()) + wide // FEEDS.wide_chars
    if words < FEEDS.full_words or re.search(FEEDS.cut_off, text[-80:], re.IGNORECASE):
        return "teaser"
    return "full"
