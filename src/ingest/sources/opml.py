"""Subscription lists: OPML 1.0 and 2.0, in and out. Pure.

What other readers write is often not quite XML: bare ampersands in addresses, `&nbsp;`, attribute names in any case,
a file cut off. All of it is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

import msgspec
from lxml import etree

from ingest.encodings import xml_text
from ingest.errors import Refused
from ingest.printable import without_controls

from .articles import address_of, clean_text
from .mending import characters, without_prolog
from .recovered_xml import name_of, root_of

OURS = "urn:storywire:subscription"
"""The namespace of attributes that no other reader knows."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of a list.

    folder   the names of the outlines around it, joined by `/`; of a feed that stands in several, the first
    site     the address of its pages
    also     attributes that are ours alone
    """

    url: str
    title: str = ""
    folder: str = ""
    site: str = ""
    also: Mapping[str, str] = {}


class Opml(msgspec.Struct, frozen=True, kw_only=True):
    """What a list holds, in its order.

    repeated   addresses that stood there again
    unusable   what was left out: `(its name or address, why)`
    """

    title: str = ""
    feeds: tuple[Listed, ...] = ()
    repeated: tuple[str, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()


def read_opml(data: bytes) -> Opml:
    """The feeds of a list. Raises Refused, `unknown-format`, for what is no OPML at all."""
    text = characters(without_prolog(clean_text(xml_text(data))))
    root = root_of(text)
    if root is None or name_of(root) != "opml":
        raise Refused("unknown-format", "list", "no OPML")
    reading = _Reading()
    title = ""
    for element in root.iter():
        name = name_of(element)
        if name == "title" and not title:
            title = " ".join("".join(element.itertext()).split())
        elif name == "body":
            reading.outlines(element, ())
    return Opml(
        title=title,
        feeds=tuple(reading.feeds.values()),
        repeated=tuple(reading.repeated),
        unusable=tuple(reading.unusable),
    )


class _Reading:
    def __init__(self) -> None:
        self.feeds: dict[str, Listed] = {}
        self.repeated: list[str] = []
        self.unusable: list[tuple[str, str]] = []

    def outlines(self, above: etree._Element, folder: tuple[str, ...]) -> None:
        """Those below an element, as deep as the parser lets them be: 256."""
        for element in above:
            said = {str(name).lower(): " ".join(str(value).split()) for name, value in element.attrib.items()}
            if name_of(element) != "outline" or said.get("iscomment") == "true":
                continue
            title = said.get("text") or said.get("title") or ""
            kind = said.get("type", "").lower()
            address = said.get("xmlurl") or (said.get("url") if kind in {"rss", "atom", "feed"} else None)
            if address:
                self._feed(address, title, folder, said)
            elif kind in {"link", "include"} and said.get("url"):
                self.unusable.append((said["url"], "another list or page: import it by itself"))
            elif kind in {"rss", "atom"}:
                self.unusable.append((title, "a feed without an address"))
            # A feed that has outlines below it is a folder as well: some readers group the sections of a site so.
            self.outlines(element, (*folder, title) if title else folder)

    def _feed(self, address: str, title: str, folder: tuple[str, ...], said: Mapping[str, str]) -> None:
        url = _web(address)
        if url is None:
            self.unusable.append((address, "no web address"))
        elif url in self.feeds:
            self.repeated.append(url)
        else:
            ours = f"{{{OURS}}}"
            self.feeds[url] = Listed(
                url=url,
                title=title if title != address else "",
                folder="/".join(part.replace("/", " ") for part in folder),
                site=address_of(said.get("htmlurl")) or "",
                also={name.removeprefix(ours): value for name, value in said.items() if name.startswith(ours)},
            )


def write_opml(feeds: Sequence[Listed], title: str = "Subscriptions") -> bytes:
    """OPML 2.0 of these feeds, in their order but for their folders, which stand where their first feed does."""
    tree: dict[str, object] = {}
    for feed in feeds:
        level = tree
        for part in filter(None, feed.folder.split("/")):
            # Keys that begin with a blank are feeds; no folder's name does.
            below = level.setdefault(part.strip() or part, {})
            assert isinstance(below, dict)
            level = below
        level[f" {feed.url}"] = feed
    ours = f" xmlns:own={quoteattr(OURS)}" if any(feed.also for feed in feeds) else ""
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f'<opml version="2.0"{ours}>']
    head += [f"  <head><title>{_text(title)}</title></head>", "  <body>"]
    return "\n".join([*head, *_lines(tree, 4), "  </body>", "</opml>", ""]).encode()


def _lines(level: Mapping[str, object], depth: int) -> list[str]:
    out = []
    for name, inner in level.items():
        if isinstance(inner, Listed):
            shown = {"type": "rss", "text": inner.title or inner.url, "title": inner.title, "xmlUrl": inner.url}
            shown |= {"htmlUrl": inner.site, **{f"own:{name}": value for name, value in inner.also.items()}}
            out.append(" " * depth + f"<outline {_attributes(shown)}/>")
        elif isinstance(inner, dict):
            out.append(" " * depth + f"<outline {_attributes({'text': name})}>")
            out += [*_lines(inner, depth + 2), " " * depth + "</outline>"]
    return out


def _attributes(values: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(_clean(value))}" for name, value in values.items() if value)


def _text(value: str) -> str:
    return quoteattr(_clean(value))[1:-1]


def _clean(value: str) -> str:
    return without_controls(" ".join(clean_text(value).split()))


def _web(address: str) -> str | None:
    """`feed:` and `feed://` are how browsers once handed a feed to its reader."""
    found = re.fullmatch(r"feed:(?://)?(https?://.+)|feed://(.+)", address, re.IGNORECASE)
    return address_of((found[1] or f"http://{found[2]}") if found else address)
