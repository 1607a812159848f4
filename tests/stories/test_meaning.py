"""What titles say by a model's vectors, and what that counts for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ingest.meaning import quantised
from ingest.stories.meaning import Meant, factors, likenesses, together
from ingest.stories.placement import StoryPoint, join, place
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import MEANING, THRESHOLDS
from ingest.stories.when import When

MODEL, OTHER = "0123456789ab", "ba9876543210"
SHORT, LONG = THRESHOLDS.placing.short_tokens, THRESHOLDS.placing.long_tokens


def meant(*numbers: float, model: str = MODEL) -> Meant:
    return Meant.of(model, quantised(np.array(numbers)))


def of(*members: Meant) -> Meant:
    found: Meant | None = None
    for member in members:
        found = together(found, member)
    assert found is not None
    return found


def likeness(article: Meant, story: Meant) -> float | None:
    return likenesses(article, [story])[0]


def test_a_vector_has_the_same_length_whatever_that_of_the_models() -> None:
    assert quantised(np.array([3.0, 4.0])).tolist() == quantised(np.array([0.3, 0.4], np.float32)).tolist() == [76, 102]
    assert quantised(np.zeros(2)).tolist() == [0, 0]


def test_likeness_to_one_article_is_the_cosine_and_to_a_story_the_mean_with_its_breadth_forgiven() -> None:
    assert likeness(meant(1, 0), meant(3, 4)) == pytest.approx(0.6, abs=0.01)
    pair = of(meant(1, 0, 0), meant(0, 1, 0))
    mean, others = 0.5, 1  # of 1 and 0; the members have a mean likeness of 1/2 to each other
    exponent = THRESHOLDS.placing.coherence * others / (others + THRESHOLDS.placing.coherence_half)
    assert likeness(meant(1, 0, 0), pair) == pytest.approx(mean * 0.5**-exponent, abs=0.01)
    assert likeness(meant(0, 0, 1), pair) == 0


def test_a_story_says_the_same_whatever_order_its_articles_came_in() -> None:
    members = [meant(1, 0.2, 0), meant(0.5, 0.5, 0.1), meant(-0.3, 0.4, 1), meant(0, -1, 0.2)]
    assert len({of(*order).to_bytes() for order in itertools.permutations(members)}) == 1


@pytest.mark.parametrize("members", [1, 2, 40])
def test_a_story_is_kept_in_one_byte_a_number_while_that_holds_them_and_else_in_two(members: int) -> None:
    story = of(*[meant(0.6, -0.8)] * members)
    raw = story.to_bytes()
    assert len(raw) == 9 + 2 * (1 if members == 1 else 2)
    read = Meant.from_bytes(raw)
    assert read is not None
    assert (read.model, read.sums.tolist(), read.members) == (story.model, story.sums.tolist(), members)
    assert Meant.from_bytes(b"") is None


def test_old_members_of_a_large_story_fade_and_its_numbers_stay_in_two_bytes() -> None:
    story = of(*[meant(-1, 0)] * 3000)
    assert story.members <= 256
    assert likeness(meant(-1, 0), story) == pytest.approx(1, abs=0.01)
    for _ in range(3000):
        story = of(story, meant(0, 1))
    assert likeness(meant(0, 1), story) == pytest.approx(1, abs=0.02)
    assert Meant.from_bytes(story.to_bytes()) is not None


def test_vectors_of_another_model_count_for_nothing_and_give_way() -> None:
    mine, other = meant(1, 0), meant(1, 0, model=OTHER)
    assert likenesses(mine, [other, None, mine]) == [None, None, pytest.approx(1, abs=0.01)]
    assert likenesses(None, [mine]) == [None]
    assert together(other, mine) is mine
    assert together(other, None) is other


def test_the_likelier_meaning_counts_more_and_none_counts_nothing() -> None:
    low, unknown, high = factors([0.1, None, 0.6], SHORT)
    assert low < 1 < high
    assert unknown == 1
    assert factors([None, None], SHORT) == [1, 1]


def test_what_all_candidates_have_in_common_is_their_topic() -> None:
    alone, *_ = factors([0.5], SHORT)
    among_unlike, *_ = factors([0.5, 0, 0], SHORT)
    among_alike, *_ = factors([0.5, 0.5, 0.5], SHORT)
    assert alone == among_unlike > 1 > among_alike


def test_a_meaning_moves_a_score_by_no_more_than_its_bound() -> None:
    bound = float(np.exp(MEANING.most))
    assert factors([1.0, -1.0], SHORT) == [pytest.approx(bound), pytest.approx(1 / bound)]


def test_a_text_is_judged_by_its_words_alone() -> None:
    title, teaser, text = (factors([0.6], length)[0] for length in (SHORT, (SHORT + LONG) // 2, LONG))
    assert title > teaser > text == 1


def test_a_headline_joins_the_story_that_means_the_same_by_fewer_words() -> None:
    def unit(*codes: int) -> Vector:
        return Vector(np.array(codes, np.uint32), np.full(len(codes), len(codes) ** -0.5, np.float32))

    def told(story: Meant | None, article: Meant | None) -> tuple[int | None, float | None]:
        point = StoryPoint(1, Centroid.of(unit(1, 2, 3, 4, 5)), When(), meant=story)
        placement = place(unit(1, 6, 7, 8, 9), 5, [point], When(), {}, meant=article)
        return placement.story, placement.likeness

    assert told(None, None) == (None, None)
    assert told(meant(1, 0), meant(1, 0)) == (1, pytest.approx(1, abs=0.01))
    assert told(meant(1, 0), meant(0, 1))[0] is None
    assert told(meant(1, 0), None) == told(None, meant(1, 0)) == (None, None)
    opened = join(unit(1), When(), 1, None, meant=meant(1, 0))
    assert join(unit(1), When(), 1, opened, meant=meant(0, 1)).meant is not None
