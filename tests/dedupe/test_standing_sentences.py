"""Which sentences of an outlet are standing matter, by the titles they stood under. Made-up texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import STANDING, Text
from ingest.dedupe.standing import counted, differ, learned, marks_of, positions, title_marks, usual

PROMPT = "Read more of this on our pages every day."
SHORT = "Sign up."
NEWS = "The mayor opened a new bridge over the northern canal."


def title(text: str) -> bytes:
    return title_marks(Text(text, ()))


def test_titles_differ_where_neither_names_the_subject_of_the_other() -> None:
    assert differ(title("Mayor opens bridge"), title("Ferry runs aground"))
    assert not differ(title("Mayor opens bridge"), title("Bridge closed by mayor"))
    assert not differ(title("Mayor opens bridge"), title("Opposition scolds mayor"))
    assert not differ(title("Mayor opens bridge"), title("Mayor resigns"))


def test_a_title_without_a_subject_differs_from_none() -> None:
    assert not differ(b"", title("Ferry runs aground"))
    assert not differ(title("12.5"), title("Ferry runs aground"))


def test_characters_are_told_apart_by_twos_where_words_are_not() -> None:
    assert differ(title("北京市发布新规定"), title("南京大桥通车"))  # 京 is in both
    assert not differ(title("北京市发布新规定"), title("新规定由北京市发布"))


def test_a_word_in_most_of_the_last_titles_names_the_outlet() -> None:
    titles = [title(f"Harbour Post: {subject} day") for subject in "abcdefgh"]
    assert usual(titles) >= set(title("Harbour Post"))
    assert not usual(titles[: STANDING.titles_read - 1])
    one, other = title("Harbour Post: mayor opens bridge"), title("Harbour Post: ferry aground")
    assert not differ(one, other)
    assert differ(one, other, usual(titles))


def known_of(*sentences: str, seen: int = STANDING.titles - 1, known: frozenset[int] = frozenset()) -> list[str]:
    """Of these sentences those learned, where all but the news stood under so many other titles."""
    of = marks_of(Text("Mayor opens bridge", sentences))
    others = [title("Ferry runs aground"), title("Strike at the brewery"), title("Owls return to the fort")]
    news = set(marks_of(Text(None, (NEWS,))).marks)
    found = learned(of, {mark: others[:seen] for mark in of.marks if mark not in news}, (), known)
    return [said for said, mark in zip(sentences, of.marks, strict=True) if mark in found]


def test_a_sentence_is_learned_under_its_third_title() -> None:
    assert known_of(NEWS, PROMPT) == [PROMPT]
    assert not known_of(NEWS, PROMPT, seen=STANDING.titles - 2)


def test_what_is_short_or_has_figures_is_learned_beside_what_is_not() -> None:
    figures = "Call 030 55 55 55 or write to us at any time."
    assert known_of(NEWS, SHORT, PROMPT, figures) == [SHORT, PROMPT, figures]
    assert known_of(SHORT, NEWS, PROMPT) == [PROMPT]
    assert not known_of(SHORT, figures, "Terms were two to one on the day.")


def test_ten_characters_are_as_good_as_five_words() -> None:
    assert known_of("请关注我们的微信公众号。")
    assert not known_of("请关注我们。")


def test_of_a_very_long_text_the_beginning_and_the_end_are_counted() -> None:
    of = marks_of(Text("Mayor opens bridge", [f"Sentence {n} of a very long text." for n in range(300)]))
    assert counted(of) == of.marks[: STANDING.head] + of.marks[-STANDING.tail :]


@given(st.lists(st.sampled_from([NEWS, PROMPT, SHORT, "!"]), max_size=12), st.booleans())
def test_what_is_known_is_found_wherever_it_stands(sentences: list[str], short_too: bool) -> None:
    known = frozenset(marks_of(Text(None, (PROMPT, SHORT) if short_too else (PROMPT,))).marks)
    found = positions(marks_of(Text("Any title", sentences)), known)
    assert set(found) >= {at for at, said in enumerate(sentences) if said == PROMPT}
    assert all(sentences[at] in (PROMPT, SHORT) for at in found)
