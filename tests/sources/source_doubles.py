"""An inbox that remembers, readers that need no child process, and a stop that never sleeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from ingest.errors import Refused, Stale
from ingest.extraction.wire import read_wire
from ingest.model import Due, Envelope, Extracted
from ingest.sources.feedparsing import parse_feed
from ingest.sources.port import ProgressUpdate, Readers


class RememberingInbox:
    """Keeps the promise of `sources.port.Inbox`; `before` may raise what the real one raises."""

    def __init__(self) -> None:
        self.articles: list[Envelope] = []
        self.refused = 0
        self.stored: dict[str, dict[str, bytes]] = {}
        self.offers: list[int] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def offer(self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()) -> object:
        self.before()
        for update in progress:
            fields = self.stored.get(update.source, {})
            if any(fields.get(name) != value for name, value in update.believed.items()):
                raise Stale("another past")
        for update in progress:
            kept = {**self.stored.get(update.source, {}), **update.fields}
            self.stored[update.source] = {name: value for name, value in kept.items() if value is not None}
        self.articles += offers
        self.refused += refused
        self.offers.append(len(offers))
        self.after()
        return None

    def progress(self, source: str, fields: Sequence[str]) -> Mapping[str, bytes]:
        stored = self.stored.get(source, {})
        return {name: stored[name] for name in fields if name in stored}

    def kept(self, source: str) -> Mapping[str, bytes]:
        return dict(self.stored.get(source, {}))

    def scheduled(self, source: str, before: int | None = None) -> Mapping[str, int]:
        raise NotImplementedError("this inbox has no schedule; tests of the fetcher use a real one")

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        raise NotImplementedError("this inbox has no schedule; tests of the fetcher use a real one")

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        raise NotImplementedError("this inbox has no schedule; tests of the fetcher use a real one")

    @property
    def keys(self) -> list[str]:
        return [article.key for article in self.articles]


class TestClock:
    """Time as the test says; who waits moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.at = 1_718_700_000.0
        self.waited: list[float] = []

    def now(self) -> float:
        return self.at

    async def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.waited.append(round(seconds, 3))
            self.at += seconds

    def adjust(self) -> None:
        """Nothing to go by."""


class ImpatientStop:
    """Waits for nothing. Stops after so many waits, so that a test that waits for ever fails instead of hanging."""

    def __init__(self, waits: int = 1000) -> None:
        self.waits = waits
        self.stopped = False
        self.waited: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def is_set(self) -> bool:
        return self.stopped

    def wait(self, timeout: float) -> bool:
        self.waited.append(timeout)
        self.meanwhile()
        if len(self.waited) >= self.waits:
            self.stopped = True
        return self.stopped


def read_plain(text: str) -> Extracted:
    first, _, rest = text.strip().partition("\n")
    return Extracted(title=first if rest else None, text=rest.strip() or first)


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("bad-encoding", "file") from None


def read_page(data: bytes, url: str | None) -> Extracted:
    """Stands in for the jail, which tests/extraction tests: paragraphs without their tags."""
    text = data.decode().replace("<p>", "").replace("</p>", "\n")
    for tag in ("<html>", "</html>", "<body>", "</body>", "<div>", "</div>"):
        text = text.replace(tag, "")
    if not text.strip():
        raise Refused("no-text", url or "page")
    return Extracted(title="A page", text=text.strip(), url=url, site="Example News", language="en")


READERS = Readers(
    html=read_page,
    plain=read_plain,
    decode=decode,
    canonical=lambda url: url.split("?")[0],
    domain=lambda url: urlsplit(url).hostname,
    feed=parse_feed,
    wire=read_wire,
)
