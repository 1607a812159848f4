"""What is kept of a page, and what becomes of it with each answer: a row in `progress:pages`, under its address. Pure.

    named by a feed -> waits, with the feed's entry -> its text, offered -> asked again and again, later each time
                       an hour without a page, or barred: the entry itself is offered, as a teaser
    not there for hours -> withdrawn, asked again for days       there again -> its text, offered
    asked for the last time -> kept a while for those who name it late -> forgotten

Times in ms since 1970, waits in seconds. `chance` in 0..1 spreads the requests.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ingest.model import Envelope, Withdrawal

from .articles import address_of
from .subscriptions import Visit
from .visits import hash_of

PAGES = "pages"
"""The source under which rows and schedule are kept."""


class Checks(msgspec.Struct, frozen=True):
    """When a page is asked again. Seconds, unless said otherwise."""

    again: tuple[float, ...] = (
        600.0,  # typing errors, a first take that grows: most edits in place come within minutes
        3_600.0,  # the next take, the desk's own corrections
        86_400.0,  # what was corrected because somebody complained
        3 * 86_400.0,  # retractions; later ones come as articles of their own
    )
    backfill: int = 2  # the row of `again` that a page begins with which was old when its feed was first read
    near: int = 12  # re-checks of a page after which a change makes it no more asked within minutes: a live page
    retries: tuple[float, ...] = (60.0, 300.0, 900.0, 1_800.0)  # without an answer: within the patience below, mostly
    later: tuple[float, ...] = (3_600.0, 6 * 3_600.0, 86_400.0)  # once its teaser was offered, or it was barred
    patience: float = 3_600.0  # a teaser waits so long for its page: news that is an hour late is old
    missed: tuple[float, ...] = (900.0, 3_600.0)  # a re-check without an answer is repeated; then it counts as done
    unheard: float = 120.0  # while no server at all answers: a network is away for seconds or for hours
    gone: tuple[float, ...] = (  # after each 404 or 410 in a row; the one after these is believed
        3_600.0,  # a deployment or a cache takes minutes
        4 * 3_600.0,  # a site that moves, or lost a part of itself, is noticed by its readers within hours
    )
    back: tuple[float, ...] = (  # then it is asked again, and is an article once more where it is back
        86_400.0,  # what took longer to mend
        3 * 86_400.0,  # what a lawyer looked at
    )
    kept: float = 7 * 86_400.0  # a row after the last re-check: feeds that name the page later are few
    spare: int = 1_000  # characters of an entry's text beside that of its page: teasers have a third of that, mostly
    jitter: float = 0.1  # of a wait: pages named in one poll must not be asked in one second again


CHECKS = Checks()

Offered = Literal["", "teaser", "full", "withdrawn"]
"""What was last offered of a page."""


class Page(msgspec.Struct, frozen=True, array_like=True):
    """A row of `progress:pages`; its name is the page's canonical address.

    visit       of the last answer
    entry       as a feed names the article; without a long text once the page's own was offered; None of a page that
                was only read by hand, or is not asked any more
    address     where it is asked for, empty for its own name
    named_at    when it was first named; `answered_at` the last answer; `first_at` the first text
    next_at     when it is due
    step        row of `CHECKS.again` that is next; `checks` how many there were
    failures    in a row; `gone` 404 and 410 among re-checks, in a row
    reason      why there was no article at the last try, a word of `model.REFUSALS`; empty where there was
    text        hash of what was last offered, `offered` what that was, `key` under which, empty for the row's name
    leads       the name of another row: of the page that this address turned out to lead to
    unused      a copy of what the feed's row says; kept, as rows are arrays and those that are stored have it
    over        not asked any more, and forgotten when it is due
    access      name of the credentials of the feed that names it: shown where they are for the page's host
    mark        of the text that was last offered in full, or was not since it is its site's, as `same_page` knows it
    shared      named by several feeds, or it is not known that it was by one alone: none of them speaks for it
    """

    visit: Visit = Visit()
    entry: Envelope | None = None
    address: str = ""
    named_at: int = 0
    answered_at: int = 0
    first_at: int = 0
    next_at: int = 0
    step: int = 0
    checks: int = 0
    failures: int = 0
    gone: int = 0
    reason: str = ""
    text: bytes = b""
    offered: Offered = ""
    key: str = ""
    leads: str = ""
    unused: bool = False
    over: bool = False
    access: str = ""
    mark: bytes = b""
    shared: bool = False

    @property
    def told(self) -> bool:
        """Whether a text of its own was offered, be it taken back by now."""
        return self.offered in {"full", "withdrawn"}

    @property
    def waits(self) -> bool:
        """Whether nothing of it was offered yet, and a feed's entry could be."""
        return self.entry is not None and not self.offered


