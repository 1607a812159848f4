"""Which article an entry of a feed is: the names it may go by, the surest first. Pure.

    canonical address -> guid in the feed's namespace -> title and publisher, for a title alone -> its content

An address is none where it is the site's front page, where several entries of the feed share it, and where it is a
relay's: then it says how to get there, not what it is. Where the address leads off the feed's own site and the guid is
one on it, the guid is the entry's address: a page about another's page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

from ingest.addresses import Plain, plain
from ingest.fields import bounded_key
from ingest.identity import version_of

from .articles import LIMITS, address_of, cut_line
from .entries import Entry
from .names import key_of
from .visits import NOWHERE, hash_of, place_of

Canonical = Callable[[str], str | None]

_RELAYS = re.compile(
    r"news\.google\.com|feedproxy\.google\.com|feeds\.feedburner\.com|(?:\w+\.)?feedsportal\.com|t\.co|bit\.ly|trib\.al|"
    r"dlvr\.it|ift\.tt|ow\.ly|buff\.ly|tinyurl\.com|goo\.gl|lnkd\.in|fb\.me|is\.gd|j\.mp|shorturl\.at|cutt\.ly|apple\.news"
)
"""Hosts whose addresses lead to another's page, and do not tell to which."""
_TOKENS = re.compile(r"news\.google\.com")
"""Relays whose guids are tokens as well, new from poll to poll; their texts are lists of links."""
_OF_SITE = re.compile(r"^(?:www|m|mobile|amp|feeds?|rss|news)\.(?=.*\.)")
_MAX_NAME = 60  # characters of an outlet behind a headline; a longer tail is part of the headline


class Named(msgspec.Struct, frozen=True):
    """An entry with its names.

    keys         the article's keys, the one to use first; the others are those it may be known by
    doubtful     keys that it is known by only if the content is the same as well
    place        what an entry under another key must have in common to be this one: the path of the address, which
                 stands still when parameters and hosts change; of a title alone its key
    address      where it is read, None for nowhere
    stated       the link as the feed has it
    title, text, outlet   the entry's own; of a relay without what the relay put there
    content      hash of its content: title, text and place
    place_mark   `place_of` its address, where that says what it is
    firm         its names do not depend on what the feed is called
    """

    entry: Entry
    keys: tuple[str, ...]
    doubtful: tuple[str, ...]
    place: str
    address: str | None
    stated: str | None
    title: str | None
    text: str
    outlet: str | None
    content: bytes
    place_mark: bytes
    firm: bool

    def was(self) -> bytes:
        """Hash of its content as earlier versions of this program took it."""
        title = cut_line(self.entry.title, LIMITS.title_chars) or ""
        return hash_of(title, text_in(self.entry), self.stated or "")


class Standing(NamedTuple):
    """An entry that was not read, as it stands in the feed as it stood: the hash of the key it is known by, the first
    of its names; `place_mark` and content of its `Named`."""

    entry: bytes
    place: bytes
    content: bytes

    def by_address(self) -> bool:
        return self.entry.startswith(self.place)


class _Read(msgspec.Struct, frozen=True):
    """An entry as read, before it is known which addresses are shared."""

    entry: Entry
    guid: str | None
    stated: str | None  # the link as the feed has it
    link: str | None
    address: str | None  # canonical, where it says what the entry is
    relay: str  # host of the relay, "" for none
    title: str | None
    text: str
    outlet: str | None
    path: str  # of the address
    place: bytes
    content: bytes


def named(
    entries: Iterable[Entry], url: str, found_at: str, canonical: Canonical, publisher: str | None
) -> tuple[Named, ...]:
    """The entries that have a title or a text, in their order. `url` is the namespace of the guids, `found_at` what
    relative links start from; `publisher` is who publishes where an entry does not say it."""
    read = [_read(entry, url, found_at, canonical, publisher) for entry in entries if entry.title or text_in(entry)]
    shared = _shared(read)
    return tuple(_named(each, url, canonical, each.place in shared) for each in read)


def named_beside(
    entries: Iterable[Entry],
    standing: Mapping[bytes, Standing],
    url: str,
    found_at: str,
    canonical: Canonical,
    publisher: str | None,
) -> list[Named | Standing] | None:
    """The same of a feed of which not all was read: `standing` are the others, by `Entry.raw`. None where the address
    of one of those was its name and is none any more, or the other way round: then all must be read."""
    rows = [
        standing[entry.raw] if entry.known else _read(entry, url, found_at, canonical, publisher)
        for entry in entries
        if entry.known or entry.title or text_in(entry)
    ]
    shared = _shared(rows)
    if any(each.place != NOWHERE and each.by_address() == (each.place in shared) for each in standing.values()):
        return None
    return [each if isinstance(each, Standing) else _named(each, url, canonical, each.place in shared) for each in rows]


