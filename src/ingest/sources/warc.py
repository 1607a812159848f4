"""Web archives (WARC, ISO 28500) as articles: each page of an archive in its order, read while it streams by.

    record -> a page that was answered with 200 -> the extraction children, several at a time -> articles, in order

What stands in an archive beside pages (requests, images, other answers) is counted by kind and told once, as
skipped; what is lost is a refusal.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

import msgspec

from ingest.errors import Refused
from ingest.model import Envelope
from ingest.settings import SourceSettings
from ingest.stamps import parse_stamp

from .archived import Unsound, body_of, trusting
from .articles import address_of, is_web_address
from .http import Response
from .members import Members
from .names import key_of, printable
from .offering import Item, Skipped
from .page_reading import article_of, read_of, read_page, sound
from .port import Readers
from .streams import Joined

MARK = b"WARC/"
_PAGES = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"
_ROBOTS = re.compile(r"https?://[^/?#]+/robots\.txt(?:$|[?#])", re.IGNORECASE)
_PIECE = 1 << 16
_TOLD = 3
"""Kinds of other records that are named with their numbers; there may be hundreds."""


class Record(msgspec.Struct, frozen=True):
    """A page of an archive: its address, its bytes (or text), when it was fetched (ms)."""

    url: str
    data: bytes
    content_type: str
    at: int | None

    @property
    def is_text(self) -> bool:
        return self.content_type.startswith(_PLAIN)


def read_archive(
    file: Joined | Members, source: str, where: str, readers: Readers, settings: SourceSettings
) -> Iterator[Item]:
    """Every page of an archive, in its order; behind a broken member it goes on, and says what was lost. Memory: some
    pages for each thread, whatever its size."""
    others: Counter[str] = Counter()
    waiting: deque[tuple[str, Future[Envelope | Refused]]] = deque()
    with ThreadPoolExecutor(readers.at_once, thread_name_prefix="warc") as pool:
        numbers = count(1)
        records = _records(file, where, settings.max_file_bytes, others, numbers)
        broken: Exception | None = None
        more = True
        try:
            while more or waiting:
                try:
                    at, found = next(records)
                    waiting.append((at, pool.submit(_article, found, at, source, readers, settings)))
                except StopIteration:
                    more = False
                except (Refused, OSError, EOFError, zlib.error) as error:
                    # Said after the pages before it.
                    lost = _passed(file, where, error) if isinstance(file, Members) else None
                    if lost is None:
                        more, broken = False, error
                    else:
                        waiting.append((where, lost))
                        records = _records(file, where, settings.max_file_bytes, others, numbers)
                if waiting and (len(waiting) > 2 * readers.at_once or not more):
                    at, done = waiting.popleft()
                    yield at, done.result()
        finally:
            for _, left in waiting:
                left.cancel()
    if others:
        yield where, Skipped(_told(others))
    if broken is not None:
        raise broken


def _passed(file: Members, where: str, error: Exception) -> Future[Envelope | Refused] | None:
    """What is said of a broken member that was passed over; None where nothing follows that can be read."""
    begun = file.begun
    if isinstance(error, OSError) or (isinstance(error, Refused) and error.reason != "unreadable"):
        return None
    if (passed := file.skip()) is None:
        return None
    why = error.detail if isinstance(error, Refused) else printable(str(error))
    said: Future[Envelope | Refused] = Future()
    said.set_result(Refused("unreadable", where, f"{passed:,} bytes at {begun:,} were passed over: {why}"))
    return said


def _records(
    file: Joined | Members, where: str, limit: int, others: Counter[str], numbers: Iterator[int]
) -> Iterator[tuple[str, Record | Refused]]:
    """The pages, each with where it stands, and those that cannot be taken. Raises the errors of the stream, and
    Refused where there is no record."""
    number = 0
    try:
        for record in _each(_reader(), file):
            number = next(numbers)
            headers = record.rec_headers
            url = str(headers.get_header("WARC-Target-URI") or "").strip("<>")
            kind = _kind(record, url)
            taken = kind in (*_PAGES, _PLAIN)
            at = f"{where}#{number} {printable(url)}"
            data = body_of(record, at, limit) if taken else b""
            with trusting():
                if isinstance(file, Joined) and not _whole(record):
                    raise Unsound("the last one is cut off")
            if not taken:
                others[kind] += 1
                continue
            if isinstance(data, Refused):
                yield at, data
                continue
            stamp = parse_stamp(headers.get_header("WARC-Date"), zoneless_is_utc=True)
            yield at, Record(url, data, _content_type(record), stamp.at if stamp else None)
    except Unsound as error:
        raise Refused("unreadable", where, f"after {number} records: {error}") from error


def _each(iterate: Callable[[Joined | Members], Any], file: Joined | Members) -> Iterator[Any]:
    """Every record; those of a member by themselves, so that a wrong length in one takes nothing of the next."""
    with trusting():
        yield from iterate(file)
        while isinstance(file, Members) and file.more():
            yield from iterate(file)


def _reader() -> Callable[[Joined | Members], Any]:
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError:
        raise Refused("unknown-format", "", "a web archive: pip install 'storywire[warc]' reads those") from None
    # It writes what is left of a record whose length is wrong to standard error, whole pages of it.
    quiet: Callable[[Joined | Members], Any] = type("Quiet", (ArchiveIterator,), {"INC_RECORD": ""})
    return quiet


def _whole(record: Any) -> bool:
    """Whether the stream has all of a record, by its stated length; read to its end, as for the next record."""
    stream = record.raw_stream
    while stream.read(_PIECE):
        pass
    return getattr(stream, "limit", None) == 0  # without a stated length it has none: cut off in its headers


def _kind(record: Any, url: str) -> str:
    """The media type of a record that holds what a server gave, else what it is, in words."""
    if record.rec_type == "response":
        status = record.http_headers.get_statuscode() if record.http_headers else ""
        if status != "200":
            return f"status {printable(status[:10]) or 'unknown'}"
    elif record.rec_type not in {"resource", "conversion"}:
        return printable(str(record.rec_type)[:20])
    kind = _content_type(record).partition(";")[0].strip().lower() or "of no stated type"
    if kind == _PLAIN and (_ROBOTS.match(url) or not is_web_address(url)):
        # A crawler's own log and arguments are plain text at addresses such as `metadata://`.
        return "robots.txt" if _ROBOTS.match(url) else "crawler's text"
    return kind


def _content_type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    return printable(str((headers.get_header("Content-Type") if headers else "") or ""))[:200]


def _article(
    found: Record | Refused, where: str, source: str, readers: Readers, settings: SourceSettings
) -> Envelope | Refused:
    if isinstance(found, Refused):
        return found
    response = Response(url=found.url, status=200, headers={"content-type": found.content_type}, body=found.data)
    try:
        if found.is_text:
            page = sound(read_of(readers.plain(readers.decode(found.data))), where, settings)
        else:
            page = read_page(found.url, response, readers, settings)
    except Refused as refused:
        return Refused(refused.reason, where, refused.detail)
    address = address_of(page.found.url) or address_of(found.url)
    key = key_of(source, None, address, readers.canonical, None, page.title, page.text)
    return msgspec.structs.replace(article_of(page, response, None, key, source, readers), sighted=found.at)


def _told(others: Counter[str]) -> str:
    named = others.most_common(_TOLD)
    most = ", ".join(f"{count:,} {kind}" for kind, count in named)
    total, left = others.total(), others.total() - sum(count for _, count in named)
    many = f"{total:,} record{' is' if total == 1 else 's are'} no page"
    return f"{many}: {most}" + (f", {left:,} other{'' if left == 1 else 's'}" if left else "")
