"""The kill in each format's example files does what it says: its article, in its story, with the reason."""

from __future__ import annotations

import pytest

from ingest.events.event import ArticleWithdrawn, decode
from ingest.model import Envelope
from rehearsal import Rehearsal
from wire_files import FORMATS, envelopes


def kills(rehearsal: Rehearsal) -> list[ArticleWithdrawn]:
    return [event for event in map(decode, rehearsal.ledger.events) if isinstance(event, ArticleWithdrawn)]


def came(stream: list[Envelope]) -> set[str]:
    return {one.key for one in stream if one.withdraws is None}


def reasons(stream: list[Envelope], keys: set[str]) -> list[tuple[str, str | None]]:
    """Of each kill of one of these; of an item in several languages it names more than there are."""
    return [(one.key, one.withdraws.reason) for one in stream if one.withdraws is not None and one.key in keys]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_kill_takes_back_the_article_that_it_names(format_: str) -> None:
    stream, rehearsal = envelopes(format_), Rehearsal()
    decisions = rehearsal.run(stream)
    told = kills(rehearsal)
    assert told
    assert [(event.data.article.id, event.data.reason) for event in told] == reasons(stream, came(stream))
    newest = {decision.article.key: decision for decision in decisions}
    for event in told:
        taken = newest[event.data.article.id]
        assert (event.subject, event.data.article.version) == (taken.story.id, taken.version_number)
        killed = {key for key, _ in reasons(stream, came(stream))}
        of_story = [one.article for one in decisions if one.story.id == taken.story.id]
        standing = {article.title for article in of_story if article.key not in killed}
        assert event.story.headline in standing or not standing
    assert rehearsal.run(stream) == []
    assert kills(rehearsal) == told


@pytest.mark.parametrize("format_", FORMATS)
def test_a_kill_that_is_read_before_its_article_takes_it_back_when_it_comes(format_: str) -> None:
    stream = envelopes(format_)
    killing = [one for one in stream if one.withdraws is not None]
    rehearsal = Rehearsal()
    rehearsal.run([*killing, *(one for one in stream if one.withdraws is None)])
    keys = came(stream)
    assert {(event.data.article.id, event.data.reason) for event in kills(rehearsal)} == set(reasons(stream, keys))
    assert rehearsal.inbox.balance().counters.noted == len({one.key for one in killing} - keys)
