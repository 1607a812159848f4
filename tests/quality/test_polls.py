"""A fortnight of polls of an aggregator's seven sections, through the real feed line and the ledger: each headline of
each publisher is new once, however often it is sighted, under whatever token, in however many sections.
"""

from __future__ import annotations

import asyncio
import html
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from threading import Event
from typing import Any

import pytest
from telling import Figures

from ingest.model import ProgressUpdate
from ingest.normalise.urls import canonical
from ingest.settings import FetchSettings, SourceSettings
from ingest.sources.clerk import Clerk
from ingest.sources.feed_line import FeedLine
from ingest.sources.feedparsing import parse_feed
from ingest.sources.http import Response
from ingest.sources.hubs import Hubs
from ingest.sources.outside import Outside
from ingest.sources.patience import Patience
from ingest.sources.polling import Poller
from ingest.sources.port import Outcome, Readers
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, encode
from labelled import data_folder
from rehearsal import Rehearsal

pytestmark = pytest.mark.quality

Item = tuple[str, str]


def unused(*arguments: object) -> Any:
    raise AssertionError("a feed needs no other reader")


READERS = Readers(
    html=unused, plain=unused, decode=unused, canonical=canonical, domain=unused, feed=parse_feed, wire=unused
)


def polls() -> Iterator[tuple[float, dict[str, list[Item]]]]:
    """Time, and what stood in each section, a poll at a time."""
    path = data_folder() / "google_news_polls" / "topics_sv_2025-12_polls.jsonl"
    for line in path.read_text("utf-8").splitlines():
        poll = json.loads(line)
        sections = groupby(poll["items"], key=lambda item: item[0])
        found = {name: [(title, publisher) for _, title, publisher in items] for name, items in sections}
        yield datetime.fromisoformat(poll["poll_ts"]).timestamp(), found


def body(items: list[Item], number: int) -> bytes:
    """As a feed of plain items, and every other time as the aggregator writes it: with its own token for a link, which
    is another each time, the publisher behind the title, and the links once more for a text."""
    written = []
    for at, (name, publisher) in enumerate(items):
        head, source = html.escape(name), f"<source url='https://outlet.example'>{html.escape(publisher)}</source>"
        if number % 2:
            token = f"CBMi{number:05}{at:03}AU"
            text = html.escape(f"<a href='https://news.google.com/rss/articles/{token}'>{head}</a>")
            guid = f"<guid isPermaLink='false'>{token}</guid>"
            link = f"<link>https://news.google.com/rss/articles/{token}?oc=5</link>{guid}"
            title = f"<title>{head} - {html.escape(publisher)}</title>"
            written.append(f"<item>{title}{link}{source}<description>{text}</description></item>")
        else:
            written.append(f"<item><title>{head}</title>{source}</item>")
    return f"<rss version='2.0'><channel><title>Section</title>{''.join(written)}</channel></rss>".encode()


class Web:
    """The network's edge: answers with what stands at an address."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    async def get(self, url: str, headers: Mapping[str, str], **also: object) -> Response:
        return Response(url=url, status=200, headers={}, body=self.bodies[url])


async def read_all(rehearsal: Rehearsal, web: Web) -> int:
    """Every poll in its time, what it brings decided before the next. Gives the number of sightings."""

    def now() -> float:
        return rehearsal.now / 1000

    async def wait(seconds: float) -> None:
        raise AssertionError("nothing here is to be waited for")

    def heard(outcome: Outcome) -> None:
        """What is told of each poll is not looked at: the ledger tells."""

    line = FeedLine(
        inbox=rehearsal.inbox,
        poller=Poller(web, READERS, FetchSettings(), now),  # type: ignore[arg-type]  # all that is asked of a client
        readers=READERS,
        limits=SourceSettings(),
        patience=Patience(Event(), wait, unused, Clerk()),
        now=now,
        hubs=Hubs(web, web, "", now, heard),  # type: ignore[arg-type]  # nothing is asked of a client here
        outside=Outside(heard),
        chance=lambda: 0.5,
        report=heard,
    )
    sightings = 0
    for number, (at, sections) in enumerate(polls()):
        rehearsal.now = int(at * 1000)
        for section, items in sections.items():
            url = f"https://aggregator.example/{section.replace(' ', '-')}"
            web.bodies[url] = body(items, number)
            sightings += len(items)
            row = rehearsal.inbox.progress(FEEDS, [url]).get(url) or encode(Feed(about=Subscription(added_at=1)))
            if not rehearsal.inbox.progress(FEEDS, [url]):
                rehearsal.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: row})])
            await line.work(url, row)
        rehearsal.run([])
    return sightings


def test_every_headline_of_every_publisher_is_new_to_the_ledger_exactly_once(figures: Figures) -> None:
    rehearsal = Rehearsal()
    sightings = asyncio.run(read_all(rehearsal, Web()))
    keys = Counter(decision.article.key for decision in rehearsal.decisions)
    count = rehearsal.inbox.balance().counters
    note = f"{sightings} sightings, {count.accepted} accepted, {count.seen} of them seen"
    figures.tell("polls", note, articles=len(keys), decisions=len(rehearsal.decisions))
    assert sightings == 95_400
    assert len(rehearsal.decisions) == len(keys) == 5_622
    assert {decision.version_number for decision in rehearsal.decisions} == {1}
    assert (count.decided, count.dead) == (5_622, 0)
