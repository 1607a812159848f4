"""What the bytes of the ledger mean: rows packed with msgpack as arrays, postings as little-endian integers.

Rows are only ever extended at the end, with a default: an older row then still decodes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from ingest.model import ArticleRef, EventType, Extent, Outlet, RelationKind, Stamp, WithdrawnBy

DAY_MS = 86_400_000
SCHEMA = 4
"""Of everything in this file and in `keys`; a partition made by another one is refused. 2: told by reference. 3: a
decision lies in its article key's own record, until the next version takes its place; a timeline by reference; a trail
of commits. 4: entries that withdraw an article, and their tombstones, which a program of 3 would take for articles."""

READABLE = frozenset({"1", "2", "3", "4"})
"""Schemas whose rows this program reads as they lie: `ingest upgrade` takes their partitions over."""


class Ref(msgspec.Struct, frozen=True, array_like=True):
    """Where an article row lives: its number in the partition, and the day bucket of the partition's clock."""

    number: int
    day: int


_REF = struct.Struct("<Ii")
REF_BYTES = 8


def pack_ref(ref: Ref) -> bytes:
    return _REF.pack(ref.number, ref.day)


def unpack_ref(data: bytes) -> Ref:
    return Ref(*_REF.unpack(data[:8]))


class ArticleRow(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A decided article version. `text` is the number of the article that opened its lineage of copies and revisions,
    `parent` what it is a copy or revision of, `earlier` the version of its key before. `body` is a squeezed Body.

    With `withdraws` it is a tombstone, which stands in the place of its key's newest version: the facts are those of
    the article that it took back, which is its `parent`, and `version` names the withdrawal. One that came before its
    article has no parent and is version 0 of its key.
    `numbered` is the highest number that its source gave a version of its key so far (of a tombstone None where the
    notice had none), `under` the tombstone that this version came too late for: it is taken back as well."""

    key: str
    version: str
    nth: int
    story: int
    story_id: str
    text: int
    parent: Ref | None
    kind: RelationKind
    extent: Extent | None
    late: bool
    correction: bool
    title: str | None
    outlet: Outlet | None
    url: str | None
    source: str
    id: str | None
    published: Stamp | None
    wire: int | None
    arrived: int
    clock: int
    language: str | None
    credit: str | None
    sequence: int
    body: bytes
    words: int = 0
    earlier: Ref | None = None
    withdraws: WithdrawnBy | None = None
    numbered: int | None = None
    under: Ref | None = None


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One stage's verdict on an article, with the numbers it rests on."""

    stage: str
    verdict: str
    numbers: dict[str, str | int | float] = {}


class Said(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What an article's event said of it, beyond what its row has: `told` are the positions of what was new to the
    story, as `marks`; `was` the told sentence that the one of this position tells anew; `counted` what each of the
    figures counts."""

    type: EventType
    told: bytes
    to: ArticleRef | None
    materiality: float | None
    was: dict[int, str] = {}
    removed: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    headline: tuple[str | None, str | None] | None = None
    counted: tuple[str | None, ...] = ()
    names: tuple[str, ...] = ()


class Body(msgspec.Struct, frozen=True, array_like=True):
    """The text of an article version: its own sentences, the lines marked as not the article with their marks, the
    trace of its decision for `ingest why`, what the source said besides (`extra`), its event (None: of schema 2, where
    the story alone had it), and the reason that a tombstone gives."""

    sentences: tuple[str, ...]
    marked: tuple[tuple[str, str], ...] = ()
    trace: tuple[Step, ...] = ()
    byline: str | None = None
    extra: dict[str, Any] = {}
    said: Said | None = None
    reason: str | None = None


class Newest(msgspec.Struct, frozen=True, array_like=True):
    """The newest version of an article key: how many there are, where the newest lives, and the `decision_field` that
    says which one it is (empty where schema 2 wrote it: decisions had records of their own then). `withdrawn` says by
    whom it was taken back, for longer than its tombstone is kept. `pack_newest` packs it."""

    nth: int
    ref: Ref
    decision: bytes = b""
    withdrawn: WithdrawnBy | None = None


class TextRow(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A lineage inside a story: its newest version that is not late, for `late` and for the headline."""

    newest: Ref
    published: Stamp | None
    wire: int | None


class StoryRow(msgspec.Struct, array_like=True, kw_only=True):
    """A story's row. `outlets` maps outlet id to its articles; `texts` maps lineage number to its row; `told` lists the
    sequences that told something; `opening` is the lineage whose newest title is the headline; `published` spans the
    known publication times, in ms; `clock` is the partition's time at the last article; `publishers` maps outlet id to
    publisher, where the settings named one. The others concern what is told by reference (`ledger.chronicle`):
    `referred` is the day of the oldest such article, `since` the sequence of the first event that is in the list,
    `recent` the end of the list, `written` the last sequence that is written out.

    `into` is the number of the story that this one became part of, 0 while it lives by itself; `joins` are the stories
    that became part of it, by the sequence of the event that told so: their ids, that of the story itself first.
    `terms` are those of the opening, `away` how many articles in a row had none of them (`stories.drift`); `undated`
    how many have no publication time; `meant` is empty without a model of meaning (`stories.meaning`). `withdrawn` are
    its articles that were taken back, by number: by whom, or `copy` where a notice took back what it copies."""

    id: str
    number: int
    headline: str
    opening: int
    opened_at: int
    updated_at: int
    clock: int
    sequence: int
    previous: str
    articles: int
    repeats: int
    outlets_unknown: int
    outlets: dict[str, int]
    credits: list[str]
    texts: dict[int, TextRow]
    told: list[int]
    published: tuple[int, int] | None = None
    referred: int | None = None
    since: int = 0
    recent: bytes = b""
    written: int = 0
    publishers: dict[str, str] = {}
    into: int = 0
    joins: dict[int, tuple[str, ...]] = {}
    continues: str | None = None
    terms: bytes = b""
    away: int = 0
    undated: int = 0
    meant: bytes = b""
    withdrawn: dict[int, WithdrawnBy | Literal["copy"]] = {}


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What one event told: the article's key and the sentences that were new, with their positions."""

    article: str
    sentences: tuple[tuple[int, str], ...]


TITLE = -1
"""Position of the title among told sentences: what a headline said is told as well."""


class ToldAt(msgspec.Struct, frozen=True, array_like=True):
    """As schema 2 wrote what one event told: positions of its sentences in its article's row, `TITLE` for the title."""

    ref: Ref
    positions: tuple[int, ...]


def marks(positions: Iterable[int]) -> bytes:
    """Positions as bits, that of the title first."""
    bits = sum(1 << at - TITLE for at in set(positions))
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def positions(marked: bytes) -> tuple[int, ...]:
    """What `marks` was given, ascending."""
    bits = int.from_bytes(marked, "little")
    return tuple(at + TITLE for at in range(bits.bit_length()) if bits >> at & 1)


class Entry(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One line of a story's timeline: an event, without its sentences (`Told` has those). Stored where the article's
    row would go before the story. `merged` are the ids of a merge, which is about no article (key and nth are none);
    `by` and `reason` are a withdrawal's."""

    type: EventType
    time: int
    ref: Ref
    key: str
    nth: int
    title: str | None
    outlet: Outlet | None
    url: str | None
    words: int
    credit: str | None
    kind: RelationKind
    extent: Extent | None
    to: ArticleRef | None
    late: bool
    correction: bool
    materiality: float | None
    event: str
    was: dict[int, str] = {}
    removed: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    headline: tuple[str | None, str | None] | None = None
    merged: tuple[str, ...] = ()
    counted: tuple[str | None, ...] = ()
    names: tuple[str, ...] = ()
    by: WithdrawnBy | None = None
    reason: str | None = None


class Strand(msgspec.Struct, frozen=True, array_like=True):
    """What a story was that became part of another one. `refs` are the places of its events' articles from the first
    on, eight zeros for a merge, `told` the sequences that told something, as `marks`. Where those rows would go before
    the story does, their lines and what they told are written out instead, by sequence."""

    id: str
    refs: bytes
    told: bytes
    lines: dict[int, Entry] = {}
    news: dict[int, Told] = {}


class Joined(msgspec.Struct, frozen=True, array_like=True):
    """A merge, in the story that lives on: when it was, and the strands that came in by it."""

    time: int
    strands: tuple[Strand, ...]


class StateRow(msgspec.Struct, array_like=True, kw_only=True):
    """The partition's own memory. `clock` is None until a published-time partition has seen a date; `days` maps each
    day in use to its first article number; `due` lists buckets to forget as (family, bucket, next shard, end); `shards`
    says into how many hashes a month's decisions are cut; `older` are months that hold some as schema 2 laid them;
    `commits` numbers the steps of the trail; `term_shards` is what `shards` is, of a week's terms, `posting_shards` of
    a day's postings, where they are more than usual; `standing` are the months that hold standing matter."""

    next_number: int = 1
    clock: int | None = None
    days: dict[int, int] = {}
    weeks: list[int] = []
    months: list[int] = []
    due: list[tuple[str, int, int, int]] = []
    counted: int = 0
    shards: dict[int, int] = {}
    older: list[int] = []
    commits: int = 0
    term_shards: dict[int, int] = {}
    posting_shards: dict[int, int] = {}
    standing: list[int] = []


_encoder = msgspec.msgpack.Encoder()
_HEAD = b"\x78\x9c"  # of zlib's format (RFC 1950): a window of 32 kB


def pack(row: msgspec.Struct) -> bytes:
    """Any row to bytes. Lone surrogates do not occur: the normaliser has replaced them."""
    return _encoder.encode(row)


def pack_newest(newest: Newest) -> bytes:
    """As `pack`, without the byte that would say of nearly all that nobody took them back."""
    return pack(newest) if newest.withdrawn else _encoder.encode((newest.nth, newest.ref, newest.decision))


def end_of(decision: bytes, withdrawn: WithdrawnBy | None) -> bytes:
    """What a packed Newest of this decision ends with: see `port.Commit`."""
    return decision + _encoder.encode(withdrawn) if withdrawn else decision


class Begun(NamedTuple):
    """The beginning of a row that holds text, packed, and compressed: a row is compressed in its turn, most of it is
    known before."""

    packed: bytes
    squeezed: bytes


_UNSAID = len(b"".join(map(_encoder.encode, ((), None, {}, None, None))))  # of a Body that ends after `marked`


def begin(body: Body) -> Begun:
    """Compress what a Body will begin with: its sentences and `marked`, all that it has as yet."""
    packed = _encoder.encode(body)[:-_UNSAID]
    deflate = zlib.compressobj(6, wbits=-zlib.MAX_WBITS)
    return Begun(packed, _HEAD + deflate.compress(packed) + deflate.flush(zlib.Z_SYNC_FLUSH))


def squeeze(row: msgspec.Struct, begun: Begun | None = None) -> bytes:
    """A row that holds text, compressed; where it begins as `begun`, only the rest has to be: an eighth of the time for
    14 bytes more. Level 6: level 9 saves 1 % for twice the time on news texts."""
    packed = _encoder.encode(row)
    if begun is None or not packed.startswith(begun.packed):
        return zlib.compress(packed, 6)
    # Two deflate streams, the first without an end, are one (RFC 1951, 3.2.3); a small window is set up sooner.
    rest, deflate = packed[len(begun.packed) :], zlib.compressobj(1, wbits=-11, memLevel=5)
    return begun.squeezed + deflate.compress(rest) + deflate.flush() + zlib.adler32(packed).to_bytes(4, "big")


def is_squeezed(data: bytes) -> bool:
    """Whether these are bytes of `squeeze` rather than of `pack`: no packed row begins with zlib's first byte."""
    return data[:1] == b"\x78"


_LENGTH = struct.Struct("<I")


def together(first: bytes, second: bytes) -> bytes:
    """Two values in one."""
    return _LENGTH.pack(len(first)) + first + second


def apart(both: bytes) -> tuple[bytes, bytes]:
    """What `together` was given."""
    end = _LENGTH.size + _LENGTH.unpack_from(both)[0]
    return both[_LENGTH.size : end], both[end:]


T = TypeVar("T", bound=msgspec.Struct)


def unpack(kind: type[T], data: bytes) -> T:
    return msgspec.msgpack.decode(data, type=kind)


def unsqueeze(kind: type[T], data: bytes) -> T:
    return msgspec.msgpack.decode(zlib.decompress(data), type=kind)


NUMBER_BYTES = 4
WEIGHT_BYTES = 5


@lru_cache(maxsize=256)
def _numbers(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}I")


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Article numbers, newest last, `NUMBER_BYTES` each."""
    return _numbers(len(numbers)).pack(*numbers)


def unpack_numbers(data: bytes) -> tuple[int, ...]:
    return _numbers(len(data) // NUMBER_BYTES).unpack(data)


_WEIGHT = struct.Struct("<IB")

pack_weight = _WEIGHT.pack
"""(story number, weight 0..255) to `WEIGHT_BYTES`."""


def unpack_weights(data: bytes) -> list[tuple[int, int]]:
    return list(_WEIGHT.iter_unpack(data))
