"""Plain text and markdown: bytes to text, and the title told apart from the body. Every line stays in the text."""

from __future__ import annotations

import re

import msgspec

from ingest.encodings import by_mark, likeliest
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

_SNIFFED = 50_000  # bytes looked at to tell text from what is none
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
    marked = by_mark(data)
    if marked is not None:
        return marked
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
    encoding = likeliest(head)
    if encoding is None:
        raise Refused("bad-encoding", "text")
    return data.decode(encoding, "replace")


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
