"""Ordinals with what they number: `12th package`, `second round`, `第三轮`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from ingest.alignment.folding import fold
from ingest.alignment.number_words import NUMERALS
from ingest.alignment.sentence import Sentence
from ingest.alignment.tokens import spelled, stem
from ingest.alignment.words import FUNCTION_WORDS

_IN_WORDS: dict[str, str] = {
    fold(word): str(number)
    for line in (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth",
        "erste/ersten/erster/erstes zweite/zweiten/zweiter/zweites dritte/dritten/dritter/drittes vierte/vierten",
        "premier/première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
        "primer/primera/primero segunda/segundo tercer/tercera/tercero cuarta/cuarto quinta/quinto sexta/sexto séptima",
        "primeira/primeiro - terceira/terceiro quarta/quarto",
        "prima/primo seconda/secondo terza/terzo",
        "первый/первая/первого/первой/первом второй/вторая/второго/втором третий/третья/третьего/третьей/третьем",
    )
    for number, words in enumerate(line.split(), 1)
    for word in words.split("/")
    if word != "-"
}
_TIMES = frozenset(
    stem(fold(word))
    for word in """day night week weekend month year time hour minute morning evening half quarter place lady
    tag nacht woche monat jahr mal stunde jour nuit semaine mois année fois heure día noche semana mes año vez hora
    dia noite mês ano giorno notte settimana mese anno volta ora день дня ночь неделя месяц год года раз""".split()
)
"""What is counted while one thing goes on: the third day of a trial is no other trial than the second. Halves and
quarters are of one match, or have the year beside them; a second place and a first lady are of everything."""

_NOUN = 3
"""Letters of the shortest."""

_FIGURE = regex.compile(
    r"(?<![\w.,])(?P<n>\d{1,4})(?:st|nd|rd|th|er|ère|ème|eme|º|ª|-(?:й|я|е|го|му|ю|м))[ -](?P<noun>[\p{L}\p{M}]{3,})"
)
_HAN = regex.compile(r"第(?P<n>\d{1,4}|[一二三四五六七八九十]{1,3})(?P<noun>\p{Han})")


def ordinals(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Each as the stem of what it numbers, and the number."""
    words, text = sentence.words, sentence.text
    if not _IN_WORDS.keys().isdisjoint(words):
        for word, noun in pairwise(words):
            if word in _IN_WORDS:
                yield from _numbered(noun, _IN_WORDS[word])
    if min(words, default="~") < ":":  # a figure
        for match in _FIGURE.finditer(text):
            yield from _numbered(spelled(match["noun"]), match["n"])
    if "第" in text:
        for match in _HAN.finditer(text):
            number = match["n"]
            yield match["noun"], number if number.isdigit() else _of_numerals(number)


def _numbered(noun: str, number: str) -> Iterator[tuple[str, str]]:
    found = stem(noun)
    if len(found) >= _NOUN and found not in _TIMES and noun not in FUNCTION_WORDS:
        yield found, number


def _of_numerals(numerals: str) -> str:
    """`三`, `十二`, `二十一`."""
    tens, ten, units = numerals.rpartition("十")
    return str((10 * NUMERALS.get(tens, 1) if ten else 0) + NUMERALS.get(units, 0))
