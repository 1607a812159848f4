"""One article version: what is known of it, what it was to its story, its text. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.cli.lines import Line
from ingest.cli.output import json_line, safe
from ingest.cli.views.shapes import ArticleView
from ingest.cli.views.words import TYPE_STYLE, listed, news, relation, taken_back, weight, word
from ingest.cli.when import clock

_COLUMN = 11


def article_lines(article: ArticleView) -> list[Line]:
    """Facts, decision, versions; then the text and what was marked in it, where they are given."""
    return [
        Line(body=safe(article.title or "(no title)"), style="bold", most=2),
        *_facts(article),
        *_decision(article),
        *([taken_back(article.withdrawn, _COLUMN)] if article.withdrawn is not None else ()),
        *_versions(article),
        *_text(article),
    ]


def _fact(name: str, value: str, most: int = 1) -> Line:
    return Line(((f"{name:<{_COLUMN}}", "dim"),), value, most=most)


def _facts(article: ArticleView) -> Iterator[Line]:
    whole = None if article.completeness == "full" else f"only a {article.completeness}"
    facts = {
        "from": listed([safe(article.who), safe(article.byline or ""), safe(article.credit or "")]),
        "url": safe(article.url or ""),
        "key": safe(f"{article.key}@{article.version}"),
        "id": safe(article.id or ""),
        "published": (article.published or "").replace("T", " ").removesuffix(":00.000Z").removesuffix(".000Z"),
        "arrived": f"{clock(article.arrived)} UTC, through {safe(article.source)}",
        "first seen": f"{clock(article.first_seen)} UTC" if article.first_seen is not None else "",
        "last seen": f"{article.last_seen}, by its feed" if article.last_seen is not None else "",
        "text": listed([f"{article.words:,} words", safe(article.language or ""), whole]),
        "rights": safe(article.rights or ""),
        "extra": safe(json_line(article.extra)) if article.extra else "",
    }
    for name, value in facts.items():
        if value:
            yield _fact(name, value, most=0 if name in ("url", "key") else 1)


def _decision(article: ArticleView) -> Iterator[Line]:
    if article.story is not None:
        yield _fact("story", listed([safe(article.story.headline), article.story.id]), most=2)
    entry = article.entry
    if entry is not None:
        head = ((f"{'told as':<{_COLUMN}}", "dim"), (word(entry.type), TYPE_STYLE.get(entry.type, "bold")))
        yield Line(head, " · " + listed([relation(entry), weight(entry.materiality)]), most=2)
        yield from news(entry, " " * _COLUMN)


def _versions(article: ArticleView) -> Iterator[Line]:
    if len(article.versions) > 1:
        for index, row in enumerate(article.versions):
            mark = " (this)" if row.version == article.version else ""
            said = f"{row.version}{mark}, {clock(row.arrived)}: {safe(row.title or '(no title)')}"
            yield _fact("" if index else "versions", said)


def _text(article: ArticleView) -> Iterator[Line]:
    if article.sentences:
        yield Line()
    for sentence in article.sentences:
        yield Line(body=safe(sentence), most=1000)
    if article.marked:
        yield Line()
        yield Line(body="Not the article:", style="dim")
    for line in article.marked:
        yield Line(((f"{safe(line.mark):<12}", "yellow"),), safe(line.text), "dim", most=2)
