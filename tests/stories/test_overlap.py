from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.stories.overlap import overlap
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import THRESHOLDS

codes_and_weights = st.dictionaries(st.integers(0, 300), st.floats(0.1, 5), min_size=1, max_size=40)


def unit(weights: dict[int, float]) -> Vector:
    codes = np.array(sorted(weights), np.uint32)
    values = np.array([weights[int(code)] for code in codes])
    return Vector(codes, (values / np.sqrt(values @ values)).astype(np.float32))


def even(*codes: int) -> Vector:
    return unit(dict.fromkeys(codes, 1.0))


@given(codes_and_weights, codes_and_weights)
def test_with_one_candidate_it_is_the_similarity_to_its_members(
    story: dict[int, float], article: dict[int, float]
) -> None:
    centroid = Centroid.of(unit(story))
    found = overlap(unit(article), [centroid])
    assert found.means == [pytest.approx(centroid.mean_similarity(unit(article)), abs=1e-12)]


@given(st.lists(codes_and_weights, min_size=2, max_size=6), codes_and_weights)
def test_other_candidates_only_take_away_and_their_order_does_not_matter(
    stories: list[dict[int, float]], article: dict[int, float]
) -> None:
    centroids = [Centroid.of(unit(story)) for story in stories]
    found, turned = overlap(unit(article), centroids), overlap(unit(article), centroids[::-1])
    assert found.means == pytest.approx(turned.means[::-1], abs=1e-12)
    for centroid, mean in zip(centroids, found.means, strict=True):
        assert 0 <= mean <= centroid.mean_similarity(unit(article)) + 1e-12


def test_a_term_that_the_others_have_counts_less_than_one_that_they_lack() -> None:
    crowd = [Centroid.of(even(1, 10 + n)) for n in range(8)]
    found = overlap(even(1, 2), [Centroid.of(even(1, 2)), *crowd])
    topic, event = found.parts[0]
    assert topic < 0.5 * event
    assert event == pytest.approx(0.5, abs=1e-3)


def test_breadth_is_the_number_of_terms_that_are_shared_in_earnest() -> None:
    article = even(1, 2, 3, 4)
    for shared in (1, 2, 4):
        assert overlap(article, [Centroid.of(even(*range(1, shared + 1), 90))]).breadths == [pytest.approx(shared)]
    assert overlap(article, [Centroid.of(unit({1: 10.0, 2: 0.1}))]).breadths[0] < 1.1


def test_what_has_no_words_shares_nothing() -> None:
    nothing = Vector(np.zeros(0, np.uint32), np.zeros(0, np.float32))
    assert overlap(nothing, [Centroid.of(even(1)), Centroid.of(even(2))]).means == [0, 0]
    assert overlap(even(1), [Centroid.of(nothing), Centroid.of(even(2))]).breadths == [0, 0]
    assert overlap(even(1), []).means == []


@given(st.lists(codes_and_weights, max_size=6), codes_and_weights)
def test_many_centroids_at_once_are_as_similar_as_one_by_one(
    stories: list[dict[int, float]], article: dict[int, float]
) -> None:
    centroids = [Centroid.of(unit(story)) for story in stories]
    each = [centroid.mean_similarity(unit(article)) for centroid in centroids]
    alike = msgspec.structs.replace(THRESHOLDS.placing, crowd=0.0)  # every term counts as it is
    assert overlap(unit(article), centroids, alike).means == pytest.approx(each, abs=1e-12)
