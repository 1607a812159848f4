"""Articles written as JSON: one object, a list of them, or one a line.

    {"id"?, "url"?, "title"?, "text" | "html", "published_at"?, "outlet"?, "source"?, "language"?, "author"?, "rights"?}

Keys not listed are kept in `extra`. What is no article raises Refused and the next one is read.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ingest.addresses import plain
from ingest.errors import Refused
from ingest.model import Envelope, Extracted
from ingest.settings import SourceSettings
from ingest.stamps import parse_stamp

from .names import key_of, printable
from .port import Readers


class ArticleLimits(msgspec.Struct, frozen=True):
    """Beyond these a value is not what it says it is."""

    depth: int = 32  # nested lists and objects; real ones stay below 10, and every later encoder recurses
    id_chars: int = 1_000
    url_chars: int = 4_000  # servers cut at 8,000, browsers at 2,000
    title_chars: int = 2_000
    extra_chars: int = 16_000  # of `extra` as JSON: it travels with the article through the inbox


LIMITS = ArticleLimits()
_KNOWN = ("id", "url", "title", "text", "html", "published_at", "outlet", "source", "language", "author", "rights")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\](:\d+)?|[\w-]+(\.[\w-]+)+\.?(:\d+)?|[\w-]+:\d+|localhost")
_UNWANTED = re.compile(r"[\x00\ud800-\udfff]")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an article stands.

    source   namespace of the given ids, unless the article names its own
    where    for people: `file:line`
    path     key of last resort, for the only article of a file
    """

    source: str
    where: str
    path: str | None = None


