"""The worker: reads ahead, waits for its turn, decides its own run at the front of the pending list, commits.

There is no lock. Three things are proved instead, here and again in the commit script: the entry is in the inbox, the
turn is one's own, the head has not moved. What a worker remembers is a cache; it may be killed, stopped or run twice
at any point of this file. docs/decisions/0020 to 0024 say why each step is where it is.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from itertools import takewhile
from typing import Any, Generic

import msgspec
import redis

from ingest.errors import Stale, StoreError, TransientError
from ingest.faults import Faults, no_faults
from ingest.inbox.hand import Hand, describe
from ingest.inbox.heartbeat import Heartbeat
from ingest.inbox.overtime import Clock, Overtime
from ingest.inbox.port import (
    ALONE_FROM,
    Handler,
    Held,
    Log,
    Look,
    Made,
    Prepared,
    Reader,
    Report,
    Turn,
    no_log,
)
from ingest.settings import InboxSettings

Stop = Callable[[], bool]
_WAITING = (TransientError, Stale, redis.RedisError)


class Pace(msgspec.Struct, frozen=True):
    """How long a worker waits, and how far it reaches."""

    block_ms: int = 500  # longest wait for an article or the turn: a stop is heard within it
    margin_ms: int = 5  # beyond the life of the owner's heartbeat, so that it has run out when one looks
    held_batches: int = 8  # nobody reads more while the group holds so many undecided: a kill costs at most these
    ahead: int = 8  # articles worked ahead on before one looks whose turn it is: some ms
    claim_batches: int = 2  # claimed at once; the rest of a dead worker's at the next look
    lone_s: float = 2.0  # without another's turn seen, after which a worker takes itself for the only one
    leave_s: float = 2.0  # for deciding what is prepared after a stop: the turn comes round within a second
    first_pause_s: float = 0.05  # after a redis error; doubled up to
    longest_pause_s: float = 2.0  # this, and drawn at random, so that workers do not come back in step
    same_refusals: int = 3  # refusals `decided` in a row before it counts as a failure of the handler


class Worker(Generic[Prepared, Made]):
    """One worker of a partition. `run` may be called again and again; each run has a consumer name of its own.

    name     makes consumer names; the process id in it lets a parent find the names of a dead child (`reader.bereave`)
    life     names this process among the attempts on an article
    exit     ends the process when it hangs
    """

    def __init__(
        self,
        reader: Reader,
        handler: Handler[Prepared, Made],
        settings: InboxSettings,
        *,
        name: Callable[[], str],
        life: str,
        pace: Pace | None = None,
        faults: Faults = no_faults,
        log: Log = no_log,
        heartbeat: Callable[..., Heartbeat] | None = Heartbeat,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Any] = time.sleep,
    ) -> None:
        self._reader, self._handler, self._settings = reader, handler, settings
        self._name, self._life = name, life
        self._pace = pace or Pace()
        self._faults, self._log, self._clock, self._pause = faults, log, clock, pause
        self._limit = Clock(settings.article_seconds)
        self._heart = (
            heartbeat(reader.beat, self._hung, hang_beats=settings.hang_beats, limit=self._limit) if heartbeat else None
        )
        self._hand: Hand[Prepared] = Hand(reader, handler.prepare, settings.attempts, self.touch, self._limit)
        self._consumer = ""
        self._begun: set[str] = set()
        self._refusals = 0
        self._others_seen = -math.inf  # when another was last seen at its turn
        self._failures = 0  # without a step that went well in between, over any number of runs
        self._report = Report()

    def run(self, stop: Stop, *, until_empty: bool = False) -> Report:
        """Work until told to stop, or until the inbox is empty. Raises StoreError where the store must not be used."""
        self._report = Report()
        self._limit.listen()
        try:
            while not stop():
                self.touch()
                try:
                    if not self._consumer or self._lost:
                        self._new_life()
                    if not self._step(stop, until_empty):
                        break
                    self._recovered()
                except _WAITING as error:
                    self._failures += 1
                    self._pause(self._shaken(error, self._failures))
            self._finish()
        finally:
            self._leave()
        return self._report

    def run_for(self, seconds: float, stop: Stop = lambda: False, *, until_empty: bool = True) -> Report:
        """As `run`, for at most so many seconds."""
        end = self._clock() + seconds
        return self.run(lambda: stop() or self._clock() >= end, until_empty=until_empty)

    # -- one step: whose turn is it?

    def _step(self, stop: Stop, until_empty: bool) -> bool:
        self._faults("before-turn")
        look = self._reader.look(self._settings.batch)
        if until_empty and not look.entries:
            return False
        if look.front and look.front[0].owner == self._consumer:
            self._take_turn(look, stop)
            return True
        if look.front:
            self._others_seen = self._clock()
        if look.front and look.owner_ms < 0:
            owner, most = look.front[0].owner, self._pace.claim_batches * self._settings.batch
            claimed = self._reader.claim(self._consumer, owner, most)
            self._report.claimed += claimed
            if claimed:
                self._log("inbox.claimed", {"owner": owner, "entries": claimed})
        elif self._may_read(look, until_empty):
            self._read(look, stop)
        elif not self._hand.work_ahead(self._handler.ahead, self._pace.ahead):
            self._reader.wait(look.turn, self._patience(look))
        return True

    def _may_read(self, look: Look, until_empty: bool) -> bool:
        # One batch ahead, not two (measured slower), and none while the group holds too much. What waits for the end of
        # the inbox, and finds all of it read, waits for the turn, which says sooner that it has come.
        if len(self._hand) or look.pending >= self._pace.held_batches * self._settings.batch:
            return False
        return not (until_empty and look.front and look.entries == look.pending)

    def _patience(self, look: Look) -> int:
        left = look.owner_ms if look.front else self._pace.block_ms
        return max(1, min(left + self._pace.margin_ms, self._pace.block_ms))

    def _read(self, look: Look, stop: Stop) -> None:
        got = self._reader.read(self._consumer, self._settings.batch, self._patience(look))
        self._report.idle += not got
        if got:
            self._faults("after-read")
            self._hand.take(got, stop)

    def _read_ahead(self, look: Look, run: int) -> None:
        # The next batch is prepared while the server is busy with this one: 8 % of a lone worker's time. Where
        # there are others the next batch is theirs: to hold two in a row would keep them waiting.
        alone = look.pending == run and self._clock() - self._others_seen > self._pace.lone_s
        if alone and look.pending < look.entries and len(self._hand) == run:
            self._hand.lay_by(self._reader.read(self._consumer, self._settings.batch, 0))
            self._faults("after-read")

    def prepare_one(self) -> bool:
        """Work for the time that a server needs: prepare an article of the next batch. False where there is none."""
        return self._hand.prepare_one()

    # -- the turn

    def _take_turn(self, look: Look, stop: Stop) -> None:
        run, alone = self._own_run(look)
        self._faults("after-turn")
        if alone and run[0] not in self._begun:
            self._begun.add(run[0])
            begun = self._reader.attempt(run[0], self._life)
            if begun > self._settings.attempts:
                self._hand.bury(run[0], f"its worker died {begun - 1} times while handling it alone")
        self._hand.current = run[0] if alone else None
        try:
            self._report.adopted += self._hand.adopt(run, stop)
            if not alone:
                self._read_ahead(look, len(run))
            self._settle(look.head, run)
        finally:
            self._hand.current = None

    def _own_run(self, look: Look) -> tuple[list[str], bool]:
        """What may be decided now, and whether it must be alone."""

        def trusted(held: Held) -> bool:
            return held.deaths < ALONE_FROM

        mine = list(takewhile(lambda held: held.owner == self._consumer, look.front))
        if not trusted(mine[0]):
            return [mine[0].entry], True
        return [held.entry for held in takewhile(trusted, mine)], False

    def _settle(self, head: bytes, run: list[str]) -> None:
        items = self._hand.items(run)
        if not items:
            return
        turn, alone = Turn(self._consumer, head, items), self._hand.current
        try:
            with self._limit.within():
                made = self._handler.decide(turn)
            self._hand.current = alone
            settled = self._handler.commit(made)
            self._refusals = self._refusals + 1 if settled.status == "decided" else 0
            if self._refusals >= self._pace.same_refusals:
                raise RuntimeError("the handler decides what is decided already")
        except Stale:  # the head moved while it gathered: nothing is lost but this look
            self._handler.forget()
            self._refused("stale", turn)
        except (*_WAITING, StoreError):
            raise
        except (Exception, Overtime) as error:  # of the handler, on what an article gave it
            self._failed(turn, error)
        else:
            if settled.status == "ok":
                self._settled(turn, settled.entries)
            else:
                self._refused(settled.status, turn)

    def _refused(self, status: str, turn: Turn[Prepared]) -> None:
        self._report.refused[status] = self._report.refused.get(status, 0) + 1
        self._log("turn.refused", {"status": status, "entries": len(turn.items)})
        if status == "turn":
            self._hand.forget()

    def _settled(self, turn: Turn[Prepared], entries: tuple[str, ...]) -> None:
        gone = set(entries)
        self._hand.settled(entries)
        self._begun -= gone
        self._report.batches += 1
        self._report.settled += len(gone)
        for entry, error in turn.dead:
            if entry in gone:
                self._report.dead += 1
                self._log("article.dead", {"entry": entry, "error": error})

    def _failed(self, turn: Turn[Prepared], error: BaseException) -> None:
        """The culprit is handled alone from here on, in whatever process, and dead after so many times. Where it is not
        known, each of them is tried alone."""
        culprit, self._hand.current = self._hand.current, None
        self._report.failures += 1
        self._refusals = 0
        self._handler.forget()
        self._log("turn.failed", {"entries": len(turn.items), "error": describe(error)})
        entries = [item.entry for item in turn.items]
        if len(entries) > 1:
            for entry in [culprit] if culprit in entries else entries:
                self._reader.suspect(entry)
        elif turn.dead:
            raise error  # even its burial fails: no article's fault, and going on would go round for ever
        elif self._reader.raised(entries[0]) >= self._settings.attempts:
            self._hand.bury(entries[0], describe(error))

    # -- coming and going

    @property
    def _lost(self) -> bool:
        return self._heart is not None and self._heart.lost

    def touch(self) -> None:
        """The main thread moves; a handler that takes long calls this between articles."""
        self._limit.wind()
        if self._heart:
            self._heart.touch()

    def deciding(self, entry: str) -> None:
        """A handler that decides a turn article by article says which one it begins."""
        self._hand.current = entry
        self.touch()

    def note_to(self, note: Callable[[str | None], None]) -> None:
        """Say from now on which article is in hand, None for none: a parent asks for it when this process is dead."""
        self._hand.note = note

    def _new_life(self) -> None:
        # Heartbeat before the first read, and everything forgotten: others may have claimed all that the old name held.
        self._forget()
        consumer = self._name()
        self._reader.enlist(consumer)
        self._consumer = consumer
        if self._heart:
            self._heart.start(consumer)

    def _forget(self) -> None:
        self._hand.forget()
        self._handler.forget()

    def _shaken(self, error: Exception, failures: int) -> float:
        """After a lost answer memory may be wrong, and the pending list is right. Seconds to pause."""
        self._forget()
        if failures & (failures - 1) == 0:  # 1, 2, 4, 8 ...: a server that is full or away for an hour is no news
            self._log("turn.waiting", {"error": describe(error), "failures": failures})
        most = min(self._pace.first_pause_s * 2.0 ** min(failures, 10), self._pace.longest_pause_s)
        return float(most * random.uniform(0.5, 1.0))

    def _recovered(self) -> None:
        if self._failures:
            self._log("turn.resumed", {"failures": self._failures})
        self._failures = 0

    def _finish(self) -> None:
        """Decide what is prepared, if its turn comes soon."""
        end = self._clock() + self._pace.leave_s
        try:
            while self._consumer and len(self._hand) and self._clock() < end:
                self.touch()
                look = self._reader.look(self._settings.batch)
                if not look.front or self._lost:
                    return
                if look.front[0].owner == self._consumer:
                    before = self._report.settled
                    run, alone = self._own_run(look)
                    if alone and not self._hand.buried(run[0]):  # who goes would count no attempt on it
                        return
                    self._settle(look.head, run)
                    if self._report.settled == before and not self._report.refused:
                        return
                elif look.owner_ms < 0:
                    return
                else:
                    self._reader.wait(look.turn, self._patience(look))
        except _WAITING as error:
            self._log("turn.waiting", {"error": describe(error), "failures": 0})

    def _leave(self) -> None:
        """What is read and not decided may be claimed at once, and no death is counted."""
        if self._heart:
            self._heart.stop()
        consumer, self._consumer = self._consumer, ""
        try:
            for entry in self._begun:
                self._reader.undo(entry, self._life)
            if consumer and not self._lost:
                self._reader.leave(consumer)
        except _WAITING as error:
            self._log("turn.waiting", {"error": describe(error), "failures": 0})
        self._begun.clear()
        self._forget()

    def _hung(self) -> None:
        """Last words of a process that hangs, in the heartbeat's thread."""
        entry = self._hand.current
        try:
            if entry is None:
                self._reader.fail(self._consumer)
                return
            # The culprit is known: the others it held must not be handled one by one on its account.
            self._reader.suspect(entry)
            self._reader.attempt(entry, self._life)
            self._reader.leave(self._consumer)
        except _WAITING:
            return  # the heartbeat will run out by itself
