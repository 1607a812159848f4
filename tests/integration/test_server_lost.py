"""Workers outlive their server: killed again and again in the middle of their work, and started anew by the guard."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import redis
from terminal import Start, all_decided_once, decided, offer, until

from ingest.wiring import Installation


def test_no_process_ends_when_the_server_is_killed_under_it(
    start: Start, installation: Installation, store_folder: Path
) -> None:
    count, kills = 300, 3
    offer(installation, count)
    process = start("process", "--workers", "2", "--store", store_folder, INGEST_INBOX__BATCH="8")

    def told() -> int:
        with suppress(redis.RedisError):
            return decided(installation)
        return 0

    until(lambda: told() > 20 and len(process.children()) == 2, "the first articles")
    children = process.children()
    for _ in range(kills):
        before = told()
        os.kill(installation.client.info("server")["process_id"], signal.SIGKILL)
        until(lambda before=before: told() > before + 20, "more articles, by a server started again")
    until(lambda: told() == count, "all decided")
    assert process.children() == children
    assert process.process.poll() is None
    process.process.send_signal(signal.SIGTERM)
    assert process.process.wait(30) == 0
    all_decided_once(installation, count)
