"""NewsML 1.x, as AFP sends it: NewsItems of nested NewsComponents, at times the same news in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec
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
    status_of,
    status_under,
    takes_back,
    term_of,
    term_takes_back,
)
from .wire_xml import LANG, html_paragraphs, line, line_at, paragraphs, plain_paragraphs, texts, unpacked, value_at

_REVISED = re.compile(r"(urn:newsml:[^:]+:[^:]+:.+):\d+[NUA]?", re.IGNORECASE)
_OLDER = frozenset({"evolvedfrom", "replaces", "update", "updateof", "correctionof", "previousversion"})
_ASIDE = frozenset({"caption", "supporting", "related", "thumbnail", "preview", "photo", "picture", "graphic", "video"})
_SPOKEN = frozenset({"Instruction", "NewsItemType"})
"""What of an item's management may say that it corrects or takes back."""
_MEDIA = frozenset({"photo", "video", "audio", "graphic", "animation", "complexdata"})


def read_newsml1(root: etree._Element) -> list[WireItem]:
    """Every NewsItem in its order, of each the text of every language."""
    sent = line_at(root, "NewsEnvelope/DateAndTime")
    agency = value_at(root, "NewsEnvelope/SentFrom/Party", "FormalName")
    return [item for found in root.iterfind("NewsItem") for item in _items(found, sent, agency)]


def _items(root: etree._Element, sent: str | None, agency: str | None) -> Iterator[WireItem]:
    managed = _part(root, "NewsManagement")
    whole = _common(root, managed, sent, agency)
    if whole.status == "canceled":
        yield whole
        if whole.id and len(whole.withdraws) == 1:
            said = f"no language: {whole.id} is taken back, and what there is of it in others (as #de) stands"
            yield _with(whole, withdraws=(), reason=said)
        return
    if root.find("Update") is not None and root.find("NewsComponent") is None:
        yield _with(whole, refused="no-text", reason="changes to parts of the version before, not a text")
        return
    told = _by_language(root)
    if not told:
        yield _with(whole, refused="no-text", reason="no text in its components")
    # The order may change from one revision to the next. Where the item has no language, a text of it may have none.
    own = language_of(*(one.get(LANG) for one in (root, *root.iterancestors())))
    bare = own if own in told else next(iter(told), None)
    for language, content in told.items():
        item = _told(whole, language, content, root)
        yield item if language == bare else _renamed(item, f"#{language}")


def _common(root: etree._Element, managed: etree._Element, sent: str | None, agency: str | None) -> WireItem:
    """What all languages of an item have in common."""
    identified = _part(root, "Identification/NewsIdentifier")
    name, revision = _name(identified), line_at(identified, "RevisionId")
    before = value_at(identified, "RevisionId", "PreviousRevision")
    will = value_at(managed, "StatusWillChange/FutureStatus", "FormalName")
    until = embargo_of(line_at(managed, "StatusWillChange/DateAndTime")) if status_of(will) == "usable" else None
    said = value_at(managed, "Status", "FormalName")
    status = status_under(said, until)
    spoken = [(one, term_of(one.get("FormalName"))) for one in managed.iterfind("*") if one.tag in _SPOKEN]
    # With a `RevisionStatus` in it an instruction says what becomes of other revisions, and so does its comment.
    others = [one for one, _ in spoken if one.find("RevisionStatus") is not None]
    words = [word for one, word in spoken if one not in others]
    notes, elsewhere = _notes(root, others)
    note = note_of(notes) or note_of(elsewhere)
    if any(map(takes_back, notes)) or any(map(term_takes_back, words)):
        status = "canceled"
    return WireItem(
        id=name,
        version=revision,
        status=status,
        again=is_later(revision) or before not in (None, "", "0"),
        follows=ids_of(_links(managed), name),
        withdraws=_withdrawn(root, name) if name and status == "canceled" else (),
        reason=note,
        published=stamp_of(line_at(managed, "ThisRevisionCreated"), line_at(managed, "FirstCreated"), sent),
        embargo=until if term_of(said) == "embargoed" or status == "withheld" else None,
        correction=any(map(corrects, (*notes, *elsewhere, *(word for _, word in spoken)))),
        outlet=value_at(root, ".//AdministrativeMetadata/Provider/Party", "FormalName")
        or agency
        or line_at(identified, "ProviderId"),
        details=details_of(
            format="NewsML 1.2",
            version=revision,
            urgency=number_of(value_at(managed, "Urgency", "FormalName")),
            note=note,
            first_created=line_at(managed, "FirstCreated"),
        ),
    )


def _renamed(item: WireItem, ending: str) -> WireItem:
    follows = tuple(name + ending for name in item.follows)
    return _with(item, id=item.id and item.id + ending, follows=follows)


def _told(whole: WireItem, language: str | None, content: etree._Element, root: etree._Element) -> WireItem:
    """The item in one language. What a component does not say of itself, the one around it says."""
    lines = _nearest(content, "NewsLines")
    described = list(_around(content, "DescriptiveMetadata"))
    details = details_of(
        slugline=line_at(lines, "SlugLine") or line_at(root, "Identification/NameLabel"),
        subjects=_subjects(described),
        located=line_at(lines, "DateLine") or _place(described),
        credit=line_at(lines, "CreditLine"),
        duid=content.get("Duid") or root.get("Duid"),
    )
    return _with(
        whole,
        title=line_at(lines, "HeadLine") or nitf.title_of(content),
        text=_text(content),
        author=author_of(line_at(lines, "ByLine"), nitf.byline_of(content)),
        language=language,
        rights=rights_of(line_at(lines, "CopyrightLine") or _holder(root), *_terms(lines, root)),
        details=whole.details | details,
    )


