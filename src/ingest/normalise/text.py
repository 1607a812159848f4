"""Text as characters and lines: repaired, stripped of markup, hard wraps undone. Nothing is judged here.

Every function is linear in its input: patterns have no nested repeats and no unbounded lazy gaps.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

import ftfy
import msgspec


class WrapLimits(msgspec.Struct, frozen=True):
    """When line ends are a column's edge and not the writer's."""

    max_line: int = 110
    """characters; wire copy and mail wrap at 60 to 100, a paragraph kept on one line is nearly always longer"""
    max_ended: float = 0.5
    """share of inner lines that end a sentence: one in eight in wrapped text, nearly all where a line is a paragraph"""


WRAPS = WrapLimits()

SENTENCE_END = ".!?…。！？．｡｟।॥۔؟።፧፨။។៕܀߹"
CLOSERS = "\"'”’»›)]}）」』】〉》〕］｣"
_ENDED = re.compile(f"[{re.escape(SENTENCE_END)}][{re.escape(CLOSERS)}\\s]*$")

# What UTF-8 looks like when read as Latin-1, cp1252 or cp1251: a lead byte's letter, then a continuation byte's.
# Only lines with such a pair are handed to ftfy (0.3 ms a kB). One class first: pairs take five times longer.
_LEAD = re.compile("[\x80-\x9fïáâÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑØÙÚÛãäåæçèéРС]")
_SUSPECT = re.compile(
    "[\x80-\x9f]|ï»¿|â€|[ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑØÙÚÛáâãäåæçèé][\xa0-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
    "|[РС][\u0402-\u040f\u0450-\u045f‚„…†‡€‰‹‘’“”•–—™›°±µ¶·№]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_ODD_SPACES = re.compile("[^\\S\n ]")
_SPACES = re.compile("  +")
# Control, bidirectional and zero-width characters, variation selectors, tags, lone surrogates and non-characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_UNSEEN_ASCII = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_JOINED = "[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff]"
_JOINERS = re.compile(f"(?<={_JOINED})[\u200c\u200d](?={_JOINED})")

_HEADING = re.compile(r"#{1,6}[ \t]+")
_BULLET = re.compile(r"(?:[*+•▪‣●◦■►]|-(?=\s+\S))\s+|>+\s*")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}(?:\s\"[^\"\n]{0,300}\")?\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,600})(?<=\S)\1")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=\S)([^*\n]{1,400})(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]{1,400})(?<=\S)_(?!\w)"
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,1000}\]\(")

_FOLDS: dict[str, str] = {
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»‹›″「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u200c\u200d", ""),
}
_FOLDED = re.compile(f"[{''.join(_FOLDS)}]")


class Line(msgspec.Struct):
    """One line (later: paragraph) on its way through the rules. `mark` is None while it is the article's own."""

    text: str
    gap: bool = False
    """a blank line stood before it"""
    heading: int = 0
    """markdown heading level; 7 where the whole line was bold"""
    image: bool = False
    mark: str | None = None


