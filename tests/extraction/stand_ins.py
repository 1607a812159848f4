"""Extractors that misbehave on command: what hostile pages do, without a hostile page."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

from ingest.model import Extracted

prepared = False


def prepare() -> None:
    """What pages need is loaded."""
    globals()["prepared"] = True


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
    if command == b"spin" or (command == b"spin-unprepared" and not prepared):
        spin()
    if command == b"spin-in-c":
        sum(itertools.repeat(0))
    if command == b"wait":
        threading.Event().wait(float(argument))
    if command == b"spend":
        ends = time.process_time() + float(argument)
        while time.process_time() < ends:
            pass
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
    if command == b"spin-until-loaded":
        modules = [name for name in sys.modules if name.startswith(argument.decode())]
        return Extracted(title=None, text=str(len(modules) or spin()))
    if command == b"pid":
        return Extracted(title=None, text=str(os.getpid()))
    return Extracted(title=None, text=data[:100].decode(), url=url)


def spin() -> NoReturn:
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
