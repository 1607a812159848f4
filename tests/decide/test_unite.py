"""Two stories prove to be one: what is told, what lives on, and that it stays so."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.events.event import Event, StoryMerged, decode
from ingest.ledger.rows import DAY_MS
from ingest.model import Decision, Envelope, Merge, Stamp
from rehearsal import NOW, Rehearsal

RECALL = [
    "Vantor recalls cars over engine defect",
    "Engine defect: Vantor recall widens",
    "Vantor engine defect recall hits dealers",
]
HEARING = [
    "Oduya testifies before lawmakers",
    "Lawmakers grill Oduya at hearing",
    "Angry lawmakers hear Oduya",
    "Oduya hearing: lawmakers ask about Vantor defect",
    "Lawmakers: Oduya knew of Vantor engine defect at hearing",
]
PROOF = "Vantor engine defect recall: Oduya apologises"
AFTER = ["Vantor recall: Oduya sorry for engine defect", "Oduya of Vantor before lawmakers over engine defect recall"]


def headlines(titles: Sequence[str], *, at: int | None = NOW, key: str = "h") -> list[Envelope]:
    """A minute apart; undated where `at` is none."""
    return [
        Envelope(
            key=f"{key}{number}",
            source="t",
            text="",
            title=title,
            completeness="title",
            published=Stamp(at + number * 60_000) if at is not None else None,
            outlet=f"Outlet {number % 3}" if number % 4 else None,
        )
        for number, title in enumerate(titles)
    ]


STREAM = headlines([*RECALL, *HEARING, PROOF, *AFTER])


def merges_of(rehearsal: Rehearsal) -> list[Merge]:
    return [merge for made in rehearsal.made for merge in made.merges]


def events_of(rehearsal: Rehearsal) -> list[Event]:
    return [decode(raw) for raw in rehearsal.ledger.events]


@pytest.fixture
def told() -> tuple[Rehearsal, list[Decision], Merge]:
    rehearsal = Rehearsal()
    decisions = rehearsal.run(STREAM)
    (merge,) = merges_of(rehearsal)
    return rehearsal, decisions, merge


def test_the_larger_story_lives_on_and_is_told_before_the_article_that_proved_it(
    told: tuple[Rehearsal, list[Decision], Merge],
) -> None:
    rehearsal, decisions, merge = told
    recall, hearing = decisions[0].story.id, decisions[3].story.id
    assert (merge.story.id, merge.merged) == (hearing, (recall,))
    events = events_of(rehearsal)
    at = next(index for index, event in enumerate(events) if isinstance(event, StoryMerged))
    assert at == len(RECALL) + len(HEARING)
    proof = decisions[at]
    assert (events[at].subject, events[at].sequence) == (hearing, f"{len(HEARING) + 1:010d}")
    assert (proof.article.title, proof.story.id, proof.sequence) == (PROOF, hearing, len(HEARING) + 2)
    assert (merge.previous, proof.previous) == (decisions[at - 1].event_id, merge.event_id)


def test_each_article_has_one_event_and_the_books_balance(told: tuple[Rehearsal, list[Decision], Merge]) -> None:
    rehearsal, _, _ = told
    balance = rehearsal.inbox.balance()
    assert balance.holds
    assert (balance.counters.decided, balance.counters.merged) == (len(STREAM), 1)
    assert len(rehearsal.ledger.events) == len(STREAM) + 1
    assert len({event.id for event in events_of(rehearsal)}) == len(STREAM) + 1


def test_what_is_counted_is_added_up(told: tuple[Rehearsal, list[Decision], Merge]) -> None:
    _, decisions, merge = told
    losing, living = decisions[2].story, decisions[7].story
    both = merge.story.counts
    for name in ("articles", "repeats", "texts", "outlets_unknown"):
        assert getattr(both, name) == getattr(losing.counts, name) + getattr(living.counts, name)
    assert (losing.counts.outlets, living.counts.outlets, both.outlets) == (2, 3, 3)
    assert merge.story.headline == living.headline
    assert merge.story.opened_at == losing.opened_at
    assert decisions[-1].story.counts.articles == len(STREAM)


def test_the_losing_story_gets_no_further_event(told: tuple[Rehearsal, list[Decision], Merge]) -> None:
    rehearsal, decisions, merge = told
    assert {decision.story.id for decision in decisions[8:]} == {merge.story.id}
    again = rehearsal.run(headlines([f"{title} again" for title in RECALL], key="again"))
    assert {decision.story.id for decision in again} == {merge.story.id}


def test_a_copy_of_a_text_of_the_losing_story_goes_to_the_one_that_lives_on(
    told: tuple[Rehearsal, list[Decision], Merge],
) -> None:
    rehearsal, _, merge = told
    rehearsal.now += DAY_MS // 2
    (copy,) = rehearsal.run(headlines(RECALL[:1], at=NOW + DAY_MS // 2, key="copy"))
    assert (copy.relation.kind, copy.story.id, copy.type) == ("copy", merge.story.id, "story.repeated")


def test_what_the_losing_story_told_is_told(told: tuple[Rehearsal, list[Decision], Merge]) -> None:
    rehearsal, _, _ = told
    row = rehearsal.records.lives_on(1)
    assert row is not None
    news = {text for told in rehearsal.records.chronicle.news(row) for _, text in told.sentences}
    assert set(RECALL + HEARING) <= news


@pytest.mark.parametrize("at", [None, NOW])
def test_stories_without_dates_or_days_apart_are_left_as_they_are(at: int | None) -> None:
    undated = headlines([*RECALL, *HEARING, PROOF, *AFTER], at=None)
    late = [*headlines(RECALL, at=NOW - 5 * DAY_MS, key="r"), *headlines([*HEARING, PROOF, *AFTER])]
    rehearsal = Rehearsal()
    rehearsal.run(undated if at is None else late)
    assert merges_of(rehearsal) == []


def test_a_replay_tells_the_same_whatever_the_batches_and_whoever_goes_on() -> None:
    digests = []
    for batch, forgetful in ((64, False), (1, False), (3, True), (5, True)):
        rehearsal = Rehearsal(batch=batch)
        if forgetful:
            rehearsal.drop_view_after_each_turn()
        for number in range(0, len(STREAM), 4):
            rehearsal.run(STREAM[number : number + 4])
            if forgetful:
                rehearsal.hand_over()
        digests.append(rehearsal.ledger.events)
    assert digests[1:] == digests[:1] * 3


WORDS = ["Vantor", "recall", "engine defect", "Oduya", "lawmakers", "hearing", "Mirov", "strike", "Delcana port"]


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True), min_size=8, max_size=40),
    st.integers(1, 9),
)
def test_any_headlines_keep_the_promise(picked: list[list[str]], batch: int) -> None:
    """One event an article, no hole in any sequence, nothing of a story after it went, the same in other batches."""
    stream = headlines([" ".join(words) + f" no {number % 7}" for number, words in enumerate(picked)])
    rehearsal, other = Rehearsal(), Rehearsal(batch=batch)
    rehearsal.run(stream)
    other.run(stream)
    assert other.ledger.events == rehearsal.ledger.events
    last: dict[str, tuple[int, str | None]] = {}
    gone: set[str] = set()
    for raw in rehearsal.ledger.events:
        event = msgspec.json.decode(raw)
        assert event["subject"] not in gone
        sequence, previous = last.get(event["subject"], (0, None))
        assert (int(event["sequence"]), event["data"]["previous"]) == (sequence + 1, previous)
        last[event["subject"]] = (sequence + 1, event["id"])
        gone.update(event["data"].get("merged", ()))
    counted = sum(msgspec.json.decode(raw)["type"] != "story.merged" for raw in rehearsal.ledger.events)
    assert counted + rehearsal.inbox.balance().counters.seen == len(stream)
    records = rehearsal.records
    for story in gone:
        number = records.story_ids.find(records.meaning(story))
        assert number is not None
        row = records.story(number)
        assert row is not None
        assert not row.into
        assert any(story in ids for ids in row.joins.values())


# -- one text in two stories, and what is continued

FLOOD = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre. "
    "Trains between Graz and Maribor stopped in the afternoon because the tracks near Wildon were under water. "
    "Meteorologists expect the rain to ease on Tuesday, when the level should begin to fall."
)
FOUND = "Police found the body of a 54-year-old man in an underground car park."


def flood(key: str, text: str = FLOOD) -> Envelope:
    return Envelope(key=key, source="t", title="River Mur floods Graz", text=text)


def test_a_text_in_two_stories_makes_them_one() -> None:
    """After ten days a copy is looked for no more, and time keeps it from the story; then the first is filed again."""
    rehearsal = Rehearsal()
    (first,) = rehearsal.run([flood("a")])
    rehearsal.now += 10 * DAY_MS
    (copy,) = rehearsal.run([flood("b")])
    assert (copy.type, copy.story.continues) == ("story.opened", first.story.id)
    assert copy.story.id != first.story.id
    (again,) = rehearsal.run([flood("a", f"{FLOOD} {FOUND}")])
    (merge,) = merges_of(rehearsal)
    assert (merge.story.id, merge.merged) == (first.story.id, (copy.story.id,))
    assert merge.story.continues is None  # not itself
    assert (again.story.id, again.sequence, again.story.counts.articles) == (first.story.id, 3, 3)
    assert [added.text for added in again.delta.added] == [FOUND]
    steps = [step.verdict for step in rehearsal.records.body(rehearsal.row(again)).trace if step.stage == "merge"]
    assert steps == ["another story has this text: they are one"]


def test_a_story_that_is_long_quiet_is_named_by_the_one_that_takes_it_up_in_all_its_events() -> None:
    rehearsal = Rehearsal()
    (first,) = rehearsal.run([flood("a")])
    rehearsal.now += 8 * DAY_MS
    text = (
        "Graz counts the cost of the flood: the river Mur left mud in 300 homes, and Mayor Elke Kahr asked for help. "
        "Shops in the centre stay shut for a week."
    )
    next_, more = rehearsal.run([flood("c", text), flood("d", text + " The army sent 200 men.")])
    assert (next_.type, next_.relation.kind, next_.story.continues) == ("story.opened", "new", first.story.id)
    assert (more.story.id, more.story.continues) == (next_.story.id, first.story.id)
    trace = rehearsal.records.body(rehearsal.row(next_)).trace
    assert "continues a story that is long quiet" in [step.verdict for step in trace]


def test_a_chain_of_headlines_ends_and_the_next_story_names_it() -> None:
    """Each headline has three words of the one before; nothing of the first is left in the last ones."""
    words = ["Vantor", "Oduya", "Mirov", "Delcana", "Kestrin", "Ambrose", "Tolvik", "Serrano", "Quillan", "Wexcombe"]
    words += ["Ibarra", "Norvik", "Castellan", "Drummore", "Elsinger", "Farouq", "Gantry", "Hallström"]
    titles = [" ".join(words[at : at + 4]) for at in range(len(words) - 3)]
    told = Rehearsal().run(headlines(titles))
    assert {decision.story.id for decision in told[:9]} == {told[0].story.id}
    second = next(decision for decision in told[1:] if decision.type == "story.opened")
    assert second.story.continues == told[0].story.id
    assert told[-1].story.id == second.story.id
