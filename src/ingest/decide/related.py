"""What an article is to what was seen before, in the words of its event."""

from __future__ import annotations

from ingest.decide.case import Case, Home, Match
from ingest.ledger.records import Records
from ingest.ledger.rows import TextRow
from ingest.model import ArticleRef, Relation, Stamp
from ingest.stories.when import credible


def relation_of(case: Case, match: Match | None, home: Home, late: bool) -> Relation:
    if match is not None:
        verdict, row = match.verdict, match.row
        return Relation(
            kind="copy" if verdict.kind == "copy" else "revision",
            rule=verdict.rule,
            to=ArticleRef(id=row.key, version=row.nth, title=row.title, outlet=row.outlet, url=row.url),
            extent=verdict.extent,
            late=late,
            correction=case.article.correction,
            in_old=verdict.in_old,
            in_new=verdict.in_new,
            similarity=verdict.jaccard,
            also=match.also,
            why=verdict.why,
        )
    placement = home.placement
    also, reasons = _together(case)
    if home.row is not None and placement is None:
        said, correction = (_TRANSLATES, *reasons), case.article.correction
        return Relation(kind="coverage", rule="linked", correction=correction, also=also, why=said)
    if home.row is None or placement is None:
        alone = placement is None or placement.best is None
        nothing = "Nothing like it is kept." if case.forgotten else "Nothing like it was seen."
        why = nothing if alone and not also else "No story is close enough."
        why = case.apart or why
        return Relation(kind="new", rule="no story", correction=case.article.correction, also=also, why=(why, *reasons))
    shared = ", ".join(term.term for term in placement.shared)
    why = f"Scores {placement.adjusted:.2f} with the story, {placement.threshold:.2f} is enough; shared: {shared}."
    return Relation(
        kind="coverage",
        rule="placed",
        correction=case.article.correction,
        similarity=placement.score,
        also=also,
        why=(why, *reasons),
    )


def _together(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a round-up the texts that it takes together, and the sentence that says so, or what else is to be said."""
    if case.together is None:
        return (), (_NO_TEXT,) if case.prepared.text.standing and not case.article.sentences else ()
    keys = case.together.keys
    return keys, (f"A round-up: {case.together.covered:.0%} of it stands in {len(keys)} texts of their own.",)


_TRANSLATES = "Its source says that it follows an article of this story, in another language."
_NO_TEXT = "Its text is what its outlet prints under any title: judged by its title."


def is_late(case: Case, match: Match, held: TextRow | None, records: Records) -> bool:
    """Older than a version of the text that is already held: by its source's word (decision 0161), by wire number, or
    by time where both are exact. Among the versions of one key arrival goes before time (decision 0186)."""
    if held is None:
        return False
    if case.older is not None and (case.older or match.row.key == case.article.key):
        return case.older
    if _evolved_from(case, match, held, records):
        return False
    wire = case.article.wire
    if wire is not None and held.wire is not None and wire != held.wire:
        return wire < held.wire
    return before(case.published, held.published) and not _came_later(case, held, records)


def _evolved_from(case: Case, match: Match, held: TextRow, records: Records) -> bool:
    """Whether its source says that it evolved from the article whose version is held."""
    if match.row.key == case.article.key or match.row.key not in case.article.follows:
        return False
    newest = match.row if match.ref == held.newest else records.articles([held.newest]).get(held.newest)
    return newest is not None and newest.key == match.row.key


def before(one: Stamp | None, other: Stamp | None) -> bool:
    """By times that are both exact."""
    return one is not None and other is not None and one.exact and other.exact and one.at < other.at


def _came_later(case: Case, held: TextRow, records: Records) -> bool:
    """Whether it is the later version by its arrival: where the one that is held is of its own key, or where its date
    has not moved on with its text, so that it does not date this version. History goes by its dates."""
    envelope = case.prepared.accepted.envelope
    if case.earlier is None or case.nth == 1 or case.by_date or envelope.backfill or envelope.sighted is not None:
        return False
    kept = records.articles([held.newest, case.earlier])
    newest, earlier = kept.get(held.newest), kept.get(case.earlier)
    if earlier is None or (newest is not None and newest.key == case.article.key):
        return True
    return not before(credible(earlier.published, earlier.arrived), case.published)
