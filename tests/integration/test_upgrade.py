"""A partition that another version made: refused with the way on, taken over, and gone on with; workers of both."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import redis
import structlog
from terminal import Start, until

from ingest import identity, wiring
from ingest.cli.main import main
from ingest.errors import StoreError
from ingest.events.event import decode
from ingest.inbox.redis import RedisInbox
from ingest.ledger import trail
from ingest.ledger.partition import fields_of
from ingest.ledger.rows import SCHEMA, apart, pack_ref, squeeze
from ingest.model import Envelope
from ingest.normalise import NORMALISER
from ingest.versions import versions
from ingest.wiring import Installation

TEXT = (
    "The river Mur rose over its banks in Graz on Monday and drove 300 people out of their houses. The fire brigade "
    "worked through the night with sandbags and pumps. Mayor Elke Kahr asked the army for help with the bridges. "
    "The water stood two metres deep in the main square. Schools will stay closed until Thursday, the city said."
)


@pytest.fixture
def installation(redis_client: redis.Redis, server_url: str) -> Iterator[Installation]:
    with wiring.opened(wiring.read_settings(store=server_url)) as installation:
        yield installation
    structlog.reset_defaults()  # it writes to the standard error of this test


def decide(server_url: str, key: str) -> None:
    """Offer the text under this key, and decide it, as this version of the program."""
    with wiring.opened(wiring.read_settings(store=server_url)) as installation:
        installation.inbox().offer([Envelope(key=key, source="s", title="Flood in Graz", text=TEXT, outlet=key)])
        installation.worker().run_for(60)


def upgraded(server_url: str, *options: str) -> int:
    return main(["upgrade", "--store", server_url, *options])


def kinds(installation: Installation) -> list[tuple[str, str]]:
    """(type, relation) of every event, in order."""
    events = [decode(fields[b"e"]) for _, fields in installation.client.xrange(installation.keys.events)]
    return [(event.type, event.data.relation.kind) for event in events]  # type: ignore[union-attr]  # all are of articles


def made_by(installation: Installation, **others: str) -> None:
    """As if a program of these versions had made the partition."""
    installation.client.hset(installation.keys.meta, mapping={**fields_of({**versions(), **others})})


@pytest.mark.parametrize(
    ("part", "next_one", "follows", "dropped"),
    [
        ("judgement", ("story.repeated", "copy"), "judged by the new thresholds", False),
        ("normaliser", ("story.repeated", "copy"), "may count as a new version of itself", False),
        ("sketch", ("story.repeated", "coverage"), "told as coverage", True),
    ],
)
def test_a_partition_of_another_version_is_taken_over_and_gone_on_with(
    installation: Installation,
    server_url: str,
    capsys: pytest.CaptureFixture[str],
    part: str,
    next_one: tuple[str, str],
    follows: str,
    dropped: bool,
) -> None:
    decide(server_url, "a")
    made_by(installation, **{part: "0"})
    with pytest.raises(StoreError, match=f"made by {part} 0, this is {versions()[part]}.*`ingest upgrade`"):
        decide(server_url, "b")
    client, keys = installation.client, installation.keys
    meta, head = client.hgetall(keys.meta), client.get(keys.head)

    assert upgraded(server_url, "--dry-run") == 0
    assert "nothing was done (--dry-run)" in capsys.readouterr().out
    assert (client.hgetall(keys.meta), client.get(keys.head)) == (meta, head)
    assert upgraded(server_url) == 0
    told = capsys.readouterr().out
    for said in (f"{part:<10} 0 -> {versions()[part]}", "kept       decisions, stories", follows, "done; start"):
        assert said in told
    assert ("dropped    nothing" not in told) == dropped
    assert client.get(keys.head) not in (None, head)
    assert upgraded(server_url) == 0
    assert "nothing to do" in capsys.readouterr().out

    decide(server_url, "b")
    decide(server_url, "a")  # decided before the upgrade
    assert kinds(installation) == [("story.opened", "new"), next_one]
    assert installation.balance().holds


def as_schema_2(installation: Installation) -> None:
    """The one decision there is, laid out as that schema did: two records, each in its own place."""
    client, records = installation.client, installation.records()
    newest, (month,) = records.decisions.newest("a"), records.state.months
    assert newest is not None
    row = records.articles([newest.ref])[newest.ref]
    for key in client.scan_iter(match="sw:{main}:dec:*"):
        client.delete(key)
    older = msgspec.msgpack.encode([newest.nth, newest.ref])
    name, decision = identity.key_field("a"), identity.decision_field("a", row.version)
    for kind, field, value in (("key", name, older), ("dec", decision, pack_ref(newest.ref))):
        shard = int.from_bytes(field[:2], "big") % 4096
        client.hset(f"sw:{{main}}:{kind}:{month}:{shard}", field, value)
    state = msgspec.msgpack.decode(client.hget(installation.keys.state, "s"))
    client.hset(installation.keys.state, "s", msgspec.msgpack.encode(state[:7]))
    client.hdel(installation.keys.state, *trail.FIELDS)


def test_rows_of_the_schema_before_are_read_on(
    installation: Installation, server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(server_url, "a")
    client, keys = installation.client, installation.keys
    records = installation.records()
    row = records.story(1)
    assert row is not None
    told, line = records.chronicle.told(row)[1], records.chronicle.entries(row)[1]
    current, centroid = apart(client.hget(keys.story(1), "rc"))
    older = msgspec.msgpack.encode(msgspec.msgpack.decode(current)[:17])
    client.delete(keys.story(1))
    as_schema_1 = {"t1": squeeze(told), "m1": squeeze(line), "r": older, "c": centroid}
    client.hset(keys.story(1), mapping=as_schema_1)
    as_schema_2(installation)
    made_by(installation, schema="1")
    with pytest.raises(StoreError, match=rf"made by schema 1, this is {SCHEMA}.*`ingest upgrade`"):
        decide(server_url, "b")
    assert upgraded(server_url) == 0
    decide(server_url, "a")  # decided before the upgrade
    assert len(kinds(installation)) == 1
    with wiring.opened(wiring.read_settings(store=server_url)) as later:
        more = TEXT + " A bridge fell at noon."
        later.inbox().offer([Envelope(key="b", source="s", title="Flood in Graz", text=more, outlet="b")])
        later.worker().run_for(60)
    assert kinds(installation) == [("story.opened", "new"), ("story.updated", "revision")]
    (_, fields) = client.xrange(keys.events)[-1]
    event = decode(fields[b"e"])
    assert [added.text for added in event.data.delta.added] == ["A bridge fell at noon."]  # type: ignore[union-attr]  # it has one
    capsys.readouterr()
    assert main(["story", row.id, "--store", server_url, "--json"]) == 0
    timeline = msgspec.json.decode(capsys.readouterr().out)
    assert [(entry["sequence"], entry["key"]) for entry in timeline["entries"]] == [(1, "a"), (2, "b")]


def _without_its_last_field(row: bytes) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.decode(row)[:-1])


def test_another_schema_is_refused_and_nothing_is_touched(
    installation: Installation, server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.inbox()
    made_by(installation, schema="0")
    before = installation.client.hgetall(installation.keys.meta)
    assert upgraded(server_url, "--force") == 2
    assert f"partition main has schema 0, this is {SCHEMA}: there is no way from one" in capsys.readouterr().err
    assert installation.client.hgetall(installation.keys.meta) == before


def test_workers_at_work_keep_an_upgrade_out_and_those_of_the_version_before_stop(
    start: Start, installation: Installation, server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    process = start("process", "--store", server_url)
    installation.inbox().offer([Envelope(key="a", source="s", text=TEXT)])
    until(lambda: installation.counted().get("decided"), "the first article")
    # The partition becomes that of another version under the worker's hands, as an upgrade from elsewhere would do it.
    made_by(installation, normaliser=str(NORMALISER + 1))
    installation.client.set(installation.keys.head, b"taken over")
    assert upgraded(server_url) == 2
    assert "1 worker(s) are at work on partition main: stop them first" in capsys.readouterr().err
    RedisInbox(installation.client, installation.keys).offer([Envelope(key="b", source="s", text=TEXT)])
    assert process.ends() == 2, process.err
    assert "worker: partition main" in process.err
    assert f"partition main was made by normaliser {NORMALISER + 1}, this is {NORMALISER}" in process.err
    assert installation.client.xlen(installation.keys.inbox) == 1
    assert len(kinds(installation)) == 1
