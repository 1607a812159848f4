"""What the farm's feeds do in a fortnight: every item, every validator, every trouble, drawn from a seed. Pure.

Times are seconds from the beginning of the run. An item of before it has a negative one.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from typing import Literal, TypeVar

import msgspec

HOUR, DAY = 3_600.0, 86_400.0
Choice = TypeVar("Choice")

Kind = Literal["quiet", "daily", "busy", "bursty"]
Form = Literal["rss", "atom", "rdf", "json"]
Tags = Literal["both", "modified", "none", "fickle", "stuck"]
"""Validators: proper ones; Last-Modified alone; none; a new tag each time for the same bytes; the same tag for new
bytes, and 304 to whoever sends it."""
Quirk = Literal["", "drip", "charset", "broken", "gzip", "temporary", "guid", "title"]
"""Of every answer: in small chunks; a charset that it is not; XML with mistakes; zipped without saying so; behind a
302; guids that change every few days; titles that are edited after an hour."""
Fault = Literal["429", "503", "404", "410", "page", "close", "301", "flap"]
"""For a time: too many requests, unavailable, not found, gone, an error page with status 200, a connection that ends
early; moved for good; moved for good and back after hours."""

SHARES: dict[Kind, int] = {"quiet": 60, "daily": 31, "busy": 3, "bursty": 6}
FORMS: dict[Form, int] = {"rss": 60, "atom": 25, "rdf": 5, "json": 10}
TAGS: dict[Tags, int] = {"both": 60, "modified": 12, "none": 18, "fickle": 6, "stuck": 4}
QUIRKS: dict[Quirk, int] = {
    "": 76, "drip": 1, "charset": 4, "broken": 4, "gzip": 4, "temporary": 4, "guid": 3, "title": 4,
}  # fmt: skip
FAULTS: dict[Fault | None, int] = {
    None: 64, "429": 6, "503": 6, "404": 5, "410": 2, "page": 5, "close": 4, "301": 5, "flap": 3,
}  # fmt: skip
LASTS: dict[Fault, tuple[float, float]] = {
    "429": (HOUR, 8 * HOUR), "503": (HOUR, 8 * HOUR), "404": (DAY, DAY), "page": (HOUR, 6 * HOUR),
    "close": (HOUR, 4 * HOUR), "flap": (HOUR, 8 * HOUR), "410": (1e9, 1e9), "301": (1e9, 1e9),
}  # fmt: skip
FAILS: frozenset[Fault] = frozenset({"429", "503", "404", "410", "page", "close"})
EDITED_AFTER = HOUR
GUIDS_CHANGE, GUIDS_FIRST = 4 * DAY, 2 * DAY
SMALL = 100
"""Feeds of a farm below which what is rare would not be drawn: such a farm has one of each oddity by construction."""


class Odd(msgspec.Struct, frozen=True):
    """What is given of a feed, and not drawn: one thing at a time, so that none hides another."""

    kind: Kind = "daily"
    form: Form = "rss"
    tags: Tags = "both"
    quirk: Quirk = ""
    fault: Fault | None = None


EACH: tuple[Odd, ...] = (
    *(Odd(kind=kind) for kind in SHARES),
    *(Odd(form=form) for form in FORMS),
    *(Odd(tags=tags) for tags in TAGS),
    *(Odd(quirk=quirk) for quirk in QUIRKS),
    *(Odd(fault=fault, kind="busy") for fault in FAULTS),  # asked often enough that no trouble is slept through
)


class Trouble(msgspec.Struct, frozen=True):
    """`retry`: how a 429 or 503 says when it is over: seconds, a date, or not at all."""

    what: Fault
    begins: float
    ends: float
    retry: Literal["", "seconds", "date"] = ""
    hops: int = 1


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """`times` of its items, ascending; an item's number is its place there. `window` items stand in it. `borrows` are
    times at which an item of another feed, (feed, number), stands in it as well."""

    number: int
    host: str
    kind: Kind
    form: Form
    tags: Tags
    quirk: Quirk
    window: int
    times: tuple[float, ...]
    origins: tuple[tuple[int, int], ...]
    troubles: tuple[Trouble, ...] = ()

    @property
    def path(self) -> str:
        return f"/feed/{self.number}"

    def trouble(self, at: float) -> Trouble | None:
        return next((one for one in self.troubles if one.begins <= at < one.ends), None)

    def fails(self, at: float) -> bool:
        """Whether nobody can read it now, however he asks."""
        now = self.trouble(at)
        return now is not None and now.what in FAILS

    def last(self, at: float) -> int:
        """How many items it has had by then; the newest `window` of them stand in it."""
        return bisect_right(self.times, at)

    def leaves(self, item: int) -> float:
        """When it stands there no more."""
        return self.times[item + self.window] if item + self.window < len(self.times) else float("inf")

    def edition(self, item: int, at: float) -> int:
        """1, or 2 once its title was edited. Every third item of such a feed is."""
        return 2 if self.quirk == "title" and item % 3 == 0 and at >= self.times[item] + EDITED_AFTER else 1


def planned(feeds: int, days: float, seed: int = 1, *, calm: bool = False) -> list[Feed]:
    """Feeds on a third as many hosts; most hosts have one or two, some have dozens. `calm`: without troubles, and
    without tags that never change, which are found out by a rate of days."""
    each = EACH if feeds < SMALL and not calm else ()
    chance = random.Random(seed)
    hosts = max(1, round(feeds * 0.3))
    found: list[Feed] = []
    for number in range(feeds):
        odd = each[number] if number < len(each) else None
        kind = odd.kind if odd else _one(chance, SHARES)
        host = int(hosts * chance.random() ** 1.5)
        times = sorted(_times(chance, kind, days))
        own = tuple((number, item) for item in range(len(times)))
        quirk = odd.quirk if odd else _one(chance, QUIRKS)
        feed = Feed(
            number=number,
            host=f"h{host}.farm.example",
            kind=kind,
            form=odd.form if odd else "rss" if quirk == "broken" else _one(chance, FORMS),
            tags=odd.tags if odd else "both" if calm else _one(chance, TAGS),
            quirk=quirk,
            window=_window(chance, kind),
            times=tuple(times),
            origins=own,
            troubles=() if calm else _troubles(chance, days, odd.fault if odd else _one(chance, FAULTS)),
        )
        found.append(_sharing(chance, feed, found) if chance.random() < 0.05 and found and not odd else feed)
    return found


def _one(chance: random.Random, shares: dict[Choice, int]) -> Choice:
    return chance.choices(list(shares), list(shares.values()))[0]


def _window(chance: random.Random, kind: Kind) -> int:
    least, most = {"quiet": (5, 15), "daily": (10, 20), "busy": (20, 40), "bursty": (20, 30)}[kind]
    return chance.randint(least, most)


def _times(chance: random.Random, kind: Kind, days: float) -> list[float]:
    """When the items come. The fortnight before is played as well, so that there is something at the first poll."""
    first, over = -14 * DAY, days * DAY
    if kind == "bursty":
        begun = _steps(chance, first, over, 2 * DAY, DAY)
        return [at for begins in begun for at in _burst(chance, begins) if at < over]
    a_day = {"quiet": chance.uniform(0.03, 0.3), "daily": chance.uniform(1, 4), "busy": chance.uniform(30, 90)}[kind]
    # By thinning: at night a tenth as much, at the weekend half.
    return [at for at in _steps(chance, first, over, DAY / a_day / 1.6) if chance.random() < _awake(at)]


def _awake(at: float) -> float:
    hour, weekday = at % DAY / HOUR, int(at // DAY) % 7
    return (1.0 if 7 <= hour < 21 else 0.1) * (0.5 if weekday >= 5 else 1.0)


def _steps(chance: random.Random, first: float, over: float, mean: float, least: float = 0.0) -> list[float]:
    found, at = [], first + chance.expovariate(1 / mean)
    while at < over:
        found.append(round(at, 1))
        at += least + chance.expovariate(1 / mean)
    return found


def _burst(chance: random.Random, begins: float) -> list[float]:
    return [begins + chance.uniform(0, 3 * HOUR) for _ in range(chance.randint(5, 15))]


def _troubles(chance: random.Random, days: float, what: Fault | None) -> tuple[Trouble, ...]:
    found: list[Trouble] = []
    if what is not None:
        least, most = LASTS[what]
        for _ in range(1 if what in {"404", "410", "301"} else chance.randint(1, 3)):
            begins = chance.uniform(0.1, 0.9) * days * DAY
            ends = begins + chance.uniform(least, most)
            if not any(one.begins < ends and begins < one.ends for one in found):
                found.append(Trouble(what, begins, ends, chance.choice(["", "seconds", "date"]), chance.randint(1, 3)))
    return tuple(found)


def _sharing(chance: random.Random, feed: Feed, others: list[Feed]) -> Feed:
    """The same with a third of another's items, as they come there: same guid, same address. Whose items are the more
    gives it its kind, and room for them."""
    other = chance.choice(others[-50:])
    borrowed = [pair for pair in zip(other.times, other.origins, strict=True) if chance.random() < 0.33]
    mixed = sorted([*zip(feed.times, feed.origins, strict=True), *borrowed])
    return msgspec.structs.replace(
        feed,
        kind=other.kind if len(borrowed) > len(feed.times) else feed.kind,
        window=max(feed.window, other.window),
        times=tuple(at for at, _ in mixed),
        origins=tuple(origin for _, origin in mixed),
    )
