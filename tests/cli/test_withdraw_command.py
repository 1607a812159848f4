"""`ingest withdraw`, and how what was taken back is shown: by commands and subscribers, on a real server."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from said import Said

from ingest import Gap, subscribe, wiring
from ingest.cli.main import main
from ingest.inbox.envelope import encode
from ingest.model import Envelope, Withdrawal
from ingest.store import open_store
from wire_files import FIXTURES

Ingest = Callable[..., Said]
TEXT = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre."
)
OTHER = (
    "Graz counts the cost of the flood: the river Mur left mud in 300 homes, and Mayor Elke Kahr asked firemen to help."
)
ROWS = [
    {"id": "a", "title": "River Mur floods Graz", "text": TEXT, "outlet": "Agency", "url": "https://agency.example/1"},
    {"id": "b", "title": "Graz under water", "text": TEXT, "outlet": "Courier"},
    {"id": "c", "title": "River Mur flood in Graz costs millions", "text": OTHER, "outlet": "Post"},
]


@pytest.fixture(scope="module")
def taken() -> Iterator[Path]:
    """A folder store in which the operator took back the first of three articles, and one before it came."""
    home = tempfile.TemporaryDirectory(prefix="sw-")
    store, drop = Path(home.name) / "store", Path(home.name) / "drop.jsonl"
    with home, open_store(store), pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("INGEST_")]:
            patch.delenv(name)

        def replay(*rows: dict[str, str]) -> None:
            drop.write_text("".join(json.dumps(row) + "\n" for row in rows))
            assert main(["replay", str(drop), "--into", str(store)]) == 0

        replay(*ROWS)
        known = ["https://agency.example/1", "--reason", "Wrong \x1b[1mcity"]
        for words in (known, [f"{drop.stem}#late", "--reason", "Kill", "--unseen"]):
            assert main(["withdraw", *words, "--store", str(store)]) == 0
        replay(*ROWS)
        structlog.reset_defaults()
        yield store


@pytest.fixture
def key(ingest: Ingest, taken: Path) -> str:
    (event,) = ingest("events", "--store", taken, "--type", "withdrawn", "--json").json
    key: str = event["data"]["article"]["id"]
    return key


def test_the_operators_word_is_an_event_with_the_copies(ingest: Ingest, taken: Path) -> None:
    (event,) = ingest("events", "--store", taken, "--type", "withdrawn", "--json").json
    data = event["data"]
    assert (data["by"], data["reason"], data["article"]["outlet"]["name"]) == ("notice", "Wrong \x1b[1mcity", "Agency")
    assert [copy["outlet"]["name"] for copy in data["copies"]] == ["Courier"]
    assert (data["story"]["headline"], data["story"]["counts"]["withdrawn"]) == (ROWS[2]["title"], 1)


def test_the_story_shows_it_with_its_reason(ingest: Ingest, taken: Path) -> None:
    (story, *_) = ingest("stories", "--store", taken, "--json").json
    assert (story["headline"], story["withdrawn"], story["texts"]) == (ROWS[2]["title"], 1, 1)
    (timeline,) = ingest("story", story["id"], "--store", taken, "--json").json
    last = timeline["entries"][-1]
    assert (last["type"], last["who"], last["note"]) == ("article.withdrawn", "Agency", "Wrong \x1b[1mcity")
    text = ingest("story", story["id"], "--store", taken).out
    assert "1 withdrawn" in text
    assert "withdrawn" in text.splitlines()[-2] + text.splitlines()[-1]
    assert "\x1b" not in text


def test_article_and_why_say_that_it_was_taken_back_and_what_it_was(ingest: Ingest, taken: Path, key: str) -> None:
    (shown,) = ingest("article", key, "--store", taken, "--text", "--json").json
    assert (shown["version"], len(shown["versions"]), len(shown["sentences"])) == (1, 1, 2)
    assert (shown["withdrawn"]["by"], shown["withdrawn"]["version"]) == ("notice", 1)
    (why,) = ingest("why", key, "--store", taken, "--json").json
    assert (why["disposition"], why["withdrawn"]["reason"]) == ("opened", "Wrong \x1b[1mcity")
    for command in ("article", "why"):
        text = ingest(command, key, "--store", taken).out
        assert "withdrawn" in text
        assert "city" in text
        assert "\x1b" not in text


def test_a_version_that_came_too_late_for_its_kill_says_so(ingest: Ingest, tmp_path: Path) -> None:
    for number, status in ((1, "usable"), (3, "canceled"), (2, "usable")):
        text = f"{TEXT} It rained for {number} days."
        item = {"uri": "urn:a", "version": number, "pubstatus": status, "headline": "Mur", "body_text": text}
        (tmp_path / "item.json").write_text(json.dumps(item | {"ednote": "Wrong city"} if number == 3 else item))
        assert ingest("replay", tmp_path / "item.json", "--into", tmp_path / "store").code == 0
    (why,) = ingest("why", "replay#urn:a", "--store", tmp_path / "store", "--json").json
    assert (why["version"], why["disposition"], why["withdrawn"]["reason"]) == (2, "repeated", "Wrong city")


def test_doctor_counts_what_was_taken_back_and_what_waits(ingest: Ingest, taken: Path) -> None:
    text = ingest("doctor", "--store", taken).out
    assert "1 withdrawn, 1 noted; 0 merges" in text
    assert "the balance does not hold" not in text


def test_a_key_that_waits_to_be_taken_back_says_so(ingest: Ingest, taken: Path) -> None:
    (why,) = ingest("why", "drop#late", "--store", taken, "--json").json
    assert (why["disposition"], why["withdrawn"]["reason"], why["withdrawn"]["version"]) == ("noted", "Kill", 0)
    assert "Kill" in ingest("why", "drop#late", "--store", taken).out
    assert ingest("article", "drop#late", "--store", taken).code == 2


def test_a_key_that_never_came_needs_the_operators_word(ingest: Ingest, taken: Path) -> None:
    said = ingest("withdraw", "nobody", "--reason", "Kill", "--store", taken)
    assert said.code == 2
    assert "--unseen" in said.err


def test_subscribers_by_outlet_hear_of_it_however_material_they_ask(taken: Path) -> None:
    for outlet in ("Agency", "Courier"):
        group = f"desk-{outlet}"
        with subscribe(taken, group=group, timeout=0.0, outlets=[outlet], min_materiality=1.0) as events:
            *_, event = [event for event in events if not isinstance(event, Gap)]
            assert (event.type, event.article) == ("article.withdrawn", None)
    with subscribe(taken, group="desk-Post", timeout=0.0, outlets=["Post"], types=["withdrawn"]) as events:
        assert list(events) == []


def test_a_file_with_a_notice_is_no_article_to_be_asked_about(ingest: Ingest, taken: Path) -> None:
    said = ingest("why", FIXTURES / "ninjs" / "08-kill.json", "--store", taken)
    assert (said.code, said.out) == (0, "")
    assert "takes this article back, by notice" in said.err


def test_a_dead_notice_is_shown_for_what_it_is(ingest: Ingest, taken: Path) -> None:
    with wiring.opened(wiring.read_settings(store=str(taken))) as installation:
        notice = Envelope(key="k", source="t", text="", withdraws=Withdrawal(by="notice", reason="Kill"))
        letter = {"i": "1-0", "e": encode(notice), "why": "it broke", "n": 3}
        id_ = installation.client.xadd(installation.keys.dead, letter)
    assert "takes the article back, by notice: Kill" in ingest("dead", "show", id_.decode(), "--store", taken).out
