"""Nothing that is asked for leads inside: every spelling of an inner address, by every way to name one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

import msgspec
import pytest
from inner_addresses import SPELLINGS
from local_web import Web
from source_doubles import READERS, ImpatientStop, RememberingInbox, TestClock
from wire_double import PUBLIC, Wire

from ingest.errors import Refused
from ingest.fetching import Fetching, assemble
from ingest.ledger.keys import Keys
from ingest.model import Envelope
from ingest.settings import FetchSettings, Settings
from ingest.sources import dial, subscriptions
from ingest.sources.dial import Resolve, system_resolve
from ingest.sources.http import Http
from ingest.sources.leaving import LEAVING, Leaving
from ingest.sources.pages import PAGES, Page, encode
from ingest.sources.port import Outcome
from ingest.sources.robots import Robots
from ingest.sources.subscriptions import FEEDS, Feed, Subscription
from ingest.sources.websub import Push
from ingest.store import Store


class Inside:
    """Servers on every loopback address, at one port, to which nobody may come."""

    def __init__(self) -> None:
        four = socket.create_server(("", 0))
        self.port = four.getsockname()[1]
        self._listening = [four]
        with suppress(OSError):  # a machine without IPv6
            self._listening.append(socket.create_server(("::", self.port), family=socket.AF_INET6))
        for server in self._listening:
            server.setblocking(False)

    def met(self) -> int:
        count = 0
        for server in self._listening:
            with suppress(BlockingIOError):
                server.accept()[0].close()
                count += 1
        return count

    def close(self) -> None:
        for server in self._listening:
            server.close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    found = Inside()
    yield found
    found.close()


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A web server at the public address, as far as anybody knows."""
    web = Web()
    Wire.dialled, Wire.front = [], web.port
    monkeypatch.setattr(dial, "connect", Wire.connect)
    yield web
    web.close()


async def nobody_to_tell(url: str, seconds: float) -> None:
    """No host asks for time here."""


async def resolve(host: str, port: int) -> list[str]:
    return [PUBLIC] if host == "front.example" else await system_resolve(host, port)


class Asking:
    """The ways in which a request comes about. Each says what became of it."""

    def __init__(self, http: Http, front: Web, store: Store) -> None:
        self.http, self.front, self._store = http, front, store
        self.inbox, self.outcomes = RememberingInbox(), list[Outcome]()

    def _built(self) -> Fetching:
        settings = Settings(fetch=FetchSettings(callback_url="https://our.example"))
        return assemble(
            settings, http=self.http, inbox=self.inbox, client=self._store.client(), keys=Keys("main"),
            readers=READERS, clock=TestClock(), stop=ImpatientStop(), report=self.outcomes.append,
        )  # fmt: skip

    async def _fetch(self, url: str) -> str:
        await self._built().one_pass.run([url])
        return self.outcomes[-1].reason or self.outcomes[-1].fate

    async def _work(self, source: str, name: str, raw: bytes) -> str:
        """What the fetcher does with a row that is due."""
        self.inbox.stored[source] = {name: raw}
        [line] = [line for line in self._built().fetcher._lines if line.source == source]
        polled = await line.work(name, raw, 0.0)
        return polled.reason or polled.kind

    async def feed(self, place: str) -> str:
        return await self._fetch(f"{place}/feed.xml")

    async def page(self, place: str) -> str:
        """One of which robots.txt is not asked: it would be refused in its place."""
        self.inbox.stored[FEEDS] = {"feed": subscriptions.encode(Feed(about=Subscription(ignore_robots=True)))}
        entry = Envelope(key="1", source="feed", text="")
        return await self._work(PAGES, f"{place}/news/1", encode(Page(entry=entry, offered="teaser")))

    async def robots(self, place: str) -> str:
        return await self._fetch(f"{place}/news/1")

    async def discovery(self, place: str) -> str:
        try:
            await self._built().discovery.find(f"{place}/feed.xml")
        except Refused as refused:
            return refused.reason
        return "found"

    async def leaving(self, place: str) -> str:
        clock = TestClock()
        push = Push(id="id", hub=f"{place}/hub", topic="https://feed.example/", until=int(clock.at * 1000) + 1)
        return await self._work(LEAVING, "id", msgspec.msgpack.encode(Leaving(push)))

    async def redirect(self, place: str) -> str:
        self._leads("/feed.xml", 302, f"{place}/feed.xml")
        return await self._fetch("http://front.example/feed.xml")

    async def robots_that_redirects(self, place: str) -> str:
        self._leads("/robots.txt", 301, f"{place}/robots.txt")
        try:
            robots = Robots(self.http, "Storywire/1", lambda: 0.0, nobody_to_tell)
            allowed = await robots.allows("http://front.example/news/1")
        except Refused as refused:
            return refused.reason
        return "allowed" if allowed else "fetch-failed"

    async def hub(self, place: str) -> str:
        return await self._post(f"{place}/hub")

    async def hub_that_redirects(self, place: str) -> str:
        self._leads("/hub", 307, f"{place}/hub")
        return await self._post("http://front.example/hub")

    async def _post(self, url: str) -> str:
        try:
            return f"status {(await self.http.post(url, {'hub.mode': 'subscribe'})).status}"
        except Refused as refused:
            return refused.reason

    def _leads(self, path: str, status: int, place: str) -> None:
        self.front.routes[path] = (status, {"Location": place.encode().decode("latin-1")}, b"")


