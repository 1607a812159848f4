"""Bytes as text where what they say of themselves may be wrong: what both a page, a file and a feed need. Pure."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# What the web was written in. Unrestricted, the detector reads cp1251 as Macintosh Cyrillic and loses a letter.
_ENCODINGS = (
    "cp1252", "cp1251", "cp1250", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "koi8_r", "koi8_u", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_15", "cp866",
    "cp874",
)  # fmt: skip
_SNIFFED = 50_000  # bytes given to the detector: 20 ms; its verdict does not change on more

# The web's own reading of these names (WHATWG Encoding): the smaller character set's name on the larger one's bytes.
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# Others that Python knows are no charsets: one of them takes time that grows with the square of the text.
_CHARSETS = re.compile(r"(ascii|big5|cp\d|euc|gb|hz|iso|johab|koi8|mac|shift|tis|utf-(8|16|32))")
_PROLOG = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([A-Za-z0-9_.:-]{2,40})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_TAGS = re.compile(rb"<!\[CDATA\[|\]\]>|<[^<>]*>")
_BROKEN = re.compile("[\udc80-\udcff]")
_MAX_BROKEN = 0.05
"""Share of what is not ASCII that a declared encoding may fail to read: a cut tail or a pasted word, not another one's
bytes, of which it fails to read a third and more."""


def by_mark(data: bytes) -> str | None:
    """The text of bytes with a byte order mark, which nothing overrules; None where there is none."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return None


def likeliest(data: bytes) -> str | None:
    """The encoding whose letters make the best words; None where none does."""
    from charset_normalizer import from_bytes  # here: one file in a thousand needs it, and it takes 40 ms to load

    best = from_bytes(data[:_SNIFFED], cp_isolation=list(_ENCODINGS)).best()
    return best.encoding if best is not None else None


def xml_text(data: bytes, content_type: str = "") -> str:
    """The text of an XML document whose header, prolog and bytes may contradict each other; never fails.

    Byte order mark, then UTF-8 wherever the bytes are nearly all valid (other encodings are by accident for a few
    characters, never for a document), then the prolog, then the header: a server's default is less the author's word
    than what stands in the file, whatever RFC 7303 says; then the likeliest.
    """
    marked = by_mark(data)
    if marked is not None:
        return marked
    if b"\x00" in data[:4]:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    escapes = b"\x1b" in data  # ISO-2022: its bytes are valid ASCII
    if not escapes and (text := read_as(data, "utf-8")) is not None:
        return text
    prolog, header = _PROLOG.match(data), _CHARSET.search(content_type)
    for name in (prolog[1].decode() if prolog else "", header[1] if header else ""):
        if name and (text := read_as(data, name)) is not None:
            return text
    guess = likeliest(b"\n".join(line for line in _TAGS.sub(b" ", data).splitlines() if not line.isascii()))
    return read_as(data, guess or "cp1252", strict=False) or ""


def read_as(data: bytes, name: str, *, strict: bool = True) -> str | None:
    """The text in this encoding, None where too much of it is none. Single bytes that are none are as in Windows-1252,
    from which they are pasted."""
    try:
        known = codecs.lookup(name).name
        if not _CHARSETS.match(known):
            return None
        text, whole = _decoded(data, _MEANT.get(known, known))
    except (LookupError, UnicodeError, ValueError):
        return None
    if whole:
        return text
    broken = len(_BROKEN.findall(text))
    if strict and broken and broken > _MAX_BROKEN * sum(not c.isascii() for c in text):
        return None
    return _BROKEN.sub(_pasted, text) if broken else text


def _decoded(data: bytes, name: str) -> tuple[str, bool]:
    """The text, and whether all of it could be read: mostly, and then nothing needs to be looked for."""
    try:
        return data.decode(name), True
    except UnicodeDecodeError:
        return data.decode(name, "surrogateescape"), False


def _pasted(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")
