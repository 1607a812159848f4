"""`make farm`: a fortnight of 2,000 feeds, and what came of it. Exit code 1 where a feed or a host was wronged."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "sources"))  # virtual_time.py

from farm_verdict import page, verdict
from parts import in_parts


def main() -> int:
    parser = argparse.ArgumentParser(prog="make farm", description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--days", type=float, default=14.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", type=int, default=min(4, os.cpu_count() or 1), help="fetchers, each with its hosts")
    given = parser.parse_args()
    run = in_parts(given.feeds, given.days, given.seed, given.parts)
    found = verdict(run)
    print(page(run, found))
    return 0 if found.sound else 1


if __name__ == "__main__":
    sys.exit(main())
