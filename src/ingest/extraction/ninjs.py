"""ninjs 1.x to 3.x: one item as JSON. 3.x spells in camels what 1.x and 2.x write small: names are compared folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ingest.delivery import Status, WireItem
from ingest.errors import Refused

from .wire_fields import (
    author_of,
    corrects,
    details_of,
    embargo_of,
    ids_of,
    is_later,
    language_of,
    note_of,
    number_of,
    rights_of,
    stamp_of,
    status_under,
    takes_back,
    term_of,
    term_takes_back,
)
from .wire_xml import html_paragraphs, plain_paragraphs

_BODIES = ("body_xhtml", "body_html", "body_html5", "body_richhtml5", "body_text")
_CODES = ("code", "qcode", "name", "updatetype", "uri", "literal")
_CORRECTING = frozenset({"correction", "corrected", "korr"})
_TEXTS = frozenset({"", "text", "composite", "component"})


def read_ninjs(data: bytes) -> WireItem:
    """The item. Raises Refused: `bad-json`, `not-an-article`."""
    try:
        given = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("bad-json", "delivery", str(error)) from None
    if not isinstance(given, dict):
        raise Refused("not-an-article", "delivery", "not a JSON object")
    item = {name.lower(): value for name, value in given.items()}
    name = _word(item.get("uri")) or _word(item.get("guid"))  # newsroom systems write the second
    version = _word(item.get("version"))
    kind = term_of(_word(item.get("type")))
    embargo = embargo_of(_word(item.get("embargoed")))
    notes = [*_words(item.get("ednote")), *_words(item.get("ednotes"), "value", "text", "ednote")]
    note = note_of(notes)
    signals = set(_signals(item))
    killed = takes_back(note) or any(map(term_takes_back, signals))
    status = "canceled" if killed else _status(item, embargo)
    text = _text(item)
    return WireItem(
        id=name,
        version=version,
        status=status,
        again=is_later(version),
        follows=ids_of([*_words(item.get("evolvedfrom"), "uri"), *_words(item.get("replacing"), "uri")], name),
        withdraws=(name,) if name and status == "canceled" else (),
        reason=note or (None if kind in _TEXTS else f"its type is {kind[:40]}"),
        title=_main(item, "headlines", "headline") or _word(item.get("title")) or _word(item.get("name")),
        text=text,
        url=next(_words(item.get("canonicalurl") or item.get("webpage")), None),
        published=stamp_of(_word(item.get("versioncreated")), _word(item.get("firstcreated"))),
        embargo=embargo,
        correction=bool(signals & _CORRECTING) or any(map(corrects, notes)) or _is_positive(item),
        author=author_of(_word(item.get("byline")), _word(item.get("by")), *_words(item.get("bylines"), "byline")),
        outlet=next(_words(item.get("infosources"), "name"), None) or _word(item.get("source")),
        language=language_of(_word(item.get("language"))),
        rights=_rights(item),
        details=details_of(
            format="ninjs",
            version=version,
            urgency=number_of(_word(item.get("urgency"))),
            slugline=_word(item.get("slugline")) or next(_words(item.get("slugs"), "value"), None),
            subjects=_subjects(item),
            located=next(_words(item.get("located"), "name", "value", "city"), None) or _word(item.get("dateline")),
            note=note,
            signals=sorted(signals),
            first_created=_word(item.get("firstcreated")),
        ),
        refused=None if kind in _TEXTS else "no-text",
    )


def _word(value: Any) -> str | None:
    """A string or a number on one line."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def _words(value: Any, *names: str) -> Iterator[str]:
    """The strings of a string, an object's field of one of these names, or a list of such."""
    for one in value if isinstance(value, list) else [value]:
        fields = {name.lower(): inner for name, inner in one.items()} if isinstance(one, dict) else {}
        found = next((word for name in names if (word := _word(fields.get(name)))), None) if fields else _word(one)
        if found:
            yield found


def _parts(value: Any) -> list[dict[str, Any]]:
    """Objects of a list with their names folded, those whose role is `main` first."""
    found = [
        {name.lower(): inner for name, inner in one.items()}
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict)
    ]
    return sorted(found, key=lambda one: not _is_main(one))


def _is_main(part: dict[str, Any]) -> bool:
    return term_of(str(part.get("role") or "main")) == "main"


def _is_marked_up(part: dict[str, Any]) -> bool:
    return "html" in str(part.get("contenttype") or "").lower()


def _main(item: dict[str, Any], several: str, single: str) -> str | None:
    for part in _parts(item.get(several)):
        if said := _word(part.get("value")):
            return " ".join(html_paragraphs(said).split()) if "<" in said else said
    return _word(item.get(single))


def _text(item: dict[str, Any]) -> str:
    """The main body; of several forms of it marked-up before plain, which has lost its paragraphs at times."""
    for part in sorted(_parts(item.get("bodies")), key=lambda one: (not _is_main(one), not _is_marked_up(one))):
        said = part.get("value")
        if isinstance(said, str) and said.strip():
            return html_paragraphs(said) if _is_marked_up(part) or "<p" in said else plain_paragraphs(said)
    others = sorted(name for name in item if name.startswith("body_") and name not in _BODIES)
    for name in (*_BODIES, *others):
        said = item.get(name)
        if isinstance(said, str) and said.strip():
            return plain_paragraphs(said) if name == "body_text" and "<p" not in said else html_paragraphs(said)
    return ""


def _status(item: dict[str, Any], embargo: int | None) -> Status:
    """One that is there and cannot be read withholds, as one that nobody knows."""
    said = item.get("pubstatus")
    word = next(_words(said, *_CODES), None)
    unread = bool(item.get("embargoed")) and embargo is None
    return status_under(word, embargo, unread=unread) if word or said in (None, "") else "withheld"


def _signals(item: dict[str, Any]) -> Iterator[str]:
    """What is said of the version: a word or a list of them, or an agency's own object of them."""
    yield from map(term_of, _words(item.get("signals") or item.get("signal"), *_CODES))


def _is_positive(item: dict[str, Any]) -> bool:
    """Whether the number of corrections, which some senders add, counts any."""
    said = item.get("correction_sequence")
    return isinstance(said, int) and not isinstance(said, bool) and said > 0


def _subjects(item: dict[str, Any]) -> list[str]:
    return [*_words(item.get("subject"), "code", "uri", "name"), *_words(item.get("subjects"), "code", "uri", "name")]


def _rights(item: dict[str, Any]) -> str | None:
    info = item.get("rightsinfo")
    terms = next(_words(info, "usageterms"), None) if isinstance(info, dict | list) else None
    owner = _word(item.get("copyrightnotice")) or _word(item.get("copyrightholder"))
    return rights_of(owner, _word(item.get("usageterms")), terms)
