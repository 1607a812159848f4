"""Deliveries overtake one another: a version that comes after the kill of a later one stays taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ingest import identity
from ingest.decide import withdraw
from ingest.ledger.rows import DAY_MS
from ingest.model import Decision, Envelope, Stamp, Withdrawal, Withdrawn
from rehearsal import NOW, Rehearsal
from wire_files import items

FIRE = (
    "A fire broke out in a warehouse at the port of Vardo on Monday evening, the fire brigade said. "
    "Forty men were fighting it from two ships, and the road along the harbour was closed to traffic. "
    "Nobody was hurt, and the cause was not known, said the head of the brigade, Anna Moe."
)
BLAME = "The owner of the warehouse, Per Aas, set it alight himself, a neighbour said."
OTHER = "Flames over the harbour: neighbours film the burning hall while ferries turn back to Kirkenes for the night."
KEY = "wire:1"


def version(number: int | None, text: str, title: str = "Warehouse burns at port of Vardo") -> Envelope:
    follows = (KEY,) if number is not None and number > 1 else ()
    return Envelope(key=KEY, source="wire", title=title, text=text, outlet="NW", numbered=number, follows=follows)


def kill(number: int | None, reason: str = "Kill") -> Envelope:
    said = Withdrawal(by="notice", reason=reason)
    return Envelope(key=KEY, source="wire", text="", published=Stamp(NOW), withdraws=said, numbered=number)


FIRST, SECOND, FOURTH = version(1, FIRE), version(2, f"{FIRE} {BLAME}"), version(4, f"{FIRE} It was out by ten.")
COPY = Envelope(key="copy", source="t", title="Fire at Vardo", text=SECOND.text, outlet="Courier")


def told(rehearsal: Rehearsal) -> list[Withdrawn]:
    return [withdrawn for made in rehearsal.made for withdrawn in made.withdrawals]


def after(*envelopes: Envelope) -> tuple[Rehearsal, list[Decision]]:
    rehearsal = Rehearsal()
    return rehearsal, rehearsal.run(envelopes)


def is_quiet(late: Decision, first: Decision) -> bool:
    """In the story of what was taken back, without a word of its text."""
    delta = late.delta
    silent = not (delta.added or delta.removed or delta.figures or delta.headline) and late.relation.late
    return late.type == "story.repeated" and late.story.id == first.story.id and silent and not late.supersedes


def test_a_version_below_the_one_that_was_killed_stays_taken_back() -> None:
    rehearsal, (first,) = after(FIRST, kill(3))
    (late,) = rehearsal.run([SECOND])
    assert is_quiet(late, first)
    assert late.relation.why[-2:] == (
        "The version before was taken back: by a notice, 'Kill'.",
        "Its source numbers it no higher than what was taken back: it stays so.",
    )
    assert (late.version_number, late.story.counts.withdrawn, late.story.counts.texts) == (2, 2, 0)
    assert not any(b"Per Aas" in event for event in rehearsal.ledger.events)
    assert rehearsal.run([SECOND, FIRST, kill(3)]) == []
    assert rehearsal.inbox.balance().holds


def test_so_does_the_next_that_is_late_and_a_copy_of_it_is_a_copy_of_what_was_taken_back() -> None:
    rehearsal, (first,) = after(FIRST, kill(3))
    late = rehearsal.run([SECOND, version(3, f"{FIRE} {BLAME} He denied it."), version(2, OTHER)])
    assert all(is_quiet(one, first) for one in late)
    (copy,) = rehearsal.run([COPY])
    assert (copy.type, copy.delta.added, copy.story.counts.texts) == ("story.repeated", (), 0)
    assert copy.relation.why[-1] == "What it copies was taken back by a notice."
    (again,) = rehearsal.run([FOURTH])
    assert (again.type, again.story.counts.texts, again.relation.late) == ("story.updated", 1, False)


def test_a_first_version_in_other_words_than_what_was_killed_stays_taken_back_too() -> None:
    rehearsal, (second,) = after(SECOND, kill(3))
    (late,) = rehearsal.run([version(1, OTHER, "Flames over the harbour")])
    assert is_quiet(late, second)
    assert late.relation.rule == "linked"


@pytest.mark.parametrize(("killed", "number"), [(3, 4), (None, 2), (3, None)])
def test_a_version_above_the_kill_or_without_a_number_on_either_side_stands(killed: int | None, number: int) -> None:
    rehearsal, _ = after(FIRST, kill(killed))
    (again,) = rehearsal.run([version(number, f"{FIRE} It was out by ten.")])
    assert (again.type, again.story.counts.texts, again.story.counts.withdrawn) == ("story.updated", 1, 1)


def test_a_kill_that_waits_for_its_article_takes_back_no_version_above_it() -> None:
    rehearsal, (fourth,) = after(kill(3), FOURTH)
    assert (fourth.type, told(rehearsal), rehearsal.inbox.balance().counters.noted) == ("story.opened", [], 1)
    rehearsal, (second,) = after(kill(3), SECOND)
    assert [one.article.version for one in told(rehearsal)] == [1]
    (first,) = rehearsal.run([FIRST])
    assert is_quiet(first, second)


def test_another_notice_is_told_of_all_and_a_page_gone_is_not() -> None:
    rehearsal, _ = after(FIRST, kill(3), SECOND)
    gone = msgspec.structs.replace(kill(None), withdraws=Withdrawal(by="gone"))
    assert rehearsal.run([gone, kill(5, "Kill, legal")]) == []
    assert [one.reason for one in told(rehearsal)] == ["Kill", "Kill, legal"]
    (late,) = rehearsal.run([FOURTH])
    assert late.relation.late


def test_where_its_story_has_ended_it_is_noted_and_nothing_told() -> None:
    rehearsal, _ = after(FIRST, kill(3))
    rehearsal.now += 20 * DAY_MS
    assert rehearsal.run([SECOND]) == []
    balance = rehearsal.inbox.balance()
    assert (len(rehearsal.ledger.events), balance.counters.noted, balance.holds) == (2, 1, True)
    assert rehearsal.run([SECOND]) == []
    assert rehearsal.inbox.balance().counters.seen == 1


def ninjs(path: Path, number: int, status: str, hour: int) -> None:
    text = FIRE if number == 1 else f"{FIRE} {BLAME}"
    at = f"2026-06-01T{hour}:00:00Z"
    said = {"uri": "urn:a", "version": str(number), "pubstatus": status, "versioncreated": at, "body_text": text}
    (path / f"{number}.ninjs.json").write_text(json.dumps(said))


def g2(path: Path, number: int, status: str, hour: int) -> None:
    text = FIRE if number == 1 else f"{FIRE} {BLAME}"
    about = f"<versionCreated>2026-06-01T{hour}:00:00Z</versionCreated><pubStatus qcode='stat:{status}'/>"
    content = f"<contentSet><inlineData contenttype='text/plain'>{text}</inlineData></contentSet>"
    item = f"<newsItem guid='urn:a' version='{number}'><itemMeta>{about}</itemMeta>{content}</newsItem>"
    (path / f"{number}.g2.xml").write_text(item)


@pytest.mark.parametrize("write", [ninjs, g2])
def test_by_the_agencys_own_files(tmp_path: Path, write: object) -> None:
    assert callable(write)
    for number, status, hour in ((1, "usable", 10), (3, "canceled", 12), (2, "usable", 11)):
        write(tmp_path, number, status, hour)
    by_number = {path.name[0]: path for path in tmp_path.iterdir()}
    stream = [item for number in "132" for _, item in items(by_number[number]) if isinstance(item, Envelope)]
    rehearsal, (first, late) = after(*stream)
    assert [one.numbered for one in stream] == [1, 3, 2]
    assert is_quiet(late, first)
    assert len(told(rehearsal)) == 1


# -- the next kill of an article, in the words of the one before


def timeless(number: int | None, reason: str = "Kill") -> Envelope:
    return msgspec.structs.replace(kill(number, reason), published=None)


@pytest.mark.parametrize("kill_of", [timeless, kill], ids=["without a time", "of one time"])
def test_a_kill_of_a_version_that_came_after_the_first_is_another(kill_of: Callable[[int], Envelope]) -> None:
    third = version(3, f"{FIRE} It was out by ten.")
    stream = [FIRST, kill_of(2), third, kill_of(4)]
    rehearsal, _ = after(*stream)
    assert [(one.article.version, one.reason) for one in told(rehearsal)] == [(1, "Kill"), (2, "Kill")]
    assert told(rehearsal)[-1].story.counts.texts == 0
    assert len({one.event_id for one in told(rehearsal)}) == 2
    assert rehearsal.run([kill_of(4), kill_of(2), *stream]) == []
    assert (len(told(rehearsal)), rehearsal.inbox.balance().holds) == (2, True)
    single = Rehearsal(batch=1)
    single.drop_view_after_each_turn()
    single.run(stream)
    assert single.ledger.events == rehearsal.ledger.events


def test_a_kill_that_waits_and_then_one_of_a_later_version_take_back_what_comes_between() -> None:
    for second in (timeless(4), kill(4, "Kill, legal"), timeless(None)):
        rehearsal, (third,) = after(timeless(2), second, second, version(3, FIRE))
        (taken,) = told(rehearsal)
        assert (taken.story.id, taken.story.counts.texts) == (third.story.id, 0)
        counters = rehearsal.inbox.balance().counters
        assert (counters.noted, counters.withdrawn, counters.seen) == (1, 1, 1)
        assert rehearsal.inbox.balance().holds
    rehearsal, _ = after(timeless(4), timeless(2), version(3, FIRE))
    assert (len(told(rehearsal)), rehearsal.inbox.balance().counters.noted) == (1, 0)


def test_a_notice_that_was_decided_when_its_number_told_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsal = Rehearsal()
    with monkeypatch.context() as before:
        before.setattr(withdraw, "_version", lambda *_: identity.withdrawal_of("notice", "Kill", ""))
        rehearsal.run([FIRST, timeless(2)])
    assert rehearsal.run([timeless(2)]) == []
    assert len(told(rehearsal)) == 1
    rehearsal.run([version(3, f"{FIRE} It was out by ten."), timeless(2)])
    assert (len(told(rehearsal)), rehearsal.inbox.balance().counters.seen) == (1, 2)
    rehearsal.run([timeless(4), timeless(4)])
    assert [one.article.version for one in told(rehearsal)] == [1, 2]


def timeless_ninjs(path: Path, number: int, text: str | None) -> Path:
    said = {"uri": "urn:a", "version": str(number), "firstcreated": "2026-06-01T10:00:00Z", "body_text": text or FIRE}
    file = path / f"{number}.ninjs.json"
    file.write_text(json.dumps(said | {"pubstatus": "usable" if text else "canceled"}))
    return file


def timeless_nitf(path: Path, number: int, text: str | None) -> Path:
    status = "usable" if text else "canceled"
    about = f"<doc-id id-string='urn:a'/><du-key version='{number}'/>"
    head = f"<head><docdata management-status='{status}'>{about}</docdata></head>"
    file = path / f"{number}.xml"
    file.write_text(f"<nitf>{head}<body><body.content><p>{text or FIRE}</p></body.content></body></nitf>")
    return file


@pytest.mark.parametrize("write", [timeless_ninjs, timeless_nitf])
def test_the_agencys_second_kill_without_a_time_of_its_own(
    tmp_path: Path, write: Callable[[Path, int, str | None], Path]
) -> None:
    texts = {1: FIRE, 2: None, 3: f"{FIRE} It was out by ten.", 4: None}
    files = [write(tmp_path, number, text) for number, text in texts.items()]
    stream = [item for file in files for _, item in items(file) if isinstance(item, Envelope)]
    assert len(stream) == 4
    rehearsal, _ = after(*stream)
    assert [one.article.version for one in told(rehearsal)] == [1, 2]
    assert rehearsal.run(stream) == []
