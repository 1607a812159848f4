"""Items of agencies' deliveries as articles, and as what takes articles back.

    canceled, killed    a withdrawal of the item, or of those that it names
    withheld            refused: no article yet; it becomes one with the version that is usable
    under embargo       an article: decided, and its event says until when
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from ingest.delivery import MESSAGE_BEGINS, WireItem
from ingest.errors import Refused
from ingest.model import Envelope, Withdrawal
from ingest.settings import SourceSettings

from .articles import LIMITS, Origin, address_of, clean_text, cut_line
from .names import key_of
from .offering import Item
from .port import Readers

READER = "ingest.extraction.wire:read_wire"
"""What the child is to call; named and not imported, as no stage imports another."""

Kind = Literal["xml", "ninjs", "iptc7901"]
KINDS: tuple[Kind, ...] = ("xml", "ninjs", "iptc7901")

# Atomic: what was taken is not given back, whatever a file of half-open comments holds.
_XML = re.compile(
    rb"(?>\xef\xbb\xbf|\s+|<\?(?>[^?]|\?(?!>))*+\?>|<!--(?>[^-]|-(?!->))*+-->"
    rb"|<!DOCTYPE(?>[^\[>])*+(?:\[(?>[^\]])*+\]\s*+)?>)*+"
    rb"<(?:\w+:)?(newsml|newsitem|newsmessage|packageitem|conceptitem|knowledgeitem|planningitem|catalogitem|nitf)"
    rb"[\s>/]",
    re.IGNORECASE,
)
_XML_TYPE = re.compile(rb"<!DOCTYPE\s+(?:newsml|nitf)\b", re.IGNORECASE)
_MESSAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?+[\x00\x16\s\x7f]*+(?:ZCZC[^\r\n]{0,40}+[\r\n])?+[\x00\x16\s\x7f]*+"
    # By the sign that begins a message, whatever its header is like; or by a header.
    rb"(?:\x01[\x16\x01\s\x7f]*+[^\x00-\x1f\x7f]{6}|%b[^\r\n]{0,60}+[\r\n])" % MESSAGE_BEGINS.encode()
)
_HALVES = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,18}")
_NINJS = frozenset({"pubstatus", "versioncreated", "headline", "headlines", "bodies"})


def kind_of(head: bytes) -> Kind | None:
    """Whether a file that begins so is a delivery; None where it is something else. JSON is told by its values."""
    narrow = head.replace(b"\x00", b"").lstrip(b"\xff\xfe") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    if _MESSAGE.match(narrow):
        return "iptc7901"
    return "xml" if _XML.match(narrow) or _XML_TYPE.search(narrow[:1024]) else None


def is_ninjs(value: object) -> bool:
    """Whether a JSON value is an item of ninjs, and not an article in a form of our own."""
    if not isinstance(value, dict) or "text" in value or "html" in value:
        return False
    if not isinstance(value.get("uri"), str) and not isinstance(value.get("guid"), str):
        return False
    return any(name.lower() in _NINJS or name.lower().startswith("body_") for name in value)


def read_ninjs(value: Any, origin: Origin, readers: Readers, settings: SourceSettings) -> Envelope:
    """The article of one ninjs item, or what it takes back. Raises Refused."""
    try:
        # Half a character, where somebody cut in the middle of one, is no UTF-8.
        delivery = readers.wire(_HALVES.sub("\ufffd", json.dumps(value, ensure_ascii=False)).encode(), "ninjs")
    except RecursionError as error:
        raise Refused("too-deep", origin.where) from error
    except Refused as refused:
        raise Refused(refused.reason, origin.where, refused.detail) from refused
    found = next(iter(_outcomes(delivery.items[0], origin, readers, settings)))
    if isinstance(found, Refused):
        raise found
    return found


def read_delivery(
    data: bytes, kind: Kind, origin: Origin, readers: Readers, settings: SourceSettings
) -> Iterator[Item]:
    """Every item of a file in its order, each with where it stands. Raises Refused."""
    delivery = readers.wire(data, kind)
    alone = len(delivery.items) == 1
    for number, item in enumerate(delivery.items, 1):
        where = origin.where if alone else f"{origin.where}[{number}]"
        place = msgspec.structs.replace(origin, where=where, path=origin.path if alone else None)
        for found in _outcomes(item, place, readers, settings):
            yield where, found
    if not delivery.items:
        yield origin.where, Refused("empty", origin.where, "a delivery without an item")
    if delivery.left_out:
        yield origin.where, Refused("too-large", origin.where, f"{delivery.left_out} more items")


def _outcomes(
    item: WireItem, origin: Origin, readers: Readers, settings: SourceSettings
) -> Iterator[Envelope | Refused]:
    if item.withdraws:
        for given in item.withdraws:
            yield _withdrawal(item, given, origin, readers)
    elif item.status == "canceled":
        yield Refused("names-nothing", origin.where, cut_line(item.reason, 200) or "")
    elif item.status == "withheld":
        yield Refused("withheld", origin.where, cut_line(item.reason, 200) or "")
    elif item.refused is not None:
        yield Refused(item.refused, origin.where, cut_line(item.reason, 200) or "")
    else:
        yield _article(item, origin, readers, settings)


def _withdrawal(item: WireItem, given: str, origin: Origin, readers: Readers) -> Envelope:
    own = item.id is not None and given in (item.id, f"{item.id}#{given.rpartition('#')[2]}")  # or in another language
    given = clean_text(given)
    return Envelope(
        key=_key(given, origin, readers),
        source=origin.source,
        text="",
        id=given,
        published=item.published,
        withdraws=Withdrawal(by="notice", reason=cut_line(item.reason, 500)),
        numbered=_number(item) if own else None,
    )


def _number(item: WireItem) -> int | None:
    return int(item.version) if item.version and _NUMBER.fullmatch(item.version) else None


def _key(given: str, origin: Origin, readers: Readers) -> str:
    return key_of(origin.source, given, None, readers.canonical, None, None, "")


def _article(item: WireItem, origin: Origin, readers: Readers, settings: SourceSettings) -> Envelope | Refused:
    text, title = clean_text(item.text), cut_line(item.title, LIMITS.title_chars)
    if not text.strip() and not title:
        return Refused("no-text", origin.where)
    if len(text) > settings.max_text_chars:
        return Refused("too-large", origin.where, f"{len(text)} characters of text")
    given, url = clean_text(item.id or "") or None, address_of(item.url)
    key = key_of(origin.source, given, url, readers.canonical, origin.path, title, text)
    follows = [_key(clean_text(one), origin, readers) for one in item.follows]
    return Envelope(
        key=key,
        source=origin.source,
        text=text,
        id=given,
        url=url,
        title=title,
        published=item.published,
        outlet=cut_line(item.outlet, LIMITS.id_chars),
        author=cut_line(item.author, LIMITS.id_chars),
        language=item.language,
        completeness="full" if text.strip() else "title",
        rights=cut_line(item.rights, LIMITS.id_chars),
        embargo_until=item.embargo,
        extra={name: list(said) if isinstance(said, tuple) else said for name, said in item.details.items()},
        correction=item.correction,
        follows=(*((key,) if item.again and given else ()), *follows),
        numbered=_number(item) if given else None,
    )
