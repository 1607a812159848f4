"""Edits that desks and their machines make, on any text in any script, and whether a delta tells just that edit.

The text goes the whole way: written out as a page has it, normalised, related to what it was, told after it.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ingest.alignment import Prepared, StoryTold, prepare
from ingest.alignment.amounts import written
from ingest.alignment.tokens import canonical, tokens
from ingest.dedupe import Text, relate
from ingest.model import Accepted, Delta, Envelope
from ingest.normalise import normalise
from ingest.stories.delta import Kind, delta
from madeup import Story

_NUMBER = re.compile(r"(?<![\d.,/:-])(?<!\d[ '\u00a0])\d{2,3}(?![\d.,/:-])(?![ '\u00a0]\d{3}(?!\d))")  # no group of one


@dataclass(frozen=True)
class Edit:
    """`text` is the edited page. `adds`: what was added; `figure`: was and now of what was changed."""

    text: str
    adds: str | None = None
    figure: tuple[str, str] | None = None


def countable(sentence: str) -> list[re.Match[str]]:
    """The numbers that count something: those of dates and hours are told with their sentence, and not as figures."""
    said = written(sentence)
    starts = {start: at for at, (start, _) in enumerate(said.spans)}
    return [m for m in _NUMBER.finditer(sentence) if m.start() in starts and said.counts(starts[m.start()])]


def one_number(story: Story, chance: random.Random) -> Edit | None:
    places = [(at, found) for at, said in enumerate(story.sentences) for found in countable(said)]
    if not places:
        return None
    at, found = chance.choice(places)
    now = str(int(found[0]) + chance.randint(3, 9) * 1000)  # a value that nothing else has, and no year
    sentence = story.sentences[at]
    return Edit(
        _with(story, at, sentence[: found.start()] + now + sentence[found.end() :]), figure=(found[0], now)
    )


def one_sentence(story: Story, chance: random.Random) -> Edit:
    paragraphs = [list(paragraph) for paragraph in story.paragraphs]
    paragraph = chance.choice(paragraphs)
    paragraph.insert(chance.randint(0, len(paragraph)), story.foreign)
    return Edit(story.written(paragraphs), adds=story.foreign)


def trimmed(story: Story, chance: random.Random) -> Edit:
    return Edit(story.written(story.paragraphs[: -max(1, len(story.paragraphs) // 4)]))


def shuffled(story: Story, chance: random.Random) -> Edit:
    sentences = chance.sample(story.sentences, len(story.sentences))
    return Edit(story.written([sentences[at : at + 3] for at in range(0, len(sentences), 3)]))


def with_a_tail(story: Story, chance: random.Random) -> Edit:
    tail = "Share\n\nhttps://example.com/more?utm_source=rss\n\n© 2024 Example. All rights reserved."
    return Edit(f"{story.written()}\n\n{tail}")


_QUOTES = str.maketrans({"“": '"', "”": '"', "«": "“", "»": "”", "「": "『", "」": "』", "-": "–", "'": "’"})
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in (*range(0x30, 0x3A), 0x25)})


def other_quotes(story: Story, chance: random.Random) -> Edit:
    return Edit(story.written().translate(_QUOTES).replace(" ", "\u00a0", 3))


def other_spelling(story: Story, chance: random.Random) -> Edit:
    text = story.written().translate(str.maketrans(dict(story.script.spellings)))
    return Edit(text if story.script.spaced else text.translate(_WIDE))


def other_encoding(story: Story, chance: random.Random) -> Edit:
    text = story.written()
    made = chance.choice(["decomposed", "entities", "lines", "hyphens", "mojibake"])
    if made == "decomposed":
        return Edit(unicodedata.normalize("NFD", text))
    if made == "entities":
        return Edit("".join(c if c.isascii() else f"&#{ord(c)};" for c in text))
    if made == "lines":
        return Edit("\ufeff" + text.replace("\n", "\r\n"))
    if made == "hyphens":
        return Edit(re.sub(r"(?<=\w)(?=\w)", lambda m: "\u200b" if chance.random() < 0.1 else "", text))
    return Edit(text.encode().decode("latin-1"))


EDITS: dict[str, Callable[[Story, random.Random], Edit | None]] = {
    "one number": one_number,
    "one sentence": one_sentence,
    "trimmed": trimmed,
    "shuffled": shuffled,
    "a tail": with_a_tail,
    "quotes": other_quotes,
    "spelling": other_spelling,
    "encoding": other_encoding,
}


def _with(story: Story, at: int, sentence: str) -> str:
    sentences = story.sentences
    sentences[at] = sentence
    return story.written([sentences[at : at + 3] for at in range(0, len(sentences), 3)])


def read(title: str | None, text: str, language: str | None) -> Text:
    envelope = Envelope(key="k", source="s", text=text, title=title, language=language)
    article = normalise(Accepted("0-1", 0, envelope))
    return Text(article.title, article.sentences, article.correction)


def tell(story: Story, edit: Edit) -> tuple[str, Delta]:
    """The relation to the story's text an hour later, and the delta against it."""
    old = read(story.title, story.written(), story.script.language)
    new = read(story.title, edit.text, story.script.language)
    verdict = relate(old, new, hours=1.0, idf=lambda word: 1.0)
    told = StoryTold(Prepared())
    told.extend([*prepare([story.title]), *old.sentences], "old")
    kind: Kind = "coverage" if verdict.kind == "distinct" else verdict.kind
    return kind, delta(told, new, kind=kind, parent=old if kind != "coverage" else None, against=verdict.alignment)


def says_just(story: Story, edit: Edit, told: Delta) -> bool:
    """Whether the delta is the edit and nothing else."""
    if told.removed:
        return False
    if edit.adds is not None:
        said = tokens(canonical(" ".join(added.text for added in told.added)))
        return said == tokens(canonical(edit.adds)) and not told.figures
    if edit.figure is not None:
        return len(told.added) == 1 and has_changed(told, edit.figure)
    return told.materiality == 0.0 and not told.added


def has_changed(told: Delta, figure: tuple[str, str]) -> bool:
    """Whether that one figure is told, with whatever sign, magnitude or range it was written."""
    return [(figure[0] in f.was, figure[1] in f.now) for f in told.figures] == [(True, True)]
