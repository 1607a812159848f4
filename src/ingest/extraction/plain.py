"""Plain text and markdown: bytes to text, and the title told apart from the body. Every line stays in the text."""

from __future__ import annotations

import codecs
import re

import msgspec

from ingest.errors import Refused
from ingest.model import Extracted


class TitleLimits(msgspec.Struct, frozen=True):
    """When a first line is a headline. In characters."""

    longest: int = 160
    """the longest of 2,844 real headlines has 150"""
    longest_wide: int = 60
    """the same in scripts that write a word in one or two characters"""
    ratio: float = 1.5
    """without a blank line after it, the lines that follow are at least so many times longer"""
    look_ahead: int = 3
    """lines that are looked at for that"""


TITLE = TitleLimits()

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
_MAX_CONTROL = 0.01  # share of control bytes: text has none, a picture or an archive far more

_HEADING = re.compile(r"#{1,2}[ \t]+(?=\S)")
_SETEXT = re.compile(r"={3,}|-{3,}")
_ENDS = re.compile(r"[.!。！．।።۔](?:[\"'”’»)\]」』]*)$")
_BYLINE = re.compile(r"(?:by|von|par|por|от|作者|记者)[\s:：]", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)")


def decode(data: bytes, declared: str | None = None) -> str:
    """Bytes of a text file as text. Tried in order: byte order mark, UTF-8, the declared encoding, the likeliest one.

    Raises Refused: `binary` for what is no text, `bad-encoding` where nothing fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    head = data[:_SNIFFED]
    if b"\0" in head or sum(head.count(byte) for byte in _CONTROL) > _MAX_CONTROL * len(head):
        raise Refused("binary", "text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return data.decode(declared)
        except (LookupError, UnicodeDecodeError):
            pass
    from charset_normalizer import from_bytes  # here: one file in a thousand needs it, and it takes 40 ms to load

    best = from_bytes(head, cp_isolation=list(_ENCODINGS)).best()
    if best is None:
        raise Refused("bad-encoding", "text")
    return data.decode(best.encoding, "replace")


_CONTROL = tuple(bytes([b]) for b in (*range(1, 8), *range(14, 27), *range(28, 32)))


def read_plain(text: str) -> Extracted:
    """Title and body of a plain-text or markdown file. `text` has every line, the title's own included."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    at = next((i for i, line in enumerate(lines) if line.strip()), None)
    if at is None:
        return Extracted(title=None, text=text)
    return Extracted(title=_title(lines, at), text=text)


def _title(lines: list[str], at: int) -> str | None:
    first = lines[at].strip()
    rest = [line.strip() for line in lines[at + 1 : at + 60]]
    if m := _HEADING.match(first):
        return _bare(first[m.end() :].rstrip("# "))
    if rest and _SETEXT.fullmatch(rest[0]):
        return _bare(first)
    following = [line for line in rest if line]
    wide = sum(1 for c in first if c > "\u2e80") > len(first) / 2
    if not following or len(first) > (TITLE.longest_wide if wide else TITLE.longest):
        return None
    if _ENDS.search(first) or first[-1] in ",;:，；：、" or not any(map(str.isalpha, first)):
        return None
    if _BYLINE.match(first) or first.startswith(("http://", "https://", "<")):
        return None
    if rest and not rest[0]:
        return _bare(first)
    longer = max(map(len, following[: TITLE.look_ahead]))
    return _bare(first) if longer >= TITLE.ratio * len(first) else None


def _bare(text: str) -> str | None:
    return " ".join(_MARKUP.sub(lambda m: m[1] or "", text).split()) or None
