from __future__ import annotations

import pytest
from msgspec.structs import replace
from seed_decisions import DECISIONS

from ingest.errors import UsageError
from ingest.events.describe import event_of, ref_of, story_of
from ingest.events.event import ArticleWithdrawn, Event, Outlet, StoryMerge, StoryMerged, Withdrawal
from ingest.events.filters import Filter
from ingest.events.redirects import Redirects

EVENTS = [event_of(decision, installation="storywire") for decision in DECISIONS]
STORY = story_of(DECISIONS[0].story)


def merge(loser: str, winner: str) -> StoryMerged:
    story = replace(STORY, id=winner)
    return StoryMerged(
        id="m", source="s/main", subject=winner, sequence="9", time="", data=StoryMerge(story=story, merged=(loser,))
    )


def withdrawal() -> ArticleWithdrawn:
    to = DECISIONS[3].relation.to
    assert to is not None
    data = Withdrawal(story=STORY, article=ref_of(to), by="gone", reason=None)
    return ArticleWithdrawn(id="w", source="s/main", subject=STORY.id, sequence="9", time="", data=data)


def chosen(wanted: Filter, events: list[Event] | None = None) -> list[int]:
    return [n for n, event in enumerate(events or EVENTS) if wanted.wants(event, lambda story: story)]


def test_no_filter_takes_every_event() -> None:
    assert chosen(Filter()) == [0, 1, 2, 3, 4]


def test_types_are_named_in_full_or_by_their_last_word() -> None:
    assert chosen(Filter.of(types=["opened", "story.repeated"])) == [0, 3]
    with pytest.raises(UsageError, match="no type of event"):
        Filter.of(types=["changed"])


def test_materiality_concerns_updates_alone() -> None:
    assert chosen(Filter.of(min_materiality=0.5)) == [0, 2, 3, 4]
    assert chosen(Filter.of(min_materiality=1.0)) == [0, 3]
    with pytest.raises(UsageError):
        Filter.of(min_materiality=1.5)


def test_corrections_and_withdrawals_pass_every_materiality_filter() -> None:
    correction = replace(DECISIONS[1], relation=replace(DECISIONS[1].relation, correction=True))
    events: list[Event] = [event_of(correction, installation="s"), withdrawal(), merge("st-a", "st-b")]
    assert chosen(Filter.of(min_materiality=1.0), events) == [0, 1, 2]


@pytest.mark.parametrize("outlet", ["themoscowtimes.com", "The Moscow Times", "the moscow times"])
def test_an_outlet_is_found_by_its_id_or_its_name(outlet: str) -> None:
    assert chosen(Filter.of(outlets=[outlet])) == [2]


def test_a_language_takes_its_regions_and_not_the_other_way_round() -> None:
    british = replace(DECISIONS[0], article=replace(DECISIONS[0].article, language="en-GB"))
    events: list[Event] = [event_of(british, installation="s"), EVENTS[1]]
    assert chosen(Filter.of(languages=["en"]), events) == [0, 1]
    assert chosen(Filter.of(languages=["en-gb"]), events) == [0]
    assert chosen(Filter.of(languages=["fr"]), events) == []


def test_filters_of_different_kinds_are_all_asked() -> None:
    assert chosen(Filter.of(sources=["seeds"], types=["repeated", "updated"], outlets=["themoscowtimes.com"])) == [2]
    assert chosen(Filter.of(sources=["other"])) == []


def test_a_filter_for_articles_takes_no_event_without_one() -> None:
    assert chosen(Filter.of(sources=["seeds"]), [merge("st-a", "st-b")]) == []


def test_a_withdrawal_passes_where_its_article_did_and_by_outlet_where_a_copy_did() -> None:
    plain, to = withdrawal(), DECISIONS[2].article
    own, echo = Outlet(id="post", name="The Post"), Outlet(id="echo", name="The Echo")
    article, copy = (replace(plain.data.article, id=to.key, outlet=outlet) for outlet in (own, echo))
    data = replace(plain.data, article=article, source="seeds", language="en-GB", copies=(copy,))
    events: list[Event] = [replace(plain, data=data)]
    for wanted in (Filter.of(sources=["seeds"], languages=["en"], outlets=["post"]), Filter.of(outlets=["the echo"])):
        assert chosen(wanted, events) == [0]
    for other in (Filter.of(sources=["other"]), Filter.of(languages=["fr"]), Filter.of(outlets=["courier"])):
        assert chosen(other, events) == []


def test_a_story_filter_follows_merges_from_both_sides() -> None:
    redirects = Redirects({"st-x": "st-a"})
    redirects.learn(merge("st-a", "st-b"))
    redirects.learn(merge("st-b", STORY.id))
    for story in ("st-x", "st-a", "st-b", STORY.id):
        assert Filter.of(stories=[story]).wants(EVENTS[0], redirects.resolve)
    assert Filter.of(stories=[STORY.id]).wants(merge("st-a", "st-b"), redirects.resolve)
    assert not Filter.of(stories=["st-c"]).wants(EVENTS[0], redirects.resolve)


def test_redirects_in_a_circle_come_to_an_end() -> None:
    redirects = Redirects()
    redirects.learn(merge("st-a", "st-b"))
    redirects.learn(merge("st-b", "st-a"))
    assert redirects.resolve("st-a") in ("st-a", "st-b")
