"""JSON Feed 1.0 and 1.1 as entries. Runs in the child that reads feeds."""

from __future__ import annotations

import json
import re
from typing import Any

from ingest.errors import Refused
from ingest.stamps import parse_stamp

from .articles import clean_text, parse_json
from .entries import Entry, Parsed
from .languages import language_of
from .markup import line_of, text_of

_ITEMS = re.compile(rb'"items"\s*:\s*\[')


def parse_json_feed(data: bytes, most: int) -> Parsed:
    """Its entries. Raises Refused: `unknown-format`, `bad-json`, `too-deep`."""
    try:
        value, mended = parse_json(data, "feed"), ""
    except Refused as refused:
        value, mended = _as_far_as_it_goes(data), "cut off"
        if refused.reason != "bad-json" or not value["items"]:
            raise
    if isinstance(value, dict) and isinstance(value.get("rss"), dict):
        raise Refused("unknown-format", "feed", "RSS written as JSON, which is no JSON Feed")
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        raise Refused("unknown-format", "feed", "no JSON Feed")
    items = _objects(value, "items")
    if none := len(value["items"]) - len(items):
        mended = ", ".join(filter(None, (mended, f"{none} of its items are no objects")))
    hubs = [_text(hub.get("url")) for hub in _objects(value, "hubs") if _text(hub.get("type")).lower() == "websub"]
    version = re.search(r"jsonfeed\.org/version/(\d(?:\.\d)?)", _text(value.get("version")))
    return Parsed(
        title=line_of(_text(value.get("title"))),
        language=language_of(value.get("language")),
        entries=tuple(_item(item, value) for item in items[:most]),
        left_out=max(0, len(items) - most),
        hub=clean_text(hubs[0]) if hubs else "",
        topic=clean_text(_text(value.get("feed_url"))),
        site=clean_text(_text(value.get("home_page_url"))),
        expired=value.get("expired") is True,
        kind=f"JSON Feed {version[1]}" if version else "JSON Feed",
        mended=mended,
    )


def _as_far_as_it_goes(data: bytes) -> dict[str, Any]:
    """What stands before the items of a feed that is cut off, and those of them that are whole."""
    found = _ITEMS.search(data)
    if not found:
        return {"items": []}
    try:
        about = parse_json(data[: found.start()].rstrip().rstrip(b",") + b"}", "feed")
    except Refused:
        about = {}
    text, items = data[found.end() :].decode("utf-8", "replace"), []
    decoder = json.JSONDecoder(strict=False)
    at = 0
    while (start := re.compile(r"[\s,]*(?=\{)").match(text, at)) is not None:
        try:
            item, at = decoder.raw_decode(text, start.end())
        except (ValueError, RecursionError):
            break
        items.append(item)
    return {**(about if isinstance(about, dict) else {}), "items": items}


def _item(item: dict[str, Any], feed: dict[str, Any]) -> Entry:
    given = item.get("id")
    published = parse_stamp(item.get("date_published"), zoneless_is_utc=True)
    modified = parse_stamp(item.get("date_modified"), zoneless_is_utc=True)
    id_ = clean_text(str(given)) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    url = clean_text(_text(item.get("url")))
    return Entry(
        id=id_,
        link=url or clean_text(_text(item.get("external_url"))),
        title=line_of(_text(item.get("title"))),
        content=_plain(item.get("content_text")) or text_of(_text(item.get("content_html"))),
        summary=text_of(_text(item.get("summary"))),
        published=published or modified,
        author=_author(item) or _author(feed),
        language=language_of(item.get("language")),
        permalink=bool(id_) and id_ == url,
        updated=modified if published else None,
        enclosure=next((clean_text(_text(file.get("url"))) for file in _objects(item, "attachments")), ""),
    )


def _author(value: dict[str, Any]) -> str | None:
    """Those of version 1.1, else the one of version 1.0."""
    authors = value.get("authors")
    found = authors if isinstance(authors, list) and authors else [value.get("author")]
    names = [line_of(_text(author.get("name"))) for author in found if isinstance(author, dict)]
    return ", ".join(name for name in names if name) or None


def _objects(value: Any, name: str) -> list[dict[str, Any]]:
    found = value.get(name) if isinstance(value, dict) else None
    return [inner for inner in found if isinstance(inner, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _plain(value: Any) -> str:
    return "\n".join(line.strip() for line in clean_text(_text(value)).splitlines() if line.strip())
