from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from seed_decisions import DECISIONS, NOON

from ingest.events.describe import describe
from ingest.events.event import decode
from ingest.events.times import millis, rfc3339
from ingest.model import Added, Decision, Figure, Stamp
from ingest.settings import EventSettings

SETTINGS = EventSettings()
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def told(decision: Decision, max_bytes: int = 64_000) -> dict[str, Any]:
    raw = describe(decision, settings=EventSettings(max_bytes=max_bytes))
    assert len(raw) <= max_bytes
    event: dict[str, Any] = json.loads(raw.decode("utf-8"))
    assert decode(raw).id == decision.event_id
    return event


def with_delta(**changes: Any) -> Decision:
    return replace(DECISIONS[2], delta=replace(DECISIONS[2].delta, **changes))


def added(n: int, text: str) -> tuple[Added, ...]:
    return tuple(Added(text=f"{i} {text}", position=i) for i in range(n))


def test_the_envelope_is_cloudevents() -> None:
    event = told(DECISIONS[2])
    assert {name: value for name, value in event.items() if name not in ("data", "id", "subject")} == {
        "specversion": "1.0",
        "type": "story.updated",
        "source": "storywire/main",
        "sequence": "0000000003",
        "time": "2024-06-18T12:04:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "https://github.com/storywire/storywire/schema/events/v1",
    }


def test_a_publication_day_is_told_as_a_day_and_a_time_as_a_time() -> None:
    assert told(DECISIONS[2])["data"]["article"]["published_at"] == "2024-06-18"
    exact = replace(DECISIONS[2], article=replace(DECISIONS[2].article, published=Stamp(NOON)))
    assert told(exact)["data"]["article"]["published_at"] == "2024-06-18T12:00:00.000Z"


@pytest.mark.parametrize("at", [-(10**18), -62_135_596_800_001, 0, 253_402_300_800_000, 10**18])
def test_a_time_outside_the_calendar_becomes_its_nearest_end(at: int) -> None:
    event = told(replace(DECISIONS[2], time=at, article=replace(DECISIONS[2].article, published=Stamp(at))))
    assert event["time"] == event["data"]["article"]["published_at"]
    assert len(event["time"]) == 24
    assert "0001-01-01" <= event["time"] <= "9999-12-31T23:59:59.999Z"


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_written_time_is_read_back_to_the_millisecond(at: int) -> None:
    assert millis(rfc3339(at)) == at


def test_the_hash_of_the_text_is_that_of_its_sentences_a_line_each() -> None:
    text = "".join(sentence + "\n" for sentence in DECISIONS[4].article.sentences)
    assert told(DECISIONS[4])["data"]["article"]["text"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_lone_surrogates_are_replaced_and_nothing_else_is() -> None:
    event = told(with_delta(added=(Added(text="a \ud800 b 😀 “c”", position=0),)))
    assert event["data"]["delta"]["added"][0]["text"] == "a \ufffd b 😀 “c”"
    assert event["data"]["truncated"] is False


def test_the_same_decision_gives_the_same_bytes() -> None:
    assert describe(DECISIONS[2], settings=SETTINGS) == describe(DECISIONS[2], settings=SETTINGS)


def test_an_event_of_common_size_is_not_shortened() -> None:
    event = told(with_delta(added=added(100, "word " * 30)))
    assert len(event["data"]["delta"]["added"]) == 100
    assert event["data"]["truncated"] is False


def test_one_endless_sentence_is_cut_and_the_others_stay() -> None:
    event = told(with_delta(added=(*added(3, "short"), Added(text="x" * 500_000, position=3))))
    texts = [item["text"] for item in event["data"]["delta"]["added"]]
    assert texts[:3] == ["0 short", "1 short", "2 short"]
    assert (len(texts[3]), texts[3][-1]) == (2000, "…")
    assert event["data"]["truncated"] is True


def test_what_was_taken_back_goes_before_what_is_new() -> None:
    event = told(with_delta(added=added(150, "word " * 20), removed=tuple("gone " * 40 for _ in range(500))))
    assert (len(event["data"]["delta"]["added"]), len(event["data"]["delta"]["removed"])) == (150, 10)


def test_ids_and_addresses_stay_whole_in_the_shortest_event() -> None:
    long = "k" * 3000
    decision = with_delta(
        added=added(3000, "文" * 400), figures=(Figure(was="1" * 9000, now="2", context="文" * 9000),)
    )
    decision = replace(decision, article=replace(decision.article, key=long, url="https://x.example/" + long))
    event = told(decision)
    assert event["data"]["article"]["key"] == long
    assert event["data"]["article"]["url"].endswith(long)
    assert event["id"] == decision.event_id
    assert event["data"]["previous"] == decision.previous
    assert event["data"]["delta"]["materiality"] == decision.delta.materiality


@settings(max_examples=30)
@given(st.data())
def test_whatever_an_article_holds_its_event_is_valid_and_small(data: st.DataObject) -> None:
    text = data.draw(ANY_TEXT)
    times = data.draw(st.integers(1, 20_000))
    decision = with_delta(
        added=(*added(data.draw(st.integers(0, 400)), text), Added(text=text * times, position=0, was=text, first="k")),
        removed=(text * times,) * data.draw(st.integers(0, 50)),
    )
    decision = replace(
        decision,
        article=replace(decision.article, title=text * times, rights=text, key=text or "k", credit=text),
        relation=replace(decision.relation, why=(text,) * data.draw(st.integers(0, 300))),
        story=replace(decision.story, headline=text * times, credits=(text,) * data.draw(st.integers(0, 99))),
    )
    told(decision)
