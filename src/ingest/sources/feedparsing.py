"""Feeds as entries: RSS, RDF, Atom, JSON Feed, news sitemaps, from bytes. Runs in a killable child, as pages do.

    bytes -> text, whatever header and prolog claim -> mended -> cut to so many entries -> those that are known left out
    -> feedparser -> entries

feedparser is given bytes, never a string, which it takes for a path or a URL, and opens. It knows no limits:
200,000 entries cost it 18 s and 200 MB, 50,000 nested elements 10 s.
"""

from __future__ import annotations

import calendar
import re
from typing import Any

from ingest.encodings import xml_text
from ingest.errors import Refused
from ingest.model import Stamp
from ingest.stamps import parse_stamp

from .articles import clean_text, is_web_address
from .entries import Entry, Known, Parsed, asked
from .feed_document import read_document
from .jsonfeed import parse_json_feed
from .languages import language_of
from .markup import line_of, text_of
from .mending import characters, mended, without_prolog
from .pagelinks import is_page, links_of
from .sitemaps import parse_sitemap
from .wishes import wishes_of

_ROOT = re.compile(r"<((?:\w+:)?(rss|feed|rdf|urlset|sitemapindex))(?=[\s>])", re.IGNORECASE)
_HEAD = 8192  # characters in which the root element stands, behind comments and a site's own warnings
_ENTRY = re.compile(r"<(?:\w++:)?(item|entry)[\s>]", re.IGNORECASE)
_CLOSING = {"rss": "</channel>", "feed": "", "rdf": ""}
_NO_PERMALINK = re.compile(
    r"""<guid\s[^>]{0,200}?isPermaLink\s*=\s*["']\s*false[^>]{0,200}>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,1000})""",
    re.IGNORECASE,
)
# Past the `get` of feedparser's own dictionaries, which answers `updated` with `published` and a warning, and looks for
# each name in three ways.
_get = dict.get
_MAIL = re.compile(r"\S+@\S+\s+\((.+)\)")
_KINDS = {
    "rss090": "RSS 0.90", "rss091n": "RSS 0.91", "rss091u": "RSS 0.91", "rss092": "RSS 0.92", "rss093": "RSS 0.93",
    "rss094": "RSS 0.94", "rss10": "RSS 1.0", "rss20": "RSS 2.0", "rss": "RSS", "atom": "Atom", "atom01": "Atom 0.1",
    "atom02": "Atom 0.2", "atom03": "Atom 0.3", "atom10": "Atom 1.0", "cdf": "CDF",
}  # fmt: skip


def parse_feed(data: bytes, hint: str | None = None) -> Parsed:
    """The entries of a feed, as many as `hint` says, those it calls known only named; of a page, the feeds it names.

    Raises Refused: `unknown-format`, `bad-json`, `too-deep`, `empty`.
    """
    question = asked(hint)
    most = question.max_entries
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Refused("empty", "feed", "an empty answer")
    if start[:1] == b"{":
        return parse_json_feed(data, most)
    text = characters(without_prolog(clean_text(xml_text(data, question.content_type))))
    root = _root_of(text)
    if root is None:
        if is_page(text):
            return links_of(text)
        raise Refused("unknown-format", "feed", _what(text))
    text, said = mended(text, root)
    if root[2].lower() in {"urlset", "sitemapindex"}:
        return parse_sitemap(text, most, said)
    return _parse_xml(text, root, most, said, question.known)


def _root_of(text: str) -> re.Match[str] | None:
    """The start of a feed's root element, behind its prolog or what a site's own software complained of; none in a page
    or a text that tells of feeds."""
    found = _ROOT.search(text[:_HEAD])
    if found is None:
        return None
    before = text[: found.start()].lstrip()
    written = not before or before.startswith("<") or "<?xml" in before
    return found if written and not is_page(before) else None


def _what(text: str) -> str:
    """What it is instead, where that can be told."""
    if re.search(r"<opml[\s>]", text[:_HEAD], re.IGNORECASE):
        return "a list of subscriptions: `ingest feeds import` reads it"
    return "XML, but no feed" if re.match(r"\s*<[?!A-Za-z]", text) else "no feed"


