"""Envelopes survive the way through the inbox, whatever is in them; what is none keeps its bytes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.errors import Refused
from ingest.fields import checked
from ingest.inbox.envelope import ESCAPED, MAX_DEPTH, PLAIN, Undecodable, decode, encode
from ingest.model import Envelope, Stamp, Withdrawal, WithdrawnBy

texts = st.text(st.characters(exclude_categories=()), max_size=12)
names = st.text(max_size=12)  # without halves of surrogate pairs: those are refused
stamps = st.builds(Stamp, at=st.integers(-62_200_000_000_000, 253_500_000_000_000), exact=st.booleans())
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
nested = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
extras = st.dictionaries(texts, nested | st.dictionaries(texts, scalars, max_size=2), max_size=3)
envelopes = st.builds(
    Envelope,
    key=names,
    source=names,
    text=texts,
    id=st.none() | names,
    title=st.none() | texts,
    published=st.none() | stamps,
    embargo_until=st.none() | st.integers(-(10**15), 10**15),
    backfill=st.booleans(),
    completeness=st.sampled_from(["full", "teaser", "title"]),
    extra=extras,
)


@settings(max_examples=80)
@given(envelopes)
@example(Envelope(key="k", source="\0", text="\udfff", published=Stamp(-62_167_219_200_000)))
@example(Envelope(key="k", source="s", text="t", extra={"\udc80": 2**80}))
@example(Envelope(key="", source="", text="", extra={"raw": b"\xff\x00", "nested": [{"deep": -(2**70)}]}))
def test_an_envelope_comes_back_as_it_went_but_for_what_was_mended(envelope: Envelope) -> None:
    there_and_back = decode(encode(envelope))
    assert there_and_back == checked(envelope)
    assert checked(there_and_back) is there_and_back


def withdrawal(by: WithdrawnBy = "notice", reason: str | None = None) -> Envelope:
    return Envelope(key="wire:17", source="s", text="", withdraws=Withdrawal(by=by, reason=reason))


@pytest.mark.parametrize("by", ["notice", "gone"])
@pytest.mark.parametrize("reason", [None, "Kill: wrong city", "\udc80"])
def test_a_withdrawal_comes_back_as_it_went(by: WithdrawnBy, reason: str | None) -> None:
    there_and_back = decode(encode(withdrawal(by, reason)))
    assert there_and_back == withdrawal(by, "\ufffd" if reason == "\udc80" else reason)
    assert checked(there_and_back) is there_and_back


def test_what_no_withdrawal_says_adds_nothing_to_an_article() -> None:
    assert b"withdraws" not in encode(Envelope(key="k", source="s", text="t"))


def test_a_withdrawals_reason_is_cut_at_its_bound() -> None:
    cut = decode(encode(withdrawal(reason="x" * 501))).withdraws
    assert cut is not None
    assert cut.reason == "x" * 499 + "…"


def test_a_withdrawal_with_a_text_or_by_nobody_is_refused() -> None:
    for field in ("text", "title"):
        with pytest.raises(Refused, match=r"bad-field.*no title and no text"):
            encode(msgspec.structs.replace(withdrawal(), **{field: "One killed."}))
    rumour: Any = "rumour"
    with pytest.raises(Refused, match=r"bad-field.*by notice or by gone"):
        encode(withdrawal(by=rumour))


def test_what_an_article_follows_comes_back_as_it_went_and_is_bounded_as_a_key_is() -> None:
    linked = Envelope(key="k", source="s", text="t", correction=True, follows=("wire#1", "wire#2"))
    assert decode(encode(linked)) == linked
    assert b"follows" not in encode(Envelope(key="k", source="s", text="t"))
    wrong: Any = (7,)
    large, bad = "too-large", "bad-field"
    for follows, why in ((("x",) * 9, large), (("x" * 3_001,), large), (("\udc80",), bad), (wrong, bad)):
        with pytest.raises(Refused, match=rf"{why}.*follows"):
            encode(msgspec.structs.replace(linked, follows=follows))


@settings(max_examples=150)
@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda b: bytes((PLAIN,)) + b))
@example(b"")
@example(bytes((PLAIN,)))
@example(bytes((ESCAPED,)) + b"\xc7\x01\x09x")
@example(bytes((ESCAPED,)) + b"\x81\xc4\x01\xff\xc4\x00")
@example(bytes((ESCAPED,)) + b"\x91" * 5000)
@example(bytes((PLAIN,)) + b"\x91" * 5000)
def test_any_bytes_are_an_envelope_or_are_kept_as_what_they_are(payload: bytes) -> None:
    try:
        found: Envelope | Undecodable = decode(payload)
    except Undecodable as error:
        found = error
    assert isinstance(found, Envelope) or (found.payload == payload and found.detail)


def test_plain_articles_take_the_plain_form() -> None:
    assert encode(Envelope(key="k", source="s", text="Ordinary “text”, 日本語."))[0] == PLAIN
    assert encode(Envelope(key="k", source="s", text="t\udcff", extra={"\udcff": ["\udcff"]}))[0] == PLAIN
    assert encode(Envelope(key="k", source="s", text="t", extra={"big": 2**80}))[0] == ESCAPED


def test_metadata_that_is_too_deep_or_of_no_known_type_is_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH):
        deep = {"in": deep}
    with pytest.raises(Refused, match="too-deep"):
        encode(Envelope(key="k", source="s", text="t", extra=deep))
    with pytest.raises(Refused, match="bad-field"):
        encode(Envelope(key="k", source="s", text="t", extra={"object": object()}))
    with pytest.raises(Refused, match=r"too-large.*extra takes 1,0.*the most is 100,000"):
        encode(Envelope(key="k", source="s", text="t", extra={"long": "x" * 1_000_000}))
