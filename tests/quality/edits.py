"""Edits that desks make, made by machine on real articles: what relation and delta say of each is known beforehand.

English (Reuters dev) and Chinese (CCTV). The edited text is looked up among all others, so a wrong parent shows too.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reuters_pairs import Idf, Item, Postings

from edited import countable, has_changed
from ingest.alignment import Prepared, StoryTold
from ingest.dedupe import Text, candidates, choose, relate
from ingest.model import Delta
from ingest.stories.delta import delta

SEED = 21578
_CURLY = str.maketrans({"'": "’", "-": "–", "(": "（", "，": ",", "。": "。", "“": '"', "”": '"'})


@dataclass(frozen=True)
class Edit:
    """An edited article. `adds`: the sentence that was added; `figure`: (was, now) of the figure that was changed."""

    title: str | None
    sentences: Sequence[str]
    adds: str | None = None
    figure: tuple[str, str] | None = None


@dataclass
class Outcome:
    """Verdicts of one kind of edit. `exact`: the delta says what was edited and nothing else, of `judged`."""

    kinds: Counter[str] = field(default_factory=Counter)
    exact: int = 0
    judged: int = 0


def _wrapped(item: Item, foreign: str, rng: random.Random) -> Edit:
    return Edit(None, [sentence.translate(_CURLY).replace("  ", " ") for sentence in item.text.raw])


def _trimmed(item: Item, foreign: str, rng: random.Random) -> Edit:
    return Edit(item.title, item.text.raw[: -(len(item.text.raw) // 4)])


def _first_third(item: Item, foreign: str, rng: random.Random) -> Edit:
    return Edit(item.title, item.text.raw[: max(1, round(0.3 * len(item.text.raw)))])


def _middle_third(item: Item, foreign: str, rng: random.Random) -> Edit:
    size = len(item.text.raw)
    return Edit(item.title, item.text.raw[round(0.35 * size) : round(0.65 * size)])


def _shuffled(item: Item, foreign: str, rng: random.Random) -> Edit:
    return Edit(item.title, rng.sample(item.text.raw, len(item.text.raw)))


def _added(item: Item, foreign: str, rng: random.Random) -> Edit:
    at = rng.randrange(1, len(item.text.raw))
    return Edit(item.title, [*item.text.raw[:at], foreign, *item.text.raw[at:]], adds=foreign)


def _figure(item: Item, foreign: str, rng: random.Random) -> Edit | None:
    places = [(at, m) for at, s in enumerate(item.text.raw) for m in countable(s)]
    if not places:
        return None
    at, found = rng.choice(places)
    now = str(int(found[0]) + 1 + rng.randrange(1, 7))
    sentence = item.text.raw[at]
    edited = [*item.text.raw]
    edited[at] = sentence[: found.start()] + now + sentence[found.end() :]
    return Edit(item.title, edited, figure=(found[0], now))


EDITS: dict[str, Callable[[Item, str, random.Random], Edit | None]] = {
    "verbatim": lambda item, foreign, rng: Edit(item.title, item.text.raw),
    "other typography, no title": _wrapped,
    "last quarter cut": _trimmed,
    "first third": _first_third,
    "middle third": _middle_third,
    "shuffled": _shuffled,
    "one sentence added": _added,
    "one figure changed": _figure,
}


def sample(items: Sequence[Item], count: int = 249, fewest: int = 100) -> list[Item]:
    """Articles long enough to be edited in every way; no tables, and no text that stands in the set twice."""
    met = Counter(item.text.exact for item in items)
    fit = [
        i
        for i in items
        if i.text.size >= fewest and len(i.text.raw) >= 6 and i.text.figure_share < 0.15 and met[i.text.exact] == 1
    ]
    return random.Random(SEED).sample(fit, min(count, len(fit)))


def judge(items: Sequence[Item], bases: Sequence[Item], idf: Idf) -> dict[str, Outcome]:
    """Each edit of each base against all items (every one half an hour old)."""
    postings = Postings()
    for number, item in enumerate(items):
        postings.add(item.text.keys, 0.0, number)
    rng = random.Random(SEED)
    outcomes: defaultdict[str, Outcome] = defaultdict(Outcome)
    for base in bases:
        for name, make in EDITS.items():
            edit = make(base, _foreign(bases, base, rng), rng)
            if edit is not None:
                _judge_one(items, base, edit, postings, idf, outcomes[name])
    return dict(outcomes)


def _foreign(bases: Sequence[Item], base: Item, rng: random.Random) -> str:
    """A sentence of another article, long enough to be a statement."""
    while True:
        sentence = rng.choice(rng.choice(bases).text.raw)
        if 60 <= len(sentence) <= 300 and sentence not in base.text.raw:
            return sentence


def _judge_one(items: Sequence[Item], base: Item, edit: Edit, postings: Postings, idf: Idf, outcome: Outcome) -> None:
    new = Text(edit.title, edit.sentences)
    found = candidates(postings.look_up(new.keys, 0.5))
    verdicts = [relate(items[number].text, new, hours=0.5, idf=idf) for number in found]
    choice = choose(verdicts)
    if choice.parent is None:
        outcome.kinds["distinct"] += 1
        return
    verdict, parent = verdicts[choice.parent], items[found[choice.parent]]
    outcome.kinds[verdict.extent if verdict.kind == "copy" and verdict.extent else verdict.kind] += 1
    if parent.id != base.id:  # a true duplicate of the base that is in the set as well
        outcome.kinds["of another parent"] += 1
        return
    outcome.judged += 1
    kind = "copy" if verdict.kind == "copy" else "revision"
    story = StoryTold(Prepared())
    story.extend(base.text.sentences)
    told = delta(story, new, kind=kind, parent=base.text, against=verdict.alignment)
    outcome.exact += _says_just(told, edit)


def _says_just(told: Delta, edit: Edit) -> bool:
    if told.removed:
        return False
    added = [added.text for added in told.added]
    if edit.adds is not None:
        return added == [edit.adds] and not told.figures
    if edit.figure is not None:
        return len(added) == 1 and has_changed(told, edit.figure)
    return not added and not told.figures and told.materiality == 0.0
