from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.background import Background
from ingest.stories.counts import TermCounts
from ingest.stories.features import Terms, terms
from ingest.stories.thresholds import Counting

SMALL = Counting(halve_at=50, columns=1 << 10, snapshot_every=16, page_bytes=512)


def article(codes: list[int], presence: float = 1e-4) -> Terms:
    unique = np.unique(np.array(codes, np.uint32))
    ones = np.ones(len(unique), np.float32)
    return Terms(unique, ones, ones * np.float32(presence), len(unique), {})


def stream(articles: int) -> list[Terms]:
    generator = np.random.default_rng(7)
    return [article(generator.integers(0, 2**32, 20).tolist()) for _ in range(articles)]


def same(a: TermCounts, b: TermCounts, probe: Terms) -> bool:
    return (a.articles, a.weight) == (b.articles, b.weight) and bool(np.all(a.df(probe.codes) == b.df(probe.codes)))


PROBE = article(np.concatenate([read.codes for read in stream(120)]).tolist())


def test_a_term_is_counted_once_for_each_article_that_has_it() -> None:
    counts = TermCounts()
    for _ in range(3):
        counts.add(article([1 << 30, 2 << 20]))
    counts.add(article([2 << 20]))
    assert counts.df(np.array([1 << 30, 2 << 20, 77], np.uint32)).tolist() == [3, 4, 0]
    assert counts.articles == counts.weight == 4


def test_very_common_words_are_not_counted() -> None:
    counts = TermCounts()
    counts.add(article([1 << 30], presence=0.9))
    assert counts.df(np.array([1 << 30], np.uint32)).tolist() == [0]
    assert counts.articles == 1


def test_counts_are_halved_together_with_the_number_of_articles() -> None:
    counts = TermCounts(SMALL)
    for _ in range(50):
        counts.add(article([1 << 30]))
    assert counts.articles == 50
    assert counts.weight == 25
    assert counts.df(np.array([1 << 30], np.uint32)).tolist() == [25]


@settings(max_examples=20)
@given(batches=st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_what_is_written_and_read_again_does_not_depend_on_batches(batches: list[int]) -> None:
    articles = stream(sum(batches))
    whole = TermCounts(SMALL)
    for read in articles:
        whole.add(read)
    stored: dict[bytes, bytes] = {}
    reader = TermCounts.from_pages(stored, SMALL)
    done = 0
    for size in batches:
        writer = TermCounts.from_pages(stored, SMALL)  # another process each time
        for read in articles[done : done + size]:
            writer.add(read)
        done += size
        stored.update(writer.dirty())
        wanted = reader.wanted(done)
        if wanted is None:
            reader = TermCounts.from_pages(stored, SMALL)
        else:
            reader.catch_up({name: stored[name] for name in wanted})
        assert same(reader, writer, PROBE)
    assert same(TermCounts.from_pages(stored, SMALL), whole, PROBE)


def test_one_article_costs_half_a_kilobyte_until_the_next_snapshot() -> None:
    counts = TermCounts()
    sizes = []
    for read in stream(256):
        counts.add(read)
        sizes.append(sum(map(len, counts.dirty().values())))
    assert max(sizes[:-1]) == 8 + 4 * 20
    assert sizes[-1] > 2 * 2 * Counting().columns


@pytest.mark.parametrize("articles", [0, 5])
def test_an_empty_store_has_no_counts_and_a_small_one_no_pages(articles: int, background: Background) -> None:
    counts = TermCounts.from_pages({})
    for n in range(articles):
        counts.add(terms(f"Headline number{n}", [], background))
    assert len(counts.dirty()) == articles
    assert counts.dirty() == {}
