"""Articles made up for chaos: short, so that a run decides many; alike, so that there is something to decide.

The same seed gives the same articles. Each has an `id` of its own, which its event repeats: by it the verifier knows
which text of which key was decided, without trusting the product's own versions.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator

import msgspec

from ingest.model import Envelope

VOCABULARY, SENTENCES, WORDS = 6_000, (4, 7), (8, 14)
RECENT = 2_000  # what a repeat, copy or revision goes back to: wire news comes round within hours
SHARES = {"again": 0.10, "copy": 0.10, "trim": 0.05, "revision": 0.08}
"""Of what is offered. `again`: the same key and text a second time, which is `seen` and has no second event."""


def made_up(seed: int, count: int) -> Iterator[Envelope]:
    """Offers until `count` different articles are among them."""
    chance = random.Random(seed)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(VOCABULARY)]
    frequencies = [1 / rank for rank in range(1, VOCABULARY + 1)]  # Zipf
    recent: deque[Envelope] = deque(maxlen=RECENT)
    made = 0

    def sentence() -> str:
        drawn = chance.choices(words, frequencies, k=chance.randint(*WORDS))
        return f"{' '.join(drawn).capitalize()} {chance.randint(2, 9999)}."

    def new() -> Envelope:
        text = " ".join(sentence() for _ in range(chance.randint(*SENTENCES)))
        return Envelope(key=f"key-{made}", source="chaos", title=sentence()[:70], text=text, language="en")

    while made < count:
        kind = chance.choices([*SHARES, "new"], [*SHARES.values(), 1 - sum(SHARES.values())])[0] if recent else "new"
        if kind == "again":
            yield chance.choice(recent)
            continue
        old = chance.choice(recent) if recent else new()
        if kind == "new":
            article = new()
        elif kind == "revision":
            article = msgspec.structs.replace(old, text=f"{old.text} {sentence()} {sentence()}")
        else:
            sentences = old.text.split(". ")
            text = old.text if kind == "copy" else ". ".join(sentences[:-1]) + "."
            article = msgspec.structs.replace(old, key=f"key-{made}", text=text)
        article = msgspec.structs.replace(article, id=f"a{made}", outlet=f"Outlet {chance.randint(1, 40)}")
        recent.append(article)
        made += 1
        yield article
