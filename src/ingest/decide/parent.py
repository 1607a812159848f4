"""Which stored version an article is a copy or revision of, if any."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest import dedupe
from ingest.decide.case import Case, Match
from ingest.decide.shelf import Shelf
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref

HOUR_MS = 3_600_000


def find_parent(case: Case, records: Records, shelf: Shelf, idf: Callable[[str], float]) -> Match | None:
    """Compare with the stored texts that share rare shingles, with the article's own earlier version, and, for an item
    too short to compare, with the one of the same words."""
    prepared = case.prepared
    refs, scanned = _candidates(case, records)
    if prepared.short is not None and (same := records.short(prepared.short, case.clock)) and same not in refs:
        refs.append(same)
    if (newest := records.newest(case.article.key)) and newest.ref not in refs:
        refs.append(newest.ref)
    kept = records.articles(refs)
    if newest:
        case.nth = newest.nth + 1
        case.earlier = kept.get(newest.ref)
    compared = [(ref, kept[ref]) for ref in refs if ref in kept]
    verdicts = [_relate(case, row, shelf.text(ref, row, records), idf) for ref, row in compared]
    chosen = dedupe.choose(verdicts)
    _note(case, compared, verdicts, chosen, scanned)
    if chosen is None:
        return None
    ref, row = compared[chosen]
    akin = [other.key for (_, other), verdict in zip(compared, verdicts, strict=True) if verdict.kind != "distinct"]
    return Match(ref, row, verdicts[chosen], tuple(key for key in dict.fromkeys(akin) if key != row.key))


def _candidates(case: Case, records: Records) -> tuple[list[Ref], int]:
    lists, days = records.postings(case.prepared.text.keys, case.clock)
    numbers = dedupe.candidates(lists)
    return [Ref(number, days[number]) for number in numbers], sum(map(len, lists))


def _relate(case: Case, row: ArticleRow, old: dedupe.Text, idf: Callable[[str], float]) -> dedupe.Verdict:
    # An article's own earlier version is compared however old it is: the source says that they belong together.
    hours = 0.0 if row.key == case.article.key else (case.clock - row.clock) / HOUR_MS
    return dedupe.relate(old, case.prepared.text, hours=hours, idf=idf)


def _note(
    case: Case,
    compared: Sequence[tuple[Ref, ArticleRow]],
    verdicts: Sequence[dedupe.Verdict],
    chosen: int | None,
    scanned: int,
) -> None:
    keys = len(case.prepared.text.keys)
    case.note("candidates", f"{len(compared)} looked at", sketch_keys=keys, postings=scanned)
    order = sorted(range(len(verdicts)), key=lambda i: (i != chosen, -verdicts[i].in_old))
    for rank, index in enumerate(order[:3]):
        row, verdict = compared[index][1], verdicts[index]
        label = "chosen" if index == chosen else "runner-up" if rank == 1 and chosen is not None else "not it"
        case.note(
            "relation",
            f"{label}: {verdict.kind} ({verdict.rule})",
            to=row.key,
            in_old=round(verdict.in_old, 3),
            in_new=round(verdict.in_new, 3),
            jaccard=round(verdict.jaccard, 3),
            **verdict.numbers,
        )
