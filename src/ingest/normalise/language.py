"""Which language a text is in, as a primary subtag: given, else told by its script, else by py3langid."""

from __future__ import annotations

import math
import re

import msgspec


class LanguageLimits(msgspec.Struct, frozen=True):
    sample: int = 400
    """characters looked at: 0.2 ms, against 3 ms on a full text"""
    min_letters: int = 20
    """fewer letters say nothing: None"""
    script_share: float = 0.3
    """share of letters of a script that one language of the news is written in"""
    kana_share: float = 0.1
    """share of Kana that makes a text Japanese: headlines are mostly Han"""
    script_letters: int = 4
    """that many such letters at least; a character of Han or Kana says as much as a word"""

    english_share: float = 0.2
    """share of English small words, `the` among them, that needs no model: .30-.45 in news, 0 elsewhere"""
    lead: float = 3.0
    """the model's score over English by which another language must win, per square root of bytes. English tables
    of company results were called Pidgin with a lead below 2.2; real Pidgin has 3.3 to 14, fifteen other languages of
    Africa, French and Russian 8.8 to 116"""


LIMITS = LanguageLimits()

_TAG = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
# ISO 639-2 and older codes as feeds still write them.
_ALIASES = {
    "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "por": "pt", "ita": "it", "rus": "ru",
    "chi": "zh", "zho": "zh", "jpn": "ja", "kor": "ko", "ara": "ar", "amh": "am", "hau": "ha", "ibo": "ig", "lin": "ln",
    "lug": "lg", "orm": "om", "run": "rn", "sna": "sn", "som": "so", "swa": "sw", "tir": "ti", "xho": "xh", "yor": "yo",
    "dut": "nl", "nld": "nl", "tur": "tr", "ukr": "uk", "pol": "pl", "per": "fa", "fas": "fa", "hin": "hi", "iw": "he",
    "in": "id", "ji": "yi", "cmn": "zh",
}  # fmt: skip
# Scripts that the news writes one language in. Han alone is Chinese: Japanese news always has Kana.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("or", re.compile("[\u0b00-\u0b7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
)


# Most of the wire is English, and its small words tell it for nothing.
_ENGLISH = frozenset(
    "the of and to in said that for on was with is by at from has it its an be are as will were have".split())
_PIDGIN = frozenset("dey wey dem sey una wetin".split())


def primary(tag: str | None) -> str | None:
    """`en` of `en-GB`, `EN_us` or `eng`; None for what is no language tag."""
    m = _TAG.match(tag.strip()) if tag else None
    code = m[0].lower() if m else None
    return _ALIASES.get(code, code) if code not in (None, "und", "mul", "zxx") else None


def detect(text: str) -> str | None:
    """The language of a text by its first few hundred characters; None where there is too little of it."""
    sample = text[: LIMITS.sample]
    letters = sum(map(str.isalpha, sample))
    if not sample.isascii():
        for code, script in _SCRIPTS:
            share = LIMITS.kana_share if code == "ja" else LIMITS.script_share
            if (n := len(script.findall(sample))) >= LIMITS.script_letters and n >= share * letters:
                return code
    if letters < LIMITS.min_letters:
        return None
    return "en" if _is_english(sample) else _by_model(sample)


def _by_model(sample: str) -> str | None:
    import py3langid  # here, and not above: its model takes 0.7 s to load, and most texts do not need it

    ranked = py3langid.rank(sample)
    best, score = ranked[0]
    lead = (score - dict(ranked)["en"]) / math.sqrt(len(sample.encode("utf-8", "replace")))
    if lead < LIMITS.lead:
        return "en"
    return None if best == "zxx" else str(best)


def _is_english(sample: str) -> bool:
    words = sample.lower().split()
    small = [word for word in words if word in _ENGLISH]
    return "the" in small and len(small) >= LIMITS.english_share * len(words) and not _PIDGIN.intersection(words)
