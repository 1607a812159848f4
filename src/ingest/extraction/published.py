"""When a page says it was published, to the second. The places are asked in the order of how seldom they lie:

    JSON-LD datePublished     of an article node, then of any node
    <meta>                    article:published_time and its kin
    <time datetime>           itemprop=datePublished or pubdate; else the only one on the page

A midnight to the second is how content systems write a day they know no time for: it is not exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html as lxml_html

from ingest.model import Stamp
from ingest.stamps import parse_stamp

_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "pubdate",
)  # fmt: skip
_MIDNIGHT = re.compile(r"T00:00(:00([.,]0+)?)?(?=$|Z|[+-])", re.IGNORECASE)
_MAX_JSON = 500_000  # characters of one JSON-LD block; a larger one is data, not a description
_MAX_NODES = 5_000


def published_of(tree: lxml_html.HtmlElement) -> Stamp | None:
    """The first exact time the page states, else the first day, else None."""
    day: Stamp | None = None
    for stated in _stated(tree):
        stamp = parse_stamp(stated, zoneless_is_utc=False)
        if stamp is None:
            continue
        if stamp.exact and not _MIDNIGHT.search(stated):
            return stamp
        day = day or Stamp(stamp.at, exact=False)
    return day


def _stated(tree: lxml_html.HtmlElement) -> Iterator[str]:
    yield from _json_ld(tree)
    metas = list(tree.iter("meta"))
    for name in _META:
        for meta in metas:
            said = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
            if said == name and meta.get("content"):
                yield meta.get("content").strip()
    times = [t for t in tree.iter("time") if t.get("datetime")]
    marked = [t for t in times if t.get("pubdate") is not None or "datePublished" in (t.get("itemprop") or "")]
    # Several unmarked <time>s are a list of other articles' dates, or of comments.
    for time in marked or (times if len(times) == 1 else []):
        yield time.get("datetime").strip()


def _json_ld(tree: lxml_html.HtmlElement) -> Iterator[str]:
    articles: list[str] = []
    others: list[str] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > _MAX_JSON:
            continue
        try:
            block = json.loads(script.text, strict=False)  # line breaks inside strings are common
        except (ValueError, RecursionError):
            continue
        for node in _nodes(block):
            stated = node.get("datePublished")
            if isinstance(stated, str):
                kind = str(node.get("@type"))
                (articles if re.search("Article|Posting|Report", kind) else others).append(stated.strip())
    yield from articles
    yield from others


def _nodes(block: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [block], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(v for v in node.values() if isinstance(v, dict | list))
        elif isinstance(node, list):
            waiting.extend(node)
