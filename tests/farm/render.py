"""A feed of the plan as bytes, as it stands at one moment. Pure."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from email.utils import format_datetime

from plan import GUIDS_CHANGE, GUIDS_FIRST, Feed

START = 1_717_372_800.0
"""A Monday, midnight: when a run begins, in seconds since 1970."""
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/xml",
         "json": "application/feed+json"}  # fmt: skip
_SAYS = "Der Rat der Größe {0} met on item {1}, and the chair said that nothing would be decided before spring."


def state(feed: Feed, at: float) -> tuple[int, ...]:
    """What its bytes depend on."""
    last = feed.last(at)
    edited = tuple(item for item in _stands(feed, last) if feed.edition(item, at) == 2)
    return (last, _guids(at) if feed.quirk == "guid" else 0, *edited)


def changed_at(feed: Feed, at: float) -> float:
    last = feed.last(at)
    return feed.times[last - 1] if last else -14 * 86_400.0


def _guids(at: float) -> int:
    """How often they have changed."""
    return int((at - GUIDS_FIRST) // GUIDS_CHANGE) + 1


def body(feed: Feed, at: float) -> bytes:
    items = [_Item(feed, item, at) for item in reversed(_stands(feed, feed.last(at)))]
    text = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}[feed.form](feed, items)
    return gzip.compress(text, 1, mtime=0) if feed.quirk == "gzip" else text


def token(feed: Feed, item: int, edition: int) -> str:
    """What is found again in the inbox: `12.34.1`, an item of the feed that had it first, in an edition."""
    origin, number = feed.origins[item]
    return f"{origin}.{number}.{edition}"


def content_type(feed: Feed) -> str:
    return TYPES[feed.form] + ("; charset=iso-8859-1" if feed.quirk == "charset" else "; charset=utf-8")


def http_date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(START + at, UTC), usegmt=True)


def _stands(feed: Feed, last: int) -> range:
    return range(max(0, last - feed.window), last)


class _Item:
    def __init__(self, feed: Feed, item: int, at: float) -> None:
        origin, number = feed.origins[item]
        epoch = f":{_guids(at)}" if feed.quirk == "guid" else ""
        self.guid = f"urn:farm:{origin}.{number}{epoch}"
        self.link = f"http://{feed.host}/item/{origin}.{number}"
        self.title = f"Council hears of {token(feed, item, feed.edition(item, at))}"
        self.text = _SAYS.format(number, f"{origin}-{number}")
        if feed.quirk == "broken":
            self.text += " Q&A<br><p>and R&D"
        self.when = datetime.fromtimestamp(START + feed.times[item], UTC)


def _rss(feed: Feed, items: list[_Item]) -> bytes:
    entries = "".join(
        f'<item><guid isPermaLink="false">{i.guid}</guid><link>{i.link}</link><title>{i.title}</title>'
        f"<pubDate>{format_datetime(i.when, usegmt=True)}</pubDate><description>{i.text}</description></item>"
        for i in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Farm {feed.number}</title>'
        f"<link>http://{feed.host}/</link>{entries}</channel></rss>"
    ).encode()


def _atom(feed: Feed, items: list[_Item]) -> bytes:
    entries = "".join(
        f'<entry><id>{i.guid}</id><link href="{i.link}"/><title>{i.title}</title>'
        f"<updated>{i.when.isoformat()}</updated><summary>{i.text}</summary></entry>"
        for i in items
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Farm {feed.number}</title>'
        f"<id>urn:farm:{feed.number}</id>{entries}</feed>"
    ).encode()


def _rdf(feed: Feed, items: list[_Item]) -> bytes:
    entries = "".join(
        f'<item rdf:about="{i.guid}"><title>{i.title}</title><link>{i.link}</link><description>{i.text}</description>'
        f"<dc:date>{i.when.isoformat()}</dc:date></item>"
        for i in items
    )
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>Farm {feed.number}</title></channel>{entries}</rdf:RDF>"
    ).encode()


def _json(feed: Feed, items: list[_Item]) -> bytes:
    entries = [
        {"id": i.guid, "url": i.link, "title": i.title, "content_text": i.text, "date_published": i.when.isoformat()}
        for i in items
    ]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": f"Farm {feed.number}", "items": entries}).encode()
