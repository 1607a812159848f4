"""When two stories are one, when one has drifted, and which one is taken up again: on made-up centres."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.stories.continuing import continued
from ingest.stories.drift import is_away, opening_of
from ingest.stories.merging import by_headlines, by_lineage, likeness, whole
from ingest.stories.placement import Placement, StoryPoint, has_drifted, join, place
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import THRESHOLDS
from ingest.stories.when import Span, When

HOUR = 3_600_000
NOW = 20_000 * 24 * HOUR


def vector(*codes: int) -> Vector:
    ordered = np.array(sorted(codes), np.uint32)
    return Vector(ordered, np.full(len(codes), len(codes) ** -0.5, np.float32))


def centre(*members: Vector) -> Centroid:
    found = Centroid.of(members[0])
    for member in members[1:]:
        found = found.joined(member)
    return found


def at(hour: float) -> When:
    return When(Span(NOW + int(hour * HOUR), NOW + int(hour * HOUR)), NOW + int(hour * HOUR))


def headlines(count: int, first: int, shared: tuple[int, ...], number: int, hour: float = 0.0) -> StoryPoint:
    """So many headlines of six words, four of them shared by all."""
    members = [vector(*shared, first + 2 * nth, first + 2 * nth + 1) for nth in range(count)]
    return StoryPoint(number, centre(*members), at(hour))


ONE = (1, 2, 3, 4)
ALIKE = (3, 4, 5, 6)


def proved(first: StoryPoint, second: StoryPoint, score: float = 0.5) -> float | None:
    placement = Placement(story=first.number, threshold=0.1, best=first.number, runner_up=(second.number, score))
    return by_headlines(placement, first, second)


def test_headlines_that_share_half_of_their_words_prove_one_story() -> None:
    likely = proved(headlines(4, 100, ONE, 1), headlines(4, 200, ALIKE, 2))
    assert likely is not None
    assert likely >= THRESHOLDS.merging.factor


@pytest.mark.parametrize(
    ("second", "score"),
    [
        (headlines(4, 200, (5, 6, 7, 8), 2), 0.5),  # nothing in common
        (headlines(2, 200, ALIKE, 2), 0.5),  # too few to say
        (headlines(4, 200, ALIKE, 2, hour=48), 0.5),  # days apart
        (headlines(4, 200, ALIKE, 2), 0.09),  # the article would not join it
        (StoryPoint(2, headlines(4, 200, ALIKE, 2).centroid, When(None, NOW)), 0.5),  # undated
        (StoryPoint(2, centre(*(vector(3, 4, *range(n, n + 40)) for n in (200, 300, 400))), at(0)), 0.5),  # texts
    ],
)
def test_anything_less_proves_nothing(second: StoryPoint, score: float) -> None:
    assert proved(headlines(4, 100, ONE, 1), second, score) is None


def test_two_large_stories_that_have_kept_apart_are_two() -> None:
    most = THRESHOLDS.merging.small
    assert proved(headlines(most, 100, ONE, 1), headlines(20, 200, ALIKE, 2)) is not None
    assert proved(headlines(most + 1, 100, ONE, 1), headlines(20, 200, ALIKE, 2)) is None


def test_a_digest_proves_no_text_to_be_another() -> None:
    assert by_lineage(0.9, 0.8)
    assert not by_lineage(0.5, 0.5)
    assert not by_lineage(1.0, 0.6)


CODES = st.sets(st.integers(1, 60), min_size=1, max_size=12)


@given(st.lists(CODES, min_size=1, max_size=6), st.lists(CODES, min_size=1, max_size=6))
def test_the_union_is_the_centre_of_all_members(one: list[set[int]], other: list[set[int]]) -> None:
    """Whichever is asked, and as near to one made member by member as 16 bits allow."""
    first, second = (centre(*(vector(*codes) for codes in members)) for members in (one, other))
    union, turned = first.united(second), second.united(first)
    assert union.to_bytes() == turned.to_bytes()
    assert union.members == len(one) + len(other)
    together = centre(*(vector(*codes) for codes in [*one, *other]))
    assert union.codes.tolist() == together.codes.tolist()
    assert np.allclose(union.means, together.means, atol=0.01)
    assert union.coherence == pytest.approx(together.coherence, abs=0.01)
    assert likeness(first, second) == pytest.approx(likeness(second, first))
    assert whole(first, second, 0.0)


# -- drift, and what is taken up again


def test_an_opening_is_known_by_its_strongest_terms() -> None:
    opening = opening_of(vector(*range(1, 9)))
    assert len(opening) == 3 * THRESHOLDS.drifting.terms
    assert not is_away(vector(8, 100), opening)
    assert is_away(vector(100, 101), opening)
    assert not is_away(vector(100, 101), b"")


def drifted() -> StoryPoint:
    """Opened with 1 to 6; each headline after it shares five words with the last, and then none with the opening."""
    story = join(vector(*range(1, 7)), at(0), 1, None)
    for nth in range(2, 7 + THRESHOLDS.drifting.away):
        story = join(vector(*range(nth, nth + 6)), at(0), 1, story)
    return story


def test_a_chain_of_articles_away_from_the_opening_comes_to_an_end() -> None:
    story = drifted()
    last = vector(*range(13, 19))
    assert story.away == THRESHOLDS.drifting.away
    assert has_drifted(story, last)
    assert not has_drifted(story, vector(6, *range(13, 18)))
    placement = place(last, 6, [story], at(0), {})
    assert (placement.story, placement.drifted) == (None, 1)
    found = continued(last, 6, placement, [story], at(0))
    assert found is not None
    assert (found.story.number, found.why) == (1, "drifted")


def test_a_copy_is_no_evidence_of_drift_and_the_opening_ends_it() -> None:
    story = join(vector(1, 2), at(0), 1, None)
    assert join(vector(8, 9), at(0), 1, story, voted=False).away == 0
    away = join(vector(8, 9), at(0), 1, story)
    assert away.away == 1
    assert join(vector(2, 9), at(0), 1, away).away == 0


@pytest.mark.parametrize(("hours", "others", "why"), [(120, (), "quiet"), (12, (), None), (120, (1,), None)])
def test_a_quiet_story_is_taken_up_where_time_alone_is_in_the_way(
    hours: float, others: tuple[int, ...], why: str | None
) -> None:
    """And where no other is half as much like the article."""
    article = vector(1, 2, 3, 4)
    story = StoryPoint(7, centre(vector(1, 2, 3, 5)), at(0))
    near = [StoryPoint(8 + nth, centre(vector(1, 2, 3, 7)), at(0)) for nth in others]
    placement = Placement(story=None, threshold=0.16)
    found = continued(article, 4, placement, [story, *near], at(hours))
    assert (found.why if found else None) == why
