"""Feeds as articles: RSS, Atom, RDF and JSON Feed, from bytes. No network, no clock.

feedparser is given bytes in a BytesIO only: a string it takes for a path or a URL, and opens.
"""

from __future__ import annotations

import calendar
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import feedparser
import msgspec

from ingest.errors import Refused
from ingest.model import Completeness, Envelope, Stamp
from ingest.stamps import parse_stamp

from .articles import LIMITS, clean_text, is_web_address, parse_json
from .markup import line_of, text_of
from .names import key_of
from .port import Readers


class FeedLimits(msgspec.Struct, frozen=True):
    """What makes an entry's text the article, and not a teaser of it."""

    full_words: int = 150  # teasers end below 80 words, the shortest wire items in full have 60 but no feed sends those
    wide_chars: int = 2  # characters of a script without blanks that count as a word
    depth: int = 5_000  # elements open at once; 50,000 cost the parser 10 s, unclosed <br> in real feeds some hundreds
    cut_off: str = (
        r"(\[?(…|\.\.\.)\]?|continue reading.{0,40}|read more.{0,40})\W*$"  # then it is a teaser at any length
    )


FEEDS = FeedLimits()
_START = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)[\s>:]", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w+:)?(item|entry)[\s>]", re.IGNORECASE)
_TAG = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(/?)([a-zA-Z][\w:.-]*)[^<>]*?(/?)>", re.DOTALL)
_CLOSING = {b"rss": b"</channel></rss>", b"feed": b"</feed>", b"rdf": b"</rdf:RDF>"}
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


class Feed(msgspec.Struct, frozen=True):
    """A feed's articles, in its own order, and how many more there were than were read."""

    title: str | None
    articles: tuple[Envelope, ...]
    left_out: int = 0