def _shared(rows: Iterable[_Read | Standing]) -> set[bytes]:
    """The addresses of more than one entry."""
    entries = {(each.place, each.content) for each in rows if each.place != NOWHERE}
    places = [place for place, _ in entries]
    if len(set(places)) == len(places):
        return set()
    return {place for place, many in Counter(places).items() if many > 1}


def relayed(address: str | None) -> bool:
    """Whether an address is a relay's whose server says where it leads."""
    host = _host(address)
    return _RELAYS.fullmatch(host) is not None and _TOKENS.fullmatch(host) is None


def text_in(entry: Entry) -> str:
    return entry.content if len(entry.content) >= len(entry.summary) else entry.summary


def title_key(title: str, publisher: str) -> str:
    """The key of a title that has neither address nor guid; both as printed, blanks folded."""
    return "title:" + hash_of(" ".join(title.split()), " ".join(publisher.split()), size=16).hex()


def _read(entry: Entry, url: str, found_at: str, canonical: Canonical, publisher: str | None) -> _Read:
    guid = " ".join(entry.id.split())[: LIMITS.id_chars] or None
    link = stated = _link(entry, found_at)
    title, text, outlet = cut_line(entry.title, LIMITS.title_chars), text_in(entry), entry.outlet or publisher
    address = canonical(link) if link else None
    host, path, front = _parts(address)
    relay = host if _RELAYS.fullmatch(host) else ""
    if relay and _TOKENS.fullmatch(relay):
        title, outlet = _without_outlet(title, entry.outlet)
        text = ""
    own = canonical(guid) if guid and address_of(guid) and _related(_host(guid), found_at or url) else None
    if own and (address is None or relay or front or not _related(host, found_at or url)):
        address, link, relay = own, guid if link is None else link, ""
        _, path, front = _parts(address)
    if relay or front:
        address, path = None, ""
    place = place_of(bounded_key(address)) if address else NOWHERE
    content = _content(title, text, path)
    return _Read(entry, guid, stated, link, address, relay, title, text, outlet, path, place, content)


def _named(read: _Read, url: str, canonical: Canonical, shared: bool) -> Named:
    entry, guid, title, text = read.entry, read.guid, read.title, read.text
    names, doubtful, content, firm, place = [], [], read.content, True, read.path
    if read.address and not shared:
        names.append(bounded_key(read.address))
    tokens = bool(read.relay and _TOKENS.fullmatch(read.relay))
    if guid and not tokens:
        names.append(bounded_key(f"{url}#{guid}"))
    if read.relay and not tokens and read.link and (found := canonical(read.link)):
        names.append(bounded_key(found))
    if not names and title and not text:
        names.append(place := title_key(title, read.outlet or ""))
        content, firm = _content(title, text, place), tokens or bool(entry.outlet)
    if not names:
        names.append(bounded_key(f"{url}#{version_of(title, [text])}"))
    if read.address and shared:
        doubtful.append(bounded_key(read.address))
    before = key_of(url, guid, read.stated, canonical, None, entry.title, text_in(entry))
    return Named(
        entry=entry,
        keys=tuple(dict.fromkeys([*names, before])),
        doubtful=tuple(doubtful),
        place=place,
        address=read.link,
        stated=read.stated,
        title=title,
        text=text,
        outlet=read.outlet,
        content=content,
        place_mark=read.place,
        firm=firm,
    )


def _content(title: str | None, text: str, place: str) -> bytes:
    return hash_of(title or "", text, place)


def _without_outlet(title: str | None, outlet: str | None) -> tuple[str | None, str | None]:
    """A relay's `Headline - Outlet` in its two parts; `outlet` is what the entry says itself."""
    head, dash, tail = (title or "").rpartition(" - ")
    if outlet:
        behind = f" - {' '.join(outlet.split())}"  # which may hold a dash itself
        cut = (title or "").removesuffix(behind).strip()
        return cut or title, outlet
    if not dash or not head.strip() or len(tail) > _MAX_NAME:
        return title, outlet
    return head.strip(), tail.strip()


def _related(host: str, url: str) -> bool:
    """Whether a host is of the site that a feed is read from, as far as the names tell."""
    one, other = _OF_SITE.sub("", host), _OF_SITE.sub("", _host(url))
    return bool(one and other) and (one == other or one.endswith("." + other) or other.endswith("." + one))


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""


def _parts(address: str | None) -> tuple[str, str, bool]:
    """Of a canonical address its host, its path, and whether it is a site's front page."""
    if not address:
        return "", "", False
    host, path, query = plain(address) or _split(address)
    return host, path, path in {"", "/"} and not query


def _split(address: str) -> Plain:
    parts = urlsplit(address)
    return Plain(parts.hostname or "", parts.path, parts.query)


def _link(entry: Entry, found_at: str) -> str | None:
    """The entry's link, from where it starts, if it may be one."""
    raw = entry.link.strip()
    if not entry.base and plain(raw) is not None:  # it leads there from wherever it was found
        return raw if len(raw) <= LIMITS.url_chars else None
    return address_of(_joined(_joined(found_at, entry.base), raw)) if raw else None


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""
