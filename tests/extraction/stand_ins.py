"""Extractors that misbehave on command: what hostile pages do, without a hostile page."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

from ingest.model import Extracted


def read(data: bytes, url: str | None = None) -> Extracted:
    """Does what the page says, and otherwise returns it."""
    command, _, argument = data.partition(b" ")
    if command == b"hang":
        while True:
            try:
                signal.pause()
            except BaseException:  # swallows what is raised at it, as a broad except in a library does
                continue
    if command == b"hang-in-c":
        ctypes.CDLL(None).pause()
    if command == b"eat":
        eaten = bytearray(int(argument))
        return Extracted(title=None, text=f"ate {len(eaten)}")
    if command == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if command == b"raise":
        raise KeyError(argument)
    if command == b"recurse":
        return read(data, url)
    if command == b"print":
        print("something on standard output", flush=True)
    if command == b"tell":
        Path(os.fsdecode(argument)).write_text(str(os.getpid()))
        ctypes.CDLL(None).pause()
    if command == b"pid":
        return Extracted(title=None, text=str(os.getpid()))
    return Extracted(title=None, text=data[:100].decode(), url=url)
