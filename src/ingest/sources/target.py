"""What a URL asks for: of whom, and in which words."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import idna
import msgspec

from ingest.addresses import remembering
from ingest.errors import Refused

from .names import printable

MOST = 8_000
"""Characters of a URL: no honest one comes near to it."""
_PORTS = {"http": 80, "https": 443}
_AS_WRITTEN = "%!#$&'()*+,/:;=?@[]~"
"""Left alone in a path: some servers tell these from their escapes."""


class Target(msgspec.Struct, frozen=True):
    """`host` is ASCII, without brackets; `authority` is what `Host` says; `path` has the query."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


@remembering
def target_of(url: str) -> Target:
    """Raises Refused `fetch-failed`, which names no place."""
    if len(url) > MOST:
        raise Refused("fetch-failed", "", "an address of absurd length")
    try:
        parts = urlsplit(url)
        stated = parts.port
    except ValueError:
        raise Refused("fetch-failed", "", "no valid address") from None
    default = _PORTS.get(parts.scheme)
    if default is None:
        raise Refused("fetch-failed", "", f"not a web address ({printable(parts.scheme[:20])})")
    if parts.username is not None or parts.password is not None:
        raise Refused("fetch-failed", "", "credentials in the address")
    host, port = _ascii_host(parts.hostname or ""), default if stated is None else stated
    wanted = parts.path or "/"
    wanted = f"{wanted}?{parts.query}" if parts.query else wanted
    authority = bracketed(host) if port == default else f"{bracketed(host)}:{port}"
    return Target(parts.scheme, host, port, authority, quote(wanted, safe=_AS_WRITTEN))


def bracketed(host: str) -> str:
    """A host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def _ascii_host(host: str) -> str:
    if not host:
        raise Refused("fetch-failed", "", "an address without a host")
    if host.isascii():
        if any(c <= " " or c in '"<>\\^`{|}%\x7f' for c in host):
            raise Refused("fetch-failed", "", "no valid host")
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise Refused("fetch-failed", "", "no valid host") from None
