"""NITF 2.5 to 3.x: a document with its management in `docdata`; and the text of NITF that other formats carry."""

from __future__ import annotations

from lxml import etree

from ingest.delivery import WireItem

from .wire_fields import (
    author_of,
    corrects,
    details_of,
    embargo_after,
    embargo_of,
    ids_of,
    is_later,
    language_of,
    note_of,
    number_of,
    rights_of,
    stamp_of,
    status_of,
    status_under,
    takes_back,
    term_of,
)
from .wire_xml import LANG, line_at, paragraphs, texts, value_at

_SUBJECT = "tobject.subject.{}"


def read_nitf(root: etree._Element) -> list[WireItem]:
    """The item of a document; one that takes others back is no article."""
    data = root.find("head/docdata")
    if data is None:
        data = etree.Element("docdata")
    given = value_at(data, "doc-id", "id-string")
    version = value_at(data, "du-key", "version", "generation")
    notes = [words for told in data.iterfind("ed-msg") if (words := value_at(told, ".", "info"))]
    actions = [words for told in data.iterfind("ed-msg") if (words := value_at(told, ".", "msg-type"))]
    note, killed = note_of(notes), any(map(takes_back, [*notes, *actions]))
    corrected = value_at(data, "correction", "id-string")
    issued = value_at(data, "date.issue", "norm") or value_at(root, "head/pubdata", "date.publication")
    release, said = value_at(data, "date.release", "norm"), data.get("management-status")
    embargo = embargo_of(release) if term_of(said) == "embargoed" else embargo_after(release, issued)
    status = status_under(said, embargo, unread=release is not None and embargo_of(release) is None)
    item = WireItem(
        id=given,
        version=version,
        status="canceled" if killed else status,
        again=is_later(version) or (corrected is not None and corrected == given),
        follows=ids_of([corrected], given),
        withdraws=_withdrawn(data, given, status, killed, corrected),
        reason=note or value_at(data, "correction", "info"),
        title=title_of(root),
        text=text_of(root),
        url=value_at(root, "head/pubdata", "ex-ref"),
        published=stamp_of(issued),
        embargo=embargo,
        correction=data.find("correction") is not None or any(map(corrects, [*notes, *actions])),
        author=author_of(byline_of(root)),
        outlet=value_at(data, "doc-id", "regsrc"),
        language=language_of(root.get(LANG), value_at(root, "body", LANG)),
        rights=rights_of(copyright_of(data), line_at(data, "doc.rights"), line_at(root, ".//body.head/rights")),
        details=details_of(
            format="NITF",
            version=version,
            urgency=number_of(value_at(data, "urgency", "ed-urg")),
            slugline=slugline_of(root, data),
            subjects=subjects_of(root),
            located=line_at(root, "body/body.head/dateline/location", "body/body.head/dateline"),
            note=note,
            take=_meta(root, "anpa-takekey"),
            unit=value_at(data, "du-key", "key"),
        ),
    )
    return [item]


def _withdrawn(
    data: etree._Element, given: str | None, status: str, killed: bool, corrected: str | None
) -> tuple[str, ...]:
    """What it takes back: another document by its management, one that it names beside a note that kills, or itself."""
    other = data.get("management-doc-idref")
    if other and status_of(data.get("management-idref-status")) == "canceled":
        return (other,)
    if killed:
        return tuple(one for one in (other or corrected or given,) if one)
    return (given,) if status == "canceled" and given else ()


def text_of(root: etree._Element) -> str:
    """The paragraphs of `body.content`, several of them in their order."""
    found = list(root.iter("body.content"))
    return "\n".join(text for content in found if (text := paragraphs(content)))


def title_of(root: etree._Element) -> str | None:
    return headline_of(root) or line_at(root, ".//head/title")


def headline_of(root: etree._Element) -> str | None:
    """The one over the text."""
    return line_at(root, ".//body.head/hedline/hl1", ".//body.head/hedline")


def byline_of(root: etree._Element) -> str | None:
    return line_at(root, ".//body.head/byline/person", ".//body.head/byline")


def copyright_of(data: etree._Element) -> str | None:
    holder, year = value_at(data, "doc.copyright", "holder"), value_at(data, "doc.copyright", "year")
    return f"(c) {year} {holder}" if holder and year else holder


def slugline_of(root: etree._Element, data: etree._Element) -> str | None:
    return (
        _meta(root, "anpa-keyword")
        or value_at(data, "fixture", "fix-id")
        or value_at(data, "key-list/keyword", "key")
    )


def subjects_of(root: etree._Element) -> tuple[str, ...]:
    """Codes, or words where there is no code."""
    found = []
    for subject in root.iter("tobject.subject"):
        code = subject.get(_SUBJECT.format("refnum")) or subject.get(_SUBJECT.format("code"))
        words = (subject.get(_SUBJECT.format(kind)) for kind in ("type", "matter", "detail"))
        found.append(code or "/".join(word for word in words if word))
    return (*(one for one in found if one), *texts(root.iterfind("head/docdata/identified-content/classifier")))


def _meta(root: etree._Element, name: str) -> str | None:
    for meta in root.iterfind("head/meta"):
        if (meta.get("name") or "").lower() == name:
            return " ".join((meta.get("content") or "").split()) or None
    return None
