"""The end of an append-only file as Redis 6.2 writes it, after a power cut.

Redis 6.2 drops a half-written command at the end of the file but keeps the MULTI before it, and the half transaction
runs with the next EXEC (seen: 128 events written twice). Redis 7, Valkey and newer take the whole of it back.
"""

from __future__ import annotations

import os
import time
from typing import IO

AOF = "appendonly.aof"


def ends_short(tail: IO[bytes]) -> bool:
    """Whether what is left to read is whole commands and then the beginning of one, or nothing: a write cut off.

    False where a byte is wrong: that is damage, which the server refuses to load and a person should see.
    """
    while line := tail.readline():
        if not line.startswith(b"*"):
            return False
        if not line.endswith(b"\n"):
            return True
        for _ in range(_number(line)):
            line = tail.readline()
            if line and not line.startswith(b"$"):
                return False
            if not line.endswith(b"\n"):
                return True
            size = _number(line) + 2
            data = tail.read(size)
            if len(data) < size:
                return True
            if not data.endswith(b"\r\n"):
                return False
    return True


def _number(line: bytes) -> int:
    digits = line[1:].strip()
    return int(digits) if digits.isdigit() else 0


def cut(good: int) -> str | None:
    """Move what follows the first `good` bytes of the file to another, when it is a write that was cut off.

    Returns what was done, for the log.
    """
    with open(AOF, "r+b") as aof:
        aof.seek(good)
        if not ends_short(aof):
            return None
        aof.seek(good)
        tail = aof.read()
        if not tail:
            return None
        kept = f"{AOF}.torn-{time.time_ns()}"
        with open(kept, "xb") as f:
            f.write(tail)
        aof.truncate(good)
        os.fsync(aof.fileno())
    return f"{AOF} ended within a transaction: its last {len(tail)} bytes were moved to {kept}"
