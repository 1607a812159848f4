"""Agencies' deliveries among other files: what is an article, what takes one back, what is refused by which word."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ingest.errors import Refused
from ingest.model import Envelope
from wire_files import items

ITEM = {"uri": "urn:x:1", "version": "2", "headline": "Bridge closed", "body_text": "The bridge is closed."}
OWN = {"id": "7", "title": "Bridge open", "text": "The bridge is open."}


def outcomes(*paths: Path) -> list[str]:
    """The key of each article, `-` before it where it is taken back, or the word of the refusal."""
    return [
        item.reason if isinstance(item, Refused) else ("-" if item.withdraws else "") + item.key
        for _, item in items(*paths)
    ]


def test_ninjs_comes_as_a_file_a_list_or_a_line_among_others(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ITEM, indent=1))
    (tmp_path / "b.json").write_text(json.dumps([ITEM, OWN]))
    (tmp_path / "c.json").write_text(json.dumps({"items": [ITEM]}))
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(one) for one in (OWN, ITEM, {"uri": "x"})))
    one, own = "wire#urn:x:1", "wire#7"
    assert outcomes(tmp_path) == [one, one, own, one, own, one, "not-an-article"]


def test_half_a_character_in_one_field_costs_no_item(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**ITEM, "headline": "Bridge \ud83d"}))
    (tmp_path / "b.json").write_text(json.dumps({**ITEM, "headline": "Bridge \ud83d", "pubstatus": "canceled"}))
    assert outcomes(tmp_path) == ["wire#urn:x:1", "-wire#urn:x:1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_message_of_lines_is_one_in_any_encoding_of_unicode(tmp_path: Path, encoding: str) -> None:
    kill = "dpa0123 3 pl 123 dpa 0456\r\nBULLETIN KILL dpa0100\r\nDie Meldung ist falsch.\r\n\r\n161200 GMT Jun 24"
    (tmp_path / "a.txt").write_bytes(kill.encode(encoding))
    assert outcomes(tmp_path) == ["-wire#dpa0100-20240616"]


@pytest.mark.parametrize("lines", [1, 40])
def test_a_message_alone_whose_header_cannot_be_read_is_refused_by_its_first_line(tmp_path: Path, lines: int) -> None:
    text = "\r\n".join(["BULLETIN KILL ap-0100"] * lines)
    (tmp_path / "a.txt").write_text(f"\x16\x01ap-0123 r i 123\r\n\x02{text}\r\n\x03161200 GMT Jun 24\r\n\x04")
    ((_, item),) = items(tmp_path)
    assert isinstance(item, Refused)
    assert (item.reason, item.detail) == ("unknown-format", "no header of a message: ap-0123 r i 123")


def test_an_item_of_ninjs_may_name_itself_by_guid(tmp_path: Path) -> None:
    named = {"guid": "urn:x:1", **{name: said for name, said in ITEM.items() if name != "uri"}}
    (tmp_path / "a.json").write_text(json.dumps(named))
    (tmp_path / "b.json").write_text(json.dumps({**named, "pubstatus": "canceled"}))
    (tmp_path / "c.json").write_text(json.dumps({**named, "uri": "urn:x:2"}))
    (tmp_path / "d.json").write_text(json.dumps({**OWN, "guid": "urn:x:3", "headline": "Other"}))
    assert outcomes(tmp_path) == ["wire#urn:x:1", "-wire#urn:x:1", "wire#urn:x:2", "wire#7"]


def test_a_json_article_of_our_own_form_with_a_uri_is_no_ninjs(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**OWN, "uri": "urn:x:1", "headline": "Other"}))
    ((_, item),) = items(tmp_path)
    assert isinstance(item, Envelope)
    assert (item.key, item.title, item.extra["headline"]) == ("wire#7", "Bridge open", "Other")


def test_a_packed_delivery_and_one_in_another_encoding_are_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="{}"?><nitf><head><docdata><doc-id id-string="n1"/></docdata></head>' + (
        "<body><body.content><p>Zürich plant ein neues Stadion für 200 Millionen.</p></body.content></body></nitf>"
    )
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(text.format("utf-8").encode()))
    (tmp_path / "b.xml").write_bytes(text.format("iso-8859-1").encode("iso-8859-1"))
    (tmp_path / "c.xml").write_bytes(text.format("utf-16").encode("utf-16"))
    found = [item for _, item in items(tmp_path)]
    assert {item.text for item in found if isinstance(item, Envelope)} == {
        "Zürich plant ein neues Stadion für 200 Millionen."
    }
    assert len(found) == 3


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"pubstatus": "canceled"}, "-wire#urn:x:1"),
        ({"pubStatus": "withheld"}, "withheld"),
        ({"pubstatus": "on-hold"}, "withheld"),
        ({"embargoed": "until the court has spoken"}, "withheld"),
        ({"embargoed": "2030-01-01T00:00:00Z"}, "wire#urn:x:1"),
        ({"type": "picture"}, "no-text"),
        ({"headline": "", "body_text": " "}, "no-text"),
        ({"body_text": "x" * 200_001}, "too-large"),
        ({"uri": "", "pubstatus": "canceled"}, "names-nothing"),
    ],
)
def test_each_state_of_an_item_has_its_outcome(tmp_path: Path, changed: dict[str, str], expected: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ITEM | changed))
    assert outcomes(tmp_path) == [expected]


def test_a_later_version_follows_its_own_key_and_no_more_than_the_inbox_takes(tmp_path: Path) -> None:
    many = [f"urn:x:{number}" for number in range(20)]
    (tmp_path / "a.json").write_text(json.dumps(ITEM | {"evolvedfrom": many}))
    ((_, item),) = items(tmp_path)
    assert isinstance(item, Envelope)
    assert item.follows == tuple(f"wire#urn:x:{number}" for number in (1, 0, 2, 3, 4, 5, 6, 7))
