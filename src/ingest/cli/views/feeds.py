"""Subscriptions as people and machines read them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.cli.lines import Line
from ingest.cli.output import safe
from ingest.cli.when import ago, clock
from ingest.events.times import rfc3339
from ingest.sources.catalogue import Row
from ingest.sources.pages import CHECKS, Page
from ingest.sources.subscriptions import Feed, Subscription
from ingest.sources.websub import Push, delivers

_STYLE = {"failing": "bold red", "unreadable": "bold red", "quiet": "bold yellow", "muted": "dim", "new": "bold green"}
HEAD = Line(head=((f"{'':10}  {'answered':>12}  {'next':>12}  {'every':>9}  {'a day':>7}  ", "dim"),), body="feed")


def feed_line(row: Row, now: int) -> Line:
    """State, last success, next poll, learned interval, items a day, name; and the error in words."""
    said = (("", "", "", ""), "") if row.feed is None else (_columns(row, row.feed, now), trouble(row))
    (answered, following, every, daily), error = said
    columns = f"  {answered:>12}  {following:>12}  {every:>9}  {daily:>7}  "
    title = f"  {title_of(row.feed)}" if row.feed and title_of(row.feed) else ""
    body = safe(row.name + title + (f": {error}" if error else ""))
    return Line(head=((f"{row.state:10}", _STYLE.get(row.state, "green")), (columns, "")), body=body, most=2)


def _columns(row: Row, feed: Feed, now: int) -> tuple[str, str, str, str]:
    rhythm = feed.rhythm
    following = "never" if row.due is None else ago(row.due, now) if row.due > now else "now"
    return (
        ago(rhythm.answered_at, now) if rhythm.answered_at else "never",
        following,
        lasting(rhythm.interval),
        f"{rhythm.per_day:.1f}" if rhythm.answered_at else "",
    )


def title_of(feed: Feed) -> str:
    """The operator's, else its own."""
    return feed.about.title or feed.title


def trouble(row: Row) -> str:
    """Why it is as it is, in words; empty where nothing is wrong."""
    if row.feed is None:
        return "what is stored of it cannot be read; `ingest feeds add` sets it anew, `remove` forgets it"
    rhythm = row.feed.rhythm
    if row.feed.about.muted:
        return row.feed.about.muted
    if rhythm.failures:
        times = "" if rhythm.failures == 1 else f", {rhythm.failures} times in a row"
        return f"{rhythm.error or 'no answer'}{times}"
    if rhythm.quiet_at:
        return f"nothing new since {clock(rhythm.new_at)}, against its habit of every {lasting(rhythm.gap)}"
    return ""


