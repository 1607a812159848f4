"""Blocking calls from a loop: one thread, in their order, told together."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ingest.errors import Pressure, TransientError
from ingest.sources.clerk import Clerk


def test_calls_are_made_in_one_thread_in_the_order_in_which_they_were_asked_for() -> None:
    made: list[tuple[int, str]] = []

    def call(number: int) -> int:
        made.append((number, threading.current_thread().name))
        return 10 * number

    async def run() -> list[int]:
        clerk = Clerk()
        return await asyncio.gather(*(clerk.call(lambda n=n: call(n)) for n in range(50)))  # type: ignore[misc]  # mypy infers no type for a lambda with a default

    assert asyncio.run(run()) == [10 * n for n in range(50)]
    assert [number for number, _ in made] == list(range(50))
    assert len({thread for _, thread in made}) == 1
    assert threading.main_thread().name not in {thread for _, thread in made}


def test_what_is_asked_for_while_the_thread_is_busy_is_done_after_it() -> None:
    made: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        go.wait(10)
        made.append("first")

    async def run() -> None:
        clerk = Clerk()
        one = asyncio.create_task(clerk.call(first))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.create_task(clerk.call(lambda: made.append("later"))) for _ in range(3)]
        await asyncio.to_thread(go.set)
        await asyncio.gather(one, *others)

    asyncio.run(run())
    assert made == ["first", "later", "later", "later"]


def test_an_error_is_told_to_whoever_asked_and_to_nobody_else() -> None:
    def fails() -> None:
        raise LookupError("no such row")

    async def run() -> list[object]:
        clerk = Clerk()
        calls = (clerk.call(lambda: 1), clerk.call(fails), clerk.call(lambda: 3))
        return list(await asyncio.gather(*calls, return_exceptions=True))

    one, error, three = asyncio.run(run())
    assert (one, three) == (1, 3)
    assert isinstance(error, LookupError)


def test_whoever_is_cancelled_hears_nothing_but_his_call_is_made_and_the_others_go_on() -> None:
    made: list[str] = []
    begun, go = threading.Event(), threading.Event()

    async def run() -> str:
        clerk = Clerk()
        held = asyncio.create_task(clerk.call(lambda: (begun.set(), go.wait(10))))
        await asyncio.to_thread(begun.wait, 10)
        given_up = asyncio.create_task(clerk.call(lambda: made.append("given up")))
        after = asyncio.create_task(clerk.call(lambda: "after"))
        await asyncio.to_thread(begun.wait, 10)  # both have asked
        given_up.cancel()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await held
        return await after

    assert asyncio.run(run()) == "after"
    assert made == ["given up"]


def test_calls_behind_one_that_the_store_did_not_answer_are_not_tried_and_those_after_them_are() -> None:
    tried: list[str] = []

    def unanswered() -> None:
        tried.append("unanswered")
        raise TransientError("the server did not answer")

    def full() -> None:
        tried.append("full")
        raise Pressure("the inbox is full", 1.0)

    async def run() -> list[object]:
        clerk = Clerk()
        calls = [clerk.call(full), clerk.call(unanswered), clerk.call(lambda: tried.append("behind"))]
        together = list(await asyncio.gather(*calls, return_exceptions=True))
        await clerk.call(lambda: tried.append("after"))
        return together

    said = [str(error) for error in asyncio.run(run())]
    assert said == ["the inbox is full", "the server did not answer", "the server did not answer"]
    assert tried == ["full", "unanswered", "after"]


def test_whoever_leaves_is_told_at_once_and_what_was_not_begun_is_not_done() -> None:
    made: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        go.wait(10)

    async def run() -> list[object]:
        clerk = Clerk()
        held = asyncio.create_task(clerk.call(hang))
        await asyncio.to_thread(begun.wait, 10)
        behind = asyncio.create_task(clerk.call(lambda: made.append("behind")))
        await asyncio.to_thread(begun.wait, 10)  # both have asked
        clerk.leave()
        said = await asyncio.gather(held, behind, clerk.call(lambda: made.append("late")), return_exceptions=True)
        go.set()
        return list(said)

    assert [type(error) for error in asyncio.run(run())] == [TransientError] * 3
    assert made == []


def test_a_call_that_ends_an_iteration_leaves_nobody_waiting() -> None:
    async def run() -> list[object]:
        clerk = Clerk()
        calls = (clerk.call(lambda: next(iter(()))), clerk.call(lambda: 2))
        return list(await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 10))

    error, two = asyncio.run(run())
    assert isinstance(error, RuntimeError)
    assert two == 2


@pytest.mark.parametrize("left", [True, False])
def test_the_thread_ends_once_its_clerk_is_left_or_forgotten(left: bool) -> None:
    async def run() -> threading.Thread:
        clerk = Clerk()
        thread = await clerk.call(threading.current_thread)
        if left:
            clerk.leave()
        assert not clerk.busy
        return thread

    thread = asyncio.run(run())
    thread.join(10)
    assert not thread.is_alive()
    assert thread.daemon  # one that hangs would keep the process
