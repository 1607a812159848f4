"""What is said of a server, from what it says of itself."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from ingest.store.checks import Finding, check, exposure, judge, version_of

FIT: dict[str, Any] = {
    "redis_version": "7.2.4",
    "role": "master",
    "maxmemory_policy": "noeviction",
    "aof_enabled": 1,
}


def test_a_fit_server_is_passed_over_in_silence() -> None:
    assert judge(FIT, "everysec", embedded=False) == []
    assert judge(FIT, "always", embedded=False) == []


@pytest.mark.parametrize(
    ("said", "fsync", "severity", "words"),
    [
        ({"redis_version": "5.0.7"}, "everysec", "refuse", "Redis 5.0.7; at least 6.2"),
        ({"redis_version": "6.0.16"}, "everysec", "refuse", "at least 6.2"),
        ({"redis_version": "unstable"}, "everysec", "refuse", "at least 6.2"),
        ({"maxmemory_policy": "allkeys-lru"}, "everysec", "refuse", "Set `maxmemory-policy noeviction`"),
        ({"maxmemory_policy": "volatile-ttl"}, "everysec", "refuse", "Set `maxmemory-policy noeviction`"),
        ({"role": "slave"}, "everysec", "refuse", "is a replica"),
        ({"aof_enabled": 0}, None, "warn", "Set `appendonly yes`"),
        ({}, "no", "warn", "Set `everysec` or `always`"),
        ({}, None, "warn", "does not let us read appendfsync"),
        ({"redis_version": "6.2.14"}, "always", "warn", "redis-check-aof"),
    ],
)
def test_each_thing_that_is_wrong_is_told_with_what_to_change(
    said: dict[str, Any], fsync: str | None, severity: str, words: str
) -> None:
    found = judge(FIT | said, fsync, embedded=False)
    assert any(finding.severity == severity and words in finding.message for finding in found)


def test_a_folder_on_redis_6_2_needs_no_warning_as_its_guard_mends_the_file() -> None:
    assert judge(FIT | {"redis_version": "6.2.14"}, "everysec", embedded=True) == []


def test_real_servers_are_read(redis_client: redis.Redis) -> None:
    found = check(redis_client, embedded=False)
    assert [finding.severity for finding in found] == ["warn"]
    assert "no append-only file" in found[0].message


def test_a_server_that_forbids_to_look_is_used_with_a_warning(redis_client: redis.Redis, server_url: str) -> None:
    redis_client.execute_command("ACL", "SETUSER", "managed", "on", ">pw", "~*", "+@all", "-config")
    redis_client.execute_command("ACL", "SETUSER", "blind", "on", ">pw", "~*", "+@all", "-info", "-config")
    redis_client.config_set("appendonly", "yes")
    try:
        for user, words in (("managed", "does not let us read appendfsync"), ("blind", "does not let us read INFO")):
            with redis.Redis.from_url(server_url, username=user, password="pw") as client:
                found = check(client, embedded=False)
                assert {finding.severity for finding in found} == {"warn"}
                assert words in found[0].message
    finally:
        redis_client.config_set("appendonly", "no")
        redis_client.execute_command("ACL", "DELUSER", "managed", "blind")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "redis.localhost", ""])
def test_this_machine_needs_no_password(host: str) -> None:
    assert exposure(host, password=False, tls=False) is None


@pytest.mark.parametrize("host", ["redis", "10.0.0.8", "redis.example.org", "::2", "0.0.0.0", "localhost.example.org"])
def test_another_machine_needs_a_password_or_tls(host: str) -> None:
    found = exposure(host, password=False, tls=False)
    assert isinstance(found, Finding)
    assert found.severity == "refuse"
    assert exposure(host, password=True, tls=False) is None
    assert exposure(host, password=False, tls=True) is None


def test_versions_are_compared_as_numbers() -> None:
    assert version_of("10.0.1") > version_of("6.2.14") > version_of("6.2") > version_of("6.0.99")
