"""Addresses of article versions: `storywire:article/<key>@<version>`. Pure."""

from __future__ import annotations

from urllib.parse import quote, unquote

_PREFIX = "storywire:article/"


def article_href(key: str, version: int) -> str:
    """The address of an article version's text. Every character that a URI may not hold is percent-encoded, a `@` in
    the key too, so that the last one always stands before the version."""
    return f"{_PREFIX}{quote(key, safe='', errors='surrogatepass')}@{version}"


def article_of(href: str) -> tuple[str, int] | None:
    """Key and version out of an address, None where it is none."""
    key, _, version = href.removeprefix(_PREFIX).rpartition("@")
    if not href.startswith(_PREFIX) or not key or not (version.isascii() and version.isdigit()):
        return None
    return unquote(key, errors="surrogatepass"), int(version)
