"""The body of an archived record, its chunks and codings undone: by our own readers, which stop at a limit.

    record -> its bytes, without chunks -> the codings that its headers name -> the page

warcio's own unpack a whole block at a time, however much it comes to, and no zstd.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ingest.errors import Refused

from .coding import Body
from .names import printable
from .sniffing import UTF16

_PIECE = 1 << 16
_HEAD = 1024
"""Bytes that show whether it is text: packed ones have control characters among so many."""
_CONTROL = re.compile("[\\0-\\x08\\x0e-\\x1f]")


class Unsound(Exception):
    """What stands there is no record."""


@contextmanager
def trusting() -> Iterator[None]:
    """warcio believes what a record says of itself, and breaks over it in many ways: a response without an address is
    an AttributeError. The stream's own errors pass, all others are Unsound."""
    try:
        yield
    except (Unsound, Refused, OSError, EOFError, zlib.error):
        raise
    except Exception as error:
        raise Unsound(printable(str(error).strip())[:200] or type(error).__name__) from error


def body_of(record: Any, at: str, limit: int) -> bytes | Refused:
    """What a server gave, or why that cannot be taken: `too-large` beyond `limit` bytes, packed or not; `unreadable`.
    Raises the errors of the archive's own stream."""
    try:
        with trusting():
            packed = _packed(record, limit)
    except Unsound as error:
        return Refused("unreadable", at, str(error))
    if packed is None:
        return Refused("too-large", at, f"more than {limit} bytes")
    try:
        return _unpacked(packed, _said(record, "content-encoding"), limit)
    except Refused as refused:
        reason = "unreadable" if refused.reason == "fetch-failed" else refused.reason
        return Refused(reason, at, refused.detail)


def _packed(record: Any, limit: int) -> bytes | None:
    """The body without its chunks, which may be undone already; None where it is longer."""
    from warcio.bufferedreaders import ChunkedDataReader
    from warcio.limitreader import LimitReader

    # Below the chunks: one is read as a whole, and may say that it has gigabytes.
    some = LimitReader(record.raw_stream, limit + 1)
    chunked = "chunked" in _said(record, "transfer-encoding")
    data: bytes = (ChunkedDataReader(some) if chunked else some).read(limit + 1)
    return data if some.limit else None


def _unpacked(packed: bytes, named: str, limit: int) -> bytes:
    """Raises Refused, as `Body` does."""
    try:
        return _through(Body(named, limit), packed)
    except Refused as refused:
        if refused.reason == "too-large":
            raise
        # Crawlers unpack an answer and keep its headers as they were; servers name what is no coding.
        data = _through(Body("", limit), packed)
        if not _is_text(data):
            raise
        return data


def _through(body: Body, packed: bytes) -> bytes:
    for start in range(0, len(packed), _PIECE):
        body.add(packed[start : start + _PIECE])
    return body.finish()


def _is_text(data: bytes) -> bool:
    head = data[:_HEAD]
    if head.startswith(UTF16) or head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        return True
    try:
        # The last letter may be cut in two.
        return not _CONTROL.search(codecs.getincrementaldecoder("utf-8")().decode(head))
    except UnicodeDecodeError:
        return False


def _said(record: Any, name: str) -> str:
    """All that the headers say under a name, in small letters."""
    headers = record.http_headers.headers if record.http_headers else ()
    return ", ".join(value for key, value in headers if key.lower() == name).lower()
