"""`make farm`: a fortnight of 2,000 feeds, and what came of it. Exit code 1 where a feed or a host was wronged."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "sources"))  # virtual_time.py

from farm_verdict import page, verdict
from fortnight import play
from plan import planned

from ingest.settings import Settings
from ingest.store import open_store
from ingest.wiring import readers


def main() -> int:
    parser = argparse.ArgumentParser(prog="make farm", description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--days", type=float, default=14.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    feeds = planned(given.feeds, given.days, given.seed)
    with (
        tempfile.TemporaryDirectory(prefix="sw-farm-") as folder,
        open_store(Path(folder) / "var") as store,
        readers(Settings()) as reading,
    ):
        run = play(given.feeds, given.days, given.seed, store.client(), reading, feeds)
    found = verdict(run)
    print(page(run, found))
    return 0 if found.sound else 1


if __name__ == "__main__":
    sys.exit(main())
