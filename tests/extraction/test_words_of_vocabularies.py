"""A status, a signal, a relation: one word, however a sender writes it. The addresses are those of IPTC's own lists."""

from __future__ import annotations

import json

import pytest

from ingest.delivery import WireItem
from ingest.extraction.wire import read_wire

IPTC = "http://cv.iptc.org/newscodes"


def g2(status: str, *, signal: str = "", link: str = "") -> WireItem:
    about = f"<itemMeta><pubStatus {status}/>{signal and f'<signal {signal}/>'}{link and f'<link {link}/>'}</itemMeta>"
    text = '<contentSet><inlineData contenttype="text/plain">Two ships left Vardo.</inlineData></contentSet>'
    return read_wire(f"<newsItem guid='urn:a' version='2'>{about}{text}</newsItem>".encode(), "xml").items[0]


def newsml1(status: str, link: str = "") -> WireItem:
    named = "<Identification><NewsIdentifier><PublicIdentifier>a</PublicIdentifier></NewsIdentifier></Identification>"
    managed = f"<NewsManagement><Status FormalName='{status}'/>{link}</NewsManagement>"
    text = "<NewsComponent><ContentItem><DataContent>Two ships left.</DataContent></ContentItem></NewsComponent>"
    return read_wire(f"<NewsML><NewsItem>{named}{managed}{text}</NewsItem></NewsML>".encode(), "xml").items[0]


def nitf(status: str) -> WireItem:
    head = f"<head><docdata management-status='{status}'><doc-id id-string='a'/></docdata></head>"
    body = "<body><body.content><p>Two ships left.</p></body.content></body>"
    return read_wire(f"<nitf>{head}{body}</nitf>".encode(), "xml").items[0]


def ninjs(status: object, **fields: object) -> WireItem:
    item = {"uri": "a", "pubstatus": status, "body_text": "Two ships left Vardo.", **fields}
    return read_wire(json.dumps(item).encode(), "ninjs").items[0]


WRITTEN = ("{}", "stat:{}", f"{IPTC}/pubstatusg2/{{}}", f"{IPTC}/pubstatusg2#{{}}", f"{IPTC}/pubstatusg2/{{}}/")


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(("word", "status"), [("usable", "usable"), ("Canceled", "canceled"), ("replaced", "withheld")])
def test_a_status_is_its_word_in_every_format(written: str, word: str, status: str) -> None:
    said = written.format(word)
    found = [g2(f'qcode="{said}"'), g2(f'uri="{said}"'), newsml1(said), nitf(said), ninjs(said), ninjs({"uri": said})]
    assert [item.status for item in found] == [status] * len(found)
    assert all(bool(item.withdraws) == (status == "canceled") for item in found)


@pytest.mark.parametrize("said", ['qcode="sig:correction"', f'uri="{IPTC}/signal/correction"'])
def test_a_signal_is_its_word(said: str) -> None:
    item = g2('qcode="stat:usable"', signal=said)
    assert (item.correction, item.details["signals"]) == (True, ("correction",))
    assert g2('qcode="stat:usable"', signal=said.replace("correction", "kill")).withdraws == ("urn:a",)


@pytest.mark.parametrize("said", ["correction", "sig:correction", f"{IPTC}/signal/correction"])
def test_a_signal_of_ninjs_is_its_word_also_in_an_object(said: str) -> None:
    found = [ninjs("usable", signals=[said]), ninjs("usable", signals=[{"uri": said}]), ninjs("usable", signal=said)]
    assert all(item.correction for item in found)


@pytest.mark.parametrize("link", ['rel="irel:evolvedFrom"', f'rel="{IPTC}/itemrelation/evolvedFrom"',
                                  f'reluri="{IPTC}/itemrelation/evolvedFrom"'])  # fmt: skip
def test_a_link_says_its_relation_in_short_or_in_full(link: str) -> None:
    assert g2('qcode="stat:usable"', link=f'{link} residref="urn:b"').follows == ("urn:b",)
    assert g2('qcode="stat:usable"', link=f'{link.replace("evolvedFrom", "seeAlso")} residref="urn:b"').follows == ()


def test_a_class_or_relation_by_its_address_is_that_class_or_relation() -> None:
    link = f"<AssociatedWith FormalName='{IPTC}/relation/EvolvedFrom' NewsItem='b'/>"
    assert newsml1("Usable", link).follows == ("b",)
    assert ninjs("usable", type=f"{IPTC}/ninature/picture").refused == "no-text"


def test_a_status_that_cannot_be_read_withholds() -> None:
    assert [ninjs(said).status for said in (None, "", {"x": 1}, True)] == ["usable", "usable", "withheld", "withheld"]
