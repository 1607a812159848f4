"""Bodies in web archives, packed in every way and wrongly: what one record cannot give costs no other."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from bombs import bombs, zipped, zstd
from made_archives import Archive
from source_doubles import READERS

from ingest.model import Envelope
from ingest.settings import SourceSettings
from ingest.sources.offering import Item
from ingest.sources.replay import read_paths

PAGE = "<html><body><p>Die Fähre fährt.</p></body></html>".encode()
TEXT = "Die Fähre fährt."
LONG = b"<html><body><p>" + bytes(range(32, 127)) * 5_000 + b"</p></body></html>"
LIMIT = 1_000_000
BOMBS = {name: (coding, body) for name, coding, body in bombs(3)}

Told = Callable[..., str]


def text_of(item: Item) -> str:
    return item.text if isinstance(item, Envelope) else f"{getattr(item, 'reason', 'skipped')}: {item.detail}"


@pytest.fixture(params=["unpacked", "by record", "one member"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Told:
    """What is told of an archive of three pages, the one between with this body and headers."""

    def tell(body: bytes, content_type: str = "text/html; charset=utf-8", **headers: str) -> str:
        path = tmp_path / ("crawl.warc" if request.param == "unpacked" else "crawl.warc.gz")
        archive = Archive(path, packed=request.param == "by record")
        archive.answer("https://a.example/1", b"<p>Before.</p>")
        archive.answer("https://a.example/2", body, content_type, **headers)
        archive.answer("https://a.example/3", b"<p>Behind.</p>")
        archive.close()
        if request.param == "one member":
            path.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        settings = SourceSettings(max_file_bytes=LIMIT)
        found = list(read_paths([str(path)], readers=READERS, settings=settings))
        before, said, behind = (text_of(item) for _, item in found)
        assert (before, behind) == ("Before.", "Behind.")
        assert found[1][0].endswith("#2 https://a.example/2")
        return said

    return tell


def chunked(data: bytes, size: int = 7) -> bytes:
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


PACKED = {
    "brotli": ("br", brotli.compress(PAGE)),
    "zstd": ("zstd", zstd.compress(PAGE)),
    "deflate without its header": ("deflate", zlib.compress(PAGE)[2:-4]),
    "gzip, then brotli": ("gzip, br", brotli.compress(zipped(PAGE))),
    "gzip in members": ("gzip", zipped(PAGE[:20]) + zipped(PAGE[20:])),
    "gzip twice, named once": ("gzip", zipped(zipped(PAGE))),
    "named in capitals": ("BR", brotli.compress(PAGE)),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_packed_page_is_read(told: Told, name: str, in_chunks: bool) -> None:
    coding, body = PACKED[name]
    if in_chunks:
        assert told(chunked(body), Content_Encoding=coding, Transfer_Encoding="chunked") == TEXT
    else:
        assert told(body, Content_Encoding=coding) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br", "rot13", "utf-8", "a, b, c, d"])
@pytest.mark.parametrize("framed", ["", "chunked"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n", b" \t"])
def test_a_page_that_its_crawler_unpacked_is_read_whatever_its_headers_say(
    told: Told, coding: str, framed: str, before: bytes
) -> None:
    headers = {"Content-Encoding": coding} | ({"Transfer-Encoding": framed} if framed else {})
    assert told(before + PAGE, **headers) == TEXT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", zipped(PAGE)),
        ("gzip, br", zipped(PAGE)),  # one of them was undone
        ("gzip, gzip", zipped(PAGE)),  # said by the server and by its proxy
        ("utf8-gzip", zipped(PAGE)),
    ],
    ids=["br", "gzip, br", "gzip, gzip", "utf8-gzip"],
)
def test_a_page_that_is_gzipped_is_read_by_another_name_too(told: Told, coding: str, body: bytes) -> None:
    assert told(body, Content_Encoding=coding) == TEXT


@pytest.mark.parametrize("charset", ["windows-1251", "utf-16"])
def test_a_page_that_was_unpacked_may_be_in_any_charset(told: Told, charset: str) -> None:
    body = "<p>Паром</p>".encode(charset)
    assert told(body, f"text/html; charset={charset}", Content_Encoding="br") == "Паром"


def test_a_plain_text_that_was_unpacked_is_read(told: Told) -> None:
    text = "Die Fähre fährt wieder, ä" + "ö" * 600  # a letter is cut in two where it is looked at
    assert told(text.encode(), "text/plain; charset=utf-8", Content_Encoding="zstd") == text


UNREADABLE = {
    "an unknown coding": ("rot13", zstd.compress(LONG), "content coding rot13, which is not read"),
    "a coding with a dictionary": ("dcb", b"\xffDCB" + bytes(99), "content coding dcb, which is not read"),
    "an unknown coding in gzip": ("rot13, gzip", zipped(b"\0\1\2" * 99), "content coding rot13, which is not read"),
    "zstd, said to be brotli": ("br", zstd.compress(PAGE), "broken compression"),
    "brotli, said to be zstd": ("zstd", brotli.compress(PAGE), "broken compression"),
    "brotli, said to be gzip": ("gzip", brotli.compress(PAGE), "broken compression"),
    "gzip, another sum than it says": ("gzip", zipped(LONG)[:-8] + b"\xff" * 8, "broken compression"),
    "brotli, cut off": ("br", brotli.compress(LONG)[:-9], "cut off"),
    "zstd, cut off": ("zstd", zstd.compress(LONG)[:-9], "cut off"),
    "gzip, cut off": ("gzip", zipped(LONG)[:-9], "cut off"),
    "four codings": ("br, br, br, br", brotli.compress(PAGE), "more than 3 content codings"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_cannot_be_unpacked_is_refused_alone(told: Told, name: str) -> None:
    coding, body, said = UNREADABLE[name]
    assert told(body, Content_Encoding=coding) == f"unreadable: {said}"


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_an_archive_is_refused_alone(told: Told, name: str) -> None:
    coding, body = BOMBS[name]
    reason = "unreadable" if name == "a window of 2 GB" else "too-large"
    assert told(body, Content_Encoding=coding).partition(":")[0] == reason


@pytest.mark.parametrize("size", [LIMIT + 1, 3 * LIMIT])
@pytest.mark.parametrize("framed", ["", "chunked"])
def test_a_body_beyond_the_limit_is_refused_alone(told: Told, size: int, framed: str) -> None:
    body = b"<p>" + random.Random(7).randbytes(size // 2).hex().encode()[: size - 3]
    headers = {"Transfer-Encoding": "chunked"} if framed else {}
    assert told(chunked(body, size) if framed else body, **headers) == f"too-large: more than {LIMIT} bytes"


def test_of_a_chunk_no_more_is_held_than_the_limit(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "crawl.warc", packed=False)
    archive.answer("https://a.example/1", chunked(b" " * 30 * LIMIT, 30 * LIMIT), Transfer_Encoding="chunked")
    archive.answer("https://a.example/2", b"<p>Behind.</p>")
    path, settings = str(archive.close()), SourceSettings(max_file_bytes=LIMIT)
    del archive
    tracemalloc.start()
    try:
        said = [text_of(item) for _, item in read_paths([path], readers=READERS, settings=settings)]
        assert tracemalloc.get_traced_memory()[1] < 8 * LIMIT
    finally:
        tracemalloc.stop()
    assert said == [f"too-large: more than {LIMIT} bytes", "Behind."]


def test_where_the_reader_of_records_breaks_over_a_body_that_one_is_refused(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: object, size: int) -> bytes:
        raise AttributeError("no such thing")

    monkeypatch.setattr("warcio.bufferedreaders.ChunkedDataReader.read", breaks)
    assert told(chunked(PAGE), Transfer_Encoding="chunked") == "unreadable: no such thing"
