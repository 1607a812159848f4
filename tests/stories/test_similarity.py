from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.background import Background
from ingest.stories.counts import TermCounts
from ingest.stories.features import terms
from ingest.stories.similarity import Centroid, Postings, Vector, indexable, propose, proposers, shares, vector
from ingest.stories.thresholds import THRESHOLDS

codes_and_weights = st.dictionaries(st.integers(0, 300), st.floats(0.1, 5), min_size=1, max_size=40)


def unit(weights: dict[int, float]) -> Vector:
    codes = np.array(sorted(weights), np.uint32)
    values = np.array([weights[int(code)] for code in codes])
    return Vector(codes, (values / np.sqrt(values @ values)).astype(np.float32))


def read(text: str, background: Background, counts: TermCounts | None = None) -> Vector:
    return vector(terms(None, [text], background), counts or TermCounts())


def postings(listed: dict[int, list[tuple[int, int]]]) -> Postings:
    """Of stories and weights by term."""
    entries = np.array([(term, *entry) for term in listed for entry in listed[term]], np.uint32).reshape(-1, 3)
    return entries[:, 0], entries[:, 1], entries[:, 2].astype(np.uint8)


def test_a_vector_has_unit_length_and_at_most_150_terms(background: Background) -> None:
    long = " ".join(f"word{n}x" for n in range(400))
    made = read(long, background)
    assert len(made.codes) == THRESHOLDS.shape.vector_terms
    assert float(made.weights @ made.weights) == pytest.approx(1, abs=1e-5)


def test_an_article_without_words_is_like_nothing(background: Background) -> None:
    empty = read("", background)
    assert len(empty.codes) == 0
    assert Centroid.of(empty).mean_similarity(read("Treaty signed", background)) == 0
    assert Centroid.of(read("Treaty signed", background)).mean_similarity(empty) == 0
    assert proposers(empty) == propose(empty, postings({})) == []


def test_words_that_the_stream_repeats_weigh_less(background: Background) -> None:
    counts = TermCounts()
    fresh = read("treaty harbour", background, counts)
    for _ in range(100):
        counts.add(terms(None, ["treaty"], background))
    later = read("treaty harbour", background, counts)
    assert fresh.borrowed == 1.0 > later.borrowed == 0.75
    treaty = int(np.flatnonzero(fresh.codes == background.word("treaty").code)[0])
    assert later.weights[treaty] < fresh.weights[treaty]


@given(st.lists(codes_and_weights, min_size=1, max_size=8), codes_and_weights)
def test_the_mean_similarity_is_the_average_over_all_members(
    members: list[dict[int, float]], new: dict[int, float]
) -> None:
    vectors, article = [unit(member) for member in members], unit(new)
    story = Centroid.of(vectors[0])
    for member in vectors[1:]:
        story = story.joined(member)
    each = [Centroid.of(member).mean_similarity(article) for member in vectors]
    assert story.members == len(members)
    assert story.mean_similarity(article) == pytest.approx(sum(each) / len(each), abs=0.003)


@given(st.lists(codes_and_weights, min_size=2, max_size=8))
def test_coherence_is_the_mean_similarity_of_members_to_each_other(members: list[dict[int, float]]) -> None:
    vectors = [unit(member) for member in members]
    story = Centroid.of(vectors[0])
    for member in vectors[1:]:
        story = story.joined(member)
    pairs = [Centroid.of(a).mean_similarity(b) for a in vectors for b in vectors]
    assert story.coherence == pytest.approx(sum(pairs) / len(pairs), abs=0.01)


@given(st.lists(codes_and_weights, min_size=2, max_size=6))
def test_a_story_read_from_its_bytes_grows_as_the_one_in_memory(members: list[dict[int, float]]) -> None:
    kept = stored = Centroid.of(unit(members[0]))
    for member in members[1:]:
        kept, stored = kept.joined(unit(member)), Centroid.from_bytes(stored.to_bytes()).joined(unit(member))
        assert kept.to_bytes() == stored.to_bytes()


def test_a_large_story_keeps_a_bounded_number_of_terms() -> None:
    story = Centroid.of(unit({0: 1.0}))
    for n in range(1, 20):
        story = story.joined(unit(dict.fromkeys(range(n * 100, n * 100 + 100), 1.0) | {0: 2.0}))
    assert len(story.codes) == THRESHOLDS.shape.centroid_terms
    assert 0 in story.codes
    assert len(story.to_bytes()) == 10 + 5 * THRESHOLDS.shape.centroid_terms + 52


@given(st.sets(st.integers(0, 2**32 - 1), max_size=200), st.integers(1, 2**31 - 1))
def test_a_centroid_comes_back_from_its_bytes_also_from_those_before_its_codes_were_packed(
    codes: set[int], members: int
) -> None:
    found = np.array(sorted(codes), np.uint32)
    means = np.linspace(0, 1, len(codes)).astype(np.float16)
    plain = struct.pack("<If", members, 0.5) + found.astype("<u4").tobytes() + means.astype("<f2").tobytes()
    story = Centroid(found, means.astype(np.float32), members, 0.5)
    assert len(story.to_bytes()) <= len(plain)
    for raw in (plain, story.to_bytes()):
        again = Centroid.from_bytes(raw)
        assert (again.members, again.coherence) == (members, 0.5)
        assert again.codes.tolist() == found.tolist()
        assert again.means.tolist() == story.means.tolist()


FLAGGED = b"\0\0\0\x80"


@pytest.mark.parametrize("raw", [b"", b"1234567", b"123456789", FLAGGED + bytes(4), FLAGGED + b"0000\1\0" + bytes(38)])
def test_bytes_that_are_no_centroid_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a centroid|not \d+ codes"):
        Centroid.from_bytes(raw)


def test_shares_add_up_to_the_similarity() -> None:
    a, b = unit({1: 1.0, 2: 2.0, 3: 3.0}), Centroid.of(unit({2: 1.0, 3: 1.0, 4: 1.0}))
    codes, parts = shares(a, b)
    assert codes.tolist() == [2, 3]
    assert float(parts.sum()) == pytest.approx(b.mean_similarity(a))


def test_the_strongest_terms_propose_and_are_indexed() -> None:
    article = unit({code: 1.0 + code for code in range(100)})
    strongest = set(range(100 - THRESHOLDS.shape.proposer_terms, 100))
    assert set(proposers(article)) == strongest
    entries = indexable(article, Centroid.of(article))
    assert {code for code, _ in entries} < strongest
    assert len(entries) == THRESHOLDS.shape.posting_terms
    assert all(1 <= weight <= 255 for _, weight in entries)


def test_stories_are_proposed_by_what_they_share_the_newer_first_where_level() -> None:
    article = unit({1: 3.0, 2: 1.0})
    assert propose(article, postings({1: [(7, 100)], 2: [(8, 200), (9, 200)]})) == [7, 9, 8]
    crowd = postings({1: [(story, 100) for story in range(99)]})
    assert propose(article, crowd) == list(range(98, 98 - THRESHOLDS.shape.candidates, -1))
