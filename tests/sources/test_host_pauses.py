"""What a fetcher does at a host that asks for a pause; days of it in virtual time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_web import Web
from virtual_fetching import Bureau

from ingest.sources.fetcher import Tact
from ingest.store import Store


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store, tact=Tact())
    web.close()


@pytest.mark.parametrize(("fetchers", "requests"), [(1, 20), (2, 1)])
def test_no_request_follows_a_host_s_word_not_even_one_that_had_its_place(
    bureau: Bureau, fetchers: int, requests: int
) -> None:
    bureau.settings = {"requests": requests}
    busy = (429, {"Retry-After": "60"}, b"")
    bureau.subscribe(*(bureau.answers(f"/{n}", busy) for n in range(10)))
    bureau.run(59, fetchers=fetchers)
    assert len(bureau.asked) == 1
    bureau.run(60, fetchers=fetchers)
    assert len(bureau.asked) == 2
