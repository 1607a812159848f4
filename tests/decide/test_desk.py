"""One article at a time, on the memory twins: what becomes of versions, headlines, short items and ended stories."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from ingest.decide.case import Prepared
from ingest.inbox.port import Item, Turn
from ingest.ledger.port import Gathered, Wants
from ingest.ledger.rows import DAY_MS
from ingest.ledger.view import View
from ingest.model import Accepted, Decision, Delta, Envelope, Stamp
from rehearsal import NOW, Rehearsal
from seeds import seed

TITLE = "River Mur floods Graz"
FIRST = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre. "
    "Trains between Graz and Maribor stopped in the afternoon because the tracks near Wildon were under water. "
    "Meteorologists expect the rain to ease on Tuesday, when the level should begin to fall."
)
MORE = " Rescuers found the body of a 54-year-old man in a flooded underground car park near the main station."


def article(key: str = "a", text: str = FIRST, title: str | None = TITLE, **more: Any) -> Envelope:
    return Envelope(key=key, source="t", text=text, title=title, **more)


def run(*envelopes: Envelope) -> list[Decision]:
    return Rehearsal().run(envelopes)


def test_the_same_key_with_new_text_is_the_next_version_and_takes_the_place_of_the_first() -> None:
    first, second = run(article(), article(text=FIRST + MORE))
    assert (first.version_number, first.supersedes) == (1, ())
    assert second.version_number == 2
    assert [(one.id, one.version) for one in second.supersedes] == [("a", 1)]
    assert second.relation.kind == "revision"
    assert second.type == "story.updated"
    assert [sentence.text for sentence in second.delta.added] == [MORE.strip()]
    assert second.story.id == first.story.id
    assert second.previous == first.event_id


def test_a_version_that_comes_back_is_seen_and_not_told_again() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run([article(), article(text=FIRST + MORE), article(), article(text=FIRST + MORE)])
    assert len(told) == 2
    assert rehearsal.inbox.balance().counters.seen == 2


def test_a_version_is_the_next_one_also_where_the_text_is_another_altogether() -> None:
    other = "Parliament in Lisbon passed the budget for next year on Thursday with the votes of three parties."
    first, second = run(article(), article(title="Budget passed", text=other))
    assert second.version_number == 2
    assert [(one.id, one.version) for one in second.supersedes] == [("a", 1)]
    assert second.story.id != first.story.id


def test_the_same_article_under_a_new_headline_tells_the_headline() -> None:
    first, second = run(article(), article(title="Mur floods: 300 leave their homes"))
    assert second.relation.kind == "copy"
    assert second.delta.headline is not None
    assert (second.delta.headline.was, second.delta.headline.now) == (TITLE, "Mur floods: 300 leave their homes")
    assert second.story.headline == "Mur floods: 300 leave their homes"
    assert (second.type, second.delta.materiality) == ("story.repeated", 0)
    assert first.story.headline == TITLE


def test_another_outlets_headline_over_the_same_text_is_its_own_affair() -> None:
    _, second = run(article(), article("b", title="Mur floods: 300 leave their homes"))
    assert second.relation.kind == "copy"
    assert second.delta.headline is None
    assert second.story.headline == TITLE


def test_a_late_version_tells_nothing_and_takes_no_headline() -> None:
    newer = article("b", FIRST.replace("300", "800") + MORE, "Mur: a man is dead", published=Stamp(NOW))
    older = article("a", published=Stamp(NOW - 3_600_000))
    _, late = run(newer, older)
    assert late.relation.late
    assert (late.type, late.delta.materiality) == ("story.repeated", 0)
    assert late.delta == Delta()
    assert late.story.headline == "Mur: a man is dead"


def test_a_day_alone_does_not_make_a_version_late() -> None:
    newer = article("b", FIRST + MORE, published=Stamp(NOW))
    older = article("a", published=Stamp(NOW - DAY_MS, exact=False))
    assert not run(newer, older)[1].relation.late


@pytest.mark.parametrize("text", ["Rain stops in Graz.", "", "洪水が引いた。"])
def test_short_items_of_the_same_words_are_copies_and_others_are_not(text: str) -> None:
    rain, snow = "Rain stops in Graz after three days", "Snow begins to fall in Oslo"
    told = run(article("a", text, rain), article("b", text, rain), article("c", text, snow))
    assert [decision.relation.kind for decision in told[:2]] == ["new", "copy"]
    assert told[1].story.id == told[0].story.id
    assert told[2].relation.kind != "copy"


def test_a_title_alone_is_an_article_and_its_story_is_called_by_it() -> None:
    (only,) = run(article("a", "", "Quake off Honshu, no tsunami warning", completeness="title"))
    assert only.type == "story.opened"
    assert only.story.headline == "Quake off Honshu, no tsunami warning"
    assert only.delta.materiality is None


def test_a_story_without_a_title_is_called_by_its_lead() -> None:
    (only,) = run(article(title=None))
    assert FIRST.startswith(only.story.headline.removesuffix(" …"))
    assert 0 < len(only.story.headline) <= 122


@pytest.mark.parametrize("published", [False, True])
def test_a_story_that_has_ended_is_continued_by_another(published: bool) -> None:
    rehearsal = Rehearsal(published=published)
    (first,) = rehearsal.run([article(published=Stamp(NOW))])
    rehearsal.now = NOW + 20 * DAY_MS
    between = [
        article(f"x{day}", f"Nothing of note happened on day {day} of the chess open.", f"Chess {day}",
                published=Stamp(NOW + day * DAY_MS))
        for day in (7, 14, 20)
    ]  # fmt: skip
    rehearsal.run(between)
    (second,) = rehearsal.run([article(text=FIRST + MORE, published=Stamp(NOW + 20 * DAY_MS))])
    assert second.version_number == 2
    assert second.type == "story.opened"
    assert second.story.continues == first.story.id
    assert second.story.id != first.story.id


def test_a_copy_that_continues_an_ended_story_is_its_text_and_names_it() -> None:
    rehearsal = Rehearsal()
    (first,) = rehearsal.run([article()])
    rehearsal.now = NOW + 20 * DAY_MS
    renamed, grown = article(title="Graz, a month on"), article(title="Mur: one dead", text=FIRST + MORE)
    again, revised = rehearsal.run([renamed, grown])
    assert (again.type, again.relation.kind, again.story.continues) == ("story.opened", "copy", first.story.id)
    assert (again.story.counts.texts, again.story.headline) == (1, "Graz, a month on")
    assert revised.story.id == again.story.id
    assert (revised.story.counts.texts, revised.story.headline) == (1, "Mur: one dead")


@pytest.mark.parametrize("broken", ["describe", "record_article", "record_story", "record"])
def test_an_article_whose_decision_breaks_leaves_no_trace(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """The next decisions are as if it had never been there."""
    good = [seed(0), seed(1), seed(2)]
    undisturbed = Rehearsal()
    undisturbed.run(good)

    rehearsal = Rehearsal()
    rehearsal.run(good[:1])
    before = {key: dict(rehearsal.ledger._hashes[key]) for key in rehearsal.ledger.hashes()}
    records = rehearsal.desk._records
    owner: Any = {"describe": rehearsal.desk._tools, "record": records.decisions}.get(broken, records)
    with monkeypatch.context() as patch:
        patch.setattr(owner, broken, fail)
        poison = rehearsal.desk.prepare(Accepted("1-0", NOW, seed(4)))
        for _ in range(3):
            with pytest.raises(RuntimeError, match="broken"):
                rehearsal.desk.decide(Turn("w", rehearsal.inbox.head, (Item("1-0", None, poison),)))
    assert rehearsal.desk._view.head is None
    assert not rehearsal.desk._view.writes()
    assert {key: dict(rehearsal.ledger._hashes[key]) for key in rehearsal.ledger.hashes()} == before
    rehearsal.run(good[1:])
    assert rehearsal.ledger.events == undisturbed.ledger.events


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("broken")


def test_looking_decides_the_same_and_writes_nothing() -> None:
    rehearsal = Rehearsal()
    rehearsal.run([seed(0), seed(1)])
    before = {key: dict(rehearsal.ledger._hashes[key]) for key in rehearsal.ledger.hashes()}
    prepared = rehearsal.desk.prepare(Accepted("0-0", NOW, seed(2)))
    for _ in range(2):
        foretold, trace = rehearsal.desk.look(prepared)
        assert foretold is not None
        assert [step.stage for step in trace][:2] == ["normalise", "candidates"]
    assert {key: dict(rehearsal.ledger._hashes[key]) for key in rehearsal.ledger.hashes()} == before
    (told,) = rehearsal.run([seed(2)])
    assert (foretold.event_id, foretold.delta, foretold.relation) == (told.event_id, told.delta, told.relation)
    assert rehearsal.desk.look(prepared)[0] is None


def test_a_sighting_renews_the_decision_and_moves_no_story() -> None:
    rehearsal = Rehearsal()
    rehearsal.run([article()])
    rehearsal.now = NOW + 90 * DAY_MS
    assert rehearsal.run([article()]) == []
    (months, stories) = ({key.split(":")[3] for key in rehearsal.ledger.hashes() if f":{family}:" in key}
                         for family in ("dec", "sid"))  # fmt: skip
    assert months == {str(at // DAY_MS // 30) for at in (NOW, rehearsal.now)}
    assert stories == {str(NOW // DAY_MS // 30)}


def test_the_partitions_clock_does_not_go_back_and_jumps_a_week_at_most() -> None:
    first = NOW - 200 * DAY_MS
    dates = [first, first - DAY_MS, first + 100 * DAY_MS, first + DAY_MS]
    week = first + 7 * DAY_MS
    assert times_of(dates) == [first, first, week, week]


def test_a_date_ahead_of_the_arrival_moves_no_clock() -> None:
    first = NOW - 200 * DAY_MS
    assert times_of([253_000_000_000_000, first, 253_000_000_000_000, first + DAY_MS]) == [
        0,
        first,
        first,
        first + DAY_MS,
    ]


def test_undated_articles_before_the_first_date_do_not_set_the_clock() -> None:
    first = NOW - 200 * DAY_MS
    assert times_of([None, first, None, first + DAY_MS]) == [0, first, first, first + DAY_MS]


def test_time_goes_by_when_an_archive_had_an_article_where_that_is_known() -> None:
    first = NOW - 200 * DAY_MS
    pages = [
        article("a", "Item 1.", "T1", published=Stamp(first - 3000 * DAY_MS), sighted=first),
        article("b", "Item 2.", "T2", sighted=first + DAY_MS),
        article("c", "Item 3.", "T3", published=Stamp(first + 2 * DAY_MS)),
        article("d", "Item 4.", "T4", sighted=NOW + 900 * DAY_MS),
    ]
    times = [decision.time for decision in Rehearsal(published=True).run(pages)]
    assert times == [first, first + DAY_MS, first + 2 * DAY_MS, first + 2 * DAY_MS]


def times_of(dates: Sequence[int | None]) -> list[int]:
    """The partition's times on published time, one article of each date."""
    stamps = [None if at is None else Stamp(at) for at in dates]
    articles = [article(f"k{n}", f"Item {n}.", f"T{n}", published=stamp) for n, stamp in enumerate(stamps)]
    return [decision.time for decision in Rehearsal(published=True).run(articles)]


