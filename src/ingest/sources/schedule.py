"""When a feed is asked next: learned from what its polls bring, bounded by what it asks for. Pure.

    what it brings a day     -> the interval, by the square root        most of it was new     -> half of the time
    it does not answer       -> later and later, up to 30 days, and never not at all
    it says when             -> not before (`ttl`, `sy:*`, `skipHours`, Cache-Control, Expires, Retry-After)
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from .wishes import Wishes


class Pace(msgspec.Struct, frozen=True):
    """Seconds, unless said otherwise."""

    first: float = 1_800.0  # before anything is known of a feed
    shortest: float = 600.0
    longest: float = 86_400.0
    longest_index: float = 3_600.0  # of an index of sitemaps, in which a new one stands for a day at most
    daily: float = 43_200.0  # of a feed with one new entry a day: three hours of an entry's waiting are worth a poll
    unknown: float = 4.0  # new entries a day, where the first poll does not tell: dates are missing
    turnover: float = 1 / 3  # of its entries at most may be new next time, at its rate: a morning brings twice the mean
    much: float = 0.5  # share of known entries below which it was nearly too late: half of the time from now on
    grow: float = 3.0  # at most so much longer than the last: what is known of a feed at first may be wrong
    more_days: float = 1.0  # of the running mean, where more comes than before: items are lost by learning that late,
    fewer_days: float = 4.0  # and where less comes: a weekend is no new habit
    jitter: float = 0.1  # of the interval: feeds added together must not be asked together for ever
    longest_backoff: float = 30 * 86_400.0
    outage_days: float = 3.0  # an outage that lasted less is nearly always mended, and the items of a day are lost by
    outage_share: float = 1 / 8  # coming back late: this share of it at most; of a longer one, as long as it lasted
    unheard: float = 300.0  # and up to twice that: where no server answers, it is ours to come back
    behind: float = 60.0  # one told to wait comes after its host's others, or always failing first it would stop them
    longest_floor: float = 86_400.0  # a feed that asks for more is asked daily all the same
    moved_after: float = 5 * 86_400.0  # a permanent redirect is believed when it stood so long,
    moved_times: int = 5  # and was met so often
    habit: int = 8  # arrivals of something new from which a feed has a habit
    quiet_gaps: float = 6.0  # gaps of its habit without anything new: it has gone quiet
    quiet_least: float = 2 * 86_400.0  # a weekend


PACE = Pace()

Kind = Literal["fresh", "same", "hard", "soft", "temporary", "gone"]
"""What a poll came to.

fresh       an answer, with entries new or known      same    not modified, or the same bytes
hard        no such page, no feed, a refused address  soft    no answer, or broken off
temporary   the server asks to come later (429, 503)  gone    410
"""
WEIGHTS: dict[Kind, float] = {"hard": 1.0, "soft": 0.5, "temporary": 0.25, "gone": 1.0}
"""What each failure adds to the exponent of the backoff."""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll brought.

    known, new   entries that were seen before, and others
    span         seconds that the entries reach back by their own dates, 0 where they do not say
    floor        seconds that the feed asks to leave between polls, 0 for nothing
    not_before   ms; the end of a Retry-After
    moved        where it was found, after permanent redirects alone; empty where it is still at its address
    reason       of a failure, a word of `model.REFUSALS`
    error        of a failure, in words
    size         bytes of the body, decoded
    wishes       what the feed itself asks for, where it was read: kept until it is read again
    elsewhere    a redirect led to another host: that one asks for time, and was told to everybody
    """

    kind: Kind
    known: int = 0
    new: int = 0
    span: float = 0.0
    floor: float = 0.0
    not_before: int = 0
    moved: str = ""
    reason: str = "fetch-failed"
    error: str = ""
    size: int = 0
    wishes: Wishes | None = None
    elsewhere: bool = False


class Rhythm(msgspec.Struct, frozen=True, array_like=True):
    """What is known of when to ask one feed. Times in ms since 1970, 0 for never.

    interval    seconds, learned
    next_at     the next poll
    polled_at   the last one; `answered_at` the last that was answered; `new_at` the last that brought something new
    gap         seconds between polls or deliveries with something new, a running mean; `arrivals` how many there were
    per_day     new entries a day, a running mean; at first, by their own dates
    hard, soft, temporary   failures in a row, by kind
    error       the last failure in words, empty after an answer
    moved, moved_at, moved_times   where it seems to have moved for good, since when, how often met
    quiet_at    when it was reported to have gone quiet
    wishes      what the feed asks for itself
    entries     how many stood in it the last time
    delivered   new entries that its hub brought since the last poll that was answered
    """

    interval: float = PACE.first
    next_at: int = 0
    polled_at: int = 0
    answered_at: int = 0
    new_at: int = 0
    gap: float = 0.0
    arrivals: int = 0
    per_day: float = 0.0
    hard: int = 0
    soft: int = 0
    temporary: int = 0
    error: str = ""
    moved: str = ""
    moved_at: int = 0
    moved_times: int = 0
    quiet_at: int = 0
    not_before: int = 0
    wishes: Wishes = Wishes()
    entries: int = 0
    delivered: int = 0

    @property
    def failures(self) -> int:
        return self.hard + self.soft + self.temporary


