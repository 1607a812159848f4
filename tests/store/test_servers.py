"""The shared fixtures keep what tests/conftest.py says of them."""

from __future__ import annotations

import pytest
import redis

OLDEST = {"valkey-9.1": ("valkey", "9.1"), "redis-6.2": ("redis", "6.2")}


def test_the_contract_suites_run_on_both_servers_and_start_empty(
    redis_client: redis.Redis, server_url: str, request: pytest.FixtureRequest
) -> None:
    info = redis_client.info("server")
    name, version = OLDEST[request.node.callspec.params["_emptied"]]
    assert info.get("valkey_version" if name == "valkey" else "redis_version", "").startswith(version)
    assert redis_client.dbsize() == 0
    redis_client.set("left", "behind")
    with redis.Redis.from_url(server_url) as other:
        assert other.get("left") == b"behind"
