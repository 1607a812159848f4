"""Why an article became what it became: every stage's verdict, with its numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.cli.lines import Line
from ingest.cli.output import safe
from ingest.cli.views.shapes import Number, Verdict, WhyReport
from ingest.cli.views.words import TYPE_STYLE, listed, relation, taken_back

_COLUMN = 11
_WIDEST = 40  # of a column of names: a key can be an address


def why_lines(report: WhyReport) -> list[Line]:
    lines = [
        Line(body=safe(report.title or "(no title)"), style="bold", most=2),
        Line(body=listed([safe(report.who), f"{safe(report.key)}@{report.version}"]), style="dim", most=2),
        Line((("became ", ""), (safe(report.disposition), TYPE_STYLE.get(f"story.{report.disposition}", "bold")))),
        Line(),
    ]
    if report.entry is not None:
        lines[2] = Line(lines[2].head, f": {relation(report.entry)}", most=2)
    if report.withdrawn is not None:
        lines.insert(3, taken_back(report.withdrawn, len("became ")))
    for verdict in report.verdicts:
        lines += _verdict(verdict)
    return lines


def _verdict(verdict: Verdict) -> Iterator[Line]:
    yield Line(((f"{safe(verdict.stage):<{_COLUMN}}", "bold cyan"),), safe(verdict.verdict), most=2)
    indent = " " * _COLUMN
    for sentence in verdict.why:
        yield Line(((indent, ""),), safe(sentence), most=3)
    if verdict.numbers:
        yield Line(
            ((indent, ""),), listed(f"{safe(name)} {number(n)}" for name, n in verdict.numbers.items()), "dim", most=4
        )
    yield from _table(verdict, indent)


def _table(verdict: Verdict, indent: str) -> Iterator[Line]:
    if not verdict.rows:
        return
    names = list(verdict.rows[0])
    cells = [[number(row.get(name)) for name in names] for row in verdict.rows]
    widths = [min(max(len(text) for text in column), _WIDEST) for column in zip(names, *cells, strict=True)]
    numeric = [all(isinstance(row.get(name), int | float | None) for row in verdict.rows) for name in names]
    for index, row in enumerate([names, *cells]):
        fitted = [text if len(text) <= _WIDEST else "…" + text[1 - _WIDEST :] for text in row]
        pairs = zip(fitted, widths, numeric, strict=True)
        aligned = [text.rjust(width) if right else text.ljust(width) for text, width, right in pairs]
        yield Line(((indent, ""),), "  ".join(aligned).rstrip(), "" if index else "dim")


def number(value: Number) -> str:
    """Shares with three digits, counts whole, yes and no in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}"
    return "–" if value is None else safe(str(value))
