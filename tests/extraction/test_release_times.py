"""When a text of NITF may be published: `date.release`, against the issue and without one."""

from __future__ import annotations

import pytest

from ingest.delivery import WireItem
from ingest.extraction.wire import read_wire
from ingest.stamps import parse_stamp


def released(release: str, issue: str | None = None, status: str = "", publication: str | None = None) -> WireItem:
    issued = "" if issue is None else f"<date.issue norm='{issue}'/>"
    data = f"<docdata management-status='{status}'><doc-id id-string='a'/>{issued}{release}</docdata>"
    told = "" if publication is None else f"<pubdata date.publication='{publication}'/>"
    body = "<body><body.content><p>Two ships left.</p></body.content></body>"
    return read_wire(f"<nitf><head>{data}{told}</head>{body}</nitf>".encode(), "xml").items[0]


def until(release: str, issue: str | None = None, **more: str) -> int | None:
    item = released(f"<date.release norm='{release}'/>", issue, **more)
    assert (item.status, item.withdraws) == ("usable", ())
    return item.embargo


def at(said: str) -> int:
    found = parse_stamp(said, zoneless_is_utc=False)
    assert found is not None
    return found.at


def test_a_release_without_an_issue_is_an_embargo() -> None:
    assert until("20300616T100000Z") == at("2030-06-16T10:00:00Z")
    assert until("20300616T100000") == at("2030-06-16T22:00:00Z")
    assert until("20300616") == at("2030-06-17T12:00:00Z")
    assert until("20300616T100000Z", "at noon") == at("2030-06-16T10:00:00Z")


@pytest.mark.parametrize("issue", [None, "20240616T100000Z"])
def test_a_release_that_cannot_be_read_withholds(issue: str | None) -> None:
    item = released("<date.release norm='tomorrow noon'/>", issue)
    assert (item.status, item.embargo) == ("withheld", None)


@pytest.mark.parametrize("release", ["<date.release/>", "<date.release norm=' '/>", ""])
def test_a_release_that_says_nothing_withholds_nothing(release: str) -> None:
    assert (released(release).status, released(release).embargo) == ("usable", None)
    assert released(release, status="embargoed").status == "withheld"


def test_what_is_canceled_is_that_whatever_its_release() -> None:
    item = released("<date.release norm='tomorrow noon'/>", status="canceled")
    assert (item.status, item.withdraws) == ("canceled", ("a",))


@pytest.mark.parametrize(
    ("release", "issue"),
    [
        ("20240616T100000", "20240616T100000"),
        ("20240616T1000", "2024-06-16T10:00:00"),
        ("20240616T095900", "20240616T100000"),
        ("20240616", "20240616T100000"),
        ("20240616", "20240616T230000-0500"),
        ("20240616", "20240616T003000+0200"),
        ("2024-06-16", "20240616"),
        ("20240615", "20240616T080000Z"),
        ("20240616T100000Z", "20240616T120000+0200"),
        ("20240616T100000Z", "20240617T120000"),
    ],
)
def test_a_release_that_is_no_later_than_the_issue_is_no_embargo(release: str, issue: str) -> None:
    assert until(release, issue) is None
    assert until(release, publication=issue) is None


@pytest.mark.parametrize(
    ("release", "issue", "end"),
    [
        ("20240616T100001", "20240616T100000", "2024-06-16T22:00:01Z"),
        ("20240616T100000", "20240616", "2024-06-16T22:00:00Z"),
        ("20240617", "20240616T235900", "2024-06-18T12:00:00Z"),
        ("20240617", "20240616T230000-0500", "2024-06-18T12:00:00Z"),
        ("20240616T100001Z", "20240616T120000+0200", "2024-06-16T10:00:01Z"),
        ("20240616T100000", "20240616T120000Z", "2024-06-16T22:00:00Z"),
        ("20240615T130000Z", "20240616T020000", "2024-06-15T13:00:00Z"),
    ],
    ids=["a second", "on the day", "a day", "a day elsewhere", "a second, zones", "lost its zone", "issue lost its"],
)
def test_a_release_that_may_lie_after_the_issue_is_one(release: str, issue: str, end: str) -> None:
    assert until(release, issue) == at(end)


def test_an_embargo_that_is_said_has_its_release_whatever_the_issue() -> None:
    assert until("20240616T100000", "20240616T100000", status="embargoed") == at("2024-06-16T22:00:00Z")
