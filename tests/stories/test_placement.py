from __future__ import annotations

import numpy as np
import pytest

from ingest.model import Stamp
from ingest.stories.placement import (
    StoryPoint,
    evidence,
    join,
    nearness,
    place,
    score,
    threshold_for,
)
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import THRESHOLDS
from ingest.stories.when import Span, When, gap_hours, left_after

HOUR = 3_600_000
DAY = 24 * HOUR
NOWHEN = When()
LONG = 400
SHORT = 8
WORDS = {1: "putin", 2: "kim", 3: "pyongyang", 4: "treaty"}


def unit(*codes: int) -> Vector:
    return Vector(np.array(codes, np.uint32), np.full(len(codes), len(codes) ** -0.5, np.float32))


def story(number: int, *codes: int, when: When = NOWHEN) -> StoryPoint:
    return StoryPoint(number, Centroid.of(unit(*codes)), when)


def published(hours: float, exact: bool = True) -> When:
    return When(Span.of(Stamp(int(hours * HOUR), exact)))


def test_the_first_article_opens_a_story() -> None:
    placement = place(unit(1, 2), LONG, [], NOWHEN, WORDS)
    assert (placement.story, placement.best, placement.score) == (None, None, 0)


def test_an_article_joins_the_story_that_it_is_like_and_says_why() -> None:
    placement = place(unit(1, 2, 3, 9), SHORT, [story(5, 80, 90), story(6, 1, 2, 3, 8)], NOWHEN, WORDS)
    assert placement.story == placement.best == 6
    assert placement.score == pytest.approx(3 / 4, abs=1e-3)
    assert placement.runner_up == (5, 0)
    assert placement.breadth == pytest.approx(3)
    assert [shared.term for shared in placement.shared] == ["putin", "kim", "pyongyang"]
    assert sum(shared.share for shared in placement.shared) == pytest.approx(1)


def test_an_article_too_far_from_all_opens_a_story_and_names_the_nearest() -> None:
    placement = place(unit(*range(1, 15)), LONG, [story(5, 1, *range(50, 70))], NOWHEN, WORDS)
    assert placement.story is None
    assert placement.best == 5
    assert 0 < placement.adjusted < placement.threshold


def test_between_level_stories_the_older_one_wins_whatever_their_order() -> None:
    pair = [story(5, 1, 2), story(3, 1, 2)]
    assert place(unit(1, 2), LONG, pair, NOWHEN, WORDS).story == 3
    assert place(unit(1, 2), LONG, pair[::-1], NOWHEN, WORDS).story == 3


def test_many_neighbours_raise_the_bar() -> None:
    alone = place(unit(1, 2), SHORT, [story(1, 1, 2, 3, 4)], NOWHEN, WORDS)
    crowded = place(unit(1, 2), SHORT, [story(n, 1, 2, 3, 4) for n in range(1, 7)], NOWHEN, WORDS)
    assert alone.adjusted == alone.score
    assert crowded.score < alone.score
    assert crowded.adjusted == pytest.approx(crowded.score * (1 - THRESHOLDS.placing.margin))


def test_of_two_stories_the_one_with_the_words_that_others_lack_is_joined() -> None:
    crowd = [story(n, 1, 2, 3, 10 + n) for n in range(4, 12)]
    topic, event = story(1, 1, 2, 3, 50), story(2, 1, 4, 5, 60)
    article = unit(1, 2, 3, 4, 5)
    alone = [place(article, SHORT, [point], NOWHEN, WORDS).score for point in (topic, event)]
    assert alone[0] == alone[1]
    assert place(article, SHORT, [topic, event, *crowd], NOWHEN, WORDS).story == 2


def test_one_word_in_common_makes_two_headlines_no_story_but_two_words_do() -> None:
    headline = unit(1, 2, 3, 4, 5)
    assert place(headline, SHORT, [story(1, 1, 12, 13, 14, 15)], NOWHEN, WORDS).story is None
    assert place(headline, SHORT, [story(1, 1, 2, 13, 14, 15)], NOWHEN, WORDS).story == 1


