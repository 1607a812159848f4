"""A partition keeps to the model of meaning that it was made with, until somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
import structlog

from ingest import wiring
from ingest.cli.main import main
from ingest.errors import SettingsError, StoreError
from ingest.events.event import decode
from ingest.model import Envelope
from ingest.wiring import Installation
from toy_meaning import Topics

MODELS = {
    "quakes": Topics("quake tremor shakes rattles", "storm gale trees"),
    "storms": Topics("storm gale trees", "quake tremor shakes rattles"),
}


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> Iterator[None]:
    monkeypatch.setattr(wiring.meaning, "load", lambda given: MODELS[given] if given else None)
    yield
    structlog.reset_defaults()  # it writes to the standard error of this test


def decide(server_url: str, title: str, semantic: str = "") -> None:
    settings = wiring.read_settings(store=server_url, stories={"semantic": semantic})
    with wiring.opened(settings) as installation:
        installation.inbox().offer([Envelope(key=title, source="s", title=title, text="")])
        installation.worker().run_for(60)


def stories(server_url: str) -> list[str]:
    """The story of each event, in order."""
    with wiring.opened(wiring.read_settings(store=server_url)) as installation:
        return [decode(fields[b"e"]).subject for _, fields in events(installation)]


def events(installation: Installation) -> list[tuple[bytes, dict[bytes, bytes]]]:
    return list(installation.client.xrange(installation.keys.events))


def test_headlines_meet_by_what_they_mean_also_across_workers(server_url: str) -> None:
    decide(server_url, "Quake rattles Tohoku before dawn", "quakes")
    decide(server_url, "Strong tremor shakes fishing villages across Tohoku", "quakes")
    first, second = stories(server_url)
    assert first == second


def test_workers_without_the_model_or_with_another_are_refused_until_an_upgrade_says_what_follows(
    server_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(server_url, "Quake rattles Tohoku before dawn", "quakes")
    for semantic in ("", "storms"):
        with pytest.raises(StoreError, match=f"made by meaning {MODELS['quakes'].fingerprint}-.*`ingest upgrade`"):
            decide(server_url, "Strong tremor shakes fishing villages across Tohoku", semantic)
    monkeypatch.setenv("INGEST_STORIES__SEMANTIC", "storms")
    assert main(["upgrade", "--store", server_url]) == 0
    assert "by their words alone with a story that gets no article from now on" in capsys.readouterr().out
    decide(server_url, "Strong tremor shakes fishing villages across Tohoku", "storms")  # its words alone: another one
    decide(server_url, "Tremor rattles fishing villages across Tohoku once more", "storms")
    first, second, third = stories(server_url)
    assert first != second == third


def test_a_partition_with_a_model_can_go_on_without(
    server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(server_url, "Quake rattles Tohoku before dawn", "quakes")
    assert main(["upgrade", "--store", server_url]) == 0
    assert "-> none" in capsys.readouterr().out
    decide(server_url, "Gale fells trees in Skye")
    assert len(set(stories(server_url))) == 2


def test_a_model_that_cannot_be_had_stops_the_command_with_what_to_do(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with pytest.raises(SettingsError, match=r"stories\.semantic: nowhere is neither a folder nor"):
        decide(server_url, "Gale fells trees in Skye", "nowhere")
