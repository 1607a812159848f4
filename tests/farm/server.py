"""The farm on a port: `python tests/farm/server.py FEEDS DAYS SEED SPACING MOST [PACE BEGIN DELAY]`; prints its port.

It answers for the time that a request names (`X-Farm-Time`, seconds from the beginning of the run). With PACE its own
clock runs, so many times as fast as the wall's from BEGIN on; then feeds have no troubles, as a Retry-After would be of
another time, and each answer takes DELAY seconds. `GET /book` gives all that it wrote down, as JSON;
`/under-way` how many requests it has not answered yet, `/now` what time it is there.

Sockets and no transports of asyncio: those cost several times what an answer does (decision 0169).
"""

from __future__ import annotations

import gc
import heapq
import selectors
import socket
import sys
import time
from itertools import count

import msgspec
from farmer import Answer, Farmer
from plan import planned

TIME = "x-farm-time"
CHUNK_SECONDS = 0.001


class Visit:
    """A connection: one request, one answer, and closed. `host` is where its request is under way, empty before and
    afterwards; `watched` whether the selector has it."""

    def __init__(self, made: socket.socket) -> None:
        self.made, self.got, self.host, self.watched = made, b"", "", False
        self.answer = Answer([])


class Service:
    def __init__(self, farmer: Farmer, pace: float, begin: float, delay: float) -> None:
        self._farmer, self._pace, self._begin, self._delay = farmer, pace, begin, delay
        self._began = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int, Visit, int]] = []  # a heap: when, in which order, whose part, which
        self._order = count()

    def run(self, listening: socket.socket) -> None:
        """Until standard input ends: it belongs to whoever started this."""
        self._selector.register(listening, selectors.EVENT_READ)
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            wait = max(0.0, self._later[0][0] - time.monotonic()) if self._later else None
            for key, _ in self._selector.select(wait):
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listening:
                    self._accept(listening)
                else:
                    self._read(key.data)
            while self._later and self._later[0][0] <= time.monotonic():
                _, _, visit, part = heapq.heappop(self._later)
                self._send(visit, part)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                made, _ = listening.accept()
            except (BlockingIOError, ConnectionError):
                return
            self._read(Visit(made))

    def _read(self, visit: Visit) -> None:
        try:
            got = visit.made.recv(65_536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._watch(visit)
            return
        except OSError:
            got = b""
        visit.got += got
        if not got:  # who asks was killed
            self._close(visit)
        elif visit.got.endswith(b"\r\n\r\n"):
            self._answer(visit)
        else:
            self._watch(visit)

    def _answer(self, visit: Visit) -> None:
        request, *lines = visit.got.decode("latin-1").split("\r\n")
        path = request.split(" ")[1]
        own = self._begin + (time.monotonic() - self._began) * self._pace
        if path in {"/book", "/under-way", "/now"}:
            book = self._farmer.book
            data = msgspec.json.encode({"/book": book, "/under-way": book.under_way, "/now": own}[path])
            visit.answer = Answer([b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data])
            self._send(visit, 0)
            return
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        at = float(headers[TIME]) if TIME in headers else own
        visit.host, visit.answer = self._farmer.begin(path, headers, at)
        if self._delay:
            self._send_later(visit, 0, self._delay)
        else:
            self._send(visit, 0)

    def _send(self, visit: Visit, part: int) -> None:
        """The first part with the head, the others one by one."""
        try:
            visit.made.sendall(visit.answer.parts[part])
        except OSError:  # who asked was killed
            self._close(visit)
            return
        if part + 1 < len(visit.answer.parts):
            self._send_later(visit, part + 1, CHUNK_SECONDS)
        else:
            self._close(visit)

    def _send_later(self, visit: Visit, part: int, seconds: float) -> None:
        self._watch(visit)  # whoever hangs up meanwhile asks for nothing any more
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), visit, part))

    def _watch(self, visit: Visit) -> None:
        if not visit.watched:
            self._selector.register(visit.made, selectors.EVENT_READ, visit)
            visit.watched = True

    def _close(self, visit: Visit) -> None:
        if visit.watched:
            self._selector.unregister(visit.made)
            visit.watched = False
        visit.made.close()
        host, visit.host = visit.host, ""
        if host:
            self._farmer.end(host)


def main(feeds: str, days: str, seed: str, spacing: str, most: str, *played: str) -> None:
    pace, begin, delay = map(float, played or (0, 0, 0))
    plan = planned(int(feeds), float(days), int(seed), calm=pace > 0)
    service = Service(Farmer(plan, spacing=float(spacing), most=int(most)), pace, begin, delay)
    gc.disable()  # nothing here is a cycle, and the book grows
    with socket.create_server(("0.0.0.0", 0), backlog=1000) as listening:
        listening.setblocking(False)
        if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux's: a connection is seen once its request has come
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        print(listening.getsockname()[1], flush=True)
        service.run(listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
