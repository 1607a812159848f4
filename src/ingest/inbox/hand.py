"""What a worker has in hand: articles that it has read and prepared, by inbox id.

Only a cache. The pending list says what is held; what is missing here is fetched and prepared again, and all of it is
forgotten when an answer was lost or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

import msgspec

from ingest.errors import Stale, TransientError
from ingest.inbox import envelope
from ingest.inbox.overtime import Clock, Overtime
from ingest.inbox.port import Item, Prepared, Reader
from ingest.model import Accepted

_ERROR_CHARS = 500  # enough for a message; a parser's error may quote the whole article


class _Broken(msgspec.Struct, frozen=True):
    payload: bytes
    error: str


class Hand(Generic[Prepared]):
    """Articles in hand. `prepare` is pure; an exception of it counts against its article, `attempts` of them kill it.

    touch    called before each article: the worker moves
    clock    the time that one article may take
    note     told `current` as it changes, for who must know it when this process is dead
    """

    def __init__(
        self,
        reader: Reader,
        prepare: Callable[[Accepted], Prepared],
        attempts: int,
        touch: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._reader, self._prepare, self._attempts, self._touch = reader, prepare, attempts, touch
        self._clock = clock
        self._held: dict[str, Item[Prepared] | _Broken] = {}
        self._raw: dict[str, bytes] = {}  # read, not prepared yet
        self._ahead: set[str] = set()
        self._current: str | None = None
        self.note: Callable[[str | None], None] = lambda entry: None

    @property
    def current(self) -> str | None:
        """The entry being prepared or handled alone, None between."""
        return self._current

    @current.setter
    def current(self, entry: str | None) -> None:
        self._current = entry
        self.note(entry)

    def __len__(self) -> int:
        return len(self._held) + len(self._raw)

    def __contains__(self, entry: str) -> bool:
        return entry in self._held

    def forget(self) -> None:
        self._held.clear()
        self._raw.clear()
        self._ahead.clear()
        self.current = None

    def settled(self, entries: Sequence[str]) -> None:
        for entry in entries:
            self._held.pop(entry, None)
        self._ahead.difference_update(entries)

    def bury(self, entry: str, error: str) -> None:
        """It will be a dead letter."""
        self._held[entry] = Item(entry, error=error)

    def buried(self, entry: str) -> bool:
        held = self._held.get(entry)
        return isinstance(held, Item) and held.error is not None

    def lay_by(self, entries: Sequence[tuple[str, bytes]]) -> None:
        """Keep what was read for when there is time to prepare it: `prepare_one`, or its turn."""
        self._raw.update(entries)

    def prepare_one(self) -> bool:
        """Prepare one article that was laid by. False where there is none."""
        entry = next(iter(self._raw), None)
        if entry is None:
            return False
        self._held[entry] = self._try(entry, self._raw.pop(entry))
        return True

    def take(self, entries: Sequence[tuple[str, bytes]], stop: Callable[[], bool]) -> None:
        """Prepare what was read; the rest is left for others when told to stop."""
        for entry, payload in entries:
            if stop():
                return
            self._held[entry] = self._try(entry, payload)

    def work_ahead(self, ahead: Callable[[Prepared], None], count: int) -> int:
        """`ahead` for the first so many that still lack it. How many there were; 0: nothing is left to do."""
        waiting = [entry for entry in self._held if entry not in self._ahead][:count]
        for entry in waiting:
            self._touch()
            self._ahead.add(entry)
            held = self._held[entry]
            if isinstance(held, Item) and held.prepared is not None:
                before, self.current = self.current, entry
                try:
                    with self._clock.within():
                        ahead(held.prepared)
                except (Exception, Overtime):  # it will come again in the article's turn, and counts there
                    pass
                finally:
                    self.current = before
        return len(waiting)

    def adopt(self, entries: Sequence[str], stop: Callable[[], bool]) -> int:
        """Fetch and prepare those not in hand: claimed ones, and those whose reading was answered to nobody."""
        own = [(entry, self._raw.pop(entry)) for entry in entries if entry in self._raw]
        self.take(own, stop)
        missing = [entry for entry in entries if entry not in self._held]
        if missing:
            payloads = self._reader.fetch(missing)
            for entry in missing:
                if entry not in payloads:  # pending but deleted from the stream: only a commit moves the turn on
                    self.bury(entry, "it vanished from the inbox")
            self.take([(entry, payloads[entry]) for entry in missing if entry in payloads], stop)
        return len(missing)

    def items(self, entries: Sequence[str]) -> tuple[Item[Prepared], ...]:
        """The longest prefix of these that is in hand; the broken ones are tried again until they come or die."""
        found: list[Item[Prepared]] = []
        for entry in entries:
            held = self._held.get(entry)
            if held is None:
                break
            while isinstance(held, _Broken):
                if self._reader.raised(entry) >= self._attempts:
                    held = Item(entry, error=held.error)
                else:
                    held = self._try(entry, held.payload)
            self._held[entry] = held
            found.append(held)
        return tuple(found)

    def _try(self, entry: str, payload: bytes) -> Item[Prepared] | _Broken:
        self._touch()
        before, self.current = self.current, entry
        try:
            with self._clock.within():
                accepted = Accepted(entry, int(entry.split("-")[0]), envelope.decode(payload))
                return Item(entry, accepted, self._prepare(accepted))
        except (TransientError, Stale):
            raise
        except (Exception, Overtime) as error:  # whatever an article makes a parser do counts against it alone
            return _Broken(payload, describe(error))
        finally:
            self.current = before


def describe(error: BaseException) -> str:
    """Class and message of an error on one line, without what could steer a terminal, at most 500 characters."""
    text = f"{type(error).__name__}: {error}"[: 2 * _ERROR_CHARS]
    clean = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(clean.split())[:_ERROR_CHARS]
