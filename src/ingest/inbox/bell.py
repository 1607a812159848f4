"""RQ rings the bell: a `drain` job says that there may be work, never what it is.

What must not be lost is in the inbox; a lost bell costs the two seconds until the next one. A bell's id is
`drain-<partition>-<slot>-<Redis seconds div 2>`, unique and short-lived, because RQ refuses a fixed id for 500 s after
a success, a year after a failure and for ever after a kill (measured on rq 3.0.0). No Retry, no result, one queue.

The job class takes function names from an allow-list and nothing else from the payload: with RQ's own class a JSON
payload naming `os.system` runs it, and a stored callback or webhook is called.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY

from ingest.errors import StoreError
from ingest.inbox.patient import PatientWorker

QUEUE = "storywire"
DRAIN = "ingest.wiring.drain"
_ALLOWED = frozenset({DRAIN})
BELL_TTL = 10  # seconds: a bell nobody heard in five rounds is noise
FAILURE_TTL = 60  # seconds: long enough to be seen in `rq info`
MOST_BELLS = 64  # in one ring, and kept while nobody hears: one worker decides at a time, 64 are awake soon enough

_stop: contextvars.ContextVar[Callable[[], bool]] = contextvars.ContextVar("stop")


def stopping() -> bool:
    """Whether the worker that runs this job has been asked to leave. Outside a worker, never."""
    return _stop.get(_never)()


def _never() -> bool:
    return False


class DrainJob(Job):
    """A job that can be nothing but a drain."""

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in _ALLOWED:
            raise ValueError(f"refused: {self.func_name!r} is not a Storywire job")
        found: Callable[..., Any] = import_attribute(self.func_name)
        return found

    def restore(self, raw_data: Any) -> None:
        for name in ("success_callback_name", "failure_callback_name", "stopped_callback_name", "webhooks"):
            raw_data.pop(name, None)
            raw_data.pop(name.encode(), None)
        try:
            super().restore(raw_data)
        except Exception as error:  # a hash that RQ cannot read would end the worker; this one it passes over
            raise NoSuchJobError(f"{self.id!r} is no job: {error}") from error
        # As `ring` makes them, whatever stands there: a time too large for a timer is an error in RQ.
        self.timeout, self.ttl, self.result_ttl, self.failure_ttl = -1, BELL_TTL, 0, FAILURE_TTL


class DrainWorker(PatientWorker):
    """An RQ worker whose drains see that they are to stop, and which waits at most 2 s for a server that is away.

    A SimpleWorker, not a forking one: what a process has read and prepared is kept from drain to drain, and its parent
    (`ingest process`) sees its death at once. Queue, job class and serializer are ours whatever `rq worker` was told:
    its defaults would unpickle what stands in Redis. Raises ValueError for another queue than `storywire`.
    """

    max_connection_wait_time = 2.0
    unfit: StoreError | None = None
    """Why this worker must not work here, once a drain has found that out; it then leaves by itself."""

    def __init__(self, queues: Any, *, connection: redis.Redis, **kwargs: Any) -> None:
        asked = [each if isinstance(each, str) else each.name for each in queues]
        if asked != [QUEUE]:
            raise ValueError(f"this worker listens to the queue {QUEUE} alone, not to {', '.join(asked)}")
        kwargs |= {"queue_class": Queue, "job_class": DrainJob, "serializer": JSONSerializer}
        super().__init__([queue(connection)], connection=connection, **kwargs)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1]
        if isinstance(error, StoreError):
            self.unfit = error
            self._stop_requested = True
        else:
            super().handle_exception(job, *exc_info)

    def execute_job(self, job: Job, queue: Queue) -> None:
        token = _stop.set(self._leaving.is_set)
        try:
            super().execute_job(job, queue)
        finally:
            _stop.reset(token)


def queue(client: redis.Redis) -> Queue:
    """The one queue of an installation."""
    return Queue(QUEUE, connection=client, job_class=DrainJob, serializer=JSONSerializer)


def worker(client: redis.Redis, name: str) -> DrainWorker:
    """An RQ worker on that queue alone: with two queues RQ loses jobs between its two lists."""
    return DrainWorker([QUEUE], name=name, connection=client, worker_ttl=30)


def workers(client: redis.Redis) -> int:
    """RQ workers that listen to the bell, on whatever host. One that was killed counts until RQ's own key of it has run
    out (90 s idle, 480 s in a drain), unless its parent has told (`bury`); RQ lists it for 15 minutes."""
    keys = Worker.all_keys(connection=client, queue=queue(client))
    return int(client.exists(*keys)) if keys else 0


def bury(client: redis.Redis, prefix: str) -> int:
    """Strike the workers whose names begin so from RQ's lists: they are dead. Gives how many there were."""
    target = queue(client)
    mark = Worker.redis_worker_namespace_prefix + prefix
    gone = [key for key in Worker.all_keys(connection=client, queue=target) if key.startswith(mark)]
    if gone:
        pipe = client.pipeline(transaction=True)
        pipe.srem(REDIS_WORKER_KEYS, *gone)
        pipe.srem(WORKERS_BY_QUEUE_KEY % target.name, *gone)
        pipe.delete(*gone)
        pipe.execute()
    return len(gone)


def ring_once(client: redis.Redis, partition: str, name: str) -> None:
    """A bell for a worker that has just begun: whatever slot its forerunner died in is still taken for some seconds.

    Raises redis.RedisError.
    """
    _enqueue(queue(client), partition, f"drain-{partition}-{name}")


def ring(client: redis.Redis, partition: str) -> int:
    """One bell for each worker there is, at least one; gives how many were new. By Redis TIME, never a host's clock.

    Raises redis.RedisError where the server is away: the caller rings again two seconds later.
    """
    target = queue(client)
    keys = [WORKERS_BY_QUEUE_KEY % target.name]
    begins = f"{Job.redis_job_namespace_prefix}drain-{partition}-"
    seconds, listening, *slots = client.register_script(_missing())(keys, [begins, MOST_BELLS])
    if slots and not listening:  # bells that nobody hears leave their ids in the list
        client.ltrim(target.key, -MOST_BELLS, -1)
    new = 0
    for slot in slots:
        try:
            _enqueue(target, partition, f"drain-{partition}-{slot}-{seconds // 2}")
            new += 1
        except DuplicateJobError:  # somebody else's, since we looked
            continue
    return new


@cache
def _missing() -> bytes:
    return (Path(__file__).parent / "bells.lua").read_bytes()


def _enqueue(target: Queue, partition: str, bell: str) -> None:
    target.enqueue_call(
        DRAIN,
        args=(partition,),
        timeout=-1,
        ttl=BELL_TTL,
        result_ttl=0,
        failure_ttl=FAILURE_TTL,
        job_id=bell,
        description=f"drain {partition}",
        unique=True,
    )
