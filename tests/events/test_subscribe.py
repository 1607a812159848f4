from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from event_rows import Append, nth

from ingest.errors import NoStore, StoreError, UsageError
from ingest.ledger.keys import Keys
from ingest.store import open_store
from ingest.subscribing import Gap, subscribe


def test_a_folder_is_opened_and_left_again(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        client = store.client()
        for n in (1, 2, 3):
            client.xadd(Keys("main").events, {"e": nth(n)})
        with subscribe(store_folder, group="newsroom", timeout=0.0) as events:
            first = next(events)
            assert not isinstance(first, Gap)
            first.ack()
        with subscribe(str(store_folder), group="newsroom", timeout=0.0) as events:
            assert [event.id for event in events if not isinstance(event, Gap)] == ["2", "3"]


def test_a_folder_that_is_no_store_is_named_and_stays_as_it_is(store_folder: Path) -> None:
    (store_folder / "replays").mkdir(parents=True)
    for folder in (store_folder, store_folder / "replays" / "1"):
        with pytest.raises(NoStore, match=f"no store in {folder}: `ingest process --store {folder}` makes one, "):
            subscribe(folder, group="newsroom", timeout=0.0)
    assert list(store_folder.rglob("*")) == [store_folder / "replays"]


def test_a_client_of_ones_own_stays_open(redis_client: redis.Redis, append: Append) -> None:
    append([1, 2, 3])
    with subscribe(redis_client, group="desk", types=["repeated"], timeout=0.0) as events:
        assert [event.type for event in events] == ["story.repeated"]
    assert redis_client.ping()


def test_a_mistake_in_the_call_is_said_and_leaves_nothing_open(server_url: str) -> None:
    with pytest.raises(UsageError, match="no type of event"):
        subscribe(server_url, group="desk", types=["new"])
    with pytest.raises(UsageError, match="not a cursor"):
        subscribe(server_url, group="desk", start="yesterday")
    with pytest.raises(StoreError):
        subscribe("redis://nowhere.invalid:1", group="desk")


@pytest.mark.parametrize(
    ("page", "nth_program"),
    [("docs/events.md", 0), ("docs/events.md", 1), ("README.md", 0)],
    ids=["blocking", "awaiting", "the readme's"],
)
def test_the_programs_of_the_documentation_run(
    redis_client: redis.Redis, server_url: str, append: Append, page: str, nth_program: int
) -> None:
    append([5, 6, 7])
    doc = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    program = re.findall(r"```python\n(.*?)```", doc, re.DOTALL)[nth_program]
    call = r'subscribe\("[^"]+", group="newsroom"(, timeout=5)?\)'
    code, calls = re.subn(call, f'subscribe("{server_url}", group="newsroom", timeout=0.0)', program)
    assert calls == 1
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["story.opened", "story.updated", "story.updated"]
    assert "anded in North Korea" in done.stdout or "Lands in Pyongyang" in done.stdout


def test_importing_it_loads_no_client_and_no_settings() -> None:
    heavy = "[m for m in ('redis', 'rq', 'pydantic', 'rich') if m in sys.modules]"
    code = f"import sys, ingest.subscribing, ingest.asyncio; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "[]\n"
