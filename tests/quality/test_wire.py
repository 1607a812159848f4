"""The wire as one stream through the desk: what its events say of pairs of articles, against the labels."""

from __future__ import annotations

import pytest
from streams import Stream
from telling import Figures
from wire import Wire, copies, listed, other_headline, placeholders, scored, told, wire

pytestmark = pytest.mark.quality

TABLE = "reuters, events"
GOLD_HOURS = 72.0  # beyond, nothing is compared


@pytest.fixture(scope="module")
def reuters() -> Wire:
    return wire()


@pytest.fixture(scope="module")
def stream(reuters: Wire) -> Stream:
    return told()


def test_lineages_are_the_texts_that_the_labels_know(reuters: Wire, stream: Stream, figures: Figures) -> None:
    predicted, true = reuters.pairs(stream.lineages, 48), reuters.pairs(reuters.texts, 48)
    score = scored(predicted, true)
    figures.tell(TABLE, f"within 48 h: {score}", f1=score.f1, precision=score.precision)
    labelled = {pair for pair, label in reuters.silver.items() if label == "P" and reuters.within(pair, 48)}
    figures.tell(TABLE, "against the labelled pairs as they are, not closed", f1_open=scored(predicted, labelled).f1)
    if figures.errors:
        wrong, missed = (sorted(pairs)[: figures.errors] for pairs in (predicted - true, true - predicted))
        found = listed(reuters, stream, wrong, "wrong pair") + listed(reuters, stream, missed, "missed pair")
        figures.write_errors("reuters", found)


def test_lineages_are_the_texts_that_a_reader_saw(reuters: Wire, stream: Stream, figures: Figures) -> None:
    asked = {pair for pair in reuters.gold if reuters.within(pair, GOLD_HOURS)}
    true = {pair for pair in asked if reuters.gold[pair] == "P"}
    predicted = asked & reuters.pairs(stream.lineages, GOLD_HOURS)
    score = scored(predicted, true)
    figures.tell(TABLE, f"hand-read: {score}", gold_precision=score.precision, gold_recall=score.recall)
    if figures.errors:
        found = listed(reuters, stream, sorted(predicted - true), "wrong pair")
        figures.write_errors("reuters, hand-read", found + listed(reuters, stream, sorted(true - predicted), "missed"))


@pytest.mark.parametrize(("kind", "name"), [("correction", "corrections_copied"), ("expansion", "expansions_copied")])
def test_what_brings_something_is_not_called_a_copy(
    kind: str, name: str, reuters: Wire, stream: Stream, figures: Figures
) -> None:
    pairs = [pair for pair, label in reuters.kinds.items() if label == kind and reuters.within(pair, GOLD_HOURS)]
    called = [pair for pair in copies(stream, pairs) if _of(stream, pair)]
    linked = sum(stream.lineages[a] == stream.lineages[b] for a, b in pairs)
    figures.tell(TABLE, f"of {len(pairs)}; {linked} linked to what they revise", **{name: len(called)})
    if figures.errors:
        figures.write_errors(f"reuters, {kind}", listed(reuters, stream, called, "called a copy"))


def _of(stream: Stream, pair: tuple[str, str]) -> bool:
    """Whether the newer was called a copy of the older or its like. Of a longer text that has both, it may be one."""
    older, newer = pair
    alike = stream.by_key[older]
    same = {older} | ({alike.parent.id} if alike.parent and alike.relation.extent == "whole" else set())
    told = stream.by_key[newer]
    while told.parent is not None and told.relation.kind == "copy":
        if told.parent.id in same:
            return True
        told = stream.by_key[told.parent.id]
    return False


def test_different_news_with_an_equal_body_is_not_called_a_copy(
    reuters: Wire, stream: Stream, figures: Figures
) -> None:
    pairs = [pair for pair in reuters.equal if reuters.silver[pair] != "P" and reuters.gold.get(pair) != "P"]
    called = copies(stream, pairs)
    figures.tell(TABLE, f"of {len(pairs)} pairs that are not one text", equal_bodies_copied=len(called))
    if figures.errors:
        figures.write_errors("reuters, equal bodies", listed(reuters, stream, called, "called a copy"))


def test_a_flash_is_no_copy_of_one_with_another_headline(reuters: Wire, stream: Stream, figures: Figures) -> None:
    flashes = placeholders(reuters)
    told = [stream.by_key[key] for key in flashes]
    called = [each for each in told if each.relation.kind == "copy" and other_headline(reuters, each)]
    pairs = [(each.parent.id, each.key) for each in called if each.parent]
    copied = sum(each.relation.kind == "copy" for each in told)
    figures.tell(TABLE, f"of {len(told)} flashes over a placeholder; {copied} copies", flashes_copied=len(called))
    stories = {each.event.subject for each in told}
    largest = max(sum(each.event.subject == story for each in told) for story in stories)
    figures.tell(TABLE, f"flashes in one story, of {len(stories)} stories", flashes_together=largest)
    if figures.errors:
        figures.write_errors("reuters, flashes", listed(reuters, stream, pairs, "called a copy"))
