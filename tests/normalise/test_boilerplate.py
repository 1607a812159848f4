from __future__ import annotations

import pytest

from ingest.model import Accepted, Envelope, Normalised
from ingest.normalise import normalise
from ingest.normalise.boilerplate import MARKS, phrase
from ingest.normalise.captions import is_caption
from ingest.normalise.phrases import START, WHOLE

BODY = (
    "The harbour of the northern town was closed on Monday after a storm damaged both of its piers.\n\n"
    "Fishermen said that the repair would take weeks, and that most boats had been moved to the south.\n\n"
    "The town council meets on Thursday to decide who pays for the work on the older of the two piers."
)


def of(text: str, title: str | None = None) -> Normalised:
    return normalise(Accepted("1-0", 0, Envelope(key="k", source="s", text=text, title=title)))


def only_mark(line: str, where: str) -> str | None:
    first, middle, last = BODY.split("\n\n")
    text = {
        "top": f"{line}\n\n{BODY}",
        "middle": f"{first}\n\n{line}\n\n{middle}\n\n{last}",
        "end": f"{BODY}\n\n{line}",
    }[where]
    marked = of(text).marked
    assert len(marked) <= 1
    return marked[0].mark if marked else None


@pytest.mark.parametrize(
    ("line", "where", "mark"),
    [
        ("Leave a Comment", "end", "comment-prompt"),
        ("12 Comments", "end", "comment-prompt"),
        ("Ihre E-Mail-Adresse wird nicht veröffentlicht.", "end", "comment-prompt"),
        ("Ваш адрес email не будет опубликован.", "end", "comment-prompt"),
        ("发表评论", "end", "comment-prompt"),
        ("Share on Facebook", "top", "share-prompt"),
        ("Partager", "end", "share-prompt"),
        ("Subscribe to our newsletter for more", "end", "subscribe-prompt"),
        ("READ MORE: Older pier had been repaired twice", "middle", "related"),
        ("Читайте также: Шторм на севере", "middle", "related"),
        ("相关阅读", "end", "related"),
        ("ADVERTISEMENT", "middle", "advertisement"),
        ("Anzeige", "middle", "advertisement"),
        ("© 2024 Harbour News. All rights reserved.", "end", "copyright"),
        ("Source: https://example.com/a", "end", "source-link"),
        ("https://example.com/harbour", "end", "url"),
        ("AFP", "end", "credit"),
        ("(Reuters)", "end", "credit"),
        ("(Reporting by Jane Doe; Editing by Richard Roe)", "end", "credit"),
        ("责任编辑：张三", "end", "credit"),
        ("jd/rr", "end", "credit"),
        ("By Jane Doe", "top", "byline"),
        ("By JANE DOE, Associated Press", "top", "byline"),
        ("Von Erika Mustermann", "top", "byline"),
        ("18 June 2024", "top", "date"),
        ("Published: June 18, 2024 10:30 GMT", "top", "date"),
        ("发布时间：2024年6月18日 10:30", "top", "date"),
        ("OSLO, June 18 (AFP)", "top", "dateline"),
        ("Weeks of work", "middle", "cross-head"),
        ("– Weeks of work –", "middle", "cross-head"),
        ("## **Weeks of work**", "middle", "cross-head"),
        ("'Weeks, not days'", "middle", "cross-head"),
        ("WEEKS OF WORK", "middle", "cross-head"),
        ("The older pier after the storm [Getty/file photo]", "top", "caption"),
        ("A fisherman (L) and his son look at the pier. Jane Doe / AFP", "top", "caption"),
        ("In this photo taken on Monday, boats lie in the mud. Picture: AFP", "top", "caption"),
        ("FILE PHOTO: The pier in better days. REUTERS/Jane Doe/File Photo", "middle", "caption"),
        ("Foto: Erika Mustermann/dpa", "middle", "caption"),
        ("![The pier](https://example.com/pier.jpg)", "middle", "caption"),
        ("* * *", "middle", "separator"),
    ],
)
def test_what_is_not_the_article_is_marked(line: str, where: str, mark: str) -> None:
    assert only_mark(line, where) == mark


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("By Monday evening the army had brought sandbags.", "top"),
        ("Share prices of the two builders rose by a tenth on the news of the contract.", "middle"),
        ("Comment was not available from the ministry on Monday.", "middle"),
        ("Sources close to the council said the older pier would not be rebuilt before the winter.", "middle"),
        ("The AP Moller group said its ships would call at the southern port instead.", "middle"),
        ("Related costs of the closure were put at two million crowns by the chamber of commerce.", "middle"),
        ("He said no.", "middle"),
        ("“What now?” asked one.", "middle"),
        ("The mayor, Jane Doe (R), said she had warned of it.", "middle"),
        ("Pictured as a saviour in the spring, the mayor was booed on Monday (see above).", "middle"),
        ("1. The older pier", "middle"),
        ("Damage: 2 mln crowns", "middle"),
        ("The following boats were lost:", "middle"),
    ],
)
def test_what_only_looks_like_it_stays(line: str, where: str) -> None:
    assert only_mark(line, where) is None


def test_rows_of_a_table_are_no_cross_heads() -> None:
    assert of("Oper shr 34 cts vs 21 cts\nNet 807,000 vs 285,000\nRevs 12.1 mln vs 9.6 mln").marked == ()


def test_an_agency_in_the_middle_of_wrapped_lines_is_part_of_its_sentence() -> None:
    text = "The company has declined to\ncomment.\n\nA spokesman for the owner later told\nReuters.\n\nNo more is known"
    article = of(text)
    assert article.marked == ()
    assert article.sentences[0] == "The company has declined to comment."


def test_the_title_is_marked_where_the_body_repeats_it_with_other_quotes() -> None:
    article = of(f"“Weeks, not days”: harbour closed\n\n{BODY}", title='"Weeks, not days": harbour closed')
    assert [m.mark for m in article.marked] == ["title"]


def test_a_sentence_said_twice_is_marked_the_second_time() -> None:
    again = "Nobody was hurt in the storm, which was the third of this spring."
    article = of(f"{BODY}\n\n{again}\n\nThe pier had been built in 1971.\n\n{again}")
    assert [m.mark for m in article.marked] == ["repeat"]
    assert article.sentences[3:] == (again, "The pier had been built in 1971.")


def test_a_copyright_line_credits_its_agency() -> None:
    assert of(f"{BODY}\n\nCopyright 2024 The Associated Press. All rights reserved.").credit == "AP"


def test_every_mark_of_the_word_lists_is_in_the_vocabulary() -> None:
    assert {row.mark for row in (*WHOLE, *START)} <= set(MARKS)


def test_every_listed_phrase_marks_itself() -> None:
    for row in (*WHOLE, *START):
        for form in row.forms:
            assert phrase(form) in MARKS, form


def test_a_paragraph_with_a_picture_glued_to_its_end_is_no_caption() -> None:
    assert not is_caption(
        "She was taken on by a gallery of the capital. For years she sold nothing at all and lived by making rings. "
        "Her work was called difficult by all who wrote about it. (Pictured below: Pier, 1971, photo by the artist)"
    )
