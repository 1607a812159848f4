"""An index of sitemaps and the sitemaps worth reading of it: feeds of their own, each with its rhythm. Pure.

The index's row names its parts, each part's row its index. What an index names no more is forgotten with the step that
found it out, so a sitemap for each day comes and goes without anybody's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from .leaving import given_up
from .port import ProgressUpdate
from .schedule import Rhythm
from .subscriptions import FEEDS, Feed, Subscription, Unreadable, decode, encode
from .visits import SEEN
from .wanted import WORTH


def changed_parts(
    name: str, feed: Feed, sitemaps: Sequence[str], held: Mapping[str, bytes], now: int
) -> list[ProgressUpdate]:
    """What makes the rows of the parts those of `sitemaps`. `feed` is the index as it was, `held` the stored rows of
    these addresses and of the parts before, `now` in ms. A feed that was subscribed by itself stays as it is; one that
    was only read by hand becomes a part."""
    # What a new sitemap holds is new, and no backfill, where the index was read before.
    rhythm = Rhythm(answered_at=feed.rhythm.answered_at)
    part = encode(Feed(about=about_part(feed.about), rhythm=rhythm, part_of=name))
    new = [address for address in sitemaps if address != name and _free(held.get(address))]
    gone = [one for one in feed.parts if one not in sitemaps and one in held and decode(held[one]).part_of == name]
    rows = ProgressUpdate(
        FEEDS, dict.fromkeys(new, part), {one: held.get(one) for one in new}, dict.fromkeys(new, now)
    )
    left = [update for one in gone for update in forgotten(one, held[one], decode(held[one]), now)]
    return [rows, *left] if new else left


def about_part(about: Subscription) -> Subscription:
    """What the operator said of an index, as it holds for each of its parts."""
    return msgspec.structs.replace(about, title="")


def forgotten(name: str, raw: bytes, feed: Feed | None, now: int) -> list[ProgressUpdate]:
    """What removes a feed, or a part whose index is there no more, with all that was learned of it, at `now` (ms): its
    hub is left as well. `feed` is None where its row cannot be read."""
    row = ProgressUpdate(FEEDS, {name: None}, {name: raw}, {name: None})
    learned = [ProgressUpdate(source, {name: None}) for source in (SEEN, WORTH)]
    return [row, *learned, *(given_up(feed.push, now) if feed else [])]


def _free(raw: bytes | None) -> bool:
    """Whether nobody subscribed to it."""
    try:
        return decode(raw).about.added_at == 0
    except Unreadable:
        return False
