"""A stored text is told from most others by its outline; what is found is what its whole would have shown."""

from __future__ import annotations

from typing import NoReturn

import pytest

from ingest.dedupe import Outlined, Text, Verdict, relate

FUND = [
    "Northern Growth Fund raised its dividend to 12 cts from 10 cts a share on Monday.",
    "Northern Growth said the payout was due on May 5 to holders of record of April 20.",
    "Analysts had expected no change.",
]
HARBOUR = [
    "The council of Varna approved a new harbour wall at a cost of 40 million euros.",
    "Work begins in spring and takes three years, the mayor said after the vote.",
    "Market, fish and ferry quays stay open.",
    "Analysts had expected no change.",
]
TEXTS = {
    "the fund": Text("Northern Growth Fund raises dividend", FUND),
    "another fund": Text("Western Growth Fund raises dividend", [line.replace("Northern", "Western") for line in FUND]),
    "the fund corrected": Text("CORRECTED - Northern Growth Fund raises dividend", [*FUND[:1], *FUND[2:]], True),
    "the harbour": Text("Varna builds a harbour wall", HARBOUR),
    "the harbour, with more": Text("Varna builds a harbour wall", [*HARBOUR, "Two members voted against it."]),
    "the harbour, without its tail": Text("Varna builds", HARBOUR).without([3], HARBOUR[3:]),
    "both": Text("News in brief", [*FUND, *HARBOUR]),
    "a flash": Text("Northern Growth raises dividend", ["More follows."]),
    "nothing": Text(None, []),
}


def flat(word: str) -> float:
    return 1.0 if len(word) < 8 else 3.0


def shown(verdict: Verdict) -> object:
    return verdict.kind, verdict.rule, verdict.extent, verdict.other_subject, verdict.numbers, verdict.why


def never() -> NoReturn:
    raise AssertionError("the whole text was read")


@pytest.mark.parametrize("hours", [1.0, 9.0, 80.0])
@pytest.mark.parametrize("new", TEXTS)
@pytest.mark.parametrize("old", TEXTS)
def test_by_its_outline_a_text_is_judged_as_by_its_whole(old: str, new: str, hours: float) -> None:
    text = TEXTS[old]
    outlined = Outlined(text.title, text.outline, lambda: text)
    fresh = Text(TEXTS[new].title, TEXTS[new].raw, TEXTS[new].correction, TEXTS[new].standing)
    whole = relate(text.beside(fresh), fresh, hours=hours, idf=flat)
    assert shown(relate(outlined.beside(fresh), fresh, hours=hours, idf=flat)) == shown(whole)


def test_of_a_text_with_no_passage_in_common_nothing_is_read() -> None:
    old, new = TEXTS["the harbour"], TEXTS["the fund"]
    verdict = relate(Outlined(old.title, old.outline, never), new, hours=1.0, idf=flat)
    assert verdict.rule == "other-text"
    assert verdict.evidence is not None
    assert verdict.evidence.known_sentences == 1
