"""The relation of an arriving text to a stored one, and the choice of the parent among several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from ingest.alignment import Alignment
from ingest.dedupe.evidence import Evidence, Idf
from ingest.dedupe.table import ROWS
from ingest.dedupe.text import Stored, Text
from ingest.dedupe.thresholds import RELATION, SERIES, RelationThresholds
from ingest.model import Extent

Kind = Literal["copy", "revision", "distinct"]


_NO_FORM = frozenset({"out-of-window", "other-text", "series", "digest", "shared-background"})
"""Rows that speak of no common form of words."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What an arriving text is to one stored text.

    rule        the row of the decision table that fired
    extent      of a copy: whole, trim (the end or a part left out) or excerpt (less than half)
    evidence    what it rests on; None where nothing was compared. Of eight verdicts two at most are told: what only the
                telling needs is worked out then
    """

    kind: Kind
    rule: str
    extent: Extent | None = None
    correction: bool = False
    in_old: float = 0.0
    in_new: float = 0.0
    jaccard: float = 0.0
    evidence: Evidence | None = None

    @property
    def numbers(self) -> dict[str, float]:
        """The evidence, for `ingest why`."""
        return {} if self.evidence is None else self.evidence.numbers()

    @property
    def alignment(self) -> Alignment | None:
        """The new sentences against the old text's; None where the table never needed it."""
        return None if self.evidence is None else self.evidence.aligned

    @property
    def completes(self) -> bool:
        """Whether the stored text was a teaser, or the title, of this very article, or this one was written anew after
        it: what it leaves out is then not taken back."""
        if self.rule == "completed":
            return True
        found = self.evidence
        return self.rule == "linked" and found is not None and found.passage < found.limits.passage

    @property
    def other_subject(self) -> bool:
        """Whether the two are one form of words around figures about different subjects: by a name that was put in for
        another, or by the titles. Where a text is prose, a name in another's place may be a quotation's."""
        found = self.evidence
        if found is None or self.kind != "distinct" or self.rule in _NO_FORM:
            return False
        return found.figure_share >= found.limits.periodic and (self.rule == "form" or found.other_subject)

    @property
    def why(self) -> tuple[str, ...]:
        """Plain sentences."""
        if self.evidence is None:
            return ("The same title and the same few words within a day.",)
        return _why(self.evidence, self.rule, self.kind)


class Choice(NamedTuple):
    """Indices into the verdicts: the parent, and what comes next after it. None: there is none."""

    parent: int | None
    runner_up: int | None


def relate(
    old: Stored,
    new: Text,
    *,
    hours: float,
    idf: Idf,
    thresholds: RelationThresholds = RELATION,
    issues: int = 0,
    own: bool = False,
    linked: bool = False,
) -> Verdict:
    """What `new` is to `old`, `hours` earlier by the partition's clock. `idf` weighs folded title words; `issues`,
    `own` and `linked` as in `Evidence`."""
    evidence = Evidence(old, new, hours, idf, thresholds, issues=issues, own=own, linked=linked)
    row = next(row for row in ROWS if row.holds(evidence))
    kind: Kind
    extent: Extent | None = None
    if row.outcome == "distinct":
        kind = "distinct"
    elif row.outcome == "same" and (_corrects(evidence, row.name) or evidence.alignment.material):
        kind = "revision"
    else:
        kind = "copy"
        extent = "whole" if row.outcome == "copy" else _extent(evidence)
    return Verdict(
        kind=kind,
        rule=row.name,
        extent=extent,
        correction=_corrects(evidence, row.name),
        in_old=evidence.in_old,
        in_new=evidence.in_new,
        jaccard=evidence.jaccard,
        evidence=evidence,
    )


def _corrects(evidence: Evidence, rule: str) -> bool:
    """Whether the new text corrects the old one, however little it changes. A copy of a correction corrects nothing."""
    return rule == "correction" or (rule == "linked" and evidence.new.correction and not evidence.old.correction)


def short_copy(hours: float, issues: int, limits: RelationThresholds = RELATION) -> Verdict | None:
    """The verdict where a short item's key was found in the exact index, `hours` earlier; None where it says nothing:
    the same flash a day later, or the next issue of a series, is other news."""
    if hours > limits.short_window or (issues >= SERIES.issues and hours >= limits.periodic_hours):
        return None
    return Verdict(kind="copy", rule="same-short-item", extent="whole", in_old=1.0, in_new=1.0, jaccard=1.0)


def choose(verdicts: Sequence[Verdict], linked: int | None = None) -> Choice:
    """The parent: `linked`, the one that its source names; else a copy before a revision, then the text that holds most
    of the new one, then the most alike, then the first given (`candidates` gives the older of equals first). Runner-up
    is the next best, related or not."""
    order = sorted(range(len(verdicts)), key=lambda at: (at == linked, *_rank(verdicts[at])), reverse=True)
    parents = [at for at in order if verdicts[at].kind != "distinct"]
    others = [at for at in order if at not in parents[:1]]
    return Choice(parents[0] if parents else None, others[0] if others else None)


def _rank(verdict: Verdict) -> tuple[bool, bool, float, float]:
    return verdict.kind == "copy", verdict.kind == "revision", verdict.in_old, verdict.jaccard


def _extent(evidence: Evidence) -> Extent:
    if evidence.new.size < evidence.limits.excerpt * evidence.stored.outline.size:
        return "excerpt"
    if evidence.in_new < evidence.limits.whole or evidence.alignment.removed:
        return "trim"
    return "whole"


def _why(evidence: Evidence, rule: str, kind: Kind) -> tuple[str, ...]:
    says = next(row.says for row in ROWS if row.name == rule)
    said = [
        f"{says[0].upper()}{says[1:]} ({rule}).",
        f"{evidence.in_old:.0%} of it stands in the stored text, {evidence.in_new:.0%} of that text in it; "
        f"{evidence.hours:.1f} hours between them.",
    ]
    if evidence.titled:
        said.append(f"The titles have {evidence.title:.0%} of their weight in common.")
    if evidence.aligned is not None:
        counts = evidence.aligned.counts
        said.append(
            f"Of {counts.total()} sentences {counts['known']} known, {counts['cosmetic']} re-worded, "
            f"{counts['changed']} changed, {counts['new']} new."
        )
    if kind == "copy" and evidence.old.size > evidence.new.size and evidence.in_new < evidence.limits.whole:
        said.append("Shorter than the stored text; nothing in it is new.")
    return tuple(said)
