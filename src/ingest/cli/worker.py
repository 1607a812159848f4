"""A worker process of `ingest process` and `ingest replay`: python -m ingest.cli.worker NOTE PARENT.

NOTE is an open descriptor (`inbox.note`), PARENT a process id.

Not a command: it reads the environment that its parent made, and leaves at TERM after the article in hand.
"""

from __future__ import annotations

import sys

import redis

from ingest import wiring
from ingest.errors import IngestError, StoreError
from ingest.inbox.supervisor import UNFIT


def main() -> int:
    try:
        wiring.work(wiring.inherited_settings(), descriptor=int(sys.argv[1]), parent=int(sys.argv[2]))
    except StoreError as error:
        sys.stderr.write(f"worker: {error}\n")
        return UNFIT
    except (IngestError, redis.RedisError) as error:
        sys.stderr.write(f"worker: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
