"""Which stored version an article is a copy or revision of, if any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ingest import dedupe
from ingest.decide.case import Case, Match, Prepared, Together
from ingest.decide.issues import HOUR_MS, issues_before, note_repeat
from ingest.decide.numbered import place
from ingest.decide.shelf import Shelf
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Newest, Ref
from ingest.model import Normalised
from ingest.stories.merging import by_lineage


def find_parent(case: Case, records: Records, shelf: Shelf, idf: Callable[[str], float]) -> Match | None:
    """Compare with the stored texts that share rare shingles, with the article's own earlier version, and, for an item
    too short to compare, with the one of the same words."""
    prepared = case.prepared
    refs, scanned = candidates(prepared, records, case.clock)
    same = records.index.short(prepared.short, case.clock) if prepared.short is not None else None
    newest = records.decisions.newest(case.article.key)
    links = linked(case.article, records)
    refs = list(dict.fromkeys([*refs, *([same] if same else []), *([newest.ref] if newest else []), *links]))
    kept = records.articles(refs)
    if newest:
        case.nth = newest.nth + 1
        case.earlier = newest.ref
    case.numbered = prepared.accepted.envelope.numbered
    own = place(case, newest.ref, kept[newest.ref], records) if newest and newest.ref in kept else None
    if own is not None and own not in refs:
        refs.append(own)
        kept = records.articles(refs)
    taken = {ref: row for ref, row in kept.items() if row.withdraws is not None}
    if taken:  # compared is what was taken back
        refs, links = _behind(refs, taken), _behind(links, taken)
        kept = records.articles(refs)
    if newest:
        _own(case, newest, kept, taken.get(newest.ref))
    if links:
        links = _versions(case, links, kept)
    nearest_first = [own, *links] if own in kept else links
    issues = issues_before(case, records)
    compared = [(ref, kept[ref]) for ref in refs if ref in kept]
    if same in kept:
        note_repeat(case, kept[same], _hours(case, kept[same]))
    verdicts = [
        (dedupe.short_copy(_hours(case, row), issues) if ref == same and ref not in links else None)
        or _relate(case, row, shelf.stored(ref, row, records), idf, issues, linked=ref in links, numbered=ref == own)
        for ref, row in compared
    ]
    nearest = next((at for link in nearest_first for at, (ref, _) in enumerate(compared) if ref == link), None)
    choice = dedupe.choose(verdicts, nearest)
    _note(case, compared, verdicts, choice, scanned)
    case.together = _together(case, compared, verdicts) if nearest is None else None
    case.forms = _of_other_subjects([row.story for _, row in compared], verdicts)
    if choice.parent is None or case.together is not None:
        return None
    ref, row = compared[choice.parent]
    parent = verdicts[choice.parent]
    akin = [(o, verdict) for (_, o), verdict in zip(compared, verdicts, strict=True) if verdict.kind != "distinct"]
    keys = dict.fromkeys(other.key for other, _ in akin if other.key != row.key)
    one = dict.fromkeys(other.story for other, verdict in akin if by_lineage(parent.in_old, verdict.in_old))
    return Match(ref, row, parent, tuple(keys), tuple(story for story in one if story != row.story))


def _together(
    case: Case, compared: Sequence[tuple[Ref, ArticleRow]], verdicts: Sequence[dedupe.Verdict]
) -> Together | None:
    pairs = zip(compared, verdicts, strict=True)
    found = dedupe.roundup([dedupe.Compared(row.text, row.story, verdict) for (_, row), verdict in pairs])
    if found is None:
        return None
    keys = tuple(dict.fromkeys(compared[at][1].key for at in found.parts))
    case.note("relation", f"round-up of {len(keys)} texts", covered=round(found.covered, 3), of=", ".join(keys))
    return Together(keys, found.covered)


def _own(case: Case, newest: Newest, kept: Mapping[Ref, ArticleRow], taken: ArticleRow | None) -> None:
    """What is known of the version before: decisions are kept for longer than articles and their tombstones. `taken`
    is the tombstone that is the newest of its key, also where it is none for this version."""
    case.withdrawn = newest.withdrawn if taken is None else None
    if case.tombstone is not None:
        case.withdrawn = case.tombstone.withdraws
    before = taken.parent if taken is not None else newest.ref
    case.forgotten = newest.nth > 0 and before not in kept


def candidates(prepared: Prepared, records: Records, clock: int) -> tuple[list[Ref], int]:
    """The stored texts to compare with, likeliest first, and how many postings were looked at."""
    lists, days = records.index.postings(prepared.text.keys, clock)
    numbers = dedupe.candidates(lists)
    return [Ref(number, days[number]) for number in numbers], sum(map(len, lists))


def _behind(refs: Sequence[Ref], tombstones: Mapping[Ref, ArticleRow]) -> list[Ref]:
    """The same, with the articles in the place of tombstones; one that came before its article stands for none."""
    found = (tombstones[ref].parent if ref in tombstones else ref for ref in refs)
    return list(dict.fromkeys(ref for ref in found if ref is not None))


def _versions(case: Case, links: list[Ref], kept: Mapping[Ref, ArticleRow]) -> list[Ref]:
    """Those of the links that are held. One to another article in another language leads to its story alone: a
    translation is a text of its own, and takes nothing back by being in other words."""
    held = [ref for ref in links if ref in kept]
    key, language = case.article.key, case.article.language
    tongues = {ref: kept[ref].language for ref in held if kept[ref].key != key}
    others = [ref for ref, tongue in tongues.items() if tongue and language and tongue != language]
    case.translates = kept[others[0]].story if others else None
    return [ref for ref in held if ref not in others]


def linked(article: Normalised, records: Records) -> list[Ref]:
    """The newest versions of the articles that its source says it follows, as far as they are known, the nearest
    first."""
    if not article.follows:
        return []
    found = (records.decisions.newest(key) for key in article.follows)
    return [newest.ref for newest in found if newest is not None]


def _of_other_subjects(stories: Sequence[int], verdicts: Sequence[dedupe.Verdict]) -> tuple[int, ...]:
    """The stories of which half of the texts compared, or more, are the same form about another subject: one quotation
    by another name in a story's twentieth report says nothing of the story."""
    others = Counter([story for story, verdict in zip(stories, verdicts, strict=True) if verdict.other_subject])
    compared = Counter(stories) if others else others
    return tuple(story for story, count in others.items() if 2 * count >= compared[story])


