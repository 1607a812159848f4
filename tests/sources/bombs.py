"""Bodies that unpack to far more than they are, each as (content coding, bytes)."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = b"\0" * 1_000_000


def zipped(data: bytes) -> bytes:
    """Without the time of day: test names must be the same in every process that collects them."""
    return gzip.compress(data, mtime=0)


def deflated(megabytes: int, bits: int) -> bytes:
    packer = zlib.compressobj(9, wbits=bits)
    return b"".join([*(packer.compress(BLOCK) for _ in range(megabytes)), packer.flush()])


def brotlied(megabytes: int) -> bytes:
    packer = brotli.Compressor(quality=5)
    return b"".join([*(packer.process(BLOCK) for _ in range(megabytes)), packer.finish()])


def zstded(megabytes: int) -> bytes:
    packer = zstd.ZstdCompressor()
    return b"".join([*(packer.compress(BLOCK) for _ in range(megabytes)), packer.flush()])


def bombs(megabytes: int) -> Iterator[tuple[str, str, bytes]]:
    """Name, coding and body of each; unpacked they are so large, or worse."""
    once = deflated(megabytes, zlib.MAX_WBITS | 16)
    yield "gzip", "gzip", once
    yield "deflate", "deflate", deflated(megabytes, zlib.MAX_WBITS)
    yield "raw deflate", "deflate", deflated(megabytes, -zlib.MAX_WBITS)
    yield "brotli", "br", brotlied(megabytes)
    yield "zstd", "zstd", zstded(megabytes)
    yield "gzip in gzip, named", "gzip, gzip", zipped(once)
    yield "gzip in gzip, unnamed", "gzip", zipped(once)
    yield "gzip without a word", "", once
    yield "gzip in zstd in brotli", "gzip, zstd, br", brotli.compress(zstd.compress(once), quality=5)
    yield "many members", "gzip", zipped(b"\0" * 900_000) * megabytes
    yield "empty members", "gzip", zipped(b"") * (megabytes * 5_000)
    yield "empty frames", "zstd", zstd.compress(b"") * (megabytes * 10_000)
    yield "a window of 2 GB", "zstd", _wide()


def _wide() -> bytes:
    """A frame that wants 2 GB of memory before its first byte (RFC 8878, 3.1.1)."""
    return b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([(31 - 10) << 3]) + b"\x01\x00\x00"
