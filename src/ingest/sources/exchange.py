"""One request and its answer, as HTTP/1.1 has them. h11 writes and reads the protocol."""

from __future__ import annotations

from contextlib import suppress

import h11

from .connection import Stream

_LINES = 102_400
"""Bytes of one head, one chunk's own line, or all trailers: h11 refuses what is longer."""


class Exchange:
    """Made before anybody is connected to: raises h11.LocalProtocolError where the request is none that can be sent.

    Then `head`, and `part` until it is None. These raise OSError, h11.RemoteProtocolError, and Refused, where the meter
    of the stream does.
    """

    def __init__(self, method: str, target: str, headers: list[tuple[bytes, bytes]], content: bytes = b"") -> None:
        self._spoken = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LINES)
        send = self._spoken.send
        self._request = send(h11.Request(method=method, target=target, headers=headers)) or b""
        if content:
            self._request += send(h11.Data(content)) or b""
        # Its end need not be said: nothing would be sent, as what has a length ends by it.

    async def head(self, stream: Stream) -> h11.Response:
        """Ask, and wait for status and headers, names in small letters. Interim answers are skipped."""
        self._stream = stream
        with suppress(OSError):  # a server may answer, and hang up, without having read all of it
            await stream.write(self._request)
        await self._more()
        while not isinstance(event := await self._next(), h11.Response):
            pass
        return event

    async def part(self) -> bytes | None:
        """Of the body, as it comes; None after the last. A body without its end is a protocol error."""
        event = await self._next()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    @property
    def beyond(self) -> bytes:
        """What came after the head of an answer that opens a tunnel."""
        return self._spoken.trailing_data[0]

    async def _next(self) -> object:
        while (event := self._spoken.next_event()) is h11.NEED_DATA:
            await self._more()
        return event

    async def _more(self) -> None:
        arrived = await self._stream.read()
        if not arrived and self._spoken.their_state is h11.SEND_RESPONSE:
            raise h11.RemoteProtocolError("hung up without an answer")  # h11's own words are about its states
        self._spoken.receive_data(arrived)
