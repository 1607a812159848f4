"""Handing articles to the inbox: in batches, in order, with patience where it is full or away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ingest.errors import Pressure, Refused, Stale, TransientError
from ingest.fields import checked
from ingest.model import Envelope

from .port import Inbox, Outcome, ProgressUpdate, Stop


class Skipped(msgspec.Struct, frozen=True):
    """What a file holds besides articles by its nature, in words: an archive's requests and images. No refusal."""

    detail: str


Item = tuple[str, Envelope | Refused | Skipped]
"""Where it came from (printable), and the article or why it is none."""


class BatchLimits(msgspec.Struct, frozen=True):
    """When a batch goes to the inbox."""

    offers: int = 64  # the workers read as many at once
    chars: int = 2_000_000  # one call of the server must stay short, whatever the articles' length
    patience: float = 1.0  # seconds between tries where the inbox names no time


LIMITS = BatchLimits()


class Stopped(Exception):
    """Told to stop while waiting for the inbox; what was not accepted is not recorded either."""


def batches(items: Iterable[Item], limits: BatchLimits = LIMITS) -> Iterator[list[Item]]:
    """Cut a stream of items into batches; only articles count, the others ride along. An article whose fields the inbox
    would not take is a refusal here already: there it would take its whole batch along."""
    batch: list[Item] = []
    offers = chars = 0
    for where, found in items:
        item = (where, _checked(where, found))
        batch.append(item)
        if isinstance(item[1], Envelope):
            offers, chars = offers + 1, chars + len(item[1].text)
        if offers >= limits.offers or chars >= limits.chars or len(batch) >= 16 * limits.offers:
            yield batch
            batch, offers, chars = [], 0, 0
    if batch:
        yield batch


def _checked(where: str, item: Envelope | Refused | Skipped) -> Envelope | Refused | Skipped:
    if not isinstance(item, Envelope):
        return item
    try:
        return checked(item)
    except Refused as refused:
        return Refused(refused.reason, where, refused.detail)


def hand_over(
    batch: list[Item], inbox: Inbox, stop: Stop, progress: Sequence[ProgressUpdate] = (), limits: BatchLimits = LIMITS
) -> Iterator[Outcome]:
    """Offer a batch until the inbox takes it, saying once what is waited for and once that it is over; then one outcome
    an item.

    Without `progress` an answer that was lost is asked for again: an article offered twice is `seen`. With it, the
    second offer is Stale if the first was applied; the caller reads its progress and goes on from there.
    Raises Stale, Stopped.
    """
    said = ""
    while True:
        try:
            offer_once(batch, inbox, progress)
            break
        except Stale:
            if said:
                yield Outcome(where="inbox", fate="resumed")
            raise
        except TransientError as error:
            what = "the inbox is full" if isinstance(error, Pressure) else "the store does not answer"
            if what != said:
                yield Outcome(where="inbox", fate="waiting", detail=f"{what}: {error}")
                said = what
            if stop.wait(error.retry_after or limits.patience):
                raise Stopped from error
    if said:
        yield Outcome(where="inbox", fate="resumed")
    for where, item in batch:
        yield outcome_of(where, item)


def offer_once(batch: list[Item], inbox: Inbox, progress: Sequence[ProgressUpdate] = ()) -> None:
    """One try, for whoever waits in another way. Raises Stale, TransientError."""
    offers = [item for _, item in batch if isinstance(item, Envelope)]
    inbox.offer(offers, refused=sum(isinstance(item, Refused) for _, item in batch), progress=progress)


def outcome_of(where: str, item: Envelope | Refused | Skipped) -> Outcome:
    if isinstance(item, Skipped):
        return Outcome(where=where, fate="skipped", detail=item.detail)
    if isinstance(item, Refused):
        return Outcome(where=where, fate="refused", reason=item.reason, detail=item.detail)
    return Outcome(where=where, fate="accepted", key=item.key)
