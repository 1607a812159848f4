"""What a long web archive costs: one is read in a process of its own, which says the most memory that it took."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from made_archives import Archive

FEW, MANY = 1_000, 4_000
"""Pages: the first are enough to fill what is filled once, the readers' queues and the allocator's own."""
FLAT = 1.1

READ = """
import json, sys
from collections import Counter
from ingest.settings import Settings
from ingest.sources.replay import read_paths
from ingest.wiring import readers

settings = Settings()
with readers(settings) as reading:
    found = read_paths(sys.argv[1:], readers=reading, settings=settings.sources)
    kinds = Counter(type(item).__name__ for _, item in found)
# in kB, of this program alone, without the extraction children
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"peak": peak, "pages": kinds["Envelope"], "refused": kinds["Refused"]}))
"""


def crawl(path: Path, pages: int) -> Path:
    """As CC-NEWS has it: a request and metadata to each page, every record packed by itself; pages of some 15 kB, no
    two alike."""
    archive, chance = Archive(path), random.Random(7)
    words = [f"w{chance.randrange(10**6):06}" for _ in range(20_000)]
    for number in range(pages):
        url = f"https://news{number % 300}.example/{number}"
        lines = "".join(f"<p>{' '.join(chance.choices(words, k=60))}.</p>" for _ in range(30))
        html = f"<html><head><title>Page {number}</title></head><body><article>{lines}</article></body></html>"
        archive.record(url, "request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
        archive.answer(url, html.encode())
        archive.record(url, "metadata", b"fetchTimeMs: 12", "application/warc-fields")
    return archive.close()


def read(path: Path) -> dict[str, int]:
    told = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, check=True, timeout=600)
    found: dict[str, int] = json.loads(told.stdout)
    return found


@pytest.mark.badinput
def test_an_archive_four_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    short, long = (read(crawl(tmp_path / f"{pages}.warc.gz", pages)) for pages in (FEW, MANY))
    print(short, long)
    assert (short["pages"], long["pages"], short["refused"], long["refused"]) == (FEW, MANY, 0, 0)
    assert long["peak"] <= FLAT * short["peak"]
