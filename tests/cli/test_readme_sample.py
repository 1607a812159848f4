"""What README shows of `make replay` is what a terminal of 80 columns shows; only its times are another machine's."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from said import Said

from ingest.cli.views import event_lines
from ingest.events.event import decode

README = Path(__file__).parents[2] / "README.md"
COLUMNS = 80


@pytest.fixture
def sample() -> list[str]:
    (found,) = re.findall(r"```text\n(opened .*?)```", README.read_text("utf-8"), re.DOTALL)
    return found.splitlines()


def test_the_events_in_the_readme_are_those_of_the_seeds(
    ingest: Callable[..., Said], seeded: Path, sample: list[str]
) -> None:
    told = [decode(line.encode()) for line in ingest("events", "--store", seeded, "--json").lines]
    rows = [row.plain for event in told for line in event_lines(event) for row in line.rendered(COLUMNS)]
    assert sample[: len(rows)] == rows
    times = Counter(event.type for event in told)
    opened, updated, repeated = (times[f"story.{kind}"] for kind in ("opened", "updated", "repeated"))
    counts = f"{opened} opened, {updated} updated, {repeated} repeated, 0 seen, 0 dead; 0 refused"
    assert sample[len(rows)] == f"{len(told)} articles, {opened} story: {counts}"


def test_the_commands_that_the_readme_goes_on_with_find_what_they_name(
    ingest: Callable[..., Said], seeded: Path, sample: list[str]
) -> None:
    commands = [shlex.split(line, comments=True) for line in sample[sample.index("Next:") + 1 :]]
    assert [words[1] for words in commands] == ["story", "why", "events"]
    for program, *words, last in commands:
        assert (program, last) == (".venv/bin/ingest", "--last")
        assert ingest(*words, "--store", seeded).code == 0