def test_what_is_past_is_past_whatever_the_batches() -> None:
    # An old row goes 300 keys a commit: whether it is there still must not tell a revision from a new text.
    days = [NOW - (60 - n) * DAY_MS for n in range(45)]
    stream = [article("k", LONG, "Bridge", published=Stamp(days[0]))]
    others = enumerate(days)
    stream += [article(f"d{n}", f"Item number {n} of some day.", f"T{n}", published=Stamp(at)) for n, at in others]
    stream.append(article("k", LONG + " Two more were found on Monday.", "Bridge", published=Stamp(days[-1])))
    kinds = []
    for batch in (1, 64):
        told = Rehearsal(published=True, batch=batch).run(stream)
        kinds.append([(d.relation.kind, d.story.id) for d in told])
    assert kinds[0] == kinds[1]


def test_a_backlog_of_days_is_deduplicated_in_two_turns_as_in_one() -> None:
    rehearsal = Rehearsal(batch=1)
    rehearsal.inbox.offer([article("a", LONG, "Bridge")])
    rehearsal.now += 60_000
    rehearsal.inbox.offer([article("b", LONG, "Bridge")])
    rehearsal.now += 12 * DAY_MS
    rehearsal.drop_view_after_each_turn()
    told = rehearsal.run([])
    assert [decision.relation.kind for decision in told] == ["new", "copy"]


