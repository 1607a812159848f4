from __future__ import annotations

import msgspec

from ingest.model import Accepted, Envelope, Normalised, Outlet, Stamp
from ingest.normalise import normalise

BODY = (
    "The harbour of the northern town was closed on Monday after a storm damaged both of its piers.\n\n"
    "Fishermen said that the repair would take weeks, and that most boats had been moved to the south."
)


def of(**fields: object) -> Normalised:
    given = {"key": "k", "source": "s", "text": BODY, **fields}
    return normalise(Accepted("1-0", 0, msgspec.convert(given, Envelope)))


def test_curly_quotes_case_and_white_space_make_no_other_version() -> None:
    plain = of(text='The mayor\'s "plan" - late - was read.', title="Plan read")
    curly = of(text="The mayor’s  “plan” – late – was read.\n", title="PLAN  READ")
    assert plain.version == curly.version
    assert plain.sentences != curly.sentences  # display form stays as written


def test_a_comma_a_title_and_a_figure_make_another_version() -> None:
    assert len({of().version, of(text=BODY.replace("weeks, and", "weeks and")).version, of(title="A").version}) == 3


def test_what_is_marked_makes_no_other_version() -> None:
    assert of().version == of(text=f"{BODY}\n\nLeave a Comment\n\nAFP").version


def test_given_values_win_over_found_ones() -> None:
    text = f"By Jane Doe\n\nJune 18, 2024\n\n{BODY}\n\nSource: https://found.example.com/2024/06/18/a"
    found = of(text=text)
    assert (found.byline, found.published) == ("Jane Doe", Stamp(1718668800000, exact=False))
    assert found.outlet == Outlet("example.com", "example.com")
    given = of(
        text=text,
        url="https://www.bbc.co.uk/news/1?utm_source=x",
        published=Stamp(5),
        outlet="The Harbour News",
        author="Richard Roe",
        language="en-GB",
    )
    assert given.url == "https://www.bbc.co.uk/news/1"
    assert given.published == Stamp(5)
    assert given.outlet == Outlet("the harbour news", "The Harbour News")
    assert (given.byline, given.language) == ("Richard Roe", "en")


def test_the_day_of_the_address_is_the_last_resort() -> None:
    assert of(url="https://example.com/2024/06/18/a").published == Stamp(1718668800000, exact=False)


def test_an_item_without_a_body_is_title_only() -> None:
    assert of(text="", title="Harbour closed").completeness == "title"
    assert of(text="Harbour closed", title="Harbour closed").completeness == "title"
    assert of(completeness="teaser").completeness == "teaser"


def test_what_the_envelope_carries_is_passed_on() -> None:
    article = of(id="7", rights="all", embargo_until=9, backfill=True, extra={"slug": "harbour"})
    assert (article.id, article.rights, article.embargo_until, article.backfill) == ("7", "all", 9, True)
    assert article.extra == {"slug": "harbour"}


def test_words_are_counted_in_the_sentences_only() -> None:
    assert of(text=f"{BODY}\n\nLeave a Comment").words == of().words == 36
