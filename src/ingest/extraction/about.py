"""What a page says of itself besides its text: title, author, address, site, day.

By trafilatura's own functions, asked in the order in which its `extract_metadata` asks them, but not for what nobody
here reads: categories, tags and licence, and the day of a page that states its time. A test holds the two together. One
thing is read that they pass over: a canonical link that is relative.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from courlan import normalize_url, validate_url
from htmldate import find_date
from lxml import html as lxml_html
from trafilatura import metadata
from trafilatura.settings import Document, set_date_params

_UNFILLED = re.compile(r"^#|[\\{}<>]|^(?:undefined|null|none|false)$", re.IGNORECASE)
"""In a relative link the mark of a template that was not filled in: the same on every page, it would make them one."""
_HOST = re.compile(r"https?://(?:www\.|w[0-9]+\.)?([^/]+)")


def about(tree: lxml_html.HtmlElement, url: str | None, *, dated: bool) -> Document:
    """`title`, `author`, `url`, `sitename`, and `date` unless it is `dated` already; other fields mean nothing.

    `url` is where the page came from. The tree stays as it is. Raises TypeError, ValueError of addresses that are none.
    """
    said = metadata.examine_meta(tree)
    if said.author and " " not in said.author:
        said.author = None  # an account's name, not a person's
    with suppress(Exception):  # it breaks on some blocks of JSON; what stood before them is read
        said = metadata.extract_meta_json(tree, said)
    said.title = said.title or metadata.extract_title(tree)
    said.author = said.author or metadata.extract_author(tree)
    said.url = said.url or _relative(tree, url) or metadata.extract_url(tree, url)
    if not dated:
        said.date = find_date(tree, **{**set_date_params(), "url": said.url})
    said.sitename = _site(said.sitename or metadata.extract_sitename(tree), said.url)
    said.clean_and_trim()
    return said


def _relative(tree: lxml_html.HtmlElement, url: str | None) -> str | None:
    """Where a canonical link leads that is relative, to the page's `<base>` or to `url`; None where there is none."""
    href = _href(tree, './/head//link[@rel="canonical"]')
    try:
        if not href or _UNFILLED.search(href) or urlsplit(href).scheme:
            return None
        valid, parts = validate_url(urljoin(urljoin(url or "", _href(tree, ".//head//base[@href]")), href))
        return normalize_url(parts) if valid and parts else None
    except ValueError:  # of addresses that are none
        return None


def _href(tree: lxml_html.HtmlElement, path: str) -> str:
    found = tree.find(path)
    return (found.get("href") or "").strip() if found is not None else ""


def load_days() -> None:
    """Load what the first day in words that cannot be read needs: two hundred languages, each of which is tried; 1.9 s
    of processor time and 43 MB (decision 0185)."""
    words = "3. of no month 2023, 12:10"  # looks like a day, and is none in any language
    find_date(lxml_html.fromstring(f"<html><body><p class='date'>{words}</p></body></html>"), **set_date_params())


def _site(name: str | None, url: str | None) -> str | None:
    """The name as a title, without the mark of an account; the host of a page that has none."""
    if not name:
        host = _HOST.match(url or "")
        return host[1] if host else None
    name = name.lstrip("@")
    plain = name and "." not in name and not name[0].isupper()
    return name.title() if plain else name
