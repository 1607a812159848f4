"""What is asked of a server, apart from how one waits for it: written once, run by threads and by event loops.

A `Steps` is a generator that yields what it wants and is sent the answer, or thrown the error; its return value is the
result. `run` waits for each answer, `run_async` awaits it. Neither knows what the steps are about.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Generator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from redis.exceptions import NoScriptError

from ingest.scripts import patiently

if TYPE_CHECKING:
    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis

T = TypeVar("T")


class Ask(msgspec.Struct, frozen=True):
    """One command, its name first. Answered as redis-py does, with trouble turned into our errors by `patiently`."""

    command: tuple[str | int | bytes, ...]


class Nap(msgspec.Struct, frozen=True):
    """Wait a moment; answered with None."""

    seconds: float


Steps = Generator[Ask | Nap, Any, T]


def ask(*command: str | int | bytes) -> Steps[Any]:
    """One command's answer."""
    return (yield Ask(command))


def lua(name: str, keys: Sequence[str], args: Sequence[str | int | bytes]) -> Steps[Any]:
    """The answer of a Lua file of this folder; sent whole only to a server that has not seen it."""
    text, sha = _source(name)
    behind = (len(keys), *keys, *args)
    try:
        return (yield Ask(("EVALSHA", sha, *behind)))
    except NoScriptError:
        return (yield Ask(("EVAL", text, *behind)))


@cache
def _source(name: str) -> tuple[bytes, str]:
    text = Path(__file__).with_name(f"{name}.lua").read_bytes()
    return text, hashlib.sha1(text).hexdigest()  # what servers name scripts by; nothing is secured with it


def run(client: Redis, steps: Steps[T]) -> T:
    """In this thread."""
    go = partial(next, steps)
    while True:
        try:
            wanted = go()
        except StopIteration as done:
            result: T = done.value
            return result
        try:
            answer = _wait(client, wanted)
        except BaseException as error:
            go = partial(steps.throw, error)
        else:
            go = partial(steps.send, answer)


async def run_async(client: AsyncRedis, steps: Steps[T]) -> T:
    """In this task; where it is cancelled, the steps hear of it as of any error."""
    go = partial(next, steps)
    while True:
        try:
            wanted = go()
        except StopIteration as done:
            result: T = done.value
            return result
        try:
            answer = await _await(client, wanted)
        except BaseException as error:
            go = partial(steps.throw, error)
        else:
            go = partial(steps.send, answer)


def _wait(client: Redis, wanted: Ask | Nap) -> Any:
    if isinstance(wanted, Nap):
        return time.sleep(wanted.seconds)
    with patiently():
        return client.execute_command(*wanted.command)  # type: ignore[no-untyped-call]  # redis-py has no types here


async def _await(client: AsyncRedis, wanted: Ask | Nap) -> Any:
    if isinstance(wanted, Nap):
        return await asyncio.sleep(wanted.seconds)
    task = asyncio.current_task()
    cancelled = task.cancelling() if task else 0
    try:
        with patiently():
            return await client.execute_command(*wanted.command)  # type: ignore[no-untyped-call]  # nor here
    finally:
        if task and task.cancelling() > cancelled:
            # redis-py writes through asyncio.wait_for, which before Python 3.12 swallows a cancellation that comes just
            # as the write is done: the task would go on, and who cancelled it wait for ever.
            raise asyncio.CancelledError
