"""The composition root: the only place that reads the environment and builds clients, stores and workers."""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import redis
import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableVariable

from ingest import background, faults, meaning, pipeline, spelling, telemetry
from ingest.decide.case import Prepared
from ingest.decide.desk import Desk, Tools
from ingest.decide.made import Made
from ingest.delivery import Delivery
from ingest.errors import SettingsError, StoreError, UsageError
from ingest.events.describe import describe
from ingest.extraction.child import limit_memory
from ingest.extraction.jail import Cell, Cells, Jail
from ingest.extraction.plain import decode, read_plain
from ingest.inbox import bell
from ingest.inbox.note import Note
from ingest.inbox.port import Balance
from ingest.inbox.reader import RedisReader, bereave
from ingest.inbox.redis import RedisInbox
from ingest.inbox.turn import Worker
from ingest.ledger import upgrade
from ingest.ledger.keys import Keys
from ingest.ledger.partition import Partition, as_made, open_partition
from ingest.ledger.records import Records
from ingest.ledger.redis import RedisLedger
from ingest.ledger.view import View
from ingest.meaning import Meaning
from ingest.model import Accepted, Decision, Envelope, Normalised, Told
from ingest.normalise import normalise
from ingest.normalise.urls import canonical, registered_domain
from ingest.settings import PREFIX, Settings
from ingest.sources.entries import PARSER as FEEDS
from ingest.sources.entries import Parsed
from ingest.sources.port import Readers
from ingest.sources.wire import READER as WIRE
from ingest.store import Store, open_store
from ingest.stories.publishers import Publishers
from ingest.versions import versions

log = structlog.get_logger()

CONFIG = Path("config/ingest.toml")


def read_settings(config: Path | None = None, **given: Any) -> Settings:
    """The settings; `given` are those of the command line and win. Raises SettingsError that names what is wrong."""
    file = config or (CONFIG if CONFIG.is_file() else None)
    if config is not None and not config.is_file():
        raise SettingsError(f"{config}: no such file")
    for said in spelling.misspelt(os.environ):
        raise SettingsError(said)
    return _settings(file, given)


def inherited_settings() -> Settings:
    """Those of a process that a parent has started: all stand in the environment, and a file may have changed since."""
    return _settings(None, {})


def _settings(file: Path | None, given: dict[str, Any]) -> Settings:
    try:
        bound = type("Settings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": file}})
        found: Settings = bound(**{name: value for name, value in given.items() if value is not None})
        return found
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except UnreadableVariable as error:
        said = spelling.unreadable(os.environ) or f"{error} (a table's settings are INGEST_TABLE__NAME)"
        raise SettingsError(f"the environment: {said}") from None
    except ValidationError as error:
        raise SettingsError(_wrong(error.errors()[0], file)) from None


def _wrong(error: ErrorDetails, file: Path | None) -> str:
    parts = [str(part) for part in takewhile(lambda part: isinstance(part, str), error["loc"])]  # not into a list
    name, variable = ".".join(parts), PREFIX + "__".join(parts).upper()
    if error["type"] == "extra_forbidden":
        if len(parts) == 1 and isinstance(error["input"], dict):  # a whole table: its first setting tells more
            parts += list(error["input"])[:1]
        given = next((each for each in os.environ if each.upper() == variable), "")
        return spelling.unknown(parts, variable=given, file=str(file or ""))
    where = f"{f'in {file}, ' if file else ''}in the environment ({variable}) or on the command line"
    return f"setting {name}: {error['msg'].removeprefix('Value error, ')} (it may stand {where})"


WARMING = "The first sentence of the day is read by nobody. It only makes sure that every model is loaded in time."


