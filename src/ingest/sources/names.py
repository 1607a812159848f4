"""Names of files and of articles: printable whatever the bytes, and never two things under one name."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from ingest.fields import bounded_key
from ingest.identity import version_of
from ingest.printable import without_secrets


def printable(name: str) -> str:
    """`name` without control, direction or undecodable characters: each becomes a backslash escape, a backslash two.

    Injective, so it also serves as a key. A file name may hold line breaks, terminal commands, bytes that are no text.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_escaped(c) for c in name)


_CREDENTIALS = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*)[^/\\?#]*@")


def shown(url: str) -> str:
    """`url` as people may read it: printable, and without what stands for user and password in it, nor secrets in its
    parameters."""
    return printable(without_secrets(_CREDENTIALS.sub(r"\1***@", url) if "@" in url else url))


def stated(header: str) -> str:
    """An address out of a header. Headers are read as Latin-1; an address in them that is not ASCII is UTF-8."""
    with suppress(UnicodeError):
        return header.encode("latin-1").decode("utf-8")
    return header


def _escaped(c: str) -> str:
    if c == "\\":
        return "\\\\"
    if c.isprintable():
        return c
    code = ord(c)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that os.fsdecode could not read
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def key_of(
    source: str,
    given: str | None,
    url: str | None,
    canonical: Callable[[str], str | None],
    path: str | None,
    title: str | None,
    text: str,
) -> str:
    """The key that names an article across its versions.

    The given id in its source's namespace, else the canonical URL, else `path`, the place of a file of its own. An
    article that is one of many in a file and has none of these is named by its content: naming it by its line would
    make tomorrow's first line a new version of today's.
    """
    if given:
        return bounded_key(f"{source}#{given}")
    if url and (address := canonical(url)):
        return bounded_key(address)
    return bounded_key(path or f"{source}#{version_of(title, [text])}")
