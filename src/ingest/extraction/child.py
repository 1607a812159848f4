"""The killable child: reads pages from stdin, answers on stdout, in frames of a 4-byte length and msgpack.

    python -P -m ingest.extraction.child SECONDS LONGEST MEGABYTES MODULE:FUNCTION [MODULE:FUNCTION]

It first answers `ready`, once everything is imported: its limits are for extraction, not for start-up. A reading may
cost SECONDS of processor time, so it is judged by what it costs and not by what else the machine does: SIGPROF ends it,
and SIGALRM where it took LONGEST by the clock. It ends at end of file, that is when the parent ends, however it ended.
The first MODULE:FUNCTION is what reads: pages, feeds, and in tests a stand-in that hangs or eats memory; the second is
called before `ready` and loads what pages need.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from ingest.errors import Refused

FRAME = 4
"""Bytes of the length, big-endian."""

Extract = Callable[[bytes, str | None], Any]


class Page(msgspec.Struct, frozen=True):
    """A question: what is to be read, and what is known of it (a page's URL). Parent and child are of one version."""

    data: bytes
    about: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """`found` as msgpack, or the reason of a refusal; neither in the first answer, which says `ready`."""

    found: bytes | None = None
    reason: str | None = None
    detail: str = ""


def frame(message: Page | Answer) -> bytes:
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(FRAME, "big") + body


def limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much from here: what the interpreter and lxml map at start is not the page's."""
    import resource  # absent on Windows, where nothing here runs

    try:
        with open("/proc/self/statm") as statm:
            start = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # no /proc (macOS), where RLIMIT_AS is not enforced either: the deadline is the limit there
    resource.setrlimit(resource.RLIMIT_AS, (start + megabytes * 1_000_000,) * 2)


def answer(page: Page, extract: Extract) -> Answer:
    try:
        return Answer(found=msgspec.msgpack.encode(extract(page.data, page.about)))
    except Refused as refused:
        return Answer(reason=refused.reason, detail=refused.detail)
    except RecursionError:
        return Answer(reason="too-deep")
    except MemoryError:
        return Answer(reason="extraction-memory")
    except Exception as error:  # whatever a page does to the parser is an answer, not the end of the child
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Answer(reason="extraction-failed", detail=f"{type(error).__name__} in {last.name}")


def serve(asked: BinaryIO, answered: BinaryIO, extract: Extract, seconds: float, longest: float) -> None:
    while len(head := asked.read(FRAME)) == FRAME:
        page = msgspec.msgpack.decode(asked.read(int.from_bytes(head, "big")), type=Page)
        # The default actions of SIGPROF and SIGALRM need no Python to run, so they also end a loop inside C code; and
        # they need no parent, who may be killed while a page hangs.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, longest)
        said = answer(page, extract)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answered.write(frame(said))
        answered.flush()
        if said.reason == "extraction-memory":
            return  # what else broke when memory ran out is unknown: a new child costs half a second


def _named(function: str) -> Any:
    module, name = function.split(":")
    return getattr(importlib.import_module(module), name)


def main(arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the parent decides what it means
    ours = (signal.SIGALRM, signal.SIGPROF)
    for each in ours:
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)  # the mask of whoever started us is inherited
    asked = os.fdopen(os.dup(0), "rb")
    answered = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the frames
    seconds, longest, megabytes = float(arguments[0]), float(arguments[1]), int(arguments[2])
    extract: Extract = _named(arguments[3])
    for prepare in arguments[4:]:
        _named(prepare)()
    limit_memory(megabytes)
    answered.write(frame(Answer()))
    answered.flush()
    serve(asked, answered, extract, seconds, longest)


if __name__ == "__main__":
    main(sys.argv[1:])
