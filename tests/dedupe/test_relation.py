"""What an arriving text is to a stored one. The texts are made up; real ones are judged by `make quality`."""

from __future__ import annotations

import pytest

from ingest.dedupe import RELATION, Text, Verdict, choose, relate
from ingest.dedupe.table import ROWS

BODY = [
    "The ferry Aurora sank off the northern coast early on Monday with 212 people on board, the coast guard said.",
    "Rescue boats from three harbours searched the bay for survivors throughout the morning in heavy seas.",
    "The owner said that the ship had been inspected in March and was found to be in good order.",
    "Relatives of the passengers gathered at the terminal, where the company had opened an information desk.",
    "The minister for transport promised a full enquiry and asked for patience until its findings were known.",
    "It is the worst accident on the route since a freighter ran aground near the lighthouse in 1994.",
    "Fishermen who were among the first to arrive spoke of a thick layer of oil that made the search difficult.",
    "Schools in the region stayed closed and flags on public buildings were flown at half mast.",
]
TITLE = "Ferry with 212 on board sinks off northern coast"


def flat(word: str) -> float:
    return 1.0 if len(word) < 8 else 3.0


def text(*sentences: str, title: str | None = TITLE, correction: bool = False) -> Text:
    return Text(title, sentences or BODY, correction)


def verdict(new: Text, old: Text | None = None, hours: float = 1.0) -> Verdict:
    return relate(old or text(), new, hours=hours, idf=flat)


def test_the_same_text_under_another_title_is_a_whole_copy() -> None:
    found = verdict(text(title="Hundreds feared dead as ship goes down"))
    assert (found.kind, found.extent, found.rule) == ("copy", "whole", "same-words")


def test_a_text_without_its_end_is_a_trim_and_a_small_part_an_excerpt() -> None:
    assert (verdict(text(*BODY[:6])).kind, verdict(text(*BODY[:6])).extent) == ("copy", "trim")
    assert (verdict(text(*BODY[:3])).kind, verdict(text(*BODY[:3])).extent) == ("copy", "excerpt")


def test_a_comma_and_other_filler_make_no_revision() -> None:
    edited = [*BODY[:-1], "Schools in the region stayed closed, and flags on all public buildings flew at half-mast."]
    assert verdict(text(*edited)).kind == "copy"


def test_a_sentence_more_is_a_revision() -> None:
    found = verdict(text(*BODY, "Divers found the wreck on Tuesday at a depth of 80 metres, the coast guard said."))
    assert (found.kind, found.extent) == ("revision", None)
    assert found.alignment is not None
    assert found.alignment.counts["new"] == 1


def test_one_figure_makes_a_revision() -> None:
    assert verdict(text(BODY[0].replace("212", "230"), *BODY[1:])).kind == "revision"


def test_an_edited_excerpt_is_a_revision() -> None:
    assert (
        verdict(text(*BODY[:2], "The owner said that the ship had never been inspected since March.")).kind
        == "revision"
    )


def test_the_longer_text_arriving_after_its_excerpt_is_a_revision() -> None:
    assert verdict(text(), old=text(*BODY[:4])).kind == "revision"


def test_another_text_about_the_same_event_is_distinct() -> None:
    other = (
        "More than two hundred people were missing on Monday after a passenger ferry went down in a storm.",
        "Helicopters joined the search as night fell over the bay, and hospitals called in their staff.",
    )
    assert (verdict(text(*other)).kind, verdict(text(*other)).rule) == ("distinct", "other-text")


def test_a_follow_up_with_yesterdays_background_is_distinct() -> None:
    follow_up = [
        "Divers reached the wreck of the Aurora on Wednesday and brought up the recorder of its bridge.",
        "Investigators said that the device was intact and would be read in a laboratory abroad within days.",
        "A prosecutor opened proceedings against the owner, whose offices in the capital were searched.",
        "Three officers were questioned for hours and allowed to go home under conditions, their lawyer said.",
        "Insurers put the damage at some 90 million euros, most of it for the loss of the vessel itself.",
        *BODY[5:7],
    ]
    found = verdict(text(*follow_up, title="Recorder of sunken ferry found"))
    assert (found.kind, found.rule) == ("distinct", "shared-background")