WAYS: dict[str, Callable[[Asking, str], Awaitable[str]]] = {
    "feed": Asking.feed,
    "page": Asking.page,
    "redirect": Asking.redirect,
    "robots.txt": Asking.robots,
    "robots.txt that redirects": Asking.robots_that_redirects,
    "discovery": Asking.discovery,
    "leaving a hub": Asking.leaving,
    "hub": Asking.hub,
    "hub that redirects": Asking.hub_that_redirects,
}
REDIRECTED = {"redirect", "robots.txt that redirects", "hub that redirects"}


def run(way: str, places: list[str], front: Web, store: Store, names: Resolve = resolve) -> dict[str, str]:
    """What became of each place."""

    async def asking() -> dict[str, str]:
        async with Http(FetchSettings(deadline_seconds=5), resolve=names) as http:
            asks = Asking(http, front, store)
            return {place: await WAYS[way](asks, place) for place in places}

    return asyncio.run(asking())


@pytest.mark.parametrize("way", WAYS)
def test_no_spelling_of_an_inner_address_is_dialled(way: str, inside: Inside, front: Web, store: Store) -> None:
    places = [f"http://{spelling}:{inside.port}" for spelling in SPELLINGS]
    became = run(way, places, front, store)
    assert set(became.values()) <= {"blocked-address", "fetch-failed", "robots-denied"}
    assert set(Wire.dialled) == ({PUBLIC} if way in REDIRECTED else set())
    assert inside.met() == 0


def test_there_are_enough_of_them() -> None:
    assert len(set(SPELLINGS)) >= 80


@pytest.mark.parametrize("way", WAYS)
def test_what_is_well_formed_fails_for_where_they_lead_and_not_for_how_they_look(
    way: str, inside: Inside, front: Web, store: Store
) -> None:
    well_formed = ("127.1", "2130706433", "[::ffff:7f00:1]", "localhost", "①②⑦.⓪.⓪.①")
    places = [f"http://{spelling}:{inside.port}" for spelling in well_formed]
    assert set(run(way, places, front, store).values()) == {"blocked-address"}


@pytest.mark.parametrize("second", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC], ["64:ff9b::a00:1"]])
@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_turns_inward_is_not_followed(
    way: str, second: list[str], inside: Inside, front: Web, store: Store
) -> None:
    """Public when it is asked first, and inside ever after, with a ttl of nothing."""
    front.routes["/hub"] = front.routes["/feed.xml"] = front.routes["/robots.txt"] = (200, {}, b"<rss/>")
    asked: list[str] = []

    async def turning(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if host == "front.example" or asked.count("turning.example") == 1 else second

    place = f"http://turning.example:{inside.port}"
    run(way, [place], front, store, turning)
    assert PUBLIC in Wire.dialled
    before = len(Wire.dialled)
    again = run(way, [place], front, store, turning)
    assert again == {place: "blocked-address"}
    assert asked.count("turning.example") >= 2
    assert len(Wire.dialled) == before + (way in REDIRECTED)
    assert inside.met() == 0


def test_a_redirect_to_the_same_name_is_judged_anew(inside: Inside, front: Web, store: Store) -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]

    async def turning(host: str, port: int) -> list[str]:
        return answers.pop(0)

    front.routes["/feed.xml"] = (302, {"Location": f"http://turning.example:{inside.port}/b"}, b"")
    place = f"http://turning.example:{inside.port}"
    assert run("feed", [place], front, store, turning) == {place: "blocked-address"}
    assert inside.met() == 0


def test_an_address_of_our_own_is_allowed_by_its_port_and_no_other(front: Web) -> None:
    front.routes["/"] = (200, {}, b"ok")
    settings = FetchSettings(allow_private=(f"127.0.0.1:{front.port}",), deadline_seconds=5)

    async def ask(url: str) -> int:
        async with Http(settings) as http:
            return (await http.get(url)).status

    assert asyncio.run(ask(front.url())) == 200
    for other in ("127.0.0.1", "127.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(Refused, match="blocked-address"):
            asyncio.run(ask(f"http://{other}:{front.port + (other == '127.0.0.1')}/"))


def test_through_a_proxy_every_name_is_judged_before_it_is_handed_over(front: Web) -> None:
    front.routes["http://front.example/feed"] = (302, {"Location": "http://inner.example/"}, b"")
    settings = FetchSettings(proxy=f"http://127.0.0.1:{front.port}", deadline_seconds=5)

    async def names(host: str, port: int) -> list[str]:
        return {"front.example": [PUBLIC], "127.0.0.1": ["127.0.0.1"]}.get(host, ["10.0.0.1"])

    async def ask(url: str) -> None:
        async with Http(settings, resolve=names) as http:
            await http.get(url)

    for url in ("http://front.example/feed", "http://inner.example/", "https://inner.example/", front.url("/own")):
        with pytest.raises(Refused, match="blocked-address"):
            asyncio.run(ask(url))
    assert front.paths() == ["http://front.example/feed"]
    assert Wire.dialled == ["127.0.0.1"]
