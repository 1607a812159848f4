"""What an agency's delivery says, whatever its format: what its readers (extraction) hand to the sources.

docs/wire-formats.md tells for each format what is read from where.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ingest.model import Stamp

Status = Literal["usable", "withheld", "canceled"]
Detail = str | int | tuple[str, ...]

MONTHS = "jan feb,fev mar,mrz apr,avr may,mai,mag jun,giu jul,lug aug,ago,aou sep,set oct,okt,ott nov dec,dez,dic"
"""The months of a year, each by what three letters agencies write."""
MESSAGE_BEGINS = (
    rf"(?!(?i:{MONTHS.replace(' ', '|').replace(',', '|')}) (?:19|20)\d\d)"
    r"[A-Za-z]{3} ?\d{4} +[0-9A-Za-z] +[A-Za-z]{1,3} +\d{1,5}(?![\d:.])"
)
"""Source, number, priority, category and words of a message of IPTC 7901: a file is told by them, and where in it a
message begins. `May 2024 7 of 10` is text."""


class WireItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a delivery, as it says of itself.

    id          names it across its versions, None where it has no name; `version` as it is given
    again       it is a later version of itself, by its number
    follows     ids of other items that it evolved from or takes the place of, the nearest first
    withdraws   ids of the items that it takes back, its own where it is canceled itself; then it is no article
    reason      in its own words, why
    embargo     ms since 1970; not to be published before
    details     urgency, slugline, subjects and what else goes to `extra`, bounded
    refused     a word of `model.REFUSALS` where no article can be made of it; `reason` says more
    """

    id: str | None = None
    version: str | None = None
    status: Status = "usable"
    again: bool = False
    follows: tuple[str, ...] = ()
    withdraws: tuple[str, ...] = ()
    reason: str | None = None
    title: str | None = None
    text: str = ""
    url: str | None = None
    published: Stamp | None = None
    embargo: int | None = None
    correction: bool = False
    author: str | None = None
    outlet: str | None = None
    language: str | None = None
    rights: str | None = None
    details: dict[str, Detail] = {}
    refused: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The items of a file in their order. `left_out` were too many and not looked at."""

    items: tuple[WireItem, ...]
    left_out: int = 0
