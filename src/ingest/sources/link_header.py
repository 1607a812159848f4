"""Where an answer links to, as a subscriber reads it: its hub and the feed's own address. In its `Link` header
(RFC 8288), or in the document. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urljoin

from .articles import address_of
from .names import stated

_PARAMETER = re.compile(
    r'\s*+;\s*+([^\s=;,"<>]*+)\s*+(?:=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"]*+)))?+'  # name="quoted" or name=word
)
_ESCAPED = re.compile(r"\\(.)")


def linked(headers: Mapping[str, str], url: str, relation: str) -> str:
    """The first web address to which the answer from `url` stands in this relation; empty where there is none. Headers
    with names in small letters, as in `Response`."""
    for target, said in _links(headers.get("link", "")):
        # With an anchor it is another's link: not what this answer says of itself.
        if relation in said.get("rel", "").lower().split() and "anchor" not in said:
            with suppress(ValueError):
                if address := address_of(urljoin(url, stated(target).strip())):
                    return address
    return ""


def absolute(url: str, target: str) -> str:
    """Where a link leads that a document from `url` has, which may be relative; as it stands where that is no web
    address, so that the operator can be told, and empty where there is none."""
    with suppress(ValueError):
        return address_of(urljoin(url, target)) or target if target else ""
    return target


def _links(value: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each link's target and its parameters, the first of a name alone (RFC 8288, 3.3)."""
    at = 0
    while (start := value.find("<", at)) >= 0 and (end := value.find(">", start)) >= 0:
        said: dict[str, str] = {}
        at = end + 1
        while found := _PARAMETER.match(value, at):
            quoted, word = found[2], found[3]
            said.setdefault(found[1].lower(), _ESCAPED.sub(r"\1", quoted) if quoted is not None else word or "")
            at = found.end()
        yield value[start + 1 : end], said
