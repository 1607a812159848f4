"""Faults on purpose: a process of ours dies or stands still exactly where a test wants it to. Never on by itself.

    INGEST_FAULT="before-commit:kill"                                each worker dies at its first commit, and so on
    INGEST_FAULT="after-commit:stall=30,at=3,once=/tmp/token"        one of them stalls, once, at its third
    INGEST_FAULT="prepare:hang,key=poison"                           who prepares an article of such a key hangs

Each word is POINT:ACTION with options after commas; several words are several faults. A replaced child has the same
setting, so `once` names a file: the fault strikes only who removes it, and a test arms it by making it.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

POINTS: Mapping[str, str] = {
    "after-offer": "the server has accepted the articles, the source has not heard of it",
    "before-bell": "accepted, and no worker has been told",
    "after-read": "a worker holds the articles and has prepared none",
    "before-turn": "before it asks whose turn it is",
    "after-turn": "the turn is its own, nothing is gathered",
    "after-gather": "it has read what it needs under a head",
    "before-commit": "everything is decided, nothing sent",
    "after-commit": "committed, and the worker's memory knows nothing of it",
    "prepare": "one article, before it is normalised",
    "decide": "one article, in the middle of its batch's decision",
}
"""Where a process can be struck: the first two in a source (a parent rings the bell as well), the others in a worker.

`after-commit` strikes when the reply has been received, not between sending and receiving: the server's state is the
same, and whoever is killed forgets the reply. That a reply is lost altogether is tried in tests/inbox/test_worker.py.
"""

WORKER_POINTS = ("after-read", "before-turn", "after-turn", "after-gather", "before-commit", "after-commit")

Faults = Callable[[str], None]
"""Called with the name of a point when it is passed."""

_ACTIONS = {
    "kill": "SIGKILL to itself",
    "crash": "SIGSEGV to itself",
    "stop": "SIGSTOP to itself: the whole process stands still until somebody sends CONT",
    "stall": "stall=SECONDS: the thread that passes stands still, the others go on",
    "hang": "the thread runs in a circle for ever",
    "lock": "the same inside a C call that lets no other thread run",
    "eat": "takes memory until there is none",
}
_FOREVER = 1e9  # seconds
_MOUTHFUL = 16_000_000  # bytes


def no_faults(point: str) -> None:
    """Every point is passed."""


@dataclass(frozen=True)
class Fault:
    """One fault. `at`: which passage in a process it strikes, 0 for each; `key`: a text within the article's key;
    `once`: the file that who is struck removes first."""

    point: str
    action: str
    seconds: float = _FOREVER
    at: int = 0
    key: str = ""
    once: str = ""


def parse(text: str) -> tuple[Fault, ...]:
    """The faults of a setting. Raises ValueError that names the word and what there is instead."""
    return tuple(_parse(word) for word in text.split())


def _parse(word: str) -> Fault:
    point, _, rest = word.partition(":")
    what, *options = rest.split(",")
    action, _, seconds = what.partition("=")
    if point not in POINTS:
        raise ValueError(f"{word}: there is no fault point {point!r}; there are {', '.join(POINTS)}")
    if action not in _ACTIONS or bool(seconds) != (action == "stall"):
        raise ValueError(f"{word}: {what!r} is none of {', '.join(_ACTIONS)} (stall=SECONDS)")
    given = dict(option.partition("=")[::2] for option in options)
    if unknown := [name for name, value in given.items() if name not in ("at", "key", "once") or not value]:
        raise ValueError(f"{word}: {unknown[0]!r} is none of at=N, key=TEXT, once=FILE")
    if ("key" in given) != (point in ("prepare", "decide")):
        raise ValueError(f"{word}: prepare and decide need key=TEXT of an article; the other points have none")
    try:
        length, at = float(seconds or _FOREVER), int(given.get("at", 0))
    except ValueError:
        raise ValueError(f"{word}: seconds and at are numbers") from None
    if not (0 < length <= _FOREVER and at >= 0):
        raise ValueError(f"{word}: seconds are more than 0, and at is 0 (each passage) or more")
    return Fault(point, action, length, at, given.get("key", ""), given.get("once", ""))


class Armed:
    """Faults at work in this process."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._passed = dict.fromkeys(faults, 0)

    def __call__(self, point: str, key: str = "") -> None:
        for fault in self._faults:
            if fault.point == point and fault.key in key:
                self._passed[fault] += 1
                # One that waits for its file strikes at a later passage too: the test makes it when it likes.
                due = fault.at in (0, self._passed[fault]) or (fault.once and self._passed[fault] > fault.at)
                if due and (not fault.once or _taken(fault.once)):
                    _strike(fault)


def _taken(file: str) -> bool:
    # Removing succeeds for one process alone, whoever else tries.
    try:
        os.unlink(file)
    except OSError:
        return False
    return True


def _strike(fault: Fault) -> None:
    if fault.action == "stall":
        time.sleep(fault.seconds)
    elif fault.action == "hang":
        _hang()
    elif fault.action == "lock":
        re.match("(a+)+$", "a" * 99 + "b")
    elif fault.action == "eat":
        _eat()
    else:
        sign = {"kill": signal.SIGKILL, "crash": signal.SIGSEGV, "stop": signal.SIGSTOP}[fault.action]
        os.kill(os.getpid(), sign)


def _hang() -> NoReturn:
    while True:
        pass


def _eat() -> NoReturn:
    eaten = []
    while True:
        eaten.append(bytearray(_MOUTHFUL))  # zeroed, so each page is really taken