class Bounds(msgspec.Struct, frozen=True):
    """The shortest and longest interval of one feed, in seconds: the operator's, or those of `PACE`."""

    shortest: float = PACE.shortest
    longest: float = PACE.longest


BOUNDS = Bounds()


def after(rhythm: Rhythm, polled: Polled, now: int, chance: float, bounds: Bounds = BOUNDS) -> Rhythm:
    """The rhythm after a poll at `now` (ms). `chance` in 0..1 spreads the feeds."""
    known = _answered(rhythm, polled, now) if polled.kind in {"fresh", "same"} else _failed(rhythm, polled)
    interval = min(max(known.interval, bounds.shortest), bounds.longest)
    known = msgspec.structs.replace(known, interval=interval, wishes=polled.wishes or known.wishes)
    wait = interval * (1 + PACE.jitter * (2 * chance - 1))
    if known.failures:
        wait = _backed_off(known, wait, now)
    wait = max(wait, least(known.wishes, bounds, polled.floor))
    not_before = min(polled.not_before, now + round(PACE.longest_floor * 1000))
    behind = PACE.behind * 1000 if polled.kind == "temporary" else 0
    next_at = awake(known.wishes, max(now + round(wait * 1000), not_before + round(behind)), chance)
    return msgspec.structs.replace(known, next_at=next_at, polled_at=now, not_before=not_before)


def unheard(rhythm: Rhythm, now: int, chance: float) -> Rhythm:
    """The rhythm where no server at all answers: soon again, unless the feed has failed before; nothing is learned."""
    wait = PACE.unheard * (1 + chance)
    if rhythm.failures:
        wait = max(wait, _backed_off(rhythm, rhythm.interval, now))
    return msgspec.structs.replace(rhythm, next_at=now + round(wait * 1000))


def delivered(rhythm: Rhythm, new: int, now: int) -> Rhythm:
    """The rhythm after a hub brought so many new entries at `now` (ms). The next poll learns the rate of them."""
    return msgspec.structs.replace(_came(rhythm, now), delivered=rhythm.delivered + new) if new else rhythm


def least(wishes: Wishes, bounds: Bounds, asked: float = 0.0) -> float:
    """Seconds between two polls at least: the operator's, and what the feed asks for, `asked` with its last answer."""
    return max(bounds.shortest, min(max(asked, wishes.floor), PACE.longest_floor))


def by_itself(rhythm: Rhythm, now: int, chance: float, bounds: Bounds = BOUNDS) -> Rhythm:
    """The rhythm of a feed that a hub delivers no more: next polled as it would have been without."""
    if rhythm.failures:
        return rhythm
    wait = max(rhythm.interval, least(rhythm.wishes, bounds))
    own = awake(rhythm.wishes, max(now, rhythm.polled_at + round(wait * 1000)), chance)
    return msgspec.structs.replace(rhythm, next_at=min(rhythm.next_at, own))