def _hours(case: Case, row: ArticleRow) -> float:
    # An article's own earlier version is compared however old it is: the source says that they belong together.
    return 0.0 if row.key == case.article.key else (case.clock - row.clock) / HOUR_MS


def _relate(
    case: Case,
    row: ArticleRow,
    old: dedupe.Stored,
    idf: Callable[[str], float],
    issues: int,
    *,
    linked: bool,
    numbered: bool,
) -> dedupe.Verdict:
    """`numbered`: versions of one article by their source's numbers, which counts where their words do not say so."""
    own = row.key == case.article.key
    new = case.prepared.text
    hours = 0.0 if linked else _hours(case, row)  # however old it is: as an earlier version of its own
    beside = old.beside(new)
    found = dedupe.relate(beside, new, hours=hours, idf=idf, issues=issues, own=own, linked=linked)
    if numbered and not linked and found.kind == "distinct":
        return dedupe.relate(beside, new, hours=hours, idf=idf, issues=issues, own=own, linked=True)
    return found


def _note(
    case: Case,
    compared: Sequence[tuple[Ref, ArticleRow]],
    verdicts: Sequence[dedupe.Verdict],
    choice: dedupe.Choice,
    scanned: int,
) -> None:
    keys = len(case.prepared.text.keys)
    case.note("candidates", f"{len(compared)} looked at", sketch_keys=keys, postings=scanned)
    for label, index in (("parent", choice.parent), ("runner-up", choice.runner_up)):
        if index is not None:
            verdict = verdicts[index]
            numbers = {"in_old": verdict.in_old, "in_new": verdict.in_new, **verdict.numbers}
            rounded = {name: round(value, 3) for name, value in numbers.items()}
            case.note("relation", f"{label}: {verdict.kind} ({verdict.rule})", to=compared[index][1].key, **rounded)
