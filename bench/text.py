"""One worker from inbox to committed events, against datasketch's MinHashLSH on the same kind of server.

Both are given texts and say what is near; theirs writes no event. 128 permutations, threshold .5, words in threes,
query before insert; once at its best, with its vectorised update, and once as its documentation has it, a call for
each shingle. Tokenising is inside for both; reading the file and loading models for neither.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import re
from pathlib import Path

from ingest.model import Envelope
from ingest.store import open_store
from ingest.wiring import opened

from . import data
from .measure import Spent, Stopwatch, middle, taking_turns
from .report import Row
from .sizes import Size
from .worker import Apart, Worker, fill, settings_of

PERMUTATIONS, THRESHOLD, SHINGLE = 128, 0.5, 3
REACH_RATE, REACH_RATIO = 250, 4.0


def run(size: Size, place: Path) -> list[Row]:
    articles = data.articles(size.articles)
    stores = (place / f"text-{number}" for number in itertools.count())
    pair = taking_turns(size.rounds, lambda: ours(next(stores), articles), lambda: theirs(next(stores), articles))
    documented = theirs(next(stores), articles, at_once=False).rate
    rate, peer = middle(pair.ours, lambda spent: spent.rate), middle(pair.theirs, lambda spent: spent.rate)
    cpu, peer_cpu = middle(pair.ours, lambda spent: spent.cpu_ms), middle(pair.theirs, lambda spent: spent.cpu_ms)
    name = f"datasketch {importlib.metadata.version('datasketch')} on Redis"
    return [
        Row(
            f"text: one worker, inbox to event, {size.articles:,} articles",
            f"{rate:.0f} articles/s",
            f">= {REACH_RATE}",
            rate >= REACH_RATE,
        ),
        Row(
            f"text / {name} ({peer:.0f} articles/s)",
            pair.spread(),
            f">= {REACH_RATIO:g}",
            pair.ratio >= REACH_RATIO,
        ),
        Row(f"text / the same as documented ({documented:.0f} articles/s)", f"{rate / documented:.2f}"),
        Row("text: processor time an article, server included", f"{cpu:.1f} ms, {name} {peer_cpu:.1f} ms"),
    ]


def ours(store: Path, articles: list[Envelope]) -> Spent:
    settings = settings_of(store)
    with opened(settings) as installation, Worker(settings) as worker:
        fill(installation, articles)
        return worker.drain().spent


def theirs(store: Path, articles: list[Envelope], at_once: bool = True) -> Spent:
    texts = [(article.key, f"{article.title or ''}\n{article.text}") for article in articles]
    with Apart() as apart:
        return apart.call(_look_up_and_insert, store, texts, at_once)


def _look_up_and_insert(store: Path, texts: list[tuple[str, str]], at_once: bool) -> Spent:
    from datasketch import MinHash, MinHashLSH

    with open_store(store) as opened_store:
        client = opened_store.client()
        server = {"unix_socket_path": client.connection_pool.connection_kwargs["path"]}
        config = {"type": "redis", "basename": b"bench", "redis": server}
        index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, storage_config=config)
        watch = Stopwatch(client)
        for key, text in texts:
            sketch = MinHash(num_perm=PERMUTATIONS)
            if at_once:
                sketch.update_batch(_shingles(text))
            else:
                for shingle in _shingles(text):
                    sketch.update(shingle)
            index.query(sketch)
            index.insert(key, sketch)
        return watch.spent(len(texts))


def _shingles(text: str) -> list[bytes]:
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[at : at + SHINGLE]).encode() for at in range(max(1, len(words) - SHINGLE + 1))]
