"""The dateline before the first sentence: taken off it and kept.

`WASHINGTON (Reuters) - `, `МОСКВА, 18 июня. /ТАСС/. `, `新华社北京6月18日电（记者某某）`.
"""

from __future__ import annotations

import re

import msgspec

from ingest.alignment.months import MONTHS
from ingest.normalise import credit
from ingest.normalise.text import Line


class Dateline(msgspec.Struct, frozen=True):
    text: str | None = None
    credit: str | None = None


PARAGRAPHS = 3  # a standfirst and a second headline may stand before the one with the dateline
COLON_NAMES = 2  # `NEW DELHI: The court`; longer ones, and those with a hyphen (`POL-OF:`), are labels
NAMES = 5  # words of the place; `GAZA CITY/EAST JERUSALEM` and a state
LETTERS = 4  # of a place in capitals without an agency: `UK -` and `IBM -` open sentences
AHEAD = 25  # characters after it that must not all be capitals: a table's heading
REACH = 120  # characters; the longest seen, with two places, a date and an agency, has 70

_HEAD = re.compile(
    r"(?P<place>[^!?:;\"“”()]{2,70}?)?\s?(?P<source>\([^()]{2,40}\)|/[^/\s][^/]{1,18}/\.?)?\s?"
    r"(?P<dash>(?:\.|(?<=[\s).]))[-–—_]{1,2}|:|(?<=/)\.?)\s+(?=(?P<next>\S))"
)
_DASHED = re.compile(r"[-–—_:/]\.?\s")
"""In whatever `_HEAD` matches. It is sought first: it takes .3 us to see that a line has none, and `_HEAD` takes 15."""
_WIDE = re.compile(
    rf"(?:(?:据)?(?:{credit.ALIASES})\S{{0,12}}?(?:\d{{1,2}}月\d{{1,2}}日)?(?:电|讯|消息|報道|报道)"
    r"|[^，。：:\s]{2,12}\d{1,2}月\d{1,2}日(?:电|讯))\s?(?:[（(][^（）()]{1,30}[）)])?\s?[：:，]?\s?"
    r"|【[^【】\s]{2,12}(?:报道|讯|消息)[^【】]{0,20}】\s?"
)
# `МОСКВА, 18 июн — РИА Новости. `, `القاهرة - أ ف ب: `: the agency after a date, or a place without capitals.
_DATED = re.compile(
    rf"(?:[^\W\d_][^!?:;\"“”()]{{1,40}}?,? ?\d{{1,2}} [^\W\d_]{{3,10}}\.? ?[-–—/] ?(?:{credit.ALIASES})[/.]{{0,2}}"
    rf"|[\u0620-\u06ff\u1200-\u137f ]{{2,30}}? ?[-–—/] ?(?:{credit.ALIASES})(?=\s?[-–—.:،]))\s?[-–—.:،]?\s+"
)
# `【ソウル共同】`, `［東京 18日 ロイター］ - `: Kyodo and Jiji are short there, and everyday words elsewhere.
_BRACKETED = re.compile(
    rf"[【［\[][^【】［］\[\]]{{0,24}}?(?:{credit.ALIASES}|(?P<short>共同|時事))(?:=時事)?[^【】［］\[\]]{{0,6}}[】］\]]"
    r"\s?(?:[-–—ー]\s)?"
)
_SIGNED = re.compile(rf"(?:^|\s)(?:{credit.ALIASES})(?:\.RU)?$", re.IGNORECASE)
_NOT_PLACES = frozenset(
    "update updated breaking exclusive watch correction corrected analysis opinion factbox explainer timeline"
    " urgent alert video photos live just in note notes editor's editorial comment feature interview profile"
    " review preview recap report read listen more warning spoiler advisory summary key question q a table"
    " highlights letter focus roundup analyse nato opec nasa asean unesco unicef virus covid covid-19"
    " coronavirus".split()
)
_SMALL = frozenset("de la le du des of and y el al den der am im an near in bei".split())
# Who signs datelines besides the agencies.
_DESKS = frozenset("cnn bbc voa rferl rfe/rl irin npr cbs news nbc abc al jazeera rt ips inter press service".split())


def take(lines: list[Line]) -> Dateline:
    """Split the dateline off the paragraph that has one, in place: it becomes a marked line of its own before it.

    A standfirst may come first, so the first three paragraphs are looked at.
    """
    own = [i for i, line in enumerate(lines) if line.mark is None][:PARAGRAPHS]
    for i in own:
        if (end := _end(lines[i].text)) == 0:
            continue
        text = lines[i].text
        end += _end(text[end:])  # `(ANSA) - ROMA, 18 GIU - `
        head, rest = text[:end].strip(), text[end:]
        if not any(map(str.isalnum, rest)):
            continue
        lines.insert(i, Line(head, gap=lines[i].gap, mark="dateline"))
        lines[i + 1].text = rest
        return Dateline(head.strip(" -–—_:.：，") or None, credit.named(head) or _japanese(head))
    return Dateline()


def _japanese(head: str) -> str | None:
    m = None if head.isascii() else _BRACKETED.match(head)
    return credit.SHORTENED[m["short"]] if m and m["short"] else None


def _end(text: str) -> int:
    """Where the dateline at the start of a text ends; 0 where there is none."""
    head = text[:REACH]
    if not text.isascii() and (m := _WIDE.match(text) or _BRACKETED.match(head)):
        return m.end()
    if not _DASHED.search(head):
        return 0
    if (m := _DATED.match(head)) and not m[0][0].islower():
        return m.end()
    m = _HEAD.match(head)
    return m.end() if m and _is_dateline(m) else 0


def _is_dateline(m: re.Match[str]) -> bool:
    place, source, dash, after = m["place"] or "", m["source"] or "", m["dash"], m["next"]
    words = [w for w in re.split(r"[\s,/.\[\]]+", place) if w]
    if not words:
        return bool(source) and credit.named(source) is not None and dash != ":"
    names = [w for w in words if w.casefold() not in MONTHS and w.casefold() not in _SMALL and not w[0].isdigit()]
    if not names:
        return credit.named(source) is not None  # `Oct. 17 (Bloomberg) --`
    # Scripts without capitals: where an agency is named in brackets or at the end, what is before it is the place.
    plain = not place[:1].isupper() and not place[:1].islower() and credit.named(source or place) is not None
    if len(names) > NAMES or not all((plain or w[0].isupper()) and w.casefold() not in _NOT_PLACES for w in names):
        return False
    if not (after.isupper() or after.isdigit() or after in "\"'“‘«„[" or not after.isascii()):
        return False
    # `NAIROBI, Kenya`, `LONDON, March 3`: the city is in capitals, what follows the comma need not be.
    capitals = place.partition(",")[0].isupper() and not m.string[m.end() : m.end() + AHEAD].isupper()
    if source:
        desk = source.strip("()/. ").casefold()
        return credit.named(source) is not None or capitals or (dash != ":" and _DESKS.issuperset(desk.split()))
    if signed := _SIGNED.search(place):
        return dash != ":" or place[: signed.start()].rstrip()[-1:] in ("-", "–", "—", "/")
    if not capitals or sum(map(str.isalpha, place)) < LETTERS:
        return False
    return dash != ":" or (len(names) <= COLON_NAMES and "-" not in place)
