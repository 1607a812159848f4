"""What is read of agencies' deliveries: the example files against the articles that they are, and what is no file of
theirs. The files are made up by the public specifications."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from ingest.delivery import Delivery
from ingest.errors import Refused
from ingest.extraction.jail import Cell
from ingest.extraction.wire import MAX_ITEMS, read_wire
from ingest.extraction.wire_fields import corrects, embargo_of, status_of, takes_back
from ingest.extraction.wire_xml import parse
from ingest.sources.wire import READER, kind_of
from wire_files import FIXTURES, FORMATS, golden, items, told

FILES = sorted(path for name in FORMATS for path in (FIXTURES / name).iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_the_example_files_of_a_format_are_the_articles_that_they_are(name: str) -> None:
    assert told(name) == json.loads(golden(name).read_text("utf-8"))


def test_every_example_file_is_told_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    for number, path in enumerate(FILES):
        if path.suffix == ".json":
            continue  # told by its values, as any JSON
        (tmp_path / f"{number}.dat").write_bytes(path.read_bytes())
        assert kind_of(path.read_bytes()[:4096]) == ("xml" if path.suffix == ".xml" else "iptc7901")
        found, expected = items(tmp_path / f"{number}.dat"), items(path)
        assert [type(item) for _, item in found] == [type(item) for _, item in expected]


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><head></head><body><p>About NewsML and nitf</p></body></html>",
        b"<?xml version='1.0'?><rss><channel><item><title>nitf</title></item></channel></rss>",
        b"<article><p>newsItem</p></article>",
        b"Telephone numbers of the town hall\n\nabc0124 3 i 93 is one of them",
        b"Abc 2024 was a good year",
        b"Aug 1999 5 am 12 people left the town of Osterby on foot, and forty years later six of them were back.\n",
    ],
)
def test_what_speaks_of_a_format_is_none(page: bytes) -> None:
    assert kind_of(page) is None


def outcome(data: bytes, kind: str = "xml") -> str | list[str]:
    """The texts of the items, or why there are none."""
    try:
        return [item.text for item in read_wire(data, kind).items]
    except Refused as refused:
        return refused.reason


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_damaged_file_is_read_or_refused_and_nothing_else(path: Path) -> None:
    data, kind = path.read_bytes(), {".json": "ninjs", ".msg": "iptc7901"}.get(path.suffix, "xml")
    for at in range(0, len(data), max(1, len(data) // 40)):
        for damaged in (data[:at], data[:at] + b"\xff<&]]>{" + data[at + 5 :], data[:at] + data[at + 40 :]):
            found = outcome(damaged, kind)
            assert isinstance(found, list) or found in {"bad-xml", "bad-json", "not-an-article", "unknown-format"}


def test_in_the_killable_child_a_delivery_is_what_it_is_without() -> None:
    path = FIXTURES / "newsml-g2" / "04-message.xml"
    with Cell(READER, Delivery, 30.0, 500) as cell:
        assert cell.read(path.read_bytes(), "xml") == read_wire(path.read_bytes(), "xml")
        with pytest.raises(Refused, match="bad-xml"):
            cell.read(b"<NewsML>", "xml")


@pytest.mark.parametrize("value", [None, 5, 2.5, True, "x", [], {}, [[]], [None, 5], {"a": {}}, [{"value": {}}], "<p>"])
def test_an_item_of_ninjs_with_a_field_of_another_kind_is_an_item_all_the_same(value: object) -> None:
    fields = {name for path in FILES if path.suffix == ".json" for name in json.loads(path.read_text("utf-8"))}
    for name in sorted(fields | {"located", "bylines", "signals", "slugs", "ednotes", "replacing"}):
        item = {"uri": "a", "headline": "Two killed", name: value}
        assert isinstance(outcome(json.dumps(item).encode(), "ninjs"), list)


# -- XML reaches for nothing


@pytest.fixture
def listening() -> socket.socket:
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    return server


def nitf(doctype: str, said: str = "&e;") -> bytes:
    body = f"<body><body.content><p>Said {said} it.</p></body.content></body>"
    return f"<?xml version='1.0'?>{doctype}<nitf>{body}</nitf>".encode()


def test_no_entity_is_expanded_no_file_opened_and_nobody_asked(tmp_path: Path, listening: socket.socket) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/x.dtd"
    for doctype in (
        f'<!DOCTYPE nitf SYSTEM "{address}">',
        f'<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "{address}">',
        f'<!DOCTYPE nitf [<!ENTITY e SYSTEM "file://{secret}">]>',
        f'<!DOCTYPE nitf [<!ENTITY e SYSTEM "{address}">]>',
        f'<!DOCTYPE nitf [<!ENTITY % p SYSTEM "{address}">%p;]>',
        '<!DOCTYPE nitf [<!ENTITY e "SECRET">]>',
        f'<!DOCTYPE nitf [<?a ]>?><!ENTITY e SYSTEM "file://{secret}">]>',
        f'<!-- > --><!DOCTYPE nitf [<!-- ]> --><!ENTITY e SYSTEM "file://{secret}">]>',
        f'<!DOCTYPE nitf [<!ENTITY e SYSTEM "file://{secret}"> "]>" ]>',
    ):
        assert outcome(nitf(doctype)) in ("bad-xml", ["Said it."])
    included = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'
    assert "SECRET" not in read_wire(nitf("", included), "xml").items[0].text
    with pytest.raises(BlockingIOError):
        listening.accept()
    listening.close()


def test_a_bomb_of_entities_is_nothing_and_depth_is_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    (item,) = read_wire(nitf(f'<!DOCTYPE nitf [<!ENTITY l0 "ha">{laughs}]>', "&l9;"), "xml").items
    assert item.text == "Said it."
    with pytest.raises(Refused, match=r"too-deep|bad-xml"):
        read_wire(nitf("", "<b>" * 5000 + "</b>" * 5000), "xml")


@pytest.mark.parametrize("start", [b"<!--", b"<?a ", b"<!DOCTYPE nitf [", b"<!-- --><?a ?>", b"<!DOCTYPE a>", b"<!"])
def test_a_file_of_beginnings_is_told_apart_at_once(start: bytes) -> None:
    assert kind_of((start * 1000)[:4096]) in (None, "xml")
    with pytest.raises(Refused, match="bad-xml"):
        parse(start * 50_000)  # linear it takes a fraction of a second, squared an hour


def test_characters_that_html_names_are_what_they_are() -> None:
    assert read_wire(nitf("", "caf&eacute; &mdash; A&amp;B &lt;x&gt; &AMP; &nosuch;"), "xml").items[0].text == (
        "Said café — A&B <x> & it."
    )


def test_more_items_than_an_agency_sends_in_a_day_are_left_out_and_counted() -> None:
    item = "<newsItem guid='a'><contentMeta><headline>x</headline></contentMeta></newsItem>"
    delivery = read_wire(f"<newsMessage><itemSet>{item * (MAX_ITEMS + 3)}</itemSet></newsMessage>".encode(), "xml")
    assert (len(delivery.items), delivery.left_out) == (MAX_ITEMS, 3)


# -- words


@pytest.mark.parametrize(
    "note",
    ["KILL", "Eds: MANDATORY KILL of cpa-17", "Kill story Vardo-strike", "WITHDRAWN: sent by mistake",
     "ANNULATION: erreur", "Attention editors: annulled", "STORY KILLED", "Annulé, merci de ne pas utiliser",
     "Zurückgezogen: falscher Ort", "Killed", "Withdrawn by the agency", "Annulation de la dépêche 0131",
     "WITHDRAWAL of this story", "Cancelled due to an error", "Retraction - sent twice", "Zurückgezogen wegen Fehlers",
     "KILL. Replacement to follow", "Annulé: remplacé par 0132", "Annule et remplacé par 0132",
     "KILL and replaced by 0132", "Kill - replaces nothing"],
)  # fmt: skip
def test_a_note_takes_its_story_back(note: str) -> None:
    assert takes_back(note)


@pytest.mark.parametrize(
    "note",
    [None, "", "UPDATES with police", "Eds: kill last graf", "Kill extraneous word in 3rd para", "Killing of two",
     "Corrects spelling", "Three killed", "Withdraws photo reference", "Cancelled flights: adds quote",
     "Withdrawal from Vardo: adds reaction", "Withdrawal agreement: adds EU reaction", "Killed soldiers: adds names",
     "ANNULE ET REMPLACE la précédente version", "Kill and replace with version 2", "Annulled marriages: fixes quote"],
)  # fmt: skip
def test_a_note_that_only_speaks_of_it_takes_nothing_back(note: str | None) -> None:
    assert not takes_back(note)


def test_a_note_that_corrects_is_told_from_one_that_updates() -> None:
    assert all(map(corrects, ("CORRECTION: two, not three", "Eds: corrects name", "Corrected version", "BERICHTIGUNG")))
    assert all(map(corrects, ("ANNULE ET REMPLACE 0131", "Eds: Kill and replace", "Annulliert und ersetzt 0123")))
    assert not any(map(corrects, (None, "UPDATES", "The correct spelling is Aas", "Market correction ahead")))


def test_a_status_that_nobody_knows_withholds() -> None:
    assert [status_of(said) for said in (None, "stat:usable", "Usable", "Embargoed")] == ["usable"] * 4
    assert [status_of(said) for said in ("stat:canceled", "Cancelled", "Retracted")] == ["canceled"] * 3
    assert [status_of(said) for said in ("withheld", "replaced", "stat:whatever")] == ["withheld"] * 3


def test_an_embargo_without_a_zone_ends_where_it_ends_last() -> None:
    hour = 3_600_000
    exact = embargo_of("2024-06-19T06:00:00Z")
    assert exact is not None
    assert embargo_of("20240619T080000+0200") == exact
    assert embargo_of("2024-06-19T06:00:00") == exact + 12 * hour
    assert embargo_of("2024-06-19") == exact + 30 * hour
    assert embargo_of("soon") is None
