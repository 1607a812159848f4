"""Real processes on a folder store: stopped, killed, watched from a second terminal, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from terminal import SECONDS, Start, alive, all_decided_once, articles, decided, offer, until

from ingest.wiring import Installation
from seeds import FILES


def test_workers_told_to_stop_or_killed_in_the_middle_of_it_lose_and_double_nothing(
    start: Start, installation: Installation, store_folder: Path
) -> None:
    count = 400
    offer(installation, count)
    small = {"INGEST_INBOX__BATCH": "8"}

    first = start("process", "--workers", "2", "--store", store_folder, **small)
    until(lambda: decided(installation) > 20, "the first articles")
    begun = time.monotonic()
    assert first.ends(signal.SIGTERM) == 0, first.err
    assert time.monotonic() - begun < 10
    assert first.err.endswith("stopped\n")
    assert not first.children()
    after_stop = decided(installation)
    assert after_stop < count

    second = start("process", "--workers", "2", "--store", store_folder, **small)
    until(lambda: decided(installation) > after_stop + 20, "more articles")
    os.kill(second.children()[0], signal.SIGKILL)
    assert decided(installation) < count
    second.says("SIGKILL")
    until(lambda: len(second.children()) == 2, "another child")

    children = second.children()
    os.kill(second.process.pid, signal.SIGKILL)
    second.process.wait()
    until(lambda: not any(map(alive, children)), "children leaving with their parent")

    third = start("process", "--workers", "1", "--store", store_folder)
    third.says("worker(s) on")  # all may be decided before it has begun to run
    until(lambda: not installation.inbox().balance().entries, "all decided")
    assert third.ends(signal.SIGINT) == 0
    all_decided_once(installation, count)


def test_a_replay_that_is_stopped_says_what_waits_and_loses_nothing(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path
) -> None:
    long = tmp_path / "long.jsonl"
    with long.open("w") as file:
        for number, article in enumerate(articles(3000)):
            file.write(json.dumps({"id": f"k{number}", "title": article.title, "text": article.text}) + "\n")
    replay = start("replay", long, "--into", store_folder)
    replay.says("opened")
    assert replay.ends(signal.SIGINT, 20) == 130
    counted = installation.counted()
    waiting = installation.inbox().balance().entries
    assert waiting
    assert f"stopped; {waiting:,} accepted articles not yet decided, and safe in the store" in replay.out
    assert counted["accepted"] == counted["decided"] + waiting

    # The rest would take long; that it is taken up again is what matters.
    process = start("process", "--store", store_folder)
    until(lambda: decided(installation) > counted["decided"], "the rest being decided")
    assert process.ends(signal.SIGTERM) == 0
    assert installation.inbox().balance().holds


SETTINGS = """
[fetch]
allow_private = ["intra.example:8080"]
[stories.publishers]
Acme = ["acme.example", "The Daily"]
[access.agency]
hosts = ["api.agency.example"]
"""
"""Lists and tables: workers have their settings through the environment."""


def test_a_file_dropped_in_one_terminal_is_an_event_in_another(
    start: Start, store_folder: Path, tmp_path: Path
) -> None:
    folder, settings = tmp_path / "inbox", tmp_path / "mine.toml"
    folder.mkdir()
    settings.write_text(SETTINGS)
    follow = start("events", "--follow", "--json", "--store", store_folder)
    follow.says(f"there is no store in {store_folder}: ")
    follow.says("waiting for it")
    assert not store_folder.exists()
    watch = start("watch", folder, "--store", store_folder)
    process = start("process", "--store", store_folder, "--config", settings)
    watch.says("watching")
    partial = tmp_path / "partial"
    for file in FILES[:2]:
        partial.write_bytes(file.read_bytes())
        partial.rename(folder / file.name)
        until(lambda name=file.name: name in follow.out, f"the event of {file.name}")
    told = [json.loads(line) for line in follow.out.splitlines()]
    assert [event["type"] for event in told] == ["story.opened", "story.updated"]
    begun = time.monotonic()
    for command in (watch, process, follow):
        command.process.send_signal(signal.SIGTERM)
    assert [command.ends() for command in (watch, process, follow)] == [0, 0, 0]
    assert time.monotonic() - begun < min(10, SECONDS)
    assert "stopped; 2 accepted, 0 refused" in watch.err
