"""Every interleaving of sources and workers that Hypothesis thinks of: one decision, one event, order kept, balance.

Workers here are steps, not loops: each may read, claim, look, gather, commit what it looked at long ago, die or leave
at any time. The commit alone must keep the promise.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ingest.inbox.port import Item, Turn
from ingest.ledger.port import Commit
from ingest.settings import InboxSettings
from places import MemoryPlace
from trivial import KeysOnly

WORKERS = ("a", "b", "c")


class Interleavings(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.place = MemoryPlace(InboxSettings())
        self.handler = KeysOnly(self.place.ledger, self.place.keys)
        self.names: dict[str, str] = {}  # inbox id -> key, as accepted
        self.order: list[str] = []  # keys in the order of their first acceptance
        self.made: dict[str, Commit] = {}  # what each worker decided and has not committed
        for name in WORKERS:
            self.place.reader.enlist(name)

    @rule(keys=st.lists(st.integers(0, 12), min_size=1, max_size=4), tick=st.integers(-5, 5))
    def offer(self, keys: list[int], tick: int) -> None:
        self.place.now += tick
        names = [f"k{key}" for key in keys]
        for entry, name in zip(self.place.offer(*names), names, strict=True):
            self.names[entry] = name
            if name not in self.order:
                self.order.append(name)

    @rule(who=st.sampled_from(WORKERS), count=st.integers(1, 3))
    def read(self, who: str, count: int) -> None:
        self.place.reader.read(who, count, 0)

    @rule(who=st.sampled_from(WORKERS), most=st.integers(1, 4))
    def decide(self, who: str, most: int) -> None:
        front = self.place.reader.look(most).front
        mine = [held.entry for held in front if held.owner == who]
        if mine:
            items = tuple(Item(entry, None, self.names[entry]) for entry in mine)
            self.made[who] = self.handler.decide(Turn(who, self.place.head(), items))

    @rule(who=st.sampled_from(WORKERS))
    def commit(self, who: str) -> None:
        # Kept afterwards: the same commit is sent again, as after a lost answer.
        if who in self.made:
            before, made = self.place.state(), self.made[who]
            if self.place.ledger.commit(made).status != "ok":
                assert self.place.state() == before

    @rule(who=st.sampled_from(WORKERS), heir=st.sampled_from(WORKERS), most=st.integers(1, 3), by_death=st.booleans())
    def inherit(self, who: str, heir: str, most: int, by_death: bool) -> None:
        if who != heir:
            (self.place.reader.fail if by_death else self.place.reader.leave)(who)
            self.place.reader.claim(heir, who, most)
            self.place.reader.enlist(who)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        balance = self.place.inbox.balance()
        assert balance.holds
        assert balance.pending <= balance.entries
        events = [event.decode() for event in self.place.events()]
        assert len(events) == len(set(events)) == balance.counters.decided
        assert events == self.order[: len(events)]


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=60, stateful_step_count=40)
