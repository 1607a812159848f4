"""A story that became part of another one, looked at by its old id: by commands and subscribers, on a real server."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from said import Said

from ingest import Gap, subscribe
from ingest.cli.main import main
from ingest.store import open_store

Ingest = Callable[..., Said]
TITLES = [
    "Vantor recalls cars over engine defect",
    "Engine defect: Vantor recall widens",
    "Vantor engine defect recall hits dealers",
    "Oduya testifies before lawmakers",
    "Lawmakers grill Oduya at hearing",
    "Angry lawmakers hear Oduya",
    "Oduya hearing: lawmakers ask about Vantor defect",
    "Lawmakers: Oduya knew of Vantor engine defect at hearing",
    "Vantor engine defect recall: Oduya apologises",
    "Vantor recall: Oduya sorry for engine defect",
]


@pytest.fixture(scope="module")
def merged() -> Iterator[Path]:
    """A folder store in which the first story becomes part of the second."""
    home = tempfile.TemporaryDirectory(prefix="sw-")
    store, drop = Path(home.name) / "store", Path(home.name) / "drop.jsonl"
    rows = [
        {"id": f"h{n}", "title": title, "text": "", "published_at": f"2026-03-02T10:{n:02}:00Z"}
        for n, title in enumerate(TITLES)
    ]
    drop.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with home, open_store(store), pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("INGEST_")]:
            patch.delenv(name)
        assert main(["replay", str(drop), "--into", str(store)]) == 0
        structlog.reset_defaults()
        yield store


@pytest.fixture
def ids(ingest: Ingest, merged: Path) -> tuple[str, str]:
    """The story that went, and the one that lives on."""
    (event,) = ingest("events", "--store", merged, "--type", "merged", "--json").json
    ((gone,), living) = event["data"]["merged"], event["subject"]
    return gone, living


def test_the_old_id_shows_the_story_that_lives_on(ingest: Ingest, merged: Path, ids: tuple[str, str]) -> None:
    gone, living = ids
    (by_old,) = ingest("story", gone, "--store", merged, "--json").json
    (by_new,) = ingest("story", living, "--store", merged, "--json").json
    assert by_old == by_new
    assert (by_new["story"]["id"], by_new["story"]["articles"]) == (living, len(TITLES))
    assert [entry["title"] for entry in by_new["entries"] if entry["title"]] == TITLES
    assert {entry["story"] for entry in by_new["entries"]} == {gone, living}
    text = ingest("story", gone[:9], "--store", merged).out
    assert f"{gone} now means this story" in text


def test_there_is_one_story_in_the_list(ingest: Ingest, merged: Path, ids: tuple[str, str]) -> None:
    rows = ingest("stories", "--store", merged, "--json").json
    assert [row["id"] for row in rows] == [ids[1]]
    assert "1 merges" in ingest("doctor", "--store", merged).out


def test_an_article_of_the_old_story_is_told_as_it_was(ingest: Ingest, merged: Path, ids: tuple[str, str]) -> None:
    gone, living = ids
    (event, *_) = ingest("events", "--store", merged, "--json").json
    key = event["data"]["article"]["key"]
    (shown,) = ingest("article", key, "--store", merged, "--json").json
    assert (shown["story"]["id"], shown["entry"]["story"], shown["entry"]["sequence"]) == (living, gone, 1)
    assert ingest("why", key, "--store", merged).code == 0
    proof = ingest("events", "--store", merged, "--json").json[9]["data"]["article"]["key"]
    assert "its runner-up is the same story" in ingest("why", proof, "--store", merged).out


def test_a_filter_by_either_id_takes_the_events_of_both(ingest: Ingest, merged: Path, ids: tuple[str, str]) -> None:
    for story in ids:
        told = ingest("events", "--store", merged, "--story", story, "--json").json
        assert len(told) == len(TITLES) + 1


@pytest.mark.parametrize("nth", [0, 1])
def test_a_subscriber_who_was_not_given_the_merge_follows_it(merged: Path, ids: tuple[str, str], nth: int) -> None:
    with subscribe(merged, group=f"desk{nth}", stories=ids[:1], timeout=0.0) as events:
        subjects = [event.event.subject for event in events if not isinstance(event, Gap)]
    assert len(subjects) == len(TITLES) + 1
    assert set(subjects) == set(ids)
    late = f"late{nth}"
    with subscribe(merged, group=late, types=["opened"], timeout=0.0) as events:
        openings = [event for event in events if not isinstance(event, Gap)]
    assert len(openings) == 2
    with subscribe(merged, group=late, stories=[ids[nth]], timeout=0.0) as events:  # not acknowledged yet
        assert [event.event.type for event in events if not isinstance(event, Gap)] == ["story.opened"] * 2
