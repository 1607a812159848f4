"""How much is measured: by default what takes about ten minutes in all, with FULL=1 what the promise names, and with
QUICK=1 just enough to see that every part runs."""

from __future__ import annotations

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    articles: int  # of a round of text, workers and commit
    rounds: int  # of each comparison
    pages: int  # of a round of html
    small: int  # articles in the window of the smaller store
    large: int  # and of the larger one, over which memory is watched
    deep: int  # and of the one in which the judgement alone is measured
    step: int  # articles that are measured, then
    feeds: int  # that one fetcher has
    polls: int  # over which its memory is watched
    spread: int  # seconds in which each of its feeds is due once


DEFAULT = Size(articles=1_500, rounds=3, pages=60, small=1_000, large=10_000, deep=20_000, step=500,
               feeds=5_000, polls=40_000, spread=60)  # fmt: skip
FULL = Size(articles=5_000, rounds=5, pages=181, small=10_000, large=100_000, deep=200_000, step=1_000,
            feeds=5_000, polls=100_000, spread=60)  # fmt: skip
QUICK = Size(articles=128, rounds=1, pages=4, small=64, large=256, deep=512, step=64, feeds=200, polls=1_000,
             spread=2)  # fmt: skip
