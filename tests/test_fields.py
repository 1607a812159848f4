"""What an envelope may hold: whatever any caller offers becomes one small event, or is refused with the field named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.errors import Refused
from ingest.events.event import decode as decode_event
from ingest.fields import BOUNDS, bounded_key, checked
from ingest.inbox.envelope import encode
from ingest.model import Envelope, Stamp
from ingest.settings import EventSettings
from rehearsal import Rehearsal

ORDINARY = Envelope(key="k", source="s", text="The river rose over its banks in Graz on Monday.", title="Flood")
MOST = EventSettings().max_bytes

wild = st.text(st.characters(exclude_categories=()), max_size=8)
long = st.builds(lambda text, times: text * times, wild, st.sampled_from([1, 40, 600, 5_000]))
anything = st.fixed_dictionaries(
    {"key": long, "source": long, "text": long},
    optional=dict.fromkeys(("id", "url", "title", "outlet", "author", "language", "rights"), long),
)


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"key": "k" * 1_000_000}, "too-large", "key takes 1,000,000 bytes as JSON; the most is 3,000"),
        ({"key": "\x1b" * 501}, "too-large", "key takes 3,006 bytes as JSON"),
        ({"id": "文" * 1_001}, "too-large", "id takes 3,003 bytes"),
        ({"source": "s" * 1_501}, "too-large", "source takes"),
        ({"url": "https://x.example/" + "x" * 12_000}, "too-large", "url takes"),
        ({"language": "x" * 101}, "too-large", "language takes"),
        ({"text": "x" * 2_000_001}, "too-large", "text has 2,000,001 characters"),
        ({"key": "a\ud800"}, "bad-field", "key holds half a surrogate pair"),
        ({"source": "\udfff"}, "bad-field", "source holds half"),
        ({"id": "\udc80"}, "bad-field", "id holds half"),
        ({"url": "https://x.example/\udc80"}, "bad-field", "url holds half"),
        ({"key": None}, "bad-field", "key is NoneType, not a string"),
        ({"text": b"bytes"}, "bad-field", "text is bytes, not a string"),
        ({"title": 7}, "bad-field", "title is int, not a string"),
        ({"published": Stamp(2**70)}, "bad-field", "published is no time"),
        ({"numbered": 10**18}, "bad-field", "numbered is no whole number"),
        ({"numbered": "2"}, "bad-field", "numbered is no whole number"),
        ({"embargo_until": -(2**70)}, "bad-field", "embargo_until is no time"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_field_and_its_bound(
    changes: dict[str, Any], reason: str, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        encode(replace(ORDINARY, **changes))
    assert caught.value.reason == reason
    assert said in caught.value.detail
    assert len(str(caught.value)) < 300
    assert str(caught.value).isascii()


def test_prose_is_mended_and_cut_and_the_rest_stays() -> None:
    broken = {"outlet": "o\udc80", "text": "a\ud800b", "extra": {"\udc80": ["\udc80"]}}
    found = checked(replace(ORDINARY, title="\ud83d" + "t" * 3_000, **broken))
    assert found.title == "\ufffd" + "t" * 1_998 + "…"
    assert (found.outlet, found.text, found.extra) == ("o\ufffd", "a\ufffdb", {"\ufffd": ["\ufffd"]})
    assert (found.key, found.source) == ("k", "s")
    assert checked(ORDINARY) is ORDINARY


@given(long, long)
def test_a_bounded_key_is_within_its_bound_and_two_stay_two(one: str, other: str) -> None:
    for key in (one, other):
        assert bounded_key(bounded_key(key)) == bounded_key(key)
        assert len(json.dumps(bounded_key(key), ensure_ascii=False).encode("utf-8", "surrogatepass")) - 2 <= BOUNDS.key
    assert (bounded_key(one) == bounded_key(other)) == (one == other)


@settings(max_examples=40)
@given(st.lists(anything, min_size=1, max_size=3))
def test_whatever_is_offered_is_refused_by_name_or_becomes_one_small_event(offers: list[dict[str, str]]) -> None:
    taken: list[Envelope] = []
    named: list[bool] = []
    for fields in offers:
        try:
            encode(Envelope(**fields))
            taken.append(Envelope(**fields))
        except Refused as refused:
            named.append(refused.detail.split()[0] in fields)
    assert all(named)
    rehearsal = Rehearsal()
    rehearsal.run(taken)
    assert not rehearsal.inbox.letters
    assert all(len(event) <= MOST and decode_event(event) for event in rehearsal.ledger.events)


@pytest.mark.parametrize("character", ["k", "\x01", "文", "😀", '"', "\x7f", "ΐ"])
def test_names_as_long_as_they_may_be_fit_into_the_events_of_an_edited_article(character: str) -> None:
    """The longest of everything, twice: the second event names the first article as well."""

    def most(name: str) -> str:
        return character * (getattr(BOUNDS, name) // (len(json.dumps(character, ensure_ascii=False).encode()) - 2))

    words = [f"Sentence {n} says {character * 300} and more of the river {n}." for n in range(120)]
    first = Envelope(
        key=most("key"),
        source=most("source"),
        id=most("id"),
        url="https://x.example/" + most("url")[30:],
        title=character * 3_000,
        outlet=character * BOUNDS.outlet,
        author=character * 900,
        rights=character * 900,
        text="\n\n".join(words),
    )
    news = [f"Quite another sentence {n}, with news of {n} dead." for n in range(99)]
    again = replace(first, text="\n\n".join(news + words))
    rehearsal = Rehearsal()
    rehearsal.run([first, again])
    assert not rehearsal.inbox.letters
    events = [json.loads(event) for event in rehearsal.ledger.events]
    assert [event["data"]["article"]["key"] for event in events] == [first.key, first.key]
    assert max(map(len, rehearsal.ledger.events)) <= MOST
    assert events[1]["data"]["relation"]["to"]["id"] == first.key
