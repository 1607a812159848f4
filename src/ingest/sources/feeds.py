"""A feed's entries as articles. No network, no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

import msgspec

from ingest.model import Completeness, Envelope

from .articles import LIMITS, address_of, cut_line
from .entries import Entry, Parsed
from .names import key_of
from .port import Readers


class FeedLimits(msgspec.Struct, frozen=True):
    """What makes an entry's text the article, and not a teaser of it."""

    full_words: int = 150  # teasers end below 80 words, the shortest wire items in full have 60 but no feed sends those
    wide_chars: int = 2  # characters of a script without blanks that count as a word
    cut_off: str = (
        r"(\[?(…|\.\.\.)\]?|continue reading.{0,40}|read more.{0,40})\W*$"  # then it is a teaser at any length
    )


FEEDS = FeedLimits()
_FEED = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)[\s>:]", re.IGNORECASE)
# With its quotes, which a text inside a string cannot have: an article that tells of JSON Feed is none.
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


def looks_like_feed(data: bytes) -> bool:
    """Whether the first bytes are those of a feed, of any kind."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    if head.startswith(b"{"):  # the version may stand behind all items, its slashes escaped
        return _JSON_FEED.search(data) is not None
    return head.startswith(b"<") and _FEED.search(head) is not None and b"<html" not in head.lower()


def articles_of(
    feed: Parsed, url: str, found_at: str, readers: Readers, outlet: str = ""
) -> tuple[Envelope, ...]:
    """The articles of a feed, in its order; an entry with neither title nor text is none.

    `url` is the namespace of the guids, `found_at` what relative links start from: the same until a feed moves.
    `outlet` is who publishes, where the operator says so; an entry that names another keeps it.
    """
    return tuple(
        _article(entry, feed, url, found_at, readers, outlet)
        for entry in feed.entries
        if entry.title or _text_of(entry)
    )


def oldest_first(articles: Sequence[Envelope]) -> list[Envelope]:
    """Feeds are written newest first; stories are told oldest first."""
    order = list(reversed(articles))
    if all(article.published for article in order):
        order.sort(key=lambda article: article.published.at if article.published else 0)
    return order


def _text_of(entry: Entry) -> str:
    return entry.content if len(entry.content) >= len(entry.summary) else entry.summary


def _article(entry: Entry, feed: Parsed, url: str, found_at: str, readers: Readers, outlet: str) -> Envelope:
    text = _text_of(entry)
    given = " ".join(entry.id.split())[: LIMITS.id_chars] or None
    link = entry.link.strip()
    address = _joined(_joined(found_at, entry.base), link) if link else ""
    usable = address_of(address)
    return Envelope(
        key=key_of(url, given, usable, readers.canonical, None, entry.title, text),
        source=url,
        text=text,
        id=given,
        url=usable,
        title=cut_line(entry.title, LIMITS.title_chars),
        published=entry.published,
        outlet=cut_line(entry.outlet or outlet or feed.title, LIMITS.id_chars),
        author=cut_line(entry.author, LIMITS.id_chars),
        language=entry.language or feed.language,
        completeness=completeness_of(text),
    )


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def completeness_of(text: str) -> Completeness:
    """Whether a feed's text is the article, a teaser of it, or nothing."""
    if not text:
        return "title"
    wide = len(_WIDE.findall(text))
    words = len(_WIDE.sub(" ", text).split()) + wide // FEEDS.wide_chars
    cut_off = re.search(FEEDS.cut_off, text[-80:], re.IGNORECASE)
    return "full" if words >= FEEDS.full_words and not cut_off else "teaser"
