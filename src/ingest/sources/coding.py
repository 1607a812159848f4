"""Content codings, unpacked no further than allowed.

    what came over the wire -> last coding named -> ... -> first coding named -> gzip that nobody named -> the body

Each piece goes through all codings before the next is made, so the most that is held is the body itself and one piece a
coding. What is between two codings counts like the body: a bomb may be packed in a bomb.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

import brotli
import msgspec

from ingest.errors import Refused

from .names import printable

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError


class CodingLimits(msgspec.Struct, frozen=True):
    """Of what a server may pack."""

    codings: int = 3  # named for one answer; a server and its proxy come to two
    members: int = 1_000  # of one gzip or zstd stream: each costs 40 kB to begin, and may hold nothing
    piece: int = 65_536  # bytes unpacked at a time; what is held beside the body
    zstd_window: int = 23  # as a power of 2, in bytes: RFC 9659 lets no server use more


LIMITS = CodingLimits()
ACCEPTED = "gzip, deflate, br, zstd"
"""What is read, as `Accept-Encoding` says it."""

_NONE = {"", "identity", "none", "utf-8", "utf8"}
"""Names of no coding; the last two are meant for the charset."""
_GZIP = b"\x1f\x8b"
_BROKEN = (zlib.error, brotli.error, ZstdError, EOFError)


class _Coding(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, in pieces."""

    @property
    def complete(self) -> bool:
        """Whether it could end here."""


class _Stream(Protocol):
    """A decompressor of one member."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


_S = TypeVar("_S", bound=_Stream)


class _Members(Generic[_S]):
    """Codings that may come in several members, one after the other; what follows the last and is none is padding."""

    def __init__(
        self,
        make: Callable[[], _S],
        run: Callable[[_S, bytes], Iterator[bytes]],
        begins: Callable[[bytes], bool | None],
    ) -> None:
        self._make, self._run, self._begins = make, run, begins
        self._stream, self._members = make(), 1
        self._between, self._over = b"", False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._over:
            if self._stream.eof:
                data, self._between = self._between + data, b""
                again = self._begins(data)
                if again is None:
                    self._between = data
                    return
                if not again:
                    self._over = True
                    return
                if self._members >= LIMITS.members:
                    raise Refused("too-large", "", f"packed in more than {LIMITS.members} members")
                self._stream, self._members = self._make(), self._members + 1
            yield from self._run(self._stream, data)
            data = self._stream.unused_data if self._stream.eof else b""

    @property
    def complete(self) -> bool:
        return self._stream.eof


def _inflate(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while not stream.eof:
        made = stream.decompress(data, LIMITS.piece)
        if made:
            yield made
        data = stream.unconsumed_tail
        if not data and len(made) < LIMITS.piece:
            return


def _unzstd(stream: ZstdDecompressor, data: bytes) -> Iterator[bytes]:
    while not stream.eof:
        made = stream.decompress(data, LIMITS.piece)
        if made:
            yield made
        if stream.needs_input:
            return
        data = b""


def _starts_gzip(data: bytes) -> bool | None:
    """Whether a member begins here; None where more must be seen."""
    return None if len(data) < len(_GZIP) else data.startswith(_GZIP)


def _starts_zstd(data: bytes) -> bool | None:
    """A frame, or one to be skipped (RFC 8878, 3.1)."""
    if len(data) < 4:
        return None
    return data.startswith(b"\x28\xb5\x2f\xfd") or (data[0] & 0xF0 == 0x50 and data[1:4] == b"\x2a\x4d\x18")


class _Deflate:
    """With its zlib header, as the standard has it, or without: both are in use. The header is told by its check."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            headed = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)
        yield from _inflate(self._stream, data)

    @property
    def complete(self) -> bool:
        return self._stream is not None and self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        while True:
            made = self._stream.process(data, output_buffer_limit=LIMITS.piece)
            if made:
                yield made
            # It may have come to its end without having noticed, until it is asked for more.
            if self._stream.is_finished() or (not made and self._stream.can_accept_more_data()):
                return
            data = b""

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())


def _gzip() -> _Coding:
    return _Members(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), _inflate, _starts_gzip)


def _zstd() -> _Coding:
    window: dict[int, int] = {DecompressionParameter.window_log_max: LIMITS.zstd_window}
    return _Members(lambda: ZstdDecompressor(options=window), _unzstd, _starts_zstd)


_CODINGS: dict[str, Callable[[], _Coding]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _zstd,
}


class Body:
    """The body of one answer, as it comes. `named` is its Content-Encoding; `limit` in bytes, packed and unpacked.

    All methods raise Refused, which names no place: `too-large`; `fetch-failed` where it is broken or cut off.
    """

    def __init__(self, named: str, limit: int) -> None:
        names = [name for part in named.lower().split(",") if (name := part.strip()) not in _NONE]
        for name in names:
            if name not in _CODINGS:
                raise Refused("fetch-failed", "", f"content coding {printable(name[:40])}, which is not read")
        if len(names) > LIMITS.codings:
            raise Refused("fetch-failed", "", f"more than {LIMITS.codings} content codings")
        self._codings = [_CODINGS[name]() for name in reversed(names)]
        self._limit = limit
        self._made = [0] * (len(names) + 1)  # bytes before each coding, and after the last
        self._head: bytes | None = b""  # of the body, until it is known whether it is packed once more
        self._body = bytearray()

    def add(self, part: bytes) -> None:
        try:
            self._pass(part, 0)
        except _BROKEN as error:
            raise Refused("fetch-failed", "", "broken compression") from error

    def finish(self) -> bytes:
        if self._head:
            self._body += self._head
        if self._made[0] and not all(coding.complete for coding in self._codings):
            raise Refused("fetch-failed", "", "cut off")
        return bytes(self._body)

    def _pass(self, piece: bytes, depth: int) -> None:
        self._made[depth] += len(piece)
        if self._made[depth] > self._limit:
            raise Refused("too-large", "", f"more than {self._limit} bytes")
        if depth < len(self._codings):
            for made in self._codings[depth].feed(piece):
                self._pass(made, depth + 1)
        elif self._head is None:
            self._body += piece
        else:
            self._begin(self._head + piece, depth)

    def _begin(self, head: bytes, depth: int) -> None:
        """A file that is gzipped, or a page that a server packed and its proxy packed again, says so in no header."""
        packed = _starts_gzip(head)
        self._head = head if packed is None else None
        if packed:
            self._codings.append(_gzip())
            self._made.append(0)
            self._made[depth] = 0
            self._pass(head, depth)
        elif packed is not None:
            self._body += head
