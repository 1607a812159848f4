"""What the farm answers, and what it writes down: requests by feed, and hosts that were asked too much. No network."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from plan import Feed, Trouble
from render import body, changed_at, content_type, http_date, state

_STATUS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found", 410: "Gone",
           429: "Too Many Requests", 503: "Service Unavailable"}  # fmt: skip
LEEWAY = 0.05  # seconds that a request may be early: between having its place and being sent passes real time


class Answer(msgspec.Struct, frozen=True):
    """`parts` are sent one after the other, the connection closed after the last. `over`: nothing more is to come."""

    parts: Sequence[bytes]
    over: bool = True


class Book(msgspec.Struct):
    """What was asked. `polls` by feed: when, and the status of the first answer (0: broken off).

    crowded     requests to a host that had as many under way as are allowed
    hurried     requests to a host too soon after the one before; hops of a redirect belong to the request
    impatient   requests of a feed before its Retry-After was over
    """

    polls: dict[int, list[tuple[float, int]]] = {}
    crowded: dict[str, int] = {}
    hurried: dict[str, int] = {}
    impatient: dict[int, int] = {}
    requests: int = 0
    under_way: int = 0


class Farmer:
    """`spacing` and `most` are what the fetchers were told to keep to, by host."""

    def __init__(self, feeds: Sequence[Feed], *, spacing: float, most: int) -> None:
        self._feeds, self._spacing, self._most = feeds, spacing, most
        self._bodies: dict[int, tuple[tuple[int, ...], bytes, str]] = {}
        self._written: dict[tuple[int, ...], str] = {}
        self._asked: dict[str, float] = {}
        self._open: Counter[str] = Counter()
        self._not_before: dict[int, float] = {}
        self._redirected: dict[int, float] = {}
        self._served = 0
        self.book = Book(defaultdict(list), Counter(), Counter(), Counter())

    def begin(self, path: str, headers: Mapping[str, str], at: float) -> tuple[str, Answer]:
        """The host, of which `end` is told when all is sent, and the answer."""
        host = headers.get("host", "").partition(":")[0]
        place, _, rest = path.strip("/").partition("/")
        self.book.requests += 1
        self.book.under_way += 1
        self._open[host] += 1
        if self._open[host] > self._most:
            self.book.crowded[host] += 1
        name, _, hop = rest.partition("/")
        if not name.isdecimal() or int(name) >= len(self._feeds):
            return host, _simple(404)
        feed = self._feeds[int(name)]
        # The hops of a redirect are one request: a fetcher follows at once.
        hopped = at - self._redirected.pop(feed.number, float("-inf")) < self._spacing / 2
        if not hopped:
            self._note(host, feed, at)
        status, answer = self._answer(feed, place, hop, headers, at)
        if status in {301, 302}:
            self._redirected[feed.number] = at
        polls = self.book.polls[feed.number]
        if hopped and polls:
            polls.pop()
        polls.append((at, status))
        return host, answer

    def end(self, host: str) -> None:
        self._open[host] -= 1
        self.book.under_way -= 1

    def _note(self, host: str, feed: Feed, at: float) -> None:
        if at - self._asked.get(host, float("-inf")) < self._spacing - LEEWAY:
            self.book.hurried[host] += 1
        self._asked[host] = at
        if at < self._not_before.get(feed.number, 0.0) - LEEWAY:
            self.book.impatient[feed.number] += 1

    def _answer(self, feed: Feed, place: str, hop: str, headers: Mapping[str, str], at: float) -> tuple[int, Answer]:
        trouble = feed.trouble(at)
        moved = trouble if trouble and trouble.what in {"301", "flap"} else None
        if place == "moved":
            if moved is None:
                return 404, _simple(404)
            if int(hop) < moved.hops:
                return _moved(301, f"/moved/{feed.number}/{int(hop) + 1}")
        elif moved is not None:
            return _moved(301, f"/moved/{feed.number}/1")
        elif trouble is not None:
            return self._trouble(feed, trouble, at)
        elif place == "feed" and feed.quirk == "temporary":
            return _moved(302, f"/now/{feed.number}")
        return self._feed(feed, headers, at)

    def _trouble(self, feed: Feed, trouble: Trouble, at: float) -> tuple[int, Answer]:
        if trouble.what == "close":
            whole = _head(200, {"Content-Type": content_type(feed), "Content-Length": "9999"})
            return 0, Answer([whole + body(feed, at)[:300]])
        if trouble.what == "page":
            self._served += 1
            page = f"<!doctype html><html><title>Sorry</title><p>Something went wrong ({self._served}).".encode()
            head = {"Content-Type": "text/html", "Content-Length": str(len(page)), "ETag": f'"{self._served}"'}
            return 200, Answer([_head(200, head) + page])
        status, said = int(trouble.what), {}
        if status in {429, 503} and trouble.retry:
            self._not_before[feed.number] = min(trouble.ends, at + 86_400.0)
            ends = http_date(trouble.ends + 1) if trouble.retry == "date" else str(int(trouble.ends - at) + 1)
            said = {"Retry-After": ends}
        return status, _simple(status, said)

    def _feed(self, feed: Feed, headers: Mapping[str, str], at: float) -> tuple[int, Answer]:
        data, tag = self._body(feed, at)
        said = {"Content-Type": content_type(feed)}
        modified = http_date(changed_at(feed, -86_400.0 if feed.tags == "stuck" else at))
        if feed.tags in {"both", "stuck"}:
            said["ETag"] = '"as ever"' if feed.tags == "stuck" else tag
        if feed.tags == "fickle":
            self._served += 1
            said["ETag"] = f'"{self._served}"'
        if feed.tags in {"both", "stuck", "modified"} and feed.quirk != "title":
            said["Last-Modified"] = modified
        same = headers.get("if-none-match") or headers.get("if-modified-since")
        if same and same in {said.get("ETag"), said.get("Last-Modified")}:
            return 304, Answer([_head(304, said)])
        if feed.quirk == "drip":
            step = len(data) // 8 + 1
            parts = [data[first : first + step] for first in range(0, len(data), step)]
            chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
            return 200, Answer([_head(200, {**said, "Transfer-Encoding": "chunked"}), *chunks, b"0\r\n\r\n"])
        return 200, Answer([_head(200, {**said, "Content-Length": str(len(data))}) + data])

    def _body(self, feed: Feed, at: float) -> tuple[bytes, str]:
        now = state(feed, at)
        kept = self._bodies.get(feed.number)
        if kept is None or kept[0] != now:
            data = body(feed, at, self._written)
            kept = self._bodies[feed.number] = now, data, f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"'
        return kept[1], kept[2]


def _simple(status: int, said: Mapping[str, str] = MappingProxyType({})) -> Answer:
    return Answer([_head(status, {**said, "Content-Length": "0"})])


def _moved(status: int, where: str) -> tuple[int, Answer]:
    return status, _simple(status, {"Location": where})


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {_STATUS[status]}\r\n{lines}Connection: close\r\n\r\n".encode()
