"""The extractor of these tests: a page that says `stand-in: WORD` does what hostile pages do, all others are read."""

from __future__ import annotations

import itertools
import os
import re
import signal

from ingest.extraction.html import read_html
from ingest.model import Extracted

_COMMAND = re.compile(rb"stand-in: ([\w-]+) ?(\d*)")


def read(data: bytes, url: str | None = None) -> Extracted:
    told = _COMMAND.search(data[:200])
    if told is None:
        return read_html(data, url)
    if told[1] == b"hang":
        while True:
            try:
                spin()
            except BaseException:  # swallows what is raised at it, as a broad except in a library does
                continue
    if told[1] == b"hang-in-c":
        sum(itertools.repeat(0))
    if told[1] == b"eat":
        bytearray(int(told[2]))
    if told[1] == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if told[1] == b"recurse":
        return read(data, url)
    raise KeyError(told[1])


def spin() -> None:
    while True:
        pass
