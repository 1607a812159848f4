"""What the fields of an envelope may hold, whoever offers it: bounds that keep an event below 64 kB. Pure.

Names (key, source, id, url) are refused where they break a rule: two that differ must stay two, and a caller should
hear of it. Prose (title, outlet, author, rights, text) is mended: half a surrogate pair becomes U+FFFD, what is too
long is cut. Only a text beyond its bound is refused: half an article is another article.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, get_args

import msgspec

from ingest.errors import Refused
from ingest.model import Envelope, Stamp, Withdrawal, WithdrawnBy


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Of names in bytes as JSON writes them, since that is how often they stand in an event; of prose in characters."""

    key: int = 3_000  # up to seven times in an event, once percent-encoded: 45 kB at worst
    source: int = 1_500
    id: int = 3_000
    url: int = 12_000  # 4,000 characters of a language that takes three bytes each; an event leaves out longer ones
    language: int = 100
    title: int = 2_000
    outlet: int = 300  # twice in an event, as name and folded as id, which may grow threefold
    author: int = 1_000
    rights: int = 1_000
    reason: int = 500  # of a withdrawal
    follows: int = 8  # keys: a text that evolved from more is a digest, and each is one more comparison
    text: int = 2_000_000  # one commit takes 4 MB
    numbered: int = 10**18  # a version's number: a time in microseconds has 16 digits, and 64 bits hold 18
    milliseconds: int = 10**15  # of a time, from 1970: beyond the year 9999, and well within 64 bits


BOUNDS = Bounds()
_NAMES = tuple((name, getattr(BOUNDS, name)) for name in ("key", "source", "id", "url", "language"))
_PROSE = tuple((name, getattr(BOUNDS, name)) for name in ("title", "outlet", "author", "rights", "text"))
_TIMES = ("published", "embargo_until", "sighted")
_HALF = re.compile(r"[\ud800-\udfff]")


def checked(envelope: Envelope) -> Envelope:
    """The envelope as it may go to the inbox: itself, mostly. Raises Refused (`bad-field`, `too-large`), which names
    the field and its bound."""
    for name, most in _NAMES:
        value = getattr(envelope, name)
        # Most pass here, and each article does twice: no more is called for than may be wrong.
        if type(value) is not str or not value.isascii() or 6 * len(value) > most:
            _bounded_name(envelope, name, _string(envelope, name), most)
    mended: dict[str, Any] = {}
    if envelope.follows:
        _check_follows(envelope)
    for name, most in _PROSE:
        value = getattr(envelope, name)
        if type(value) is str and value.isascii() and len(value) <= most:
            continue
        value = _string(envelope, name)
        if value is not None and (better := _prose(envelope, name, value)) is not value:
            mended[name] = better
    for name in _TIMES:
        if (at := getattr(envelope, name)) is not None:
            _check_time(envelope, name, at)
    if envelope.numbered is not None:
        _check_number(envelope)
    if envelope.withdraws is not None and (withdrawal := _withdrawal(envelope, envelope.withdraws)):
        mended["withdraws"] = withdrawal
    if envelope.extra and (extra := _valid(envelope.extra)) is not envelope.extra:
        mended["extra"] = extra
    return msgspec.structs.replace(envelope, **mended) if mended else envelope


def bounded_key(key: str) -> str:
    """A key within its bound: a longer one keeps its beginning, and a digest tells it from others that begin so. Six
    bytes are the most that JSON makes of a character."""
    if 6 * len(key) <= BOUNDS.key or _json_bytes(key) <= BOUNDS.key:
        return key
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    kept = key[: BOUNDS.key // 6 - len(digest) - 1]
    return f"{kept}~{digest}"


def _string(envelope: Envelope, name: str) -> str | None:
    value: object = getattr(envelope, name)
    if isinstance(value, str) or (value is None and name not in ("key", "source", "text")):
        return value
    raise Refused("bad-field", _where(envelope), f"{name} is {type(value).__name__}, not a string")


def _check_follows(envelope: Envelope) -> None:
    keys = envelope.follows
    if len(keys) > BOUNDS.follows:
        raise Refused("too-large", _where(envelope), f"follows has {len(keys)} keys; the most is {BOUNDS.follows}")
    for key in keys:
        if not isinstance(key, str):
            raise Refused("bad-field", _where(envelope), f"follows has {type(key).__name__}, not a string")
        _bounded_name(envelope, "follows", key, BOUNDS.key)


def _bounded_name(envelope: Envelope, name: str, value: str | None, most: int) -> None:
    if value is None or (value.isascii() and 6 * len(value) <= most):
        return
    if _HALF.search(value):
        raise Refused("bad-field", _where(envelope), f"{name} holds half a surrogate pair, which is no text")
    size = _json_bytes(value)
    if size > most:
        raise Refused("too-large", _where(envelope), f"{name} takes {size:,} bytes as JSON; the most is {most:,}")


def _prose(envelope: Envelope, name: str, value: str) -> str:
    most = getattr(BOUNDS, name)
    if len(value) > most:
        if name == "text":
            raise Refused("too-large", _where(envelope), f"text has {len(value):,} characters; the most is {most:,}")
        value = value[: most - 1] + "…"
    return _HALF.sub("\ufffd", value) if not value.isascii() and _HALF.search(value) else value


def _withdrawal(envelope: Envelope, given: Withdrawal) -> Withdrawal | None:
    """The withdrawal as it may be, None where it is so already."""
    if not isinstance(given, Withdrawal) or given.by not in get_args(WithdrawnBy):
        raise Refused("bad-field", _where(envelope), f"a withdrawal is by {' or by '.join(get_args(WithdrawnBy))}")
    if envelope.text or envelope.title:
        raise Refused("bad-field", _where(envelope), "a withdrawal has no title and no text")
    if given.reason is None:
        return None
    if not isinstance(given.reason, str):
        raise Refused("bad-field", _where(envelope), f"reason is {type(given.reason).__name__}, not a string")
    reason = _prose(envelope, "reason", given.reason)
    return None if reason is given.reason else msgspec.structs.replace(given, reason=reason)


def _check_time(envelope: Envelope, name: str, given: object) -> None:
    at = given.at if isinstance(given, Stamp) else given
    if at is None:
        return
    if not isinstance(at, int) or abs(at) > BOUNDS.milliseconds:
        raise Refused("bad-field", _where(envelope), f"{name} is no time in milliseconds since 1970")


def _check_number(envelope: Envelope) -> None:
    number: object = envelope.numbered
    if not (type(number) is int and 0 <= number < BOUNDS.numbered):
        raise Refused("bad-field", _where(envelope), f"numbered is no whole number from 0 to below {BOUNDS.numbered:,}")


def _valid(value: Any) -> Any:
    """`extra` without halves of surrogate pairs; the very same object where it has none. Raises nothing on foreign
    types, which the encoder refuses; its depth is bounded before."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value) if not value.isascii() and _HALF.search(value) else value
    if isinstance(value, dict):
        pairs = [(name, item, _valid(name), _valid(item)) for name, item in value.items()]
        if all(name is n and item is i for name, item, n, i in pairs):
            return value
        return {n: i for _, _, n, i in pairs}
    if isinstance(value, list | tuple):
        items = [_valid(item) for item in value]
        return value if all(a is b for a, b in zip(value, items, strict=True)) else items
    return value


def _json_bytes(value: str) -> int:
    try:
        return len(msgspec.json.encode(value)) - 2
    except UnicodeEncodeError:
        return 6 * len(value)


def _where(envelope: Envelope) -> str:
    """The key, as far as it can be shown."""
    return str(envelope.key)[:80].encode("ascii", "backslashreplace").decode()
