"""What is remembered of a feed's entries from poll to poll, over years."""

from __future__ import annotations

from ingest.model import Envelope
from ingest.normalise.urls import canonical
from ingest.sources.entries import Entry
from ingest.sources.entry_names import Named, named, title_key
from ingest.sources.feeds import article_of
from ingest.sources.sightings import DAY_MS, Sightings
from ingest.sources.visits import LIMITS, hash_of
from rehearsal import Rehearsal

FEED = "https://daily.example/rss"
START = 20_000 * DAY_MS


class Reader:
    """Polls a feed of made-up entries; `offered` is what came of the last poll."""

    def __init__(self, stored: bytes | None = None) -> None:
        self.stored = stored
        self.offered: list[Envelope] = []

    def poll(self, *entries: Entry, day: float = 0, partial: bool = False) -> list[str]:
        seen = Sightings(self.stored, START + int(day * DAY_MS), partial=partial)
        self.offered = seen.take(named(entries, FEED, FEED, canonical, "Daily"), self._article)
        self.stored = seen.packed()
        return [article.key for article in self.offered]

    @staticmethod
    def _article(each: Named, key: str) -> Envelope:
        return article_of(each, key, FEED, None)


def entry(n: int, text: str = "Text.", *, query: str = "", guid: str | None = None) -> Entry:
    link = f"https://daily.example/{n}{query}"
    return Entry(title=f"Title {n}", summary=text, link=link, id=f"g{n}" if guid is None else guid)


def key(n: int) -> str:
    return f"https://daily.example/{n}"


def test_an_entry_is_offered_once_and_again_when_its_title_or_text_changes() -> None:
    reader = Reader()
    assert reader.poll(entry(2), entry(1)) == [key(2), key(1)]
    assert reader.poll(entry(2), entry(1)) == []
    assert reader.poll(entry(2, "Text, corrected."), entry(1)) == [key(2)]
    assert reader.poll(entry(1), entry(2, "Text, corrected.")) == []


def test_what_is_missing_in_a_part_of_a_feed_has_left_its_place_to_nobody() -> None:
    one, other = (Entry(title="Storm", summary="It blows.", id=f"x{n}") for n in range(2))
    reader = Reader()
    reader.poll(one)
    assert reader.poll(other, partial=True) == [f"{FEED}#x1"]
    assert reader.poll(one, other) == []


def test_an_entry_whose_guid_and_parameters_change_from_poll_to_poll_is_one_for_weeks() -> None:
    reader = Reader()
    assert reader.poll(entry(1, query="?r=0"), entry(2, query="?r=0")) == [key(1) + "?r=0", key(2) + "?r=0"]
    for n in range(1, 400):
        assert reader.poll(*(entry(k, query=f"?r={n}", guid=str(n)) for k in (1, 2)), day=n / 12) == []
    seen = [Entry(title="Storm", summary="It blows.", id=f"x{n}") for n in range(50)]
    assert reader.poll(seen[0]) == [f"{FEED}#x0"]
    assert not any(reader.poll(each, day=n / 12) for n, each in enumerate(seen))


def test_two_entries_of_one_content_beside_each_other_are_two() -> None:
    reader = Reader()
    same = [Entry(title="Storm warning", summary="It blows.", id=f"x{n}") for n in range(3)]
    assert len(reader.poll(same[0])) == 1
    assert reader.poll(same[1], same[0]) == [f"{FEED}#x1"]
    assert reader.poll(same[1], day=1) == []
    assert reader.poll(same[2], day=LIMITS.renamed_days + 2) == [f"{FEED}#x2"]


def test_a_headline_in_place_of_another_publishers_is_another_article() -> None:
    reader = Reader()
    for outlet in ("Daily", "Post", "Herald"):
        assert len(reader.poll(Entry(title="Storm warning", outlet=outlet))) == 1
        assert reader.poll(Entry(title="Storm warning", outlet=outlet)) == []


