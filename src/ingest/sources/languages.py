"""Languages as feeds state them."""

from __future__ import annotations

import re


def language_of(stated: object) -> str | None:
    """The primary language of `en`, `en-GB`, `en_GB`; None for what is no such thing."""
    found = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", stated) if isinstance(stated, str) else None
    return found[1].lower() if found else None