@dataclass
class Installation:
    """A store, opened, with one partition of it. Close it when done; children open their own."""

    settings: Settings
    store: Store
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys(self.settings.partition.name)

    @cached_property
    def client(self) -> redis.Redis:
        """For this thread's short calls."""
        return self.store.client()

    @cached_property
    def faults(self) -> faults.Armed:
        """Those that a test asked for: none, unless INGEST_FAULT is set."""
        armed = faults.Armed(faults.parse(self.settings.fault))
        if self.settings.fault:
            log.warning("fault.armed", fault=self.settings.fault, hint="this process is to fail: unset INGEST_FAULT")
        return armed

    @cached_property
    def meaning(self) -> Meaning | None:
        """The model that the settings name. Raises SettingsError where it is not there."""
        return meaning.load(self.settings.stories.semantic)

    @cached_property
    def partition(self) -> Partition:
        """Made where it is not there yet. Raises StoreError where another version made it."""
        return self.open_partition()

    def open_partition(self) -> Partition:
        """As `partition`, looked at anew."""
        stored = self.client.hget(self.keys.meta, "clock")
        clock = self.settings.partition.clock
        if isinstance(stored, bytes) and "clock" not in self.settings.partition.model_fields_set:
            clock = stored.decode()
        return open_partition(self.client, self.keys, clock=clock, versions=versions(self.meaning))

    @cached_property
    def as_made(self) -> Partition:
        """The partition to look at, also where other thresholds made it."""
        return as_made(self.client, self.keys)

    def upgrade(self, *, force: bool, act: bool) -> upgrade.Plan:
        """What taking the partition over under this version means; done where `act`. Raises StoreError."""
        made = as_made(self.client, self.keys)
        now = versions(self.meaning)
        plan = upgrade.plan(self.client, made, now, self.records)
        if act and plan.changes:
            if (listening := bell.workers(self.client)) and not force:
                raise StoreError(upgrade.alive(made.name, listening))
            upgrade.take_over(self.client, self.keys, plan, now, force=force)
        return plan

    def balance(self) -> Balance:
        """Counters and sizes, of one moment."""
        return RedisInbox(self.client, self.keys, self.settings.inbox).balance()

    def kept_of(self, source: str, name: str) -> bytes | None:
        """What a source keeps under a name, to look at; also where another version made the partition."""
        return RedisInbox(self.client, self.keys, self.settings.inbox).progress(source, [name]).get(name)

    @property
    def exists(self) -> bool:
        """Whether anything was ever offered to this partition here."""
        return bool(self.client.exists(self.keys.meta))

    def counted(self) -> dict[str, int]:
        """Every counter of the partition, the workers' times by stage among them; none where it is not made yet."""
        stored: Any = self.client.hgetall(self.keys.counters)
        return {name.decode(): int(count) for name, count in stored.items()}

    def inbox(self) -> RedisInbox:
        self.partition  # noqa: B018 -- made, or refused, before the first offer
        return RedisInbox(self.client, self.keys, self.settings.inbox, faults=self.faults)

    def intake(self) -> pipeline.Belled:
        """The inbox as sources use it: each offer rings the bell."""
        return pipeline.Belled(self.inbox(), self.ring)

    def ring(self) -> None:
        """Ring the bell; a lost one costs two seconds, so a server that is away is no error here."""
        self.faults("before-bell")
        try:
            bell.ring(self.client, self.keys.partition)
        except redis.RedisError as error:
            log.warning("bell.failed", error=str(error))

    def records(self) -> Records:
        """For looking at what is there; nothing is written through it."""
        ledger = RedisLedger(self.client, self.keys)
        published = self.as_made.clock == "published"
        found = Records(View(ledger), self.keys, self.settings.ledger, published=published)
        found.load()
        return found

    def desk(self, client: redis.Redis, settled: Callable[[Made], None] = lambda made: None) -> Desk:
        table = Path(self.settings.word_table) if self.settings.word_table else None
        tools = Tools(
            normalise=self._normalise,
            describe=self._describe,
            background=background.load(table),
            ledger_settings=self.settings.ledger,
            timer=time.perf_counter,
            published=self.partition.clock == "published",
            ordered=self.settings.partition.ordered,
            publishers=Publishers(self.settings.stories.publishers),
            meaning=self.meaning,
        )
        ledger = RedisLedger(client, self.keys, stamp=self.partition.stamp, faults=self.faults)
        return Desk(ledger, self.keys, tools, settled)

    def _normalise(self, accepted: Accepted) -> Normalised:
        self.faults("prepare", accepted.envelope.key)
        return normalise(accepted)

    def _describe(self, decision: Told) -> bytes:
        if isinstance(decision, Decision):
            self.faults("decide", decision.article.key)
        return describe(decision, settings=self.settings.events)

    def worker(self) -> Worker[Prepared, Made]:
        """A worker of this process. Its consumer names carry the process id: the parent can tell of its death."""
        client = self.store.client()
        prefix = consumer_prefix(os.getpid())
        desk = self.desk(client, self._settled)
        # The first article loads models and tables: here, not while articles are held and a hang is counted.
        desk.prepare(Accepted("0-0", 0, Envelope(key="", source="", title="Warming up", text=WARMING)))
        worker = Worker(
            RedisReader(client, self.keys, self.settings.inbox),
            desk,
            self.settings.inbox,
            name=lambda: f"{prefix}{os.urandom(4).hex()}",
            life=f"{prefix}{os.urandom(8).hex()}",
            faults=self.faults,
            log=lambda event, fields: log.info(event, **fields),
        )
        desk.moving, desk.deciding, desk.ledger.meanwhile = worker.touch, worker.deciding, worker.prepare_one
        return worker

    def _settled(self, made: Made) -> None:
        telemetry.dispose(self.keys.partition, made.dispositions)

    def bereave(self, pid: int, busy_with: str) -> None:
        """A child with this process id is dead, and was busy with this entry: what it held may be claimed now, and no
        bell is rung for it."""
        bereave(self.client, self.keys, consumer_prefix(pid), busy_with)
        bell.bury(self.client, consumer_prefix(pid))

    def close(self) -> None:
        self.store.close()


