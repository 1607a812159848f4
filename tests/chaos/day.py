"""One run of a scenario: the source offers, workers decide, things happen to them, and it all must come to rest."""

from __future__ import annotations

import random
import select
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from made_up import made_up
from producer import Producer
from scenarios import Action, Scenario, schedule
from verdict import Death, Told, Verdict, judge, read_accepted, recoveries, share
from victim import AWAY, Site, signalled

STUCK_SECONDS = 90.0  # longer than any stop, restart and slow disk of a scenario put together
LOOK_SECONDS = 0.05
RESTART_SECONDS, RECOVERY_SECONDS = 10.0, 10.0


@dataclass
class Outcome:
    """All that the page tells."""

    seed: int
    versions: str = ""
    done: Counter[str] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)
    clocks: bool = False  # some are wrong
    cut_short: bool = False  # by Ctrl-C
    deaths: list[Death] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    cut_bytes: list[int] = field(default_factory=list)
    accepted: int = 0
    different: int = 0
    unanswered: int = 0
    waited: int = 0
    offered_again: int = 0
    events: int = 0
    dead: int = 0
    verdict: Verdict | None = None
    recoveries: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    settled: float = 0.0
    slow: list[str] = field(default_factory=list)  # than it is meant to be on a machine of its own
    broken: list[str] = field(default_factory=list)


