"""Google News sitemaps as feeds, and indexes of sitemaps. Pure; runs in the child that reads feeds.

A plain sitemap is refused: it lists all that a site ever had, without a title or a date of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from ingest.errors import Refused
from ingest.stamps import parse_stamp

from .articles import LIMITS, address_of, clean_text, cut_line
from .entries import INDEX, Entry, Parsed
from .languages import language_of
from .markup import line_of
from .recovered_xml import name_of, root_of

MOST_SITEMAPS = 3
"""Of an index: sites with one for each language or section have two or three for news; archives have thousands."""
_NUMBER = re.compile(r"([0-9]+)")
_NEWS = re.compile(r"news", re.IGNORECASE)


def parse_sitemap(text: str, most: int, mended: str = "") -> Parsed:
    """The articles of a news sitemap, newest first, or what of an index is worth reading. Raises Refused,
    `unknown-format`."""
    root = root_of(text)
    if root is None:
        raise Refused("unknown-format", "feed", "a broken sitemap")
    if name_of(root) == "sitemapindex":
        return _index(root, mended)
    entries = [entry for url in root if name_of(url) == "url" and (entry := _entry(url)) is not None]
    # For two days nothing may have come: then a news sitemap is empty.
    empty = name_of(root) == "urlset" and len(root) == 0 and any(_NEWS.search(uri) for uri in root.nsmap.values())
    if not entries and not empty:
        raise Refused("unknown-format", "feed", "a sitemap without news: it names no article's title")
    entries.sort(key=lambda entry: -(entry.published.at if entry.published else 0))
    return Parsed(
        title=None,
        language=None,
        entries=tuple(entries[:most]),
        left_out=max(0, len(entries) - most),
        kind="news sitemap",
        mended=mended,
    )


def _index(root: etree._Element, mended: str) -> Parsed:
    listed = [_fields(element) for element in root if name_of(element) == "sitemap"]
    return Parsed(
        title=None,
        language=None,
        entries=(),
        kind=INDEX,
        sitemaps=worth_reading((fields.get("loc", ""), fields.get("lastmod", "")) for fields in listed),
        mended=mended,
    )


def worth_reading(sitemaps: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Of the sitemaps of an index, each with when it changed: those with news in their name, the newest first; where
    none has, none, as the others list what a site ever had."""
    usable = [(loc, changed) for loc, changed in sitemaps if address_of(loc) and _NEWS.search(_path(loc))]
    stamped = [(parse_stamp(changed, zoneless_is_utc=True), loc) for loc, changed in usable]
    # The number or day in a name tells the newer of two that say nothing else.
    stamped.sort(key=lambda pair: (pair[0].at if pair[0] else 0, _numbered(pair[1])), reverse=True)
    return tuple(dict.fromkeys(loc for _, loc in stamped))[:MOST_SITEMAPS]


def _numbered(loc: str) -> list[str | int]:
    """Its words and numbers in turn: the twelfth comes after the ninth."""
    return [int(part) if at % 2 else part for at, part in enumerate(_NUMBER.split(loc))]


def _path(loc: str) -> str:
    return re.sub(r"\Ahttps?://[^/]*", "", loc)


def _entry(url: etree._Element) -> Entry | None:
    """None for an address that is not said to be news."""
    news = next((inner for inner in url if name_of(inner) == "news" and inner.tag != "news"), None)
    if news is None:
        return None
    fields, about = _fields(url), _fields(news)
    publication = next((_fields(inner) for inner in news if name_of(inner) == "publication"), {})
    published = parse_stamp(about.get("publication_date"), zoneless_is_utc=True)
    changed = parse_stamp(fields.get("lastmod"), zoneless_is_utc=True)
    return Entry(
        link=fields.get("loc", ""),
        title=cut_line(line_of(about.get("title", "")), LIMITS.title_chars),
        published=published or changed,
        outlet=line_of(publication.get("name", "")),
        language=language_of(publication.get("language")),
        updated=changed if published else None,
    )


def _fields(element: etree._Element) -> dict[str, str]:
    """The texts of the elements directly in it, by their name without a prefix; the first of several."""
    found: dict[str, str] = {}
    for inner in element:
        if name := name_of(inner):
            found.setdefault(name, clean_text("".join(inner.itertext()).strip()))
    return found
