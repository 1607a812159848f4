"""The payload of an inbox entry: an `Envelope` as bytes, and back.

    byte 0    the form: 1 plain msgpack, 2 msgpack in which every string is bytes
    byte 1-   the envelope as a msgpack map; fields that hold their default are left out

Form 2 is for what msgpack's own integers cannot carry: those beyond 64 bits in `extra`. It is slower and hardly ever
needed, so the plain form is tried first. What the fields may hold is checked here for every caller (`ingest.fields`).
Fields may be added; a form whose meaning changes gets a new number.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ingest import fields
from ingest.errors import IngestError, Refused
from ingest.model import Envelope

PLAIN, ESCAPED = 1, 2
_BIG_INT, _BYTES = 1, 2  # msgpack extension codes of the escaped form

MAX_DEPTH = 64
"""Nesting of `extra`. Decoding recurses, on whatever stack the worker has left."""


MAX_EXTRA = 100_000
"""Bytes of `extra`: it travels with the article through the inbox, and is kept with its text."""


class Undecodable(IngestError):
    """A payload that is no envelope; `payload` keeps the bytes, `detail` what is wrong with them."""

    def __init__(self, payload: bytes, detail: str) -> None:
        self.payload, self.detail = payload, detail
        super().__init__(f"no envelope in {len(payload)} bytes: {detail}")


def encode(envelope: Envelope) -> bytes:
    """Bytes that `decode` turns into `fields.checked(envelope)`. Raises Refused, which names the field and its bound:
    for what that refuses, and for an `extra` too deep, too large or of foreign types."""
    if envelope.extra:
        _check_depth(envelope)
    envelope = fields.checked(envelope)
    try:
        if envelope.extra and (size := len(_packed(envelope.extra))) > MAX_EXTRA:
            raise Refused("too-large", envelope.key, f"extra takes {size:,} bytes; the most is {MAX_EXTRA:,}")
        try:
            return bytes((PLAIN,)) + msgspec.msgpack.encode(envelope)
        except OverflowError:
            return bytes((ESCAPED,)) + _packed(msgspec.to_builtins(envelope, builtin_types=(bytes,)))
    except (TypeError, ValueError) as error:
        raise Refused("bad-field", envelope.key, str(error)) from None


def decode(payload: bytes) -> Envelope:
    """The envelope in a payload. Raises Undecodable, which keeps the payload."""
    try:
        if payload[:1] == bytes((PLAIN,)):
            return msgspec.msgpack.decode(memoryview(payload)[1:], type=Envelope)
        if payload[:1] == bytes((ESCAPED,)):
            raw = msgspec.msgpack.decode(memoryview(payload)[1:], ext_hook=_extension)
            return msgspec.convert(_unescape(raw), Envelope)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Undecodable(payload, str(error)) from None
    raise Undecodable(payload, f"unknown form {payload[:1].hex() or 'of nothing'}")


def _check_depth(envelope: Envelope) -> None:
    # By layers and not by recursion: what is to be refused here is what would exhaust the stack.
    layer: list[Any] = [envelope.extra]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, (list, tuple)):
                below.extend(item)
        if not below:
            return
        layer = below
    raise Refused("too-deep", envelope.key, f"extra is nested deeper than {MAX_DEPTH}")


def _packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(_escape(value))


def _escape(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return msgspec.msgpack.Ext(_BYTES, value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.Ext(_BIG_INT, format(value, "x").encode())
    if isinstance(value, dict):
        return {_escape(key): _escape(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escape(item) for item in value]
    return value


def _extension(code: int, data: memoryview) -> Any:
    if code == _BIG_INT:
        return int(bytes(data), 16)
    if code == _BYTES:
        # Kept apart from the bytes that are strings here, until `_unescape` has passed.
        return memoryview(bytes(data))
    raise ValueError(f"unknown extension {code}")


def _unescape(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogatepass")
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return {_unescape(key): _unescape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unescape(item) for item in value]
    return value
