"""How few polls would do: those of a reader who knows beforehand when every item comes. Pure.

He asks a feed never twice within ten minutes and at least once a day, as ours must, misses nothing, and sees each item
within an hour of its coming, or as soon as the feed can be read at all. Why the hour: what a newsroom calls new is
younger; with a larger allowance even a busy feed needs few polls, and the comparison would praise whoever is late.
The ideal waits with each poll until the first item that it has not seen would be too old, or gone; no reader can do
with fewer (every poll stands at the last moment for some item, or a day after the one before). Nobody without foresight
reaches it: of a feed that brings one item a day, the moment is not known.
"""

from __future__ import annotations

from plan import DAY, FAILS, HOUR, Feed

PROMPT = HOUR
SHORTEST, LONGEST = 600.0, DAY


def ideal_polls(feed: Feed, days: float) -> list[float]:
    over = days * DAY
    polls = [0.0]
    for item, at in enumerate(feed.times):
        if at <= polls[-1] or at > over:
            continue
        latest = min(at + PROMPT, feed.leaves(item) - 1.0)
        while latest - polls[-1] > LONGEST:
            polls.append(polls[-1] + LONGEST)
        if at > polls[-1]:
            polls.append(max(latest, polls[-1] + SHORTEST))
    while over - polls[-1] > LONGEST:
        polls.append(polls[-1] + LONGEST)
    gone = next((one.begins for one in feed.troubles if one.what == "410"), over)
    return [at for at in polls if at < gone] + ([gone] if gone < over else [])


def readable(feed: Feed, item: int, days: float) -> float:
    """Seconds for which an item stood in its feed while that could be read, up to the end of the run."""
    begins, ends = max(feed.times[item], 0.0), min(feed.leaves(item), days * DAY)
    outages = [(max(one.begins, begins), min(one.ends, ends)) for one in feed.troubles if one.what in FAILS]
    return max(0.0, ends - begins - sum(max(0.0, until - since) for since, until in outages))