def awake(wishes: Wishes, at: int, chance: float) -> int:
    """`at` (ms), or a moment soon after the hours and days that the feed asks to skip."""
    moved = at
    for _ in range(24 * 7):
        hour = moved // _HOUR
        # The first of January 1970 was a Thursday.
        if hour % 24 not in wishes.skip_hours and (hour // 24 + 3) % 7 not in wishes.skip_days:
            break
        moved = (hour + 1) * _HOUR
    else:
        return at
    # Spread: every feed of a publisher wakes at the same hour.
    return moved if moved == at else moved + round(chance * _HOUR / 4)


def in_line(until: int, first_due: int) -> float:
    """When one that was to be asked at `first_due` is due, where all of its host wait for `until`; ms.

    All of them within 31 ms, so that one look finds them, and the longer one has waited the earlier. Where they were
    due has to show in when they are due now, as that is all that is kept of a turn, and it is rewritten at each
    pause. The logarithm, as the bits behind the point (12 at this size) tell a wait then from one that is 0.02 %
    longer, be it minutes or weeks.
    """
    return until + 31.0 - math.log2(1.0 + max(0, until - first_due) / 1000)


_HOUR = 3_600_000


def _backed_off(known: Rhythm, wait: float, now: int) -> float:
    """Seconds, of a failing feed whose `wait` would be so long."""
    stretched: float = wait * 2.0 ** min(backoff(known), 40.0)
    return min(stretched, _patience(known, now), PACE.longest_backoff)


def _patience(known: Rhythm, now: int) -> float:
    """The longest wait of a failing feed, in seconds, by how long it has not answered; one that never did has none."""
    if not known.answered_at:
        return math.inf
    outage = (now - known.answered_at) / 1000
    return max(known.interval, outage * (PACE.outage_share if outage < PACE.outage_days * 86_400 else 1.0))


def backoff(rhythm: Rhythm) -> float:
    """The exponent of 2 by which the interval is stretched."""
    return rhythm.hard * WEIGHTS["hard"] + rhythm.soft * WEIGHTS["soft"] + rhythm.temporary * WEIGHTS["temporary"]


def believed(rhythm: Rhythm, now: int) -> bool:
    """Whether the feed has moved for good: the redirect stood for days."""
    stood = now - rhythm.moved_at >= PACE.moved_after * 1000
    return bool(rhythm.moved) and stood and rhythm.moved_times >= PACE.moved_times


def quiet(rhythm: Rhythm, now: int) -> bool:
    """Whether nothing new came for much longer than is its habit."""
    if rhythm.arrivals < PACE.habit or not rhythm.new_at:
        return False
    return now - rhythm.new_at > 1000 * max(PACE.quiet_gaps * rhythm.gap, PACE.quiet_least)


def _answered(rhythm: Rhythm, polled: Polled, now: int) -> Rhythm:
    met = rhythm.moved_times + 1 if polled.moved and polled.moved == rhythm.moved else int(bool(polled.moved))
    known = msgspec.structs.replace(
        rhythm,
        answered_at=now,
        hard=0,
        soft=0,
        temporary=0,
        error="",
        moved=polled.moved,
        moved_at=rhythm.moved_at if met > 1 else now if met else 0,
        moved_times=met,
    )
    if polled.kind == "fresh":
        known = msgspec.structs.replace(known, entries=polled.known + polled.new)
    known = _arrived(known, rhythm, polled, now)
    return msgspec.structs.replace(known, interval=_interval(known, rhythm, polled, now))


def _interval(known: Rhythm, before: Rhythm, polled: Polled, now: int) -> float:
    """Seconds. Polls cost the same each, and an entry waits half an interval: what both cost together is least where
    the interval goes with the inverse square root of the rate."""
    rate = max(known.per_day, 1e-3)
    interval = PACE.daily / math.sqrt(rate)
    if known.entries:
        interval = min(interval, PACE.turnover * known.entries / rate * 86_400)
    interval = min(interval, PACE.grow * before.interval)
    passed = (now - before.answered_at) / 1000
    if before.answered_at and polled.kind == "fresh" and polled.known < PACE.much * known.entries:
        interval = min(interval, passed / 2)  # at none known, entries may have come and gone unseen
    return interval


def _arrived(known: Rhythm, before: Rhythm, polled: Polled, now: int) -> Rhythm:
    """The feed's habit: how often something new comes, and how much a day."""
    new = polled.new + before.delivered  # of these a poll finds none new, though the feed has not become slower
    if not before.answered_at:  # the first poll finds everything new
        per_day = new / max(polled.span / 86_400, 1 / 24) if polled.span > 0 else PACE.unknown
        return msgspec.structs.replace(known, per_day=per_day, new_at=now if new else 0, delivered=0)
    days = max((now - before.answered_at) / 86_400_000, 1e-6)
    memory = PACE.more_days if new / days > before.per_day else PACE.fewer_days
    per_day = before.per_day + (1 - math.exp(-days / memory)) * (new / days - before.per_day)
    known = msgspec.structs.replace(known, per_day=per_day, delivered=0)
    return _came(known, now) if polled.new else known


def _came(rhythm: Rhythm, now: int) -> Rhythm:
    """The habit after something new at `now` (ms)."""
    since = (now - rhythm.new_at) / 1000 if rhythm.new_at else 0.0
    arrivals = rhythm.arrivals + 1
    gap = rhythm.gap + (since - rhythm.gap) / min(arrivals, PACE.habit)
    return msgspec.structs.replace(rhythm, gap=gap, arrivals=arrivals, new_at=now, quiet_at=0)


def _failed(rhythm: Rhythm, polled: Polled) -> Rhythm:
    counted = msgspec.structs.replace(rhythm, error=polled.error)
    if polled.kind == "soft":
        return msgspec.structs.replace(counted, soft=rhythm.soft + 1)
    if polled.kind == "temporary":
        return msgspec.structs.replace(counted, temporary=rhythm.temporary + 1)
    return msgspec.structs.replace(counted, hard=rhythm.hard + 1)
