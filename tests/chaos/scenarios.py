"""The bad days: how many articles, on which server, and what happens to it; and from a seed, when."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "kill worker",
    "kill parent",
    "stop worker",
    "stop parent",
    "restart",
    "kill server",
    "kill guard",
    "cut file",
    "slow disk",
    "flush scripts",
    "fill memory",
]


@dataclass(frozen=True)
class Scenario:
    """`actions`: how often each thing happens. `progress`: the source keeps its place in the store, as ours do, and
    offers again what the store has lost; without, it offers again what was not answered."""

    about: str
    articles: int
    actions: Mapping[Kind, int]
    server: Literal["valkey-9.1", "redis-6.2"] = "valkey-9.1"
    fsync: Literal["always", "everysec"] = "always"
    parents: int = 1
    workers: int = 3  # of each parent
    progress: bool = False
    clock_off: int = 0  # seconds
    inbox: int = 1_000  # entries at which the source waits: always under load, and offering to the end


DAY: Mapping[Kind, int] = {
    "kill worker": 100,
    "kill parent": 4,
    "stop worker": 10,
    "stop parent": 2,
    "restart": 4,
    "kill server": 6,
    "kill guard": 2,
    "slow disk": 4,
    "flush scripts": 5,
    "fill memory": 3,
}

SCENARIOS: dict[str, Scenario] = {
    "day": Scenario("everything that can go wrong in a day", 40_000, DAY, clock_off=600),
    "long": Scenario(
        "ten such days", 400_000, {kind: 10 * times for kind, times in DAY.items()}, clock_off=600
    ),
    "servers": Scenario("kill -9 of Valkey, appendfsync always", 5_000, {"kill server": 20}, workers=2),
    "servers-redis": Scenario(
        "kill -9 of Redis 6.2, appendfsync always", 5_000, {"kill server": 20}, server="redis-6.2", workers=2
    ),
    "cut": Scenario(
        "kill -9 of Valkey, everysec, the end of its file cut off",
        5_000,
        {"cut file": 20},
        fsync="everysec",
        workers=2,
        progress=True,
    ),
    "cut-redis": Scenario(
        "kill -9 of Redis 6.2, everysec, the end of its file cut off",
        5_000,
        {"cut file": 20},
        server="redis-6.2",
        fsync="everysec",
        workers=2,
        progress=True,
    ),
    "rolling": Scenario(
        "two hosts restarted in turn with SIGTERM", 5_000, {"restart": 50}, parents=2, workers=1
    ),
    "smoke": Scenario(
        "some of it, for the tests", 150, {"kill worker": 1, "kill server": 1}, workers=2, clock_off=600, inbox=50
    ),
}


@dataclass(frozen=True, order=True)
class Action:
    """`at`: when so many articles are decided. `seconds`: how long it lasts. `amount`: bytes or ms, of the kind."""

    at: int
    kind: Kind
    seconds: float = field(default=0.0, compare=False)
    amount: int = field(default=0, compare=False)


LASTS: Mapping[Kind, tuple[float, float]] = {
    "stop worker": (5, 30),
    "stop parent": (5, 15),
    "slow disk": (5, 10),
    "fill memory": (4, 8),
}
AMOUNTS: Mapping[Kind, tuple[int, int]] = {
    "cut file": (100_000, 2_000_000),  # bytes
    "slow disk": (100, 800),  # ms for each fdatasync
    "fill memory": (50_000, 400_000),  # bytes left
}
BEGIN, END = 0.03, 0.95
"""Of the articles: the first actions meet workers that work, the last ones a source that still offers."""


def schedule(seed: int, scenario: Scenario) -> list[Action]:
    """By articles decided and not by seconds: the same on a slow machine."""
    chance = random.Random(seed)
    actions = []
    for kind, times in scenario.actions.items():
        for nth in range(times):
            # Spread over the run, at a random place of its share of it.
            part = BEGIN + (END - BEGIN) * (nth + chance.random()) / times
            seconds, amount = chance.uniform(*LASTS.get(kind, (0, 0))), chance.randint(*AMOUNTS.get(kind, (0, 0)))
            actions.append(Action(int(part * scenario.articles), kind, seconds, amount))
    return sorted(actions)
