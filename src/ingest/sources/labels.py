"""What a fetched page is instead of the article it was asked for. Pure.

    status, headers, asked and found address, markup, title, text -> a word of `LABELS`, or None: it may be the article

Precision first: a page wrongly labelled is an article lost, one wrongly let through is a repeat or a short text more.
So words alone never decide. They are asked for where a site puts them (a title, a button, the start of a line), on a
page with little text that does not say of itself that it is an article; of a paywall the page must say so itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from . import label_words as words
from .markup_parts import Parts, fold

Label = Literal[
    "consent-wall", "paywall", "soft-404", "bot-challenge", "login-page", "front-page", "empty-shell", "same-page"
]
LABELS: tuple[Label, ...] = (
    "consent-wall", "paywall", "soft-404", "bot-challenge", "login-page", "front-page", "empty-shell", "same-page",
)  # fmt: skip
"""All of them are words of `model.REFUSALS`. `label_of` never says `same-page`: that is `same_page.noted`'s."""


class LabelLimits(msgspec.Struct, frozen=True):
    """Words of the extracted text, unless said otherwise; two characters of a script without blanks are one."""

    few: int = 80  # errors, challenges and forms say less; the shortest wire flashes have 10 but come as articles
    wall: int = 400  # a consent wall lists purposes and partners
    stub: int = 150  # what is shown before a paywall: one paragraph, at most three
    none: int = 12  # a shell's own title and a copyright line
    share: float = 0.3  # of the text's characters, in lines that speak of consent, for it to be a wall
    filled: float = 0.6  # of a title, by the notice that it begins with; a headline with that beginning goes on
    begun: float = 0.3  # of a line, likewise: a service adds who asks, and why
    prompt: int = 60  # characters of a line that is a prompt, and not a sentence that begins like one


LIMITS = LabelLimits()
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SEGMENT = re.compile(r"\s+[|·–—:»-]+\s+|\s*[|»]\s*")
_LINE_STARTS = re.compile(r"[\n.!?。！？؟]+\s*")


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it came, and what extraction took out of it.

    asked, found   the address before and after redirects
    headers        names in lower case
    title, text    extracted; empty where nothing was found
    """

    asked: str
    found: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    title: str | None = None
    text: str = ""


class _Page(msgspec.Struct, frozen=True):
    """A page with all that the rules ask of it. `own` is its text: extracted, else all that can be seen."""

    fetched: Fetched
    parts: Parts
    own: str
    size: int

    def led(self, where: re.Pattern[str]) -> bool:
        """Whether such an address was found, where another one was asked."""
        asked, found = self.fetched.asked.lower(), self.fetched.found.lower()
        return where.search(found.partition("?")[0]) is not None and where.search(asked.partition("?")[0]) is None

    def titled(self, phrases: re.Pattern[str]) -> bool:
        """Whether a title, or a part of one, is such a notice and little more."""
        headings = (*self.parts.headings, fold(self.fetched.title or ""))
        pieces = [piece.strip(" .…!,،。") for heading in headings for piece in _SEGMENT.split(heading)]
        found = ((piece, phrases.match(piece)) for piece in pieces)
        return any(match and match.end() >= LIMITS.filled * len(piece) for piece, match in found)


def label_of(page: Fetched) -> Label | None:
    """What the page is instead of an article; None where nothing speaks against it. Any status may be asked about."""
    if page.headers.get("cf-mitigated") == "challenge":
        return "bot-challenge"
    if page.status == 402:
        return "paywall"
    if _is_front(page):
        return "front-page"
    if _size(page.text) >= LIMITS.wall:
        return None  # whatever stands around it
    parts = Parts(page.body, page.headers.get("content-type", ""))
    own = page.text if page.text.strip() else parts.visible
    found = _Page(page, parts, own, _size(own))
    if _is_paywall(found):
        return "paywall"
    if found.size >= LIMITS.none and words.ARTICLE_CODE.search(parts.code):
        return None  # it says of itself that it is one
    for label, holds in _RULES:
        if holds(found):
            return label
    return None


def _is_challenge(page: _Page) -> bool:
    if page.size >= LIMITS.few:
        return False
    told = page.titled(words.CHALLENGE)
    service = words.CHALLENGE_CODE.search(page.parts.code) is not None
    if page.fetched.status in {403, 405, 429, 503}:
        return told or service or words.CHALLENGE.match(page.parts.visible) is not None
    return service and (told or _begins(page.own, words.CHALLENGE))


def _is_missing(page: _Page) -> bool:
    if page.size >= LIMITS.few:
        return False
    return page.led(words.MISSING_PATH) or page.titled(words.MISSING)


def _is_login(page: _Page) -> bool:
    if page.size >= LIMITS.few:
        return False
    asks = words.PASSWORD.search(page.parts.code) is not None
    return page.fetched.status == 401 or (asks and (page.led(words.LOGIN_PATH) or page.titled(words.LOGIN)))


def _is_consent(page: _Page) -> bool:
    if page.size >= LIMITS.wall or not any(words.ACCEPT.fullmatch(each.strip(" .!")) for each in page.parts.controls):
        return False
    lines = [fold(line) for line in page.own.splitlines() or [page.own]]
    of_wall = sum(len(line) for line in lines if words.CONSENT.search(line) or words.ACCEPT.fullmatch(line))
    return page.led(words.CONSENT_PLACE) or of_wall >= LIMITS.share * sum(map(len, lines)) > 0


def _is_shell(page: _Page) -> bool:
    if page.size >= LIMITS.none * 3:
        return False
    parts = page.parts
    told = words.NO_SCRIPT.search(parts.unscripted) or words.NO_SCRIPT.search(parts.visible)
    if _size(parts.visible) < LIMITS.none and words.SHELL_CODE.search(parts.code):
        return True
    if told is None:
        return False
    return not page.fetched.text.strip() or words.NO_SCRIPT.search(fold(page.own.splitlines()[0])) is not None


def _is_paywall(page: _Page) -> bool:
    """A short text, and the page says in its data that it is not all, or in a line of its own that one must pay."""
    if page.size >= LIMITS.stub:
        return False
    if words.NOT_FREE.search(page.parts.code):
        said = (*_LINE_STARTS.split(fold(page.parts.visible)), *page.parts.controls)
        return any(words.PAYWALL.match(each) for each in said)
    lines = [fold(line) for line in page.fetched.text.splitlines() if line.strip()]
    return len(lines) > 1 and any(
        words.PAYWALL.match(line) and len(line) <= LIMITS.prompt for line in lines[len(lines) // 2 :]
    )


def _is_front(page: Fetched) -> bool:
    """Led from a page of the site to the site's front: the page is gone, and nobody says so."""
    asked, found = urlsplit(page.asked), urlsplit(page.found)
    if found.query or words.FRONT_PATH.fullmatch(found.path.lower()) is None:
        return False
    return words.FRONT_PATH.fullmatch(asked.path.lower()) is None


def _begins(text: str, phrases: re.Pattern[str]) -> bool:
    """Whether a line near the start is for a good part such a notice."""
    lines = [fold(line) for line in text[:600].splitlines()]
    return any((found := phrases.match(line)) and found.end() >= LIMITS.begun * len(line) for line in lines)


def _size(text: str) -> int:
    wide = len(_WIDE.findall(text))
    return len(_WIDE.sub(" ", text).split()) + wide // 2


_RULES: tuple[tuple[Label, Callable[[_Page], bool]], ...] = (
    ("bot-challenge", _is_challenge),
    ("soft-404", _is_missing),
    ("login-page", _is_login),
    ("consent-wall", _is_consent),
    ("empty-shell", _is_shell),
)
