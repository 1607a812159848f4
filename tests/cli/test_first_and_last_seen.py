from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from said import Said

from ingest import wiring
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import Envelope, ProgressUpdate
from ingest.sources.pages import PAGES, Page, encode
from ingest.sources.visits import SEEN, UNKNOWN, Mark, hash_of, pack_seen, packed_mark

DAY = 20_000  # since 1970: 4 October 2024
SITE, FEED = "https://example.org", "https://example.org/feed"
IDS = {"a": "guid 1", "b": f"{SITE}/short/b", "c": "guid 3", "d": "guid 4"}
"""Of entries that lead to these pages."""


def article(name: str, guid: str) -> Envelope:
    """As the text of a page is offered, under the page's own address."""
    url = f"{SITE}/news/{name}"
    return Envelope(key=url, source=FEED, text=f"The ferry {name} runs again from Monday.", id=guid, url=url)


def test_an_article_shows_when_it_was_first_seen_and_the_day_its_feed_last_had_it(
    ingest: Callable[..., Said], valkey: Any, tmp_path: Path
) -> None:
    (tmp_path / "ferry.txt").write_text("Ferry runs again\n\nThe ferry runs again from Monday, the operator said.")
    assert ingest("replay", tmp_path / "ferry.txt", "--into", valkey.url).code == 0
    (before,) = ingest("article", "ferry.txt", "--store", valkey.url, "--json").json
    assert (before["first_seen"], before.get("last_seen")) == (before["arrived"], None)
    marks = pack_seen(UNKNOWN, {hash_of("ferry.txt"): packed_mark(Mark(DAY, DAY - 9, bytes(8)))}, {}, DAY)
    with valkey.client() as client:
        RedisInbox(client, Keys("main")).offer([], progress=[ProgressUpdate(SEEN, {before["source"]: marks})])
    (after,) = ingest("article", "ferry.txt", "--store", valkey.url, "--json").json
    assert (after["first_seen"], after["last_seen"]) == (before["arrived"], "2024-10-04")
    assert "last seen  2024-10-04, by its feed\n" in ingest("article", "ferry.txt", "--store", valkey.url).out


def test_so_does_one_known_by_its_page_whose_entry_has_a_name_of_its_own(
    ingest: Callable[..., Said], valkey: Any, tmp_path: Path
) -> None:
    by_guid, by_address, by_row, unknown = (article(name, guid) for name, guid in IDS.items())
    entry = Envelope(key=f"{SITE}/short/c", source=FEED, text="", url=f"{SITE}/short/c")
    row = encode(Page(entry=entry, offered="full"))
    names = {f"{FEED}#guid 1": DAY, f"{SITE}/short/b": DAY + 1, entry.key: DAY + 2, f"{SITE}/short/d": DAY + 3}
    marks = {hash_of(name): packed_mark(Mark(day, day, bytes(8))) for name, day in names.items()}
    kept = [
        ProgressUpdate(SEEN, {FEED: pack_seen(UNKNOWN, marks, {}, DAY)}),
        ProgressUpdate(PAGES, {by_row.key: row}),
    ]
    with wiring.opened(wiring.read_settings(store=valkey.url)) as installation:
        installation.inbox().offer([by_guid, by_address, by_row, unknown], progress=kept)
        installation.worker().run_for(60)
    days = [
        ingest("article", each.key, "--store", valkey.url, "--json").json[0].get("last_seen")
        for each in (by_guid, by_address, by_row, unknown)
    ]
    assert days == ["2024-10-04", "2024-10-05", "2024-10-06", None]
