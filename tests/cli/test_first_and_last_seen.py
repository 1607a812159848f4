from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from said import Said

from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import ProgressUpdate
from ingest.sources.visits import SEEN, UNKNOWN, Mark, hash_of, pack_seen, packed_mark

DAY = 20_000  # since 1970: 4 October 2024


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
