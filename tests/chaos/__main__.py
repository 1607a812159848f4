"""Chaos: `python tests/chaos [SCENARIO] [--seed N]`, or `make chaos SCENARIO=... SEED=...`; prints one page.

Real worker processes on a folder store, a source that writes down what was accepted, and a schedule of bad luck drawn
from a seed. What the verifier reads is the event stream and that file. Exit code 1 where a promise is
broken, 3 where it was kept but later than meant.
Ctrl-C: no more articles and no more bad luck, and the page of what was done so far.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "integration"))  # terminal.py

from day import Day
from page import page
from scenarios import SCENARIOS

from ingest.errors import UsageError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="day", choices=SCENARIOS)
    parser.add_argument("--seed", type=int, help="the same seed: the same articles and schedule (default: any)")
    parser.add_argument("--articles", type=int, help="instead of the scenario's number")
    parser.add_argument("--keep", action="store_true", help="keep the folder also where all is well")
    parser.add_argument("--quiet", action="store_true", help="the page only")
    given = parser.parse_args()
    scenario = SCENARIOS[given.scenario]
    if given.articles:
        scenario = replace(scenario, articles=given.articles)
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    folder = Path(tempfile.mkdtemp(prefix="storywire-chaos-"))

    def say(line: str) -> None:
        if not given.quiet:
            print(line, file=sys.stderr, flush=True)

    say(f"{given.scenario}, seed {seed}, in {folder}")
    try:
        day = Day(scenario, seed, folder, say)
        signal.signal(signal.SIGINT, day.enough)
        outcome = day.run()
    except UsageError as error:
        print(f"chaos {given.scenario}: not run: {error}")
        return 2
    print(page(given.scenario, scenario, outcome, folder))
    if not outcome.broken and not given.keep:
        shutil.rmtree(folder)
    return 1 if outcome.broken else 3 if outcome.slow else 0


if __name__ == "__main__":
    sys.exit(main())
