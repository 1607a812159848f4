"""Extraction against hand-made article text: the 181 pages of the scrapinghub benchmark, read in the jail."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from telling import Figures

from ingest.errors import Refused
from ingest.extraction.jail import Jail
from ingest.settings import ExtractionSettings
from ingest.sources.labels import Fetched, label_of
from labelled import data_folder

pytestmark = pytest.mark.quality

_WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def data() -> Path:
    return data_folder() / "extraction" / "scrapinghub"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The benchmark's measure: 4-grams of words, each as often as it occurs."""
    words = _WORD.findall(text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))) if words else Counter()


def fetched(url: str, page: bytes, text: str) -> Fetched:
    return Fetched(asked=url, found=url, status=200, headers={}, body=page, text=text)


def test_article_text_is_found_as_well_as_by_the_library_alone(data: Path, figures: Figures) -> None:
    truth = json.loads((data / "ground-truth.json").read_text())
    precision = recall = 0.0
    exact = labelled = labelled_bare = 0
    refused: Counter[str] = Counter()
    with Jail(ExtractionSettings(deadline_seconds=30)) as jail:
        for name, expected in truth.items():
            page = gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes())
            text = ""
            try:
                found = jail.extract_html(page, expected["url"])
                text = found.text
                exact += bool(found.published and found.published.exact)
            except Refused as error:
                refused[error.reason] += 1
            labelled += label_of(fetched(expected["url"], page, text)) is not None
            # The same with little text and without what says that it is an article.
            bare = re.sub(rb"(?i)article|og:type", b"thing", page)
            labelled_bare += label_of(fetched(expected["url"], bare, " ".join(text.split()[:25]))) is not None
            wanted, got = shingles(expected["articleBody"]), shingles(text)
            common = sum((wanted & got).values())
            precision += common / max(1, sum(got.values()))
            recall += common / max(1, sum(wanted.values()))
    precision, recall = precision / len(truth), recall / len(truth)
    f1 = 2 * precision * recall / (precision + recall)
    figures.tell("labels", f"{len(truth)} articles", wrong=labelled, wrong_bare=labelled_bare)
    figures.tell("extraction", f"P {precision:.3f} R {recall:.3f}, {len(truth)} pages", f1=f1, exact_times=exact)
    assert sum(refused.values()) == 0