def repair(text: str) -> str:
    """NFC, mojibake undone, entities resolved, unseen characters dropped, white space as one space, line ends as `\\n`.

    Quotes, dashes and letters stay as written.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    if text.isascii():
        if not text.replace("\n", "").isprintable():  # nearly all is: three passes spared
            text = _ODD_SPACES.sub(" ", _UNSEEN_ASCII.sub("", _BREAKS.sub("\n", text)))
    else:
        if _LEAD.search(text) and _SUSPECT.search(text):
            # Line by line: one line of good text must not keep ftfy from the others, nor the others change it.
            text = "\n".join(ftfy.fix_encoding(x) if _SUSPECT.search(x) else x for x in text.split("\n"))
        text = _without_unseen(_BREAKS.sub("\n", text))
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = _ODD_SPACES.sub(" ", text)
    return _SPACES.sub(" ", text) if "  " in text else text


def _without_unseen(text: str) -> str:
    """The two joiners are spelling in Arabic and Indic scripts and stay between their letters."""
    if not _UNSEEN.search(text):
        return text
    if "\u200c" not in text and "\u200d" not in text:
        return _UNSEEN.sub("", text)
    kept = {m.start() for m in _JOINERS.finditer(text)}
    return _UNSEEN.sub(lambda m: m[0] if m.start() in kept else "", text)


def one_line(text: str | None) -> str | None:
    """A title or a name: repaired, without markup, on one line; None where nothing is left."""
    if not text:
        return None
    return " ".join(strip_markup(line).text for line in repair(text).split("\n")).strip() or None


def strip_markup(line: str) -> Line:
    """Markdown off one line: links keep their text, targets go; headings, bold and bullets lose their signs."""
    text = line.strip()
    found = Line(text)
    if not text:
        return found
    if text[0] == "#" and (m := _HEADING.match(text)):
        found.heading, text = m.end() - m[0].count(" ") - m[0].count("\t"), text[m.end() :].rstrip("# ")
    elif text[0] in "*+•▪‣●◦■►->" and (m := _BULLET.match(text)):
        text = text[m.end() :]
    if "](" in text:
        found.image = _IMAGE.match(text) is not None
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
    if "**" in text or "__" in text:
        if not found.heading and (m := _STRONG.fullmatch(text)):
            found.heading = 7
        text = _STRONG.sub(r"\2", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda m: m[1] or m[2], text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    found.text = text.strip()
    return found


def lines_of(text: str) -> list[Line]:
    """The lines of repaired text that have anything on them, without markup."""
    lines: list[Line] = []
    gap = False
    for raw in text.split("\n"):
        line = strip_markup(raw)
        if not line.text:
            gap = True
            continue
        line.gap, gap = gap, False
        lines.append(line)
    return lines


def ends_sentence(text: str) -> bool:
    last = text[-1:]
    if last.isalnum():
        return False  # nine lines of ten end so, or in a plain full stop
    return last == "." or _ENDED.search(text[-8:]) is not None


def unwrap(lines: list[Line], apart: Callable[[Line], bool]) -> list[Line]:
    """Paragraphs out of hard-wrapped lines; lines that are paragraphs already come back as they are.

    `apart` says which lines stand by themselves even inside wrapped text (a closing `AFP`, a URL).
    """
    if not lines or max(len(line.text) for line in lines) > WRAPS.max_line:
        return lines
    alone: list[bool] = []
    ended = [ends_sentence(line.text) for line in lines]
    for i, line in enumerate(lines):
        # Inside a paragraph only after a sentence's end: `... declined to` / `comment.` is one sentence.
        free = not i or line.gap or alone[-1] or ended[i - 1]
        alone.append(free and (line.heading > 0 or apart(line)))
    inner = [
        ended[i] for i in range(len(lines) - 1) if not lines[i + 1].gap and not alone[i] and not alone[i + 1]
    ]
    if not inner or sum(inner) / len(inner) >= WRAPS.max_ended:
        return lines
    out: list[Line] = []
    parts: list[str] = []
    for i, line in enumerate(lines):
        if parts and not line.gap and not alone[i] and not alone[i - 1]:
            parts.append(_joint(parts[-1], line.text) + line.text)
            continue
        if parts:
            out[-1].text = "".join(parts)
        out.append(line)
        parts = [line.text]
    out[-1].text = "".join(parts)
    return out


_SUSPENDED = ("and ", "or ", "to ", "und ", "oder ", "et ", "y ")  # `pre- and post-war` keeps its space


def _joint(left: str, right: str) -> str:
    """What stood at the edge: nothing after a compound's hyphen or between characters of scripts without spaces."""
    if left[-1] == "-" and left[-2:-1].isalpha() and right[0].islower() and not right.startswith(_SUSPENDED):
        return ""
    return "" if is_unspaced(left[-1]) and is_unspaced(right[0]) else " "


def is_unspaced(char: str) -> bool:
    """Of a script without spaces between words (Han, Kana, Thai, Lao, Khmer, Myanmar, Tibetan), or its punctuation."""
    return (
        "\u3000" <= char <= "\u9fff"
        or "\u0e00" <= char <= "\u0fff"
        or "\u1000" <= char <= "\u109f"
        or "\u1780" <= char <= "\u17ff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, casefolded, quotes and dashes as ASCII, one space for white space.

    Spelling and punctuation stay: a comma makes another version, a curly quote does not.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _FOLDED.sub(lambda m: _FOLDS[m[0]], text))
    elif "`" in text:  # the one ASCII sign among the folds
        text = text.replace("`", "'")
    text = text.casefold()
    if text.isprintable() and "  " not in text:  # the only white space is single spaces
        return text.strip(" ")
    return " ".join(text.split())
