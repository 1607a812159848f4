"""What a person sees of the five seeds, on a terminal of 80 columns and in a pipe."""

from __future__ import annotations

import io
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from seed_decisions import DECISIONS, KEYS, MOSCOW_TIMES_URL, NOON, RELATIONS, SENTENCES, TITLES
from test_contract import merged, withdrawn

from ingest.cli import views
from ingest.cli.lines import Line
from ingest.cli.output import json_line, say
from ingest.cli.views.shapes import (
    ArticleView,
    Entry,
    Marked,
    StoryRow,
    Timeline,
    Verdict,
    VersionRow,
    WhyReport,
    entry_of,
    who_of,
)
from ingest.events.cursor import REASONS, Gap
from ingest.events.describe import event_of
from ingest.events.event import Outlet
from ingest.model import Delta, Figure, HeadlineChange

EVENTS = [event_of(decision, installation="storywire") for decision in DECISIONS]
ENTRIES = tuple(map(entry_of, EVENTS))
STORY = StoryRow(
    id=EVENTS[0].story.id,
    headline=EVENTS[4].story.headline,
    opened_at=NOON,
    updated_at=NOON + 480_000,
    articles=5,
    repeats=1,
    texts=3,
    outlets=1,
    outlets_unknown=4,
    credits=("AFP",),
)


def on_screen(lines: list[Line], width: int = 80) -> str:
    return "\n".join(row.plain for line in lines for row in line.rendered(width))


def in_pipe(lines: list[Line]) -> str:
    out = io.StringIO()
    for line in lines:
        say(line, out)
    return out.getvalue()


def test_the_five_seeds_as_events() -> None:
    screen = "\n".join(on_screen(views.event_lines(event)) for event in EVENTS)
    assert screen.replace(STORY.id, "st-0123456789abcdef") == (
        """\
opened    Putin hails North Korea’s support for Ukraine war ahead of visit
          000_8cf9… · first of its story · 748 words · st-0123456789abcdef #1
updated   Putin hails North Korea’s support for Ukraine war ahead of visit
          001_6d90… · coverage · materiality 0.39 · st-0123456789abcdef #2
          + In 2023, North Korean leader Kim Jong Un made a rare overseas trip
            on his bulletproof train to meet Putin at a Russian spaceport.
          + Citing a Kremlin aide, Russian agencies reported on Monday that the
            two leaders will sign "important documents" during Putin's visit.
updated   Putin Hails North Korea's Support for Ukraine War as He Lands in…
          The Moscow Times · revision of 000_8cf9… · materiality 0.53 ·
          st-0123456789abcdef #3
          + Russian President Vladimir Putin landed in North Korea early
            Wednesday, the Kremlin said, kicking off a visit set to boost…
          + Just after the pre-dawn touchdown, Russian TV showed North Korean
            leader Kim Jong Un greeting Putin in the dark, on a red carpet at…
          - Huge banners with a smiling photograph of the Russian leader reading
            “we ardently welcome President Putin!” were hung from lamp-posts…
repeated  Putin Hails North Korea's Support for Ukraine War as He Lands in…
          003_371d… · copy of The Moscow Times: nothing new ·
          st-0123456789abcdef #4
updated   Kim tells Putin North Korea 'fully supports' Russia on Ukraine
          004_19ef… · coverage · materiality 0.83 · st-0123456789abcdef #5
          + North Korea fully supports Russia's war in Ukraine, leader Kim Jong
            Un told President Vladimir Putin on Wednesday during a state visit…
          + The two internationally isolated leaders, who greeted each other
            with a hug on the red carpet at the airport, signed a new…
          + After a welcoming ceremony in Kim Il Sung square, featuring a
            military band and mass synchronised dancing, Putin invited his…"""
    )


def test_a_pipe_gets_whole_sentences_on_a_line_each() -> None:
    assert in_pipe(views.event_lines(EVENTS[2])).splitlines()[2:4] == [
        f"          + {SENTENCES[2][0]}",
        f"          + {SENTENCES[2][1]}",
    ]


def test_the_five_seeds_as_a_timeline() -> None:
    screen = on_screen(views.timeline_lines(Timeline(story=STORY, entries=ENTRIES)))
    heads = [line for line in screen.splitlines() if not line.startswith(" ")]
    assert heads == [
        "Kim tells Putin North Korea 'fully supports' Russia on Ukraine",
        "3 updates · 5 articles · 1 repeat · 3 texts · 1 outlet, 4 unknown · AFP",
        f"18 Jun 2024, 12:00 to 12:08 UTC · {STORY.id}",
        "",
        "12:00  opened    000_8cf9… · first of its story",
        "12:02  updated   001_6d90… · coverage · materiality 0.39",
        "12:04  updated   The Moscow Times · revision of 000_8cf9… · materiality 0.53",
        "12:06  repeated  003_371d… · copy of The Moscow Times: nothing new",
        "12:08  updated   004_19ef… · coverage · materiality 0.83",
    ]


