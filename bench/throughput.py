"""Articles a second through the whole arrow, with one, two and four workers on one folder store.

The articles are made up (the same ones in every run): 300 words each out of a vocabulary with the frequencies of a
language, one in ten a copy at another outlet. Their judgement means nothing; its cost does. The figures count from
the command's start to its end, the server's start included.

    make bench              bench/throughput.py [ARTICLES]   (default 1000)
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = 1000
WORKERS = (1, 2, 4)
WORDS, VOCABULARY, SENTENCE = 300, 20_000, 18
COPIES = 0.1


def made_up(articles: int) -> Iterator[dict[str, Any]]:
    """JSON articles, the same for the same number."""
    chance = random.Random(1)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    frequencies = [1 / rank for rank in range(1, VOCABULARY + 1)]  # Zipf
    texts: list[tuple[str, str]] = []
    for number in range(articles):
        if texts and chance.random() < COPIES:
            title, text = chance.choice(texts)
        else:
            drawn = chance.choices(words, frequencies, k=WORDS)
            sentences = [" ".join(drawn[at : at + SENTENCE]).capitalize() + "." for at in range(0, WORDS, SENTENCE)]
            title, text = " ".join(drawn[:8]).capitalize(), "\n\n".join(sentences)
            texts.append((title, text))
        yield {"id": str(number), "title": title, "text": text, "outlet": f"Outlet {number % 50}", "language": "en"}


def seconds(articles: Path, store: Path, workers: int) -> float:
    """Duration of one replay. Raises CalledProcessError."""
    command = [str(ROOT / ".venv" / "bin" / "ingest"), "replay", str(articles), "--into", str(store)]
    start = time.perf_counter()
    subprocess.run([*command, "--workers", str(workers)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(articles: int) -> None:
    with tempfile.TemporaryDirectory(prefix="storywire-bench-") as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(json.dumps(article) + "\n" for article in made_up(articles)), "utf-8")
        for workers in WORKERS:
            took = seconds(file, Path(folder) / f"store-{workers}", workers)
            print(f"{articles} articles, {workers} workers: {took:.1f} s, {articles / took:.0f} articles/s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES)
