"""What a fetched page is instead of the article it was asked for. Pure.

    status, headers, asked and found address, markup, title, text -> a word of `LABELS`, or None: it may be the article

Precision first: a page wrongly labelled is an article lost, one wrongly let through is a repeat or a short text more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Label = Literal[
    "consent-wall", "paywall", "soft-404", "bot-challenge", "login-page", "front-page", "empty-shell", "same-page"
]
LABELS: tuple[Label, ...] = (
    "consent-wall", "paywall", "soft-404", "bot-challenge", "login-page", "front-page", "empty-shell", "same-page",
)  # fmt: skip
"""All of them are words of `model.REFUSALS`. `label_of` never says `same-page`: that is `same_page.noted`'s."""


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


def label_of(page: Fetched) -> Label | None:
    """What the page is instead of an article; None where nothing speaks against it. Any status may be asked about."""
    if page.headers.get("cf-mitigated") == "challenge":
        return "bot-challenge"
    return None
