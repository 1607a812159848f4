"""An accepted article to its canonical form: what it says, what only stands around it, and what it says of itself.

    repair -> lines -> boilerplate marked -> hard wraps undone -> sentences -> repeats marked -> version

Pure: the same envelope gives the same bytes on every host. Linear in the length of the text.
"""

from __future__ import annotations

from ingest import identity
from ingest.model import Accepted, Envelope, Marked, Normalised, Outlet
from ingest.normalise import attribution, boilerplate, datelines, dates, language, notices, sentences, urls
from ingest.normalise.repeats import Piece, mark_repeats, mark_standfirst
from ingest.normalise.text import Line, fold, lines_of, one_line, repair, unwrap

NORMALISER = 3
"""The number of this canonical form. A change of output changes it: workers of two numbers do not share a partition."""


def normalise(accepted: Accepted) -> Normalised:
    """The canonical form of an accepted article. Never raises on any text."""
    envelope = accepted.envelope
    title = one_line(envelope.title)
    lines = unwrap(lines_of(repair(envelope.text)), boilerplate.stands_alone)
    found = boilerplate.mark_lines(lines, title)
    dateline = datelines.take(lines)
    signed = boilerplate.mark_closing(lines)
    tongue = language.primary(envelope.language) or language.detect(_sample(title, lines))
    pieces = _pieces(lines, tongue)
    mark_standfirst(pieces)
    mark_repeats(pieces)
    said = tuple(p.text for p in pieces if p.mark is None)
    url = urls.canonical(envelope.url) or found.url
    return Normalised(
        key=envelope.key,
        version=identity.version_of(fold(title) if title else None, (p.folded for p in pieces if p.mark is None)),
        source=envelope.source,
        id=envelope.id,
        url=url,
        title=title,
        sentences=said,
        marked=tuple(Marked(p.text, p.mark) for p in pieces if p.mark is not None),
        words=len(sentences.words(" ".join(said))),
        language=tongue,
        outlet=_outlet(envelope, url),
        published=envelope.published or found.published or dates.in_url(url),
        credit=found.credit or dateline.credit or signed or attribution.attributed(said),
        byline=one_line(envelope.author) or found.byline,
        dateline=dateline.text or found.dateline,
        correction=envelope.correction or notices.is_correction(title, said),
        wire=notices.wire_number(title, said),
        completeness="title" if not said else envelope.completeness,
        rights=envelope.rights,
        embargo_until=envelope.embargo_until,
        backfill=envelope.backfill,
        extra=envelope.extra,
        follows=envelope.follows,
    )


def _sample(title: str | None, lines: list[Line]) -> str:
    """The first few hundred characters of the article's own lines, with the title where they are few."""
    sample = ""
    for line in lines:
        if line.mark is None:
            sample += line.text + "\n"
            if len(sample) >= language.LIMITS.sample:
                return sample
    if len(sample) >= language.LIMITS.sample / 2:
        return sample
    heading = title or ""
    return f"{heading.lower() if heading.isupper() else heading}\n{sample}"  # capitals mislead the model


def _pieces(lines: list[Line], tongue: str | None) -> list[Piece]:
    pieces: list[Piece] = []
    for line in lines:
        if line.mark is not None:
            pieces.append(Piece(line.text, mark=line.mark))
        else:
            pieces.extend(Piece(s, fold(s)) for s in sentences.split(line.text, tongue))
    return pieces


def _outlet(envelope: Envelope, url: str | None) -> Outlet | None:
    name = one_line(envelope.outlet)
    if name:
        return Outlet(name.casefold(), name)
    domain = urls.registered_domain(url)
    return Outlet(domain, domain) if domain else None
