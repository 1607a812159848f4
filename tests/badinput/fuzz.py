"""`make fuzz MINUTES=10 SEED=1`: real-shaped pages, feeds, JSON and texts, damaged, through readers and normaliser.

Each input goes the way of a file in a folder: told apart by its content, read in the extraction child where it is a
page or a feed, made an envelope, encoded and decoded, normalised. It must come to articles or to a labelled refusal,
within the deadline, with nothing in the article that no text holds. Whatever else happens is a finding, kept in a
file. Prints one page; exit code 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import random
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import BinaryIO

TESTS = Path(__file__).resolve().parents[1]
sys.path += [str(TESTS), str(TESTS / "badinput")]

from kinds import contents  # noqa: E402 -- the folders above come first
from kinds_pages import feeds, pages  # noqa: E402 -- the same

from hostile import HOSTILE  # noqa: E402 -- the same
from ingest import wiring  # noqa: E402 -- the same
from ingest.errors import Refused  # noqa: E402 -- the same
from ingest.inbox import envelope  # noqa: E402 -- the same
from ingest.model import REFUSALS, Accepted, Envelope  # noqa: E402 -- the same
from ingest.normalise import normalise  # noqa: E402 -- the same
from ingest.settings import Settings  # noqa: E402 -- the same
from ingest.sources.contents import Place, read_items  # noqa: E402 -- the same
from ingest.sources.offering import Skipped  # noqa: E402 -- the same
from ingest.sources.port import Readers  # noqa: E402 -- the same

DEADLINE = 13.0
"""By the clock of an idle machine: 5 s, a child that loads all it may need, and 5 s in that one (decision 0185)."""
LARGEST = 300_000
"""Bytes of a mutant: what is merely large is in the table of kinds."""
GRAINS = (
    b"<", b">", b'"', b"'", b"&", b"\0", b"\xff", b"{", b"}", b"[", b"]", b",", b"\\u", b"\\ud800", b"]]>", b"<!--",
    b"-->", b"<![CDATA[", b"&#", b"&#x", b"\r", b"\n", b"\n\n", b"<p>", b"</p>", b"<div>", b"<item>", b"<title>",
    b"</title>", b"1e999", b"NaN", b"null", b"-1", b"9" * 40, b"0000-00-00", b"http://[", b"javascript:", b"../",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b",
    b"<script type='application/ld+json'>", b"<meta charset='utf-7'>", b"xmlns:x='",
    HOSTILE.encode(),
)  # fmt: skip


def corpus(scratch: Path) -> list[bytes]:
    """The fixtures of the project and what the table of kinds makes."""
    found = [path.read_bytes() for path in sorted((TESTS / "fixtures").rglob("*")) if path.is_file()]
    for number, kind in enumerate((*contents(), *pages(), *feeds())):
        own = scratch / str(number)
        own.mkdir(parents=True)
        kind.made(own)
        found += [path.read_bytes() for path in own.iterdir()]
    return sorted({data for data in found if len(data) <= LARGEST and b"stand-in" not in data})


def mutant(draw: random.Random, seeds: list[bytes]) -> bytes:
    data = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 8)):
        at, length = draw.randrange(len(data) + 1), int(draw.expovariate(1 / 20))
        match draw.randrange(7):
            case 0:
                data[at : at + length] = draw.choice(GRAINS)
            case 1:
                data[at:at] = draw.choice(GRAINS) * draw.choice((1, 1, 3, 50, 2000))
            case 2:
                del data[at : at + length * draw.choice((1, 1, 20))]
            case 3:
                data[at:at] = draw.randbytes(length)
            case 4:
                piece = data[at : at + length * 10]
                data[at:at] = piece * draw.choice((1, 2, 30))
            case 5:
                other = draw.choice(seeds)
                start = draw.randrange(len(other) + 1)
                data[at:at] = other[start : start + length * 50]
            case _:
                if data and at < len(data):
                    data[at] ^= 1 << draw.randrange(8)
        del data[LARGEST:]
    found = bytes(data)
    return gzip.compress(found) if draw.random() < 0.03 else found


def opened(data: bytes, scratch: Path) -> BinaryIO:
    """As a file, since gzip asks for its size."""
    path = scratch / "input"
    path.write_bytes(data)
    return path.open("rb")


def wrong_in(offered: Envelope) -> str:
    """What is wrong with an article as the worker would have it; empty where nothing is."""
    if not offered.key:
        return "no key"
    back = envelope.decode(envelope.encode(offered))
    article = normalise(Accepted("1-0", 0, back))
    for shown in (*article.sentences, *(line.text for line in article.marked), article.title or ""):
        if not unicodedata.is_normalized("NFC", shown) or any(unicodedata.category(c) in ("Cc", "Cs") for c in shown):
            return f"not clean: {ascii(shown)[:100]}"
    return ""


def look(data: bytes, name: str, readers: Readers, scratch: Path, counted: Counter[str]) -> tuple[str, float]:
    """Read it. What is wrong with what came of it, and the longest time that one article or refusal took."""
    limits = Settings().sources
    place = Place(source="fuzz", where="f", key="f", name=name)
    began, longest = time.monotonic(), 0.0
    with opened(data, scratch) as file:
        for _, item in read_items(file, place, readers, limits):
            if isinstance(item, Skipped):
                counted["skipped"] += 1
            elif isinstance(item, Refused):
                counted[item.reason] += 1
                if item.reason not in REFUSALS or item.reason == "extraction-failed":
                    return f"{item.reason}: {item.detail}", longest
            elif wrong := wrong_in(item):
                return wrong, longest
            else:
                counted["accepted"] += 1
            began, longest = time.monotonic(), max(longest, time.monotonic() - began)
    return "", longest


NAMES = ("a.html", "a.json", "a.jsonl", "a.xml", "a.txt", "a")


def run(minutes: float, seed: int, scratch: Path, findings: Path) -> int:
    draw = random.Random(seed)
    seeds, counted = corpus(scratch / "seeds"), Counter[str]()
    found: dict[str, str] = {}
    slowest, longest, inputs = 0.0, b"", 0
    ends = time.monotonic() + 60 * minutes
    with wiring.readers(Settings()) as readers:
        while time.monotonic() < ends:
            data, name = mutant(draw, seeds), draw.choice(NAMES)
            inputs += 1
            try:
                wrong, took = look(data, name, readers, scratch, counted)
            except Exception as error:  # whatever it is, it is a finding
                wrong, took = f"{type(error).__name__}: {ascii(str(error))[:100]}", 0.0
            if took > slowest:
                slowest, longest = took, data
            if took > DEADLINE:
                wrong = wrong or f"took {took:.1f} s"
            if wrong and wrong not in found:
                file = findings / f"{hashlib.sha256(data).hexdigest()[:12]}-{name}"
                findings.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                found[wrong] = file.name
    report(inputs, minutes, seed, len(seeds), counted, found, slowest, longest)
    return 1 if found else 0


def report(
    inputs: int, minutes: float, seed: int, seeds: int, counted: Counter[str], found: dict[str, str],
    slowest: float, longest: bytes,
) -> None:  # fmt: skip
    out = io.StringIO()
    print(f"{inputs:,} inputs in {minutes:g} min, seed {seed}, from {seeds} originals", file=out)
    print(f"slowest {slowest:.2f} s ({len(longest):,} bytes); the limit is {DEADLINE:g} s", file=out)
    for outcome, times in counted.most_common():
        print(f"  {times:>9,}  {outcome}", file=out)
    print(f"{len(found)} finding(s)", file=out)
    for wrong, name in list(found.items())[:40]:
        print(f"  {name}  {wrong}", file=out)
    sys.stdout.write(out.getvalue())


def main() -> int:
    import tempfile

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=1.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--findings", type=Path, default=Path("var/fuzz"))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="sw-fuzz-") as scratch:
        return run(given.minutes, given.seed, Path(scratch), given.findings)


if __name__ == "__main__":
    sys.exit(main())