def decode(raw: bytes | None) -> Page:
    """A row; one that cannot be read is of another version of this program: the page is as good as unknown."""
    try:
        return msgspec.msgpack.decode(raw, type=Page) if raw else Page()
    except msgspec.DecodeError:
        return Page()


def encode(page: Page, name: str = "") -> bytes:
    """Without what is the row's own name, which is most often the address and the key as well."""
    address, key = ("" if said == name else said for said in (page.address, page.key))
    return msgspec.msgpack.encode(msgspec.structs.replace(page, address=address, key=key))


def content_of(article: Envelope) -> bytes:
    """A hash of title and text in which blanks do not count: what differs less than that is not offered again."""
    return hash_of(_folded(article.title or ""), _folded(article.text))


def named(page: Page | None, entry: Envelope, now: int, *, changed: bool, access: str = "") -> Page | None:
    """The row once a feed names the page with `entry`; None where that changes nothing. `changed`: the same feed named
    it before, with another title or text. Where the address leads to another page, the row is that one's."""
    if page is None:
        address = entry.url or ""
        return Page(entry=entry, address=address, named_at=now, next_at=now, access=access)
    other = page.entry.source != entry.source if page.entry else page.told
    known = msgspec.structs.replace(page, shared=True) if other and not page.shared else page
    if not (changed or (page.entry is None and not page.offered)):
        return None if known is page else known
    if page.told:
        # The page is asked now, and once more only if it did change.
        step = min(page.step, len(CHECKS.again) - 1)
        kept = page.entry if other and page.entry else _spare(msgspec.structs.replace(entry, backfill=False))
        return msgspec.structs.replace(known, entry=kept, next_at=now, step=step, over=False, failures=0)
    if other:
        return None if known is page else known  # two feeds that tell it differently would take turns for ever
    since = page.named_at if page.waits else now
    return msgspec.structs.replace(page, entry=entry, named_at=since, next_at=now, over=False, failures=0)


def overdue(page: Page, now: int) -> bool:
    """Whether the entry has waited for its page long enough."""
    return page.waits and now >= page.named_at + _ms(CHECKS.patience)


def after_text(page: Page, article: Envelope, now: int, chance: float) -> Page:
    """The page was there; `article` is what it says, under the key it is known by."""
    content = content_of(article)
    changed = page.offered != "full" or content != page.text
    known = msgspec.structs.replace(
        page,
        answered_at=now,
        first_at=page.first_at or now,
        failures=0,
        gone=0,
        reason="",
        text=content,
        offered="full",
        key=article.key,
    )
    if page.entry is not None:
        known = msgspec.structs.replace(known, entry=_spare(page.entry))
    if not page.first_at:
        first = CHECKS.backfill if page.entry is not None and page.entry.backfill else 0
        return _waiting(known, first, now, chance)
    return _checked(known, changed, now, chance)


def after_same(page: Page, now: int, chance: float) -> Page:
    """A re-check found it not modified."""
    return _checked(msgspec.structs.replace(page, answered_at=now, failures=0, gone=0), False, now, chance)


