"""What the sources ask of the rest: an inbox to fill, readers of text and pages, and a way to be stopped.

Stages do not import each other; `wiring` hands in what fits these shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from ingest.delivery import Delivery
from ingest.model import Due, Envelope, Extracted
from ingest.model import ProgressUpdate as ProgressUpdate

from .entries import Parsed


class Inbox(Protocol):
    """Where articles go. All calls may raise TransientError; then nobody knows whether they were applied."""

    def offer(self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()) -> object:
        """Accept all, count the refused, record the progress, or do nothing. Raises Stale, Pressure, TransientError."""

    def progress(self, source: str, fields: Sequence[str]) -> Mapping[str, bytes]:
        """The stored values of these fields; absent ones are left out."""


class Scheduled(Inbox, Protocol):
    """An inbox with a schedule of what is to be fetched when; fetchers share it."""

    def kept(self, source: str) -> Mapping[str, bytes]:
        """All that is stored of a source."""

    def scheduled(self, source: str, before: int | None = None) -> Mapping[str, int]:
        """When each name is due, ms, the soonest first; `before` leaves out those that are due then or later. What is
        being fetched is due again when its lease ends."""

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        """Up to `count` names that are due at `now`, due again at `until`; ms."""

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        """Move when these names are due; not of those on no schedule, nor of those due after `latest`, the end of the
        longest lease: what was settled meanwhile keeps its next turn. Times in ms; parts of
        one order those that are due together."""


class Stop(Protocol):
    """`threading.Event` is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool:
        """Sleep so many seconds, or until told to stop; True when told."""


class Readers(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes become text.

    html        a page in the killable child (`Jail.extract_html`); raises Refused
    plain       plain text: title and body told apart
    decode      bytes of a text file; raises Refused where no encoding fits
    canonical   the canonical form of a URL, None where it is none
    domain      the registered domain of a URL, which tells who publishes; None where there is none
    feed        a feed's entries (`feedparsing.parse_feed`, with `entries.hint_of`), in a killable child as well
    wire        an agency's delivery (`wire.KINDS`), in a killable child as well
    at_once     threads that may call them at a time, and gain by it
    """

    html: Callable[[bytes, str | None], Extracted]
    plain: Callable[[str], Extracted]
    decode: Callable[[bytes], str]
    canonical: Callable[[str], str | None]
    domain: Callable[[str], str | None]
    feed: Callable[[bytes, str | None], Parsed]
    wire: Callable[[bytes, str | None], Delivery]
    at_once: int = 1


Fate = Literal["accepted", "refused", "skipped", "unchanged", "waiting", "resumed", "warning"]
"""`skipped` is what a file holds besides articles by its nature: nothing is lost with it, and no run fails by it."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one article, file or URL; the sources yield one each, `accepted` only after the inbox has it.

    where    printable: `file`, `file:line` or URL
    key      the article's key, when accepted
    reason   when refused, a word of `model.REFUSALS`
    detail   plain words: why refused, what was skipped, what is waited for, what could not be done
    """

    where: str
    fate: Fate
    key: str | None = None
    reason: str | None = None
    detail: str = ""

    def __str__(self) -> str:
        said = ": ".join(part for part in (self.reason, self.detail) if part)
        return f"{self.fate} {self.where}" + (f" ({said})" if said else "")
