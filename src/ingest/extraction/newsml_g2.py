"""NewsML-G2: a newsItem, or a newsMessage with several. Packages and knowledge are told, not unfolded."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ingest.delivery import WireItem

from . import nitf
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
from .wire_xml import LANG, html_paragraphs, line, line_at, paragraphs, plain_paragraphs, texts, unpacked, value_at

_OLDER = frozenset({"previousversion", "evolvedfrom", "replaces", "updateof", "correctionof"})
_WITHOUT_TEXT = frozenset({"picture", "graphic", "video", "audio", "animation"})
_OTHER = {
    "packageItem": "a package: the items that it names come by themselves",
    "conceptItem": "a concept, no news",
    "knowledgeItem": "a vocabulary, no news",
    "planningItem": "a plan of what is to come, no news",
    "catalogItem": "a catalogue, no news",
}


def read_newsml_g2(root: etree._Element) -> list[WireItem]:
    """Every item of a message in its order, or the one."""
    if root.tag != "newsMessage":
        return [_any(root)]
    sent = line_at(root, "header/sent")
    return [_any(item, sent) for items in root.iterfind("itemSet") for item in items if isinstance(item.tag, str)]


def _any(root: etree._Element, sent: str | None = None) -> WireItem:
    if root.tag == "newsItem":
        return _item(root, sent)
    known = _OTHER.get(str(root.tag))
    refused, reason = ("no-text", known) if known else ("unknown-format", f"<{root.tag!s:.40}>")
    return WireItem(id=root.get("guid"), refused=refused, reason=reason)


def _item(root: etree._Element, sent: str | None) -> WireItem:
    about, content = _part(root, "itemMeta"), _part(root, "contentMeta")
    guid, version = root.get("guid"), root.get("version")
    signals = {term_of(signal) for signal in _codes(about, "signal")}
    notes = texts(about.iterfind("edNote"))
    note = note_of(notes)
    embargoed = about.find("embargoed")
    until = embargo_of(line(embargoed))
    # Without a time an embargo is one whose end is only told to people.
    status = status_under(_code(about, "pubStatus"), until, unread=embargoed is not None and until is None)
    if takes_back(note) or any(map(term_takes_back, signals)):
        status = "canceled"
    text, language = _text(root)
    kind = term_of(_code(about, "itemClass"))
    created = line_at(about, "versionCreated")
    return WireItem(
        id=guid,
        version=version,
        status=status,
        again=is_later(version),
        follows=ids_of(_links(about), guid),
        withdraws=(guid,) if guid and status == "canceled" else (),
        reason=note or (f"its class is {kind}" if kind in _WITHOUT_TEXT else None),
        title=_title(content) or nitf.headline_of(root) or line_at(about, "title"),
        text=text,
        url=_address(about),
        published=stamp_of(created, line_at(content, "contentModified", "contentCreated"), sent),
        embargo=until,
        correction=bool(signals & {"correction", "corrected", "correctionto"}) or any(map(corrects, notes)),
        author=author_of(line_at(content, "by"), "; ".join(texts(content.iterfind("creator/name")))),
        outlet=line_at(about, "provider/name") or value_at(about, "provider", "literal", "qcode", "uri"),
        language=language or language_of(value_at(content, "language", "tag"), root.get(LANG)),
        rights=_rights(root),
        details=details_of(
            format="NewsML-G2",
            version=version,
            urgency=number_of(line_at(content, "urgency")),
            slugline=line_at(content, "slugline"),
            subjects=_subjects(content),
            located=line_at(content, "located/name", "dateline") or value_at(content, "located", "literal", "qcode"),
            credit=line_at(content, "creditline"),
            note=note,
            signals=sorted(signals),
            first_created=line_at(about, "firstCreated"),
        ),
        refused=None if text or kind not in _WITHOUT_TEXT else "no-text",
    )


def _part(root: etree._Element, name: str) -> etree._Element:
    found = root.find(name)
    return etree.Element(name) if found is None else found


def _title(content: etree._Element) -> str | None:
    """The main headline; one without a role is that, before one with a role of its own."""
    found = sorted(content.iterfind("headline"), key=lambda one: term_of(one.get("role")) not in ("", "main"))
    return next((said for one in found if (said := line(one))), None)


def _code(element: etree._Element, path: str) -> str | None:
    return value_at(element, path, "qcode", "uri", "literal")


def _codes(element: etree._Element, path: str) -> list[str]:
    found = (one.get("qcode") or one.get("uri") or one.get("literal") for one in element.iterfind(path))
    return [code for code in found if code]


def _links(about: etree._Element) -> Iterable[str | None]:
    """Ids of items that it is a later form of. A link says so by its relation, in whatever vocabulary."""
    for link in about.iterfind("link"):
        if _relation(link) in _OLDER:
            yield link.get("residref") or link.get("href")


def _relation(link: etree._Element) -> str:
    return term_of(link.get("rel") or link.get("reluri"))


def _address(about: etree._Element) -> str | None:
    for link in about.iterfind("link"):
        if _relation(link) in ("web", "webaddress", "permalink", "canonical"):
            found: str | None = link.get("href")
            return found
    return None


def _text(root: etree._Element) -> tuple[str, str | None]:
    """The text of the first rendition that has one, and its language. Renditions are the same content in other forms;
    pages of markup are asked before plain text, which has lost its paragraphs at times."""
    renditions = [one for part in root.iterfind("contentSet") for one in part if isinstance(one.tag, str)]
    for wanted in ("inlineXML", "inlineData"):
        for rendition in renditions:
            if rendition.tag == wanted and (text := _rendered(rendition)):
                return text, language_of(rendition.get(LANG))
    return "", None


def _rendered(rendition: etree._Element) -> str:
    kind = (rendition.get("contenttype") or "").lower()
    if rendition.tag == "inlineData":
        said = "".join(rendition.itertext())
        if coding := rendition.get("encoding") or rendition.get("encodinguri"):
            said = unpacked(said, coding)
        return html_paragraphs(said) if "html" in kind or "<p" in said else plain_paragraphs(said)
    if rendition.find(".//body.content") is not None:
        return nitf.text_of(rendition)
    body = rendition.find(".//body")
    return paragraphs(rendition if body is None else body)


def _subjects(content: etree._Element) -> list[str]:
    return [
        code
        for subject in content.iterfind("subject")
        if (code := subject.get("qcode") or subject.get("uri") or line_at(subject, "name") or subject.get("literal"))
    ]


def _rights(root: etree._Element) -> str | None:
    said: list[str | None] = []
    for rights in root.iterfind("rightsInfo"):
        said.append(line_at(rights, "copyrightNotice") or line_at(rights, "copyrightHolder/name"))
        said += [line(terms) for terms in rights.iterfind("usageTerms")]
    return rights_of(*said)