def after_gone(page: Page, now: int, chance: float) -> Page:
    """404 or 410 where a text had been: when it has stood for hours, the article is `withdrawn`."""
    known = msgspec.structs.replace(page, answered_at=now, checks=page.checks + 1, failures=0, gone=page.gone + 1)
    believed = len(CHECKS.gone)
    if known.gone <= believed:
        return msgspec.structs.replace(known, next_at=_at(now, CHECKS.gone[known.gone - 1], chance))
    if page.offered != "withdrawn":  # without validators: a page that is back must come with its text
        known = msgspec.structs.replace(known, offered="withdrawn", text=b"", visit=Visit())
    later = CHECKS.back[known.gone - believed - 1 :]
    return msgspec.structs.replace(known, next_at=_at(now, later[0], chance)) if later else _over(known, now)


def after_failure(page: Page, reason: str, now: int, chance: float, *, barred: bool = False) -> Page:
    """No article was had. `barred`: the next minutes will not change that."""
    failed = msgspec.structs.replace(page, reason=reason, failures=page.failures + 1)
    if page.told:
        if not barred and failed.failures <= len(CHECKS.missed):
            return msgspec.structs.replace(failed, next_at=_at(now, CHECKS.missed[failed.failures - 1], chance))
        return _checked(msgspec.structs.replace(failed, failures=0), False, now, chance)
    if page.entry is None:
        return _over(failed, now)
    early = [] if barred else [wait for wait in CHECKS.retries if page.waits]
    waits = (*early, *CHECKS.later)
    if failed.failures > len(waits):
        return _over(failed, now)
    next_at = _at(now, waits[failed.failures - 1], chance)
    if page.waits and not barred:
        next_at = min(next_at, max(now, page.named_at + _ms(CHECKS.patience)))
    return msgspec.structs.replace(failed, next_at=next_at)


def unheard(page: Page, now: int, chance: float) -> Page:
    """No server at all answers: soon again, and nothing is learned."""
    return msgspec.structs.replace(page, next_at=_at(now, CHECKS.unheard, chance))


def as_teaser(page: Page, now: int, chance: float) -> Page:
    """The entry itself is offered in the place of its page, which is asked for later."""
    assert page.entry is not None
    next_at = page.next_at if page.next_at > now or page.over else _at(now, CHECKS.later[0], chance)
    offered = msgspec.structs.replace(page, text=content_of(page.entry), offered="teaser", key=page.entry.key)
    return msgspec.structs.replace(offered, failures=0, next_at=next_at)


def withdrawal(page: Page, name: str, reason: str) -> Envelope:
    """What takes back the text that was offered of the page."""
    source = page.entry.source if page.entry else PAGES
    withdrawn = Withdrawal(by="gone", reason=reason)
    return Envelope(
        key=page.key or name, source=source, text="", url=address_of(page.address or name), withdraws=withdrawn
    )


def leading(page: Page, to: str, now: int) -> Page:
    """The address leads to a page that has a row of its own."""
    return _over(msgspec.structs.replace(page, leads=to, answered_at=now), now)


def by_hand(page: Page, now: int) -> Page:
    """A page that no feed names is not asked again by itself."""
    return _over(page, now) if page.entry is None else page


def _spare(entry: Envelope) -> Envelope:
    """As it is kept in case that its page turns out to be no article. A long text is not: no other page is as long by
    chance, and a row must stay small."""
    return entry if len(entry.text) <= CHECKS.spare else msgspec.structs.replace(entry, text="")


def _checked(page: Page, changed: bool, now: int, chance: float) -> Page:
    checks = page.checks + 1
    known = msgspec.structs.replace(page, checks=checks)
    return _waiting(known, 0 if changed and checks <= CHECKS.near else page.step + 1, now, chance)


def _waiting(page: Page, step: int, now: int, chance: float) -> Page:
    if step >= len(CHECKS.again):
        return _over(msgspec.structs.replace(page, step=step), now)
    return msgspec.structs.replace(page, step=step, next_at=_at(now, CHECKS.again[step], chance))


def _over(page: Page, now: int) -> Page:
    return msgspec.structs.replace(page, entry=None, over=True, next_at=now + _ms(CHECKS.kept))


def _at(now: int, wait: float, chance: float) -> int:
    return now + _ms(wait * (1 + CHECKS.jitter * (2 * chance - 1)))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _folded(text: str) -> str:
    return " ".join(text.split())
