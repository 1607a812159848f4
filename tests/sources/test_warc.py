"""Web archives as they are found: pages among requests, images and errors, packed, broken, endless."""

from __future__ import annotations

import gzip
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from made_archives import Archive
from source_doubles import READERS, ImpatientStop, RememberingInbox, read_page

from ingest.errors import Refused
from ingest.model import Envelope, Extracted
from ingest.settings import SourceSettings
from ingest.sources.offering import Item, Skipped
from ingest.sources.port import Readers
from ingest.sources.replay import read_paths, replay

AT = 1_472_518_923_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "crawl.warc.gz")


def page(text: str) -> bytes:
    return f"<html><body><p>{text}</p></body></html>".encode()


def items(path: Path, readers: Readers = READERS, **settings: int) -> Iterator[Item]:
    return read_paths([str(path)], readers=readers, settings=SourceSettings(**settings))


def told(found: Iterator[Item]) -> list[str]:
    return [_told(item) for _, item in found]


def _told(item: Envelope | Refused | Skipped) -> str:
    if isinstance(item, Envelope):
        return item.text
    return f"{item.reason if isinstance(item, Refused) else 'skipped'}: {item.detail}"


def test_pages_come_in_their_order_with_address_and_date(archive: Archive) -> None:
    for name in ("one", "two", "three"):
        archive.answer(f"https://news.example/{name}?utm_source=x", page(f"The {name} ferry runs."))
    found = [item for _, item in items(archive.close())]
    assert [item.text for item in found if isinstance(item, Envelope)] == [
        "The one ferry runs.", "The two ferry runs.", "The three ferry runs."
    ]  # fmt: skip
    first = found[0]
    assert isinstance(first, Envelope)
    assert (first.key, first.source, first.sighted) == ("https://news.example/one", "replay", AT)


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_no_page_is_counted_and_told_once(tmp_path: Path, packed: bool) -> None:
    archive = Archive(tmp_path / "crawl.warc", packed=packed)
    archive.record("", "warcinfo", b"software: made up", "application/warc-fields")
    archive.record("https://a.example/", "request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
    archive.answer("https://a.example/", page("The ferry runs."))
    archive.answer("https://a.example/gone", page("Not here."), status="404 Not Found")
    for n in range(3):
        archive.answer(f"https://a.example/{n}.png", b"\x89PNG", "image/png")
    said = told(items(archive.close()))
    assert said[0] == "The ferry runs."
    assert said[1:] == [
        "skipped: 6 records are no page: 3 image/png, 1 warcinfo, 1 request, 1 other"
    ]


def test_what_a_crawler_keeps_beside_the_pages_is_no_article(archive: Archive) -> None:
    archive.answer("https://a.example/robots.txt", b"User-agent: *\nDisallow: /private", "text/plain")
    archive.record("metadata://crawler.example/log", "resource", b"Fetched 3 pages.", "text/plain")
    archive.record("https://a.example/notes.txt", "resource", b"A line of text.", "text/plain")
    assert told(items(archive.close())) == [
        "A line of text.", "skipped: 2 records are no page: 1 robots.txt, 1 crawler's text"
    ]  # fmt: skip


def test_an_archive_with_all_that_the_standard_asks_for_is_replayed_without_a_refusal(
    archive: Archive, inbox: RememberingInbox, stop: ImpatientStop, readers: Readers, settings: SourceSettings
) -> None:
    archive.record("", "warcinfo", b"software: made up", "application/warc-fields")
    archive.answer("https://a.example/1", page("The ferry runs."))
    archive.record("https://a.example/1", "metadata", b"via: made up", "application/warc-fields")
    archive.record("https://a.example/2", "revisit", b"", "application/http; msgtype=response")
    outcomes = list(replay([str(archive.close())], inbox=inbox, readers=readers, settings=settings, stop=stop))
    assert [outcome.fate for outcome in outcomes] == ["accepted", "skipped"]
    assert (len(inbox.articles), inbox.refused) == (1, 0)


@pytest.mark.parametrize("left", [900, 300, 60, 25], ids=["page", "answer's head", "record's head", "first line"])
def test_of_a_plain_archive_cut_off_the_last_page_is_refused_and_not_shortened(tmp_path: Path, left: int) -> None:
    archive = Archive(tmp_path / "crawl.warc", packed=False)
    archive.answer("https://a.example/1", page("One."))
    archive.answer("https://a.example/2", page("And more. " * 500), **{"X-Long": "x" * 200})
    path = archive.close()
    path.write_bytes(path.read_bytes()[: archive.sizes[0] + left])
    whole, lost = told(items(path))
    assert (whole, lost.partition(":")[0]) == ("One.", "unreadable")


@pytest.mark.parametrize("lost", [5, 200])
def test_a_plain_archive_cut_off_in_what_is_no_page_is_said_to_be(tmp_path: Path, lost: int) -> None:
    archive = Archive(tmp_path / "crawl.warc", packed=False)
    archive.answer("https://a.example/1", page("One."))
    archive.answer("https://a.example/1.png", b"\x89PNG" * 100, "image/png")
    path = archive.close()
    path.write_bytes(path.read_bytes()[:-lost])
    assert told(items(path)) == ["One.", "unreadable: after 2 records: the last one is cut off"]


def test_codings_and_charsets_of_the_answer_are_undone(archive: Archive) -> None:
    archive.answer("https://a.example/1", gzip.compress(page("Packed.")), Content_Encoding="gzip")
    archive.answer("https://a.example/2", "<html><p>Паром</p>".encode("cp1251"), "text/html; charset=windows-1251")
    chunked = b"5\r\n<p>Ch\r\n9\r\nunked</p>\r\n0\r\n\r\n"
    archive.answer("https://a.example/3", chunked, Transfer_Encoding="chunked")
    archive.record("https://a.example/4", "conversion", b"A line of text.", "text/plain")
    assert told(items(archive.close())) == ["Packed.", "Паром", "Chunked", "A line of text."]


@pytest.mark.parametrize(
    ("url", "site", "outlet"),
    [
        ("http://news.paper.test/0.html", "Daily Test", "Daily Test"),
        ("http://news.paper.test/0.html", None, None),
        ("http://news.paper.test/0.html", "news.other.test", None),  # the host of an address that the page claims
        ("http://127.0.0.1:8080/0.html", "127.0.0.1:8080", None),
        ("http://www.paper.example/0.html", "Daily Test", None),  # its domain tells
    ],
)
def test_a_page_tells_who_publishes_it_where_its_address_does_not(
    archive: Archive, url: str, site: str | None, outlet: str | None
) -> None:
    archive.answer(url, page("The ferry runs."))
    readers = msgspec.structs.replace(
        READERS,
        html=lambda data, url: Extracted(title="T", text="The ferry runs.", url=url, site=site),
        domain=lambda url: "paper.example" if "paper.example" in url else None,
    )
    (found,) = [item for _, item in items(archive.close(), readers)]
    assert isinstance(found, Envelope)
    assert found.outlet == outlet


def test_a_page_too_large_is_refused_and_the_rest_goes_on(archive: Archive) -> None:
    archive.answer("https://a.example/1", gzip.compress(b"<p>" + b" " * 5_000_000), Content_Encoding="gzip")
    archive.answer("https://a.example/2", page("Small."))
    assert told(items(archive.close(), max_file_bytes=1_000_000)) == ["too-large: more than 1000000 bytes", "Small."]


def test_an_archived_page_that_is_a_challenge_is_no_article(archive: Archive) -> None:
    shown = b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p>"
    script = b"<script>window._cf_chl_opt={};</script></body></html>"
    archive.answer("https://a.example/1", shown + script)
    seen = Extracted(title="Just a moment...", text="Checking your browser.")
    readers = msgspec.structs.replace(READERS, html=lambda data, url: seen)
    assert told(items(archive.close(), readers)) == ["bot-challenge: "]


def test_an_archive_cut_off_gives_what_it_has_and_says_so(archive: Archive) -> None:
    for n in range(5):
        archive.answer(f"https://a.example/{n}", page(f"Whole {n}. " + "And more. " * 2000))
    archive.answer("https://a.example/last", page("Cut off." * 1000))
    path = archive.close()
    path.write_bytes(path.read_bytes()[:-40])
    said = told(items(path))
    assert [text[:7] for text in said[:-1]] == [f"Whole {n}" for n in range(5)]
    assert said[-1].startswith("unreadable: ")


def damaged(path: Path, *places: int) -> Path:
    """Eight bytes at each place are others."""
    data = bytearray(path.read_bytes())
    for place in places:
        data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)
    return path


