"""What was taken back, as an article that comes later meets it (decision 0165)."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from ingest import identity
from ingest.decide.case import Case, Match, Prepared
from ingest.ledger.records import Records
from ingest.ledger.rows import Ref, StoryRow


def goes_with(story: StoryRow, parent: Ref | None, *, own: bool) -> bool:
    """Whether a copy counts as taken back with what it copies: a notice is about the text, a page that is gone is not.
    A version that the publisher brings after a notice about its own article stands: who takes back may give again."""
    state = story.withdrawn.get(parent.number) if parent is not None else None
    return state == "copy" or (state == "notice" and not own)


def back(prepared: Prepared, records: Records) -> Prepared | None:
    """A version that was decided before, as one of its own: its page is there again that was said to be gone. None
    where it brings nothing back: what else offers it does not know of the page, and a notice is not about a page."""
    article = prepared.article
    newest = records.decisions.newest(article.key) if prepared.accepted.envelope.from_page else None
    stone = records.articles([newest.ref]).get(newest.ref) if newest is not None else None
    if stone is None or stone.withdraws != "gone" or not stone.nth:
        return None
    version = identity.return_of(article.version, stone.version)
    return replace(prepared, article=msgspec.structs.replace(article, version=version), left=None)


def met(case: Case, match: Match | None, story: StoryRow | None, records: Records) -> tuple[str, ...]:
    """The sentences that say so in an article's event."""
    said = [_FORGOTTEN] if case.forgotten else []
    if case.withdrawn is not None:
        reason = records.body(case.tombstone).reason if case.tombstone is not None else None
        how = "its page was gone" if case.withdrawn == "gone" else "by a notice"
        what = "The version before was taken back" if case.nth > 1 else "It was taken back before it came"
        said.append(f"{what}: {how}" + (f", {reason!r}." if reason else "."))
    if case.under is not None:
        said.append("Its source numbers it no higher than what was taken back: it stays so.")
    elif case.older:
        said.append("Its source numbers it below the version that is held.")
    state = story.withdrawn.get(match.ref.number) if match is not None and story is not None else None
    if match is not None and state is not None and match.row.key != case.article.key:
        kind = "copies" if match.verdict.kind == "copy" else "revises"
        said.append(_MET[state].format(kind=kind))
    return tuple(said)


_FORGOTTEN = "It is an old item: a version of it was decided before, and is kept no more."
_MET = {
    "notice": "What it {kind} was taken back by a notice.",
    "copy": "What it {kind} is a copy of what a notice took back.",
    "gone": "The page of what it {kind} is gone.",
}