def _withdrawn(root: etree._Element, name: str) -> tuple[str, ...]:
    """The item, and each of its languages that the notice names: which of them has the item's own name is known by the
    delivery alone, and a name that nothing has takes nothing back."""
    said = [language_of(one.get("FormalName")) for one in root.iter("Language")]
    said += [language_of(one.get(LANG)) for one in root.iterdescendants()]
    said += [_language(one) for one in root.iter("ContentItem")]
    return (name, *(f"{name}#{language}" for language in dict.fromkeys(said) if language))


def _with(item: WireItem, **changed: object) -> WireItem:
    return msgspec.structs.replace(item, **changed)


def _name(identified: etree._Element) -> str | None:
    """The name without its revision: built of its parts, as the public identifier ends in the revision."""
    parts = [line_at(identified, part) for part in ("ProviderId", "DateId", "NewsItemId")]
    if all(parts):
        return "urn:newsml:" + ":".join(part or "" for part in parts)
    return _unrevised(line_at(identified, "PublicIdentifier"))


def _unrevised(identifier: str | None) -> str | None:
    found = _REVISED.fullmatch(identifier or "")
    return found[1] if found else identifier


def _links(managed: etree._Element) -> Iterable[str | None]:
    for link in managed.iterfind("DerivedFrom"):
        yield _unrevised(link.get("NewsItem"))
    for link in managed.iterfind("AssociatedWith"):
        if term_of(link.get("FormalName")) in _OLDER:
            yield _unrevised(link.get("NewsItem"))


def _by_language(root: etree._Element) -> dict[str | None, etree._Element]:
    """The first content with a text of each language, the main one before what stands beside it."""
    found = [content for content in root.iter("ContentItem") if _is_text(content) and _text(content)]
    found.sort(key=_aside)  # stable: document order within
    told: dict[str | None, etree._Element] = {}
    for content in found:
        if not told or not _aside(content):
            told.setdefault(_language(content), content)
    return told


def _is_text(content: etree._Element) -> bool:
    return term_of(value_at(content, "MediaType", "FormalName")) not in _MEDIA


def _aside(content: etree._Element) -> bool:
    roles = (value_at(one, "Role", "FormalName") for one in content.iterancestors("NewsComponent"))
    return any(term_of(role) in _ASIDE for role in roles)


def _language(content: etree._Element) -> str | None:
    said = [value_at(one, "Language", "FormalName") for one in _around(content, "DescriptiveMetadata")]
    return language_of(*said, *(one.get(LANG) for one in (content, *content.iterancestors())))


def _text(content: etree._Element) -> str:
    data = content.find("DataContent")
    if data is not None:
        return _marked_up(data)
    encoded = content.find("Encoding")
    data = content.find("Encoding/DataContent")
    if encoded is None or data is None:
        return ""
    if term_of(encoded.get("Notation")) in ("", "none"):
        return _marked_up(data)
    said = unpacked("".join(data.itertext()), encoded.get("Notation"))
    return html_paragraphs(said) if "<p" in said else plain_paragraphs(said)


def _marked_up(data: etree._Element) -> str:
    if data.find(".//body.content") is not None:
        return nitf.text_of(data)
    body = data.find(".//body")
    return paragraphs(data if body is None else body)


def _around(content: etree._Element, part: str) -> Iterator[etree._Element]:
    """The parts of this name in the components around a content, the nearest first."""
    for component in content.iterancestors("NewsComponent"):
        yield from component.iterfind(part)


def _nearest(content: etree._Element, part: str) -> etree._Element:
    """The nearest of these parts that has a headline, else the nearest."""
    found = list(_around(content, part))
    titled = [one for one in found if line(one.find("HeadLine"))]
    return (titled or found or [etree.Element(part)])[0]


def _part(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path)
    return etree.Element("absent") if found is None else found


def _subjects(described: list[etree._Element]) -> list[str]:
    codes = []
    for part in described:
        for code in part.iter("SubjectDetail", "SubjectMatter", "Subject"):
            codes.append(code.get("FormalName") or "")
    return codes


def _place(described: list[etree._Element]) -> str | None:
    for part in described:
        for location in part.iterfind("Location"):
            values = [one.get("Value") for one in location.iterfind("Property") if one.get("Value")]
            if values:
                return ", ".join(value for value in values if value)
    return None


def _holder(root: etree._Element) -> str | None:
    return line_at(root, ".//RightsMetadata/Copyright/CopyrightHolder")


def _terms(lines: etree._Element, root: etree._Element) -> tuple[str, ...]:
    return (*texts(lines.iterfind("RightsLine")), *texts(root.iterfind(".//RightsMetadata/UsageRights/UsageType")))


def _notes(root: etree._Element, others: Sequence[etree._Element]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is for editors, lines of its own kinds and comments; apart from that what these `others` say."""
    kinds = ("advisoryline", "advisory", "editornote", "editorialnote", "correction", "correctionline")
    lines = [one for one in root.iter("NewsLine") if term_of(value_at(one, "NewsLineType", "FormalName")) in kinds]
    comments = [*root.iterfind("NewsManagement/Instruction/Comment"), *root.iterfind("Comment")]
    comments += root.iterfind("NewsManagement/Comment")
    own = [one for one in comments if one.getparent() not in others]
    told = (*(text for one in lines for text in one.iterfind("NewsLineText")), *own)
    return texts(iter(told)), texts(one for one in comments if one.getparent() in others)
