"""What an outlet's last texts said, as the ledger keeps it: a ring, and a list of what is known."""

from __future__ import annotations

import pytest

from ingest.inbox.memory import MemoryInbox
from ingest.ledger.buckets import month_of
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS
from ingest.ledger.standing import MOST_KNOWN, PARTS, TEXTS_A_PART, StandingMatter, Voice
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

NOW = 20_000 * DAY_MS
OWN = Voice(77, 77)


class Kept:
    """Standing matter on the memory ledger; `bytes` is what is stored of it."""

    def __init__(self, published: bool = False) -> None:
        self.ledger = MemoryLedger(MemoryInbox(lambda: NOW))
        self.records = Records(View(self.ledger), Keys("main"), LedgerSettings(), published=published)
        self.records.load()
        self.at(NOW)

    def at(self, clock: int) -> StandingMatter:
        self.records.buckets.enter(clock)
        return self.records.standing

    @property
    def bytes(self) -> int:
        writes = self.records.view.writes()
        return sum(len(value) for write in writes if ":stand:" in write.key for value in write.fields.values())


def test_the_titles_of_a_sentence_come_oldest_first() -> None:
    matter = Kept().at(NOW)
    for n in range(20):
        matter.enter(OWN, bytes((n, n + 1)), (5, 1000 + n), NOW)
    titles = [bytes((n, n + 1)) for n in range(20)]
    assert matter.sightings(OWN, (5, 1003, 9), NOW) == {5: titles, 1003: [titles[3]]}
    assert not matter.sightings(Voice(78, 78), (5,), NOW)


def test_of_an_outlet_the_last_texts_are_kept_whatever_it_prints() -> None:
    kept = Kept()
    matter = kept.at(NOW)
    for n in range(1000):
        matter.enter(OWN, bytes((n % 251,)), tuple(range(n, n + 400)), NOW)
    ring = PARTS * TEXTS_A_PART
    seen = matter.sightings(OWN, range(2000), NOW)
    assert len(matter.titles(OWN, NOW)) in range(ring - TEXTS_A_PART + 1, ring + 1)
    assert max(map(len, seen.values())) <= ring
    assert min(seen) > 1000 - ring - 1
    assert kept.bytes <= ring * (3 + 4 * 255) + PARTS * 4


def test_known_are_the_newest_and_all_outlets_of_a_publisher_share_them() -> None:
    matter = Kept().at(NOW)
    north, south = Voice(1, 900), Voice(2, 900)
    matter.learn(north, range(1, 500), NOW)
    matter.learn(south, (499, 500), NOW)
    assert matter.known(south, NOW) == frozenset(range(501 - MOST_KNOWN, 501))
    assert not matter.known(OWN, NOW)


@pytest.mark.parametrize("published", [False, True])
def test_what_is_known_lasts_for_a_month_and_is_renewed_by_being_seen(published: bool) -> None:
    kept = Kept(published)
    kept.at(NOW).learn(OWN, (1, 2), NOW)
    kept.records.standing.enter(OWN, b"a", (1,), NOW)
    later = NOW + 30 * DAY_MS
    assert kept.at(later).known(OWN, later) == {1, 2}
    assert not kept.records.standing.titles(OWN, later)
    kept.records.standing.learn(OWN, (2,), later)
    last = later + 30 * DAY_MS
    assert kept.at(last).known(OWN, last) == {2}
    dropped = {name for _ in range(20) for name in kept.records.buckets.forget()}
    assert any(f":stand:{month_of(NOW)}:" in name for name in dropped) is published
    assert not any(f":stand:{month_of(later)}:" in name for name in dropped)
