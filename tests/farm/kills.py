"""`make farm-kill`: two `ingest fetch` on one farm, and again and again one of them is killed with -9.

Nothing may be lost or taken twice, no host asked more at a time than is allowed, and no feed asked late by more than
half a minute, against when it was due itself. What counts is what is in the inbox, the rows of the feeds and what the
farm was asked, not what a fetcher says. The farm's day is played two hundred times as fast; its answers take half a
second, so that each kill meets some dozen requests under way.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "sources"))  # virtual_time.py

from farmer import Book
from fortnight import KEYS, asked, book, farm, harvest, subscribe
from lateness import Dues, Late, latest
from plan import HOUR, Feed, planned
from render import token

from ingest.settings import FetchSettings, Settings
from ingest.sources.subscriptions import Subscription
from ingest.wiring import opened

PACE, BEGIN, DELAY, DAYS = 200.0, 7 * HOUR, 0.5, 1.0
SHORTEST, LONGEST, JITTER = 8.0, 16.0, 0.1
LATE = 30.0
BETWEEN = (3.0, 9.0)
"""Seconds from one kill to the next, and until the new fetcher is up."""
BUSY = 8
"""Requests under way at which a kill is struck, both fetchers' together."""
HOSTS = 60
START_SECONDS = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make farm-kill", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    feeds = planned(given.feeds, DAYS, given.seed, calm=True)
    hosts = [f"127.0.0.{number + 1}" for number in range(HOSTS)]
    with (
        tempfile.TemporaryDirectory(prefix="sw-farm-") as folder,
        farm(given.feeds, DAYS, given.seed, FetchSettings(), PACE, BEGIN, DELAY) as port,
    ):
        place = Path(folder)
        urls = [f"http://{hosts[feed.number % HOSTS]}:{port}{feed.path}" for feed in feeds]
        allowed = ", ".join(f'"{host}:{port}"' for host in hosts)
        (place / "ingest.toml").write_text(f"[fetch]\nallow_private = [{allowed}]\nhost_seconds = 0.05\n")
        with opened(Settings(store=str(place / "var"))) as installation:
            inbox = installation.inbox()
            about = Subscription(added_at=1, pages="never", shortest=SHORTEST, longest=LONGEST)
            now = time.time()
            for part in range(16):  # not all in one wave
                subscribe(inbox, urls[part::16], about, now + part)
            dues = Dues(installation.client, KEYS, {url: now + number % 16 for number, url in enumerate(urls)})
            under_way = _kill(place, port, given.kills, random.Random(given.seed), dues)
            whole, its, ours = book(port), float(asked(port, "/now")), time.time()
            seen = harvest(installation.client, {})
    polls = {feed: [ours + (at - its) / PACE for at, _ in found] for feed, found in whole.polls.items()}
    late = latest({feed.number: dues.found[url] for feed, url in zip(feeds, urls, strict=True)}, polls, dues.ended)
    return _verdict(feeds, whole, seen, under_way, late)


def _kill(place: Path, port: int, kills: int, chance: random.Random, dues: Dues) -> list[int]:
    """How many requests were under way at each kill."""
    never, under_way, pair = threading.Event(), list[int](), list[subprocess.Popen[bytes]]()
    try:
        with dues:
            pair += [_start(place), _start(place)]
            ends = time.monotonic() + START_SECONDS
            while not book(port).requests:
                never.wait(0.1)
                if time.monotonic() > ends:
                    raise RuntimeError(f"no fetcher asked for anything; see {place}/fetch.log")
            _until_up(place, 2, never)
            for _ in range(kills):
                never.wait(chance.uniform(*BETWEEN))
                victim = chance.randrange(2)
                ends = time.monotonic() + LONGEST
                while (many := int(asked(port, "/under-way"))) < BUSY and time.monotonic() < ends:
                    never.wait(0.02)
                under_way.append(many)
                pair[victim].kill()
                pair[victim].wait()
                pair[victim] = _start(place)
                _until_up(place, 2 + len(under_way), never)
            never.wait(2 * LONGEST + LATE)
    finally:
        for process in pair:
            process.send_signal(signal.SIGTERM)
            process.wait()
    return under_way


def _until_up(place: Path, starts: int, never: threading.Event) -> None:
    """A fetcher that is not there yet cannot take over from another: at no time are both away."""
    ends = time.monotonic() + START_SECONDS
    while (place / "fetch.log").read_bytes().count(b"fetching the feeds of") < starts:
        never.wait(0.05)
        if time.monotonic() > ends:
            raise RuntimeError("a fetcher does not start")


def _start(place: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ingest.cli.main", "fetch", "--store", str(place / "var")]
    with (place / "fetch.log").open("ab") as log:
        return subprocess.Popen([*command, "--config", str(place / "ingest.toml")], stdout=log, stderr=log)


def _verdict(
    feeds: Sequence[Feed],
    whole: Book,
    seen: Mapping[tuple[int, str], Sequence[float]],
    under_way: Sequence[int],
    late: Late,
) -> int:
    over = max(polls[-1][0] for polls in whole.polls.values())
    # What stands for less than an interval and the time that a poll may be late is nobody's fault.
    promised = (LATE + LONGEST * (1 + JITTER)) * PACE
    lost, owed, brief = [], 0, 0
    for feed in feeds:
        first = whole.polls[feed.number][0][0] if whole.polls.get(feed.number) else over
        for item, at in enumerate(feed.times):
            if at >= over - promised or feed.leaves(item) <= first:
                continue
            if any((feed.number, token(feed, item, edition)) in seen for edition in (1, 2)):
                owed += 1
            elif feed.leaves(item) - max(at, first) < promised:
                brief += 1
            else:
                owed += 1
                lost.append((feed.number, item))
    twice = [pair for pair, times in seen.items() if len(times) > 1]
    never, crowded = len(feeds) - len(whole.polls), sum(whole.crowded.values())
    odd = Counter((feeds[number].kind, feeds[number].quirk, feeds[number].form) for number, _ in [*lost, *twice])
    print(
        f"{len(under_way)} kills, {sum(under_way)} requests under way at them; {len(feeds)} feeds, "
        f"{sum(map(len, whole.polls.values()))} polls\n"
        f"items owed {owed}, lost {len(lost)}, twice {len(twice)} (and {brief} stood in their feed for less than "
        f"{promised / PACE:.0f} s, and were gone); feeds never polled {never}; "
        f"requests too many at once for a host {crowded}\n"
        f"latest poll read {late.seconds:.1f} s after it was due (at most {LATE:g}): {feeds[late.feed].path}, whose "
        f"longest wait for a request, or from it until it was read, was {late.wait:.1f} s"
        + "".join(f"\n  {what}: {many}" for what, many in odd.most_common(8))
    )
    return 1 if lost or twice or never or crowded or late.seconds > LATE else 0


if __name__ == "__main__":
    sys.exit(main())
