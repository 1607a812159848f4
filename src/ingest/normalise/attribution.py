"""Which agency a text without a credit names as its source. Weaker evidence than a credit: who was told, or is said to
have reported it.

State agencies are quoted far more often than they write what is read elsewhere, so only the others count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ingest.normalise.credit import NAMES, SHORTENED

INTERVIEW: Final = 3  # votes of `told AFP` against one of `AFP reported`, which other agencies write as well

_LATIN = (
    "AFP|Reuters|AP|The Associated Press|Associated Press|Agence France-Presse|dpa|Deutschen? Presse-Agentur|ANSA|EFE"
    "|Efe|UPI|PTI|ANI|Bloomberg|Europa Press|Lusa|DHA|İHA"
)
_ASCII_WRITER = re.compile(_LATIN)
_WRITER = re.compile(
    _LATIN + "|Рейтер|АФП|رويترز|فرانس برس|أسوشيتد برس|法新社|路透社|美联社|美聯社|ロイター|共同通信|時事通信"
)

_TOLD = re.compile(
    r"\b(?:told|tells|telling|interview with|statement to"
    r"|(?:dit|déclaré|confié|assuré|affirmé|indiqué|expliqué)(?: [\w’'-]+){0,5} à l['’]"
    r"|(?:dijo|declaró|explicó|aseguró|afirmó|señaló)(?: [\w’'-]+){0,5} a(?: la agencia)?"
    r"|(?:disse|afirmou|declarou|explicou)(?: [\w’'-]+){0,5} [àa](?: agência)?"
    r"|(?:detto|dichiarato|spiegato|spiega|dice)(?: [\w’'-]+){0,5} all['’]"
    r"|(?:sagte|sagten|erklärte|erklärten)(?: [\w’'-]+){0,5} der|der Nachrichtenagentur) ?"
    rf"(?:the )?(?:news agency )?({_LATIN})\b"
)
_REPORTED = re.compile(
    rf"\b({_LATIN}) (?:reported|reports|said|has learned|understands|witness|journalist|reporter|correspondent"
    r"|photographer|berichtet|meldet|rapporte|informó)\b"
    r"|\b(?:according to|reports|reported by|quoted by|citing|laut|selon|según|secondo|volgens|enligt|segundo"
    r"|(?:berichtete|berichteten|berichtet|meldete|meldet)(?: \w+){0,2} die)"
    r"(?: the| die| la| a)?(?: news agency| Nachrichtenagentur| agencia| agência)? "
    rf"(?:l['’]|la |der )?({_LATIN})\b"
)
_TOLD_ELSEWHERE = re.compile(
    r"(?:рассказал|сообщил|заявил)\w*(?: \w+){0,3} (Рейтер|АФП|Reuters|AFP|AP|Bloomberg)\b"
    r"|(?:\bلوكالة |\bلـ?)(رويترز|فرانس برس|أسوشيتد برس)"
    r"|(?:告诉|告訴|对|對)(法新社|路透社|美联社|美聯社)"
)
_REPORTED_ELSEWHERE = re.compile(
    r"(?:сообща|переда|пишет|со ссылкой на)\w*(?: агентств\w+)? (Рейтер|АФП|Reuters|AFP|AP|Bloomberg)\b"
    r"|(?:ذكرت|نقلت|أفادت|نقلا عن|نقلاً عن|بحسب|وفق)(?: وكالة)?(?: الأنباء)?(?: أنباء)? (رويترز|فرانس برس|أسوشيتد برس)"
    r"|(?:据|據)(法新社|路透社|美联社|美聯社)"
    r"|(ロイター|共同|時事)通信(?:社)?(?:が伝え|は|によ)"
)

_PATTERNS: Final = ((_TOLD, INTERVIEW), (_REPORTED, 1), (_TOLD_ELSEWHERE, INTERVIEW), (_REPORTED_ELSEWHERE, 1))


def attributed(sentences: Iterable[str]) -> str | None:
    """The one named most, interviews counting three times; the first among equals."""
    votes: Counter[str] = Counter()
    for sentence in sentences:
        plain = sentence.isascii()
        if not (_ASCII_WRITER if plain else _WRITER).search(sentence):
            continue
        for pattern, weight in _PATTERNS[: 2 if plain else 4]:
            for m in pattern.finditer(sentence):
                name = next(filter(None, m.groups()))
                votes[SHORTENED.get(name) or NAMES[name]] += weight
    return votes.most_common(1)[0][0] if votes else None
