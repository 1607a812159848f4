"""Stories of the labelled sets in seconds, without the desk: `python tests/quality/stand_in.py [SET ...]`, for sweeps.

`story_sets.Replay` calls the functions of placement in the product's order; relation, normaliser and the ledger's
windows are not in it. What counts is `make quality`; a test there says that the two agree.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import fmean

sys.path.append(str(Path(__file__).resolve().parents[1]))  # labelled.py, rehearsal.py

import story_runs as runs
import story_sets as sets

from ingest import background


def main(names: list[str]) -> None:
    words = background.load()
    for name in names or [name for name in runs.RUNS if name != "mixture"]:
        scores = [sets.evaluate(runs.items(name, order), words) for order in runs.orders(name)]
        f1s = [score.f1 for score in scores]
        p, r = fmean(score.precision for score in scores), fmean(score.recall for score in scores)
        spread = f"({min(f1s):.3f} to {max(f1s):.3f}), largest {scores[0].largest}"
        print(f"{name:18} P {p:.4f} R {r:.4f} F1 {fmean(f1s):.4f} {spread}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
