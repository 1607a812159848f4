"""The months as thirteen languages name them, casefolded, and which of them a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.alignment.folding import fold

_MONTH_NAMES = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "short": "jan feb mar apr may jun jul aug sep oct nov dec",
}
MONTHS: dict[str, int] = {
    name: i for names in _MONTH_NAMES.values() for i, name in enumerate(names.split(), 1)
} | {"sept": 9, "dez": 12, "okt": 10, "mrz": 3, "janv": 1, "févr": 2, "juil": 7, "déc": 12, "jänner": 1}

FOLDED: dict[str, int] = {fold(name): month for name, month in MONTHS.items()}
_NONE: frozenset[int] = frozenset()
OTHER_WORDS = frozenset({"may", "march", "mar", "sept", "mars", "mai", "mart", "ocak"})
"""Months in these letters, and words that are none: a month is one that has its capital inside a sentence, or stands
beside a figure."""

_OPENED_BY = frozenset({"en", "fin", "mi", "debut"})  # French writes `en mars`, and no capital
_BETWEEN = frozenset({"of", "de", "th", "st", "nd", "rd"})  # the figure and its month
_NAMED = {word: re.compile(rf"(?<=[\w,;] ){word.capitalize()}\b") for word in OTHER_WORDS}


def months(words: Sequence[str], line: str) -> frozenset[int]:
    """The months that a sentence of these tokens and this canonical form names."""
    if FOLDED.keys().isdisjoint(words):  # nine sentences in ten
        return _NONE
    return frozenset(FOLDED[words[at]] for at in _places(words, line))


def _places(words: Sequence[str], line: str) -> Iterator[int]:
    for at, word in enumerate(words):
        if word in FOLDED and (word not in OTHER_WORDS or _is_month(words, at, line)):
            yield at


def _is_month(words: Sequence[str], at: int, line: str) -> bool:
    before, behind = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if before in _BETWEEN and at > 1:
        before = words[at - 2]
    if before[:1].isdigit() or behind[:1].isdigit() or before in _OPENED_BY:
        return True
    return _NAMED[words[at]].search(line) is not None
