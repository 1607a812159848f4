"""The inbox in one process: for short replays and quality runs, and the twin that every contract is tried on.

Plain dicts: one article costs microseconds. `MemoryLedger` is handed this object and settles entries through it.
Nothing outlives the process, and there is one thread.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from ingest.errors import Pressure, Stale
from ingest.inbox import envelope
from ingest.inbox.port import ALONE_FROM, Balance, Counters, Held, Look, Offered, ProgressUpdate
from ingest.model import Due, Envelope
from ingest.settings import InboxSettings


class MemoryInbox:
    """`Inbox` and `Reader` of one partition. `clock` is the partition's time in ms since 1970 UTC.

    head     the partition's head, kept here because the turn is read together with it
    letters  dead letters: (entry, payload, error), in order
    """

    def __init__(self, clock: Callable[[], int], settings: InboxSettings | None = None) -> None:
        self.clock = clock
        self.head = b""
        self.letters: list[tuple[str, bytes, str]] = []
        self._settings = settings or InboxSettings()
        self._stream: dict[str, bytes] = {}
        self._unread: deque[str] = deque()
        self._owners: dict[str, str] = {}
        self._deaths: Counter[str] = Counter()
        self._attempts: dict[str, tuple[int, str]] = {}
        self._raised: Counter[str] = Counter()
        self._counters: Counter[str] = Counter()
        self._progress: dict[str, dict[str, bytes]] = {}
        self._dues: dict[str, dict[str, float]] = {}
        self._alive: set[str] = set()
        self._left: set[str] = set()
        self._last = (0, 0)
        self._pokes = 0

    # -- sources

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> Offered:
        payloads = [envelope.encode(offered) for offered in offers]
        size = sum(map(len, payloads))
        for update in progress:
            stored = self._progress.get(update.source, {})
            if any(stored.get(name) != value for name, value in update.believed.items()):
                raise Stale(f"the progress of {update.source} is not what it was")
        if payloads and self._stream:
            self._check_limits(len(payloads), size)
        for update in progress:
            kept = {**self._progress.get(update.source, {}), **update.fields}
            self._progress[update.source] = {name: value for name, value in kept.items() if value is not None}
            due = {**self._dues.get(update.source, {}), **update.due}
            self._dues[update.source] = {name: when for name, when in due.items() if when is not None}
        entries = tuple(self._add(payload) for payload in payloads)
        self._counters.update(offered=len(payloads) + refused, refused=refused, accepted=len(payloads), bytes=size)
        return Offered(entries, size)

    def _check_limits(self, count: int, size: int) -> None:
        limit = self._settings
        if len(self._stream) + count > limit.max_entries or self._counters["bytes"] + size > limit.max_bytes:
            raise Pressure(f"{len(self._stream)} articles wait in the inbox, {self._counters['bytes']} bytes", 1.0)

    def _add(self, payload: bytes) -> str:
        # As XADD does it: never back, whatever the clock says.
        now = self.clock()
        self._last = (now, 0) if now > self._last[0] else (self._last[0], self._last[1] + 1)
        entry = f"{self._last[0]}-{self._last[1]}"
        self._stream[entry] = payload
        self._unread.append(entry)
        return entry

    def progress(self, source: str, fields: Sequence[str]) -> dict[str, bytes]:
        stored = self._progress.get(source, {})
        return {field: stored[field] for field in fields if field in stored}

    def kept(self, source: str) -> dict[str, bytes]:
        return dict(self._progress.get(source, {}))

    def scheduled(self, source: str, before: int | None = None) -> dict[str, int]:
        dues = self._dues.get(source, {})
        names = sorted(dues, key=lambda name: (dues[name], name))
        return {name: int(dues[name]) for name in names if before is None or dues[name] < before}

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        dues, stored = self._dues.get(source, {}), self._progress.get(source, {})
        names = sorted((name for name, when in dues.items() if when <= now), key=lambda name: (dues[name], name))
        for name in names[:count]:
            if name in stored:
                dues[name] = until
            else:
                del dues[name]
        taken = {name: stored[name] for name in names[:count] if name in stored}
        return Due(taken, int(min(dues.values())) if dues else None)

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        dues = self._dues.get(source, {})
        dues.update((name, at) for name, at in until.items() if name in dues and dues[name] <= latest)

    def balance(self) -> Balance:
        counters = Counters(**{name: self._counters[name] for name in Counters.__struct_fields__})
        return Balance(counters, len(self._stream), len(self._owners))

    # -- readers

    def enlist(self, consumer: str) -> None:
        self._alive.add(consumer)

    def beat(self, consumer: str) -> bool:
        return consumer in self._alive

    def leave(self, consumer: str) -> None:
        self._alive.discard(consumer)
        self._left.add(consumer)

    def fail(self, consumer: str) -> None:
        self._alive.discard(consumer)

    def look(self, count: int) -> Look:
        front = tuple(Held(e, owner, self._deaths[e]) for e, owner in islice(self._owners.items(), count))
        owner_ms = 1000 if front and front[0].owner in self._alive else -2
        return Look(self.head, str(self._pokes).encode(), len(self._stream), len(self._owners), owner_ms, front)

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        got = [self._unread.popleft() for _ in range(min(count, len(self._unread)))]
        self._owners.update((entry, consumer) for entry in got)
        return [(entry, self._stream[entry]) for entry in got]

    def fetch(self, entries: Sequence[str]) -> dict[str, bytes]:
        return {entry: self._stream[entry] for entry in entries if entry in self._stream}

    def claim(self, consumer: str, owner: str, count: int) -> int:
        if owner in self._alive:
            return 0
        mine = list(islice((entry for entry, holder in self._owners.items() if holder == owner), count))
        for entry in mine:
            self._owners[entry] = consumer
            self._deaths[entry] += owner not in self._left
        return len(mine)

    def wait(self, turn: bytes, ms: int) -> None:
        """One thread: nobody else could poke."""

    def attempt(self, entry: str, life: str) -> int:
        count, last = self._attempts.get(entry, (0, ""))
        count += life != last
        self._attempts[entry] = (count, life)
        return count

    def undo(self, entry: str, life: str) -> None:
        count, last = self._attempts.get(entry, (0, ""))
        if last == life:
            self._attempts[entry] = (count - 1, "")

    def raised(self, entry: str) -> int:
        self._raised[entry] += 1
        return self._raised[entry]

    def suspect(self, entry: str) -> None:
        self._deaths[entry] = max(ALONE_FROM, self._deaths[entry])

    # -- the ledger's side: what commit.lua does to the inbox

    def owns_front(self, consumer: str, entries: Sequence[str]) -> bool:
        """Whether these are the first of the pending list, all held by `consumer`."""
        return list(islice(self._owners.items(), len(entries))) == [(entry, consumer) for entry in entries]

    def settle(self, entries: Sequence[str], dead: Sequence[tuple[str, str]], counts: Mapping[str, int]) -> None:
        """Acknowledge and remove entries, keep the dead ones' payloads, move the counters, poke the turn."""
        self.letters.extend((entry, self._stream.get(entry, b""), error) for entry, error in dead)
        for entry in entries:
            self._counters["bytes"] -= len(self._stream.pop(entry, b""))
            del self._owners[entry]
            self._deaths.pop(entry, None)
            self._attempts.pop(entry, None)
            self._raised.pop(entry, None)
        self._counters.update(counts)
        self._pokes += 1
