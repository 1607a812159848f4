"""NewsML 1.2: one item in several languages. Which has the item's own name, and what a kill of it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.delivery import WireItem
from ingest.errors import Refused
from ingest.extraction.wire import read_wire
from ingest.model import Envelope, Withdrawn
from rehearsal import Rehearsal
from wire_files import items

TEXTS = {
    "en": "The dam above Vardo broke on Monday night, and 300 people left their homes, the fire brigade said.",
    "de": "Der Staudamm oberhalb von Vardo ist in der Nacht gebrochen, 300 Menschen verlassen ihre Wohnungen.",
    "fr": "Le barrage de Vardo a cédé dans la nuit de lundi, et 300 personnes ont quitté leurs maisons.",
    "": "Dam 300 Vardo.",
}


def component(language: str) -> str:
    said = f"<DescriptiveMetadata><Language FormalName='{language}'/></DescriptiveMetadata>" if language else ""
    content = f"<ContentItem><DataContent><p>{TEXTS[language]}</p></DataContent></ContentItem>"
    return f"<NewsComponent>{said}{content}</NewsComponent>"


def delivery(revision: int, *languages: str, own: str | None = None) -> bytes:
    """The item in these languages; its own is that of its `xml:lang`."""
    lang = f" xml:lang='{own}'" if own else ""
    return _item(revision, lang, "Usable", f"<NewsComponent>{''.join(map(component, languages))}</NewsComponent>")


def kill(revision: int, *languages: str, inside: str = "") -> bytes:
    said = "".join(f"<Language FormalName='{one}'/>" for one in languages)
    parts = f"<NewsComponent><DescriptiveMetadata>{said}</DescriptiveMetadata></NewsComponent>" if languages else ""
    return _item(revision, "", "Canceled", parts + inside)


def _item(revision: int, lang: str, status: str, inside: str) -> bytes:
    named = f"<ProviderId>p</ProviderId><DateId>1</DateId><NewsItemId>X</NewsItemId><RevisionId>{revision}</RevisionId>"
    about = f"<Identification><NewsIdentifier>{named}</NewsIdentifier></Identification>"
    managed = f"<NewsManagement><Status FormalName='{status}'/></NewsManagement>"
    return f"<NewsML><NewsItem{lang}>{about}{managed}{inside}</NewsItem></NewsML>".encode()


def read(data: bytes) -> tuple[WireItem, ...]:
    return read_wire(data, "xml").items


def names(data: bytes) -> dict[str, str]:
    """By language: the name of its text, without what is before the item's own."""
    return {item.language or "": (item.id or "").rpartition(":")[2] for item in read(data)}


def stream(path: Path, *deliveries: bytes) -> tuple[list[Envelope], list[Refused]]:
    for number, data in enumerate(deliveries):
        (path / f"{number}.xml").write_bytes(data)
    found = [item for number in range(len(deliveries)) for _, item in items(path / f"{number}.xml")]
    return [one for one in found if isinstance(one, Envelope)], [one for one in found if isinstance(one, Refused)]


def taken_back(envelopes: list[Envelope]) -> tuple[Rehearsal, set[str]]:
    """The languages of what is taken back, in their order."""
    rehearsal = Rehearsal()
    decisions = rehearsal.run(envelopes)
    languages = {one.article.key: one.article.language or "" for one in decisions}
    told: list[Withdrawn] = [one for made in rehearsal.made for one in made.withdrawals]
    return rehearsal, {languages[one.article.id] for one in told}


@pytest.mark.parametrize("languages", [("en", "de"), ("de", "en"), ("de",), ("fr",), ("en", "de", "fr")])
def test_a_kill_takes_back_every_language_that_it_names_in_any_order(
    tmp_path: Path, languages: tuple[str, ...]
) -> None:
    envelopes, refused = stream(tmp_path, delivery(1, "en", "de"), kill(2, *languages))
    rehearsal, told = taken_back(envelopes)
    assert told == {"en", *languages} & {"en", "de"}
    assert refused == []
    unknown = len(set(languages) - {"de"})  # nothing is told of what never came
    assert rehearsal.inbox.balance().counters.noted == unknown
    assert rehearsal.run(envelopes) == []
    assert len(rehearsal.ledger.events) == 2 + len(told)


def test_a_kill_that_names_no_language_takes_the_item_back_and_asks_for_a_person(tmp_path: Path) -> None:
    envelopes, (refused,) = stream(tmp_path, delivery(1, "en", "de"), kill(2))
    _, told = taken_back(envelopes)
    assert told == {"en"}
    assert refused.reason == "names-nothing"
    stands = "and what there is of it in others (as #de) stands"
    assert refused.detail == f"no language: urn:newsml:p:1:X is taken back, {stands}"


def test_languages_of_a_kill_are_those_of_its_parts_however_they_are_said() -> None:
    (item,) = read(kill(2, inside="<NewsComponent xml:lang='de-AT'/><NewsComponent xml:lang='en'/>"))
    assert item.withdraws == tuple(f"urn:newsml:p:1:X{ending}" for ending in ("", "#de", "#en"))


def test_a_kill_with_a_text_is_of_the_language_that_the_item_says() -> None:
    data = delivery(2, "", own="de").replace(b"'Usable'", b"'Canceled'")
    (item,) = read(data)
    assert item.withdraws == ("urn:newsml:p:1:X", "urn:newsml:p:1:X#de")
    assert len(read(data.replace(b" xml:lang='de'", b""))) == 2


@pytest.mark.parametrize("languages", [("en", "de", "fr"), ("fr", "de", "en"), ("de", "en")])
def test_the_items_own_language_has_its_name_wherever_it_stands(languages: tuple[str, ...]) -> None:
    for own in ("de", "de-DE"):
        assert names(delivery(1, *languages, own=own)) == {one: "X" if one == "de" else f"X#{one}" for one in languages}
    assert names(delivery(1, *languages, "")) == {"": "X"} | {one: f"X#{one}" for one in languages}


def test_a_text_without_a_language_is_of_the_items_own_or_has_its_name() -> None:
    assert names(delivery(1, "de", "", own="en")) == {"de": "X#de", "en": "X"}
    assert names(delivery(1, "de", "")) == {"de": "X#de", "": "X"}


def test_where_the_items_own_language_is_not_among_them_the_first_has_its_name() -> None:
    for own in (None, "it"):
        assert names(delivery(1, "en", "de", own=own)) == {"en": "X", "de": "X#de"}
        assert names(delivery(1, "de", own=own)) == {"de": "X"}


def test_a_revision_that_lists_its_languages_the_other_way_round_is_of_the_same_articles(tmp_path: Path) -> None:
    envelopes, _ = stream(tmp_path, delivery(1, "en", "de", own="en"), delivery(2, "de", "en", own="en"))
    assert {(one.key, one.language) for one in envelopes} == {
        ("wire#urn:newsml:p:1:X", "en"),
        ("wire#urn:newsml:p:1:X#de", "de"),
    }
