"""What a page says of itself besides its text: title, author, address, site, day.

By trafilatura's own functions, asked in the order in which its `extract_metadata` asks them, but not for what nobody
here reads: categories, tags and licence, and the day of a page that states its time. A test holds the two together.
"""

from __future__ import annotations

import re
from contextlib import suppress

from htmldate import find_date
from lxml import html as lxml_html
from trafilatura import metadata
from trafilatura.settings import Document, set_date_params

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
    said.url = said.url or metadata.extract_url(tree, url)
    if not dated:
        said.date = find_date(tree, **{**set_date_params(), "url": said.url})
    said.sitename = _site(said.sitename or metadata.extract_sitename(tree), said.url)
    said.clean_and_trim()
    return said


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
