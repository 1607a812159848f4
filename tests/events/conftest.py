"""A partition's event stream, filled as the commit fills it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import redis
from event_rows import Append, nth

from ingest.ledger.keys import Keys


@pytest.fixture
def keys() -> Keys:
    return Keys("main")


@pytest.fixture
def append(redis_client: redis.Redis, keys: Keys) -> Append:
    def add(numbers: Iterable[int]) -> list[str]:
        pipe = redis_client.pipeline()
        pipe.hset(keys.meta, "epoch", "e1")
        for n in numbers:
            pipe.xadd(keys.events, {"e": nth(n)}, id=f"{n}-1")
        return [stream_id.decode() for stream_id in pipe.execute()[1:]]

    return add
