"""Commands that look at what is there, on one store of the five seeds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from said import Said

from seeds import FILES

Ingest = Callable[..., Said]
KEYS = [file.name for file in FILES]
STORY = "st-niu6a5lgycipx6jt"


def test_events_are_told_in_order_and_the_cursor_apart(ingest: Ingest, seeded: Path) -> None:
    told = ingest("events", "--store", seeded)
    heads = [line.split()[0] for line in told.lines if line[:1].isalpha()]
    assert heads == ["opened", "updated", "updated", "repeated", "updated"]
    assert "cursor " not in told.out
    assert told.err.startswith("cursor ")


def test_every_line_of_json_events_is_an_event(ingest: Ingest, seeded: Path) -> None:
    told = ingest("events", "--store", seeded, "--json").json
    assert [event["sequence"].lstrip("0") for event in told] == ["1", "2", "3", "4", "5"]
    assert {event["subject"] for event in told} == {STORY}


def test_a_cursor_goes_on_where_another_reading_ended(ingest: Ingest, seeded: Path) -> None:
    cursor = ingest("events", "--store", seeded).err.split()[1]
    again = ingest("events", "--store", seeded, "--after", cursor)
    assert again.out == f"no such event in {seeded}\n"
    assert again.err.split()[1] == cursor


def test_events_are_filtered_by_type_and_materiality(ingest: Ingest, seeded: Path) -> None:
    only = ingest("events", "--store", seeded, "--type", "story.repeated", "--json").json
    assert [event["data"]["relation"]["kind"] for event in only] == ["copy"]
    most = ingest("events", "--store", seeded, "--min-materiality", "0.9", "--type", "story.updated", "--json").json
    assert all(event["data"]["delta"]["materiality"] >= 0.9 for event in most)


def test_stories_and_a_story_by_the_beginning_of_its_id(ingest: Ingest, seeded: Path) -> None:
    (row,) = ingest("stories", "--store", seeded, "--json").json
    assert (row["id"], row["articles"], row["repeats"]) == (STORY, 5, 1)
    whole = ingest("story", STORY, "--store", seeded)
    assert whole.code == 0
    assert whole.out == ingest("story", STORY[:7], "--store", seeded).out
    (timeline,) = ingest("story", STORY, "--store", seeded, "--json").json
    assert [entry["key"] for entry in timeline["entries"]] == KEYS


def test_an_article_by_key_version_and_url(ingest: Ingest, seeded: Path) -> None:
    (by_key,) = ingest("article", KEYS[2], "--store", seeded, "--json").json
    (by_version,) = ingest("article", f"{KEYS[2]}@1", "--store", seeded, "--json").json
    (by_url,) = ingest("article", by_key["url"], "--store", seeded, "--json").json
    assert by_key == by_version == by_url
    text = ingest("article", KEYS[2], "--store", seeded, "--text")
    assert "landed in North Korea early Wednesday" in text.out


def test_why_has_every_stages_verdict_with_its_numbers(ingest: Ingest, seeded: Path) -> None:
    (report,) = ingest("why", KEYS[3], "--store", seeded, "--json").json
    assert [verdict["stage"] for verdict in report["verdicts"]][:3] == ["normalise", "candidates", "relation"]
    assert report["disposition"] == "repeated"
    assert "nothing new" in ingest("why", KEYS[3], "--store", seeded).out


def test_why_of_a_file_foretells_and_stores_nothing(ingest: Ingest, seeded: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("A title of its own\n\nA first sentence that nobody has told before. And a second one.\n")
    before = ingest("doctor", "--store", seeded, "--json").json[0]["counters"]
    foretold = ingest("why", draft, "--store", seeded, "--json").json
    assert foretold[0]["disposition"] == "opened, were it offered now"
    assert ingest("doctor", "--store", seeded, "--json").json[0]["counters"] == before
    assert ingest("article", "draft.txt", "--store", seeded).code == 2


def test_doctor_accounts_for_every_article_and_says_how_to_add_a_worker(ingest: Ingest, seeded: Path) -> None:
    (found,) = ingest("doctor", "--store", seeded, "--json").json
    assert found["balanced"]
    assert found["counters"]["decided"] == 5
    assert not found["troubles"]
    said = ingest("doctor", "--store", seeded)
    assert (said.code, said.lines[-1]) == (0, "all is well")
    line = r"INGEST_STORE=\S+ rq worker storywire --url unix://\S+ --worker-class ingest\.inbox\.bell\.DrainWorker"
    assert re.search(line, said.out)


def test_extract_needs_no_store(ingest: Ingest, tmp_path: Path) -> None:
    (found,) = ingest("extract", FILES[2], "--json").json
    assert found["credit"] == "AFP"
    assert found["marked"]
    assert ingest("extract", FILES[2]).code == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("story", "st-none"), "no story st-none in {store}; `ingest stories --store {store}` lists them\n"),
        (("article", "nope"), "no article nope in {store}; `ingest events --store {store}` names those there are\n"),
        (("article", f"{KEYS[0]}@7"), f"no article {KEYS[0]}@7 in {{store}}"),
        (("why", "nope"), "nope is no article in {store}, and no file either"),
        (("dead", "show", "1-0"), "no dead letter 1-0 in {store}"),
        (("dead", "show", "x"), "x: an id looks like"),
        (("dead", "retry"), "name dead letters by their ids"),
        (("dead", "drop", "1-0", "--all"), "name dead letters by their ids"),
        (("events", "--after", "zzz"), "not a cursor"),
        (("events", "--type", "story.nope"), "'story.nope' is no type"),
        (("events", "--min-materiality", "7"), "min_materiality is between 0 and 1"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_told_in_a_line(
    ingest: Ingest, seeded: Path, words: tuple[str, ...], named: str
) -> None:
    said = ingest(*words, "--store", seeded)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("ingest: " + named.format(store=seeded))
    assert len(said.err.splitlines()) == 1


def test_dead_letters_that_are_not_there_are_named(ingest: Ingest, seeded: Path) -> None:
    assert ingest("dead", "list", "--store", seeded).out == f"no dead letters in {seeded}\n"
    assert ingest("dead", "list", "--store", seeded, "--json").out == ""
    assert ingest("dead", "retry", "1-0", "--store", seeded).code == 1
    assert ingest("dead", "drop", "1-0", "--store", seeded).code == 1


@pytest.mark.parametrize("words", [("stories",), ("events",), ("dead", "list"), ("doctor",)])
def test_another_partition_is_empty_and_looking_makes_none(
    ingest: Ingest, seeded: Path, words: tuple[str, ...]
) -> None:
    for _ in range(2):
        said = ingest(*words, "--store", seeded, "--partition", "other")
        assert (said.code, said.out) == (
            0, f"nothing in {seeded}: no article was ever offered to partition other\n"
        )  # fmt: skip
    said = ingest(*words, "--store", seeded, "--partition", "other", "--json")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("nothing in")
