"""The articles in a file, whatever it is: a page, JSON (lines), a feed, an agency's delivery, a web archive, or plain
text, each also gzipped.

The content decides; the name is only asked where the content could be two things.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from ingest.errors import Refused
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .articles import LIMITS, Origin, address_of, clean_text, cut_line, parse_json, publisher_of, read_article
from .entries import hint_of
from .feeds import articles_of, looks_like_feed, oldest_first
from .members import Members, start_of
from .names import key_of
from .offering import Item
from .port import Readers
from .sniffing import UTF16, Kind, sniff
from .streams import Joined, unzipped
from .warc import MARK, read_archive
from .wire import is_ninjs, kind_of, read_delivery, read_ninjs

_HEAD = 4096
_MAX_LOOK = 100_000
_MAX_ENTRIES = 2000
"""Of a feed, as `fetch.max_entries`: a parser may be held up by their number."""
_MAX_BLANK = 100_000
"""A file of line breaks alone keeps a processor busy for a minute, gzipped it is as small as an article."""
_LIST_KEYS = ("articles", "items")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Whose file it is: the namespace of given ids, its printable name, and its key where it is one article.

    name   as the system spells it, for its ending
    """

    source: str
    where: str
    key: str
    name: str

    @property
    def alone(self) -> Origin:
        """The origin of the file's only article."""
        return Origin(source=self.source, where=self.where, path=self.key)


