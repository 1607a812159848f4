"""Entries that stand in a feed as they stood are not read again, and nothing tells that they were not: each edition of
a feed is read by one that skips what it knows and by one that never does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from source_doubles import READERS

from ingest.model import Envelope
from ingest.sources.entries import NOTHING, Known, Parsed, hint_of
from ingest.sources.feedparsing import parse_feed
from ingest.sources.feeds import article_of, entries_beside
from ingest.sources.sightings import DAY_MS, Sightings
from ingest.sources.visits import LIMITS
from ingest.sources.watched import NO_STATE, STATE, TAKEN_APART, strictly

FEED = "https://daily.example/rss"
START = 20_000 * DAY_MS
SALT = b"saltsalt"


class Reader:
    """Of one feed; `skipped` counts the entries that it did not read."""

    def __init__(self, skips: bool) -> None:
        self.skips, self.stored, self.skipped = skips, b"", 0

    def poll(self, body: bytes, day: float = 0.0, found_at: str = FEED, most: int = 2000) -> dict[str, object]:
        """All that comes of a poll."""
        seen = Sightings(self.stored, START + int(day * DAY_MS), found_at)
        parsed = self._parsed(body, most, seen.to_skip() if self.skips else seen.to_read())
        skipped = sum(entry.known for entry in parsed.entries)
        new = self._new(seen, parsed, found_at)
        if new is None:
            skipped = 0
            new = self._new(seen, self._parsed(body, most, seen.to_read()), found_at)
        assert new is not None
        self.skipped += skipped
        self.stored = seen.packed()
        dates = [entry.published and entry.published.at for entry in seen.standing(parsed)[0].entries]
        counts = (seen.known, seen.new, seen.changed, len(parsed.entries), parsed.left_out)
        head = (parsed.title, parsed.language, parsed.hub, parsed.topic, parsed.site, parsed.kind, parsed.mended)
        return {"new": new, "counts": counts, "head": head, "dates": dates, "wishes": parsed.wishes,
                "marks": self.stored, "scope": parsed.scope}  # fmt: skip

    @staticmethod
    def _parsed(body: bytes, most: int, known: Known) -> Parsed:
        return parse_feed(body, hint_of(most, "", known))

    @staticmethod
    def _new(seen: Sightings, parsed: Parsed, found_at: str) -> list[Envelope] | None:
        whole, standing = seen.standing(parsed)
        entries = entries_beside(whole, standing, FEED, found_at, READERS)
        if entries is None:
            return None
        return seen.take(entries, lambda named, key: article_of(named, key, FEED, parsed.language))


class Two:
    """Both readers, who must agree. `skipped` counts entries of the last poll."""

    def __init__(self) -> None:
        self.skipping, self.whole, self.skipped = Reader(True), Reader(False), 0

    def poll(self, body: str | bytes, day: float = 0.0, found_at: str = FEED, most: int = 2000) -> list[str]:
        """The keys of what is offered."""
        raw, before = body if isinstance(body, bytes) else body.encode(), self.skipping.skipped
        one, other = (reader.poll(raw, day, found_at, most) for reader in (self.skipping, self.whole))
        assert one == other
        self.skipped = self.skipping.skipped - before
        new = one["new"]
        assert isinstance(new, list)
        return [article.key for article in new]


def item(n: int, text: str = "Text.", inside: str = "") -> str:
    return (
        f"<item><guid>g{n}</guid><link>https://daily.example/{n}</link><title>Title {n}</title>"
        f"<description>{text}</description>{inside}</item>"
    )


def rss(*items: str, head: str = "<title>Daily</title>", tail: str = "", root: str = "") -> str:
    return f'<rss version="2.0"{root}><channel>{head}{"".join(items)}{tail}</channel></rss>'


def test_what_stands_as_it_stood_is_not_read() -> None:
    two = Two()
    assert len(two.poll(rss(*map(item, range(9))))) == 9
    assert two.skipped == 0
    assert two.poll(rss(item(9), *map(item, range(9)))) == ["https://daily.example/9"]
    assert two.skipped == 9
    assert two.poll(rss(*map(item, range(9)), head="<title>Daily</title><ttl>30</ttl>", tail="<ttl>5</ttl>")) == []
    assert two.skipped == 9
    assert two.poll(rss(item(3), item(2, "Corrected."), item(1))) == ["https://daily.example/2"]
    assert two.skipped == 2


def test_what_stands_in_a_feed_with_bare_markup_as_it_stood_is_not_read() -> None:
    two, sloppy = Two(), [item(n, f"First of {n}.<br>Then <p>the rest.") for n in range(5)]
    assert len(two.poll(rss(*sloppy, item(8, "<p>Whole.</p>"), item(9)))) == 7
    assert two.poll(rss(item(10), *sloppy, item(8, "<p>Whole.</p>"), item(9))) == ["https://daily.example/10"]
    assert two.skipped == 7
    assert two.poll(rss(item(3, "Other<br>words."), *sloppy[:3])) == ["https://daily.example/3"]
    assert two.skipped == 3


def test_an_entry_that_is_to_be_told_again_is_read() -> None:
    two = Two()
    for day in range(0, LIMITS.again_days, 15):
        two.poll(rss(item(1), item(2)), day=day)
    assert two.skipping.skipped == 2 * (LIMITS.again_days // 15 - 1)
    assert len(two.poll(rss(item(1), item(2)), day=LIMITS.again_days)) == 2
    assert two.poll(rss(item(1), item(2)), day=LIMITS.again_days + 15) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rss(item(1)), rss(item(1), root=' xml:base="https://other.example/"')),
        (rss(item(1)), rss(item(1), root=' xml:lang="de"')),
        (rss(item(1)), rss(item(1), root=' xmlns="http://purl.org/rss/1.0/"')),
        (rss(item(1), root=' xmlns:dc="urn:other"'), rss(item(1), root=' xmlns:dc="http://purl.org/dc/elements/1.1/"')),
        (rss(item(1)), rss(item(1), head="<title>Daily</title><image><title>Logo</title></image>")),
        (rss(item(1)), rss(item(1)).replace("2.0", "0.91")),
        (rss(item(1)), "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" + item(1) + "</rdf:RDF>"),
    ],
)
def test_in_another_setting_an_entry_is_read_anew(before: str, after: str) -> None:
    two = Two()
    two.poll(before)
    two.poll(before)
    assert two.skipped == 1
    two.poll(after)
    assert two.skipped == 0
    two.poll(after)
    assert two.skipped == 1


def test_what_a_feed_is_called_and_in_which_language_bears_on_no_entry_but_those_named_by_it() -> None:
    two, alone = Two(), "<item><title>A headline alone</title></item>"
    two.poll(rss(item(1), alone))
    two.poll(rss(item(1), alone, head="<title>Daily News</title><language>de</language>"))
    assert two.skipped == 1


def test_a_feed_that_is_found_elsewhere_is_read_whole() -> None:
    two, relative = Two(), "<item><title>Title</title><link>1</link></item>"
    assert two.poll(rss(relative)) == ["https://daily.example/1"]
    assert two.poll(rss(relative)) == []
    assert two.skipped == 1
    assert two.poll(rss(relative), found_at="https://daily.example/news/") == ["https://daily.example/news/1"]


SAME = "https://daily.example/1"


def test_an_address_that_is_shared_from_now_on_or_no_more_makes_the_whole_be_read() -> None:
    two = Two()
    first, second = item(1), item(2, "Other.").replace("example/2", "example/1")
    assert two.poll(rss(first)) == [SAME]
    assert two.poll(rss(second, first)) == [f"{FEED}#g2"]
    assert two.poll(rss(second, first)) == []
    two.poll(rss(second))
    two.poll(rss(first, second))
    live = [item(n, f"Minute {n}.").replace(f"example/{n}<", "example/live<") for n in range(3, 9)]
    two.poll(rss(*live[:4]))
    assert two.poll(rss(*live)) == [f"{FEED}#g7", f"{FEED}#g8"]
    assert two.skipped == 4


LEAK = '<item xml:base="https://leak.example/"><title>Leak</title></item>'
ODD = [
    item(1, "<![CDATA[<p>An <item> in <b>CDATA</b></item>]]>"),
    item(1, "<!-- </item> --> A comment"),
    item(1, "<!-- <item> --> A comment"),
    item(1, "<![CDATA[]]> ]]&gt; <![CDATA[]]>"),
    item(1, inside=item(2)),
    "<item/>",
    "<item></item>",
    "<ITEM><title>Shouted</title></ITEM>",
    "<item><title>Unclosed</title>",
    "</item>",
    "<item a='>'><title>An angle</title></item>",
    "<item a='>'/>",
    "<x:item xmlns:x='urn:x'><title>Of another kind</title></x:item>",
    "<x-y:item xmlns:x-y='http://www.w3.org/2005/Atom'><title>Dashed</title></x-y:item>",
    "<item xmlns='urn:x'><title>Of no kind</title></item>",
    "<!-- " + item(1) + " -->",
    "<![CDATA[" + item(1) + "]]>",
    "<note>" + item(1) + "</note>",
    "<note>" + item(1),
    item(1, "A bare & and a &nbsp; and &eacute;"),
    item(1, "<p>Not <br> closed"),
    item(1, inside="<foo:bar>Undeclared</foo:bar>"),
    item(1, inside="<rss version='0.91'><channel/></rss>"),
    item(1, inside="<rss xml:lang='de'><title>Nested</title></rss>"),
    item(1, inside="<image><title>Of the entry</title><url>x</url></image>"),
    item(1, inside="<language>de</language><source url='x'>Other</source>"),
    item(1, inside="<textinput><title>Of the entry</title></textinput>"),
    LEAK,
    "<title>Between</title>",
    "<image><title>Logo</title>",
    "<?pi <item> ?>",
    "<a xmlns:foo='urn:a'/>" + item(1, inside="<foo:bar>x</foo:bar>"),
    "",
]


@pytest.mark.parametrize("odd", ODD)
def test_an_oddity_changes_nothing_of_what_comes_of_the_others(odd: str) -> None:
    two, others = Two(), [item(n) for n in (5, 6, 7)]
    relative = "<item><title>Relative</title><link>here</link></item>"
    editions = [
        rss(*others, relative), rss(odd, *others, relative), rss(odd, *others, relative), rss(*others, relative, odd),
        rss(*others[:2], odd, *others[2:]), rss(odd), rss(*others, relative), rss(item(8), odd, odd, *others),
        rss(*others, tail=odd), rss(*others, head="<title>Daily</title>" + odd),
    ]  # fmt: skip
    for edition in editions:
        two.poll(edition)
        two.poll(edition)
        two.poll(edition.replace("<title>Daily</title>", "<title>Daily II</title>"))
        two.poll(edition.replace("Title 6", "Another title"))


def test_what_an_entry_says_of_its_addresses_and_names_is_said_of_no_other() -> None:
    relative = "<item><title>Relative</title><link>here</link><note xmlns='urn:x'/><a:b xmlns:a='urn:a'/></item>"
    leak = LEAK.replace("<title>", "<content xml:base='https://leak.example/a/'>Text</content><title>")
    _, first, second = parse_feed(rss(leak, relative, relative).encode()).entries
    assert (first.base, first.link) == ("", "here")
    assert first == second


def test_a_text_that_the_feed_has_of_itself_does_not_change_how_its_first_entry_is_read() -> None:
    itunes = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    about = "<description>About.</description><itunes:summary>All about.</itunes:summary>"
    entry = item(1, "A text.", "<itunes:summary>A longer text.</itunes:summary>")
    first, second = parse_feed(rss(entry, entry, head=f"<title>Daily</title>{about}", root=itunes).encode()).entries
    assert first == second


def test_thousands_of_entries_are_cut_where_they_always_were() -> None:
    two, items = Two(), [item(n) for n in range(40)]
    for most in (30, 30, 39, 40, 41):
        two.poll(rss(*items), most=most)
        two.poll(rss(*items, item(99)), most=most)
        two.poll(rss(item(98), *items[3:]), most=most)
    assert two.skipping.skipped > 200


def test_a_feed_of_another_form_has_nothing_to_skip() -> None:
    two = Two()
    two.poll('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "Text."}]}')
    two.poll('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "Text."}]}')
    two.poll(rss(item(1)))
    assert two.skipped == 0
    assert parse_feed(rss(item(1)).encode(), hint_of(5, "", NOTHING)).entries[0].raw == b""


def test_what_the_version_before_remembered_is_read_once_and_known() -> None:
    two = Two()
    two.poll(rss(item(1), item(2)))
    marks = [two.whole.stored[at : at + 40] for at in range(9, len(two.whole.stored), 40)]
    older = b"\x02" + b"".join(mark[:8] + mark[12:20] + mark[8:12] for mark in marks)
    two.skipping.stored = two.whole.stored = older
    assert two.poll(rss(item(3), item(1), item(2))) == ["https://daily.example/3"]
    assert two.skipped == 0
    assert two.poll(rss(item(3), item(1), item(2))) == []
    assert two.skipped == 3


class Newsroom:
    """Plays a feed: entries come, change, leave, return, are renamed, share addresses, and now and then break it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.form: Callable[[list[str]], str] = self.chance.choice([self._rss, self._atom, self._rdf])
        self.tag = "entry" if self.form == self._atom else "item"
        self.title, self.base, self.language, self.found_at, self.day = "Daily", "", "en", FEED, 0.0
        self.entries, self.gone = [self._entry(n) for n in range(6)], [self._entry(-1)]
        self.number = 6

    def editions(self, many: int) -> Iterator[tuple[str, float, str]]:
        for _ in range(many):
            yield self.form(self.entries), self.day, self.found_at
            for _ in range(self.chance.choice([0, 1, 1, 2, 4])):
                self._step()

    def _step(self) -> None:
        chance = self.chance
        what = chance.randrange(22)
        if what < 7:
            self.entries.insert(0 if chance.random() < 0.8 else chance.randrange(9), self._entry(self.number))
            self.number += 1
            self.gone += self.entries[8:]
            self.entries = self.entries[:8]
        elif what < 9 and self.entries:
            self.gone.append(self.entries.pop(chance.randrange(len(self.entries))))
        elif what < 11:
            self.entries.insert(chance.randrange(9), self.gone.pop(chance.randrange(len(self.gone))))
            self.gone.append(self._entry(-1))
        elif what < 14 and self.entries:
            at = chance.randrange(len(self.entries))
            old, new = chance.choice([("Text", "Corrected text"), ("Title", "Headline"), ("g", "h"), ("/news/", "/n/")])
            self.entries[at] = self.entries[at].replace(old, new)
        elif what == 14:
            chance.shuffle(self.entries)
        elif what == 15 and self.entries:
            self.entries.append(chance.choice(self.entries))
        elif what == 16:
            self.title = chance.choice(["Daily", "Post"])
        elif what == 17:
            self.base = chance.choice(["", ' xml:base="https://daily.example/a/"', ' xml:lang="de"'])
        elif what == 18:
            self.language, self.found_at = chance.choice([("en", FEED), ("de", FEED), ("en", FEED + "?2")])
        elif what == 19:
            self.entries.append(self.chance.choice(ODD).replace("item", self.tag))
        else:
            self.day += chance.choice([0.3, 1, 1, 8, 40, 100])

    def _entry(self, n: int) -> str:
        chance, where = self.chance, f"https://daily.example/news/{n}"
        link = chance.choice([where, where, where, where, "https://daily.example/live", f"/news/{n}", "",
                              "https://daily.example/", f"https://t.co/{n % 3}", f"https://other.example/{n}",
                              f"https://news.google.com/rss/articles/{n}"])  # fmt: skip
        parts = [f"<title>Title {n if chance.random() < 0.8 else n % 2}{chance.choice(['', ' - Post'])}</title>"]
        if link:
            parts.append(f'<link href="{link}"/>' if self.form == self._atom else f"<link>{link}</link>")
        if chance.random() < 0.7:
            parts.append(f"<id>g{n}</id>" if self.form == self._atom else f"<guid isPermaLink='false'>g{n}</guid>")
        if chance.random() < 0.7:
            parts.append(f"<{'summary' if self.form == self._atom else 'description'}>"
                         f"{'<br>' if chance.random() < 0.1 else ''}Text {n}. R&amp;D"
                         f"</{'summary' if self.form == self._atom else 'description'}>")  # fmt: skip
        if chance.random() < 0.6:
            parts.append(f"<dc:date>2024-06-{1 + n % 28:02}T08:00:00{chance.choice(['', '.123'])}Z</dc:date>")
        if chance.random() < 0.3:
            parts.append("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Text</p></div></content>")
        chance.shuffle(parts)
        return f"<{self.tag}>{''.join(parts)}</{self.tag}>"

    def _rss(self, entries: list[str]) -> str:
        return (
            f'<?xml version="1.0"?><rss version="2.0"{self.base} xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{self.title}</title><language>{self.language}</language>{chr(10).join(entries)}</channel></rss>"
        )

    def _atom(self, entries: list[str]) -> str:
        return (
            f'<feed xmlns="http://www.w3.org/2005/Atom"{self.base} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<title>{self.title}</title><updated>{self.day}</updated>{''.join(entries)}</feed>"
        )

    def _rdf(self, entries: list[str]) -> str:
        return (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"{self.base}><channel><title>{self.title}</title></channel>'
            f"{' '.join(entries)}</rdf:RDF>"
        )


@pytest.mark.parametrize("seed", range(8))
def test_a_feed_is_played_through_its_editions_to_one_who_skips_and_one_who_does_not(seed: int) -> None:
    two = Two()
    for body, day, found_at in Newsroom(seed).editions(25):
        two.poll(body, day, found_at)
    assert two.skipping.skipped > 0


def test_nothing_that_feedparser_keeps_goes_unwatched() -> None:
    """Whatever a later version of it adds must be looked at before entries are skipped."""
    parser = strictly(rss(item(1)))
    assert parser is not None
    own = {"steady", "_first", "_bound", "_names", "_own", "_around", "_locator"}
    assert set(vars(parser)) == {*STATE, *TAKEN_APART, *NO_STATE, *own}
