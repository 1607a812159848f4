"""WebSub (W3C Recommendation, 2018) as far as a subscriber speaks it: what is sent, what is verified. Pure.

https://www.w3.org/TR/websub/
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Mode = Literal["subscribe", "unsubscribe"]


class Leases(msgspec.Struct, frozen=True):
    """Seconds."""

    asked: float = 10 * 86_400.0  # the Recommendation's own suggestion
    shortest: float = 300.0  # a hub that grants less would be asked all the time
    longest: float = 30 * 86_400.0  # a hub that grants more is asked again all the same: it may have forgotten
    renewed: float = 0.25  # share of the lease that is left when it is renewed,
    renewed_least: float = 3_600.0  # and no later than so long before its end
    answer: float = 600.0  # a hub that did not come back with its challenge by then is asked again,
    patience: float = 6 * 3_600.0  # but not more often than that
    trusted: float = 6 * 3_600.0  # between two polls of a feed whose hub delivers


LEASES = Leases()
_SECONDS = re.compile(r"[0-9]{1,9}")
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})")


class Push(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one feed's subscription at its hub. Times in ms since 1970, 0 for never.

    id         the last part of our callback's address; nobody can guess it
    secret     what the hub signs with
    hub, topic as the feed named them
    asked_at   we asked the hub      until  its lease ends; 0 until the challenge came
    heard_at   it delivered something that was signed well
    missed_at  a poll found what it had not delivered
    not_before it asked for time until then, or its host had no turn for us
    """

    id: str = ""
    secret: str = ""
    hub: str = ""
    topic: str = ""
    asked_at: int = 0
    until: int = 0
    heard_at: int = 0
    missed_at: int = 0
    not_before: int = 0


def to_ask(push: Push, hub: str, topic: str, now: int) -> bool:
    """Whether the hub is to be asked now: for the first time, for another topic, again, or to renew."""
    if not hub:
        return False
    if push.hub == hub and now < push.not_before:
        return False
    if (push.hub, push.topic) != (hub, topic):
        return True
    since = now - push.asked_at
    if push.until <= push.asked_at:  # no challenge came since
        return since >= 1000 * LEASES.patience
    return now >= renewal(push) and since >= 1000 * LEASES.answer


def renewal(push: Push) -> int:
    """When the lease is to be renewed, ms."""
    left = LEASES.renewed * (push.until - push.asked_at)
    return push.until - round(max(left, 1000 * LEASES.renewed_least))


def delivers(push: Push, now: int) -> bool:
    """Whether the hub can be relied on: its lease runs, it has delivered, and no poll has found more since."""
    return push.until > now and push.heard_at > 0 and push.missed_at <= push.heard_at


def request(push: Push, mode: Mode, callback: str) -> dict[str, str]:
    """The form that is posted to the hub. `callback` is the address that it is to call, id included."""
    form = {"hub.callback": callback, "hub.mode": mode, "hub.topic": push.topic}
    if mode == "subscribe":
        form |= {"hub.secret": push.secret, "hub.lease_seconds": str(round(LEASES.asked))}
    return form


def confirmed(push: Push, query: Mapping[str, str], now: int) -> Push | None:
    """The subscription after a hub's challenge; None where we never asked for that. What a hub delivered under a lease
    that has ended is no word of this one."""
    if query.get("hub.mode") != "subscribe" or query.get("hub.topic") != push.topic or not query.get("hub.challenge"):
        return None
    stated = query.get("hub.lease_seconds", "")
    lease = float(stated) if _SECONDS.fullmatch(stated) else LEASES.asked
    lease = min(max(lease, LEASES.shortest), LEASES.longest)
    heard = push.heard_at if push.until > now else 0
    return msgspec.structs.replace(push, until=now + round(1000 * lease), heard_at=heard)


def denied(push: Push, query: Mapping[str, str], now: int) -> Push | None:
    """The subscription after a hub's word that it does not deliver, or no more; None where it says no such thing. It is
    asked again as one that never came back, and relied on when it has delivered again."""
    if query.get("hub.mode") != "denied" or query.get("hub.topic") != push.topic:
        return None
    return msgspec.structs.replace(push, asked_at=now, until=0, heard_at=0)


def released(push: Push, query: Mapping[str, str]) -> bool:
    """Whether a hub's challenge asks if this subscription is to end."""
    asked = query.get("hub.mode") == "unsubscribe" and query.get("hub.topic") == push.topic
    return asked and bool(push.id and query.get("hub.challenge"))


def signed_well(push: Push, signature: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature` is that of the body under our secret, by any method of the Recommendation."""
    found = _SIGNATURE.fullmatch(signature.strip())
    if not found or not push.secret:
        return False
    made = hmac.new(push.secret.encode(), body, getattr(hashlib, found[1])).hexdigest()
    return hmac.compare_digest(made, found[2].lower())
