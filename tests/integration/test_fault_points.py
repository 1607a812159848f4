"""Real processes that die or stand still at each named point of their way: nothing lost, nothing double, in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from terminal import Command, Start, all_decided_once, articles, decided, events_of, offer, until

from ingest import wiring
from ingest.events.event import decode
from ingest.faults import WORKER_POINTS
from ingest.model import Envelope, Withdrawal
from ingest.wiring import Installation
from rehearsal import Rehearsal

SMALL = {"INGEST_INBOX__BATCH": "8"}


def faults(folder: Path, action: str, *points: str) -> str:
    """A setting with one fault for each point; `strike` lets it happen."""
    return " ".join(f"{point}:{action},once={folder / point}" for point in points)


def strike(folder: Path, point: str) -> None:
    """At the next passage; returns once a process has been struck."""
    token = folder / point
    token.touch()
    until(lambda: not token.exists(), f"somebody passing {point}")


def stopped(command: Command) -> list[int]:
    """Its children that stand still as a whole."""

    def state(pid: int) -> str:
        found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return found.stdout

    return [pid for pid in command.children() if state(pid).startswith("T")]


def test_workers_killed_at_each_point_lose_and_double_nothing(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path
) -> None:
    count = 40 * len(WORKER_POINTS)
    setting = faults(tmp_path, "kill", *WORKER_POINTS)
    process = start("process", "--workers", "2", "--store", store_folder, INGEST_FAULT=setting, **SMALL)
    offer(installation, count)
    for point in WORKER_POINTS:
        strike(tmp_path, point)
    until(lambda: not installation.inbox().balance().entries, "all decided")
    assert process.ends(signal.SIGTERM) == 0
    assert process.err.count("SIGKILL") == len(WORKER_POINTS)
    assert "fault.armed" in process.err
    all_decided_once(installation, count)


def test_workers_killed_among_withdrawals_tell_what_one_that_lives_tells(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path
) -> None:
    """Of every fourth article a notice came before it, of every other fourth one after the next."""
    points, each = ("after-gather", "before-commit", "after-commit"), 24
    stream: list[Envelope] = []
    for number, article in enumerate(articles(each * len(points))):
        before = [take_back(article.key)] if number % 4 == 0 else []
        stream += [*before, article, *([take_back(f"k{number - 1}")] if number % 4 == 3 else [])]
    setting = faults(tmp_path, "kill", *points)
    process = start("process", "--workers", "2", "--store", store_folder, INGEST_FAULT=setting, **SMALL)
    inbox = installation.inbox()
    for at in range(0, len(stream), 60):
        inbox.offer(stream[at : at + 60])
    for point in points:
        strike(tmp_path, point)
    until(lambda: not inbox.balance().entries, "all decided")
    assert process.ends(signal.SIGTERM) == 0
    assert process.err.count("SIGKILL") == len(points)
    rehearsal = Rehearsal()
    rehearsal.run(stream)
    told = [decode(raw) for raw in rehearsal.ledger.events]
    assert [event.id for event in events_of(installation)] == [event.id for event in told]
    balance, taken = inbox.balance(), each // 2 * len(points)
    assert balance.holds
    assert (balance.counters.decided, balance.counters.withdrawn, balance.counters.noted) == (len(stream), taken, 0)


def take_back(key: str) -> Envelope:
    return Envelope(key=key, source="t", text="", withdraws=Withdrawal(by="notice", reason="Kill"))


def test_workers_stopped_for_longer_than_their_heartbeat_and_let_go_on_double_nothing(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path
) -> None:
    points, each = ("after-turn", "before-commit", "after-commit"), 40
    setting = faults(tmp_path, "stop", *points)
    small = {**SMALL, "INGEST_INBOX__HEARTBEAT_MS": "1500"}
    process = start("process", "--workers", "2", "--store", store_folder, INGEST_FAULT=setting, **small)
    inbox, offers = installation.inbox(), articles(each * len(points))
    for number, point in enumerate(points, 1):
        inbox.offer(offers[each * (number - 1) : each * number])
        strike(tmp_path, point)
        until(lambda: stopped(process), "a worker standing still")
        until(lambda: not installation.inbox().balance().entries, f"the other deciding all, {point}")
        assert decided(installation) == each * number
        for pid in stopped(process):
            os.kill(pid, signal.SIGCONT)
    assert process.ends(signal.SIGTERM) == 0
    all_decided_once(installation, each * len(points))


def test_a_source_killed_before_it_hears_offers_nothing_again(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    points, files = ("after-offer", "before-bell"), [folder / f"{number}.json" for number in range(6)]
    accepted = [0]
    for number, (file, article) in enumerate(zip(files, articles(6), strict=True), 1):
        file.write_text(json.dumps({"title": article.title, "text": article.text}))
        if number % 3 == 0:
            struck = start("watch", folder, "--store", store_folder, INGEST_FAULT=f"{points[number // 3 - 1]}:kill")
            assert struck.ends() == -signal.SIGKILL
            accepted.append(installation.inbox().balance().counters.accepted)
    assert accepted == sorted(set(accepted))
    again = start("watch", folder, "--store", store_folder)
    process = start("process", "--store", store_folder)
    until(lambda: decided(installation) == 6, "all decided")
    assert [command.ends(signal.SIGTERM) for command in (again, process)] == [0, 0]
    balance = installation.inbox().balance()
    assert (balance.counters.accepted, balance.counters.seen, balance.holds) == (6, 0, True)
    told = [event.article.key for event in events_of(installation) if event.article]
    assert sorted(key.split("/")[-1] for key in told) == [file.name for file in files]


@pytest.mark.faults
@pytest.mark.parametrize("point", ["after-offer", "before-bell"])
def test_a_source_that_stalls_for_half_a_minute_loses_and_doubles_nothing(
    start: Start, installation: Installation, store_folder: Path, tmp_path: Path, point: str
) -> None:
    """What it had offered is decided while it stands; what comes meanwhile is offered once it goes on."""
    folder, token = tmp_path / "inbox", tmp_path / point
    folder.mkdir()
    files = [folder / f"{number}.json" for number in range(6)]

    def drop(first: int) -> None:
        for file, article in list(zip(files, articles(6), strict=True))[first : first + 3]:
            file.write_text(json.dumps({"title": article.title, "text": article.text}))

    drop(0)
    token.touch()
    process = start("process", "--store", store_folder)
    watch = start("watch", folder, "--store", store_folder, INGEST_FAULT=faults(tmp_path, "stall=30", point))
    until(lambda: not token.exists(), f"the source passing {point}", 60)
    struck = time.monotonic()
    drop(3)
    until(lambda: decided(installation) > 0, "what had been accepted", 60)
    assert time.monotonic() < struck + 30
    until(lambda: decided(installation) == 6, "all decided", 120)
    assert [command.ends(signal.SIGTERM) for command in (watch, process)] == [0, 0]
    balance = installation.inbox().balance()
    assert (balance.counters.accepted, balance.counters.seen, balance.holds) == (6, 0, True)


@pytest.mark.faults
@pytest.mark.parametrize("action", ["stall=30", "stop"])
def test_a_stall_of_half_a_minute_at_each_point_loses_and_doubles_nothing(
    start: Start, tmp_path_factory: pytest.TempPathFactory, action: str
) -> None:
    """All points at once, each on a store of its own, since nearly all of it is waiting."""
    count = 60
    with ExitStack() as stack:
        places = {}
        for point in WORKER_POINTS:
            folder = tmp_path_factory.mktemp("at")
            opened = stack.enter_context(wiring.opened(wiring.read_settings(store=str(folder / "var"))))
            offer(opened, count)
            setting = faults(folder, action, point)
            (folder / point).touch()
            process = start("process", "--workers", "2", "--store", folder / "var", INGEST_FAULT=setting, **SMALL)
            places[point] = (opened, process, folder)
        for point, (_, _, folder) in places.items():
            until(lambda token=folder / point: not token.exists(), f"somebody passing {point}", 180)
        struck = time.monotonic()
        for point, (opened, _, _) in places.items():
            until(lambda opened=opened: not opened.inbox().balance().entries, f"all decided, {point}", 120)
        until(lambda: time.monotonic() > struck + 31, "half a minute")
        for point, (opened, process, _) in places.items():
            for pid in stopped(process):
                os.kill(pid, signal.SIGCONT)
            opened.inbox().offer(articles(count + 8)[count:])
            until(lambda opened=opened: not opened.inbox().balance().entries, f"what came later, {point}")
            assert process.ends(signal.SIGTERM) == 0
            all_decided_once(opened, count + 8)