def test_an_entry_twice_in_a_feed_is_taken_as_it_stands_first() -> None:
    reader = Reader()
    twice = (entry(1, "Newer."), Entry(title="Title 1", summary="Older.", id="g1"))
    assert reader.poll(*twice) == [key(1), f"{FEED}#g1"]
    assert reader.poll(*twice) == []
    both = (entry(3), entry(3))
    assert reader.poll(*both) == [key(3)]
    assert reader.poll(*both) == []


def test_an_entry_that_stays_for_years_is_offered_again_before_its_decision_is_forgotten_and_never_as_news() -> None:
    reader, offered = Reader(), []
    for day in range(0, 730, 5):
        for article in (reader.poll(entry(1), entry(1000 + day), day=day), reader.offered)[1]:
            offered += [(day, article.backfill)] if article.key == key(1) else []
    days = [day for day, _ in offered]
    assert [backfill for _, backfill in offered] == [False] + [True] * (len(offered) - 1)
    assert all(later - earlier < 400 for earlier, later in zip(days, [*days[1:], 730], strict=True))
    assert len(offered) == 5


def test_a_feed_that_rotates_ten_thousand_entries_offers_each_once() -> None:
    reader, offers = Reader(), 0
    for turn in range(150):
        first = turn * 200 % 10_000
        offers += len(reader.poll(*(entry(n) for n in range(first, first + 200)), day=turn / 24))
    assert offers == 10_000
    assert reader.stored is not None
    assert len(reader.stored) <= 40 * LIMITS.marks + 9


def test_what_left_a_feed_long_ago_is_forgotten() -> None:
    reader = Reader()
    reader.poll(*(entry(n) for n in range(500)))
    reader.poll(entry(1), day=LIMITS.kept_days)
    assert len(reader.stored or b"") == 40 * 500 + 9
    reader.poll(entry(1), day=LIMITS.kept_days + 1)
    assert len(reader.stored or b"") == 40 + 9


def test_a_part_is_remembered_of_what_was_accepted_in_part() -> None:
    seen = Sightings(None, START)
    first, _ = seen.take(named([entry(1), entry(2)], FEED, FEED, canonical, None), Reader._article)
    assert Reader(seen.packed([first])).poll(entry(1), entry(2)) == [key(2)]


def as_before(*entries: Entry) -> bytes:
    """As earlier versions remembered them: by guid, with the address in the content."""
    return b"".join(hash_of(f"{FEED}#{e.id}") + hash_of(e.title or "", e.summary, e.link) for e in entries)


def test_what_an_earlier_version_offered_keeps_its_key_as_long_as_the_feed_has_it() -> None:
    reader = Reader(as_before(entry(1), entry(2)))
    assert reader.poll(entry(3), entry(2), entry(1)) == [key(3)]
    assert reader.poll(entry(3), entry(2, "Text, corrected."), entry(1)) == [f"{FEED}#g2"]
    assert reader.poll(entry(3), entry(2, "Text, corrected."), entry(1)) == []


def test_marks_that_cannot_be_read_are_none() -> None:
    for stored in (b"", b"\x02", b"\x02" + b"x" * 7, b"x" * 15, b"x" * 17):
        assert len(Reader(stored).poll(entry(1))) == 1


def test_a_title_alone_that_comes_back_on_the_eighth_day_is_the_article_that_it_was() -> None:
    """Without guid and address, in any feed, it is one for as long as marks and decisions are kept (decision 0155)."""
    results, other = Entry(title="Results", outlet="Daily"), Entry(title="Ferry runs", outlet="Daily")
    reader = Reader()
    assert reader.poll(results, day=0) == [title_key("Results", "Daily")]
    assert reader.poll(other, day=1) == [title_key("Ferry runs", "Daily")]
    assert reader.poll(other, results, day=8) == []
    forgotten = 8 + LIMITS.kept_days + 1
    assert reader.poll(other, day=forgotten) == []
    assert reader.poll(results, day=forgotten) == [title_key("Results", "Daily")], "the ledger's to know"
    rehearsal = Rehearsal()
    assert len(rehearsal.run(reader.offered)) == 1
    rehearsal.now += 8 * DAY_MS
    assert rehearsal.run(reader.offered) == []
    assert rehearsal.inbox.balance().counters.seen == 1
