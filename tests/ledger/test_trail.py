from __future__ import annotations

from ingest.ledger import rows, trail
from ingest.ledger.rows import Ref
from ingest.ledger.trail import KEPT, Step, follow


def walked(*commits: int, heads: str = "h") -> dict[bytes, bytes]:
    """The fields after these commits, each made under the head of the one before."""
    found: dict[bytes, bytes] = {}
    for commit in commits:
        told = (Ref(commit, 7),)
        found[trail.field(commit)] = rows.pack(Step(commit, f"{heads}{commit - 1}".encode(), (commit * 10,), told))
    return found


def test_the_steps_since_ones_own_commit_are_followed_in_order() -> None:
    steps = follow(walked(1, 2, 3, 4), b"h2", 2, 4)
    assert steps is not None
    assert [(step.commit, step.stories) for step in steps] == [(3, (30,)), (4, (40,))]
    assert steps[0].told == (Ref(3, 7),)


def test_the_oldest_step_is_overwritten_and_a_trail_that_is_too_short_tells_nothing() -> None:
    found = walked(*range(1, KEPT + 2))
    assert len(found) == KEPT
    steps = follow(found, b"h1", 1, KEPT + 1)
    assert steps is not None
    assert len(steps) == KEPT
    assert follow(found, b"h0", 0, KEPT + 1) is None


def test_the_trail_of_another_history_leads_nowhere() -> None:
    assert follow(walked(1, 2, 3, heads="after the failover "), b"h2", 2, 3) is None
    assert follow(walked(1, 2), b"h2", 2, 3) is None  # its step was lost
    assert follow(walked(1, 2, 3), b"h3", 3, 2) is None  # the store is older than one's own last commit
    assert follow(walked(1, 2, 3), b"h3", 3, 3) is None  # the head moved without a commit
