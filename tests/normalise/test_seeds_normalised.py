"""The five files of one AFP story, as five outlets carried it: what is the article in each, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.extraction.plain import decode, read_plain
from ingest.model import Accepted, Envelope, Normalised, Outlet, Stamp
from ingest.normalise import normalise

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"
TUESDAY = 1718668800000  # 18 June 2024, UTC


def seed(number: str) -> Normalised:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    read = read_plain(decode(path.read_bytes()))
    return normalise(Accepted("1-0", 0, Envelope(key=path.name, source="seeds", text=read.text, title=read.title)))


def marks(article: Normalised) -> list[tuple[str, str]]:
    return [(m.mark, m.text) for m in article.marked]


def test_the_first_filing_loses_caption_cross_heads_and_page_furniture() -> None:
    article = seed("000")
    assert [mark for mark, _ in marks(article)] == [
        "title",
        "caption",
        "cross-head",
        "cross-head",
        "source-link",
        "comment-prompt",
        "comment-prompt",
    ]
    assert ("cross-head", "US concern") in marks(article)
    assert ("cross-head", "‘Lonely bromance’") in marks(article)
    assert article.sentences[0].startswith("Russian President Vladimir Putin hailed")
    assert article.sentences[-1].endswith("INSS researcher Kim Sung-bae wrote.")
    assert len(article.sentences) == 27
    assert (article.credit, article.outlet, article.published) == ("AFP", None, None)


def test_a_standfirst_with_another_beginning_is_told_by_its_run_of_the_same_words() -> None:
    article = seed("001")
    assert [mark for mark, _ in marks(article)] == ["title", "standfirst", "cross-head"]
    assert article.marked[1].text.startswith("Putin, increasingly isolated on the global stage")
    assert article.sentences[0].startswith("Ahead of his visit")
    assert any(sentence.startswith("Putin is visiting the most isolated nation") for sentence in article.sentences)


def test_markdown_with_byline_date_related_link_and_address() -> None:
    article = seed("002")
    assert article.title == "Putin Hails North Korea's Support for Ukraine War as He Lands in Pyongyang"
    assert (article.byline, article.credit) == ("Cat Barton", "AFP")
    assert article.published == Stamp(TUESDAY, exact=False)
    assert article.url == (
        "https://www.themoscowtimes.com/2024/06/18/"
        "putin-hails-north-koreas-support-for-ukraine-war-as-he-lands-in-pyongyang-a85446"
    )
    assert article.outlet == Outlet("themoscowtimes.com", "themoscowtimes.com")
    assert [mark for mark, _ in marks(article)] == [
        "title",
        "byline",
        "date",
        "caption",
        "related",
        "cross-head",
        "cross-head",
        "source-link",
        "url",
    ]
    assert ("cross-head", "U.S. concern") in marks(article)


def test_no_title_dashed_cross_heads_and_a_closing_credit() -> None:
    article = seed("003")
    assert article.title is None
    assert marks(article) == [
        ("cross-head", "– US concern –"),
        ("cross-head", "– ‘Lonely bromance’ –"),
        ("credit", "AFP"),
    ]
    assert article.sentences[0].startswith("Russian President Vladimir Putin landed")
    assert len(article.sentences) == 27


def test_standfirst_caption_and_dateline_of_the_follow_up() -> None:
    article = seed("004")
    assert [mark for mark, _ in marks(article)] == ["title", "standfirst", "caption", "dateline", "cross-head"]
    assert article.dateline == "SEOUL"
    assert article.sentences[0].startswith("North Korea fully supports")
    assert article.sentences[1].startswith("The two internationally isolated leaders")
    assert article.credit == "AFP"


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_every_seed_is_full_english_and_no_correction(number: str) -> None:
    article = seed(number)
    assert (article.language, article.completeness, article.correction, article.wire) == ("en", "full", False, None)
