"""What was taken back, weeks later: a page that is there again, a notice about a story that has ended."""

from __future__ import annotations

import msgspec
import pytest

from ingest.events.event import StoryOpened, decode
from ingest.ledger.rows import DAY_MS
from ingest.model import Decision, Envelope, Stamp, Withdrawal, Withdrawn, WithdrawnBy
from rehearsal import Rehearsal

FLOOD = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre. "
    "Trains between Graz and Maribor stopped in the afternoon because the tracks near Wildon were under water. "
    "Meteorologists expect the rain to ease on Tuesday, when the level should begin to fall."
)
DEATH = "Police found the body of a 54-year-old man in an underground car park."
OTHER = (
    "Graz counts the cost of the flood: the river Mur left mud in 300 homes near Wildon, and Mayor Elke Kahr asked "
    "firemen from Maribor for help. Insurers put the damage at 40 million euros, and the army sent 200 men."
)
ARTICLE = Envelope(key="wire:1", source="wire", title="River Mur floods Graz", text=FLOOD, outlet="Agency")
BACK = msgspec.structs.replace(ARTICLE, from_page=True)
REVISED = msgspec.structs.replace(ARTICLE, text=f"{FLOOD} {DEATH}")
COPY = Envelope(key="copy", source="t", title="Graz under water", text=FLOOD, outlet="Courier")
COVERAGE = Envelope(key="own", source="t", title="River Mur flood in Graz costs millions", text=OTHER, outlet="Post")


def take_back(by: WithdrawnBy, reason: str | None = None) -> Envelope:
    return Envelope(key="wire:1", source="wire", text="", withdraws=Withdrawal(by=by, reason=reason))


GONE, NOTICE = take_back("gone"), take_back("notice", "Kill")


def told(rehearsal: Rehearsal) -> list[Withdrawn]:
    return [withdrawn for made in rehearsal.made for withdrawn in made.withdrawals]


def after(*envelopes: Envelope) -> tuple[Rehearsal, list[Decision]]:
    rehearsal = Rehearsal()
    return rehearsal, rehearsal.run(envelopes)


def test_a_page_that_is_back_is_a_version_that_stands_each_time() -> None:
    rehearsal, (first,) = after(ARTICLE, GONE)
    assert rehearsal.run([ARTICLE]) == []  # some feed still has it: that says nothing of its page
    (back,) = rehearsal.run([BACK])
    assert (back.type, back.version_number, back.sequence) == ("story.repeated", 2, 3)
    assert (back.story.id, back.relation.kind, back.relation.to and back.relation.to.id) == (
        first.story.id,
        "copy",
        "wire:1",
    )
    assert back.relation.why[-1] == "The version before was taken back: its page was gone."
    assert (back.story.counts.texts, back.story.counts.withdrawn) == (1, 1)
    assert rehearsal.run([BACK, ARTICLE]) == []
    (again,) = rehearsal.run([GONE, BACK, BACK])
    assert (again.version_number, again.sequence) == (3, 5)
    assert [one.article.version for one in told(rehearsal)] == [1, 2]
    assert len({decode(raw).id for raw in rehearsal.ledger.events}) == len(rehearsal.ledger.events) == 5
    assert rehearsal.inbox.balance().holds


def test_an_earlier_text_of_a_page_that_is_back_stands_as_well() -> None:
    rehearsal, _ = after(ARTICLE, REVISED, GONE)
    (back,) = rehearsal.run([BACK])
    assert (back.version_number, back.relation.kind, back.relation.to and back.relation.to.version) == (3, "copy", 1)
    assert back.story.counts.texts == 1


def test_a_page_that_is_still_there_brings_nothing_back_that_a_notice_took() -> None:
    rehearsal, _ = after(ARTICLE, GONE, NOTICE)
    assert rehearsal.run([BACK]) == []
    row = rehearsal.records.lives_on(1)
    assert row is not None
    assert row.texts == {}


def test_a_notice_about_an_article_whose_story_has_ended_is_told_in_it_and_begins_nothing() -> None:
    rehearsal, (first, _, other) = after(ARTICLE, COPY, COVERAGE)
    rehearsal.now += 20 * DAY_MS
    rehearsal.run([NOTICE, NOTICE])
    (taken,) = told(rehearsal)
    assert (taken.story.id, taken.sequence, taken.previous) == (first.story.id, 4, other.event_id)
    assert ([ref.id for ref in taken.copies], taken.story.headline) == (["copy"], COVERAGE.title)
    assert (taken.story.counts.texts, taken.story.counts.withdrawn) == (1, 1)
    assert rehearsal.inbox.balance().counters.seen == 1
    row = rehearsal.records.lives_on(1)
    assert row is not None
    assert [line.key for line in rehearsal.records.chronicle.entries(row).values()] == [
        "wire:1", "copy", "own", "wire:1"
    ]  # fmt: skip
    (later,) = rehearsal.run([REVISED])
    assert (later.version_number, later.type, later.story.continues) == (2, "story.opened", first.story.id)
    assert later.relation.why[-1] == "The version before was taken back: by a notice, 'Kill'."


def test_a_page_that_is_gone_weeks_later_is_told_as_well() -> None:
    rehearsal, (first,) = after(ARTICLE)
    rehearsal.now += 29 * DAY_MS
    rehearsal.run([GONE])
    assert [(one.by, one.story.id, one.sequence) for one in told(rehearsal)] == [("gone", first.story.id, 2)]


