"""A small farm for three days, in seconds; `make farm` plays the large one."""

from __future__ import annotations

from itertools import pairwise

from farm_verdict import page, verdict
from fortnight import play
from ideal import LONGEST, SHORTEST, ideal_polls, readable
from parts import dealt
from plan import DAY, FAULTS, FORMS, QUIRKS, SHARES, TAGS, planned

from ingest.settings import Settings
from ingest.store import Store
from ingest.wiring import readers

FEEDS, DAYS, SEED = 40, 3.0, 4


def test_nothing_is_missed_or_taken_twice_and_no_host_overrun_in_three_days_of_the_farm(store: Store) -> None:
    feeds = planned(FEEDS, DAYS, SEED)
    assert {feed.kind for feed in feeds} == set(SHARES)
    assert {feed.form for feed in feeds} == set(FORMS)
    assert {feed.tags for feed in feeds} == set(TAGS)
    assert {feed.quirk for feed in feeds} == set(QUIRKS)
    assert {one.what for feed in feeds for one in feed.troubles} == set(FAULTS) - {None}
    with readers(Settings()) as reading:
        run = play(FEEDS, DAYS, SEED, store.client(), reading, feeds)
    found = verdict(run)
    assert found.sound, page(run, found)
    assert sum(len(times) for times in run.seen.values()) > 500
    met = {one.what for feed in feeds for at, _ in run.book.polls[feed.number] if (one := feed.trouble(at))}
    assert met == set(FAULTS) - {None}
    assert {token.split(".")[2] for _, token in run.seen} == {"1", "2"}  # a title was edited
    polls = sum(group.polls for group in found.groups.values())
    assert polls < 3 * sum(group.ideal for group in found.groups.values())


def test_the_ideal_reader_keeps_the_bounds_and_sees_every_item_before_it_leaves() -> None:
    for feed in planned(50, 14.0, 2):
        if any(one.what == "410" for one in feed.troubles):
            continue
        polls = ideal_polls(feed, 14.0)
        gaps = [round(later - earlier, 3) for earlier, later in pairwise(polls)]
        assert all(SHORTEST <= gap <= LONGEST for gap in gaps), feed
        for item, at in enumerate(feed.times):
            if 0 < at < 14 * DAY - LONGEST and feed.leaves(item) - at > 2 * SHORTEST:
                assert any(at <= poll < feed.leaves(item) for poll in polls)


def test_the_plan_of_a_seed_is_the_same_in_every_process() -> None:
    assert planned(40, 3.0, 7) == planned(40, 3.0, 7)
    assert planned(40, 3.0, 7) != planned(40, 3.0, 8)


def test_parts_of_the_farm_have_every_feed_once_and_every_host_whole() -> None:
    feeds = planned(200, 14.0, 1)
    piles = dealt(feeds, 14.0, 3)
    assert sorted(feed.number for pile in piles for feed in pile) == list(range(200))
    hosts = [{feed.host for feed in pile} for pile in piles]
    assert sum(map(len, hosts)) == len(set().union(*hosts))
    polls = [sum(len(ideal_polls(feed, 14.0)) for feed in pile) for pile in piles]
    assert max(polls) < 1.2 * min(polls)


def test_an_item_is_not_readable_while_its_feed_fails() -> None:
    feeds = [feed for feed in planned(400, 14.0, 1) if [one.what for one in feed.troubles] == ["404"]]
    assert feeds
    for feed in feeds:
        outage = feed.troubles[0]
        within = [i for i, at in enumerate(feed.times) if outage.begins <= at and feed.leaves(i) <= outage.ends]
        assert all(readable(feed, item, 14.0) == 0 for item in within)
