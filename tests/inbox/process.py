"""A worker in a process of its own: `python process.py URL NAME [BEAT [GUARD]]`, in seconds; ends with the inbox."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

sys.path.insert(0, str(Path(__file__).parents[1]))

from ingest.inbox.heartbeat import Heartbeat
from ingest.inbox.reader import RedisReader
from ingest.inbox.turn import Worker
from ingest.ledger.keys import Keys
from ingest.ledger.redis import RedisLedger
from ingest.settings import InboxSettings
from trivial import KeysOnly


def main(url: str, name: str, beat: str = "1", guard: str = "20") -> None:
    client = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), protocol=2, socket_timeout=30)
    keys = Keys("main")
    settings = InboxSettings(batch=8, hang_beats=4)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = Worker(
        RedisReader(client, keys, settings),
        KeysOnly(RedisLedger(client, keys), keys),
        settings,
        name=lambda: f"{name}:{os.getpid()}:{os.urandom(3).hex()}",
        life=f"{name}:{os.getpid()}",
        heartbeat=lambda *args, **more: Heartbeat(*args, every=float(beat), guard=float(guard), **more),
    )
    worker.run(stop.is_set, until_empty=True)


main(*sys.argv[1:])