def test_a_word_that_every_member_has_is_more_than_a_chance() -> None:
    members = [unit(1, *range(100 * n, 100 * n + 3)) for n in range(1, 10)]
    point = None
    for member in members:
        point = join(member, NOWHEN, 1, point)
    assert point is not None
    assert evidence(SHORT, story(1, 1, 2), 1) < evidence(SHORT, point, 1) == 1


def test_a_text_meets_the_headline_of_its_event_at_the_bar_of_headlines() -> None:
    headline = story(1, *range(1, 9))
    assert evidence(LONG, headline, 8) == pytest.approx(threshold_for(LONG) / threshold_for(8))
    assert evidence(SHORT, headline, 8) == 1
    assert evidence(LONG, story(1, *range(1, 120)), 8) == 1


def test_a_headline_needs_a_lower_score_than_a_text() -> None:
    bars = [threshold_for(length) for length in (0, 12, 30, 50, 400)]
    assert bars == sorted(bars)
    assert bars[0] == bars[1] == THRESHOLDS.placing.short_score
    assert bars[3] == bars[4] == THRESHOLDS.placing.long_score


def test_the_bar_is_higher_in_an_empty_store() -> None:
    known = unit(1, 2)
    young = Vector(known.codes, known.weights, borrowed=1.0)
    bars = [place(vector, LONG, [], NOWHEN, WORDS).threshold for vector in (known, young)]
    assert bars[1] == pytest.approx(bars[0] * (1 + THRESHOLDS.placing.young))


def test_the_bar_is_lower_by_as_much_of_a_text_as_is_pairs_of_han() -> None:
    known = unit(1, 2)
    vectors = [Vector(known.codes, known.weights, han=han) for han in (0, 0.5, 1)]
    bars = [place(vector, LONG, [], NOWHEN, WORDS).threshold for vector in vectors]
    assert bars[2] == pytest.approx(bars[0] * (1 - THRESHOLDS.placing.han))
    assert bars[1] == pytest.approx((bars[0] + bars[2]) / 2)


def test_a_broad_story_is_judged_by_its_centre() -> None:
    point = story(1, 1, 10, 11)
    for n in range(12, 40):
        point = join(unit(1, n, n + 50), NOWHEN, 1, point)
    mean = point.centroid.mean_similarity(unit(1, 90))
    assert score(mean, point, NOWHEN) > 1.3 * mean


def test_a_story_with_too_little_in_common_takes_no_more() -> None:
    core, bar = (1, 2, 3), threshold_for(LONG) * THRESHOLDS.placing.coherent
    point = story(1, *core, *range(100, 117))
    joined = 1
    while point.centroid.coherence >= bar:
        assert place(unit(*core), LONG, [point], NOWHEN, WORDS).story == 1
        joined += 1
        point = join(unit(*core, *range(100 * joined, 100 * joined + 17)), NOWHEN, 1, point)
        assert joined < 50
    placement = place(unit(*core), LONG, [point], NOWHEN, WORDS)
    assert (placement.story, placement.best, placement.broad) == (None, None, 1)
    narrow = story(2, *core)
    placement = place(unit(*core), LONG, [point, narrow], NOWHEN, WORDS)
    assert (placement.story, placement.broad) == (2, 1)