def test_outlets_of_one_publisher_are_told_with_how_many_publishers_they_have() -> None:
    owned = msgspec.structs.replace(STORY, outlets=5, outlets_unknown=0, publishers=2)
    assert "3 texts · 5 outlets of 2 publishers · AFP" in on_screen(
        views.timeline_lines(Timeline(story=owned, entries=ENTRIES))
    )
    apart = msgspec.structs.replace(owned, publishers=5)
    assert "3 texts · 5 outlets · AFP" in on_screen(views.timeline_lines(Timeline(story=apart, entries=ENTRIES)))


def test_many_repeats_in_a_row_are_one_line_of_a_timeline() -> None:
    names = ["Daily Sabah", "EWN", "NDTV", "The Hindu", "France 24", "France 24", "Le Monde"]
    repeats = [
        msgspec.structs.replace(ENTRIES[3], who=who, time=NOON + n * 3_600_000) for n, who in enumerate(names, 1)
    ]
    screen = on_screen(views.timeline_lines(Timeline(story=STORY, entries=(ENTRIES[0], *repeats))), 120)
    assert screen.splitlines()[-1] == (
        "13:00  repeated  7 times, until 19:00: Daily Sabah, EWN, NDTV, The Hindu and 2 more"
    )


def test_a_timeline_of_more_than_a_day_tells_the_days() -> None:
    later = msgspec.structs.replace(ENTRIES[4], time=NOON + 86_400_000)
    screen = on_screen(views.timeline_lines(Timeline(story=STORY, entries=(ENTRIES[0], later))))
    assert "18 Jun 12:00  opened" in screen
    assert "19 Jun 12:00  updated" in screen


def test_changed_figures_and_a_new_headline_of_its_own_text_are_told() -> None:
    delta = Delta(
        materiality=0.2,
        figures=(Figure(was="10", now="12", context=""), Figure(was="3 wounded", now="7", context="")),
        headline=HeadlineChange(was="Ten dead", now="Twelve dead"),
    )
    relation = msgspec.structs.replace(RELATIONS[2], correction=True)
    to = msgspec.structs.replace(relation.to, id=KEYS[2])
    decision = msgspec.structs.replace(
        DECISIONS[2], delta=delta, version_number=2, relation=msgspec.structs.replace(relation, to=to)
    )
    shown = in_pipe(views.event_lines(event_of(decision, installation="s"))).splitlines()
    assert shown[1].startswith("          The Moscow Times · new version of its own text (2), correction · ")
    assert shown[2:] == ["          ~ 10 → 12, 3 wounded → 7", "          ~ headline was: Ten dead"]


def test_what_is_too_much_to_show_is_counted() -> None:
    many = msgspec.structs.replace(ENTRIES[4], added=tuple(f"Sentence {n}." for n in range(40)), removed=("a",) * 4)
    shown = in_pipe(views.entry_lines(many)).splitlines()
    assert [line.strip() for line in shown[2:]] == [
        "+ Sentence 0.",
        "+ Sentence 1.",
        "+ Sentence 2.",
        "and 37 more added",
        "- a",
        "- a",
        "- a",
        "and 1 more taken back",
    ]


def test_what_is_wholly_new_is_shown_before_what_re_tells() -> None:
    many = msgspec.structs.replace(ENTRIES[4], added=tuple("abcde"), retold=(0, 2))
    assert [line.strip() for line in in_pipe(views.entry_lines(many)).splitlines()[2:]] == [
        "+ b",
        "+ d",
        "+ e",
        "and 2 more added",
    ]
    assert ENTRIES[2].retold == (0,)


def test_merges_withdrawals_and_gaps_are_told_in_words() -> None:
    assert "st-other now means this story" in in_pipe(views.event_lines(merged()))
    assert "The Moscow Times · Kill: wrong city" in in_pipe(views.event_lines(withdrawn()))
    gap = Gap(partition="main", since="1-1", to="9-9", reason="retention")
    assert in_pipe(views.event_lines(gap)) == f"gap       {REASONS['retention']} (1-1 to 9-9)\n"


@pytest.mark.parametrize(
    ("outlet", "key", "url", "who"),
    [
        (Outlet(id="afp", name="AFP"), "k", None, "AFP"),
        (None, "seeds/000_8cf9da5644d1772f.txt", None, "000_8cf9…"),
        (None, "in/2024-06-18.html", None, "2024-06-18"),
        (None, "k", "http://x.example/0.html", "x.example"),
        (None, "https://www.x.example:8080/a/", None, "x.example:8080"),
        (None, "https://x.example/feed#https://x.example/1.html", None, "x.example"),
        (None, "http://[/1.html", None, "1"),
        (None, "/", None, "/"),
    ],
)
def test_who_published_is_named_as_well_as_it_is_known(
    outlet: Outlet | None, key: str, url: str | None, who: str
) -> None:
    assert who_of(outlet, key, url) == who


