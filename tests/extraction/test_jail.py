from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import Refused
from ingest.extraction.jail import DAYS, LIMITS, Cell, Jail, JailError, Limits
from ingest.model import REFUSALS
from ingest.settings import ExtractionSettings
from ingest.sources.entries import PARSER, Parsed, hint_of

PATIENCE = 20.0


@pytest.fixture
def jail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jail]:
    """A jail whose prisoner does what the page says; see stand_ins."""
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))
    with Jail(ExtractionSettings(deadline_seconds=0.5, memory_mb=100), extractor="stand_ins:read") as opened:
        yield opened


def refusal(jail: Jail, page: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        jail.extract_html(page)
    return refused.value


def reason(jail: Jail, page: bytes) -> str:
    return refusal(jail, page).reason


def gone(pid: int) -> bool:
    """Whether the process ended, or only waits to be buried by a parent that may be slow to do so."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def pause() -> None:
    """Leaves the processor to the process that is waited for."""
    threading.Event().wait(0.01)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        pause()


def test_one_child_reads_page_after_page(jail: Jail) -> None:
    first = jail.extract_html(b"pid").text
    assert jail.extract_html(b"pid").text == first == str(jail.pid)
    assert jail.extract_html(b"page", "https://n.example/").url == "https://n.example/"


def test_a_large_page_passes_through_the_pipes(jail: Jail) -> None:
    assert jail.extract_html(b"x" * 16_000_000).text == "x" * 100


DEADLINE = 0.2
SPENT, SILENT = "stopped after 0.2 s of processor time", "no answer within 1.2 s"
PATIENT = Limits(answer=300, orphan=400)
"""However busy the machine is, the processor time is spent before these are over."""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Jail]]:
    """Makes jails with a short deadline; see stand_ins."""
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))
    with ExitStack() as stack:

        def made(limits: Limits = PATIENT, prepare: str | None = None) -> Jail:
            settings = ExtractionSettings(deadline_seconds=DEADLINE)
            return stack.enter_context(Jail(settings, extractor="stand_ins:read", prepare=prepare, limits=limits))

        yield made


@pytest.mark.parametrize(
    ("page", "limits", "said"),
    [
        (b"spin", PATIENT, SPENT),
        (b"spin-in-c", PATIENT, SPENT),
        (b"hang", LIMITS, SILENT),
        (b"hang-in-c", LIMITS, SILENT),
        (b"hang-in-c", Limits(answer=6, orphan=1), SILENT),
    ],
)
def test_a_page_that_hangs_is_stopped_and_the_next_one_is_read_by_a_new_child(
    short: Callable[..., Jail], page: bytes, limits: Limits, said: str
) -> None:
    jail = short(limits)
    child = int(jail.extract_html(b"pid").text)
    refused = refusal(jail, page)
    assert (refused.reason, refused.detail) == ("extraction-timeout", said)
    assert gone(child)
    assert int(jail.extract_html(b"pid").text) != child


def test_a_page_is_charged_with_processor_time_and_not_with_the_time_it_waits(short: Callable[..., Jail]) -> None:
    jail = short()
    child = jail.extract_html(b"pid").text
    assert jail.extract_html(b"wait %f" % (3 * DEADLINE)).text.startswith("wait")
    assert jail.extract_html(b"pid").text == child


def test_each_page_has_an_account_of_its_own(short: Callable[..., Jail]) -> None:
    jail = short()
    child = jail.extract_html(b"pid").text
    for _ in range(4):
        assert jail.extract_html(b"spend %f" % (DEADLINE / 2)).text.startswith("spend")
    assert jail.extract_html(b"pid").text == child


def test_the_deadlines_signal_ends_the_child_also_where_its_parent_ignores_and_blocks_it(
    short: Callable[..., Jail],
) -> None:
    jail, before = short(), signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
    try:
        assert refusal(jail, b"spin").detail == SPENT
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
        signal.signal(signal.SIGPROF, before)


def test_a_page_that_meets_its_deadline_in_a_child_that_has_loaded_nothing_is_asked_again_in_one_that_has(
    short: Callable[..., Jail],
) -> None:
    jail = short(prepare="stand_ins:prepare")
    assert jail.extract_html(b"spin-unprepared").text == "spin-unprepared"
    assert refusal(jail, b"spin").detail == SPENT
    assert jail.extract_html(b"spin-unprepared").text == "spin-unprepared"


def test_a_page_whose_child_is_closed_meanwhile_is_not_blamed(short: Callable[..., Jail], tmp_path: Path) -> None:
    jail, told = short(), tmp_path / "pid"
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(jail.extract_html, b"tell " + os.fsencode(told))
        until(told.exists)
        jail.close()
        with pytest.raises(JailError, match="told to stop"):
            reading.result()


def test_a_child_for_pages_that_follows_one_ended_at_its_deadline_has_loaded_the_languages_of_days(
    short: Callable[..., Jail],
) -> None:
    assert int(short(prepare=DAYS).extract_html(b"spin-until-loaded dateparser").text) > 200


def test_a_page_that_eats_memory_is_refused_and_the_next_one_is_read(jail: Jail) -> None:
    assert jail.extract_html(b"eat 50000000").text == "ate 50000000"
    assert reason(jail, b"eat 200000000") == "extraction-memory"
    assert jail.extract_html(b"next").text == "next"


def test_a_child_that_dies_of_a_page_is_replaced(jail: Jail) -> None:
    assert reason(jail, b"die") == "extraction-failed"
    assert jail.extract_html(b"next").text == "next"


def test_an_error_in_the_extractor_is_an_answer_and_costs_no_child(jail: Jail) -> None:
    child = jail.extract_html(b"pid").text
    with pytest.raises(Refused, match=r"extraction-failed .KeyError in read") as refused:
        jail.extract_html(b"raise it", "https://n.example/a")
    assert refused.value.where == "https://n.example/a"
    assert reason(jail, b"recurse") == "too-deep"
    assert jail.extract_html(b"pid").text == child


def test_what_a_library_prints_does_not_break_the_answer(jail: Jail) -> None:
    assert jail.extract_html(b"print").text == "print"


def test_closing_leaves_no_process_behind(jail: Jail) -> None:
    child = int(jail.extract_html(b"pid").text)
    jail.close()
    assert jail.pid is None
    assert not os.path.exists(f"/proc/{child}")
    jail.close()


def test_the_terminals_ctrl_c_does_not_reach_the_child(jail: Jail) -> None:
    child = int(jail.extract_html(b"pid").text)
    assert os.getpgid(child) != os.getpgid(0)
    os.kill(child, signal.SIGINT)
    assert jail.extract_html(b"pid").text == str(child)


PARENT = """
import sys
from ingest.extraction.jail import Jail
from ingest.settings import ExtractionSettings
from ingest.sources.entries import PARSER, Parsed, hint_of
jail = Jail(ExtractionSettings(deadline_seconds=float(sys.argv[1])), extractor="stand_ins:read")
print(jail.extract_html(b"pid").text, flush=True)
if len(sys.argv) > 2:
    jail.extract_html(b"tell " + sys.argv[2].encode())
sys.stdin.read()
"""


def test_an_idle_child_ends_when_its_parent_is_killed(jail: Jail) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, "5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
    until(lambda: gone(child))


def test_a_hanging_child_ends_by_itself_when_its_parent_is_killed(jail: Jail, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    command = [sys.executable, "-c", PARENT, str(DEADLINE), str(told)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until(told.exists)
        parent.kill()
    until(lambda: gone(child))


def test_a_child_that_cannot_start_is_an_error_of_the_installation() -> None:
    with (
        Jail(ExtractionSettings(), extractor="no_such_module:read") as jail,
        pytest.raises(JailError, match="no_such_module"),
    ):
        jail.extract_html(b"page")


PIECES = st.sampled_from([
    b"<p>", b"</p>", b"<div ", b"<table><tr><td>", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</html>", b"&#",
    b"&lt;", b"\x00", b"\xff\xfe", b"<meta charset=utf-16>", b'<script type="application/ld+json">{"datePublished":',
    b"A text. ", b"<rss>", b"<item>", b"<title>", b"</title>", b"<link>", b"<pubDate>", b"&a;",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
])  # fmt: skip


@settings(max_examples=60)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=30).map(b"".join))
def test_any_bytes_are_an_article_or_a_refusal_before_the_deadline(data: bytes) -> None:
    began, reasons = time.monotonic(), []
    for cell, about in ((REAL, None), (FEEDS, hint_of(10, "text/xml"))):
        try:
            cell.read(data, about)
        except Refused as refused:
            reasons.append(refused.reason)
    assert set(reasons) <= set(REFUSALS)
    assert time.monotonic() - began < PATIENCE


REAL = Jail(ExtractionSettings())
FEEDS = Cell(PARSER, Parsed, 5, 512)


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    REAL.close()
    FEEDS.close()


FEED = b'<rss version="2.0"><channel><title>Daily</title><item><guid>g</guid><title>T</title></item></channel></rss>'


def test_feeds_are_read_in_a_cell_of_their_own() -> None:
    with Cell(PARSER, Parsed, 20, 512) as cell:
        feed = cell.read(FEED, hint_of(10, "application/rss+xml"))
        assert (feed.title, [entry.id for entry in feed.entries]) == ("Daily", ["g"])
        with pytest.raises(Refused) as refused:
            cell.read(b"no feed at all", hint_of(10, ""))
        assert refused.value.reason == "unknown-format"
        assert cell.read(FEED, hint_of(0, "")).left_out == 1


def test_a_feed_that_takes_too_long_is_stopped() -> None:
    with Cell(PARSER, Parsed, 1, 512) as cell, pytest.raises(Refused) as refused:
        cell.read(b"<rss version='2.0'>" + b"<a>" * 200_000)
    assert refused.value.reason == "extraction-timeout"
