"""An index of sitemaps and the sitemaps worth reading of it: feeds of their own, each with its rhythm. Pure.

The index's row names its parts, each part's row its index. What an index names no more is forgotten with the step that
found it out, so a sitemap for each day comes and goes without anybody's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from .port import ProgressUpdate
from .schedule import Rhythm
from .subscriptions import FEEDS, Feed, decode, encode
from .visits import SEEN
from .wanted import WORTH


def changed_parts(
    name: str, feed: Feed, sitemaps: Sequence[str], held: Mapping[str, bytes], now: int
) -> list[ProgressUpdate]:
    """What makes the rows of the parts those of `sitemaps`. `feed` is the index as it was, `held` the stored rows of
    these addresses and of the parts before, `now` in ms. A feed that was subscribed by itself stays as it is."""
    # What a new sitemap holds is new, and no backfill, where the index was read before.
    rhythm = Rhythm(answered_at=feed.rhythm.answered_at)
    about = msgspec.structs.replace(feed.about, title="", muted="")
    part = encode(Feed(about=about, rhythm=rhythm, part_of=name))
    new = [address for address in sitemaps if address not in held and address != name]
    gone = [one for one in feed.parts if one not in sitemaps and one in held and decode(held[one]).part_of == name]
    if not new and not gone:
        return []
    rows = ProgressUpdate(
        FEEDS,
        {**dict.fromkeys(new, part), **dict.fromkeys(gone, None)},
        {**dict.fromkeys(new, None), **{one: held[one] for one in gone}},
        {**dict.fromkeys(new, now), **dict.fromkeys(gone, None)},
    )
    return [rows, *_learned(gone)] if gone else [rows]


def forgotten(name: str, raw: bytes) -> list[ProgressUpdate]:
    """What removes a feed, or a part whose index is there no more, with all that was learned of it."""
    return [ProgressUpdate(FEEDS, {name: None}, {name: raw}, {name: None}), *_learned([name])]


def _learned(gone: Sequence[str]) -> list[ProgressUpdate]:
    return [ProgressUpdate(source, dict.fromkeys(gone, None)) for source in (SEEN, WORTH)]