def lasting(seconds: float) -> str:
    """`30 min`, `2.5 h`, `3 d`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def fields_of(row: Row) -> dict[str, Any]:
    """Everything of one, for machines; None for what is not known. Times as in events, spans in seconds."""
    if row.feed is None:
        return {"url": row.name, "state": row.state, "error": trouble(row)}
    about, rhythm = row.feed.about, row.feed.rhythm
    return {
        "url": row.name,
        "state": row.state,
        **_said(about),
        "title": title_of(row.feed) or None,
        "address": row.feed.address or row.name,
        "site": row.feed.site or None,
        "answered_at": _time(rhythm.answered_at),
        "polled_at": _time(rhythm.polled_at),
        "new_at": _time(rhythm.new_at),
        "next_at": _time(row.due or 0),
        "interval_seconds": round(rhythm.interval),
        "items_a_day": round(rhythm.per_day, 2),
        "failures": {"hard": rhythm.hard, "soft": rhythm.soft, "temporary": rhythm.temporary},
        "error": rhythm.error or None,
        "quiet_since": _time(rhythm.new_at) if rhythm.quiet_at else None,
        "moving": {"to": rhythm.moved, "since": _time(rhythm.moved_at), "met": rhythm.moved_times}
        if rhythm.moved
        else None,
        "parts": list(row.feed.parts),
        "part_of": row.feed.part_of or None,
        "hub": _hub(row.feed),
        "etag": row.feed.visit.etag or None,
        "modified": row.feed.visit.modified or None,
    }


def _hub(feed: Feed) -> dict[str, Any] | None:
    """Who delivers it; never the secret."""
    push = feed.push
    if not push.hub:
        return None
    return {"url": push.hub, "until": _time(push.until), "heard_at": _time(push.heard_at)}


def _said(about: Subscription) -> dict[str, Any]:
    return {
        "folder": about.folder or None,
        "outlet": about.outlet or None,
        "pages": about.pages,
        "ignore_robots": about.ignore_robots,
        "access": about.access or None,
        "muted": about.muted or None,
        "added_at": _time(about.added_at),
        "shortest_seconds": about.shortest,
        "longest_seconds": about.longest,
    }


def _time(ms: int) -> str | None:
    return rfc3339(ms) if ms else None


def feed_lines(row: Row, now: int, waiting: Sequence[Page] = ()) -> list[Line]:
    """Everything of one, a line each; `waiting` as in `Catalogue.waiting`."""
    lines = [_named("feed", row.name), _named("state", row.state + (f": {trouble(row)}" if trouble(row) else ""))]
    if row.feed is None:
        return lines
    about, rhythm, visit, push = row.feed.about, row.feed.rhythm, row.feed.visit, row.feed.push
    bounds = f"{lasting(about.shortest)} to {lasting(about.longest)}"
    failed = f"{rhythm.hard} hard, {rhythm.soft} soft, {rhythm.temporary} temporary"
    moving = f"{rhythm.moved}, since {clock(rhythm.moved_at)}, met {rhythm.moved_times} times" if rhythm.moved else ""
    robots = "ignored, by the operator's word" if about.ignore_robots else ""
    said = (
        ("title", title_of(row.feed)),
        ("folder", about.folder),
        ("outlet", about.outlet),
        ("index", _index(len(row.feed.parts))),
        ("part of", row.feed.part_of),
        ("read at", row.feed.address),
        ("moving to", moving),
        ("pages", f"fetched {about.pages}" if about.pages != "auto" else "fetched where the feed brings teasers only"),
        ("robots.txt", robots),
        ("access", about.access),
        ("added", _when(about.added_at, now)),
        ("answered", _when(rhythm.answered_at, now)),
        ("polled", _when(rhythm.polled_at, now)),
        ("new items", _when(rhythm.new_at, now)),
        ("next poll", _when(row.due or 0, now)),
        ("interval", f"{lasting(rhythm.interval)}, learned; {bounds} allowed"),
        ("items", f"{rhythm.per_day:.1f} a day" if rhythm.answered_at else ""),
        ("failures", f"{failed}: {rhythm.error}" if rhythm.failures else ""),
        ("hub", f"{push.hub}, {_lease(push, now)}" if push.hub else ""),
        ("waiting", _waiting(waiting, now)),
        ("validators", ", ".join(filter(None, (visit.etag, visit.modified)))),
    )
    return lines + [_named(name, value) for name, value in said if value]


def _index(parts: int) -> str:
    if parts < 2:
        return "of 1 news sitemap, a feed of its own" if parts else ""
    return f"of {parts:,} news sitemaps, feeds of their own"


def _waiting(pages: Sequence[Page], now: int) -> str:
    """How many entries are not offered yet, and what is known of the page of the first."""
    if not pages:
        return ""
    first = pages[0]
    tries = f", asked for {first.failures} times in vain ({first.reason})" if first.failures else ""
    most = lasting(CHECKS.patience)
    return f"{len(pages):,} for their pages, {most} at most; {first.address} since {ago(first.named_at, now)}{tries}"


def waiting_fields(page: Page) -> dict[str, Any]:
    """A page that an entry waits for, for machines."""
    return {
        "page": page.address,
        "named_at": _time(page.named_at),
        "next_at": _time(page.next_at),
        "failures": page.failures,
        "reason": page.reason or None,
    }


def _lease(push: Push, now: int) -> str:
    """Whether the hub delivers, else why the feed is polled at its own pace; and when it last has."""
    if push.until <= now:
        return f"does not deliver: polled; last delivery {_when(push.heard_at, now)}"
    silent = "has missed what a poll found" if push.heard_at else "has not delivered yet"
    became = "delivers" if delivers(push, now) else f"{silent}: polled"
    return f"{became}, its lease ends {ago(push.until, now)}; last delivery {_when(push.heard_at, now)}"


def _when(ms: int, now: int) -> str:
    return f"{clock(ms)} UTC, {ago(ms, now)}" if ms else "never"


def _named(name: str, value: str) -> Line:
    return Line(head=((f"{name:11} ", "dim"),), body=safe(value), most=0)
