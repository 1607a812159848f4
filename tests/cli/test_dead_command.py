from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from said import Said

from ingest.settings import InboxSettings
from ingest.versions import judgement
from places import RedisPlace

Ingest = Callable[..., Said]


@pytest.fixture
def place(valkey: Any) -> Iterator[RedisPlace]:
    """Two dead letters, the second of bytes that are no article."""
    with valkey.client() as client:
        place = RedisPlace(client, InboxSettings())
        place.offer("a")
        place.smuggle(b"\x00\x1b[31mno article")
        entries = place.read("w", 2)
        dead = [(entry, "ValueError: cannot\x1b[2J") for entry in entries]
        assert place.commit("w", entries, dead=dead) == "ok"
        yield place


def ids(ingest: Ingest, url: str) -> list[str]:
    return [letter["id"] for letter in ingest("dead", "list", "--store", url, "--json").json]


def test_dead_letters_are_listed_and_shown_whatever_they_hold(ingest: Ingest, valkey: Any, place: RedisPlace) -> None:
    listed = ingest("dead", "list", "--store", valkey.url)
    assert [line.split()[0] for line in listed.lines] == ids(ingest, valkey.url)
    assert "a  ValueError: cannot" in listed.lines[0]
    first, second = ids(ingest, valkey.url)
    assert "Some text." in ingest("dead", "show", first, "--store", valkey.url).out
    odd = ingest("dead", "show", second, "--store", valkey.url)
    assert "its payload is no article" in odd.out
    assert ingest("dead", "show", second, "--store", valkey.url, "--json").json[0]["article"]["bytes"].startswith("00")
    assert "\x1b" not in listed.out + odd.out


def test_a_dead_letter_is_tried_again_once(ingest: Ingest, valkey: Any, place: RedisPlace) -> None:
    first, second = ids(ingest, valkey.url)
    said = ingest("dead", "retry", first, "--store", valkey.url)
    assert said.code == 0
    assert f"{first} is in the inbox again as " in said.err
    again = ingest("dead", "retry", first, "--store", valkey.url)
    assert (again.code, f"{first}: no such dead letter" in again.err) == (1, True)
    assert ids(ingest, valkey.url) == [second]
    assert place.inbox.balance().entries == 1
    assert place.inbox.balance().holds


def test_all_dead_letters_are_dropped(ingest: Ingest, valkey: Any, place: RedisPlace) -> None:
    assert ingest("dead", "drop", "--all", "--store", valkey.url).code == 0
    assert ids(ingest, valkey.url) == []
    assert place.inbox.balance().holds


def test_doctor_says_that_articles_wait_and_nobody_works(ingest: Ingest, valkey: Any, place: RedisPlace) -> None:
    place.client.hset(place.keys.meta, mapping={"version:judgement": judgement()})
    place.offer("b")
    found = ingest("doctor", "--store", valkey.url, "--json")
    assert found.code == 1
    said = f"1 articles wait and no worker is running: `ingest process --store {valkey.url}`"
    assert said in found.json[0]["troubles"]
    assert found.json[0]["dead_letters"] == 2
