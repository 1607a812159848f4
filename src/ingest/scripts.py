"""Lua files as callables, and which answers of a server mean "later" rather than "wrong".

A script is sent once and then named by its hash; to a server that was restarted or flushed of scripts it is sent again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import redis
from hiredis import pack_command

from ingest.errors import Pressure, StoreError, TransientError

MAX_UNPACKED = 900
"""Values that one Lua call may unpack: Lua's C stack gives out below 9,000 (measured)."""

# Redis 6.2 wraps an error of a call inside a script in a text of its own, so the code is looked for anywhere in it.
_LATER = re.compile(r"\b(MISCONF|READONLY|LOADING|BUSY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED)\b")
_FULL = re.compile(r"\bOOM\b")
_GONE = re.compile(r"\bNOGROUP\b|no such key", re.IGNORECASE)


class _Patiently:
    """A class, as it is entered for each call of the store, and a generator would cost a tenth of one."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, (redis.ConnectionError, redis.TimeoutError)):
            raise TransientError(f"the server did not answer: {error}") from error
        if not isinstance(error, redis.ResponseError):
            return
        text = str(error)
        if is_full(error):
            raise Pressure("the server is out of memory; a larger maxmemory makes room", 1.0) from error
        if isinstance(error, redis.ReadOnlyError) or _LATER.search(text):
            raise TransientError(f"the server cannot answer now: {text}", 1.0) from error
        if _GONE.search(text):
            raise StoreError(f"the partition is not in this store (any more): {text}") from error


_PATIENTLY = _Patiently()


def patiently() -> _Patiently:
    """Turn a server's troubles into ours: Pressure (out of memory), TransientError (again later), StoreError (its inbox
    is gone). Any other error of the server is a defect and passes as it is."""
    return _PATIENTLY


def is_full(error: BaseException) -> bool:
    """Whether a server refused a write because its memory is full."""
    if isinstance(error, redis.OutOfMemoryError):
        return True
    return isinstance(error, redis.ResponseError) and _FULL.search(str(error)) is not None


class Script:
    """One Lua file on one client. Its key layout and arguments head the file."""

    def __init__(self, client: redis.Redis, file: Path) -> None:
        self._client = client
        self._call = client.register_script(file.read_bytes())

    def __call__(self, keys: Sequence[Any], args: Sequence[Any], meanwhile: Callable[[], bool] | None = None) -> Any:
        """The script's answer. Raises as `patiently` says.

        While the server works, `meanwhile` is called again and again: until it says that it has nothing left to do, or
        the answer is there.
        """
        with patiently():
            try:
                return self._answer(keys, args, meanwhile)
            except redis.exceptions.NoScriptError:
                return self._call(keys=keys, args=args)

    def _answer(self, keys: Sequence[Any], args: Sequence[Any], meanwhile: Callable[[], bool] | None) -> Any:
        return answer(self._client, ("EVALSHA", self._call.sha, len(keys), *keys, *args), meanwhile)


def answer(client: redis.Redis, command: tuple[Any, ...], meanwhile: Callable[[], bool] | None = None) -> Any:
    """A server's bare answer to a command. Raises as redis-py does.

    By a connection of the client's pool: the client itself sends and waits in one, and takes twice as long for a call
    of two hundred bytes (decision 0183).
    """
    connection = _connection(client)
    try:
        # Packed here: the connection would ask first of each of ten thousand values whether it is a memoryview.
        connection.send_packed_command([pack_command(command)])
        while meanwhile is not None and not connection.can_read(timeout=0) and meanwhile():
            pass
        found = connection.read_response()
    except redis.ResponseError:
        _keep(client, connection)
        raise
    except BaseException:  # an answer that nobody read must not be the next command's
        connection.disconnect()
        client.connection_pool.release(connection)
        raise
    _keep(client, connection)
    return found


# Not given back to the pool, which costs as much as the call: one for each thread that calls at the same time. The pool
# has them among those in use, and closes them with the client.
_kept: WeakKeyDictionary[redis.Redis, list[Any]] = WeakKeyDictionary()


def _keep(client: redis.Redis, connection: Any) -> None:
    _kept.setdefault(client, []).append(connection)


def _connection(client: redis.Redis) -> Any:
    """Open, and with nothing to read, as the pool gives them."""
    kept = _kept.get(client)
    with suppress(IndexError):  # there is none, or another thread has the last
        while kept:
            connection = kept.pop()
            if connection.pid != os.getpid():  # of the process that this one was forked from
                continue
            with suppress(redis.RedisError, OSError):
                if connection.is_connected and not connection.can_read():
                    return connection
            connection.disconnect()
            client.connection_pool.release(connection)
    return client.connection_pool.get_connection()