def test_the_same_words_after_the_window_are_other_news() -> None:
    assert verdict(text(), hours=RELATION.window + 1).rule == "out-of-window"
    assert verdict(text(), hours=-1).kind == "copy"


def test_a_correction_is_a_revision_however_little_it_changes() -> None:
    found = verdict(text(*BODY, correction=True))
    assert (found.kind, found.rule, found.correction) == ("revision", "correction", True)
    again = verdict(text(*BODY, correction=True), old=text(*BODY, correction=True))
    assert again.kind == "copy"


def test_a_notice_that_quotes_a_paragraph_is_no_version_of_the_text() -> None:
    notice = ("In the item about the ferry please read in the first paragraph as follows.", BODY[0])
    assert verdict(text(*notice, title=None, correction=True)).rule != "correction"
    assert verdict(text(*BODY[:6], title=None, correction=True)).rule == "correction"


def test_a_short_text_needs_its_title() -> None:
    body = "Qtly div 20 cts vs 20 cts prior. Pay April 15. Record March 31. Payable to all holders."
    old = text(body, title="Northwind Holdings regular dividend")
    assert verdict(text(body, title="Northwind Holdings sets dividend"), old).kind == "copy"
    assert verdict(text(body, title="Contoso Bancorporation regular dividend"), old).kind == "distinct"
    common = text(body.replace("31", "27"), title="South End Trust regular dividend")  # no long word in its name
    assert verdict(common, old).kind == "distinct"


def test_the_same_form_about_another_subject_is_distinct() -> None:
    form = (
        "{} said it raised its prime rate to 8.25 pct from 8 pct, effective immediately.",
        "The bank was the third in the city to do so this week after similar moves by others.",
        "Analysts had expected the step since the discount rate was raised by the central bank.",
    )
    old = text(*(line.format("Northwind Bank") for line in form), title="Northwind Bank raises prime rate")
    new = text(*(line.format("Fabrikam Trust") for line in form), title="Fabrikam Trust raises prime rate")
    found = verdict(new, old)
    assert (found.kind, found.rule) == ("distinct", "form")
    assert not found.other_subject  # of prose: a name in another's place may be a quotation's


def test_a_form_around_figures_says_that_the_subject_is_another() -> None:
    form = "Qtly div {} cts vs 20 cts prior. Pay April 15. Record March 31. Class B div 18 cts, 4 cts of it special."
    old, new = (
        text(form.format(20), title=f"{company} sets quarterly dividend")
        for company in ("Northwind Holdings", "Contoso Bancorporation")
    )
    assert verdict(new, old).kind == "distinct"
    assert verdict(new, old).other_subject
    same = text(form.format(22), title="Northwind Holdings quarterly dividend")
    assert not verdict(same, old).other_subject


def test_a_report_filed_again_in_other_words_is_a_version_if_its_figures_are_the_same() -> None:
    title = "Northwind Realty 4th quarter net"
    old = text(
        "Shr profit 13 cts vs loss 21 cts. Net profit 410,000 vs loss 633,000. Revs 5.2 mln vs 3.9 mln.",
        "Year: shr profit 1.10 dlrs vs loss 34 cts. Net profit 3.4 mln vs loss 1 mln. Revs 18.1 mln vs 12.6 mln.",
        "The year includes a gain of 2.1 mln dlrs from the sale of two shopping centres in the south.",
        title=title,
    )
    again = (
        "Shr profit 13 cts vs loss 21 cts. Net profit 410,000 vs loss 633,000. Revenues 5.2 mln vs 3.9 mln.",
        "12 months: shr profit 1.10 dlrs vs loss 34 cts. Net profit 3.4 mln vs loss 1 mln. Revs 18.1 mln vs 12.6 mln.",
        "Name of the company is Northwind Realty Trust. Gain of 2.1 mln on both centres is in the year.",
    )
    found = verdict(text(*again, title=title), old, hours=3)
    assert (found.kind, found.rule) == ("revision", "rewritten-same-figures")
    next_quarter = [line.translate(str.maketrans("123456789", "234567891")) for line in again]
    assert verdict(text(*next_quarter, title=title), old, hours=3).kind == "distinct"
    assert verdict(text(*again, title="Contoso Holdings 4th quarter net"), old, hours=3).kind == "distinct"