def _parse_xml(text: str, root: re.Match[str], most: int, said: str, known: Known) -> Parsed:
    text, left_out = _shortened(text, root, most)
    read = read_document(text, known)
    if not read.version and not read.entries:
        raise Refused("unknown-format", "feed", "no feed")
    head, wishes = read.head, wishes_of(read.text)
    # Of those left out none is told, nor whether one of the others has the same guid: only people ask for it.
    strangers = {clean_text(found.strip()) for found in _NO_PERMALINK.findall(read.text)}
    return Parsed(
        title=line_of(str(head.get("title") or "")),
        language=language_of(head.get("language")),
        entries=tuple(_entry(entry, raw, strangers) for entry, raw in read.entries[:most]),
        left_out=left_out,
        floor=wishes.floor,
        skip_hours=wishes.skip_hours,
        skip_days=wishes.skip_days,
        hub=_linked(head, "hub"),
        topic=_linked(head, "self"),
        site=clean_text(str(head.get("link") or "")),
        kind=_KINDS.get(read.version, "feed"),
        mended=", ".join(part for part in (said, "not well-formed" if read.broken else "") if part),
        scope=read.scope,
    )


def _shortened(text: str, root: re.Match[str], most: int) -> tuple[str, int]:
    """Cut before the entry that is one too many, and closed again."""
    starts = [found.start() for found in _ENTRY.finditer(text)]
    if len(starts) <= most:
        return text, 0
    return f"{text[: starts[most]]}{_CLOSING[root[2].lower()]}</{root[1]}>", len(starts) - most


def _entry(entry: Any, raw: bytes, strangers: set[str]) -> Entry:
    """Of what feedparser made of it, None for one that was left out as known."""
    if entry is None:
        return Entry(raw=raw, known=True)
    published, updated = _dated(entry, "published"), _dated(entry, "updated")
    content = max((str(_get(part, "value") or "") for part in _get(entry, "content") or []), key=len, default="")
    summary = str(_get(entry, "summary") or "") or str(_get(entry, "media_beside_description") or "")
    given, link = clean_text(str(_get(entry, "id") or "")), _link(entry)
    text = text_of(content)
    detail = _get(entry, "title_detail") or _get(entry, "summary_detail") or {}
    return Entry(
        id=given,
        link=link,
        base=clean_text(str(_get(detail, "base") or "")),
        title=line_of(str(_get(entry, "title") or "") or str(_get(entry, "media_beside_title") or "")),
        content=text,
        summary=text if summary == content else text_of(summary),
        published=published or updated,
        outlet=line_of(str(_get(_get(entry, "source") or {}, "title") or "")),
        author=_author(entry),
        language=language_of(_get(entry, "language")) or language_of(_get(detail, "language")),
        permalink="guidislink" in entry and is_web_address(given) and given not in strangers,
        updated=updated if published else None,
        enclosure=_enclosure(entry),
        raw=raw,
    )


def _link(entry: Any) -> str:
    """The address of its page: what a service that counts clicks keeps of it, else its link, else a guid that is one;
    feedparser takes any guid for one."""
    before = str(_get(entry, "feedburner_origlink") or "")
    if is_web_address(before):
        return clean_text(before)
    link = str(_get(entry, "link") or "")
    links = (_get(found, "href") for found in _get(entry, "links") or [] if _get(found, "rel") == "alternate")
    own = str(next(filter(None, links), ""))
    if link and link == _get(entry, "id") and not own and not is_web_address(link):
        return ""
    return clean_text(link or own)


def _enclosure(entry: Any) -> str:
    links = (_get(found, "href") for found in _get(entry, "links") or [] if _get(found, "rel") == "enclosure")
    media = (found.get("url") for found in _get(entry, "media_content") or [])
    return clean_text(str(next(filter(None, (*links, *media)), "")))


def _author(entry: Any) -> str | None:
    """Names without the addresses of mail that RSS wants there."""
    authors = _get(entry, "authors") or []
    mail = _MAIL.fullmatch(str(_get(entry, "author") or "").strip()) if len(authors) < 2 else None
    names = [mail[1]] if mail else [str(_get(author, "name") or "") for author in authors if author]
    said = ", ".join(dict.fromkeys(filter(None, names))) or str(_get(entry, "author") or "")
    return line_of(said or str(_get(entry, "itunes_beside_author") or ""))


def _dated(entry: Any, name: str) -> Stamp | None:
    """When, by our own reading, else by feedparser's of the dates that no standard knows, in UTC."""
    stamp = parse_stamp(str(_get(entry, name) or ""), zoneless_is_utc=True)
    parsed = _get(entry, f"{name}_parsed")
    try:
        return stamp or (Stamp(calendar.timegm(parsed) * 1000) if parsed else None)
    except (TypeError, ValueError, OverflowError):
        return None


def _linked(head: Any, relation: str) -> str:
    links = (found.get("href") for found in head.get("links") or [] if found.get("rel") == relation)
    return clean_text(str(next(filter(None, links), "")))
