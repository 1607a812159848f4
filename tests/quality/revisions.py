"""What difflib finds added in a wire item's next version, and whether the product's delta tells the same.

Both sides cut sentences in their own way (difflib's labels were made line by line, abbreviations cut), so neither
list's strings are compared. Each sentence, of either side, is laid where it stands among the words of the new version;
a sentence is found where most of its words lie in sentences of the other side. Four rules make it fair:

- A label that is no statement is left out: fewer than FEWEST words, as `4th qtr`, `MORE`, `REUTER...`.
- What was only cut anew is left out: difflib calls the second half of an old sentence added when a full stop was put
  before it. By word pairs: RECUT of them stand in the old version. `recut` counts them, `recall_raw` has them in.
- What the delta tells as a re-told sentence (`was`) counts as told: a sentence half re-worded is added or changed by
  its letters for difflib, by its words for the delta.
- So does, for precision, a sentence that difflib has among the changed: the delta need not tell every changed one, but
  one that it tells is no invention.

The old version is told first; then the new one comes, with the relation that the product gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import reuters_pairs as reuters

from ingest.alignment import Prepared, StoryTold, prepare
from ingest.dedupe import Text, relate
from ingest.model import Delta
from ingest.stories.delta import Kind, delta

FEWEST = 5
"""Words of a statement: what is shorter is a heading of a table or the wire's own mark."""
MOST = 0.5
"""Share of a sentence's words that must lie in sentences of the other side."""
RECUT = 0.8
"""Share of its word pairs in the old version from which a sentence was not added: one joint of ten words changed."""

_WORD = re.compile(r"[^\W_]+")


@dataclass
class Told:
    """One revision, judged. `missed`: statements of difflib's that the delta lacks; `recut`: the same of those that
    were only cut anew; `invented`: sentences of the delta that are neither added nor changed; `lost`: sentences that
    were not found in the version's words at all."""

    old: str
    new: str
    label: str
    kind: str
    delta: Delta
    statements: int = 0
    cut_anew: int = 0
    told: int = 0
    recut: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def judge(folder: Path, idf: reuters.Idf) -> list[Told]:
    """Every labelled revision of the stream."""
    labels = reuters.rows(folder / "revisions.jsonl")
    wanted = {row[side] for row in labels for side in ("old", "new")}
    items = {row["id"]: row for row in reuters.rows(folder / "stream.jsonl") if row["id"] in wanted}
    texts = {id: reuters.prepared(row["title"], row["body"] or "", id)[0] for id, row in items.items()}
    words = {id: _words(row["body"] or "") for id, row in items.items()}
    judged = []
    for row in labels:
        old, new = row["old"], row["new"]
        kind, found = tell(texts[old], texts[new], row["hours"], idf)
        judged.append(_judge(Told(old, new, row["kind"], kind, found), row, words[old], words[new]))
    return judged


def _judge(judged: Told, row: dict[str, Any], old: Sequence[str], words: Sequence[str]) -> Told:
    found, before = judged.delta, set(pairwise(old))
    added, changed = _places(words, row["added"], judged.lost), _places(words, row["changed"], judged.lost)
    told = _places(words, [each.text for each in found.added], judged.lost)
    ours, theirs = _union(told), _union(added) | _union(changed)
    for sentence, place in zip(row["added"], added, strict=True):
        if len(_words(sentence)) >= FEWEST and place:
            pairs = set(pairwise(_words(sentence)))
            recut = len(pairs & before) >= RECUT * len(pairs)
            judged.statements += 1
            judged.cut_anew += recut
            if len(ours & place) < MOST * len(place):
                (judged.recut if recut else judged.missed).append(sentence)
    for each, place in zip(found.added, told, strict=True):
        judged.told += 1
        if len(theirs & place) < MOST * len(place):
            judged.invented.append(each.text)
    return judged


def tell(old: Text, new: Text, hours: float, idf: reuters.Idf) -> tuple[str, Delta]:
    """The relation of the new version, and the delta of a story that has told the old one and nothing else."""
    verdict = relate(old, new, hours=hours, idf=idf)
    kind: Kind = "coverage" if verdict.kind == "distinct" else verdict.kind
    story = StoryTold(Prepared())
    story.extend([*prepare([old.title] if old.title else []), *old.sentences], "old")
    parent = None if kind == "coverage" else old
    return kind, delta(story, new, kind=kind, parent=parent, against=verdict.alignment if parent else None)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _places(words: Sequence[str], sentences: Iterable[str], lost: list[str]) -> list[set[int]]:
    """The words of the version that each sentence stands for; those of a sentence not found are none."""
    places = []
    for sentence in sentences:
        place = next(_runs(words, _words(sentence)), set())
        if not place:
            lost.append(sentence)
        places.append(place)
    return places


def _runs(words: Sequence[str], sought: Sequence[str]) -> Iterator[set[int]]:
    size = len(sought)
    for at in range(len(words) - size + 1):
        if sought and words[at] == sought[0] and words[at : at + size] == sought:
            yield set(range(at, at + size))


def _union(places: Iterable[set[int]]) -> set[int]:
    return set().union(*places)


@dataclass
class Agreement:
    """Statements of difflib's, how many of them were only cut anew, how many of either kind the delta lacks; sentences
    that it tells, and how many of them difflib knows nothing of."""

    statements: int
    cut_anew: int
    missed: int
    missed_recut: int
    told: int
    invented: int

    @property
    def recall(self) -> float:
        return 1.0 - self.missed / (self.statements - self.cut_anew)

    @property
    def recall_raw(self) -> float:
        return 1.0 - (self.missed + self.missed_recut) / self.statements

    @property
    def precision(self) -> float:
        return 1.0 - self.invented / self.told


def agreement(judged: Sequence[Told]) -> Agreement:
    return Agreement(
        statements=sum(one.statements for one in judged),
        cut_anew=sum(one.cut_anew for one in judged),
        missed=sum(len(one.missed) for one in judged),
        missed_recut=sum(len(one.recut) for one in judged),
        told=sum(one.told for one in judged),
        invented=sum(len(one.invented) for one in judged),
    )
