"""The farm on a port: `python tests/farm/server.py FEEDS DAYS SEED SPACING MOST [PACE BEGIN DELAY]`; prints its port.

It answers for the time that a request names (`X-Farm-Time`, seconds from the beginning of the run). With PACE its own
clock runs, so many times as fast as the wall's from BEGIN on; then feeds have no troubles, as a Retry-After would be of
another time, and each answer takes DELAY seconds. `GET /book` gives all that it wrote down, as JSON;
`/under-way` how many requests it has not answered yet, `/now` what time it is there.
"""

from __future__ import annotations

import asyncio
import sys
import time

import msgspec
from farmer import Answer, Farmer
from plan import planned

TIME = "x-farm-time"
CHUNK_SECONDS = 0.001


class Connection(asyncio.Protocol):
    """One request, one answer, and closed."""

    def __init__(self, farmer: Farmer, pace: float, begin: float, delay: float) -> None:
        self._farmer, self._pace, self._begin, self._delay = farmer, pace, begin, delay
        self._got, self._host = b"", ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._got.endswith(b"\r\n\r\n"):
            return
        request, *lines = self._got.decode("latin-1").split("\r\n")
        self._got = b""
        path = request.split(" ")[1]
        own = self._begin + (time.monotonic() - BEGAN) * self._pace
        if path in {"/book", "/under-way", "/now"}:
            book = self._farmer.book
            data = msgspec.json.encode({"/book": book, "/under-way": book.under_way, "/now": own}[path])
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
            self._transport.close()
            return
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        at = float(headers[TIME]) if TIME in headers else own
        self._host, answer = self._farmer.begin(path, headers, at)
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._send, answer, 0)
        else:
            self._send(answer, 0)

    def _send(self, answer: Answer, first: int) -> None:
        """The first part with the head, the others one by one."""
        if self._transport.is_closing():
            return  # who asked was killed
        self._transport.write(answer.parts[first])
        if first + 1 < len(answer.parts):
            asyncio.get_running_loop().call_later(CHUNK_SECONDS, self._send, answer, first + 1)
        else:
            self._end()
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        host, self._host = self._host, ""
        if host:
            self._farmer.end(host)


BEGAN = time.monotonic()


async def main(feeds: str, days: str, seed: str, spacing: str, most: str, *played: str) -> None:
    pace, begin, delay = map(float, played or (0, 0, 0))
    plan = planned(int(feeds), float(days), int(seed), calm=pace > 0)
    farmer = Farmer(plan, spacing=float(spacing), most=int(most))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(farmer, pace, begin, delay), "0.0.0.0", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with whoever started it: its standard input is theirs.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
