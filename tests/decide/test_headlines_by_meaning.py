"""Headlines at the desk with a model of meaning: it is optional, and nothing but the articles in their order counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.meaning import Meaning
from ingest.model import Envelope
from ingest.stories.meaning import Meant
from rehearsal import Rehearsal
from toy_meaning import Topics

TOPICS = Topics("quake tremor shakes rattles", "iphone shares orders", "frost growers", "storm gale trees")
HEADLINES = [
    "Quake rattles Tohoku before dawn",
    "Strong tremor shakes fishing villages across Tohoku",
    "Apple shares fall on weak iPhone orders",
    "Gale fells trees in Skye",
    "Apple growers fear a weak spring harvest after late frost",
    "Storm in Skye fells old trees",
    "Tremor near Tohoku injures four",
]


def told(
    titles: Sequence[str], meaning: Meaning | None = None, batch: int = 64, forgetful: bool = False
) -> tuple[list[str], Rehearsal]:
    """The story of each, by the key of its first article."""
    rehearsal = Rehearsal(meaning=meaning, batch=batch)
    if forgetful:
        rehearsal.drop_view_after_each_turn()
    decisions = rehearsal.run(Envelope(key=str(n), source="s", title=title, text="") for n, title in enumerate(titles))
    first: dict[str, str] = {}
    for decision in decisions:
        first.setdefault(decision.story.id, decision.article.key)
    return [first[decision.story.id] for decision in decisions], rehearsal


def test_headlines_of_one_event_meet_by_what_they_say_and_like_words_do_not_join_two() -> None:
    by_words, _ = told(HEADLINES[:2] + HEADLINES[2:5:2])
    assert by_words == ["0", "1", "2", "2"]
    by_meaning, _ = told(HEADLINES[:2] + HEADLINES[2:5:2], TOPICS)
    assert by_meaning == ["0", "0", "2", "3"]


def test_the_trace_says_how_near_the_titles_are() -> None:
    _, rehearsal = told(HEADLINES[:2], TOPICS)
    row = rehearsal.row(rehearsal.decisions[1])
    step = next(step for step in rehearsal.records.body(row).trace if step.stage == "story")
    assert step.numbers["likeness"] == pytest.approx(1, abs=0.01)


def test_without_a_model_a_story_keeps_no_vector() -> None:
    _, rehearsal = told(HEADLINES)
    assert {rehearsal.records.story(rehearsal.row(one).story).meant for one in rehearsal.decisions} == {b""}  # type: ignore[union-attr]  # they are there


@pytest.mark.parametrize("batch", [1, 2, 64])
@pytest.mark.parametrize("forgetful", [False, True])
def test_batches_and_other_workers_change_no_decision(batch: int, forgetful: bool) -> None:
    whole, first = told(HEADLINES, TOPICS)
    cut, second = told(HEADLINES, TOPICS, batch, forgetful)
    assert cut == whole
    assert first.ledger.events == second.ledger.events


def test_a_title_of_which_the_model_knows_nothing_is_placed_by_its_words() -> None:
    nothing = Topics("one", "two")
    assert told(HEADLINES, nothing)[0] == told(HEADLINES)[0]


@pytest.mark.parametrize("title", ["Storm over Skye", None])
def test_a_story_means_what_its_titles_say_those_of_texts_as_well(title: str | None) -> None:
    text = "Gale fells trees in Skye. Nobody was hurt there. The ferries will not sail before Tuesday, the port said."
    rehearsal = Rehearsal(meaning=TOPICS)
    (opened,) = rehearsal.run([Envelope(key="a", source="s", title=title, text=text)])
    story = rehearsal.records.story(rehearsal.row(opened).story)
    assert story is not None
    kept = Meant.from_bytes(story.meant)
    assert (kept.sums.tolist() if kept else None) == (TOPICS.vector(title).tolist() if title else None)
