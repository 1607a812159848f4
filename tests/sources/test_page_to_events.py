"""What becomes of a page that is asked again, as subscribers are told: the fetcher's offers through the real desk."""

from __future__ import annotations

from fetcher_days import Days, page, rss
from virtual_fetching import DAY, HOUR

from ingest.events.event import ArticleWithdrawn, Event, StoryOpened, StoryRepeated, StoryUpdated, decode
from rehearsal import NOW, Rehearsal

FERRY = (
    "The ferry to the northern islands runs again from Monday, the operator said on Tuesday. The harbour office had "
    "closed the pier after the storm of last week. Engineers have since replaced two of its steel beams. Residents had "
    "been supplied by helicopter, and the school stayed closed."
)
COMMA = FERRY.replace("the operator said on Tuesday", "the operator, said on Tuesday")
PIER = "The ministry will pay 12 million for a second pier, which is to be built by contractors next summer."
MORE = f"{COMMA} {PIER}"


def told(days: Days) -> list[Event]:
    """What all that was offered is told as, each offer an hour after the one before."""
    rehearsal = Rehearsal()
    for number, envelope in enumerate(days.offered):
        rehearsal.now = NOW + number * int(HOUR * 1000)
        rehearsal.run([envelope])
    return [decode(raw) for raw in rehearsal.ledger.events]


def test_an_edited_page_is_told_by_what_its_edits_add_and_taken_back_when_it_is_gone(days: Days) -> None:
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry runs again"))))
    days.show("/a", (0, page(FERRY)), (DAY, page(COMMA)), (1.5 * DAY, page(MORE)), (2.6 * DAY, (404, {}, b"")))
    days.follow("/feed")
    days.run(5 * DAY)
    opened, comma, more, gone = told(days)
    assert isinstance(opened, StoryOpened)
    assert isinstance(comma, StoryRepeated)
    assert isinstance(more, StoryUpdated)
    assert isinstance(gone, ArticleWithdrawn)
    assert len({event.subject for event in (opened, comma, more, gone)}) == 1
    assert (comma.data.relation.kind, comma.data.delta.materiality, comma.data.delta.added) == ("copy", 0, ())
    assert more.data.relation.kind == "revision"
    assert [added.text for added in more.data.delta.added] == [PIER]
    assert [event.data.article.version for event in (opened, comma, more)] == [1, 2, 3]
    assert (gone.data.by, gone.data.article.id) == ("gone", days.web.url("/a"))
