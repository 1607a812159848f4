"""A folder watched: what is in it, and what comes.

    look at the folder -> files not yet dealt with -> still for a moment -> read -> offer with their fate -> aftermath

A file counts as complete once its size and times stood still for `settle_seconds`; renamed in, it does from the start.
A file that changes while it is read is read again later. A rewritten file is a new version of its article.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ingest.errors import Refused, Stale, TransientError
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .aftermath import After, Aftermath, describe
from .contents import Place, read_items
from .fates import Fate, Fates, State, digest_of
from .files import Found, Signature, is_within, look, open_beneath, open_root, walk
from .names import printable
from .notices import Notices
from .offering import Item, Stopped, batches, hand_over, outcome_of
from .port import Inbox, Outcome, Readers, Stop


class WatchTimes(msgspec.Struct, frozen=True):
    """In seconds, where nothing else is said."""

    poll: float = 1.0  # between looks where no notices come, and between looks for a folder that is gone
    recheck: float = 60.0  # between looks at everything where notices come: the kernel drops some under load
    share: int = 20  # a look at everything may take one part in so many of the time
    empty: int = 20  # an empty file is one that somebody has just opened: it gets so many times the patience


TIMES = WatchTimes()
UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp", "~")
"""Endings under which other programs write what they will rename when it is complete."""


class _Changed(Exception):
    """The file is not the one that was looked at."""


def watch(
    folder: Path,
    *,
    inbox: Inbox,
    readers: Readers,
    settings: SourceSettings,
    stop: Stop,
    after: After = "keep",
    source: str | None = None,
    ready: Callable[[int], None] = lambda files: None,
    polling: bool | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Outcome]:
    """Offer every article of every file in `folder`, until stopped; one outcome each.

    `ready` is called with the number of files to read, once changes are noticed from now on. `source` is the namespace
    of given ids, the folder's name by default. `polling` True looks every second, False waits for the kernel's notices,
    None for these where the file system sends any, and an outcome says where it does not. `after` says what becomes of
    finished files: kept, moved to `.done` (refused ones to `.refused`, with the reason), deleted. Files whose name
    starts with a dot are nobody's business.
    """
    name = source or printable(Path(os.path.abspath(folder)).name) or "watch"
    fates = Fates(inbox, f"watch:{printable(os.path.abspath(folder))}")
    missed = False
    while not stop.is_set():
        try:
            root = open_root(folder)
        except OSError as error:
            if not missed:
                yield Outcome(
                    where=printable(str(folder)), fate="waiting", detail=f"no folder: {os.strerror(error.errno or 0)}"
                )
            missed = True
            stop.wait(TIMES.poll)
            continue
        missed = False
        notices = Notices(folder, stop, polling=polling)
        try:
            watched = _Watched(folder, root, name, inbox, readers, settings, stop, Aftermath(root, after), fates, clock)
            yield from watched.run(notices, ready)
        except Stopped:
            return
        finally:
            notices.close()
            os.close(root)


class _Watched:
    """One open folder: it is the same folder until it is gone, whatever happens to its name."""

    def __init__(
        self,
        folder: Path,
        root: int,
        source: str,
        inbox: Inbox,
        readers: Readers,
        settings: SourceSettings,
        stop: Stop,
        aftermath: Aftermath,
        fates: Fates,
        clock: Callable[[], float],
    ) -> None:
        self._folder, self._root, self._source = folder, root, source
        self._inbox, self._readers, self._settings, self._stop = inbox, readers, settings, stop
        self._aftermath, self._fates, self._clock = aftermath, fates, clock
        self._waiting: dict[str, tuple[Found, float]] = {}
        self._stuck: dict[str, Signature] = {}
        self._folders: set[str] = set()
        self._closed: set[str] = set()

    def run(self, notices: Notices, ready: Callable[[int], None]) -> Iterator[Outcome]:
        self._folders = {""}
        notices.follow(self._folders)  # before the first look, so that nothing falls between
        looked_at, took, first, unsure = self._clock(), 0.0, True, False
        yield from self._look_at_all(notices)
        told = False
        while not self._stop.is_set() and self._is_there():
            if notices.why and not told:
                yield Outcome(
                    where=printable(str(self._folder)), fate="warning", detail=f"looked at every second: {notices.why}"
                )
                told = True
            if first:
                ready(len(self._waiting))
                first = False
            yield from self._take_complete()
            changed = notices.wait(self._patience())
            unsure = unsure or changed is None
            for path in sorted(changed or ()):
                yield from self._look_at(path)
            interval = max(TIMES.poll if notices.polling or unsure else TIMES.recheck, TIMES.share * took)
            # A new folder was written to before it was watched, so everything is looked at once more.
            if self._clock() - looked_at >= interval or self._has_new_folder(changed or set()):
                looked_at, unsure = self._clock(), False
                yield from self._look_at_all(notices)
                took = self._clock() - looked_at

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._folder), os.fstat(self._root))
        except OSError:
            return False

    def _patience(self) -> float:
        dues = [since + self._settling(found) for found, since in self._waiting.values()]
        return max(0.001, min([*(due - self._clock() for due in dues), TIMES.poll]))

    def _settling(self, found: Found) -> float:
        return self._settings.settle_seconds * (TIMES.empty if found.regular and not found.signature.size else 1)

    def _look_at_all(self, notices: Notices) -> Iterator[Outcome]:
        folders: set[str] = set()
        found: list[Found] = []
        closed: set[str] = set()
        unread: list[str] = []
        for thing in walk(self._root, "", folders):
            if isinstance(thing, Refused):
                where = f"{printable(str(self._folder))}/{thing.where}"
                closed.add(where)
                unread.append(thing.where)
                if where not in self._closed:  # told once, not at every look
                    said = f"not looked at: {thing.detail}"
                    yield Outcome(where=where, fate="warning", reason=thing.reason, detail=said)
            else:
                found.append(thing)
        notices.follow(folders)
        self._folders, self._closed = folders, closed
        yield from self._learn(lambda: self._fates.load(thing.path for thing in found))
        for thing in found:
            self._consider(thing)
        there = {thing.path for thing in found}
        # What is in a folder that could not be read now may still be there.
        gone = {path for path in (self._fates.paths() | set(self._waiting)) - there if not is_within(path, unread)}
        for path in gone:
            self._waiting.pop(path, None)
        yield from self._forget(self._fates.of_gone(gone))

    def _look_at(self, path: str) -> Iterator[Outcome]:
        if any(part.startswith(".") for part in path.split("/")):
            return
        found = look(self._root, path)
        if found is None:
            self._waiting.pop(path, None)
            return
        yield from self._learn(lambda: self._fates.load([path]))
        self._consider(found)

    def _has_new_folder(self, changed: set[str]) -> bool:
        return any(
            path not in self._folders and os.path.isdir(self._folder / path)
            for path in changed
            if not any(part.startswith(".") for part in path.split("/"))
        )

    def _consider(self, found: Found) -> None:
        """Put it on the waiting list, unless nothing is to be done; one that changed starts to wait anew."""
        if found.path.endswith(UNFINISHED) or self._stuck.get(found.path) == found.signature:
            return
        fate = self._fates.get(found.path)
        finished = fate is not None and fate.signature == found.signature and fate.state != "reading"
        if finished and self._aftermath.keeps:
            return
        waiting = self._waiting.get(found.path)
        if waiting is None or waiting[0].signature != found.signature:
            self._waiting[found.path] = (found, self._clock())

    def _take_complete(self) -> Iterator[Outcome]:
        now = self._clock()
        due = [path for path, (found, since) in self._waiting.items() if now >= since + self._settling(found)]
        for path in sorted(due):
            if self._stop.is_set():
                return
            before, _ = self._waiting[path]
            found = look(self._root, path)
            if found is None or found.signature != before.signature:
                del self._waiting[path]
                if found is not None:
                    self._consider(found)
                continue
            del self._waiting[path]
            try:
                yield from self._take(found)
            except _Changed:
                if (later := look(self._root, path)) is not None:
                    self._waiting[path] = (later, self._clock())

    def _take(self, found: Found) -> Iterator[Outcome]:
        """Read one complete file, offer what it holds, and put it aside. Raises _Changed, Stopped."""
        where = printable(os.path.join(self._folder, found.path))
        reasons: list[str] = []
        fate = self._fates.get(found.path)
        if fate is None or fate.signature != found.signature or fate.state == "reading":
            for outcome in self._offer(found, where):
                if outcome.fate == "refused":
                    reasons.append(str(outcome))
                yield outcome
            fate = self._fates.get(found.path)
        if fate is None or self._aftermath.keeps:
            return
        try:
            if not self._aftermath.settle(found.path, found.signature, fate, reasons):
                raise _Changed
        except OSError as error:
            self._stuck[found.path] = found.signature
            yield Outcome(where=where, fate="warning", detail=describe(found.path, error))
            return
        yield from self._forget([found.path])

    def _offer(self, found: Found, where: str) -> Iterator[Outcome]:
        if not found.regular:
            refused = Refused("not-a-regular-file", where)
            yield from self._hand_over(found, [(where, refused)], Fate(found.signature, b"", "refused", 1))
            return
        try:
            with open_beneath(self._root, found.path, where) as file:
                yield from self._offer_content(found, where, file)
        except Refused as refused:
            if refused.reason == "vanished":
                raise _Changed from refused
            yield from self._hand_over(found, [(where, refused)], Fate(found.signature, b"", "refused", 1))

    def _offer_content(self, found: Found, where: str, file: int) -> Iterator[Outcome]:
        try:
            digest = digest_of(file, found.signature, self._settings.max_file_bytes)
        except OSError as error:
            raise Refused("unreadable", where, os.strerror(error.errno or 0)) from error
        fate = self._fates.get(found.path)
        same = fate is not None and fate.digest == digest
        if fate is not None and same and fate.state != "reading":
            # Touched, renamed over by itself, or seen through another mount: nothing in it is new.
            yield from self._hand_over(found, [], Fate(found.signature, digest, fate.state, fate.done, fate.lost))
            yield Outcome(where=where, fate="unchanged")
            return
        done = fate.done if fate is not None and same else 0
        accepted, lost = done > 0, fate is not None and same and fate.lost
        with open(file, "rb", closefd=False) as content:
            place = Place(source=self._source, where=where, key=printable(found.path), name=found.path)
            items = itertools.islice(read_items(content, place, self._readers, self._settings), done, None)
            cut = batches(items)
            batch = next(cut, [])
            while True:
                following = next(cut, None)
                if Signature.of(os.fstat(file)) != found.signature:
                    raise _Changed
                done += len(batch)
                accepted = accepted or any(isinstance(item, Envelope) for _, item in batch)
                lost = lost or any(isinstance(item, Refused) for _, item in batch)
                whole = accepted or (done > 0 and not lost)  # where all was skipped, there is nothing to put right
                state: State = "reading" if following else "accepted" if whole else "refused"
                yield from self._hand_over(found, batch, Fate(found.signature, digest, state, done, lost))
                if following is None:
                    return
                batch = following

    def _hand_over(self, found: Found, batch: list[Item], fate: Fate) -> Iterator[Outcome]:
        """Offer a batch together with the file's new fate. Raises _Changed, where another process dealt with it."""
        new = {found.path: fate}
        try:
            yield from hand_over(batch, self._inbox, self._stop, [self._fates.moving(new)])
        except Stale:
            yield from self._learn(lambda: self._fates.reload(found.path))
            if self._fates.get(found.path) != fate:
                raise _Changed from None
            # Our own offer, whose answer was lost, was applied after all.
            for where, item in batch:
                yield outcome_of(where, item)
        self._fates.moved(new)

    def _forget(self, paths: list[str]) -> Iterator[Outcome]:
        """Files that are gone need no fate. Where the store has another past, it keeps what it has."""
        for start in range(0, len(paths), 500):
            new: dict[str, Fate | None] = dict.fromkeys(paths[start : start + 500])
            with suppress(Stale):
                yield from hand_over([], self._inbox, self._stop, [self._fates.moving(new)])
            self._fates.moved(new)

    def _learn(self, ask: Callable[[], object]) -> Iterator[Outcome]:
        """Ask the store until it answers."""
        said = False
        while True:
            try:
                ask()
                if said:
                    yield Outcome(where="inbox", fate="resumed")
                return
            except TransientError as error:
                if not said:
                    yield Outcome(where="inbox", fate="waiting", detail=f"the store does not answer: {error}")
                said = True
                if self._stop.wait(error.retry_after or TIMES.poll):
                    raise Stopped from error
