"""What one process of the quality run worked out, for the others: replays of thousands of articles take a minute each.

In QUALITY_OUT, which is emptied before each run; without it each process works for itself.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from typing import TypeVar

import msgspec
from telling import out_folder

T = TypeVar("T")


def shared(name: str, kind: type[T], work: Callable[[], T]) -> T:
    """What `work` gives, of a kind that msgspec knows. Who asks while another process is at it waits for that one."""
    folder = out_folder()
    if folder is None:
        return work()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = folder / f"{name}.msgpack"
        if file.exists():
            return msgspec.msgpack.decode(file.read_bytes(), type=kind)
        made = work()
        file.write_bytes(msgspec.msgpack.encode(made))
        return made
