from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from seed_decisions import DECISIONS

from ingest.events import event as published
from ingest.events import schema
from ingest.events.describe import describe, encode, event_of, ref_of, source_of, story_of
from ingest.events.href import article_href, article_of
from ingest.settings import EventSettings

SETTINGS = EventSettings()
EVENT = Draft202012Validator(schema.schema() | {"anyOf": [{"$ref": "#/$defs/Event"}]})
DATA = Draft202012Validator(schema.schema())


def merged() -> published.StoryMerged:
    story = story_of(DECISIONS[0].story)
    return published.StoryMerged(
        id="m" * 32,
        source="storywire/main",
        subject=story.id,
        sequence="0000000006",
        time="2024-06-18T12:30:00.000Z",
        data=published.StoryMerge(story=story, merged=("st-other",)),
    )


def withdrawn() -> published.ArticleWithdrawn:
    story = story_of(DECISIONS[0].story)
    to = DECISIONS[3].relation.to
    assert to is not None
    return published.ArticleWithdrawn(
        id="w" * 32,
        source="storywire/main",
        subject=story.id,
        sequence="0000000007",
        time="2024-06-18T12:40:00.000Z",
        data=published.Withdrawal(story=story, article=ref_of(to), by="notice", reason="Kill: wrong city"),
    )


def all_kinds() -> list[bytes]:
    return [
        *(describe(decision, settings=SETTINGS) for decision in DECISIONS),
        encode(merged(), 64_000),
        encode(withdrawn(), 64_000),
    ]


def test_the_schema_in_the_repository_is_the_one_that_the_types_give() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.written()
    Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("raw", all_kinds())
def test_every_kind_of_event_satisfies_the_schema_whole_and_by_its_data(raw: bytes) -> None:
    event = json.loads(raw)
    EVENT.validate(event)
    DATA.validate(event["data"])
    assert event["dataschema"] == schema.schema()["$id"]


@pytest.mark.parametrize("raw", all_kinds())
def test_every_field_of_the_contract_is_written_even_where_it_is_empty(raw: bytes) -> None:
    def check(value: Any, kind: Any) -> None:
        if isinstance(value, dict) and "$ref" in kind:
            part = schema.schema()["$defs"][kind["$ref"].rpartition("/")[2]]
            assert set(value) == set(part["properties"])
            for name, item in value.items():
                check(item, part["properties"][name])

    event = json.loads(raw)
    name = {type_.__struct_config__.tag: type_.__name__ for type_ in published.EVENTS}[event["type"]]
    check(event, {"$ref": f"#/$defs/{name}"})


def test_an_event_without_its_story_does_not_satisfy_the_schema() -> None:
    event = json.loads(all_kinds()[0])
    del event["data"]["story"]
    assert not EVENT.is_valid(event)
    assert not DATA.is_valid(event["data"])


@pytest.mark.parametrize("raw", all_kinds())
def test_an_event_comes_back_from_its_bytes_as_it_was(raw: bytes) -> None:
    assert msgspec.json.encode(published.decode(raw)) == raw


def test_a_subscriber_reads_the_kinds_alike() -> None:
    opened, *_, repeated = (published.decode(raw) for raw in all_kinds()[:4])
    assert isinstance(opened, published.StoryOpened)
    assert (opened.type, opened.delta.materiality, opened.data.previous) == ("story.opened", None, None)
    assert repeated.relation is not None
    assert (repeated.type, repeated.relation.kind, repeated.delta) == ("story.repeated", "copy", published.Delta())
    assert merged().article is None
    assert withdrawn().delta.added == ()
    assert withdrawn().story.id == opened.story.id


def test_the_five_seeds_are_chained_by_sequence_and_previous() -> None:
    events = [event_of(decision, installation="storywire") for decision in DECISIONS]
    assert [event.sequence for event in events] == [f"{n:010d}" for n in range(1, 6)]
    assert [event.data.previous for event in events] == [None, *(event.id for event in events[:-1])]
    assert {event.subject for event in events} == {events[0].story.id}


def test_a_field_that_is_added_later_does_not_disturb_a_reader() -> None:
    event = json.loads(all_kinds()[1])
    event["new"] = event["data"]["new"] = event["data"]["story"]["new"] = {"a": [1]}
    assert published.decode(json.dumps(event).encode()) == published.decode(all_kinds()[1])


def test_a_type_that_is_added_later_is_read_as_far_as_it_is_known() -> None:
    event = json.loads(all_kinds()[1]) | {"type": "story.closed"}
    read = published.decode(json.dumps(event).encode())
    assert isinstance(read, published.OtherEvent)
    assert (read.type, read.story.headline) == ("story.closed", event["data"]["story"]["headline"])
    assert (read.article, read.delta) == (None, published.NOTHING)


def test_an_older_event_without_the_fields_that_have_a_default_is_read() -> None:
    event = json.loads(all_kinds()[3])
    for name in ("supersedes", "truncated", "previous"):
        del event["data"][name]
    assert published.decode(json.dumps(event).encode()).type == "story.repeated"


def test_the_source_is_a_uri_reference_whatever_the_installation_is_called() -> None:
    assert source_of("storywire", "main") == "storywire/main"
    assert source_of("Newsroom /1", "main") == "Newsroom%20%2F1/main"


@pytest.mark.parametrize("key", ["a@2", "https://x.example/a?b=c#d", "seeds/ä 北.txt", "\udcff\n", "@"])
def test_an_address_leads_back_to_the_article_whatever_its_key_holds(key: str) -> None:
    href = article_href(key, 12)
    assert href.isascii()
    assert href.isprintable()
    assert article_of(href) == (key, 12)


@pytest.mark.parametrize("text", ["", "storywire:article/", "storywire:article/a", "a@1", "storywire:article/a@x"])
def test_what_is_no_address_gives_none(text: str) -> None:
    assert article_of(text) is None