def test_a_notice_about_an_article_that_is_kept_no_more_is_noted() -> None:
    rehearsal, _ = after(ARTICLE)
    rehearsal.now += 40 * DAY_MS
    rehearsal.run([NOTICE, NOTICE])
    assert told(rehearsal) == []
    counters = rehearsal.inbox.balance().counters
    assert (counters.noted, counters.seen) == (1, 1)
    (later,) = rehearsal.run([REVISED])
    assert (later.version_number, len(rehearsal.ledger.events)) == (2, 2)


def test_a_story_of_which_only_the_end_is_kept_tells_that_it_was_taken_back() -> None:
    rehearsal, (first,) = after(COVERAGE)
    for days in (8, 13):
        rehearsal.now += days * DAY_MS
        rehearsal.run([msgspec.structs.replace(COVERAGE, key=f"copy {days}", outlet=f"Echo {days}", follows=("own",))])
    rehearsal.now += 1 * DAY_MS
    (last,) = rehearsal.run([msgspec.structs.replace(ARTICLE, follows=("copy 13",), text=f"{OTHER} {DEATH}")])
    assert last.story.id == first.story.id
    rehearsal.drop_view_after_each_turn()
    rehearsal.now += 29 * DAY_MS
    rehearsal.run([NOTICE])
    (taken,) = told(rehearsal)
    assert (taken.story.id, taken.sequence, taken.previous) == (first.story.id, 5, last.event_id)
    row = rehearsal.records.lives_on(1)
    assert row is not None
    assert [line.key for line in rehearsal.records.chronicle.entries(row).values()][-2:] == ["wire:1", "wire:1"]


# -- when nothing of the article is kept but that it was decided

OLD = "It is an old item: a version of it was decided before, and is kept no more."
CHESS = Envelope(key="chess", source="t", title="Chess", text="Nothing of note happened at the chess open.")
RETITLED = msgspec.structs.replace(ARTICLE, title="Graz under water: how the flood began")


@pytest.mark.parametrize("published", [False, True], ids=["on the real clock", "on published time"])
def test_an_old_item_that_was_retouched_is_no_news(published: bool) -> None:
    rehearsal = Rehearsal(published=published, ordered=published)
    at = rehearsal.now
    rehearsal.run([msgspec.structs.replace(ARTICLE, published=Stamp(at))])
    rehearsal.now += 69 * DAY_MS
    rehearsal.run([msgspec.structs.replace(CHESS, published=Stamp(rehearsal.now))])  # moves published time on
    retouched = msgspec.structs.replace(RETITLED, published=Stamp(at))
    assert rehearsal.run([msgspec.structs.replace(ARTICLE, published=Stamp(at))]) == []  # as it was: seen
    (later,) = rehearsal.run([retouched])
    assert (later.article.backfill, later.version_number) == (True, 2)
    assert later.relation.why == ("Nothing like it is kept.", OLD)
    event = decode(rehearsal.ledger.events[-1])
    assert isinstance(event, StoryOpened)
    assert event.data.article.backfill
    (next_one,) = rehearsal.run([msgspec.structs.replace(retouched, text=f"{FLOOD} {DEATH}")])
    assert (next_one.article.backfill, next_one.type) == (False, "story.updated")  # the version before is kept


def test_a_version_whose_version_before_is_kept_is_news() -> None:
    rehearsal, _ = after(ARTICLE)
    rehearsal.now += 29 * DAY_MS
    (later,) = rehearsal.run([RETITLED])
    assert (later.article.backfill, OLD in later.relation.why) == (False, False)


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (NOTICE, "The version before was taken back: by a notice."),
        (GONE, "The version before was taken back: its page was gone."),
    ],
)
def test_that_an_article_was_taken_back_is_known_as_long_as_that_it_was_decided(notice: Envelope, said: str) -> None:
    rehearsal, _ = after(ARTICLE, notice)
    for _ in range(5):  # as it was, now and then: `seen`, which keeps the record
        rehearsal.now += 69 * DAY_MS
        assert rehearsal.run([ARTICLE, GONE]) == []
    (later,) = rehearsal.run([RETITLED])
    assert (later.article.backfill, later.relation.why[1:]) == (True, (OLD, said))
    rehearsal.now += 69 * DAY_MS
    (stands,) = rehearsal.run([msgspec.structs.replace(RETITLED, title="How the flood in Graz began")])
    assert stands.relation.why == ("Nothing like it is kept.", OLD)  # taken back was the one before that
    assert len(told(rehearsal)) == 1


def test_a_notice_that_came_long_before_its_article_still_takes_it_back() -> None:
    rehearsal, _ = after(NOTICE)
    rehearsal.now += 69 * DAY_MS
    assert rehearsal.run([NOTICE]) == []
    (first,) = rehearsal.run([ARTICLE])
    assert (first.version_number, first.article.backfill) == (1, False)
    assert first.relation.why[-1] == "It was taken back before it came: by a notice."
    (taken,) = told(rehearsal)
    assert (taken.article.id, taken.by, taken.reason, taken.sequence) == ("wire:1", "notice", None, 2)
    assert rehearsal.run([NOTICE, ARTICLE]) == []
    assert len(told(rehearsal)) == 1
    assert rehearsal.inbox.balance().holds
