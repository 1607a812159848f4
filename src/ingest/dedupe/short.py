"""Items too short to be compared: flashes, title-only items. Only the same title with the same body says "copy"."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ingest.alignment.tokens import canonical, is_unspaced, tokens
from ingest.dedupe.thresholds import SHORT, ShortThresholds


def short_key(title: str | None, sentences: Sequence[str], thresholds: ShortThresholds = SHORT) -> bytes | None:
    """12 bytes naming title and body of a short item, for an exact index kept 24 h; None where the text is long enough
    to be compared, or where there is too little to name anything."""
    body: list[str] = []
    for sentence in sentences:
        body += tokens(canonical(sentence))
        if len(body) >= thresholds.longest:
            return None
    head = tokens(canonical(title)) if title else []
    both = head + body
    fewest = thresholds.fewest_unspaced if 2 * sum(map(is_unspaced, both)) > len(both) else thresholds.fewest
    if len(both) < fewest:
        return None
    named = " ".join(head) + "\n" + " ".join(body)
    return hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=12).digest()
