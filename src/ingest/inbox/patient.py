"""An RQ worker that stays when its server does not answer, is loading, or is full.

RQ's own loop survives a lost server only while it waits for a job; an error at any of its notes before and after one
ends the process (seen at every second kill of a server under load). None of these notes matters here: what is to be
done is in the inbox, and the next bell rings within two seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import redis
import structlog
from rq import Queue, SimpleWorker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job

log = structlog.get_logger()

LOST = (redis.RedisError, InvalidJobOperation, NoSuchJobError)
"""No answer, or one of a server that has lost its last second, and with it the job."""


def _unheard(note: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Make a note that may be lost."""
    try:
        call(*args, **kwargs)
    except LOST as error:
        log.info("worker.unheard", note=note, error=str(error))


class PatientWorker(SimpleWorker):
    """Every call of RQ's loop that asks the server bears no answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leaving = threading.Event()
        super().__init__(*args, **kwargs)

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        # RQ itself waits here for a server that is away; one that is full refuses the pop, which is a write.
        while not self._stop_requested:
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except LOST as error:
                log.info("worker.waiting", error=str(error))
                self.pause(self.max_connection_wait_time)
        return None

    def pause(self, seconds: float) -> None:
        """Between two tries; a worker that is told to stop breaks it off."""
        self._leaving.wait(seconds)

    def handle_warm_shutdown_request(self) -> None:
        self._leaving.set()
        # RQ itself raises where it takes the worker for idle; in the middle of a turn that would pass for an article's
        # error, and the worker would stay until it is killed.
        self._stop_requested = True

    def execute_job(self, job: Job, queue: Queue) -> None:
        _unheard("job", super().execute_job, job, queue)

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        _unheard("heartbeat", super().heartbeat, *args, **kwargs)

    def set_state(self, *args: Any, **kwargs: Any) -> None:
        _unheard("state", super().set_state, *args, **kwargs)

    def check_for_suspension(self, burst: bool) -> None:
        _unheard("suspension", super().check_for_suspension, burst)

    def run_maintenance_tasks(self) -> None:
        _unheard("maintenance", super().run_maintenance_tasks)

    def set_shutdown_requested_date(self) -> None:
        """No note: it is made by the handler of a signal, in the middle of anything, also of another command that holds
        the lock of the connections. Nobody reads it, and a worker must not hang at it when it is told to stop."""

    def register_death(self) -> None:
        _unheard("death", super().register_death)
