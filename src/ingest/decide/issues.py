"""The next issue of a series is news of its day: the story of an earlier issue is no home for it (decision 0135)."""

from __future__ import annotations

from collections.abc import Iterable

from ingest import dedupe
from ingest.decide.case import Case
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, StoryRow

HOUR_MS = 3_600_000


def issues_before(case: Case, records: Records) -> int:
    """How many issues of its series came before an article; notes when the present one began."""
    title = case.prepared.recurring.title
    if title is None:
        return 0
    hours, now = records.recurrences.hours(title, case.clock), case.clock // HOUR_MS
    found = dedupe.issues(hours, now)
    if found >= dedupe.SERIES.issues:
        case.issue_began = dedupe.began(hours, now)
    return found


def note_repeat(case: Case, row: ArticleRow, hours: float) -> None:
    """A short item whose very words came that many hours before. An outlet's own flash, sent again another day under
    another key, is the next one of a series that has no third issue yet; another outlet's is a late one."""
    outlet = case.article.outlet
    own = outlet is not None and (row.outlet, row.source) == (outlet, case.article.source)
    if own and row.key != case.article.key and hours > dedupe.RELATION.short_window:
        case.flash_before = row.story


def earlier_issues(case: Case, numbers: Iterable[int], records: Records) -> list[StoryRow]:
    """Those of the candidates' stories that are of an earlier issue, the newest first."""
    began, title = case.issue_began, case.prepared.recurring.title
    before = records.lives_on(case.flash_before) if case.flash_before is not None else None
    if began is None and before is None:
        return []
    found = []
    for number in numbers:
        row = records.story(number)
        if row is None:
            continue
        older = began is not None and row.opened_at // HOUR_MS < began
        if (before is not None and number == before.number) or (older and dedupe.title_code(row.headline) == title):
            found.append(row)
    return sorted(found, key=lambda row: (-row.updated_at, row.number))
