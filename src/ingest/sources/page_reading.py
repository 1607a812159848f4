"""What a server's answer for a page says: the article, or why it is none."""

from __future__ import annotations

import msgspec

from ingest.errors import Refused
from ingest.model import Envelope, Extracted, Stamp
from ingest.settings import SourceSettings

from .articles import LIMITS, address_of, clean_text, cut_line, publisher_of
from .charsets import as_utf8
from .http import Response
from .labels import Fetched, label_of
from .names import shown
from .port import Readers
from .sniffing import sniff


class Read(msgspec.Struct, frozen=True):
    """A page that may be an article: its title, its text, and what else extraction saw."""

    title: str | None
    text: str
    found: Extracted


def read_page(asked: str, response: Response, readers: Readers, limits: SourceSettings) -> Read:
    """Raises Refused: a label, or what makes bytes no article."""
    where = shown(asked)
    try:
        if sniff(response.body[:4096], "page.html") != "html":
            raise Refused("unknown-format", where, "no page")
        found = readers.html(as_utf8(response.body, response.headers.get("content-type", "")), response.url)
    except Refused as refused:
        label = label_of(_fetched(asked, response)) if refused.reason == "no-text" else None
        raise Refused(label or refused.reason, where, "" if label else refused.detail) from refused
    read = read_of(found)
    if label := label_of(_fetched(asked, response, read.title, read.text)):
        raise Refused(label, where)
    return sound(read, where, limits)


def read_of(found: Extracted) -> Read:
    return Read(cut_line(found.title, LIMITS.title_chars), clean_text(found.text), found)


def sound(read: Read, where: str, limits: SourceSettings) -> Read:
    """The same, where its text is one. Raises Refused: `no-text`, `too-large`."""
    if not read.text.strip():
        raise Refused("no-text", where)
    if len(read.text) > limits.max_text_chars:
        raise Refused("too-large", where, f"{len(read.text)} characters of text")
    return read


def label_of_refusal(asked: str, response: Response) -> str | None:
    """What a page with an error status is, where it says."""
    return label_of(_fetched(asked, response))


def article_of(
    page: Read, response: Response, entry: Envelope | None, key: str, source: str, readers: Readers
) -> Envelope:
    """The page's text as an article version; what the page is silent on, the feed's entry says."""
    found, address = page.found, address_in(page, response)
    return Envelope(
        key=key,
        source=entry.source if entry else source,
        text=page.text,
        id=entry.id if entry else None,
        url=address,
        title=page.title or (entry.title if entry else None),
        published=_published(found.published, entry.published if entry else None),
        outlet=(entry.outlet if entry else None) or publisher_of(found.site, address, readers),
        author=cut_line(found.author, LIMITS.id_chars) or (entry.author if entry else None),
        language=found.language or (entry.language if entry else None),
        rights=entry.rights if entry else None,
        backfill=entry.backfill if entry else False,
        extra=entry.extra if entry else {},
    )


def address_in(page: Read, response: Response) -> str | None:
    """The address that the page gives itself, else the one it was found at."""
    return address_of(page.found.url) or address_of(response.url)


def _published(page: Stamp | None, entry: Stamp | None) -> Stamp | None:
    """A page that knows the day alone is silent on the minute."""
    if page is None or (entry is not None and entry.exact and not page.exact):
        return entry or page
    return page


def _fetched(asked: str, response: Response, title: str | None = None, text: str = "") -> Fetched:
    return Fetched(
        asked=asked,
        found=response.url,
        status=response.status,
        headers=response.headers,
        body=response.body,
        title=title,
        text=text,
    )
