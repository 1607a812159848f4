"""What a run of the farm came to: what is owed and was not delivered, what came twice, who was asked too much. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

import msgspec
from fortnight import Run
from ideal import LONGEST, ideal_polls, readable
from plan import DAY, Feed, Kind
from render import token

OWED_STANDING = 2 * LONGEST
"""Seconds for which an item that still stands in its feed could be read, from which on it is missed all the same."""


class Group(msgspec.Struct):
    """Of the feeds of one kind. `ratios`: polls for each that an ideal reader makes; `delays` from an item's coming
    until it was accepted, of those that could be read at once."""

    feeds: int = 0
    polls: int = 0
    ideal: int = 0
    ratios: list[float] = []
    delays: list[float] = []
    items: int = 0


class Verdict(msgspec.Struct):
    """`missed` and `twice` are (feed, token)."""

    groups: dict[Kind, Group]
    missed: list[tuple[int, str]]
    twice: list[tuple[int, str]]
    never: list[int]
    crowded: int
    hurried: int
    impatient: int

    @property
    def sound(self) -> bool:
        return not (self.missed or self.twice or self.never or self.crowded or self.hurried or self.impatient)


def verdict(run: Run) -> Verdict:
    found = Verdict(
        groups={},
        missed=[],
        twice=[pair for pair, times in run.seen.items() if len(times) > 1],
        never=[feed.number for feed in run.feeds if not run.book.polls.get(feed.number)],
        crowded=sum(run.book.crowded.values()),
        hurried=sum(run.book.hurried.values()),
        impatient=sum(run.book.impatient.values()),
    )
    for feed in run.feeds:
        group = found.groups.setdefault(feed.kind, Group())
        polls, ideal = len(run.book.polls.get(feed.number, ())), len(ideal_polls(feed, run.days))
        group.feeds += 1
        group.polls += polls
        group.ideal += ideal
        group.ratios.append(polls / ideal)
        found.missed += _missed(run, feed, group)
    return found


def _missed(run: Run, feed: Feed, group: Group) -> list[tuple[int, str]]:
    """Items that were gone before anybody read them, or that stand there since long. What an outage left no more than
    the longest interval for is not owed: nobody knows of an outage beforehand."""
    missed = []
    over = run.days * DAY
    polls = run.book.polls.get(feed.number)
    first = polls[0][0] if polls else 0.0
    for item in range(len(feed.times)):
        # What left before the first poll, which waits for its turn at the host, nobody was asked to read.
        if feed.times[item] >= over or feed.leaves(item) <= first:
            continue
        pair = feed.number, token(feed, item, 1)
        times = run.seen.get(pair) or run.seen.get((feed.number, token(feed, item, 2)))
        group.items += 1
        if times:
            if feed.times[item] > 0 and not feed.fails(feed.times[item]):
                group.delays.append(min(times) - feed.times[item])
            continue
        stood = readable(feed, item, run.days)
        left = feed.leaves(item) < over
        whole = stood >= feed.leaves(item) - max(feed.times[item], 0.0) - 1
        if (left and (whole or stood > LONGEST)) or stood > OWED_STANDING:
            missed.append(pair)
    return missed


def page(run: Run, found: Verdict) -> str:
    polls = sum(group.polls for group in found.groups.values())
    hosts = len({feed.host for feed in run.feeds})
    lines = [
        f"{len(run.feeds)} feeds on {hosts} hosts, {run.days:g} days: {polls} polls "
        f"({run.book.requests} requests) in {run.seconds:.0f} s",
        "",
        f"{'kind':8}{'feeds':>7}{'items':>9}{'polls a feed':>14}{'ideal':>8}{'ratio':>8}{'worst':>8}"
        f"{'delay min: median':>19}{'95 %':>7}{'most':>7}",
    ]
    lines += [_row(kind, group) for kind, group in sorted(found.groups.items())]
    lines += [
        "",
        f"items missed   {len(found.missed):6}   {_by_feed(run, found.missed)}",
        f"items twice    {len(found.twice):6}   {_by_feed(run, found.twice)}",
        f"never polled   {len(found.never):6}",
        f"hosts overrun  {found.crowded + found.hurried:6}   ({found.crowded} at once, {found.hurried} too soon)",
        f"Retry-After not kept {found.impatient}",
        f"processor s: fetcher {run.cpu:.1f} ({1000 * run.cpu / max(1, polls):.2f} ms a poll), "
        f"server {run.server_cpu:.1f}; fates {dict(run.fates)}",
    ]
    return "\n".join(lines)


def _row(kind: Kind, group: Group) -> str:
    delays = sorted(group.delays) or [0.0]
    shown = [delays[int(share * (len(delays) - 1))] / 60 for share in (0.5, 0.95, 1.0)]
    return (
        f"{kind:8}{group.feeds:7}{group.items:9}{group.polls / group.feeds:14.1f}{group.ideal / group.feeds:8.1f}"
        f"{statistics.mean(group.ratios):8.2f}{max(group.ratios):8.2f}{shown[0]:19.0f}{shown[1]:7.0f}{shown[2]:7.0f}"
    )


def _by_feed(run: Run, pairs: Sequence[tuple[int, str]]) -> str:
    """Which feeds, by what is odd about them."""
    odd = Counter(_oddity(run.feeds[number]) for number, _ in pairs)
    return ", ".join(f"{count} {what}" for what, count in odd.most_common(8))


def _oddity(feed: Feed) -> str:
    return "/".join((feed.kind, feed.form, feed.tags, feed.quirk, *(sorted({one.what for one in feed.troubles}))))
