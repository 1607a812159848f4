"""What the verifier knows: a file of accepted articles and the events, nothing else. Pure.

The file has one line for each article that was accepted, written after the inbox had said so: `entry id <tab> article
id`, in the order of acceptance. One that was offered again, or whose answer was lost, stands there again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple


class Told(NamedTuple):
    """What is kept of an event. `article` is its id as offered; `ms` when the server took the event."""

    ms: int
    id: str
    subject: str
    sequence: int
    article: str
    merged: tuple[str, ...] = ()  # stories that became part of this one; such an event is about no article


class Verdict(NamedTuple):
    """Every one of them must be empty."""

    lost: list[str]  # accepted, and no event
    double: list[str]  # accepted, and more than one event
    unknown: list[str]  # an event, and never accepted
    same_id: list[str]  # event ids that two events carry
    out_of_order: list[str]  # told after an article that was accepted later
    holes: list[str]  # stories whose sequence does not count 1, 2, 3 ...
    gone_on: list[str]  # stories with an event after they became part of another


def read_event(stream_id: bytes, raw: bytes) -> Told:
    event = json.loads(raw)
    # A withdrawal takes back an article that has its own event: it is no second one of it.
    article = {} if event["type"] == "article.withdrawn" else event["data"].get("article") or {}
    ms = int(stream_id.split(b"-")[0])
    merged = tuple(event["data"].get("merged") or ())
    return Told(ms, event["id"], event["subject"], int(event["sequence"]), article.get("id") or "", merged)


def read_accepted(file: Path) -> list[tuple[str, str]]:
    """(entry id, article id) in the order of acceptance."""
    with file.open() as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    return [(entry, article) for entry, article in pairs]


def judge(accepted: Iterable[str], told: Sequence[Told]) -> Verdict:
    """`accepted`: article ids in the order of acceptance, repeats included: the first counts."""
    rank: dict[str, int] = {}
    for article in accepted:
        rank.setdefault(article, len(rank))
    events = Counter(each.article for each in told if each.article)
    late, highest = [], -1
    for each in told:
        at = rank.get(each.article, highest)
        if at < highest and events[each.article] == 1:
            late.append(each.article)
        highest = max(highest, at)
    return Verdict(
        lost=[article for article in rank if article not in events],
        double=[article for article, count in events.items() if count > 1],
        unknown=[article for article in events if article not in rank],
        same_id=[id_ for id_, count in Counter(each.id for each in told).items() if count > 1],
        out_of_order=late,
        holes=_holes(told),
        gone_on=_gone_on(told),
    )


def _holes(told: Iterable[Told]) -> list[str]:
    last: dict[str, int] = {}
    broken: dict[str, None] = {}
    for each in told:
        if each.sequence != last.get(each.subject, 0) + 1:
            broken[each.subject] = None
        last[each.subject] = each.sequence
    return list(broken)


def _gone_on(told: Iterable[Told]) -> list[str]:
    gone: set[str] = set()
    found: dict[str, None] = {}
    for each in told:
        if each.subject in gone:
            found[each.subject] = None
        gone.update(each.merged)
    return list(found)


class Death(NamedTuple):
    """A worker that was killed: when (ms since 1970), and the inbox entries that it held."""

    ms: int
    entries: tuple[str, ...]


def recoveries(deaths: Iterable[Death], accepted: Iterable[tuple[str, str]], told: Iterable[Told]) -> list[float]:
    """Seconds from a worker's death to the event of each article that it held. One that was `seen` has none."""
    article = dict(accepted)
    at = {each.article: each.ms for each in told}
    found = (at.get(article.get(entry, ""), 0) - death.ms for death in deaths for entry in death.entries)
    return sorted(ms / 1000 for ms in found if ms >= 0)


def share(ordered: Sequence[float], part: float) -> float:
    """The value that `part` of them do not exceed; 0 of nothing."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