def test_a_late_version_supersedes_nothing() -> None:
    told = Rehearsal(published=True).run(
        [
            article("k", LONG, "Bridge", published=Stamp(NOW)),
            article("k", LONG + " It was an early report.", "Bridge", published=Stamp(NOW - 60_000)),
        ]
    )
    assert told[1].relation.late
    assert told[1].supersedes == ()


LONG = (
    "The bridge over the river Mur fell on Sunday night after three days of rain. Nobody was on it, the mayor said. "
    "Engineers had closed it an hour before, when cracks were seen in the second pillar from the northern bank."
)


OTHER = (
    "Zinc prices fell to their lowest in a decade on Friday after smelters in Antwerp cut their orders. Traders in "
    "London spoke of empty books, and the exchange raised what it asks of those who borrow."
)


def test_what_is_told_and_what_is_counted_agree_in_a_mixed_turn() -> None:
    rehearsal = Rehearsal()
    rehearsal.run([article(), article(), article("b"), article(text=FIRST + MORE)])
    counters = rehearsal.inbox.balance().counters
    assert (counters.opened, counters.updated, counters.repeated, counters.seen) == (1, 1, 1, 1)
    assert rehearsal.inbox.balance().holds
    view = View(rehearsal.ledger)
    state = view.get(rehearsal.keys.state, b"s")
    assert state is not None


