from __future__ import annotations

import tracemalloc
import zlib

import brotli
import pytest
from bombs import bombs, zipped, zstd

from ingest.errors import Refused
from ingest.sources.coding import ACCEPTED, Body

TEXT = "Die Fähre fährt wieder. ".encode() * 5_000


def raw(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


PACKED = {
    "plain": ("", TEXT),
    "identity": ("identity", TEXT),
    "a charset in the wrong header": ("UTF-8", TEXT),
    "gzip": ("gzip", zipped(TEXT)),
    "gzip by its old name": ("X-GZip", zipped(TEXT)),
    "gzip in members": ("gzip", zipped(TEXT[:7]) + zipped(TEXT[7:])),
    "gzip with padding": ("gzip", zipped(TEXT) + b"\0" * 600),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate without its header": ("deflate", raw(TEXT)),
    "brotli": ("br", brotli.compress(TEXT)),
    "zstd": ("zstd", zstd.compress(TEXT)),
    "zstd in frames": ("zstd", zstd.compress(TEXT[:9]) + b"\x51\x2a\x4d\x18\x02\0\0\0hi" + zstd.compress(TEXT[9:])),
    "gzip twice": ("gzip, gzip", zipped(zipped(TEXT))),
    "gzip twice, named once": ("gzip", zipped(zipped(TEXT))),
    "gzip without a word": ("", zipped(TEXT)),
    "gzip, then brotli": ("gzip, br", brotli.compress(zipped(TEXT))),
    "three, and a fourth unnamed": (
        "gzip ,deflate,, identity, zstd", zstd.compress(zlib.compress(zipped(zipped(TEXT))))
    ),
}  # fmt: skip


def unpack(coding: str, data: bytes, size: int = 65_536, limit: int = 1_000_000) -> bytes:
    body = Body(coding, limit)
    for start in range(0, len(data), size):
        body.add(data[start : start + size])
    return body.finish()


@pytest.mark.parametrize("size", [1, 1_000, 1_000_000])
@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_is_unpacked_however_it_is_cut(name: str, size: int) -> None:
    coding, data = PACKED[name]
    assert unpack(coding, data, size) == TEXT


@pytest.mark.parametrize("name", [name for name in PACKED if PACKED[name][1] is not TEXT])
def test_a_body_that_is_cut_off_is_refused(name: str) -> None:
    coding, data = PACKED[name]
    cut = len(data) - 610 if "padding" in name else len(data) - 9
    with pytest.raises(Refused) as refused:
        unpack(coding, data[:cut])
    assert refused.value.reason == "fetch-failed"


@pytest.mark.parametrize("coding", [name.strip() for name in ACCEPTED.split(",")])
def test_what_is_not_packed_as_it_says_is_refused(coding: str) -> None:
    with pytest.raises(Refused, match="broken compression"):
        unpack(coding, b"<rss>" + TEXT)


@pytest.mark.parametrize("coding", ["rot13", "gzip, compress", "gzip;q=1", "gzip, gzip, gzip, gzip", "\x1b[31m"])
def test_a_coding_that_nobody_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(Refused) as refused:
        Body(coding, 100)
    assert refused.value.reason == "fetch-failed"
    assert refused.value.detail.isprintable()


def test_a_body_of_one_byte_or_none_is_whole() -> None:
    assert unpack("", b"\x1f") == b"\x1f"
    assert unpack("gzip", b"") == b""
    assert unpack("", b"") == b""


@pytest.mark.parametrize(("coding", "data"), [("", TEXT), ("br", brotli.compress(TEXT))])
def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(coding: str, data: bytes) -> None:
    assert unpack(coding, data, limit=len(TEXT)) == TEXT
    with pytest.raises(Refused) as refused:
        unpack(coding, data, limit=len(TEXT) - 1)
    assert refused.value.reason == "too-large"


@pytest.mark.parametrize(("coding", "data"), [(c, d) for _, c, d in bombs(20)], ids=[name for name, _, _ in bombs(1)])
def test_a_bomb_is_stopped_before_it_is_unpacked(coding: str, data: bytes) -> None:
    """The most that is held is the limit, as body and as its copy, and a piece or two a coding."""
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            unpack(coding, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.reason in {"too-large", "fetch-failed"}
    assert peak < 3_000_000