def parse_json(data: bytes, where: str) -> Any:
    """The value of a JSON text. Numbers beyond 64 bits become strings, lone surrogates U+FFFD.

    Raises Refused: `bad-json` (also NaN, and a known key twice with two values), `too-deep`.
    """
    try:
        text = data.decode("utf-8-sig" if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-16")
        # Not strict: a bare control character inside a string is common, and harmless here.
        return json.loads(
            text,
            strict=False,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise Refused("too-deep", where) from error
    except UnicodeDecodeError as error:
        raise Refused("bad-encoding", where, "JSON is UTF-8") from error
    except ValueError as error:
        raise Refused("bad-json", where, printable(str(error))[:200]) from error


def _integer(digits: str) -> int | str:
    if len(digits) > 20:
        return digits
    number = int(digits)
    return number if -(1 << 63) <= number < 1 << 63 else digits


def _number(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for name, value in pairs:
            if name in _KNOWN and found[name] != value:
                raise ValueError(f"two values for {name!r}")
    return found


def read_article(item: Any, origin: Origin, readers: Readers, settings: SourceSettings) -> Envelope:
    """The envelope of one JSON value.

    Raises Refused: `not-an-article`, `bad-field`, `too-large`, `too-deep`, and what the page reader raises for `html`.
    """
    where = origin.where
    if not isinstance(item, dict):
        raise Refused("not-an-article", where, "not a JSON object")
    item = _clean(item, where, 0)
    extra = {name: value for name, value in item.items() if name not in _KNOWN and value is not None}
    url = _url(item, where, extra)
    title, text = _line(item, "title", where, LIMITS.title_chars), _string(item, "text", where)
    page: Extracted | None = None
    if not (text and text.strip()) and (source_html := _string(item, "html", where)):
        page = _page(source_html, url, origin, readers, settings)
        text, title, url = page.text, title or page.title, url or page.url
    text = (text or "").strip("\r\n\ufeff")
    if not text.strip() and not title:
        raise Refused("not-an-article", where)
    if len(text) > settings.max_text_chars:
        raise Refused("too-large", where, f"{len(text)} characters of text")
    source = _line(item, "source", where, LIMITS.id_chars) or origin.source
    given = _identifier(item, where)
    published = parse_stamp(item.get("published_at"), zoneless_is_utc=True)
    if published is None and item.get("published_at") is not None:
        extra["published_at"] = item["published_at"]  # no time, yet somebody may know what it meant
    return Envelope(
        key=key_of(source, given, url, readers.canonical, origin.path, title, text),
        source=source,
        text=text,
        id=given,
        url=url,
        title=title,
        published=published or (page.published if page else None),
        outlet=_outlet(item, where) or (publisher_of(page.site, url, readers) if page else None),
        author=_line(item, "author", where, LIMITS.id_chars) or (page.author if page else None),
        language=_language(item, extra) or (page.language if page else None),
        completeness="full" if text.strip() else "title",
        rights=_line(item, "rights", where, LIMITS.id_chars),
        extra=_bounded(extra),
    )


def _page(html: str, url: str | None, origin: Origin, readers: Readers, settings: SourceSettings) -> Extracted:
    data = html.encode()
    if len(data) > settings.max_file_bytes:
        raise Refused("too-large", origin.where, f"{len(data)} bytes of HTML")
    try:
        return readers.html(data, url)
    except Refused as refused:
        raise Refused(refused.reason, origin.where, refused.detail) from refused


def _clean(value: Any, where: str, depth: int) -> Any:
    if depth > LIMITS.depth:
        raise Refused("too-deep", where)
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): _clean(inner, where, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner, where, depth + 1) for inner in value]
    return value


def clean_text(text: str) -> str:
    """Valid Unicode without NUL: half a surrogate pair and NUL break every encoder and terminal behind."""
    if "\x00" not in text and _encodable(text):
        return text  # the rule, and a tenth of the time of a search
    return _UNWANTED.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def _encodable(text: str) -> bool:
    """Whether it has no half of a pair."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _string(item: dict[str, Any], name: str, where: str) -> str | None:
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Refused("bad-field", where, f"{name} is {_kind(value)}, not a string")


def _line(item: dict[str, Any], name: str, where: str, limit: int) -> str | None:
    """A string on one line, None where it is blank."""
    value = " ".join((_string(item, name, where) or "").split())
    if len(value) > limit:
        raise Refused("bad-field", where, f"{name} has {len(value)} characters")
    return value or None


def _identifier(item: dict[str, Any], where: str) -> str | None:
    value = item.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _line(item, "id", where, LIMITS.id_chars)


def _url(item: dict[str, Any], where: str, extra: dict[str, Any]) -> str | None:
    value = (_string(item, "url", where) or "").strip()
    if not value:
        return None
    if (found := address_of(value)) is not None:
        return found
    extra["url"] = value  # javascript:, data:, a bare path: kept for the reader, never a link
    return None


def cut_line(text: str | None, limit: int) -> str | None:
    """What a page or feed says of itself, on one line and no longer than `limit`; None where it is blank."""
    return " ".join(clean_text(text).split())[:limit].rstrip() or None if text else None


def publisher_of(site: str | None, address: str | None, readers: Readers) -> str | None:
    """Who publishes a page, as it says itself, where the domain of its address does not tell: site names vary by page.
    Of a page without a name extraction gives a host, and that may be of the address that it claims."""
    if address is not None and (readers.domain(address) or _HOST.fullmatch(site or "")):
        return None
    return cut_line(site, LIMITS.id_chars)


def address_of(url: str | None) -> str | None:
    """The URL, where it is one that may be a link."""
    return url if url and len(url) <= LIMITS.url_chars and is_web_address(url) else None


def is_web_address(url: str) -> bool:
    """http or https, with a host, without blanks or control characters, and without a name before an `@`: what looks
    like a host there is none, and may be a password."""
    if url[:4].lower() != "http" or " " in url or not url.isprintable():  # no other blank is printable
        return False
    if plain(url) is not None:
        return True
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _outlet(item: dict[str, Any], where: str) -> str | None:
    value = item.get("outlet")
    if isinstance(value, dict):
        return _line(value, "name", where, LIMITS.id_chars)
    return _line(item, "outlet", where, LIMITS.id_chars)


def _language(item: dict[str, Any], extra: dict[str, Any]) -> str | None:
    value = item.get("language")
    if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
        return re.split("[-_]", value.strip())[0].lower()
    if value:
        extra["language"] = value
    return None


def _bounded(extra: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(extra)) <= LIMITS.extra_chars:
        return extra
    return {"dropped": [name[:100] for name in sorted(extra)[:50]]}


def _kind(value: Any) -> str:
    return {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}.get(
        type(value), type(value).__name__
    )
