"""Days of pages' life in seconds: a store, a web whose answers change with the hours, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from local_web import Answer
from virtual_fetching import HOUR, KEYS, START, Bureau

from ingest.inbox import envelope
from ingest.model import Envelope
from ingest.sources import pages
from ingest.sources.fetcher import Tact
from ingest.sources.pages import PAGES, Page
from ingest.sources.port import Outcome
from ingest.sources.subscriptions import Subscription

MINUTE = 60.0


class Days(Bureau):
    def follow(self, *paths: str, about: Subscription | None = None) -> None:
        """Subscribe to what stands at these paths."""
        about = msgspec.structs.replace(about or Subscription(), added_at=1)
        self.subscribe(*(self.web.url(path) for path in paths), about=about)

    def run(self, seconds: float, fetchers: int = 1) -> list[Outcome]:
        look = 10.0 if seconds <= 4 * HOUR else 600.0
        self.tact = Tact(look=look, renewed=600.0, lease=1200.0)
        return super().run(seconds, fetchers)

    def show(self, path: str, *answers: tuple[float, Answer | Callable[[dict[str, str]], Answer]]) -> None:
        """What the web answers at a path from so many seconds after the beginning on."""

        def answer(headers: dict[str, str]) -> Answer:
            since = self.clock.now() - START
            self.asked.append((since, path))
            found = [route for from_, route in answers if from_ <= since]
            route = found[-1] if found else (404, {}, b"")
            return route(headers) if callable(route) else route

        self.web.routes[path] = answer

    @property
    def offered(self) -> list[Envelope]:
        entries: list[tuple[bytes, dict[bytes, bytes]]] = self.store.client().xrange(KEYS.inbox)  # type: ignore[assignment]  # of a client that does not wait
        return [envelope.decode(fields[b"e"]) for _, fields in entries]

    def page(self, path: str) -> Page:
        return self.row(self.web.url(path))

    def row(self, name: str) -> Page:
        """Of the page of this name."""
        return pages.decode(self.inbox.progress(PAGES, [name]).get(name))

    def said(self, fate: str) -> list[str]:
        return [str(outcome) for outcome in self.outcomes if outcome.fate == fate]


def rss(*entries: tuple[str, str], text: str = "In short.") -> Answer:
    """A feed of (path, title): each with a teaser."""
    items = "".join(
        f"<item><link>{path}</link><guid isPermaLink='false'>id {path}</guid><title>{title}</title>"
        f"<description>{text}</description><pubDate>Tue, 18 Jun 2024 09:0{n}:00 GMT</pubDate></item>"
        for n, (path, title) in enumerate(entries)
    )
    return 200, {}, f'<rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'.encode()


def page(text: str = "The ferry runs again from Monday, the operator said on Tuesday.", **headers: str) -> Answer:
    return 200, {"Content-Type": "text/html", **headers}, f"<html><body><p>{text}</p></body></html>".encode()