def test_behind_a_broken_member_an_archive_goes_on_and_what_was_lost_is_said(archive: Archive) -> None:
    for n in range(6):
        archive.answer(f"https://a.example/{n}", page(f"Whole {n}. {random.Random(n).randbytes(3000).hex()}"))
    path, sizes = archive.close(), archive.sizes
    damaged(path, sum(sizes[:2]) + 900, sum(sizes[:4]) + 2)  # in a member, and in the beginning of one
    said = told(items(path))
    assert [text[:7] for text in said] == ["Whole 0", "Whole 1", "unreada", "Whole 3", "unreada", "Whole 5"]
    assert said[2].startswith(f"unreadable: {sizes[2]:,} bytes at {sum(sizes[:2]):,} were passed over: ")
    assert said[4].startswith(f"unreadable: {sizes[4]:,} bytes at {sum(sizes[:4]):,} were passed over: ")


def test_an_archive_that_is_broken_where_it_begins_is_one_by_its_name(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    archive.answer("https://a.example/2", page("Two."))
    assert [text.partition(":")[0] for text in told(items(damaged(archive.close(), 3)))] == ["unreadable", "Two."]


def test_the_bytes_that_a_member_begins_with_are_no_record_by_themselves(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    archive.record("https://a.example/2", "response", b"\x1f\x8b\x08" * 400, "application/http")
    archive.answer("https://a.example/3", page("Three."))
    path, sizes = archive.close(), archive.sizes
    inner = gzip.compress(b"Not a record.", mtime=0)
    data = path.read_bytes()
    path.write_bytes(data[: sizes[0]] + b"no member" + inner + b"\x1f\x8b\x08\x00" * 50 + data[sizes[0] :])
    said = told(items(path))
    assert (said[0], said[1].partition(":")[0], said[2]) == ("One.", "unreadable", "Three.")
    assert f"{9 + len(inner) + 200:,} bytes at {sizes[0]:,}" in said[1]


def test_a_record_that_is_none_is_passed_over_where_records_are_packed_by_themselves(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    archive.raw(b"WARC/1.0\r\nnonsense\r\n\r\nmore nonsense")
    archive.raw(b"nothing at all")
    archive.answer("https://a.example/2", page("Two."))
    said = told(items(archive.close()))
    assert [text for text in said if not text.startswith(("unreadable: ", "skipped: "))] == ["One.", "Two."]
    assert len(said) > 2


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_that_says_nonsense_of_itself_is_refused_and_breaks_nothing(tmp_path: Path, packed: bool) -> None:
    archive = Archive(tmp_path / "crawl.warc", packed=packed)
    archive.answer("https://a.example/1", page("One."))
    archive.answer("", page("Of no address."))
    archive.answer("https://a.example/2", page("Two."))
    said = told(items(archive.close()))
    assert said[0] == "One."
    assert ["unreadable" in text for text in said].count(True) == 1
    assert ("Two." in said) == packed


def test_a_record_of_a_wrong_length_takes_nothing_of_the_next_and_writes_no_page_to_the_terminal(
    archive: Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    archive.raw(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\nContent-Length: 40\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A page that is longer than it is said to be.</p>"
    )
    archive.answer("https://a.example/2", page("Two."))
    assert told(items(archive.close()))[-1] == "Two."
    assert capfd.readouterr() == ("", "")


def test_a_file_made_to_be_looked_through_for_ever_is_given_up(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    path = archive.close()
    path.write_bytes(path.read_bytes() + b"\xff" + b"\x1f\x8b\x08\x00" * 20_000)
    said = told(items(path))
    assert (said[0], said[-1].partition(":")[0], len(said)) == ("One.", "unreadable", 2)


def test_a_bomb_behind_a_broken_member_is_refused_as_one(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    archive.answer("https://a.example/2", page("Two."))
    archive.answer("https://a.example/3", b" " * 30_000_000)
    path = archive.close()
    said = told(items(damaged(path, archive.sizes[0] + 12), max_file_bytes=1_000_000))
    assert [text.partition(":")[0] for text in said] == ["One.", "unreadable", "too-large", "too-large"]
    assert said[-1].endswith("it unpacks to far more than it is")


def test_padding_between_members_and_at_the_end_is_none_of_theirs(archive: Archive) -> None:
    archive.answer("https://a.example/1", page("One."))
    archive.answer("https://a.example/2", page("Two."))
    path = archive.close()
    data = path.read_bytes()
    path.write_bytes(data[: archive.sizes[0]] + b"\0" * 70_000 + data[archive.sizes[0] :] + b"\0" * 512)
    assert told(items(path)) == ["One.", "Two."]


def test_what_only_begins_like_an_archive_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(b"WARC/1.0\r\nnonsense\r\n\r\nmore nonsense")
    assert [said.partition(":")[0] for said in told(items(path))][-1] == "unreadable"


def test_pages_are_read_several_at_a_time_and_few_ahead(archive: Archive) -> None:
    for n in range(100):
        archive.answer(f"https://a.example/{n}", page(f"Number {n}."))
    meeting, begun = threading.Barrier(2, timeout=20), threading.Semaphore(0)
    count = 0

    def slow(data: bytes, url: str | None) -> Extracted:
        nonlocal count
        count += 1
        if count <= 2:
            meeting.wait()  # two are read at once, or neither is
        begun.release()
        return read_page(data, url)

    found = items(archive.close(), msgspec.structs.replace(READERS, html=slow, at_once=2))
    first = next(found)[1]
    assert isinstance(first, Envelope)
    assert first.text == "Number 0."
    assert count <= 6  # and not the whole archive
    assert told(found) == [f"Number {n}." for n in range(1, 100)]


def test_an_archive_is_replayed_like_any_file(
    archive: Archive, inbox: RememberingInbox, stop: ImpatientStop, readers: Readers, settings: SourceSettings
) -> None:
    archive.answer("https://a.example/1", page("The ferry runs."))
    outcomes = list(replay([str(archive.close())], inbox=inbox, readers=readers, settings=settings, stop=stop))
    assert [outcome.fate for outcome in outcomes] == ["accepted"]
    assert inbox.articles[0].sighted == AT
