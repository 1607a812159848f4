"""Every kind of bad server at once, through the real `ingest fetch`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from kinds_web import Served, answers, bodies, feeds
from local_web import Web, raw_server
from terminal import Command

from hostile import commands_in

HERE = Path(__file__).parent
KINDS = (*feeds(), *bodies(), *answers())


class Fetching(Command):
    """With stand-ins for hostile pages, and a guard that lets 127.0.0.1 pass and nothing else."""

    program = (str(HERE / "with_stand_ins.py"),)


@pytest.fixture
def urls() -> Iterator[dict[str, Served]]:
    """Where each kind is served."""
    web = Web()
    found: dict[str, Served] = {}
    with ExitStack() as servers:
        for kind in KINDS:
            if isinstance(kind.answer, str):
                found[kind.answer] = kind
            elif isinstance(kind.answer, tuple):
                found[web.url(f"/{kind.name}/{kind.path}".rstrip("/"))] = kind
                web.routes[f"/{kind.name}/{kind.path}".rstrip("/")] = kind.answer
            else:
                found[servers.enter_context(raw_server(kind.answer)) + f"{kind.name}/feed"] = kind
        yield found
    web.close()


def test_every_kind_of_answer_gets_its_label_and_holds_up_nothing(
    tmp_path: Path, valkey: Any, urls: dict[str, Served]
) -> None:
    settings = {
        "PYTHONPATH": str(HERE),
        "INGEST_EXTRACTION__DEADLINE_SECONDS": "2",
        "INGEST_FETCH__DEADLINE_SECONDS": "1.5",
        "INGEST_FETCH__HOST_SECONDS": "0.001",
    }
    began = time.monotonic()
    command = Fetching(tmp_path, "fetch", *urls, "--store", valkey.url, **settings)
    assert command.ends(seconds=180) == 1
    assert time.monotonic() - began < 6 * len(urls)
    said = command.err.splitlines()
    assert not commands_in(command.err)
    assert "user:secret" not in command.err
    wrong = [
        f"{kind.name}: {[line for line in said if url in line]}"
        for url, kind in ((url.replace("user:secret@", "***@"), kind) for url, kind in urls.items())
        if not any(_became(line, url, kind.becomes) for line in said)
    ]
    assert not wrong, "\n".join(wrong)
    doctor = Command(tmp_path, "doctor", "--store", valkey.url, "--json")
    doctor.ends()
    counters = json.loads(doctor.out)["counters"]
    assert counters["accepted"] == sum(kind.becomes == "accepted" for kind in KINDS)


def _became(line: str, url: str, becomes: str) -> bool:
    fate, _, reason = becomes.partition(" ")
    if fate == "accepted":  # told by the entry's own name, and counted in the end
        return True
    return line.startswith(f"{fate} {url} (") and (not reason or f"({reason}" in line)
