"""What a story told answers as its sentences themselves would, in a fifth of their memory."""

from __future__ import annotations

import gc
import itertools
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alignment import ALIGNMENT, Prepared, Sentence, StoryTold, Told, align, keys, prepare
from ingest.alignment import tokens as ways
from ingest.alignment.keys import RECENT, KeySet

MARKS = str.maketrans("", "", "“”‘’„«»「」\"")
OLD = [
    "The ferry Aurora sank off the northern coast early on Monday with 212 people on board.",
    "Rescue boats from three harbours searched the bay for survivors throughout the morning.",
    'The captain told a radio station that the engine "stopped without any warning at all".',
]

BYTES_AN_EVENT = 10_000
"""Seven sentences of 18 words, in a story of hundreds of events; it was 50,000 once they were compared."""


def story(*told: str, by: str | None = None) -> StoryTold:
    found = StoryTold(Prepared())
    found.extend(prepare(told), by)
    return found


def test_it_grows_and_the_first_teller_stays() -> None:
    told = story(*OLD, by="first")
    told.extend(prepare([OLD[0], "A second ferry was called back."]), by="second")
    assert len(told) == 4
    assert told.tellers == ["first"] * 3 + ["second"]


def test_a_quotation_used_again_is_traced_to_who_had_it_first() -> None:
    told = story(*OLD, by="first")
    (reused,) = prepare(['In a later interview he repeated that it "stopped without any warning at all" that night.'])
    assert told.quoted(reused) == "first"
    assert told.quoted(Sentence("It stopped.")) is None


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "“We will rebuild every house of this valley”, the mayor said.",
            '"We will rebuild every house of this valley," said Ms Roe.',
        ),
        (
            "‘We will rebuild every house of this valley’, the mayor said.",
            "Ms Roe: «We will rebuild every house of this valley»",
        ),
        (
            "“We'll rebuild every house of this valley",
            "In the evening Ms Roe said ‘we'll rebuild every house of this valley’ again.",
        ),
        (
            "„Wir bauen jedes Haus in diesem Tal wieder auf“, sagte sie.",
            "Die Bürgermeisterin versprach: »Wir bauen jedes Haus in diesem Tal wieder auf.«",
        ),
        ("市长说：“我们要重建山谷里的每一座房子。”", "她表示「我们要重建山谷里的每一座房子」。"),
        (
            "We never saw such a flood in this valley,” he said.",
            '"We never saw such a flood in this valley," the mayor told reporters.',
        ),
    ],
)  # fmt: skip
def test_a_quotation_is_known_in_any_marks_and_under_any_attribution(was: str, now: str) -> None:
    (asked,) = prepare([now])
    assert story(was, by="first").quoted(asked) == "first"
    assert story(was.translate(MARKS), by="first").quoted(asked) is None, "what nobody quoted is nobody's"


WORDS = ["ferry", "ferries", "Aurora", "sank", "12", "two", "dead", "the", "not", "海难", "北京", "WHO", "million"]
PHRASES = st.lists(st.sampled_from([*WORDS, '"', ".", "sinking", "Graz", "IT", "said"])).map(" ".join)


@given(st.lists(st.lists(PHRASES, max_size=4), max_size=4), st.lists(PHRASES, min_size=1, max_size=3))
def test_told_bit_by_bit_and_made_again_it_answers_as_the_sentences_themselves(
    chunks: list[list[str]], asked: list[str]
) -> None:
    new = prepare(asked)
    grown = StoryTold(Prepared(words=0))
    for chunk in chunks:
        grown.extend(sentence for sentence in prepare(chunk))
        align(grown, new)
    whole = Told(sentence for chunk in chunks for sentence in prepare(chunk))
    assert grown.texts == [whole.sentence(at).text for at in range(len(whole))]
    found, expected = align(grown, new), align(whole, new)
    assert found.matches == expected.matches
    assert [found.figure_changes(match) for match in found.matches] == [
        expected.figure_changes(match) for match in expected.matches
    ]
    assert [found.names_lost(match) for match in found.matches] == [
        expected.names_lost(match) for match in expected.matches
    ]
    for sentence in new:
        assert grown.look(sentence, ALIGNMENT) == whole.look(sentence, ALIGNMENT) or not sentence.content
        assert all(grown.has_stem(stem) == whole.has_stem(stem) for stem in (*sentence.stems, "aurora", "sink"))
        assert all(grown.has_figures([key]) == whole.has_figures([key]) for key in ("12", "2", "3"))
        assert all(grown.has_pair(*pair) == whole.has_pair(*pair) for pair in itertools.pairwise(WORDS))
        run = "".join(sentence.words[:3])
        assert grown.has_run(run) == whole.has_run(run)


@given(st.lists(PHRASES))
def test_a_told_sentence_made_again_is_what_it_was(told: list[str]) -> None:
    sentences = [sentence for sentence in prepare(told) if sentence.words]
    grown = StoryTold(Prepared(words=0))
    grown.extend(sentences)
    for at, text in enumerate(grown.texts):
        kept, made = next(one for one in sentences if one.text == text), grown.sentence(at)
        for what in ("words", "hash", "size", "content", "grams", "stems", "figures", "figure_keys", "names", "quotes"):
            assert getattr(made, what) == getattr(kept, what), what


def test_a_set_of_keys_is_a_set_however_large() -> None:
    chance = random.Random(7)
    plain: set[int] = set()
    keys = KeySet()
    for _ in range(60):
        some = frozenset(chance.getrandbits(64) for _ in range(chance.randrange(RECENT // 4)))
        some |= frozenset(chance.sample(sorted(plain), min(5, len(plain))))
        asked = frozenset([*chance.sample(sorted(some), len(some) // 2), *(chance.getrandbits(64) for _ in range(9))])
        assert keys.common(asked) == len(asked & plain)
        keys.add(some)
        plain |= some
        assert keys.common(some) == len(some)
    assert 8 * len(plain) <= keys.nbytes < 20 * len(plain)


def sentences(count: int) -> list[str]:
    """Of 9 content words as frequent as words are, the nth with a probability of 1 / n, and as many small ones."""
    chance = random.Random(11)
    words = ["".join(chance.choices("aeiounrstlmd", k=chance.randrange(3, 10))) for _ in range(9_000)]
    shares = [1 / (nth + 30) for nth in range(len(words))]
    small = "the of to in and a for on that with".split()
    pairs = [zip(chance.choices(small, k=9), chance.choices(words, shares, k=9), strict=True) for _ in range(count)]
    return [" ".join(itertools.chain.from_iterable(each)) + f" {nth}." for nth, each in enumerate(pairs)]


def test_an_event_of_a_story_takes_less_than_ten_kilobytes() -> None:
    events = 200
    texts = sentences(7 * events)
    keys._word_keys.clear()  # else a vocabulary full of other tests' words is thrown away and filled while we measure
    ways._spellings.clear()
    for sentence in prepare(texts):
        assert sentence.content  # the vocabulary is the process's, not the story's
    gc.collect()
    tracemalloc.start()
    told = StoryTold(Prepared(words=0))
    for first in range(0, len(texts), 7):
        told.extend(prepare([text + " " for text in texts[first : first + 7]]), by=str(first))
        assert align(told, prepare(texts[first : first + 1])).matches
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(told) == 7 * events
    assert taken < BYTES_AN_EVENT * events
    assert 0.7 * taken < told.nbytes < 1.5 * taken, "what it says of its weight"
