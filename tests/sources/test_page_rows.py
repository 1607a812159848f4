"""What an answer makes of a page's row, and which entries wait for their pages: pure, so without a web."""

from __future__ import annotations

import msgspec

from ingest.model import Envelope
from ingest.sources import pages
from ingest.sources.pages import CHECKS, Page
from ingest.sources.subscriptions import Pages
from ingest.sources.wanted import LEARNING, Worth, has_more, may_wait, noted, wanted, worth_of

NOW = 1_718_700_000_000
KEY = "https://example.org/ferry"


def entry(text: str = "In short.", source: str = "https://example.org/feed", **more: object) -> Envelope:
    return Envelope(key=KEY, source=source, text=text, url=KEY, title="Ferry back", completeness="teaser", **more)  # type: ignore[arg-type]  # fields of several types


def full(text: str) -> Envelope:
    return Envelope(key=KEY, source="https://example.org/feed", text=text, url=KEY, title="Ferry back")


def fresh(**more: object) -> Page:
    page = pages.named(None, entry(**more), NOW, changed=False)
    assert page is not None
    return page


def test_a_row_survives_its_bytes_and_strange_bytes_are_a_page_not_known() -> None:
    page = pages.after_text(fresh(), full("The ferry runs."), NOW, 0.5)
    assert pages.decode(pages.encode(page)) == page
    assert pages.decode(b"\xc1") == pages.decode(None) == Page()


def test_a_teaser_of_another_feed_does_not_take_turns_with_the_first() -> None:
    told = pages.as_teaser(fresh(), NOW, 0.5)
    other = entry("Told otherwise.", source="https://other.example/feed")
    known = pages.named(told, other, NOW, changed=True)
    assert known == msgspec.structs.replace(told, shared=True)
    assert pages.named(known, other, NOW, changed=True) is None
    mended = pages.named(told, entry("In short, mended."), NOW + 5, changed=True)
    assert mended is not None
    assert (mended.next_at, mended.offered) == (NOW + 5, "teaser")


def test_a_feed_that_changes_its_entry_has_the_page_asked_at_once() -> None:
    told = pages.after_text(fresh(), full("The ferry runs."), NOW, 0.5)
    again = pages.named(told, entry("Mended."), NOW + 9, changed=True)
    assert again is not None
    assert (again.next_at, again.offered, again.entry and again.entry.text) == (NOW + 9, "full", "Mended.")
    assert pages.named(told, entry("Mended."), NOW + 9, changed=False) is None


def test_another_feed_has_the_page_asked_again_and_puts_no_word_in_the_firsts_mouth() -> None:
    told = pages.after_text(fresh(), full("The ferry runs."), NOW, 0.5)
    other = entry("Told otherwise.", source="https://other.example/feed")
    again = pages.named(told, other, NOW + 9, changed=True)
    assert again is not None
    assert (again.next_at, again.entry, again.shared) == (NOW + 9, told.entry, True)


def test_what_was_offered_leaves_no_long_text_behind_in_the_row() -> None:
    for text, left in (("word " * 140, "word " * 140), ("word " * 201, "")):
        page = pages.after_text(fresh(text=text), full("The ferry runs."), NOW, 0.5)
        assert page.entry is not None
        assert page.entry.text == left
        assert len(pages.encode(page)) < 400 + len(left)


def test_a_recheck_without_an_answer_is_repeated_and_then_counts_as_done() -> None:
    page = pages.after_text(fresh(), full("The ferry runs."), NOW, 0.5)
    waits = []
    for _ in range(3):
        page = pages.after_failure(page, "fetch-failed", page.next_at, 0.5)
        waits.append((page.next_at - NOW) / 1000)
    assert page.step == 1
    assert waits == [600 + 900, 600 + 900 + 3600, 600 + 900 + 3600 + 3600]


def test_a_page_that_never_answers_is_given_up_in_the_end() -> None:
    page, now, tries = fresh(), NOW, 0
    while not page.over and tries < 40:
        tries += 1
        page = pages.after_failure(page, "fetch-failed", now, 0.5)
        if pages.overdue(page, now):
            page = pages.as_teaser(page, now, 0.5)
        now = page.next_at
    assert page.over
    assert page.entry is None
    assert tries <= 1 + len(CHECKS.retries) + 1 + len(CHECKS.later) + 1


def test_blanks_are_no_change_and_a_title_is() -> None:
    assert pages.content_of(full("The  ferry\n runs. ")) == pages.content_of(full("The ferry runs."))
    titled = msgspec.structs.replace(full("The ferry runs."), title="Port open")
    assert pages.content_of(titled) != pages.content_of(full("The ferry runs."))


def chosen(policy: Pages, worth: Worth, article: Envelope) -> bool:
    return may_wait(policy, article) and wanted(policy, worth, article)


def test_entries_wait_as_the_operator_says_or_as_their_feeds_pages_were_worth() -> None:
    whole, teaser, bare = full("Whole."), entry(), msgspec.structs.replace(entry(), url=None)
    assert [chosen(policy, Worth(), teaser) for policy in ("never", "auto", "always")] == [False, True, True]  # type: ignore[arg-type]  # words of Pages
    assert [chosen(policy, Worth(), whole) for policy in ("never", "auto", "always")] == [False, False, True]  # type: ignore[arg-type]  # words of Pages
    assert not chosen("always", Worth(), bare)
    assert chosen("auto", Worth(20, 19), teaser)


def test_pages_that_say_no_more_are_tried_seldom_and_noticed_when_they_open() -> None:
    raw: bytes | None = None
    for _ in range(LEARNING.tried):
        raw = noted(raw, more=False)
    names = [msgspec.structs.replace(entry(), key=f"{KEY}/{n}") for n in range(400)]
    tried = [article for article in names if wanted("auto", worth_of(raw), article)]
    assert 400 / LEARNING.probe / 2 < len(tried) < 400 / LEARNING.probe * 2
    assert tried == [article for article in names if wanted("auto", worth_of(raw), article)]
    for _ in range(LEARNING.tried // 2):
        raw = noted(raw, more=True)
    assert all(wanted("auto", worth_of(raw), article) for article in names)
    for _ in range(1000):
        raw = noted(raw, more=True)
    assert worth_of(raw).tried <= LEARNING.memory


def test_a_page_has_more_when_its_text_is_half_as_long_again() -> None:
    assert has_more("x" * 150, "x" * 100)
    assert not has_more("x" * 149, "x" * 100)
    assert has_more("x", "")