def test_a_second_take_under_the_same_lead_is_a_version() -> None:
    old = text(*BODY[:5], title="Ferry Aurora sinks off northern coast")
    second = (
        BODY[0],
        BODY[2],
        "In the waters off the cape cutters and trawlers went on looking for those who were missing, though the storm "
        "had grown so strong that two of them had to turn back.",
        BODY[4].replace("asked for patience", "pleaded for patience"),
    )
    new = text(*second, title="Ferry Aurora sinks, hundreds missing off coast")
    found = verdict(new, old, hours=3)
    assert found.kind == "revision"
    assert verdict(new, old, hours=3 * RELATION.partial_hours).kind == "distinct"


def test_tomorrows_prices_are_distinct() -> None:
    def prices(*figures: int) -> Text:
        lines = ("Official prices for farm goods per tonne, delivered: wheat {} and barley {}.",
                 "Maize was set at {} and rye at {}, with oats at {} for the same delivery.",
                 "Prices are valid until the next notice of the board.")  # fmt: skip
        it = iter(figures)
        return text(*(line.format(*(next(it) for _ in range(line.count("{}")))) for line in lines), title="Farm prices")

    found = verdict(prices(121, 131, 142, 152, 163), prices(120, 130, 140, 150, 160), hours=24)
    assert found.kind == "distinct"


def test_a_digest_that_embeds_an_item_is_distinct() -> None:
    others = [f"In other news, the {word} conference in the {word} hall ended after long debates without any result "
              f"and the delegates of the {word} group left for home in the evening." for word in
              ("harbour", "energy", "fishery", "railway", "airline", "farming", "housing", "banking", "mining",
               "textile", "shipping", "forestry")]  # fmt: skip
    item = text(*BODY[:2])
    found = verdict(text(*others[:6], *BODY[:2], *others[6:], title="News summary"), old=item)
    assert (found.kind, found.rule) == ("distinct", "digest")


def test_too_short_a_text_is_never_compared() -> None:
    assert verdict(text("Fire at the mill, more follows."), text("Fire at the mill, more follows.")).rule == "too-short"


def test_texts_without_spaces_are_compared_by_the_character() -> None:
    body = (
        "朝鲜中央通讯社星期二报道，一艘载有二百一十二人的渡轮星期一清晨在北部海域沉没。",
        "来自三个港口的救援船整个上午在海湾里搜寻幸存者，当时海上风浪很大。",
        "船东表示，该船今年三月接受过检查，当时情况良好。交通部长承诺进行全面调查。",
    )
    old = text(*body, title="渡轮沉没")
    assert verdict(text(*body, title=None), old).kind == "copy"
    assert verdict(text(*body, "潜水员星期三在八十米深处发现了沉船残骸。", title="渡轮沉没"), old).kind == "revision"


def test_nothing_has_no_relation() -> None:
    assert verdict(text("..."), text("...")).kind == "distinct"


def test_the_verdict_says_why_in_plain_sentences() -> None:
    found = verdict(text(*BODY[:6]))
    assert found.why[0] == ("Most of the shorter text stands in the other, mostly in untouched sentences (contained).")
    assert "100% of it stands in the stored text" in found.why[1]
    assert found.numbers["in_old"] == 1.0


def test_a_copy_is_chosen_before_a_revision_and_the_closest_of_copies() -> None:
    news = "Divers found the wreck on Tuesday at a depth of 80 metres, the coast guard said."
    new = text(*BODY, news)
    verdicts = [verdict(new, old) for old in (text(), text(*BODY, news, "More follows soon from our own desk."), new)]
    assert choose(verdicts) == (2, 1)
    assert choose(verdicts[:1]) == (0, None)
    assert choose([]) == (None, None)


def test_a_distinct_text_is_nobodys_parent_but_may_be_runner_up() -> None:
    far = verdict(text("Something else altogether was said by somebody in another place about other matters there."))
    assert choose([far]) == (None, 0)
    assert choose([far, verdict(text())]) == (1, 0)


def test_every_row_has_its_own_name_and_two_reasons() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all(row.says and row.because for row in ROWS)


@pytest.mark.parametrize("swap", [False, True])
def test_order_of_arrival_changes_copy_to_revision_and_back(swap: bool) -> None:
    part, whole = text(*BODY[:5]), text()
    old, new = (whole, part) if swap else (part, whole)
    assert verdict(new, old).kind == ("copy" if swap else "revision")
