"""Texts of 5,000 words: a live blog tells the paragraph on top, and what was only moved about tells nothing."""

from __future__ import annotations

import random

import pytest

from ingest.alignment import Prepared, StoryTold, prepare
from ingest.dedupe import Text
from ingest.model import Decision, Delta, Envelope
from ingest.stories.delta import delta
from madeup import SCRIPTS, Story, story
from rehearsal import Rehearsal

SENTENCES = {"Latin": 330, "Cyrillic": 330, "Arabic": 330, "Han": 330}
"""For some 5,000 words; of Han 6,000 characters."""


def sent(blog: Story, paragraphs: list[list[str]], key: str = "blog") -> Envelope:
    text = blog.written(paragraphs)
    return Envelope(key=key, source="t", title=blog.title, text=text, language=blog.script.language)


def told(decision: Decision) -> list[str]:
    return [added.text for added in decision.delta.added]


@pytest.mark.parametrize("script", SENTENCES)
def test_a_live_blog_sent_again_tells_each_time_its_newest_paragraph(script: str) -> None:
    blog = story(SCRIPTS[script], 1, SENTENCES[script])
    updates = [story(SCRIPTS[script], seed).paragraphs[0] for seed in (2, 3)]
    first, second, third = Rehearsal().run(
        sent(blog, [*reversed(updates[:new]), *blog.paragraphs]) for new in range(3)
    )
    assert first.type == "story.opened"
    for decision, update in zip((second, third), updates, strict=True):
        assert (decision.relation.kind, decision.story.id) == ("revision", first.story.id)
        assert told(decision) == update
        assert (decision.delta.removed, decision.delta.figures) == ((), ())


@pytest.mark.parametrize("script", SENTENCES)
def test_its_paragraphs_in_another_order_tell_nothing(script: str) -> None:
    blog = story(SCRIPTS[script], 1, SENTENCES[script])
    moved = random.Random(7).sample(blog.paragraphs, len(blog.paragraphs))
    _, again = Rehearsal().run([sent(blog, blog.paragraphs), sent(blog, moved, "elsewhere")])
    assert (again.type, again.relation.kind, again.delta) == ("story.repeated", "copy", Delta(materiality=0.0))


@pytest.mark.parametrize("script", SENTENCES)
def test_one_text_made_of_two_that_the_story_told_tells_nothing(script: str) -> None:
    one, other = (story(SCRIPTS[script], seed, SENTENCES[script]) for seed in (1, 2))
    so_far = StoryTold(Prepared())
    for told_before in (one, other):
        so_far.extend(prepare(told_before.sentences), told_before.title)
    paragraphs = random.Random(7).sample([*one.paragraphs[::2], *other.paragraphs[::2]], len(one.paragraphs[::2]))
    merged = Text(None, [sentence for paragraph in paragraphs for sentence in paragraph])
    assert delta(so_far, merged, kind="coverage") == Delta(materiality=0.0)