@pytest.mark.parametrize(
    ("article", "known", "gap"),
    [
        (NOWHEN, NOWHEN, None),
        (published(10), NOWHEN, None),
        (published(50), published(20), 30),
        (published(20), published(50), 30),
        (published(24, exact=False), published(20), 4),
        (published(0, exact=False), published(20), 0),
        (When(arrived=50 * HOUR), When(arrived=20 * HOUR), 30),
        (When(arrived=20 * HOUR), When(arrived=50 * HOUR), 0),
        (When(Span(DAY, DAY), 0), When(None, 0), 0),
        (When(Span(365 * DAY, 365 * DAY), 5), When(Span(0, DAY), 5), 364 * 24),
    ],
    ids=[
        "no times", "one undated", "after", "before", "day after hour", "hour of the day", "arrivals",
        "clock went back", "undated in a replay", "history replayed at once",
    ],
)  # fmt: skip
def test_time_between_article_and_story(article: When, known: When, gap: float | None) -> None:
    assert gap_hours(article, known) == gap


def test_a_day_is_no_loss_and_two_more_are_half() -> None:
    near, far = story(1, 1, 2, when=published(0)), story(2, 1, 2, when=published(-48))
    assert score(near.centroid.mean_similarity(unit(1, 2)), near, published(24)) == pytest.approx(1, abs=1e-3)
    assert score(far.centroid.mean_similarity(unit(1, 2)), far, published(24)) == pytest.approx(0.5, abs=1e-3)


def test_of_a_story_with_one_date_among_ten_articles_a_tenth_is_far_off() -> None:
    then, now = published(0), published(100 * 24)
    point = join(unit(1, 2), then, 1, None)
    for _ in range(9):
        point = join(unit(1, 2), When.of(None), 1, point)
    assert left_after(now, point.when, 10) == pytest.approx(0.9, abs=1e-3)
    dated = join(unit(1, 2), then, 1, join(unit(1, 2), then, 1, None))
    assert left_after(now, dated.when, 2) < 1e-9


def test_articles_without_a_date_are_as_far_as_they_came_apart() -> None:
    known = When(Span(0, 0), arrived=0).with_member(When.of(None, arrived=0))
    later = When(Span(100 * DAY, 100 * DAY), arrived=3 * DAY)
    assert left_after(later, known, 2) == pytest.approx(0.5 * 0.5, abs=1e-3)
    assert left_after(When.of(None, arrived=3 * DAY), known, 2) == pytest.approx(0.5)


def test_a_near_date_counts_where_the_dates_of_other_candidates_are_far() -> None:
    today, then, undated = published(0), published(-900 * 24), NOWHEN
    alone = nearness([story(1, 1, when=today)], today)
    assert alone == [pytest.approx(2**THRESHOLDS.placing.nearness)]
    among_old = nearness([story(1, 1, when=today), *(story(n, 1, when=then) for n in range(2, 9))], today)
    assert among_old[0] > alone[0]
    assert among_old[1:] == [1.0] * 7
    of_one_day = nearness([story(n, 1, when=today) for n in range(1, 12)], today)
    assert max(of_one_day) < 1.03
    assert nearness([story(1, 1, when=undated), story(2, 1, when=undated)], today) == [1.0, 1.0]
    assert nearness([story(1, 1, when=today)], undated) == [1.0]


def test_of_two_stories_alike_the_one_of_the_day_is_joined() -> None:
    old, new = story(1, 1, 2, when=published(-30 * 24)), story(2, 1, 2, when=published(-5))
    placement = place(unit(1, 2), LONG, [old, new], published(0), WORDS)
    assert placement.story == 2
    assert placement.nearness > 1
    assert placement.score <= 1


def test_another_year_is_another_story_however_alike() -> None:
    old = story(1, 1, 2, 3, when=published(0))
    assert place(unit(1, 2, 3), LONG, [old], published(365 * 24), WORDS).story is None


def test_a_story_spans_the_times_of_its_members() -> None:
    point = join(unit(1), When(Span(DAY, 2 * DAY), 10), 1, None)
    point = join(unit(1), When.of(None, 30), 1, point)
    point = join(unit(1), When(Span(5 * DAY, 5 * DAY), 20), 1, point)
    assert point.when == When(Span(DAY, 5 * DAY), 30, undated=1)
    assert point.centroid.members == 3