def read_items(file: BinaryIO, place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    """Every article of an open file, in order, with where it stands; what is none of them is a Refused in its place."""
    try:
        head = file.read(_HEAD)
        if head.startswith(b"\x1f\x8b"):
            # By its name where its beginning is broken: the records behind are not.
            start = start_of(head, len(MARK))
            if start == MARK or (start is None and place.name.endswith(".warc.gz")):
                members = Members(file, settings.max_file_bytes, MARK)
                yield from read_archive(members, place.source, place.where, readers, settings)
                return
            file = unzipped(file, settings.max_file_bytes)
            head = file.read(_HEAD)
        yield from _by_kind(Joined(head, file), head, place, readers, settings)
    except Refused as refused:
        yield place.where, Refused(refused.reason, place.where, refused.detail)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        yield place.where, Refused("unreadable", place.where, f"broken gzip: {error}")
    except OSError as error:
        yield place.where, Refused("unreadable", place.where, os.strerror(error.errno or 0))


def _by_kind(file: Joined, head: bytes, place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    if head.startswith(MARK):
        yield from read_archive(file, place.source, place.where, readers, settings)
        return
    if (delivery := kind_of(head)) is not None:
        data = file.all(settings.max_file_bytes)
        yield from read_delivery(data, delivery, place.alone, readers, settings)
        return
    if looks_like_feed(head):
        yield from _read_feed(file.all(settings.max_file_bytes), place, readers, settings)
        return
    kind = sniff(head, place.name)
    if kind == "json":
        yield from _read_json(file, head, place, readers, settings)
        return
    data = file.all(settings.max_file_bytes)
    yield place.where, _one(kind, data, place, readers, settings)


def _read_feed(data: bytes, place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    """A feed that somebody kept: its entries as if fetched, oldest first. Raises Refused."""
    feed = readers.feed(data, hint_of(_MAX_ENTRIES, ""))
    articles = oldest_first(articles_of(feed, place.source, "", readers))
    if not articles:
        yield place.where, Refused("no-text", place.where, "a feed without an entry that has a title or a text")
    for number, article in enumerate(articles, 1):
        where = f"{place.where}[{number}]"
        yield where, sized(article, where, settings)
    if feed.left_out:
        yield place.where, Refused("too-large", place.where, f"{feed.left_out} entries beyond {_MAX_ENTRIES}")


def sized(article: Envelope, where: str, settings: SourceSettings) -> Envelope | Refused:
    """The article, unless its text is too long to be one."""
    if len(article.text) <= settings.max_text_chars:
        return article
    return Refused("too-large", where, f"{len(article.text)} characters of text")


def _one(kind: Kind, data: bytes, place: Place, readers: Readers, settings: SourceSettings) -> Envelope | Refused:
    """A file that is one article."""
    try:
        found = readers.html(data, None) if kind == "html" else readers.plain(readers.decode(data))
    except Refused as refused:
        return Refused(refused.reason, place.where, refused.detail)
    text = clean_text(found.text)
    title = cut_line(found.title, LIMITS.title_chars)
    if not text.strip() and not title:
        return Refused("no-text", place.where)
    if len(text) > settings.max_text_chars:
        return Refused("too-large", place.where, f"{len(text)} characters of text")
    # A plain text keeps the file's name for its key, whatever address stands in it: that one is found, not given.
    address = address_of(found.url)
    url = address if kind == "html" else None
    return Envelope(
        key=key_of(place.source, None, url, readers.canonical, place.key, title, text),
        source=place.source,
        text=text,
        url=address,
        title=title,
        published=found.published,
        outlet=publisher_of(found.site, address, readers),
        author=cut_line(found.author, LIMITS.id_chars),
        language=found.language,
        completeness="full" if text.strip() else "title",
    )


def _read_json(file: Joined, head: bytes, place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    """One JSON value, or lines of them: the first line decides, as it is either a whole value or not."""
    try:
        wide = head.startswith(UTF16)  # a line break is two bytes there: read as a whole
        first = file.all(settings.max_file_bytes) if wide else file.line(settings.max_line_bytes)
    except Refused as refused:
        yield f"{place.where}:1", Refused(refused.reason, f"{place.where}:1", refused.detail)
        yield from read_lines(file, place, readers, settings, after=1)
        return
    try:
        value = parse_json(first, place.where)
    except Refused as refused:
        yield from _whole_json(first, refused, file, place, readers, settings)
        return
    single = file.only_line(settings.max_line_bytes)
    if single and (many := _list_in(value)) is not None:
        yield from _items(many, place, readers, settings)
    elif single and place.name.lower().removesuffix(".gz").endswith(".json"):
        yield place.where, _article(value, place.alone, readers, settings)
    else:
        yield from _lines(value, file, place, readers, settings)


def _whole_json(
    first: bytes, why: Refused, file: Joined, place: Place, readers: Readers, settings: SourceSettings
) -> Iterator[Item]:
    """The first line is no value by itself: a value over many lines, JSON lines with a bad start, or text after all."""
    name = place.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        yield f"{place.where}:1", Refused(why.reason, f"{place.where}:1", why.detail)
        yield from read_lines(file, place, readers, settings, after=1)
        return
    data = first + file.all(settings.max_file_bytes)
    try:
        value = parse_json(data, place.where)
    except Refused as refused:
        if _has_json_line(data):
            yield from read_lines(io.BytesIO(data), place, readers, settings)
        elif refused.reason == "bad-json" and not name.endswith(".json"):
            yield place.where, _one("plain", data, place, readers, settings)
        else:
            raise
        return
    many = _list_in(value)
    if many is None:
        yield place.where, _article(value, place.alone, readers, settings)
    else:
        yield from _items(many, place, readers, settings)


def _has_json_line(data: bytes) -> bool:
    """Whether a line near the start is a JSON object: lines with a damaged first one, not text that begins with `[`."""
    for line in data[:_MAX_LOOK].splitlines()[1:10]:
        try:
            if line.startswith(b"{") and isinstance(parse_json(line, ""), dict):
                return True
        except Refused:
            continue
    return False


def _list_in(value: object) -> list[object] | None:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not ("text" in value or "html" in value or "title" in value or is_ninjs(value)):
        for name in _LIST_KEYS:
            if isinstance(value.get(name), list):
                return list(value[name])
    return None


def _items(values: list[object], place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    if not values:
        yield place.where, Refused("empty", place.where, "an empty list")
    for number, value in enumerate(values, 1):
        where = f"{place.where}[{number}]"
        yield where, _article(value, Origin(source=place.source, where=where), readers, settings)


def _lines(value: object, file: Joined, place: Place, readers: Readers, settings: SourceSettings) -> Iterator[Item]:
    where = f"{place.where}:1"
    yield where, _article(value, Origin(source=place.source, where=where), readers, settings)
    yield from read_lines(file, place, readers, settings, after=1)


def read_lines(
    file: Joined | BinaryIO, place: Place, readers: Readers, settings: SourceSettings, after: int = 0
) -> Iterator[Item]:
    """JSON lines, numbered from `after` + 1; blank ones are counted and passed over."""
    lines = file if isinstance(file, Joined) else Joined(b"", file)
    number, blank = after, 0
    while blank < _MAX_BLANK:
        number += 1
        where = f"{place.where}:{number}"
        try:
            line = lines.line(settings.max_line_bytes)
            if not line:
                return
            if not line.strip():
                blank += 1
                continue
            value = parse_json(line, where)
            yield where, _read(value, Origin(source=place.source, where=where), readers, settings)
        except Refused as refused:
            yield where, Refused(refused.reason, where, refused.detail)
    yield where, Refused("too-large", where, f"{_MAX_BLANK} blank lines")


def _article(value: object, origin: Origin, readers: Readers, settings: SourceSettings) -> Envelope | Refused:
    try:
        return _read(value, origin, readers, settings)
    except Refused as refused:
        return refused


def _read(value: object, origin: Origin, readers: Readers, settings: SourceSettings) -> Envelope:
    """Of a JSON value: an item of ninjs by its own rules. Raises Refused."""
    read = read_ninjs if is_ninjs(value) else read_article
    return read(value, origin, readers, settings)
