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


def body(feed: Feed, at: float, written: dict[tuple[int, ...], str] | None = None) -> bytes:
    """`written` remembers items of one plan: each stands in many editions of its feed."""
    items = [
        _entry(feed, item, at, {} if written is None else written) for item in reversed(_stands(feed, feed.last(at)))
    ]
    text = _AROUND[feed.form](feed, items)
    return gzip.compress(text, 1, mtime=0) if feed.quirk == "gzip" else text


def _entry(feed: Feed, item: int, at: float, written: dict[tuple[int, ...], str]) -> str:
    which = feed.number, item, feed.edition(item, at), _guids(at) if feed.quirk == "guid" else 0
    if which not in written:
        written[which] = _ENTRY[feed.form](_Item(feed, item, at))
    return written[which]


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


def _rss_item(i: _Item) -> str:
    return (
        f'<item><guid isPermaLink="false">{i.guid}</guid><link>{i.link}</link><title>{i.title}</title>'
        f"<pubDate>{format_datetime(i.when, usegmt=True)}</pubDate><description>{i.text}</description></item>"
    )


def _rss(feed: Feed, items: list[str]) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Farm {feed.number}</title>'
        f"<link>http://{feed.host}/</link>{''.join(items)}</channel></rss>"
    ).encode()


def _atom_entry(i: _Item) -> str:
    return (
        f'<entry><id>{i.guid}</id><link href="{i.link}"/><title>{i.title}</title>'
        f"<updated>{i.when.isoformat()}</updated><summary>{i.text}</summary></entry>"
    )


def _atom(feed: Feed, items: list[str]) -> bytes:
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Farm {feed.number}</title>'
        f"<id>urn:farm:{feed.number}</id>{''.join(items)}</feed>"
    ).encode()


def _rdf_item(i: _Item) -> str:
    return (
        f'<item rdf:about="{i.guid}"><title>{i.title}</title><link>{i.link}</link><description>{i.text}</description>'
        f"<dc:date>{i.when.isoformat()}</dc:date></item>"
    )


def _rdf(feed: Feed, items: list[str]) -> bytes:
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>Farm {feed.number}</title></channel>{''.join(items)}</rdf:RDF>"
    ).encode()


def _json_item(i: _Item) -> str:
    said = {"id": i.guid, "url": i.link, "title": i.title, "content_text": i.text, "date_published": i.when.isoformat()}
    return json.dumps(said)


def _json(feed: Feed, items: list[str]) -> bytes:
    head = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": f"Farm {feed.number}"})
    return f'{head[:-1]}, "items": [{", ".join(items)}]}}'.encode()


_ENTRY = {"rss": _rss_item, "atom": _atom_entry, "rdf": _rdf_item, "json": _json_item}
_AROUND = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}
