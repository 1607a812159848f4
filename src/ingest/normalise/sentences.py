"""Paragraphs to sentences and words.

One rule for all languages, so that two copies of a text are cut alike whatever language each was filed under; inside
quotations too, so that a trimmed quotation still shares its sentences. Why not a library: docs/decisions/0031.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ingest.alignment.months import MONTHS


class SentenceLimits(msgspec.Struct, frozen=True):
    look_back: int = 24
    """characters in which the word before a full stop is sought; no abbreviation is longer"""
    day: int = 31
    """a number up to this before a month is a day: `am 7. November`"""
    clause: int = 8
    """letters; Thai and Lao have no full stops: they are cut at the spaces between clauses, but not after a shorter one
    ("besides", a given name). By the clause before it alone: a cut that hung on where the one before it fell moved all
    that follow when a sentence was put in (docs/decisions/0111)"""


LIMITS = SentenceLimits()

# Never the end of a sentence: what stands before a name.
_TITLES = frozenset(
    "mr mrs ms messrs dr prof rev hon gen lt col sgt maj capt cmdr cpl adm sen rep gov pres st ste mme mlle mgr"
    " fr herr hr frau dipl ing sr sra srta dña dott avv sig vs cf bzw ca inkl sog ggf evtl z.b d.h e.g i.e u.a"
    " v.a i.d.r al т.е т.к т.н им ул гг mt ft ph dk tuan ks bpk".split()
)
# The end only before a word that opens sentences: `Acme Inc. rose`, `Acme Inc. The`; `U.S. Senate`, `U.S. But`.
_EITHER = frozenset(
    "inc corp co ltd bros plc jr sr etc est dept univ assn ave blvd rd jan feb mar apr jun jul aug sep sept oct"
    " nov dec mon tue tues wed thu thur thurs fri sat sun ala ariz ark calif colo conn del fla ga ill ind kan"
    " ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo bhd pty approx usw"
    " str nr proc ok dr g г руб тыс млн млрд т.д т.п п ст р r ust tzw itd itp np wg dot ww tys dol gegr jh jhd".split()
)
# Abbreviations before figures only: `No. 3` against `He said no.`
_BEFORE_FIGURES = frozenset("no nos nr núm art p pp vol fig ch sec par para op s ст п ч рис т ca abs".split())
_OPENERS = frozenset(
    "the a an in on at it its he she they we i this that these those there but and or so if when while after"
    " before as for from with by however meanwhile many most some one two both his her their our you what who"
    " how why all last no not now under since during according also then more officials police analysts"
    " president mr mrs ms dr der die das ein eine er sie es wir ich und aber im am auf mit nach bei für von zu"
    " wie dies diese dieser le la les l un une des il elle ils ce cette et mais dans en el los las una él ella"
    " se su sus y pero por para con o os um uma ele ela na nos nas lo gli è di da он она они оно это этот эта в"
    " на но и а по с из за как при так для к о об у мы вы я его ее её их w z po to jest nie do od za jak".split()
)
# Languages that write ordinals with a full stop: `die 5. Klasse`, `13. yüzyıl`.
_ORDINALS = frozenset("de da no nb nn fi et cs sk sl hr sr bs hu tr is lv eu az tk pl".split())

_CLOSERS = "\"'”’»)\\]}›"
_END = re.compile(rf"[.!?…]+[{_CLOSERS}]*(?P<gap>\s+)(?=[\s\"'“‘„«‹(\[{{¿¡—–•*#-]{{0,5}}(?P<next>\w))")
# A missing space, as pages lose them between paragraphs: `in space.Kornienko is`, `of death."However, at`.
# The look-behind comes after the sign: before it, it is tried at every letter, which costs six times as much.
_GLUED = re.compile(rf"[.!?](?<=[^\W\d_A-Z]{{3}}.)[{_CLOSERS}]*(?=[“\"‘«(]?[^\W\d_a-z][^\W\d_A-Z])")
_WIDE_END = re.compile("[。！？｡।॥۔؟።፧။།։]+[”’」』）】》〉］\"')\\]»]*\\s*(?=\\S)")
_WIDE_SIGN = re.compile("[。！？｡।॥۔؟።፧။།։]")
_CLAUSE = re.compile("(?<=[\u0e00-\u0eff]) +(?=[\u0e00-\u0eff])")
_NO_STOPS = re.compile("[\u0e00-\u0eff]")

_WIDE = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A run of letters and digits is a word, with what joins them inside (it's, 1,200, AT&T); in scripts without spaces each
# character is one, as it is for the shingles of dedupe.
_WORD = re.compile(rf"[^\W{_WIDE}]+(?:['’.,:/&][^\W{_WIDE}]+)*|[{_WIDE}]")
_SPACED_WORD = re.compile(r"\w+(?:['’.,:/&]\w+)*")
_ASCII_WORD = re.compile(_SPACED_WORD.pattern, re.ASCII)
_WIDE_CHAR = re.compile(f"[{_WIDE}]")


def split(paragraph: str, language: str | None = None) -> list[str]:
    """The sentences of one paragraph, in order, none of them empty; joined they are the paragraph but for white space.

    `language` decides one thing only: whether `5.` before a capital may be an ordinal.
    """
    cuts = sorted(set(_cuts(paragraph, language in _ORDINALS)))
    pieces = (paragraph[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(paragraph)], strict=True))
    return [part for piece in pieces for part in _bounded(piece) if part]


LONGEST = 2000
"""Characters of a sentence; the longest of 55,000 real ones had 1,078. Text without a full stop (a table, a stream of
characters) is compared in parts: as one sentence, 490,000 characters cost ten seconds."""


def _bounded(piece: str) -> Iterator[str]:
    while len(piece) > LONGEST:
        at = piece.rfind(" ", LONGEST // 2, LONGEST)
        cut = at if at > 0 else LONGEST
        yield piece[:cut].rstrip()
        piece = piece[cut:].lstrip()
    yield piece


def words(text: str) -> list[str]:
    """Words of spaced scripts and characters of scripts without spaces, in order."""
    # Taking the scripts out of the word class costs four times the time: most texts have none of them.
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return (_WORD if _WIDE_CHAR.search(text) else _SPACED_WORD).findall(text)


def _cuts(text: str, ordinals: bool) -> Iterator[int]:
    for m in _END.finditer(text):
        if _opens(text, m) and (text[m.start()] != "." or m["gap"] == "" or _closes(text, m, ordinals)):
            yield m.end()
    for m in _GLUED.finditer(text):
        yield m.end()
    if text.isascii():
        return
    if _WIDE_SIGN.search(text):
        for m in _WIDE_END.finditer(text):
            yield m.end()
    if _NO_STOPS.search(text):
        at = 0
        for m in _CLAUSE.finditer(text):
            if len(_NO_STOPS.findall(text, at, m.start())) >= LIMITS.clause:
                yield m.end()
            at = m.end()


def _opens(text: str, m: re.Match[str]) -> bool:
    """What follows can begin a sentence: a capital, a figure, a letter of a script without capitals, an address."""
    char = m["next"]
    return not char.islower() or text.startswith(("http://", "https://"), m.start("next"))


def _closes(text: str, m: re.Match[str], ordinals: bool) -> bool:
    """Whether the full stop ends a sentence, and not an abbreviation, an initial or an ordinal."""
    start = m.start()
    before = text[max(0, start - LIMITS.look_back) : start].rsplit(None, 1)
    word = before[-1].lstrip("\"'“‘„«([{<—–-").casefold() if before and not text[start - 1].isspace() else ""
    if not word:
        return True
    if word.isdigit():
        return not (ordinals and len(word) <= 2) and not (int(word[:4]) <= LIMITS.day and _next_word(text, m) in MONTHS)
    word = word.rpartition("-")[2] or word
    if word in _TITLES:
        return False
    if word in _BEFORE_FIGURES and m["next"].isdigit():
        return False
    initials = word[0].isalpha() and all(len(part) == 1 for part in word.split("."))
    if initials or word in _EITHER:
        opener = _next_word(text, m)
        return opener in _OPENERS and not (len(opener) == 1 and text[m.end() + 1 : m.end() + 2] == ".")  # A. S. Pushkin
    return True


def _next_word(text: str, m: re.Match[str]) -> str:
    found = _SPACED_WORD.match(text, m.start("next"))
    return found[0].casefold() if found else ""
