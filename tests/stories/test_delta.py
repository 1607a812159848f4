"""What an article adds to its story: the five seed articles in every order, and small made-up ones."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.alignment import Prepared, Sentence, StoryTold, prepare
from ingest.dedupe import Text, Verdict, choose, relate
from ingest.extraction import plain
from ingest.model import Accepted, Delta, Envelope
from ingest.normalise.normalise import normalise
from ingest.stories.delta import delta

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"
BACKGROUND = ("technically at war", "absurd", "monitoring of sanctions")


class Step(NamedTuple):
    kind: str
    parent: str | None
    delta: Delta


@cache
def seeds() -> dict[str, Text]:
    found = {}
    for path in sorted(SEEDS.glob("*.txt")):
        seen = plain.read_plain(plain.decode(path.read_bytes()))
        article = normalise(
            Accepted("0-1", 0, Envelope(key=path.name, source="seeds", text=seen.text, title=seen.title))
        )
        found[path.name[:3]] = Text(article.title, article.sentences, article.correction)
    return found


@cache
def related(old: str, new: str) -> Verdict:
    return relate(seeds()[old], seeds()[new], hours=1.0, idf=len)


def tell(order: tuple[str, ...]) -> dict[str, Step]:
    """The story as the pipeline tells it, all five placed in one."""
    told, steps = StoryTold(Prepared()), dict[str, Step]()
    for name in order:
        new = seeds()[name]
        before = list(steps)
        verdicts = [related(old, name) for old in before]
        parent = choose(verdicts).parent
        kind = "new" if not before else "coverage" if parent is None else verdicts[parent].kind
        found = delta(
            told,
            new,
            kind=kind,
            parent=None if parent is None else seeds()[before[parent]],
            against=None if parent is None else verdicts[parent].alignment,
        )
        steps[name] = Step(kind, None if parent is None else before[parent], found)
        said = list(new.raw) if kind == "new" else [added.text for added in found.added]
        told.extend(prepare([*([new.title] if new.title else []), *said]), name)
    return steps


@cache
def in_file_order() -> dict[str, Step]:
    return tell(("000", "001", "002", "003", "004"))


def added(step: Step) -> list[str]:
    return [each.text for each in step.delta.added]


def test_the_opening_has_no_materiality() -> None:
    assert in_file_order()["000"] == Step("new", None, Delta(materiality=None))


def test_the_rewrite_by_another_outlet_is_coverage_and_names_who_had_the_quotes() -> None:
    step = in_file_order()["001"]
    assert (step.kind, step.parent) == ("coverage", None)
    assert step.delta.materiality is not None
    assert step.delta.materiality > 0.5
    assert {each.first for each in step.delta.added if "many-sided partnership" in each.text} == {"000"}


def test_the_re_filed_story_adds_the_landing_and_the_red_carpet_and_nothing_else() -> None:
    step = in_file_order()["002"]
    landing, greeting = added(step)
    assert (step.kind, step.parent) == ("revision", "000")
    assert "landed in North Korea early Wednesday" in landing
    assert "red carpet at Pyongyang's airport" in greeting
    assert ["Huge banners" in text for text in step.delta.removed] == [True]
    assert step.delta.headline is not None
    assert step.delta.headline.now == "Putin Hails North Korea's Support for Ukraine War as He Lands in Pyongyang"
    assert step.delta.figures == ()


def test_the_same_text_in_other_spelling_adds_nothing() -> None:
    assert in_file_order()["003"] == Step("copy", "002", Delta(materiality=0.0))


def test_the_follow_up_adds_the_treaty_and_not_the_background() -> None:
    step = in_file_order()["004"]
    said = "\n".join(added(step))
    assert (step.kind, step.parent) == ("coverage", None)
    assert 'signed a new "strategic partnership" deal' in said
    assert "fully supports" in said
    assert not [phrase for phrase in BACKGROUND if phrase in said]
    assert step.delta.headline is None


@pytest.mark.parametrize("first", ["000", "001", "002", "003", "004"])
def test_in_every_order_copies_are_copies_and_nothing_is_told_twice(first: str) -> None:
    hashes = {name: {sentence.hash for sentence in text.sentences} for name, text in seeds().items()}
    for order in itertools.permutations(seeds()):
        if order[0] != first:
            continue
        steps = tell(order)
        earlier, later = sorted(("002", "003"), key=order.index)
        assert (steps[later].kind, steps[later].parent) == ("copy", earlier), order
        wire = [name for name in order if name in ("000", "002", "003")]
        assert all(steps[name].kind in ("copy", "revision") for name in wire[1:]), order
        assert all(steps[name].kind in ("new", "coverage") for name in ("001", "004")), order
        for at, name in enumerate(order):
            if name != "001" and not {"000", "002", "003", "004"}.isdisjoint(order[:at]):
                assert not [p for p in BACKGROUND if p in "\n".join(added(steps[name]))], (order, name)
            told_before = set().union(*(hashes[other] for other in order[:at]))
            assert told_before.isdisjoint(s.hash for s in prepare(added(steps[name]))), (order, name)


OLD = (
    "At least 10 people died when a bus left the road near the border on Friday, police said.",
    "The driver, who had been on the road for 14 hours, was among the injured.",
    "The company that runs the line promised to pay for the treatment of all passengers.",
)


def a_story(told: list[Sentence]) -> StoryTold:
    story = StoryTold(Prepared())
    story.extend(told, by="a")
    return story


def small(new: Text, kind: str = "revision", late: bool = False) -> Delta:
    old = Text("Bus crash kills ten", OLD)
    return delta(a_story(old.sentences), new, kind=kind, parent=old, late=late)


def test_a_figure_that_changed_is_told_with_both_values() -> None:
    found = small(Text("Bus crash kills 12", [OLD[0].replace("10", "12"), *OLD[1:]]))
    assert [(each.was, each.now) for each in found.figures] == [("10", "12")]
    assert [each.was for each in found.added] == [OLD[0]]
    assert found.materiality is not None
    assert 0.15 < found.materiality < 0.3
    assert found.headline is not None


def test_a_sentence_taken_back_is_told_for_revisions_only() -> None:
    new = Text(None, OLD[:2])
    assert small(new).removed == (OLD[2],)
    assert small(new).materiality == 0.0083, "0 is kept for the empty delta"
    assert small(new, kind="coverage") == Delta(materiality=0.0)


def test_an_edited_excerpt_takes_nothing_back() -> None:
    found = small(Text(None, [OLD[0].replace("10", "12")]))
    assert found.figures
    assert found.removed == ()


def test_a_correction_tells_the_one_word_that_it_puts_right() -> None:
    told = [*OLD, "The ministry has imposed a ban on the night lines of the company while the enquiry lasts."]
    right = [*OLD, told[-1].replace("imposed", "proposed")]
    story, parent = a_story(prepare(told)), Text(None, told)
    assert delta(story, Text(None, right), kind="revision", parent=parent) == Delta(materiality=0.0)
    found = delta(story, Text(None, right, correction=True), kind="revision", parent=parent)
    assert [(each.text, each.was) for each in found.added] == [(right[-1], told[-1])]
    assert found.materiality == 0.0083


def test_a_sentence_is_held_against_the_parents_before_an_older_one() -> None:
    ten, eleven, twelve = (OLD[0].replace("10", number) for number in ("10", "11", "12"))
    told = a_story(prepare([*OLD, twelve]))
    parent = Text(None, [twelve, *OLD[1:]])
    for correction in (True, False):
        found = delta(told, Text(None, [eleven, *OLD[1:]], correction), kind="revision", parent=parent)
        assert [(each.was, each.now, each.what) for each in found.figures] == [("12", "11", "people died")]
        assert [each.was for each in found.added] == [twelve]
    back = delta(told, Text(None, [ten, *OLD[1:]], correction=True), kind="revision", parent=parent)
    assert [(each.was, each.now) for each in back.figures] == [("12", "10")], "told once, and put right since"


def test_what_another_outlet_told_is_no_news_of_a_revision() -> None:
    twelve = OLD[0].replace("10", "12")
    told = a_story(prepare([*OLD, twelve]))
    found = delta(told, Text(None, [twelve, *OLD[1:]]), kind="revision", parent=Text(None, OLD))
    assert found == Delta(materiality=0.0)


BOARD = "The exchange said shares of {} closed at {}, those of {} at {}, those of {} at {} and of {} at {} crowns."
FIRMS = ("Acme", "Contoso", "Fabrikam", "Northwind")


def board(*prices: int) -> str:
    return BOARD.format(*(part for pair in zip(FIRMS, prices, strict=True) for part in pair))


def test_a_sentence_of_which_every_figure_changed_tells_all_of_them() -> None:
    story, parent = a_story(prepare([*OLD, board(101, 202, 303, 404)])), Text(None, [*OLD, board(101, 202, 303, 404)])
    found = delta(story, Text(None, [*OLD, board(111, 222, 333, 444)]), kind="revision", parent=parent)
    assert [(each.was, each.now) for each in found.figures] == [
        ("101", "111"), ("202", "222"), ("303", "333"), ("404", "444"),
    ]  # fmt: skip
    assert not found.cut


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("3月5日股价为{}元，成交{}股，市值{}亿元，市盈率{}倍。", "101 202 303 404"),
        ("За день акции упали до {} рублей, обороты до {}, прибыль до {}, долг до {} миллионов.", "101 202 303 404"),
    ],
)
def test_figures_of_other_scripts_as_well(was: str, now: str) -> None:
    old, new = was.format(11, 22, 33, 44), was.format(*now.split())
    parent = Text(None, [*OLD, old])
    found = delta(a_story(parent.sentences), Text(None, [*OLD, new]), kind="revision", parent=parent)
    assert len(found.figures) == 4


def test_a_figure_that_becomes_one_that_the_sentence_has_already_is_told() -> None:
    was = "The night train left the capital with 40 people, lost 12 of them to the cold and came in with 52 in all."
    parent, new = Text(None, [*OLD, was]), Text(None, [*OLD, was.replace("12", "40")])
    found = delta(a_story(parent.sentences), new, kind="revision", parent=parent)
    assert [(each.was, each.now) for each in found.figures] == [("12", "40")]


def test_of_a_sentence_with_too_many_figures_the_first_are_told_and_that_there_are_more() -> None:
    was, now = (
        f"The commission named the winners: {', '.join(f'ticket {each} of {each % 8} towns' for each in tickets)}."
        for tickets in (range(1000, 1060), range(5000, 5060))
    )
    parent = Text(None, [*OLD, was])
    found = delta(a_story(parent.sentences), Text(None, [*OLD, now]), kind="revision", parent=parent)
    assert (len(found.figures), found.cut) == (40, True)
    assert (found.figures[0].was, found.figures[0].now) == ("1000", "5000")


@pytest.mark.parametrize(
    ("label", "headline"),
    [("CORRECTED: {}", "Bus crash kills ten"), ("UPDATE 2-{}", "Bus crash kills ten"), ("更正：{}", "客车事故十人死")],
)
def test_a_label_before_the_headline_is_no_change_of_it(label: str, headline: str) -> None:
    new = Text(label.format(headline), [*OLD, "A crane lifted the wreck out of the river at night."])
    found = delta(a_story(prepare([headline, *OLD])), new, kind="revision", parent=Text(headline, OLD))
    assert (found.headline, found.names) == (None, ())
    retitled = Text(label.format("Wreck lifted out of river"), OLD)
    change = delta(a_story(prepare([headline, *OLD])), retitled, kind="copy", parent=Text(headline, OLD)).headline
    assert change is not None
    assert (change.was, change.now) == (headline, "Wreck lifted out of river")


def test_a_headline_alone_is_told_without_its_label() -> None:
    found = small(Text("CORRECTED-Bus company loses licence after border crash", []), kind="coverage")
    assert [each.text for each in found.added] == ["Bus company loses licence after border crash"]
    told = a_story(prepare(["Bus crash kills ten", *OLD]))
    assert delta(told, Text("RPT-Bus crash kills ten", []), kind="coverage") == Delta(materiality=0.0)


def test_a_late_version_tells_nothing() -> None:
    new = Text("Bus crash kills 9", [OLD[0].replace("10", "9"), "Ambulances came from three towns to the place."])
    assert small(new, late=True) == Delta(materiality=0.0)


def test_a_headline_in_other_capitals_has_not_changed() -> None:
    assert (
        small(Text("BUS CRASH KILLS TEN", [*OLD, "A crane lifted the wreck out of the river at night."])).headline
        is None
    )
    assert small(Text(None, OLD), kind="copy").headline is None


def test_a_copy_under_another_headline_is_not_material() -> None:
    found = small(Text("Ten die as bus leaves road", OLD), kind="copy")
    assert found.materiality == 0.0
    assert found.headline is not None


def test_a_headline_alone_tells_what_it_says() -> None:
    found = small(Text("Bus company loses licence after border crash", []), kind="coverage")
    assert [each.text for each in found.added] == ["Bus company loses licence after border crash"]
    assert small(Text("BUS CRASH KILLS TEN", []), kind="coverage").added != ()
    told = a_story(prepare(["Bus crash kills ten", *OLD]))
    assert delta(told, Text("BUS CRASH KILLS TEN", []), kind="coverage") == Delta(materiality=0.0)


def test_materiality_grows_with_what_is_new() -> None:
    one = "Investigators of the ministry found that the brakes of the vehicle had failed on the steep descent."
    two = "A prosecutor asked the court for an order to search the garages of the company in the capital."
    little, more = (small(Text(None, [*OLD, *extra])).materiality for extra in ([one], [one, two]))
    assert little is not None
    assert more is not None
    assert 0 < little < more < 1