def looks_like_feed(data: bytes) -> bool:
    """Whether the first bytes are those of a feed, of any kind."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    if head.startswith(b"{"):  # the version may stand behind all items, its slashes escaped
        return re.search(rb"jsonfeed\.org\\?/version", data) is not None
    return head.startswith(b"<") and _START.search(head) is not None and b"<html" not in head.lower()


def read_feed(data: bytes, url: str, base: str, content_type: str, readers: Readers, max_entries: int) -> Feed:
    """The articles of a feed. `url` is the namespace of its guids, `base` where it was found, for relative links.

    Raises Refused: `unknown-format`, `bad-json`, `too-deep`.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _read_json_feed(data, url, base, readers, max_entries)
    data, left_out = _shortened(data, max_entries)
    if _unclosed(data) > FEEDS.depth:
        raise Refused("too-deep", url)
    headers = {"content-type": content_type or "application/xml"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own deprecations are no news of the feed
        # It is not told where the feed was found: it would resolve guids as well, and a feed that moved would have new
        # ones. Not sanitised: only text is taken.
        parsed = feedparser.parse(
            io.BytesIO(data), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    if not parsed.get("version") and not parsed.entries:
        raise Refused("unknown-format", url, "no feed")
    head = parsed.feed
    title = line_of(str(head.get("title") or ""))
    known = {"outlet": title, "language": _language(head.get("language"))}
    return Feed(title, tuple(_entries(parsed.entries[:max_entries], url, base, known, readers)), left_out)


def _unclosed(data: bytes) -> int:
    """The most elements that are open at once, as a parser sees it that forgives everything."""
    depth = deepest = 0
    for found in _TAG.finditer(data):
        if found[1] == b"/":
            depth = max(0, depth - 1)
        elif found[2] and found[3] != b"/":
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _shortened(data: bytes, most: int) -> tuple[bytes, int]:
    """Cut before the entry that is one too many and closed again: 200,000 of them cost the parser 18 s and 200 MB."""
    starts = [found.start() for found in _ENTRY.finditer(data)]
    kind = _START.search(data[:4096])
    if len(starts) <= most or kind is None:
        return data, 0
    return data[: starts[most]] + _CLOSING[kind[1].lower()], len(starts) - most


def _entries(
    entries: list[Any], url: str, base: str, known: Mapping[str, str | None], readers: Readers
) -> Iterator[Envelope]:
    for entry in entries:
        content = max((str(part.get("value") or "") for part in entry.get("content") or []), key=len, default="")
        source = entry.get("source") or {}
        stated_base = _joined(base, str((entry.get("title_detail") or {}).get("base") or ""))
        # Past its own `get`, which answers `updated` with `published` and a warning.
        published = str(dict.get(entry, "published") or dict.get(entry, "updated") or "")
        parsed = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        article = _article(
            url=url,
            base=stated_base,
            readers=readers,
            given=str(entry.get("id") or ""),
            link=str(entry.get("link") or ""),
            title=line_of(str(entry.get("title") or "")),
            texts=(text_of(content), text_of(str(entry.get("summary") or ""))),
            published=parse_stamp(published, zoneless_is_utc=True) or _struct(parsed),
            outlet=line_of(str(source.get("title") or "")) or known["outlet"],
            author=line_of(str(entry.get("author") or "")),
            language=_language(entry.get("language")) or known["language"],
        )
        if article is not None:
            yield article


def _article(
    *,
    url: str,
    base: str,
    readers: Readers,
    given: str,
    link: str,
    title: str | None,
    texts: tuple[str, str],
    published: Stamp | None,
    outlet: str | None,
    author: str | None,
    language: str | None,
) -> Envelope | None:
    """An entry's envelope; None where it has neither title nor text. `texts` are its content and its summary."""
    text = texts[0] if len(texts[0]) >= len(texts[1]) else texts[1]
    if not text and not title:
        return None
    given = " ".join(clean_text(given).split())[: LIMITS.id_chars]
    address = _joined(base, link.strip()) if link.strip() else ""
    usable = address if is_web_address(address) and len(address) <= LIMITS.url_chars else None
    return Envelope(
        key=key_of(url, given or None, usable, readers.canonical, None, title, text),
        source=url,
        text=text,
        id=given or None,
        url=usable,
        title=title[: LIMITS.title_chars] if title else None,
        published=published,
        outlet=outlet,
        author=author[: LIMITS.id_chars] if author else None,
        language=language,
        completeness=completeness_of(text),
    )


def completeness_of(text: str) -> Completeness:
    """Whether a feed's text is the article, a teaser of it, or nothing."""
    if not text:
        return "title"
    wide = len(_WIDE.findall(text))
    words = len(_WIDE.sub(" ", text).split()) + wide // FEEDS.wide_chars
    cut_off = re.search(FEEDS.cut_off, text[-80:], re.IGNORECASE)
    return "full" if words >= FEEDS.full_words and not cut_off else "teaser"


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else base
    except ValueError:
        return ""


def _struct(parsed: Any) -> Stamp | None:
    """feedparser's reading of the dates that no standard knows, in UTC."""
    try:
        return Stamp(calendar.timegm(parsed) * 1000) if parsed else None
    except (TypeError, ValueError, OverflowError):
        return None


def _language(stated: Any) -> str | None:
    found = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", stated) if isinstance(stated, str) else None
    return found[1].lower() if found else None


def _read_json_feed(data: bytes, url: str, base: str, readers: Readers, max_entries: int) -> Feed:
    value = parse_json(data, url)
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        raise Refused("unknown-format", url, "no JSON Feed")
    title, language = line_of(_text(value.get("title"))), _language(value.get("language"))
    items = [item for item in value["items"] if isinstance(item, dict)]
    articles = []
    for item in items[:max_entries]:
        authors = item.get("authors") or [item.get("author")]
        author = authors[0] if isinstance(authors, list) and authors else None
        given = item.get("id")
        article = _article(
            url=url,
            base=base,
            readers=readers,
            given=str(given) if isinstance(given, str | int | float) else "",
            link=_text(item.get("url")) or _text(item.get("external_url")),
            title=line_of(_text(item.get("title"))),
            texts=(
                _plain(item.get("content_text")) or text_of(_text(item.get("content_html"))),
                text_of(_text(item.get("summary"))),
            ),
            published=parse_stamp(item.get("date_published") or item.get("date_modified"), zoneless_is_utc=True),
            outlet=title,
            author=line_of(_text(author.get("name"))) if isinstance(author, dict) else None,
            language=_language(item.get("language")) or language,
        )
        if article is not None:
            articles.append(article)
    return Feed(title, tuple(articles), max(0, len(items) - max_entries))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _plain(value: Any) -> str:
    return "\n".join(line.strip() for line in clean_text(_text(value)).splitlines() if line.strip())
