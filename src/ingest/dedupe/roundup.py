"""A round-up takes several stored texts together: each is a small part of it, and together they are much of it.

It is a version of none of them. Texts that share a form of words make none: they cover the same part of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ingest.dedupe.evidence import Evidence
from ingest.dedupe.relation import Verdict
from ingest.dedupe.thresholds import ROUNDUP, RoundupThresholds


class Compared(NamedTuple):
    """A stored text that was compared: number of its lineage and of its story, and the verdict."""

    lineage: int
    story: int
    verdict: Verdict


class Roundup(NamedTuple):
    """`parts` are places in what was compared, the largest first; `covered` is their share of the new 4-grams."""

    parts: tuple[int, ...]
    covered: float


def roundup(compared: Sequence[Compared], limits: RoundupThresholds = ROUNDUP) -> Roundup | None:
    """What the new text takes together, if it is a round-up. A text that is a version of one of them, with most of it,
    as its correction or of its own article, is none; nor one that goes on from a part, with all parts of one story."""
    parts: dict[int, tuple[int, Evidence]] = {}
    versions = False
    for at, (lineage, _, verdict) in enumerate(compared):
        evidence = verdict.evidence
        if verdict.kind != "distinct":
            versions = True
            own = evidence is not None and evidence.own
            if own or verdict.kind == "copy" or verdict.correction or verdict.in_old >= limits.part:
                return None
        if evidence is None or not _is_part(evidence, limits):
            continue
        known = parts.get(lineage)
        if known is None or evidence.in_old > known[1].in_old:
            parts[lineage] = at, evidence
    stories = {compared[at].story for at, _ in parts.values()}
    if len(parts) < limits.parts or (versions and len(stories) < limits.parts):
        return None
    found = sorted(parts.values(), key=lambda part: (-part[1].in_old, part[0]))
    new = found[0][1].new
    covered = len(frozenset().union(*(part.common for _, part in found))) / max(1, len(new.grams))
    total = sum(part.in_old for _, part in found)
    if covered < limits.covered or total - covered > limits.overlap * total:
        return None
    return Roundup(tuple(at for at, _ in found), covered)


def _is_part(evidence: Evidence, limits: RoundupThresholds) -> bool:
    """Whether a small part of the new text is much of the old one, or stands in it word for word."""
    if evidence.new.size < limits.fewest or not 0.0 < evidence.in_old < limits.part:
        return False
    return evidence.in_new >= limits.embedded or evidence.known_sentences >= limits.sentences
