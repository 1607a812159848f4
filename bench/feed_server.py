"""Feeds for `bench.polls`, in a process of their own: one answer in twenty is new, the others are 304.

`python -m bench.feed_server`; prints its port, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from typing import ClassVar

ENTRIES = 20
NEW_EVERY = 20
_TEXT = "The council said on Tuesday that nothing more of it would be decided before the spring session."


class Connection(asyncio.Protocol):
    """One request, one answer, and closed."""

    asked = 0
    editions: ClassVar[dict[str, int]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._got.endswith(b"\r\n\r\n"):
            return
        path = self._got.split(b" ", 2)[1].decode()
        Connection.asked += 1
        if Connection.asked % NEW_EVERY == 0:
            self.editions[path] = self.editions.get(path, 0) + 1
        edition = self.editions.get(path, 0)
        self._transport.write(_answer(edition, f'"{edition}"'.encode() in self._got))
        self._transport.close()


def _answer(edition: int, known: bool) -> bytes:
    head = b'ETag: "%d"\r\nConnection: close\r\n' % edition
    if known:
        return b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"
    items = "".join(
        f"<item><guid>g{n}</guid><link>http://feeds.example/{n}</link><title>Council hears of item {n}</title>"
        f"<pubDate>Tue, 18 Jun 2024 08:{n % 60:02}:00 GMT</pubDate><description>{_TEXT}</description></item>"
        for n in range(edition + ENTRIES, edition, -1)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()
    kind = b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 200 OK\r\n" + head + kind + b"\r\n" + body


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