def consumer_prefix(pid: int) -> str:
    return f"{socket.gethostname()}-{pid}-"


def _store(settings: Settings, make: bool = True) -> Store:
    return open_store(
        settings.store,
        server=settings.server,
        fsync="always" if settings.fsync == "always" else "everysec",
        private_network=settings.private_network,
        make=make,
    )


@contextmanager
def opened(settings: Settings, *, make: bool = True) -> Iterator[Installation]:
    """Closed at the end. Raises StoreError: NoStore for a folder without one, unless it may `make` it."""
    store = _store(settings, make)
    installation = Installation(settings, store)
    for finding in store.findings:
        log.warning("store.finding", store=store.name, finding=finding.message)
    try:
        yield installation
    finally:
        installation.close()


@contextmanager
def readers(settings: Settings) -> Iterator[Readers]:
    """How bytes become text; pages, feeds and deliveries are read in child processes that end with this. There may be
    one of each kind a processor; they are started when so many threads read at once."""
    limits = settings.extraction
    many = min(os.cpu_count() or 1, _MAX_CELLS)
    feeds = Cells([Cell(FEEDS, Parsed, limits.feed_deadline_seconds, limits.memory_mb) for _ in range(many)])
    wires = Cells([Cell(WIRE, Delivery, limits.feed_deadline_seconds, limits.memory_mb) for _ in range(many)])
    pages = Cells([Jail(limits) for _ in range(many)])
    with pages, feeds, wires:
        yield Readers(
            html=pages.read,
            plain=read_plain,
            decode=decode,
            canonical=canonical,
            domain=registered_domain,
            feed=feeds.read,
            wire=wires.read,
            at_once=many,
        )


_MAX_CELLS = 8


# -- worker processes


def work(settings: Settings, parent: int, descriptor: int) -> None:
    """Be an RQ worker until told to stop: the body of a child of `ingest process`, whose process id is `parent`, and
    which reads from the file with the descriptor `descriptor` what this process was busy with when it died."""
    telemetry.configure(settings.log)
    _end_with(parent)
    os.environ[STORE_VARIABLE] = settings.store
    process = _process()
    process.worker.note_to(Note(descriptor))
    installation, name = process.installation, consumer_prefix(os.getpid()) + os.urandom(4).hex()
    limit_memory(settings.inbox.memory_mb)
    with suppress(redis.RedisError):  # the parent rings every two seconds
        bell.ring_once(installation.client, installation.keys.partition, name)
    worker = bell.worker(installation.store.client(timeout=None), name)
    worker.work(logging_level="WARNING")
    installation.close()
    if worker.unfit is not None:
        raise worker.unfit


def drain(partition: str) -> dict[str, int]:
    """The one RQ job: decide what is in the inbox, for five seconds at most. In any RQ worker with our job class, whose
    store is named by INGEST_STORE."""
    process = _process()
    if partition != process.installation.keys.partition:
        raise UsageError(f"this worker is for partition {process.installation.keys.partition}, not {partition}")
    report = pipeline.drain(process.worker, process.installation.settings.inbox.drain_seconds, bell.stopping)
    return {"settled": report.settled, "dead": report.dead, "batches": report.batches}


STORE_VARIABLE = "INGEST_STORE"
CLOCK_VARIABLE = "INGEST_PARTITION__CLOCK"


@dataclass(frozen=True)
class _Process:
    installation: Installation
    worker: Worker[Prepared, Made]


@cache
def _process() -> _Process:
    """What this process keeps from drain to drain: the store, and the worker with what it has read and prepared."""
    settings = read_settings()
    installation = Installation(settings, _store(settings))
    worker = installation.worker()
    calm_collector()
    return _Process(installation, worker)


def calm_collector() -> None:
    """For the process of a worker or a fetcher. What is loaded by now stays, and the garbage of articles is freed by
    counting; looking for cycles through all of it after every 700 new objects took a tenth of a worker's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _end_with(parent: int) -> None:
    """A child whose parent was killed ends too: nobody would replace it, and it would hold the store open. The parent
    tells its id: it may be gone before the child can ask for it."""

    def watch() -> None:
        while os.getppid() == parent:
            if threading.Event().wait(PARENT_SECONDS):
                return
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


PARENT_SECONDS = 1.0
