"""What is taken back is told and counted alike in memory and on every server."""

from __future__ import annotations

from functools import partial

from ingest.decide.desk import Desk, Tools
from ingest.events.describe import describe
from ingest.events.event import Event, decode
from ingest.inbox import envelope
from ingest.inbox.port import Item, Turn
from ingest.model import Accepted, Envelope, Stamp, Withdrawal, WithdrawnBy
from ingest.normalise import normalise
from ingest.settings import EventSettings, LedgerSettings
from places import Place
from rehearsal import NOW, Rehearsal, background

FLOOD = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre."
)


def article(key: str, more: str = "") -> Envelope:
    return Envelope(key=key, source="t", title="River Mur floods Graz", text=FLOOD + more, outlet=f"Outlet {key}")


def take_back(key: str, by: WithdrawnBy = "notice") -> Envelope:
    withdrawal = Withdrawal(by=by, reason="Kill" if by == "notice" else None)
    return Envelope(key=key, source="t", text="", published=Stamp(NOW), withdraws=withdrawal)


NEXT = article("a", " Police found the body of a 54-year-old man in a car park.")
BEFORE = [take_back("early"), article("a"), article("b"), take_back("a"), take_back("a", "gone")]
AFTER = [article("early"), article("a"), take_back("a"), NEXT, article("c"), take_back("a", "gone"), take_back("late")]


def names(raw: list[bytes]) -> list[tuple[str, str, str, str, object]]:
    """What of an event no clock has a say in."""

    def of(event: Event) -> tuple[str, str, str, str, object]:
        return event.type, event.id, event.subject, event.sequence, event.story.counts

    return [of(decode(one)) for one in raw]


def run(place: Place, desk: Desk, offers: list[Envelope]) -> None:
    place.inbox.offer(offers)
    found = place.reader.read("w", 100, 0)
    accepted = [Accepted(entry, int(entry.split("-")[0]), envelope.decode(payload)) for entry, payload in found]
    items = tuple(Item(one.entry, one, desk.prepare(one)) for one in accepted)
    assert desk.commit(desk.decide(Turn("w", place.head(), items))).status == "ok"


def test_withdrawals_are_told_and_counted_alike_everywhere(place: Place) -> None:
    tools = Tools(
        normalise=normalise,
        describe=partial(describe, settings=EventSettings()),
        background=background(),
        ledger_settings=LedgerSettings(),
    )
    place.reader.enlist("w")
    run(place, Desk(place.ledger, place.keys, tools), BEFORE)
    assert place.inbox.balance().counters.noted == 1
    run(place, Desk(place.ledger, place.keys, tools), AFTER)
    rehearsal = Rehearsal()
    rehearsal.run([*BEFORE, *AFTER])
    assert names(place.events()) == names(rehearsal.ledger.events)
    balance, counters = place.inbox.balance(), rehearsal.inbox.balance().counters
    assert balance.holds
    for name in ("decided", "opened", "updated", "repeated", "withdrawn", "noted", "seen", "dead"):
        assert getattr(balance.counters, name) == getattr(counters, name), name
    assert (counters.withdrawn, counters.noted, counters.seen) == (3, 1, 3)
