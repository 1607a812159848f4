"""A decision as the bytes of its event. Pure.

The bytes are valid UTF-8 whatever the article held, and at most `max_bytes` long: what is told at length is shortened
step by step, and the event says `truncated`. Ids, keys and numbers are never shortened, addresses left out only where
nothing else helps: `ingest.fields` bounds what the inbox takes, so that the names alone always fit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from ingest import model
from ingest.events import event as published
from ingest.events.href import article_href
from ingest.events.times import published_at, rfc3339
from ingest.settings import EventSettings

_KINDS: Mapping[str, type[published.StoryOpened | published.StoryUpdated | published.StoryRepeated]] = {
    "story.opened": published.StoryOpened,
    "story.updated": published.StoryUpdated,
    "story.repeated": published.StoryRepeated,
}


class Limit(msgspec.Struct, frozen=True):
    """One step of shortening: characters kept of a text, items kept of a list."""

    chars: int
    removed: int
    added: int
    figures: int
    names: int
    why: int
    also: int
    others: int


SHORTENING: tuple[Limit, ...] = (
    # One endless sentence (a table, a list of results) is the commonest cause; 2,000 characters hold any written one.
    Limit(chars=2000, removed=1000, added=1000, figures=1000, names=1000, why=1000, also=1000, others=1000),
    # What was taken back matters least to a subscriber who shows what is new.
    Limit(chars=2000, removed=10, added=200, figures=100, names=100, why=20, also=100, others=100),
    # 60 sentences are a long article; at 400 characters each, 24 kB in Latin script.
    Limit(chars=400, removed=5, added=60, figures=20, names=20, why=5, also=20, others=20),
    # The last resort: about 4 kB of text; the rest are ids.
    Limit(chars=100, removed=0, added=8, figures=4, names=4, why=1, also=0, others=4),
)

_PROSE = frozenset(
    {"headline", "title", "name", "text", "was", "now", "context", "what", "names", "removed"}
    | {"why", "rights", "credit", "credits", "reason"}
)
_OTHER_LISTS = frozenset({"credits", "supersedes", "copies"})


def describe(decision: model.Told, *, settings: EventSettings) -> bytes:
    """The event of an opened, updated, repeated or merged story, or of an article taken back, as JSON."""
    return encode(event_of(decision, installation=settings.installation), settings.max_bytes)


def event_of(decision: model.Told, *, installation: str) -> published.Event:
    """The typed event. Raises KeyError for a type that is not about one article version."""
    if isinstance(decision, model.Merge):
        return _merge_of(decision, installation)
    if isinstance(decision, model.Withdrawn):
        return _withdrawal_of(decision, installation)
    return _KINDS[decision.type](
        id=decision.event_id,
        source=source_of(installation, decision.partition),
        subject=decision.story.id,
        sequence=f"{decision.sequence:010d}",
        time=rfc3339(decision.time),
        data=published.StoryChange(
            story=story_of(decision.story),
            article=_article(decision),
            relation=_relation(decision.relation),
            delta=_delta(decision.delta),
            supersedes=tuple(published.Superseded(id=s.id, version=s.version) for s in decision.supersedes),
            previous=decision.previous,
            truncated=decision.delta.cut,
        ),
    )


def _merge_of(merge: model.Merge, installation: str) -> published.StoryMerged:
    return published.StoryMerged(
        id=merge.event_id,
        source=source_of(installation, merge.partition),
        subject=merge.story.id,
        sequence=f"{merge.sequence:010d}",
        time=rfc3339(merge.time),
        data=published.StoryMerge(story=story_of(merge.story), merged=merge.merged, previous=merge.previous),
    )


def _withdrawal_of(withdrawn: model.Withdrawn, installation: str) -> published.ArticleWithdrawn:
    return published.ArticleWithdrawn(
        id=withdrawn.event_id,
        source=source_of(installation, withdrawn.partition),
        subject=withdrawn.story.id,
        sequence=f"{withdrawn.sequence:010d}",
        time=rfc3339(withdrawn.time),
        data=published.Withdrawal(
            story=story_of(withdrawn.story),
            article=ref_of(withdrawn.article),
            by=withdrawn.by,
            reason=withdrawn.reason,
            copies=tuple(map(ref_of, withdrawn.copies)),
            previous=withdrawn.previous,
            source=withdrawn.source,
            language=withdrawn.language,
        ),
    )


def source_of(installation: str, partition: str) -> str:
    """A URI reference, as CloudEvents asks, whatever the installation is called."""
    return f"{quote(installation, safe='')}/{partition}"


def encode(event: published.Event, max_bytes: int) -> bytes:
    """JSON in UTF-8, shortened as far as needed."""
    data = _utf8(event)
    for limit in SHORTENING:
        if len(data) <= max_bytes:
            break
        plain = msgspec.to_builtins(event)
        plain["data"] = _shortened(plain["data"], limit) | {"truncated": True}
        data = _utf8(plain)
    if len(data) > max_bytes:
        data = _utf8(_names_alone(msgspec.to_builtins(event)))
    return data


def _names_alone(event: dict[str, Any]) -> dict[str, Any]:
    """The event of names as long as the inbox takes them: without addresses and without who had a sentence first."""
    data = _shortened(event["data"], SHORTENING[-1]) | {"truncated": True}
    if data.get("article"):
        data["article"]["url"] = None
    if data.get("relation") and data["relation"]["to"]:
        data["relation"]["to"]["url"] = None
    for added in data["delta"]["added"] if data.get("delta") else ():
        added["first"] = None
    for copy in data.get("copies") or ():
        copy["url"] = None
    if data.get("supersedes"):
        data["supersedes"] = data["supersedes"][:1]
    return event | {"data": data}


def story_of(story: model.StoryState) -> published.Story:
    counts = story.counts
    return published.Story(
        id=story.id,
        headline=story.headline,
        opened_at=rfc3339(story.opened_at),
        updated_at=rfc3339(story.updated_at),
        counts=published.StoryCounts(
            articles=counts.articles,
            repeats=counts.repeats,
            texts=counts.texts,
            outlets=counts.outlets,
            outlets_unknown=counts.outlets_unknown,
            publishers=counts.publishers,
            withdrawn=counts.withdrawn,
        ),
        credits=story.credits,
        continues=story.continues,
    )


def text_digest(sentences: Iterable[str]) -> str:
    """Of each sentence and a line feed: `ingest article KEY@n --text --json | jq -r '.sentences[]' | sha256sum`."""
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update(_mended(sentence).encode() + b"\n")
    return digest.hexdigest()


def _article(decision: model.Decision) -> published.Article:
    a = decision.article
    return published.Article(
        key=a.key,
        id=a.id,
        version=decision.version_number,
        url=a.url,
        title=a.title,
        outlet=_outlet(a.outlet),
        source=a.source,
        published_at=published_at(a.published),
        arrived_at=rfc3339(decision.arrived),
        language=a.language,
        words=a.words,
        credit=a.credit,
        completeness=a.completeness,
        text=published.Text(sha256=text_digest(a.sentences), href=article_href(a.key, decision.version_number)),
        rights=a.rights,
        embargo_until=None if a.embargo_until is None else rfc3339(a.embargo_until),
        backfill=a.backfill,
    )


def _relation(r: model.Relation) -> published.Relation:
    return published.Relation(
        kind=r.kind,
        to=None if r.to is None else ref_of(r.to),
        extent=r.extent,
        late=r.late,
        correction=r.correction,
        in_old=round(r.in_old, 4),
        in_new=round(r.in_new, 4),
        similarity=round(r.similarity, 4),
        also=r.also,
        why=r.why,
    )


def ref_of(ref: model.ArticleRef) -> published.ArticleRef:
    return published.ArticleRef(
        id=ref.id, version=ref.version, title=ref.title, outlet=_outlet(ref.outlet), url=ref.url
    )


def _outlet(outlet: model.Outlet | None) -> published.Outlet | None:
    return None if outlet is None else published.Outlet(id=outlet.id, name=outlet.name)


def _delta(d: model.Delta) -> published.Delta:
    return published.Delta(
        materiality=None if d.materiality is None else round(d.materiality, 4),
        added=tuple(published.Added(text=a.text, position=a.position, was=a.was, first=a.first) for a in d.added),
        removed=d.removed,
        figures=tuple(published.Figure(was=f.was, now=f.now, context=f.context, what=f.what) for f in d.figures),
        headline=None if d.headline is None else published.Headline(was=d.headline.was, now=d.headline.now),
        names=d.names,
    )


def _utf8(event: Any) -> bytes:
    try:
        return msgspec.json.encode(event)
    except UnicodeEncodeError:  # a lone surrogate somewhere: rare, so only then is every string looked at
        return msgspec.json.encode(_mend_all(msgspec.to_builtins(event)))


def _mended(text: str) -> str:
    """Two surrogates that make a character become it; one alone becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _mend_all(value: Any) -> Any:
    if isinstance(value, str):
        return _mended(value)
    if isinstance(value, dict):
        return {name: _mend_all(item) for name, item in value.items()}
    return [_mend_all(item) for item in value] if isinstance(value, list | tuple) else value


def _shortened(value: Any, limit: Limit, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shortened(item, limit, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        kept = limit.others if name in _OTHER_LISTS else getattr(limit, name, len(value))
        return [_shortened(item, limit, name) for item in value[:kept]]
    if isinstance(value, str) and name in _PROSE and len(value) > limit.chars:
        return value[: limit.chars - 1] + "…"
    return value