def test_stories_are_listed_with_the_id_that_the_next_command_needs() -> None:
    screen = on_screen(views.story_table([STORY]), 120)
    assert screen == (
        "18 Jun 12:08  Kim tells Putin North Korea 'fully supports' Russia on Ukraine\n"
        f"              {STORY.id} · 5 articles · 1 repeat · 3 texts · 1 outlet, 4 unknown · AFP"
    )


ARTICLE = ArticleView(
    key=KEYS[2],
    version=1,
    title=TITLES[2],
    who="The Moscow Times",
    source="seeds",
    arrived=NOON,
    words=742,
    url=MOSCOW_TIMES_URL,
    published="2024-06-18",
    language="en",
    credit="AFP",
    byline="Cat Barton for AFP",
    story=STORY,
    entry=ENTRIES[2],
    versions=(VersionRow(version=1, arrived=NOON, title="Old"), VersionRow(version=2, arrived=NOON, title="New")),
    sentences=SENTENCES[2],
    marked=(Marked("President Vladimir Putin (L) and Kim Jong Un", "caption"),),
)


def test_an_article_shows_its_facts_its_decision_and_its_text() -> None:
    screen = on_screen(views.article_lines(ARTICLE))
    assert "from       The Moscow Times · Cat Barton for AFP · AFP\n" in screen
    assert f"url        {MOSCOW_TIMES_URL}\n" in screen  # whole, to be copied
    assert "arrived    18 Jun 2024, 12:00 UTC, through seeds\n" in screen
    assert "told as    updated · revision of 000_8cf9… · materiality 0.53\n" in screen
    assert "versions   1 (this), 18 Jun 2024, 12:00: Old\n           2, 18 Jun 2024, 12:00: New\n" in screen
    assert "caption     President Vladimir Putin (L)" in screen
    assert re.sub(r"\s+", " ", SENTENCES[2][0]) in re.sub(r"\s+", " ", screen)


WHY = WhyReport(
    key=KEYS[2],
    version=1,
    title=TITLES[2],
    disposition="updated",
    who="The Moscow Times",
    entry=ENTRIES[2],
    verdicts=(
        Verdict("normalise", "2 sentences", {"words": 742, "language": "en", "correction": False}),
        Verdict(
            "dedupe",
            "revision",
            {"in_old": 0.864},
            rows=(
                {"candidate": KEYS[0] + "@1", "in_old": 0.864, "verdict": "revision"},
                {"candidate": "https://x.example/" + "a" * 60, "in_old": 0.12, "verdict": None},
            ),
            why=RELATIONS[2].why,
        ),
    ),
)


def test_why_shows_each_verdict_with_its_numbers() -> None:
    assert on_screen(views.why_lines(WHY), 100).splitlines()[2:] == [
        "became updated: revision of 000_8cf9…",
        "",
        "normalise  2 sentences",
        "           words 742 · language en · correction no",
        "dedupe     revision",
        "           86 % of it stands in the earlier version, and two sentences are new.",
        "           in_old 0.864",
        "           candidate                                 in_old  verdict",
        "           seeds/000_8cf9da5644d1772f.txt@1           0.864  revision",
        "           …" + "a" * 39 + "   0.120  –",
    ]


def test_what_is_shown_is_also_there_for_machines() -> None:
    for value, kind in ((ARTICLE, ArticleView), (WHY, WhyReport), (Timeline(story=STORY, entries=ENTRIES), Timeline)):
        assert msgspec.json.decode(json_line(value), type=kind) == value


@settings(max_examples=20)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300), st.integers(80, 140))
def test_nothing_that_anybody_wrote_breaks_out_of_its_line(text: str, width: int) -> None:
    entry = msgspec.structs.replace(
        ENTRIES[2],
        headline=text,
        who=text,
        to=text,
        title=text,
        added=(text,),
        removed=(text,),
        figures=((text, text),),
    )
    story = msgspec.structs.replace(STORY, headline=text, credits=(text,))
    lines = [
        *views.timeline_lines(Timeline(story=story, entries=(entry,))),
        *views.entry_lines(entry),
        *views.story_table([story]),
        *views.why_lines(msgspec.structs.replace(WHY, title=text, entry=entry)),
    ]
    shown = in_pipe(lines)
    assert shown.count("\n") == len(lines)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    for line in lines:
        assert all(cell_len(row.plain) <= width for row in line.rendered(width) if line.most)


def test_an_entry_of_an_unknown_kind_is_still_a_line() -> None:
    entry = Entry(
        type="story.closed", sequence=9, time=NOON, event_id="e", story="st-a", headline="H", who="", note="closed"
    )
    assert in_pipe(views.entry_lines(entry)) == "closed    H\n          closed · st-a #9\n"