class Day:
    def __init__(self, scenario: Scenario, seed: int, folder: Path, say: Callable[[str], object]) -> None:
        self.scenario, self.say = scenario, say
        self.site = Site(folder, scenario)
        self.outcome = Outcome(seed)
        self._chance = random.Random(seed)
        self._actions = schedule(seed, scenario)
        self._later: list[tuple[float, Callable[[], object]]] = []
        self._stopped: set[int] = set()
        self._told, self._moved = 0, time.monotonic()
        self._enough = self._over = False

    def enough(self, *_: object) -> None:
        """Ctrl-C: no more bad luck and no more articles; what was accepted is still brought to its end, and judged."""
        self._enough = True

    def run(self) -> Outcome:
        out = self.outcome
        out.clocks = bool(self.site.trouble and self.scenario.clock_off)
        if self.scenario.clock_off and not out.clocks:
            self._skip("wrong clocks: no C compiler, or no LD_PRELOAD")
        try:
            installation = self.site.open()
            out.versions = self.site.versions
            articles = made_up(out.seed, self.scenario.articles)
            producer = Producer(
                installation, articles, self.site.accepted, seed=out.seed, progress=self.scenario.progress
            )
            producer.start()
            begun = time.monotonic()
            try:
                self._happen(producer)
                self._settle(producer)
            finally:
                producer.halt()
                producer.join()
            out.seconds = time.monotonic() - begun
            self._read(producer)
        finally:
            for pid in self._stopped:
                signalled(pid, signal.SIGCONT)
            self.site.close()
        return out

    def _happen(self, producer: Producer) -> None:
        while self._actions or self._later:
            self._look()
            if self._enough:
                producer.enough()
                self._actions.clear()
            while self._actions and self._told >= self._actions[0].at:
                action = self._actions[0]
                try:
                    self._do(action)
                except AWAY:  # the server went away under it: the same again when it is back
                    break
                self._actions.pop(0)
                self.say(f"{self._told:>7,} decided: {action.kind}")
            self._due()
            if self._gives_up(producer):
                return

    def _settle(self, producer: Producer) -> None:
        producer.close()
        while not producer.ended and not self._gives_up(producer):
            self._look()
            if self._enough:
                producer.enough()
        begun = time.monotonic()
        producer.join(STUCK_SECONDS)
        while not self._empty() and not self._gives_up(producer):
            self._look()
        self.outcome.settled = time.monotonic() - begun
        for nth in range(len(self.site.parents)):
            self._restart(nth)

    def _empty(self) -> bool:
        with suppress(*AWAY):
            return not self.site.waiting()
        return False

    def _look(self) -> None:
        select.select([], [], [], LOOK_SECONDS)
        self.site.tend()
        with suppress(*AWAY):
            told = self.site.told()
            if told != self._told:
                self._told, self._moved = told, time.monotonic()

    def _gives_up(self, producer: Producer) -> bool:
        if not self._over and time.monotonic() - self._moved > STUCK_SECONDS:
            self._over = True
            self.outcome.broken.append(f"stuck: no event for {STUCK_SECONDS:g} s, {self._told:,} told")
        if not self._over and producer.trouble:
            self._over = True
            self.outcome.broken.append(f"the source ended: {producer.trouble!r}")
        return self._over

    def _due(self) -> None:
        for item in [item for item in self._later if item[0] <= time.monotonic()]:
            with suppress(*AWAY):
                item[1]()
                self._later.remove(item)

    def _read(self, producer: Producer) -> None:
        out, site = self.outcome, self.site
        out.cut_short = self._enough
        told: list[Told] = list(site.events())
        accepted = read_accepted(site.accepted)
        out.verdict = judge((article for _, article in accepted), told)
        out.accepted, out.different = len(accepted), len({article for _, article in accepted})
        out.unanswered, out.waited, out.offered_again = producer.unanswered, producer.waited, producer.offered_again
        out.events, out.dead = len(told), site.dead()
        out.recoveries = recoveries(out.deaths, accepted, told)
        out.ends = site.ends_of_workers()
        balance = site.installation.balance()
        for name, found in out.verdict._asdict().items():
            if found:
                out.broken.append(f"{len(found):,} {name.replace('_', ' ')}, such as {', '.join(found[:5])}")
        if out.dead:
            out.broken.append(f"{out.dead:,} dead letters")
        if not balance.holds or balance.entries:
            out.broken.append(f"the books do not balance: {balance}")
        out.broken += [f"a parent left by itself: {each}" for each in site.left_by_themselves]
        late = [took for took in out.restarts if took > RESTART_SECONDS]
        if late:
            out.slow.append(f"{len(late)} parents took over {RESTART_SECONDS:g} s to leave, at worst {max(late):.1f} s")
        if share(out.recoveries, 0.99) > RECOVERY_SECONDS:
            out.slow.append(f"a dead worker's articles were decided later than {RECOVERY_SECONDS:g} s after (p99)")

    # -- what happens

    def _do(self, action: Action) -> None:
        site, parent = self.site, self._chance.randrange(len(self.site.parents))
        match action.kind:
            case "kill worker":
                death = site.kill_worker(self._chance)
                if death is None:
                    raise AWAY[0]("no worker to kill at the moment")
                self.outcome.deaths.append(death)
            case "kill parent":
                site.kill_parent(parent)
            case "stop worker":
                self._stop(self._chance.choice(site.workers(site.parents[parent]) or [0]), action.seconds)
            case "stop parent":
                self._stop(site.parents[parent].process.pid, action.seconds)
            case "restart":
                self._restart(self.outcome.done["restart"] % len(site.parents))
            case "kill server":
                site.kill_server()
            case "kill guard":
                site.kill_guard()
            case "cut file":
                self.outcome.cut_bytes.append(site.cut_file(action.amount))
            case "slow disk":
                if not site.trouble:
                    self._skip("slow disk: no C compiler, or no LD_PRELOAD")
                    return
                site.slow.write_text(str(action.amount))
                self._in(action.seconds, lambda: site.slow.unlink(missing_ok=True))
            case "flush scripts":
                site.client.script_flush()
            case "fill memory":
                site.fill_memory(action.amount)
                self._in(action.seconds, site.free_memory)
        self.outcome.done[action.kind] += 1

    def _restart(self, nth: int) -> None:
        took, code = self.site.restart(nth)
        self.outcome.restarts.append(took)
        if code:
            self.outcome.broken.append(f"a parent told to stop ended with exit code {code}")

    def _stop(self, pid: int, seconds: float) -> None:
        if pid and signalled(pid, signal.SIGSTOP):
            self._stopped.add(pid)

            def go_on() -> None:
                signalled(pid, signal.SIGCONT)
                self._stopped.discard(pid)

            self._in(seconds, go_on)

    def _in(self, seconds: float, then: Callable[[], object]) -> None:
        self._later.append((time.monotonic() + seconds, then))

    def _skip(self, why: str) -> None:
        if why not in self.outcome.skipped:
            self.outcome.skipped.append(why)
