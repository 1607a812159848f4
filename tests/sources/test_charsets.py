"""What a page is in, where header, page and bytes contradict each other."""

from __future__ import annotations

import pytest

from ingest.extraction.html import decode_html
from ingest.sources.charsets import as_utf8

GERMAN = "Grüße aus München, “schön” und größer."
RUSSIAN = "Паром снова ходит на остров, сообщили в министерстве."


@pytest.mark.parametrize(
    ("text", "encoding", "meta", "header"),
    [(RUSSIAN, "cp1251", "", "windows-1251"), (RUSSIAN, "cp1251", "windows-1251", ""),
     (RUSSIAN, "cp1251", "windows-1251", "utf-8"), (RUSSIAN, "cp1251", "windows-1251", "ISO-8859-1"),
     (RUSSIAN, "cp1251", "utf-8", "windows-1251"), (RUSSIAN, "koi8-r", "windows-1251", "koi8-r"),
     (RUSSIAN, "utf-8", "windows-1251", "ISO-8859-1"), (RUSSIAN, "utf-16", "utf-8", "windows-1251"),
     (RUSSIAN, "utf-8-sig", "windows-1251", ""), (RUSSIAN, "cp1251", "windows-1251", "nonsense"),
     (RUSSIAN, "cp1251", "windows-1251", "punycode"), (GERMAN, "cp1252", "", "iso-8859-1"),
     (GERMAN, "cp1252", "iso-8859-1", "iso-8859-1"), (GERMAN, "cp1252", "utf-8", "iso-8859-1;q=1")],
)  # fmt: skip
def test_a_page_is_read_whatever_header_and_meta_claim(text: str, encoding: str, meta: str, header: str) -> None:
    stated = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{stated}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert f"<p>{text}</p>" in decode_html(as_utf8(body, f"text/html; charset={header}" if header else "text/html"))