def test_a_story_that_others_left_alone_is_not_read_again_and_what_they_told_is_read_at_once() -> None:
    rehearsal = Rehearsal()
    asked: list[set[str]] = []
    gather = rehearsal.ledger.gather

    def watched(wants: Wants) -> Gathered:
        asked.append(set(wants))
        return gather(wants)

    rehearsal.ledger.gather = watched  # type: ignore[method-assign] -- only watched
    (opened,) = rehearsal.run([article("a", LONG, "Bridge")])
    rehearsal.hand_over()
    (other,) = rehearsal.run([article("b", OTHER, "Zinc")])
    (more,) = rehearsal.run([article("c", OTHER + " Two smelters have said no.", "Zinc")])
    rehearsal.hand_over()
    asked.clear()
    (coverage,) = rehearsal.run([article("d", LONG + " Two more pillars had cracks.", "Bridge")])
    assert coverage.story.id == opened.story.id != other.story.id == more.story.id
    numbers = {decision.story.id: rehearsal.row(decision).story for decision in (opened, other)}
    bridge, zinc = (rehearsal.keys.story(number) for number in numbers.values())
    stories = [{key for key in keys if key in (bridge, zinc)} for keys in asked]
    assert [keys for keys in stories if keys] == [{zinc}]


def test_workers_by_turns_write_what_one_writes() -> None:
    draw = random.Random(3)
    said = [sentence + "." for text in (FIRST + MORE, LONG, OTHER) for sentence in text.rstrip(".").split(". ")]
    texts = [" ".join(draw.sample(said, draw.randint(2, 5))) for _ in range(150)]
    stream = [article(f"k{n % 90}", text, f"Title {n % 8}") for n, text in enumerate(texts)]
    alone, turns = Rehearsal(batch=7), Rehearsal(batch=7)
    for at in range(0, len(stream), 7):
        alone.run(stream[at : at + 7])
        turns.run(stream[at : at + 7])
        if at % 3:
            turns.hand_over()
    assert turns.ledger.events == alone.ledger.events


@pytest.mark.parametrize("extra", [{"desk": "night"}, {"n": 2**70}, {"half": "\ud83d"}])
def test_what_a_source_says_besides_is_kept_with_the_article(extra: dict[str, object]) -> None:
    rehearsal = Rehearsal()
    (told,) = rehearsal.run([msgspec.structs.replace(article("k", LONG, "Bridge"), extra=extra)])
    row = rehearsal.row(told)
    kept = rehearsal.records.body(row).extra
    assert kept in (extra, {"half": "\ufffd"}) or str(2**70) in kept["as_text"]


def test_working_ahead_changes_nothing_that_is_decided() -> None:
    plain, ahead = Rehearsal(batch=3), Rehearsal(batch=3)
    prepare, prepared = ahead.desk.prepare, []

    def prepare_and_work_ahead(accepted: Accepted) -> Prepared:
        prepared.append(prepare(accepted))
        ahead.desk.ahead(prepared[-1])
        assert "figure_keys" in vars(prepared[-1].text.sentences[0])
        return prepared[-1]

    ahead.desk.prepare = prepare_and_work_ahead  # type: ignore[method-assign]  # as a worker that waits for its turn
    articles = [*map(seed, range(5)), article(), article("b", FIRST + MORE), article("c", MORE)]
    plain.run(articles)
    ahead.run(articles)
    told = [event for made in plain.made for event in made.commit.events]
    assert [event for made in ahead.made for event in made.commit.events] == told
    assert len(prepared) == len(articles)


def test_a_quotation_used_again_names_who_had_it_unless_that_is_the_outlet_itself() -> None:
    quoting = FIRST + ' "We have never seen so much water in the streets of this city," Kahr told a radio station.'
    again = (
        FIRST + MORE + " On local television Kahr repeated: "
        "«We have never seen so much water in the streets of this city.»"
    )
    for outlet, first in (("Gazette", None), ("Kurier", "a")):
        _, second = run(article(text=quoting, outlet="Gazette"), article("b", text=again, outlet=outlet))
        quoted = [added for added in second.delta.added if "never seen" in added.text]
        assert [added.first for added in quoted] == [first]
