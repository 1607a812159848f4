"""No setting names a language: the same configuration tells stories apart in all of them, from the first article on."""

from __future__ import annotations

import pytest
from tongues import NEWS, Text

from ingest import background
from ingest.background import Background
from ingest.stories.counts import TermCounts
from ingest.stories.features import terms
from ingest.stories.placement import Placement, join, place
from ingest.stories.similarity import vector
from ingest.stories.when import When


@pytest.fixture(scope="module")
def words() -> Background:
    """The real word table: what a language's everyday words weigh is what is tested."""
    return background.load()


def placed(first: Text, second: Text, words: Background) -> Placement:
    """The second text, where the first is all that the store has seen."""
    counts = TermCounts()
    one = terms(first.title, first.sentences, words)
    story = join(vector(one, counts), When(), 0, None)
    counts.add(one)
    two = terms(second.title, second.sentences, words)
    return place(vector(two, counts), two.length, [story], When(), two.words)


@pytest.mark.parametrize("language", NEWS)
def test_two_outlets_on_one_event_are_one_story(language: str, words: Background) -> None:
    news = NEWS[language]
    assert placed(news.first, news.second, words).story is not None
    assert placed(news.second, news.first, words).story is not None


@pytest.mark.parametrize("language", NEWS)
def test_two_events_are_two_stories_though_the_store_is_empty(language: str, words: Background) -> None:
    news = NEWS[language]
    for text in (news.first, news.second):
        assert placed(text, news.other, words).score < placed(news.first, news.second, words).threshold / 2


@pytest.mark.parametrize("language", NEWS)
def test_a_headline_meets_its_text(language: str, words: Background) -> None:
    news = NEWS[language]
    headline = Text(news.first.title, ())
    assert placed(news.first, headline, words).story is not None
    assert placed(news.other, headline, words).story is None
