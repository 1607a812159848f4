from __future__ import annotations

import pytest

from ingest.normalise.datelines import take
from ingest.normalise.text import Line

REST = "The harbour was closed."


@pytest.mark.parametrize(
    ("head", "dateline", "credit"),
    [
        ("SEOUL - ", "SEOUL", None),
        ("WASHINGTON (Reuters) - ", "WASHINGTON (Reuters)", "Reuters"),
        ("SEOUL/TOKYO, Dec 12 (Reuters) -- ", "SEOUL/TOKYO, Dec 12 (Reuters)", "Reuters"),
        ("Seoul (AFP) – ", "Seoul (AFP)", "AFP"),
        ("Gaza City (CNN) -- ", "Gaza City (CNN)", None),
        ("NAIROBI, Kenya — ", "NAIROBI, Kenya", None),
        ("LONDON, March 3 -- ", "LONDON, March 3", None),
        ("NEW DELHI: ", "NEW DELHI", None),
        ("МОСКВА, 25 мая. /ТАСС/. ", "МОСКВА, 25 мая. /ТАСС/", "TASS"),
        ("MADRID, 18 jun (EFE).- ", "MADRID, 18 jun (EFE)", "EFE"),
        ("(ANSA) - ROMA, 18 GIU - ", "(ANSA) - ROMA, 18 GIU", "ANSA"),
        ("新华社北京6月18日电（记者张三）", "新华社北京6月18日电（记者张三）", "Xinhua"),
    ],
)
def test_a_dateline_is_taken_off_and_kept(head: str, dateline: str, credit: str | None) -> None:
    lines = [Line(head + REST)]
    found = take(lines)
    assert (found.text, found.credit) == (dateline, credit)
    assert [(line.text, line.mark) for line in lines] == [(head.strip(), "dateline"), (REST, None)]


@pytest.mark.parametrize(
    "text",
    [
        "IBM - The firm said so.",
        "NATO - The alliance met.",
        "AP Moeller - Maersk said so.",
        "UPDATE - The harbour was closed.",
        "Doe said - as he left - that it was closed.",
        "POL-OF: The police said so.",
        "U.S. DIVIDEND MEETINGS - MONDAY, MARCH 3, AND LATER",
        "The harbour (Reuters had said so) - was closed.",
        "SEOUL -",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    lines = [Line(text)]
    assert take(lines).text is None
    assert lines == [Line(text)]
