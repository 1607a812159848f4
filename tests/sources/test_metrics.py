"""What `/metrics` shows of fetching, whichever process fetches: two fetchers at work, a third that only serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_web import Web
from prometheus_client.parser import text_string_to_metric_families
from virtual_fetching import DAY, HOUR, Bureau, rss

from ingest import wiring
from ingest.metrics import GRACE, exposition
from ingest.normalise.urls import canonical
from ingest.settings import Settings
from ingest.sources.catalogue import Catalogue
from ingest.sources.schedule import Rhythm
from ingest.sources.subscriptions import Subscription
from ingest.store import Store


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store)
    web.close()


def measured(valkey: Any) -> dict[str, float]:
    """Each sample by its name and its labels."""
    with wiring.opened(Settings(store=valkey.url)) as installation:
        installation.intake()  # as a server does that is to take deliveries in
        said = exposition(installation).decode()
    samples = [sample for family in text_string_to_metric_families(said) for sample in family.samples]
    found = {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def test_what_two_fetchers_did_is_shown_by_a_process_that_fetches_nothing(bureau: Bureau, valkey: Any) -> None:
    bureau.subscribe(bureau.answers("/a", (200, {}, rss("a", "b"))), bureau.answers("/b", (404, {}, b"")))
    bureau.subscribe(bureau.web.url("/c"))
    Catalogue(bureau.inbox, canonical, lambda: bureau.at).mute(bureau.web.url("/c"), "noise")
    bureau.run(DAY, fetchers=2)
    found = measured(valkey)
    assert found["storywire_polls_total hard feeds"] == len(bureau.times("/b"))
    answered = found["storywire_polls_total fresh feeds"] + found["storywire_polls_total same feeds"]
    assert answered == len(bureau.times("/a"))
    assert found["storywire_poll_failures_total fetch-failed feeds"] == len(bureau.times("/b"))
    assert found["storywire_fetch_refusals_total fetch-failed"] == len(bureau.times("/b"))
    assert (found["storywire_fetched_articles_total"], found["storywire_inbox_entries main"]) == (2, 2)
    assert found["storywire_polled_bytes_total feeds"] > 0
    states = {state: found[f"storywire_feeds {state}"] for state in ("ok", "failing", "muted", "quiet")}
    assert states == {"ok": 1, "failing": 1, "muted": 1, "quiet": 0}
    assert found["storywire_articles_total opened main"] == 0
    bureau.run(HOUR)
    assert measured(valkey)["storywire_polls_total hard feeds"] >= found["storywire_polls_total hard feeds"]


def test_a_backlog_shows_how_many_feeds_are_overdue_and_for_how_long(bureau: Bureau, valkey: Any) -> None:
    client: Any = valkey.client()
    now = client.time()[0]
    for path, ago in (("/late", 7200), ("/later", 600), ("/just", GRACE - 20), ("/next", -600)):
        url = bureau.web.url(path)
        bureau.subscribe(url)
        bureau.change(url, rhythm=Rhythm(next_at=int((now - ago) * 1000)))
    muted = bureau.web.url("/muted")
    bureau.subscribe(muted, about=Subscription(added_at=1, muted="noise"))
    found = measured(valkey)
    assert found["storywire_overdue feeds"] == 2
    assert 7200 <= found["storywire_overdue_seconds feeds"] < 7260
    assert (found["storywire_overdue pages"], found["storywire_overdue_seconds pages"]) == (0, 0)
