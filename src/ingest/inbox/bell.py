"""RQ rings the bell: a `drain` job says that there may be work, never what it is.

What must not be lost is in the inbox; a lost bell costs the two seconds until the next one. A bell's id is
`drain-<partition>-<slot>-<Redis seconds div 2>`, unique and short-lived, because RQ refuses a fixed id for 500 s after
a success, a year after a failure and for ever after a kill (measured on rq 3.0.0). No Retry, no result, one queue.

The job class takes function names from an allow-list and nothing else from the payload: with RQ's own class a JSON
payload naming `os.system` runs it, and a stored callback or webhook is called.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import redis
from rq import Queue, SimpleWorker, Worker
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

QUEUE = "storywire"
DRAIN = "ingest.wiring.drain"
_ALLOWED = frozenset({DRAIN})
BELL_TTL = 10  # seconds: a bell nobody heard in five rounds is noise
FAILURE_TTL = 60  # seconds: long enough to be seen in `rq info`

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
        super().restore(raw_data)


class DrainWorker(SimpleWorker):
    """An RQ worker whose drains see that they are to stop, and which waits at most 2 s for a server that is away.

    A SimpleWorker, not a forking one: what a process has read and prepared is kept from drain to drain, and its parent
    (`ingest process`) sees its death at once.
    """

    max_connection_wait_time = 2.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._leaving = threading.Event()

    def handle_warm_shutdown_request(self) -> None:
        self._leaving.set()

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
    return DrainWorker(
        [queue(client)], name=name, connection=client, job_class=DrainJob, serializer=JSONSerializer, worker_ttl=30
    )


def workers(client: redis.Redis) -> int:
    """RQ workers that listen to the bell, on whatever host."""
    return int(Worker.count(connection=client, queue=queue(client)))


def ring(client: redis.Redis, partition: str) -> int:
    """One bell for each worker there is, at least one; gives how many were new. By Redis TIME, never a host's clock.

    Raises redis.RedisError where the server is away: the caller rings again two seconds later.
    """
    seconds, _ = client.time()
    target = queue(client)
    new = 0
    for slot in range(max(1, workers(client))):
        try:
            target.enqueue_call(
                DRAIN,
                args=(partition,),
                timeout=-1,
                ttl=BELL_TTL,
                result_ttl=0,
                failure_ttl=FAILURE_TTL,
                job_id=f"drain-{partition}-{slot}-{seconds // 2}",
                description=f"drain {partition}",
                unique=True,
            )
            new += 1
        except DuplicateJobError:
            continue
    return new
