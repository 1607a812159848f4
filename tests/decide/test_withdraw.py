"""An article is taken back: what is told, what stands, and what comes after it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.events.event import ArticleWithdrawn, Event, decode
from ingest.ledger.rows import DAY_MS, StoryRow
from ingest.model import Decision, Envelope, Stamp, Withdrawal, Withdrawn, WithdrawnBy
from rehearsal import NOW, Rehearsal

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
COPY = Envelope(key="copy", source="t", title="Graz under water", text=FLOOD, outlet="Courier")
COVERAGE = Envelope(key="own", source="t", title="River Mur flood in Graz costs millions", text=OTHER, outlet="Post")


def take_back(
    key: str = "wire:1", by: WithdrawnBy = "notice", reason: str | None = "Kill", numbered: int | None = None
) -> Envelope:
    withdrawal = Withdrawal(by=by, reason=reason if by == "notice" else None)
    return Envelope(key=key, source="wire", text="", published=Stamp(NOW), withdraws=withdrawal, numbered=numbered)


GONE = take_back(by="gone")
NOTICE = take_back()


def version(text: str, title: str = "River Mur floods Graz") -> Envelope:
    return msgspec.structs.replace(ARTICLE, text=text, title=title)


def told(rehearsal: Rehearsal) -> list[Withdrawn]:
    return [withdrawn for made in rehearsal.made for withdrawn in made.withdrawals]


def events(rehearsal: Rehearsal) -> list[Event]:
    return [decode(raw) for raw in rehearsal.ledger.events]


def story(rehearsal: Rehearsal, number: int = 1) -> StoryRow:
    row = rehearsal.records.lives_on(number)
    assert row is not None
    return row


def after(*envelopes: Envelope) -> tuple[Rehearsal, list[Decision]]:
    rehearsal = Rehearsal()
    return rehearsal, rehearsal.run(envelopes)


def test_a_notice_is_told_in_the_articles_story_with_its_copies() -> None:
    rehearsal, (first, copy, other) = after(ARTICLE, COPY, COVERAGE, NOTICE)
    assert {copy.story.id, other.story.id} == {first.story.id}
    (event,) = (event for event in events(rehearsal) if isinstance(event, ArticleWithdrawn))
    assert (event.subject, event.sequence, event.data.previous) == (first.story.id, f"{4:010d}", other.event_id)
    assert (event.data.article.id, event.data.article.version) == ("wire:1", 1)
    assert (event.data.by, event.data.reason, event.data.source) == ("notice", "Kill", "wire")
    assert [(ref.id, ref.outlet and ref.outlet.name) for ref in event.data.copies] == [("copy", "Courier")]
    counts = event.data.story.counts
    assert (counts.articles, counts.withdrawn, counts.texts) == (3, 1, 1)


def test_each_entry_has_one_fate_and_the_books_balance() -> None:
    rehearsal, _ = after(ARTICLE, COPY, NOTICE, NOTICE, take_back("never seen"))
    balance = rehearsal.inbox.balance()
    counters = balance.counters
    assert balance.holds
    assert (counters.decided, counters.withdrawn, counters.noted, counters.seen) == (4, 1, 1, 1)
    assert len(rehearsal.ledger.events) == counters.decided - counters.noted + counters.merged


def test_what_is_taken_back_stays_so_when_it_is_offered_again() -> None:
    rehearsal, _ = after(ARTICLE, NOTICE)
    assert rehearsal.run([ARTICLE, NOTICE, GONE]) == []
    assert len(rehearsal.ledger.events) == 2
    assert rehearsal.inbox.balance().counters.seen == 3


def test_another_notice_is_told_and_a_notice_after_the_page_is_gone() -> None:
    rehearsal, _ = after(ARTICLE, GONE, GONE, NOTICE, take_back(reason="Kill: wrong city"))
    assert [(one.by, one.reason) for one in told(rehearsal)] == [
        ("gone", None),
        ("notice", "Kill"),
        ("notice", "Kill: wrong city"),
    ]
    assert len({one.event_id for one in told(rehearsal)}) == 3
    assert [one.story.counts.withdrawn for one in told(rehearsal)] == [1, 1, 1]


def test_a_new_version_is_told_as_ever_and_says_what_was_taken_back() -> None:
    rehearsal, _ = after(ARTICLE, NOTICE)
    (again,) = rehearsal.run([version(f"{FLOOD} {DEATH}")])
    assert (again.type, again.version_number, again.sequence) == ("story.updated", 2, 3)
    assert again.relation.why[-1] == "The version before was taken back: by a notice, 'Kill'."
    assert again.story.counts.texts == 1
    assert len(again.delta.added) == 5  # a subscriber has taken back all of it
    assert rehearsal.run([NOTICE]) == []  # that one is about the version before
    rehearsal.run([GONE])
    assert [one.article.version for one in told(rehearsal)] == [1, 2]
    assert told(rehearsal)[-1].story.counts.texts == 0


def test_a_version_with_the_text_that_was_taken_back_stands() -> None:
    rehearsal, _ = after(ARTICLE, NOTICE)
    (again,) = rehearsal.run([version(FLOOD, "River Mur floods Graz in Austria")])
    assert (again.relation.kind, again.story.counts.texts) == ("copy", 1)
    assert again.story.headline == "River Mur floods Graz in Austria"


def test_a_copy_of_what_a_notice_took_back_is_a_repeat_that_says_so() -> None:
    rehearsal, (first, *_) = after(ARTICLE, COVERAGE, NOTICE)
    copy, second = rehearsal.run([COPY, msgspec.structs.replace(COPY, key="copy of copy", outlet="Echo")])
    for one, why in ((copy, "What it copies was taken back by a notice."), (second, None)):
        assert (one.type, one.relation.kind, one.story.id) == ("story.repeated", "copy", first.story.id)
        assert why in (None, one.relation.why[-1])
        assert one.relation.why[-1].startswith("What it copies ")
        assert one.story.counts.texts == 1
        assert one.story.headline == COVERAGE.title
    rehearsal.run([take_back(reason="Kill, again")])
    assert [ref.id for ref in told(rehearsal)[-1].copies] == ["copy", "copy of copy"]


def test_a_text_whose_page_is_gone_counts_as_long_as_a_copy_is_up() -> None:
    rehearsal, _ = after(ARTICLE, COPY, GONE, take_back("copy", "gone"))
    first, second = told(rehearsal)
    assert ([ref.id for ref in first.copies], first.story.counts.texts) == (["copy"], 1)
    assert (second.copies, second.story.counts.texts, second.story.counts.withdrawn) == ((), 0, 2)
    (late,) = rehearsal.run([msgspec.structs.replace(COPY, key="late copy")])
    assert (late.story.counts.texts, late.story.headline) == (1, COPY.title)
    assert late.relation.why[-1] == "The page of what it copies is gone."


def test_the_headline_is_that_of_an_article_that_stands() -> None:
    rehearsal, (first, *_) = after(ARTICLE, COPY, COVERAGE)
    assert first.story.headline == ARTICLE.title
    rehearsal.run([NOTICE])
    assert told(rehearsal)[0].story.headline == COVERAGE.title
    rehearsal.run([take_back("own")])
    assert told(rehearsal)[1].story.headline == COVERAGE.title  # there is no other
    next_ = msgspec.structs.replace(COVERAGE, key="next", title="Graz flood: river Mur costs millions", outlet="Echo")
    (revised,) = rehearsal.run([msgspec.structs.replace(next_, text=f"{OTHER} {DEATH}")])
    assert revised.relation.why[-1] == "What it revises was taken back by a notice."
    assert revised.story.headline == next_.title


def test_a_page_that_is_gone_leaves_the_headline_that_another_has_too() -> None:
    rehearsal, _ = after(ARTICLE, msgspec.structs.replace(COPY, title=ARTICLE.title), COVERAGE, GONE)
    assert told(rehearsal)[0].story.headline == ARTICLE.title


def test_what_was_told_by_what_a_notice_took_back_is_news_when_another_tells_it() -> None:
    retold = f"{OTHER} {FLOOD.split('. ')[2]}."
    for taken, added in ((NOTICE, 1), (GONE, 0)):
        rehearsal, _ = after(ARTICLE, COVERAGE, taken)
        (other,) = rehearsal.run([msgspec.structs.replace(COVERAGE, text=retold)])
        assert len(other.delta.added) == added, taken


def test_a_notice_waits_for_an_article_that_has_not_come() -> None:
    rehearsal, decided = after(NOTICE)
    assert (decided, rehearsal.ledger.events, rehearsal.made[-1].dispositions) == ([], [], [("wire:1", "noted")])
    (first,) = rehearsal.run([ARTICLE])
    assert (first.type, first.version_number) == ("story.opened", 1)
    assert first.relation.why[-1] == "It was taken back before it came: by a notice, 'Kill'."
    (taken,) = told(rehearsal)
    assert (taken.story.id, taken.sequence, taken.previous) == (first.story.id, 2, first.event_id)
    assert (taken.reason, taken.article.version, taken.story.counts.texts) == ("Kill", 1, 0)
    in_order, _ = after(ARTICLE, NOTICE)
    assert (taken.event_id, taken.story.id) == (told(in_order)[0].event_id, told(in_order)[0].story.id)
    counters = rehearsal.inbox.balance().counters
    assert (counters.decided, counters.opened, counters.withdrawn, counters.noted) == (2, 1, 1, 0)
    assert rehearsal.run([ARTICLE, NOTICE, GONE]) == []
    assert len(rehearsal.ledger.events) == 2
    (next_,) = rehearsal.run([version(f"{FLOOD} {DEATH}")])
    assert next_.relation.why[-1] == "The version before was taken back: by a notice, 'Kill'."
    assert len(told(rehearsal)) == 1


def test_what_replaces_an_article_that_was_taken_back_follows_it_all_the_same() -> None:
    rehearsal, (first,) = after(ARTICLE, NOTICE)
    replacing = Envelope(key="wire:2", source="wire", title="Mur recedes", text=OTHER, follows=("wire:1",))
    (second,) = rehearsal.run([replacing])
    assert second.story.id == first.story.id
    assert second.relation.to is not None
    assert (second.relation.to.id, second.relation.why[-1]) == (
        "wire:1",
        "What it revises was taken back by a notice.",
    )
    assert (second.story.headline, second.story.counts.texts) == ("Mur recedes", 1)


def test_an_operators_word_does_not_move_the_clock_of_a_replay() -> None:
    rehearsal = Rehearsal(published=True, ordered=True)
    old = msgspec.structs.replace(ARTICLE, published=Stamp(NOW - 900 * DAY_MS))
    rehearsal.run([old, NOTICE])
    assert rehearsal.records.state.clock == NOW - 900 * DAY_MS
    assert told(rehearsal)[0].time == NOW - 900 * DAY_MS


def test_its_line_in_the_timeline_has_its_reason() -> None:
    rehearsal, _ = after(ARTICLE, COVERAGE, NOTICE)
    lines = rehearsal.records.chronicle.entries(story(rehearsal))
    line, (event,) = lines[3], told(rehearsal)
    assert (line.type, line.key, line.nth, line.event) == ("article.withdrawn", "wire:1", 1, event.event_id)
    assert (line.by, line.reason, line.title) == ("notice", "Kill", ARTICLE.title)


def test_many_copies_with_names_as_long_as_may_be_keep_to_the_size_of_an_event() -> None:
    long = Envelope(key="k" * 490, source="t", title="t" * 1900, text=FLOOD, url="https://x.example/" + "u" * 600)
    copies = [msgspec.structs.replace(long, key=f"{long.key}{n}") for n in range(40)]
    rehearsal, _ = after(ARTICLE, *copies, NOTICE)
    assert len(told(rehearsal)[0].copies) == 40
    raw = rehearsal.ledger.events[-1]
    event = decode(raw)
    assert isinstance(event, ArticleWithdrawn)
    assert len(raw) <= 64_000
    assert event.data.truncated
    assert event.data.copies


# -- stories that became one

RECALL = ["Vantor recalls cars over engine defect", "Engine defect: Vantor recall widens"]
RECALL += ["Vantor engine defect recall hits dealers"]
HEARING = ["Oduya testifies before lawmakers", "Lawmakers grill Oduya at hearing", "Angry lawmakers hear Oduya"]
HEARING += ["Oduya hearing: lawmakers ask about Vantor defect"]
HEARING += ["Lawmakers: Oduya knew of Vantor engine defect at hearing"]
PROOF = "Vantor engine defect recall: Oduya apologises"


def headlines(titles: Sequence[str]) -> list[Envelope]:
    return [
        Envelope(key=f"h{n}", source="t", text="", title=title, completeness="title", published=Stamp(NOW + n * 60_000))
        for n, title in enumerate(titles)
    ]


@pytest.mark.parametrize("first", [True, False], ids=["taken back before the merge", "after it"])
def test_an_article_of_a_story_that_became_part_of_another_is_taken_back_there(first: bool) -> None:
    rehearsal = Rehearsal()
    stream, taken = headlines([*RECALL, *HEARING, PROOF]), take_back("h0")
    decisions = rehearsal.run([*stream[:-1], taken, stream[-1]] if first else [*stream, taken])
    (merge,) = [merge for made in rehearsal.made for merge in made.merges]
    (withdrawn,) = told(rehearsal)
    assert withdrawn.story.id == (decisions[0].story.id if first else merge.story.id)
    row = story(rehearsal)
    assert row.id == merge.story.id
    assert row.withdrawn == {1: "notice"}
    news = {text for one in rehearsal.records.chronicle.news(row) for _, text in one.sentences}
    assert RECALL[0] not in news
    assert {*RECALL[1:], *HEARING, PROOF} <= news
    # Another worker reads the same.
    (again,) = rehearsal.run([Envelope(key="z", source="t", text="", title=RECALL[0] + " parts", completeness="title")])
    assert [added.text for added in again.delta.added] == [RECALL[0] + " parts"]


# -- in any order, with any batches


ETNA = "Lava came down the northern side of Etna on Friday night."
TEXTS = [FLOOD, f"{FLOOD} {DEATH}", OTHER, f"{OTHER} {DEATH}", ETNA]
KEYS = ["a", "b", "c", "d"]
articles = st.builds(
    lambda key, text, title, there, number: Envelope(
        key=key, source="t", text=text, title=title, outlet=f"Outlet {key}", from_page=there, numbered=number
    ),
    st.sampled_from(KEYS),
    st.sampled_from(TEXTS),
    st.sampled_from(["River Mur floods Graz", "Graz under water", "Flood in Graz: the river Mur costs millions"]),
    st.booleans(),
    numbers := st.none() | st.integers(1, 4),
)
withdrawals = st.builds(
    take_back, st.sampled_from(KEYS), st.sampled_from(["notice", "gone"]), st.sampled_from(["Kill", "Legal"]), numbers
)


@settings(max_examples=15)
@given(st.lists(articles | withdrawals, min_size=2, max_size=24), st.integers(1, 9))
def test_any_order_keeps_the_promise(stream: list[Envelope], batch: int) -> None:
    """One event an entry or none yet, no hole in any sequence, a headline that stands, the same in other batches."""
    rehearsal, other = Rehearsal(), Rehearsal(batch=batch)
    other.drop_view_after_each_turn()
    rehearsal.run(stream)
    for at in range(0, len(stream), 4):
        other.run(stream[at : at + 4])
        other.hand_over()
    assert other.ledger.events == rehearsal.ledger.events
    balance = rehearsal.inbox.balance()
    counters = balance.counters
    assert balance.holds
    of_articles = counters.opened + counters.updated + counters.repeated
    assert counters.decided == of_articles + counters.withdrawn + counters.noted
    assert len(rehearsal.ledger.events) == counters.decided - counters.noted + counters.merged
    assert len({event.id for event in events(rehearsal)}) == len(rehearsal.ledger.events)
    last: dict[str, tuple[int, str | None]] = {}
    for event in events(rehearsal):
        sequence, previous = last.get(event.subject, (0, None))
        assert (int(event.sequence), event.data.previous) == (sequence + 1, previous)
        last[event.subject] = (sequence + 1, event.id)
    before = len(rehearsal.ledger.events)
    rehearsal.run(stream)
    again = events(rehearsal)[before:]
    assert len({event.id for event in events(rehearsal)}) == len(rehearsal.ledger.events), again


@settings(max_examples=15)
@given(st.lists(articles | withdrawals, min_size=2, max_size=24))
def test_headline_and_texts_are_those_of_articles_that_stand(stream: list[Envelope]) -> None:
    rehearsal, _ = after(*stream)
    records = rehearsal.records
    for number in range(1, records.state.next_number):
        row = records.story(number)
        if row is None or row.into:
            continue
        places = records.chronicle.places(row, 1000)
        kept = {ref.number: one for ref, one in records.articles(places).items() if one.withdraws is None}
        standing = {at: one for at, one in kept.items() if at not in row.withdrawn}
        assert {one.text for one in standing.values()} == row.texts.keys()
        if standing:
            assert row.headline in {one.title for one in standing.values()}
            assert row.opening in row.texts
