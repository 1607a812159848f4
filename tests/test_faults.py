"""The instrument itself: what a fault setting may say, and when it strikes. What it does to us: tests/integration."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import faults, wiring
from ingest.errors import SettingsError
from ingest.faults import Armed, Fault, parse


def test_a_setting_names_point_action_and_when() -> None:
    assert parse("") == ()
    assert parse("before-commit:kill") == (Fault("before-commit", "kill"),)
    assert parse("after-read:stall=2.5,at=3,once=/t  prepare:hang,key=poison") == (
        Fault("after-read", "stall", 2.5, at=3, once="/t"),
        Fault("prepare", "hang", key="poison"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("before-comit:kill", "no fault point 'before-comit'; there are after-offer, before-bell"),
        ("before-commit", "'' is none of kill, crash"),
        ("before-commit:die", "'die' is none of kill, crash"),
        ("before-commit:stall", "'stall' is none of .*stall=SECONDS"),
        ("before-commit:kill=3", "'kill=3' is none of"),
        ("before-commit:stall=soon", "seconds and at are numbers"),
        ("before-commit:stall=-1", "seconds are more than 0"),
        ("before-commit:stall=nan", "seconds are more than 0"),
        ("before-commit:kill,at=x", "seconds and at are numbers"),
        ("before-commit:kill,onec=/t", "'onec' is none of at=N"),
        ("before-commit:kill,once=", "'once' is none of at=N"),
        ("before-commit:kill,key=x", "the other points have none"),
        ("prepare:kill", "prepare and decide need key=TEXT"),
    ],
)
def test_a_misspelt_fault_is_refused_with_what_there_is_instead(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INGEST_FAULT", text)
    with pytest.raises(SettingsError, match=f"setting fault: .*{said}"):
        wiring.read_settings()


def strikes(monkeypatch: pytest.MonkeyPatch, text: str, *passed: tuple[str, str]) -> list[int]:
    """The passages, counted from 1, at which it strikes."""
    struck: list[int] = []
    number = 0
    monkeypatch.setattr(faults, "_strike", lambda fault: struck.append(number))
    armed = Armed(parse(text))
    for number, (point, key) in enumerate(passed, 1):  # noqa: B007 -- read by the lambda above
        armed(point, key)
    return struck


def test_a_fault_strikes_at_each_passage_of_its_point_or_at_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed = [(point, "") for point in ("after-turn", "before-turn", "after-turn", "after-turn")]
    assert strikes(monkeypatch, "after-turn:kill", *passed) == [1, 3, 4]
    assert strikes(monkeypatch, "after-turn:kill,at=2", *passed) == [3]


def test_a_fault_of_an_article_strikes_those_whose_key_has_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [("prepare", "a"), ("prepare", "my-poison-1"), ("decide", "my-poison-1"), ("prepare", "my-poison-2")]
    assert strikes(monkeypatch, "prepare:kill,key=poison", *passed) == [2, 4]
    assert strikes(monkeypatch, "decide:kill,key=poison-1", *passed) == [3]


def test_a_fault_with_a_file_waits_for_it_and_strikes_once_for_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    text, passed = f"after-turn:kill,at=2,once={token}", [("after-turn", "")] * 4
    assert strikes(monkeypatch, text, *passed) == []
    token.touch()
    assert strikes(monkeypatch, text, *passed) == [2]
    assert not token.exists()


@pytest.mark.parametrize(("action", "status"), [("kill", -9), ("crash", -11)])
def test_a_process_ends_at_the_point_as_it_was_told(action: str, status: int) -> None:
    code = f"from ingest.faults import *; Armed(parse('after-read:{action}'))('after-read'); print('went on')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (found.returncode, found.stdout) == (status, b"")


def test_a_stall_is_as_long_as_it_says() -> None:
    begun = time.monotonic()
    Armed(parse("after-read:stall=0.05"))("after-read")
    assert time.monotonic() - begun >= 0.05
