"""Which entries' pages are fetched: the operator's word, or what their feed's pages were worth. Pure.

One value a feed in `progress:worth`, moved with nothing believed: two pages at once may lose a note, never a page.
"""

from __future__ import annotations

import msgspec

from ingest.model import Envelope

from .subscriptions import Pages
from .visits import entry_of

WORTH = "worth"
"""The source under which the values are kept, by feed."""


class Learning(msgspec.Struct, frozen=True):
    """How it is learned that a feed's pages give more than its entries."""

    tried: int = 8  # pages before anything is believed: one consent wall is chance, eight are a habit
    least: float = 0.25  # share of pages with more text from which they are worth the requests
    more: float = 1.5  # a page has more text than an entry from so many times its length
    memory: int = 40  # pages; then both counts are halved, so that a site that opens or closes is noticed in days
    probe: int = 10  # one entry in so many is tried at a feed whose pages are not worth it


LEARNING = Learning()


class Worth(msgspec.Struct, frozen=True, array_like=True):
    """Pages tried of a feed's entries, and those that had more text."""

    tried: int = 0
    more: int = 0


def worth_of(raw: bytes | None) -> Worth:
    try:
        return msgspec.msgpack.decode(raw, type=Worth) if raw else Worth()
    except msgspec.DecodeError:
        return Worth()


def noted(raw: bytes | None, more: bool) -> bytes:
    """The stored value with one page more."""
    known = worth_of(raw)
    known = Worth(known.tried + 1, known.more + more)
    if known.tried > LEARNING.memory:
        known = Worth(known.tried // 2, known.more // 2)
    return msgspec.msgpack.encode(known)


def has_more(text: str, entry: str) -> bool:
    """Whether a page's text is more than its entry's."""
    return len(text) >= LEARNING.more * len(entry)


def may_wait(policy: Pages, article: Envelope) -> bool:
    """Whether the entry is less than its page may be. Then what is known of the page counts, whatever the policy: a
    teaser must not follow a full text under the same key."""
    return article.url is not None and (policy == "always" or article.completeness != "full")


def wanted(policy: Pages, worth: Worth, article: Envelope) -> bool:
    """Whether this entry, which may wait for its page, does."""
    if policy != "auto":
        return policy == "always"
    if worth.tried < LEARNING.tried or worth.more >= LEARNING.least * worth.tried:
        return True
    # By its name and not by chance: the same entry, seen again, is judged alike.
    return entry_of(article.key)[0] % LEARNING.probe == 0
