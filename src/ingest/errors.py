"""The errors of Storywire, by what the caller should do next.

    IngestError
    +-- UsageError          the person at the command line changes something; exit code 2
    |   +-- SettingsError   a setting is wrong: names it and where it stands
    |   +-- StoreError      the store cannot be used as it is: names it and what to change
    |       +-- NoStore     the folder is none, and who only reads makes none: start who writes first, or wait
    +-- Refused             this input is not an article and never will be: count it, say so, go on
    +-- TransientError      again later, with patience; nothing is lost by waiting
    |   +-- Pressure        the store is full up to its limit: sources wait, workers go on draining
    +-- Stale               what was read has changed since: drop the view, read again

Expected outcomes (a copy, an article seen before, a feed not modified) are values, not errors.
"""

from __future__ import annotations


class IngestError(Exception):
    """Root of everything Storywire raises on purpose."""


class UsageError(IngestError):
    """Something a person can put right; the message says what and how."""


class SettingsError(UsageError):
    """A setting has no usable value."""


class StoreError(UsageError):
    """The store (folder or URL) cannot be used; the message names it and what to do."""


class NoStore(StoreError):
    """A folder without a store; the message names it and who makes one."""


class Refused(IngestError):
    """This input will never be an article.

    `reason` is a word of the closed vocabulary (`model.REFUSALS`), `where` names the file, line or URL.
    """

    def __init__(self, reason: str, where: str, detail: str = "") -> None:
        self.reason, self.where, self.detail = reason, where, detail
        super().__init__(f"{where}: {reason}" + (f" ({detail})" if detail else ""))


class TransientError(IngestError):
    """Try again later; `retry_after` in seconds, None where unknown."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Pressure(TransientError):
    """The inbox is at its limit of entries or bytes, or the server near its memory limit."""


class Stale(IngestError):
    """Somebody else has written the partition since it was read."""
